package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// holderWith is a role with these inline policies, each given by its
// statements, under a boundary; "" is none.
func holderWith(t *testing.T, boundary string, policies ...string) (*holders.Account, *holders.Holder) {
	t.Helper()
	var syms policy.Symbols
	hidden := syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "var.x"}))
	document := func(statements, address string) *iam.Document {
		src := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, "@", hidden)
		return written(src, address, policy.IdentityPolicy, &syms)
	}
	text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
	m := &iam.Model{Symbols: &syms, Entities: []*iam.Entity{{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.dev"}, Name: text("dev")}}}
	if boundary != "" {
		m.Policies = []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: text("boundary"), Document: document(boundary, "aws_iam_policy.boundary")}}
		m.Entities[0].Boundary = text("arn:aws:iam::111122223333:policy/boundary")
	}
	for i, p := range policies {
		address := fmt.Sprintf("aws_iam_role_policy.p%d", i)
		m.Inline = append(m.Inline, &iam.InlinePolicy{Declared: iam.Declared{Address: address}, HolderKind: iam.HolderRole, Holder: text("dev"), Name: text(address), Document: document(p, address)})
	}
	m.Link(iam.Hints{Account: "111122223333"})
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a, a.Holders[0]
}

// wildcardServices are the actions of many whole services.
var wildcardServices = func() string {
	var out []string
	for s := range strings.FieldsSeq("acm autoscaling cloudformation cloudfront cloudtrail cloudwatch codebuild dynamodb ec2 ecr ecs eks elasticache elasticloadbalancing events firehose glue kinesis kms lambda logs rds route53 s3 secretsmanager sns sqs ssm states") {
		out = append(out, `"`+s+`:*"`)
	}
	return strings.Join(out, ",")
}()

func TestIsAdministrator(t *testing.T) {
	const (
		all   = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		guard = `{"Effect":"Deny","Action":["iam:CreateRole","iam:CreateUser"],"Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/boundary"}}}`
	)
	tests := []struct {
		name     string
		boundary string
		policies []string
		want     authz.Verdict
		exempt   bool
	}{
		{"everything", "", []string{all}, authz.Allowed, true},
		{"everything by another spelling", "", []string{`{"Effect":"Allow","Action":["*:*"],"Resource":["arn:aws:s3:::x","*"]}`}, authz.Allowed, true},
		{"with MFA", "", []string{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`}, authz.Allowed, true},
		{"NotAction and the rest", "", []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Allow","Action":"iam:*","Resource":"*"}`}, authz.Allowed, true},
		{"NotAction alone", "", []string{`{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}`}, authz.Denied, false},
		{"NotAction of little", "", []string{`{"Effect":"Allow","NotAction":["iam:DeleteRole","iam:DeleteUser"],"Resource":"*"}`}, authz.Allowed, false},
		{"NotAction of other services", "", []string{`{"Effect":"Allow","NotAction":["organizations:*","account:*"],"Resource":"*"}`}, authz.Allowed, true},
		{"service wildcardServices", "", []string{`{"Effect":"Allow","Action":[` + wildcardServices + `],"Resource":"*"},{"Effect":"Allow","Action":"iam:*","Resource":"*"}`}, authz.Allowed, true},
		{"service wildcardServices without IAM", "", []string{`{"Effect":"Allow","Action":[` + wildcardServices + `],"Resource":"*"}`}, authz.Denied, false},
		{"service wildcardServices with some of IAM", "", []string{`{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy",` + wildcardServices + `],"Resource":"*"}`}, authz.Denied, false},
		{"IAM alone", "", []string{`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`}, authz.Denied, false},
		{"on some resources", "", []string{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::111122223333:role/app-*"}`}, authz.Denied, false},
		{"under a condition", "", []string{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}`}, authz.Denied, false},
		{"nothing", "", nil, authz.Denied, false},

		{"a narrow deny", "", []string{all, `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`}, authz.Allowed, true},
		{"a deny of IAM", "", []string{all, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`}, authz.Denied, false},
		{"a deny of all that grants", "", []string{all, `{"Effect":"Deny","Action":["iam:Create*","iam:Put*","iam:Attach*"],"Resource":"*"}`}, authz.Denied, false},
		{"a deny of everything", "", []string{all, `{"Effect":"Deny","Action":"*","Resource":"*"}`}, authz.Denied, false},
		{"a deny of nearly everything", "", []string{all, `{"Effect":"Deny","NotAction":["iam:*","s3:*"],"Resource":"*"}`}, authz.Denied, false},
		{"a deny without MFA", "", []string{all, `{"Effect":"Deny","NotAction":"iam:ListUsers","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`}, authz.Allowed, true},
		{"a deny of users", "", []string{all, `{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*"}`}, authz.Allowed, false},
		{"a deny of what is unbounded", "", []string{all, guard}, authz.Denied, false},
		{"a deny of removing boundaries", "", []string{all, `{"Effect":"Deny","Action":"iam:Delete*PermissionsBoundary","Resource":"*"}`}, authz.Allowed, false},

		{"a boundary of everything", all, []string{all}, authz.Allowed, false},
		{"a boundary of one service", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, []string{all}, authz.Denied, false},
		{"a boundary of NotAction", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, []string{all}, authz.Denied, false},
		{"a boundary of denies", `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`, []string{all}, authz.Denied, false},
		{"a boundary with a guard", all + "," + guard, []string{all}, authz.Denied, false},
		{"a boundary with a narrow deny", all + `,{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`, []string{all}, authz.Allowed, false},

		{"a hidden document", "", []string{`"@"`}, authz.Undetermined, false},
		{"a hidden document beside everything", "", []string{all, `"@"`}, authz.Undetermined, false},
		{"a hidden action", "", []string{`{"Effect":"Allow","Action":["s3:*","@"],"Resource":"*"}`}, authz.Undetermined, false},
		{"a hidden resource", "", []string{`{"Effect":"Allow","Action":"*","Resource":"@"}`}, authz.Undetermined, false},
		{"everything, and what may deny it", "", []string{all, `{"Effect":"@","Action":"*","Resource":"*"}`}, authz.Undetermined, false},
		{"a hidden resource before a star", "", []string{`{"Effect":"Allow","Action":"*","Resource":"@*"}`}, authz.Undetermined, false},
		{"a resource under something hidden", "", []string{`{"Effect":"Allow","Action":"*","Resource":"@/*"}`}, authz.Denied, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, h := holderWith(t, tt.boundary, tt.policies...)
			if got := a.IsAdministrator(h); got != tt.want {
				t.Errorf("isAdministrator = %s, want %s", got, tt.want)
			}
			if got := a.IsExemptActor(h); got != tt.exempt {
				t.Errorf("isExemptActor = %v, want %v", got, tt.exempt)
			}
		})
	}
}

// TestAdministratorTogether: where policies make an administrator together, the
// finding names those that have a part in it, and what the boundary does.
func TestAdministratorTogether(t *testing.T) {
	const all, logs = `{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Allow","Action":"logs:*","Resource":"arn:aws:logs:*:*:log-group:app"}`
	for boundary, limit := range map[string]string{"": "it has no permissions boundary", all: "its permissions boundary does not hold it back"} {
		_, h := holderWith(t, boundary, `{"Effect":"Allow","Action":"iam:*","Resource":"*"}`, logs, `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)
		f := administrator(h)
		if want := "The role dev is an administrator: its policies together allow it everything, and " + limit + "."; f.Message != want {
			t.Errorf("got %q, want %q", f.Message, want)
		}
		var part []string
		for _, r := range f.Related {
			part = append(part, r.Address)
		}
		if strings.Join(part, " ") != "aws_iam_role_policy.p0 aws_iam_role_policy.p2" {
			t.Errorf("got %v", part)
		}
	}
}

// TestObscured names what hides how much a holder is allowed, and nothing that
// hides less.
func TestObscured(t *testing.T) {
	for policies, want := range map[string]string{
		`{"Effect":"Allow","Action":"*","Resource":"@"}`:          "var.x",
		`{"Effect":"Allow","Action":["s3:*","@"],"Resource":"*"}`: "var.x",
		`{"Effect":"@","Action":"*","Resource":"*"}`:              "var.x",
		`"@"`: "var.x",
		`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::@"}`:         "policies that are not known",
		`{"Effect":"Allow","Action":"*","Resource":["@/x","arn:aws:s3:::b"]}`: "policies that are not known",
	} {
		_, h := holderWith(t, "", policies)
		if got := h.Obscured(); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", policies, got, want)
		}
	}
	for boundary, want := range map[string]string{
		`{"Effect":"Allow","Action":["s3:*","@"],"Resource":"*"}`: "var.x",
		`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`:       "policies that are not known",
	} {
		_, h := holderWith(t, boundary, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
		if got := h.Obscured(); !strings.Contains(got, want) {
			t.Errorf("under %s: got %q, want %q", boundary, got, want)
		}
	}
}

// TestAdminAttachedQuotes: a finding quotes the statement that makes an
// administrator, but nothing that is sensitive.
func TestAdminAttachedQuotes(t *testing.T) {
	for _, sensitive := range []bool{false, true} {
		m := person(`{"Effect":"Allow","Action":"*","Resource":"*"}`)
		m.Inline[0].Document.Sensitive = sensitive
		var found []lint.Filed
		pass := lint.NewPass(AdminAttached, m, &lint.Settings{}, nil, func(f lint.Filed) { found = append(found, f) })
		if err := AdminAttached.Run(pass); err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || (found[0].Excerpt == "") != sensitive {
			t.Errorf("sensitive is %v: %+v", sensitive, found)
		}
	}
}
