package tfconfig

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Tracing answers, only when somebody asks, where a value was written: it
// follows locals, variables and their arguments, outputs, each.value,
// conditionals and try to the expression that has to change. Where that refers
// to an attribute of another resource, the reference is what has to change: the
// other resource may be as it is. A policy document is followed to its text all
// the same.

// maxTrace bounds the steps of one trace.
const maxTrace = 64

// origin is the collection that a scope's variables are elements of.
type origin struct {
	env  *env
	expr hclsyntax.Expression
	key  cty.Value
	// keyVar is the name that holds the key rather than the element.
	keyVar string
	// byName tells that each variable is an attribute of expr: a template.
	byName bool
}

// traced is an expression where it stands, or a data source that is a policy
// document.
type traced struct {
	expr     hclsyntax.Expression
	env      *env
	document *instance
	// certain is false where the way led through a choice of elements, so that
	// the value has to be compared.
	certain bool
	// references are the references that the way led through.
	references []string
	// crossed tells that the way has just led into an attribute of a resource,
	// referring is the first expression by which it did; nil for none.
	crossed   bool
	referring *traced
	depth     int
}

func (e *env) trace(x hclsyntax.Expression) traced { return e.follow(x, 0) }

func (e *env) follow(x hclsyntax.Expression, depth int) traced {
	here := traced{expr: x, env: e, certain: true, depth: depth}
	t := e.followFrom(here)
	if t.crossed {
		t.crossed, t.referring = false, &here
	}
	return t
}

// followFrom follows the expression of here, which it returns where that leads
// nowhere else.
func (e *env) followFrom(here traced) traced {
	depth := here.depth
	if depth > maxTrace {
		return here
	}
	switch x := here.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.follow(x.Expression, depth+1)
	case *hclsyntax.TemplateWrapExpr:
		return e.follow(x.Wrapped, depth+1)
	case *hclsyntax.ConditionalExpr:
		c, _ := e.silent().eval(x.Condition).Unmark()
		if c.Type() == cty.Bool && isDefinite(c) {
			branch := x.TrueResult
			if c.False() {
				branch = x.FalseResult
			}
			return e.follow(branch, depth+1)
		}
	case *hclsyntax.FunctionCallExpr:
		if t, ok := e.followCall(x, depth); ok {
			return t
		}
	case *hclsyntax.ScopeTraversalExpr:
		if t, ok := e.followTraversal(x, depth); ok {
			return t
		}
	case *hclsyntax.RelativeTraversalExpr:
		if t, ok := e.followPlace(e.silent().refer(x.Source), x.Traversal, depth); ok {
			return t
		}
		if t, ok := e.follow(x.Source, depth+1).path(x.Traversal); ok {
			return t
		}
	case *hclsyntax.IndexExpr:
		key, _ := e.silent().eval(x.Key).Unmark()
		if t, ok := e.follow(x.Collection, depth+1).member(key); ok {
			return t
		}
	}
	return here
}

// silent is e with its problems dropped: they were reported when the value
// was evaluated.
func (e *env) silent() *env { return e.quiet(new([]problem), nil) }

// followCall follows the functions that give back one of their arguments, or
// a part of it.
func (e *env) followCall(x *hclsyntax.FunctionCallExpr, depth int) (traced, bool) {
	if len(x.Args) == 0 {
		return traced{}, false
	}
	switch x.Name {
	case "try", "coalesce":
		want, _ := e.silent().eval(x).UnmarkDeep()
		for _, a := range x.Args {
			var problems []problem
			v, _ := e.quiet(&problems, nil).eval(a).UnmarkDeep()
			if len(problems) == 0 && v.RawEquals(want) {
				return e.follow(a, depth+1), true
			}
		}
	case "sensitive", "nonsensitive", "tostring", "convert":
		return e.follow(x.Args[0], depth+1), true
	case "ephemeralasnull":
		// The null that it makes is nowhere else.
		if _, marks := e.silent().eval(x.Args[0]).UnmarkDeep(); !hasMark(marks, markEphemeral) {
			return e.follow(x.Args[0], depth+1), true
		}
	case "lookup":
		if len(x.Args) < 2 {
			return traced{}, false
		}
		key, _ := e.silent().eval(x.Args[1]).Unmark()
		if t, ok := e.follow(x.Args[0], depth+1).member(key); ok {
			return t, true
		}
		if len(x.Args) == 3 {
			t := e.follow(x.Args[2], depth+1)
			t.certain = false
			return t, true
		}
	case "element":
		if len(x.Args) == 2 {
			list, _ := e.silent().eval(x.Args[0]).Unmark()
			n, ok := wholeNumber(e.silent().eval(x.Args[1]))
			if count := countArgument(list); ok && count > 0 && n >= 0 {
				return e.follow(x.Args[0], depth+1).member(cty.NumberIntVal(int64(n % count)))
			}
		}
	case "one":
		return e.follow(x.Args[0], depth+1).member(cty.NumberIntVal(0))
	}
	return traced{}, false
}

// followTraversal follows a reference by its first name.
func (e *env) followTraversal(x *hclsyntax.ScopeTraversalExpr, depth int) (traced, bool) {
	t := x.Traversal
	for n := e.names; n != nil; n = n.outer {
		p, ok := n.lookup(t.RootName())
		if !ok {
			if n.closed {
				return traced{}, false
			}
			continue
		}
		return n.follow(p, t, depth)
	}
	switch t.RootName() {
	case "local":
		if a := e.module.config.locals[stepName(t, 1)]; a != nil {
			found, ok := e.module.env().follow(a, depth+1).path(after(t, 2))
			return found.through("local."+stepName(t, 1), ok)
		}
	case "var":
		found, ok := e.module.followVariable(stepName(t, 1), depth)
		if !ok {
			return traced{}, false
		}
		found, ok = found.path(after(t, 2))
		return found.through("var."+stepName(t, 1), ok)
	case "module":
		if calls := e.module.calls(stepName(t, 1)); calls != nil {
			return e.followPlace(calls.only(), after(t, 2), depth)
		}
	case "data":
		if all := e.module.resource("data." + stepName(t, 1) + "." + stepName(t, 2)); all != nil {
			return e.followPlace(all.only(), after(t, 3), depth)
		}
	default:
		if all := e.module.resource(t.RootName() + "." + stepName(t, 1)); all != nil {
			return e.followPlace(all.only(), after(t, 2), depth)
		}
	}
	return traced{}, false
}

// through notes a reference that the way led through.
func (t traced) through(reference string, ok bool) (traced, bool) {
	if ok {
		t.references = append([]string{reference}, t.references...)
	}
	return t, ok
}

// follow leads from a variable of a scope to the element behind it.
func (n *names) follow(p place, t hcl.Traversal, depth int) (traced, bool) {
	if i, ok := p.(*iteration); ok {
		if stepName(t, 1) == "key" || n.origin == nil {
			return traced{}, false
		}
		switch v := i.value.(type) {
		case *instance, *moduleInstance:
			return n.origin.env.followPlace(v, after(t, 2), depth)
		}
		found, ok := n.origin.element(depth)
		if !ok {
			return traced{}, false
		}
		return found.path(after(t, 2))
	}
	if n.origin == nil || n.origin.keyVar == t.RootName() {
		return traced{}, false
	}
	switch v := p.(type) {
	case *instance, *moduleInstance:
		return n.origin.env.followPlace(v, t[1:], depth)
	}
	if n.origin.byName {
		found, ok := n.origin.env.follow(n.origin.expr, depth+1).member(cty.StringVal(t.RootName()))
		if !ok {
			return traced{}, false
		}
		return found.path(t[1:])
	}
	found, ok := n.origin.element(depth)
	if !ok {
		return traced{}, false
	}
	return found.path(t[1:])
}

func (o *origin) element(depth int) (traced, bool) {
	return o.env.follow(o.expr, depth+1).member(o.key)
}

// followVariable leads to the argument of the call, to the value in a
// variable file, or to the default.
func (m *moduleInstance) followVariable(name string, depth int) (traced, bool) {
	v := m.config.variables[name]
	if v == nil {
		return traced{}, false
	}
	declared := v.declared()
	if m.parent != nil {
		if a := m.call.body.Attributes[name]; a != nil {
			e := m.callEnv()
			if declared.value == nil || declared.nullable || !isNull(e.silent().eval(a.Expr)) {
				return e.follow(a.Expr, depth+1), true
			}
		}
	} else if _, given := m.ev.given[name]; given {
		// A plan has all values, defaults among them, and not where they
		// come from: what is found has to be compared.
		x := m.ev.written[name]
		if x == nil && m.ev.planned != nil {
			x = declared.value
		}
		if x == nil {
			return traced{}, false
		}
		t := m.env().follow(x, depth+1)
		t.certain = false
		return t, true
	}
	if declared.value == nil {
		return traced{}, false
	}
	return m.env().follow(declared.value, depth+1), true
}

// followPlace follows attributes of resources and outputs of modules.
func (e *env) followPlace(p place, rest hcl.Traversal, depth int) (traced, bool) {
	if depth > maxTrace {
		return traced{}, false
	}
	for i, step := range rest {
		name, ok := step.(hcl.TraverseAttr)
		switch p := p.(type) {
		case *instance:
			if !ok {
				return traced{}, false
			}
			return p.follow(name.Name, rest[i+1:], depth)
		case *moduleInstance:
			if !ok || p.config.outputs[name.Name] == nil {
				return traced{}, false
			}
			a := p.config.outputs[name.Name].Body.Attributes["value"]
			if a == nil {
				return traced{}, false
			}
			found, ok := p.env().follow(a.Expr, depth+1).path(rest[i+1:])
			return found.through("module."+p.call.name+"."+name.Name, ok)
		case *instances, *moduleInstances:
		default:
			return traced{}, false
		}
		p = e.silent().steps(p, rest[i:i+1], hcl.Range{})
	}
	return traced{}, false
}

// follow leads to the expression of an attribute.
func (i *instance) follow(name string, rest hcl.Traversal, depth int) (traced, bool) {
	reference := i.block.address + "." + name
	if i.block.data && i.block.typ == "aws_iam_policy_document" && (name == "json" || name == "minified_json") {
		return traced{document: i, env: i.env(), certain: true, depth: depth, references: []string{reference}}, true
	}
	if i.block.data && i.block.typ == "template_file" && name == "rendered" {
		if a := i.block.body().Attributes["template"]; a != nil {
			found := i.env().follow(a.Expr, depth+1)
			found.crossed = true
			return found, true
		}
	}
	a := i.block.body().Attributes[name]
	if a == nil {
		return traced{}, false
	}
	found, ok := i.env().follow(a.Expr, depth+1).path(rest)
	found.crossed = true
	return found.through(reference, ok)
}

// toChange is the expression that has to change: the text of a document and
// the parts of a collection where they are written, any other value where it
// is referred to.
func (t traced) toChange() traced {
	if t.referring == nil || t.document != nil {
		return t
	}
	v, _ := t.env.silent().eval(t.expr).Unmark()
	if !v.Type().IsPrimitiveType() && v.Type() != cty.DynamicPseudoType || isText(v) && mayBeDocument(v.AsString()) {
		return t
	}
	return *t.referring
}

// mayBeDocument reports whether a text begins as JSON of an object or a list
// does.
func mayBeDocument(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// path follows attributes and indexes into a literal.
func (t traced) path(rest hcl.Traversal) (traced, bool) {
	for _, step := range rest {
		var key cty.Value
		switch step := step.(type) {
		case hcl.TraverseAttr:
			key = cty.StringVal(step.Name)
		case hcl.TraverseIndex:
			key = step.Key
		default:
			return traced{}, false
		}
		next, ok := t.member(key)
		if !ok {
			return traced{}, false
		}
		t = next
	}
	return t, true
}

// member is the expression of one element of a literal collection.
func (t traced) member(key cty.Value) (traced, bool) {
	key, _ = key.Unmark()
	if t.expr == nil || t.depth > maxTrace || !isDefinite(key) {
		return traced{}, false
	}
	found, ok := t.element(key)
	found.references = append(slices.Clone(t.references), found.references...)
	if t.referring != nil {
		found.crossed, found.referring = false, t.referring
	}
	return found, ok
}

func (t traced) element(key cty.Value) (traced, bool) {
	e, depth := t.env, t.depth+1
	switch x := t.expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		want, ok := keyText(key)
		for _, item := range slices.Backward(x.Items) {
			if k, known := keyText(e.silent().objectKey(item.KeyExpr)); ok && known && k == want {
				return e.follow(item.ValueExpr, depth), true
			}
		}
	case *hclsyntax.TupleConsExpr:
		if i, ok := wholeNumber(key); ok {
			if i >= 0 && i < len(x.Exprs) {
				return e.follow(x.Exprs[i], depth), true
			}
			return traced{}, false
		}
		// The key of a set's element is the element itself.
		for _, element := range x.Exprs {
			if v, _ := e.silent().eval(element).Unmark(); v.RawEquals(key) {
				return e.follow(element, depth), true
			}
		}
	case *hclsyntax.ForExpr:
		return e.forElement(x, key, depth)
	case *hclsyntax.SplatExpr:
		return e.splatElement(x, key, depth)
	case *hclsyntax.ConditionalExpr: // its condition is not known
		for _, branch := range []hclsyntax.Expression{x.TrueResult, x.FalseResult} {
			if found, ok := e.follow(branch, depth).member(key); ok {
				found.certain = false
				return found, true
			}
		}
	case *hclsyntax.FunctionCallExpr:
		found, ok := e.callElement(x, key, depth)
		found.certain = false
		return found, ok
	}
	return traced{}, false
}

// forElement finds the iteration of a for expression that made an element.
func (e *env) forElement(x *hclsyntax.ForExpr, key cty.Value, depth int) (found traced, ok bool) {
	if x.Group {
		return traced{}, false
	}
	at, byIndex := wholeNumber(key)
	want, _ := keyText(key)
	n := 0
	e.eachRound(x, func(inner *env, _ bool) bool {
		hit := byIndex && n == at
		if x.KeyExpr != nil {
			made, known := keyText(inner.silent().eval(x.KeyExpr))
			hit = known && made == want
		}
		if hit {
			found, ok = inner.follow(x.ValExpr, depth), true
		}
		n++
		return !hit
	})
	return found, ok
}

// eachRound visits the rounds of a for expression that its condition may let
// through, with the environment of each; sure tells that there is that round.
// known is false where there may be others.
func (e *env) eachRound(x *hclsyntax.ForExpr, visit func(inner *env, sure bool) bool) (known bool) {
	quiet := e.silent()
	set := false
	source := quiet.refer(x.CollExpr)
	if v, isValue := source.(cty.Value); isValue {
		u, _ := v.Unmark()
		if isNull(u) {
			return false
		}
		set = u.Type().IsSetType()
	}
	round := 0
	many := false
	known = quiet.each(source, x.CollExpr, func(i item) bool {
		v, isValue := i.value.(cty.Value)
		many = many || i.may != nil && i.may.many || isValue && e.many(v)
		if set {
			i.key, _ = i.value.(cty.Value)
		}
		inner := e.with("for", round, loopVariables(x, i.key, i.value)...)
		round++
		inner.names.origin = &origin{env: e, expr: x.CollExpr, key: i.key, keyVar: x.KeyVar}
		sure := i.may == nil
		if x.CondExpr != nil {
			c, _ := inner.silent().eval(x.CondExpr).Unmark()
			if c.Type() != cty.Bool || isDefinite(c) && c.False() {
				return true
			}
			sure = sure && isDefinite(c)
		}
		return visit(inner, sure)
	})
	return known && !many
}

// splatElement leads to the attribute of one instance.
func (e *env) splatElement(x *hclsyntax.SplatExpr, key cty.Value, depth int) (traced, bool) {
	relative, ok := x.Each.(*hclsyntax.RelativeTraversalExpr)
	if !ok {
		return traced{}, false
	}
	switch p := e.silent().refer(x.Source).(type) {
	case *instances, *moduleInstances:
		return e.followPlace(e.silent().index(p, key, hcl.Range{}), relative.Traversal, depth)
	}
	found, ok := e.follow(x.Source, depth).member(key)
	if !ok {
		return traced{}, false
	}
	return found.path(relative.Traversal)
}

// callElement finds an element in what a function makes of its arguments.
func (e *env) callElement(x *hclsyntax.FunctionCallExpr, key cty.Value, depth int) (traced, bool) {
	if len(x.Args) == 0 || x.ExpandFinal {
		return traced{}, false
	}
	switch x.Name {
	case "merge":
		for _, a := range slices.Backward(x.Args) {
			if found, ok := e.follow(a, depth).member(key); ok {
				return found, true
			}
		}
	case "concat":
		i, ok := wholeNumber(key)
		for _, a := range x.Args {
			v := e.silent().eval(a)
			if !v.IsKnown() || !ok {
				break
			}
			if n := countArgument(v); i >= n {
				i -= n
				continue
			}
			return e.follow(a, depth).member(cty.NumberIntVal(int64(i)))
		}
	case "toset", "tolist", "tomap", "distinct", "compact", "sensitive", "nonsensitive":
		return e.follow(x.Args[0], depth).member(key)
	}
	return traced{}, false
}
