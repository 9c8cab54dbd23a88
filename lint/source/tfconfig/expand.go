package tfconfig

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// expansionKind is by what a block is repeated.
type expansionKind uint8

const (
	expandNone expansionKind = iota
	expandCount
	expandForEach
)

// expansion is what a block stands for.
type expansion struct {
	kind expansionKind
	list []expanded
	// cut is set where there are more instances than are in list.
	cut bool
	// marks are those of count or for_each.
	marks cty.ValueMarks
	// by is what hides which instances there are, for people; "" where it is
	// known.
	by string
}

// exact reports whether all instances certainly exist, and no others.
func (x expansion) exact() bool {
	return !slices.ContainsFunc(x.list, func(i expanded) bool { return i.may != nil })
}

// byOf is what hides whether one of the instances exists, for people.
func (x expansion) byOf(i expanded) string {
	if i.may == nil {
		return ""
	}
	return x.by
}

// tooManyInstances is why instances are not looked at.
const tooManyInstances = "boundlint does not look at so many instances"

// expanded is one instance that a block stands for.
type expanded struct {
	key  string // "" without count and for_each
	vars []binding
	// may is set where the instance may not exist, or stands for others.
	may *optional
}

// suffix is the instance key in an address.
func (ev *evaluator) suffix(kind expansionKind, key string) string {
	switch kind {
	case expandCount:
		return "[" + key + "]"
	case expandForEach:
		return resource.QuoteKey(ev.symbols.Text(key).String())
	case expandNone:
	}
	return ""
}

// expand evaluates count, for_each and OpenTofu's lifecycle.enabled.
func (e *env) expand(body *hclsyntax.Body, what string) expansion {
	if a := body.Attributes["count"]; a != nil {
		if body.Attributes["for_each"] != nil {
			e.fail(a.Expr.Range(), "%s: count and for_each exclude each other", what)
		}
		return e.decided(e.expandCount(a, what), a, what)
	}
	if a := body.Attributes["for_each"]; a != nil {
		return e.decided(e.expandForEach(a, what), a, what)
	}
	out := expansion{list: []expanded{{}}}
	for _, b := range body.Blocks {
		if a := b.Body.Attributes["enabled"]; b.Type == "lifecycle" && a != nil {
			v, marks := e.convert(e.eval(a.Expr), cty.Bool, a.Expr).Unmark()
			out.marks = marks
			switch {
			case !v.IsKnown():
				o := e.optionalAt(a.Expr.Range(), false, marks)
				for i := range out.list { // none after another block with enabled = false
					out.list[i].may = &o
				}
			case isDefinite(v) && v.False():
				out.list = nil
			}
			out = e.decided(out, a, "")
		}
	}
	return out
}

// decided are the instances as far as a plan knows them, with what decides of
// each whether it exists: for two blocks the same where one key of one
// expression does.
func (e *env) decided(x expansion, a *hclsyntax.Attribute, what string) expansion {
	if !x.exact() && x.kind != expandNone {
		x.list = e.plannedInstances(x.kind, a, what, x.list)
	}
	if x.exact() {
		return x
	}
	x.by = withReasons("its "+a.Name+", "+e.ev.text(a.Expr.Range()), x.marks)
	for i := range x.list {
		if may := x.list[i].may; may != nil {
			why := e.ev.symbols.Intern(policy.Symbol{
				Kind: policy.SymbolUnknown, Name: may.why.Name, References: may.why.References, Reasons: may.why.Reasons,
				Scope: strings.Join([]string{e.ev.scope, e.module.path, a.Name, e.ev.source(a.Expr.Range()), x.list[i].key}, "|"),
			})
			x.list[i].may = &optional{why, may.many}
		}
	}
	return x
}

// maxUncertain bounds the instances of an unknown count that are told apart.
const maxUncertain = 16

// expandCount gives each instance that certainly exists, and each that may.
// Where there may be any number of the latter, one stands for them all.
func (e *env) expandCount(a *hclsyntax.Attribute, what string) expansion {
	out := expansion{kind: expandCount}
	v, marks := e.convert(e.eval(a.Expr), cty.Number, a.Expr).Unmark()
	out.marks = marks
	e.checkOpen(marks, a, what)
	if isNull(v) {
		e.fail(a.Expr.Range(), "%s: count must not be null", what)
	}
	least, most, bounded := numberRange(v)
	if isDefinite(v) {
		if n, whole := wholeNumber(v); !whole || n < 0 {
			e.fail(a.Expr.Range(), "%s: count must be a whole number that is not negative", what)
			least, bounded = 0, false
		}
	}
	if least > maxInstances {
		e.fail(a.Expr.Range(), "%s: of %d instances only %d are looked at", what, least, fewInstances)
		least, most, out.cut = fewInstances, fewInstances, true
	}
	least = min(least, maxTotalInstances-e.ev.instances+1) // the one too many is reported
	add := func(key int, index cty.Value, may *optional) {
		out.list = append(out.list, expanded{strconv.Itoa(key), []binding{{"count", &counter{index.WithMarks(marks)}}}, may})
	}
	for i := range least {
		add(i, cty.NumberIntVal(int64(i)), nil)
	}
	if bounded && most-least <= maxUncertain {
		o := e.optionalAt(a.Expr.Range(), false, marks)
		for i := least; i < most; i++ {
			add(i, cty.NumberIntVal(int64(i)), &o)
		}
		return out
	}
	o := e.optionalAt(a.Expr.Range(), true, marks)
	add(least, cty.UnknownVal(cty.Number), &o)
	return out
}

// numberRange is what a number is at least, no less than zero, and at most;
// bounded is false where that is not known.
func numberRange(v cty.Value) (least, most int, bounded bool) {
	if n, ok := wholeNumber(v); ok {
		return max(0, n), max(0, n), true
	}
	if v.IsKnown() || v.Type() != cty.Number {
		return 0, 0, false
	}
	lower, atLeast := v.Range().NumberLowerBound()
	if n, ok := wholeNumber(lower); ok {
		if least = max(0, n); !atLeast && n >= 0 {
			least++
		}
	}
	upper, _ := v.Range().NumberUpperBound()
	most, bounded = wholeNumber(upper)
	return least, max(least, most), bounded
}

// expandForEach gives each instance whose key is known, and for those of which
// it is not one that stands for them.
func (e *env) expandForEach(a *hclsyntax.Attribute, what string) expansion {
	out := expansion{kind: expandForEach}
	hidden, seen := false, map[string]int{}
	check := func(v cty.Value, marks cty.ValueMarks) { e.checkForEach(v, marks, a, what) }
	elementType, marks, known := e.eachOf(a.Expr, check, func(i item) bool {
		if len(out.list) >= maxInstances {
			e.fail(a.Expr.Range(), "%s: only the first %d instances are looked at", what, fewInstances)
			out.list, out.cut = out.list[:fewInstances], true
			return false
		}
		key, marks := e.convert(i.key, cty.String, a.Expr).Unmark()
		if hasMark(marks, markSensitive) { // Terraform refuses it: it would be in the address
			key = cty.StringVal("(sensitive)")
		}
		if isNull(key) {
			e.fail(a.Expr.Range(), "%s: an element of for_each must not be null", what)
			return true
		}
		if !isDefinite(key) {
			hidden = true
			return true
		}
		if e.ev.isSpread(key) && i.may == nil {
			o := e.optionalAt(a.Expr.Range(), true, marks)
			i.may = &o
		}
		if i.may != nil {
			key = e.ev.single(key)
			if cv, ok := i.value.(cty.Value); ok {
				i.value = e.ev.single(cv)
			}
		}
		if at, ok := seen[key.AsString()]; ok {
			if i.may == nil {
				out.list[at].may = nil
			}
			return true
		}
		seen[key.AsString()] = len(out.list)
		out.list = append(out.list, expanded{key.AsString(), []binding{{"each", &iteration{key.WithMarks(marks), i.value}}}, i.may})
		return true
	})
	out.marks = marks
	if !known || hidden {
		key, val := e.unknownElement(a.Expr.Range(), " each", elementType, marks)
		o := e.optionalAt(a.Expr.Range(), true, marks)
		out.list = append(out.list, expanded{key.AsString(), []binding{{"each", &iteration{key, val}}}, &o})
	}
	return out
}

// checkForEach reports a for_each that Terraform refuses whatever its elements
// are (Terraform, for_each meta-argument).
func (e *env) checkForEach(v cty.Value, marks cty.ValueMarks, a *hclsyntax.Attribute, what string) {
	e.checkOpen(marks, a, what)
	if !isCollection(v) || isKeyed(v) {
		return
	}
	ty := v.Type()
	if !ty.IsSetType() || ty.ElementType() != cty.String && ty.ElementType() != cty.DynamicPseudoType {
		e.fail(a.Expr.Range(), "%s: for_each must be a map or a set of strings, and is a %s", what, ty.FriendlyNameForConstraint())
	}
}

// checkOpen reports a count or for_each that is sensitive: it would show in
// addresses.
func (e *env) checkOpen(marks cty.ValueMarks, a *hclsyntax.Attribute, what string) {
	if hasMark(marks, markSensitive) {
		e.fail(a.Expr.Range(), "%s: %s must not be sensitive", what, a.Name)
	}
}

// unknownElement is the key and the value of an element of which nothing but
// the type is known.
func (e *env) unknownElement(rng hcl.Range, name string, ty cty.Type, marks cty.ValueMarks) (key, v cty.Value) {
	s := e.unknownAt(rng, name+".key", marks)
	like := *s
	like.Name = e.ev.text(rng) + name + ".value"
	return cty.StringVal(e.ev.symbols.Token(s)), e.ev.single(e.ev.invent(like, ty, nil))
}

// item is an element of a collection that something iterates over.
type item struct {
	key   cty.Value
	value place
	// may is set where the element may not exist.
	may *optional
}

// eachOf visits the elements of a for_each: of a resource, a module, or a
// dynamic block. known is false where there may be others, of which nothing
// is known; the marks are those of the collection. check, where it is not nil,
// sees a collection that is a value before its elements are visited.
func (e *env) eachOf(x hclsyntax.Expression, check func(cty.Value, cty.ValueMarks), visit func(item) bool) (elementType cty.Type,
	marks cty.ValueMarks, known bool,
) {
	if c, ok := unwrap(x).(*hclsyntax.ConditionalExpr); ok {
		if elementType, marks, known, done := e.eachOfBranches(c, visit); done {
			return elementType, marks, known
		}
	}
	elementType = cty.DynamicPseudoType
	p := e.refer(x)
	set := false
	if v, ok := p.(cty.Value); ok {
		v, marks = v.Unmark()
		p = v
		if check != nil {
			check(v, marks)
		}
		ty := v.Type()
		if ty.IsCollectionType() {
			elementType = ty.ElementType()
		}
		set = ty.IsSetType()
	}
	switch p := p.(type) {
	case *instances:
		marks = p.marks
	case *moduleInstances:
		marks = p.marks
	}
	known = e.each(p, x, func(i item) bool {
		if set {
			i.key, _ = i.value.(cty.Value)
		}
		if hasMark(marks, markSensitive) {
			i.key = i.key.Mark(markSensitive)
		}
		if cv, ok := i.value.(cty.Value); ok {
			i.value = cv.WithMarks(marks)
		}
		return visit(i)
	})
	return elementType, marks, known
}

// eachOfBranches visits the instances of the resources or modules in either
// branch of a conditional whose condition is not known; done is false where
// the branches are other values.
func (e *env) eachOfBranches(c *hclsyntax.ConditionalExpr, visit func(item) bool) (elementType cty.Type, marks cty.ValueMarks, known,
	done bool,
) {
	var dropped []problem
	quiet := e.quiet(&dropped, nil)
	v, hiding := quiet.convert(quiet.eval(c.Condition), cty.Bool, c.Condition).Unmark()
	if v.IsKnown() {
		return cty.NilType, nil, false, false
	}
	branches := []hclsyntax.Expression{c.TrueResult, c.FalseResult}
	if !slices.ContainsFunc(branches, func(x hclsyntax.Expression) bool {
		switch quiet.refer(x).(type) {
		case *instances, *moduleInstances:
			return true
		}
		return false
	}) {
		return cty.NilType, nil, false, false
	}
	o := e.optionalAt(c.Condition.Range(), false, hiding)
	known, marks = true, hiding
	for _, x := range branches {
		ty, more, all := quiet.eachOf(x, nil, func(i item) bool {
			if i.may == nil {
				i.may = &o
			}
			return visit(i)
		})
		if elementType == cty.NilType || elementType == cty.DynamicPseudoType {
			elementType = ty
		}
		known, marks = known && all, cty.NewValueMarks(marks, more)
	}
	return elementType, marks, known, true
}

func unwrap(x hclsyntax.Expression) hclsyntax.Expression {
	for {
		switch inner := x.(type) {
		case *hclsyntax.ParenthesesExpr:
			x = inner.Expression
		case *hclsyntax.TemplateWrapExpr:
			x = inner.Wrapped
		default:
			return x
		}
	}
}

// each visits the elements of a place or of an unmarked value; false where
// they are unknown.
func (e *env) each(p place, at hclsyntax.Expression, visit func(item) bool) bool {
	switch p := p.(type) {
	case *instances:
		p.touch(e.ev)
		return eachInstance(&p.group, func(i *instance) string { return i.key }, visit)
	case *moduleInstances:
		p.touch(e.ev)
		return eachInstance(&p.group, func(m *moduleInstance) string { return m.key }, visit)
	}
	v, marks := e.value(p).Unmark()
	unordered := hasMark(marks, markUnordered)
	if s := e.ev.opaque(v); s != nil {
		o := e.optionalAt(at.Range(), true, marks)
		visit(item{e.ev.spreadOf(s, ".key*"), e.ev.spreadOf(s, "[*]"), &o})
		return true
	}
	if !v.IsKnown() || e.ev.symbolOf(v) != nil {
		return false
	}
	if v.IsNull() || !v.CanIterateElements() {
		e.fail(at.Range(), "%s has no elements to iterate over", v.Type().FriendlyNameForConstraint())
		return false
	}
	if v.Type().IsSetType() {
		list, _, _ := e.elements(v)
		for _, x := range list {
			if !visitAll(e.items(existing(x), x, true, at), visit) {
				break
			}
		}
		return true
	}
	if isKeyed(v) {
		keys, values := e.entries(v)
		for i, k := range keys {
			if !visitAll(e.items(k, values[i], false, at), visit) {
				break
			}
		}
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if unordered {
			k = cty.UnknownVal(cty.Number)
		}
		if !visitAll(e.items(k, x, false, at), visit) {
			break
		}
	}
	return true
}

func visitAll(list []item, visit func(item) bool) bool {
	for _, x := range list {
		if !visit(x) {
			return false
		}
	}
	return true
}

// items are what a loop sees of an element. One that stands for several, each
// of which is one of some texts, is a choice; in a set it is each of them.
func (e *env) items(k, element cty.Value, set bool, at hclsyntax.Expression) []item {
	element, may := e.ev.fromToken(element)
	if o, ok := optionalOf(element); ok {
		may = &o
	}
	if may == nil && !symbolic(element) && !symbolic(k) {
		return []item{{k, element, nil}}
	}
	why := e.unknownAt(at.Range(), "")
	if may != nil {
		why = may.why
	}
	s := e.ev.symbolOf(element)
	switch {
	case e.ev.isSpread(element) && len(s.Alternatives) > 0:
		if !set {
			return []item{{k, e.ev.single(element), &optional{why, true}}}
		}
		_, marks := element.Unmark()
		var list []item
		for _, x := range alternatives(e.ev.symbols, s) {
			list = append(list, item{k, x.WithMarks(marks), &optional{why, false}})
		}
		return list
	case e.ev.isSpread(element), e.ev.isSpread(k), set && e.ev.isMany(element):
		may = &optional{why, true}
	}
	return []item{{k, existing(element), may}}
}

func eachInstance[T any](g *group[T], key func(T) string, visit func(item) bool) bool {
	if g.expanding || g.cut {
		return false
	}
	for i, x := range g.list {
		k := cty.StringVal(key(x))
		if g.kind == expandCount {
			k = cty.NumberIntVal(int64(i))
		}
		if !visit(item{k, x, g.may[i]}) {
			break
		}
	}
	return true
}

// nested is one nested block, made by itself or by a dynamic block.
type nested struct {
	block *hclsyntax.Block // the block, or the content of the dynamic block
	env   *env
	// may is set where the block may not exist.
	may *optional
	// key is the iteration of a dynamic block, for people; "" for a block.
	key string
	// marks are those of the for_each of a dynamic block.
	marks cty.ValueMarks
}

// nestedBlocks are the blocks of a type in a body, dynamic ones expanded.
func (e *env) nestedBlocks(body *hclsyntax.Body, typ string) []nested {
	var list []nested
	for _, b := range body.Blocks {
		switch {
		case b.Type == typ:
			list = append(list, nested{block: b, env: e})
		case b.Type == "dynamic" && blockType(b) == typ:
			list = append(list, e.dynamic(b, maxBlocks-len(list))...)
		}
	}
	return list
}

func (e *env) dynamic(b *hclsyntax.Block, limit int) []nested {
	var content *hclsyntax.Block
	for _, inner := range b.Body.Blocks {
		if inner.Type == "content" {
			content = inner
		}
	}
	forEach := b.Body.Attributes["for_each"]
	if content == nil || forEach == nil {
		e.fail(b.DefRange(), "a dynamic block needs for_each and content")
		return nil
	}
	iterator := blockType(b)
	if a := b.Body.Attributes["iterator"]; a != nil {
		if name := hcl.ExprAsKeyword(a.Expr); name != "" {
			iterator = name
		}
	}
	var list []nested
	bind := func(i item, marks cty.ValueMarks) {
		text := ""
		if k, ok := keyText(i.key); ok {
			text = k
		}
		inner := e.with(iterator, len(list), binding{iterator, &iteration{i.key, i.value}})
		inner.names.origin = &origin{env: e, expr: forEach.Expr, key: i.key}
		list = append(list, nested{block: content, env: inner, may: i.may, key: e.ev.symbols.Text(text).String(), marks: marks})
	}
	var cut cty.ValueMarks
	elementType, marks, known := e.eachOf(forEach.Expr, nil, func(i item) bool {
		if len(list) >= limit {
			_, cut = e.refuse(cty.Bool, "boundlint does not look at more than %d blocks", maxBlocks).Unmark()
		} else if !e.charge(1, b.DefRange) {
			_, cut = e.starve(cty.Bool).Unmark()
		}
		if cut != nil {
			return false
		}
		if cv, ok := i.value.(cty.Value); ok && (e.many(cv) || e.ev.isSpread(i.key)) {
			i.key, i.value = e.ev.single(i.key), e.ev.single(cv)
			if i.may == nil {
				o := e.optionalAt(forEach.Expr.Range(), true)
				i.may = &o
			}
		}
		bind(i, nil)
		return true
	})
	if !known || cut != nil { // one stands for those that are not known
		if cut != nil {
			marks = cut
		}
		key, val := e.unknownElement(forEach.Expr.Range(), " "+iterator, elementType, marks)
		o := e.optionalAt(forEach.Expr.Range(), true, marks)
		bind(item{key, val, &o}, marks)
	}
	return list
}
