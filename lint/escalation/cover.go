package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// coverage answers, from above and fast, which holders a policy may speak
// of: what is not covered is certainly not allowed, so that the exact search
// need not be asked. It knows nothing of conditions.
type coverage struct {
	count   int
	holders []*holders.Holder
	// tails are the resource parts of the holders' ARNs, "" where they are
	// not wholly known.
	tails  []string
	byTail map[string][]int
	hidden set
	// byTag are the holders by what they have under a tag.
	byTag map[string]*tagValues
	// covers remembers by policy and action, patterns by their text.
	covers   map[coverKey]cover
	patterns map[string]set
	powers   map[*authz.Policy]*powers
	// matchers are made once for each statement, of which every action is asked.
	matchers map[*policy.Statement]*actionMatcher
}

type coverKey struct {
	policy *authz.Policy
	action string
}

// cover is what one policy says of one action.
type cover struct {
	// allows are the holders that an allow may be about; grants tells that
	// some allow is about the action, be it on no holder.
	allows set
	grants bool
	// forbids tells that a deny takes the action away on every resource,
	// whatever the circumstances.
	forbids bool
	// personal are the statements that allow it on others for each caller.
	personal []*personalGrant
	// about tells that some statement may be about the action.
	about bool
}

func newCoverage(list []*holders.Holder) *coverage {
	n := len(list)
	c := &coverage{
		count: n, holders: list, byTail: map[string][]int{}, byTag: map[string]*tagValues{}, covers: map[coverKey]cover{},
		patterns: map[string]set{},
		powers:   map[*authz.Policy]*powers{}, matchers: map[*policy.Statement]*actionMatcher{},
	}
	c.hidden = newSet(n)
	for i, h := range list {
		tail := ""
		if arn, ok := policy.ParseARN(h.Entity.ARN); ok {
			tail, _ = arn.Resource.Known()
		}
		c.tails = append(c.tails, tail)
		if tail == "" {
			c.hidden.add(i)
			continue
		}
		c.byTail[tail] = append(c.byTail[tail], i)
	}
	return c
}

// of is what a policy says of an action, given in lower case.
func (c *coverage) of(p *authz.Policy, action string) cover {
	p = p.Like()
	key := coverKey{p, action}
	if known, ok := c.covers[key]; ok {
		return known
	}
	var out cover
	if p.Document == nil || p.Document.Unknown != nil {
		out = cover{allows: set{all: true}, grants: true, about: true}
	} else {
		for _, s := range p.Document.Statements {
			c.add(&out, s, action, p.Document.Variables())
		}
		// Of a document that IAM would refuse, no deny is certain.
		out.forbids = out.forbids && !p.Document.Invalid
	}
	c.covers[key] = out
	return out
}

func (c *coverage) add(out *cover, s *policy.Statement, action string, variables bool) {
	certain, possible := c.matcher(s).match(action)
	// It is not documented what a statement with both is about.
	out.about = out.about || possible || s.Action != nil && s.NotAction != nil
	if !possible {
		return
	}
	out.forbids = out.forbids || certain && forbidsEverywhere(s)
	if s.Effect == policy.Deny {
		return
	}
	out.grants = true
	if personal := c.newPersonalGrant(s, action, variables); personal != nil {
		out.personal = append(out.personal, personal)
		return
	}
	out.allows = out.allows.or(c.covered(s))
}

// covered are the holders that the resources of a statement may cover.
func (c *coverage) covered(s *policy.Statement) set {
	if s.Resource == nil {
		return set{all: true}
	}
	var out set
	for _, e := range s.Resource {
		out = out.or(c.matching(e.Text))
	}
	return out
}

func isStar(list []policy.Element) bool {
	for _, e := range list {
		if s, known := e.Text.Known(); known && s == "*" {
			return true
		}
	}
	return false
}

// forbidsEverywhere reports whether a statement denies its actions on every
// resource, whatever the circumstances.
func forbidsEverywhere(s *policy.Statement) bool {
	return s.Effect == policy.Deny && s.NotResource == nil && (s.Resource == nil || isStar(s.Resource)) &&
		len(s.Condition) == 0 && s.Maybe == nil && s.Unknown == nil && s.Action != nil
}

// matcher are the actions of a statement.
func (c *coverage) matcher(s *policy.Statement) *actionMatcher {
	if c.matchers[s] == nil {
		about := newActionMatcher(s)
		c.matchers[s] = &about
	}
	return c.matchers[s]
}

// coversAction tells whether a statement is about an action, in lower case:
// certainly, and possibly.
func coversAction(s *policy.Statement, action string) (certain, possible bool) {
	about := newActionMatcher(s)
	return about.match(action)
}

// actionMatcher are the actions of a statement, in lower case.
type actionMatcher struct {
	exact map[string]bool
	globs []string
	// except tells that it is about all others; masked that there may be more
	// entries; all that the statement names none, which counts as any.
	except, masked, all bool
}

func newActionMatcher(s *policy.Statement) actionMatcher {
	m := actionMatcher{all: s.Action == nil && s.NotAction == nil, except: s.Action == nil}
	list := s.Action
	if m.except {
		list = s.NotAction
	}
	for _, e := range list {
		text, known := e.Text.Known()
		m.masked = m.masked || !known
		switch text = strings.ToLower(text); {
		case !known:
		case strings.ContainsAny(text, "*?"):
			m.globs = append(m.globs, text)
		default:
			if m.exact == nil {
				m.exact = make(map[string]bool, len(list))
			}
			m.exact[text] = true
		}
	}
	return m
}

// isList reports whether it matches the actions that it lists in full, and no other.
func (m *actionMatcher) isList() bool { return !m.all && !m.except && !m.masked && len(m.globs) == 0 }

func (m *actionMatcher) match(action string) (certain, possible bool) {
	if m.all {
		return false, true
	}
	hit := m.exact[action] || slices.ContainsFunc(m.globs, func(e string) bool { return policy.Glob(e, action) })
	if m.except {
		return !hit && !m.masked, !hit
	}
	return hit, hit || m.masked
}

// matching are the holders that an entry of Resource may cover. Only the
// part after the fifth colon is looked at.
func (c *coverage) matching(x policy.Text) set {
	text, known := x.Known()
	if !known {
		return c.matchingSymbol(x)
	}
	if found, ok := c.patterns[text]; ok {
		return found
	}
	parts := policy.SplitARN(x)
	const arnParts = 6
	var out set
	switch {
	case text == "*" || len(parts) < arnParts:
		out = set{all: true}
	default:
		tail, _ := parts[arnParts-1].Known()
		out = c.matchingTail(tail, strings.HasSuffix(head(text), "*"))
	}
	c.patterns[text] = out
	return out
}

// head is an ARN up to its fifth colon. A star at the end of one of its parts
// may run on past the colon in one of the readings of IAM's documentation.
func head(text string) string {
	rest := text
	for range 5 {
		_, after, found := strings.Cut(rest, ":")
		if !found {
			return text
		}
		rest = after
	}
	return strings.TrimSuffix(strings.TrimSuffix(text, rest), ":")
}

func (c *coverage) matchingTail(tail string, runs bool) set {
	return c.matchingGlob(variablesAsStars(tail), runs)
}

// matchingGlob are the holders that a glob takes; runs tells that anything may
// stand before it.
func (c *coverage) matchingGlob(glob string, runs bool) set {
	if glob == "*" {
		return set{all: true}
	}
	if runs {
		glob = "*" + glob
	}
	out := newSet(c.count)
	out.union(c.hidden)
	if !strings.ContainsAny(glob, "*?") {
		out.addAll(c.byTail[glob])
		return out
	}
	for i, t := range c.tails {
		if t != "" && policy.Glob(glob, t) {
			out.add(i)
		}
	}
	return out
}

// matchingSymbol is for an entry with symbols in it: where its resource part
// is wholly known or shares a symbol with no principal, that much still counts.
func (c *coverage) matchingSymbol(x policy.Text) set {
	parts := policy.SplitARN(x)
	const arnParts = 6
	if len(parts) < arnParts {
		return set{all: true}
	}
	if tail, known := parts[arnParts-1].Known(); known {
		return c.matching(policy.Literal("arn:x:iam::x:" + tail))
	}
	return set{all: true}
}

// variablesAsStars puts a star in the place of every policy variable.
func variablesAsStars(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("*")
		_, rest, closed := strings.Cut(after, "}")
		if !closed {
			return b.String()
		}
		s = rest
	}
}

// powers says which of the actions that ways take may be allowed, by their
// numbers: what a policy grants, and what it takes away everywhere.
type powers struct{ grants, forbids set }

// powersOf are those of one policy. A principal that has many policies is judged by
// them before any of its actions is looked at.
func (c *coverage) powersOf(p *authz.Policy) *powers {
	p = p.Like()
	if known, ok := c.powers[p]; ok {
		return known
	}
	out := &powers{newSet(len(searched().actions)), newSet(len(searched().actions))}
	c.powers[p] = out
	if p.Document == nil || p.Document.Unknown != nil {
		out.grants = set{all: true}
		return out
	}
	for _, s := range p.Document.Statements {
		grants, forbids := s.Effect != policy.Deny, forbidsEverywhere(s) && !p.Document.Invalid
		if !grants && !forbids {
			continue
		}
		note := func(i int, certain, possible bool) {
			if grants && possible {
				out.grants.add(i)
			}
			if forbids && certain {
				out.forbids.add(i)
			}
		}
		about := c.matcher(s)
		if about.isList() {
			for action := range about.exact {
				if i, ok := searched().lower[action]; ok {
					note(i, true, true)
				}
			}
			continue
		}
		for i, action := range searched().actions {
			certain, possible := about.match(action)
			note(i, certain, possible)
		}
	}
	return out
}

// mayDo are the numbers of the actions that a principal may be allowed on
// something.
func (c *coverage) mayDo(p *authz.Principal) set {
	out := set{all: true}.clone(len(searched().actions))
	layer := func(list []*authz.Policy) {
		some := newSet(len(searched().actions))
		for _, q := range list {
			one := c.powersOf(q)
			some.union(one.grants)
			out.keep(one.forbids, false)
		}
		out.keep(some, true)
	}
	layer(p.Identity)
	if p.Boundary != nil {
		layer([]*authz.Policy{p.Boundary})
	}
	for _, level := range p.SCPs {
		layer(level)
	}
	return out
}

// layersOf are the policies of a principal by layer, of which each must allow.
func layersOf(p *authz.Principal) [][]*authz.Policy {
	layers := [][]*authz.Policy{p.Identity}
	if p.Boundary != nil {
		layers = append(layers, []*authz.Policy{p.Boundary})
	}
	return append(layers, p.SCPs...)
}

// grants reports whether a principal may be allowed an action on something.
func (c *coverage) grants(p *authz.Principal, action string) bool {
	for _, layer := range layersOf(p) {
		grants := false
		for _, q := range layer {
			one := c.of(q, action)
			if one.forbids {
				return false
			}
			grants = grants || one.grants
		}
		if !grants {
			return false
		}
	}
	return true
}

// allowed are the holders on which a principal may be allowed an action; ok is
// false where the action is certainly not allowed on anything.
func (c *coverage) allowed(p *authz.Principal, action string) (on set, ok bool) {
	if !c.grants(p, action) {
		return set{}, false
	}
	on = set{all: true}
	for _, layer := range layersOf(p) {
		var some set
		for _, q := range layer {
			one := c.of(q, action)
			some = some.or(one.allows)
			for _, g := range one.personal {
				some = some.or(c.meant(p, g))
			}
		}
		on = on.and(some)
	}
	return on, true
}
