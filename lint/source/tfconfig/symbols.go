package tfconfig

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/boundlint/boundlint/lint/policy"
)

// What cannot be known offline travels through expressions as a known string
// that holds the token of a policy.Symbol, so that templates, join, merge, for
// and jsonencode work unchanged. Whatever looks into a string must ask here.

// symbol is a value that is one symbol.
func (ev *evaluator) symbol(s policy.Symbol) cty.Value {
	if s.Scope == "" {
		s.Scope = ev.scope
	}
	return cty.StringVal(ev.symbols.Token(ev.symbols.Intern(s)))
}

// decode is the text of a string value.
func (ev *evaluator) decode(v cty.Value) policy.Text { return ev.symbols.Text(v.AsString()) }

// symbolOf is the symbol that a value is, nil where it is anything else.
func (ev *evaluator) symbolOf(v cty.Value) *policy.Symbol {
	v, _ = v.Unmark()
	if !isText(v) || !policy.ContainsToken(v.AsString()) {
		return nil
	}
	return ev.decode(v).Symbol()
}

// opaque is the symbol that a value is, if it may stand for a list, a map or
// an object.
func (ev *evaluator) opaque(v cty.Value) *policy.Symbol {
	s := ev.symbolOf(v)
	if s == nil || s.Kind == policy.SymbolChoice || s.Kind == policy.SymbolDerived {
		return nil
	}
	if ty, ok := ev.types[s]; ok && ty.IsPrimitiveType() {
		return nil
	}
	return s
}

// mayBeEmpty reports whether a value is a symbol that may turn out to be null,
// empty, or the text "".
func (ev *evaluator) mayBeEmpty(v cty.Value) bool {
	if ev.isRefusedText(v) {
		return true
	}
	s := ev.symbolOf(v)
	return s != nil && isEmptiable(s)
}

// isEmptiable reports whether a symbol may be empty: that of a variable, of an
// attribute, but for the ARN, the id and the name of what AWS has, of what an
// expression makes, or of what boundlint does not read or evaluate.
func isEmptiable(s *policy.Symbol) bool {
	switch s.Kind { //nolint:exhaustive // the others are never empty, or made of what is asked
	case policy.SymbolReference:
		return !slices.Contains([]string{"arn", "id", "name", "unique_id", "account_id"}, s.Attribute)
	case policy.SymbolVariable:
		return s.Name != workspaceName
	case policy.SymbolDerived, policy.SymbolUnknown:
		return true
	}
	return false
}

// isRefusedText reports whether a value is a text of nothing but symbols for
// what boundlint does not read or evaluate.
func (ev *evaluator) isRefusedText(v cty.Value) bool {
	v, _ = v.Unmark()
	if !isText(v) || !policy.ContainsToken(v.AsString()) {
		return false
	}
	return !slices.ContainsFunc(ev.decode(v).Parts(), func(p policy.Part) bool { return p.Symbol == nil || len(p.Symbol.Reasons) == 0 })
}

// isText reports whether v, unmarked, is a known string.
func isText(v cty.Value) bool {
	return !v.IsMarked() && v.Type() == cty.String && v.IsKnown() && !v.IsNull()
}

// isEmpty reports whether a value is null or the text "".
func isEmpty(v cty.Value) bool { return isNull(v) || isText(v) && v.AsString() == "" }

func isNull(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.IsKnown() && v.IsNull()
}

// isDefinite reports whether a value is known and not null.
func isDefinite(v cty.Value) bool { return v.IsKnown() && !v.IsNull() }

// unknownAt is a symbol for what an expression gives: its source is its name,
// and where it is evaluated its identity. The marks are those of the value, or
// of the arguments of the call, which say why boundlint does not know it.
func (e *env) unknownAt(rng hcl.Range, detail string, marks ...cty.ValueMarks) *policy.Symbol {
	marks = slices.Concat(marks, e.given)
	return e.ev.symbols.Intern(policy.Symbol{
		Kind: policy.SymbolUnknown, Name: e.ev.text(rng) + detail,
		Scope:      fmt.Sprintf("%s|%s:%d|%x", e.identity(), rng.Filename, rng.Start.Byte, e.ev.digest(rng)),
		References: []string{e.ev.text(rng)}, Reasons: reasons(marks...),
	})
}

// digest tells apart expressions of which the names are cut off, wherever they
// stand.
func (ev *evaluator) digest(rng hcl.Range) uint64 {
	if known, ok := ev.digests[rng]; ok {
		return known
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(ev.source(rng))) // it does not fail
	if ev.digests == nil {
		ev.digests = map[hcl.Range]uint64{}
	}
	ev.digests[rng] = h.Sum64()
	return ev.digests[rng]
}

// extend is what a step into an opaque symbol gives: x.y of the symbol x.
func (ev *evaluator) extend(s *policy.Symbol, suffix string) cty.Value {
	if s.Kind == policy.SymbolReference {
		return ev.symbol(policy.Symbol{
			Kind: s.Kind, Name: s.Name + suffix, Scope: s.Scope,
			Address: s.Address, Attribute: s.Attribute + suffix,
		})
	}
	kind := s.Kind
	if kind == policy.SymbolAccount || kind == policy.SymbolPartition || kind == policy.SymbolRegion {
		kind = policy.SymbolUnknown
	}
	return ev.symbol(policy.Symbol{Kind: kind, Name: s.Name + suffix, Scope: s.Scope, References: s.References, Reasons: s.Reasons})
}

// invent makes up a value of a type like a symbol: strings become symbols,
// objects are spelled out, a collection has one element that stands for zero
// or more, and everything else is unknown but typed. The kind, scope, name and
// reasons of the symbol count.
// defaults, which may be nil, has the defaults of optional attributes: one
// without may be absent.
func (ev *evaluator) invent(like policy.Symbol, ty cty.Type, defaults *typeexpr.Defaults) cty.Value {
	part := func(kind policy.SymbolKind, suffix string) policy.Symbol {
		return policy.Symbol{
			Kind: kind, Scope: like.Scope, Name: like.Name + suffix, References: []string{like.Name + suffix},
			Reasons: like.Reasons,
		}
	}
	switch {
	case ty == cty.String || ty == cty.DynamicPseudoType:
		s := part(like.Kind, "")
		s.NotNull = like.NotNull
		v := ev.symbol(s)
		if ty == cty.String {
			ev.types[ev.symbolOf(v)] = ty
		}
		return v
	case ty.IsObjectType():
		return ev.inventObject(part, like.Kind, ty, defaults)
	case ty.IsTupleType():
		elements := make([]cty.Value, ty.Length())
		for i, t := range ty.TupleElementTypes() {
			elements[i] = ev.invent(part(like.Kind, fmt.Sprintf("[%d]", i)), t, childDefaults(defaults, strconv.Itoa(i)))
		}
		return cty.TupleVal(elements)
	case ty.IsCollectionType() && ty.ElementType() == cty.DynamicPseudoType:
		return cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
	case ty.IsListType():
		element := ev.invent(part(policy.SymbolSpread, "[*]"), ty.ElementType(), childDefaults(defaults, ""))
		if !isText(element) {
			why := part(like.Kind, "")
			element = element.Mark(optional{ev.symbols.Intern(why), true})
		}
		return cty.ListVal([]cty.Value{element})
	case ty.IsSetType():
		element := ev.invent(part(policy.SymbolSpread, "[*]"), ty.ElementType(), childDefaults(defaults, ""))
		if !ev.isMany(element) { // nothing would tell that it stands for several
			return cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
		}
		return cty.SetVal([]cty.Value{element})
	case ty.IsMapType():
		key := ev.symbol(part(policy.SymbolSpread, ".key*"))
		return cty.MapVal(map[string]cty.Value{key.AsString(): ev.invent(part(policy.SymbolSpread, "[*]"), ty.ElementType(),
			childDefaults(defaults, ""))})
	case ty.IsPrimitiveType() && like.NotNull:
		return cty.UnknownVal(ty).RefineNotNull()
	}
	return cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
}

// inventObject is invent for an object: part makes the symbols of its parts.
func (ev *evaluator) inventObject(part func(policy.SymbolKind, string) policy.Symbol, kind policy.SymbolKind, ty cty.Type,
	defaults *typeexpr.Defaults,
) cty.Value {
	attributes := map[string]cty.Value{}
	for k, t := range ty.AttributeTypes() {
		attribute := part(kind, "."+k)
		byDefault := defaults != nil && defaults.DefaultValues[k] != cty.NilVal
		attribute.NotNull = byDefault && !isNull(defaults.DefaultValues[k])
		v := ev.invent(attribute, t, childDefaults(defaults, k))
		if ty.AttributeOptional(k) && !byDefault {
			v = v.Mark(markMaybe)
		}
		attributes[k] = v
	}
	return cty.ObjectVal(attributes)
}

func childDefaults(d *typeexpr.Defaults, key string) *typeexpr.Defaults {
	if d == nil {
		return nil
	}
	return d.Children[key]
}

// spreadOf stands for the elements, or the keys, of a collection that is a
// symbol.
func (ev *evaluator) spreadOf(s *policy.Symbol, suffix string) cty.Value {
	return ev.invent(policy.Symbol{Kind: policy.SymbolSpread, Scope: s.Scope, Name: s.Name + suffix, Reasons: s.Reasons}, cty.String, nil)
}

// single is a spread symbol seen one element at a time: each.key of the
// representative of an unknown for_each.
func (ev *evaluator) single(v cty.Value) cty.Value {
	return ev.unspread(v, func(s *policy.Symbol) policy.Symbol {
		return policy.Symbol{Kind: policy.SymbolUnknown, Scope: s.Scope, Name: s.Name, References: s.References, Reasons: s.Reasons}
	})
}

// unspread replaces the spread symbols in a text, or in the attributes of an
// object, by symbols for one element. What stands in collections inside of it
// still stands for zero or more.
func (ev *evaluator) unspread(v cty.Value, one func(*policy.Symbol) policy.Symbol) cty.Value {
	u, marks := v.Unmark()
	switch {
	case ev.isSpread(u):
		s := ev.symbolOf(u)
		if len(s.Alternatives) == 1 {
			u = cty.StringVal(ev.symbols.Encode(s.Alternatives[0]))
			break
		}
		x := one(s)
		if len(s.Alternatives) > 1 {
			x.Kind, x.Alternatives = policy.SymbolChoice, s.Alternatives
		}
		u = ev.symbol(x)
	case isDefinite(u) && u.Type().IsObjectType() && u.LengthInt() > 0:
		attributes := u.AsValueMap()
		for k, x := range attributes {
			if !ev.isSpread(cty.StringVal(k)) {
				attributes[k] = ev.unspread(x, one)
			}
		}
		u = cty.ObjectVal(attributes)
	}
	return u.WithMarks(marks)
}

// symbolic reports whether a symbol stands anywhere in a value.
func symbolic(v cty.Value) bool {
	v, _ = v.Unmark()
	if !isDefinite(v) {
		return false
	}
	ty := v.Type()
	if ty == cty.String {
		return policy.ContainsToken(v.AsString())
	}
	if ty.IsPrimitiveType() || !v.CanIterateElements() {
		return false
	}
	keyed := ty.IsMapType() || ty.IsObjectType()
	if ty.IsCollectionType() && !keyed && ty.ElementType().IsPrimitiveType() && ty.ElementType() != cty.String {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if keyed && policy.ContainsToken(k.AsString()) || symbolic(e) {
			return true
		}
	}
	return false
}

// isSpread reports whether a text is a symbol that stands for zero or more.
func (ev *evaluator) isSpread(v cty.Value) bool {
	s := ev.symbolOf(v)
	return s != nil && s.Kind == policy.SymbolSpread
}

// spread reports whether an element of a collection, or a key of it, stands
// for zero or more.
func (ev *evaluator) spread(v cty.Value) bool {
	v, _ = v.Unmark()
	if !isCollection(v) {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if o, _ := optionalOf(e); o.many || ev.isSpread(e) || isKeyed(v) && ev.isSpread(k) || v.Type().IsSetType() && ev.isMany(e) {
			return true
		}
	}
	return false
}

// isMany reports whether an element of a set stands for zero or more: it has no
// mark that would tell, and is such a symbol, or an object with attributes that
// are.
func (ev *evaluator) isMany(v cty.Value) bool {
	v, _ = v.Unmark()
	if !isCollection(v) || !v.Type().IsObjectType() {
		return ev.isSpread(v)
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, x := it.Element(); ev.isMany(x) {
			return true
		}
	}
	return false
}

var unknownBool = cty.UnknownVal(cty.Bool).RefineNotNull()

// equal compares where symbols may be inside: true or false where that is
// certain, else unknown. A symbol is neither null nor empty, unless it
// mayBeEmpty.
func (ev *evaluator) equal(a, b cty.Value) cty.Value {
	if s := ev.symbolOf(a); isChoice(s) {
		return ev.equalChoice(s, b)
	}
	if s := ev.symbolOf(b); isChoice(s) {
		return ev.equalChoice(s, a)
	}
	spelled := func(v cty.Value) bool { return !symbolic(v) && v.IsWhollyKnown() }
	switch {
	case !a.IsKnown() || !b.IsKnown():
		return unknownBool
	case isEmpty(a) && ev.mayBeEmpty(b):
		return ev.equalEmpty(a, b)
	case isEmpty(b) && ev.mayBeEmpty(a):
		return ev.equalEmpty(b, a)
	case a.IsNull() || b.IsNull():
		return cty.BoolVal(a.IsNull() && b.IsNull())
	case spelled(a) && spelled(b):
		return a.Equals(b)
	case a.Type() != cty.String || b.Type() != cty.String:
		return unknownBool
	}
	if same := ev.equalTexts(ev.decode(a), ev.decode(b)); same.IsKnown() {
		return same
	}
	if v, err, ok := ev.onShapes(stdlib.EqualFunc, []cty.Value{a, b}, nil); ok && err == nil {
		return v
	}
	return unknownBool
}

// equalTexts is equal of two texts, as far as their parts tell.
func (ev *evaluator) equalTexts(x, y policy.Text) cty.Value {
	switch {
	case x.Equal(y):
		return cty.True
	case hasSpread(x) || hasSpread(y):
		return unknownBool
	case x.IsEmpty() && madeOfSymbols(y), y.IsEmpty() && madeOfSymbols(x):
		return unknownBool
	case x.IsEmpty() || y.IsEmpty(), x.Differs(y), cannotBe(x, y), cannotBe(y, x):
		return cty.False
	}
	return unknownBool
}

// hasSpread reports whether a symbol in a text stands for zero or more: what an
// encoder writes around it is then not certain either.
func hasSpread(t policy.Text) bool {
	return slices.ContainsFunc(t.Symbols(), func(s *policy.Symbol) bool { return s.Kind == policy.SymbolSpread })
}

// madeOfSymbols reports whether all that is in a text are symbols that may be
// empty.
func madeOfSymbols(t policy.Text) bool {
	return !slices.ContainsFunc(t.Parts(), func(p policy.Part) bool { return p.Symbol == nil || !isEmptiable(p.Symbol) })
}

// cannotBe reports whether a text is a symbol that cannot stand for the other
// text, which is known.
func cannotBe(x, known policy.Text) bool {
	text, ok := known.Known()
	if s := x.Symbol(); s != nil && ok {
		shape := shapeOf(s)
		switch {
		case shape == nil:
		case shape.all != nil:
			return !slices.Contains(shape.all, text)
		default:
			return !shape.is(text)
		}
	}
	return false
}

// equalEmpty is equal where one side is null or "", and the other is a symbol
// that may be: it is not the text "" if it is not text.
func (ev *evaluator) equalEmpty(empty, v cty.Value) cty.Value {
	s := ev.symbolOf(v)
	if ty, ok := ev.types[s]; ok && ty != cty.String && !isNull(empty) || isNull(empty) && s != nil && s.NotNull {
		return cty.False
	}
	return unknownBool
}

// equalChoice is equal where one side is one of several: all must agree.
func (ev *evaluator) equalChoice(s *policy.Symbol, other cty.Value) cty.Value {
	if !other.IsKnown() {
		return unknownBool
	}
	if t := ev.symbolOf(other); t == s {
		return cty.True
	}
	var answers []cty.Value
	if s.Nullable {
		answers = append(answers, ev.equal(cty.NullVal(cty.String), other))
	}
	for _, alternative := range s.Alternatives {
		answers = append(answers, ev.equal(cty.StringVal(ev.symbols.Encode(alternative)), other))
	}
	if len(answers) == 0 {
		return unknownBool
	}
	for _, answer := range answers {
		if !answer.IsKnown() || !answer.RawEquals(answers[0]) {
			return unknownBool
		}
	}
	return answers[0]
}

// mayBeAbsent reports whether a value is a symbol of which it is not certain
// that there is such an attribute: one that may be empty, but for a variable,
// which is there whatever its value.
func (ev *evaluator) mayBeAbsent(v cty.Value) bool {
	s := ev.symbolOf(v)
	return ev.mayBeEmpty(v) && (s == nil || s.Kind != policy.SymbolVariable)
}
