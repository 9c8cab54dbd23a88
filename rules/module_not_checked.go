package rules

import "github.com/boundlint/boundlint/lint"

// ModuleNotChecked is reported by the run for what a source could not follow.
var ModuleNotChecked = &lint.Rule{
	ID: lint.ModuleNotChecked, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "Something that may make IAM entities was not followed",
		What: "A module whose source is not on disk, or whose copy there is of another source or version than the call names, is named, and " +
			"so is a CloudFormation stack or stack set that may create IAM entities out of Terraform's sight, because nothing in them was " +
			"judged. A stack without `CAPABILITY_IAM` and `CAPABILITY_NAMED_IAM` can create none, and neither can one whose template is known " +
			"and has no such resource.",
		Why:   "Silence about a module that was not read would look like a pass.",
		Blind: "Programs that a `local-exec` starts, and templates of other tools, are not known.",
		Fix: "Run `terraform init` so that the module is there, or lint the plan, which has every module in it. Of a stack, review the " +
			"template or lint a dump of the account.",
		References: []string{"https://developer.hashicorp.com/terraform/cli/init"},
		Security:   "3.0",
	},
}
