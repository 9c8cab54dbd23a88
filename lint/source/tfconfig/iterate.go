package tfconfig

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

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
		if e.mayBeNull(v) || e.isOfAnyType(v) {
			e.doubtful()
		}
		if x.KeyExpr == nil && e.orderUnknown(u) {
			r.marks = append(r.marks, cty.NewValueMarks(markUnordered))
		}
		if set = u.Type().IsSetType(); set && !e.charge(cost([]cty.Value{u})/2, x.Range) {
			return e.starve(cty.DynamicPseudoType)
		}
	}
	n := 0
	known := e.each(source, x.CollExpr, func(i item) bool {
		if !e.charge(1, x.Range) {
			_, marks := e.starve(cty.Bool).Unmark()
			r.hidden, r.marks = true, append(r.marks, marks)
			return false
		}
		if set { // the key of a set's element is the element
			i.key, _ = i.value.(cty.Value)
		}
		r.may = i.may
		if v, ok := i.value.(cty.Value); ok {
			i.key, i.value = e.ev.single(i.key), e.ev.single(v)
		}
		e.with("for", n, loopVariables(x, i.key, i.value)...).forItem(x, &r)
		n++
		return true
	})
	if n == 0 && x.CondExpr != nil { // what is wrong with the condition is so without elements
		inner := e.with("for", n, loopVariables(x, cty.DynamicVal, cty.DynamicVal)...)
		if c := inner.convert(inner.eval(x.CondExpr), cty.Bool, x.CondExpr); isNull(c) {
			inner.fail(x.CondExpr.Range(), "a condition must not be null")
		}
	}
	if !known || r.hidden {
		return cty.DynamicVal.WithMarks(r.marks...)
	}
	if x.KeyExpr == nil {
		return cty.TupleVal(r.tuple).WithMarks(r.marks...)
	}
	for k, list := range r.grouped {
		r.object[k] = groupOf(list)
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

// groupOf are the elements of one key, of which there is at least one where
// there is the key.
func groupOf(list []cty.Value) cty.Value {
	group := cty.TupleVal(list)
	if slices.ContainsFunc(list, func(v cty.Value) bool { return !isOptional(v) }) {
		return group
	}
	return likewise(group, list[0])
}

// made is what a loop makes of an element that may not exist, or stands for
// zero or more: it is such a one itself.
func (r *forResult) made(e *env, v cty.Value) cty.Value {
	if r.may == nil || e.ev.isSpread(v) {
		return v
	}
	return v.Mark(*r.may)
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
	// may is set while the element may not exist.
	may *optional
	// hidden is set where it is not known which elements there are.
	hidden bool
	// keys are those of the object that are not spelled out; collide is set
	// where one of them may be another key.
	keys    []string
	collide bool
}

// checkKey notes doubt where a new key may turn out to be one that is there.
func (r *forResult) checkKey(e *env, k string) {
	token := policy.ContainsToken(k)
	others := r.keys
	if token {
		r.keys = append(r.keys, k)
	}
	if !r.collide && token {
		others = sortedKeys(r.object)
	}
	if e.ev.steps -= len(others); r.collide {
		return
	}
	text := e.ev.symbols.Text(k)
	if e.ev.steps < 0 || slices.ContainsFunc(others, func(other string) bool { return !e.differ(e.ev.symbols.Text(other), text) }) {
		r.collide = true
		e.doubtful()
	}
}

// where is e where a condition holds: a name of it that is compared with null
// is not null there.
func (e *env) where(condition hclsyntax.Expression) *env {
	if op, ok := unwrap(condition).(*hclsyntax.BinaryOpExpr); ok && op.Op == hclsyntax.OpLogicalAnd {
		return e.where(op.LHS).where(op.RHS)
	}
	compared, equal := comparedWithNull(condition)
	reference, ok := unwrap(compared).(*hclsyntax.ScopeTraversalExpr)
	if compared == nil || equal || !ok || len(reference.Traversal) != 1 {
		return e
	}
	p, ok := e.names.lookup(reference.Traversal.RootName())
	v, isValue := p.(cty.Value)
	if !ok || !isValue {
		return e
	}
	present, nullable := e.present(v)
	if !nullable {
		return e
	}
	inner := *e
	names := *e.names
	names.vars = slices.Clone(names.vars)
	for i, b := range names.vars {
		if b.name == reference.Traversal.RootName() {
			names.vars[i].is = present
		}
	}
	inner.names = &names
	return &inner
}

// body evaluates what a loop makes of an element. Where that may not exist, and
// evaluation fails, Terraform fails only if it does.
func (e *env) body(x hclsyntax.Expression, certain bool) cty.Value {
	if certain {
		return e.eval(x)
	}
	var problems []problem
	v := e.quiet(&problems, e.doubt).eval(x)
	if len(problems) > 0 {
		e.doubtful()
	}
	return v
}

// forItem evaluates one iteration; e has its variables.
func (e *env) forItem(x *hclsyntax.ForExpr, r *forResult) {
	if x.CondExpr != nil {
		if e = e.filtered(x.CondExpr, r); e == nil {
			return
		}
	}
	if x.KeyExpr == nil {
		r.tuple = append(r.tuple, r.made(e, e.body(x.ValExpr, r.may == nil)))
		return
	}
	key := e.convert(e.eval(x.KeyExpr), cty.String, x.KeyExpr)
	if e.mayBeNull(key) {
		e.doubtful()
	}
	k, marks := key.Unmark()
	r.marks = append(r.marks, withoutMaybe([]cty.ValueMarks{marks})...)
	switch {
	case isNull(k):
		e.fail(x.KeyExpr.Range(), "a key must not be null")
		return
	case !k.IsKnown():
		r.hidden = true
		return
	}
	e.addItem(x, r, k, e.body(x.ValExpr, r.may == nil), hasMark(marks, markSensitive))
}

// filtered is e where the condition of a loop holds, nil where it does not.
func (e *env) filtered(condition hclsyntax.Expression, r *forResult) *env {
	var problems []problem
	in := e
	if r.may != nil { // see body
		in = e.quiet(&problems, e.doubt)
	}
	holds := in.convert(in.eval(condition), cty.Bool, condition)
	if in.mayBeNull(holds) {
		in.doubtful()
	}
	c, marks := holds.Unmark()
	if len(problems) > 0 {
		c = unknownBool
		e.doubtful()
	}
	r.marks = append(r.marks, withoutMaybe([]cty.ValueMarks{marks})...)
	switch {
	case isNull(c):
		e.fail(condition.Range(), "a condition must not be null")
		return nil
	case !c.IsKnown():
		if r.may == nil {
			o := e.optionalAt(condition.Range(), false, marks)
			r.may = &o
		}
		return e.where(condition)
	case c.False():
		return nil
	}
	return e
}

// addItem adds what a loop makes of an element to the object that it makes.
func (e *env) addItem(x *hclsyntax.ForExpr, r *forResult, k, v cty.Value, sensitive bool) {
	if x.Group {
		r.grouped[k.AsString()] = append(r.grouped[k.AsString()], r.made(e, v))
		return
	}
	if r.may != nil {
		if r.may.many && policy.ContainsToken(k.AsString()) {
			k = e.ev.spreadFor(k, *r.may) // any number of keys
		} else {
			v = v.Mark(*r.may)
		}
	}
	other, taken := r.object[k.AsString()]
	switch {
	case !taken:
		r.checkKey(e, k.AsString())
	case e.ev.isSpread(k):
	case !isOptional(other) && !isOptional(v):
		shown := k
		if sensitive {
			shown = cty.StringVal("(sensitive)")
		}
		e.fail(x.KeyExpr.Range(), "two elements have the key %q", shown.AsString())
	case !isOptional(other): // only one of both can exist
		v = other
	case isOptional(v):
		v = e.choice(v, other, x.KeyExpr.Range(), "")
	}
	r.object[k.AsString()] = v
}

// splat evaluates x[*].y and x.*.y.
func (e *env) splat(x *hclsyntax.SplatExpr) cty.Value {
	n := 0
	one := func(p place) cty.Value {
		inner := *e
		inner.names = &names{outer: e.names, anonymous: map[any]place{x.Item: p}, kind: "splat", number: n}
		n++
		v, ok := p.(cty.Value)
		if !ok || !isOptional(v) && !e.many(v) {
			return inner.eval(x.Each)
		}
		inner.names.anonymous[x.Item] = existing(v)
		return inner.body(x.Each, false)
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
		if may := g.may[i]; may != nil {
			list[i] = list[i].Mark(*may)
		}
	}
	return cty.TupleVal(list).WithMarks(g.marks)
}

func (e *env) splatValue(v cty.Value, x *hclsyntax.SplatExpr, one func(place) cty.Value) cty.Value {
	nullable := e.mayBeNull(v)
	v, marks := v.Unmark()
	ty := v.Type()
	sequence := ty.IsListType() || ty.IsSetType() || ty.IsTupleType()
	if nullable && sequence {
		e.doubtful()
	}
	switch {
	case isNull(v) && sequence:
		return e.fail(x.Source.Range(), "null has no elements")
	case isNull(v):
		return cty.EmptyTupleVal.WithMarks(marks)
	case !v.IsKnown():
		return cty.DynamicVal.WithMarks(marks)
	case !sequence:
		return e.splatOne(v, marks, one)
	}
	var list []cty.Value
	elements, _, _ := e.elements(v)
	for _, element := range elements {
		if !e.charge(1, x.Range) {
			return e.starve(cty.DynamicPseudoType)
		}
		v := likewise(one(element), element)
		if e.ev.isSpread(element) && !e.ev.isSpread(v) {
			v = v.Mark(optional{e.ev.symbolOf(element), true})
		}
		list = append(list, v)
	}
	if e.orderUnknown(v) {
		marks = cty.NewValueMarks(markUnordered, marks)
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

// splatOne is the splat of a value that is not a list: a list of it alone.
func (e *env) splatOne(v cty.Value, marks cty.ValueMarks, one func(place) cty.Value) cty.Value {
	if s := e.ev.opaque(v); s != nil {
		return cty.TupleVal([]cty.Value{one(e.ev.spreadOf(s, "[*]"))}).WithMarks(marks)
	}
	if e.ev.symbolOf(v) != nil {
		return cty.DynamicVal.WithMarks(marks)
	}
	return cty.TupleVal([]cty.Value{one(v)}).WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
}

// asList is a list of the elements, where they have one type.
func asList(elements []cty.Value) (cty.Value, bool) {
	if len(elements) == 0 {
		return cty.ListValEmpty(cty.DynamicPseudoType), true
	}
	list, ok, err := alike(elements, cty.DynamicPseudoType)
	if !ok || err != nil {
		return cty.NilVal, false
	}
	return cty.ListVal(list), true
}
