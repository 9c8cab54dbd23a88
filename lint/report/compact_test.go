package report_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

func TestCompact(t *testing.T) {
	for name, c := range map[string]struct {
		finding lint.Finding
		want    string
	}{
		"place": {
			lint.Finding{Rule: "r", Severity: lint.Error, Address: "a", Message: "It leaks.", Location: at("x/main.tf", 3, 5, 4, 1)},
			"x/main.tf:3:5: error: It leaks. [r]",
		},
		"no column": {
			lint.Finding{Rule: "r", Severity: lint.Note, Address: "a", Message: "m", Location: at("main.tf", 3, 0, 0, 0)},
			"main.tf:3:1: note: m [r]",
		},
		"no place": {
			lint.Finding{Rule: "r", Severity: lint.Warning, Address: `aws_iam_role.a["x"]`, Message: "m"},
			`aws_iam_role.a["x"]: warning: m [r]`,
		},
		"nothing": {lint.Finding{Rule: "r", Message: "m"}, "boundlint: note: m [r]"},
		"hostile": {
			lint.Finding{Rule: "r", Address: "a\nmain.tf:1:1: error: owned [r]", Message: "\x1b[2J\n::error::owned"},
			`a\nmain.tf:1:1: error: owned [r]: note: \x1b[2J\n::error::owned [r]`,
		},
		"merged": {
			lint.Finding{
				Rule: "r", Address: "a", Message: "m",
				Related: []lint.Related{{Rule: "r", Address: "b"}, {Address: "holder"}, {Rule: "s", Address: "c"}},
			},
			"a: note: m (and 2 more of the same cause) [r]",
		},
	} {
		r := &lint.Report{Inputs: []lint.InputSummary{{Path: "p"}}, Findings: []lint.Finding{c.finding}}
		lines := strings.Split(string(render(t, "compact", r, report.Options{})), "\n")
		if lines[0] != c.want || len(lines) != 4 || !strings.HasPrefix(lines[1], "coverage: ") {
			t.Errorf("%s: got %q, want %q", name, lines, c.want)
		}
	}
}

// TestCompactOrder: the worst comes first, and what could not be read before
// it.
func TestCompactOrder(t *testing.T) {
	r := &lint.Report{
		Findings:    []lint.Finding{{Rule: "n", Severity: lint.Note, Address: "a"}, {Rule: "e", Severity: lint.Error, Address: "b"}},
		Diagnostics: []lint.Diagnostic{{Severity: lint.Error, Input: "plan.json", Message: "empty"}},
	}
	got := string(render(t, "compact", r, report.Options{}))
	if want := "plan.json: error: empty [input]\nb: error:  [e]\na: note:  [n]\ncoverage: "; !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
