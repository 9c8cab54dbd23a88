package authz

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Grown is what a holder can make of itself: roles under a boundary, which it
// can create and give any policy. A role's creator may write its trust policy
// and so needs no sts permission to use it.
type Grown struct {
	// Boundary is the boundary of such roles, Document what it allows; nil
	// where it is not known.
	Boundary policy.Text
	Document *Policy
	// Create and Equip are the requests that make the role and give it a
	// policy.
	Create, Equip *Witness
}

// Grow lists the boundaries under which the holder can create a role and give
// it a policy, and, as far as documents are known, those under which such a
// role can do the same. A role without boundary, or with one that is not
// approved, is not among them: that the holder can create one is a question of
// its own.
func Grow(holder *Principal, u *Universe) []Grown {
	var out []Grown
	queue := []*Principal{holder}
	for len(queue) > 0 {
		who := queue[0]
		queue = queue[1:]
		if !mayEquip(who, u) {
			continue
		}
		for _, boundary := range boundariesFor(who, u) {
			if slices.ContainsFunc(out, func(g Grown) bool { return g.Boundary.Equal(boundary) }) {
				continue
			}
			create, equip := equips(who, u, boundary)
			if create == nil {
				continue
			}
			g := Grown{Boundary: boundary, Create: create, Equip: equip}
			if u.Document != nil {
				g.Document = u.Document(boundary)
			}
			out = append(out, g)
			if g.Document != nil {
				queue = append(queue, Bearer(create.Resource, KindRole, g.Document))
			}
		}
	}
	return out
}

// mayEquip reports whether who can create roles and give them policies, under
// whatever boundary: most cannot, and then no boundary has to be tried.
func mayEquip(who *Principal, u *Universe) bool {
	return Search(who, u, &Query{Actions: []string{"iam:CreateRole"}}).Verdict != Denied &&
		Search(who, u, &Query{Actions: []string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}}).Verdict != Denied
}

// boundariesFor are the approved boundaries that may be asked for; where
// nothing is approved, those that the policies name in full.
func boundariesFor(who *Principal, u *Universe) []policy.Text {
	var out []policy.Text
	add := func(x policy.Text) {
		if !slices.ContainsFunc(out, x.Equal) {
			out = append(out, x)
		}
	}
	for _, x := range u.approvedExceptions(who, Role) {
		for _, v := range x.Values {
			if !isGlob(v) {
				add(v)
				continue
			}
			for _, b := range bindings(who, u, &Query{}) {
				s := newSearcher(who, u, &Query{}, b)
				if own := s.ownForm(v); !isGlob(own) {
					add(b.unbind(own))
				}
			}
		}
	}
	return out
}

// equips asks for the two requests: a role under the boundary, and a policy
// for it. They must be about the same role, so the second asks for the one
// that the first created.
func equips(who *Principal, u *Universe, boundary policy.Text) (create, equip *Witness) {
	under := []KeyConstraint{{Key: keyBoundary, In: []policy.Text{boundary}}}
	give := []string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}
	first := Search(who, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under})
	if first.Verdict != Allowed {
		return nil, nil
	}
	second := Search(who, u, &Query{Actions: give, Keys: under, Resources: []policy.Text{first.Witness.Resource}})
	if second.Verdict == Allowed {
		return first.Witness, second.Witness
	}
	// Perhaps another role will do: one of those that can be given policies.
	second = Search(who, u, &Query{Actions: give, Keys: under})
	if second.Verdict != Allowed {
		return nil, nil
	}
	first = Search(who, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under, Resources: []policy.Text{second.Witness.Resource}})
	if first.Verdict != Allowed {
		return nil, nil
	}
	return first.Witness, second.Witness
}

// withGrown asks the queries of the holder, and, where nothing but the lack
// of a grant says no, of the roles that it can create and equip.
func withGrown(holder *Principal, u *Universe, queries []*Query) Answer {
	out := Answer{Verdict: Denied}
	var open []*Query
	for _, q := range queries {
		answer := Search(holder, u, q)
		switch {
		case answer.Verdict == Allowed:
			return answer
		case answer.Verdict == Undetermined && out.Verdict == Denied:
			out = answer
		case answer.Verdict == Denied:
			out.AssumedAccount = answer.AssumedAccount
			if !explicitlyDenied(holder, u, q) {
				open = append(open, q)
			}
		}
	}
	if len(open) == 0 {
		return out
	}
	for _, g := range Grow(holder, u) {
		if g.Document == nil {
			if out.Verdict == Denied {
				out = Answer{Verdict: Undetermined, AssumedAccount: out.AssumedAccount, Perhaps: g.Create, Reasons: []Reason{{
					Text:   "a role that the holder can create and give a policy may do what " + g.Boundary.String() + " allows, and its document is not known",
					Symbol: firstSymbol(g.Boundary),
				}}}
			}
			continue
		}
		bearer := Bearer(g.Create.Resource, KindRole, g.Document)
		for _, q := range open {
			answer := Search(bearer, u, q)
			switch {
			case answer.Verdict == Allowed:
				answer.Witness.First = append([]*Witness{g.Create, g.Equip}, answer.Witness.First...)
				return answer
			case answer.Verdict == Undetermined && out.Verdict == Denied:
				out = answer
			}
		}
	}
	return out
}
