package authz

import (
	"slices"
	"strings"

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
	// Spared tells that the role has a name that some Deny spares.
	Spared bool
	// role is it as a principal; nil where its document is not known.
	role *Principal
}

// Grow lists the boundaries under which the holder can create a role and give
// it a policy, and, as far as documents are known, those under which such a
// role can do the same. A role without boundary, or with one that is not
// approved, is not among them: that the holder can create one is a question of
// its own.
//
// A Deny that spares roles by a pattern of their names does not bind a role
// that the holder can create under such a name: it is one more.
//
// The list is remembered where the universe has a memory, and not for others to change.
func Grow(holder *Principal, u *Universe) []Grown {
	return u.Memory.growthOf(holder, u, func() []Grown { return grow(holder, u) })
}

func grow(holder *Principal, u *Universe) []Grown {
	var out []Grown
	queue := []*Principal{holder}
	for len(queue) > 0 {
		who := queue[0]
		queue = queue[1:]
		if !mayEquip(who, u) {
			continue
		}
		for _, boundary := range creatable(who, u, boundariesFor(who, u)) {
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
			if g.Document == nil {
				out = append(out, g)
				continue
			}
			g.role = holder.grown(&g)
			out, queue = append(out, g), append(queue, g.role)
			for _, names := range sparedNames(holder, g.Document) {
				if g.Create, g.Equip = equips(who, u, boundary, names); g.Create != nil {
					g.Spared, g.role = true, holder.grown(&g)
					out, queue = append(out, g), append(queue, g.role)
				}
			}
		}
	}
	return out
}

// grown is a role that the holder has made: under the same organization
// policies, and allowed all that its boundary allows.
func (p *Principal) grown(g *Grown) *Principal {
	out := Bearer(g.Create.Resource, KindRole, g.Document)
	out.Account, out.SCPs, out.RCPs, out.Organization = p.Account, p.SCPs, p.RCPs, p.Organization
	return out
}

// sparedNames are the patterns of roles that conditions on aws:PrincipalArn
// name in a boundary and in the organization's policies. A role that is named
// in full is there already, or is not a principal's to make.
func sparedNames(holder *Principal, boundary *Policy) []policy.Text {
	var out []policy.Text
	eachPolicy(&Principal{Boundary: boundary, SCPs: holder.SCPs, RCPs: holder.RCPs}, func(p *Policy) {
		for _, st := range p.statements {
			for _, c := range st.conditions {
				if c.key.name != "aws:principalarn" {
					continue
				}
				for i := range c.values {
					arn, ok := policy.ParseARN(c.values[i].source)
					if ok && isGlob(arn.Resource) && strings.HasPrefix(arn.Resource.Prefix(), "role/") && len(arn.Resource.Prefix()) > len("role/") &&
						!c.values[i].hasVariable && !slices.ContainsFunc(out, arn.Text().Equal) {
						out = append(out, arn.Text())
					}
				}
			}
		}
	})
	return out
}

// ThroughSpared asks a question of the roles that the holder can create under
// an approved boundary and under a name that Denies spare.
func ThroughSpared(holder *Principal, u *Universe, ask func(*Principal) Answer) Answer {
	if !mayBeSpared(holder, u) {
		return Answer{Verdict: Denied}
	}
	for _, g := range Grow(holder, u) {
		if !g.Spared {
			continue
		}
		if answer := ask(g.role); answer.Verdict == Allowed {
			return answer.after(&g)
		}
	}
	return Answer{Verdict: Denied}
}

// mayBeSpared reports whether some boundary that the holder may ask for spares
// roles by their names.
func mayBeSpared(holder *Principal, u *Universe) bool {
	if u.Document == nil {
		return false
	}
	return slices.ContainsFunc(boundariesFor(holder, u), func(boundary policy.Text) bool {
		d := u.Document(boundary)
		return d != nil && len(sparedNames(holder, d)) > 0
	})
}

// after puts the making of a role before what that role does.
func (a Answer) after(g *Grown) Answer {
	w := *a.Witness
	w.First = append([]*Witness{g.Create, g.Equip}, w.First...)
	a.Witness = &w
	return a
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
	seen := map[string]bool{}
	add := func(x policy.Text) {
		if key := x.Key(); !seen[key] {
			seen[key] = true
			out = append(out, x)
		}
	}
	for _, x := range u.approvedExceptions(who, Role) {
		for _, v := range x.Values {
			if !isGlob(v) {
				add(v)
				continue
			}
			places, _ := bindings(who, u, &Query{})
			for _, b := range places {
				own := b.ownForm(v)
				if !isGlob(own) {
					add(b.unbind(own))
					continue
				}
				// Of those that a pattern takes the known ones can be told.
				p := newPattern(own, arnSyntax, false)
				for _, x := range slices.Concat(u.Protected, u.Policies) {
					if len(out) < mostBoundaries && p.match(b.text(x), false, &env{}) == policy.True {
						add(x)
					}
				}
			}
		}
	}
	return out
}

// mostBoundaries bounds how many boundaries that fit a pattern are tried.
const mostBoundaries = 20

// equips asks for the two requests: a role under the boundary, and a policy
// for it. They must be about the same role, so the second asks for the one
// that the first created. within limits the role; nothing is any.
func equips(who *Principal, u *Universe, boundary policy.Text, within ...policy.Text) (create, equip *Witness) {
	under := []KeyConstraint{{Key: policy.BoundaryKey, In: []policy.Text{boundary}}}
	give := []string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}
	first := Search(who, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under, Resources: within})
	if first.Verdict != Allowed {
		return nil, nil
	}
	second := Search(who, u, &Query{Actions: give, Keys: under, Resources: []policy.Text{first.Witness.Resource}})
	if second.Verdict == Allowed {
		return first.Witness, second.Witness
	}
	// Perhaps another role will do: one of those that can be given policies.
	second = Search(who, u, &Query{Actions: give, Keys: under, Resources: within})
	if second.Verdict != Allowed {
		return nil, nil
	}
	first = Search(who, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under, Resources: []policy.Text{second.Witness.Resource}})
	if first.Verdict != Allowed {
		return nil, nil
	}
	return first.Witness, second.Witness
}

// withGrown asks the queries of the holder, and then of the roles that it can
// create and equip: a Deny of the holder's does not bind them. Where the
// document of their boundary is not known, only those queries are asked to
// which nothing but the lack of a grant says no.
func withGrown(holder *Principal, u *Universe, queries []*Query) Answer {
	out := Answer{Verdict: Denied}
	var open, refused []*Query
	for _, q := range queries {
		q.prepare()
		answer := Search(holder, u, q)
		switch {
		case answer.Verdict == Allowed:
			return answer
		case answer.Verdict == Undetermined && out.Verdict == Denied:
			out = answer
		case answer.Verdict == Denied:
			out.AssumedAccount = answer.AssumedAccount
			if explicitlyDenied(holder, u, q) {
				refused = append(refused, q)
			} else {
				open = append(open, q)
			}
		}
	}
	if len(open)+len(refused) == 0 {
		return out
	}
	for _, g := range Grow(holder, u) {
		if g.Spared {
			// That is a fault of the boundary.
			continue
		}
		if g.Document == nil {
			if out.Verdict == Denied && len(open) > 0 {
				out = Answer{Verdict: Undetermined, AssumedAccount: out.AssumedAccount, Perhaps: g.Create, Lacking: g.Boundary, Reasons: []Reason{{
					Text: "a role that the holder can create and give a policy may do what " + g.Boundary.String() +
						" allows, and its document is not known",
					Symbol: firstSymbol(g.Boundary),
				}}}
			}
			continue
		}
		for _, q := range slices.Concat(open, refused) {
			answer := Search(g.role, u, q)
			switch {
			case answer.Verdict == Allowed:
				return answer.after(&g)
			case answer.Verdict == Undetermined && out.Verdict == Denied:
				out = answer
			}
		}
	}
	if out.Verdict == Denied {
		out = worse(out, mayGrow(holder, u, open))
	}
	return out
}

// CanCreateThroughGrown asks the question of [CanCreateWithoutBoundary] of the
// roles that the holder can create under an approved boundary whose document
// is known, and can give a policy.
func CanCreateThroughGrown(holder *Principal, u *Universe, kind EntityKind) Answer {
	q := &Query{Actions: []string{"iam:Create" + string(kind)}, Unless: u.approvedExceptions(holder, kind)}
	for _, g := range Grow(holder, u) {
		if g.Spared || g.Document == nil {
			continue
		}
		if answer := Search(g.role, u, q); answer.Verdict == Allowed {
			return answer.after(&g)
		}
	}
	return Answer{Verdict: Denied}
}

// mayGrow asks the queries of the roles of which the holder's policies do not
// tell for certain whether it can create and equip them. That no principal has the
// document of its own boundary is no such doubt.
func mayGrow(holder *Principal, u *Universe, open []*Query) Answer {
	for _, d := range u.Memory.doubtsOf(holder, u, func() []doubtfulRole { return doubtfulRoles(holder, u) }) {
		if d.role == nil || slices.ContainsFunc(open, func(q *Query) bool { return Search(d.role, u, q).Verdict != Denied }) {
			return d.doubt
		}
	}
	return Answer{Verdict: Denied}
}

// doubtfulRole is a role that the holder can perhaps create and equip.
type doubtfulRole struct {
	// doubt says why that is not certain.
	doubt Answer
	// role is it as a principal; nil where its document is not known.
	role *Principal
}

// doubtfulRoles are those roles, up to the first of which nothing is known.
func doubtfulRoles(holder *Principal, u *Universe) []doubtfulRole {
	if holder.Boundary != nil && holder.Boundary.hidden != nil {
		seen := *holder
		seen.Boundary = nil
		holder = &seen
	}
	if !mayEquip(holder, u) {
		return nil
	}
	var out []doubtfulRole
	for _, boundary := range creatable(holder, u, boundariesFor(holder, u)) {
		doubt := mayEquipUnder(holder, u, boundary)
		if doubt.Verdict != Undetermined || doubt.Perhaps == nil {
			continue
		}
		doubt = hangsOn(doubt, "a role that the holder can perhaps create and give a policy may do what "+boundary.String()+" allows")
		var document *Policy
		if u.Document != nil {
			document = u.Document(boundary)
		}
		if document == nil {
			doubt.Lacking = boundary
			return append(out, doubtfulRole{doubt: doubt})
		}
		out = append(out, doubtfulRole{doubt, holder.grown(&Grown{Create: doubt.Perhaps, Document: document})})
	}
	return out
}

// mayEquipUnder says whether the holder can create a role under the boundary
// and give it a policy: Undetermined where something hides one of the two.
func mayEquipUnder(holder *Principal, u *Universe, boundary policy.Text) Answer {
	under := []KeyConstraint{{Key: policy.BoundaryKey, In: []policy.Text{boundary}}}
	create := Search(holder, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under})
	if create.Verdict == Denied {
		return create
	}
	equip := Search(holder, u, &Query{Actions: []string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}, Keys: under})
	if equip.Verdict != Denied && create.Verdict == Undetermined {
		return create
	}
	return equip
}
