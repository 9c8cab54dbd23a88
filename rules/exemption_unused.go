package rules

import "github.com/boundlint/boundlint/lint"

// ExemptionUnused is reported by the run for exemptions that match nothing.
var ExemptionUnused = &lint.Rule{
	ID: lint.ExemptionUnused, Severity: lint.Warning, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "An exemption, or another entry of the configuration, matches nothing",
		What: "An `exempt` block, or an inline `boundlint:ignore` comment, that covers no finding is reported, as is a comment without a " +
			"reason, which has no effect. So is a `trusted` block that names none of the roles, users and permission sets, and a `rule` block " +
			"that changes nothing: one that turns on what is on, turns off what is off, gives an error the severity `error`, or gives a " +
			"severity to what is off. The entries of a baseline that do not occur any more are one finding.",
		Why: "What an exemption was made for is fixed, or renamed. Left alone it waits for something new to hide. An entry that changes " +
			"nothing is read as if it did.",
		Blind: "Where an input is not complete, could not be read, or is only a part of the repository, an `exempt` or `trusted` block may " +
			"speak of what is not there, and nothing is said. Nor is it where a name or ARN is not known that may be the one, or where no input " +
			"shows what the rules are about: only a plan takes a boundary off, and only configuration has `lifecycle`. The severity of a rule " +
			"that is a warning or a note by itself caps what it finds, so that it is never taken to change nothing.",
		Fix:        "Remove it, or correct its pattern or what it sets.",
		References: []string{"https://github.com/boundlint/boundlint#configuration"},
		Security:   "1.0",
	},
}
