package main

import (
	"encoding/json"
	"encoding/xml"
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
			".boundlint.hcl", "boundary.json", "live/.terraform/modules/modules.json",
		},
		"live --var-file extra.values --format json=":       {"extra.values"},
		"plan.json --format json=":                          {"plan.json", "to-plan"},
		"plan.json --config-dir live --format json=":        {"live/data.txt", "live/main.tf"},
		"dump.json --against state.json --format json=":     {"state.json", "dump.json"},
		"live broken.tf --format json=":                     {"live/main.tf", "unread/main.tf"},
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

// TestFormatsOfOthers: what other programs read has the finding and its place.
func TestFormatsOfOthers(t *testing.T) {
	workspace(t, map[string]string{"live/main.tf": deployer, "bad.json": badPlan})
	got := boundlint(t, "", nil, "live", "bad.json", "--format", "gitlab=gl.json", "--format", "checkstyle=cs.xml", "--format", "ocsf=ocsf.json")
	if got.code != exitFindings {
		t.Fatalf("%+v", got)
	}
	var issues []struct {
		Location struct{ Path string }
	}
	var findings []struct {
		Class int `json:"class_uid"`
	}
	var files struct {
		File []struct {
			Name string `xml:"name,attr"`
		} `xml:"file"`
	}
	for name, parse := range map[string]func([]byte) error{
		"gl.json":   func(b []byte) error { return json.Unmarshal(b, &issues) },
		"ocsf.json": func(b []byte) error { return json.Unmarshal(b, &findings) },
		"cs.xml":    func(b []byte) error { return xml.Unmarshal(b, &files) },
	} {
		if err := parse([]byte(read(t, name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(issues) < 2 || issues[0].Location.Path != "live/main.tf" || issues[len(issues)-1].Location.Path != "bad.json" {
		t.Errorf("gitlab: %+v", issues)
	}
	if len(findings) != len(issues) || findings[0].Class != 2004 {
		t.Errorf("ocsf: %+v", findings)
	}
	if len(files.File) != 2 || files.File[0].Name != "live/main.tf" {
		t.Errorf("checkstyle: %+v", files)
	}
}
