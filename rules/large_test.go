package rules_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules"
)

// largeModel has n roles with a policy of their own, all of them different, of
// which every fifth delegates under one boundary. Every hundredth has a hole.
func largeModel(n int) *iam.Model {
	var syms policy.Symbols
	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	document := func(src, address string) *iam.Document {
		d, _ := policy.Parse(src, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
		return &iam.Document{Document: d, Text: policy.Literal(src), Location: iam.Location{Address: address, Attribute: "policy"}}
	}
	const boundary = "arn:aws:iam::111122223333:policy/workload-boundary"
	m := &iam.Model{Symbols: &syms, Policies: []*iam.ManagedPolicy{{
		Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: text("workload-boundary"), Document: document(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["s3:*","logs:*","dynamodb:*","sqs:*","iam:Get*","iam:List*"],"Resource":"*"},
			{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:AttachRolePolicy"],"Resource":"arn:aws:iam::111122223333:role/app-*",
			 "Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+boundary+`"}}},
			{"Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:SetDefaultPolicyVersion"],"Resource":"`+boundary+`"}]}`, "aws_iam_policy.boundary"),
	}}}
	for i := range n {
		address := fmt.Sprintf("aws_iam_role.app[%d]", i)
		condition := `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + boundary + `"}}`
		e := &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: address}, Type: "aws_iam_role", Name: text(fmt.Sprintf("app-%d", i)), Boundary: text(boundary)}
		if i%100 == 0 {
			condition, e.Boundary = "", iam.Value{}
		}
		m.Entities = append(m.Entities, e)
		delegation := ""
		if i%5 == 0 {
			delegation = fmt.Sprintf(`,{"Effect":"Allow","Action":["iam:CreateRole","iam:AttachRolePolicy"],"Resource":"arn:aws:iam::111122223333:role/app-%d-*"%s}`, i, condition)
		}
		name := fmt.Sprintf("app-policy-%d", i)
		m.Attachments = append(m.Attachments, &iam.Attachment{
			Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_role_policy_attachment.app[%d]", i)}, HolderKind: iam.HolderRole, Holder: e.Name,
			PolicyARN: text("arn:aws:iam::111122223333:policy/" + name),
		})
		m.Policies = append(m.Policies, &iam.ManagedPolicy{
			Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_policy.app[%d]", i)}, Name: text(name),
			Document: document(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
				{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket-%d/*"}%s]}`, i, delegation),
				fmt.Sprintf("aws_iam_policy.app[%d]", i)),
		})
	}
	return m
}

// legs are the rules of the second and third leg.
func legs() []*lint.Rule {
	return []*lint.Rule{
		rules.DelegationWithoutBoundary, rules.BoundaryConditionIneffective, rules.DelegationOutsidePrefix,
		rules.BoundaryLeaks, rules.BoundaryRemovable, rules.BoundaryEditable, rules.SelfPolicyEditable,
	}
}

// TestLarge judges an account of two thousand policies. cmd/growth checks that what this
// takes grows with the policies and not with their pairs.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("an account of two thousand policies takes seconds")
	}
	report, err := driver.Run([]*iam.Model{largeModel(2_000)}, legs(), nil, driver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := report.Summary.Violations; n < 20 {
		t.Errorf("%d findings", n)
	}
}

// TestManyBoundaries is an account with a boundary for each of many teams,
// one of which somebody can edit.
func TestManyBoundaries(t *testing.T) {
	const teams = 60
	var syms policy.Symbols
	m := &iam.Model{Symbols: &syms}
	add := func(name, boundary, statements string) {
		value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: s != ""} }
		d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
		if boundary == "" {
			m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy." + name}, Name: value(name), Document: &iam.Document{Document: d}})
			return
		}
		m.Entities = append(m.Entities, &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role." + name}, Name: value(name), Boundary: value(boundary)})
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: "aws_iam_role_policy." + name}, HolderKind: iam.HolderRole, Holder: value(name), Name: value("own"), Document: &iam.Document{Document: d},
		})
	}
	for i := range teams {
		team := fmt.Sprintf("app-%03d", i)
		add(team, "", `{"Effect":"Allow","Action":["s3:*","iam:CreatePolicyVersion"],"Resource":["arn:aws:s3:::*","arn:aws:iam::111122223333:policy/shared-*"]}`)
		add(team+"-web", "arn:aws:iam::111122223333:policy/"+team, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	}
	add("wide", "", `{"Effect":"Allow","Action":["s3:*","iam:CreatePolicyVersion"],"Resource":"*"}`)
	add("app-editor", "arn:aws:iam::111122223333:policy/wide", `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"arn:aws:iam::111122223333:policy/app-059"}`)
	report, err := driver.Run([]*iam.Model{m}, []*lint.Rule{rules.BoundaryEditable, rules.BoundaryLeaks}, &lint.Settings{AccountID: "111122223333"}, driver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		if f.Severity == lint.Error {
			got = append(got, f.Rule+" "+f.Address)
		}
	}
	if want := []string{"boundary-leaks aws_iam_policy.wide", "boundary-editable aws_iam_role.app-editor"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
