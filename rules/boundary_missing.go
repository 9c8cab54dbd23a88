package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// BoundaryMissing reports roles and users without a permissions boundary.
var BoundaryMissing = &lint.Rule{
	ID: bounds.Missing, Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.BoundaryTopic,
	Doc: lint.Doc{
		Title: "A role or user has no permissions boundary",
		What: "Every `aws_iam_role` and `aws_iam_user` (and their `awscc` twins) has to set `permissions_boundary`. " +
			"An empty string and null count as not set, for so the provider takes them. Where the value is not known and may be null, " +
			"the finding is undetermined.",
		Why: "A delegation with permissions boundaries stands on three legs, and this is the first: what carries no boundary is capped by " +
			"nothing but its own policies, and those are what developers may write.",
		Blind: "Service-linked roles and those that AWS makes below `/aws-service-role/` and `/aws-reserved/` cannot have a boundary and are " +
			"not judged; neither is what a plan destroys. Roles that are made by CloudFormation, by the console or by a module whose " +
			"source is not there are not seen.",
		Fix: "Set `permissions_boundary` to the ARN of the approved policy. For an entity that is meant to be unbounded, write an `exempt` " +
			"block with the reason.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "7.5",
	},
	Run: bounds.Report,
}
