package iam

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// Merge makes one model of several inputs that describe the same account, so
// that what one of them declares is found by the others. References are
// resolved inside the input that they stand in. The parts share their symbol
// table and are not to be used any more.
func Merge(h Hints, parts ...*Model) *Model {
	if len(parts) == 1 {
		return parts[0]
	}
	m := &Model{merged: true, Moved: map[string]string{}, Existence: map[string]string{}}
	m.Input.Complete = true
	for i, part := range parts {
		if i == 0 {
			m.Symbols = part.Symbols
		}
		part.restore()
		part.sort()
		symbolic := func(provider string) Deployment { return symbolicPlace(part.Symbols, provider) }
		newResolver(part, h, symbolic).resolveAll()
		m.take(part, i)
	}
	// What the parts resolved is what the whole starts from.
	m.eachValue(func(v *Value, _ string) { v.linked = false })
	return m
}

// symbolicPlace leaves open where a provider lands.
func symbolicPlace(symbols *policy.Symbols, provider string) Deployment {
	place := func(kind policy.SymbolKind, name string) policy.Text {
		return policy.SymbolText(symbols.Intern(policy.Symbol{Kind: kind, Name: name, Scope: providerName(provider)}))
	}
	return Deployment{
		Account:   place(policy.SymbolAccount, "account"),
		Partition: place(policy.SymbolPartition, "partition"),
		Region:    place(policy.SymbolRegion, "region"),
	}
}

func (m *Model) take(part *Model, i int) {
	in, from := &m.Input, part.Input
	if i == 0 {
		in.Kind, in.Root, in.Path, in.TerraformVersion = from.Kind, from.Root, from.Path, from.TerraformVersion
	} else {
		if paths := strings.Split(in.Path, ", "); !slices.Contains(paths, from.Path) {
			in.Path += ", " + from.Path
		}
		in.Root = strings.Join(slices.Compact([]string{in.Root, from.Root}), ", ")
		if from.Kind != in.Kind && from.Kind != InputConfig {
			// Plan, state and dump are judged alike; configuration is the
			// one in which things may rightly be unknown.
			in.Kind = from.Kind
		}
	}
	in.Complete = in.Complete && from.Complete
	in.Errored = in.Errored || from.Errored
	in.Reasons = append(in.Reasons, from.Reasons...)
	m.Secrets = append(m.Secrets, part.Secrets...)
	m.Providers = append(m.Providers, part.Providers...)
	m.Entities = append(m.Entities, part.Entities...)
	m.PermissionSets = append(m.PermissionSets, part.PermissionSets...)
	m.Groups = append(m.Groups, part.Groups...)
	m.Policies = append(m.Policies, part.Policies...)
	m.Attachments = append(m.Attachments, part.Attachments...)
	m.Inline = append(m.Inline, part.Inline...)
	m.Memberships = append(m.Memberships, part.Memberships...)
	m.Profiles = append(m.Profiles, part.Profiles...)
	m.Compute = append(m.Compute, part.Compute...)
	m.IdentityProviders = append(m.IdentityProviders, part.IdentityProviders...)
	m.Planned = append(m.Planned, part.Planned...)
	m.Credentials = append(m.Credentials, part.Credentials...)
	m.ResourcePolicies = append(m.ResourcePolicies, part.ResourcePolicies...)
	m.OrganizationPolicies = append(m.OrganizationPolicies, part.OrganizationPolicies...)
	if m.Organization == nil {
		m.Organization = part.Organization
	}
	m.Documents = append(m.Documents, part.Documents...)
	m.Lookups = append(m.Lookups, part.Lookups...)
	maps.Copy(m.Moved, part.Moved)
	maps.Copy(m.Existence, part.Existence)
	m.Unchecked = append(m.Unchecked, part.Unchecked...)
	m.Diagnostics = append(m.Diagnostics, part.Diagnostics...)
	m.Ignores = append(m.Ignores, part.Ignores...)
	m.Coverage.add(part.Coverage)
	m.takeOrganization(part.Organization)
}

// add takes what was looked at in one of the parts of a model.
func (c *Coverage) add(part Coverage) {
	c.Roots += part.Roots
	c.Read = append(c.Read, part.Read...)
	c.Unread = append(c.Unread, part.Unread...)
	c.Calls += part.Calls
	c.Empty = append(c.Empty, part.Empty...)
}

// takeOrganization notes the organization of a part of the model.
func (m *Model) takeOrganization(o *Organization) {
	switch {
	case o == nil || o == m.Organization || slices.Contains(m.otherOrganizations, o):
	case m.Organization == nil:
		m.Organization = o
	default:
		m.otherOrganizations = append(m.otherOrganizations, o)
	}
}
