package driver_test

import (
	"context"
	"fmt"
	"log"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// A plan is read into models, and judged by all rules under the settings of a
// team.
func Example() {
	models, err := source.Read(context.Background(), "../../fixtures/boundary-missing/bad/bare-roles-and-users/plan.json",
		source.Options{Symbols: &policy.Symbols{}})
	if err != nil {
		log.Fatal(err)
	}
	settings := &lint.Settings{Naming: []lint.Naming{{Type: "aws_iam_role", Name: "*"}, {Type: "aws_iam_user", Name: "*"}}}
	report, err := driver.Run(models, rules.All(), settings, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range report.Findings {
		fmt.Println(f.Severity, f.Rule, f.Address)
	}
	fmt.Println("exit code", report.ExitCode(lint.Warning))
	// Output:
	// error boundary-missing aws_iam_role.bare
	// error boundary-missing aws_iam_role.each["b"]
	// error boundary-missing aws_iam_role.empty
	// error boundary-missing aws_iam_user.person
	// exit code 1
}
