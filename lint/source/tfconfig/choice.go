package tfconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// maxAlternatives bounds what a choice spells out.
const maxAlternatives = 16

// choice is the value of a conditional whose condition is not known, and has
// the given marks. Strings become a symbol with alternatives, so that a rule
// can look at each; of collections the elements that only one of both has are
// optional.
func (e *env) choice(a, b cty.Value, rng hcl.Range, detail string, marks ...cty.ValueMarks) cty.Value {
	a, aMarks := a.Unmark()
	b, bMarks := b.Unmark()
	all := append([]cty.ValueMarks{aMarks, bMarks}, marks...)
	v := e.unmarkedChoice(a, b, rng, detail, all...).WithMarks(all...)
	if s := e.ev.symbolOf(v); v.HasMark(markSensitive) && isChoice(s) {
		// A choice is named after what it may be, which nobody must see.
		secret := *s
		secret.Name = "(sensitive) " + e.ev.text(rng) + detail
		v = e.ev.symbol(secret).WithMarks(all...)
	}
	return v
}

func (e *env) unmarkedChoice(a, b cty.Value, rng hcl.Range, detail string, marks ...cty.ValueMarks) cty.Value {
	if a.RawEquals(b) {
		return a
	}
	textual := func(v cty.Value) bool { return isText(v) || isNull(v) }
	present := func(ty cty.Type) bool {
		return a.Type() == ty && b.Type() == ty && !a.Range().CouldBeNull() && !b.Range().CouldBeNull()
	}
	a, b = e.asCollection(a, b, rng, marks), e.asCollection(b, a, rng, marks)
	switch {
	case textual(a) && textual(b):
		return e.textChoice(a, b, rng, detail, marks...)
	case isNull(a) && isCollection(b):
		return e.allOptional(b, rng, marks...).Mark(markMaybe)
	case isNull(b) && isCollection(a):
		return e.allOptional(a, rng, marks...).Mark(markMaybe)
	case present(cty.Bool):
		return unknownBool
	case present(cty.Number):
		return numberChoice(a, b)
	case isCollection(a) && isCollection(b) && isKeyed(a) == isKeyed(b):
		return e.collectionChoice(a, b, rng, detail, marks)
	}
	return cty.UnknownVal(unify(a.Type(), b.Type()))
}

// collectionChoice is one of two collections, both with keys or both without.
func (e *env) collectionChoice(a, b cty.Value, rng hcl.Range, detail string, marks []cty.ValueMarks) cty.Value {
	switch {
	case isKeyed(a):
		return e.keyedChoice(a, b, rng, detail, marks)
	case a.Type().IsSetType() || b.Type().IsSetType():
		return e.setChoice(a, b, rng, marks)
	}
	return e.sequenceChoice(a, b, rng, detail, marks)
}

// isCollection reports whether a value, unmarked, has elements that are known.
func isCollection(v cty.Value) bool {
	return isDefinite(v) && !v.Type().IsPrimitiveType() && v.CanIterateElements()
}

// isKeyed reports whether a collection is a map or an object.
func isKeyed(v cty.Value) bool { return v.Type().IsMapType() || v.Type().IsObjectType() }

// asCollection is a value of which nothing is known as a collection of the
// shape of the other: one with an element that stands for any number.
func (e *env) asCollection(v, other cty.Value, rng hcl.Range, marks []cty.ValueMarks) cty.Value {
	if !isCollection(other) {
		return v
	}
	ty := cty.List(cty.String)
	if isKeyed(other) {
		ty = cty.Map(cty.String)
	}
	if s := e.ev.opaque(v); s != nil {
		return e.ev.invent(*s, ty, nil)
	}
	if v.IsKnown() || v.Type().IsPrimitiveType() {
		return v
	}
	if v.Type().IsCollectionType() && v.Type().ElementType() != cty.DynamicPseudoType {
		ty = v.Type().WithoutOptionalAttributesDeep()
	}
	if v.Type() == cty.DynamicPseudoType || v.Type().IsCollectionType() {
		return e.ev.invent(*e.unknownAt(rng, "", marks...), ty, nil)
	}
	return v
}

// allOptional is a collection of which no element is certain.
func (e *env) allOptional(v cty.Value, rng hcl.Range, hiding ...cty.ValueMarks) cty.Value {
	u, marks := v.Unmark()
	o := e.optionalAt(rng, false, hiding...)
	if isKeyed(u) {
		attributes := u.AsValueMap()
		for k, x := range attributes {
			attributes[k] = x.Mark(o)
		}
		return keyedLike(u.Type(), attributes).WithMarks(marks)
	}
	elements := u.AsValueSlice()
	for i := range elements {
		elements[i] = elements[i].Mark(o)
	}
	if u.Type().IsSetType() {
		return e.setOf(elements, u.Type().ElementType()).WithMarks(marks)
	}
	return sequenceLike(u.Type(), elements).WithMarks(marks)
}

// keyedLike is a map where the type is one and the elements have its element
// type, else an object.
func keyedLike(ty cty.Type, attributes map[string]cty.Value) cty.Value {
	if ty.IsMapType() {
		same := func(v cty.Value) bool { return v.Type().Equals(ty.ElementType()) }
		if len(attributes) == 0 {
			return cty.MapValEmpty(ty.ElementType())
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(attributes)), func(v cty.Value) bool { return !same(v) }) {
			return cty.MapVal(attributes)
		}
	}
	return cty.ObjectVal(attributes)
}

// sequenceLike is a list where the type is one and the elements have its
// element type, else a tuple.
func sequenceLike(ty cty.Type, elements []cty.Value) cty.Value {
	if ty.IsListType() {
		if len(elements) == 0 {
			return cty.ListValEmpty(ty.ElementType())
		}
		if !slices.ContainsFunc(elements, func(v cty.Value) bool { return !v.Type().Equals(ty.ElementType()) }) {
			return cty.ListVal(elements)
		}
	}
	return cty.TupleVal(elements)
}

// numberChoice is one of two numbers: something between them.
func numberChoice(a, b cty.Value) cty.Value {
	least, atLeast := a.Range().NumberLowerBound()
	if other, inclusive := b.Range().NumberLowerBound(); least.IsKnown() && (!other.IsKnown() || other.LessThan(least).True()) {
		least, atLeast = other, inclusive
	}
	most, atMost := a.Range().NumberUpperBound()
	if other, inclusive := b.Range().NumberUpperBound(); most.IsKnown() && (!other.IsKnown() || other.GreaterThan(most).True()) {
		most, atMost = other, inclusive
	}
	return between(least, atLeast, most, atMost)
}

// between is a number of which the bounds are known, as far as they are.
func between(least cty.Value, atLeast bool, most cty.Value, atMost bool) cty.Value {
	r := cty.UnknownVal(cty.Number).Refine().NotNull()
	if least.IsKnown() && !least.IsNull() && least.Type() == cty.Number && !least.RawEquals(cty.NegativeInfinity) {
		r = r.NumberRangeLowerBound(least, atLeast)
	}
	if most.IsKnown() && !most.IsNull() && most.Type() == cty.Number && !most.RawEquals(cty.PositiveInfinity) {
		r = r.NumberRangeUpperBound(most, atMost)
	}
	return r.NewValue()
}

// keyedChoice is one of two maps or objects: a key that both have is certain,
// and its value a choice.
func (e *env) keyedChoice(a, b cty.Value, rng hcl.Range, detail string, marks []cty.ValueMarks) cty.Value {
	first, second := a.AsValueMap(), b.AsValueMap()
	o := e.optionalAt(rng, false, marks...)
	attributes := map[string]cty.Value{}
	one := func(k string, v cty.Value, others map[string]cty.Value, hidden []string) {
		// The other may have it too, at a key that is not spelled out.
		for _, other := range hidden {
			if !policy.ContainsToken(k) && !e.differ(e.ev.symbols.Text(k), e.ev.symbols.Text(other)) {
				v = e.choice(v, e.ev.single(others[other]), rng, detail+"."+k, marks...)
			}
		}
		attributes[k] = v.Mark(o)
	}
	firstHidden, secondHidden := hiddenKeys(first), hiddenKeys(second)
	for _, k := range sortedKeys(first) {
		if other, both := second[k]; both {
			attributes[k] = e.choice(first[k], other, rng, detail+"."+k, marks...)
		} else {
			one(k, first[k], second, secondHidden)
		}
	}
	for _, k := range sortedKeys(second) {
		if _, both := first[k]; !both {
			one(k, second[k], first, firstHidden)
		}
	}
	ty := cty.EmptyObject
	if a.Type().Equals(b.Type()) {
		ty = a.Type()
	}
	return keyedLike(ty, attributes)
}

// hiddenKeys are the keys of a map that are not spelled out.
func hiddenKeys(entries map[string]cty.Value) []string {
	return slices.DeleteFunc(sortedKeys(entries), func(k string) bool { return !policy.ContainsToken(k) })
}

// setChoice is one of two sets, or of a set and a list that becomes one.
func (e *env) setChoice(a, b cty.Value, rng hcl.Range, marks []cty.ValueMarks) cty.Value {
	o := e.optionalAt(rng, false, marks...)
	first, second := a.AsValueSlice(), b.AsValueSlice()
	inFirst, inSecond := elementSetOf(first), elementSetOf(second)
	var elements []cty.Value
	for _, v := range first {
		if !inSecond.has(v) {
			v = v.Mark(o)
		}
		elements = append(elements, v)
	}
	for _, v := range second {
		if !inFirst.has(v) {
			elements = append(elements, v.Mark(o))
		}
	}
	ty := cty.DynamicPseudoType
	if a.Type().IsSetType() && b.Type().IsSetType() {
		ty = unify(a.Type().ElementType(), b.Type().ElementType())
	}
	return e.setOf(elements, ty)
}

// sequenceChoice is one of two lists or tuples. What both start with and end
// with is certain; between that, lists of one length are a choice at each
// place, and of others each element is optional.
func (e *env) sequenceChoice(a, b cty.Value, rng hcl.Range, detail string, marks []cty.ValueMarks) cty.Value {
	first, second := a.AsValueSlice(), b.AsValueSlice()
	same := func(x, y cty.Value) bool { return existing(x).RawEquals(existing(y)) }
	both := func(x, y cty.Value) cty.Value { return likewise(likewise(existing(x), x), y) }
	var start, end []cty.Value
	for len(first) > 0 && len(second) > 0 && same(first[0], second[0]) {
		start = append(start, both(first[0], second[0]))
		first, second = first[1:], second[1:]
	}
	for len(first) > 0 && len(second) > 0 && same(first[len(first)-1], second[len(second)-1]) {
		end = append(end, both(first[len(first)-1], second[len(second)-1]))
		first, second = first[:len(first)-1], second[:len(second)-1]
	}
	slices.Reverse(end)
	middle, ok := e.choiceAtEach(first, second, rng, detail, len(start), marks)
	if !ok {
		o := e.optionalAt(rng, false, marks...)
		middle = nil
		for _, v := range slices.Concat(first, second) {
			middle = append(middle, v.Mark(o))
		}
	}
	ty := cty.EmptyTuple
	if a.Type().Equals(b.Type()) {
		ty = a.Type()
	}
	return sequenceLike(ty, slices.Concat(start, middle, end))
}

// choiceAtEach is a choice at each place of two lists of one length; ok is
// false where that would hide what the elements are.
func (e *env) choiceAtEach(a, b []cty.Value, rng hcl.Range, detail string, from int, marks []cty.ValueMarks) (list []cty.Value, ok bool) {
	if len(a) != len(b) {
		return nil, false
	}
	for i := range a {
		x, y := existing(a[i]), existing(b[i])
		if e.many(a[i]) || e.many(b[i]) || isCollection(x) && isCollection(y) && !sameShape(x.Type(), y.Type()) {
			return nil, false
		}
		v := e.choice(x, y, rng, fmt.Sprintf("%s[%d]", detail, from+i), marks...)
		list = append(list, likewise(likewise(v, a[i]), b[i]))
	}
	return list, true
}

func sameShape(a, b cty.Type) bool {
	switch {
	case a.IsObjectType() && b.IsObjectType():
		for name := range a.AttributeTypes() {
			if !b.HasAttribute(name) {
				return false
			}
		}
		return len(a.AttributeTypes()) == len(b.AttributeTypes())
	case a.IsTupleType() && b.IsTupleType():
		return a.Length() == b.Length()
	}
	return a.Equals(b)
}

func (e *env) textChoice(a, b cty.Value, rng hcl.Range, detail string, marks ...cty.ValueMarks) cty.Value {
	var alternatives []policy.Text
	nullable := false
	add := func(t policy.Text) {
		for _, known := range alternatives {
			if known.Equal(t) {
				return
			}
		}
		alternatives = append(alternatives, t)
	}
	for _, v := range []cty.Value{a, b} {
		if v.IsNull() {
			nullable = true
			continue
		}
		// An undecided conditional inside another is one choice.
		t := e.ev.decode(v)
		if s := t.Symbol(); s != nil && s.Kind == policy.SymbolChoice {
			nullable = nullable || s.Nullable
			for _, inner := range s.Alternatives {
				add(inner)
			}
			continue
		}
		add(t)
	}
	if len(alternatives) > maxAlternatives {
		s := e.unknownAt(rng, detail, marks...)
		return cty.StringVal(e.ev.symbols.Token(s))
	}
	var shown []string
	for _, t := range alternatives {
		if t.IsEmpty() {
			shown = append(shown, `""`)
			continue
		}
		shown = append(shown, t.String())
	}
	if nullable {
		shown = append(shown, "null")
	}
	return e.ev.symbol(policy.Symbol{
		Kind: policy.SymbolChoice, Name: strings.Join(shown, "|"), Alternatives: alternatives, Nullable: nullable,
		Scope: e.identity() + "|" + e.ev.source(rng) + detail, References: []string{e.ev.text(rng)},
		Reasons: reasons(slices.Concat(marks, e.given)...),
	})
}
