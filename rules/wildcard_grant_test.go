package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestWildcardGrant(t *testing.T) {
	tests := []struct{ name, statements, want string }{
		{"everything", `{"Effect":"Allow","Action":"*","Resource":"*"}`, "warning violation p: Statement 1 allows every action on every resource."},
		{"a deny", `{"Effect":"Deny","Action":"*","Resource":"*"}`, ""},
		{"a service", `{"Sid":"S","Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`, "Statement 1 (S) allows every action of s3."},
		{"services", `{"Effect":"Allow","Action":["s3:*","SQS:*","s3:Get*"],"Resource":"*"}`, "every action of s3 and sqs on every resource"},
		{"all but some", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, "every action but those that it lists on every resource."},
		{"all but some resources", `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"}`, "s3:GetObject on every resource but those that it lists"},
		{"spelled out", `{"Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":"arn:aws:s3:::b/*"}`, ""},
		{"every resource", `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}`, "s3:GetObject and s3:PutObject on every resource"},
		{"every bucket", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::*"}`, "s3:GetObject on every resource"},
		{"every bucket for another service", `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:s3:::*"}`, ""},
		{"every role of one account", `{"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::111122223333:*"}`, ""},
		{"no resource types", `{"Effect":"Allow","Action":["s3:ListAllMyBuckets","ec2:DescribeInstances","sts:GetCallerIdentity"],"Resource":"*"}`, ""},
		{"some without resource types", `{"Effect":"Allow","Action":["s3:ListAllMyBuckets","s3:ListBucket"],"Resource":"*"}`, "allows s3:ListBucket on"},
		{"patterns without resource types", `{"Effect":"Allow","Action":"ec2:DescribeAccount*","Resource":"*"}`, ""},
		{"types that requests may go without", `{"Effect":"Allow","Action":["rds:DescribeDBInstances","cloudwatch:PutMetricData"],"Resource":"*"}`, ""},
		{"one of several types", `{"Effect":"Allow","Action":["s3:ListBucket","sqs:SendMessage"],"Resource":"*"}`, "s3:ListBucket and sqs:SendMessage on every resource"},
		{"tagged", `{"Effect":"Allow","Action":"ec2:StartInstances","Resource":"*","Condition":{"StringEquals":{"ec2:ResourceTag/team":"a"}}}`, ""},
		{"own organization", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:ResourceOrgID":"o-a"}}}`, ""},
		{"another condition", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, "s3:GetObject on every resource"},
		{"unknown action", `{"Effect":"Allow","Action":"s3:Frobnicate","Resource":"*"}`, ""},
		{"hidden action", `{"Effect":"Allow","Action":"%","Resource":"arn:aws:s3:::b/*"}`, "note undetermined p: Whether statement 1 allows by wildcards depends on var.x."},
		{"hidden resource", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"%"}`, "note undetermined"},
		{"hidden resource of no matter", `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"%"}`, ""},
		{"under something hidden", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"%/*"}`, ""},
		{"hidden beside a wildcard", `{"Effect":"Allow","Action":["%","s3:*"],"Resource":"%/*"}`, "violation p: ... every action of s3."},
		{"hidden document", `"%"`, "note undetermined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var syms policy.Symbols
			hidden := syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "var.x"}))
			src := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+tt.statements+`]}`, "%", hidden)
			m := &iam.Model{Policies: []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "p"}, Document: written(src, "p", policy.IdentityPolicy, &syms)}}}
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, WildcardGrant, m, nil), want...)
			m.Policies[0].BoundaryOf = []*iam.Entity{{}}
			allOf(t, judge(t, WildcardGrant, m, &lint.Settings{}))
		})
	}
}

// TestPerhapsBoundary: what hides the boundary of an entity hides whether a
// policy is one; an entity that is deleted has none.
func TestPerhapsBoundary(t *testing.T) {
	hiding := &policy.Symbol{Kind: policy.SymbolVariable, Name: "var.boundary"}
	p, other := &iam.ManagedPolicy{}, &iam.ManagedPolicy{}
	hidden := iam.Value{Text: policy.SymbolText(hiding), Set: true}
	entity := func(v iam.Value, change iam.Change, maybe ...*iam.ManagedPolicy) *iam.Entity {
		return &iam.Entity{Declared: iam.Declared{Change: change}, Boundary: v, BoundaryMaybe: maybe}
	}
	for name, c := range map[string]struct {
		entities []*iam.Entity
		want     *policy.Symbol
	}{
		"none":            {nil, nil},
		"perhaps":         {[]*iam.Entity{entity(hidden, "", other), entity(hidden, "", other, p)}, hiding},
		"perhaps another": {[]*iam.Entity{entity(hidden, "", other)}, nil},
		"deleted":         {[]*iam.Entity{entity(hidden, iam.ChangeDelete, p)}, nil},
		"of no symbol":    {[]*iam.Entity{entity(setTo(ownBoundary), "", p), entity(hidden, "", p)}, hiding},
	} {
		if got := perhapsBoundary(&iam.Model{Entities: c.entities}, p); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
