package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// An account has many managed policies, and who may create roles may do so under one
// or two of them. Most are left out here before each is asked about: first by the
// conditions of the statements that allow it, then by questions about many together.

const createRole = "iam:createrole"

// creatable leaves out boundaries under which the holder cannot create a role.
func creatable(who *Principal, u *Universe, boundaries []policy.Text) []policy.Text {
	asked := who.boundariesAsked()
	left := make([]policy.Text, 0, len(boundaries))
	for _, x := range boundaries {
		if !slices.ContainsFunc(asked, func(l boundariesOf) bool { return l.excludes(x) }) {
			left = append(left, x)
		}
	}
	return creatableTogether(who, u, left)
}

// boundariesOf are, of each statement of a layer that allows to create roles, the
// conditions about the boundary.
type boundariesOf [][]*condition

// boundariesAsked are those of each layer in which they tell boundaries apart: in all
// such statements, by values that do not depend on the request.
func (p *Principal) boundariesAsked() []boundariesOf {
	var out []boundariesOf
	for _, l := range p.layers() {
		if l.layer == LayerResourceOrg {
			continue
		}
		if asked, ok := asksForBoundaries(l.policies); ok {
			out = append(out, asked)
		}
	}
	return out
}

func asksForBoundaries(list []*Policy) (asked boundariesOf, ok bool) {
	for _, p := range list {
		if p.hidden != nil {
			return nil, false
		}
		for _, s := range p.statements {
			if !s.allows || s.coversAction(createRole) == policy.False {
				continue
			}
			about := s.boundaryConditions()
			if len(about) == 0 {
				return nil, false
			}
			asked = append(asked, about)
		}
	}
	return asked, true
}

// boundaryConditions are the conditions of a statement on the boundary of a request
// with values that are known.
func (s *statement) boundaryConditions() []*condition {
	if s.doubt != nil {
		return nil
	}
	var out []*condition
	for _, c := range s.conditions {
		if !c.hidden && c.key.name == strings.ToLower(policy.BoundaryKey) &&
			!slices.ContainsFunc(c.values, func(v conditionValue) bool { return v.hasVariable || v.hasSymbol }) {
			out = append(out, c)
		}
	}
	return out
}

// excludes reports whether no statement allows to create a role under a boundary.
func (l boundariesOf) excludes(boundary policy.Text) bool {
	if !boundary.IsKnown() {
		return false
	}
	value, e := []policy.Text{boundary}, env{request: &Request{}}
	return !slices.ContainsFunc(l, func(about []*condition) bool {
		return !slices.ContainsFunc(about, func(c *condition) bool { return c.holdsFor(value, &e) == policy.False })
	})
}

// askedTogether is how many boundaries are worth a question about all of them.
const askedTogether = 8

// creatableTogether asks about many boundaries together, and about the halves of those
// of which some may do.
func creatableTogether(who *Principal, u *Universe, boundaries []policy.Text) []policy.Text {
	if len(boundaries) < askedTogether {
		return boundaries
	}
	under := []KeyConstraint{{Key: policy.BoundaryKey, In: boundaries}}
	if Search(who, u, &Query{Actions: []string{"iam:CreateRole"}, Keys: under}).Verdict == Denied {
		return nil
	}
	half := len(boundaries) / 2
	return slices.Concat(creatableTogether(who, u, boundaries[:half]), creatableTogether(who, u, boundaries[half:]))
}
