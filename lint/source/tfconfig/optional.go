package tfconfig

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// A conditional makes a collection of which some elements are certain and
// others are not: concat([a], cond ? [b] : []). Such an element stays in its
// place and carries a mark, so that what is certain of the collection stays
// certain. An element of a set cannot carry a mark of its own: there it is a
// spread symbol that has the element as its only alternative.

// optional is the mark of an element of a list or tuple, or of an entry of a
// map or object, that may not exist. A value that is taken out of its
// collection loses it.
type optional struct {
	// why stands for what it depends on.
	why *policy.Symbol
	// many tells that the element stands for any number of elements.
	many bool
}

// optionalOf is the mark of an element; ok is false for one that certainly
// exists.
func optionalOf(v cty.Value) (o optional, ok bool) {
	if !v.IsMarked() {
		return optional{}, false
	}
	for m := range v.Marks() {
		x, isOptional := m.(optional)
		if !isOptional {
			continue
		}
		// Any of several will do, as long as it is always the same one.
		if many := o.many || x.many; !ok || cmp.Or(cmp.Compare(x.why.Name, o.why.Name), cmp.Compare(x.why.Scope, o.why.Scope)) < 0 {
			o = optional{x.why, many}
		} else {
			o.many = many
		}
		ok = true
	}
	return o, ok
}

func isOptional(v cty.Value) bool {
	_, ok := optionalOf(v)
	return ok
}

// existing is an element as it is where it exists.
func existing(v cty.Value) cty.Value {
	if !isOptional(v) {
		return v
	}
	u, marks := v.Unmark()
	kept := cty.ValueMarks{}
	for m := range marks {
		if _, ok := m.(optional); !ok {
			kept[m] = struct{}{}
		}
	}
	return u.WithMarks(kept)
}

// likewise is v, optional if the element that it is made from is.
func likewise(v, element cty.Value) cty.Value {
	if o, ok := optionalOf(element); ok {
		return v.Mark(o)
	}
	return v
}

// optionalAt is the mark of an element that depends on the expression at rng.
func (e *env) optionalAt(rng hcl.Range, many bool, marks ...cty.ValueMarks) optional {
	return optional{e.unknownAt(rng, "", marks...), many}
}

// hasOptional reports whether a collection, or one inside of it, has an
// element that may not exist.
func hasOptional(v cty.Value) bool {
	v, _ = v.Unmark()
	if !isDefinite(v) || v.Type().IsPrimitiveType() || v.Type().IsSetType() || !v.CanIterateElements() || !containsMarked(v) {
		return false // the marks in a set are its own
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, x := it.Element(); isOptional(x) || hasOptional(x) {
			return true
		}
	}
	return false
}

// uncertain reports whether it is not certain what a collection holds: an
// element may not exist, or stands for several.
func (e *env) uncertain(v cty.Value) bool { return hasOptional(v) || e.spreadElement(v) }

// hasLooseElement reports whether it is not certain which element of a list
// stands where.
func (e *env) hasLooseElement(list cty.Value) bool {
	for it := list.ElementIterator(); it.Next(); {
		if _, x := it.Element(); isOptional(x) || e.ev.isSpread(x) {
			return true
		}
	}
	return false
}

// many reports whether an element of a collection stands for zero or more.
func (e *env) many(v cty.Value) bool {
	o, _ := optionalOf(v)
	return o.many || e.ev.isSpread(v)
}

// count is how many elements a collection has, at least and at most; bounded
// is false where there may be any number of them.
func (e *env) count(v cty.Value) (least, most int, bounded bool) {
	u, _ := v.Unmark()
	bounded = true
	var texts, hidden []policy.Text // of keys, and of elements of sets: equal ones are one
	for it := u.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if !isKeyed(u) {
			k = x
		}
		o, maybe := optionalOf(x)
		_, token := e.ev.fromToken(k)
		if e.ev.isSpread(k) && (token == nil || token.many) || maybe && o.many {
			bounded = false
			continue
		}
		most++
		if maybe || token != nil {
			continue
		}
		if k, _ = k.Unmark(); isText(k) && !u.Type().IsListType() && !u.Type().IsTupleType() {
			text := e.ev.decode(k)
			others := hidden // known texts are not the same as one another
			if policy.ContainsToken(k.AsString()) {
				others, hidden = texts, append(hidden, text)
			}
			if e.ev.steps -= len(others) / 4; e.ev.steps < 0 || slices.ContainsFunc(others, func(t policy.Text) bool { return !e.differ(t, text) }) {
				continue
			}
			texts = append(texts, text)
		}
		least++
	}
	if u.Type().IsSetType() && len(texts) == 0 && symbolic(u) {
		least = min(least, 1) // what is unknown in them may turn out to be equal
	}
	return least, most, bounded
}

// differ reports whether two texts certainly are not the same.
func (e *env) differ(a, b policy.Text) bool {
	if !hasSpread(a) && !hasSpread(b) && a.Differs(b) {
		return true
	}
	if e.ev.steps -= 20; e.ev.steps < 0 {
		return false
	}
	same := e.ev.equal(cty.StringVal(e.ev.symbols.Encode(a)), cty.StringVal(e.ev.symbols.Encode(b)))
	return same.IsKnown() && same.False()
}

// orderUnknown reports whether the order is not known in which the elements of
// a set, or the entries of a map, are looked at: that of their texts.
func (e *env) orderUnknown(v cty.Value) bool {
	u, _ := v.Unmark()
	if !isCollection(u) || !symbolic(u) {
		return false
	}
	known, undecided := true, false
	for it := u.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if !isKeyed(u) {
			k = x
		}
		k, token := e.ev.fromToken(k)
		k, _ = k.Unmark()
		known = known && isText(k) && !policy.ContainsToken(k.AsString())
		undecided = undecided || token != nil || isText(k) && policy.ContainsToken(k.AsString())
	}
	return undecided && !known && u.LengthInt() > 1
}

// hasChoice reports whether a text has a choice in it.
func (e *env) hasChoice(v cty.Value) bool {
	v, _ = v.Unmark()
	return isText(v) && policy.ContainsToken(v.AsString()) && slices.ContainsFunc(e.ev.decode(v).Symbols(), isChoice)
}

// elements are those of a list, set or tuple, with tokens as marks; ok is
// false for anything else.
func (e *env) elements(v cty.Value) (list []cty.Value, marks cty.ValueMarks, ok bool) {
	u, marks := v.Unmark()
	if !isCollection(u) || isKeyed(u) {
		return nil, nil, false
	}
	known := true
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		x, token := e.ev.fromToken(x)
		if token != nil {
			x = x.Mark(*token)
		}
		plain, _ := x.Unmark()
		known = known && isText(plain) && !policy.ContainsToken(plain.AsString())
		list = append(list, x)
	}
	if u.Type().IsSetType() && known {
		slices.SortStableFunc(list, compareTexts)
	}
	if u.Type().IsSetType() {
		for i, x := range list {
			if s := e.sameAs(x, list, i); s != nil {
				list[i] = x.Mark(optional{s, false})
			}
		}
	}
	return list, marks, true
}

// entries are the keys and values of a map or object in the order of the keys.
func (e *env) entries(u cty.Value) (keys, values []cty.Value) {
	m := u.AsValueMap()
	for _, k := range sortedKeys(m) {
		keys, values = append(keys, cty.StringVal(k)), append(values, m[k])
	}
	for i, k := range keys {
		if e.ev.isSpread(k) {
			values[i] = values[i].Mark(optional{e.ev.symbolOf(k), true})
		} else if s := e.sameAs(k, keys, i); s != nil {
			values[i] = values[i].Mark(optional{s, false})
		}
	}
	return keys, values
}

// sameAs is the choice in a text that may turn out to be the same as another
// element of a set, or another key: then there is only one of both. It is nil
// where there is none.
func (e *env) sameAs(x cty.Value, all []cty.Value, at int) *policy.Symbol {
	if !e.hasChoice(x) {
		return nil
	}
	x, _ = x.Unmark()
	if e.ev.steps -= len(all) / 4; e.ev.steps < 0 { // then it may
		return firstChoice(e.ev.decode(x))
	}
	for i, other := range all {
		if other, _ = other.Unmark(); i == at || i > at && e.hasChoice(other) || !isText(other) {
			continue
		}
		if a, b := e.ev.decode(x), e.ev.decode(other); !e.differ(a, b) {
			return firstChoice(a)
		}
	}
	return nil
}

// firstChoice is the first symbol of a text that is one of several, nil for
// none.
func firstChoice(x policy.Text) *policy.Symbol {
	for _, s := range x.Symbols() {
		if isChoice(s) {
			return s
		}
	}
	return nil
}

// compareTexts puts known texts into the order in which a set has them.
func compareTexts(a, b cty.Value) int {
	a, _ = a.Unmark()
	b, _ = b.Unmark()
	return strings.Compare(a.AsString(), b.AsString())
}

// token is an element that may not exist as a string: the form that it has in
// a set, and in encoded text. Its only alternative is the element.
func (ev *evaluator) token(v cty.Value, o optional) cty.Value {
	u, marks := existing(v).Unmark()
	if !isText(u) {
		return u.WithMarks(marks)
	}
	if s := ev.symbolOf(u); ev.isSpread(u) { // it may have none of its elements
		other := *s
		other.Scope = fmt.Sprintf("%s|%s|%s", s.Scope, o.why.Scope, o.why.Name)
		return ev.symbol(other).WithMarks(marks)
	}
	text := ev.decode(u)
	name := text.String()
	if s := text.Symbol(); s != nil {
		name = s.Name
	}
	if _, secret := marks[markSensitive]; secret {
		name = "(sensitive)"
	}
	s := ev.symbols.Intern(policy.Symbol{
		Kind: policy.SymbolSpread, Name: name, Scope: fmt.Sprintf("%s|%s|%t|%s", o.why.Scope, o.why.Name, o.many, u.AsString()),
		Alternatives: []policy.Text{text}, References: o.why.References,
	})
	ev.tokenized[s] = u.Mark(o)
	return cty.StringVal(ev.symbols.Token(s)).WithMarks(marks)
}

// fromToken is the element behind a token, with its mark; the mark is nil for
// a value that is not a token.
func (ev *evaluator) fromToken(v cty.Value) (cty.Value, *optional) {
	s := ev.symbolOf(v)
	if s == nil {
		return v, nil
	}
	element, ok := ev.tokenized[s]
	if !ok {
		return v, nil
	}
	o, _ := optionalOf(element)
	_, marks := v.Unmark()
	return existing(element).WithMarks(marks), &o
}

// tokens puts tokens into the place of elements that may not exist. Those that
// are no strings, and entries of maps, have no token: ok is then false.
func (ev *evaluator) tokens(v cty.Value) (out cty.Value, ok bool) {
	if !hasOptional(v) {
		return v, true
	}
	u, marks := v.Unmark()
	if isKeyed(u) {
		attributes := u.AsValueMap()
		for k, x := range attributes {
			if attributes[k], ok = ev.tokens(x); !ok || isOptional(x) {
				return v, false
			}
		}
		return keyedLike(u.Type(), attributes).WithMarks(marks), true
	}
	var list []cty.Value
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		if x, ok = ev.tokens(x); !ok {
			return v, false
		}
		if o, may := optionalOf(x); may {
			if plain, _ := x.Unmark(); !isText(plain) {
				return v, false
			}
			x = ev.token(x, o)
		}
		list = append(list, x)
	}
	return sequenceLike(u.Type(), list).WithMarks(marks), true
}

// setOf is the set of some elements, each once: unknown where one of them may
// not exist that is not a string.
func (e *env) setOf(elements []cty.Value, ty cty.Type) cty.Value {
	if ty == cty.DynamicPseudoType && len(elements) > 0 {
		types := make([]cty.Type, len(elements))
		for i := range elements {
			types[i] = elements[i].Type()
		}
		var err error
		if ty, err = unifyAll(types); err != nil || ty == cty.NilType {
			return cty.UnknownVal(cty.Set(cty.DynamicPseudoType))
		}
	}
	var all []cty.Value
	certain := &elementSet{}
	converted := make([]cty.Value, len(elements))
	for i, x := range elements {
		converted[i] = convertQuietly(x, ty)
		if !isOptional(x) {
			certain.add(converted[i])
		}
	}
	for _, x := range converted {
		o, maybe := optionalOf(x)
		u, _ := x.Unmark()
		switch {
		case !maybe:
			all = append(all, x)
		case certain.has(u):
		case !isText(u):
			return cty.UnknownVal(cty.Set(ty))
		default:
			all = append(all, e.ev.token(x, o))
		}
	}
	if len(all) == 0 {
		return cty.SetValEmpty(ty)
	}
	return cty.SetVal(all)
}

// elementSet are values without their marks.
type elementSet struct {
	texts  map[string]bool
	others []cty.Value
}

func elementSetOf(list []cty.Value) *elementSet {
	s := &elementSet{}
	for _, v := range list {
		s.add(v)
	}
	return s
}

func (s *elementSet) add(v cty.Value) {
	v, _ = v.Unmark()
	if !isText(v) {
		s.others = append(s.others, v)
		return
	}
	if s.texts == nil {
		s.texts = map[string]bool{}
	}
	s.texts[v.AsString()] = true
}

func (s *elementSet) has(v cty.Value) bool {
	v, _ = v.Unmark()
	if isText(v) {
		return s.texts[v.AsString()]
	}
	return slices.ContainsFunc(s.others, v.RawEquals)
}

// convertQuietly converts without a problem: what cannot be converted is
// unknown.
func convertQuietly(v cty.Value, ty cty.Type) cty.Value {
	out, err := convertValue(v, ty)
	if err != nil {
		_, marks := v.Unmark()
		return cty.UnknownVal(ty.WithoutOptionalAttributesDeep()).WithMarks(marks)
	}
	return out
}

// settle prepares a value with elements that may not exist for its conversion
// to a type: the elements of sets become tokens, and an attribute of an object
// type that may not exist may be null.
func (e *env) settle(v cty.Value, ty cty.Type) cty.Value {
	u, marks := v.Unmark()
	if isCollection(u) && u.Type().IsSetType() && ty.IsListType() && symbolic(u) {
		list, _, _ := e.elements(u)
		if e.orderUnknown(u) {
			return cty.TupleVal(list).WithMarks(marks).Mark(markUnordered)
		}
		return cty.TupleVal(list).WithMarks(marks)
	}
	if !hasOptional(v) {
		return v
	}
	switch {
	case u.Type().IsObjectType() || u.Type().IsMapType():
		attributes := map[string]cty.Value{}
		for it := u.ElementIterator(); it.Next(); {
			k, x := it.Element()
			x = e.settle(x, elementType(ty, k))
			if isOptional(x) && ty.IsObjectType() && ty.HasAttribute(k.AsString()) && ty.AttributeOptional(k.AsString()) {
				x = existing(x).Mark(markMaybe)
			}
			attributes[k.AsString()] = x
		}
		return cty.ObjectVal(attributes).WithMarks(marks)
	case ty.IsSetType() && !u.Type().IsSetType():
		var elements []cty.Value
		for it := u.ElementIterator(); it.Next(); {
			_, x := it.Element()
			elements = append(elements, e.settle(x, ty.ElementType()))
		}
		return e.setOf(elements, ty.ElementType()).WithMarks(marks)
	case u.Type().IsListType() || u.Type().IsTupleType():
		var elements []cty.Value
		for it := u.ElementIterator(); it.Next(); {
			_, x := it.Element()
			elements = append(elements, e.settle(x, elementType(ty, cty.NumberIntVal(int64(len(elements))))))
		}
		return cty.TupleVal(elements).WithMarks(marks)
	}
	return v
}
