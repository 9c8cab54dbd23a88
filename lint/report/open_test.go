package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestOpen: what a plan alone leaves open is told by what hides it; in full
// where it is little, where everything is asked for, and where the
// configuration is joined.
func TestOpen(t *testing.T) {
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "plan.json", Kind: iam.InputPlan, Complete: true}}}
	for i := range 3 {
		for _, rule := range []string{"boundary-removable", "self-policy-editable"} {
			r.Findings = append(r.Findings, lint.Finding{
				Rule: rule, Verdict: lint.Undetermined, Severity: lint.Warning, Address: fmt.Sprintf("aws_iam_role.r%d", i),
				Message: "whether " + rule + " is not determined", HiddenBy: fmt.Sprintf("aws_iam_policy.p[%d].policy", i),
			})
		}
	}
	r.Findings = append(r.Findings, lint.Finding{
		Rule: "boundary-missing", Verdict: lint.Undetermined, Severity: lint.Error, Address: "aws_iam_role.r0", HiddenBy: "local.b",
		Message: "it may be null",
	})
	text := func(o Options) string {
		var b bytes.Buffer
		if err := reportText(&b, r, o); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const want = `7 verdicts that the plan alone leaves open, because it does not tell the values or the expressions of:
error    local.b
  boundary-missing of aws_iam_role.r0
warning  aws_iam_policy.p.policy
  boundary-removable, self-policy-editable of aws_iam_role.r0, aws_iam_role.r1 and aws_iam_role.r2
  Fix: Join the plan with its configuration: boundlint --config-dir DIR plan.json.
`
	got := text(Options{})
	if !strings.HasPrefix(got, want[:strings.LastIndex(want, ".")]) {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
	if full := text(Options{Verbose: true}); !strings.Contains(full, "it may be null") {
		t.Errorf("not in full:\n%s", full)
	}
	r.Inputs[0].Entities = []lint.EntitySummary{{Location: iam.Location{File: "main.tf", Range: policy.Range{Start: policy.Pos{Line: 1, Column: 1}}}}}
	if full := text(Options{}); !strings.Contains(full, "it may be null") {
		t.Errorf("not in full although the configuration is joined:\n%s", full)
	}
}
