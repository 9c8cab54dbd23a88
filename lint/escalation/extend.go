package escalation

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A holder that may join one group and attach one policy may do both, one after
// the other. What denies nothing is taken all at once: who has more is allowed
// more, and a path leaves out in the end what it does not need. What may deny
// something is taken one at a time, on top of that.

// took is a taking with the requests that it needs.
type took struct {
	*taking
	attempt attempt
}

// maxExtended bounds the states of one holder that differ by what it has taken that
// may deny something: each further one of those may double them.
const maxExtended = 64

// extend adds the edges to a node with what it can take.
func (e *engine) extend(n *node) {
	if n.grown {
		return
	}
	certain := e.takeAll(n, nil, true)
	e.extended(n, certain)
	all := e.takeAll(n, certain, false)
	if len(all) > len(certain) {
		e.extended(n, all)
	}
	for _, t := range e.takeable(e.with(n, all), nil) {
		if !t.limits {
			continue
		}
		if n.base.extended == maxExtended {
			e.cut = true
			return
		}
		count := len(e.nodes)
		e.extended(n, append(slices.Clip(all), t))
		n.base.extended += len(e.nodes) - count
	}
}

// takeAll are all takings of a node that deny nothing, after those that it has
// taken before; certain leaves out what is undetermined.
func (e *engine) takeAll(n *node, before []took, certain bool) []took {
	out := slices.Clip(before)
	var added []*authz.Policy // nil for all that it has
	for {
		count := len(out)
		for _, t := range e.takeable(e.with(n, out), added) {
			if !t.limits && (!certain || t.attempt.verdict == authz.Allowed) {
				out = append(out, t)
			}
		}
		if len(out) == count {
			return out
		}
		added = []*authz.Policy{}
		for _, t := range out[count:] {
			added = append(added, t.policies...)
		}
	}
}

// with is a node after some takings, which nothing leads to yet.
func (e *engine) with(n *node, some []took) *node {
	if len(some) == 0 {
		return n
	}
	m, p := *n, *n.principal
	m.taken = union(n.taken, takingsOf(some))
	p.Identity = e.identity(n.base.holder, change{dropped: n.dropped, taken: m.taken})
	m.principal, m.class, m.asked, m.own = &p, e.classOf(&p, n.universe), false, nil
	return &m
}

// union are the takings of two lists by their numbers, each once.
func union(x, y []*taking) []*taking {
	out := slices.Concat(x, y)
	slices.SortFunc(out, func(a, b *taking) int { return cmp.Compare(a.number, b.number) })
	return slices.Compact(out)
}

func takingsOf(some []took) []*taking {
	out := make([]*taking, len(some))
	for i, t := range some {
		out[i] = t.taking
	}
	return out
}

// extended adds the edge to a node after some takings.
func (e *engine) extended(n *node, some []took) {
	if len(some) == 0 {
		return
	}
	to := e.changed(n.base, n, change{taken: takingsOf(some)})
	if to == n {
		return
	}
	ed := &edge{to: to, verdict: authz.Allowed, way: some[len(some)-1].attempt.way}
	for _, t := range some {
		one := e.reached(n, to, t.attempt)
		one.steps[0].taking = t.taking
		if len(ed.steps) > 0 {
			one.steps[0].From, one.steps[0].By = to.describe(), to.principal
		}
		ed.steps = append(ed.steps, one.steps[0])
		if one.verdict != authz.Allowed {
			ed.verdict, ed.reasons = one.verdict, append(ed.reasons, one.reasons...)
		}
	}
	n.own = append(n.own, ed)
}

// takeable is what a node may take that it does not have. added are the policies that
// it has got since all was tried, nil for the first time: what is denied stays
// denied unless one of them allows it.
func (e *engine) takeable(n *node, added []*authz.Policy) []took {
	var out []took
	has := map[*taking]bool{}
	for _, t := range n.taken {
		has[t] = true
	}
	try := func(t *taking, s situation) {
		if has[t] || isElsewhere(n, t.arn) {
			return
		}
		if a := e.try(n, &s); a.verdict != authz.Denied {
			has[t] = true
			out = append(out, took{t, a})
		}
	}
	for _, w := range e.usable(n) {
		if !actorMay(w, n) {
			continue
		}
		switch {
		case w.Kind == SelfEdit && w.Target == TargetGroup:
			for _, t := range e.joinable {
				if !has[t] && !slices.Contains(n.holder.Entity.Groups, t.group) && (added == nil || anyAbout(added, w, t.arn)) {
					try(t, situation{way: w, arns: []policy.Text{t.arn}})
				}
			}
		case attaches(w):
			s, _ := e.onSelf(n, w)
			if !e.attachesSome(n, s) {
				continue
			}
			for _, t := range e.attachablePolicies() {
				if !isAttachedTo(n.holder.Entity, t.arn) && !ofAnotherAccount(t.arn, n.holder) {
					s.attached = t.arn
					try(t, s)
				}
			}
		}
	}
	return out
}

// attachesSome reports whether a node may attach some managed policies to itself,
// and not any, by which it could do everything, or may do so more certainly.
func (e *engine) attachesSome(n *node, s situation) bool {
	whole := e.try(n, &s).verdict
	if whole == authz.Allowed {
		return false
	}
	s.anyPolicy = true
	switch e.try(n, &s).verdict {
	case authz.Allowed:
		return true
	case authz.Undetermined:
		return whole == authz.Denied
	case authz.Denied:
	}
	return false
}

func isAttachedTo(e *iam.Entity, arn policy.Text) bool {
	return slices.ContainsFunc(e.Attached, func(a *iam.Attachment) bool { return a.PolicyARN.Text.Equal(arn) })
}

// anyAbout reports whether one of the policies may allow what a way asks for first
// on a resource.
func anyAbout(list []*authz.Policy, w *Way, x policy.Text) bool {
	action := strings.ToLower(w.Steps[0].Action)
	arn, known := x.Known()
	return slices.ContainsFunc(list, func(p *authz.Policy) bool {
		if isHidden(p) {
			return true
		}
		return slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool {
			if _, possible := coversAction(s, action); !possible || s.Effect == policy.Deny {
				return false
			}
			return s.Resource == nil || !known || slices.ContainsFunc(s.Resource, func(r policy.Element) bool {
				glob, plain := r.Text.Known()
				return !plain || policy.Glob(variablesAsStars(glob), arn)
			})
		})
	})
}

// decisive are those of the takings that lead from a node to an end by which they do:
// as few of the first as have to be there. What denies nothing does not stand in
// the way of another. Where the node may be at an end already, it is the first.
func (e *engine) decisive(n *node, some []*taking, isEnd func(*node) bool) map[*taking]bool {
	if isEnd(n) {
		return map[*taking]bool{some[0]: true}
	}
	out := map[*taking]bool{}
	var kept []took
	for len(some) > 0 && !isEnd(e.with(n, kept)) {
		first := sort.Search(len(some)-1, func(i int) bool {
			list := slices.Clip(kept)
			for _, t := range some[:i+1] {
				list = append(list, took{taking: t})
			}
			return isEnd(e.with(n, list))
		})
		out[some[first]] = true
		kept = append(kept, took{taking: some[first]})
		some = some[:first]
	}
	return out
}

// withoutUnneeded leaves out of the steps of a path what is taken and no later step
// needs: neither are its policies what allows one, nor is it, or one of its
// policies, what one is on. Those that are decisive stay.
func withoutUnneeded(steps []*Step, decisive map[*taking]bool) []*Step {
	if !slices.ContainsFunc(steps, func(s *Step) bool { return s.taking != nil }) {
		return steps
	}
	type use struct {
		by *iam.Entity
		of any
	}
	used := map[use]bool{}
	var mark func(by *iam.Entity, w *authz.Witness)
	mark = func(by *iam.Entity, w *authz.Witness) {
		used[use{by, w.Resource.Key()}] = true
		for _, ref := range w.By {
			if ref.Policy != nil {
				used[use{by, ref.Policy.Like()}] = true
			}
		}
		for _, f := range w.First {
			mark(by, f)
		}
	}
	needed := func(s *Step) bool {
		by, is := s.From.Entity, used[use{s.From.Entity, nil}]
		for _, p := range s.taking.policies {
			is = is || used[use{by, p.Like()}]
			delete(used, use{by, p.Like()})
		}
		for _, arn := range append(slices.Clip(s.taking.editable), s.taking.arn) {
			is = is || used[use{by, arn.Key()}]
		}
		return is
	}
	var out []*Step
	for _, s := range slices.Backward(steps) {
		if s.taking != nil && !needed(s) && !decisive[s.taking] {
			continue
		}
		for _, r := range s.Requests {
			switch {
			case r.Witness != nil:
				mark(s.From.Entity, r.Witness)
			case r.Perhaps != nil:
				mark(s.From.Entity, r.Perhaps)
			default:
				used[use{s.From.Entity, nil}] = true // anything may be what allows it
			}
		}
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}

// decisiveOf are the decisive takings of a path that ends with some.
func (e *engine) decisiveOf(n *node, edges []*edge, kind int) map[*taking]bool {
	last := edges[len(edges)-1]
	if last.steps[0].taking == nil {
		return nil
	}
	from, before := n, map[*taking]bool{}
	for _, ed := range edges[:len(edges)-1] {
		from = ed.to
		for i := range ed.steps {
			before[ed.steps[i].taking] = true
		}
	}
	var some []*taking
	for i := range last.steps {
		some = append(some, last.steps[i].taking)
	}
	verdict := e.isEnd(kind, last.to)
	out := e.decisive(from, some, func(m *node) bool { return e.isEnd(kind, m) == verdict })
	maps.Copy(out, before)
	return out
}

// ofAnotherAccount reports whether a managed policy is one that a customer has in another
// account than the holder's, where it cannot be attached.
func ofAnotherAccount(arn policy.Text, h *holders.Holder) bool {
	parsed, ok := policy.ParseARN(arn)
	own := h.Deployment.Account
	return ok && parsed.Account.IsKnown() && own.IsKnown() && !parsed.Account.Equal(own) && !holders.IsText(parsed.Account, "aws")
}
