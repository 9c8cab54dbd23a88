package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Amendment is a change to the policies of an account, of which a search asks
// what it would close.
type Amendment struct {
	// Policies are those that stand in the place of others.
	Policies map[*authz.Policy]*authz.Policy
	// Entity, or Group, is given Extra, a further inline policy; both are nil
	// where no principal is.
	Entity *iam.Entity
	Group  *iam.Group
	Extra  *authz.Policy
}

// holder is a holder after the change; the account keeps its own.
func (by Amendment) holder(h *holders.Holder) *holders.Holder {
	if by.Policies == nil && by.Extra == nil {
		return h
	}
	out, p := *h, *h.Principal
	p.Identity = by.replaced(p.Identity)
	if other := by.Policies[p.Boundary]; other != nil {
		p.Boundary = other
	}
	out.Grants = slices.Clone(h.Grants)
	for i := range out.Grants {
		if other := by.Policies[out.Grants[i].Policy]; other != nil {
			out.Grants[i].Policy = other
		}
	}
	g := holders.Grant{Policy: by.Extra, Inline: true}
	given := by.Entity != nil && h.Entity == by.Entity
	if by.Group != nil && slices.Contains(h.Entity.Groups, by.Group) {
		given, g.Group = true, by.Group
	}
	if given {
		p.Identity, out.Grants = append(p.Identity, g.Policy), append(out.Grants, g)
	}
	out.Principal = &p
	return &out
}

// group are the policies that a group gives its members after the change.
func (by Amendment) group(a *holders.Account, g *iam.Group) []*authz.Policy {
	out := by.replaced(a.GroupPolicies(g))
	if by.Group != nil && g == by.Group {
		out = append(out, by.Extra)
	}
	return out
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
