package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// BoundaryNotApproved reports boundaries that are none of the approved ones.
var BoundaryNotApproved = &lint.Rule{
	ID: bounds.NotApproved, Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.BoundaryTopic,
	Doc: lint.Doc{
		Title: "The permissions boundary is none of those approved",
		What: "The boundary has to be one of those that the `boundary` blocks of the configuration approve for an entity of that name. " +
			"Without such blocks every managed policy is approved that is not `AdministratorAccess` or as wide: one that allows every " +
			"action on every resource caps nothing. A boundary that is not known is undetermined.",
		Why: "A boundary that limits nothing, or the boundary of another team, satisfies a check for the attribute and leaves the entity as " +
			"strong as its policies make it.",
		Blind: "Without `boundary` blocks a policy of another repository is taken to be a real limit, because its document is not seen. " +
			"Whether the limit is tight enough for its purpose is for boundary-leaks and for people to say.",
		Fix: "Use an approved boundary, or add this one to a `boundary` block, by ARN or by the reference as it stands in the configuration.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
		},
		Security: "7.5",
	},
	Run: bounds.Report,
}
