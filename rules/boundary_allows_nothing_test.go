package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestBoundaryAllowsNothing(t *testing.T) {
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	tests := []struct{ name, statements, want string }{
		{"everything", all, ""},
		{"deny only", `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`, "warning violation b: ... no Allow statement"},
		{"deny and allow", all + `,{"Effect":"Deny","Action":"iam:*","Resource":"*"}`, ""},
		{"taken back", all + `,{"Effect":"Deny","Action":"*","Resource":"*"}`, "Deny of everything"},
		{"taken back under a condition", all + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`, ""},
		{"action taken back", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}`, "taken back by the Deny in statement 2 (No)"},
		{"same resource taken back", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}`, "taken back"},
		{"another resource taken back", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::b/c"}`, ""},
		{"objects of a bucket's ARN", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket"}`, "statement 1 names resources that s3:GetObject is not authorised on"},
		{"resource of another service", `{"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"arn:aws:iam::111122223333:role/x"}`, "not authorised on"},
		{"no resource types", `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"}`, "not authorised on"},
		{"no resource types, star", `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`, ""},
		{"short ARN", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3"}`, ""},
		{"variable", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"}`, ""},
		{"misspelt wildcard", `{"Effect":"Allow","Action":"s3:Gett*","Resource":"*"}`, "do not exist"},
		{"perhaps new", `{"Effect":"Allow","Action":"s3:Gett","Resource":"*"}`, ""},
		{"blank", `{"Effect":"Allow","Action":"s3:GetObject ","Resource":"*"}`, "do not exist"},
		{"empty list", `{"Effect":"Allow","Action":[],"Resource":"*"}`, "names no action"},
		{"key that never comes", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, "asks for iam:PassedToService"},
		{"Null of such a key", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Null":{"iam:PassedToService":"true"}}}`, ""},
		{"IfExists", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, ""},
		{"negated", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, ""},
		{"two regions", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"},"StringLike":{"AWS:requestedregion":["us-*","ap-*"]}}}`, "statement 1 asks of aws:RequestedRegion"},
		{"one region twice", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"},"StringLike":{"aws:RequestedRegion":["us-*","eu-*"]}}}`, ""},
		{"absent and present", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/a":"b"},"Null":{"aws:PrincipalTag/a":"true"}}}`, "aws:PrincipalTag/a"},
		{"this and not this", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/a":["b","c"]},"StringNotEquals":{"aws:PrincipalTag/a":["c","b","d"]}}}`, "aws:PrincipalTag/a"},
		{"this and not that", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/a":["b","c"]},"StringNotEquals":{"aws:PrincipalTag/a":["c"]}}}`, ""},
		{"variables", `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/a":"${aws:username}"},"StringLike":{"aws:PrincipalTag/a":"b*"}}}`, ""},
		{"NotAction of all", `{"Effect":"Allow","NotAction":["iam:*","*"],"Resource":"*"}`, "exempts every action"},
		{"NotAction", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, ""},
		{"invalid", `{"Effect":"Denny","Action":"*","Resource":"*"}`, ""},
		{"hidden effect", `{"Effect":"@","Action":"*","Resource":"*"}`, "note undetermined b: ... var.x"},
		{"hidden effect beside an Allow", all + `,{"Effect":"@","Action":"iam:*","Resource":"*"}`, ""},
		{"hidden statement", `"@",{"Effect":"Deny","Action":"iam:*","Resource":"*"}`, "note undetermined"},
		{"hidden resource", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"@"}`, "note undetermined"},
		{"resource of the input", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"#/*"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var syms policy.Symbols
			src := strings.NewReplacer(
				"@", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "var.x"})),
				"#", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolReference, Name: "aws_s3_bucket.b.arn"})),
			).Replace(`{"Version":"2012-10-17","Statement":[` + tt.statements + `]}`)
			m := &iam.Model{Policies: []*iam.ManagedPolicy{{
				Declared: iam.Declared{Address: "b"}, Document: written(src, "b", policy.IdentityPolicy, &syms), BoundaryOf: []*iam.Entity{{}},
			}}}
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, BoundaryAllowsNothing, m, nil), want...)
		})
	}
}

// TestBoundaryAllowsNothingFindsBoundaries tells boundaries from other
// policies of the input.
func TestBoundaryAllowsNothingFindsBoundaries(t *testing.T) {
	denyOnly := func(address string) *iam.Document {
		return written(`{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, address, policy.IdentityPolicy, nil)
	}
	arn := func(name string) policy.Text { return policy.Literal("arn:aws:iam::111122223333:policy/" + name) }
	var syms policy.Symbols
	m := &iam.Model{
		Policies: []*iam.ManagedPolicy{
			{Declared: iam.Declared{Address: "aws_iam_policy.other"}, ARN: arn("other"), Document: denyOnly("")},
			{Declared: iam.Declared{Address: "aws_iam_policy.worn"}, ARN: arn("worn"), Document: denyOnly(""), BoundaryOf: []*iam.Entity{{}}},
			{Declared: iam.Declared{Address: "aws_iam_policy.gone"}, ARN: arn("gone"), Document: denyOnly(""), BoundaryOf: []*iam.Entity{{Declared: iam.Declared{Change: iam.ChangeDelete}}}},
			{Declared: iam.Declared{Address: `module.m["a.b"].aws_iam_policy.referred[0]`}, ARN: arn("referred"), Document: denyOnly("")},
			{Declared: iam.Declared{Address: "aws_iam_policy.listed"}, ARN: arn("listed"), Document: denyOnly("")},
			{Declared: iam.Declared{Address: "aws_iam_policy.unset"}, BoundaryOf: []*iam.Entity{{}}},
			{Declared: iam.Declared{Address: "aws_iam_policy.hidden"}, BoundaryOf: []*iam.Entity{{}}, Document: &iam.Document{Document: &policy.Document{Unknown: syms.Intern(policy.Symbol{Name: "x", References: []string{"local.document"}})}}},
		},
		Lookups: []*iam.Lookup{
			{Declared: iam.Declared{Address: "data.aws_iam_policy.worn"}, ARN: iam.Value{Set: true, Text: arn("found")}, Document: denyOnly("")},
			{Declared: iam.Declared{Address: "data.aws_iam_policy.other"}, ARN: iam.Value{Set: true, Text: arn("else")}, Document: denyOnly("")},
		},
		Entities: []*iam.Entity{{Boundary: iam.Value{Set: true, Text: arn("found")}}},
	}
	s := &lint.Settings{Boundaries: []lint.ApprovedBoundary{
		{Name: "here", References: []string{"aws_iam_policy.referred"}, ARNs: []string{"arn:aws:iam::*:policy/listed", "arn:aws:iam::111122223333:policy/*"}},
		{Name: "elsewhere", Document: denyOnly("")},
	}}
	allOf(t, judge(t, BoundaryAllowsNothing, m, s),
		" aws_iam_policy.worn:", ".referred[0]:", " aws_iam_policy.listed:", "undetermined aws_iam_policy.hidden: ... local.document",
		" data.aws_iam_policy.worn:", " boundary.elsewhere:")
}

// TestPerhapsBoundaries: where the boundary of an entity is hidden, a policy
// that nobody holds may be it.
func TestPerhapsBoundaries(t *testing.T) {
	var syms policy.Symbols
	policyOf := func(name, statement string) *iam.ManagedPolicy {
		return &iam.ManagedPolicy{
			Declared: iam.Declared{Address: name},
			Document: written(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, name, policy.IdentityPolicy, nil),
		}
	}
	const denies, allows = `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	held, grouped, gone := policyOf("held", denies), policyOf("grouped", denies), policyOf("gone", denies)
	held.HeldBy, grouped.HeldByGroups, gone.Change = []*iam.Entity{{}}, []*iam.Group{{}}, iam.ChangeDelete
	model := func(boundary policy.Text) *iam.Model {
		return &iam.Model{
			Policies: []*iam.ManagedPolicy{
				policyOf("hollow", denies), policyOf("alive", denies+","+allows), held, grouped, gone,
				{Declared: iam.Declared{Address: "without"}},
				{Declared: iam.Declared{Address: "unread"}, Document: &iam.Document{}},
			},
			Entities: []*iam.Entity{{Boundary: iam.Value{Set: true, Text: boundary}}},
		}
	}
	hidden := policy.SymbolText(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "boundary", References: []string{"var.boundary"}}))
	allOf(t, judge(t, BoundaryAllowsNothing, model(hidden), nil), "undetermined hollow: The policy allows nothing, and whether it is the boundary of an entity depends on var.boundary.")
	allOf(t, judge(t, BoundaryAllowsNothing, model(policy.Literal("arn:aws:iam::111122223333:policy/known")), nil))
}
