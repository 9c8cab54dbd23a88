package rules

import "github.com/boundlint/boundlint/lint"

// ModuleNotChecked is reported by the run for what a source could not follow.
var ModuleNotChecked = &lint.Rule{
	ID: lint.ModuleNotChecked, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "Something that may make IAM entities was not followed",
		What: "A module whose source is not on disk, and resources that create IAM entities out of Terraform's sight, such as CloudFormation " +
			"stacks, are named, because nothing in them was judged.",
		Why:        "Silence about a module that nobody looked into would look like a pass.",
		Blind:      "Programs that a `local-exec` starts, and templates of other tools, are not known.",
		Fix:        "Run `terraform init` so that the module is there, or lint the plan, which has everything in it.",
		References: []string{"https://developer.hashicorp.com/terraform/cli/init"},
		Security:   "3.0",
	},
}
