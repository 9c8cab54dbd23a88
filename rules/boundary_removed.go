package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// BoundaryRemoved reports plans that take a boundary off or swap it.
var BoundaryRemoved = &lint.Rule{
	ID: bounds.Removed, Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.BoundaryTopic,
	Doc: lint.Doc{
		Title: "The plan takes a permissions boundary off an existing entity, or swaps it",
		What: "An entity that exists with a boundary has to keep it. The plan may change it only to an approved one; where no `boundary` " +
			"block says which are approved, every change is reported, because a person has to look at it. A boundary that was changed outside of " +
			"Terraform is reported where the plan leaves the change standing; where it puts the boundary back, that is a note. The finding " +
			"stands in for boundary-missing and boundary-not-approved on that entity.",
		Why: "Removing a line is the quietest way out of a boundary: the role has its policies already, and the diff shows one line less.",
		Blind: "Only a plan knows what was there before. What it destroys or forgets is not judged, and neither is an entity that is created " +
			"anew under another address.",
		Fix: "Put the boundary back. If the change is intended, approve the new boundary in a `boundary` block or exempt the entity " +
			"until it is done.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html"},
		Security:   "8.0",
	},
	SeenIn:      func(m *iam.Model) bool { return m.Input.Kind == iam.InputPlan },
	StandsInFor: []string{bounds.Missing, bounds.NotApproved},
	Run:         bounds.Report,
}
