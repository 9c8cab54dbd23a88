package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// grants is a model of a user and a role, both dev, under one boundary, a
// bucket with a policy and a role ops with a trust policy. % stands for
// something hidden.
func grants(boundary, bucket, trust, account string) *iam.Model {
	var syms policy.Symbols
	hidden := syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "var.x"}))
	document := func(statements, address string, kind policy.Kind) *iam.Document {
		if statements == "" {
			return nil
		}
		return written(strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, "%", hidden), address, kind, &syms)
	}
	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	entity := func(kind iam.EntityKind, address, name, boundary string) *iam.Entity {
		e := &iam.Entity{Kind: kind, Declared: iam.Declared{Address: address, Provider: "aws"}, Name: text(name)}
		if boundary != "" {
			e.Boundary = text(boundary)
		}
		return e
	}
	const arn = "arn:aws:iam::111122223333:policy/boundary"
	ops := entity(iam.Role, "aws_iam_role.ops", "ops", "")
	ops.Trust = document(trust, ops.Address, policy.TrustPolicy)
	m := &iam.Model{
		Symbols:  &syms,
		Entities: []*iam.Entity{entity(iam.User, "aws_iam_user.dev", "dev", arn), entity(iam.Role, "aws_iam_role.dev", "dev", arn), ops},
		Policies: []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: text("boundary"), Document: document(boundary, "aws_iam_policy.boundary", policy.IdentityPolicy)}},
		Providers: []*iam.Provider{
			{Name: "aws", AllowedAccounts: []string{"111122223333"}}, {Name: "aws.other", AllowedAccounts: []string{"999988887777"}},
		},
	}
	if bucket != "" {
		m.ResourcePolicies = []*iam.ResourcePolicy{{
			Address: "aws_s3_bucket_policy.b", Provider: account, Service: "s3", Resource: policy.Literal("arn:aws:s3:::b"), Document: document(bucket, "aws_s3_bucket_policy.b", policy.ResourcePolicy),
		}}
	}
	m.Link(iam.Hints{})
	return m
}

func TestResourcePolicyBypassesBoundary(t *testing.T) {
	const (
		logs  = `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`
		deny  = logs + `,{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		all   = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		own   = "aws"
		other = "aws.other"
	)
	allow := func(principal, more string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"` + more + `}`
	}
	const (
		user    = `{"AWS":"arn:aws:iam::111122223333:user/dev"}`
		role    = `{"AWS":"arn:aws:iam::111122223333:role/dev"}`
		session = `{"AWS":"arn:aws:sts::111122223333:assumed-role/dev/s"}`
		root    = `{"AWS":"arn:aws:iam::111122223333:root"}`
	)
	tests := []struct{ name, boundary, bucket, account, want string }{
		{"the user", logs, allow(user, ""), own, "warning violation aws_s3_bucket_policy.b: The resource policy grants the user dev what its permissions boundary refuses: s3:GetObject on arn:aws:s3:::b/"},
		{"the role", logs, allow(role, ""), own, ""},
		{"the session", logs, allow(session, ""), own, "grants the role dev"},
		{"the account", logs, allow(root, ""), own, ""},
		{"everybody", logs, allow(`"*"`, ""), own, "refuses: ... and 1 more"},
		{"everybody by a map", logs, allow(`{"AWS":"*"}`, ""), own, "and 1 more"},
		{"everybody who is the role", logs, allow(`"*"`, `,"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/dev"}}`), own, "grants the role dev"},
		{"everybody else", logs, allow(`"*"`, `,"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/other"}}`), own, ""},
		{"everybody of a service", logs, allow(`"*"`, `,"Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"}}`), own, ""},
		{"another user", logs, allow(`{"AWS":"arn:aws:iam::111122223333:user/other"}`, ""), own, ""},
		{"allowed by the boundary", all, allow(user, ""), own, ""},
		{"allowed by the boundary in part", `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/public/*"}`, allow(user, ""), own, "grants the user dev"},
		{"allowed by the boundary as much", `{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}`, allow(user, ""), own, ""},
		{"denied by the boundary", deny, allow(user, ""), own, ""},
		{"denied by the boundary in part", logs + `,{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret/*"}`, allow(user, ""), own, "grants the user dev"},
		{"denied by the policy", logs, allow(user, "") + `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`, own, ""},
		{"denied by the policy to others", logs, allow(user, "") + `,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/other"},"Action":"s3:*","Resource":"*"}`, own, "grants the user dev"},
		{"denied by the policy to the account", logs, allow(user, "") + `,{"Effect":"Deny","Principal":` + root + `,"Action":"s3:*","Resource":"*"}`, own, ""},
		// A Deny of a role denies its sessions, too (IAM User Guide, JSON policy
		// elements: Principal, role session principals).
		{"the session, denied to the role", logs, allow(session, "") + `,{"Effect":"Deny","Principal":` + role + `,"Action":"s3:*","Resource":"*"}`, own, ""},
		{"the session, denied to the session", logs, allow(session, "") + `,{"Effect":"Deny","Principal":` + session + `,"Action":"s3:*","Resource":"*"}`, own, ""},
		{"the session, denied to another role", logs, allow(session, "") + `,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/other"},"Action":"s3:*","Resource":"*"}`, own, "grants the role dev"},
		{"denied to all but the user", logs, allow(user, "") + `,{"Effect":"Deny","NotPrincipal":` + user + `,"Action":"s3:*","Resource":"*"}`, own, ""},
		{"across accounts", logs, allow(user, ""), other, ""},
		{"the session across accounts", logs, allow(session, ""), other, ""},
		{"a hidden statement of the boundary", `"%"`, allow(user, ""), own, "note undetermined"},
		{"a hidden action", logs, strings.Replace(allow(user, ""), "s3:GetObject", "%", 1), own, "note undetermined"},
		{"a hidden user", logs, allow(`{"AWS":"arn:aws:iam::111122223333:user/%"}`, ""), own, "note undetermined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, ResourcePolicyBypassesBoundary, grants(tt.boundary, tt.bucket, "", tt.account), nil), want...)
		})
	}
}

// TestTrustPolicyBypassesBoundary has the worked cases 86 and 87.
func TestTrustPolicyBypassesBoundary(t *testing.T) {
	const lists = `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`
	trust := func(principal string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}`
	}
	for _, tt := range []struct{ name, boundary, trust, want string }{
		{"the user", lists, trust("arn:aws:iam::111122223333:user/dev"), "aws_iam_role.ops: The trust policy grants the user dev what its permissions boundary refuses: sts:AssumeRole on arn:aws:iam::111122223333:role/ops"},
		{"the role", lists, trust("arn:aws:iam::111122223333:role/dev"), ""},
		{"the session", lists, trust("arn:aws:sts::111122223333:assumed-role/dev/x"), "grants the role dev"},
		{"the account", lists, trust("arn:aws:iam::111122223333:root"), ""},
		{"allowed", `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/ops"}`, trust("arn:aws:iam::111122223333:user/dev"), ""},
		{"another is allowed", `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/x"}`, trust("arn:aws:iam::111122223333:user/dev"), "grants the user dev"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, ResourcePolicyBypassesBoundary, grants(tt.boundary, "", tt.trust, "aws"), nil), want...)
		})
	}
}
