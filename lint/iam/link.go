package iam

import (
	"iter"
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Hints are what a run knows beside the input itself.
type Hints struct {
	// Account is account_id of the configuration; "" where it is not given.
	Account string
	// Boundaries are the ARNs, or patterns of ARNs, of approved boundaries.
	Boundaries []string
	// ManagedPolicy gives the ARN, in the partition aws, of the AWS-managed
	// policy of a name; nil where no catalog is at hand. A data source that
	// asks for a policy by name may find one of these.
	ManagedPolicy func(name string) (arn string, ok bool)
}

// links is what Link keeps of the source's own words, so that it can start
// again from them.
type links struct {
	texts map[*policy.Text]policy.Text
	// tags and documents are those that differ from the source's.
	tags      map[*Tags]Tags
	documents map[*Document]writtenDocument
	// credentials is how many the source itself gave an entity.
	credentials map[*Entity]int
}

type writtenDocument struct {
	document    *policy.Document
	text        policy.Text
	diagnostics policy.Diagnostics
}

// written is the document as it is now.
func (d *Document) written() writtenDocument {
	return writtenDocument{d.Document, d.Text, d.Diagnostics}
}

// remember keeps what a source gave for a document that becomes another one.
func (l *links) remember(d *Document, written writtenDocument) {
	if _, ok := l.documents[d]; !ok {
		l.documents[d] = written
	}
}

// Link resolves references and places, composes ARNs, and joins entities
// with what they hold. Sources do not call it: lint.Run does, with what the
// configuration says. It may run again, with other hints: it starts from
// what the source gave.
func (m *Model) Link(h Hints) {
	m.restore()
	m.sort()
	places := findPlaces(m, h)
	m.Deployment = places.of(places.main)
	r := newResolver(m, h, places.of)
	r.resolveAll()
	m.join(places)
	m.joiner.compute()
}

// restore puts back what the source gave, or remembers it the first time.
func (m *Model) restore() {
	if m.Symbols == nil {
		m.Symbols = &policy.Symbols{}
	}
	if m.links == nil {
		m.links = &links{
			texts:       map[*policy.Text]policy.Text{},
			tags:        map[*Tags]Tags{},
			documents:   map[*Document]writtenDocument{},
			credentials: map[*Entity]int{},
		}
	}
	l := m.links
	m.eachValue(func(v *Value, _ string) {
		if v.linked {
			v.Text = v.Written
		}
		v.Written, v.linked = v.Text, true
	})
	m.eachText(func(x *policy.Text, _ string) {
		if written, ok := l.texts[x]; ok {
			*x = written
		} else if !x.IsKnown() || x.IsEmpty() { // what is known stays as it is
			l.texts[x] = *x
		}
	})
	m.eachDocument(func(d *Document, _ policy.Kind) {
		if written, ok := l.documents[d]; ok {
			d.Document, d.Text, d.Diagnostics = written.document, written.text, written.diagnostics
			delete(l.documents, d)
		}
	})
	for e := range m.everybody() {
		l.restoreTags(&e.Tags)
		if n, ok := l.credentials[e]; ok {
			e.Credentials = e.Credentials[:n:n]
		}
		l.credentials[e] = len(e.Credentials)
		e.Inline, e.Attached, e.Groups, e.UnseenGroups, e.Profiles = nil, nil, nil, nil, nil
		e.BoundaryPolicy, e.BoundaryMaybe, e.PoliciesUnknown, e.Unsettled = nil, nil, nil, nil
	}
	for _, c := range m.Compute {
		l.restoreTags(&c.Tags)
	}
	l.restorePlanned(m.Planned)
	for _, g := range m.Groups {
		g.Inline, g.Attached, g.Members, g.PoliciesUnknown, g.MembersUnknown, g.Unsettled = nil, nil, nil, nil, nil, nil
	}
	for _, p := range m.Policies {
		p.BoundaryOf, p.HeldBy, p.HeldByGroups, p.UseUnknown, p.BoundaryUnknown = nil, nil, nil, nil, nil
	}
	for _, a := range m.Attachments {
		a.Policy, a.HeldByNobody, a.HolderUnknown = nil, false, nil
	}
	for _, p := range m.Inline {
		p.HeldByNobody, p.HolderUnknown = false, nil
	}
	for _, p := range m.Profiles {
		p.Entity, p.Hidden = nil, nil
	}
	for _, c := range m.Compute {
		c.Entity, c.Leads, c.Hidden = nil, nil, nil
	}
}

// sort puts everything into the order of its addresses, so that a model does
// not depend on the order in which an input lists its resources.
func (m *Model) sort() {
	byAddress(m.Entities, func(e *Entity) string { return e.Address })
	byAddress(m.PermissionSets, func(e *Entity) string { return e.Address })
	byAddress(m.Groups, func(g *Group) string { return g.Address })
	byAddress(m.Policies, func(p *ManagedPolicy) string { return p.Address })
	byAddress(m.Attachments, func(a *Attachment) string { return a.Address })
	byAddress(m.Inline, func(p *InlinePolicy) string { return p.Address })
	byAddress(m.Memberships, func(s *Membership) string { return s.Address })
	byAddress(m.Profiles, func(p *InstanceProfile) string { return p.Address })
	byAddress(m.Compute, func(c *Compute) string { return c.Address })
	byAddress(m.IdentityProviders, func(p *IdentityProvider) string { return p.Address })
	byAddress(m.Planned, func(p *Planned) string { return p.Address })
	byAddress(m.Credentials, func(c *Credential) string { return c.Address })
	byAddress(m.ResourcePolicies, func(p *ResourcePolicy) string { return p.Address })
	byAddress(m.OrganizationPolicies, func(p *OrganizationPolicy) string { return p.Address })
	byAddress(m.Lookups, func(l *Lookup) string { return l.Address })
	byAddress(m.Documents, func(d *Document) string { return d.Location.Address })
}

func byAddress[T any](list []T, address func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return CompareAddresses(address(a), address(b)) })
}

// DeploymentOf is where a provider deploys, by its name as in
// Entity.Provider. The model must be linked.
func (m *Model) DeploymentOf(provider string) Deployment { return m.joiner.places.of(provider) }

// Deployments are where providers land, and first the model as a whole.
func (m *Model) Deployments(providers ...string) []Deployment {
	out := []Deployment{m.Deployment}
	if m.joiner != nil {
		for _, p := range providers {
			out = append(out, m.joiner.places.of(p))
		}
	}
	return out
}

// Values visits every Value of the model, in the order of the model's lists:
// what hides them one by one proves that nothing depends on a guess.
func (m *Model) Values() iter.Seq[*Value] {
	return func(yield func(*Value) bool) {
		open := true
		m.eachValue(func(v *Value, _ string) { open = open && yield(v) })
	}
}

// eachValue visits every Value of the model together with the provider that
// manages it.
func (m *Model) eachValue(visit func(v *Value, provider string)) {
	for e := range m.everybody() {
		for _, v := range []*Value{&e.Name, &e.NamePrefix, &e.Path, &e.Boundary, &e.Before} {
			visit(v, e.Provider)
		}
		if e.Drift != nil {
			visit(&e.Drift.Before, e.Provider)
			visit(&e.Drift.After, e.Provider)
		}
		for i := range e.Credentials {
			visit(&e.Credentials[i].User, e.Provider)
		}
	}
	for _, g := range m.Groups {
		visit(&g.Name, g.Provider)
		visit(&g.Path, g.Provider)
	}
	for _, p := range m.Policies {
		visit(&p.Name, p.Provider)
		visit(&p.NamePrefix, p.Provider)
		visit(&p.Path, p.Provider)
	}
	for _, a := range m.Attachments {
		visit(&a.Holder, a.Provider)
		visit(&a.PolicyARN, a.Provider)
	}
	for _, p := range m.Inline {
		visit(&p.Holder, p.Provider)
		visit(&p.Name, p.Provider)
	}
	for _, s := range m.Memberships {
		visit(&s.User, s.Provider)
		visit(&s.Group, s.Provider)
	}
	for _, p := range m.Profiles {
		visit(&p.Name, p.Provider)
		visit(&p.Path, p.Provider)
		visit(&p.Role, p.Provider)
	}
	for _, c := range m.Compute {
		for _, v := range []*Value{c.Role, c.Profile, c.Through, c.Version, c.Set} {
			if v != nil {
				visit(v, c.Provider)
			}
		}
	}
	for _, p := range m.IdentityProviders {
		visit(&p.URL, p.Provider)
		visit(&p.Name, p.Provider)
		for i := range p.ClientIDs {
			visit(&p.ClientIDs[i], p.Provider)
		}
	}
	for _, c := range m.Credentials {
		visit(&c.User, c.Provider)
	}
	for _, p := range m.OrganizationPolicies {
		for i := range p.Accounts {
			visit(&p.Accounts[i], "")
		}
	}
	m.eachPlanned(visit)
	for _, l := range m.Lookups {
		visit(&l.Name, l.Provider)
		visit(&l.Path, l.Provider)
		visit(&l.ARN, l.Provider)
	}
}

// eachText visits the texts that Link fills, the ARN and name of everything
// in the model, and what resource policies protect.
func (m *Model) eachText(visit func(x *policy.Text, provider string)) {
	for e := range m.everybody() {
		visit(&e.ARN, e.Provider)
		visit(&e.name, e.Provider)
		visit(&e.SetARN, e.Provider)
	}
	for _, g := range m.Groups {
		visit(&g.ARN, g.Provider)
	}
	for _, p := range m.Policies {
		visit(&p.ARN, p.Provider)
		visit(&p.name, p.Provider)
	}
	for _, p := range m.Profiles {
		visit(&p.ARN, p.Provider)
	}
	for _, p := range m.ResourcePolicies {
		visit(&p.Resource, p.Provider)
	}
	for _, l := range m.Lookups {
		visit(&l.Found, l.Provider)
	}
	for _, c := range m.Compute {
		visit(&c.ARN, c.Provider)
		for i := range c.Attributes {
			visit(&c.Attributes[i].Text, c.Provider)
		}
	}
	for _, p := range m.IdentityProviders {
		visit(&p.ARN, p.Provider)
	}
}

// eachDocument visits every document that is there, and says what it is used
// for.
func (m *Model) eachDocument(visit func(d *Document, kind policy.Kind)) {
	given := func(d *Document, kind policy.Kind) {
		if d != nil {
			visit(d, kind)
		}
	}
	for e := range m.everybody() {
		given(e.Trust, policy.TrustPolicy)
	}
	for _, p := range m.Policies {
		given(p.Document, policy.IdentityPolicy)
	}
	for _, p := range m.Inline {
		given(p.Document, policy.IdentityPolicy)
	}
	for _, p := range m.ResourcePolicies {
		given(p.Document, policy.ResourcePolicy)
	}
	for _, p := range m.OrganizationPolicies {
		given(p.Document, p.Kind())
	}
	for _, l := range m.Lookups {
		given(l.Document, policy.IdentityPolicy)
	}
	for _, d := range m.Documents {
		given(d, policy.AnyPolicy)
	}
}
