package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// sharing is a Lambda function in one account that runs with an administrator's role, and a
// role in another account that may try to change its code.
type sharing struct {
	// grants are the statements of the actor's own policy, boundary those of its boundary, where
	// it has one; shares are those of the function's policy. %[1]s is the function, %[2]s the
	// account of the actor.
	grants, boundary, shares []string
	// role is the role of the function; an administrator for nil.
	role *orgtest.Role
	tags map[string]string
	// policies are attached to the account of the actor, or to that of the function.
	policies, ofFunction []orgtest.Policy
	// plant adds what else a case needs.
	plant func(a *orgtest.Account, from, to int)
	steps int // 0 where the way is closed
}

const (
	mayUpdate = `{"Effect":"Allow","Action":"lambda:UpdateFunctionCode","Resource":"%[1]s"}`
	letsIn    = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%[2]s:root"},"Action":"lambda:UpdateFunctionCode","Resource":"%[1]s"}`
)

// letting is a statement of a function's policy about a principal, with a condition or without.
func letting(principal, condition string) []string {
	s := `{"Effect":"Allow","Principal":` + principal + `,"Action":"lambda:*","Resource":"%[1]s"`
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return []string{s + "}"}
}

func (c sharing) write(t *testing.T, dir string, from, to int) (actor string) {
	t.Helper()
	function := fmt.Sprintf("arn:aws:lambda:us-east-1:%s:function:report", orgtest.AccountID(to))
	fill := func(list []string) string {
		text := statements(list...)
		return strings.NewReplacer("%[1]s", function, "%[2]s", orgtest.AccountID(from)).Replace(text)
	}
	o := orgtest.Organization{Accounts: 5, Entities: 4}
	for i := range c.policies {
		c.policies[i].Targets = []string{orgtest.AccountID(from)}
	}
	for i := range c.ofFunction {
		c.ofFunction[i].Targets = []string{orgtest.AccountID(to)}
	}
	o.Policies = append(append(o.Policies, c.policies...), c.ofFunction...)
	o.Plant = func(a *orgtest.Account) {
		switch a.Index {
		case from:
			r := orgtest.Role{Name: "actor", Inline: map[string]string{"own": fill(c.grants)}}
			if c.boundary != nil {
				a.Policy("may-change", fill(c.boundary))
				r.Boundary = a.ARN("policy/may-change")
			}
			a.Role(r)
		case to:
			r := orgtest.Role{Name: "report", Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}}
			if c.role != nil {
				r = *c.role
			}
			r.Trust = statements(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
			a.Role(r)
			shares := ""
			if c.shares != nil {
				shares = fill(c.shares)
			}
			a.Function("report", a.ARN("role/"+r.Name), shares, c.tags)
		}
		if c.plant != nil {
			c.plant(a, from, to)
		}
	}
	if err := o.Write(dir); err != nil {
		t.Fatal(err)
	}
	return "arn:aws:iam::" + orgtest.AccountID(from) + ":role/actor"
}

// printedPath is a path as a report in JSON has it.
type printedPath struct {
	Rule, Address, Verdict, Message string
	Steps                           []struct {
		From, To, Way string
		Witness       []struct{ Action, Resource string }
	}
	Related []struct{ Rule, Address string }
}

// escalations are the paths that are found, by those as whom they begin.
func escalations(t *testing.T, paths ...string) map[string]printedPath {
	t.Helper()
	got := boundlint(t, "", nil, append([]string{"lint", "--format", "json"}, paths...)...)
	var r struct{ Findings []printedPath }
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatalf("%v: %s", err, got.stderr)
	}
	out := map[string]printedPath{}
	for _, f := range r.Findings {
		if f.Rule == "escalation-path" {
			out[f.Address] = f
		}
		for _, also := range f.Related {
			if f.Rule == "escalation-path" && also.Rule == f.Rule {
				out[also.Address] = f
			}
		}
	}
	return out
}

// TestSharedFunctions: a path leads into another account where the policy of a function there
// and the actor's own let it replace the code, and the service control policies and the
// boundary of the actor do (IAM User Guide, cross-account policy evaluation logic), whichever
// account comes first.
func TestSharedFunctions(t *testing.T) {
	t.Chdir(t.TempDir())
	administers := []string{letsIn}
	actor := `{"AWS":"arn:aws:iam::%[2]s:role/actor"}`
	denies := func(action string) []orgtest.Policy {
		return []orgtest.Policy{{ID: "p-denies", Document: statements(`{"Effect":"Deny","Action":"` + action + `","Resource":"*"}`)}}
	}
	stepping := &orgtest.Role{Name: "report", Inline: map[string]string{"own": statements(`{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}`)}}
	n := 0
	for name, c := range map[string]sharing{
		"its account":           {shares: administers, steps: 1},
		"its account's id":      {shares: letting(`{"AWS":"%[2]s"}`, ""), steps: 1},
		"the role":              {shares: letting(actor, ""), steps: 1},
		"a session of the role": {shares: letting(`{"AWS":"arn:aws:sts::%[2]s:assumed-role/actor/s"}`, ""), steps: 1},
		"everybody":             {shares: letting(`"*"`, ""), steps: 1},
		"its organization":      {shares: letting(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-example123"}}`), steps: 1},
		"a tag that it has": {
			shares: letting(`"*"`, `{"StringEquals":{"aws:ResourceTag/open":"yes"}}`), tags: map[string]string{"open": "yes"}, steps: 1,
		},
		"a boundary that lets it":          {shares: administers, boundary: []string{mayUpdate}, steps: 1},
		"and a guardrail about other":      {shares: administers, policies: denies("s3:*"), steps: 1},
		"a guardrail of the other account": {shares: administers, ofFunction: denies("lambda:*"), steps: 1},
		"past a boundary of its own": {
			shares: administers, boundary: []string{mayUpdate}, role: &orgtest.Role{Name: "report", Inline: map[string]string{"own": nothing}}, steps: 1,
		},
		"it goes on from there": {shares: administers, role: stepping, steps: 2},
		"two permissions":       {shares: append(letting(`{"Service":"s3.amazonaws.com"}`, ""), letsIn), steps: 1},
		"over a third account": {
			grants: []string{`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`},
			shares: letting(`{"AWS":"`+orgtest.AccountID(3)+`"}`, ""), steps: 2,
			plant: func(a *orgtest.Account, from, to int) {
				if a.Index == 3 {
					a.Role(orgtest.Role{
						Name: "jump", Trust: statements(fmt.Sprintf(lettingA, orgtest.AccountID(from))),
						Inline: map[string]string{"own": statements(fmt.Sprintf(
							`{"Effect":"Allow","Action":"lambda:UpdateFunctionCode","Resource":"arn:aws:lambda:*:%s:function:*"}`, orgtest.AccountID(to)))},
					})
				}
			},
		},
		"on to a third account": {
			shares: administers, role: &orgtest.Role{Name: "report", Inline: map[string]string{"own": statements(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`)}},
			steps: 2,
			plant: func(a *orgtest.Account, _, to int) {
				if a.Index == 3 {
					a.Role(orgtest.Role{
						Name: "last", Trust: statements(fmt.Sprintf(lettingA, orgtest.AccountID(to))), Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"},
					})
				}
			},
		},

		"no policy":             {},
		"another account":       {shares: letting(`{"AWS":"`+orgtest.AccountID(4)+`"}`, "")},
		"another role":          {shares: letting(`{"AWS":"arn:aws:iam::%[2]s:role/other"}`, "")},
		"a service":             {shares: letting(`{"Service":"s3.amazonaws.com"}`, "")},
		"another organization":  {shares: letting(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-zzzzzzzzzz"}}`)},
		"a tag that it has not": {shares: letting(`"*"`, `{"StringEquals":{"aws:ResourceTag/open":"yes"}}`)},
		"a tag with another value": {
			shares: letting(`"*"`, `{"StringEquals":{"aws:ResourceTag/open":"yes"}}`), tags: map[string]string{"open": "no"},
		},
		"to invoke it":            {shares: []string{strings.Replace(letsIn, "UpdateFunctionCode", "InvokeFunction", 1)}},
		"to configure it":         {grants: []string{strings.Replace(mayUpdate, "Code", "Configuration", 1)}, shares: letting(actor, "")},
		"to share it":             {grants: []string{strings.Replace(mayUpdate, "UpdateFunctionCode", "AddPermission", 1)}, shares: letting(actor, "")},
		"an event source":         {grants: []string{strings.Replace(mayUpdate, "UpdateFunctionCode", "CreateEventSourceMapping", 1)}, shares: letting(actor, "")},
		"an alias of it":          {shares: []string{strings.Replace(letsIn, "%[1]s", "%[1]s:live", 1)}},
		"denied there":            {shares: append(letting(actor, ""), strings.Replace(letsIn, "Allow", "Deny", 1))},
		"nothing of its own":      {grants: []string{`{"Effect":"Allow","Action":"lambda:ListFunctions","Resource":"*"}`}, shares: letting(actor, "")},
		"functions of its own":    {grants: []string{`{"Effect":"Allow","Action":"lambda:*","Resource":"arn:aws:lambda:*:%[2]s:function:*"}`}, shares: administers},
		"a boundary of its own":   {shares: letting(actor, ""), boundary: []string{nothingElse}},
		"a guardrail":             {shares: letting(actor, ""), policies: denies("lambda:Update*")},
		"a role that can nothing": {shares: administers, role: &orgtest.Role{Name: "report", Inline: map[string]string{"own": nothing}}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.grants == nil {
				c.grants = []string{mayUpdate}
			}
			for _, order := range [][2]int{{1, 2}, {2, 1}} {
				n++
				dir := fmt.Sprintf("org-%d", n)
				actor := c.write(t, dir, order[0], order[1])
				f, ok := escalations(t, dir)[actor]
				switch {
				case !ok && c.steps > 0:
					t.Errorf("%v: nothing is found", order)
				case ok && len(f.Steps) != c.steps:
					t.Errorf("%v: %d steps: %s", order, len(f.Steps), f.Message)
				case ok && f.Verdict != "violation":
					t.Errorf("%v: %s", order, f.Message)
				case ok && !strings.Contains(f.Message, " in the account "+orgtest.AccountID(order[1])) && c.plant == nil:
					t.Errorf("%v: it does not name the account: %s", order, f.Message)
				}
			}
		})
	}
}

const nothingElse = `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`

// TestSharedFunctionTwice: what two directories have of a function counts once.
func TestSharedFunctionTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	actor := sharing{grants: []string{mayUpdate}, shares: []string{letsIn}}.write(t, "org", 1, 2)
	one, two := escalations(t, "org")[actor], escalations(t, "org", "org/aws")[actor]
	if one.Message == "" || one.Message != two.Message {
		t.Errorf("%q and %q", one.Message, two.Message)
	}
}

// TestSharedFunctionsInShards: what a shard reads again of the others tells of their functions
// what one run tells, whichever accounts are in it, byte for byte.
func TestSharedFunctionsInShards(t *testing.T) {
	t.Chdir(t.TempDir())
	own := &orgtest.Role{Name: "report", Inline: map[string]string{"own": nothing}}
	for name, c := range map[string]sharing{
		"the function alone": {shares: []string{letsIn}, boundary: []string{mayUpdate}, role: own},
		"all of its account": {shares: []string{letsIn}},
		"closed":             {shares: letting(`{"Service":"s3.amazonaws.com"}`, "")},
	} {
		c.grants = []string{mayUpdate}
		for _, order := range [][2]int{{1, 2}, {2, 1}} {
			dir := fmt.Sprintf("%s %d", strings.ReplaceAll(name, " ", "-"), order[0])
			actor := c.write(t, dir, order[0], order[1])
			whole := boundlint(t, "", nil, "lint", "--format", "json", dir)
			if _, found := escalations(t, dir)[actor]; found == (name == "closed") {
				t.Errorf("%s: found %t", name, found)
			}
			merge := []string{"report", "merge", "--format", "json"}
			for k := 1; k <= 4; k++ {
				file := fmt.Sprintf("%s-%d.json", dir, k)
				boundlint(t, "", nil, "lint", "--shard", fmt.Sprintf("%d/4", k), "--format", "json="+file, dir)
				merge = append(merge, file)
			}
			if got := boundlint(t, "", nil, merge...); got.stdout != whole.stdout {
				t.Errorf("%s, %v: %s %s", name, order, got.stderr, firstDifference(got.stdout, whole.stdout))
			}
		}
	}
}
