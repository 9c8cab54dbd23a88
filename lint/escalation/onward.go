package escalation

import "slices"

// onward are the holders as whom a node may act as they are, from above: a few, or
// too many to be worth a list.
type onward struct {
	few  []int
	many bool
}

// In each round every node is asked for a step to those that count in it. From a late
// round on it is remembered whom a node may act as at all, if those are few: in a long
// chain of roles each leads to the next one alone, and has nothing to do with the
// other rounds.
const (
	lateRound  = 4
	fewHolders = 16
)

// mayLead reports whether a node may act as one of the holders that count in the round,
// as they are.
func (l *level) mayLead(n *node) bool {
	if l.at < lateRound {
		return true
	}
	if n.onward == nil {
		n.onward = l.engine.onwardFrom(n)
	}
	return n.onward.many || slices.ContainsFunc(n.onward.few, func(i int) bool { return l.best.has(i) || l.rest.has(i) })
}

func (e *engine) onwardFrom(n *node) *onward {
	out := &onward{}
	for _, w := range e.usable(n) {
		if !acting(w) {
			continue
		}
		e.candidates(n, w).each(len(e.declared), func(i int) bool {
			if !slices.Contains(out.few, i) {
				out.few = append(out.few, i)
			}
			return len(out.few) <= fewHolders
		})
		if len(out.few) > fewHolders {
			return &onward{many: true}
		}
	}
	return out
}
