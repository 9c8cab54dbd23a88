package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestNamesHaveNoSlash holds that no request is found or decided on what the
// template of a type takes and is of something else.
func TestNamesHaveNoSlash(t *testing.T) {
	for _, c := range []struct {
		action, resource string
		want             Verdict
	}{
		{"s3:ListBucket", "arn:aws:s3:::b/*", Denied},
		{"s3:ListBucket", "arn:aws:s3:::b*", Allowed},
		{"s3:GetObject", "arn:aws:s3:::b", Denied},
		{"s3:GetObject", "arn:aws:s3:::b/*", Allowed},
		{"dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*", Allowed},
		// A name of 300 characters is one of a resource group (API reference,
		// CreateGroup), though not of a group of IAM.
		{"resource-groups:GetGroup", "arn:aws:resource-groups:eu-west-1:111122223333:group/" + strings.Repeat("a", 300), Allowed},
		{"iam:GetGroup", "arn:aws:iam::111122223333:group/" + strings.Repeat("a", 300), Denied},
		{"ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/a/*", Allowed},
	} {
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		p := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/u"), Identity: []*Policy{parsedText(t,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"`+c.action+`","Resource":"`+c.resource+`"}]}`, policy.IdentityPolicy)}}
		got := Search(p, u, &Query{Actions: []string{c.action}})
		if got.Verdict != c.want {
			t.Errorf("%s on %s: %v", c.action, c.resource, got.Verdict)
		}
		if got.Witness != nil && Decide(got.Witness.Request(p)).Verdict != Allowed {
			t.Errorf("%s is not allowed", got.Witness)
		}
	}
}

// TestTypeInOtherCase: the part of an ARN that names the type is of one case
// (IAM User Guide, IAM identifiers: ARNs).
func TestTypeInOtherCase(t *testing.T) {
	for resource, want := range map[string]Verdict{
		"arn:aws:iam::111122223333:role/app": Allowed,
		"arn:aws:iam::111122223333:Role/app": Denied,
	} {
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		p := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/u"), Identity: []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"*","Resource":"*"}`), policy.IdentityPolicy)}}
		if got := Search(p, u, &Query{Actions: []string{"iam:GetRole"}, Resources: []policy.Text{policy.Literal(resource)}}); got.Verdict != want {
			t.Errorf("%s: %v", resource, got.Verdict)
		}
	}
}

// TestDomains: which resources those of a type are.
func TestDomains(t *testing.T) {
	glob := func(s string) []*pattern { return []*pattern{newPattern(policy.Literal(s), globSyntax, false)} }
	roles := &domain{head: "arn:aws:iam::111122223333:", templates: glob("role/*"), grammar: iamKinds["role"], reserved: reservedRoles}
	anything := &domain{head: "arn:aws:newservice:", templates: glob("*")}
	for _, c := range []struct {
		d    *domain
		x    string
		want bool
	}{
		{roles, "arn:aws:iam::111122223333:role/app", true},
		{roles, "arn:aws:iam::111122223333:role/team/app", true},
		{roles, "arn:aws:iam::111122223333:role/a b", false},
		{roles, "arn:aws:iam::111122223333:user/app", false},
		{roles, "arn:aws:iam::444455556666:role/app", false},
		{roles, "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x", false},
		{anything, "arn:aws:newservice:eu-west-1:111122223333:thing", true},
		{anything, "arn:aws:other:eu-west-1:111122223333:thing", false},
		{&domain{exact: []policy.Text{policy.Literal("arn:aws:s3:::a")}}, "arn:aws:s3:::a", true},
		{&domain{exact: []policy.Text{policy.Literal("arn:aws:s3:::a")}}, "arn:aws:s3:::b", false},
	} {
		if got := c.d.contains(policy.Literal(c.x)); got != c.want {
			t.Errorf("%s: %v", c.x, got)
		}
	}
}
