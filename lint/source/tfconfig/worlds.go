package tfconfig

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// What is one of several things, a choice or an element that may not exist,
// can be looked at one by one: each combination is a world, in which an
// expression is evaluated as usual.

// world says which alternative each choice is, and which optional elements
// exist.
type world struct {
	// choices are the alternatives, a null value for null.
	choices map[*policy.Symbol]cty.Value
	// absent are the optional elements that do not exist, by their number in
	// the order in which a walk meets them.
	absent map[int]bool
}

// eachWorld evaluates in every world of some arguments and joins the results.
// choices tells that the function looks into what is a choice. ok is false where there is only one world, or too many.
func (e *env) eachWorld(args []cty.Value, choices bool, at hcl.Range, evaluate func(e *env, args []cty.Value) cty.Value) (v cty.Value,
	ok bool,
) {
	worlds := e.worlds(args, choices)
	if len(worlds) < 2 {
		return cty.NilVal, false
	}
	return e.join(len(worlds), at, func(e *env, i int) (cty.Value, bool) {
		in := make([]cty.Value, len(args))
		walk := worldWalk{e: e, world: worlds[i]}
		for j, a := range args {
			in[j] = walk.value(a)
		}
		if walk.impossible {
			return cty.NilVal, false
		}
		return evaluate(e, in), true
	})
}

// spelled are the texts that a text with choices in it may be; none where it
// has no choices, or too many.
func (e *env) spelled(v cty.Value) []cty.Value {
	worlds := e.worlds([]cty.Value{v}, true)
	if len(worlds) < 2 {
		return nil
	}
	var list []cty.Value
	for _, w := range worlds {
		walk := worldWalk{e: e, world: w}
		list = append(list, walk.value(v))
	}
	return list
}

// join evaluates n times and makes a choice of the results. A world in which
// evaluation fails is one in which Terraform fails: the others count.
func (e *env) join(n int, at hcl.Range, evaluate func(e *env, i int) (v cty.Value, possible bool)) (v cty.Value, ok bool) {
	var failed []problem
	for i := range n {
		if !e.charge(1, func() hcl.Range { return at }) {
			return cty.DynamicVal, true
		}
		var problems []problem
		doubt := false
		x, possible := evaluate(e.quiet(&problems, &doubt), i)
		if doubt {
			e.doubtful()
		}
		switch {
		case !possible:
		case len(problems) > 0:
			failed = problems
		case v == cty.NilVal:
			v = x
		default:
			v = e.choice(v, x, at, "")
		}
	}
	if v == cty.NilVal {
		if len(failed) == 0 {
			return cty.NilVal, false
		}
		for _, p := range failed {
			e.fail(p.rng, "%s", p.message)
		}
		return cty.DynamicVal, true
	}
	if len(failed) > 0 {
		e.doubtful()
	}
	return v, true
}

// worlds are the combinations of what the optional elements in some values, and
// the choices, may be; none where there are too many to look at.
func (e *env) worlds(args []cty.Value, choices bool) []world {
	count := worldWalk{e: e}
	for _, a := range args {
		count.value(a)
	}
	if !choices {
		count.choices = nil
	}
	total := 1
	for _, s := range count.choices {
		total *= len(alternatives(e.ev.symbols, s))
		if total > maxAlternatives {
			return nil
		}
	}
	if count.many || count.optionals > 4 || total<<count.optionals > maxAlternatives {
		return nil
	}
	list := []world{{choices: map[*policy.Symbol]cty.Value{}, absent: map[int]bool{}}}
	for _, s := range count.choices {
		var next []world
		for _, w := range list {
			for _, v := range alternatives(e.ev.symbols, s) {
				next = append(next, w.with(s, v))
			}
		}
		list = next
	}
	for i := range count.optionals {
		for _, w := range slices.Clone(list) {
			list = append(list, w.without(i))
		}
	}
	return list
}

// alternatives are what a choice may be.
func alternatives(symbols *policy.Symbols, s *policy.Symbol) []cty.Value {
	var list []cty.Value
	for _, x := range s.Alternatives {
		list = append(list, cty.StringVal(symbols.Encode(x)))
	}
	if s.Nullable {
		list = append(list, cty.NullVal(cty.String))
	}
	return list
}

func (w world) with(s *policy.Symbol, v cty.Value) world {
	choices := maps.Clone(w.choices)
	choices[s] = v
	return world{choices, w.absent}
}

func (w world) without(i int) world {
	out := world{choices: w.choices, absent: map[int]bool{i: true}}
	for j := range w.absent {
		out.absent[j] = true
	}
	return out
}

// worldWalk walks over values: it counts what may be one thing or another,
// and makes of it what it is in a world.
type worldWalk struct {
	e     *env
	world world

	choices   []*policy.Symbol
	optionals int
	// many tells that an element stands for any number of them.
	many bool
	// impossible is set where a text would hold null in this world.
	impossible bool
}

func (w *worldWalk) value(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	switch {
	case isText(u):
		u = w.text(u)
	case isCollection(u) && isKeyed(u):
		attributes := map[string]cty.Value{}
		entries := u.AsValueMap()
		for _, k := range sortedKeys(entries) {
			if x, there := w.element(entries[k]); there {
				attributes[k] = x
			}
		}
		u = keyedLike(u.Type(), attributes)
	case isCollection(u):
		var list []cty.Value
		for it := u.ElementIterator(); it.Next(); {
			_, x := it.Element()
			x, token := w.e.ev.fromToken(x)
			if token != nil {
				x = x.Mark(*token)
			}
			if x, there := w.element(x); there {
				list = append(list, x)
			}
		}
		if u.Type().IsSetType() {
			u = w.e.setOf(list, u.Type().ElementType())
		} else {
			u = sequenceLike(u.Type(), list)
		}
	}
	return u.WithMarks(marks)
}

// element is an element in this world, and whether it exists there.
func (w *worldWalk) element(v cty.Value) (out cty.Value, there bool) {
	if o, ok := optionalOf(v); ok {
		w.many = w.many || o.many
		n := w.optionals
		w.optionals++
		if w.world.absent[n] {
			w.value(existing(v)) // for what it counts
			return cty.NilVal, false
		}
	}
	return w.value(existing(v)), true
}

func (w *worldWalk) text(v cty.Value) cty.Value {
	if !policy.ContainsToken(v.AsString()) {
		return v
	}
	text := w.e.ev.decode(v)
	for _, s := range text.Symbols() {
		if s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 && !slices.Contains(w.choices, s) {
			w.choices = append(w.choices, s)
		}
	}
	if s := text.Symbol(); s != nil {
		if x, ok := w.world.choices[s]; ok {
			return x
		}
		return v
	}
	return cty.StringVal(w.e.ev.symbols.Encode(text.Map(func(s *policy.Symbol) (policy.Text, bool) {
		x, ok := w.world.choices[s]
		if ok && x.IsNull() {
			w.impossible = true
			return policy.Text{}, false
		}
		if !ok {
			return policy.Text{}, false
		}
		return w.e.ev.decode(x), true
	})))
}
