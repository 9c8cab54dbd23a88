package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// TestBucketsAcrossAccounts: the ARN of a bucket names no account. Where the data of one account
// has the bucket's policy, requests from others are decided by both sides, and by the resource
// control policies of the owner (IAM User Guide, cross-account policy evaluation logic).
func TestBucketsAcrossAccounts(t *testing.T) {
	t.Chdir(t.TempDir())
	const bucket = "arn:aws:s3:::reports"
	whole := `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	letting := func(principal, action string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"%s","Resource":["%s","%s/*"]}`, principal, action, bucket, bucket)
	}
	own := func(condition string) string {
		return `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{` + condition + `}}`
	}
	from, to := orgtest.AccountID(1), orgtest.AccountID(2)
	denies := func(resource bool, target string) []orgtest.Policy {
		s := `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		if resource {
			s = strings.Replace(s, `"Effect"`, `"Principal":"*","Effect"`, 1)
		}
		return []orgtest.Policy{{ID: "p-denies", Resource: resource, Document: statements(s), Targets: []string{target}}}
	}
	n := 0
	for name, c := range map[string]struct {
		grant, policy string
		boundary      string
		policies      []orgtest.Policy
		resource      string
		want          string
	}{
		"both sides":                   {grant: whole, policy: letting(from, "s3:*"), want: "allowed"},
		"the role":                     {grant: whole, policy: letting("arn:aws:iam::"+from+":role/actor", "s3:GetObject"), want: "allowed"},
		"everyone":                     {grant: whole, policy: letting("*", "s3:Get*"), want: "allowed"},
		"in the account of the bucket": {grant: own(`"StringEquals":{"aws:ResourceAccount":"` + to + `"}`), policy: letting(from, "s3:*"), want: "allowed"},
		"a boundary":                   {grant: whole, policy: letting(from, "s3:*"), boundary: whole, want: "allowed"},
		"policies of the owner":        {grant: whole, policy: letting(from, "s3:*"), policies: denies(false, to), want: "allowed"},
		"resource policies of its own": {grant: whole, policy: letting(from, "s3:*"), policies: denies(true, from), want: "allowed"},
		"another bucket":               {grant: whole, policy: letting(to, "s3:*"), resource: "arn:aws:s3:::unknown/k", want: "allowed"},

		"nothing of its own":               {grant: nothingElse, policy: letting(from, "s3:*"), want: "denied"},
		"the role, and nothing of its own": {grant: nothingElse, policy: letting("arn:aws:iam::"+from+":role/actor", "s3:*"), want: "denied"},
		"another account":                  {grant: whole, policy: letting(orgtest.AccountID(3), "s3:*"), want: "denied"},
		"another role":                     {grant: whole, policy: letting("arn:aws:iam::"+from+":role/other", "s3:*"), want: "denied"},
		"another action":                   {grant: whole, policy: letting(from, "s3:PutObject"), want: "denied"},
		"denied there":                     {grant: whole, policy: letting(from, "s3:*") + "," + strings.Replace(letting(from, "s3:GetObject"), "Allow", "Deny", 1), want: "denied"},
		"outside of its boundary":          {grant: whole, policy: letting("arn:aws:iam::"+from+":role/actor", "s3:*"), boundary: nothingElse, want: "denied"},
		"its guardrail":                    {grant: whole, policy: letting(from, "s3:*"), policies: denies(false, from), want: "denied"},
		"the guardrail of the owner":       {grant: whole, policy: letting(from, "s3:*"), policies: denies(true, to), want: "denied"},
		"in its own account":               {grant: own(`"StringEquals":{"aws:ResourceAccount":"` + from + `"}`), policy: letting(from, "s3:*"), want: "denied"},
	} {
		t.Run(name, func(t *testing.T) {
			o := orgtest.Organization{Accounts: 4, Entities: 2, Policies: c.policies}
			o.Plant = func(a *orgtest.Account) {
				switch a.ID {
				case from:
					r := orgtest.Role{Name: "actor", Inline: map[string]string{"own": statements(c.grant)}}
					if c.boundary != "" {
						a.Policy("cap", statements(c.boundary))
						r.Boundary = a.ARN("policy/cap")
					}
					a.Role(r)
				case to:
					a.Resource("s3/reports", bucket, statements(c.policy))
				}
			}
			n++
			dir := fmt.Sprintf("org-%d", n)
			if err := o.Write(dir); err != nil {
				t.Fatal(err)
			}
			if c.resource == "" {
				c.resource = bucket + "/2026/12.csv"
			}
			actor := "arn:aws:iam::" + from + ":role/actor"
			got := boundlint(t, "", nil, "simulate", "--as", actor, "--action", "s3:GetObject", "--resource", c.resource, dir)
			if !strings.HasPrefix(got.stdout, c.want+":") {
				t.Errorf("%s%s", got.stdout, got.stderr)
			}
			who := boundlint(t, "", nil, "who-can", "s3:GetObject", c.resource, dir)
			if strings.Contains(who.stdout, "not in the input") != strings.Contains(c.resource, "unknown") {
				t.Errorf("%s", who.stdout)
			}
			if strings.Contains(who.stdout, "role/actor") != (c.want == "allowed") {
				t.Errorf("%s%s", who.stdout, who.stderr)
			}
		})
	}
}
