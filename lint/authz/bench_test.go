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

func parsedText(t testing.TB, src string, kind policy.Kind) *Policy {
	t.Helper()
	return parsed(t, []byte(src), kind)
}

func BenchmarkDecide(b *testing.B) {
	who := ParsePrincipal("arn:aws:iam::111122223333:role/app-developer")
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
