package tfconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// A nested block is a value when its resource is referred to: an object with
// every attribute that the provider declares, in a list, a set, a map or by
// itself.

// nestedValue are the blocks of one type in a body. path is how a reference
// names them: vpc_config, or a[0].b for blocks in blocks.
func (i *instance) nestedValue(e *env, body *hclsyntax.Body, typ string, n *schema.Nested, path string) cty.Value {
	list := e.nestedBlocks(body, typ)
	if len(list) == 0 && !n.Computed {
		return noBlocks(n)
	}
	if len(list) == 0 {
		return i.unknown(path, n.Type())
	}
	objects := make([]cty.Value, 0, len(list))
	var marks []cty.ValueMarks
	for at, b := range list {
		marks = append(marks, b.marks)
		if b.may != nil && n.Mode != schema.List {
			return i.unknown(path, n.Type()).WithMarks(marks...)
		}
		objects = append(objects, b.perhaps(i.blockObject(b, n.Block(), blockPath(path, n.Mode, at))))
	}
	return i.blockCollection(n, list, objects, path).WithMarks(marks...)
}

func blockPath(path string, m schema.Mode, at int) string {
	if m == schema.Single {
		return path
	}
	return fmt.Sprintf("%s[%d]", path, at)
}

// noBlocks is the value where a body has no block of a type.
func noBlocks(n *schema.Nested) cty.Value {
	ty := n.Type()
	switch n.Mode {
	case schema.Single:
		return cty.NullVal(ty)
	case schema.Set:
		return cty.SetValEmpty(ty.ElementType())
	case schema.Map:
		return cty.MapValEmpty(ty.ElementType())
	case schema.List:
	}
	return cty.ListValEmpty(ty.ElementType())
}

// perhaps is the object of a block, which may not exist where the block may not.
func (b nested) perhaps(object cty.Value) cty.Value {
	if b.may == nil {
		return object
	}
	return object.Mark(*b.may)
}

// blockCollection puts the objects of blocks into the shape of their type.
func (i *instance) blockCollection(n *schema.Nested, list []nested, objects []cty.Value, path string) cty.Value {
	switch n.Mode {
	case schema.Single:
		return objects[0]
	case schema.Map:
		byLabel := map[string]cty.Value{}
		for at, b := range list {
			if len(b.block.Labels) == 1 {
				byLabel[b.block.Labels[0]] = objects[at]
			}
		}
		return cty.ObjectVal(byLabel)
	case schema.Set:
		return i.blockSet(objects, n.Type(), path)
	case schema.List:
	}
	return cty.TupleVal(objects)
}

// blockSet is a set of objects, which must have one type. Its elements cannot
// be told apart by an index, so that what is unknown in them needs no name.
func (i *instance) blockSet(objects []cty.Value, ty cty.Type, path string) cty.Value {
	var problems []problem
	set := i.env().quiet(&problems, nil).convert(cty.TupleVal(objects), ty, &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng})
	if len(problems) > 0 || !set.IsKnown() {
		return i.unknown(path, ty)
	}
	return set
}

// blockObject is one nested block.
func (i *instance) blockObject(b nested, declared *schema.Block, path string) cty.Value {
	attributes := map[string]cty.Value{}
	for _, name := range declared.Names() {
		inner := path + "." + name
		if n := declared.Nested(name); n != nil {
			if n.Added && i.module.ev.provider.has(true) == absent {
				continue
			}
			attributes[name] = i.nestedValue(b.env, b.block.Body, name, n, inner)
			continue
		}
		d := declared.Attribute(name)
		if d.Added && i.module.ev.provider.has(true) == absent {
			continue
		}
		attributes[name] = i.blockAttribute(b, d, name, inner)
	}
	return cty.ObjectVal(attributes)
}

func (i *instance) blockAttribute(b nested, d *schema.Attribute, name, path string) cty.Value {
	a := b.block.Body.Attributes[name]
	switch {
	case d.WriteOnly:
		return cty.NullVal(d.Type())
	case a == nil:
		return i.unset(d, path)
	}
	v := b.env.eval(a.Expr)
	u, marks := v.Unmark()
	if isNull(u) {
		return i.unset(d, path).WithMarks(marks)
	}
	return declaredValue(v, d.Type())
}

// blocksOfAttribute are the blocks that stand for an attribute of objects; ok
// is false where there are none. Some attributes may be written either way.
// What the objects lack is up to the provider.
func (i *instance) blocksOfAttribute(name string, ty cty.Type) (v cty.Value, ok bool) {
	list := i.env().nestedBlocks(i.block.body(), name)
	if len(list) == 0 || !ty.IsCollectionType() || !ty.ElementType().IsObjectType() {
		return cty.NilVal, false
	}
	objects := make([]cty.Value, len(list))
	for at, b := range list {
		if b.may != nil {
			return i.unknown(name, ty), true
		}
		path := blockPath(name, schema.List, at)
		attributes := map[string]cty.Value{}
		for inner, t := range ty.ElementType().AttributeTypes() {
			attributes[inner] = i.unknown(path+"."+inner, t)
			if a := b.block.Body.Attributes[inner]; a != nil {
				if v := b.env.eval(a.Expr); !isNull(v) {
					attributes[inner] = declaredValue(v, t)
				}
			}
		}
		objects[at] = cty.ObjectVal(attributes)
	}
	if ty.IsSetType() {
		return i.blockSet(objects, ty, name), true
	}
	return cty.TupleVal(objects), true
}

// undeclaredBlocks are the nested blocks of one type in a resource of another
// provider; ok is false where there are none.
func (i *instance) undeclaredBlocks(name string) (v cty.Value, ok bool) {
	list := i.env().nestedBlocks(i.block.body(), name)
	if len(list) == 0 {
		return cty.NilVal, false
	}
	elements := make([]cty.Value, 0, len(list))
	for at, b := range list {
		elements = append(elements, b.perhaps(i.undeclaredObject(b, blockPath(name, schema.List, at))))
	}
	return cty.TupleVal(elements), true
}

// undeclaredObject is a block of which only what is set is known.
func (i *instance) undeclaredObject(b nested, path string) cty.Value {
	attributes := map[string]cty.Value{}
	i.open(attributes, path+".")
	for name, a := range b.block.Body.Attributes {
		attributes[name] = b.env.eval(a.Expr)
	}
	for _, typ := range blockTypes(b.block.Body) {
		var elements []cty.Value
		for at, inner := range b.env.nestedBlocks(b.block.Body, typ) {
			elements = append(elements, inner.perhaps(i.undeclaredObject(inner, blockPath(path+"."+typ, schema.List, at))))
		}
		attributes[typ] = cty.TupleVal(elements)
	}
	return cty.ObjectVal(attributes)
}
