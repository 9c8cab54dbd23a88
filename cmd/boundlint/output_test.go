package main

import (
	"os"
	"strings"
	"testing"
)

// TestWriteOver: no report is written over an input or a part of one, whatever
// the path that leads there.
func TestWriteOver(t *testing.T) {
	files := map[string]string{
		"live/main.tf":                         "module \"m\" {\n  source = \"../modules/m\"\n}\nlocals {\n  text = file(\"data.txt\")\n}\nresource \"aws_iam_role\" \"r\" {\n  name               = local.text\n  assume_role_policy = \"{}\"\n}\n",
		"live/data.txt":                        "app-r",
		"live/terraform.tfvars":                "",
		"live/.terraform/modules/modules.json": `{"Modules":[]}`,
		"modules/m/main.tf":                    "",
		"unread/main.tf":                       "",
		"extra.values":                         "",
		"plan.json":                            goodPlan,
		"state.json":                           `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}`,
		"boundary.json":                        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		".boundlint.hcl":                       "boundary \"b\" {\n  arns     = [\"arn:aws:iam::111122223333:policy/b\"]\n  document = \"boundary.json\"\n}\n",
		"dump.json":                            `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`,
		"report.txt":                           "an old report",
	}
	workspace(t, files)
	for name, make := range map[string]func() error{
		"link":     func() error { return os.Symlink("live/main.tf", "link") },
		"to-plan":  func() error { return os.Symlink("plan.json", "to-plan") },
		"hard":     func() error { return os.Link("live/data.txt", "hard") },
		"linked":   func() error { return os.Symlink("live", "linked") },
		"to-old":   func() error { return os.Symlink("report.txt", "to-old") },
		"dangling": func() error { return os.Symlink("nothing.tf", "dangling") },
	} {
		if err := make(); err != nil {
			t.Skipf("no links here (%s): %v", name, err)
		}
	}
	refused := map[string][]string{
		"live --format json=": {
			"live/main.tf", "./live/../live/main.tf", "link", "linked/main.tf", "hard", "live/data.txt", "live/terraform.tfvars", "modules/m/main.tf",
			".boundlint.hcl", "boundary.json", "live/.terraform/modules/modules.json", "unread/main.tf",
		},
		"live --var-file extra.values --format json=":       {"extra.values"},
		"plan.json --format json=":                          {"plan.json", "to-plan"},
		"plan.json --config-dir live --format json=":        {"live/data.txt", "live/main.tf"},
		"dump.json --against state.json --format json=":     {"state.json", "dump.json"},
		"live broken.tf --format json=":                     {"live/main.tf"},
		"plan.json --format text=report.txt --format json=": {"to-old"},
	}
	for args, outs := range refused {
		for _, out := range outs {
			got := boundlint(t, "", nil, strings.Fields(args+out)...)
			if got.code != exitFailure || !strings.Contains(got.stderr, "would") {
				t.Errorf("%s%s: %+v", args, out, got)
			}
		}
	}
	for name, want := range files {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s was written: %q, %v", name, got, err)
		}
	}
	// Anything else may be written: an old report, in an input's directory too,
	// and through a link to nothing, which it takes the place of.
	for _, out := range []string{"report.txt", "to-old", "live/report.json", "dangling"} {
		if got := boundlint(t, "", nil, "lint", "live", "--format", "json="+out); got.code == exitFailure {
			t.Errorf("%s: %s", out, got.stderr)
		}
	}
	if _, err := os.Lstat("nothing.tf"); err == nil {
		t.Error("a report was written to where a link led")
	}
}

// TestWriteOverStandardInput: a file that is read as standard input is an input.
func TestWriteOverStandardInput(t *testing.T) {
	workspace(t, map[string]string{"plan.json": goodPlan})
	f, err := os.Open("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var stdout, stderr strings.Builder
	code := run([]string{"lint", "-", "--format", "json=plan.json"}, f, &stdout, &stderr, func(string) (string, bool) { return "", false })
	if code != exitFailure || !strings.Contains(stderr.String(), "over an input") {
		t.Errorf("%d: %s", code, stderr.String())
	}
}
