package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
)

const (
	stackSets = `{"Effect":"Allow","Action":["cloudformation:CreateStackSet","cloudformation:CreateStackInstances"],"Resource":"*"%s}`
	// ofEveryone is where a service control policy is attached to every account.
	ofEveryone = -1
)

// TestStackSetsAcrossAccounts: who can make stack sets in the management account, or in one
// that is a delegated administrator for them, runs any template in the member accounts as
// stacksets-exec-*, an administrator that service control policies bind, which
// the message names. Nobody else can, and nothing is deployed to the management account
// or to other organizations. Whether CloudFormation has trusted access is certain where
// there is a delegated administrator for it (CloudFormation User Guide, Activate trusted
// access for StackSets with AWS Organizations; Register a delegated administrator member
// account; Create CloudFormation StackSets with service-managed permissions). Requests for
// such a stack set name no administration role (API Reference, CreateStackSet, and Service
// Authorization Reference, cloudformation:RoleArn).
func TestStackSetsAcrossAccounts(t *testing.T) {
	const (
		open, undetermined, closed = "open", "undetermined", "closed"
		other                      = "guardduty.amazonaws.com"
	)
	all := fmt.Sprintf(stackSets, "")
	under := func(condition string) string { return fmt.Sprintf(stackSets, `,"Condition":{`+condition+`}`) }
	deny := func(action, condition string) string {
		return `{"Effect":"Deny","Action":"` + action + `","Resource":"*"` + condition + `}`
	}
	for name, c := range map[string]struct {
		at        int // the account of the actor
		accounts  int // 4 where it is not said
		delegated int // the account that is a delegated administrator, 0 for none
		service   string
		grants    []string
		scp       string
		bound     int // the account that the policy is attached to
		unplaced  bool
		want      string
		trusted   []string // the services that have trusted access
		names     int      // the first account that the message names
	}{
		"the management account":                     {delegated: 2, want: open, names: 1},
		"a delegated administrator":                  {at: 2, delegated: 2, want: open, names: 1},
		"the only member, to itself":                 {at: 1, delegated: 1, accounts: 2, want: open, names: 1},
		"from a template of the requester's choice":  {delegated: 2, grants: []string{under(`"StringLikeIfExists":{"cloudformation:TemplateUrl":"https://s3.amazonaws.com/*"}`)}, want: open, names: 1},
		"in one region":                              {delegated: 2, grants: []string{under(`"StringEqualsIfExists":{"cloudformation:TargetRegion":"eu-west-1"}`)}, want: open, names: 1},
		"without an administration role":             {delegated: 2, grants: []string{under(`"Null":{"cloudformation:RoleArn":"true"}`)}, want: open, names: 1},
		"other things are denied to members":         {delegated: 2, scp: deny("organizations:LeaveOrganization", ""), bound: ofEveryone, want: open, names: 1},
		"policies spare the execution roles":         {delegated: 2, scp: deny("*", `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/stacksets-exec-*"}}`), bound: ofEveryone, want: open, names: 1},
		"a policy binds one of the members":          {delegated: 2, scp: deny("*", ""), bound: 1, want: open, names: 2},
		"trusted access is not known":                {want: undetermined, names: 1},
		"another service is delegated":               {delegated: 2, service: other, want: undetermined, names: 1},
		"the places of the members are not known":    {delegated: 2, unplaced: true, want: undetermined, names: 1},
		"an existing stack set":                      {delegated: 2, grants: []string{`{"Effect":"Allow","Action":"cloudformation:UpdateStackSet","Resource":"*"}`}, want: undetermined, names: 1},
		"trusted access is on":                       {trusted: []string{other, iam.StackSets}, want: open, names: 1},
		"a delegated administrator tells as much":    {delegated: 2, trusted: []string{other}, want: open, names: 1},
		"trusted access is off":                      {trusted: []string{other}, want: closed},
		"no service has trusted access":              {trusted: []string{}, want: closed},
		"any other account":                          {at: 1, delegated: 2, want: closed},
		"an administrator delegated another service": {at: 2, delegated: 2, service: other, want: closed},
		"no other accounts":                          {accounts: 1, want: closed},
		"no instances":                               {delegated: 2, grants: []string{`{"Effect":"Allow","Action":"cloudformation:CreateStackSet","Resource":"*"}`}, want: closed},
		"a given administration role":                {delegated: 2, grants: []string{under(`"ArnLike":{"cloudformation:RoleArn":"arn:aws:iam::*:role/stacks"}`)}, want: closed},
		"denied":                                     {delegated: 2, grants: []string{all, deny("cloudformation:*StackSet*", ``)}, want: closed},
		"denied to delegated administrators":         {at: 2, delegated: 2, scp: deny("cloudformation:CreateStackSet", ""), bound: 2, want: closed},
		"everything is denied to all members":        {delegated: 2, scp: deny("*", ""), bound: ofEveryone, want: closed},
		"identities are denied to all members":       {delegated: 2, scp: deny("iam:*", ""), bound: ofEveryone, want: closed},
	} {
		t.Run(name, func(t *testing.T) {
			n := c.accounts
			if n == 0 {
				n = 4
			}
			m := makeOrganization(t, n)
			if c.grants == nil {
				c.grants = []string{all}
			}
			actor := m.accounts[c.at].role("actor", statements(byEC2), statements(c.grants...)).arn()
			if c.service == "" {
				c.service = iam.StackSets
			}
			if c.delegated > 0 {
				m.org.Delegated = []iam.DelegatedAdministrator{{Account: m.accounts[c.delegated].id, Service: c.service}}
			}
			m.org.Trusted = c.trusted
			for i, a := range m.accounts {
				member := m.org.Accounts[a.id]
				if c.unplaced {
					member.Unit = nil
				}
				if c.scp != "" && (c.bound == ofEveryone || c.bound == i) {
					member.Policies = append(member.Policies, scpOf(t, "p-"+a.id, c.scp))
				}
			}
			f, found := crossingsFound(m.judge(t, nil))[actor]
			switch {
			case found != (c.want != closed):
				t.Fatalf("found %t: %s", found, f.Message)
			case !found:
				return
			case (f.Verdict == lint.Undetermined) != (c.want == undetermined):
				t.Errorf("%s: %s", f.Verdict, f.Message)
			}
			first := m.accounts[c.names].id
			if named := fmt.Sprintf("the execution role of a stack set in the account %s (%s)", m.org.Accounts[first].Name, first); !strings.Contains(f.Message, named) {
				t.Errorf("it does not name %s: %s", named, f.Message)
			}
			if strings.Contains(f.Message, m.accounts[0].id) {
				t.Errorf("it names the management account: %s", f.Message)
			}
		})
	}
}

// TestStackSetsOverAnotherAccount: who may assume a role of the delegated administrator
// goes on from there; without an organization there is no such way.
func TestStackSetsOverAnotherAccount(t *testing.T) {
	for _, known := range []bool{true, false} {
		m := makeOrganization(t, 4)
		from, to := m.accounts[1], m.accounts[3]
		deployer := to.role("deployer", statements(fmt.Sprintf(lettingA, rootUserOf(from))), statements(fmt.Sprintf(stackSets, ""))).arn()
		actor := actorOf(from, "actor", deployer)
		m.org.Delegated = []iam.DelegatedAdministrator{{Account: to.id, Service: iam.StackSets}}
		if !known {
			m.org = nil
		}
		f, found := crossingsFound(m.judge(t, nil))[actor]
		if found != known || known && (f.Verdict != lint.Violation || len(f.Steps) != 2 || f.Steps[0].To != deployer) {
			t.Errorf("organization %t: found %t, %s, %d steps: %s", known, found, f.Verdict, len(f.Steps), f.Message)
		}
	}
}

// TestStackSetsTowardsAGoal: a search for one goal goes on from the execution role in the
// account that the goal is in, and in no other.
func TestStackSetsTowardsAGoal(t *testing.T) {
	m := makeOrganization(t, 4)
	actor := m.accounts[0].role("actor", statements(byEC2), statements(fmt.Sprintf(stackSets, ""))).arn()
	m.org.Delegated = []iam.DelegatedAdministrator{{Account: m.accounts[3].id, Service: iam.StackSets}}
	models := m.models(t)
	for _, one := range models {
		one.Link(iam.Hints{})
	}
	view := models[0].Beside(iam.Neighbor{Model: models[2]})
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, view, &lint.Settings{}, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	entity := func(list []*iam.Entity, arn string) *iam.Entity {
		for _, e := range list {
			if e.Address == arn {
				return e
			}
		}
		t.Fatalf("there is no %s", arn)
		return nil
	}
	send := func(account string) escalation.Goal {
		queue := policy.Literal("arn:aws:sqs:eu-west-1:" + account + ":orders")
		return escalation.Goal{Queries: []*authz.Query{{Actions: []string{"sqs:SendMessage"}, Resources: []policy.Text{queue}}}}
	}
	role := func(of *madeAccount) string { return fmt.Sprint(of.roles[0]["Arn"]) }
	for name, c := range map[string]struct {
		goal  escalation.Goal
		want  authz.Verdict
		steps int
		in    *madeAccount
	}{
		"an administrator":             {escalation.Goal{Administrator: true}, authz.Allowed, 1, m.accounts[1]},
		"a queue of a member":          {send(m.accounts[2].id), authz.Allowed, 1, m.accounts[2]},
		"a queue of the own account":   {send(m.accounts[0].id), authz.Denied, 0, nil},
		"a queue of a strange account": {send("999988887777"), authz.Denied, 0, nil},
		"a role of a member": {
			escalation.Goal{Entity: entity(view.Neighbors.Entities, role(m.accounts[2]))}, authz.Allowed, 2, m.accounts[2],
		},
		"a role of the own account": {escalation.Goal{Entity: entity(view.Entities, role(m.accounts[0]))}, authz.Denied, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path, verdict := escalation.NewGoalSearch(a, c.goal).PathFrom(entity(view.Entities, actor))
			if verdict != c.want || (path == nil) != (c.steps == 0) {
				t.Fatalf("%v, path %v", verdict, path)
			}
			if path == nil {
				return
			}
			first := path.Steps[0].To
			if len(path.Steps) != c.steps || first.Made == "" || !strings.Contains(first.Elsewhere, c.in.id) {
				t.Errorf("%d steps, the first to %+v", len(path.Steps), first)
			}
		})
	}
}

// TestStackSetsAmongAbilities: what a principal can do names these ways only where its
// account may go them.
func TestStackSetsAmongAbilities(t *testing.T) {
	for at, want := range []bool{true, false, true} {
		m := makeOrganization(t, 3)
		actor := m.accounts[at].role("actor", statements(byEC2), statements(fmt.Sprintf(stackSets, ""))).arn()
		m.org.Delegated = []iam.DelegatedAdministrator{{Account: m.accounts[2].id, Service: iam.StackSets}}
		models := m.models(t)[at : at+1]
		for _, organization := range []*iam.Organization{m.org, nil} {
			models[0].Organization = organization
			models[0].Link(iam.Hints{})
			q, err := inquiry.New(&lint.Settings{}, models...)
			if err != nil {
				t.Fatal(err)
			}
			named := false
			for _, who := range q.Entities() {
				s := q.Subject(who)
				for _, ways := range s.Dangers(s.Abilities()) {
					for _, w := range ways {
						named = named || who.Address == actor && w.Target == escalation.TargetMember
					}
				}
			}
			if named != (want && organization != nil) {
				t.Errorf("account %d, organization %t: named %t", at, organization != nil, named)
			}
		}
	}
}
