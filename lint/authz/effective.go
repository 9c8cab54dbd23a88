package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Scope says on how much an action is allowed.
type Scope uint8

// The scopes, in rising order.
const (
	// ScopeNone: no request is allowed.
	ScopeNone Scope = iota
	// ScopePerhaps: it is not known whether any is.
	ScopePerhaps
	// ScopeSome: some request is, on some resources or under conditions.
	ScopeSome
	// ScopeAll: every request is, whatever its resource and context.
	ScopeAll
)

// ActionScope is an action and on how much it is allowed.
type ActionScope struct {
	Action *catalog.Action
	Scope  Scope
}

// Effective lists on how much every action of the catalog is allowed to the
// holder: by service, and in it by name, as the catalog has them. It answers
// what [Search] would for each action, but asks once for all actions that the
// holder's policies cannot tell apart.
func Effective(holder *Principal, u *Universe) []ActionScope {
	e := newEffective(holder, u)
	var out []ActionScope
	for _, prefix := range catalog.Services() {
		service, ok := catalog.LookupService(prefix)
		if !ok {
			continue
		}
		e.enter(service.Prefix)
		for action := range service.Actions() {
			out = append(out, ActionScope{action, e.scope(action)})
		}
	}
	return out
}

func newEffective(holder *Principal, u *Universe) *effective {
	e := &effective{holder: holder, universe: u, answers: map[string]Scope{}, symbolic: map[*Policy]bool{}}
	places, _ := bindings(holder, u, &Query{})
	e.searcher = newSearcher(holder, u, &Query{}, places[0])
	e.layers()
	return e
}

// Candidates are the actions that a pattern takes, as far as the catalog
// knows them and something allows them in every layer of the holder's: all
// that is worth a [Search] for a pattern that takes many.
func Candidates(holder *Principal, pattern string) []string {
	e := &effective{holder: holder, symbolic: map[*Policy]bool{}}
	e.layers()
	var out []string
	service := ""
	for action := range catalog.ActionsMatching(pattern) {
		if action.Service != service {
			service = action.Service
			e.enter(service)
		}
		if e.isAllowedSomewhere(strings.ToLower(action.String())) {
			out = append(out, action.String())
		}
	}
	return out
}

// isAllowedSomewhere reports whether a statement of each layer may allow the
// action, going by its actions alone.
func (e *effective) isAllowedSomewhere(lowered string) bool {
	allowing := slices.Clone(e.hidden)
	for _, s := range e.list {
		if !allowing[s.layer] && s.allows && s.covers(lowered) != policy.False {
			allowing[s.layer] = true
		}
	}
	return !slices.Contains(allowing, false)
}

// effective holds what Effective has found out so far.
type effective struct {
	holder   *Principal
	universe *Universe
	searcher *searcher // for what it knows of condition keys
	list     []*effectiveStatement
	count    int // of layers
	// resourceOrg is the first layer of resource control policies, which not
	// all services are under.
	resourceOrg int
	answers     map[string]Scope
	// symbolic are the policies with symbols in them, which Search binds.
	symbolic map[*Policy]bool
	// hidden are the layers in which a policy may say anything.
	hidden []bool
}

// effectiveStatement is a statement of a layer that must allow.
type effectiveStatement struct {
	*statement
	policy *Policy
	layer  int
	// everywhere tells that it covers every resource; plain, that it has
	// neither conditions nor doubts besides.
	everywhere, plain bool
	// entries are those of its actions that can match in the present
	// service.
	entries []actionPattern
}

func (e *effective) layers() {
	layer := func(policies ...*Policy) {
		e.hidden = append(e.hidden, slices.ContainsFunc(policies, func(p *Policy) bool { return p.hidden != nil }))
		for _, p := range policies {
			p.eachText(func(x policy.Text) {
				if !x.IsKnown() {
					e.symbolic[p] = true
				}
			})
			for _, s := range p.statements {
				e.list = append(e.list, newEffectiveStatement(s, p, e.count))
			}
		}
		e.count++
	}
	layer(e.holder.Identity...)
	if e.holder.Boundary != nil {
		layer(e.holder.Boundary)
	}
	if e.holder.SessionPolicies != nil {
		layer(e.holder.SessionPolicies...)
	}
	for _, level := range e.holder.SCPs {
		layer(level...)
	}
	e.resourceOrg = e.count
	for _, level := range e.holder.RCPs {
		layer(level...)
	}
}

func newEffectiveStatement(s *statement, p *Policy, layer int) *effectiveStatement {
	out := &effectiveStatement{statement: s, policy: p, layer: layer}
	out.everywhere = s.source.NotResource == nil && slices.ContainsFunc(s.resource, func(p *pattern) bool { return p.star })
	out.plain = out.everywhere && len(s.conditions) == 0 && s.doubt == nil
	return out
}

// enter picks out the entries of all statements that matter in a service, so
// that long lists of actions are not gone through for each action.
func (e *effective) enter(service string) {
	for _, s := range e.list {
		list := s.action
		if s.source.NotAction != nil {
			list = s.notAction
		}
		s.entries = s.entries[:0]
		for _, a := range list {
			prefix, _, found := strings.Cut(a.text, ":")
			if a.source == nil && found && prefix != service && !strings.ContainsAny(prefix, "*?") {
				continue
			}
			s.entries = append(s.entries, a)
		}
	}
}

// covers is coversAction over the entries of the present service.
func (s *effectiveStatement) covers(lowered string) policy.Truth {
	switch {
	case s.missingAction:
		return policy.True
	case s.source.Action != nil && s.source.NotAction != nil:
		return policy.Maybe
	case s.source.NotAction != nil:
		return matchActions(s.entries, lowered).Not()
	}
	return matchActions(s.entries, lowered)
}

// scope answers for one action.
func (e *effective) scope(action *catalog.Action) Scope {
	lowered := strings.ToLower(action.String())
	class := make([]byte, len(e.list))
	var about []*effectiveStatement
	// allowing are the layers in which something may allow; freely those in
	// which something allows every request.
	allowing, freely := slices.Clone(e.hidden), make([]bool, e.count)
	denied := slices.Contains(e.hidden, true)
	layers := e.count
	if !underRCPs(lowered) {
		layers = e.resourceOrg
		allowing, freely = allowing[:layers], freely[:layers]
	}
	for i, s := range e.list {
		t := policy.False
		if s.layer < layers {
			t = s.covers(lowered)
		}
		class[i] = '0' + byte(t)
		if t == policy.False {
			continue
		}
		about = append(about, s)
		certain := s.plain && t == policy.True
		if s.denies {
			denied = true
			if certain && !s.allows {
				return ScopeNone
			}
		}
		if s.allows {
			allowing[s.layer] = true
			freely[s.layer] = freely[s.layer] || certain && !s.denies
		}
	}
	switch {
	case slices.Contains(allowing, false):
		return ScopeNone
	case !denied && !slices.Contains(freely, false):
		return ScopeAll
	}
	key := e.groupOf(action, string(class), about)
	if known, ok := e.answers[key]; ok {
		return known
	}
	scope := ScopeNone
	switch Search(e.narrowed(lowered, about), e.universe, &Query{Actions: []string{action.String()}}).Verdict {
	case Allowed:
		scope = ScopeSome
	case Undetermined:
		scope = ScopePerhaps
	case Denied:
	}
	e.answers[key] = scope //mutate:work it is remembered
	return scope
}

// narrowed is the holder with the statements about one action only, each
// saying so in one word: Search need not go through long lists then.
func (e *effective) narrowed(lowered string, about []*effectiveStatement) *Principal {
	kept := map[*Policy][]*statement{}
	for _, s := range about {
		one := s.statement
		if one.coversAction(lowered) == policy.True && !one.missingAction {
			source, short := *one.source, *one
			source.Action, source.NotAction = elements(policy.Literal(lowered)), nil
			short.source, short.action, short.notAction = &source, newActions(source.Action), nil
			one = &short
		}
		kept[s.policy] = append(kept[s.policy], one)
	}
	narrow := func(list []*Policy) []*Policy {
		if list == nil {
			return nil
		}
		out := make([]*Policy, len(list))
		for i, p := range list {
			if out[i] = p; p.hidden == nil && !e.symbolic[p] {
				out[i] = &Policy{Document: p.Document, statements: kept[p], origin: p.root()}
			}
		}
		return out
	}
	levels := func(list [][]*Policy) [][]*Policy {
		out := make([][]*Policy, len(list))
		for i := range list {
			out[i] = narrow(list[i])
		}
		return out
	}
	out := *e.holder
	out.Identity, out.SessionPolicies = narrow(out.Identity), narrow(out.SessionPolicies)
	if out.Boundary != nil {
		out.Boundary = narrow([]*Policy{out.Boundary})[0]
	}
	out.SCPs, out.RCPs = levels(out.SCPs), levels(out.RCPs)
	return &out
}

// groupOf is equal for actions that Search cannot tell apart: the same
// statements are about them, they act on the same resources, and the condition
// keys that these statements ask for are the same to them. Actions of IAM and
// STS, and those where policy variables count, are each a group of their own.
func (e *effective) groupOf(action *catalog.Action, class string, about []*effectiveStatement) string {
	if action.Service == "iam" || action.Service == "sts" ||
		slices.ContainsFunc(about, func(s *effectiveStatement) bool { return s.usesVariables() }) {
		return action.String()
	}
	var b strings.Builder
	b.WriteString(class)
	b.WriteString(action.Service)
	for _, r := range action.ResourceTypes {
		b.WriteByte(' ')
		b.WriteString(strings.Join(r.Type.ARNs, ","))
		if r.Required {
			b.WriteByte('!')
		}
	}
	for _, s := range about {
		for _, c := range s.conditions {
			m := e.searcher.newKeyModel(c.key, c.source.Key.String(), action, action.Service)
			fmt.Fprintf(&b, " %d %t %t %d %s %v", m.kind, m.always, m.multi, m.domain, m.likely, m.values)
		}
	}
	return b.String()
}
