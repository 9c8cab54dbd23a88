package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// fixForms are ways of writing the document of a policy that lets everything be created.
var fixForms = map[string]struct {
	files map[string]string
	// want is what the file that changes has then where the statement allows more, want[0]
	// its name, and asked where it allows nothing else.
	want  [2]string
	asked string
}{
	"jsonencode, a list": {
		map[string]string{"p.tf": "locals {\n  document = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n      {\n        Effect   = \"Allow\"\n        Action   = \"iam:CreateUser\"\n        Resource = \"*\"\n      } # all\n    ]\n  })\n}\n"},
		[2]string{"p.tf", "        Resource = \"*\"\n      }, # all\n      {\n        Effect    = \"Deny\"\n        Action    = \"iam:CreateUser\"\n        Resource  = \"*\"\n        Condition = { StringNotEquals = { \"iam:PermissionsBoundary\" = aws_iam_policy.boundary.arn } }\n      }\n    ]\n"},
		"        Resource  = \"*\"\n        Condition = { StringEquals = { \"iam:PermissionsBoundary\" = aws_iam_policy.boundary.arn } }\n      } # all\n",
	},
	"jsonencode, one object": {
		map[string]string{"p.tf": "locals {\n  document = jsonencode({\n    Version   = \"2012-10-17\"\n    Statement = { Effect = \"Allow\", Action = \"iam:CreateUser\", Resource = \"*\" }\n  })\n}\n"},
		[2]string{"p.tf", "Statement = [{ Effect = \"Allow\", Action = [\"iam:CreateUser\", \"iam:GetUser\"], Resource = \"*\" }, {\n"},
		"Resource = \"*\", Condition = { StringEquals = { \"iam:PermissionsBoundary\" = aws_iam_policy.boundary.arn } } }\n",
	},
	"statement blocks": {
		map[string]string{"p.tf": "data \"aws_iam_policy_document\" \"d\" {\n  # Users.\n  statement {\n    actions   = [\"iam:CreateUser\"]\n    resources = [\"*\"]\n  }\n}\n\nlocals {\n  document = data.aws_iam_policy_document.d.json\n}\n"},
		[2]string{"p.tf", "    resources = [\"*\"]\n  }\n\n  statement {\n    effect    = \"Deny\"\n    actions   = [\"iam:CreateUser\"]\n    resources = [\"*\"]\n\n    condition {\n      test     = \"StringNotEquals\"\n      variable = \"iam:PermissionsBoundary\"\n      values   = [aws_iam_policy.boundary.arn]\n    }\n  }\n}\n"},
		"    resources = [\"*\"]\n\n    condition {\n      test     = \"StringEquals\"\n      variable = \"iam:PermissionsBoundary\"\n      values   = [aws_iam_policy.boundary.arn]\n    }\n  }\n}\n",
	},
	"a heredoc": {
		map[string]string{"p.tf": "locals {\n  document = <<EOF\n{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"iam:CreateUser\",\n      \"Resource\": \"*\"\n    }\n  ]\n}\nEOF\n}\n"},
		[2]string{"p.tf", "    },\n    {\n      \"Effect\": \"Deny\",\n      \"Action\": \"iam:CreateUser\",\n      \"Resource\": \"*\",\n      \"Condition\": { \"StringNotEquals\": { \"iam:PermissionsBoundary\": \"${aws_iam_policy.boundary.arn}\" } }\n    }\n  ]\n}\nEOF\n"},
		"      \"Resource\": \"*\",\n      \"Condition\": { \"StringEquals\": { \"iam:PermissionsBoundary\": \"${aws_iam_policy.boundary.arn}\" } }\n    }\n  ]\n",
	},
	"an indented heredoc with a reference": {
		map[string]string{"p.tf": "locals {\n  name     = \"app\"\n  document = <<-EOT\n    {\n      \"Version\": \"2012-10-17\",\n      \"Statement\": [\n        { \"Effect\": \"Allow\", \"Action\": \"iam:CreateUser\", \"Resource\": \"arn:aws:iam::111122223333:user/${local.name}-*\" }\n      ]\n    }\n  EOT\n}\n"},
		[2]string{"p.tf", "${local.name}-*\" },\n        {\n          \"Effect\": \"Deny\",\n"},
		"${local.name}-*\", \"Condition\": {",
	},
	"a file": {
		map[string]string{"p.tf": "locals {\n  document = file(\"${path.module}/p.json\")\n}\n", "p.json": "{\n\t\"Version\": \"2012-10-17\",\n\t\"Statement\": [\n\t\t{\"Effect\": \"Allow\", \"Action\": \"iam:CreateUser\", \"Resource\": \"*\"}\n\t]\n}\n"},
		[2]string{"p.json", "\"Resource\": \"*\"},\n\t\t{\n\t\t  \"Effect\": \"Deny\",\n"},
		"\"Resource\": \"*\", \"Condition\": { \"StringEquals\": { \"iam:PermissionsBoundary\": \"arn:aws:iam::111122223333:policy/workload-boundary\" } }}",
	},
	"a template": {
		map[string]string{"p.tf": "locals {\n  document = templatefile(\"${path.module}/p.tftpl\", { name = \"app\" })\n}\n", "p.tftpl": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Action\": \"iam:CreateUser\", \"Resource\": \"arn:aws:iam::111122223333:user/${name}-*\"}\n  ]\n}\n"},
		[2]string{"p.tftpl", "-*\"},\n    {\n      \"Effect\": \"Deny\",\n"},
		"${name}-*\", \"Condition\": {",
	},
}

// TestFixForms: statements are added in the language of the document, or ask for what is
// missing, and what is there stays.
func TestFixForms(t *testing.T) {
	const settings = "account_id = \"111122223333\"\nnaming \"aws_iam_user\" {\n  name = \"*\"\n}\n" +
		"boundary \"b\" {\n  references = [\"aws_iam_policy.boundary\"]\n}\nrule \"boundary-leaks\" {\n  enabled = false\n}\n"
	main := strings.Replace(fixBoundary, `"s3:*"`, `["s3:*", "iam:CreateUser"]`, 1) +
		"\nresource \"aws_iam_role_policy\" \"kept\" {\n  role   = aws_iam_role.kept.name\n  policy = local.document\n}\n"
	mixed := strings.NewReplacer(`["iam:CreateUser"]`, `["iam:CreateUser", "iam:GetUser"]`, `"iam:CreateUser"`, `["iam:CreateUser", "iam:GetUser"]`)
	for name, c := range fixForms {
		for _, form := range []struct {
			kind, want string
			write      func(string) string
		}{
			{"mixed", c.want[1], mixed.Replace},
			{"alone", c.asked, func(text string) string { return text }},
		} {
			t.Run(name+", "+form.kind, func(t *testing.T) {
				files := map[string]string{"main.tf": main, ".boundlint.hcl": settings}
				for file, text := range c.files {
					files[file] = form.write(text)
				}
				workspace(t, files)
				if got := boundlint(t, "", nil, "lint", "--fix", "."); got.code != exitClean || !strings.Contains(read(t, c.want[0]), form.want) {
					t.Errorf("%+v\n%s", got, read(t, c.want[0]))
				}
				if again := boundlint(t, "", nil, "lint", "--fix", "."); again.stderr != "boundlint: 0 findings fixed, 0 left\n" {
					t.Errorf("%+v", again)
				}
			})
		}
	}
}

// TestFixSARIF: the edits of the report make the files that --fix makes.
func TestFixSARIF(t *testing.T) {
	workspace(t, map[string]string{
		"main.tf": fixBoundary + "\nresource \"aws_iam_role\" \"web\" {\n  name               = \"app-web\"\n  assume_role_policy = " + fixTrust + "\n}\n",
	})
	dry := boundlint(t, "", nil, "lint", "--fix-dry-run", "--format", "sarif=out.sarif", ".")
	var log struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					ArtifactChanges []struct {
						ArtifactLocation struct{ URI string }
						Replacements     []struct {
							DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, "out.sarif")), &log); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(read(t, "main.tf"), "\n")
	made := 0
	for _, result := range log.Runs[0].Results {
		for _, fix := range result.Fixes {
			for _, c := range fix.ArtifactChanges {
				for _, r := range slices.Backward(c.Replacements) {
					if r.DeletedRegion.StartColumn != 1 || r.DeletedRegion.EndColumn != 1 || c.ArtifactLocation.URI != "main.tf" {
						t.Errorf("%+v", c)
					}
					text := strings.Join(lines[:r.DeletedRegion.StartLine-1], "") + r.InsertedContent.Text + strings.Join(lines[r.DeletedRegion.EndLine-1:], "")
					lines = strings.SplitAfter(text, "\n")
					made++
				}
			}
		}
	}
	want := strings.Join(lines, "")
	if got := boundlint(t, "", nil, "lint", "--fix", "."); made != 1 || got.code != exitClean || read(t, "main.tf") != want {
		t.Errorf("%d: %+v %+v\n%s\nand not\n%s", made, dry, got, read(t, "main.tf"), want)
	}
	_ = os.Remove("out.sarif")
}

// TestFixOfAnotherAccount: a boundary is advised where it can be attached, which is in its own
// account, though it is written as a reference.
func TestFixOfAnotherAccount(t *testing.T) {
	const config = `
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias               = "b"
  allowed_account_ids = ["222222222222"]
}
resource "aws_iam_policy" "boundary" {
  name   = "b"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
resource "aws_iam_role" "bounded" {
  name                 = "app-a"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "free" {
  provider           = PROVIDER
  name               = "app-b"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
`
	for provider, want := range map[string]bool{"aws": true, "aws.b": false} {
		workspace(t, map[string]string{"main.tf": strings.Replace(config, "PROVIDER", provider, 1)})
		got := boundlint(t, "", nil, "lint")
		if advised := strings.Contains(got.stdout, "permissions_boundary = aws_iam_policy.boundary.arn"); advised != want || !strings.Contains(got.stdout, "boundary-missing") {
			t.Errorf("%s: %s %s", provider, got.stdout, got.stderr)
		}
	}
}
