package report_test

import (
	"log"
	"os"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// A reporter is found by its name and prints a report.
func Example() {
	text, _ := report.ByName("text")
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "plan.json", Kind: iam.InputPlan, Complete: true}}, Findings: []lint.Finding{{
		Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_role.deploy",
		Message: "The role app-deploy has no permissions boundary.", Remediation: "Set permissions_boundary.",
	}}}
	r.Count()
	if err := text.Report(os.Stdout, r, report.Options{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// error    boundary-missing  aws_iam_role.deploy
	//   The role app-deploy has no permissions boundary.
	//   Fix: Set permissions_boundary.
	//
	// coverage: 1 plan judged
	// 1 violation (1 error) in 0 entities and 0 policies
}
