package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// ARNs that the input does not spell out are resources all the same.
func TestHiddenARNs(t *testing.T) {
	var symbols policy.Symbols
	attribute := func(address, name string) policy.Part {
		return policy.Part{Symbol: symbols.Intern(policy.Symbol{
			Kind: policy.SymbolReference, Name: address + "." + name, Address: address, Attribute: name,
		})}
	}
	literal := func(s string) policy.Part { return policy.Part{Literal: s} }
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for name, c := range map[string]struct {
		resource policy.Text
		action   string
		want     Verdict
	}{
		"role":            {policy.NewText(attribute("aws_iam_role.r", "arn")), "iam:PassRole", Allowed},
		"role's name":     {policy.NewText(literal("arn:aws:iam::111122223333:role/"), attribute("aws_iam_role.r", "name")), "iam:PassRole", Allowed},
		"role, user":      {policy.NewText(attribute("aws_iam_role.r", "arn")), "iam:AttachUserPolicy", Denied},
		"in a module":     {policy.NewText(attribute(`module.m["a.b"].aws_kms_key.k`, "arn")), "kms:Decrypt", Allowed},
		"key":             {policy.NewText(attribute("aws_kms_key.k", "arn")), "kms:Decrypt", Allowed},
		"key, bucket":     {policy.NewText(attribute("aws_kms_key.k", "arn")), "s3:ListBucket", Denied},
		"bucket":          {policy.NewText(attribute("aws_s3_bucket.b", "arn")), "s3:ListBucket", Allowed},
		"objects":         {policy.NewText(attribute("aws_s3_bucket.b", "arn"), literal("/*")), "s3:GetObject", Allowed},
		"bucket's id":     {policy.NewText(literal("arn:aws:s3:::"), attribute("aws_s3_bucket.b", "id"), literal("/*")), "s3:GetObject", Allowed},
		"in its name":     {policy.NewText(literal("arn:aws:s3:::app-"), attribute("aws_s3_bucket.b", "id"), literal("/*")), "s3:GetObject", Allowed},
		"bucket, objects": {policy.NewText(attribute("aws_s3_bucket.b", "arn"), literal("/*")), "s3:ListBucket", Undetermined},
		"something":       {policy.NewText(attribute("module.m", "queue_arn")), "sqs:SendMessage", Undetermined},
		"of anything":     {policy.NewText(attribute("module.m", "role_arn")), "iam:CreateRole", Undetermined},
		"another name":    {policy.NewText(attribute("aws_lb.front", "arn")), "elasticloadbalancing:DeleteLoadBalancer", Undetermined},
		"no resource":     {policy.NewText(attribute("aws_sqs_queue.q", "arn")), "sqs:ListQueues", Denied},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/u")}
			p.Identity = []*Policy{Compile(&policy.Document{Version: policy.Literal("2012-10-17"), Statements: []*policy.Statement{{
				Effect: policy.Allow, Action: elements(policy.Literal("*")), Resource: elements(c.resource),
			}}})}
			got := Search(p, u, &Query{Actions: []string{c.action}})
			if got.Verdict != c.want {
				t.Errorf("%v %v %v, want %v", got.Verdict, got.Witness, got.Reasons, c.want)
			}
			p.Identity = []*Policy{AllowAll()}
			if got := Search(p, u, &Query{Actions: []string{c.action}, Resources: []policy.Text{c.resource}}); c.want == Allowed && got.Verdict != Allowed {
				t.Errorf("asked for: %v %v", got.Verdict, got.Reasons)
			}
		})
	}
}
