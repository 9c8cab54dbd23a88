package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
	"github.com/boundlint/boundlint/rules"
)

// bySAML is the trust policy that IAM Identity Center gives its roles.
const bySAML = `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::%s:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"},` +
	`"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`

const (
	madeSet      = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111"
	toDelegate   = `{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:AttachRolePolicy"],"Resource":"*"}`
	toAssumeAny  = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
	toUpdateSAML = `{"Effect":"Allow","Action":"iam:UpdateSAMLProvider","Resource":"*"}`
)

// provisioned adds the role that Identity Center makes of a permission set.
func (a *madeAccount) provisioned(set string, policies ...string) madeRole {
	r := a.role("AWSReservedSSO_"+set+"_0123456789abcdef", statements(fmt.Sprintf(bySAML, a.id)), policies...)
	r["Path"] = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
	r["Arn"] = "arn:aws:iam::" + a.id + ":role/aws-reserved/sso.amazonaws.com/eu-west-1/" + fmt.Sprint(r["RoleName"])
	return r
}

func (r madeRole) administers() madeRole {
	r["AttachedManagedPolicies"] = []map[string]any{{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}
	return r
}

// declare declares a permission set in the management account.
func (m *made) declare(models []*iam.Model, document string, accounts ...string) {
	m.org.PermissionSets = []*iam.AssignedPermissionSet{{ARN: madeSet, Name: "Developers", Accounts: accounts}}
	for _, one := range models {
		if one.Input.Root != m.org.Management {
			continue
		}
		at := iam.Declared{Address: madeSet, Provider: one.Input.Root}
		value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
		d, _ := policy.Parse(document, nil, policy.ParseOptions{})
		one.PermissionSets = []*iam.Entity{{Kind: iam.PermissionSet, Declared: at, Name: value("Developers"), SetARN: policy.Literal(madeSet)}}
		one.Inline = append(one.Inline, &iam.InlinePolicy{
			Declared: at, HolderKind: iam.HolderPermissionSet, Holder: value(madeSet), Name: value("InlinePolicy"), Document: &iam.Document{Document: d},
		})
	}
}

func judgeModels(t *testing.T, models []*iam.Model) *lint.Report {
	t.Helper()
	settings := &lint.Settings{}
	r, err := driver.Run(models, rules.All(), settings, driver.Options{
		ManagedPolicy: catalog.ManagedPolicyARN, ConditionKey: isConditionKey, Crossings: newCrossings(settings),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rulesAbout are the rules that found something about an address.
func rulesAbout(r *lint.Report, address string) string {
	var out []string
	for _, f := range r.Findings {
		if f.Address == address {
			out = append(out, f.Rule)
		}
	}
	return strings.Join(out, " ")
}

// TestProvisionedSetsOfOneDump: the roles that Identity Center made act as others do, have
// no boundary or name of their own to be judged, and no call of IAM changes them; that
// one is an administrator is said where its permission set is declared. Other roles of AWS do nothing.
func TestProvisionedSetsOfOneDump(t *testing.T) {
	a := &madeAccount{id: "111122223333"}
	developers := a.provisioned("Developers", statements(toDelegate)).arn()
	admin := a.provisioned("AdministratorAccess").administers().arn()
	linked := a.role("AWSServiceRoleForX", statements(byEC2), statements(toDelegate))
	linked["Path"], linked["Arn"] = "/aws-service-role/x.amazonaws.com/", "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	bounded := func(name, grant string) string {
		r := a.role(name, statements(byEC2), statements(grant))
		r.within(a.policy("boundary-of-"+name, statements(grant)))
		return r.arn()
	}
	saml := bounded("app-saml", toUpdateSAML)
	attach := bounded("app-attach", `{"Effect":"Allow","Action":["iam:AttachRolePolicy","iam:PutRolePolicy","iam:UpdateAssumeRolePolicy"],`+
		`"Resource":"arn:aws:iam::*:role/aws-reserved/*"}`)
	r := judgeModels(t, (&made{accounts: []*madeAccount{a}}).models(t))
	for address, want := range map[string]string{
		developers: "delegation-without-boundary escalation-path delegation-outside-prefix",
		admin:      "", linked.arn(): "", attach: "", saml: "escalation-path",
	} {
		if got := rulesAbout(r, address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	for _, f := range r.Findings {
		is := f.Address == developers
		if named := strings.Contains(f.Message, "the permission set Developers") || strings.Contains(f.Message, "The permission set Developers"); is && !named {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
		if told := strings.HasPrefix(f.Remediation, "IAM Identity Center makes the role: change its permission set Developers."); is != told {
			t.Errorf("%s of %s: %s", f.Rule, f.Address, f.Remediation)
		}
		if f.Address == saml && !strings.Contains(f.Message, "AdministratorAccess") {
			t.Error(f.Message)
		}
	}
}

// TestProvisionedSetsTrusted: a permission set is trusted by its own name and by that of its role.
func TestProvisionedSetsTrusted(t *testing.T) {
	t.Chdir(t.TempDir())
	a := &madeAccount{id: "111122223333"}
	arn := a.provisioned("Developers", statements(toDelegate)).arn()
	if err := os.WriteFile("dump.json", a.printed(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"Developers", "AWSReservedSSO_Dev*", arn} {
		config := fmt.Sprintf("trusted %q {\n  reason = \"it is meant\"\n}\n", pattern)
		if err := os.WriteFile(".boundlint.hcl", []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := boundlint(t, "", nil, "lint", "dump.json"); !strings.Contains(got.stdout, "no violations") || got.code != 0 {
			t.Errorf("%s: %d %s %s", pattern, got.code, got.stdout, got.stderr)
		}
	}
}

// TestProvisionedSetsAsked: questions about one by its ARN are answered.
func TestProvisionedSetsAsked(t *testing.T) {
	t.Chdir(t.TempDir())
	a := &madeAccount{id: "111122223333"}
	arn := a.provisioned("Developers", statements(toDelegate)).arn()
	if err := os.WriteFile("dump.json", a.printed(), 0o600); err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]string{"iam:CreateRole": "allowed", "iam:DeleteRole": "denied"} {
		got := boundlint(t, "", nil, "simulate", "--as", arn, "--action", action, "--resource", "arn:aws:iam::111122223333:role/x", "--format", "json", "dump.json")
		var answer struct{ Decision string }
		if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil || answer.Decision != want {
			t.Errorf("%s: %s %s %v", action, got.stdout, got.stderr, err)
		}
	}
}

// TestProvisionedSetsCan: one is found by its own name, and does nothing of what only a role can do to
// itself.
func TestProvisionedSetsCan(t *testing.T) {
	t.Chdir(t.TempDir())
	a := &madeAccount{id: "111122223333"}
	arn := a.provisioned("Developers", statements(`{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}`)).arn()
	if err := os.WriteFile("dump.json", a.printed(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Developers", "AWSReservedSSO_Developers_0123456789abcdef", arn} {
		got := boundlint(t, "", nil, "can", name, "dump.json")
		if !strings.HasPrefix(got.stdout, arn+" (permission set Developers)") || strings.Contains(got.stdout, "its own role") {
			t.Errorf("%s: %s %s", name, got.stdout, got.stderr)
		}
	}
}

// TestPermissionSetsWhereProvisioned: a permission set acts in the accounts that it is
// provisioned in: as the role that a dump has, else as the set that the management account declares,
// placed there, and in no other account.
func TestPermissionSetsWhereProvisioned(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":[` + toAssumeAny + `]}`
	const leaky = `{"Version":"2012-10-17","Statement":[` + toDelegate + `]}`
	trusting := func(a *madeAccount) string { return fmt.Sprintf(lettingA, rootUserOf(a)) }
	role := func(a *madeAccount) string { return a.provisioned("Developers").arn() }
	for name, c := range map[string]struct {
		make func(m *made) (actor string, assigned []string)
		// document is of the set as it is declared, roles have their own.
		document string
		// to is what the message names; "" for no finding.
		to string
	}{
		"elsewhere only: nothing in the management account": {func(m *made) (string, []string) {
			m.accounts[0].admin("adm", trusting(m.accounts[0]))
			return madeSet, []string{m.accounts[1].id}
		}, document, ""},
		"the account is judged and has the role": {func(m *made) (string, []string) {
			m.accounts[1].provisioned("Developers", document)
			m.accounts[0].admin("adm", trusting(m.accounts[0]))
			return madeSet, []string{m.accounts[1].id}
		}, document, ""},
		"in the management account": {func(m *made) (string, []string) {
			m.accounts[0].admin("adm", trusting(m.accounts[0]))
			return madeSet, []string{m.accounts[0].id, m.accounts[1].id}
		}, document, "the role adm"},
		"as a role of the management account": {func(m *made) (string, []string) {
			m.accounts[0].admin("adm", trusting(m.accounts[0]))
			return m.accounts[0].provisioned("Developers", document).arn(), []string{m.accounts[0].id}
		}, document, "the role adm"},
		"where it is": {func(m *made) (string, []string) {
			m.accounts[1].admin("adm", trusting(m.accounts[1]))
			return m.accounts[1].provisioned("Developers", document).arn(), []string{m.accounts[1].id}
		}, document, "the role adm"},
		"from there into another account": {func(m *made) (string, []string) {
			m.accounts[2].admin("adm", trusting(m.accounts[1]))
			return m.accounts[1].provisioned("Developers", document).arn(), []string{m.accounts[1].id}
		}, document, "the role adm in the account account-02"},
		"named by a pattern": {func(m *made) (string, []string) {
			arn := m.accounts[1].provisioned("Developers", document).arn()
			m.accounts[2].admin("adm", fmt.Sprintf(onlyIf, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::`+m.accounts[1].id+
				`:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Developers_*"}`))
			return arn, []string{m.accounts[1].id}
		}, document, "the role adm in the account account-02"},
		"another set is named": {func(m *made) (string, []string) {
			arn := m.accounts[1].provisioned("Developers", document).arn()
			m.accounts[2].admin("adm", fmt.Sprintf(onlyIf, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::`+m.accounts[1].id+
				`:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admins_*"}`))
			return arn, []string{m.accounts[1].id}
		}, document, ""},
		"the account is not in the input": {func(*made) (string, []string) {
			return madeSet, []string{"199999999999"}
		}, leaky, "in the account 199999999999"},
		"not in the input, and lets the management account's roles in": {func(m *made) (string, []string) {
			m.accounts[0].admin("adm", `{"Effect":"Allow","Principal":{"AWS":"199999999999"},"Action":"sts:AssumeRole"}`)
			return madeSet, []string{"199999999999"}
		}, document, "the role adm"},
		"assigned to itself, where the set leads on": {func(m *made) (string, []string) {
			m.accounts[1].provisioned("Developers", document)
			m.accounts[1].admin("adm", trusting(m.accounts[1]))
			actor := m.accounts[0].role("actor", statements(byEC2), statements(`{"Effect":"Allow","Action":"sso:CreateAccountAssignment","Resource":"*"}`))
			return actor.arn(), []string{m.accounts[1].id}
		}, document, "the role adm in the account account-01"},
		"the role in the account has less": {func(m *made) (string, []string) {
			return role(m.accounts[1]), []string{m.accounts[1].id}
		}, leaky, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := makeOrganization(t, 4)
			actor, assigned := c.make(m)
			for _, id := range assigned {
				if m.org.Accounts[id] == nil {
					m.org.Accounts[id] = &iam.MemberAccount{ID: id, Unit: m.org.Root, Policies: m.org.Root.Policies}
				}
			}
			models := m.models(t)
			m.declare(models, c.document, assigned...)
			r := judgeModels(t, models)
			f, found := crossingsFound(r)[actor]
			if found != (c.to != "") || !strings.Contains(f.Message, c.to) {
				t.Errorf("found %t: %s", found, f.Message)
			}
			for address, f := range crossingsFound(r) {
				if address != actor && !strings.Contains(c.to, "account-01") {
					t.Errorf("%s: %s", address, f.Message)
				}
			}
		})
	}
}

// TestProvisionedSetsInShards: shards say of permission sets what one run says, though
// those that have them in their shard do not hold the others.
func TestProvisionedSetsInShards(t *testing.T) {
	t.Chdir(t.TempDir())
	o := orgtest.Organization{Accounts: 6, Entities: 5}
	const inline = `{"Version":"2012-10-17","Statement":[` + toAssumeAny + `,` + toDelegate + `]}`
	o.Plant = func(a *orgtest.Account) {
		switch a.Index {
		case 0:
			a.PermissionSet("Developers", inline, nil, []string{orgtest.AccountID(2), orgtest.AccountID(3)})
			a.PermissionSet("Elsewhere", inline, nil, []string{orgtest.AccountID(4)})
			a.Role(orgtest.Role{Name: "app-assigns", Boundary: a.Boundary(), Inline: map[string]string{"sso": statements(`{"Effect":"Allow","Action":"sso:*","Resource":"*"}`)}})
		case 2, 3:
			a.Role(orgtest.Role{
				Name: "AWSReservedSSO_Developers_0123456789abcdef", Path: "/aws-reserved/sso.amazonaws.com/",
				Trust: statements(fmt.Sprintf(bySAML, a.ID)), Inline: map[string]string{"AwsSSOInlinePolicy": inline},
			})
			a.Role(orgtest.Role{Name: "app-admin", Trust: statements(fmt.Sprintf(lettingA, a.ID)), Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}})
		}
	}
	if err := o.Write("org"); err != nil {
		t.Fatal(err)
	}
	whole := boundlint(t, "", nil, "lint", "--format", "json", "org")
	var shards []string
	for k := 1; k <= 3; k++ {
		file := fmt.Sprintf("shard-%d.json", k)
		shards = append(shards, file)
		boundlint(t, "", nil, "lint", "--shard", fmt.Sprintf("%d/3", k), "--format", "json="+file, "org")
	}
	merged := boundlint(t, "", nil, append([]string{"report", "merge", "--format", "json"}, shards...)...)
	if merged.stdout != whole.stdout || merged.code != whole.code {
		t.Errorf("%d and %d: %s", merged.code, whole.code, firstDifference(merged.stdout, whole.stdout))
	}
	about := map[string]bool{}
	for _, f := range foundIn(t, "org") {
		about[strings.Fields(f)[1]] = true
	}
	const role, set = ":role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developers_0123456789abcdef", "arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-"
	for address, want := range map[string]bool{
		"arn:aws:iam::" + orgtest.AccountID(2) + role: true, "arn:aws:iam::" + orgtest.AccountID(3) + role: true, set + "elsewhere": true, set + "developers": false,
	} {
		if about[address] != want {
			t.Errorf("%s: %t", address, about[address])
		}
	}
}
