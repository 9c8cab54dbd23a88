package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// A principal is refused a request where one of its Denies applies, or where
// none of the Allows of a layer does that must allow. So what one principal is
// allowed beyond another is looked for in one refusal of the other after the
// next: its Denies, read as Allows, are one more layer that must allow; and the
// Allows of each of its layers, read as Denies, are to be avoided. Each is a
// search like any other, exact and in three values as it is.

// refusal is a way in which Query.Beyond is refused a request.
type refusal struct {
	// level is what must allow, as a layer of the question.
	level []*Policy
	// place is the layer that has no Allow, the zero place for a Deny. own are
	// the holder's policies there without what the other is allowed as well,
	// and hidden those of both that may say anything.
	place  layerPlace
	own    []*Policy
	hidden map[*policy.Symbol]bool
}

// layerPlace is a layer of a principal, or a level of its organization.
type layerPlace struct {
	layer Layer
	level int
}

// layer is a layer of the holder as it counts in the search: as it is, where
// the refusal is of another one.
func (r *refusal) layer(l rawLayer) rawLayer {
	if r != nil && r.place == l.layerPlace {
		l.policies = r.own
	}
	return l
}

// spares reports whether a hidden policy of a layer does not count as one that
// may allow.
func (r *refusal) spares(l rawLayer, p *Policy) bool {
	return r != nil && r.place == l.layerPlace && r.hidden[p.hidden]
}

// allowAll is the policy of [AllowAll], compiled once.
var allowAll = AllowAll()

// refusalsOf are the ways in which a principal may be refused requests of an
// action, given in lower case, that the holder is allowed. Both are bound, and
// the principal is settled for the holder.
func refusalsOf(other, holder *Principal, action string) []*refusal {
	own, others := holder.layers(), other.layers()
	var out []*refusal
	if level := denials(own, others, action); level != nil {
		out = append(out, &refusal{level: level})
	}
	for _, l := range others {
		r := &refusal{place: l.layerPlace, hidden: map[*policy.Symbol]bool{}, level: []*Policy{allowAll}}
		if i := slices.IndexFunc(own, func(o rawLayer) bool { return o.layerPlace == l.layerPlace }); i >= 0 {
			if r.take(own[i].policies, l.policies, action); !r.allows() {
				continue // all that the holder is allowed there, the other is
			}
		}
		for _, p := range l.policies {
			if !r.hidden[p.hidden] {
				r.level = append(r.level, p.turned(false, func(s *statement) *statement {
					if !s.allows || !s.isAbout(action) {
						return nil
					}
					return s
				}))
			}
		}
		out = append(out, r)
	}
	return out
}

// take sorts out what the holder has in the layer that the other has not.
func (r *refusal) take(own, others []*Policy, action string) {
	there := map[*policy.Symbol]bool{}
	var allows []*statement
	for _, p := range others {
		there[p.hidden] = true
		for _, s := range p.statements {
			if s.allows && s.isAbout(action) {
				allows = append(allows, s)
			}
		}
	}
	for _, p := range own {
		if p.hidden != nil {
			r.hidden[p.hidden] = there[p.hidden]
			r.own = append(r.own, p)
			continue
		}
		r.own = append(r.own, p.with(func(s *statement) *statement {
			switch left := s.without(allows, action); {
			case !s.allows || !s.isAbout(action):
				return s
			case left == nil && s.denies: // which of both it is, is not known
				one := *s
				one.allows = false
				return &one
			default:
				return left
			}
		}))
	}
}

// allows reports whether something may allow more in the layer.
func (r *refusal) allows() bool {
	return slices.ContainsFunc(r.own, func(p *Policy) bool {
		return p.hidden != nil && !r.hidden[p.hidden] || slices.ContainsFunc(p.statements, func(s *statement) bool { return s.allows })
	})
}

// denials are the Denies of a principal that the holder is not under, as
// Allows; nil for none.
func denials(own, others []rawLayer, action string) []*Policy {
	hidden := map[*policy.Symbol]bool{}
	var denies []*statement
	for _, l := range own {
		for _, p := range l.policies {
			hidden[p.hidden] = true
			for _, s := range p.statements {
				if s.denies && s.isAbout(action) {
					denies = append(denies, s)
				}
			}
		}
	}
	var out []*Policy
	for _, l := range others {
		for _, p := range l.policies {
			switch {
			case p.hidden == nil:
				p = p.turned(true, func(s *statement) *statement {
					if !s.denies || !s.isAbout(action) {
						return nil
					}
					return s.without(denies, action)
				})
				if len(p.statements) > 0 {
					out = append(out, p)
				}
			case !hidden[p.hidden]:
				out = append(out, p)
			}
		}
	}
	return out
}

// layers are those of a principal that must allow.
func (p *Principal) layers() []rawLayer {
	out := []rawLayer{{layerPlace{layer: LayerIdentity}, p.Identity}}
	if p.Boundary != nil {
		out = append(out, rawLayer{layerPlace{layer: LayerBoundary}, []*Policy{p.Boundary}})
	}
	if p.SessionPolicies != nil {
		out = append(out, rawLayer{layerPlace{layer: LayerSession}, p.SessionPolicies})
	}
	for i, level := range p.SCPs {
		out = append(out, rawLayer{layerPlace{LayerOrganization, i}, level})
	}
	for i, level := range p.RCPs {
		out = append(out, rawLayer{layerPlace{LayerResourceOrg, i}, level})
	}
	return out
}

// with is the policy with each statement replaced by what f makes of it, and
// without those of which it makes nil.
func (p *Policy) with(f func(*statement) *statement) *Policy {
	out := &Policy{Document: p.Document, symbolic: p.symbolic, origin: p.root()}
	for _, s := range p.statements {
		if one := f(s); one != nil {
			out.statements = append(out.statements, one)
		}
	}
	return out
}

// turned is with, the statements being Allows, or else Denies. A hidden policy
// may say both, and stays as it is.
func (p *Policy) turned(allows bool, f func(*statement) *statement) *Policy {
	if p.hidden != nil {
		return p
	}
	out := p.with(f)
	for i, s := range out.statements {
		one := *s
		one.allows, one.denies, one.tails = allows, !allows, nil
		out.statements[i] = &one
	}
	return out
}

// searchBeyond looks for a request that Query.Beyond is refused. Where an
// action needs several resources, one of them is enough.
func (s *searcher) searchBeyond(action askedAction, groups [][]*domain) Answer {
	best := Answer{Verdict: Denied}
	refusals := refusalsOf(s.beyond, s.holder, strings.ToLower(action.name))
	for i := range groups {
		for _, r := range refusals {
			if answer := s.searchRefused(action, groups, i, r); answer.Verdict == Allowed {
				return answer
			} else if answer.Verdict == Undetermined && best.Verdict == Denied {
				best = answer
			}
		}
	}
	return best
}

// searchRefused looks for a request that is refused in one way, because of a
// resource of one of the groups; all of them must be allowed to the holder.
func (s *searcher) searchRefused(action askedAction, groups [][]*domain, which int, r *refusal) Answer {
	s.refused = r
	answer := s.searchGroup(action, groups[which])
	s.refused = nil
	for j, group := range groups {
		if answer.Verdict == Denied {
			break
		}
		if j == which {
			continue
		}
		switch other := s.searchGroup(action, group); other.Verdict {
		case Denied:
			return other
		case Undetermined:
			if answer.Verdict == Allowed {
				answer = other
			}
		case Allowed:
		}
	}
	return answer
}
