package authz

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Effective groups actions; Search does not.
func TestEffectiveIsSearch(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	role := func(identity string) *Principal {
		return &Principal{Kind: KindRole, ARN: policy.Literal("arn:aws:iam::111122223333:role/app-x"), Identity: []*Policy{parsedText(t, identity, policy.IdentityPolicy)}}
	}
	managed := func(name string) *Policy {
		source, ok := catalog.ManagedPolicy("arn:aws:iam::aws:policy/" + name)
		if !ok {
			t.Fatal(name)
		}
		return parsedText(t, source, policy.IdentityPolicy)
	}
	bounded := role(tenStatements)
	bounded.Boundary = parsedText(t, `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","NotAction":["iam:*","dynamodb:Delete*"],"Resource":"*"},
{"Effect":"Allow","Action":"iam:Get*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
{"Effect":"Deny","NotAction":["iam:*","s3:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`, policy.IdentityPolicy)
	tagged := role(`{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}},
{"Effect":"Deny","Action":"*","Resource":"arn:aws:ec2:*:*:instance/*"},
{"Effect":"Allow","Action":["sqs:*","s3:*"],"Resource":"arn:aws:s3:::a/*"}]}`)
	reader := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/u"), Identity: []*Policy{managed("ReadOnlyAccess")}}
	reader.SCPs = [][]*Policy{{parsedText(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}}]}`, policy.ServiceControlPolicy)}}
	hidden := role(tenStatements)
	hidden.Boundary = Hidden(nil)
	for name, p := range map[string]*Principal{
		"developer": role(tenStatements), "bounded": bounded, "tagged": tagged, "reader": reader, "hidden": hidden,
		"power":  {Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/u"), Identity: []*Policy{managed("PowerUserAccess")}},
		"nobody": {Kind: KindUser},
	} {
		t.Run(name, func(t *testing.T) {
			scopes := Effective(p, u)
			counts := map[Scope]int{}
			for _, x := range scopes {
				counts[x.Scope]++
				// All of the services with rules of their own, some of the rest. One
				// action has an ARN without an account, which Search takes for another.
				if s := x.Action.Service; s != "iam" && s != "sqs" && s != "s3" && rand.IntN(60) > 0 || x.Action.String() == "mediaconnect:DescribeOffering" {
					continue
				}
				if _, ok := FixedDecision(x.Action.String(), policy.Literal("*")); ok {
					continue // no policy decides it, and Effective tells what policies do
				}
				want := Search(p, u, &Query{Actions: []string{x.Action.String()}}).Verdict
				got := map[Scope]Verdict{ScopeAll: Allowed, ScopeSome: Allowed, ScopeNone: Denied, ScopePerhaps: Undetermined}[x.Scope]
				if got != want {
					t.Errorf("%s: %v, but Search says %v", x.Action, got, want)
				}
			}
			t.Log(counts)
			candidates := Candidates(p, "iam:*")
			for _, x := range scopes {
				if x.Action.Service == "iam" && x.Scope != ScopeNone && !slices.Contains(candidates, x.Action.String()) {
					t.Errorf("%s is not a candidate", x.Action)
				}
			}
		})
	}
}

func BenchmarkEffective(b *testing.B) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	scp := parsedText(b, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
{"Effect":"Deny","NotAction":["iam:*","sts:*","s3:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}`, policy.ServiceControlPolicy)
	for _, name := range []string{"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"} {
		source, _ := catalog.ManagedPolicy("arn:aws:iam::aws:policy/" + name)
		if source == "" {
			source, _ = catalog.ManagedPolicy("arn:aws:iam::aws:policy/job-function/" + name)
		}
		p := &Principal{Kind: KindRole, ARN: policy.Literal("arn:aws:iam::111122223333:role/x"), Identity: []*Policy{parsedText(b, source, policy.IdentityPolicy)}}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Effective(p, u)
			}
		})
		q := *p
		q.SCPs = [][]*Policy{{scp}}
		b.Run(name+"InRegions", func(b *testing.B) {
			for b.Loop() {
				Effective(&q, u)
			}
		})
	}
}
