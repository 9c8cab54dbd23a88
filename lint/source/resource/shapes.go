package resource

import (
	"slices"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/source/schema"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// A plan or state in which an attribute has another type than the schema of
// the provider gives it was not printed by Terraform, and what the attribute
// says is not known.

// required are the attributes that a resource cannot be without, of those
// whose loss would take a grant out of sight. A policy that is a resource of
// its own (see policyPlaces) cannot be without its document either.
var required = map[string][]string{
	"aws_iam_role": {"assume_role_policy"}, "aws_iam_user": {"name"}, "aws_iam_group": {"name"},
	"aws_iam_policy":      {"policy"},
	"aws_iam_role_policy": {"role", "policy"}, "aws_iam_user_policy": {"user", "policy"}, "aws_iam_group_policy": {"group", "policy"},
	"aws_iam_role_policy_attachment":             {"role", "policy_arn"},
	"aws_iam_user_policy_attachment":             {"user", "policy_arn"},
	"aws_iam_group_policy_attachment":            {"group", "policy_arn"},
	"aws_iam_policy_attachment":                  {"policy_arn"},
	"aws_iam_role_policy_attachments_exclusive":  {"role_name", "policy_arns"},
	"aws_iam_user_policy_attachments_exclusive":  {"user_name", "policy_arns"},
	"aws_iam_group_policy_attachments_exclusive": {"group_name", "policy_arns"},
	"aws_iam_group_membership":                   {"group", "users"}, "aws_iam_user_group_membership": {"user", "groups"},
	"aws_iam_access_key": {"user"}, "aws_iam_user_login_profile": {"user"},
	"aws_organizations_policy": {"content"}, "aws_organizations_policy_attachment": {"policy_id", "target_id"},
	"aws_lambda_permission":                           {"function_name", "principal", "action"},
	"aws_cloudwatch_event_permission":                 {"principal"},
	"aws_ssoadmin_permission_set_inline_policy":       {"inline_policy", "permission_set_arn"},
	"aws_ssoadmin_managed_policy_attachment":          {"managed_policy_arn", "permission_set_arn"},
	"aws_ssoadmin_customer_managed_policy_attachment": {"customer_managed_policy_reference", "permission_set_arn"},
	"aws_ssoadmin_permissions_boundary_attachment":    {"permissions_boundary", "permission_set_arn"},
}

// filled are attributes, by the paths of the blocks that they stand in, that
// are left out of a plan where they are not known, and are never null: the
// provider fills them in, or the block cannot be without them.
var filled = map[string][]string{
	"aws_iam_role": {"name", "inline_policy"}, "aws_iam_policy": {"name"}, "aws_iam_instance_profile": {"name"},
	"data.aws_iam_policy_document": {
		"statement.condition.test", "statement.condition.variable", "statement.condition.values",
		"statement.principals.type", "statement.principals.identifiers",
		"statement.not_principals.type", "statement.not_principals.identifiers",
	},
}

// Shape is what the attributes of a resource of that type are in a plan or
// state. Types that are not read, and attributes of which the model is not
// made, may have any.
func Shape(typ string, isData bool) *stream.Shape {
	block := schema.Resource(typ)
	if isData {
		block = schema.DataSource(typ)
		typ = "data." + typ
	}
	if known, ok := knownShapes.Load(typ); ok {
		if s, ok := known.(*stream.Shape); ok {
			return s
		}
	}
	s := newShape(typ, block)
	knownShapes.Store(typ, s)
	return s
}

// knownShapes are the shapes that were asked for, by type.
var knownShapes sync.Map // of string to *stream.Shape

func newShape(typ string, block *schema.Block) *stream.Shape {
	parts := partsOf(typ)
	isCC := strings.HasPrefix(typ, "awscc_")
	if parts == nil || block == nil && !isCC {
		return stream.ObjectOf(nil)
	}
	needed := slices.Clone(required[typ])
	if g, ok := policyPlaces[typ]; ok && strings.HasSuffix(typ, "_policy") {
		needed = append(needed, g.attribute)
	}
	f := shaper{filled: slices.Concat(needed, filled[typ])}
	if isCC {
		return stream.ObjectOf(ccShapes(typ, parts), needed...)
	}
	return stream.ObjectOf(f.members(block, parts, ""), needed...)
}

// shaper makes shapes of a schema.
type shaper struct{ filled []string }

// members are the shapes of the parts of a block at a path.
func (f shaper) members(b *schema.Block, parts *Parts, path string) map[string]*stream.Shape {
	of := map[string]*stream.Shape{}
	for _, name := range b.Names() {
		inner := parts.Of(name)
		if inner == nil {
			continue
		}
		s := f.part(b, inner, name, path+name)
		if !slices.Contains(f.filled, path+name) {
			s = s.OrNull()
		}
		of[name] = s
	}
	return of
}

func (f shaper) part(b *schema.Block, parts *Parts, name, path string) *stream.Shape {
	n := b.Nested(name)
	if n == nil {
		return typeShape(b.Attribute(name).Type())
	}
	body := stream.ObjectOf(f.members(n.Block(), parts, path+"."))
	switch n.Mode {
	case schema.List, schema.Set:
		return stream.ListOf(body)
	case schema.Map:
		return stream.MapOf(body)
	case schema.Single:
	}
	return body
}

// typeShape is the shape of a value of a type that is not null.
func typeShape(ty cty.Type) *stream.Shape {
	switch {
	case ty == cty.String:
		return stream.Text
	case ty == cty.Number:
		return stream.Number
	case ty == cty.Bool:
		return stream.Boolean
	case ty.IsListType(), ty.IsSetType():
		return stream.ListOf(typeShape(ty.ElementType()))
	case ty.IsMapType():
		return stream.MapOf(typeShape(ty.ElementType()).OrNull())
	case ty.IsObjectType():
		of := map[string]*stream.Shape{}
		for name, inner := range ty.AttributeTypes() {
			of[name] = typeShape(inner).OrNull()
		}
		return stream.ObjectOf(of)
	}
	return stream.Any
}

// ccShapes are the shapes of the parts of a type of the Cloud Control
// provider, whose schema is not embedded: texts for the most part.
func ccShapes(typ string, parts *Parts) map[string]*stream.Shape {
	text := stream.Text.OrNull()
	object := func(of map[string]*stream.Shape) *stream.Shape { return stream.ObjectOf(of).OrNull() }
	objects := func(names ...string) *stream.Shape {
		of := map[string]*stream.Shape{}
		for _, name := range names {
			of[name] = text
		}
		return stream.ListOf(stream.ObjectOf(of)).OrNull()
	}
	of := map[string]*stream.Shape{}
	for name := range parts.in {
		switch name {
		case "managed_policy_arns", "managed_policies", "groups", "roles", "users", "client_id_list":
			of[name] = stream.ListOf(stream.Text).OrNull()
		case "tags":
			of[name] = objects("key", "value")
		case "policies":
			of[name] = objects("policy_name", "policy_document")
		case "customer_managed_policy_references":
			of[name] = objects("name", "path")
		case "login_profile":
			of[name] = object(nil)
		default:
			of[name] = text
		}
	}
	if typ == "awscc_sso_permission_set" {
		of["permissions_boundary"] = object(map[string]*stream.Shape{
			"managed_policy_arn":                text,
			"customer_managed_policy_reference": object(map[string]*stream.Shape{"name": text, "path": text}),
		})
	}
	return of
}
