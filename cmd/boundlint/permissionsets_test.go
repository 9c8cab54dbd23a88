package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules"
)

// TestPermissionSetsAcrossAccounts: who can assign permission sets in the
// management account, or in the one that is delegated to, reaches an administrator in the
// accounts that they are assigned to, which are named. In any other account Identity Center
// has none of them, and a delegated administrator changes none that is assigned to the
// management account (IAM Identity Center User Guide, delegated administration).
func TestPermissionSetsAcrossAccounts(t *testing.T) {
	const set = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111"
	const grant = `{"Effect":"Allow","Action":"sso:CreateAccountAssignment","Resource":"*"}`
	for name, c := range map[string]struct {
		at, assigned int // the accounts of the actor and of the assignment
		delegated    bool
		service      string
		silent       bool
	}{
		"the management account":                        {at: 0, assigned: 3},
		"a delegated administrator":                     {at: 1, assigned: 3, delegated: true},
		"of another service":                            {at: 1, assigned: 3, delegated: true, service: "guardduty.amazonaws.com", silent: true},
		"any other account":                             {at: 2, assigned: 3, silent: true},
		"delegated, and assigned to the management one": {at: 1, assigned: 0, delegated: true, silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := makeOrganization(t, 4)
			actor := m.accounts[c.at].role("actor", statements(byEC2), statements(grant)).arn()
			service := c.service
			if service == "" {
				service = iam.IdentityCenter
			}
			if c.delegated {
				m.org.Delegated = []iam.DelegatedAdministrator{{Account: m.accounts[c.at].id, Service: service}}
			}
			m.org.PermissionSets = []*iam.AssignedPermissionSet{{ARN: set, Name: "Admin", Accounts: []string{m.accounts[c.assigned].id}}}
			models := m.models(t)
			for _, one := range models {
				if one.Input.Root != m.org.Management {
					continue
				}
				at := iam.Declared{Address: set, Provider: one.Input.Root}
				value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
				one.PermissionSets = []*iam.Entity{{Kind: iam.PermissionSet, Declared: at, Name: value("Admin"), SetARN: policy.Literal(set)}}
				one.Attachments = append(one.Attachments, &iam.Attachment{
					Declared: at, HolderKind: iam.HolderPermissionSet, Holder: value(set), PolicyARN: value("arn:aws:iam::aws:policy/AdministratorAccess"),
				})
			}
			settings := &lint.Settings{}
			r, err := driver.Run(models, rules.All(), settings, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN, Crossings: newCrossings(settings)})
			if err != nil {
				t.Fatal(err)
			}
			f, found := crossingsFound(r)[actor]
			if found == c.silent {
				t.Errorf("found %t: %s", found, f.Message)
			}
			id := m.accounts[c.assigned].id
			if named := fmt.Sprintf("the account %s (%s)", m.org.Accounts[id].Name, id); found && !strings.Contains(f.Message, named) {
				t.Errorf("it does not name %s: %s", named, f.Message)
			}
		})
	}
}
