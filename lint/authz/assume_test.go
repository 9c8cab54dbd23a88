package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestAssume asks whether a role can be assumed: in one account, a trust policy
// that names the holder grants by itself, one that names the account delegates
// to the holder's policies, and between accounts both must allow (IAM User
// Guide, cross-account policy evaluation logic; semantics 5.2 to 5.4).
func TestAssume(t *testing.T) {
	const (
		assumes = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
		nothing = `{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}`
		denies  = `{"Effect":"Deny","Action":"sts:*","Resource":"*"}`
		dev     = `"AWS":"arn:aws:iam::111122223333:role/team/Dev"`
		account = `"AWS":"arn:aws:iam::111122223333:root"`
		target  = "arn:aws:iam::111122223333:role/target"
		foreign = "arn:aws:iam::444455556666:role/target"
	)
	trusts := func(principal string) string {
		return `{"Effect":"Allow","Principal":{` + principal + `},"Action":"sts:AssumeRole"}`
	}
	for name, c := range map[string]struct {
		identity, boundary, trust string
		role, account             string // own account, where they are not given
		want                      Verdict
		assumed                   string
	}{
		"the holder is named":                        {identity: nothing, trust: trusts(dev), want: Allowed},
		"the holder is named, its boundary allows":   {identity: nothing, boundary: assumes, trust: trusts(dev), want: Allowed},
		"the holder is named, its boundary does not": {identity: nothing, boundary: nothing, trust: trusts(dev), want: Denied},
		"the holder is named, it is denied":          {identity: denies, trust: trusts(dev), want: Denied},
		"a session is named":                         {identity: nothing, boundary: nothing, trust: trusts(`"AWS":"arn:aws:sts::111122223333:assumed-role/Dev/me"`), want: Allowed},
		"a session of another role is named":         {identity: nothing, trust: trusts(`"AWS":"arn:aws:sts::111122223333:assumed-role/Ops/me"`), want: Denied},
		"the account is named":                       {identity: assumes, trust: trusts(account), want: Allowed},
		"the account is named, without a grant":      {identity: nothing, trust: trusts(account), want: Denied},
		"the account is named, under a boundary":     {identity: assumes, boundary: nothing, trust: trusts(account), want: Denied},
		"another is named":                           {identity: assumes, trust: trusts(`"AWS":"arn:aws:iam::111122223333:role/Dev"`), want: Denied},
		"a service is named":                         {identity: assumes, trust: trusts(`"Service":"ec2.amazonaws.com"`), want: Denied},
		"everybody is named":                         {identity: nothing, trust: trusts(`"AWS":"*"`), want: Allowed},
		"the trust policy denies":                    {identity: assumes, trust: trusts(dev) + `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`, want: Denied},
		"the trust policy denies another":            {identity: assumes, trust: trusts(dev) + `,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/Ops"},"Action":"sts:AssumeRole"}`, want: Allowed},
		"the trust policy is not known":              {identity: assumes, want: Undetermined},
		"a statement whose effect is not known":      {identity: assumes, trust: `{"Effect":"<hidden>","Principal":{` + dev + `},"Action":"sts:AssumeRole"}`, want: Undetermined},
		"whom it names is not known":                 {identity: assumes, trust: trusts(`"AWS":"<hidden>"`), want: Undetermined},

		"another account, both":                             {identity: assumes, trust: trusts(dev), role: foreign, want: Allowed},
		"another account, the account and a grant":          {identity: assumes, trust: trusts(account), role: foreign, want: Allowed},
		"another account, its trust alone":                  {identity: nothing, trust: trusts(dev), role: foreign, want: Denied},
		"another account, under a boundary":                 {identity: assumes, boundary: nothing, trust: trusts(dev), role: foreign, want: Denied},
		"an unknown account, both":                          {identity: assumes, trust: trusts(dev), role: "arn:aws:iam::<hidden>:role/target", want: Allowed},
		"an unknown account, its trust alone":               {identity: nothing, trust: trusts(dev), role: "arn:aws:iam::<hidden>:role/target", want: Undetermined},
		"own account unknown, the holder is named":          {identity: nothing, trust: trusts(dev), role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Allowed, assumed: "111122223333"},
		"own account unknown, its session is named":         {identity: nothing, trust: trusts(`"AWS":"arn:aws:sts::111122223333:assumed-role/Dev/me"`), role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Allowed, assumed: "111122223333"},
		"own account unknown, an account is named":          {identity: assumes, trust: trusts(account), role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Undetermined},
		"own account unknown, another role is named":        {identity: assumes, trust: trusts(`"AWS":"arn:aws:iam::111122223333:role/Ops"`), role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Denied},
		"own account unknown, no account is of four digits": {identity: assumes, trust: trusts(`"AWS":"arn:aws:iam::1111:root"`), role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Denied},
		"own account unknown, who has the external id":      {identity: assumes, trust: `{"Effect":"Allow","Principal":{` + account + `},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`, role: "arn:aws:iam::<account>:role/target", account: "<account>", want: Denied},
	} {
		t.Run(name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
			w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "hidden"})
			if c.account == "" {
				c.account = "111122223333"
			}
			if c.role == "" {
				c.role = target
			}
			p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::" + c.account + ":role/team/Dev"), Identity: []*Policy{w.policy(t, one(c.identity))}}
			if c.boundary != "" {
				p.Boundary = w.policy(t, one(c.boundary))
			}
			var trust *Policy
			if c.trust != "" {
				doc, diags := policy.Parse(w.encode(one(c.trust)), &w.Symbols, policy.ParseOptions{Kind: policy.TrustPolicy})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				trust = Compile(doc)
			}
			u := &Universe{Partition: policy.Literal("aws"), Account: w.text(c.account)}
			got := Assume(p, u, w.text(c.role), trust)
			if got.Verdict != c.want || got.AssumedAccount != c.assumed {
				t.Errorf("got %v %v taking %q, want %v taking %q", got.Verdict, got.Reasons, got.AssumedAccount, c.want, c.assumed)
			}
		})
	}
}
