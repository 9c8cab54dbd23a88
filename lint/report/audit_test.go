package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

func TestComplianceScore(t *testing.T) {
	entities := []lint.EntitySummary{{Address: "a"}, {Address: "b"}, {Address: "c"}}
	two := []lint.InputSummary{{Path: "1", Complete: true, Entities: entities}, {Path: "2", Complete: true, Entities: entities}}
	for _, c := range []struct {
		name     string
		inputs   []lint.InputSummary
		findings []lint.Finding
		want     string
	}{
		{"nothing wrong", two[:1], nil, "100 %** (3 of 3 items)"},
		{"one of three", two[:1], []lint.Finding{{Address: "a", Severity: lint.Error}}, "66 %** (2 of 3 items)"},
		{"a warning is none", two[:1], []lint.Finding{{Address: "a", Severity: lint.Warning}}, "100 %** (3 of 3 items)"},
		{"twice at one", two[:1], []lint.Finding{{Address: "a", Severity: lint.Error}, {Address: "a", Severity: lint.Error}}, "66 %** (2 of 3 items)"},
		{"related", two[:1], []lint.Finding{{Address: "a", Severity: lint.Error, Related: []lint.Related{{Address: "b"}}}}, "33 %** (1 of 3 items)"},
		{"elsewhere", two[:1], []lint.Finding{{Address: "p", Severity: lint.Error}}, "75 %** (3 of 4 items)"},
		{"undetermined", two[:1], []lint.Finding{{Address: "a", Severity: lint.Error, Verdict: lint.Undetermined}}, "66 %** (2 of 3 items)"},
		{"the other input", two, []lint.Finding{{Address: "a", Severity: lint.Error, Input: 1}}, "83 %** (5 of 6 items)"},
		{"nothing judged", []lint.InputSummary{{}}, nil, ""},
	} {
		for i := range c.findings {
			c.findings[i].Rule = "r"
		}
		out := string(render(t, "markdown", &lint.Report{Inputs: c.inputs, Findings: c.findings}, report.Options{}))
		if c.want == "" && strings.Contains(out, " items)") || !strings.Contains(out, c.want) {
			t.Errorf("%s: want %q in\n%s", c.name, c.want, out)
		}
	}
}

func TestHTMLNeedsNothingElse(t *testing.T) {
	out := string(render(t, "html", sample(), report.Options{Now: now}))
	for _, forbidden := range []string{"<script", "<link", "src=", "@import", "url(http", "<iframe", "<object"} {
		if strings.Contains(strings.ReplaceAll(out, "img src=x", ""), forbidden) {
			t.Errorf("the page contains %s", forbidden)
		}
	}
	for _, wanted := range []string{"<svg", "prefers-color-scheme: dark", "@media print", "Compliance score =", "111122223333", "2026-11-22", "boundlint 1.2.3", "Terraform", "CIS AWS Foundations"} {
		if !strings.Contains(out, wanted) {
			t.Errorf("the page lacks %s", wanted)
		}
	}
}

// TestNumbersAgree holds that what the table of entities calls a finding is
// the finding of that number.
func TestNumbersAgree(t *testing.T) {
	out := string(render(t, "html", sample(), report.Options{}))
	for i := 1; strings.Contains(out, fmt.Sprintf(`href="#finding-%d"`, i)); i++ {
		if n := strings.Count(out, fmt.Sprintf(`id="finding-%d"`, i)); n != 1 {
			t.Errorf("finding %d stands there %d times", i, n)
		}
	}
	if !strings.Contains(out, `<h4>3. <span class="error">error</span> <code>module.fleet[&#34;svc00&#34;].aws_iam_role.this</code>`) {
		t.Error("finding 3 is not that of svc00")
	}
}
