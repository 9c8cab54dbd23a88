package rules_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules"
)

// TestOutsideOrganization: an account that a policy names is told where it is certainly not
// in the organization of the role, and nothing where that is not known or where a
// condition keeps it out.
func TestOutsideOrganization(t *testing.T) {
	const own, member, outside = "111122223333", "444455556666", "999988887777"
	tree := &iam.Organization{ID: "o-a1b2c3d4e5", Accounts: map[string]*iam.MemberAccount{own: {ID: own}, member: {ID: member}}}
	foreign := &iam.Organization{ID: "o-zzzzzzzzzz", Accounts: map[string]*iam.MemberAccount{member: {ID: member}}}
	for name, c := range map[string]struct {
		principal, condition, deny string
		organization               *iam.Organization
		want                       lint.Severity
		silent                     bool
	}{
		"an account outside":           {principal: outside, organization: tree, want: lint.Warning},
		"its root user":                {principal: "arn:aws:iam::" + outside + ":root", organization: tree, want: lint.Warning},
		"a role of it":                 {principal: "arn:aws:iam::" + outside + ":role/x", organization: tree, want: lint.Warning},
		"with an external id":          {principal: outside, condition: `"StringEquals":{"sts:ExternalId":"x"}`, organization: tree, want: lint.Note},
		"a member":                     {principal: member, organization: tree, silent: true},
		"the account itself":           {principal: own, organization: tree, silent: true},
		"no tree":                      {principal: outside, silent: true},
		"the tree of another":          {principal: outside, organization: foreign, silent: true},
		"kept out by the organization": {principal: outside, condition: `"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`, organization: tree, silent: true},
		"denied":                       {principal: outside, deny: `,{"Effect":"Deny","Principal":{"AWS":"` + outside + `"},"Action":"sts:AssumeRole"}`, organization: tree, silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			condition := ""
			if c.condition != "" {
				condition = `,"Condition":{` + c.condition + `}`
			}
			parse := func(action, more string) *iam.Document {
				d, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+c.principal+`"},"Action":"`+action+`"`+more+condition+`}`+
					c.deny+`]}`, nil, policy.ParseOptions{Kind: policy.ResourcePolicy})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				return &iam.Document{Document: d}
			}
			arn := "arn:aws:iam::" + own + ":role/app-x"
			m := &iam.Model{
				Input: iam.Input{Path: "d.json", Kind: iam.InputAccount, Complete: true}, Symbols: &policy.Symbols{}, Organization: c.organization,
				Providers: []*iam.Provider{{Name: own, StateAccounts: []string{own}}},
				Entities: []*iam.Entity{{
					Kind: iam.Role, Declared: iam.Declared{Address: arn, Provider: own}, ARN: policy.Literal(arn), Trust: parse("sts:AssumeRole", ""),
					Name: iam.Value{Text: policy.Literal("app-x"), Set: true},
				}},
			}
			r, err := driver.Run([]*iam.Model{m}, []*lint.Rule{rules.TrustTooOpen}, nil, driver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.silent {
				if len(r.Findings) > 0 {
					t.Errorf("it is silent elsewhere: %s", r.Findings[0].Message)
				}
				return
			}
			if len(r.Findings) != 1 || r.Findings[0].Severity != c.want || r.Findings[0].Verdict != lint.Violation ||
				!strings.Contains(r.Findings[0].Message, outside) || !strings.Contains(r.Findings[0].Message, "o-a1b2c3d4e5") {
				t.Errorf("got %v", r.Findings)
			}
		})
	}
}

// TestOutsideOrganizationResources: the same of the policies of other resources, which name
// everything in the statement: conditions on the organization close it.
func TestOutsideOrganizationResources(t *testing.T) {
	const own, outside = "111122223333", "999988887777"
	for condition, found := range map[string]bool{
		"": true, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`: false,
		`,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`: true,
	} {
		d, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["`+own+`","`+outside+`"]},"Action":"sqs:SendMessage","Resource":"*"`+
			condition+`}]}`, nil, policy.ParseOptions{Kind: policy.ResourcePolicy})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		queue := "arn:aws:sqs:us-east-1:" + own + ":q"
		m := &iam.Model{
			Input: iam.Input{Path: "d.json", Kind: iam.InputAccount, Complete: true}, Symbols: &policy.Symbols{},
			Organization: &iam.Organization{ID: "o-a1b2c3d4e5", Accounts: map[string]*iam.MemberAccount{own: {ID: own}}},
			Providers:    []*iam.Provider{{Name: own, StateAccounts: []string{own}}},
			ResourcePolicies: []*iam.ResourcePolicy{{
				Address: queue, Provider: own, Resource: policy.Literal(queue), Document: &iam.Document{Document: d},
			}},
		}
		r, err := driver.Run([]*iam.Model{m}, []*lint.Rule{rules.TrustTooOpen}, nil, driver.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if (len(r.Findings) == 1) != found || found && !strings.Contains(r.Findings[0].Message, "the account "+outside+", which is not in the organization") {
			t.Errorf("%s: %v", condition, r.Findings)
		}
	}
}
