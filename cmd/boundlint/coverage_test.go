package main

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
)

const (
	boundedRole = `resource "aws_iam_role" "r" {
  name                 = "app-r"
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
`
	boundaryBlock = `account_id = "111122223333"
boundary "workload" {
  arns     = ["arn:aws:iam::111122223333:policy/boundary"]
  document = "boundary.json"
}
`
	boundaryDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
)

// TestNothingChecked: a run that found nothing to judge fails, or a path that
// is wrong would pass as clean.
func TestNothingChecked(t *testing.T) {
	files := map[string]string{
		"docs/readme.md": "x", "empty/main.tf": "# nothing yet\n", "bucket/main.tf": "resource \"aws_s3_bucket\" \"b\" {}\n",
		"live/terragrunt.hcl": "", "good.json": goodPlan, "notes.tf.txt": "x",
	}
	for name, c := range map[string]struct {
		args   string
		code   int
		stdout string
	}{
		"no configuration":         {"docs", 2, "error: nothing was checked: no input holds anything to judge (--allow-empty accepts that)"},
		"a file without a block":   {"empty", 2, "nothing was checked"},
		"another tool's":           {"live", 2, "terragrunt run --all plan"},
		"several of that kind":     {"docs empty", 2, "1 directory with configuration; nothing judged"},
		"allowed":                  {"docs --allow-empty", 0, "nothing was checked"},
		"allowed, in JSON":         {"docs --allow-empty --format json", 0, `"roots": 0`},
		"excluded":                 {"bucket --exclude **", 0, "1 root module judged"},
		"a bucket":                 {"bucket", 0, "1 root module judged"},
		"one that holds something": {"docs bucket", 0, "nothing was checked"},
		"a plan without resources": {"good.json", 0, "1 plan judged"},
		"a plan and nothing":       {"good.json docs", 0, "1 plan judged"},
		"all":                      {"", 0, "1 root module judged"},
		"changed, of no root":      {"--changed docs/readme.md notes.tf.txt", 0, ""},
		"changed, of a root":       {"--changed bucket/main.tf", 0, "1 root module judged"},
		"changed, a directory":     {"--changed docs", 0, "nothing was checked"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			got := boundlint(t, "", nil, strings.Fields(c.args)...)
			if got.code != c.code || got.stderr != "" {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
			if joined := strings.Join(strings.Fields(got.stdout), " "); !strings.Contains(joined, c.stdout) {
				t.Errorf("no %q in\n%s", c.stdout, got.stdout)
			}
		})
	}
}

// TestRequireCoverage: with --require-coverage, what was not looked at fails
// the run and is named.
func TestRequireCoverage(t *testing.T) {
	const policy = "resource \"aws_iam_role_policy_attachment\" \"a\" {\n  role       = aws_iam_role.r.name\n  policy_arn = \"arn:aws:iam::111122223333:policy/%\"\n}\n"
	whole := map[string]string{".boundlint.hcl": boundaryBlock, "boundary.json": boundaryDocument, "main.tf": boundedRole}
	for name, c := range map[string]struct {
		files map[string]string
		args  string
		code  int
		want  string
	}{
		"everything":              {nil, "", 0, "1 directory with configuration; 1 root module judged"},
		"a module":                {map[string]string{"m.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": "locals {\n  x = 1\n}\n"}, "", 0, "2 directories with configuration; 1 root module judged; 1 module call followed"},
		"blocks without instance": {map[string]string{"m.tf": "resource \"aws_iam_user\" \"u\" {\n  count = 0\n  name  = \"app-u\"\n}\n"}, "", 0, "1 block with no instance"},
		"a directory below":       {map[string]string{"old/main.tf": boundedRole}, "", 1, "2 directories with configuration, 1 not judged (old)"},
		"a directory below too":   {map[string]string{"old/main.tf": boundedRole}, "--recursive", 0, "2 root modules judged"},
		"two directories":         {map[string]string{"old/main.tf": boundedRole}, ". old", 0, "2 root modules judged"},
		"a module not there":      {map[string]string{"m.tf": "module \"m\" {\n  source = \"example/m/aws\"\n}\n"}, "", 1, "0 module calls followed, 1 not (module.m)"},
		"a stack":                 {map[string]string{"m.tf": "resource \"aws_cloudformation_stack\" \"s\" {\n  name = \"s\"\n  capabilities = [\"CAPABILITY_IAM\"]\n  template_url = \"x\"\n}\n"}, "", 1, "1 CloudFormation stack not looked into (aws_cloudformation_stack.s)"},
		"a policy elsewhere":      {map[string]string{"m.tf": policy}, "", 1, "1 policy (arn:aws:iam::111122223333:policy/%) without a known document"},
		"a policy of AWS":         {map[string]string{"m.tf": strings.Replace(policy, "111122223333:policy/%", "aws:policy/ReadOnlyAccess", 1)}, "", 0, "judged"},
		"a boundary elsewhere":    {map[string]string{".boundlint.hcl": ""}, "", 1, "1 boundary (arn:aws:iam::111122223333:policy/boundary) without a known document"},
		"hidden":                  {map[string]string{".old/main.tf": boundedRole}, "", 1, "1 not judged (.old)"},
		"a hook":                  {map[string]string{"old/main.tf": boundedRole}, "--changed main.tf", 0, "1 directory with configuration; 1 root module judged"},
		"not asked for":           {map[string]string{"old/main.tf": boundedRole, "m.tf": policy}, "-", 0, "1 not judged (old)"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, more := range []map[string]string{whole, c.files} {
				maps.Copy(files, more)
			}
			workspace(t, files)
			args := append([]string{"--require-coverage"}, strings.Fields(c.args)...)
			if c.args == "-" {
				args = nil
			}
			got := boundlint(t, "", nil, args...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
			joined := strings.Join(strings.Fields(got.stdout), " ")
			if !strings.Contains(joined, c.want) {
				t.Errorf("no %q in\n%s", c.want, got.stdout)
			}
			if failed := strings.Contains(joined, "error: not everything was looked at, as --require-coverage asks: "); failed != (c.code == 1) {
				t.Errorf("it is not said why:\n%s", got.stdout)
			}
			var report struct{ Coverage struct{ Complete *bool } }
			plain := boundlint(t, "", nil, append(args, "--format", "json")...)
			if err := json.Unmarshal([]byte(plain.stdout), &report); err != nil || report.Coverage.Complete == nil {
				t.Errorf("%v: %s", err, plain.stdout)
			} else if args != nil && *report.Coverage.Complete != (c.code == 0) {
				t.Errorf("complete: %v", *report.Coverage.Complete)
			}
		})
	}
}

// TestRequireCoverageMerged: the jobs' reports have what the merged one needs.
func TestRequireCoverageMerged(t *testing.T) {
	workspace(t, map[string]string{"a/main.tf": boundedRole, "b/main.tf": "resource \"aws_s3_bucket\" \"b\" {}\n", ".boundlint.hcl": boundaryBlock, "boundary.json": boundaryDocument, "a/old/main.tf": boundedRole})
	for _, dir := range []string{"a", "b"} {
		if got := boundlint(t, "", nil, dir, "--format", "json="+dir+".json"); got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	got := boundlint(t, "", nil, "report", "merge", "--require-coverage", "a.json", "b.json")
	if got.code != 1 || !strings.Contains(got.stdout, "coverage: 3 directories with configuration, 1 not judged (a/old); 2 root modules judged") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "report", "merge", "--require-coverage", "b.json"); got.code != 0 {
		t.Errorf("%+v", got)
	}
}

// TestSkippedFileIsNamed: a file that Terraform reads and that cannot be read
// here is named, with exit code 2.
func TestSkippedFileIsNamed(t *testing.T) {
	for name, make := range map[string]func() error{
		"extra.tf":           func() error { return os.Symlink("extra.tf", "extra.tf") },
		"gone.tf":            func() error { return os.Symlink("nowhere.tf", "gone.tf") },
		"out.tf":             func() error { return os.Symlink("/etc/hostname", "out.tf") },
		"large.tf":           func() error { return os.WriteFile("large.tf", []byte(strings.Repeat("#\n", 3<<20)), 0o644) },
		"large.tf.json":      func() error { return os.WriteFile("large.tf.json", []byte(strings.Repeat("[", 1000)), 0o644) },
		"broken.tofu":        func() error { return os.WriteFile("broken.tofu", []byte(`resource "`), 0o644) },
		"values.auto.tfvars": func() error { return os.Symlink("values.auto.tfvars", "values.auto.tfvars") },
		"terraform.tfvars":   func() error { return os.WriteFile("terraform.tfvars", []byte(`x = `), 0o644) },
		"a.auto.tfvars.json": func() error { return os.WriteFile("a.auto.tfvars.json", []byte(`{`), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": boundedRole})
			if err := make(); err != nil {
				t.Skip(err)
			}
			for _, path := range []string{".", "main.tf"} {
				if got := boundlint(t, "", nil, path); got.code != 2 || !strings.Contains(got.stdout, name) {
					t.Errorf("%s: %+v", path, got)
				}
			}
		})
	}
	// What Terraform does not read either is not spoken of.
	workspace(t, map[string]string{"main.tf": boundedRole, "main.tf.bak": "x", ".#main.tf": "x", "main.tf~": "x", "#main.tf#": "x", ".hidden.tf": "x {", "dir.tf/readme.md": "x", "a.tftest.hcl": "x {"})
	if got := boundlint(t, "", nil); got.code != 0 || strings.Contains(got.stdout, "error") {
		t.Errorf("%+v", got)
	}
}

// TestTwoReadings: what Terraform and OpenTofu read differently is judged both
// ways, and what both find is said once.
func TestTwoReadings(t *testing.T) {
	bare := strings.Replace(boundedRole, "  permissions_boundary = \"arn:aws:iam::111122223333:policy/boundary\"\n", "", 1)
	misnamed := strings.Replace(strings.Replace(bare, "\"r\"", "\"s\"", 1), "app-r", "other", 1)
	workspace(t, map[string]string{"iam.tf": bare, "iam.tofu": boundedRole, "both.tf": misnamed})
	var report struct {
		Inputs   []struct{ Path, Tool string }
		Findings []struct{ Rule, Address, Message string }
		Summary  struct{ Entities int }
		Coverage struct{ Roots int }
	}
	got := boundlint(t, "", nil, "--format", "json")
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range report.Findings {
		text := f.Rule + " " + f.Address
		if strings.Contains(f.Message, "as Terraform reads") {
			text += " Terraform"
		}
		list = append(list, text)
	}
	want := "boundary-missing aws_iam_role.r Terraform, boundary-missing aws_iam_role.s, name-prefix aws_iam_role.s"
	if joined := strings.Join(list, ", "); joined != want || got.code != 1 {
		t.Errorf("got %s, want %s", joined, want)
	}
	if len(report.Inputs) != 2 || report.Inputs[0].Tool != "terraform" || report.Inputs[1].Tool != "opentofu" || report.Summary.Entities != 2 || report.Coverage.Roots != 1 {
		t.Errorf("%+v", report)
	}
	// A question is asked of one of them.
	got = boundlint(t, "", nil, "simulate", "--as", "app-r", "--action", "s3:ListAllMyBuckets")
	if got.code != 0 || !strings.Contains(got.stderr, "the question is asked of what Terraform reads") || strings.Contains(got.stdout, "permissions boundary arn") {
		t.Errorf("%+v", got)
	}
}

// TestCoverageOfLink: a directory that is named by a link is judged, and counts
// once.
func TestCoverageOfLink(t *testing.T) {
	workspace(t, map[string]string{"real/main.tf": boundedRole, ".boundlint.hcl": boundaryBlock, "boundary.json": boundaryDocument})
	if err := os.Symlink("real", "link"); err != nil {
		t.Skip(err)
	}
	got := boundlint(t, "", nil, "--require-coverage", "link")
	if got.code != 0 || !strings.Contains(got.stdout, "1 directory with configuration; 1 root module judged") {
		t.Errorf("%+v", got)
	}
}
