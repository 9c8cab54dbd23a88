package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// person is a model of a user with one inline policy and the credentials.
func person(statements string, credentials ...string) *iam.Model {
	return personOf(&policy.Symbols{}, statements, credentials...)
}

func personOf(syms *policy.Symbols, statements string, credentials ...string) *iam.Model {
	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	m := &iam.Model{
		Symbols:  syms,
		Entities: []*iam.Entity{{Kind: iam.User, Declared: iam.Declared{Address: "aws_iam_user.me"}, Name: text("me")}},
		Inline: []*iam.InlinePolicy{{
			Declared: iam.Declared{Address: "aws_iam_user_policy.me"}, HolderKind: iam.HolderUser, Holder: text("me"), Name: text("p"),
			Document: written(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, "aws_iam_user_policy.me", policy.IdentityPolicy, syms),
		}},
	}
	for _, kind := range credentials {
		m.Credentials = append(m.Credentials, &iam.Credential{Declared: iam.Declared{Address: "credential." + kind}, Kind: kind, User: text("me"), Active: true})
	}
	m.Link(iam.Hints{Account: "111122223333"})
	return m
}

func TestMFANotRequiredOfUsers(t *testing.T) {
	const (
		s3   = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		all  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		self = `{"Effect":"Allow","Action":["iam:ChangePassword","iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:ListMFADevices","iam:GetUser","sts:GetSessionToken"],"Resource":"*"}`
		deny = `,{"Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:ListMFADevices","sts:GetSessionToken"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`
	)
	tests := []struct {
		name, statements string
		credentials      []string
		want             string
	}{
		{"nothing asked", s3, nil, "warning violation aws_iam_user.me: The user me can act without MFA: s3:"},
		{"everything", all, nil, "without MFA: s3:GetObject on"},
		{"a password", s3, []string{loginProfile}, "without MFA"},
		{"a machine", s3, []string{accessKey}, ""},
		{"a person with a key", s3, []string{accessKey, loginProfile}, "without MFA"},
		{"asked in the allow", strings.Replace(s3, `"Resource":"*"`, `"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, 1), nil, ""},
		{"asked if present", strings.Replace(s3, `"Resource":"*"`, `"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`, 1), nil, "without MFA"},
		{"asked by age", strings.Replace(s3, `"Resource":"*"`, `"Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`, 1), nil, ""},
		{"denied", s3 + deny, nil, ""},
		{"everything denied", all + deny, nil, ""},
		{"denied to sessions only", s3 + strings.Replace(deny, "BoolIfExists", "Bool", 1), nil, "without MFA"},
		{"self-service", self, nil, ""},
		{"self-service and more", self + "," + s3, nil, "without MFA: s3:"},
		{"nothing", `{"Effect":"Deny","Action":"*","Resource":"*"}`, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, MFANotRequired, person(tt.statements, tt.credentials...), nil), want...)
		})
	}
}

func TestMFANotRequiredOfRoles(t *testing.T) {
	allow := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}`
	}
	const (
		root = `{"AWS":"arn:aws:iam::111122223333:root"}`
		user = `{"AWS":"arn:aws:iam::111122223333:user/people/me"}`
		mfa  = `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
	)
	tests := []struct{ name, statements, want string }{
		{"an account", allow(root, ""), "warning violation aws_iam_role.dev: Users of the account 111122223333 can assume the role dev without MFA."},
		{"an account's number", allow(`{"AWS":"111122223333"}`, ""), "Users of the account 111122223333"},
		{"the own account", allow(`{"AWS":"arn:aws:iam::#:root"}`, ""), "Users of the own account"},
		{"a user", allow(user, ""), "The user people/me can assume"},
		{"a role", allow(`{"AWS":"arn:aws:iam::111122223333:role/ci"}`, ""), ""},
		{"a service", allow(`{"Service":"ec2.amazonaws.com"}`, ""), ""},
		{"a provider", `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/x"},"Action":"sts:AssumeRoleWithSAML"}`, ""},
		{"asked of the account", allow(root, mfa), ""},
		{"asked of the user", allow(user, mfa), ""},
		{"asked if present", allow(root, `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`), "without MFA"},
		{"denied", allow(root, "") + `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
		{"with an external id", allow(root, `{"StringEquals":{"sts:ExternalId":"x"}}`), ""},
		{"roles of the account", allow(root, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}`), ""},
		{"users of the account", allow(root, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/people/*"}}`), "without MFA"},
		{"a hidden condition", allow(root, `{"Bool":{"aws:MultiFactorAuthPresent":"%"}}`), "note undetermined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, MFANotRequired, trusted(tt.statements), nil), want...)
		})
	}
}

func TestLongLivedCredentials(t *testing.T) {
	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	m := &iam.Model{Credentials: []*iam.Credential{
		{Declared: iam.Declared{Address: "a"}, Kind: accessKey, User: text("me"), Active: true},
		{Declared: iam.Declared{Address: "b"}, Kind: loginProfile, User: text("me"), Active: true},
		{Declared: iam.Declared{Address: "c"}, Kind: accessKey, User: text("me")},
		{Declared: iam.Declared{Address: "d", Change: iam.ChangeDelete}, Kind: accessKey, User: text("me"), Active: true},
		{Declared: iam.Declared{Address: "e"}, Kind: accessKey, Place: "1", User: text("me"), Active: true, Created: day(1), LastUsed: day(21), KnownFromCredsFile: true},
		{Declared: iam.Declared{Address: "e"}, Kind: accessKey, Place: "2", User: text("me"), Active: true, Created: day(2), KnownFromCredsFile: true},
		{Declared: iam.Declared{Address: "f"}, Kind: accessKey, Root: true, Active: true, Created: day(2), KnownFromCredsFile: true},
		{Declared: iam.Declared{Address: "g"}, Kind: loginProfile, Root: true, Active: true, KnownFromCredsFile: true},
	}}
	allOf(t, judge(t, LongLivedCredentials, m, &lint.Settings{Today: day(22)}),
		"warning violation a: The user me has an access key.",
		"b: The user me has a password.",
		"e: The user me has an access key, 21 days old, last used 1 day ago.",
		"20 days old, never used.",
		"error violation f: The root user of the account has an access key, 20 days old, never used.",
	)
}

func TestAdminAttached(t *testing.T) {
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	m := person(all)
	allOf(t, judge(t, AdminAttached, m, nil), "warning violation aws_iam_user.me: The user me is an administrator: the policy aws_iam_user_policy.me allows it everything, and it has no permissions boundary.")

	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	m = person(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)
	m.Policies = []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "aws_iam_policy.iam"}, Name: text("iam"), Document: written(oneStatement(`"Effect":"Allow","Action":"iam:*","Resource":"*"`), "aws_iam_policy.iam", policy.IdentityPolicy, nil)}}
	m.Attachments = []*iam.Attachment{{Declared: iam.Declared{Address: "x"}, HolderKind: iam.HolderUser, Holder: text("me"), PolicyARN: text("arn:aws:iam::111122223333:policy/iam")}}
	m.Link(iam.Hints{Account: "111122223333"})
	allOf(t, judge(t, AdminAttached, m, nil), "its policies together allow it everything")

	m = person(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	m.Groups = []*iam.Group{{Declared: iam.Declared{Address: "aws_iam_group.admins"}, Name: text("admins")}}
	m.Memberships = []*iam.Membership{{Declared: iam.Declared{Address: "y"}, User: text("me"), Group: text("admins")}}
	m.Attachments = []*iam.Attachment{{Declared: iam.Declared{Address: "x"}, HolderKind: iam.HolderGroup, Holder: text("admins"), PolicyARN: text("arn:aws:iam::aws:policy/AdministratorAccess")}}
	m.Link(iam.Hints{Account: "111122223333"})
	allOf(t, judge(t, AdminAttached, m, nil), "as a member of the group admins, the AWS-managed policy AdministratorAccess allows it everything")
}
