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
func seeSets(m *iam.Model) {
	if m.Organization == nil {
		return
	}
	account := accountOf(m)
	for _, e := range m.Entities {
		name, ok := e.ProvisionedSet()
		if !ok {
			continue
		}
		if s := m.Organization.SetNamed(name); s != nil && !slices.Contains(s.Seen, account) {
			s.Seen = append(s.Seen, account)
		}
	}
}
