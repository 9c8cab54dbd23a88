package main

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
)

// byWorkspace is a role with a boundary in the workspace prod alone.
const byWorkspace = `resource "aws_iam_role" "r" {
  name                 = "app-${terraform.workspace}"
  permissions_boundary = terraform.workspace == "prod" ? "arn:aws:iam::111122223333:policy/b" : null
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
`

// byVariable is a role whose boundary a variable gives.
const byVariable = `variable "b" {
  type    = string
  default = null
}
resource "aws_iam_role" "r" {
  name                 = "app-r"
  permissions_boundary = var.b
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
`

// judged is what a run says of the only finding: its rule and verdict, "" for
// none.
func judged(t *testing.T, got result) string {
	t.Helper()
	var report struct {
		Findings []struct{ Rule, Verdict, Message, Remediation string }
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatal(err, got.stderr)
	}
	var out []string
	for _, f := range report.Findings {
		out = append(out, f.Rule+" "+f.Verdict)
		if f.Verdict == "undetermined" && !strings.HasPrefix(f.Remediation, "Name the workspace with --workspace or TF_WORKSPACE") {
			t.Errorf("the fix does not say how to name the workspace: %s", f.Remediation)
		}
	}
	return strings.Join(out, ", ")
}

func TestWorkspaceOfARun(t *testing.T) {
	const missing, open = "boundary-missing violation", "boundary-missing undetermined"
	const names = "workspaces = [\"dev\", \"test\"]\n"
	listed, policy := map[string]string{".boundlint.hcl": names}, map[string]string{"org.hcl": lockAll + names}
	with := func(files map[string]string, name, content string) map[string]string {
		out := maps.Clone(files)
		out[name] = content
		return out
	}
	for name, c := range map[string]struct {
		args  string
		env   map[string]string
		files map[string]string
		want  string
	}{
		"none":                            {"", nil, nil, open},
		"the flag":                        {"--workspace prod", nil, nil, ""},
		"the flag, one dash":              {"-workspace=dev", nil, nil, missing},
		"the environment":                 {"", map[string]string{"TF_WORKSPACE": "prod"}, nil, ""},
		"the flag before the environment": {"--workspace dev", map[string]string{"TF_WORKSPACE": "prod"}, nil, missing},
		"selected":                        {"", nil, map[string]string{".terraform/environment": "prod\n"}, ""},
		"listed":                          {"", nil, listed, missing},
		"the environment before the list": {"", map[string]string{"TF_WORKSPACE": "prod"}, listed, ""},
		"selected before the list":        {"", nil, with(listed, ".terraform/environment", "prod\n"), ""},
		"a policy before selected":        {"--policy org.hcl", nil, with(policy, ".terraform/environment", "prod\n"), missing},
		"a policy's own before selected":  {"--policy org.hcl", nil, with(policy, ".boundlint.hcl", "workspaces = [\"prod\"]\n"), missing + ", policy-loosened violation"},
		"a policy that names none":        {"--policy org.hcl", nil, map[string]string{"org.hcl": lockAll, ".terraform/environment": "prod\n"}, ""},
		"the flag before a policy":        {"--policy org.hcl --workspace prod", nil, policy, ""},
		"the environment before a policy": {"--policy org.hcl", map[string]string{"TF_WORKSPACE": "prod"}, policy, ""},
		"a plan that tells":               {"plan.json --config-dir .", nil, map[string]string{"plan.json": goodPlan}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"main.tf": byWorkspace}
			maps.Copy(files, c.files)
			workspace(t, files)
			args := append(strings.Fields(c.args), "--format", "json")
			if got := judged(t, boundlint(t, "", c.env, args...)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	workspace(t, map[string]string{"main.tf": byWorkspace, ".boundlint.hcl": listed[".boundlint.hcl"]})
	for args, want := range map[string]string{
		"--workspace a/b":                       `--workspace takes the name of a workspace, not "a/b"`,
		"--workspace=":                          `--workspace takes the name of a workspace, not ""`,
		"--same-account":                        ". is in two workspaces, dev and test; with --same-account, name one with --workspace",
		"can aws_iam_role.r":                    "aws_iam_role.r (role of . in the workspace test); name one by its address or ARN, and one input, or one workspace with --workspace",
		"simulate --as app-none --action s3:*x": "names many actions",
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := boundlint(t, "", map[string]string{"TF_WORKSPACE": "a b"}); got.code != 2 || !strings.Contains(got.stderr, "TF_WORKSPACE") {
		t.Errorf("%+v", got)
	}
	// Questions are asked in the same workspaces.
	if got := boundlint(t, "", nil, "who-can", "iam:CreateRole"); got.code != 0 || !strings.Contains(got.stdout, "0 of 2 roles and users can") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "can", "aws_iam_role.r", "--workspace", "test"); got.code != 0 || !strings.Contains(got.stdout, "app-test") {
		t.Errorf("%+v", got)
	}
}

// TestOrderOfVariables has values that count in the order of the command line.
func TestOrderOfVariables(t *testing.T) {
	const value = "b=arn:aws:iam::111122223333:policy/b"
	workspace(t, map[string]string{"main.tf": byVariable, "on.tfvars": "b = \"arn:aws:iam::111122223333:policy/b\"\n", "off.tfvars": "b = null\n"})
	for args, code := range map[string]int{
		"":                     1,
		"--var " + value:       0,
		"-var " + value + " .": 0,
		"-var=" + value:        0,
		"--var " + value + " --var-file off.tfvars":                   1,
		"--var=" + value + " . --var-file=off.tfvars":                 1,
		"--var-file off.tfvars --var " + value:                        0,
		"-var-file=off.tfvars . -var " + value:                        0,
		"--var-file off.tfvars --var-file on.tfvars":                  0,
		"--var-file on.tfvars --var-file off.tfvars":                  1,
		"--var-file on.tfvars --var b= --var-file on.tfvars":          0,
		"--var-file on.tfvars --var-file on.tfvars --var b= --strict": 1,
		"--var-file none.tfvars":                                      2,
		"--var b":                                                     2,
		"--var c=x --var " + value:                                    2,
		"--var c=x --changed main.tf":                                 1,
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != code {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := boundlint(t, "", map[string]string{"TF_VAR_b": strings.TrimPrefix(value, "b="), "TF_VAR_c": "x"}); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "--var", "c=x", "--var", value); !strings.Contains(got.stderr, "--var c: no root module among the inputs declares this variable") || !strings.Contains(got.stdout, "no violations") {
		t.Errorf("%+v", got)
	}
}

// TestReportOverAFile has reports that would be written over what was read.
func TestReportOverAFile(t *testing.T) {
	files := map[string]string{
		"main.tf":              "module \"m\" {\n  source = \"./m\"\n}\n" + byVariable,
		"m/part.tf":            "locals {\n  text = file(\"${path.module}/text.json\")\n}\nresource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = local.text\n}\n",
		"m/text.json":          `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}`,
		"terraform.tfvars":     "b = \"arn:aws:iam::111122223333:policy/b\"\n",
		"more.tfvars":          "b = \"arn:aws:iam::111122223333:policy/b\"\n",
		".boundlint.hcl":       "organization_policies = [\"scp.json\"]\nboundary \"b\" {\n  arns     = [\"arn:aws:iam::*:policy/b\"]\n  document = \"boundary.json\"\n}\n",
		"scp.json":             `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}`,
		"boundary.json":        `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
		"plan.json":            goodPlan,
		"state.json":           `{"format_version":"1.0","terraform_version":"1.11.0"}`,
		"old-report.json":      "{}",
		"elsewhere/unread.tf":  "",
		"elsewhere/report.txt": "",
	}
	for name, c := range map[string]struct {
		args string
		file string
		code int
	}{
		"the configuration":           {"", "main.tf", 2},
		"spelled otherwise":           {"", "m/.././main.tf", 2},
		"of a module":                 {"", "m/part.tf", 2},
		"a file that it reads":        {"", "m/text.json", 2},
		"variables":                   {"", "terraform.tfvars", 2},
		"named variables":             {"--var-file more.tfvars", "more.tfvars", 2},
		"the configuration file":      {"", ".boundlint.hcl", 2},
		"the document of a boundary":  {"", "boundary.json", 2},
		"a policy of an organization": {"", "scp.json", 2},
		"a link":                      {"", "link", 2},
		"a hard link":                 {"", "hard", 2},
		"a plan":                      {"plan.json", "plan.json", 2},
		"what a plan is joined with":  {"plan.json --config-dir .", "m/part.tf", 2},
		"the same plan alone":         {"plan.json", "m/part.tf", 0},
		"what is not read":            {"", "elsewhere/unread.tf", 0},
		"an older report":             {"", "old-report.json", 0},
		"a new file":                  {"", "new.json", 0},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			if os.Symlink("main.tf", "link") != nil || os.Link("main.tf", "hard") != nil {
				t.Skip("there are no links here")
			}
			before, _ := os.ReadFile(c.file)
			args := append(strings.Fields(c.args), "--format", "json=other.json", "--format", "text="+c.file)
			got := boundlint(t, "", nil, args...)
			after, err := os.ReadFile(c.file)
			if _, other := os.Stat("other.json"); got.code != c.code || c.code == 2 && (string(before) != string(after) || other == nil) || c.code == 0 && err != nil {
				t.Errorf("%+v, %v, %q", got, err, after)
			}
			if want := "would write over an input"; (c.code == 2) != strings.Contains(got.stderr, want) {
				t.Errorf("%q", got.stderr)
			}
		})
	}
}

// TestCredentialReportWithoutDump has a credential report and no input that it
// belongs to.
func TestCredentialReportWithoutDump(t *testing.T) {
	workspace(t, map[string]string{
		"plan.json": goodPlan, "good.csv": "user,arn,access_key_1_active\n", "bad.csv": "a,b\n",
		"dump.json": `{"UserDetailList":[{"UserName":"app-u","Arn":"arn:aws:iam::111122223333:user/app-u"}]}`,
	})
	for args, c := range map[string]struct {
		code   int
		stderr string
		stdout string
	}{
		"plan.json --credential-report none.csv":              {2, "boundlint: none.csv: there is no such file or directory\n", ""},
		"plan.json --credential-report bad.csv":               {2, "boundlint: bad.csv: it is not a credential report", ""},
		"plan.json --credential-report good.csv":              {0, "", "the credential report is not used, because none of the inputs is an account dump"},
		"dump.json --credential-report none.csv":              {2, "boundlint: none.csv: there is no such file or directory\n", "boundary-missing"},
		"dump.json --credential-report good.csv":              {1, "", "boundary-missing"},
		"who-can s3:* plan.json --credential-report none.csv": {2, "boundlint: none.csv: there is no such file or directory\n", ""},
	} {
		got := boundlint(t, "", nil, strings.Fields(args)...)
		if got.code != c.code || !strings.HasPrefix(got.stderr, c.stderr) || !strings.Contains(got.stdout, c.stdout) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

// TestFaultsOfQuestions has questions about a configuration with faults: they
// name the file and the line, as the report of lint does.
func TestFaultsOfQuestions(t *testing.T) {
	workspace(t, map[string]string{
		"a/main.tf":      "locals {\n  m = { x = \"y\" }\n  n = local.m[\"z\"]\n}\n" + strings.Replace(byVariable, "var.b", "local.n", 1),
		"b/main.tf":      strings.Replace(byVariable, "var.b", "private", 1),
		".boundlint.hcl": "workspaces = [\"dev\", \"prod\"]\n",
	})
	for _, question := range []string{"who-can iam:CreateRole", "can app-r", "simulate --as app-r --action s3:ListAllMyBuckets", ""} {
		for dir, want := range map[string]string{
			"a": "a/main.tf:3:7: The given key does not identify an element",
			"b": "b/main.tf:7:26: private is not a reference: a reference to a resource has a type and a name, TYPE.NAME. Put text in quotes: \"private\"",
		} {
			got := boundlint(t, "", nil, append(strings.Fields(question), dir)...)
			text := strings.Join(strings.Fields(got.stdout+got.stderr), " ")
			if got.code != 2 || strings.Count(text, want) != 1 || strings.Contains(text, ": boundlint") {
				t.Errorf("%s %s: %+v", question, dir, got)
			}
		}
	}
}
