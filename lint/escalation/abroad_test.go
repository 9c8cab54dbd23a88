package escalation

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestShareable: what functions can share are actions of Lambda on them, and some way is gone
// by what changes them. Neither their configuration nor their policy can be shared (AWS Lambda
// Developer Guide, resource-based policies, supported API actions).
func TestShareable(t *testing.T) {
	s := compute.Function.Sharing()
	for _, action := range append(s.Besides, s.Change) {
		if a, ok := catalog.LookupAction(action); !ok || a.String() != action || !compute.IsShareable(action) {
			t.Errorf("%s is not known", action)
		}
	}
	for _, action := range []string{"", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission", "lambda:CreateEventSourceMapping", "iam:PassRole"} {
		if compute.IsShareable(action) {
			t.Errorf("%q can be shared", action)
		}
	}
	for _, id := range []string{"lambda-003", "lambda-004"} {
		if w, _ := Find(id); !crosses(w) || !slices.Contains(w.Actions(), s.Change) {
			t.Errorf("%s does not cross", id)
		}
	}
	for _, id := range []string{"lambda-001", "ssm-001", "sts-001"} {
		if w, ok := Find(id); ok && crosses(w) {
			t.Errorf("%s crosses", id)
		}
	}
}

// TestDiffers: only accounts that are certainly two are different ones.
func TestDiffers(t *testing.T) {
	hidden := policy.SymbolText(&policy.Symbol{Name: "account", Kind: policy.SymbolAccount})
	text := policy.Literal
	for _, c := range []struct {
		own, other policy.Text
		want       bool
	}{
		{text("111111111111"), text("222222222222"), true},
		{text("111111111111"), text("111111111111"), false},
		{text("111111111111"), hidden, false},
		{hidden, text("111111111111"), false},
		{text("111111111111"), text(""), false},
		{text(""), text("111111111111"), false},
		{text("111111111111"), text("aws"), false},
		{text("111111111111"), text("22222222222*"), false},
	} {
		if got := differs(c.own, c.other); got != c.want {
			t.Errorf("%s and %s: %v", c.own, c.other, got)
		}
	}
}
