package driver

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
)

// ShareOrganizations gives the dumps of accounts the organization that another input
// tells them to be in: what binds an account does not depend on where its dump lies.
// Where several have the account, the first counts.
func ShareOrganizations(models []*iam.Model) {
	type told struct {
		partition string
		*iam.Organization
	}
	var all []told
	seen := map[*iam.Organization]bool{}
	for _, m := range models {
		for _, o := range m.Organizations() {
			if !seen[o] {
				seen[o] = true
				all = append(all, told{partitionOf(m), o})
			}
		}
	}
	for _, m := range models {
		if m.Input.Kind != iam.InputAccount || m.Organization != nil {
			continue
		}
		for _, o := range all {
			if o.partition == partitionOf(m) && o.Accounts[accountOf(m)] != nil {
				m.Organization = o.Organization
				break
			}
		}
	}
}

// seeSets notes of which permission sets of its organization an account has the roles.
func (o *Outlines) seeSets(m *iam.Model) {
	for _, role := range o.provisionedIn(m) {
		if set := setOf(m, role); set != nil && !slices.Contains(set.Seen, role.account) {
			set.Seen = append(set.Seen, role.account)
		}
	}
}

// setOf is the permission set of which a role was made; nil where the organization of its
// account does not tell it.
func setOf(m *iam.Model, role *reachableRole) *iam.AssignedPermissionSet {
	if m.Organization == nil {
		return nil
	}
	return m.Organization.SetNamed(role.set)
}

// provisionedIn are the roles of permission sets in an account.
func (o *Outlines) provisionedIn(m *iam.Model) []*reachableRole {
	if out := o.outlineOf(m); out != nil {
		return out.sets
	}
	return provisionedIn(m)
}

func provisionedIn(m *iam.Model) []*reachableRole {
	var out []*reachableRole
	for _, e := range m.Entities {
		if name, ok := e.ProvisionedSet(); ok && !e.Gone() {
			out = append(out, &reachableRole{account: accountOf(m), address: e.Address, set: name, arn: e.ARN, entity: e})
		}
	}
	return out
}
