package authz

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestManyAccounts: of an account that is not known, each that the policies name
// may be it, up to a bound of how many are tried.
func TestManyAccounts(t *testing.T) {
	for n, want := range map[int]Verdict{1: Allowed, maxDeployments: Allowed} {
		// Only the last of them is not denied.
		statements := ""
		for i := 1; i < n; i++ {
			statements += fmt.Sprintf(`{"Effect":"Deny","Action":"*","Resource":"arn:aws:iam::%012d:role/*"},`, i)
		}
		statements += fmt.Sprintf(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::%012d:role/*"}`, n)
		var w world
		account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
		p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app"), Identity: []*Policy{w.policy(t, one(statements))}}
		got := Search(p, &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account)}, &Query{Actions: []string{"iam:CreateRole"}})
		if got.Verdict != want {
			t.Errorf("%d accounts: got %v %v, want %v", n, got.Verdict, got.Reasons, want)
		}
	}
}
