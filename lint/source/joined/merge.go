package joined

import (
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// value is one attribute: what the plan knows, in the place where the
// configuration has it, and what the configuration evaluates to where the
// plan does not know.
func (j *join) value(p, c resource.Value) resource.Value {
	switch {
	case isKnown(p):
		return j.placed(p, c)
	case p.Kind == resource.Unknown || c.Kind == resource.Unknown:
		return j.hidden(p, c)
	case p.Kind == resource.List && c.Kind == resource.List:
		return j.list(p, c)
	case p.Kind == resource.Object && c.Kind == resource.Object:
		out := inherit(p, c)
		out.Object = map[string]resource.Value{}
		for _, name := range slices.Sorted(maps.Keys(p.Object)) {
			x, ok := c.Object[name]
			if !ok {
				out.Object[name] = p.Object[name]
				continue
			}
			out.Object[name] = j.value(p.Object[name], x)
		}
		return out
	case c.Kind == resource.Null:
		// The configuration sets nothing that could be hidden.
		return p
	}
	return j.hidden(p, c)
}

// isKnown reports whether the plan knows all of a value.
func isKnown(v resource.Value) bool {
	switch v.Kind {
	case resource.Scalar:
		return v.Text.IsKnown()
	case resource.List:
		return !slices.ContainsFunc(v.List, func(e resource.Value) bool { return !isKnown(e) || e.Maybe != nil })
	case resource.Object:
		for _, e := range v.Object {
			if !isKnown(e) {
				return false
			}
		}
		return true
	case resource.Null:
		return true
	case resource.Unknown:
	}
	return false
}

// hidden is a value that the plan does not know: the configuration's, unless
// that says even less.
func (j *join) hidden(p, c resource.Value) resource.Value {
	if j.precision(c) >= j.precision(p) {
		c.Sensitive = c.Sensitive || p.Sensitive
		if c.References == nil {
			c.References = p.References
		}
		return c
	}
	out := inherit(p, c)
	out.Document = p.Document
	return out
}

// precision ranks what is known of a value that is not known.
func (j *join) precision(v resource.Value) int {
	s := v.Symbol
	if v.Kind == resource.Scalar {
		s = v.Text.Symbol()
	}
	switch {
	case v.Kind != resource.Unknown && s == nil:
		return 3
	case s == nil:
		return 0
	}
	switch s.Kind {
	case policy.SymbolReference:
		if j.has(s.Address) {
			return 2
		}
		return 1
	case policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion, policy.SymbolDerived, policy.SymbolChoice:
		return 2
	case policy.SymbolVariable:
		return 1
	case policy.SymbolUnknown, policy.SymbolSpread:
	}
	return 0
}

// inherit is the plan's value with what only the configuration tells of it.
func inherit(p, c resource.Value) resource.Value {
	p.Sensitive = p.Sensitive || c.Sensitive
	p.FromDefault = p.FromDefault || c.FromDefault
	p.Computed = p.Computed || c.Computed
	p.Form = c.Form
	if c.References != nil {
		p.References = c.References
	}
	if c.Locate != nil {
		whole := c.Locate
		p.Locate = func(policy.Range) iam.Location { return whole(policy.Range{}) }
	}
	return p
}

// list is a list of which the plan knows a part: its elements are looked for
// among those of the configuration. They come in its order, for a plan has
// sets in another one.
func (j *join) list(p, c resource.Value) resource.Value {
	vague := func(e resource.Value) bool { return e.Maybe != nil || isSpread(e) }
	if len(p.List) != len(c.List) || slices.ContainsFunc(c.List, vague) || slices.ContainsFunc(p.List, isSpread) {
		return j.hidden(p, c)
	}
	out := inherit(p, c)
	out.List = make([]resource.Value, len(p.List))
	for i, at := range j.counterparts(p.List, c.List) {
		out.List[at] = j.value(p.List[i], c.List[at])
	}
	return out
}

func isSpread(v resource.Value) bool {
	text, ok := v.AsText()
	return ok && text.Symbol() != nil && text.Symbol().Kind == policy.SymbolSpread
}

// counterparts finds for each element of a list of the plan the one of the
// configuration that it comes from; both are of one length. A set comes in
// another order, so that what is the same goes together first, then what may
// be the same, and then the rest in its order.
func (j *join) counterparts(plan, config []resource.Value) []int {
	out := make([]int, len(plan))
	used := make([]bool, len(config))
	for i := range out {
		out[i] = -1
	}
	take := func(fits func(p, c resource.Value) bool) {
		for i, p := range plan {
			for n := range config {
				// Its own place is the first guess.
				at := (i + n) % len(config)
				if out[i] < 0 && !used[at] && fits(p, config[at]) {
					out[i], used[at] = at, true
				}
			}
		}
	}
	if len(plan)*len(config) <= maxCompared {
		take(same)
		take(func(p, c resource.Value) bool { return isKnown(p) && !j.differ(p, c) })
	}
	take(func(_, _ resource.Value) bool { return true })
	return out
}

// same reports whether two values are certainly the same.
func same(p, c resource.Value) bool {
	a, ok := p.AsText()
	b, also := c.AsText()
	return ok && also && a.Equal(b)
}

// placed is a value that the plan knows, with the places of the
// configuration.
func (j *join) placed(p, c resource.Value) resource.Value {
	out := inherit(p, c)
	switch {
	case p.Kind == resource.Scalar && c.Kind == resource.Scalar:
		return j.placedText(out, p, c)
	case p.Kind == resource.List && c.Kind == resource.List && len(c.List) > 0:
		return j.placedList(out, p, c)
	case p.Kind == resource.Object && c.Kind == resource.Object:
		out.Object = maps.Clone(p.Object)
		for name, v := range out.Object {
			if x, ok := c.Object[name]; ok {
				out.Object[name] = j.placed(v, x)
			}
		}
	}
	return out
}

func (j *join) placedText(out, p, c resource.Value) resource.Value {
	if p.Text.Equal(c.Text) {
		out.Locate = c.Locate
		out.Form = c.Form
		out.Document = certain(c.Document)
		return out
	}
	out.Form = c.Form
	a := align(j.options.Symbols, p.Text, c.Text)
	if a == nil {
		return out
	}
	if c.Locate != nil {
		out.Locate = func(within policy.Range) iam.Location { return c.Locate(a.place(within)) }
	}
	if c.Document != nil {
		out.Document = a.document(c.Document)
	}
	return out
}

// certain is a document all of whose statements exist, as the plan knows.
func certain(d *resource.DocumentSource) *resource.DocumentSource {
	if d == nil {
		return nil
	}
	return &resource.DocumentSource{Address: d.Address, Statement: d.Statement}
}

func (j *join) placedList(out, p, c resource.Value) resource.Value {
	out.List = slices.Clone(p.List)
	if len(p.List) == len(c.List) {
		for i, at := range j.counterparts(p.List, c.List) {
			out.List[at] = j.placed(p.List[i], c.List[at])
		}
		return out
	}
	for i, e := range p.List {
		at := slices.IndexFunc(c.List, func(x resource.Value) bool { return same(e, x) })
		if at < 0 {
			at = slices.IndexFunc(c.List, func(x resource.Value) bool { return !j.differ(e, x) })
		}
		if at >= 0 {
			out.List[i] = j.placed(e, c.List[at])
		} else if out.Locate != nil {
			out.List[i].Locate = out.Locate
		}
	}
	return out
}
