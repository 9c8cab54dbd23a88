package report_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

// Every format that says what a finding is also says what was merged into it.
func TestMergedFindings(t *testing.T) {
	t.Parallel()
	f := lint.Finding{
		Rule: "boundary-leaks", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_policy.boundary", Message: "It leaks.", Fingerprint: "1",
		Related: []lint.Related{
			{Rule: "boundary-leaks", Address: "aws_iam_policy.twin", Message: "It leaks, too."},
			{Rule: "escalation-path", Address: "aws_iam_role.strong", Message: "It gets out.", Steps: []lint.Step{
				{From: "aws_iam_role.strong", To: "aws_iam_role.admin", Way: "sts-001", Message: "It can."},
			}},
			{Address: "aws_iam_role.other", Message: "has a part in it"},
		},
	}
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "live"}}, Findings: []lint.Finding{f}}
	for _, format := range []string{"text", "json", "sarif", "github", "junit", "markdown", "html", "asff", "gitlab", "ocsf"} {
		out := string(render(t, format, r, report.Options{Account: "111122223333"}))
		for _, want := range []string{"aws_iam_policy.twin", "aws_iam_role.strong"} {
			if !strings.Contains(out, want) && !strings.Contains(out, strings.ReplaceAll(want, "_", `\_`)) {
				t.Errorf("%s does not tell of %s", format, want)
			}
		}
		if strings.Count(out, "has a part in it") > 1 {
			t.Errorf("%s tells twice of what is related", format)
		}
	}
	if out := string(render(t, "markdown", r, report.Options{})); !strings.Contains(out, "aws_iam_role.admin") {
		t.Error("the graph lacks the path of a merged finding")
	}
}
