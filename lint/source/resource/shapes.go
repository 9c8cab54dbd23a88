package resource

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// The types of the attributes that the model is made of, as the schemas of
// the providers have them. A plan or state in which such an attribute has
// another type was not printed by Terraform, and what the attribute says is
// not known.

// Attributes that are not set are null.
var (
	text   = stream.Text.OrNull()
	texts  = stream.ListOf(stream.Text).OrNull()
	strMap = stream.MapOf(text).OrNull()
	// scalar is a text, or the number of a revision and the like.
	scalar = stream.Text.Or(stream.Number).Or(stream.Boolean).OrNull()
)

// shapes are attributes by name.
type shapes map[string]*stream.Shape

// blocks are the blocks of one type, with the attributes of each; a list of
// objects in Cloud Control.
func blocks(of shapes) *stream.Shape { return stream.ListOf(stream.ObjectOf(of)).OrNull() }

// object is the one block of a type where it is not a list.
func object(of shapes) *stream.Shape { return stream.ObjectOf(of).OrNull() }

// usual are the types of attributes that have the same type wherever IAM has
// them.
var usual = shapes{
	"arn": text, "name": text, "name_prefix": text, "path": text, "permissions_boundary": text,
	"assume_role_policy": text, "policy": text, "content": text, "inline_policy": text, "json": text, "minified_json": text,
	"role": text, "role_name": text, "user": text, "user_name": text, "group": text, "group_name": text,
	"roles": texts, "users": texts, "groups": texts,
	"policy_arn": text, "policy_arns": texts, "managed_policy_arns": texts, "policy_names": texts,
	"managed_policy_arn": text, "permission_set_arn": text, "managed_policies": texts,
	"policy_id": text, "target_id": text, "type": text, "status": text, "id": text,
	"url": text, "client_id_list": texts, "account_id": text, "partition": text,
	"function_name": text, "qualifier": text, "principal": text, "action": text, "statement_id": text,
	"source_arn": text, "source_account": text, "principal_org_id": text, "function_url_auth_type": text,
	"event_source_token": text, "event_bus_name": text, "template_body": text, "capabilities": texts,
	"region": text, "endpoint": text,
	"tags": strMap, "tags_all": strMap,
	// Cloud Control.
	"user_id": text, "policy_name": text, "managed_policy_name": text, "instance_profile_name": text,
	"policy_document": text, "assume_role_policy_document": text, "permission_set_arns": texts,
}

// customerManaged names a policy that each account has to have, setBoundary is
// the boundary of a permission set.
var (
	customerManaged = shapes{"name": text, "path": text}
	setBoundary     = shapes{"managed_policy_arn": text, "customer_managed_policy_reference": blocks(customerManaged)}
	ccSetBoundary   = shapes{"managed_policy_arn": text, "customer_managed_policy_reference": object(customerManaged)}
)

// ccTags and ccPolicies are lists of objects in Cloud Control.
var (
	ccTags     = blocks(shapes{"key": text, "value": text})
	ccPolicies = blocks(shapes{"policy_name": text, "policy_document": text})
)

// own are the attributes that have another type in some resource type than
// usual, by type; those of data sources are at "data.TYPE".
var own = map[string]shapes{
	"aws_iam_role":                                    {"inline_policy": blocks(shapes{"name": text, "policy": text}).NotNull()},
	"aws_cloudwatch_event_permission":                 {"condition": blocks(shapes{"key": text, "type": text, "value": text})},
	"aws_ssoadmin_customer_managed_policy_attachment": {"customer_managed_policy_reference": blocks(customerManaged)},
	"aws_ssoadmin_permissions_boundary_attachment":    {"permissions_boundary": blocks(setBoundary)},
	"awscc_sso_permission_set": {
		"permissions_boundary": object(ccSetBoundary), "customer_managed_policy_references": blocks(customerManaged), "tags": ccTags,
	},
	"awscc_iam_role":           {"policies": ccPolicies, "tags": ccTags},
	"awscc_iam_user":           {"policies": ccPolicies, "tags": ccTags, "login_profile": object(nil)},
	"awscc_iam_group":          {"policies": ccPolicies},
	"awscc_iam_managed_policy": {"tags": ccTags},
	"awscc_iam_oidc_provider":  {"tags": ccTags},
	"awscc_iam_saml_provider":  {"tags": ccTags},
	"data.aws_iam_group":       {"users": stream.Any},
	"data.aws_iam_policy_document": {
		"statement": blocks(shapes{
			"sid": text, "effect": text, "actions": texts, "not_actions": texts, "resources": texts, "not_resources": texts,
			"principals": documentPrincipals, "not_principals": documentPrincipals,
			"condition": blocks(shapes{"test": stream.Text, "variable": stream.Text, "values": texts.NotNull()}),
		}),
		"version": text, "source_json": text, "override_json": text,
		"source_policy_documents": texts, "override_policy_documents": texts,
	},
}

var documentPrincipals = blocks(shapes{"type": stream.Text, "identifiers": texts.NotNull()})

// required are the attributes that a resource cannot be without, of those
// whose loss would take a grant out of sight.
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

// computed are the attributes that the provider fills in where they are not
// set: unknown in a plan, and never null.
var computed = map[string][]string{
	"aws_iam_role": {"name"}, "aws_iam_policy": {"name"}, "aws_iam_instance_profile": {"name"},
}

// Shape is what the attributes of a resource of that type are in a plan or
// state. Types that are not read, and attributes of which the model is not
// made, may have any.
func Shape(typ string, isData bool) *stream.Shape {
	if isData {
		typ = "data." + typ
	}
	if s := allShapes()[typ]; s != nil {
		return s
	}
	return stream.ObjectOf(nil)
}

var allShapes = sync.OnceValue(func() map[string]*stream.Shape {
	out := map[string]*stream.Shape{}
	for typ, parts := range allParts() {
		out[typ] = shapeOf(typ, parts)
	}
	return out
})

func shapeOf(typ string, parts *Parts) *stream.Shape {
	of, needed := serviceShapes(typ), required[typ]
	for name := range parts.in {
		switch s := own[typ][name]; {
		case s != nil:
			of[name] = s
		case of[name] == nil:
			of[name] = usual[name]
		}
	}
	if g, ok := grantors[typ]; ok && strings.HasSuffix(typ, "_policy") {
		needed = append(needed, g.attribute) // it is there for nothing else
	}
	for _, name := range slices.Concat(needed, computed[typ]) {
		of[name] = of[name].NotNull()
	}
	return stream.ObjectOf(of, needed...)
}

// serviceShapes are the attributes of a type of another service.
func serviceShapes(typ string) shapes {
	of, followed := shapes{}, steps{}
	for _, c := range carriers[typ] {
		for _, name := range append(placeholders(c.arn), c.names...) {
			of[name] = scalar
		}
		for _, name := range c.aliases {
			of[name] = scalar
		}
		if c.only[0] != "" {
			of[c.only[0]] = scalar
		}
		for _, path := range slices.Concat(c.roles, c.profiles, c.through, c.sets) {
			path, _, _ = strings.Cut(path, ">")
			followed.add(strings.Split(path, "."))
		}
	}
	for name, below := range followed {
		of[name] = below.shape()
	}
	if g, ok := grantors[typ]; ok {
		for _, name := range placeholders(g.resource) {
			of[name] = scalar
		}
		of[g.attribute] = text
	}
	return of
}

// steps are the steps of the paths of a carrier, with what comes after each.
type steps map[string]steps

func (s steps) add(path []string) {
	if len(path) == 0 {
		return
	}
	if s[path[0]] == nil {
		s[path[0]] = steps{}
	}
	s[path[0]].add(path[1:])
}

// shape is that of an attribute with these steps below it: a text or several,
// a map, or blocks.
func (s steps) shape() *stream.Shape {
	switch {
	case len(s) == 0:
		return stream.Text.Or(texts)
	case s["*"] != nil:
		return strMap
	}
	of := shapes{}
	for name, below := range s {
		of[name] = below.shape()
	}
	return blocks(of).Or(stream.ObjectOf(of))
}
