package tfconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// JSON configuration is turned into the syntax tree of native configuration,
// so that evaluating, tracing and overriding have one input. JSON does not
// tell blocks from attributes; what nests as blocks in the types that matter
// here is listed below.

var jsonTop = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "output", LabelNames: []string{"name"}},
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "data", LabelNames: []string{"type", "name"}},
	{Type: "module", LabelNames: []string{"name"}},
	{Type: "provider", LabelNames: []string{"name"}},
	{Type: "terraform"},
}}

// jsonNested are the types of blocks inside a block, by the type of resource
// or block that holds them.
var jsonNested = map[string][]string{
	"aws_iam_role":            {"inline_policy"},
	"aws_iam_policy_document": {"statement"},
	"statement":               {"principals", "not_principals", "condition"},
	"aws":                     {"assume_role", "assume_role_with_web_identity", "default_tags", "ignore_tags"},
	"terraform":               {"backend", "cloud", "required_providers"},
	"backend":                 {"workspaces"},
	"cloud":                   {"workspaces"},
}

// jsonComment is the key under which JSON configuration has its comments.
const jsonComment = "//"

func parseJSON(src []byte, file string) ([]*hclsyntax.Block, []problem) {
	if err := checkJSON(src, maxJSON); err != nil {
		return nil, []problem{{rng: shapeRange(file, err), message: "the file is skipped: " + err.Error()}}
	}
	c := &jsonConverter{file: file}
	f, diags := hcljson.Parse(src, file)
	c.diagnose(diags)
	if f == nil {
		return nil, c.problems
	}
	content, _, _ := f.Body.PartialContent(jsonTop)
	if content == nil {
		return nil, c.problems
	}
	var blocks []*hclsyntax.Block
	for _, b := range content.Blocks {
		blocks = append(blocks, c.block(b, jsonBlockTypes(b)))
	}
	return blocks, c.problems
}

func jsonBlockTypes(b *hcl.Block) []string {
	types := []string{"lifecycle"}
	if len(b.Labels) > 0 {
		types = append(types, jsonNested[b.Labels[0]]...)
	}
	return append(types, jsonNested[b.Type]...)
}

// jsonInnerTypes are the types of blocks inside a nested block.
func jsonInnerTypes(outer, inner *hcl.Block) []string {
	switch {
	case inner.Type == "dynamic":
		return []string{"content"}
	case inner.Type == "content" && len(outer.Labels) == 1:
		return jsonNested[outer.Labels[0]]
	}
	return jsonNested[inner.Type]
}

type jsonConverter struct {
	file     string
	problems []problem
}

func (c *jsonConverter) diagnose(diags hcl.Diagnostics) {
	for _, d := range diags {
		rng := startOf(c.file)
		if d.Subject != nil {
			rng = *d.Subject
		}
		c.problems = append(c.problems, problem{rng: rng, message: d.Summary + ": " + d.Detail})
	}
}

func (c *jsonConverter) block(b *hcl.Block, types []string) *hclsyntax.Block {
	schema := &hcl.BodySchema{}
	for _, t := range types {
		header := hcl.BlockHeaderSchema{Type: t}
		if t == "backend" {
			header.LabelNames = []string{"type"}
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	if b.Type != "dynamic" && b.Type != "terraform" && len(types) > 0 {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}})
	}
	content, rest, diags := b.Body.PartialContent(schema)
	if b.Type != "terraform" {
		c.diagnose(diags)
	}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: b.DefRange}
	attributes, _ := rest.JustAttributes()
	for name, a := range attributes {
		// These are expressions, or references, spelled as strings.
		reference := b.Type == "variable" && name == "type" || b.Type == "dynamic" && name == "iterator" ||
			name == "provider" || b.Type == "lifecycle" && name == "ignore_changes"
		body.Attributes[name] = c.attribute(a, reference, b.Type == "variable")
	}
	for _, inner := range content.Blocks {
		body.Blocks = append(body.Blocks, c.block(inner, jsonInnerTypes(b, inner)))
	}
	slices.SortStableFunc(body.Blocks, func(x, y *hclsyntax.Block) int { return x.TypeRange.Start.Byte - y.TypeRange.Start.Byte })
	return &hclsyntax.Block{
		Type: b.Type, Labels: b.Labels, Body: body, TypeRange: b.TypeRange, LabelRanges: b.LabelRanges,
		OpenBraceRange: b.DefRange, CloseBraceRange: lastPlace(body, b.DefRange),
	}
}

// lastPlace is where the last thing in a body ends.
func lastPlace(body *hclsyntax.Body, end hcl.Range) hcl.Range {
	for _, a := range body.Attributes {
		if a.SrcRange.End.Byte > end.End.Byte {
			end = a.SrcRange
		}
	}
	for _, inner := range body.Blocks {
		if inner.CloseBraceRange.End.Byte > end.End.Byte {
			end = inner.CloseBraceRange
		}
	}
	end.Start = end.End
	return end
}

// attribute converts an attribute. Where Terraform evaluates none of its
// expressions, as in a variable's default, strings are literal: they stand as
// they are written, and no templates (JSON Configuration Syntax, "variable
// blocks").
func (c *jsonConverter) attribute(a *hcl.Attribute, reference, literal bool) *hclsyntax.Attribute {
	x := c.expression(a.Expr, literal)
	if reference {
		x = c.reference(a.Expr, x)
	}
	return &hclsyntax.Attribute{Name: a.Name, Expr: x, SrcRange: a.Range, NameRange: a.NameRange}
}

// reference reads a string, or the strings of a list, as expressions.
func (c *jsonConverter) reference(x hcl.Expression, otherwise hclsyntax.Expression) hclsyntax.Expression {
	if list, ok := otherwise.(*hclsyntax.TupleConsExpr); ok {
		elements, diags := hcl.ExprList(x)
		if diags.HasErrors() || len(elements) != len(list.Exprs) {
			return otherwise
		}
		for i := range elements {
			list.Exprs[i] = c.reference(elements[i], list.Exprs[i])
		}
		return list
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() || !isText(v) || checkShape([]byte(v.AsString())) != nil {
		return otherwise
	}
	parsed, diags := hclsyntax.ParseExpression([]byte(v.AsString()), x.Range().Filename, inString(x.Range().Start))
	if diags.HasErrors() {
		return otherwise
	}
	return parsed
}

// inString is the first place inside a quoted string.
func inString(start hcl.Pos) hcl.Pos {
	start.Column++
	start.Byte++
	return start
}

func (c *jsonConverter) expression(x hcl.Expression, literal bool) hclsyntax.Expression {
	rng := x.Range()
	if pairs, diags := hcl.ExprMap(x); !diags.HasErrors() {
		object := &hclsyntax.ObjectConsExpr{SrcRange: rng, OpenRange: rng}
		for _, p := range pairs {
			key := &hclsyntax.ObjectConsKeyExpr{Wrapped: c.expression(p.Key, literal), ForceNonLiteral: true}
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: c.expression(p.Value, literal)})
		}
		return object
	}
	if elements, diags := hcl.ExprList(x); !diags.HasErrors() {
		tuple := &hclsyntax.TupleConsExpr{SrcRange: rng, OpenRange: rng}
		for _, element := range elements {
			tuple.Exprs = append(tuple.Exprs, c.expression(element, literal))
		}
		return tuple
	}
	v, _ := x.Value(nil) // without a context strings come as they are written
	if isText(v) && !literal && strings.ContainsAny(v.AsString(), "$%") {
		text := []byte(v.AsString())
		if err := checkTemplateShape(text); err != nil {
			c.problems = append(c.problems, problem{rng: rng, message: fmt.Sprintf("a template cannot be read: %s", err)})
			return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: rng}
		}
		template, diags := hclsyntax.ParseTemplate(text, rng.Filename, inString(rng.Start))
		if diags.HasErrors() {
			c.diagnose(diags)
			return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: rng}
		}
		return template
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: rng}
}
