package rules

import "github.com/boundlint/boundlint/lint"

// InputIncomplete is reported by the run for plans that do not show all.
var InputIncomplete = &lint.Rule{
	ID: lint.InputIncomplete, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "A plan or account dump is not complete, or a plan ended in an error",
		What: "A plan that was made with `-target`, that defers changes, or that stopped at an error does not show everything that will be; " +
			"neither does an account dump whose last page says that there are further ones, or that lacks policies and groups which an entity " +
			"in it has, or the document of a boundary in use. Whatever else is found, such an input is never clean, and the exit code says so.",
		Why: "What is missing from an input cannot be judged, and silence about it would look like a pass.",
		Blind: "A plan of a Terraform before 1.8 does not say whether it is complete, and is taken to be. A dump made with a filter lacks " +
			"what the filter leaves out, and does not say so where nothing points at it.",
		Fix: "Make a plan of everything that ends without errors, and lint that; or dump the account again, all pages and without a " +
			"filter.",
		References: []string{"https://developer.hashicorp.com/terraform/internals/json-format#plan-representation"},
		Security:   "3.0",
	},
}
