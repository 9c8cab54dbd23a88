package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// tenStatements is a developer's policy of ten statements, with conditions,
// a variable and a deny.
const tenStatements = `{"Version":"2012-10-17","Statement":[
{"Sid":"Storage","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListBucket"],"Resource":["arn:aws:s3:::team-*","arn:aws:s3:::team-*/*"]},
{"Sid":"Logs","Effect":"Allow","Action":["logs:*","cloudwatch:*"],"Resource":"*"},
{"Sid":"Queues","Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:111122223333:app-*"},
{"Sid":"Tables","Effect":"Allow","Action":["dynamodb:*Item","dynamodb:Query"],"Resource":"arn:aws:dynamodb:*:111122223333:table/app-*"},
{"Sid":"Functions","Effect":"Allow","Action":["lambda:*"],"Resource":"arn:aws:lambda:*:111122223333:function:app-*"},
{"Sid":"Read","Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"},
{"Sid":"Self","Effect":"Allow","Action":["iam:*AccessKey*"],"Resource":"arn:aws:iam::*:user/${aws:username}"},
{"Sid":"Delegate","Effect":"Allow","Action":["iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePolicy","iam:PutRolePermissionsBoundary"],"Resource":"arn:aws:iam::111122223333:role/app-*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/developer-boundary"}}},
{"Sid":"Pass","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/app-*","Condition":{"StringLike":{"iam:PassedToService":["lambda.amazonaws.com","ec2.*"]}}},
{"Sid":"Keep","Effect":"Deny","Action":["iam:DeleteRolePermissionsBoundary","iam:DeleteUserPermissionsBoundary","iam:CreatePolicyVersion"],"Resource":"*"}]}`

func parsedText(tb testing.TB, src string, kind policy.Kind) *Policy {
	tb.Helper()
	return parsed(tb, []byte(src), kind)
}

func BenchmarkDecide(b *testing.B) {
	who := parsePrincipal("arn:aws:iam::111122223333:role/app-developer")
	who.Identity = []*Policy{parsedText(b, tenStatements, policy.IdentityPolicy)}
	for _, bench := range []struct {
		name, action, resource string
	}{
		{"create", "iam:CreateRole", "arn:aws:iam::111122223333:role/app-x"},
		{"storage", "s3:PutObject", "arn:aws:s3:::team-data/a/b/c.txt"},
		{"nothing", "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"},
		{"variable", "iam:CreateAccessKey", "arn:aws:iam::111122223333:user/dev"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p := *who
			if bench.name == "variable" {
				p.Kind, p.ARN = KindUser, policy.Literal("arn:aws:iam::111122223333:user/dev")
			}
			r := &Request{Principal: &p, Action: bench.action, Resource: policy.Literal(bench.resource)}
			r.Context.Set("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/developer-boundary")
			b.ReportAllocs()
			for b.Loop() {
				Decide(r)
			}
		})
	}
}

// delegationActions are the actions by which a boundary scheme falls.
var delegationActions = []string{
	"iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary",
	"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:CreatePolicyVersion",
	"iam:SetDefaultPolicyVersion", "iam:DeletePolicy", "iam:CreatePolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy",
	"iam:UpdateAssumeRolePolicy", "iam:PassRole", "sts:AssumeRole", "iam:CreateAccessKey",
}

// developerBoundary is a boundary as teams write it.
const developerBoundary = `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":["s3:*","sqs:*","logs:*","cloudwatch:*","dynamodb:*","lambda:*"],"Resource":"*"},
{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:PassRole"],"Resource":"*"},
{"Effect":"Allow","Action":["iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePolicy","iam:PutRolePermissionsBoundary","iam:DeleteRole"],"Resource":"arn:aws:iam::111122223333:role/app-*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/developer-boundary"}}},
{"Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:DeletePolicyVersion","iam:SetDefaultPolicyVersion"],"Resource":"arn:aws:iam::111122223333:policy/developer-boundary"},
{"Effect":"Deny","Action":["iam:DeleteRolePermissionsBoundary","iam:DeleteUserPermissionsBoundary"],"Resource":"*"}]}`

func developer(tb testing.TB) (*Principal, *Universe) {
	tb.Helper()
	p := parsePrincipal("arn:aws:iam::111122223333:role/app-developer")
	p.Identity = []*Policy{parsedText(tb, tenStatements, policy.IdentityPolicy)}
	p.Boundary = parsedText(tb, developerBoundary, policy.IdentityPolicy)
	return p, &Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"),
		Approved: []Approved{{ARN: policy.Literal("arn:aws:iam::111122223333:policy/developer-boundary")}},
	}
}

// BenchmarkSearchDelegation asks for every delegation action by itself.
func BenchmarkSearchDelegation(b *testing.B) {
	p, u := developer(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, action := range delegationActions {
			Search(p, u, &Query{Actions: []string{action}})
		}
	}
}

// BenchmarkQuestions asks what the rules of the second and third leg ask.
func BenchmarkQuestions(b *testing.B) {
	p, u := developer(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, kind := range []EntityKind{Role, User} {
			CanCreateWithoutBoundary(p, u, kind)
			CanRemoveBoundary(p, u, kind)
		}
		CanEditPolicy(p, u, u.Approved[0].ARN)
	}
}

// overlapping is a principal that is allowed everything but for 200 denies
// with overlapping globs, of the kind that make products of automata large.
func overlapping(tb testing.TB, closed bool) *Principal {
	tb.Helper()
	var statements []*policy.Statement
	text := func(s string) []policy.Element { return []policy.Element{{Text: policy.Literal(s)}} }
	statements = append(statements, &policy.Statement{Effect: policy.Allow, Action: text("iam:*"), Resource: text("arn:aws:iam::111122223333:role/app-*")})
	for i := range 200 {
		a, b := string(rune('a'+i%26)), string(rune('a'+i/26))
		glob := "*" + a + "*" + b + "*"
		if i%3 == 0 {
			glob = "app-*" + a + "?" + b
		}
		s := &policy.Statement{Index: i + 1, Effect: policy.Deny, Action: text("iam:CreateRole"), Resource: text("arn:aws:iam::111122223333:role/" + glob)}
		if i%2 == 0 {
			s.Condition = []policy.Condition{{
				Operator: policy.Literal("StringNotLike"), Key: policy.Literal("iam:PermissionsBoundary"), Values: text("arn:aws:iam::*:policy/" + a + "*" + b + "*"),
			}}
		}
		statements = append(statements, s)
	}
	if closed {
		statements = append(statements, &policy.Statement{Effect: policy.Deny, Action: text("iam:*"), Resource: text("arn:aws:iam::*:role/a*")})
	}
	p := parsePrincipal("arn:aws:iam::111122223333:role/app-developer")
	p.Identity = []*Policy{Compile(&policy.Document{Version: policy.Literal("2012-10-17"), Statements: statements})}
	return p
}

func BenchmarkSearchOverlapping(b *testing.B) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for _, bench := range []struct {
		name   string
		closed bool
	}{{"open", false}, {"closed", true}} {
		b.Run(bench.name, func(b *testing.B) {
			p := overlapping(b, bench.closed)
			for b.Loop() {
				Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
			}
		})
	}
}
