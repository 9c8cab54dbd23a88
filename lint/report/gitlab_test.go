package report_test

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// issue is what GitLab demands of an entry.
type issue struct {
	Description, Fingerprint, Severity string
	CheckName                          string `json:"check_name"`
	Location                           struct {
		Path  string
		Lines struct{ Begin int }
	}
}

func issues(t *testing.T, r *lint.Report) []issue {
	t.Helper()
	var out []issue
	if err := json.Unmarshal(render(t, "gitlab", r, report.Options{Base: "/repo", Dir: "/repo"}), &out); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range out {
		if i.Description == "" || i.CheckName == "" || i.Fingerprint == "" || i.Location.Path == "" || i.Location.Lines.Begin < 1 {
			t.Errorf("not complete: %+v", i)
		}
		if path.IsAbs(i.Location.Path) || strings.HasPrefix(i.Location.Path, "..") {
			t.Errorf("the path %s is not relative", i.Location.Path)
		}
		if !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, i.Severity) {
			t.Errorf("there is no severity %s", i.Severity)
		}
		if seen[i.Fingerprint] {
			t.Errorf("two have the fingerprint %s", i.Fingerprint)
		}
		seen[i.Fingerprint] = true
	}
	return out
}

func TestGitLab(t *testing.T) {
	r := sample()
	got := issues(t, r)
	if len(got) != len(r.Findings)+len(r.Diagnostics) {
		t.Fatalf("%d issues", len(got))
	}
	of := map[string]issue{}
	for _, i := range got {
		of[i.CheckName] = i
	}
	for check, severity := range map[string]string{
		"escalation-path": "blocker", "boundary-missing": "critical", "wildcard-grant": "major", "name-prefix": "minor", "input": "critical",
	} {
		if of[check].Severity != severity {
			t.Errorf("%s is %s, want %s", check, of[check].Severity, severity)
		}
	}
	if i := of["escalation-path"]; i.Location.Path != fixture+"ci.tf" || i.Location.Lines.Begin != 9 {
		t.Errorf("%+v", i)
	}
	if i := of["wildcard-grant"]; i.Location.Path != "infra/ops/terraform.tfstate.json" || i.Location.Lines.Begin != 1 || !strings.HasPrefix(i.Description, "aws_iam_policy.ops: ") {
		t.Errorf("a finding without a place: %+v", i)
	}
	if got := issues(t, spotless()); len(got) != 0 || string(render(t, "gitlab", spotless(), report.Options{})) != "[]\n" {
		t.Errorf("nothing found: %+v", got)
	}
}

// TestGitLabFingerprints: a fingerprint is that of the finding, wherever it
// stands and whatever else is found; the same one of another input is numbered.
func TestGitLabFingerprints(t *testing.T) {
	finding := func(input int, print, message string, line int) lint.Finding {
		return lint.Finding{Rule: "r", Input: input, Address: "a", Message: message, Fingerprint: print, Location: at("main.tf", line, 1, line, 2)}
	}
	inputs := []lint.InputSummary{{Path: "plan.json", Kind: iam.InputPlan}, {Path: "state.json", Kind: iam.InputState}}
	prints := func(findings ...lint.Finding) string {
		var out []string
		for _, i := range issues(t, &lint.Report{Inputs: inputs, Findings: findings}) {
			out = append(out, i.Fingerprint)
		}
		return strings.Join(out, " ")
	}
	one, two, other := finding(0, "f1", "m", 3), finding(0, "f2", "m", 3), finding(1, "f1", "m", 3)
	if got := prints(one, two, other); got != "f1 f2 f1/2" {
		t.Errorf("got %s", got)
	}
	if got := prints(two, finding(0, "f1", "m", 40)); got != "f2 f1" {
		t.Errorf("moved: %s", got)
	}
	// A report of another program may have none.
	if a, b := prints(finding(0, "", "m", 3)), prints(finding(0, "", "m", 9)); a != b || a == prints(finding(0, "", "n", 3)) {
		t.Errorf("without a fingerprint: %s, %s", a, b)
	}
}

func TestCheckstyle(t *testing.T) {
	var doc struct {
		XMLName xml.Name `xml:"checkstyle"`
		Files   []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Line     int    `xml:"line,attr"`
				Column   int    `xml:"column,attr"`
				Severity string `xml:"severity,attr"`
				Message  string `xml:"message,attr"`
				Source   string `xml:"source,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	if err := xml.Unmarshal(render(t, "checkstyle", sample(), report.Options{}), &doc); err != nil {
		t.Fatal(err)
	}
	files, errors := map[string]bool{}, 0
	for _, f := range doc.Files {
		if files[f.Name] || f.Name == "" {
			t.Errorf("file %q twice, or without a name", f.Name)
		}
		files[f.Name] = true
		for _, e := range f.Errors {
			errors++
			if e.Line < 1 || e.Message == "" || !strings.HasPrefix(e.Source, "boundlint.") || !slices.Contains([]string{"error", "warning", "info"}, e.Severity) {
				t.Errorf("%s: %+v", f.Name, e)
			}
		}
	}
	if want := len(sample().Findings) + len(sample().Diagnostics); errors != want {
		t.Errorf("%d errors, want %d", errors, want)
	}
	if e := doc.Files[len(doc.Files)-1].Errors[0]; e.Line != 9 || e.Column != 3 || e.Source != "boundlint.escalation-path" {
		t.Errorf("%+v", e)
	}
	// A comment of XML ends with two dashes and an angle bracket.
	r := &lint.Report{InForce: lint.InForce{Exclude: []string{"--><error/><!----", "---"}}}
	if err := xml.Unmarshal(render(t, "checkstyle", r, report.Options{}), &doc); err != nil {
		t.Error(err)
	}
}
