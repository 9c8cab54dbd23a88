package tfconfig

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/schema"
)

// The value of an attribute of a resource is what the configuration sets, in
// the type that the provider declares. What it does not set, or sets to null,
// is what the provider plans: null, a default, or unknown, which is a symbol
// here. Of the types of other providers nothing is declared: what is not set
// is unknown, and may not even be an attribute.

// schema is what the AWS provider declares of the type, nil for a type that
// is not known.
func (b *resourceBlock) schema() *schema.Block {
	if b.data {
		return schema.DataSource(b.typ)
	}
	return schema.Resource(b.typ)
}

// presence is whether an object has an attribute.
type presence uint8

const (
	present presence = iota
	absent
	// perhaps: another version of the provider, or another provider, has it.
	perhaps
)

// has reports whether a resource of the block has an attribute, or nested
// blocks of that name.
func (ev *evaluator) has(b *resourceBlock, name string) presence {
	if b.sets(name) {
		return present
	}
	declared := b.schema()
	if declared == nil {
		if name == "id" { // which every resource has
			return present
		}
		return perhaps
	}
	if a := declared.Attribute(name); a != nil {
		return ev.provider.has(a.Added)
	}
	if n := declared.Nested(name); n != nil {
		return ev.provider.has(n.Added)
	}
	return ev.provider.lacks()
}

// sets reports whether the body of a resource says something of an attribute.
func (b *resourceBlock) sets(name string) bool {
	if b.body().Attributes[name] != nil {
		return !metaArguments[name]
	}
	return slices.ContainsFunc(b.body().Blocks, func(inner *hclsyntax.Block) bool {
		return blockType(inner) == name && !metaBlocks[name]
	})
}

// declared is what the provider declares of an attribute, nil where that is
// not known.
func (i *instance) declared(name string) *schema.Attribute {
	if b := i.block.schema(); b != nil {
		if a := b.Attribute(name); a != nil {
			return a
		}
		return b.Attribute(i.written(name))
	}
	return nil
}

// attribute is an attribute as it is written, where it is written. What is
// known by two names is one attribute.
func (i *instance) attribute(name string) cty.Value {
	name = resource.CanonicalAttribute(i.typ(), name)
	standIn := func() cty.Value { return i.reference(name) }
	return i.module.ev.demand(i.memo(name), standIn, func() cty.Value { return i.planned(name, i.evaluate) })
}

// namedMemo is the memo of an attribute. Few of a resource are asked for.
type namedMemo struct {
	name string
	memo
}

func (i *instance) memo(name string) *memo {
	for _, known := range i.memos {
		if known.name == name {
			return &known.memo
		}
	}
	node := &namedMemo{name: name}
	i.memos = append(i.memos, node)
	return &node.memo
}

// read is what a reference to an attribute gives.
func (i *instance) read(name string) cty.Value {
	v := i.attribute(name)
	d := i.declared(name)
	if d == nil {
		return v
	}
	v = declaredValue(v, d.Type())
	if u, _ := v.Unmark(); d.Sensitive && isDefinite(u) && i.module.ev.symbolOf(u) == nil {
		i.module.ev.hideTexts(v)
		v = v.Mark(markSensitive)
	}
	return v
}

// declaredValue is a value in the type that the provider declares. One that
// does not convert is kept: what is wrong with it means nothing here.
func declaredValue(v cty.Value, ty cty.Type) cty.Value {
	if v.Type() == cty.String && ty != cty.String && symbolic(v) {
		return v
	}
	if converted, err := convert.Convert(v, ty); err == nil {
		return converted
	}
	return v
}

// withoutNulls is the map that the provider makes of an argument: an entry that
// is null is none, and one that may be null may not exist.
func (e *env) withoutNulls(v cty.Value, rng hcl.Range) cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !isKeyed(u) {
		return v
	}
	entries := u.AsValueMap()
	for k, x := range entries {
		present, nullable := e.present(x)
		s := e.ev.symbolOf(x)
		switch {
		case isNull(x):
			delete(entries, k)
		case nullable && (x.HasMark(markMaybe) || isChoice(s)):
			entries[k] = likewise(present, x).Mark(e.optionalAt(rng, false))
		}
	}
	return keyedLike(u.Type(), entries).WithMarks(marks)
}

func (i *instance) evaluate(name string) cty.Value {
	ev := i.module.ev
	if i.block.data {
		if v, ok := i.lookup(name); ok {
			return v
		}
	}
	a := i.block.body().Attributes[i.written(name)]
	if a == nil || metaArguments[name] {
		return i.notSet(name)
	}
	if d := i.declared(name); d != nil && d.WriteOnly {
		return cty.NullVal(d.Type())
	}
	v := i.env().eval(a.Expr)
	u, marks := v.Unmark()
	switch {
	case isDefinite(u):
		if d := i.declared(name); d != nil && d.Type().IsMapType() {
			return i.env().withoutNulls(v, a.Expr.Range())
		}
		return v
	case isNull(u):
		return i.notSet(name).WithMarks(marks)
	case u.Type() != cty.String && u.Type() != cty.DynamicPseudoType:
		return v
	}
	return cty.StringVal(ev.symbols.Token(i.env().unknownAt(a.Expr.Range(), "", marks))).WithMarks(marks)
}

// written is the name under which a configuration sets what is known as name:
// the data sources of users and groups call their names otherwise.
func (i *instance) written(name string) string {
	if i.block.body().Attributes[name] == nil && name == "name" && i.block.data {
		for _, other := range []string{"user_name", "group_name"} {
			if i.block.body().Attributes[other] != nil {
				return other
			}
		}
	}
	return name
}

// notSet is an attribute that the configuration does not set, or a type of
// nested blocks.
func (i *instance) notSet(name string) cty.Value {
	declared := i.block.schema()
	if declared == nil {
		if v, ok := i.undeclaredBlocks(name); ok {
			return v
		}
		return i.reference(name)
	}
	if n := declared.Nested(name); n != nil {
		return i.nestedValue(i.env(), i.block.body(), name, n, name)
	}
	d := i.declared(name)
	if d == nil {
		return i.reference(name)
	}
	if v, ok := i.blocksOfAttribute(name, d.Type()); ok {
		return v
	}
	return i.unset(d, name)
}

// unset is an attribute that is not set, of the resource or, by its path, of a
// nested block.
func (i *instance) unset(d *schema.Attribute, path string) cty.Value {
	if v := d.Unset(); v.IsKnown() {
		return v
	}
	if i.typ() == "data.aws_iam_policy_document" {
		if v, ok := documentDefault(path, d.Type()); ok {
			return v
		}
	}
	return i.unknown(path, d.Type())
}

// reference is the symbol of an attribute that only AWS or the provider knows.
func (i *instance) reference(name string) cty.Value {
	ev := i.module.ev
	s := resource.ReferenceSymbol(ev.symbols, ev.scope, i.address, name)
	ev.referenced[s] = i
	return cty.StringVal(ev.symbols.Token(s))
}

// unknown is the symbol of an attribute, or of a part of one, whose type is
// declared.
func (i *instance) unknown(path string, ty cty.Type) cty.Value {
	v := i.reference(path)
	if ty != cty.DynamicPseudoType {
		i.module.ev.types[i.module.ev.symbolOf(v)] = ty
	}
	return v
}

// value is the whole instance: each attribute that the type has. Where it may
// have others, an element that stands for them leads back to the instance.
func (i *instance) value() cty.Value {
	ev := i.module.ev
	return ev.demand(memoAt(&i.whole), func() cty.Value { return cty.DynamicVal }, func() cty.Value {
		attributes := map[string]cty.Value{}
		open := false
		for _, name := range i.attributeNames() {
			switch ev.has(i.block, name) {
			case present:
				attributes[name] = i.read(name)
			case perhaps:
				open = true
			case absent:
			}
		}
		if open || ev.has(i.block, "") == perhaps {
			i.open(attributes, "")
		}
		return cty.ObjectVal(attributes)
	})
}

// opening is an object of an instance that may have attributes which are not
// spelled out in its value: the instance itself, or the nested block at path.
type opening struct {
	instance *instance
	path     string
}

// open adds to the attributes of an object an element that stands for others.
func (i *instance) open(attributes map[string]cty.Value, path string) {
	ev := i.module.ev
	name := i.address + "." + path + "*"
	others := ev.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Name: name, References: []string{i.address}})
	ev.openings[ev.symbolOf(others)] = opening{i, path}
	attributes[others.AsString()] = others
}

// openingOf is the opening that a key and an element of an object stand for.
func (ev *evaluator) openingOf(key, element cty.Value) (opening, bool) {
	s := ev.symbolOf(key)
	if s == nil || ev.symbolOf(element) != s {
		return opening{}, false
	}
	o, ok := ev.openings[s]
	return o, ok
}

// attributeOfOpening is an attribute of an object that is not spelled out in
// its value; ok is false for one that it does not have.
func (e *env) attributeOfOpening(o opening, name string, rng hcl.Range) (v cty.Value, ok bool) {
	switch {
	case o.path != "":
		e.doubtful()
		return o.instance.reference(o.path + name), true
	case e.ev.has(o.instance.block, name) == absent:
		return cty.NilVal, false
	}
	return e.attributeOf(o.instance, name, rng), true
}

// spellOut adds to the value of an instance the attributes that a type wants
// and that are not spelled out in it.
func (e *env) spellOut(v cty.Value, ty cty.Type) cty.Value {
	u, marks := v.Unmark()
	if !ty.IsObjectType() || !u.Type().IsObjectType() || !isDefinite(u) {
		return v
	}
	attributes := u.AsValueMap()
	for key, element := range attributes {
		o, ok := e.ev.openingOf(cty.StringVal(key), element)
		if !ok {
			continue
		}
		for name := range ty.AttributeTypes() {
			if _, ok := attributes[name]; ok {
				continue
			}
			if v, ok := e.attributeOfOpening(o, name, o.instance.block.rng); ok {
				attributes[name] = v
			}
		}
		return cty.ObjectVal(attributes).WithMarks(marks)
	}
	return v
}

// attributeNames are the attributes and nested blocks that the instance sets, or its
// type has.
func (i *instance) attributeNames() []string {
	names := map[string]bool{}
	for name := range i.block.body().Attributes {
		names[name] = !metaArguments[name]
	}
	for _, typ := range blockTypes(i.block.body()) {
		names[typ] = true
	}
	if declared := i.block.schema(); declared != nil {
		for _, name := range declared.Names() {
			names[name] = true
		}
	} else {
		names["id"] = true
	}
	maps.DeleteFunc(names, func(_ string, is bool) bool { return !is })
	return sortedKeys(names)
}

// attributeOf is a reference to an attribute of an instance.
func (e *env) attributeOf(i *instance, name string, rng hcl.Range) cty.Value {
	if len(i.maybe) > 0 {
		e.doubtful()
	}
	switch e.ev.has(i.block, name) {
	case present:
	case perhaps:
		e.doubtful()
	case absent:
		return e.fail(rng, "%s", lacking(i.block, name))
	}
	return i.read(name)
}

// lacking is Terraform's message for an attribute that an object does not
// have, and why boundlint thinks so.
func lacking(b *resourceBlock, name string) string {
	older, newer := schema.Versions()
	kind := "the resource type "
	if b.data {
		kind = "the data source "
	}
	return "This object does not have an attribute named \"" + name + "\": " + kind + b.typ +
		" has none in versions " + older + " and " + newer + " of the AWS provider"
}

// checkDirect reports what Terraform refuses before it evaluates anything,
// inside of try and can too: a reference to a resource that names an attribute
// which the type does not have.
func (e *env) checkDirect(b *resourceBlock, rest hcl.Traversal, rng hcl.Range) {
	if e.sink == nil || len(rest) == 0 {
		return // it fails by itself
	}
	if _, ok := rest[0].(hcl.TraverseIndex); ok {
		rest = rest[1:]
	}
	if name := stepName(rest, 0); name != "" && e.ev.has(b, name) == absent {
		e.ev.report(problem{rng: rng, message: lacking(b, name)})
	}
}

// metaBlocks are blocks that Terraform itself reads.
var metaBlocks = map[string]bool{
	"lifecycle": true, "provisioner": true, "connection": true, "dynamic": true, "content": true,
}

// blockTypes are the types of nested blocks in a body, in the order in which
// they first stand, without metaBlocks.
func blockTypes(body *hclsyntax.Body) []string {
	var types []string
	for _, b := range body.Blocks {
		typ := blockType(b)
		if !metaBlocks[typ] && !slices.Contains(types, typ) {
			types = append(types, typ)
		}
	}
	return types
}
