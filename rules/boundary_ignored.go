package rules

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// BoundaryIgnored reports boundaries that Terraform is told not to look at.
var BoundaryIgnored = &lint.Rule{
	ID: "boundary-ignored", Severity: lint.Warning, Leg: lint.FirstLeg, Topic: lint.BoundaryTopic,
	Doc: lint.Doc{
		Title: "Lifecycle ignore_changes covers permissions_boundary",
		What: "`ignore_changes` of a role or user lists `permissions_boundary`, or is `all`: what is written there is applied once, when the " +
			"entity is created, and never again.",
		Why: "One who takes the boundary off outside of Terraform finds a plan that is clean ever after, and a boundary that is added or fixed " +
			"in the configuration never reaches the entities that exist.",
		Blind: "Plans and states do not tell of `lifecycle`: it is seen in a directory, or in a plan that is joined with its " +
			"configuration (`--config-dir`).",
		Fix:        "Take `permissions_boundary` out of `ignore_changes`; instead of `all`, list what something else manages.",
		References: []string{"https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes"},
		Security:   "4.0",
	},
	SeenIn: func(m *iam.Model) bool {
		return m.Input.Kind != iam.InputAccount && slices.ContainsFunc(m.Entities, func(e *iam.Entity) bool { return e.Location.HasFile() })
	},
	Run: func(p *lint.Pass) error {
		for e := range p.Entities() {
			what := bounds.Attribute
			switch {
			case slices.Contains(e.IgnoreChanges, bounds.Attribute):
			case slices.Contains(e.IgnoreChanges, "all"):
				what = "all attributes"
			default:
				continue
			}
			location := e.IgnoreChangesAt
			if !location.HasFile() {
				location = e.Location
			}
			so := "the boundary that is written is not the one that is applied"
			if !e.Boundary.Set {
				so = "a boundary that is taken off or put on is not seen"
			}
			p.Report(lint.Finding{
				Address: e.Address, Attribute: bounds.Attribute, Location: location,
				Message:     fmt.Sprintf("ignore_changes of %s covers %s: %s.", phrase.Entity(e), what, so),
				Remediation: "Take permissions_boundary out of ignore_changes.",
			})
		}
		return nil
	},
}
