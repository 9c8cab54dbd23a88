package rules

import (
	"fmt"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// worst is the worst verdict of the rules that the worked cases ask.
func worst(t *testing.T, m *iam.Model, s *lint.Settings, r *lint.Rule) lint.Verdict {
	t.Helper()
	var got lint.Verdict
	for _, f := range findings(t, m, s, r) {
		if got != lint.Violation {
			got = f.Verdict
		}
	}
	return got
}

// TestRewritten proves of the worked cases that the verdict does not depend on
// how the policies are cut and who carries them, that a Deny of everything by
// the organization closes every one, and that an Allow closes none.
func TestRewritten(t *testing.T) {
	rule := map[string]*lint.Rule{"Q1": DelegationWithoutBoundary, "Q2": BoundaryRemovable, "Q3": BoundaryEditable}
	organization := func(effect string) []*iam.OrganizationPolicy {
		src := `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Action":"*","Resource":"*"}]}`
		return []*iam.OrganizationPolicy{{Declared: iam.Declared{Address: "scp"}, Document: written(src, "scp", policy.ServiceControlPolicy, nil)}}
	}
	for _, w := range workedCases(t) {
		r := rule[w.Question]
		if r == nil {
			continue
		}
		base := func() (*iam.Model, *lint.Settings) { return w.model(t) }
		m, s := base()
		want := worst(t, m, s, r)
		changes := []struct {
			what   string
			change func(*iam.Model, *lint.Settings)
			want   lint.Verdict
		}{
			{"each statement a policy of its own, in the opposite order", split, want},
			{"an unrelated statement more", func(m *iam.Model, _ *lint.Settings) {
				d := written(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}`, "x", policy.IdentityPolicy, nil)
				m.Inline = append(m.Inline, &iam.InlinePolicy{Declared: iam.Declared{Address: "x", Provider: "aws"}, HolderKind: iam.HolderRole, Holder: given("Dev"), Name: given("x"), Document: d})
			}, want},
			{"an organization that allows everything", func(_ *iam.Model, s *lint.Settings) { s.OrganizationPolicies = organization("Allow") }, want},
			{"an organization that denies everything", func(_ *iam.Model, s *lint.Settings) { s.OrganizationPolicies = organization("Deny") }, ""},
		}
		for _, c := range changes {
			m, s := base()
			c.change(m, s)
			m.Link(iam.Hints{Account: workedAccount})
			if got := worst(t, m, s, r); got != c.want {
				t.Errorf("case %s (%s) with %s: %q, want %q", w.ID, w.Title, c.what, got, c.want)
			}
		}
	}
}

// split cuts the policies of a model into statements.
func split(m *iam.Model, _ *lint.Settings) {
	var out []*iam.InlinePolicy
	for _, p := range m.Inline {
		for i, s := range slices.Backward(p.Document.Statements) {
			one, d, q := *s, *p.Document.Document, *p
			one.Index = 0
			d.Statements = []*policy.Statement{&one}
			placed := *p.Document
			placed.Document = &d
			q.Document, q.Name, q.Address = &placed, given(fmt.Sprint(len(p.Document.Statements)-i)), fmt.Sprintf("%s[%d]", p.Address, i)
			out = append(out, &q)
		}
	}
	m.Inline = out
}

// TestGivenBoundary is a boundary of which only the configuration gives the
// document: it is judged under its name there, and closes what it closes.
func TestGivenBoundary(t *testing.T) {
	boundary := policyARN("workload-boundary")
	model := func() *iam.Model {
		m := &iam.Model{Symbols: &policy.Symbols{}, Entities: []*iam.Entity{{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.dev"}, Name: given("app-dev"), Boundary: given(boundary)}}}
		m.Inline = []*iam.InlinePolicy{{
			Declared: iam.Declared{Address: "aws_iam_role_policy.dev"}, HolderKind: iam.HolderRole, Holder: given("app-dev"), Name: given("dev"),
			Document: written(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/app-*"}]}`, "aws_iam_role_policy.dev", policy.IdentityPolicy, nil),
		}}
		m.Link(iam.Hints{Account: workedAccount})
		return m
	}
	tests := []struct {
		name, document string
		want           []string
	}{
		{"not given", "", []string{"delegation-without-boundary aws_iam_role.dev violation", "boundary-removable aws_iam_role.dev undetermined"}},
		{"narrow", `{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}`, nil},
		{"leaking", `{"Effect":"Allow","Action":["dynamodb:GetItem","iam:CreateUser"],"Resource":"*"}`, []string{
			"delegation-without-boundary aws_iam_role.dev violation", "boundary-leaks boundary.workload violation",
		}},
	}
	for _, tt := range tests {
		s := &lint.Settings{AccountID: workedAccount, Boundaries: []lint.ApprovedBoundary{{Name: "workload", ARNs: []string{boundary}}}}
		if tt.document != "" {
			s.Boundaries[0].Document = written(`{"Version":"2012-10-17","Statement":[`+tt.document+`]}`, "boundary.workload", policy.IdentityPolicy, nil)
		}
		var got []string
		for _, f := range findings(t, model(), s, DelegationWithoutBoundary, BoundaryLeaks, BoundaryRemovable, BoundaryEditable) {
			got = append(got, f.Rule+" "+f.Address+" "+string(f.Verdict))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
