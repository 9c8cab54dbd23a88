package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestFixedDecisions: what AWS decides whatever the policies say, by the
// sources that FixedDecision names.
func TestFixedDecisions(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "role", Address: "aws_iam_role.x", Attribute: "arn"})
	const iam = "arn:aws:iam::111122223333:"
	for _, c := range []struct {
		action, resource, why string // "" where the policies count
	}{
		{"sts:GetCallerIdentity", "*", "needs no permission"},
		{"STS:getcalleridentity", "*", "needs no permission"},
		{"iam:DeleteRole", iam + "role/aws-service-role/ecs.amazonaws.com/x", "only the AWS service"},
		{"iam:DeleteRole", iam + "role/aws-reserved/sso.amazonaws.com/x", "only the AWS service"},
		{"iam:DeleteRole", iam + "role/app/aws-reserved/x", ""},
		{"iam:DeleteRole", iam + "role/x", ""},
		{"iam:DeleteRole", iam + "user/x", "does not act on"},
		{"iam:PassRole", iam + "role/aws-service-role/ecs.amazonaws.com/x", ""},
		{"iam:GetRole", iam + "role/aws-service-role/ecs.amazonaws.com/x", ""},
		{"iam:CreateRole", "*", ""},
		{"iam:CreateRole", "arn:aws:iam", ""},
		{"iam:CreateRole", "<role>", ""},
		{"iam:CreateRole", "arn:aws:s3:::b", "does not act on"},
		{"iam:ListRoles", iam + "role/x", ""},
		{"iam:NoSuchAction", iam + "role/x", ""},
		// An object is in a bucket, and no bucket has a name with a slash.
		{"s3:GetObject", "arn:aws:s3:::b/x", ""},
		{"s3:GetObject", "arn:aws:s3:::b", "does not act on"},
		{"s3:ListBucket", "arn:aws:s3:::b", ""},
		{"s3:ListBucket", "arn:aws:s3:::b/x", "does not act on"},
		{"S3:listbucket", "ARN:AWS:s3:::b", ""},
	} {
		got, ok := FixedDecision(c.action, w.text(c.resource))
		if ok != (c.why != "") || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s on %s: got %+v, want %q", c.action, c.resource, got, c.why)
		}
		want := Denied
		if c.why == "needs no permission" {
			want = Allowed
		}
		if ok && got.Verdict != want {
			t.Errorf("%s on %s: got %v", c.action, c.resource, got.Verdict)
		}
		// Whatever the policies say: these allow, or deny, everything.
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{AllowAll()}
		if want == Allowed {
			p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Deny","Action":"*","Resource":"*"}`))}
		}
		decided := Decide(&Request{Principal: p, Action: c.action, Resource: w.text(c.resource)})
		if fixed := decided.Layer == LayerFixed; fixed != ok || ok && decided.Verdict != want {
			t.Errorf("%s on %s: decided %v by the %s", c.action, c.resource, decided.Verdict, decided.Layer)
		}
		if want == Denied && ok && strings.HasPrefix(c.resource, iam) {
			q := &Query{Actions: []string{c.action}, Resources: []policy.Text{w.text(c.resource)}}
			if found := Search(p, &Universe{}, q); found.Verdict != Denied {
				t.Errorf("%s on %s: the search says %v", c.action, c.resource, found.Verdict)
			}
		}
	}
}
