package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestHiddenQuery asks for resources of which a symbol hides a part: what
// allows everything allows them, and what allows some may.
func TestHiddenQuery(t *testing.T) {
	syms := &policy.Symbols{}
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	role := func(tail string) string { return "arn:aws:iam::111122223333:role/" + tail }
	holder := func(resource string) *Principal {
		p := parsePrincipal(role("Dev"))
		p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"`+resource+`"}]}`, policy.IdentityPolicy)}
		return p
	}
	for _, kind := range []policy.SymbolKind{policy.SymbolUnknown, policy.SymbolVariable, policy.SymbolReference, policy.SymbolDerived} {
		s := syms.Intern(policy.Symbol{Kind: kind, Name: "local.x", Address: "local.x"})
		text := func(before, after string) policy.Text {
			return policy.NewText(policy.Part{Literal: before}, policy.Part{Symbol: s}, policy.Part{Literal: after})
		}
		for _, x := range []struct {
			asked      policy.Text
			grant      string
			everything Verdict
		}{
			{text(role(""), ""), role("app-*"), Allowed},
			{text(role(""), "*"), role("app-*"), Allowed},
			{text(role("app-"), "-x*"), role("app-y*"), Allowed},
			{text("", "*"), role("app-*"), Undetermined},
			{text("", "-x*"), role("app-*"), Undetermined},
		} {
			q := &Query{Actions: []string{"iam:PassRole"}, Resources: []policy.Text{x.asked}}
			if got := Search(holder("*"), u, q); got.Verdict != x.everything {
				t.Errorf("symbol of kind %d, %s, of everything: %v", kind, x.asked, got.Verdict)
			}
			if got := Search(holder(x.grant), u, q); got.Verdict != Undetermined {
				t.Errorf("symbol of kind %d, %s, of %s: %v", kind, x.asked, x.grant, got.Verdict)
			}
			if got := Search(holder(role("bob")), u, &Query{Actions: q.Actions, Resources: []policy.Text{text("", "-x*")}}); got.Verdict != Denied {
				t.Errorf("symbol of kind %d, of a role without -x: %v", kind, got.Verdict)
			}
			if got := Search(holder("arn:aws:s3:::bucket"), u, q); got.Verdict != Denied {
				t.Errorf("symbol of kind %d, %s, of a bucket: %v", kind, x.asked, got.Verdict)
			}
		}
	}
}
