package tfconfig

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/policy"
)

// The interpreter over the hclsyntax tree. It is not hcl's own because that
// cannot be budgeted, loses a whole jsonencode to one unknown element, and
// evaluates whole collections where one attribute is asked for. An error never
// aborts: it is kept as a problem, and the value is unknown.

// eval evaluates an expression to a value.
func (e *env) eval(x hclsyntax.Expression) cty.Value {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return x.Val
	case *hclsyntax.TemplateExpr:
		if len(x.Parts) == 1 && x.IsStringLiteral() {
			return e.eval(x.Parts[0])
		}
	}
	if !e.charge(1, x.Range) {
		return e.starve(cty.DynamicPseudoType)
	}
	e.ev.depth++
	defer func() { e.ev.depth-- }()
	if e.ev.depth > e.ev.limits.depth {
		return e.refuse(cty.DynamicPseudoType, "it is nested too deeply to be evaluated")
	}
	return e.compute(x)
}

// compute evaluates an expression that takes a step.
func (e *env) compute(x hclsyntax.Expression) cty.Value {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr, *hclsyntax.AnonSymbolExpr:
		return e.value(e.refer(x))
	case *hclsyntax.ParenthesesExpr:
		return e.eval(x.Expression)
	case *hclsyntax.TupleConsExpr:
		elements := make([]cty.Value, len(x.Exprs))
		for i, element := range x.Exprs {
			elements[i] = e.eval(element)
		}
		return cty.TupleVal(elements)
	case *hclsyntax.ObjectConsExpr:
		return e.object(x)
	case *hclsyntax.ObjectConsKeyExpr:
		return e.objectKey(x)
	case *hclsyntax.TemplateWrapExpr:
		return e.eval(x.Wrapped)
	case *hclsyntax.TemplateExpr:
		return e.template(x)
	case *hclsyntax.TemplateJoinExpr:
		return e.templateJoin(x)
	case *hclsyntax.ConditionalExpr:
		return e.conditional(x)
	case *hclsyntax.BinaryOpExpr:
		return e.binary(x)
	case *hclsyntax.UnaryOpExpr:
		return e.unary(x)
	case *hclsyntax.ForExpr:
		return e.forExpr(x)
	case *hclsyntax.SplatExpr:
		return e.splat(x)
	case *hclsyntax.FunctionCallExpr:
		return e.call(x)
	case *hclsyntax.ExprSyntaxError: // reported when the file was parsed
		return cty.DynamicVal
	}
	return e.refuse(cty.DynamicPseudoType, "boundlint does not evaluate this kind of expression")
}

func (e *env) object(x *hclsyntax.ObjectConsExpr) cty.Value {
	attributes := make(map[string]cty.Value, len(x.Items))
	var marks []cty.ValueMarks
	hidden := false
	for _, item := range x.Items {
		key, keyMarks := e.objectKey(item.KeyExpr).Unmark()
		v := e.eval(item.ValueExpr)
		switch {
		case !key.IsKnown():
			hidden, marks = true, append(marks, keyMarks)
		case key.IsNull():
			e.fail(item.KeyExpr.Range(), "an object key must not be null")
		default:
			if policy.ContainsToken(key.AsString()) {
				e.putBeside(attributes, nil, key.AsString(), v, item.KeyExpr.Range())
			} else {
				attributes[key.AsString()] = v
			}
			if len(keyMarks) > 0 {
				marks = append(marks, keyMarks)
			}
		}
	}
	if hidden {
		return cty.DynamicVal.WithMarks(marks...)
	}
	return cty.ObjectVal(attributes).WithMarks(marks...)
}

// objectKey evaluates the key of an item: a bare name is itself.
func (e *env) objectKey(x hclsyntax.Expression) cty.Value {
	if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		if !k.ForceNonLiteral {
			if name := hcl.ExprAsKeyword(k.Wrapped); name != "" {
				return cty.StringVal(name)
			}
		}
		x = k.Wrapped
	}
	v := e.eval(x)
	if e.mayBeNull(v) || e.isOfAnyType(v) {
		e.doubtful()
	}
	v = e.convert(v, cty.String, x)
	if u, marks := v.Unmark(); !u.IsKnown() {
		return cty.StringVal(e.ev.symbols.Token(e.unknownAt(x.Range(), "", marks))).WithMarks(marks)
	}
	return v
}

// convert converts a value to a type. A symbol in the place of something that
// is no string becomes an unknown value of the type instead of an error.
func (e *env) convert(v cty.Value, ty cty.Type, at hcl.Expression) cty.Value {
	if ty == cty.DynamicPseudoType || v.Type().Equals(ty) {
		return v
	}
	v, refusal := uniform(e.settle(e.spellOut(v, ty), ty), ty)
	if refusal != nil {
		return e.refuse(ty.WithoutOptionalAttributesDeep(), "boundlint does not convert it: %s", refusal)
	}
	out, err := convert.Convert(v, ty)
	if err == nil {
		if !v.IsWhollyKnown() && convert.GetConversion(v.Type(), ty) == nil {
			e.doubtful() // not every value of the type converts
		}
		return out
	}
	if symbolic(v) || hasOptional(v) {
		_, marks := unmarkDeep(v)
		e.doubtful()
		if out, err = convert.Convert(e.soften(v, ty), ty); err == nil {
			return out
		}
		return cty.UnknownVal(ty.WithoutOptionalAttributesDeep()).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	}
	e.fail(at.Range(), "%s", err)
	return cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
}

// soften replaces the symbols in v that stand where ty wants no string.
func (e *env) soften(v cty.Value, ty cty.Type) cty.Value {
	v, marks := v.Unmark()
	return e.softenUnmarked(v, ty).WithMarks(marks)
}

func (e *env) softenUnmarked(v cty.Value, ty cty.Type) cty.Value {
	if !isDefinite(v) {
		return v
	}
	if v.Type() == cty.String {
		if !policy.ContainsToken(v.AsString()) || ty == cty.String || ty == cty.DynamicPseudoType {
			return v
		}
		if s := e.ev.opaque(v); s != nil {
			return e.ev.invent(*s, ty.WithoutOptionalAttributesDeep(), nil)
		}
		return cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
	}
	if !v.CanIterateElements() {
		return v
	}
	if v.Type().IsObjectType() || v.Type().IsMapType() {
		attributes := map[string]cty.Value{}
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			attributes[k.AsString()] = e.soften(x, elementType(ty, k))
		}
		return cty.ObjectVal(attributes)
	}
	var elements []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if k.Type() != cty.Number { // the key of a set's element is the element
			k = cty.NumberIntVal(int64(len(elements)))
		}
		elements = append(elements, e.soften(x, elementType(ty, k)))
	}
	return cty.TupleVal(elements)
}

// elementType is the type that a value of type ty wants at a key.
func elementType(ty cty.Type, key cty.Value) cty.Type {
	switch {
	case ty.IsCollectionType():
		return ty.ElementType()
	case ty.IsObjectType() && key.Type() == cty.String && ty.HasAttribute(key.AsString()):
		return ty.AttributeType(key.AsString())
	case ty.IsTupleType() && key.Type() == cty.Number:
		if i, ok := wholeNumber(key); ok && i >= 0 && i < ty.Length() {
			return ty.TupleElementType(i)
		}
	}
	return cty.DynamicPseudoType
}

// unify is the type that both types convert to, any type where there is none
// or where one may be any.
func unify(a, b cty.Type) cty.Type {
	if a == cty.DynamicPseudoType || b == cty.DynamicPseudoType {
		return cty.DynamicPseudoType
	}
	if ty, _ := convert.UnifyUnsafe([]cty.Type{a, b}); ty != cty.NilType {
		return ty
	}
	return cty.DynamicPseudoType
}

// wholeNumber is the value of a known whole number that fits.
func wholeNumber(v cty.Value) (int, bool) {
	v, _ = v.Unmark()
	if v.Type() != cty.Number || !isDefinite(v) {
		return 0, false
	}
	f := v.AsBigFloat()
	if !f.IsInt() || f.MantExp(nil) > 62 {
		return 0, false
	}
	i, _ := f.Int64()
	return int(i), true
}

// template joins the parts of a template; what is unknown in it becomes a
// symbol.
func (e *env) template(x *hclsyntax.TemplateExpr) cty.Value {
	var b strings.Builder
	var marks []cty.ValueMarks
	for _, part := range x.Parts {
		text, m := e.interpolate(e.eval(part), part)
		if len(m) > 0 {
			marks = append(marks, m)
		}
		b.WriteString(text)
		if b.Len() > e.ev.limits.text {
			break
		}
	}
	return e.bounded(b.String(), x).WithMarks(withoutMaybe(marks)...)
}

// withoutMaybe drops the marks of values that may be absent: what is made from
// them is there.
func withoutMaybe(all []cty.ValueMarks) []cty.ValueMarks {
	var kept []cty.ValueMarks
	for _, marks := range all {
		rest := cty.ValueMarks{}
		for m := range marks {
			if _, ok := m.(optional); !ok && m != markMaybe {
				rest[m] = struct{}{}
			}
		}
		if len(rest) > 0 {
			kept = append(kept, rest)
		}
	}
	return kept
}

// bounded is a string, unknown where it is too long.
func (e *env) bounded(s string, at hcl.Expression) cty.Value {
	if len(s) > e.ev.limits.text {
		return e.refuse(cty.String, "a string is longer than %d bytes", e.ev.limits.text)
	}
	symbols := policy.CountTokens(s)
	if symbols > maxSymbols {
		return e.refuse(cty.String, "a string with more than %d values that are not known", maxSymbols)
	}
	if !e.charge(len(s)/bytesPerStep+symbols, at.Range) {
		return e.starve(cty.String)
	}
	return cty.StringVal(s)
}

func (e *env) templateJoin(x *hclsyntax.TemplateJoinExpr) cty.Value {
	v, marks := e.eval(x.Tuple).Unmark()
	if !isDefinite(v) || !v.CanIterateElements() {
		return cty.UnknownVal(cty.String).WithMarks(marks)
	}
	all := []cty.ValueMarks{marks}
	var b strings.Builder
	for it := v.ElementIterator(); it.Next() && b.Len() <= e.ev.limits.text; {
		_, element := it.Element()
		uncertain := isOptional(element) || e.ev.isSpread(element)
		_, m := element.Unmark()
		all = append(all, m)
		if uncertain {
			// Zero or more rounds of a loop.
			b.WriteString(e.ev.symbols.Token(e.unknownAt(x.Range(), "", marks, m)))
			continue
		}
		text, m := e.interpolate(element, x)
		all = append(all, m)
		b.WriteString(text)
	}
	return e.bounded(b.String(), x).WithMarks(withoutMaybe(all)...)
}

// interpolate is the text of one interpolation, with its marks.
func (e *env) interpolate(v cty.Value, at hcl.Expression) (string, cty.ValueMarks) {
	if e.mayBeNull(v) || e.isOfAnyType(v) {
		e.doubtful() // null cannot stand in a string, nor can a list
	}
	v, marks := unmarkDeep(v)
	switch {
	case isNull(v):
		e.fail(at.Range(), "null cannot stand in a string")
		return "", marks
	case isText(v):
		return v.AsString(), marks
	case isDefinite(v) && !v.Type().IsPrimitiveType():
		e.fail(at.Range(), "%s cannot stand in a string", v.Type().FriendlyNameForConstraint())
	case isDefinite(v) && !printable(v):
		v, marks = e.refuse(cty.String, "%s", errNumber).WithMarks(marks).Unmark()
	}
	if n, ok := integerText(v); ok {
		return n, marks
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil || !s.IsKnown() {
		if !v.IsKnown() && v.Type() == cty.DynamicPseudoType {
			e.doubtful() // it may be a list
		}
		return e.ev.symbols.Token(e.unknownAt(at.Range(), "", marks)), marks
	}
	return s.AsString(), marks
}

// integerText is the text of a number that the machine has as an integer, which
// is much quicker to write than any other; false for everything else.
func integerText(v cty.Value) (string, bool) {
	n, ok := wholeNumber(v)
	if !ok || n == 0 && v.AsBigFloat().Signbit() {
		return "", false
	}
	return strconv.Itoa(n), true
}

// printable reports whether a number can be written out: 1e999999999 would
// take a gigabyte.
func printable(v cty.Value) bool {
	if v.Type() != cty.Number {
		return true
	}
	exponent := v.AsBigFloat().MantExp(nil)
	return exponent < 4096 && exponent > -4096
}

func (e *env) unary(x *hclsyntax.UnaryOpExpr) cty.Value {
	params := x.Op.Impl.Params() // Op.Type is the type of the result
	if len(params) != 1 {
		return cty.DynamicVal
	}
	v := e.convert(e.eval(x.Val), params[0].Type, x.Val)
	if e.mayBeNull(v) {
		e.doubtful()
	}
	r, err := x.Op.Impl.Call([]cty.Value{v})
	if err != nil {
		e.fail(x.Range(), "%s", err)
		return cty.UnknownVal(x.Op.Type)
	}
	return notNull(r)
}

func (e *env) binary(x *hclsyntax.BinaryOpExpr) cty.Value {
	l, r := e.eval(x.LHS), e.eval(x.RHS)
	if !e.goOver(x.Range, l, r) {
		return e.starve(x.Op.Type)
	}
	if x.Op == hclsyntax.OpEqual || x.Op == hclsyntax.OpNotEqual {
		if v, ok := e.equality(l, r, x.Range()); ok {
			if x.Op == hclsyntax.OpNotEqual {
				v = v.Not()
			}
			return v
		}
	}
	params := x.Op.Impl.Params()
	if len(params) != 2 {
		return cty.DynamicVal
	}
	l, r = e.convert(l, params[0].Type, x.LHS), e.convert(r, params[1].Type, x.RHS)
	if x.Op != hclsyntax.OpEqual && x.Op != hclsyntax.OpNotEqual && (e.mayBeNull(l) || e.mayBeNull(r)) {
		e.doubtful()
	}
	if x.Op == hclsyntax.OpLogicalAnd || x.Op == hclsyntax.OpLogicalOr {
		if v, ok := e.logical(x, l, r); ok {
			return v
		}
	}
	v, err := x.Op.Impl.Call([]cty.Value{l, r})
	if err != nil {
		if l.IsKnown() && r.IsKnown() {
			e.fail(x.Range(), "%s", err)
		}
		e.doubtful()
		return cty.UnknownVal(x.Op.Type).WithMarks(withoutMaybe(marksOf([]cty.Value{l, r}))...)
	}
	return notNull(short(v))
}

// short is a whole number in as few bits as it needs: arithmetic gives numbers
// of 512 bits, which take a hundred times as long to be written out.
func short(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	if u.Type() != cty.Number || !isDefinite(u) {
		return v
	}
	if n, accuracy := u.AsBigFloat().Int64(); accuracy == big.Exact {
		return cty.NumberIntVal(n).WithMarks(marks)
	}
	return v
}

// logical is && or || where one side decides, or each alternative of a variable
// does; ok is false where cty can answer itself.
func (e *env) logical(x *hclsyntax.BinaryOpExpr, l, r cty.Value) (v cty.Value, ok bool) {
	decisive := cty.BoolVal(x.Op == hclsyntax.OpLogicalOr)
	for _, v := range []cty.Value{l, r} {
		if u, marks := v.Unmark(); isDefinite(u) && u.RawEquals(decisive) {
			if isNull(l) || isNull(r) {
				e.doubtful() // it depends on the version of Terraform
			}
			return decisive.WithMarks(marks), true
		}
	}
	if l.IsKnown() || r.IsKnown() {
		return cty.NilVal, false
	}
	return e.eachAlternative(x, func(e *env) cty.Value { return e.binary(x) })
}

// equality answers where symbols, or values that may be absent, are compared;
// ok is false where cty can answer itself.
func (e *env) equality(l, r cty.Value, at hcl.Range) (v cty.Value, ok bool) {
	maybe := l.HasMark(markMaybe) || r.HasMark(markMaybe) ||
		(hasOptional(l) || hasOptional(r)) && !isNull(l) && !isNull(r)
	l, lMarks := unmarkDeep(l)
	r, rMarks := unmarkDeep(r)
	marks := withoutMaybe([]cty.ValueMarks{lMarks, rMarks})
	switch {
	case maybe:
		return unknownBool.WithMarks(marks...), true
	case symbolic(l) || symbolic(r):
		v, ok = e.eachWorld([]cty.Value{l, r}, true, at, func(e *env, sides []cty.Value) cty.Value { return e.ev.equal(sides[0], sides[1]) })
		if !ok {
			v = e.ev.equal(l, r)
		}
		return v.WithMarks(marks...), true
	}
	return cty.NilVal, false
}

// comparedWithNull is x in x == null and x != null, and which of both it is.
func comparedWithNull(c hclsyntax.Expression) (x hclsyntax.Expression, equal bool) {
	op, ok := unwrap(c).(*hclsyntax.BinaryOpExpr)
	if !ok || op.Op != hclsyntax.OpEqual && op.Op != hclsyntax.OpNotEqual {
		return nil, false
	}
	for _, pair := range [][2]hclsyntax.Expression{{op.LHS, op.RHS}, {op.RHS, op.LHS}} {
		if l, ok := unwrap(pair[1]).(*hclsyntax.LiteralValueExpr); ok && isNull(l.Val) {
			return pair[0], op.Op == hclsyntax.OpEqual
		}
	}
	return nil, false
}

// sameSource reports whether two expressions are written alike.
func (e *env) sameSource(a, b hclsyntax.Expression) bool {
	return e.ev.text(unwrap(a).Range()) == e.ev.text(unwrap(b).Range())
}

// besideRefused is the branch of a conditional that is taken where boundlint
// does not know the other, nor of what type it is: it may convert what is
// taken, or not fit it.
func (e *env) besideRefused(v, other cty.Value) cty.Value {
	e.doubtful()
	a, b := v.Type(), other.Type()
	_, marks := unmarkDeep(other)
	switch {
	case a == cty.DynamicPseudoType:
		return v.WithMarks(marks)
	case a.Equals(b):
		return v
	case onlyText(v):
		both, _ := convert.UnifyUnsafe([]cty.Type{a, b})
		if both == cty.NilType || b.HasDynamicTypes() {
			return v
		}
		if converted, err := convert.Convert(v, both); err == nil {
			return converted
		}
	}
	_, own := unmarkDeep(v) // 1, or "1"
	return cty.DynamicVal.WithMarks(own, marks)
}

// onlyText reports whether no part of a value can be converted to another:
// all are strings, or null.
func onlyText(v cty.Value) bool {
	v, _ = unmarkDeep(v)
	only := true
	_ = cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		if x.Type().IsPrimitiveType() && x.Type() != cty.String && !isNull(x) {
			only = false
		}
		return only, nil
	})
	return only
}

// undecided is a conditional whose condition, with the given marks, is not
// known.
func (e *env) undecided(x *hclsyntax.ConditionalExpr, marks cty.ValueMarks) cty.Value {
	if v, ok := e.eachAlternative(x.Condition, func(e *env) cty.Value { return e.conditional(x) }); ok {
		return v.WithMarks(marks)
	}
	var dropped []problem
	doubt := false
	quiet := e.quiet(&dropped, &doubt)
	a, b := quiet.eval(x.TrueResult), quiet.eval(x.FalseResult)
	if !e.goOver(x.Range, a, b) {
		return e.starve(cty.DynamicPseudoType)
	}
	if doubt || len(dropped) > 0 { // the branch that is taken may fail
		e.doubtful()
	}
	// A value that is compared with null is not null where it is taken.
	if compared, equal := comparedWithNull(x.Condition); compared != nil {
		if !equal && e.sameSource(compared, x.TrueResult) {
			a, _ = e.present(a)
		}
		if equal && e.sameSource(compared, x.FalseResult) {
			b, _ = e.present(b)
		}
	}
	a, b = asMaps(a, b)
	return e.choice(a, b, x.Condition.Range(), "", marks)
}

// asMaps are two objects with other attributes as the maps that a conditional
// makes of them (Terraform, conditional expressions). Any other values it leaves
// as they are.
func asMaps(a, b cty.Value) (x, y cty.Value) {
	ty := unify(a.Type(), b.Type())
	if !ty.IsMapType() || !ty.ElementType().IsPrimitiveType() || !a.Type().IsObjectType() || !b.Type().IsObjectType() {
		return a, b
	}
	return convertQuietly(a, ty), convertQuietly(b, ty)
}

// conditional evaluates the branch that is taken, and the other for its type
// alone.
func (e *env) conditional(x *hclsyntax.ConditionalExpr) cty.Value {
	decides := e.convert(e.eval(x.Condition), cty.Bool, x.Condition)
	if e.mayBeNull(decides) {
		e.doubtful()
	}
	condition, marks := notNull(decides).Unmark()
	var dropped []problem
	doubt := false
	quiet := e.quiet(&dropped, &doubt)
	if condition.IsNull() {
		e.fail(x.Condition.Range(), "a condition must not be null")
		return cty.UnknownVal(unify(quiet.eval(x.TrueResult).Type(), quiet.eval(x.FalseResult).Type()))
	}
	if !condition.IsKnown() {
		return e.undecided(x, marks)
	}
	taken, other := x.TrueResult, x.FalseResult
	if condition.False() {
		taken, other = other, taken
	}
	v := e.eval(taken)
	before := e.ev.refused
	rest := quiet.eval(other)
	if !e.goOver(x.Range, v, rest) {
		return e.starve(cty.DynamicPseudoType)
	}
	if e.ev.refused > before || isRefused(rest) {
		return e.besideRefused(v, rest).WithMarks(marks)
	}
	return e.asBranch(v, rest, doubt, len(dropped) > 0, x.Range()).WithMarks(marks)
}

// asBranch is the value of a branch that is taken, in the type that both have;
// doubt and fails tell that the evaluation of the other may fail, or does.
func (e *env) asBranch(v, rest cty.Value, doubt, fails bool, rng hcl.Range) cty.Value {
	ty := rest.Type()
	switch {
	case v.Type() == cty.String && (ty.IsPrimitiveType() || e.ev.opaque(v) != nil): // a string it stays
	case v.Type() == cty.DynamicPseudoType && isNull(v) && ty != cty.DynamicPseudoType:
		u, m := v.Unmark()
		if converted, err := convert.Convert(u, ty); err == nil {
			return converted.WithMarks(m)
		}
	case v.Type() == cty.DynamicPseudoType, ty == cty.DynamicPseudoType, v.Type().Equals(ty):
		if doubt {
			e.doubtful()
		}
	default:
		both, _ := convert.UnifyUnsafe([]cty.Type{v.Type(), ty})
		switch {
		case both != cty.NilType:
			if converted, err := convertValue(e.settle(v, both), both); err == nil {
				v = converted
			}
		case doubt || fails || symbolic(v) || symbolic(rest) || hasOptional(v) || hasOptional(rest) || !rest.IsWhollyKnown():
			e.doubtful() // their types are not certain
		default:
			return e.fail(rng, "the two results of a conditional must have one type, not %s and %s",
				v.Type().FriendlyNameForConstraint(), ty.FriendlyNameForConstraint())
		}
	}
	return v
}
