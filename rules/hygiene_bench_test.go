package rules

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// BenchmarkHygiene judges accounts in which nearly everybody is somebody of
// its own: each with a policy and a trust policy that no other has.
func BenchmarkHygiene(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		syms := &policy.Symbols{}
		text := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }
		m := &iam.Model{Symbols: syms, Policies: []*iam.ManagedPolicy{{
			Declared: iam.Declared{Address: "boundary"}, Name: text("boundary"), Document: written(oneStatement(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`), "boundary", policy.IdentityPolicy, syms),
		}}}
		for i := range n {
			name := fmt.Sprintf("role%d", i)
			m.Entities = append(m.Entities, &iam.Entity{
				Kind: iam.Role, Declared: iam.Declared{Address: name}, Name: text(name), Path: text("/"), Boundary: text("arn:aws:iam::111122223333:policy/boundary"),
				Trust: written(oneStatement(fmt.Sprintf(`"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/r%d:*"}}`, i)), name, policy.TrustPolicy, syms),
			})
			m.Inline = append(m.Inline, &iam.InlinePolicy{
				Declared: iam.Declared{Address: name}, HolderKind: iam.HolderRole, Holder: text(name), Name: text("p"),
				Document: written(oneStatement(fmt.Sprintf(`"Effect":"Allow","Action":["iam:*","s3:*","ec2:*","lambda:Get*"],"Resource":["*","arn:aws:s3:::b%d"]`, i)), name, policy.IdentityPolicy, syms),
			})
		}
		for i := range n / 10 {
			address := fmt.Sprintf("bucket%d", i)
			m.ResourcePolicies = append(m.ResourcePolicies, &iam.ResourcePolicy{
				Declared: iam.Declared{Address: address}, Service: "s3", Resource: policy.Literal("arn:aws:s3:::" + address),
				Document: written(oneStatement(fmt.Sprintf(`"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/role%d/x"},"Action":"s3:*","Resource":"arn:aws:s3:::%s/*"`, i, address)), address, policy.ResourcePolicy, syms),
			})
		}
		m.Link(iam.Hints{Account: "111122223333"})
		for _, rule := range []*lint.Rule{AdminAttached, TrustTooOpen, ResourcePolicyBypassesBoundary, WildcardGrant, MFANotRequired} {
			b.Run(fmt.Sprintf("%s/%d", rule.ID, n), func(b *testing.B) {
				for b.Loop() {
					if err := rule.Run(lint.NewPass(rule, m, nil, nil, func(lint.Filed) {})); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
