package authz

import (
	"cmp"
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// settledFor is the principal with all that its own name, account and tags
// decide in its policies decided, where those of the holder differ: a request
// of the holder's is then decided as if the other made it.
func (p *Principal) settledFor(holder *Principal) *Principal {
	out := *p
	settled := func(list []*Policy) []*Policy {
		if list == nil {
			return nil
		}
		kept := make([]*Policy, len(list))
		for i, q := range list {
			kept[i] = q.settledFor(p, holder)
		}
		return kept
	}
	levels := func(list [][]*Policy) [][]*Policy {
		kept := make([][]*Policy, len(list))
		for i := range list {
			kept[i] = settled(list[i])
		}
		return kept
	}
	out.Identity, out.SessionPolicies = settled(p.Identity), settled(p.SessionPolicies)
	if p.Boundary != nil {
		out.Boundary = p.Boundary.settledFor(p, holder)
	}
	out.SCPs, out.RCPs = levels(p.SCPs), levels(p.RCPs)
	return &out
}

// differsIn reports whether two principals bring different values of a key
// along with a request.
func (p *Principal) differsIn(other *Principal, k *contextKey) bool {
	if k.org != notOrg && !k.org.ofResource() && !k.org.ofSource() {
		x, state, known := p.orgValue(k.org, policy.Text{})
		y, there, same := other.orgValue(k.org, policy.Text{})
		return known != same || state != there || !x.Equal(y)
	}
	if k.implied == notImplied {
		return false
	}
	x, state := p.implied(k)
	y, there := other.implied(k)
	return state != there || !x.Equal(y)
}

func (p *Policy) settledFor(own, holder *Principal) *Policy {
	differs := func(k *contextKey) bool { return own.differsIn(holder, k) }
	if !slices.ContainsFunc(p.statements, func(s *statement) bool { return s.dependsOn(differs) }) {
		return p
	}
	e := env{request: &Request{Principal: own}}
	return p.with(func(s *statement) *statement { return s.settled(differs, &e) })
}

// dependsOn reports whether a statement asks for a key of some kind.
func (s *statement) dependsOn(differs func(*contextKey) bool) bool {
	return slices.ContainsFunc(s.conditions, func(c *condition) bool { return differs(&c.key) }) || s.usesKey(differs)
}

// usesKey reports whether a key of some kind stands as a variable in a
// statement.
func (s *statement) usesKey(differs func(*contextKey) bool) bool {
	has := func(p *pattern) bool {
		return slices.ContainsFunc(p.pieces, func(q piece) bool { return q.variable != nil && differs(&q.variable.key) })
	}
	return slices.ContainsFunc(s.resource, has) || slices.ContainsFunc(s.notResource, has) ||
		slices.ContainsFunc(s.conditions, func(c *condition) bool {
			return slices.ContainsFunc(c.values, func(v conditionValue) bool { return has(v.pattern) })
		})
}

// settled is a statement with the conditions on such keys decided by a request
// of its principal; nil where one fails. Where a variable of such a key stands
// in it, it is not certain what it says.
func (s *statement) settled(differs func(*contextKey) bool, e *env) *statement {
	if !s.dependsOn(differs) {
		return s
	}
	out := *s
	out.conditions, out.tails = nil, nil
	if out.doubt = s.doubt; s.usesKey(differs) {
		out.doubt = cmp.Or(s.doubt, &doubt{text: doubtChanged})
	}
	for _, c := range s.conditions {
		if !differs(&c.key) {
			out.conditions = append(out.conditions, c)
			continue
		}
		switch c.holds(e) {
		case policy.False:
			return nil
		case policy.Maybe:
			out.doubt = cmp.Or(out.doubt, &doubt{text: doubtChanged})
		case policy.True:
		}
	}
	return &out
}
