// Package paths searches an account for paths of escalation, and says in words
// and as findings what it finds.
package paths

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Inventory is the account as the search for ways takes it.
func Inventory(a *holders.Account) *escalation.Inventory {
	inv := &escalation.Inventory{Delegated: delegates(a), Compute: things(a)}
	for _, p := range a.Model.IdentityProviders {
		if !p.Gone() {
			inv.Providers = append(inv.Providers, p.ARN)
		}
	}
	acts := map[*holders.Holder]bool{}
	for _, h := range a.Actors() {
		acts[h] = true
	}
	hidden := map[string]*authz.Policy{}
	for _, h := range a.Holders {
		s := subject(a, h, hidden)
		s.Actor = acts[h]
		inv.Subjects = append(inv.Subjects, s)
	}
	for _, g := range a.Model.Groups {
		inv.Groups = append(inv.Groups, &escalation.Group{Group: g, Policies: groupPolicies(a, g)})
	}
	inv.Administrator = func(s *escalation.Subject, p *authz.Principal) authz.Verdict {
		h := holders.Holder{Deployment: a.Model.Deployment}
		if s != nil {
			h = *a.ByEntity[s.Entity]
		}
		switch {
		case p.Boundary == nil:
			h.Boundary = holders.Unbounded
		case h.Boundary == holders.Unbounded:
			h.Boundary = holders.BoundedKnown
		}
		h.Principal = p
		return a.IsAdministrator(&h)
	}
	return inv
}

// delegates reports whether permissions boundaries play a part in the input:
// some are approved or in use, or a policy speaks of them.
func delegates(a *holders.Account) bool {
	if a.Approved.Configured() {
		return true
	}
	for _, e := range a.Model.Entities {
		if !e.Gone() && e.Boundary.Set {
			return true
		}
	}
	for _, h := range append(append([]*holders.Holder{}, a.Holders...), a.Unattached...) {
		for _, g := range h.Grants {
			if g.Document != nil && g.Document.Document != nil && speaksOfBoundaries(g.Document.Document) {
				return true
			}
		}
	}
	return false
}

func speaksOfBoundaries(d *policy.Document) bool {
	for _, s := range d.Statements {
		for i := range s.Condition {
			if holders.IsBoundaryKey(s.Condition[i].Key) || !s.Condition[i].Key.IsKnown() {
				return true
			}
		}
	}
	return false
}

// subject is a holder as the search for ways takes it.
func subject(a *holders.Account, h *holders.Holder, hidden map[string]*authz.Policy) *escalation.Subject {
	s := &escalation.Subject{Entity: h.Entity, Principal: h.Principal, Universe: a.Universe(h.Deployment)}
	switch h.Boundary {
	case holders.Unbounded:
	case holders.BoundedKnown:
		s.Bound = escalation.Bounded
		if authz.AllowsEverything(h.Principal.Boundary) {
			s.Bound = escalation.Unbounded
		}
	case holders.BoundedUnseen:
		s.Bound = escalation.BoundedUnseen
		s.Principal = hiddenBoundary(h, hidden)
	case holders.BoundedHidden:
		// Something is written there: only where that may turn out to be null
		// is there perhaps no boundary.
		s.Bound = escalation.BoundedUnseen
		if h.Entity.Boundary.Nullable {
			s.Bound = escalation.BoundedPerhaps
		}
		s.Principal = hiddenBoundary(h, hidden)
	}
	if t := h.Entity.Trust; t != nil && t.Document != nil {
		s.Trust = a.Compile(t, h.Entity.Address)
	}
	for _, g := range h.Grants {
		s.Grants = append(s.Grants, route(h.Entity, g))
	}
	return s
}

// hiddenBoundary is a holder under a boundary of which nobody gives the
// document: one policy for each boundary.
func hiddenBoundary(h *holders.Holder, hidden map[string]*authz.Policy) *authz.Principal {
	p := *h.Strict()
	name := h.UnseenBoundary()
	if hidden[name] == nil {
		hidden[name] = p.Boundary
	}
	p.Boundary = hidden[name]
	return &p
}

// route says how an entity has a policy.
func route(e *iam.Entity, g holders.Grant) escalation.Grant {
	out := escalation.Grant{Policy: g.Policy, Group: g.Group}
	inline, attached := e.Inline, e.Attached
	if g.Group != nil {
		out.Route = escalation.ByGroup
		inline, attached = g.Group.Inline, g.Group.Attached
	}
	for _, p := range inline {
		if p.Document != nil && g.Document == p.Document {
			out.GroupInline = g.Group != nil
			if g.Group == nil {
				out.Route = escalation.ByInline
			}
			return out
		}
	}
	for _, t := range attached {
		same := t.Policy != nil && g.Document != nil && t.Policy.Document == g.Document || g.Document == nil && t.PolicyARN.Text.String() == g.Address
		if same {
			out.ARN = t.PolicyARN.Text
			break
		}
	}
	if g.Group == nil {
		out.Route = escalation.ByAttachment
	}
	return out
}

func groupPolicies(a *holders.Account, g *iam.Group) []*authz.Policy {
	h := a.UnattachedHolder("group", g.Address, g.Location, g.Deployment)
	h.AddAll(a, g.Inline, g.Attached, g)
	return h.Principal.Identity
}

// things are what ways need of the input, besides IAM's own.
func things(a *holders.Account) []*escalation.Compute {
	var out []*escalation.Compute
	for _, p := range a.Model.Profiles {
		if p.Change != iam.ChangeDelete && p.Change != iam.ChangeForget {
			out = append(out, &escalation.Compute{Kind: compute.InstanceProfile, Address: p.Address, ARN: p.ARN, Role: p.Entity, Hidden: p.Hidden})
		}
	}
	for _, c := range a.Model.Compute {
		if !c.Gone() {
			out = append(out, &escalation.Compute{Kind: c.Kind, Address: c.Address, ARN: c.ARN, Role: c.Entity, Tags: c.Tags, Hidden: c.Hidden})
		}
	}
	return append(out, launched(a)...)
}

// Search is the search for ways in the account, which rules share.
var Search = holders.NewDerived(func(a *holders.Account) *escalation.Search { return escalation.NewSearch(Inventory(a)) })
