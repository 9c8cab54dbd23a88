package rules

import "github.com/boundlint/boundlint/lint"

// ExemptionUnused is reported by the run for exemptions that match nothing.
var ExemptionUnused = &lint.Rule{
	ID: lint.ExemptionUnused, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "An exemption matches no finding",
		What: "An `exempt` block, or an inline `boundlint:ignore` comment, that covers no finding is reported, as is a comment without a reason, " +
			"which has no effect.",
		Why: "What an exemption was made for is mended, or renamed. Left alone it waits for something new to hide.",
		Blind: "Where an input is not complete, could not be read, or is only a part of the repository, an `exempt` block may speak of what is " +
			"not there, and nothing is said. Nor is it where no input shows what the rules are about: only a plan takes a boundary off, and only " +
			"configuration has `lifecycle`.",
		Fix:        "Remove it, or correct its pattern.",
		References: []string{"https://github.com/boundlint/boundlint#configuration"},
		Security:   "1.0",
	},
}
