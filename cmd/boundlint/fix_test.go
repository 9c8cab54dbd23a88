package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fixTrust = `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })`

// fixBoundary is a policy that closes all that a boundary has to close.
const fixBoundary = `
resource "aws_iam_policy" "boundary" {
  name   = "workload-boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

resource "aws_iam_role" "kept" {
  name                 = "app-kept"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = ` + fixTrust + `
}
`

// TestFixAttribute: the boundary is set by the expression that the root module uses, with
// comments and formatting kept.
func TestFixAttribute(t *testing.T) {
	const unbounded = "# The web server.\nresource \"aws_iam_role\" \"web\" {\n  # Its name.\n  name = \"app-web\" # short\n\n  assume_role_policy = " + fixTrust + "\n}\n"
	const swapped = "resource \"aws_iam_user\" \"u\" {\n  name                 = \"app-u\"\n  permissions_boundary = aws_iam_policy.boundary.name\n}\n"
	const short = "resource \"aws_iam_user\" \"short\" { name = \"app-short\" }\n"
	workspace(t, map[string]string{"boundary.tf": fixBoundary, "main.tf": unbounded, "users.tf": swapped, "short.tf": short, ".boundlint.hcl": ""})

	dry := boundlint(t, "", nil, "lint", "--fix-dry-run", ".")
	if dry.code != exitFindings || dry.stderr != "boundlint: 3 findings would be fixed in 3 files, 0 left\n" ||
		!strings.Contains(dry.stdout, "--- a/main.tf\n+++ b/main.tf\n@@ -1,7 +1,8 @@\n") || read(t, "main.tf") != unbounded {
		t.Errorf("%+v", dry)
	}
	if err := os.Chmod("main.tf", 0o640); err != nil {
		t.Fatal(err)
	}
	got := boundlint(t, "", nil, "lint", "--fix", ".")
	if got.code != exitClean || got.stderr != "boundlint: 3 findings fixed in 3 files, 0 left\n" || !strings.Contains(got.stdout, "no violations") {
		t.Errorf("%+v", got)
	}
	for file, want := range map[string]string{
		"main.tf": "# The web server.\nresource \"aws_iam_role\" \"web\" {\n  # Its name.\n  name                 = \"app-web\" # short\n" +
			"  permissions_boundary = aws_iam_policy.boundary.arn\n\n  assume_role_policy = " + fixTrust + "\n}\n",
		"users.tf": strings.ReplaceAll(swapped, ".name\n", ".arn\n"),
		"short.tf": "resource \"aws_iam_user\" \"short\" {\n  name                 = \"app-short\"\n  permissions_boundary = aws_iam_policy.boundary.arn\n}\n",
	} {
		if got := read(t, file); got != want {
			t.Errorf("%s:\n%s", file, got)
		}
	}
	if info, err := os.Stat("main.tf"); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v: %v", info.Mode(), err)
	}
	if again := boundlint(t, "", nil, "lint", "--fix", "."); again.stderr != "boundlint: 0 findings fixed, 0 left\n" {
		t.Errorf("%+v", again)
	}
}

// TestFixDocument: the policy that a data source makes is the boundary, not its text.
func TestFixDocument(t *testing.T) {
	const text = `data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "workload-boundary"
  policy = data.aws_iam_policy_document.d.json
}

resource "aws_iam_user" "u" {
  name                 = "app-u"
  permissions_boundary = data.aws_iam_policy_document.d.json
}
`
	workspace(t, map[string]string{"main.tf": text})
	want := strings.TrimSuffix(text, "data.aws_iam_policy_document.d.json\n}\n") + "aws_iam_policy.boundary.arn\n}\n"
	if got := boundlint(t, "", nil, "lint", "--fix", "."); got.code != exitClean || read(t, "main.tf") != want {
		t.Errorf("%+v\n%s", got, read(t, "main.tf"))
	}
}

// TestFixStaysInside: a module outside of what is named, and one that a link leads to, stay.
func TestFixStaysInside(t *testing.T) {
	const bare = "resource \"aws_iam_role\" \"web\" {\n  name               = \"app-web\"\n  assume_role_policy = " + fixTrust + "\n}\n"
	dir := workspace(t, map[string]string{
		"root/main.tf": fixBoundary, "elsewhere/main.tf": bare,
		".boundlint.hcl": "boundary \"b\" {\n  arns = [\"arn:aws:iam::111122223333:policy/workload-boundary\"]\n}\n",
	})
	if err := os.Symlink(filepath.Join(dir, "elsewhere/main.tf"), "root/link.tf"); err != nil {
		t.Skip(err)
	}
	got := boundlint(t, "", nil, "lint", "--fix", "root")
	if got.code != exitFindings || got.stderr != "boundlint: 0 findings fixed, 1 left\n" || read(t, "elsewhere/main.tf") != bare {
		t.Errorf("%+v", got)
	}
	got = boundlint(t, "", nil, "lint", "--fix", "-r", ".")
	if info, err := os.Lstat("root/link.tf"); err != nil || info.Mode().IsRegular() || read(t, "elsewhere/main.tf") == bare {
		t.Errorf("the link is no link any more, or its file is not fixed: %+v", got)
	}
}

// TestFixRefuses what it cannot decide again.
func TestFixRefuses(t *testing.T) {
	workspace(t, map[string]string{"plan.json": badPlan, "main.tf": fixBoundary})
	for args, want := range map[string]string{
		"--fix plan.json":                 "--fix changes configuration, and plan.json is not a directory of it",
		"--fix -":                         "--fix changes configuration, and - is not a directory of it",
		"--fix --fix-dry-run .":           "give one of them",
		"--fix --same-account .":          "does not go together with --same-account",
		"--fix-dry-run --format json .":   "write the report to a file, --format FORMAT=FILE",
		"--fix-dry-runs .":                "fix-dry-run",
		"--fix nowhere":                   "there is no such file or directory",
		"--fix-dry-run --format json=- .": "write the report to a file",
		"--fix --config-dir . plan.json":  "name the directory that it was made of",
	} {
		if got := boundlint(t, "", nil, append([]string{"lint"}, strings.Fields(args)...)...); got.code != exitFailure || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

// TestFixComments: an ignore comment that nothing needs goes, or the rule that it need not
// name.
func TestFixComments(t *testing.T) {
	const role = "resource \"aws_iam_role\" \"web\" {\n  name               = \"app-web\"\n  assume_role_policy = " + fixTrust + "\n}\n"
	for before, after := range map[string]string{
		"# boundlint:ignore name-prefix reason=\"old\"\n" + fixBoundary:                      fixBoundary,
		"# Kept.\n# boundlint:ignore name-prefix,boundary-missing reason=\"SEC-1\"\n" + role: "# Kept.\n# boundlint:ignore boundary-missing reason=\"SEC-1\"\n" + role,
		"# boundlint:ignore boundary-missing, name-prefix reason=\"SEC-1\"\n" + role:         "# boundlint:ignore boundary-missing reason=\"SEC-1\"\n" + role,
		"# boundlint:ignore boundary-missing reason=\"SEC-1\"\n" + role:                      "# boundlint:ignore boundary-missing reason=\"SEC-1\"\n" + role,
		"locals {\n  a = 1 # boundlint:ignore name-prefix reason=\"old\"\n}\n" + fixBoundary: "locals {\n  a = 1\n}\n" + fixBoundary,
		"# boundlint:ignore path-prefix name-prefix reason=\"old\"\n" + fixBoundary:          fixBoundary,
	} {
		workspace(t, map[string]string{"main.tf": before, ".boundlint.hcl": "naming \"aws_iam_role\" {\n  name = \"app-*\"\n  path = \"/\"\n}\n"})
		if got := boundlint(t, "", nil, "lint", "--fix", "."); got.code != exitClean || read(t, "main.tf") != after {
			t.Errorf("%+v\n%s", got, read(t, "main.tf"))
		}
	}
}
