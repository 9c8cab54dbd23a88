package rules

import "github.com/boundlint/boundlint/lint"

// ExemptionExpired is reported by the run for exemptions past their date.
var ExemptionExpired = &lint.Rule{
	ID: lint.ExemptionExpired, Severity: lint.Error, Leg: lint.TheRun,
	Doc: lint.Doc{
		Title: "An exemption is past its date",
		What: "An `exempt` block, or an inline `boundlint:ignore` comment, whose `until` lies in the past covers nothing any more. It holds " +
			"on the day itself.",
		Why:   "An exemption with a date is a promise to look again. When the day comes, what it covered is reported again, and this with it.",
		Blind: "An exemption without a date never expires.",
		Fix:   "Fix what it covered and remove it, or have it reviewed and give it a new date.",
		References: []string{
			"https://github.com/boundlint/boundlint#configuration",
		},
		Security: "3.0",
	},
}
