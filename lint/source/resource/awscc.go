package resource

import (
	"cmp"
	"maps"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// The Cloud Control provider has twins of IAM's resources, with the attribute
// names of CloudFormation. They are read as the AWS provider's, whose names
// for the attributes are put in.

// twin reads a resource by the reader of its twin; names leads from the
// twin's attributes to those of the resource.
func twin(of kind, names map[string]string) kind {
	return kind{parts: twinParts(of.parts, names), read: func(b *Builder, r Resource) {
		r.Values, r.Before = renamed(r.Values, names), renamed(r.Before, names)
		r.DriftBefore, r.DriftAfter = renamed(r.DriftBefore, names), renamed(r.DriftAfter, names)
		of.read(b, r)
	}}
}

// twinParts are the parts of a resource by the names of its twin.
func twinParts(parts []string, names map[string]string) []string {
	out := make([]string, len(parts))
	for i, part := range parts {
		out[i] = cmp.Or(names[part], part)
	}
	return out
}

func renamed(values map[string]Value, names map[string]string) map[string]Value {
	if values == nil {
		return nil
	}
	out := maps.Clone(values)
	for name, of := range names {
		out[name] = values[of]
	}
	if tags := values["tags"]; tags.Kind == List {
		out["tags"] = tagMap(tags)
	}
	return out
}

// tagMap makes a map of a list of keys and values.
func tagMap(list Value) Value {
	out := Value{Kind: Object, Object: map[string]Value{}, Sensitive: list.Sensitive}
	for _, e := range list.List {
		if key, ok := e.Object["key"].AsText(); ok {
			if known, ok := key.Known(); ok {
				out.Object[known] = e.Object["value"]
			}
		}
	}
	return out
}

var (
	ccRole = map[string]string{
		"name": "role_name", "assume_role_policy": "assume_role_policy_document", "inline_policy": "policies",
	}
	ccUser    = map[string]string{"name": "user_name"}
	ccGroup   = map[string]string{"name": "group_name"}
	ccPolicy  = map[string]string{"name": "managed_policy_name", "policy": "policy_document", "arn": "policy_arn"}
	ccProfile = map[string]string{"name": "instance_profile_name"}
	ccInline  = map[string]string{"name": "policy_name", "policy": "policy_document"}
)

func (b *Builder) ccRole(r Resource) {
	twin(kind{read: (*Builder).role}, ccRole).read(b, withPolicies(r))
}

// withPolicies gives the blocks of policies the names of inline_policy.
func withPolicies(r Resource) Resource {
	r.Values = maps.Clone(r.Values)
	v := r.Values["policies"]
	if v.Kind == List {
		list := make([]Value, len(v.List))
		for i, e := range v.List {
			if e.Kind == Object {
				e.Object = renamed(e.Object, ccInline)
			}
			list[i] = e
		}
		v.List = list
		r.Values["policies"] = v
	}
	return r
}

func (b *Builder) ccUser(r Resource) {
	twin(kind{read: (*Builder).user}, ccUser).read(b, r)
	b.ccHolds(r, iam.HolderUser)
	for _, group := range r.elements(b, "groups") {
		b.membership(group.in, b.self(r), group.Value)
	}
	if r.Values["login_profile"].Kind != Null {
		b.model.Credentials = append(b.model.Credentials, &iam.Credential{
			Declared: r.declared(), Kind: "login-profile", User: b.self(r), Active: true,
		})
	}
}

func (b *Builder) ccGroup(r Resource) {
	twin(kind{read: (*Builder).group}, ccGroup).read(b, r)
	b.ccHolds(r, iam.HolderGroup)
}

// ccHolds reads what a user or group has in itself.
func (b *Builder) ccHolds(r Resource, kind iam.HolderKind) {
	for _, arn := range r.elements(b, "managed_policy_arns") {
		b.model.Attachments = append(b.model.Attachments, &iam.Attachment{
			Declared: iam.Declared{
				Address: r.Address, Change: r.Change, Provider: r.Provider, Location: arn.Location,
				MayNotExist: arn.in.MayNotExist,
			}, HolderKind: kind, Holder: b.self(r), PolicyARN: arn.Value, Route: "managed_policy_arns",
			Maybe: arn.in.Maybe,
		})
	}
	v := withPolicies(r).Values["policies"]
	blocks := v.List
	if v.Kind == Unknown {
		blocks = []Value{{Kind: Object, Object: map[string]Value{"policy": v}}}
	}
	for _, block := range blocks {
		in := r.with(block)
		d := b.document(&r, "policies", block.Object["policy"], policy.IdentityPolicy)
		if d == nil {
			continue
		}
		b.model.Inline = append(b.model.Inline, &iam.InlinePolicy{
			Declared:   iam.Declared{Address: r.Address, Change: r.Change, Provider: r.Provider, Location: d.Location, MayNotExist: r.maybe(block)},
			HolderKind: kind, Holder: b.self(r), Name: r.convert("policies", block.Object["name"]),
			Document: d, Route: "policies", Maybe: in.Maybe,
		})
	}
}

// ccManagedPolicy reads a policy that may say itself whom it is attached to.
func (b *Builder) ccManagedPolicy(r Resource) {
	twin(kind{read: (*Builder).managedPolicy}, ccPolicy).read(b, r)
	arn := iam.Value{
		Text: policy.SymbolText(ReferenceSymbol(b.syms, b.model.Input.Path, r.Address, "policy_arn")), Set: true, Location: r.Location,
	}
	for _, holders := range []struct {
		kind      iam.HolderKind
		attribute string
	}{{iam.HolderRole, "roles"}, {iam.HolderUser, "users"}, {iam.HolderGroup, "groups"}} {
		for _, holder := range r.elements(b, holders.attribute) {
			b.attach(holder.in, holders.kind, holder.Value, arn)
		}
	}
}
