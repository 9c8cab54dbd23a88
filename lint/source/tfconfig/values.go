package tfconfig

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// values are the attributes and nested blocks of an instance that the model is
// made of. No other is evaluated: what is wrong with a value without meaning
// for IAM is not told.
func (i *instance) values() map[string]resource.Value {
	e, parts := i.env(), i.parts()
	out := map[string]resource.Value{}
	for name := range i.block.body().Attributes {
		if parts.Of(name) != nil && !metaArguments[name] {
			// The model keeps the place, but not the body.
			written := func() hclsyntax.Expression { return i.block.body().Attributes[name].Expr }
			out[name] = e.attributeValue(written, i.attributeOrWritten(name))
		}
	}
	if i.typ() == "data.aws_iam_policy_document" {
		// The statements are in the text; nobody asks for their blocks.
		out["json"] = i.documentValue()
		return out
	}
	e.blockValues(i.block.body(), parts, out)
	return out
}

func (i *instance) parts() *resource.Parts { return resource.PartsOf(i.block.typ, i.block.data) }

// attributeOrWritten is the value of an attribute as it is written, not what
// the provider makes of null; where both are the same it is the remembered one.
func (i *instance) attributeOrWritten(name string) cty.Value {
	a := i.block.body().Attributes[name]
	if d := i.declared(name); d != nil && (d.WriteOnly || isDefinite(d.Unset())) || resource.CanonicalAttribute(i.typ(), name) != name {
		return i.env().eval(a.Expr)
	}
	v := i.attribute(name)
	if s := i.module.ev.symbolOf(v); s != nil && i.module.ev.referenced[s] == i {
		return i.env().eval(a.Expr)
	}
	return v
}

// blockValues adds the nested blocks of a body that are parts: a list of
// objects for each type.
func (e *env) blockValues(body *hclsyntax.Body, parts *resource.Parts, out map[string]resource.Value) {
	for _, typ := range blockTypes(body) {
		inner := parts.Of(typ)
		if inner == nil {
			continue
		}
		list := resource.Value{Kind: resource.List}
		for _, b := range e.nestedBlocks(body, typ) {
			list.List = append(list.List, b.resourceValue(inner))
		}
		out[typ] = list
	}
}

// resourceValue is one nested block as an object of its parts.
func (b nested) resourceValue(parts *resource.Parts) resource.Value {
	e := b.env
	v := resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
	for name, a := range b.block.Body.Attributes {
		if parts.Of(name) != nil {
			v.Object[name] = e.attributeValue(func() hclsyntax.Expression { return a.Expr }, e.eval(a.Expr))
		}
	}
	e.blockValues(b.block.Body, parts, v.Object)
	if b.may != nil {
		v.Maybe = b.may.why
	}
	rng := b.block.DefRange()
	whole := func() spot { return spot{rng, e.module} }
	v.Locate = func(policy.Range) iam.Location { return e.ev.place(whole, whole) }
	return v
}

// attributeValue is the value of an attribute, which is the value of an
// expression as it is written, together with its place.
func (e *env) attributeValue(written func() hclsyntax.Expression, v cty.Value) resource.Value {
	x := written()
	out := e.resourceValue(v, x.Range(), "")
	out.Locate = func(within policy.Range) iam.Location {
		return e.placeOf(written, func(x hclsyntax.Expression) spot { return e.locate(x, within) })
	}
	out.Computed = !isWritten(x)
	t := e.trace(x)
	out.References = t.references
	if last := writtenReference(t.expr); last != "" && (t.env != e || len(t.references) == 0) {
		out.References = append(slices.Clone(t.references), last)
	}
	if t.document != nil {
		out.Document = t.document.documentSource()
	}
	if call, ok := t.expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "jsonencode" {
		out.Form = iam.FormObject
	}
	if u, _ := v.Unmark(); t.document == nil && isText(u) {
		if maybe := e.ev.maybeStatements[u.AsString()]; maybe != nil {
			out.Document = &resource.DocumentSource{Maybe: maybe}
		}
		if s := e.ev.symbolOf(u); isChoice(s) {
			out.Document = &resource.DocumentSource{MaybeOf: map[string][]*policy.Symbol{}}
			for _, text := range s.Alternatives {
				src := e.ev.symbols.Encode(text)
				out.Document.MaybeOf[src] = e.ev.maybeStatements[src]
			}
		}
	}
	e.locateElements(&out, written)
	return out
}

// placeOf finds a place in an expression, which is where that stands otherwise.
func (e *env) placeOf(written func() hclsyntax.Expression, find func(hclsyntax.Expression) spot) iam.Location {
	whole := func() spot { return spot{written().Range(), e.module} }
	return e.ev.place(whole, func() spot { return find(written()) })
}

// isWritten reports whether an expression is a literal.
func isWritten(x hclsyntax.Expression) bool {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return !slices.ContainsFunc(x.Parts, func(part hclsyntax.Expression) bool { return !isWritten(part) })
	}
	return false
}

// writtenReference is the reference that an expression is, without instance
// keys; "" if it is none.
func writtenReference(x hclsyntax.Expression) string {
	var rest hcl.Traversal
	var prefix string
	switch x := x.(type) {
	case *hclsyntax.ParenthesesExpr:
		return writtenReference(x.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return writtenReference(x.Wrapped)
	case *hclsyntax.IndexExpr:
		return writtenReference(x.Collection)
	case *hclsyntax.RelativeTraversalExpr:
		prefix, rest = writtenReference(x.Source), x.Traversal
	case *hclsyntax.ScopeTraversalExpr:
		prefix, rest = x.Traversal.RootName(), x.Traversal[1:]
	}
	if prefix == "" {
		return ""
	}
	for _, s := range rest {
		if a, ok := s.(hcl.TraverseAttr); ok {
			prefix += "." + a.Name
		}
	}
	return prefix
}

// locateElements gives the elements of a list their own places, and the
// members of an object and of a list of objects.
func (e *env) locateElements(v *resource.Value, written func() hclsyntax.Expression) {
	for name, member := range v.Object {
		member.Locate = e.locateMember(written, cty.StringVal(name))
		v.Object[name] = member
	}
	for i := range v.List {
		index := cty.NumberIntVal(int64(i))
		element := &v.List[i]
		element.Locate = e.locateMember(written, index)
		for name, member := range element.Object {
			key := cty.StringVal(name)
			member.Locate = e.locateMember(written, index, key)
			if t, ok := e.memberOf(written(), index, key); ok && t.document != nil {
				member.Document = t.document.documentSource()
			}
			element.Object[name] = member
		}
	}
}

// memberOf follows an expression to a part of its value.
func (e *env) memberOf(x hclsyntax.Expression, keys ...cty.Value) (traced, bool) {
	t := e.trace(x)
	for _, key := range keys {
		next, ok := t.member(key)
		if !ok {
			return t, false
		}
		t = next
	}
	return t, true
}

// locateMember is the place of a part of a value, or of the whole.
func (e *env) locateMember(written func() hclsyntax.Expression, keys ...cty.Value) func(policy.Range) iam.Location {
	return func(within policy.Range) iam.Location {
		return e.placeOf(written, func(x hclsyntax.Expression) spot {
			if t, ok := e.memberOf(x, keys...); ok {
				if s, ok := t.toChange().spot(within, 0); ok {
					return s
				}
			}
			return e.locate(x, policy.Range{})
		})
	}
}

// resourceValue converts a value; rng and detail name what is unknown in it.
func (e *env) resourceValue(v cty.Value, rng hcl.Range, detail string) resource.Value {
	v, marks := v.Unmark()
	out := e.unmarkedValue(v, rng, detail, marks)
	for m := range marks {
		switch m {
		case markSensitive:
			out.Sensitive = true
		case markDefault:
			out.FromDefault = true
		case markMaybe:
			out.Nullable = true
		}
		if o, ok := m.(optional); ok {
			out.Maybe = o.why
		}
	}
	return out
}

func (e *env) unmarkedValue(v cty.Value, rng hcl.Range, detail string, marks cty.ValueMarks) resource.Value {
	switch {
	case !v.IsKnown():
		return resource.UnknownValue(e.unknownAt(rng, detail, marks))
	case v.IsNull():
		return resource.Value{}
	case v.Type() == cty.String:
		text := e.ev.decode(v)
		out := resource.Value{Kind: resource.Scalar, Text: text}
		if s := text.Symbol(); s != nil {
			out.Nullable = s.Nullable
		}
		return out
	case v.Type().IsPrimitiveType():
		out := resource.Value{Kind: resource.Scalar, NotString: true}
		if s, err := convert.Convert(v, cty.String); err == nil && printable(v) {
			out.Text = policy.Literal(s.AsString())
		}
		return out
	case !v.CanIterateElements():
		return resource.Value{}
	}
	if v.Type().IsObjectType() || v.Type().IsMapType() {
		out := resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			text := e.ev.decode(k)
			key := text.String()
			out.Open = out.Open || !text.IsKnown()
			out.Object[key] = e.inherit(&out, x, rng, detail+"."+key)
		}
		return out
	}
	out := resource.Value{Kind: resource.List, List: make([]resource.Value, 0, v.LengthInt())}
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		x, token := e.ev.fromToken(x)
		if token != nil {
			x = x.Mark(*token)
		}
		out.List = append(out.List, e.inherit(&out, x, rng, fmt.Sprintf("%s[%d]", detail, len(out.List))))
	}
	return out
}

// inherit converts an element; a collection with a sensitive element, or one
// from a default, is so too.
func (e *env) inherit(parent *resource.Value, x cty.Value, rng hcl.Range, detail string) resource.Value {
	v := e.resourceValue(x, rng, detail)
	parent.Sensitive = parent.Sensitive || v.Sensitive
	parent.FromDefault = parent.FromDefault || v.FromDefault
	return v
}
