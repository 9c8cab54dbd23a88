package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/rules"
)

// randomOrganization is a small organization in which roles of all accounts trust and
// grant one another at random, some of them under policies of the organization.
func randomOrganization(tb testing.TB, rng *rand.Rand) *made {
	tb.Helper()
	m := makeOrganization(tb, 3+rng.IntN(4))
	account := func() *madeAccount { return m.accounts[rng.IntN(len(m.accounts))] }
	role := func() string { return fmt.Sprintf("arn:aws:iam::%s:role/x%d", account().id, rng.IntN(3)) }
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	trust := func() string {
		switch rng.IntN(6) {
		case 0:
			return fmt.Sprintf(lettingA, rootUserOf(account()))
		case 1, 2:
			return fmt.Sprintf(lettingA, role())
		case 3:
			return fmt.Sprintf(onlyIf, `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"`+pathOf(m, account())+`*"}`)
		case 4:
			return `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`
		}
		return byEC2
	}
	grant := func() string {
		switch rng.IntN(6) {
		case 0, 1, 2:
			return fmt.Sprintf(toAssume, pick(role(), role(), "arn:aws:iam::"+account().id+":role/*", "*"))
		case 3:
			return `{"Effect":"Allow","Action":"` + pick("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey") + `","Resource":"*"}`
		case 4:
			return `{"Effect":"Allow","Action":["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}`
		}
		return `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	}
	for _, a := range m.accounts {
		limit := a.policy("limit", statements(`{"Effect":"Allow","Action":["sts:AssumeRole","`+
			pick("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "lambda:*", "s3:*")+`","iam:PassRole"],"Resource":"*"}`))
		for k := range 3 {
			r := a.role(fmt.Sprintf("x%d", k), statements(trust(), trust()), statements(grant()))
			switch rng.IntN(5) {
			case 0:
				r["AttachedManagedPolicies"] = []map[string]any{{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}
			case 1, 2:
				r.within(limit)
			}
		}
		if rng.IntN(4) == 0 {
			at := m.org.Accounts[a.id]
			denied := pick("sts:AssumeRole", "iam:PutRolePolicy", "s3:*")
			at.Policies = append(at.Policies, scpOf(tb, "p-denies", `{"Effect":"Deny","Action":"`+denied+`","Resource":"*"}`))
		}
	}
	return m
}

// TestShardsOfRandomOrganizations: the merged shards of random organizations, each of
// which reads again what matters of the accounts that it does not judge, are what one
// run prints, byte for byte.
func TestShardsOfRandomOrganizations(t *testing.T) {
	for seed := range uint64(30) {
		m := randomOrganization(t, rand.New(rand.NewPCG(seed, 2)))
		var shards []*lint.Report
		for k := range 3 {
			shards = append(shards, throughJSON(t, m.judge(t, &lint.Shard{Index: k + 1, Of: 3})))
		}
		merged, err := report.MergeShards(shards)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := printed(t, "json", merged), printed(t, "json", throughJSON(t, m.judge(t, nil))); got != want {
			t.Errorf("seed %d: %s", seed, firstDifference(got, want))
		}
	}
}

// TestNeighborhoodsAreEnough: what is found in random organizations, each account judged
// with what of the others matters to it, is what is found where all accounts whose
// roles trust one another are taken along as a whole: every finding of every rule.
func TestNeighborhoodsAreEnough(t *testing.T) {
	settings := &lint.Settings{Today: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	crossed, bySet := 0, 0
	for seed := range uint64(60) {
		if testing.Short() && seed%6 != 0 {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		m := randomOrganization(t, rng)
		models := func() []*iam.Model { return m.models(t) }
		if seed >= 40 {
			models = withSets(t, m, rng)
		}
		judge := func(c driver.Crossings) map[string]lint.Finding {
			r, err := driver.Run(models(), rules.All(), settings, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN, Crossings: c})
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]lint.Finding{}
			for _, f := range r.Findings {
				out[f.Rule+" "+f.Address+" "+f.Attribute+" "+f.Key+" "+string(f.Verdict)] = f
			}
			return out
		}
		near, far := judge(newCrossings(settings)), judge(nil)
		for key, f := range far {
			other, ok := near[key]
			if !ok || other.Message != f.Message || other.Severity != f.Severity || other.Fingerprint != f.Fingerprint {
				t.Errorf("seed %d: with everything %s: %s; with what matters %q", seed, key, f.Message, other.Message)
			}
			for _, s := range f.Steps {
				if accountNamed(s.From) != accountNamed(s.To) {
					crossed++
				}
				if strings.HasPrefix(s.Way, "x-sso") || strings.Contains(s.From, "aws-reserved") {
					bySet++
				}
			}
		}
		for key, f := range near {
			if _, ok := far[key]; !ok {
				t.Errorf("seed %d: only with what matters: %s: %s", seed, key, f.Message)
			}
		}
	}
	if !testing.Short() && (crossed < 40 || bySet < 20) {
		t.Errorf("%d steps lead into another account, %d are of permission sets", crossed, bySet)
	}
}

// withSets puts a permission set into some accounts of an organization, as roles of which
// the dumps of some lack the role, and lets somebody in the account of Identity Center assign it.
func withSets(tb testing.TB, m *made, rng *rand.Rand) func() []*iam.Model {
	tb.Helper()
	own := [...]string{
		toAssumeAny, toDelegate, `{"Effect":"Allow","Action":"iam:UpdateAssumeRolePolicy","Resource":"*"}`,
		`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`,
	}[rng.IntN(4)]
	var assigned []string
	for i, a := range m.accounts {
		if rng.IntN(2) == 0 {
			continue
		}
		assigned = append(assigned, a.id)
		if i == 0 || rng.IntN(4) > 0 {
			a.provisioned("Developers", statements(own))
		}
		if rng.IntN(2) == 0 {
			a.admin("root-trusting", fmt.Sprintf(lettingA, rootUserOf(a)))
		}
	}
	if len(assigned) == 0 {
		assigned = []string{m.accounts[1].id}
	}
	at := m.accounts[0]
	if rng.IntN(3) == 0 {
		at = m.accounts[1]
		m.org.Delegated = []iam.DelegatedAdministrator{{Account: at.id, Service: iam.IdentityCenter}}
	}
	at.role("assigns", statements(byEC2), statements(`{"Effect":"Allow","Action":"sso:CreateAccountAssignment","Resource":"*"}`))
	return func() []*iam.Model {
		models := m.models(tb)
		m.declare(models, statements(own), assigned...)
		return models
	}
}
