package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// BoundaryInvalid reports values that cannot be a permissions boundary.
var BoundaryInvalid = &lint.Rule{
	ID: bounds.Invalid, Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.BoundaryTopic,
	Doc: lint.Doc{
		Title: "The permissions boundary is not a managed policy of the entity's own account and partition",
		What: "`permissions_boundary` takes the ARN of a managed policy: one of AWS's own, or a customer-managed one of the account and " +
			"partition that the entity lives in. A policy document, a bare name, the ARN of a role or of anything else, a wildcard, " +
			"a policy of another account and an AWS-managed policy that AWS does not have are refused by IAM.",
		Why: "The provider checks little of this before it applies, and for users next to nothing: the plan looks as if there were a " +
			"boundary, and the apply fails or leaves the entity without one.",
		Blind: "Whether a customer-managed policy exists is not known offline; AWS's own are those of the day the finding names. The account " +
			"is that of the configuration's `account_id`, of the approved boundaries, of the state, of the provider block, or the one that the " +
			"policies agree on; where nothing tells it, the account in the ARN is believed. That a customer-managed boundary has to be of the " +
			"entity's own account follows from IAM's API and is assumed here.",
		Fix:        "Write the ARN of the policy: `aws_iam_policy.boundary.arn`, not its `.policy`, `.name` or `.json`.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html"},
		Security:   "6.5",
	},
	Run: bounds.Report,
}
