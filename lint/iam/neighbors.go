package iam

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Neighbors are what of other accounts matters to the account of a model: the roles
// that its principals may reach, what runs with them and may be changed from there, and all
// of the accounts in which they may go on from there. They take part in paths, and nothing is
// found about them.
type Neighbors struct {
	Entities, PermissionSets []*Entity
	Groups                   []*Group
	Policies                 []*ManagedPolicy
	Profiles                 []*InstanceProfile
	Compute                  []*Compute
	IdentityProviders        []*IdentityProvider
	ResourcePolicies         []*ResourcePolicy

	policies map[string]*ManagedPolicy
}

// Neighbor is a linked model of another account. Only are the roles and permission sets
// of it that matter, and Shared what its policies share; both are nil for all that is in it.
type Neighbor struct {
	Model  *Model
	Only   []*Entity
	Shared []Shared
}

// Beside is a linked model together with what of others matters to it. It shares
// what is in them, and must not be linked again.
func (m *Model) Beside(others ...Neighbor) *Model {
	out, n := *m, &Neighbors{policies: map[string]*ManagedPolicy{}}
	out.otherOrganizations = slices.Clone(m.otherOrganizations)
	for _, o := range others {
		for _, of := range o.Model.Organizations() {
			if of != out.Organization && !slices.Contains(out.otherOrganizations, of) {
				out.otherOrganizations = append(out.otherOrganizations, of)
			}
		}
		if o.Only != nil {
			for _, e := range o.Only {
				if e.Kind == PermissionSet {
					n.PermissionSets = append(n.PermissionSets, e)
				} else {
					n.Entities = append(n.Entities, e)
				}
				n.take(e.policies()...)
			}
			for _, s := range o.Shared {
				n.Compute = append(n.Compute, s.Compute)
				n.ResourcePolicies = append(n.ResourcePolicies, s.Policies...)
			}
			continue
		}
		n.Entities = append(n.Entities, o.Model.Entities...)
		n.PermissionSets = append(n.PermissionSets, o.Model.PermissionSets...)
		n.Groups = append(n.Groups, o.Model.Groups...)
		n.Profiles = append(n.Profiles, o.Model.Profiles...)
		n.Compute = append(n.Compute, o.Model.Compute...)
		n.IdentityProviders = append(n.IdentityProviders, o.Model.IdentityProviders...)
		n.ResourcePolicies = append(n.ResourcePolicies, o.Model.ResourcePolicies...)
		n.take(o.Model.Policies...)
	}
	out.Neighbors = n
	return &out
}

func (n *Neighbors) take(policies ...*ManagedPolicy) {
	for _, p := range policies {
		if key := p.ARN.Key(); n.policies[key] == nil {
			n.policies[key] = p
			n.Policies = append(n.Policies, p)
		}
	}
}

// policies are the declared managed policies that an entity has, its boundary
// among them.
func (e *Entity) policies() []*ManagedPolicy {
	var out []*ManagedPolicy
	if e.BoundaryPolicy != nil {
		out = append(out, e.BoundaryPolicy)
	}
	for _, a := range e.Attached {
		if a.Policy != nil {
			out = append(out, a.Policy)
		}
	}
	return out
}

// policy is the managed policy of an ARN; nil where no neighbor declares it.
func (n *Neighbors) policy(arn policy.Text) *ManagedPolicy {
	if n == nil {
		return nil
	}
	return n.policies[arn.Key()]
}

// AllGroups are the groups of the model and of its neighbors.
func (m *Model) AllGroups() []*Group {
	if m.Neighbors == nil {
		return m.Groups
	}
	return slices.Concat(m.Groups, m.Neighbors.Groups)
}

// AllPolicies are the managed policies of the model and of its neighbors.
func (m *Model) AllPolicies() []*ManagedPolicy {
	if m.Neighbors == nil {
		return m.Policies
	}
	return slices.Concat(m.Policies, m.Neighbors.Policies)
}

// AllEntities are the roles and users of the model and of its neighbors.
func (m *Model) AllEntities() []*Entity {
	if m.Neighbors == nil {
		return m.Entities
	}
	return slices.Concat(m.Entities, m.Neighbors.Entities)
}

// AllProfiles are the instance profiles of the model and of its neighbors.
func (m *Model) AllProfiles() []*InstanceProfile {
	if m.Neighbors == nil {
		return m.Profiles
	}
	return slices.Concat(m.Profiles, m.Neighbors.Profiles)
}

// AllCompute is what runs with roles, of the model and of its neighbors.
func (m *Model) AllCompute() []*Compute {
	if m.Neighbors == nil {
		return m.Compute
	}
	return slices.Concat(m.Compute, m.Neighbors.Compute)
}

// AllIdentityProviders are those of the model and of its neighbors.
func (m *Model) AllIdentityProviders() []*IdentityProvider {
	if m.Neighbors == nil {
		return m.IdentityProviders
	}
	return slices.Concat(m.IdentityProviders, m.Neighbors.IdentityProviders)
}
