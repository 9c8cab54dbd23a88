package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
)

// TakeOver is a way by which a holder of a boundary takes over a principal.
type TakeOver struct {
	Step
	End End
	// Verdict is Allowed, or Undetermined for Reasons.
	Verdict authz.Verdict
	Reasons []authz.Reason
}

// TakeOvers lists by which ways a principal that is allowed everything within a
// boundary takes over an entity of the input that has none, or that is an
// administrator: one for each action by which such a way begins. What a trust
// policy grants by itself, past the boundary, is not among them. Outside are
// the ways that want something which the input does not contain.
func (s *Search) TakeOvers(p *authz.Principal, u *authz.Universe) (found []TakeOver, outside []Outside) {
	e := s.engine
	n := &node{principal: p, universe: u, slim: e.slim(u), bound: holders.BoundedKnown, grown: true, explored: true, who: e.stranger()}
	n.class = e.classOf(p, u)
	seen := map[string]bool{}
	l := e.newLevel(ofBounded, 1)
	for _, w := range e.usable(n) {
		control := e.delegated && w.Kind == EditTarget && w.Gains.Has(Grows) && !acting(w)
		if seen[w.Steps[0].Action] || !control && (!acting(w) || w.Gains.Has(Grows)) {
			continue
		}
		if t, ok := e.takeOver(l, n, w, control); ok {
			seen[w.Steps[0].Action] = true
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		outside = e.outside(n)
	}
	return found, outside
}

// takeOver looks for the first whom a way takes over: administrators before
// the others, what is certain before what is not.
func (e *engine) takeOver(l *level, n *node, w *Way, control bool) (TakeOver, bool) {
	var best TakeOver
	ok := false
	for _, some := range []set{l.best, l.rest} {
		e.candidates(n, w, some).each(len(e.declared), func(i int) bool {
			t := e.declared[i]
			if t.holder.Entity.ARN.Equal(n.principal.ARN) || control && t.bound != holders.Unbounded {
				return true
			}
			a := e.onHolder(n, w, t)
			if a.verdict == authz.Denied || a.verdict == authz.Undetermined && ok || !throughBoundary(n, a) {
				return true
			}
			ed := e.reached(n, e.declared[i], a)
			best, ok = TakeOver{Step: ed.steps[0], End: EndUnbounded, Verdict: a.verdict, Reasons: a.reasons}, true
			switch {
			case control:
				best.End = EndControlled
			case e.isAdministrator(e.declared[i]) == authz.Allowed:
				best.End = EndAdministrator
			}
			return a.verdict != authz.Allowed
		})
		if ok && best.Verdict == authz.Allowed {
			break
		}
	}
	return best, ok
}

// throughBoundary reports whether the boundary of a node has allowed every
// request: else it was the target's trust policy alone.
func throughBoundary(n *node, a attempt) bool {
	return !slices.ContainsFunc(a.requests, func(r authz.Answer) bool {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		return w != nil && !slices.ContainsFunc(w.By, func(ref authz.Ref) bool { return ref.Policy == n.principal.Boundary })
	})
}
