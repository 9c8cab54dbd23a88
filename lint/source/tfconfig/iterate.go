package tfconfig

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/policy"
)

// forExpr evaluates a for expression. A spread element of the collection
// gives an element that is a spread again.
func (e *env) forExpr(x *hclsyntax.ForExpr) cty.Value {
	r := forResult{grouped: map[string][]cty.Value{}, object: map[string]cty.Value{}}
	source := e.refer(x.CollExpr)
	set := false
	r.marks = append(r.marks, groupMarks(source))
	if v, ok := source.(cty.Value); ok {
		u, marks := v.Unmark()
		r.marks = append(r.marks, marks)
		if isNull(u) {
			return e.fail(x.CollExpr.Range(), "null has no elements to iterate over")
		}
		set = u.Type().IsSetType()
	}
	n := 0
	known := e.each(source, x.CollExpr, func(k cty.Value, v place) bool {
		if !e.burn(1, x.Range) {
			_, marks := e.starve(cty.Bool).Unmark()
			r.hidden, r.marks = true, append(r.marks, marks)
			return false
		}
		if set { // the key of a set's element is the element
			k, _ = v.(cty.Value)
		}
		r.many = e.many(k, v)
		e.with("for", n, loopVariables(x, k, v)...).forItem(x, &r)
		n++
		return true
	})
	if n == 0 && x.CondExpr != nil { // what is wrong with the condition is so without elements
		e.with("for", n, loopVariables(x, cty.DynamicVal, cty.DynamicVal)...).loopCondition(x)
	}
	if !known || r.hidden {
		return cty.DynamicVal.WithMarks(r.marks...)
	}
	if x.KeyExpr == nil {
		return cty.TupleVal(r.tuple).WithMarks(r.marks...)
	}
	for k, list := range r.grouped {
		r.object[k] = cty.TupleVal(list)
	}
	return cty.ObjectVal(r.object).WithMarks(r.marks...)
}

// groupMarks are the marks of the count or for_each of a group of instances.
func groupMarks(p place) cty.ValueMarks {
	switch p := p.(type) {
	case *instances:
		return p.marks
	case *moduleInstances:
		return p.marks
	}
	return nil
}

// many reports whether an element of a collection stands for zero or more.
func (e *env) many(k cty.Value, v place) bool {
	cv, ok := v.(cty.Value)
	return ok && (e.ev.spread(cv) || cv.HasMark(markMaybe) || e.ev.spread(k))
}

// zeroOrMore is what a loop makes of an element that stands for zero or more:
// it stands for zero or more itself.
func (e *env) zeroOrMore(v cty.Value, at hclsyntax.Expression) cty.Value {
	u, marks := v.Unmark()
	switch {
	case isDefinite(u) && !u.Type().IsPrimitiveType():
		return v.Mark(markMaybe)
	case e.ev.spread(u):
		return v
	}
	return e.ev.spreadOf(e.unknownAt(at.Range(), "", marks), "").WithMarks(marks)
}

func loopVariables(x *hclsyntax.ForExpr, k cty.Value, v place) []binding {
	if x.KeyVar == "" {
		return []binding{{x.ValVar, v}}
	}
	return []binding{{x.ValVar, v}, {x.KeyVar, k}}
}

type forResult struct {
	tuple   []cty.Value
	object  map[string]cty.Value
	grouped map[string][]cty.Value
	marks   []cty.ValueMarks
	// many is set while the element stands for zero or more.
	many bool
	// hidden is set where it is not known which elements there are.
	hidden bool
}

// loopCondition is the condition of a loop; false where it is null.
func (e *env) loopCondition(x *hclsyntax.ForExpr) cty.Value {
	c := e.convert(e.eval(x.CondExpr), cty.Bool, x.CondExpr)
	if isNull(c) {
		e.fail(x.CondExpr.Range(), "a condition must not be null")
		return cty.False
	}
	return c
}

// forItem evaluates one iteration; e has its variables.
func (e *env) forItem(x *hclsyntax.ForExpr, r *forResult) {
	if x.CondExpr != nil {
		c, marks := e.loopCondition(x).Unmark()
		r.marks = append(r.marks, withoutMaybe([]cty.ValueMarks{marks})...)
		switch {
		case !c.IsKnown():
			r.hidden = true
			return
		case c.False():
			return
		}
	}
	if x.KeyExpr == nil {
		v := e.eval(x.ValExpr)
		if r.many {
			v = e.zeroOrMore(v, x.ValExpr)
		}
		r.tuple = append(r.tuple, v)
		return
	}
	k, marks := e.convert(e.eval(x.KeyExpr), cty.String, x.KeyExpr).Unmark()
	r.marks = append(r.marks, withoutMaybe([]cty.ValueMarks{marks})...)
	switch {
	case isNull(k):
		e.fail(x.KeyExpr.Range(), "a key must not be null")
		return
	case !k.IsKnown():
		r.hidden = true
		return
	}
	if r.many && !policy.ContainsToken(k.AsString()) {
		// It is not known whether there is an element of that key.
		r.hidden = true
		return
	}
	v := e.eval(x.ValExpr)
	if x.Group {
		r.grouped[k.AsString()] = append(r.grouped[k.AsString()], v)
		return
	}
	if _, taken := r.object[k.AsString()]; taken {
		shown := k
		if hasMark(marks, markSensitive) {
			shown = cty.StringVal("(sensitive)")
		}
		e.fail(x.KeyExpr.Range(), "two elements have the key %q", shown.AsString())
	}
	r.object[k.AsString()] = v
}

// splat evaluates x[*].y and x.*.y.
func (e *env) splat(x *hclsyntax.SplatExpr) cty.Value {
	one := func(p place) cty.Value {
		inner := *e
		inner.names = &names{outer: e.names, anonymous: map[any]place{x.Item: p}}
		return inner.eval(x.Each)
	}
	switch p := e.refer(x.Source).(type) {
	case *instance:
		return cty.TupleVal([]cty.Value{one(p)})
	case *moduleInstance:
		return cty.TupleVal([]cty.Value{one(p)})
	case *instances:
		return splatGroup(e, &p.group, p, one)
	case *moduleInstances:
		return splatGroup(e, &p.group, p, one)
	case place:
		return e.splatValue(e.value(p), x, one)
	}
	return cty.DynamicVal
}

func splatGroup[T any](e *env, g *group[T], whole place, one func(place) cty.Value) cty.Value {
	g.touch(e.ev)
	switch {
	case g.expanding:
		return cty.DynamicVal
	case g.cut:
		return e.refuse(cty.DynamicPseudoType, tooManyInstances)
	}
	if g.kind == expandForEach { // a splat takes an object for one element
		return cty.TupleVal([]cty.Value{one(e.value(whole))})
	}
	list := make([]cty.Value, len(g.list))
	for i, x := range g.list {
		list[i] = one(x)
		if !g.exact {
			list[i] = list[i].Mark(markMaybe)
		}
	}
	return cty.TupleVal(list).WithMarks(g.marks)
}

func (e *env) splatValue(v cty.Value, x *hclsyntax.SplatExpr, one func(place) cty.Value) cty.Value {
	v, marks := v.Unmark()
	ty := v.Type()
	sequence := ty.IsListType() || ty.IsSetType() || ty.IsTupleType()
	switch {
	case isNull(v) && sequence:
		return e.fail(x.Source.Range(), "null has no elements")
	case isNull(v):
		return cty.EmptyTupleVal.WithMarks(marks)
	case !v.IsKnown():
		return cty.DynamicVal.WithMarks(marks)
	case !sequence:
		if s := e.ev.opaque(v); s != nil {
			return cty.TupleVal([]cty.Value{one(e.ev.spreadOf(s, "[*]"))}).WithMarks(marks)
		}
		if e.ev.symbolOf(v) != nil {
			return cty.DynamicVal.WithMarks(marks)
		}
		return cty.TupleVal([]cty.Value{one(v)}).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	}
	var list []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		if !e.burn(1, x.Range) {
			return e.starve(cty.DynamicPseudoType)
		}
		_, element := it.Element()
		list = append(list, one(element))
	}
	if len(list) == 0 && ty.IsCollectionType() { // what is wrong is so without elements
		return cty.ListValEmpty(one(cty.UnknownVal(ty.ElementType())).Type()).WithMarks(marks)
	}
	if !ty.IsTupleType() {
		if out, ok := asList(list); ok {
			return out.WithMarks(marks)
		}
	}
	return cty.TupleVal(list).WithMarks(marks)
}

// asList is a list of the elements, where they have one type.
func asList(elements []cty.Value) (cty.Value, bool) {
	if len(elements) == 0 {
		return cty.ListValEmpty(cty.DynamicPseudoType), true
	}
	types := make([]cty.Type, len(elements))
	for i := range elements {
		types[i] = elements[i].Type()
	}
	ty, _ := convert.UnifyUnsafe(types)
	if ty == cty.NilType || ty == cty.DynamicPseudoType {
		return cty.NilVal, false
	}
	out, err := convert.Convert(cty.TupleVal(elements), cty.List(ty))
	return out, err == nil
}
