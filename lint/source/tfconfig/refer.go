package tfconfig

import (
	"fmt"
	"strings"

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

// oneOf is one of several instances, of which it is not known which.
type oneOf struct {
	list []place
	rng  hcl.Range
}

// group are the instances of a resource or of a module call.
type group[T any] struct {
	kind expansionKind
	list []T
	// may is set, for each in list, where the instance may not exist.
	may []*optional
	// byKey has them by their keys once there are two. Most are alone, and first is
	// the key of that one.
	byKey map[string]T
	first string
	// cut is set where there are more instances than list has: boundlint does
	// not look at all of them.
	cut bool
	// marks are those of count or for_each.
	marks cty.ValueMarks
	whole *memo // nil where nobody has asked for all of them
	// expanding is set while count or for_each is being evaluated.
	expanding bool
}

func (g *group[T]) add(x expanded, instance T) {
	g.list, g.may = append(g.list, instance), append(g.may, x.may)
	if len(g.list) == 1 {
		g.first = x.key
		return
	}
	if g.byKey == nil {
		g.byKey = map[string]T{g.first: g.list[0]}
	}
	g.byKey[x.key] = instance
}

// at is the instance of a key.
func (g *group[T]) at(key string) (instance T, ok bool) {
	if len(g.list) == 1 && key == g.first {
		return g.list[0], true
	}
	instance, ok = g.byKey[key]
	return instance, ok
}

// hidesKey reports whether a key of the group is not known.
func (g *group[T]) hidesKey() bool {
	for key := range g.byKey {
		if policy.ContainsToken(key) {
			return true
		}
	}
	return policy.ContainsToken(g.first)
}

// expanded takes over what count or for_each gave, but for the instances.
func (g *group[T]) expanded(x expansion) {
	g.kind, g.cut, g.marks, g.expanding = x.kind, x.cut, x.marks, false
}

// representative is the instance that stands for any number of others.
func (g *group[T]) representative() (instance T, ok bool) {
	for i, may := range g.may {
		if may != nil && may.many {
			return g.list[i], true
		}
	}
	return instance, false
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
	case *oneOf:
		return e.value(p.each(e, func(x place) place { return x }))
	}
	return cty.DynamicVal
}

// each is a step into each of the instances: one of the values that it leads
// to.
func (o *oneOf) each(e *env, step func(place) place) place {
	var v cty.Value
	for i, x := range o.list {
		if found := e.value(step(x)); i == 0 {
			v = found
		} else {
			v = e.choice(v, found, o.rng, "")
		}
	}
	return v
}

func wholeGroup[T any](ev *evaluator, g *group[T], at func(T) (string, cty.Value)) cty.Value {
	g.touch(ev)
	if g.expanding {
		return cty.DynamicVal
	}
	if g.cut {
		return cty.DynamicVal.Mark(ev.refusal(tooManyInstances))
	}
	return ev.demand(memoAt(&g.whole), func() cty.Value { return cty.DynamicVal }, func() cty.Value {
		attributes, elements := map[string]cty.Value{}, make([]cty.Value, len(g.list))
		for i, x := range g.list {
			k, v := at(x)
			if may := g.may[i]; may != nil {
				v = v.Mark(*may)
			}
			attributes[k], elements[i] = v, v
		}
		if g.kind == expandForEach {
			return cty.ObjectVal(attributes)
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
	case !e.charge(1, x.Range):
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
			return e.steps(p, after(t, 1), rng)
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
			return e.undeclared(rng, "there is no module %q", stepName(t, 1))
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
			return fmt.Sprintf("%s is not a reference: a reference to a resource has a type and a name, TYPE.NAME. Put text in quotes: %q", root,
				root)
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
		return e.undeclared(rng, "%s is not declared in this module", address)
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
		if len(p.maybe) > 0 {
			e.doubtful()
		}
		return p.output(name, rng, e)
	case *iteration:
		if name == "key" {
			return p.key
		}
		return p.value
	case *oneOf:
		return p.each(e, func(x place) place { return e.attribute(x, name, rng) })
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
		p = e.entered(p)
		if s := e.ev.symbolOf(p); s != nil {
			return e.intoSymbol(p, s, cty.StringVal(name), "."+name, rng)
		}
		return e.member(p, cty.StringVal(name), "."+name, rng)
	}
	return cty.DynamicVal
}

// entered is a value where a step into it does not fail: null has nothing in it.
func (e *env) entered(v cty.Value) cty.Value {
	if !v.HasMark(markMaybe) {
		return v
	}
	e.doubtful()
	return notNull(v)
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
	return e.ev.symbol(policy.Symbol{
		Kind: policy.SymbolUnknown, Scope: s.Scope, Name: "(" + s.Name + ")" + suffix, References: s.References,
		Reasons: s.Reasons,
	})
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
	case *oneOf:
		return p.each(e, func(x place) place { return e.index(x, key, rng) })
	case *instance, *moduleInstance, *iteration, *counter:
		if k, ok := keyText(key); ok {
			return e.attribute(p, k, rng)
		}
	case *instances:
		if one := oneOfGroup(e, &p.group, key, rng); one != nil {
			return one
		}
		i, unknown, ok := indexGroup(e, &p.group, key)
		switch {
		case ok:
			return i
		case unknown:
			_, marks := key.Unmark()
			k, _ := keyText(key)
			address := p.module.path + p.block.address + "[" + e.ev.symbols.Text(k).String() + "]"
			return e.ev.symbol(policy.Symbol{
				Kind: policy.SymbolUnknown, Name: address, Scope: e.identity(), References: []string{address},
				Reasons: reasons(marks, p.marks),
			}).WithMarks(marks, p.marks)
		}
		return e.fail(rng, "%s has no instance %s", p.block.address, showKey(key))
	case *moduleInstances:
		if one := oneOfGroup(e, &p.group, key, rng); one != nil {
			return one
		}
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
		p = e.entered(p)
		if e.mayBeNull(key) {
			e.doubtful()
		}
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

// indexGroup finds the instance of a key. A key that is not known, or is one
// that the group may have, gives the representative, or unknown.
func indexGroup[T any](e *env, g *group[T], key cty.Value) (found T, unknown, ok bool) {
	k, known := keyText(key)
	if known {
		if i, ok := g.at(k); ok {
			return i, false, true
		}
	}
	g.touch(e.ev)
	if x, ok := g.representative(); ok {
		e.doubtful()
		return x, false, true
	}
	unknown = !known || g.expanding || g.cut || policy.ContainsToken(k) || g.hidesKey()
	if unknown {
		e.doubtful()
	}
	return found, unknown, false
}

// oneOfGroup are the instances at a key that is a choice; nil for any other
// key, and where an instance is not there.
func oneOfGroup[T any](e *env, g *group[T], key cty.Value, rng hcl.Range) place {
	u, _ := key.Unmark()
	if !isText(u) {
		return nil
	}
	if _, ok := g.at(u.AsString()); ok {
		return nil
	}
	one := &oneOf{rng: rng}
	for _, k := range e.spelled(u) {
		text, _ := keyText(k)
		x, ok := g.at(text)
		if !ok {
			return nil
		}
		one.list = append(one.list, x)
	}
	if len(one.list) == 0 {
		return nil
	}
	return one
}

// memberOfChoice is the entry of a map at a key that is a choice.
func (e *env) memberOfChoice(v, key cty.Value, suffix string, rng hcl.Range) (cty.Value, bool) {
	u, _ := v.Unmark()
	k, _ := key.Unmark()
	if !isText(k) || !policy.ContainsToken(k.AsString()) || !isCollection(u) || !isKeyed(u) {
		return cty.NilVal, false
	}
	if _, present := u.AsValueMap()[k.AsString()]; present {
		return cty.NilVal, false
	}
	return e.eachWorld([]cty.Value{k}, true, rng, func(e *env, keys []cty.Value) cty.Value {
		return e.member(v, keys[0], suffix, rng)
	})
}

// member is one element or attribute of a value.
func (e *env) member(v, key cty.Value, suffix string, rng hcl.Range) cty.Value {
	if found, ok := e.memberOfChoice(v, key, suffix, rng); ok {
		return found
	}
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
	if isKeyed(u) {
		return e.hiddenEntry(u, key, suffix, rng, marks, keyMarks)
	}
	at, ok := wholeNumber(key)
	if ok && v.HasMark(markUnordered) {
		return e.anyOf(u, rng, suffix, marks).WithMarks(marks), true
	}
	switch {
	case !ok || at < 0:
		return cty.NilVal, false
	case !e.charge(u.LengthInt()/elementsPerLook, func() hcl.Range { return rng }):
		return e.starve(cty.DynamicPseudoType).WithMarks(marks), true
	case !e.hasLooseElement(u):
		return cty.NilVal, false
	}
	found, ok := e.at(u, at, suffix, rng, marks)
	if !ok {
		return cty.NilVal, false
	}
	return found.WithMarks(marks), true
}

// memberOf is the element of a map or an object with a key.
func memberOf(v cty.Value, key string) (cty.Value, bool) {
	if v.Type().IsObjectType() {
		if !v.Type().HasAttribute(key) {
			return cty.NilVal, false
		}
		return v.GetAttr(key), true
	}
	k := cty.StringVal(key)
	if has := v.HasIndex(k); !has.IsKnown() || has.False() {
		return cty.NilVal, false
	}
	return v.Index(k), true
}

// hiddenEntry is hiddenMember of a map or an object.
func (e *env) hiddenEntry(u, key cty.Value, suffix string, rng hcl.Range, marks, keyMarks cty.ValueMarks) (cty.Value, bool) {
	k, ok := keyText(key)
	if x, present := memberOf(u, k); !ok || present {
		if present && isOptional(x) {
			e.doubtful()
			return existing(x).WithMarks(marks), true
		}
		return cty.NilVal, false
	}
	if !e.charge(u.LengthInt(), func() hcl.Range { return rng }) {
		return e.starve(cty.DynamicPseudoType).WithMarks(marks), true
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
			return e.another(existing(element), rng, suffix).WithMarks(marks), true
		}
	}
	return cty.NilVal, false
}

// anyOf is an element of a list of which it is not known which stands where.
func (e *env) anyOf(list cty.Value, rng hcl.Range, suffix string, marks cty.ValueMarks) cty.Value {
	e.doubtful()
	elements := list.AsValueSlice()
	if len(elements) == 0 || len(elements) > maxAlternatives {
		return cty.DynamicVal
	}
	v := e.renamed(existing(elements[0]), suffix)
	for _, x := range elements[1:] {
		v = e.choice(v, e.renamed(existing(x), suffix), rng, suffix, marks)
	}
	return v
}

// at is the element of a list at a place, where elements before it may not
// exist or stand for several: one of those that may stand there. ok is false
// where there is none.
func (e *env) at(list cty.Value, at int, suffix string, rng hcl.Range, marks cty.ValueMarks) (v cty.Value, ok bool) {
	least, most := 0, 0 // the places where the element may be
	anywhere := false   // after one that stands for several
	add := func(x cty.Value) {
		if v == cty.NilVal {
			v = x
		} else {
			v = e.choice(v, x, rng, suffix, marks)
		}
	}
	for it := list.ElementIterator(); it.Next() && least <= at; {
		_, x := it.Element()
		may := isOptional(x)
		switch {
		case e.many(x):
			e.doubtful()
			if at > 0 || e.ev.isSpread(x) {
				add(e.another(existing(x), rng, suffix))
			} else {
				add(existing(x)) // the first of those that it stands for
			}
			may, anywhere = true, true
		case anywhere || most >= at:
			add(existing(x))
		}
		if most++; !may {
			least++
		}
	}
	if v == cty.NilVal {
		return v, false
	}
	if least <= at {
		e.doubtful()
	}
	return v, true
}

// another is one of the elements that an element stands for: what is spelled
// out in it is so in all of them.
func (e *env) another(element cty.Value, rng hcl.Range, suffix string) cty.Value {
	if e.ev.isSpread(element) {
		return e.renamed(element, suffix)
	}
	out, err := cty.Transform(element, func(p cty.Path, x cty.Value) (cty.Value, error) {
		if u, marks := x.Unmark(); isText(u) && policy.ContainsToken(u.AsString()) && !e.ev.isSpread(u) {
			return cty.StringVal(e.ev.symbols.Token(e.unknownAt(rng, suffix+pathText(p)))).WithMarks(marks), nil
		}
		return x, nil
	})
	if err != nil {
		return cty.DynamicVal
	}
	return out
}

// renamed is one element of the zero or more that a spread element stands for.
func (e *env) renamed(element cty.Value, suffix string) cty.Value {
	return e.ev.unspread(element, func(s *policy.Symbol) policy.Symbol {
		return policy.Symbol{
			Kind: policy.SymbolUnknown, Scope: s.Scope + suffix, Name: s.Name + suffix, References: s.References,
			Reasons: s.Reasons,
		}
	})
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

func pathText(p cty.Path) string {
	var b strings.Builder
	for _, s := range p {
		switch s := s.(type) {
		case cty.GetAttrStep:
			b.WriteString("." + s.Name)
		case cty.IndexStep:
			if k, ok := keyText(s.Key); ok && s.Key.Type() == cty.Number {
				b.WriteString("[" + k + "]")
			} else if ok {
				b.WriteString(resource.QuoteKey(k))
			}
		}
	}
	return b.String()
}
