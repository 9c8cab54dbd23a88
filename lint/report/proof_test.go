package report

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// TestProof: what an editor shows of a finding has all that the text format has of it, and
// nothing in it is markup of its own.
func TestProof(t *testing.T) {
	t.Parallel()
	f := lint.Finding{
		Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Undetermined, Address: "aws_iam_role.a",
		Message: "The role <b>can</b> get out.", Remediation: "Deny it:\n\n  code", Excerpt: `{"Effect":"Allow"}`,
		Witness: &lint.Witness{Principal: "aws_iam_role.a", Action: "iam:CreateRole", Resource: "*", Absent: []string{"iam:PermissionsBoundary"}},
		Steps:   []lint.Step{{From: "a", To: "b", Way: "pass-role", Message: "passes a role"}},
	}
	got := Proof(&lint.Report{Findings: []lint.Finding{f}}, &f)
	for _, want := range []string{
		"**error, undetermined** ([escalation-path](" + RulePage("escalation-path") + "))", "&lt;b&gt;can", "iam:CreateRole with no permissions boundary",
		"1. a -", "pass-role", "```json", "Remediation", "code",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
}
