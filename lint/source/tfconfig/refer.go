package tfconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// place is what a reference denotes: a cty.Value, or something of which only
// the part that is asked for is evaluated: an *instance or *instances of a
// resource, a *moduleInstance or *moduleInstances, or an *iteration.
type place any

// iteration is each, or the iterator of a dynamic block.
type iteration struct {
	key   cty.Value
	value place
}

// counter is count.
type counter struct{ index cty.Value }

// group are the instances of a resource or of a module call.
type group[T any] struct {
	kind expansionKind
	// exact is false where the number of instances is unknown: those there
	// are stand for any number.
	exact bool
	list  []T
	byKey map[string]T
	// cut is set where there are more instances than list has: boundlint does
	// not look at all of them.
	cut bool
	// marks are those of count or for_each.
	marks cty.ValueMarks
	whole memo
	// expanding is set while count or for_each is being evaluated.
	expanding bool
}

// expanded takes over what count or for_each gave, but for the instances.
func (g *group[T]) expanded(x expansion) {
	g.kind, g.exact, g.cut, g.marks, g.expanding = x.kind, x.exact, x.cut, x.marks, false
}

// touch notes a cycle through count or for_each: nothing in progress may be
// remembered, since it saw a group without its instances.
func (g *group[T]) touch(ev *evaluator) {
	if g.expanding {
		ev.lowest = 0
	}
}

type instances struct {
	group[*instance]
	module *moduleInstance
	block  *resourceBlock
}

type moduleInstances struct {
	group[*moduleInstance]
	parent *moduleInstance
	call   *callBlock
}

// value turns a place into a value, all of it.
func (e *env) value(p place) cty.Value {
	switch p := p.(type) {
	case cty.Value:
		return p
	case *instance:
		return p.value()
	case *moduleInstance:
		return p.value()
	case *instances:
		return wholeGroup(e.ev, &p.group, func(i *instance) (string, cty.Value) { return i.key, i.value() })
	case *moduleInstances:
		return wholeGroup(e.ev, &p.group, func(m *moduleInstance) (string, cty.Value) { return m.key, m.value() })
	case *iteration:
		return cty.ObjectVal(map[string]cty.Value{"key": p.key, "value": e.value(p.value)})
	case *counter:
		return cty.ObjectVal(map[string]cty.Value{"index": p.index})
	}
	return cty.DynamicVal
}

func wholeGroup[T any](ev *evaluator, g *group[T], at func(T) (string, cty.Value)) cty.Value {
	g.touch(ev)
	if g.expanding {
		return cty.DynamicVal
	}
	if g.cut {
		return cty.DynamicVal.Mark(ev.refusal(tooManyInstances))
	}
	return ev.demand(&g.whole, func() cty.Value { return cty.DynamicVal }, func() cty.Value {
		if g.kind == expandForEach {
			attributes := map[string]cty.Value{}
			for _, i := range g.list {
				k, v := at(i)
				attributes[k] = v
			}
			return cty.ObjectVal(attributes).WithMarks(g.marks)
		}
		elements := make([]cty.Value, len(g.list))
		for i, x := range g.list {
			_, elements[i] = at(x)
		}
		return cty.TupleVal(elements).WithMarks(g.marks)
	})
}

// refer evaluates a reference to the place it denotes, and any other
// expression to its value.
func (e *env) refer(x hclsyntax.Expression) place {
	switch x := x.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.refer(x.Expression)
	case *hclsyntax.TemplateWrapExpr: // a lone interpolation, as JSON has it
		return e.refer(x.Wrapped)
	case *hclsyntax.ScopeTraversalExpr:
		return e.traverse(x.Traversal, x.SrcRange)
	case *hclsyntax.RelativeTraversalExpr:
		return e.steps(e.deeper(x.Source), x.Traversal, x.SrcRange)
	case *hclsyntax.IndexExpr:
		collection := e.deeper(x.Collection)
		return e.index(collection, e.eval(x.Key), x.SrcRange)
	case *hclsyntax.AnonSymbolExpr:
		for n := e.names; n != nil; n = n.outer {
			if p, ok := n.anonymous[x]; ok {
				return p
			}
		}
		return cty.DynamicVal
	}
	return e.eval(x)
}

// deeper is refer for a part of an expression: chains of steps recurse.
func (e *env) deeper(x hclsyntax.Expression) place {
	e.ev.depth++
	defer func() { e.ev.depth-- }()
	switch {
	case e.ev.depth > e.ev.limits.depth:
		return e.refuse(cty.DynamicPseudoType, "it is nested too deeply to be evaluated")
	case !e.burn(1, x.Range):
		return e.starve(cty.DynamicPseudoType)
	}
	return e.refer(x)
}

// stepName is the name at a step, "" where the step is none.
func stepName(t hcl.Traversal, i int) string {
	if i < len(t) {
		switch s := t[i].(type) {
		case hcl.TraverseRoot:
			return s.Name
		case hcl.TraverseAttr:
			return s.Name
		}
	}
	return ""
}

func after(t hcl.Traversal, n int) hcl.Traversal { return t[min(n, len(t)):] }

func (e *env) traverse(t hcl.Traversal, rng hcl.Range) place {
	root := t.RootName()
	for n := e.names; n != nil; n = n.outer {
		if p, ok := n.lookup(root); ok {
			return e.steps(p, t[1:], rng)
		}
		if n.closed {
			return e.fail(rng, "the template is given no variable %q", root)
		}
	}
	if fault := incomplete(t); fault != "" {
		return e.fail(rng, "%s", fault)
	}
	switch root {
	case "var":
		return e.steps(e.module.variable(stepName(t, 1), rng, e), after(t, 2), rng)
	case "local":
		return e.steps(e.module.local(stepName(t, 1), rng, e), after(t, 2), rng)
	case "path":
		return e.path(stepName(t, 1))
	case "terraform", "tofu":
		return e.terraform(root, stepName(t, 1), rng)
	case "each", "count", "self":
		return e.fail(rng, "%q has no meaning here", root)
	case "module":
		calls := e.module.calls(stepName(t, 1))
		if calls == nil {
			return e.fail(rng, "there is no module %q", stepName(t, 1))
		}
		return e.steps(calls.only(), after(t, 2), rng)
	case "data":
		return e.resource("data."+stepName(t, 1)+"."+stepName(t, 2), after(t, 3), rng)
	case "ephemeral":
		return cty.DynamicVal.Mark(markEphemeral)
	case "resource":
		return e.resource(stepName(t, 1)+"."+stepName(t, 2), after(t, 3), rng)
	}
	return e.resource(root+"."+stepName(t, 1), after(t, 2), rng)
}

// incomplete says what a reference lacks, "" where it lacks nothing.
func incomplete(t hcl.Traversal) string {
	root := t.RootName()
	switch root {
	case "var", "local", "module", "path", "terraform", "tofu", "each", "count", "self":
		if stepName(t, 1) == "" {
			return root + " is not a value by itself: write " + root + ".NAME"
		}
	case "data", "resource", "ephemeral":
		if stepName(t, 1) == "" || stepName(t, 2) == "" {
			return "a reference that begins with " + root + " has a type and a name: write " + root + ".TYPE.NAME"
		}
	default:
		if stepName(t, 1) == "" {
			return fmt.Sprintf("%s is not a reference: a reference to a resource has a type and a name, TYPE.NAME. Put text in quotes: %q", root, root)
		}
	}
	return ""
}

// terraform is an attribute of the object terraform, or tofu.
func (e *env) terraform(object, name string, rng hcl.Range) cty.Value {
	switch name {
	case "workspace":
		e.ev.asksWorkspace = true
		return e.ev.workspace
	case "applying": // not known before apply
		return unknownBool.Mark(markEphemeral)
	}
	return e.fail(rng, "%s has no attribute %q: it has workspace and applying", object, name)
}

func (e *env) resource(address string, rest hcl.Traversal, rng hcl.Range) place {
	all := e.module.resource(address)
	if all == nil {
		return e.fail(rng, "%s is not declared in this module", address)
	}
	e.checkDirect(all.block, rest, rng)
	return e.steps(all.only(), rest, rng)
}

func (e *env) path(name string) cty.Value {
	switch name {
	case "module":
		return cty.StringVal(e.ev.fromRoot(e.module.config.dir))
	case "root":
		return cty.StringVal(".")
	}
	return e.ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Name: "path." + name})
}

// only is the instance of a block without count and for_each itself.
func (r *instances) only() place {
	if r.kind != expandNone {
		return r
	}
	if len(r.list) == 0 { // OpenTofu's lifecycle.enabled = false
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return r.list[0]
}

func (m *moduleInstances) only() place {
	if m.kind != expandNone {
		return m
	}
	if len(m.list) == 0 {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return m.list[0]
}

func (e *env) steps(p place, t hcl.Traversal, rng hcl.Range) place {
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			p = e.attribute(p, s.Name, rng)
		case hcl.TraverseIndex:
			p = e.index(p, s.Key, rng)
		default:
			return e.fail(rng, "this kind of reference cannot be evaluated")
		}
	}
	return p
}

func (e *env) attribute(p place, name string, rng hcl.Range) place {
	switch p := p.(type) {
	case *instance:
		return e.attributeOf(p, name, rng)
	case *moduleInstance:
		if !p.exact {
			e.doubtful()
		}
		return p.output(name, rng, e)
	case *iteration:
		if name == "key" {
			return p.key
		}
		return p.value
	case *counter:
		if name != "index" {
			return e.fail(rng, "count has no attribute %q", name)
		}
		return p.index
	case *instances:
		if p.kind == expandForEach {
			return e.index(p, cty.StringVal(name), rng)
		}
		return e.fail(rng, "%s has several instances: say which", p.block.address)
	case *moduleInstances:
		return e.index(p, cty.StringVal(name), rng)
	case cty.Value:
		if s := e.ev.symbolOf(p); s != nil {
			return e.intoSymbol(p, s, cty.StringVal(name), "."+name, rng)
		}
		return e.member(p, cty.StringVal(name), "."+name, rng)
	}
	return cty.DynamicVal
}

// into is a step into a symbol, marks kept.
func (e *env) into(v cty.Value, s *policy.Symbol, suffix string) cty.Value {
	_, marks := v.Unmark()
	if e.ev.opaque(v) == nil {
		return e.intoChoice(s, suffix).WithMarks(marks)
	}
	return e.ev.extend(s, suffix).WithMarks(marks)
}

// intoChoice is a step into one of several symbols.
func (e *env) intoChoice(s *policy.Symbol, suffix string) cty.Value {
	if s.Kind != policy.SymbolChoice {
		return cty.DynamicVal
	}
	return e.ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Scope: s.Scope, Name: "(" + s.Name + ")" + suffix, References: s.References, Reasons: s.Reasons})
}

// keyText is the text of an index key.
func keyText(key cty.Value) (string, bool) {
	key, _ = key.Unmark()
	if !isDefinite(key) {
		return "", false
	}
	k, err := convert.Convert(key, cty.String)
	if err != nil {
		return "", false
	}
	return k.AsString(), true
}

func (e *env) index(p place, key cty.Value, rng hcl.Range) place {
	switch p := p.(type) {
	case *instance, *moduleInstance, *iteration, *counter:
		if k, ok := keyText(key); ok {
			return e.attribute(p, k, rng)
		}
	case *instances:
		i, unknown, ok := indexGroup(e, &p.group, key)
		switch {
		case ok:
			return i
		case unknown:
			_, marks := key.Unmark()
			k, _ := keyText(key)
			address := p.module.path + p.block.address + "[" + e.ev.symbols.Text(k).String() + "]"
			return e.ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Name: address, Scope: e.identity(), References: []string{address}, Reasons: reasons(marks, p.marks)}).WithMarks(marks, p.marks)
		}
		return e.fail(rng, "%s has no instance %s", p.block.address, showKey(key))
	case *moduleInstances:
		i, unknown, ok := indexGroup(e, &p.group, key)
		switch {
		case ok:
			return i
		case unknown:
			_, marks := key.Unmark()
			return cty.DynamicVal.WithMarks(marks, p.marks)
		}
		return e.fail(rng, "module.%s has no instance %s", p.call.name, showKey(key))
	case cty.Value:
		k, _ := keyText(key)
		suffix := resource.QuoteKey(e.ev.symbols.Text(k).String())
		if u, _ := key.Unmark(); u.Type() == cty.Number {
			suffix = "[" + k + "]"
		}
		if s := e.ev.symbolOf(p); s != nil {
			return e.intoSymbol(p, s, key, suffix, rng)
		}
		return e.member(p, key, suffix, rng)
	}
	return cty.DynamicVal
}

func showKey(key cty.Value) string {
	k, ok := keyText(key)
	if !ok || key.HasMark(markSensitive) {
		return "of that key"
	}
	if u, _ := key.Unmark(); u.Type() == cty.Number {
		return "[" + k + "]"
	}
	return resource.QuoteKey(k)
}

// indexGroup finds the instance of a key. A key that is not known, or a group
// of unknown size, gives the representative, or unknown.
func indexGroup[T any](e *env, g *group[T], key cty.Value) (found T, unknown, ok bool) {
	k, known := keyText(key)
	if known {
		if i, ok := g.byKey[k]; ok {
			return i, false, true
		}
	}
	g.touch(e.ev)
	if !g.exact && len(g.list) > 0 {
		e.doubtful()
		return g.list[0], false, true
	}
	unknown = !known || g.expanding || g.cut || policy.ContainsToken(k)
	if unknown {
		e.doubtful()
	}
	return found, unknown, false
}

// member is one element or attribute of a value.
func (e *env) member(v, key cty.Value, suffix string, rng hcl.Range) cty.Value {
	if hidden, ok := e.hiddenMember(v, key, suffix, rng); ok {
		return hidden
	}
	member, diags := hcl.Index(v, key, &rng)
	if !diags.HasErrors() {
		if !member.IsKnown() {
			e.doubtful()
		}
		return member
	}
	if k, known := keyText(key); !known || policy.ContainsToken(k) {
		e.doubtful()
		return cty.DynamicVal
	}
	return e.fail(rng, "%s", diags[0].Detail)
}

// hiddenMember answers where a spread symbol stands in the collection: what is
// at a place after it, or at a key that is not spelled out, cannot be known.
func (e *env) hiddenMember(v, key cty.Value, suffix string, rng hcl.Range) (cty.Value, bool) {
	u, marks := v.Unmark()
	key, keyMarks := key.Unmark()
	if !isDefinite(u) || !isDefinite(key) || !u.CanIterateElements() || u.Type().IsSetType() {
		return cty.NilVal, false
	}
	if u.Type().IsMapType() || u.Type().IsObjectType() {
		k, ok := keyText(key)
		if _, present := u.AsValueMap()[k]; !ok || present {
			return cty.NilVal, false
		}
		if policy.ContainsToken(k) {
			return e.choiceOfMembers(u, cty.StringVal(k), rng, keyMarks).WithMarks(marks), true
		}
		for it := u.ElementIterator(); it.Next(); {
			mapKey, element := it.Element()
			if policy.ContainsToken(mapKey.AsString()) {
				if o, ok := e.ev.openingOf(mapKey, element); ok {
					v, has := e.attributeOfOpening(o, k, rng)
					if has {
						v = v.WithMarks(marks)
					}
					return v, has
				}
				e.doubtful()
				return e.renamed(element, suffix).WithMarks(marks), true
			}
		}
		return cty.NilVal, false
	}
	at, ok := wholeNumber(key)
	if !ok || at < 0 || !symbolic(u) {
		return cty.NilVal, false
	}
	i := 0
	for it := u.ElementIterator(); it.Next() && i <= at; i++ {
		if _, element := it.Element(); e.ev.spread(element) {
			e.doubtful()
			return e.renamed(element, suffix).WithMarks(marks), true
		}
	}
	return cty.NilVal, false
}

// renamed is one element of the zero or more that a spread element stands for.
func (e *env) renamed(element cty.Value, suffix string) cty.Value {
	out, err := cty.Transform(element, func(_ cty.Path, x cty.Value) (cty.Value, error) {
		if s := e.ev.symbolOf(x); s != nil && s.Kind == policy.SymbolSpread {
			_, marks := x.Unmark()
			return e.ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Scope: s.Scope + suffix, Name: s.Name + suffix, References: s.References, Reasons: s.Reasons}).WithMarks(marks), nil
		}
		return x, nil
	})
	if err != nil {
		return cty.DynamicVal
	}
	return out
}

// choiceOfMembers is a map at a key that is a symbol, which has the given
// marks: one of its elements, of those whose keys it may be.
func (e *env) choiceOfMembers(u, key cty.Value, rng hcl.Range, marks cty.ValueMarks) cty.Value {
	e.doubtful()
	var choice cty.Value
	n := 0
	for it := u.ElementIterator(); it.Next(); {
		k, element := it.Element()
		if same := e.ev.equal(k, key); same.IsKnown() && same.False() {
			continue
		}
		if n++; n == 1 {
			choice = element
		} else {
			choice = e.choice(choice, element, rng, "", marks)
		}
		if n > maxAlternatives || !choice.IsKnown() {
			return cty.DynamicVal.WithMarks(marks)
		}
	}
	if n == 0 {
		return cty.DynamicVal.WithMarks(marks)
	}
	return choice.WithMarks(marks)
}
