package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
)

// Amendment is a change to the policies of an inventory.
type Amendment struct {
	// Policies are those that stand in the place of others.
	Policies map[*authz.Policy]*authz.Policy
	// Entity, or Group, is given Extra, a further inline policy; both are nil
	// where nobody is.
	Entity *iam.Entity
	Group  *iam.Group
	Extra  *authz.Policy
}

// Amend changes the policies of an inventory that no search has yet. What its
// principals and groups share with others stays as it is.
func (inv *Inventory) Amend(by Amendment) {
	for _, g := range inv.Groups {
		g.Policies = by.replaced(g.Policies)
		if by.Group != nil && g.Group == by.Group {
			g.Policies = append(g.Policies, by.Extra)
		}
	}
	for _, s := range inv.Subjects {
		by.amend(s)
	}
}

func (by Amendment) amend(s *Subject) {
	p := *s.Principal
	p.Identity = by.replaced(p.Identity)
	if other := by.Policies[p.Boundary]; other != nil {
		p.Boundary = other
	}
	s.Grants = slices.Clone(s.Grants)
	for i := range s.Grants {
		if other := by.Policies[s.Grants[i].Policy]; other != nil {
			s.Grants[i].Policy = other
		}
	}
	give := func(g Grant) {
		g.Policy = by.Extra
		p.Identity = append(p.Identity, by.Extra)
		s.Grants = append(s.Grants, g)
	}
	switch {
	case by.Entity != nil && s.Entity == by.Entity:
		give(Grant{Route: ByInline})
	case by.Group != nil && slices.Contains(s.Entity.Groups, by.Group):
		give(Grant{Route: ByGroup, Group: by.Group, GroupInline: true})
	}
	s.Principal = &p
}

func (by Amendment) replaced(list []*authz.Policy) []*authz.Policy {
	out := slices.Clone(list)
	for i, p := range out {
		if other := by.Policies[p]; other != nil {
			out[i] = other
		}
	}
	return out
}
