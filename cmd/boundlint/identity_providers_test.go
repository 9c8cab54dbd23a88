package main

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// TestCollectedIdentityProviders: who may make the provider that a role trusts takes over
// the role, unless the account has the provider: then it is to be changed, and not made.
func TestCollectedIdentityProviders(t *testing.T) {
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::100000000000:saml-provider/corp"}}]}`
	for name, c := range map[string]struct {
		action   string
		provider bool
		found    bool
	}{
		"made":                {"iam:CreateSAMLProvider", false, true},
		"there already":       {"iam:CreateSAMLProvider", true, false},
		"changed":             {"iam:UpdateSAMLProvider", true, true},
		"of the other kind":   {"iam:CreateOpenIDConnectProvider", true, false},
		"something else made": {"iam:CreateVirtualMFADevice", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			o := orgtest.Organization{Accounts: 1, Entities: 3, Plant: func(a *orgtest.Account) {
				a.Policy("loose", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"`+c.action+`","Resource":"*"}]}`)
				a.Role(orgtest.Role{Name: "app-actor", Boundary: a.ARN("policy/loose"), Inline: map[string]string{
					"rights": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + c.action + `","Resource":"*"}]}`,
				}})
				a.Role(orgtest.Role{Name: "app-target", Trust: trust, Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}})
				if c.provider {
					a.Provider("saml-provider/corp", nil)
				}
			}}
			if err := o.Write(dir); err != nil {
				t.Fatal(err)
			}
			got := boundlint(t, "", nil, "lint", dir)
			if found := strings.Contains(got.stdout, "(b-fed-provider)"); found != c.found || got.stderr != "" {
				t.Errorf("exit code %d: %s\n%s", got.code, got.stderr, got.stdout)
			}
		})
	}
}
