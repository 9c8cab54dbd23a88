package rules

import "github.com/boundlint/boundlint/lint"

// PolicyLoosened is reported by the run for what a configuration tries although a
// policy forbids it.
var PolicyLoosened = &lint.Rule{
	ID: lint.PolicyLoosened, Severity: lint.Error, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "The configuration loosens what the organisation's policy locks",
		What: "With `--policy` an organisation says what holds for all repositories. An entry of `.boundlint.hcl`, " +
			"an inline `boundlint:ignore` comment or a baseline that leaves out more than the policy allows is reported at its line, " +
			"with the line of the policy that forbids it. " +
			"It has no effect: what it was to leave out is reported as well.",
		Why: "A pull request brings the configuration, the comments and the baseline of its repository with it. What it switches off there " +
			"must not switch off the check of the pull request.",
		Blind: "A principal that runs boundlint chooses the policies and the other flags: `--exclude`, `--config` and the PATHs are not " +
			"held against a policy. Whether the values of a configuration are true is not known where the policy leaves them to the repository.",
		Fix: "Remove the entry and fix what it was to leave out, or have the policy allow it: " +
			"an `allow_exempt` block says which exemptions there may be.",
		References: []string{"https://github.com/boundlint/boundlint/blob/main/docs/configuration.md"},
		Security:   "7.0",
	},
}
