package tfconfig

import (
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/source/resource"
)

// expansionKind is by what a block is repeated.
type expansionKind uint8

const (
	expandNone expansionKind = iota
	expandCount
	expandForEach
)

// expansion is what a block stands for. Where the number of instances is
// unknown, what is in list stands for any number of them, and exact is false.
type expansion struct {
	kind  expansionKind
	exact bool
	list  []expanded
	// cut is set where there are more instances than are in list.
	cut bool
	// marks are those of count or for_each.
	marks cty.ValueMarks
	// by is what hides the number of instances, for people; "" where it is
	// known.
	by string
}

// tooManyInstances is why instances are not looked at.
const tooManyInstances = "boundlint does not look at so many instances"

// expanded is one instance that a block stands for.
type expanded struct {
	key  string // "" without count and for_each
	vars []binding
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
	x := expansion{exact: true, list: []expanded{{}}}
	var by *hclsyntax.Attribute
	if a := body.Attributes["count"]; a != nil {
		x, by = e.expandCount(a, what), a
	} else if a := body.Attributes["for_each"]; a != nil {
		x, by = e.expandForEach(a, what), a
	}
	if by != nil {
		if !x.exact {
			x.exact, x.list = e.plannedInstances(x.kind, by, what, x.list)
		}
		x.by = e.hiding(x, by)
		return x
	}
	for _, b := range body.Blocks {
		if a := b.Body.Attributes["enabled"]; b.Type == "lifecycle" && a != nil {
			v, marks := e.convert(e.eval(a.Expr), cty.Bool, a.Expr).Unmark()
			x.exact, x.marks = v.IsKnown(), marks
			if isDefinite(v) && v.False() {
				x.list = nil
			}
			x.by = e.hiding(x, a)
		}
	}
	return x
}

// hiding tells in which argument the number of instances is hidden.
func (e *env) hiding(x expansion, a *hclsyntax.Attribute) string {
	if x.exact {
		return ""
	}
	return withReasons("its "+a.Name+", "+e.ev.text(a.Expr.Range()), x.marks)
}

func (e *env) expandCount(a *hclsyntax.Attribute, what string) expansion {
	index := func(v cty.Value) []binding { return []binding{{"count", &counter{v}}} }
	out := expansion{kind: expandCount}
	v, marks := e.convert(e.eval(a.Expr), cty.Number, a.Expr).Unmark()
	out.marks = marks
	if isNull(v) {
		e.fail(a.Expr.Range(), "%s: count must not be null", what)
	}
	n, ok := wholeNumber(v)
	if !ok {
		if isDefinite(v) {
			e.fail(a.Expr.Range(), "%s: count must be a whole number that is not negative", what)
		}
		out.list = []expanded{{"0", index(cty.UnknownVal(cty.Number).WithMarks(marks))}}
		return out
	}
	if n > maxInstances {
		e.fail(a.Expr.Range(), "%s: of %d instances only %d are looked at", what, n, maxInstances)
		n, out.cut = maxInstances, true
	}
	n = min(n, maxTotalInstances-e.ev.instances+1) // the one too many is reported
	for i := range n {
		out.list = append(out.list, expanded{strconv.Itoa(i), index(cty.NumberIntVal(int64(i)).WithMarks(marks))})
	}
	out.exact = true
	return out
}

func (e *env) expandForEach(a *hclsyntax.Attribute, what string) expansion {
	out := expansion{kind: expandForEach}
	hidden, seen := false, map[string]bool{}
	elementType, marks, known := e.eachOf(a.Expr, func(k cty.Value, v place, sure bool) bool {
		if len(out.list) >= maxInstances {
			e.fail(a.Expr.Range(), "%s: only the first %d instances are looked at", what, maxInstances)
			out.cut = true
			return false
		}
		key, marks := e.convert(k, cty.String, a.Expr).Unmark()
		if !isDefinite(key) {
			hidden = true
			return true
		}
		if e.ev.spread(key) || !sure {
			hidden = true
			key = e.ev.single(key)
			if cv, ok := v.(cty.Value); ok {
				v = e.ev.single(cv)
			}
		}
		if !seen[key.AsString()] {
			seen[key.AsString()] = true
			out.list = append(out.list, expanded{key.AsString(), []binding{{"each", &iteration{key.WithMarks(marks), v}}}})
		}
		return true
	})
	out.marks = marks
	if !known || hidden && len(out.list) == 0 {
		key, val := e.unknownElement(a.Expr.Range(), " each", elementType, marks)
		out.list = append(out.list, expanded{key.AsString(), []binding{{"each", &iteration{key, val}}}})
		return out
	}
	out.exact = !hidden
	return out
}

// unknownElement is the key and the value of an element of which nothing but
// the type is known.
func (e *env) unknownElement(rng hcl.Range, name string, ty cty.Type, marks cty.ValueMarks) (key, v cty.Value) {
	s := e.unknownAt(rng, name+".key", marks)
	like := *s
	like.Name = e.ev.text(rng) + name + ".value"
	return cty.StringVal(e.ev.symbols.Token(s)), e.ev.single(e.ev.invent(like, ty, nil))
}

// eachOf visits the elements of a for_each: of a resource, a module, or a
// dynamic block. known is false where not even one element is known; the marks
// are those of the collection.
func (e *env) eachOf(x hclsyntax.Expression, visit func(key cty.Value, v place, sure bool) bool) (elementType cty.Type, marks cty.ValueMarks, known bool) {
	if c, ok := unwrap(x).(*hclsyntax.ConditionalExpr); ok {
		var dropped []problem
		quiet := e.quiet(&dropped, nil)
		if v, hiding := quiet.convert(quiet.eval(c.Condition), cty.Bool, c.Condition).Unmark(); !v.IsKnown() {
			// Either branch may be it: all their elements may exist.
			unsure := func(k cty.Value, v place, _ bool) bool { return visit(k, v, false) }
			ty, marks, first := quiet.eachOf(c.TrueResult, unsure)
			other, more, second := quiet.eachOf(c.FalseResult, unsure)
			if ty == cty.DynamicPseudoType {
				ty = other
			}
			return ty, cty.NewValueMarks(slices.Concat(slices.Collect(maps.Keys(hiding)), slices.Collect(maps.Keys(marks)), slices.Collect(maps.Keys(more)))...), first && second
		}
	}
	elementType = cty.DynamicPseudoType
	p := e.refer(x)
	set := false
	if v, ok := p.(cty.Value); ok {
		v, marks = v.Unmark()
		p = v
		ty := v.Type()
		if ty.IsCollectionType() {
			elementType = ty.ElementType()
		}
		set = ty.IsSetType()
	}
	switch p := p.(type) {
	case *instances:
		marks = p.marks
		if known, done := eachRepresentative(&p.group, func(i *instance) string { return i.key }, visit); done {
			return elementType, marks, known
		}
	case *moduleInstances:
		marks = p.marks
		if known, done := eachRepresentative(&p.group, func(m *moduleInstance) string { return m.key }, visit); done {
			return elementType, marks, known
		}
	}
	known = e.each(p, x, func(k cty.Value, v place) bool {
		if set {
			k, _ = v.(cty.Value)
		}
		if cv, ok := v.(cty.Value); ok {
			v = cv.WithMarks(marks)
		}
		return visit(k, v, true)
	})
	return elementType, marks, known
}

// eachRepresentative visits the instances of a group of unknown size: they
// stand for the others.
func eachRepresentative[T any](g *group[T], key func(T) string, visit func(key cty.Value, v place, sure bool) bool) (known, done bool) {
	if g.exact || g.expanding || g.kind != expandForEach {
		return false, false
	}
	for _, x := range g.list {
		if !visit(cty.StringVal(key(x)), x, false) {
			break
		}
	}
	return len(g.list) > 0, true
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
func (e *env) each(p place, at hclsyntax.Expression, visit func(key cty.Value, v place) bool) bool {
	switch p := p.(type) {
	case *instances:
		p.touch(e.ev)
		return eachInstance(&p.group, func(i *instance) string { return i.key }, visit)
	case *moduleInstances:
		p.touch(e.ev)
		return eachInstance(&p.group, func(m *moduleInstance) string { return m.key }, visit)
	}
	v, _ := e.value(p).Unmark()
	if s := e.ev.opaque(v); s != nil {
		visit(e.ev.spreadOf(s, ".key*"), e.ev.spreadOf(s, "[*]"))
		return true
	}
	if !v.IsKnown() || e.ev.symbolOf(v) != nil {
		return false
	}
	if v.IsNull() || !v.CanIterateElements() {
		e.fail(at.Range(), "%s has no elements to iterate over", v.Type().FriendlyNameForConstraint())
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if k, element := it.Element(); !visit(k, element) {
			break
		}
	}
	return true
}

func eachInstance[T any](g *group[T], key func(T) string, visit func(key cty.Value, v place) bool) bool {
	if !g.exact || g.expanding || g.cut {
		return false
	}
	for i, x := range g.list {
		k := cty.StringVal(key(x))
		if g.kind == expandCount {
			k = cty.NumberIntVal(int64(i))
		}
		if !visit(k, x) {
			break
		}
	}
	return true
}

// nested is one nested block, made by itself or by a dynamic block.
type nested struct {
	block *hclsyntax.Block // the block, or the content of the dynamic block
	env   *env
	// sure is false where the block may not exist.
	sure bool
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
			list = append(list, nested{block: b, env: e, sure: true})
		case b.Type == "dynamic" && blockType(b) == typ:
			list = append(list, e.dynamic(b, maxInstances-len(list))...)
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
	iterator := b.Labels[0]
	if a := b.Body.Attributes["iterator"]; a != nil {
		if name := hcl.ExprAsKeyword(a.Expr); name != "" {
			iterator = name
		}
	}
	var list []nested
	bind := func(key cty.Value, v place, sure bool, marks cty.ValueMarks) {
		text := ""
		if k, ok := keyText(key); ok {
			text = k
		}
		inner := e.with(iterator, len(list), binding{iterator, &iteration{key, v}})
		inner.names.origin = &origin{env: e, expr: forEach.Expr, key: key}
		list = append(list, nested{block: content, env: inner, sure: sure, key: e.ev.symbols.Text(text).String(), marks: marks})
	}
	var cut cty.ValueMarks
	elementType, marks, known := e.eachOf(forEach.Expr, func(k cty.Value, v place, sure bool) bool {
		if len(list) >= limit {
			_, cut = e.refuse(cty.Bool, "boundlint does not look at more than %d blocks", maxInstances).Unmark()
		} else if !e.burn(1, b.DefRange) {
			_, cut = e.starve(cty.Bool).Unmark()
		}
		if cut != nil {
			return false
		}
		if cv, ok := v.(cty.Value); ok && (e.ev.spread(cv) || e.ev.spread(k)) {
			sure, k, v = false, e.ev.single(k), e.ev.single(cv)
		}
		bind(k, v, sure, nil)
		return true
	})
	if !known || cut != nil { // one stands for those that are not known
		if cut != nil {
			marks = cut
		}
		key, val := e.unknownElement(forEach.Expr.Range(), " "+iterator, elementType, marks)
		bind(key, val, false, marks)
	}
	return list
}
