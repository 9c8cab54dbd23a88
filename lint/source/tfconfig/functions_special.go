package tfconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

var specialFunctions = map[string]special{
	"coalesce":        coalesce,
	"contains":        contains,
	"ephemeralasnull": ephemeralAsNull,
	"issensitive": func(_ *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		return cty.BoolVal(args[0].HasMark(markSensitive)), nil
	},
	"jsonencode":   encode(stdlib.JSONEncodeFunc),
	"length":       length,
	"lookup":       lookup,
	"list":         removed("[...]"),
	"map":          removed("{...}"),
	"nonsensitive": nonsensitive,
	"sensitive": func(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		e.ev.hideTexts(args[0])
		return args[0].Mark(markSensitive), nil
	},
	"tobool":     conversion(cty.Bool),
	"tolist":     conversion(cty.List(cty.DynamicPseudoType)),
	"tomap":      conversion(cty.Map(cty.DynamicPseudoType)),
	"tonumber":   conversion(cty.Number),
	"toset":      conversion(cty.Set(cty.DynamicPseudoType)),
	"tostring":   conversion(cty.String),
	"yamlencode": encode(ctyyaml.YAMLEncodeFunc),
}

// removed are functions of Terraform before 0.15 that are left as stubs.
func removed(instead string) special {
	return func(*env, []cty.Value, *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		return cty.NilVal, errors.New("the function is no more: write " + instead)
	}
}

// writable refuses numbers that would fill the memory when written out, and
// values whose strings together are too long.
func (l *limits) writable(v cty.Value) error {
	total := 0
	return cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		x, _ = x.Unmark()
		switch {
		case !isDefinite(x):
		case x.Type() == cty.Number && !printable(x):
			return false, errNumber
		case x.Type() == cty.String:
			if total += len(x.AsString()); total > l.text {
				return false, refused("the result is longer than %d bytes", l.text)
			}
		}
		return true, nil
	})
}

// pin replaces the unknown parts of a value by symbols. Collections that have
// some become tuples and objects, whose elements need not be of one type.
func (e *env) pin(v cty.Value, rng hcl.Range, detail string) cty.Value {
	if v.IsWhollyKnown() {
		return v
	}
	u, marks := v.Unmark()
	switch ty := u.Type(); {
	case !u.IsKnown():
		return cty.StringVal(e.ev.symbols.Token(e.unknownAt(rng, detail, marks))).WithMarks(marks)
	case ty.IsObjectType() || ty.IsMapType():
		attributes := map[string]cty.Value{}
		for it := u.ElementIterator(); it.Next(); {
			k, x := it.Element()
			attributes[k.AsString()] = e.pin(x, rng, detail+keySuffix(ty, k.AsString()))
		}
		return cty.ObjectVal(attributes).WithMarks(marks)
	}
	var elements []cty.Value
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		elements = append(elements, e.pin(x, rng, fmt.Sprintf("%s[%d]", detail, len(elements))))
	}
	return cty.TupleVal(elements).WithMarks(marks)
}

// keySuffix is a step to an attribute of an object or an element of a map.
func keySuffix(ty cty.Type, key string) string {
	if ty.IsObjectType() {
		return "." + key
	}
	return resource.QuoteKey(key)
}

// length is between what is certain to exist and what may exist.
func length(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	if len(args) != 1 {
		return cty.NilVal, errors.New("one argument is needed")
	}
	unknown := cty.UnknownVal(cty.Number).RefineNotNull()
	v := args[0]
	switch ty := v.Type(); {
	case v.IsKnown() && v.IsNull():
		return cty.NilVal, errors.New("argument must not be null")
	case ty.IsTupleType() && !v.IsKnown():
		return cty.NumberIntVal(int64(ty.Length())), nil
	case ty.IsObjectType() && !v.IsKnown():
		return cty.NumberIntVal(int64(len(ty.AttributeTypes()))), nil
	case !v.IsKnown():
		return unknown, nil
	case ty == cty.String:
		if e.ev.maybeStatements[v.AsString()] != nil {
			return unknown, nil
		}
		if policy.ContainsToken(v.AsString()) {
			if n, err, ok := e.ev.onShapes(stdlib.StrlenFunc, args, nil); ok && err == nil {
				return n, nil
			}
			return unknown, nil
		}
		return stdlib.Strlen(v)
	case isCollection(v):
		least, most, bounded := e.count(v)
		if !bounded {
			return between(cty.NumberIntVal(int64(least)), true, cty.DynamicVal, true), nil
		}
		return between(cty.NumberIntVal(int64(least)), true, cty.NumberIntVal(int64(most)), true), nil
	}
	return cty.NilVal, errors.New("argument must be a string, a collection type, or a structural type")
}

// coalesce is Terraform's, which passes over empty strings too. What may be
// null gives way to what follows.
func coalesce(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	types, untyped := make([]cty.Type, len(args)), false
	for i := range args {
		types[i] = args[i].Type()
		untyped = untyped || !args[i].IsKnown() && types[i] == cty.DynamicPseudoType
	}
	ty, err := unifyAll(types)
	if err != nil {
		return cty.NilVal, err
	}
	if ty == cty.NilType {
		return cty.NilVal, errors.New("all arguments must have the same type")
	}
	for i, arg := range args {
		v, err := convert.Convert(arg, ty)
		if err != nil {
			return cty.NilVal, err
		}
		plain, _ := v.Unmark()
		if !plain.IsKnown() {
			return cty.UnknownVal(ty), nil
		}
		if isNull(plain) || isText(plain) && plain.AsString() == "" {
			continue
		}
		if filled, may := e.filled(v); may && i < len(args)-1 {
			var dropped []problem
			rest, err := coalesce(e.quiet(&dropped, nil), args[i+1:], at)
			if err != nil { // nothing follows: it must be there
				return filled, nil //nolint:nilerr // the error is of a case that is not certain
			}
			return e.choice(filled, rest, at.Range(), ""), nil
		}
		if untyped && !onlyText(v) { // 1, or "1"
			return cty.DynamicVal, nil
		}
		return v, nil
	}
	return cty.NilVal, errors.New("no argument is neither null nor an empty string")
}

// present is a value that may be null where it is not; nullable is false for a
// value that cannot be.
func (e *env) present(v cty.Value) (out cty.Value, nullable bool) {
	u, marks := v.Unmark()
	rest := withoutMaybe([]cty.ValueMarks{marks})
	s := e.ev.symbolOf(u)
	if isChoice(s) {
		return e.chosen(s, s.Alternatives).WithMarks(rest...), s.Nullable || hasMark(marks, markMaybe)
	}
	return u.WithMarks(rest...), hasMark(marks, markMaybe) || e.ev.mayBeEmpty(u) && (s == nil || !s.NotNull)
}

// filled is a value that may be null, or an empty string, where it is neither;
// may is false for a value that cannot be.
func (e *env) filled(v cty.Value) (out cty.Value, may bool) {
	u, marks := v.Unmark()
	s := e.ev.symbolOf(u)
	if !isChoice(s) {
		out, may = e.present(v)
		return out, may || e.ev.mayBeEmpty(u)
	}
	rest := withoutMaybe([]cty.ValueMarks{marks})
	set := slices.DeleteFunc(slices.Clone(s.Alternatives), policy.Text.IsEmpty)
	return e.chosen(s, set).WithMarks(rest...), s.Nullable || len(set) < len(s.Alternatives) || hasMark(marks, markMaybe)
}

// chosen is a choice of which only some alternatives are left.
func (e *env) chosen(s *policy.Symbol, left []policy.Text) cty.Value {
	switch {
	case len(left) == 0, !s.Nullable && len(left) == len(s.Alternatives):
		return e.ev.symbol(*s)
	case len(left) == 1:
		return cty.StringVal(e.ev.symbols.Encode(left[0]))
	}
	set := *s
	set.Nullable, set.Name, set.Scope, set.Alternatives = false, strings.TrimSuffix(s.Name, "|null"), s.Scope+"|present", left
	return e.ev.symbol(set)
}

// contains compares with three outcomes where symbols are about.
func contains(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	if len(args) != 2 {
		return cty.NilVal, errors.New("two arguments are needed")
	}
	list, _ := args[0].Unmark()
	x, marks := args[1].UnmarkDeep()
	plain, listMarks := args[0].UnmarkDeep()
	if isNull(x) {
		e.doubtful() // Terraform refuses it
	}
	vague := hasOptional(args[1])
	if !vague && !hasOptional(list) && !symbolic(list) && !symbolic(x) && plain.IsWhollyKnown() && x.IsWhollyKnown() {
		v, err := stdlib.Contains(plain, x)
		return v.WithMarks(withoutMaybe([]cty.ValueMarks{listMarks, marks})...), err
	}
	if e.ev.symbolOf(list) != nil || !isDefinite(list) {
		return unknownBool, nil
	}
	if !list.CanIterateElements() || isKeyed(list) {
		return cty.NilVal, errors.New("a list, set or tuple is needed")
	}
	if v, err, ok := e.ev.onShapes(stdlib.ContainsFunc, []cty.Value{list, x}, nil); ok && err == nil {
		return v, nil
	}
	return e.anyEqual(list, x, vague), nil
}

// anyEqual reports whether an element of a list is equal to a value; vague
// tells that elements of the value may not exist.
func (e *env) anyEqual(list, x cty.Value, vague bool) cty.Value {
	answer := cty.False
	for it := list.ElementIterator(); it.Next(); {
		_, element := it.Element()
		element, token := e.ev.fromToken(element)
		sure := token == nil && !isOptional(element) && !e.ev.isSpread(element)
		same := unknownBool
		if !vague && !hasOptional(element) {
			element, _ = element.UnmarkDeep()
			same = e.ev.equal(element, x)
		}
		switch {
		case sure && same.IsKnown() && same.True():
			return cty.True
		case !same.IsKnown() || same.True() || e.ev.isSpread(element):
			answer = unknownBool
		}
	}
	return answer
}

// lookup answers for keys that are certain to be there, or not to be.
func lookup(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	if len(args) < 2 || len(args) > 3 {
		return cty.NilVal, errors.New("two or three arguments are needed")
	}
	m := args[0]
	k, err := convertValue(args[1], cty.String)
	if err != nil {
		return cty.NilVal, err
	}
	k, _ = k.Unmark()
	otherwise := func(v cty.Value) cty.Value {
		if len(args) == 3 {
			return e.choice(v, args[2], at.Range(), "")
		}
		return v
	}
	if s := e.ev.symbolOf(m); s != nil {
		if !isDefinite(k) {
			return cty.DynamicVal, nil
		}
		return otherwise(e.into(m, s, resource.QuoteKey(e.ev.decode(k).String()))), nil
	}
	switch {
	case m.IsKnown() && m.IsNull(), k.IsNull():
		return cty.NilVal, errors.New("an argument must not be null")
	case !m.IsKnown() || !k.IsKnown():
		return cty.DynamicVal, nil
	case !m.Type().IsMapType() && !m.Type().IsObjectType():
		return cty.NilVal, errors.New("a map is needed")
	}
	if v, ok := m.AsValueMap()[k.AsString()]; ok {
		if isOptional(v) {
			e.doubtful()
			return otherwise(existing(v)), nil
		}
		return v, nil
	}
	if v, ok := e.hiddenMember(m, k, resource.QuoteKey(e.ev.decode(k).String()), at.Range()); ok {
		return otherwise(v), nil
	}
	if len(args) == 2 {
		return cty.NilVal, fmt.Errorf("there is no element with the key %q", k.AsString())
	}
	v := args[2]
	if m.Type().IsMapType() {
		if converted, err := convert.Convert(v, m.Type().ElementType()); err == nil {
			v = converted
		}
	}
	return v, nil
}

func nonsensitive(e *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	e.ev.releaseTexts(args[0])
	v, err := cty.Transform(args[0], func(_ cty.Path, x cty.Value) (cty.Value, error) {
		u, marks := x.Unmark()
		kept := cty.ValueMarks{}
		for m := range marks {
			if m != markSensitive {
				kept[m] = struct{}{}
			}
		}
		return u.WithMarks(kept), nil
	})
	return v, err
}

// ephemeralAsNull replaces the ephemeral parts of a value by null: what they
// are does not matter, so that null is certain where they are not known.
func ephemeralAsNull(_ *env, args []cty.Value, _ *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	if len(args) != 1 {
		return cty.NilVal, errors.New("one argument is needed")
	}
	return cty.Transform(args[0], func(_ cty.Path, x cty.Value) (cty.Value, error) {
		u, marks := x.Unmark()
		if !hasMark(marks, markEphemeral) {
			return x, nil
		}
		null := cty.NullVal(u.Type())
		if hasMark(marks, markSensitive) {
			null = null.Mark(markSensitive)
		}
		return null, nil
	})
}

func conversion(ty cty.Type) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		if len(args) != 1 {
			return cty.NilVal, errors.New("one argument is needed")
		}
		s := e.ev.opaque(args[0])
		if s != nil {
			e.doubtful() // it may be a value of any type
		}
		if s != nil && ty != cty.String {
			if ty.IsCollectionType() {
				switch {
				case ty.IsListType():
					return e.ev.invent(*s, cty.List(cty.String), nil), nil
				case ty.IsSetType():
					return e.ev.invent(*s, cty.Set(cty.String), nil), nil
				}
			}
			return cty.UnknownVal(ty), nil
		}
		if ty == cty.String && !printableOrOther(args[0]) {
			return cty.NilVal, errNumber
		}
		before := e.problemCount()
		v := e.convert(args[0], ty, argument(at, 0))
		if e.problemCount() > before {
			return cty.DynamicVal, nil
		}
		return v, nil
	}
}

func printableOrOther(v cty.Value) bool { return !isDefinite(v) || printable(v) }

// convertValue converts without a place to report to.
func convertValue(v cty.Value, ty cty.Type) (cty.Value, error) {
	if ty == cty.DynamicPseudoType {
		return v, nil
	}
	v, err := uniform(v, ty)
	if err != nil {
		return cty.NilVal, err
	}
	return convert.Convert(v, ty)
}

// convertCall is convert(value, type): its second argument is not an expression.
func (e *env) convertCall(x *hclsyntax.FunctionCallExpr) cty.Value {
	if len(x.Args) != 2 {
		return e.fail(x.Range(), "convert: two arguments are needed")
	}
	ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(x.Args[1])
	if diags.HasErrors() {
		return e.fail(x.Args[1].Range(), "convert: %s", diags[0].Detail)
	}
	v, marks := e.eval(x.Args[0]).Unmark()
	if !e.charge(cost([]cty.Value{v}), x.Range) {
		return e.starve(cty.DynamicPseudoType)
	}
	if defaults != nil && isDefinite(v) {
		v = applyDefaults(defaults, v)
	}
	return e.convert(v, ty.WithoutOptionalAttributesDeep(), x.Args[0]).WithMarks(marks)
}
