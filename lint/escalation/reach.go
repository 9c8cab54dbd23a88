package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
)

// Two questions are asked: what a principal reaches whom a boundary caps, for
// whom everybody without one is worth reaching, and what a principal reaches who
// has none. Each is asked for what is certain, and then for what is possible.
const (
	ofBounded = iota
	ofUnbounded
	kinds
	questions = 2 * kinds
)

// kindOfQuestion says for whom a question asks, and certain whether only what
// is certain counts.
func kindOfQuestion(q int) (kind int, certain bool) { return q % kinds, q < kinds }

// question is the one that is asked about a node.
func (n *node) question() int {
	if n.bound == holders.Unbounded {
		return ofUnbounded
	}
	return ofBounded
}

// solve gives every node its distance from the end, level by level: whoever
// has a step to the end, then a principal that has one to those, and so on. No pair of
// nodes is looked at twice.
func (e *engine) solve(q int) {
	kind, certain := kindOfQuestion(q)
	if slices.ContainsFunc(e.declared, e.mayChange) {
		for _, t := range e.declared {
			if !deniesAny(t.holder) {
				e.likeGrown(t)
			}
		}
	}
	for i := 0; i < len(e.nodes); i++ {
		e.explore(e.nodes[i])
	}
	e.levels = nil
	for at := 1; ; at++ {
		l := e.newLevel(q, at)
		e.levels = append(e.levels, l)
		found := false
		for i := 0; i < len(e.nodes); i++ {
			n := e.nodes[i]
			e.explore(n)
			if n.dist[q] != 0 || !certain && n.dist[kind] != 0 || e.isEnd(kind, n) == authz.Allowed {
				continue
			}
			if ed := e.first(l, n); ed != nil {
				n.dist[q], n.next[q] = at, ed
				found = true
			}
		}
		if !found {
			return
		}
	}
}

// mayChange reports whether a principal may be allowed a way that does more than
// act as another as it is. Where nobody may, no changed principal is ever
// reached, and none has to be followed.
func (e *engine) mayChange(n *node) bool {
	return slices.ContainsFunc(e.usable(n), func(w *Way) bool {
		return w.Kind == Create || w.Kind == BoundaryTamper || w.Kind == Release || w.Kind == SelfEdit ||
			w.Kind == EditTarget || w.Gains.Has(Grows)
	})
}

// isEnd tells whether a node is worth reaching whatever way leads to it.
func (e *engine) isEnd(kind int, n *node) authz.Verdict {
	if e.goal != nil {
		return e.goal.reached(e, n)
	}
	verdict := e.isAdministrator(n)
	if kind == ofUnbounded || verdict == authz.Allowed {
		return verdict
	}
	switch n.bound {
	case holders.Unbounded:
		return authz.Allowed
	case holders.BoundedHidden:
		return authz.Undetermined
	case holders.BoundedKnown, holders.BoundedUnseen:
	}
	return verdict
}

// level is one round of a question.
type level struct {
	engine  *engine
	q, at   int
	kind    int
	certain bool
	// best and rest are the holders, as the input has them, to which a step
	// counts in this round; best are administrators. delegated are those that
	// count only by ways that are no mere becoming.
	best, rest, delegated set
	// worthy remembers worth by what a way gains.
	worthy map[Gains]set
}

func (e *engine) newLevel(q, at int) *level {
	kind, certain := kindOfQuestion(q)
	n := len(e.declared)
	l := &level{
		engine: e, q: q, at: at, kind: kind, certain: certain, best: newSet(n), rest: newSet(n), delegated: newSet(n),
		worthy: map[Gains]set{},
	}
	for i, node := range e.declared {
		if l.counts(node) {
			if e.isAdministrator(node) == authz.Allowed {
				l.best.add(i)
			} else {
				l.rest.add(i)
			}
			continue
		}
		if at == 1 && kind == ofUnbounded && e.delegated && (node.bound == holders.Unbounded || !certain && node.bound == holders.BoundedHidden) {
			l.delegated.add(i)
		}
	}
	return l
}

// counts reports whether a step to the node is one towards the end.
func (l *level) counts(n *node) bool {
	if l.at > 1 {
		return n.dist[l.q] == l.at-1 && l.engine.isEnd(l.kind, n) != authz.Allowed
	}
	end := l.engine.isEnd(l.kind, n)
	return end == authz.Allowed || !l.certain && (end == authz.Undetermined || n.dist[l.kind] != 0)
}

// enough reports whether a verdict is certain enough in this round.
func (l *level) enough(v authz.Verdict) bool {
	return v == authz.Allowed || !l.certain && v == authz.Undetermined
}

// first finds a step of a node towards the end; nil if it has none. Of whom
// something may deny anything, nothing is certain: it has no step where only
// that counts.
func (e *engine) first(l *level, n *node) *edge {
	if l.certain && e.isUnsure(n) {
		return nil
	}
	if l.mayLead(n) {
		if ed := e.toHolder(l, n); ed != nil {
			return ed
		}
	}
	for _, ed := range n.own {
		if l.enough(ed.verdict) && l.counts(ed.to) {
			return ed
		}
	}
	return e.toChanged(l, n)
}

// toHolder looks for a principal of the input as it is, whom the node can act
// as.
func (e *engine) toHolder(l *level, n *node) *edge {
	for _, some := range []set{l.best, l.rest} {
		if some.isEmpty() {
			continue
		}
		for _, w := range e.usable(n) {
			if !acting(w) {
				continue
			}
			if ed := e.among(l, n, w, some, plain); ed != nil {
				return ed
			}
		}
	}
	if l.delegated.isEmpty() {
		return nil
	}
	for _, w := range e.usable(n) {
		if acting(w) && w.Kind != Become {
			if ed := e.among(l, n, w, l.delegated, unshared); ed != nil {
				return ed
			}
		}
	}
	return nil
}

// plain takes a principal that is reached as it is.
func plain(e *engine, n *node, t *node, a attempt) *edge {
	return e.reached(n, t, a)
}

// unshared takes a principal as it is, but for one of another account whose resource lets the
// node in: that is meant, as a trust policy is.
func unshared(e *engine, n *node, t *node, a attempt) *edge {
	if mayCross(n, a.way, t) {
		return nil
	}
	return e.reached(n, t, a)
}

// among tries a way on some holders.
func (e *engine) among(l *level, n *node, w *Way, some set, make func(*engine, *node, *node, attempt) *edge) *edge {
	left := l.candidates(n, w, some)
	for i := left.next(0); i >= 0; i = left.next(i + 1) {
		t := e.declared[i]
		if t == n.base {
			continue
		}
		a := e.onHolder(n, w, t)
		if a.verdict == authz.Denied || !l.enough(a.verdict) {
			if left.next(i+1) >= 0 {
				e.passOver(&left, n, w, i)
			}
			continue
		}
		if ed := make(e, n, t, a); ed != nil && l.enough(ed.verdict) {
			return ed
		}
	}
	return nil
}

// toChanged looks for a principal that the node makes stronger and acts as, or,
// where it is unbounded, at least makes stronger.
func (e *engine) toChanged(l *level, n *node) *edge {
	usable := e.usable(n)
	for _, w := range usable {
		if acting(w) && w.Gains.Has(Grows) && w.Target != TargetNewRole && w.Target != TargetNewUser {
			ed := e.among(l, n, w, l.worth(w), func(_ *engine, n *node, t *node, a attempt) *edge {
				return l.changed(n, t, changeBy(w, t, a), a)
			})
			if ed != nil {
				return ed
			}
		}
	}
	if ed := e.toModified(l, n); ed != nil {
		return ed
	}
	if l.at != 1 || !e.delegated && e.goal == nil {
		return nil
	}
	for _, m := range usable {
		if m.Kind == EditTarget && m.Gains.Has(Grows) && !acting(m) {
			if ed := e.controlled(l, n, m); ed != nil {
				return ed
			}
		}
	}
	return nil
}

// changed is the edge to a principal after a change, if that counts.
func (l *level) changed(n *node, t *node, c change, attempts ...attempt) *edge {
	to := l.engine.changed(t, nil, c)
	if !l.countsLate(to) {
		return nil
	}
	return l.engine.reached(n, to, attempts...)
}

// countsLate is counts for a node that may be new: the rounds before this one
// are made up for.
func (l *level) countsLate(n *node) bool {
	e := l.engine
	e.explore(n)
	if l.at > 1 && n.dist[l.q] == 0 && e.isEnd(l.kind, n) != authz.Allowed {
		for _, before := range e.levels[:l.at-1] {
			if ed := e.first(before, n); ed != nil {
				n.dist[l.q], n.next[l.q] = before.at, ed
				break
			}
		}
	}
	return l.counts(n)
}

// worth are the holders of whom it may count in this round to change them by
// a way. It leaves out those who, with everything allowed, would be stopped by
// their boundary as others in the same place are.
func (l *level) worth(w *Way) set {
	e := l.engine
	kind := e.kindOf(w.Target)
	if w.Target == TargetPolicy || w.Target == TargetBound {
		kind = set{all: true}
	}
	if known, ok := l.worthy[w.Gains]; ok {
		return known.and(kind)
	}
	out := newSet(len(e.declared))
	for i, t := range e.declared {
		switch {
		case e.goal.isWhose():
			out.add(i) // nobody stands for others
		case w.Gains.Has(Releases):
			if len(t.principal.SCPs) > 0 {
				out.add(i)
			}
		case w.Gains.Has(Uncaps):
			if t.bound != holders.Unbounded {
				out.add(i)
			}
		default:
			like := e.likeGrown(t)
			if like == nil || l.mayCount(like, deniesAny(t.holder)) {
				out.add(i)
			}
		}
	}
	l.worthy[w.Gains] = out
	return out.and(kind)
}

// mayCount reports whether a step to a node counts that stands for a changed
// principal. Where that is denied something besides, it reaches no more than the
// node does, but perhaps in more steps.
func (l *level) mayCount(like *node, deniesBesides bool) bool {
	if !deniesBesides {
		return l.counts(like)
	}
	return l.countsLate(like) || like.dist[l.q] != 0 || like.dist[l.kind] != 0 || l.engine.isEnd(l.kind, like) != authz.Denied
}

// deniesAny reports whether some policy of a holder may deny something.
func deniesAny(h *holders.Holder) bool {
	return slices.ContainsFunc(h.Grants, func(g holders.Grant) bool { return hasDenies(g.Policy) })
}

// likeGrown is a node that stands for a principal that is allowed everything
// within the boundary, and denied nothing besides; nil where no other principal
// stands for it.
func (e *engine) likeGrown(t *node) *node {
	if t.principal.Boundary != nil && e.account.IsPersonal(t.principal.Boundary) {
		return nil
	}
	p := *t.principal
	p.Identity = []*authz.Policy{e.everything}
	class := e.classOf(&p, t.universe)
	if known, ok := e.grown[class]; ok {
		return known
	}
	all := change{grown: true, dropped: make([]bool, len(t.holder.Grants))}
	for i := range all.dropped {
		all.dropped[i] = true
	}
	e.grown[class] = e.changed(t, nil, all)
	return e.grown[class]
}

// passOver leaves out all on whom a way fails as it does on holder i.
func (e *engine) passOver(left *set, n *node, w *Way, i int) {
	if like, ok := e.alike(n, w, i); ok {
		left.keep(like, false)
	}
}

// controlled looks for a principal without a boundary whose policies the node can
// change without being able to act as it.
func (e *engine) controlled(l *level, n *node, m *Way) *edge {
	free := newSet(len(e.declared))
	for i, t := range e.declared {
		if e.goal.isWhose() || t.bound == holders.Unbounded || !l.certain && t.bound == holders.BoundedHidden {
			free.add(i)
		}
	}
	return e.among(l, n, m, free, func(e *engine, n *node, t *node, a attempt) *edge {
		to := e.changed(t, nil, changeBy(m, t, a))
		if e.goal != nil && !l.counts(to) {
			return nil
		}
		ed := e.reached(n, to, a)
		ed.control = true
		return ed
	})
}

// pathOf follows the steps from an actor to the end.
func (e *engine) pathOf(n *node) *Path { return e.pathTo(n, n.question()) }

// pathTo follows the steps from an actor to the end of a kind of question.
func (e *engine) pathTo(n *node, kind int) *Path {
	q := kind
	if n.dist[q] == 0 {
		if q += kinds; n.dist[q] == 0 {
			return nil
		}
	}
	p := &Path{Actor: n.holder, Verdict: authz.Allowed}
	at, control := n, false
	var edges []*edge
	for at.next[q] != nil && !control {
		ed, last := at.next[q], at.dist[q] == 1
		edges = append(edges, ed)
		at, control = ed.to, ed.control
		if !last {
			continue
		}
		if q == kind || e.isEnd(kind, at) == authz.Allowed || at.dist[kind] == 0 {
			break
		}
		// From here on the way is certain.
		q = kind
	}
	steps := p.follow(edges, e.decisiveOf(n, edges, kind))
	if e.goal != nil {
		p.keep(steps)
		e.finishGoal(p, at, control)
		return p
	}
	p.keepEnds(steps)
	e.finish(p, at, kind, control)
	if n.bound == holders.Unbounded && at.holder == n.holder && p.End == EndUnbounded {
		// Back where it was, without a boundary as before.
		return nil
	}
	return p
}

// follow returns the steps of some edges that are needed, and gives a path what
// leaves them undetermined.
func (p *Path) follow(edges []*edge, decisive map[*taking]bool) []*Step {
	steps := make([]*Step, 0, len(edges))
	for _, ed := range edges {
		for i := range ed.steps {
			steps = append(steps, &ed.steps[i])
		}
	}
	steps = withoutUnneeded(steps, decisive)
	needed := map[*taking]bool{}
	for _, s := range steps {
		if s.taking != nil {
			needed[s.taking] = true
		}
	}
	doubt := func(reasons []authz.Reason) {
		p.Verdict, p.Reasons = authz.Undetermined, append(p.Reasons, reasons...)
	}
	for _, ed := range edges {
		if ed.steps[0].taking == nil {
			if ed.verdict != authz.Allowed {
				doubt(ed.reasons)
			}
			continue
		}
		for i := range ed.steps {
			for _, r := range ed.steps[i].Requests {
				if needed[ed.steps[i].taking] && r.Verdict != authz.Allowed {
					doubt(r.Reasons)
				}
			}
		}
	}
	return steps
}

// finish says what is at the end of a path, and counts what else there is.
func (e *engine) finish(p *Path, at *node, kind int, control bool) {
	p.End = EndUnbounded
	switch {
	case control:
		p.End = EndControlled
	case e.isAdministrator(at) == authz.Allowed:
		p.End = EndAdministrator
	case at.bound != holders.Unbounded:
		p.Verdict, p.Perhaps = authz.Undetermined, true
		who := "what is reached"
		if at.holder != nil {
			who = at.holder.Entity.Address
		}
		r := authz.Reason{Text: "it is not known whether " + who + " is an administrator"}
		if at.bound == holders.BoundedHidden {
			r.Text = "it is not known whether " + who + " has a permissions boundary"
		} else {
			p.End = EndAdministrator
		}
		if at.holder != nil {
			if symbols := at.holder.Entity.Boundary.Text.Symbols(); len(symbols) > 0 && at.bound == holders.BoundedHidden {
				r.Symbol = symbols[0]
			}
		}
		p.Reasons = append(p.Reasons, r)
	case kind == ofUnbounded && !e.delegated:
		p.Verdict, p.Perhaps, p.End = authz.Undetermined, true, EndAdministrator
		p.Reasons = append(p.Reasons, authz.Reason{Text: "it is not known whether " + nameOf(at) + " is an administrator"})
	}
	p.Further = e.further(p)
	p.Reasons = distinct(p.Reasons)
}

func distinct(in []authz.Reason) []authz.Reason {
	var out []authz.Reason
	for _, r := range in {
		if !slices.ContainsFunc(out, func(o authz.Reason) bool { return o.Text == r.Text && o.Symbol == r.Symbol }) {
			out = append(out, r)
		}
	}
	return out
}

// maxFurther bounds on how many holders a way is tried only to count it.
const maxFurther = 16

// further counts the other ways by which the actor takes a first step that
// leads to an end.
func (e *engine) further(p *Path) int {
	n := e.declared[e.index[p.Actor.Entity]]
	kind := n.question()
	count := 0
	if e.isUnsure(n) {
		return 0
	}
	seen := map[*Way]bool{p.Steps[0].Way: true}
	leads := func(to *node) bool { return e.isEnd(kind, to) == authz.Allowed || to.dist[kind] != 0 }
	for _, ed := range n.own {
		if w := ed.steps[0].Way; !seen[w] && ed.verdict == authz.Allowed && leads(ed.to) {
			seen[w] = true
			count++
		}
	}
	for _, w := range e.usable(n) {
		if seen[w] || !acting(w) || w.Gains.Has(Grows) {
			continue
		}
		tried := 0
		e.candidates(n, w).each(len(e.declared), func(i int) bool {
			t := e.declared[i]
			if t == n.base || !leads(e.declared[i]) {
				return true
			}
			if e.onHolder(n, w, t).verdict == authz.Allowed {
				seen[w] = true
				count++
				return false
			}
			tried++
			return tried < maxFurther
		})
	}
	return count
}
