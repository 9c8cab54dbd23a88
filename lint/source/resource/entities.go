package resource

import (
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

const boundaryAttribute = "permissions_boundary"

// entity is what roles and users have in common.
func (b *Builder) entity(r Resource, kind iam.EntityKind) *iam.Entity {
	e := &iam.Entity{
		Kind:            kind,
		Declared:        r.declared(),
		Type:            r.Type,
		Name:            r.value("name"),
		NamePrefix:      r.value("name_prefix"),
		Path:            r.path(),
		ARN:             r.arn(),
		Boundary:        r.value(boundaryAttribute),
		Tags:            r.tags(),
		IgnoreChanges:   r.IgnoreChanges,
		IgnoreChangesAt: r.IgnoreChangesAt,
		Maybe:           r.Maybe,
	}
	if r.Before != nil {
		e.Before = r.convert(boundaryAttribute, r.Before[boundaryAttribute])
		e.HasBefore = true
	}
	if r.DriftBefore != nil && r.DriftAfter != nil {
		before := r.convert(boundaryAttribute, r.DriftBefore[boundaryAttribute])
		after := r.convert(boundaryAttribute, r.DriftAfter[boundaryAttribute])
		if before.Set != after.Set || !before.Text.Equal(after.Text) {
			e.Drift = &iam.Drift{Before: before, After: after}
		}
	}
	for name, v := range r.Values {
		if v.FromDefault {
			e.FromDefault = append(e.FromDefault, name)
		}
	}
	slices.Sort(e.FromDefault)
	b.model.Entities = append(b.model.Entities, e)
	return e
}

// self is a reference to a holder by its own resource: the certain way to
// join what a resource declares inside itself.
func (b *Builder) self(r Resource) iam.Value {
	s := ReferenceSymbol(b.syms, b.model.Input.Path, r.Address, "name")
	return iam.Value{Text: policy.SymbolText(s), Set: true, Location: r.Location}
}

func (b *Builder) role(r Resource) {
	e := b.entity(r, iam.Role)
	e.Trust = b.document(&r, "assume_role_policy", r.Values["assume_role_policy"], policy.TrustPolicy)
	b.roleInline(r)
	b.roleManaged(r)
}

// roleInline reads the inline_policy blocks of a role. A block without name
// and policy is how the provider is told that there are none.
func (b *Builder) roleInline(r Resource) {
	const attribute = "inline_policy"
	v := r.Values[attribute]
	blocks := v.List
	if v.Kind == Unknown {
		blocks = []Value{v}
	}
	for i, block := range blocks {
		place := attribute + "[" + strconv.Itoa(i) + "]"
		p := &iam.InlinePolicy{
			Declared: iam.Declared{
				Address: r.Address, Change: r.Change, Provider: r.Provider, Location: r.at(place, block, policy.Range{}),
				MayNotExist: r.maybe(block),
			},
			HolderKind: iam.HolderRole,
			Holder:     b.self(r),
			Route:      attribute,
			Maybe:      r.with(block).Maybe,
		}
		text := block
		if block.Kind == Object {
			p.Name = r.convert(place+".name", block.Object["name"])
			text = block.Object["policy"]
		}
		text.Sensitive = text.Sensitive || block.Sensitive || v.Sensitive
		p.Document = b.document(&r, place+".policy", text, policy.IdentityPolicy)
		if p.Document == nil {
			continue
		}
		if slices.Contains(r.Echo, attribute) {
			b.echoes = append(b.echoes, echo{resource: r, inline: p})
			continue
		}
		b.model.Inline = append(b.model.Inline, p)
	}
}

// roleManaged reads managed_policy_arns.
func (b *Builder) roleManaged(r Resource) {
	const attribute = "managed_policy_arns"
	for _, arn := range r.elements(b, attribute) {
		a := &iam.Attachment{
			Declared: iam.Declared{
				Address: r.Address, Change: r.Change, Provider: r.Provider, Location: arn.Location,
				MayNotExist: arn.in.MayNotExist,
			},
			HolderKind: iam.HolderRole,
			Holder:     b.self(r),
			PolicyARN:  arn.Value,
			Route:      attribute,
			Maybe:      arn.in.Maybe,
		}
		if slices.Contains(r.Echo, attribute) {
			b.echoes = append(b.echoes, echo{resource: r, attachment: a})
			continue
		}
		b.model.Attachments = append(b.model.Attachments, a)
	}
}

func (b *Builder) user(r Resource) { b.entity(r, iam.User) }

func (b *Builder) group(r Resource) {
	b.model.Groups = append(b.model.Groups, &iam.Group{
		Declared: r.declared(),
		Name:     r.value("name"),
		Path:     r.path(),
		ARN:      r.arn(),
	})
}

func (b *Builder) groupMembership(r Resource) {
	for _, user := range r.elements(b, "users") {
		b.membership(user.in, user.Value, r.value("group"))
	}
}

func (b *Builder) userGroupMembership(r Resource) {
	for _, group := range r.elements(b, "groups") {
		b.membership(group.in, r.value("user"), group.Value)
	}
}

func (b *Builder) membership(r Resource, user, group iam.Value) {
	b.model.Memberships = append(b.model.Memberships, &iam.Membership{
		Declared: r.declared(), User: user, Group: group, Maybe: r.Maybe,
	})
}

var profileParts = []string{"name", "path", "role", "roles"}

func (b *Builder) instanceProfile(r Resource) {
	role := r.value("role")
	if !role.Set {
		// Providers before 2.0 had a set of at most one role.
		if roles := r.elements(b, "roles"); len(roles) > 0 {
			role = roles[0].Value
		}
	}
	b.model.Profiles = append(b.model.Profiles, &iam.InstanceProfile{
		Declared: r.declared(), Name: r.value("name"), Path: r.path(), ARN: r.arn(),
		Role: role,
	})
}

// credential reads a long-lived credential of a user.
func credential(what, attribute string) kind {
	return kind{parts: []string{attribute, "status"}, read: func(b *Builder, r Resource) {
		status, _ := r.value("status").Known()
		b.model.Credentials = append(b.model.Credentials, &iam.Credential{
			Declared: r.declared(), Kind: what, User: r.value(attribute), Active: !strings.EqualFold(status, "Inactive"),
		})
	}}
}
