package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// classes groups holders of which the policies of another principal cannot tell
// one from the other, so that what is not allowed on one of them need not be
// asked of the rest. Dense webs of trust are searched in seconds by that.
type classes struct {
	// byHead, byTrust and byBoundary are the holders with the same ARN up to
	// the fifth colon, the same trust policy and the same boundary.
	heads, trusts, boundaries   []string
	byHead, byTrust, byBoundary map[string]*group
	patterns                    map[classAction]patternList
	// byPower are the holders who are allowed the same, powers tells for each
	// which those are; nil until a principal asks.
	powers  []power
	byPower map[power]*group
}

// power is what a principal is allowed as the input has it. A principal that is called an
// administrator is one whatever it is allowed.
type power struct {
	class         int
	bound         holders.BoundaryKnowledge
	boundary      string
	administrator authz.Verdict
}

// equals are the holders who are allowed the same as holder i.
func (e *engine) equals(i int) set {
	l := e.equivalence
	if l.byPower == nil {
		l.byPower = map[power]*group{}
		for j, n := range e.declared {
			p := power{n.class, n.bound, n.boundary.Key(), e.isAdministrator(n)}
			l.powers = append(l.powers, p)
			if l.byPower[p] == nil {
				l.byPower[p] = &group{}
			}
			l.byPower[p].list = append(l.byPower[p].list, j)
		}
	}
	return l.byPower[l.powers[i]].set(len(e.declared))
}

// group are holders that are the same in something. A set takes as much for
// one member as for all, and there may be as many groups as holders: bits are
// made for what is asked for again and is large.
type group struct {
	list []int
	bits set
}

func (g *group) set(n int) set {
	if g.bits.bits != nil {
		return g.bits
	}
	out := newSet(n)
	for _, i := range g.list {
		out.add(i)
	}
	if len(g.list) > n/wordSize {
		g.bits = out
	}
	return out
}

// patternList are the holders that each entry of Resource covers in the
// statements about an action; ok is false where an entry cannot be told from
// its text alone.
type patternList struct {
	sets []set
	ok   bool
	// tags are those of the resource that the statements ask for.
	tags []string
}

func newClasses(list []*holders.Holder) *classes {
	l := &classes{
		byHead: map[string]*group{}, byTrust: map[string]*group{}, byBoundary: map[string]*group{},
		patterns: map[classAction]patternList{},
	}
	put := func(m map[string]*group, key string, i int) string {
		if m[key] == nil {
			m[key] = &group{}
		}
		m[key].list = append(m[key].list, i)
		return key
	}
	for i, h := range list {
		head, trust := "", ""
		if arn, ok := policy.ParseARN(h.Entity.ARN); ok {
			arn.Resource = policy.Text{}
			head = arn.Text().Key()
		}
		if h.Entity.Trust != nil {
			trust = h.Entity.Trust.Text.Key()
		}
		l.heads = append(l.heads, put(l.byHead, head, i))
		l.trusts = append(l.trusts, put(l.byTrust, trust, i))
		l.boundaries = append(l.boundaries, put(l.byBoundary, h.Entity.Boundary.Text.Key(), i))
	}
	return l
}

// alike are the holders on whom a way by a node has the same outcome as on
// holder i; ok is false where no principal can be sure to be like it.
func (e *engine) alike(n *node, w *Way, i int) (out set, ok bool) {
	count := len(e.declared)
	if w.Kind == BoundaryTamper && w.Target == TargetPolicy && !hasOwnNeeds(w) {
		// It is about the boundary alone.
		return e.equivalence.byBoundary[e.equivalence.boundaries[i]].set(count), true
	}
	if w.Kind == Release {
		// It is about the account alone.
		return e.equivalence.byHead[e.equivalence.heads[i]].set(count), true
	}
	if tail := e.cover.tails[i]; tail == "" || strings.Contains(tail, ":") || hasOwnNeeds(w) {
		return set{}, false
	}
	out = e.equivalence.byHead[e.equivalence.heads[i]].set(count).clone(count)
	out.keep(e.cover.hidden, false)
	out.keep(e.equivalence.byBoundary[e.equivalence.boundaries[i]].set(count), true)
	if asksTrust(w) {
		out.keep(e.equivalence.byTrust[e.equivalence.trusts[i]].set(count), true)
	}
	for j := range w.Steps {
		r := &w.Steps[j]
		switch {
		case r.Optional || r.On == OnMade || r.On == OnChosen:
			continue
		case r.On != OnTarget || w.Target == TargetPolicy || w.Target == TargetPermissionSet:
			return set{}, false
		}
		for _, action := range actionsOf(r) {
			if !e.keepAlike(&out, n, action, i) {
				return set{}, false
			}
		}
	}
	return out, true
}

// keepAlike leaves those of out on whom the node is allowed an action as it is
// on holder i; it answers false where that cannot be told.
func (e *engine) keepAlike(out *set, n *node, action string, i int) bool {
	list := e.patternsOf(n, action)
	if !list.ok {
		return false
	}
	for _, p := range list.sets {
		out.keep(p, p.has(i))
	}
	if action == passRole || len(list.tags) == 0 {
		return true
	}
	for _, tag := range list.tags {
		same, ok := e.cover.sameTag(tag, i)
		if !ok {
			return false
		}
		out.keep(same, true)
	}
	tagger := taggerOf(e.declared[i].holder.Entity.ARN)
	if tagger == "" {
		return true
	}
	// The node may give a target the tags that it needs.
	list = e.patternsOf(n, tagger)
	for _, p := range list.sets {
		out.keep(p, p.has(i))
	}
	return list.ok
}

// asksTrust reports whether it matters to a way whom the trust policy of its
// target lets in.
func asksTrust(w *Way) bool {
	return len(w.Services) > 0 || slices.ContainsFunc(w.Steps, func(r Requirement) bool {
		return slices.ContainsFunc(append([]Requirement{r}, r.Alternatives...), func(one Requirement) bool {
			return one.Action == assumeRole ||
				slices.ContainsFunc(one.Context, func(c Constraint) bool { return c.Choice == OneOf })
		})
	})
}

// hasOwnNeeds reports whether a way needs something that differs from target
// to target.
func hasOwnNeeds(w *Way) bool {
	return slices.ContainsFunc(w.Needs, func(n Need) bool {
		return n.Carries || n.OfActor || n.Kind == compute.IdentityProvider || n.Kind == compute.CustomerPolicy ||
			n.Kind == compute.FreeAccessKey ||
			n.Kind == compute.LoginProfile || n.Kind == compute.NoLoginProfile
	})
}

// patternsOf are the entries of Resource in the statements about an action
// that apply to a node.
func (e *engine) patternsOf(n *node, action string) patternList {
	key := classAction{n.class, action}
	if known, ok := e.equivalence.patterns[key]; ok {
		return known
	}
	out := patternList{ok: true}
	seen := map[string]bool{}
	lowered := strings.ToLower(action)
	n.eachPolicy(func(p *authz.Policy) {
		if p == nil || p.Document == nil {
			return
		}
		for _, s := range p.Document.Statements {
			if _, possible := e.cover.matcher(s).match(lowered); !possible {
				continue
			}
			for _, x := range slices.Concat(s.Resource, s.NotResource) {
				text, known := x.Text.Known()
				switch {
				case !known, strings.Contains(text, "${"):
					out.ok = false
				case text != "*" && !seen[text]:
					seen[text] = true
					out.sets = append(out.sets, e.cover.matching(x.Text))
				}
			}
			for i := range s.Condition {
				if tag, ok := resourceTag(&s.Condition[i]); ok && !slices.Contains(out.tags, tag) {
					out.tags = append(out.tags, tag)
				}
			}
		}
	})
	e.equivalence.patterns[key] = out
	return out
}
