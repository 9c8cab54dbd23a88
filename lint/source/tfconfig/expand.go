package tfconfig

import (
	"strconv"

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

// expand evaluates count, for_each and OpenTofu's lifecycle.enabled. Where the
// number of instances is unknown, what is there stands for any number of
// them, and exact is false.
func (e *env) expand(body *hclsyntax.Body, what string) (kind expansionKind, exact bool, list []expanded) {
	if a := body.Attributes["count"]; a != nil {
		exact, list = e.expandCount(a, what)
		if !exact {
			exact, list = e.plannedInstances(expandCount, a, what, list)
		}
		return expandCount, exact, list
	}
	if a := body.Attributes["for_each"]; a != nil {
		exact, list = e.expandForEach(a, what)
		if !exact {
			exact, list = e.plannedInstances(expandForEach, a, what, list)
		}
		return expandForEach, exact, list
	}
	for _, b := range body.Blocks {
		if a := b.Body.Attributes["enabled"]; b.Type == "lifecycle" && a != nil {
			v, _ := e.convert(e.eval(a.Expr), cty.Bool, a.Expr).Unmark()
			if isDefinite(v) && v.False() {
				return expandNone, true, nil
			}
			return expandNone, v.IsKnown(), []expanded{{}}
		}
	}
	return expandNone, true, []expanded{{}}
}

func (e *env) expandCount(a *hclsyntax.Attribute, what string) (exact bool, list []expanded) {
	index := func(v cty.Value) []binding { return []binding{{"count", &counter{v}}} }
	v, marks := e.convert(e.eval(a.Expr), cty.Number, a.Expr).Unmark()
	if isNull(v) {
		e.fail(a.Expr.Range(), "%s: count must not be null", what)
	}
	n, ok := wholeNumber(v)
	if !ok {
		if isDefinite(v) {
			e.fail(a.Expr.Range(), "%s: count must be a whole number that is not negative", what)
		}
		return false, []expanded{{"0", index(cty.UnknownVal(cty.Number))}}
	}
	if n > maxInstances {
		e.fail(a.Expr.Range(), "%s: of %d instances only %d are looked at", what, n, maxInstances)
		n = maxInstances
	}
	n = min(n, maxTotalInstances-e.ev.instances+1) // the one too many is reported
	for i := range n {
		list = append(list, expanded{strconv.Itoa(i), index(cty.NumberIntVal(int64(i)).WithMarks(marks))})
	}
	return true, list
}

func (e *env) expandForEach(a *hclsyntax.Attribute, what string) (exact bool, list []expanded) {
	hidden, seen := false, map[string]bool{}
	elementType, known := e.eachOf(a.Expr, func(k cty.Value, v place, sure bool) bool {
		if len(list) >= maxInstances {
			e.fail(a.Expr.Range(), "%s: only the first %d instances are looked at", what, maxInstances)
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
			list = append(list, expanded{key.AsString(), []binding{{"each", &iteration{key.WithMarks(marks), v}}}})
		}
		return true
	})
	if !known || hidden && len(list) == 0 {
		s := e.unknownAt(a.Expr.Range(), " each.key")
		key := cty.StringVal(e.ev.symbols.Token(s))
		val := e.ev.single(e.ev.invent(s.Kind, s.Scope, e.ev.text(a.Expr.Range())+" each.value", elementType, nil))
		list = append(list, expanded{key.AsString(), []binding{{"each", &iteration{key, val}}}})
		return false, list
	}
	return !hidden, list
}

// eachOf visits the elements of a for_each: of a resource, a module, or a
// dynamic block. known is false where not even one element is known.
func (e *env) eachOf(x hclsyntax.Expression, visit func(key cty.Value, v place, sure bool) bool) (elementType cty.Type, known bool) {
	if c, ok := unwrap(x).(*hclsyntax.ConditionalExpr); ok {
		var dropped []problem
		quiet := e.quiet(&dropped, nil)
		if v, _ := quiet.convert(quiet.eval(c.Condition), cty.Bool, c.Condition).Unmark(); !v.IsKnown() {
			// Either branch may be it: all their elements may exist.
			unsure := func(k cty.Value, v place, _ bool) bool { return visit(k, v, false) }
			ty, first := quiet.eachOf(c.TrueResult, unsure)
			other, second := quiet.eachOf(c.FalseResult, unsure)
			if ty == cty.DynamicPseudoType {
				ty = other
			}
			return ty, first && second
		}
	}
	elementType = cty.DynamicPseudoType
	p := e.refer(x)
	var marks cty.ValueMarks
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
		if known, done := eachRepresentative(&p.group, func(i *instance) string { return i.key }, visit); done {
			return elementType, known
		}
	case *moduleInstances:
		if known, done := eachRepresentative(&p.group, func(m *moduleInstance) string { return m.key }, visit); done {
			return elementType, known
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
	return elementType, known
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
		visit(e.ev.invent(policy.SymbolSpread, s.Scope, s.Name+".key*", cty.String, nil), e.ev.invent(policy.SymbolSpread, s.Scope, s.Name+"[*]", cty.String, nil))
		return true
	}
	if !v.IsKnown() || e.ev.symbolOf(v) != nil {
		return false
	}
	if v.IsNull() || !v.CanIterateElements() {
		e.fail(at.Range(), "%s has no elements to iterate over", v.Type().FriendlyNameForConstraint())
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if k, element := it.Element(); !visit(k, element) {
			break
		}
	}
	return true
}

func eachInstance[T any](g *group[T], key func(T) string, visit func(key cty.Value, v place) bool) bool {
	if !g.exact || g.expanding {
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
	bind := func(key cty.Value, v place, sure bool) {
		text := ""
		if k, ok := keyText(key); ok {
			text = k
		}
		inner := e.with(iterator, len(list), binding{iterator, &iteration{key, v}})
		inner.names.origin = &origin{env: e, expr: forEach.Expr, key: key}
		list = append(list, nested{block: content, env: inner, sure: sure, key: e.ev.symbols.Text(text).String()})
	}
	elementType, known := e.eachOf(forEach.Expr, func(k cty.Value, v place, sure bool) bool {
		if len(list) >= limit || !e.burn(1, b.DefRange) {
			return false
		}
		if cv, ok := v.(cty.Value); ok && (e.ev.spread(cv) || e.ev.spread(k)) {
			sure, k, v = false, e.ev.single(k), e.ev.single(cv)
		}
		bind(k, v, sure)
		return true
	})
	if !known {
		s := e.unknownAt(forEach.Expr.Range(), " "+iterator+".key")
		val := e.ev.single(e.ev.invent(s.Kind, s.Scope, e.ev.text(forEach.Expr.Range())+" "+iterator+".value", elementType, nil))
		bind(cty.StringVal(e.ev.symbols.Token(s)), val, false)
	}
	return list
}
