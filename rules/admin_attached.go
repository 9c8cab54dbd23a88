package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// AdminAttached reports entities that can do everything.
var AdminAttached = &lint.Rule{
	ID: "admin-attached", Severity: lint.Warning, Leg: lint.Hygiene,
	Doc: lint.Doc{
		Title: "An entity without a boundary that limits it is an administrator",
		What: "A role or user is as good as one with AdministratorAccess, by whatever it holds: AWS's own policy, a customer-managed or inline one, " +
			"a group's, or several that make up the whole together (`iam:*` in one and `NotAction: iam:*` in another; whole services by the dozen). " +
			"It is none where deny statements, its boundary or the organization's policies keep it from making another principal as strong. " +
			"Conditions on how a request is made, such as MFA, make it no less of one.",
		Why: "An administrator is outside of the three legs: it can create what it likes and take off any boundary. Each one should be known and meant.",
		Blind: "Policies that are attached outside of the input are not seen, nor a group's members that the input does not declare. A boundary whose " +
			"document is outside of the input is taken to limit. `iam:*` alone is no administrator here: the second and third leg say what it can do.",
		Fix: "Grant what the work needs, or give the entity a boundary. For the one that is meant to be an administrator write an `exempt` block with the reason.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
		},
		Security: "7.0",
		Controls: []string{"CIS AWS Foundations 3.0 1.16", "PCI DSS 4.0 7.2.2"},
	},
	Run: func(p *lint.Pass) error {
		a, err := accounts.Of(p)
		if err != nil {
			return err
		}
		var mend *boundaryMend // which looks at all entities
		for _, h := range a.holders {
			switch a.isAdministrator(h) {
			case authz.Allowed:
				if mend == nil {
					mend = newBoundaryMend(p, a.approved)
				}
				f := a.administrator(h)
				mend.limit(h, &f)
				p.Report(f)
			case authz.Undetermined:
				p.Report(a.maybeAdministrator(h))
			case authz.Denied:
			}
		}
		return nil
	},
}

// administrator is the finding for one that certainly is.
func (a *account) administrator(h *holder) lint.Finding {
	f := lint.Finding{
		Address: h.address, Location: h.location,
		Remediation: "Grant what its work needs instead, exempt it with the reason, or give it a boundary that limits it.",
	}
	var how string
	if g, ok := h.sufficient(); ok {
		s := g.widest()
		f.Location = g.place(h, s)
		f.Attribute = f.Location.Attribute
		if f.Location.Address != h.address {
			f.Attribute = ""
		}
		how = g.title() + " allows it " + allowance(g.policy)
		if s != nil && g.document != nil {
			f.Cause = h.statementCause(g, s)
		}
		if g.group != nil {
			// To leave the group alone and mend it there is one change.
			f.Cause = g.group.Address
			how = "as a member of " + groupName(g.group) + ", " + how
		}
		if s != nil && (g.document == nil || !g.document.Sensitive) {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
		}
	} else {
		how = "its policies together allow it " + allowance(h.principal.Identity...)
		for _, g := range h.grants {
			if s := g.widest(); s != nil && g.unsettled == nil {
				f.Related = append(f.Related, lint.Related{Address: g.address, Message: "has a part in it", Location: g.place(h, s)})
			}
		}
	}
	limit := "it has no permissions boundary"
	if h.boundary == boundedKnown {
		limit = "its permissions boundary does not hold it back"
	}
	f.Message = fmt.Sprintf("%s is an administrator: %s, and %s.", capital(entityName(h.entity)), how, limit)
	return f
}

// maybeAdministrator is the finding where something hides the answer.
func (a *account) maybeAdministrator(h *holder) lint.Finding {
	f := lint.Finding{
		Verdict: lint.Undetermined, Address: h.address, Location: h.location, HiddenBy: h.obscured(),
		Message:     fmt.Sprintf("Whether %s is an administrator hangs on %s.", entityName(h.entity), h.obscured()),
		Remediation: showIt(a.model, h.location, "that"),
	}
	if g, ok := a.mayMakeAdministrator(h); ok {
		settleAt(&f, g, h)
	}
	return f
}

// sufficient is a grant that makes an administrator by itself.
func (h *holder) sufficient() (grant, bool) {
	for _, g := range h.grants {
		alone := newReach([]*authz.Policy{g.policy})
		if alone.holdsIAM() == authz.Allowed && wholeOfAll([]*reach{alone}, true) >= manyServices {
			return g, true
		}
	}
	return grant{}, false
}

// widest is the statement of a grant that allows the most on every resource:
// one of all actions, else of all but some, else the one with the most; nil
// where none allows anything on every resource.
func (g grant) widest() *policy.Statement {
	if g.policy.Document == nil {
		return nil
	}
	var best *policy.Statement
	most := 0
	for _, s := range g.policy.Document.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		if _, ok := sweepOf(s, conditionsByCircumstance(s)); !ok {
			continue
		}
		size := len(s.Action)
		switch {
		case slices.ContainsFunc(s.Action, isStar):
			size = 1 << 20
		case s.NotAction != nil:
			size = 1 << 19
		}
		if size > most {
			best, most = s, size
		}
	}
	return best
}

// title is how a sentence calls the policy of a grant.
func (g grant) title() string {
	if g.document == nil {
		return "the AWS-managed policy " + g.managedName()
	}
	return "the policy " + g.address
}

// place is where a grant is written: its statement, or the attachment of a
// policy that has no document in the input.
func (g grant) place(h *holder, s *policy.Statement) iam.Location {
	if g.document != nil {
		if s == nil {
			return g.document.Location
		}
		return g.document.StatementLocation(s.Index, policy.Range{})
	}
	attached := h.attachments(g.group)
	for _, t := range attached {
		parts, ok := policy.ParseARN(t.PolicyARN.Text)
		if !ok || !isText(parts.Account, "aws") {
			continue
		}
		if resource, known := parts.Resource.Known(); known && strings.HasSuffix(g.address, ":"+resource) {
			if t.PolicyARN.Location.Address != "" {
				return t.PolicyARN.Location
			}
			return t.Location
		}
	}
	return h.location
}

// attachments are those of the holder, or of a group that it is in.
func (h *holder) attachments(group *iam.Group) []*iam.Attachment {
	switch {
	case group != nil:
		return group.Attached
	case h.entity != nil:
		return h.entity.Attached
	}
	return nil
}

// obscured names what hides a part of what a holder has.
func (h *holder) obscured() string {
	var names []string
	add := func(symbols ...*policy.Symbol) {
		for _, s := range symbols {
			if name := hiddenBy(s); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if e := h.entity; e != nil {
		if e.PoliciesUnknown != nil {
			add(e.PoliciesUnknown)
		}
		for _, g := range h.grants {
			if g.unsettled != nil {
				add(g.unsettled.hidden)
			}
		}
		if h.boundary == boundedHidden {
			add(e.Boundary.Text.Symbols()...)
		}
	}
	groups := []*iam.Group{nil}
	if h.entity != nil {
		groups = append(groups, h.entity.Groups...)
	}
	for _, g := range groups {
		for _, t := range h.attachments(g) {
			if t.Policy == nil && !isForeignPolicy(t.PolicyARN.Text) && !t.HasUnseenLiterals() {
				add(t.PolicyARN.Text.Symbols()...)
			}
		}
	}
	for _, g := range h.grants {
		if g.document != nil && g.document.Document != nil {
			add(hidingSymbols(g.document.Document)...)
		}
	}
	if h.principal.Boundary != nil && h.principal.Boundary.Document != nil {
		add(hidingSymbols(h.principal.Boundary.Document)...)
	}
	const most = 3
	if len(names) == 0 {
		return "policies that are not known"
	}
	return strings.Join(names[:min(len(names), most)], ", ")
}

// hidingSymbols are those that hide what a document allows on every resource.
func hidingSymbols(d *policy.Document) []*policy.Symbol {
	if d.Unknown != nil {
		return []*policy.Symbol{d.Unknown}
	}
	var out []*policy.Symbol
	for _, s := range d.Statements {
		switch {
		case s.Maybe != nil:
			out = append(out, s.Maybe)
			continue
		case s.Unknown != nil:
			out = append(out, s.Unknown)
			continue
		}
		out = append(out, s.EffectText.Symbols()...)
		for _, e := range slices.Concat(s.Action, s.NotAction) {
			out = append(out, e.Text.Symbols()...)
		}
		for _, e := range s.Resource {
			if maybeStar(e) {
				out = append(out, e.Text.Symbols()...)
			}
		}
	}
	return out
}
