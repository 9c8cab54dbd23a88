package rules

import (
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

// AdminAttached reports entities that can do everything.
var AdminAttached = &lint.Rule{
	ID: "admin-attached", Severity: lint.Warning, Leg: lint.Hygiene,
	Doc: lint.Doc{
		Title: "An entity without a boundary that limits it is an administrator",
		What: "A role or user is as good as one with AdministratorAccess, by whatever it holds: AWS's own policy, a customer-managed or " +
			"inline one, a group's, or several that make up the whole together (`iam:*` in one and `NotAction: iam:*` in another; whole " +
			"services by the dozen). It is none where deny statements, its boundary or the organization's policies keep it from making another " +
			"principal as strong. Conditions on how a request is made, such as MFA, make it no less of one.",
		Why: "An administrator is outside of the three legs: it can create what it likes and take off any boundary. Each one should be known " +
			"and meant.",
		Blind: "Policies that are attached outside of the input are not seen, nor a group's members that the input does not declare. A " +
			"boundary whose document is outside of the input is taken to limit. `iam:*` alone is not an administrator here: the second and third " +
			"leg say what it can do.",
		Fix: "Grant what the work needs, or give the entity a boundary. For the one that is meant to be an administrator write an `exempt` " +
			"block with the reason.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
		},
		Security: "7.0",
		Controls: []string{"CIS AWS Foundations 3.0 1.16", "PCI DSS 4.0 7.2.2"},
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		var line *bounds.Line // which looks at all entities
		for _, h := range a.Holders {
			if h.Provisioned {
				continue // the permission set is to be known and meant, once
			}
			switch a.IsAdministrator(h) {
			case authz.Allowed:
				if line == nil {
					line = bounds.NewLine(p, a.Approved)
				}
				f := administrator(h)
				line.Limit(h, &f)
				p.Report(f)
			case authz.Undetermined:
				p.Report(maybeAdministrator(a, h))
			case authz.Denied:
			}
		}
		return nil
	},
}

// administrator is the finding for one that certainly is.
func administrator(h *holders.Holder) lint.Finding {
	f := lint.Finding{
		Address: h.Address, Location: h.Location,
		Remediation: "Grant what its work needs instead, exempt it with the reason, or give it a boundary that limits it.",
	}
	var how string
	if g, ok := h.Sufficient(); ok {
		s := g.Widest()
		f.Location = g.Place(h, s)
		f.Attribute = f.Location.Attribute
		if f.Location.Address != h.Address {
			f.Attribute = ""
		}
		how = g.Title() + " allows it " + holders.Allowance(g.Policy)
		if s != nil && g.Document != nil {
			f.Cause = h.StatementCause(g, s)
		}
		if g.Group != nil {
			// To leave the group alone and fix it there is one change.
			f.Cause = g.Group.Address
			how = "as a member of " + phrase.Group(g.Group) + ", " + how
		}
		if s != nil && (g.Document == nil || !g.Document.Sensitive) {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
		}
	} else {
		how = "its policies together allow it " + holders.Allowance(h.Principal.Identity...)
		for _, g := range h.Grants {
			if s := g.Widest(); s != nil && g.Unsettled == nil {
				f.Related = append(f.Related, lint.Related{Address: g.Address, Message: "has a part in it", Location: g.Place(h, s)})
			}
		}
	}
	limit := "it has no permissions boundary"
	if h.Boundary == holders.BoundedKnown {
		limit = "its permissions boundary does not hold it back"
	}
	f.Message = fmt.Sprintf("%s is an administrator: %s, and %s.", phrase.Capital(phrase.Entity(h.Entity)), how, limit)
	return f
}

// maybeAdministrator is the finding where something hides the answer.
func maybeAdministrator(a *holders.Account, h *holders.Holder) lint.Finding {
	f := lint.Finding{
		Verdict: lint.Undetermined, Address: h.Address, Location: h.Location, HiddenBy: h.Obscured(),
		Message:     fmt.Sprintf("Whether %s is an administrator depends on %s.", phrase.Entity(h.Entity), h.Obscured()),
		Remediation: phrase.ShowIt(a.Model, h.Location, "that"),
	}
	if g, ok := a.MayMakeAdministrator(h); ok {
		holders.MarkUncertain(&f, g, h)
	}
	return f
}
