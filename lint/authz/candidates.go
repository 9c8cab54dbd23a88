package authz

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// candidate is a resource worth trying before automata are built.
type candidate struct {
	text policy.Text
	// failed is the demand that it last failed. Demands are added and seldom
	// taken back: most likely it fails the same one again.
	failed resourceAtom
}

// candidate is a resource of the domain that fulfils all that is asked of it,
// where one is found among those worth trying.
func (a *attempt) candidate(n *node) (policy.Text, bool) {
	for _, x := range a.domain.exact {
		if a.fits(n, x) {
			return x, true
		}
	}
	if len(a.domain.exact) > 0 {
		return policy.Text{}, false
	}
	if x, found := a.firstFit(n, a.candidatesOf(nil)); found {
		return x, true
	}
	for _, atom := range slices.Backward(n.resource) {
		if x, found := a.firstFit(n, a.candidatesOf(atom.statement)); found {
			return x, true
		}
	}
	return policy.Text{}, false
}

func (a *attempt) firstFit(n *node, list []candidate) (policy.Text, bool) {
	for i := range list {
		c := &list[i]
		if c.failed.choice != nil && slices.Contains(n.resource, c.failed) {
			continue
		}
		if at := a.misfit(n, c.text); at >= 0 {
			c.failed = n.resource[at]
			continue
		}
		return c.text, true
	}
	return policy.Text{}, false
}

// candidatesOf are the resources of the domain that the entries of a statement
// name; without a statement they are those that read well. What a demand makes
// of one does not change during an attempt.
func (a *attempt) candidatesOf(s *statement) []candidate {
	if known, ok := a.named[s]; ok {
		return known
	}
	var out []candidate
	add := func(x policy.Text) {
		if a.inDomain(x) {
			out = append(out, candidate{text: x})
		}
	}
	if s == nil {
		for _, name := range a.domain.examples {
			add(policy.Literal(a.domain.head + name))
		}
	} else {
		for _, p := range slices.Concat(s.resource, s.notResource) {
			for _, x := range a.instances(p) {
				add(a.domain.rehead(x))
			}
		}
	}
	if a.named == nil {
		a.named = map[*statement][]candidate{}
	}
	a.named[s] = out //mutate:work it is remembered
	return out
}

// spelledOut reports whether no resources can fulfil what is asked but the
// candidates: an Allow spells out its resources, and nothing hides others.
func (a *attempt) spelledOut(n *node) bool {
	hides := func(p *pattern) bool { return p.hasSymbol || p.hasVariable }
	return slices.ContainsFunc(n.resource, func(r resourceAtom) bool { return r.want && len(r.tails) > 0 }) &&
		!slices.ContainsFunc(n.resource, func(r resourceAtom) bool {
			return slices.ContainsFunc(r.resource, hides) || slices.ContainsFunc(r.notResource, hides)
		})
}

// fits checks a resource against all that is asked of it.
func (a *attempt) fits(n *node, x policy.Text) bool { return a.inDomain(x) && a.misfit(n, x) < 0 }

// inDomain reports whether a resource may be asked for at all.
func (a *attempt) inDomain(x policy.Text) bool {
	return a.domain.contains(x) && (a.extraCheck == nil || a.extraCheck(x))
}

// misfit is the first demand that a resource fails, as its place; negative for
// none.
func (a *attempt) misfit(n *node, x policy.Text) int {
	return slices.IndexFunc(n.resource, func(r resourceAtom) bool { return !a.meets(r.coversResource(x, &a.env), r.want) })
}
