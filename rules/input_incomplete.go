package rules

import "github.com/boundlint/boundlint/lint"

// InputIncomplete is reported by the run for plans that do not show all.
var InputIncomplete = &lint.Rule{
	ID: lint.InputIncomplete, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "A plan is not complete, or ended in an error",
		What: "A plan that was made with `-target`, that defers changes, or that stopped at an error does not show everything that will be. " +
			"Whatever else is found, such an input is never clean, and the exit code says so.",
		Why:        "What is missing from a plan cannot be judged, and silence about it would look like a pass.",
		Blind:      "A plan of a Terraform before 1.8 does not say whether it is complete, and is taken to be.",
		Fix:        "Make a plan of everything that ends without errors, and lint that.",
		References: []string{"https://developer.hashicorp.com/terraform/internals/json-format#plan-representation"},
		Security:   "3.0",
	},
}
