package authz

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestLimitsReached has searches reach their limits one by one.
func TestLimitsReached(t *testing.T) {
	said := func(t *testing.T, l Limits, statements string) string {
		t.Helper()
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Limits: l}
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`, policy.IdentityPolicy)}
		answer := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
		out := fmt.Sprint(answer.Verdict)
		for _, r := range answer.Reasons {
			out += "\n" + r.Text
		}
		return out
	}
	statement := func(condition string) string {
		return `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{` + condition + `}}`
	}
	const few = 50
	limit.Try(t, "defaultBranches", few, fmt.Sprintf("more than %d combinations of statements and conditions would have to be tried", few), func(t *testing.T, n int) string {
		t.Helper()
		var all []string
		for i := range n - 1 { // none of them can be met; the first is what was asked for
			all = append(all, statement(fmt.Sprintf(`"StringLike":{"aws:RequestTag/t":"a%d*"},"StringNotLike":{"aws:RequestTag/t":"a*"}`, i)))
		}
		return said(t, Limits{Branches: few}, strings.Join(all, ","))
	})
	limit.Try(t, "defaultStates", few, fmt.Sprintf("the patterns together have more than %d states", few), func(t *testing.T, n int) string {
		t.Helper()
		// A state before each letter, and one after the last.
		return said(t, Limits{States: few}, statement(`"StringLike":{"aws:RequestTag/t":"`+strings.Repeat("?", n-1)+`*"},"StringNotLike":{"aws:RequestTag/t":"x*"}`))
	})
	limit.Try(t, "maxDeployments", maxDeployments, tooManyAccounts, func(t *testing.T, n int) string {
		t.Helper()
		var w world
		account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
		allowed := `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"` + fmt.Sprintf(rolesOf, n) + `"}`
		p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app"), Identity: []*Policy{w.policy(t, one(deniedIn(n, "*", rolesOf)+","+allowed))}}
		answer := Search(p, &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account)}, &Query{Actions: []string{"iam:CreateRole"}})
		return fmt.Sprint(answer.Verdict, answer.Reasons)
	})
}

// TestCheck: a search asks now and then whether it may go on.
func TestCheck(t *testing.T) {
	asked := 0
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Limits: Limits{Check: func() { asked++ }}}
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"}`), policy.IdentityPolicy)}
	if Search(p, u, &Query{Actions: []string{"iam:CreateRole"}}); asked == 0 {
		t.Error("it does not ask")
	}
}
