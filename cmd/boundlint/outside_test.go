package main

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestOutsideOfTheOrganization: what binds an account counts for those who come from
// outside of its organization as well: its resource control policies for who assumes
// a role in it, its service control policies for who goes on from there; and they are
// known to be in no organization of which all accounts are known.
func TestOutsideOfTheOrganization(t *testing.T) {
	const assuming = `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}`
	for name, x := range map[string]struct {
		trust, scp, rcp string
		found           bool
	}{
		"free":                   {found: true},
		"bound by an RCP":        {rcp: assuming},
		"an RCP for outsiders":   {rcp: `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"` + madeOrg + `"}}}`},
		"an RCP for others":      {rcp: `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"` + madeOrg + `"}}}`, found: true},
		"bound by an SCP midway": {scp: assuming},
		"trusted as a member":    {trust: fmt.Sprintf(onlyIf, `"StringEquals":{"aws:PrincipalOrgID":"`+madeOrg+`"}`)},
		"trusted by its unit":    {trust: fmt.Sprintf(onlyIf, `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"`+madeOrg+`/*"}`)},
		"trusted as an outsider": {trust: fmt.Sprintf(onlyIf, `"StringNotEquals":{"aws:PrincipalOrgID":"`+madeOrg+`"}`), found: true},
	} {
		m := makeOrganization(t, 4)
		outside, mid, last := m.accounts[1], m.accounts[2], m.accounts[3]
		delete(m.org.Accounts, outside.id)
		trust := x.trust
		if trust == "" {
			trust = fmt.Sprintf(lettingA, rootUserOf(outside))
		}
		admin := last.admin("admin", fmt.Sprintf(lettingA, rootUserOf(mid)))
		jump := mid.role("jump", statements(trust), statements(fmt.Sprintf(toAssume, admin)))
		start := actorOf(outside, "start", jump.arn())
		at := m.org.Accounts[mid.id]
		if x.scp != "" {
			at.Policies = append(at.Policies, scpOf(t, "p-scp", x.scp))
		}
		if x.rcp != "" {
			rcp := scpOf(t, "p-rcp", x.rcp)
			rcp.Type = iam.ResourceControlPolicy
			at.Policies = append(at.Policies, rcp)
		}
		if f, found := crossingsFound(m.judge(t, nil))[start]; found != x.found {
			t.Errorf("%s: found %t: %s %s", name, found, f.Verdict, f.Message)
		}
	}
}
