package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
)

// modifying is a way by which a node changes what another principal may do, in one
// round: on whom it is still to be tried or has succeeded, and what came of it.
type modifying struct {
	way  *Way
	left set
	done map[int]*modified
}

// modified is a principal that it counts to have changed.
type modified struct {
	to    *node
	first attempt
}

// becoming is a way by which a node acts as a principal, and on whom it has not
// failed in this round.
type becoming struct {
	way  *Way
	left set
}

// toModified looks for a principal that the node changes by one way and acts as
// by another. What fails by itself is tried once, not once for each way that
// it might go together with.
func (e *engine) toModified(l *level, n *node) *edge {
	var acts []*becoming
	for _, m := range e.usable(n) {
		if !modifies(m) {
			continue
		}
		changing := &modifying{way: m, left: l.modifiable(n, m, l.worth(m)), done: map[int]*modified{}}
		if n.holder != nil {
			changing.left.remove(n.who)
		}
		if changing.left.isEmpty() {
			continue
		}
		if acts == nil {
			acts = e.becomings(l, n)
		}
		for _, w := range acts {
			if ed := e.together(l, n, changing, w); ed != nil {
				return ed
			}
		}
	}
	return nil
}

// modifies reports whether a way changes what another principal may do, and
// nothing more.
func modifies(w *Way) bool {
	if acting(w) || w.Reach != ReachAll {
		return false
	}
	return w.Kind == EditTarget && w.Gains.Has(Grows) || w.Kind == Release ||
		w.Kind == BoundaryTamper && w.Gains.Has(Uncaps) && w.Target != TargetNewRole
}

// modifiable are the holders among some that a way may change, from above.
func (l *level) modifiable(n *node, m *Way, among set) set {
	if m.Target != TargetPolicy && m.Target != TargetBound {
		return l.candidates(n, m, among)
	}
	return among.clone(len(l.engine.declared))
}

// becomings are the ways by which a node may act as who is there already.
func (e *engine) becomings(l *level, n *node) []*becoming {
	var out []*becoming
	for _, w := range e.usable(n) {
		if !acting(w) || w.Kind == Create {
			continue
		}
		if on := l.candidates(n, w); !on.isEmpty() {
			out = append(out, &becoming{w, on})
		}
	}
	return out
}

// together tries a way that changes a principal and one to act as it.
func (e *engine) together(l *level, n *node, m *modifying, w *becoming) *edge {
	for i := m.left.nextOf(w.left, 0); i >= 0; i = m.left.nextOf(w.left, i+1) {
		first, ok := m.done[i]
		if !ok {
			if first = e.modify(l, n, m, i); first == nil {
				continue
			}
			m.done[i] = first
		}
		second := e.onHolder(n, w.way, e.declared[i])
		if second.verdict == authz.Denied || !l.enough(second.verdict) {
			w.left.remove(i)
			e.passOver(&w.left, n, w.way, i)
			continue
		}
		return e.reached(n, first.to, first.first, second)
	}
	return nil
}

// modify changes a principal, if it counts to do that.
func (e *engine) modify(l *level, n *node, m *modifying, i int) *modified {
	t := e.declared[i]
	var a attempt
	if m.way.Kind == BoundaryTamper {
		a = e.uncapHolder(n, m.way, t)
	} else {
		a = e.onHolder(n, m.way, t)
	}
	if a.verdict == authz.Denied || !l.enough(a.verdict) {
		m.left.remove(i)
		e.passOver(&m.left, n, m.way, i)
		return nil
	}
	c := changeBy(m.way, t, a)
	to := e.changed(t, nil, c)
	if !l.countsLate(to) {
		m.left.remove(i)
		if l.at == 1 && !slices.Contains(c.dropped, true) && !e.goal.isWhose() {
			// Nothing counts in the first round but what a principal is allowed, and
			// who is allowed the same is so after the same change.
			m.left.keep(e.equals(i), false)
		}
		return nil
	}
	return &modified{to, a}
}
