package authz

import (
	"slices"
	"time"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Explanation is a decision with the part that every layer has in it.
type Explanation struct {
	Decision
	// Layers are those that took part, in the order of evaluation. Levels of
	// an organization are layers of their own.
	Layers []LayerResult
	// Reasons say why the decision is undetermined; empty where it is not.
	Reasons []Reason
}

// LayerResult is what one layer says of a request.
type LayerResult struct {
	Layer Layer
	// Level is the level of the organization, from 0 at the root.
	Level int
	// Allow and Deny tell whether some statement allows, and whether some
	// statement denies. Allowed is "yes" for both: a layer whose Deny is
	// Allowed denies explicitly; one with neither denies implicitly.
	Allow, Deny Verdict
	// Statements are those that apply, or may.
	Statements []StatementResult
}

// StatementResult is a statement that applies, or may.
type StatementResult struct {
	Ref
	Effect policy.Effect
	// Certain is false where it is not certain that the statement applies;
	// Reasons say why.
	Certain bool
	Reasons []Reason
}

// Explain is [Decide] with the path of the decision. It takes more time and
// memory.
func Explain(r *Request) Explanation {
	e := env{request: r}
	return e.explain()
}

func (e *env) explain() Explanation {
	d := newDecider(*e)
	x := Explanation{Decision: d.decide()}
	p := e.request.Principal
	if p == nil {
		return x
	}
	for i, level := range p.SCPs {
		x.add(d.explainLayer(LayerOrganization, i, level, nil))
	}
	for i, level := range e.request.ResourceControl() {
		if underRCPs(d.action) {
			x.add(d.explainLayer(LayerResourceOrg, i, level, nil))
		}
	}
	if e.request.ResourcePolicy != nil {
		x.add(d.explainLayer(LayerResource, 0, []*Policy{e.request.ResourcePolicy}, p))
	}
	x.add(d.explainLayer(LayerIdentity, 0, p.Identity, nil))
	if p.Boundary != nil {
		x.add(d.explainLayer(LayerBoundary, 0, []*Policy{p.Boundary}, nil))
	}
	if p.SessionPolicies != nil {
		x.add(d.explainLayer(LayerSession, 0, p.SessionPolicies, nil))
	}
	if x.Verdict == Undetermined {
		for _, l := range x.Layers {
			for _, s := range l.Statements {
				x.Reasons = append(x.Reasons, s.Reasons...)
			}
		}
		x.Reasons = distinctReasons(x.Reasons)
		if len(x.Reasons) == 0 && d.crossAccount() == policy.Maybe {
			x.Reasons = []Reason{{Text: "it is not known whether " + d.resource.String() + " is in the account of the principal"}}
		}
	}
	return x
}

func (x *Explanation) add(l LayerResult) { x.Layers = append(x.Layers, l) }

func distinctReasons(in []Reason) []Reason {
	var out []Reason
	for _, r := range in {
		if !slices.ContainsFunc(out, func(o Reason) bool { return o.Text == r.Text && o.Symbol == r.Symbol }) {
			out = append(out, r)
		}
	}
	return out
}

// explainLayer evaluates all statements of a layer. who is set for
// resource-based policies, where the principal counts.
func (d *decider) explainLayer(layer Layer, level int, policies []*Policy, who *Principal) LayerResult {
	out := LayerResult{Layer: layer, Level: level}
	allow, deny := policy.False, policy.False
	for _, p := range policies {
		if p.hidden != nil {
			allow, deny = allow.Or(policy.Maybe), deny.Or(policy.Maybe)
			out.Statements = append(out.Statements, StatementResult{
				Ref: Ref{p, -1}, Reasons: []Reason{{"the policy document is not known", p.hidden, Ref{p, -1}}},
			})
			continue
		}
		for i, s := range p.statements {
			t := s.applies(&d.e, d.action, d.resource)
			a, n := t, t
			if who != nil {
				named := s.names(who)
				a, n = t.And(named.direct.Or(named.role).Or(named.account)), t.And(named.denied)
			}
			if !s.allows {
				a = policy.False
			}
			if !s.denies {
				n = policy.False
			}
			if a.Or(n) == policy.False {
				continue
			}
			allow, deny = allow.Or(a), deny.Or(n)
			result := StatementResult{Ref: Ref{p, i}, Effect: s.source.Effect, Certain: a.Or(n) == policy.True}
			if !result.Certain {
				result.Reasons = d.doubts(Ref{p, i}, s, who)
			}
			out.Statements = append(out.Statements, result)
		}
	}
	out.Allow, out.Deny = verdictOf(allow), verdictOf(deny)
	return out
}

// doubts says why it is not certain whether a statement applies.
func (d *decider) doubts(at Ref, s *statement, who *Principal) []Reason {
	var out []Reason
	add := func(text string, symbol *policy.Symbol) { out = append(out, Reason{text, symbol, at}) }
	if s.doubt != nil {
		add(s.doubt.text, s.doubt.symbol)
	}
	if s.coversAction(d.action) == policy.Maybe {
		for _, list := range [...][]actionPattern{s.action, s.notAction} {
			for _, a := range list {
				switch {
				case a.match(d.action) != policy.Maybe:
				case a.source != nil:
					add("an action is not known", firstSymbol(a.source.source))
				default:
					add("it is not documented what the action "+a.text+" matches", nil)
				}
			}
		}
	}
	if s.coversResource(d.resource, &d.e) == policy.Maybe {
		out = append(out, d.resourceDoubts(at, s)...)
	}
	for _, c := range s.conditions {
		if c.holds(&d.e) == policy.Maybe {
			out = append(out, d.conditionDoubt(at, c))
		}
	}
	if who != nil {
		if n := s.names(who); n.direct.Or(n.role).Or(n.account).Or(n.denied) == policy.Maybe {
			add("it is not certain that its principal element names the caller", nil)
		}
	}
	return out
}

func (d *decider) resourceDoubts(at Ref, s *statement) []Reason {
	var out []Reason
	for _, list := range [...][]*pattern{s.resource, s.notResource} {
		for _, p := range list {
			if p.matchResource(d.resource, &d.e) == policy.Maybe {
				out = append(out, Reason{d.patternDoubt(p, d.resource, "the resource "), firstSymbol(p.source), at})
			}
		}
	}
	if out == nil {
		out = append(out, Reason{"a policy variable of NotResource has no value", nil, at})
	}
	return out
}

// patternDoubt says why a pattern may match and may not.
func (d *decider) patternDoubt(p *pattern, x policy.Text, what string) string {
	switch {
	case p.hasSymbol:
		return what + p.source.String() + " is not known"
	case !x.IsKnown():
		return x.String() + " is not known"
	case p.hasVariable:
		return "the value of a policy variable in " + p.source.String() + " is not known"
	}
	return "AWS does not document whether " + p.source.String() + " matches " + x.String()
}

func (d *decider) conditionDoubt(at Ref, c *condition) Reason {
	key := c.source.Key.String()
	if c.hidden {
		for _, x := range [...]policy.Text{c.source.Key, c.source.Operator} {
			if s := firstSymbol(x); s != nil {
				return Reason{"a condition is not known", s, at}
			}
		}
		return Reason{"there is no condition operator " + c.source.Operator.String(), nil, at}
	}
	var one [1]policy.Text
	values, state := d.e.request.lookup(&c.key, &one)
	if state == keyHidden {
		if _, listed := catalog.LookupKey(c.key.name); !listed {
			return Reason{"AWS's list of condition keys of " + catalog.Datasets()[0].Date.Format(time.DateOnly) + " lacks " + key +
				", so that it is not known whether requests carry it", nil, at}
		}
		return Reason{"it is not known what " + key + " holds", nil, at}
	}
	if c.multiValued && c.op.Set == policy.SetNone {
		return Reason{key + " holds several values, and AWS does not document what " + c.source.Operator.String() +
			" does with it without ForAnyValue or ForAllValues", nil, at}
	}
	for i := range c.values {
		if s := firstSymbol(c.values[i].source); s != nil {
			return Reason{"a value for " + key + " is not known", s, at}
		}
	}
	for _, x := range values {
		if s := firstSymbol(x); s != nil {
			return Reason{"what " + key + " holds is not known", s, at}
		}
	}
	for i := range c.values {
		if c.values[i].hasVariable {
			return Reason{"the value of a policy variable for " + key + " is not known", nil, at}
		}
	}
	return Reason{"AWS does not document how " + c.source.Operator.String() + " on " + key + " is read here", nil, at}
}

func firstSymbol(x policy.Text) *policy.Symbol {
	if s := x.Symbols(); len(s) > 0 {
		return s[0]
	}
	return nil
}
