package iam

import (
	"iter"
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// ResourcePolicy is a resource-based policy: that of a bucket, a key and the like,
// or the trust policy of a role. There are many in some inputs: of what is [Declared] it
// has no more than is asked for.
type ResourcePolicy struct {
	Address, Provider string
	Change            Change

	Type string
	// Service is the prefix of the actions that the policy speaks of: "s3".
	Service string
	// Resource is the ARN of what it protects, as far as it is known.
	Resource policy.Text
	Document *Document
	// Role is the role of a trust policy; nil for other policies.
	Role *Entity
}

// Gone reports whether the plan destroys or forgets it.
func (p *ResourcePolicy) Gone() bool { return isGone(p.Change) }

// ResourceBased are the resource-based policies of the input of which it has the
// document: the trust policies of roles, then those of other resources.
func (m *Model) ResourceBased() iter.Seq[*ResourcePolicy] {
	return func(yield func(*ResourcePolicy) bool) {
		for _, e := range m.Entities {
			if !e.Gone() && e.Kind == Role && e.Trust != nil && e.Trust.Document != nil && !yield(trustPolicy(e)) {
				return
			}
		}
		for _, p := range m.ResourcePolicies {
			if !p.Gone() && p.Document != nil && p.Document.Document != nil && !yield(p) {
				return
			}
		}
	}
}

func trustPolicy(e *Entity) *ResourcePolicy {
	return &ResourcePolicy{
		Address: e.Address, Provider: e.Provider, Change: e.Change, Type: e.Type, Service: "sts", Resource: e.ARN, Document: e.Trust, Role: e,
	}
}

// AccountOf is the account of what a policy protects. The model must be linked.
func (m *Model) AccountOf(p *ResourcePolicy) policy.Text {
	if p.Role != nil {
		return p.Role.Deployment.Account
	}
	return m.DeploymentOf(p.Provider).Account
}

// AllResourcePolicies are the resource-based policies, the trust policies of roles aside, of
// the model and of its neighbors.
func (m *Model) AllResourcePolicies() []*ResourcePolicy {
	if m.Neighbors == nil {
		return m.ResourcePolicies
	}
	return slices.Concat(m.ResourcePolicies, m.Neighbors.ResourcePolicies)
}

// Shared is something that runs code with a role of its account, and whose resource-based
// policies may let principals of other accounts change what it runs.
type Shared struct {
	Compute *Compute
	Role    *Entity
	// Policies are those policies, and Statements the statements in them that may allow it.
	// A policy that is not known has none.
	Policies   []*ResourcePolicy
	Statements []*policy.Statement
	// Hidden tells that one of the policies is not known.
	Hidden bool
}

// With is the thing with its role as another model has it.
func (s Shared) With(role *Entity) Shared {
	own := *s.Compute
	own.Entity, own.Leads = role, nil
	s.Compute, s.Role = &own, role
	return s
}

// Shared are the things of a model that their policies may share, in its order. The model need
// not be linked where it names roles by their ARNs, as dumps do.
func (m *Model) Shared() []Shared {
	if len(m.ResourcePolicies) == 0 {
		return nil
	}
	of := map[string][]*ResourcePolicy{}
	for _, p := range m.ResourcePolicies {
		if !p.Gone() && p.Document != nil && p.Document.Document != nil && !p.Resource.IsEmpty() {
			of[p.Resource.Key()] = append(of[p.Resource.Key()], p)
		}
	}
	var out []Shared
	for _, c := range m.Compute {
		action := c.Kind.Sharing().Change
		policies := of[c.ARN.Key()]
		if action == "" || c.Gone() || len(policies) == 0 {
			continue
		}
		s := Shared{Compute: c, Policies: policies}
		for _, p := range s.Policies {
			s.Hidden = s.Hidden || p.Document.Unknown != nil
			for _, st := range p.Document.Statements {
				if st.Effect != policy.Deny && mayName(st, action) {
					s.Statements = append(s.Statements, st)
				}
			}
		}
		if !s.Hidden && len(s.Statements) == 0 {
			continue
		}
		if s.Role = m.roleOf(c); s.Role != nil {
			out = append(out, s)
		}
	}
	return out
}

// SharedAt is the thing of an address that its policies may share.
func (m *Model) SharedAt(address string) (Shared, bool) {
	all := m.Shared()
	if i := slices.IndexFunc(all, func(s Shared) bool { return s.Compute.Address == address }); i >= 0 {
		return all[i], true
	}
	return Shared{}, false
}

// roleOf is the declared role that something runs with; nil where there is none.
func (m *Model) roleOf(c *Compute) *Entity {
	if c.Entity != nil || c.Role == nil {
		return c.Entity
	}
	if i := slices.IndexFunc(m.Entities, func(e *Entity) bool { return e.Kind == Role && e.ARN.Equal(c.Role.Text) }); i >= 0 {
		return m.Entities[i]
	}
	return nil
}

// mayName reports whether a statement may be about an action.
func mayName(s *policy.Statement, action string) bool {
	if s.Action == nil {
		return true
	}
	return slices.ContainsFunc(s.Action, func(e policy.Element) bool {
		pattern, known := e.Text.Known()
		return !known || policy.GlobFold(pattern, action)
	})
}
