package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

// TestLongChain: the steps that a chain leaves out are counted where they would be,
// and those after them have their own numbers.
func TestLongChain(t *testing.T) {
	r := &lint.Report{
		Inputs: []lint.InputSummary{{Path: "plan.json", Complete: true}},
		Findings: []lint.Finding{{
			Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Violation, Address: "a", Message: "The role a can act as the role z.",
			Steps: []lint.Step{
				{From: "a", To: "b", Way: "sts-001", Message: "The role a can assume the role b."},
				{From: "b", To: "y", Omitted: 40, Message: "40 further steps from b to y."},
				{From: "y", To: "z", Way: "sts-001", Message: "The role y can assume the role z."},
			},
		}},
	}
	for format, want := range map[string][]string{
		"text":     {"\n  ... 40 further steps from b to y.\n", "\n  42. The role y can assume the role z. (sts-001)\n"},
		"github":   {"%0A... 40 further steps from b to y.%0A42. The role y"},
		"markdown": {"40 further steps from b to y.", "42. The role y"},
		"html":     {"<li>40 further steps from b to y.", `<li value="42">The role y`},
		"sarif":    {"40 further steps from b to y."},
		"json":     {`"omitted": 40`},
	} {
		if out := string(render(t, format, r, report.Options{})); !containsAll(out, want) {
			t.Errorf("%s says %s, and not all of %q", format, out, want)
		}
	}
	back, err := report.Decode(bytes.NewReader(render(t, "json", r, report.Options{})))
	if err != nil || back.Findings[0].Steps[1].Omitted != 40 {
		t.Errorf("read again: %v, %v", back.Findings, err)
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
