package report_test

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// TestLargeReport has no end where a format takes time in the square of a report:
// ten thousand entities with a finding each are an ordinary audit.
func TestLargeReport(t *testing.T) {
	const entities = 10000
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "dump.json", Kind: iam.InputAccount, Complete: true, Account: "111122223333"}}, Rules: sampleRules}
	for i := range entities {
		address := fmt.Sprintf("arn:aws:iam::111122223333:role/app-%d", i)
		r.Inputs[0].Entities = append(r.Inputs[0].Entities, lint.EntitySummary{Address: address, ARN: address, Kind: iam.Role})
		r.Findings = append(r.Findings, lint.Finding{
			Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Violation, Address: address, Fingerprint: fmt.Sprint(i),
			Message: "can become an administrator", Steps: []lint.Step{{From: address, To: "arn:aws:iam::111122223333:role/admin", Way: "sts-001"}},
			Related: []lint.Related{{Address: "arn:aws:iam::111122223333:role/admin"}},
		})
	}
	for _, name := range report.Names() {
		render(t, name, r, report.Options{Now: now})
	}
}
