package authz

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

const rolesOf, queuesOf = "arn:aws:iam::%012d:role/*", "arn:aws:sqs:eu-west-1:%012d:*"

// deniedIn denies an action in each account before the n-th.
func deniedIn(n int, action, resource string) string {
	var statements []string
	for i := 1; i < n; i++ {
		statements = append(statements, fmt.Sprintf(`{"Effect":"Deny","Action":"%s","Resource":"%s"}`, action, fmt.Sprintf(resource, i)))
	}
	return strings.Join(statements, ",")
}

// TestManyAccounts: of an account that is not known, each that the policies name
// may be it. A bound of how many are tried makes nothing certain.
func TestManyAccounts(t *testing.T) {
	// Only the last of them is not denied.
	allowed := func(n int) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":["iam:CreateRole","sts:AssumeRole"],"Resource":"`+rolesOf+`"}`, n)
	}
	for name, c := range map[string]struct {
		statements string
		want       Verdict
	}{
		"one":                             {allowed(1), Allowed},
		"as many as are tried":            {deniedIn(maxDeployments, "*", rolesOf) + "," + allowed(maxDeployments), Allowed},
		"more":                            {deniedIn(maxDeployments+1, "*", rolesOf) + "," + allowed(maxDeployments+1), Undetermined},
		"more, of which one is about it":  {deniedIn(maxDeployments+1, "sqs:*", queuesOf) + "," + allowed(maxDeployments+1), Allowed},
		"more, of other resources":        {deniedIn(maxDeployments+1, "sts:*", queuesOf) + "," + allowed(maxDeployments+1), Allowed},
		"more, and nothing grants it":     {deniedIn(maxDeployments+2, "iam:CreateRole", rolesOf), Denied},
		"more, of which none is about it": {deniedIn(maxDeployments+1, "sqs:*", queuesOf) + "," + `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`, Denied},
	} {
		t.Run(name, func(t *testing.T) {
			var w world
			account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
			p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app"), Identity: []*Policy{w.policy(t, one(c.statements))}}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account)}
			target := w.text("arn:aws:iam::<account>:role/target")
			trust := parsedText(t, one(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`), policy.TrustPolicy)
			check := func(of string, got Answer, want Verdict) {
				if got.Verdict != want {
					t.Errorf("%s: got %v %v, want %v", of, got.Verdict, got.Reasons, want)
				}
				if want == Undetermined && (len(got.Reasons) != 1 || got.Reasons[0].Text != tooManyAccounts) {
					t.Errorf("%s: the reasons are %v", of, got.Reasons)
				}
			}
			check("Search", Search(p, u, &Query{Actions: []string{"iam:CreateRole"}}), c.want)
			if strings.Contains(c.statements, "sts:AssumeRole") {
				check("Assume", Assume(p, u, target, trust), c.want)
				check("Through", Through(p, u, &Query{Actions: []string{"sts:AssumeRole"}, Resources: []policy.Text{target}}, trust, []policy.Text{target}), c.want)
			}
		})
	}
}

// TestManyTrustedAccounts: a trust policy that names accounts delegates to the
// policies of those who ask.
func TestManyTrustedAccounts(t *testing.T) {
	const grants, none = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	for _, c := range []struct {
		n        int
		identity string
		denied   string // whom the trust policy denies
		want     Verdict
	}{
		{maxDeployments, grants, "*", Denied},
		{maxDeployments + 1, grants, "*", Undetermined},
		{maxDeployments + 1, grants, "none", Undetermined},
		{maxDeployments + 1, none, "none", Denied},
	} {
		var w world
		account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
		var trusted []string
		for i := 1; i <= c.n; i++ {
			trusted = append(trusted, fmt.Sprintf(`"arn:aws:iam::%012d:root"`, i))
		}
		statements := `{"Effect":"Allow","Principal":{"AWS":[` + strings.Join(trusted, ",") + `]},"Action":"sts:AssumeRole"}`
		if c.denied == "*" {
			statements += `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`
		}
		p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app"), Identity: []*Policy{w.policy(t, one(c.identity))}}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account)}
		got := Assume(p, u, w.text("arn:aws:iam::<account>:role/target"), parsedText(t, one(statements), policy.TrustPolicy))
		if got.Verdict != c.want {
			t.Errorf("%d accounts, %s, denied to %s: got %v %v, want %v", c.n, c.identity, c.denied, got.Verdict, got.Reasons, c.want)
		}
	}
}
