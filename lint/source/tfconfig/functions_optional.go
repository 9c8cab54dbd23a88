package tfconfig

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/boundlint/boundlint/lint/policy"
)

// Functions of collections with elements that may not exist. What only moves
// elements about keeps their marks. Any other function is called with and
// without them, as long as those are few enough; what the calls give is a
// choice.

// overOptional is the result of a call whose arguments have elements that may
// not exist. ok is false where there are none; the arguments are then, or
// become, such that the call itself is right.
func (e *env) overOptional(name string, f function.Function, class symbolClass, args []cty.Value,
	x *hclsyntax.FunctionCallExpr,
) (v cty.Value, ok bool) {
	uncertain := slices.ContainsFunc(args, hasOptional) || slices.ContainsFunc(args, e.vagueKeys) ||
		name == "zipmap" && len(args) > 0 && e.choiceInside(args[0])
	if name == "merge" && (uncertain || anySymbolic(args) ||
		slices.ContainsFunc(args, func(v cty.Value) bool { return v.HasMark(markMaybe) })) {
		return e.mergeUncertain(args, x)
	}
	if !uncertain {
		return cty.NilVal, false
	}
	if move := moveOf(name); move != nil {
		if v, ok := move(e, args, x); ok {
			return v, true
		}
	}
	if v, ok := e.eachWorld(args, class == opaque || compares[name], x.Range(), func(e *env, args []cty.Value) cty.Value {
		if class == opaque {
			return e.callOpaque(name, f, args, x)
		}
		return e.plainCall(name, f, args, x)
	}); ok {
		return v, true
	}
	for i := range args {
		plain, ok := e.ev.tokens(args[i])
		if !ok {
			e.doubtful()
			return cty.DynamicVal, true
		}
		args[i] = plain
	}
	return cty.NilVal, false
}

// choiceInside reports whether an element of a list is a choice.
func (e *env) choiceInside(v cty.Value) bool {
	list, _, ok := e.elements(v)
	return ok && slices.ContainsFunc(list, e.hasChoice)
}

// vagueKeys reports whether a key of a map is a choice, or stands for several.
func (e *env) vagueKeys(v cty.Value) bool {
	u, _ := v.Unmark()
	return isCollection(u) && isKeyed(u) && symbolic(u) && slices.ContainsFunc(sortedKeys(u.AsValueMap()), func(k string) bool {
		return e.hasChoice(cty.StringVal(k)) || e.ev.isSpread(cty.StringVal(k))
	})
}

// move is a function that moves elements about; ok is false where it cannot say
// which.
type move func(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (v cty.Value, ok bool)

// moveOf is the function of a name that moves elements about, nil where it is
// another. A map of them would refer to itself.
func moveOf(name string) move {
	switch name {
	case "coalescelist":
		return coalesceOptional
	case "compact":
		return compactOptional
	case "concat":
		return concatOptional
	case "distinct":
		return distinctOptional
	case "flatten":
		return flattenOptional
	case "keys":
		return keysOptional
	case "one":
		return oneOptional
	case "reverse":
		return reverseOptional
	case "setunion":
		return unionOptional
	case "sort":
		return sortOptional
	case "values":
		return valuesOptional
	case "zipmap":
		return zipmapOptional
	}
	return nil
}

func concatOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	var all []cty.Value
	var marks []cty.ValueMarks
	for _, a := range args {
		list, m, ok := e.elements(a)
		if !ok {
			return cty.NilVal, false
		}
		all, marks = append(all, list...), append(marks, m)
	}
	return cty.TupleVal(all).WithMarks(withoutMaybe(marks)...), true
}

func reverseOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	list, marks, ok := e.elements(args[0])
	if !ok {
		return cty.NilVal, false
	}
	slices.Reverse(list)
	return cty.TupleVal(list).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...), true
}

func sortOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	list, marks, ok := e.elements(args[0])
	for i, x := range list {
		list[i] = convertQuietly(x, cty.String)
		u, _ := list[i].Unmark()
		ok = ok && isText(u) && !policy.ContainsToken(u.AsString())
	}
	if !ok {
		return cty.NilVal, false
	}
	slices.SortStableFunc(list, compareTexts)
	return sequenceLike(cty.List(cty.String), list).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...), true
}

func flattenOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	all := []cty.ValueMarks{}
	var flat []cty.Value
	var add func(v cty.Value, within []optional) bool
	add = func(v cty.Value, within []optional) bool {
		list, marks, ok := e.elements(v)
		if !ok {
			return false
		}
		all = append(all, marks)
		for _, x := range list {
			outer := within
			if o, ok := optionalOf(x); ok {
				outer = append(slices.Clip(within), o)
			}
			u, _ := x.Unmark()
			if !u.IsKnown() && !u.Type().IsPrimitiveType() {
				return false // a list of any length
			}
			if isCollection(u) && !isKeyed(u) {
				if !add(existing(x), outer) {
					return false
				}
				continue
			}
			for _, o := range outer {
				x = x.Mark(o)
			}
			flat = append(flat, x)
		}
		return true
	}
	if !add(args[0], nil) {
		return cty.NilVal, false
	}
	return cty.TupleVal(flat).WithMarks(withoutMaybe(all)...), true
}

func compactOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	list, marks, ok := e.elements(args[0])
	if !ok {
		return cty.NilVal, false
	}
	var kept []cty.Value
	for _, x := range list {
		x = convertQuietly(x, cty.String)
		u, _ := x.Unmark()
		switch s := e.ev.symbolOf(x); {
		case !u.IsKnown(), s != nil && s.Nullable:
			return cty.NilVal, false
		case isNull(u), isText(u) && u.AsString() == "":
			continue
		}
		kept = append(kept, x)
	}
	return sequenceLike(cty.List(cty.String), kept).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...), true
}

// maxCompared bounds the elements that are compared with one another, each with
// each.
const maxCompared = 1000

// distinctOptional keeps the first of equal elements, and the first of those
// that certainly exist.
func distinctOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	list, marks, ok := e.elements(args[0])
	if !ok || len(list) > maxCompared || slices.ContainsFunc(list, hasOptional) {
		return cty.NilVal, false
	}
	var kept []cty.Value
	for _, x := range list {
		if !slices.ContainsFunc(kept, func(y cty.Value) bool {
			return existing(y).RawEquals(existing(x)) && (!isOptional(y) || isOptional(x))
		}) {
			kept = append(kept, x)
		}
	}
	u, _ := args[0].Unmark()
	v := sequenceLike(u.Type(), kept).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	if symbolic(v) { // which of them are equal is not known
		v = e.unordered(v)
	}
	return v, true
}

func unionOptional(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	v, ok := concatOptional(e, args, nil)
	if !ok {
		return cty.NilVal, false
	}
	u, marks := v.Unmark()
	return e.setOf(u.AsValueSlice(), cty.DynamicPseudoType).WithMarks(marks), true
}

// coalesceOptional is the first list that is not empty: where none of its
// elements is certain, one that follows.
func coalesceOptional(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	u, _ := args[0].Unmark()
	if !isCollection(u) {
		return cty.NilVal, false
	}
	least, most, bounded := e.count(u)
	if least > 0 || len(args) == 1 {
		return args[0], true
	}
	rest, ok := coalesceOptional(e, args[1:], x)
	if !ok || bounded && most == 0 {
		return rest, ok
	}
	return e.choice(args[0], rest, x.Range(), ""), true
}

func keysOptional(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	return e.sides(args[0], x, func(k string, _ cty.Value) cty.Value { return cty.StringVal(k) })
}

func valuesOptional(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	return e.sides(args[0], x, func(_ string, v cty.Value) cty.Value { return existing(v) })
}

// sides are the keys of a map, or its values, in the order of the keys.
func (e *env) sides(m cty.Value, _ *hclsyntax.FunctionCallExpr, side func(k string, v cty.Value) cty.Value) (cty.Value, bool) {
	u, marks := m.Unmark()
	if !isCollection(u) || !isKeyed(u) {
		return cty.NilVal, false
	}
	keys, values := e.entries(u)
	list := make([]cty.Value, len(keys))
	for i, k := range keys {
		list[i] = likewise(side(k.AsString(), values[i]), values[i])
	}
	v := cty.TupleVal(list).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	if e.orderUnknown(u) {
		v = v.Mark(markUnordered)
	}
	return v, true
}

// zipmapOptional puts keys and values together where a key is a choice.
func zipmapOptional(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	if len(args) != 2 || slices.ContainsFunc(args, func(v cty.Value) bool {
		return hasOptional(v) || e.spreadElement(v) ||
			v.HasMark(markUnordered)
	}) {
		return cty.NilVal, false
	}
	keys, keyMarks, ok := e.elements(args[0])
	values, marks, also := e.elements(args[1])
	if !ok || !also || len(keys) != len(values) {
		return cty.NilVal, false
	}
	entries := map[string]cty.Value{}
	var hidden []string
	for i, k := range keys {
		k, _ = convertQuietly(k, cty.String).Unmark()
		if !isText(k) {
			return cty.NilVal, false
		}
		hidden = e.putBeside(entries, hidden, k.AsString(), values[i], x.Range())
	}
	if !e.charge(0, x.Range) {
		return e.starve(cty.DynamicPseudoType), true
	}
	return cty.ObjectVal(entries).WithMarks(keyMarks, marks), true
}

// oneOptional is the only element of a list, which may not exist.
func oneOptional(e *env, args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	list, marks, ok := e.elements(args[0])
	if !ok || len(list) == 0 {
		return cty.NilVal, false
	}
	// Of several only one can exist, and one that does is it.
	if i := slices.IndexFunc(list, func(v cty.Value) bool { return !isOptional(v) && !e.many(v) }); i >= 0 {
		if len(list) > 1 {
			e.doubtful()
		}
		return list[i].WithMarks(marks), true
	}
	v := e.renamed(existing(list[0]), "[one]")
	for _, other := range list[1:] {
		e.doubtful()
		v = e.choice(v, e.renamed(existing(other), "[one]"), x.Range(), "")
	}
	return v.WithMarks(marks).Mark(markMaybe), true
}

// mergeUncertain merges maps of which not all is known. A key that a certain
// entry has is certain; where an entry that may not exist overrides it, its
// value is a choice.
func (e *env) mergeUncertain(args []cty.Value, x *hclsyntax.FunctionCallExpr) (cty.Value, bool) {
	merged := map[string]cty.Value{}
	ty := cty.NilType
	var all []cty.ValueMarks
	for _, a := range args {
		u, marks := a.Unmark()
		all = append(all, marks)
		if isNull(u) {
			continue
		}
		if !isCollection(u) || !isKeyed(u) {
			return cty.NilVal, false
		}
		if marks := a.Marks(); hasMark(marks, markMaybe) {
			u = e.allOptional(u, x.Range())
		}
		switch {
		case ty == cty.NilType:
			ty = u.Type()
		case !ty.Equals(u.Type()):
			ty = cty.EmptyObject
		}
		e.mergeInto(merged, u.AsValueMap(), x)
	}
	if ty == cty.NilType {
		ty = cty.EmptyObject
	}
	if !e.charge(0, x.Range) {
		return e.starve(cty.DynamicPseudoType), true
	}
	return keyedLike(ty, merged).WithMarks(withoutMaybe(all)...), true
}

func (e *env) mergeInto(merged, entries map[string]cty.Value, x *hclsyntax.FunctionCallExpr) {
	hidden := hiddenKeys(merged)
	for _, k := range sortedKeys(entries) {
		v := entries[k]
		if before, ok := merged[k]; ok && isOptional(v) {
			v = e.choice(existing(v), existing(before), x.Range(), "."+k)
			v = likewise(v, before)
		}
		hidden = e.putBeside(merged, hidden, k, v, x.Range())
	}
}

// putBeside puts a key into a map in which keys stand that are not spelled out,
// the hidden ones. A later key counts: where it may be one that is there, that
// one has its value too. It returns the hidden keys of the map as it is then.
func (e *env) putBeside(entries map[string]cty.Value, hidden []string, k string, v cty.Value, rng hcl.Range) []string {
	others := hidden
	if policy.ContainsToken(k) {
		others, hidden = sortedKeys(entries), append(slices.Clip(hidden), k)
	}
	e.ev.steps -= 4 * len(others)
	for _, other := range others {
		if e.ev.steps < 0 {
			break // whoever asks gives it all up
		}
		if other == k || e.differ(e.ev.symbols.Text(k), e.ev.symbols.Text(other)) {
			continue
		}
		before := entries[other]
		if policy.ContainsToken(k) {
			later := e.choice(existing(before), e.ev.single(existing(v)), rng, "."+other)
			if e.ev.isSpread(cty.StringVal(k)) { // any value that it has there
				later = cty.StringVal(e.ev.symbols.Token(e.unknownAt(rng, "."+other)))
			}
			entries[other] = likewise(later, before)
		} else if isOptional(v) {
			v = likewise(e.choice(existing(v), e.ev.single(existing(before)), rng, "."+k), v)
		}
	}
	entries[k] = v
	return hidden
}
