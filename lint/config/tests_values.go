package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/boundlint/boundlint/lint/expect"
)

// value reads a text that may hold references.
func (c *checker) value(x hcl.Expression) (expect.Value, bool) {
	parts, ok := c.parts(x)
	if !ok {
		return expect.Value{}, false
	}
	out := expect.Value{Parts: parts, At: c.location(x.Range())}
	if strings.TrimSpace(out.String()) == "" {
		c.errorf(x.Range(), "the text is empty")
		return out, false
	}
	return out, true
}

func (c *checker) parts(x hcl.Expression) ([]expect.Part, bool) {
	switch x := x.(type) {
	case *hclsyntax.TemplateExpr:
		var out []expect.Part
		for _, p := range x.Parts {
			parts, ok := c.parts(p)
			if !ok {
				return nil, false
			}
			out = append(out, parts...)
		}
		return out, true
	case *hclsyntax.TemplateWrapExpr:
		return c.parts(x.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return c.parts(x.Expression)
	case *hclsyntax.LiteralValueExpr:
		return c.literal(x)
	case *hclsyntax.ScopeTraversalExpr:
		return c.reference(x)
	}
	c.referenceError(x.Range(), "this is none of the values of a test")
	return nil, false
}

// literal is a text, a number or a truth value as AWS writes it.
func (c *checker) literal(x *hclsyntax.LiteralValueExpr) ([]expect.Part, bool) {
	if x.Val.IsNull() {
		c.errorf(x.Range(), "null is not text")
		return nil, false
	}
	v, err := convert.Convert(x.Val, cty.String)
	if err != nil {
		c.referenceError(x.Range(), "this is none of the values of a test")
		return nil, false
	}
	return []expect.Part{{Literal: v.AsString()}}, true
}

// The roots of references.
const (
	rootBoundary = "boundary"
	rootEntity   = "entity"
)

// reference is boundary.NAME or entity.ATTRIBUTE.
func (c *checker) reference(x *hclsyntax.ScopeTraversalExpr) ([]expect.Part, bool) {
	root := x.Traversal.RootName()
	if root != rootBoundary && root != rootEntity {
		c.referenceError(x.Range(), "there is no "+root+" here")
		return nil, false
	}
	name := ""
	if len(x.Traversal) == 2 {
		switch step := x.Traversal[1].(type) {
		case hcl.TraverseAttr:
			name = step.Name
		case hcl.TraverseIndex:
			if step.Key.Type() == cty.String {
				name = step.Key.AsString()
			}
		}
	}
	switch {
	case name == "":
		c.referenceError(x.Range(), "this leads nowhere")
		return nil, false
	case root == rootBoundary:
		return []expect.Part{{Boundary: name}}, true
	case !slices.Contains(expect.EntityAttributes, name):
		c.referenceError(x.Range(), "an entity has no "+name)
		return nil, false
	}
	return []expect.Part{{Entity: name}}, true
}

func isNull(x hcl.Expression) bool {
	literal, ok := x.(*hclsyntax.LiteralValueExpr)
	return ok && literal.Val.IsNull()
}

func isCall(x hcl.Expression) bool {
	_, ok := x.(*hclsyntax.FunctionCallExpr)
	return ok
}

// encoded is the text of a call of jsonencode, the one function that a test
// file has.
func (c *checker) encoded(x hcl.Expression) (string, bool) {
	v, diags := x.Value(&hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}})
	if diags.HasErrors() {
		c.diags = append(c.diags, diags...)
		return "", false
	}
	return v.AsString(), true
}
