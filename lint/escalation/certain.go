package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
)

// isHidden reports whether nothing is known of a policy: it may allow anything
// and deny anything.
func isHidden(p *authz.Policy) bool {
	return p == nil || p.Document == nil || p.Document.Unknown != nil
}

// isUnsure reports whether some policy that applies to a node is hidden, so
// that no request of it is certainly allowed. The first plan of a
// configuration has hundreds of those, who are not to be asked pair by pair.
func (e *engine) isUnsure(n *node) bool {
	if known, ok := e.unsure[n.class]; ok {
		return known
	}
	p := n.principal
	out := p.Boundary != nil && isHidden(p.Boundary) || slices.ContainsFunc(p.Identity, isHidden) ||
		slices.ContainsFunc(p.SCPs, func(level []*authz.Policy) bool { return slices.ContainsFunc(level, isHidden) })
	e.unsure[n.class] = out
	return out
}

// settles reports whether no other try of a node can have a better outcome than
// a verdict.
func (e *engine) settles(n *node, v authz.Verdict) bool {
	return v == authz.Allowed || v == authz.Undetermined && e.isUnsure(n)
}

// candidates are the holders among some on whom a way may be gone in this round,
// from above: a set of its own, to be changed as the caller likes.
func (l *level) candidates(n *node, w *Way, among ...set) set {
	if l.certain {
		among = append(among, l.engine.certainOn(w))
	}
	return l.engine.candidates(n, w, among...)
}

// certainOn are the holders on whom it is not the target's trust policy that
// leaves a way uncertain.
func (e *engine) certainOn(w *Way) set {
	if known, ok := e.certains[w]; ok {
		return known
	}
	out := set{all: true}
	if len(w.Services) > 0 {
		out, _ = e.trusts.lettingIn(w.Services)
	}
	if slices.ContainsFunc(w.Steps, isAssumption) {
		out = out.and(e.trusts.seen)
	}
	e.certains[w] = out
	return out
}

// isAssumption reports whether nothing else does for a step than to assume the
// target.
func isAssumption(r Requirement) bool {
	return r.Action == assumeRole && r.On == OnTarget && !r.Optional && len(r.Alternatives) == 0
}
