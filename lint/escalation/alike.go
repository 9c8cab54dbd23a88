package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// likeness groups subjects of which the policies of somebody else cannot tell
// one from the other, so that what is not allowed on one of them need not be
// asked of the rest. Dense webs of trust are searched in seconds by that.
type likeness struct {
	// byHead, byTrust and byBoundary are the subjects with the same ARN up to
	// the fifth colon, the same trust policy and the same boundary.
	heads, trusts, boundaries   []string
	byHead, byTrust, byBoundary map[string][]int
	patterns                    map[classAction]patternList
}

// patternList are the subjects that each entry of Resource covers in the
// statements about an action; ok is false where an entry cannot be told from
// its text alone.
type patternList struct {
	sets []set
	ok   bool
}

func newLikeness(subjects []*Subject) *likeness {
	l := &likeness{byHead: map[string][]int{}, byTrust: map[string][]int{}, byBoundary: map[string][]int{}, patterns: map[classAction]patternList{}}
	put := func(m map[string][]int, key string, i int) string {
		m[key] = append(m[key], i)
		return key
	}
	for i, s := range subjects {
		head, trust := "", ""
		if arn, ok := policy.ParseARN(s.Entity.ARN); ok {
			arn.Resource = policy.Text{}
			head = arn.Text().Key()
		}
		if s.Entity.Trust != nil {
			trust = s.Entity.Trust.Text.Key()
		}
		l.heads = append(l.heads, put(l.byHead, head, i))
		l.trusts = append(l.trusts, put(l.byTrust, trust, i))
		l.boundaries = append(l.boundaries, put(l.byBoundary, s.Entity.Boundary.Text.Key(), i))
	}
	return l
}

// alike are the subjects on whom a way by a node has the same outcome as on
// subject i; ok is false where nobody can be sure to be like it.
func (e *engine) alike(n *node, w *Way, i int) (out set, ok bool) {
	if tail := e.cover.tails[i]; tail == "" || strings.Contains(tail, ":") || hasOwnNeeds(w) || len(e.tagsAsked(n)) > 0 {
		return set{}, false
	}
	out = newSet(len(e.subjects))
	out.addAll(e.likeness.byHead[e.likeness.heads[i]])
	out.keep(e.cover.hidden, false)
	for _, list := range [...][]int{e.likeness.byTrust[e.likeness.trusts[i]], e.likeness.byBoundary[e.likeness.boundaries[i]]} {
		others := newSet(len(e.subjects))
		others.addAll(list)
		out.keep(others, true)
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
			list := e.patternsOf(n, action)
			if !list.ok {
				return set{}, false
			}
			for _, p := range list.sets {
				out.keep(p, p.has(i))
			}
		}
	}
	return out, true
}

// hasOwnNeeds reports whether a way needs something that differs from target
// to target.
func hasOwnNeeds(w *Way) bool {
	return slices.ContainsFunc(w.Needs, func(n Need) bool {
		return n.Carries || n.OfActor || n.Thing == IdentityProvider || n.Thing == CustomerPolicy || n.Thing == FreeAccessKey ||
			n.Thing == LoginProfile || n.Thing == NoLoginProfile
	})
}

// patternsOf are the entries of Resource in the statements about an action
// that apply to a node.
func (e *engine) patternsOf(n *node, action string) patternList {
	key := classAction{n.class, action}
	if known, ok := e.likeness.patterns[key]; ok {
		return known
	}
	out := patternList{ok: true}
	seen := map[string]bool{}
	look := func(p *authz.Policy) {
		if p == nil || p.Document == nil {
			return
		}
		for _, s := range p.Document.Statements {
			if _, possible := coversAction(s, strings.ToLower(action)); !possible {
				continue
			}
			for _, list := range [][]policy.Element{s.Resource, s.NotResource} {
				for _, x := range list {
					text, known := x.Text.Known()
					switch {
					case !known, strings.Contains(text, "${"):
						out.ok = false
					case text != "*" && !seen[text]:
						seen[text] = true
						out.sets = append(out.sets, e.cover.matching(x.Text))
					}
				}
			}
		}
	}
	n.eachPolicy(look)
	e.likeness.patterns[key] = out
	return out
}
