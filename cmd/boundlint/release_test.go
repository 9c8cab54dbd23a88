package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// TestReleases: who can take a service control policy of a member account out of force, in the
// management account, and act as a principal there that only the policy kept from being an
// administrator, has a way to that. Nobody else has, and what the policy leaves is no way of
// its own (AWS Organizations User Guide, SCP evaluation, and the Service Authorization
// Reference for which resources the actions are on).
func TestReleases(t *testing.T) {
	t.Chdir(t.TempDir())
	const (
		arns    = "arn:aws:organizations::100000000000:"
		guard   = arns + "policy/o-example123/service_control_policy/p-guard"
		second  = arns + "policy/o-example123/service_control_policy/p-second"
		denyIAM = `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`
	)
	o := orgtest.Organization{}
	root, unit := arns+"root/o-example123/"+o.Root(), arns+"ou/o-example123/"+o.UnitOf(1)
	account := arns + "account/o-example123/" + orgtest.AccountID(1)
	may := func(action string, on ...string) string {
		return `{"Effect":"Allow","Action":"organizations:` + action + `","Resource":["` + strings.Join(on, `","`) + `"]}`
	}
	toTarget := fmt.Sprintf(toAssume, "arn:aws:iam::"+orgtest.AccountID(1)+":role/target")
	n := 0
	for name, c := range map[string]struct {
		grants []string
		// at is where the policy is attached; the unit for "".
		at, document string
		// from is the account of the actor; the management account is 0.
		from int
		// boundary is the boundary of the target, which may take it off.
		boundary bool
		// second is where another such policy is attached besides; nowhere for "".
		second string
		// alone tells that no role trusts the actor.
		alone bool
		way   string // "" where it is closed
	}{
		"rewrites it":                   {grants: []string{may("UpdatePolicy", guard)}, way: "x-org-update"},
		"rewrites all":                  {grants: []string{may("*", "*")}, way: "x-org-update"},
		"at the account":                {grants: []string{may("UpdatePolicy", guard)}, at: orgtest.AccountID(1), way: "x-org-update"},
		"detaches it":                   {grants: []string{may("DetachPolicy", guard, unit)}, way: "x-org-detach"},
		"detaches it from the account":  {grants: []string{may("DetachPolicy", guard, account)}, at: orgtest.AccountID(1), way: "x-org-detach"},
		"moves the account":             {grants: []string{may("MoveAccount", account, unit, root)}, way: "x-org-move"},
		"switches them off":             {grants: []string{may("DisablePolicyType", root)}, at: o.Root(), way: "x-org-disable"},
		"for one who then takes it off": {grants: []string{may("UpdatePolicy", guard)}, boundary: true, way: "x-org-update"},

		"rewrites both":                         {grants: []string{may("UpdatePolicy", guard, second)}, second: o.Root(), way: "x-org-update"},
		"rewrites one of two":                   {grants: []string{may("UpdatePolicy", guard)}, second: o.Root()},
		"nothing":                               {grants: []string{may("DescribePolicy", "*")}},
		"another policy":                        {grants: []string{may("UpdatePolicy", guard+"2")}},
		"detaches without the place":            {grants: []string{may("DetachPolicy", guard, account)}},
		"detaches from elsewhere":               {grants: []string{may("DetachPolicy", guard, arns+"ou/o-example123/"+o.Unit(3))}},
		"moves what is bound where it goes":     {grants: []string{may("MoveAccount", "*")}, at: o.Root()},
		"moves what is bound itself":            {grants: []string{may("MoveAccount", "*")}, at: orgtest.AccountID(1)},
		"attaches":                              {grants: []string{may("AttachPolicy", "*")}},
		"in a member account":                   {grants: []string{may("*", "*")}, from: 2},
		"cannot act as anyone":                  {grants: []string{may("*", "*")}, alone: true},
		"denied to itself":                      {grants: []string{may("*", "*"), `{"Effect":"Deny","Action":"organizations:*","Resource":"*"}`}},
		"the policy leaves the way open anyhow": {grants: []string{may("UpdatePolicy", guard)}, document: `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`, way: "sts-001"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.document == "" {
				c.document = denyIAM
			}
			if c.at == "" {
				c.at = o.UnitOf(1)
			}
			org := orgtest.Organization{Accounts: 3, Entities: 4, Policies: []orgtest.Policy{
				{ID: "p-guard", Document: statements(c.document), Targets: []string{c.at}},
			}}
			if c.second != "" {
				org.Policies = append(org.Policies, orgtest.Policy{ID: "p-second", Document: statements(denyIAM), Targets: []string{c.second}})
			}
			org.Plant = func(a *orgtest.Account) {
				switch a.Index {
				case c.from:
					a.Role(orgtest.Role{Name: "governs", Inline: map[string]string{"own": statements(append(c.grants, toTarget)...)}})
				case 1:
					r := orgtest.Role{
						Name: "target", Trust: statements(fmt.Sprintf(lettingA, orgtest.AccountID(c.from))),
						Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
					}
					if c.alone {
						r.Trust = statements(byEC2)
					}
					if c.boundary {
						a.Policy("may-free-itself", statements(`{"Effect":"Allow","Action":["s3:*","iam:*"],"Resource":"*"}`))
						r.Boundary = a.ARN("policy/may-free-itself")
					}
					a.Role(r)
				}
			}
			n++
			dir := fmt.Sprintf("org-%d", n)
			if err := org.Write(dir); err != nil {
				t.Fatal(err)
			}
			f, ok := escalations(t, dir)["arn:aws:iam::"+orgtest.AccountID(c.from)+":role/governs"]
			switch {
			case ok != (c.way != ""):
				t.Errorf("found %t: %s", ok, f.Message)
			case ok && (f.Steps[0].Way != c.way || f.Verdict != "violation"):
				t.Errorf("%s %s", f.Verdict, f.Message)
			case ok && (len(f.Steps[0].Witness) == 2) != (c.second != "" || c.way == "x-org-detach") && c.way != "x-org-move":
				t.Errorf("%d requests: %v", len(f.Steps[0].Witness), f.Steps[0].Witness)
			case ok && !strings.Contains(f.Message, " in the account "+orgtest.AccountID(1)):
				t.Errorf("it does not name the end: %s", f.Message)
			}
		})
	}
}
