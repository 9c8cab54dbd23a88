package authz

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// newAttempt gathers what takes part in a search for one action on one
// domain. assigned fixes keys that stand as variables in policies.
func (s *searcher) newAttempt(action askedAction, d *domain, certain bool, assigned map[string]policy.Text) *attempt {
	a := &attempt{
		s: s, action: strings.ToLower(action.name), name: action.name, service: action.service, catalog: action.catalog,
		certain: certain, domain: d, models: map[string]*keyModel{}, index: map[string]int{}, variables: map[string]bool{},
	}
	a.request = Request{Principal: s.holder, Action: a.action}
	a.env = env{request: &a.request, named: s.named}
	if !certain {
		a.env.reading = apartReading
	}
	layers := s.question()
	for _, l := range s.holder.toward(s.ownerOf(d)).layers() {
		if l.layer != LayerResourceOrg || underRCPs(a.action) {
			layers = append(layers, s.refused.layer(l))
		}
	}
	a.models = map[string]*keyModel{}
	gathered := make([][]*choice, len(layers))
	for i, l := range layers {
		gathered[i] = a.gather(l)
	}
	a.fix(assigned)
	for i, l := range layers {
		a.sort(l, gathered[i])
	}
	return a
}

// question are the layers of the question itself.
func (s *searcher) question() []rawLayer {
	layers := []rawLayer{{layerPlace{layer: LayerQuery}, []*Policy{s.asked}}}
	if s.refused != nil {
		layers = append(layers, rawLayer{layerPlace{layer: LayerQuery}, s.refused.level})
	}
	return layers
}

// rawLayer are policies of which one must allow.
type rawLayer struct {
	layerPlace
	policies []*Policy
}

// gather finds the statements that may be about the action, and the keys in
// them.
func (a *attempt) gather(l rawLayer) []*choice {
	var out []*choice
	for _, p := range l.policies {
		for _, st := range p.statements {
			if a.domain.lacks(st.tails) || st.coversAction(a.action) == policy.False {
				continue
			}
			c := &choice{statement: st, ref: Ref{p.root(), st.index}, layer: l.layer}
			c.everywhere = st.missingResource || st.source.Resource != nil && st.source.NotResource != nil ||
				slices.ContainsFunc(st.resource, func(p *pattern) bool { return p.star })
			for _, cond := range st.conditions {
				if !cond.hidden {
					a.model(cond.key, cond.source.Key.String())
				}
				for j := range cond.values {
					a.noteVariables(cond.values[j].pattern, cond)
				}
			}
			for _, list := range [...][]*pattern{st.resource, st.notResource} {
				for _, p := range list {
					a.noteVariables(p, nil)
				}
			}
			out = append(out, c)
		}
	}
	return out
}

func (a *attempt) model(k contextKey, name string) *keyModel {
	if m := a.models[k.name]; m != nil {
		return m
	}
	m, ok := a.orgModel(k, name)
	if !ok {
		m = a.s.newKeyModel(k, name, a.catalog, a.service)
	}
	if k.name == "aws:requestedregion" && a.domain.region != "" {
		m.kind, m.values = keyFixed, []policy.Text{policy.Literal(a.domain.region)}
	}
	a.models[k.name] = m
	return m
}

// noteVariables notes the keys that stand as variables in a pattern.
func (a *attempt) noteVariables(p *pattern, c *condition) {
	for i := range p.pieces {
		v := p.pieces[i].variable
		if v == nil || v.hidden != nil {
			continue
		}
		if m := a.model(v.key, v.name); m.kind == keyFree {
			a.variables[v.key.name] = true
			if c != nil && domainOf(c.key.name, 0) == policyARNs {
				a.namesPolicy = true
			}
		}
	}
}

// fix puts into the request what does not depend on the requester. A free key
// that stands as a variable has the value assigned to it; without one it
// counts as hidden, which only the possible reading can live with.
func (a *attempt) fix(assigned map[string]policy.Text) {
	var ctx Context
	for _, name := range sortedKeys(a.models) {
		m := a.models[name]
		switch m.kind {
		case keyFixed:
			ctx.SetTexts(m.name, m.values...)
			continue
		case keyNever:
			ctx.SetAbsent(m.name)
			continue
		case keyUnseen:
			ctx.SetHidden(m.name, m.values...)
			continue
		case keyFree:
		}
		if !a.variables[name] {
			a.index[name] = len(a.keys)
			a.keys = append(a.keys, m)
			continue
		}
		x, ok := assigned[name]
		switch {
		case !ok:
			ctx.SetHidden(m.name)
		case x.IsEmpty():
			ctx.SetAbsent(m.name)
		default:
			ctx.SetTexts(m.name, x)
			a.assigned = append(a.assigned, ContextValue{m.name, []policy.Text{x}})
		}
	}
	a.base = ctx
	a.request.Context = ctx
}

// sort takes statements into the attempt as choices of a layer, and as denies
// to avoid, as far as the reading counts them.
func (a *attempt) sort(l rawLayer, gathered []*choice) {
	out := layerChoices{layer: l.layer}
	for _, p := range l.policies {
		if p.hidden != nil {
			out.open = out.open || !a.certain && !a.s.refused.spares(l, p)
			a.blocked = a.blocked || a.certain
		}
	}
	for _, c := range gathered {
		fixed := c.coversAction(a.action)
		if c.doubt != nil {
			fixed = fixed.And(policy.Maybe)
		}
		for _, cond := range c.conditions {
			if cond.hidden {
				fixed = fixed.And(policy.Maybe)
				continue
			}
			if i, free := a.index[cond.key.name]; free {
				c.free = append(c.free, keyedCondition{cond, i})
				continue
			}
			fixed = fixed.And(a.holdsForFixed(cond))
		}
		if c.denies && !a.fails(fixed) {
			a.denies = append(a.denies, c)
			a.blocked = a.blocked || c.everywhere && len(c.free) == 0
		}
		if c.allows && a.holds(fixed) {
			out.choices = append(out.choices, c)
		}
	}
	// The freest statements first: they make the plainest witnesses.
	slices.SortStableFunc(out.choices, func(x, y *choice) int { return len(x.free) - len(y.free) })
	a.layers = append(a.layers, out)
}

// holdsForFixed evaluates a condition on a key whose value is not chosen: what
// a symbol may stand for is that value like any other text.
func (a *attempt) holdsForFixed(c *condition) policy.Truth {
	reading := a.env.reading
	a.env.reading = plainReading
	defer func() { a.env.reading = reading }()
	return c.holds(&a.env)
}

// maxAssignments bounds how many values of variables are tried.
const maxAssignments = 64

// assignments are the values to try for free keys that stand as variables:
// any one that works will do. Without such keys there is one assignment, of
// nothing.
func (a *attempt) assignments() []map[string]policy.Text {
	out := []map[string]policy.Text{{}}
	for _, name := range sortedKeys(a.variables) {
		m := a.models[name]
		values := []policy.Text{policy.Literal("x")}
		if !m.always {
			values = append(values, policy.Text{})
		}
		if a.namesPolicy {
			values = append([]policy.Text{policy.Literal(a.s.administrator())}, values...)
		}
		values = append(values, a.namedValues(m.key)...)
		var next []map[string]policy.Text
		for _, one := range out {
			for _, x := range values {
				if len(next) == maxAssignments {
					break
				}
				extended := map[string]policy.Text{name: x}
				maps.Copy(extended, one)
				next = append(next, extended)
			}
		}
		out = next
	}
	return out
}

// namedValues are the values that conditions on a key name.
func (a *attempt) namedValues(k contextKey) []policy.Text {
	var out []policy.Text
	visit := func(p *Policy) {
		for _, st := range p.statements {
			for _, c := range st.conditions {
				if c.key.name != k.name {
					continue
				}
				for i := range c.values {
					if p := c.values[i].pattern; !p.hasVariable {
						out = append(out, a.instances(p)...)
					}
				}
			}
		}
	}
	a.s.eachPolicy(visit)
	visit(a.s.asked)
	return out
}

// administrator is the ARN of the widest policy that AWS manages.
func (s *searcher) administrator() string {
	return s.binding.iamARN(awsOwned) + "policy/AdministratorAccess"
}
