package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestNewlyTrusted(t *testing.T) {
	const account = `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::444455556666:root"}}`
	denied := func(who string) string {
		return `{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"` + who + `"}}`
	}
	sparing := func(list string) string {
		return `{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":[` + list + `]}}`
	}
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for name, c := range map[string]struct {
		before, after string
		want          map[string]Verdict // by trustee; those that are missing are Denied
	}{
		"nobody before": {"", account, map[string]Verdict{"arn:aws:iam::444455556666:root": Allowed}},
		"the same":      {account, account, nil},
		"by number": {
			account, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"444455556666"}}`, nil,
		},
		"a role of an account that is trusted": {
			account, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::444455556666:role/ci"}}`, nil,
		},
		"the account of a role that is trusted": {
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::444455556666:role/ci"}}`, account,
			map[string]Verdict{"arn:aws:iam::444455556666:root": Allowed},
		},
		"everyone": {
			account, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}`, map[string]Verdict{"*": Allowed},
		},
		"everyone of an organization": {
			account, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`,
			map[string]Verdict{"*": Allowed},
		},
		"everyone of an account": {
			account, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalAccount":"1"}}}`,
			map[string]Verdict{"*": Undetermined},
		},
		"without the condition": {
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"444455556666"},"Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`,
			account,
			map[string]Verdict{"arn:aws:iam::444455556666:root": Allowed},
		},
		"with the condition": {
			account,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"444455556666"},"Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`, nil,
		},
		"a Deny less": {
			account + `,{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`,
			account,
			map[string]Verdict{"arn:aws:iam::444455556666:root": Allowed},
		},
		"a Deny of a role less": {
			account + `,` + denied("arn:aws:iam::444455556666:role/b"), account,
			map[string]Verdict{"arn:aws:iam::444455556666:role/b": Allowed},
		},
		"a Deny of a role of an account that is not trusted": {
			account + `,` + denied("arn:aws:iam::777788889999:role/b"), account, nil,
		},
		"a Deny of a role more": {account, account + `,` + denied("arn:aws:iam::444455556666:role/b"), nil},
		"a Deny of a role for that of another": {
			account + `,` + denied("arn:aws:iam::444455556666:role/b"), account + `,` + denied("arn:aws:iam::444455556666:role/c"),
			map[string]Verdict{"arn:aws:iam::444455556666:role/b": Allowed},
		},
		"a Deny of a role for that of its account": {
			account + `,` + denied("arn:aws:iam::444455556666:role/b"), account + `,` + denied("arn:aws:iam::444455556666:root"), nil,
		},
		"everyone, a Deny of an account less": {
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},` + denied("arn:aws:iam::444455556666:root"),
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}`,
			map[string]Verdict{"arn:aws:iam::444455556666:root": Allowed},
		},
		"one more whom a Deny spares": {
			account + `,` + sparing(`"arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/a"`),
			account + `,` + sparing(`"arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/a","arn:aws:iam::444455556666:role/b"`),
			map[string]Verdict{"arn:aws:iam::444455556666:role/b": Undetermined},
		},
		"one less whom a Deny spares": {
			account + `,` + sparing(`"arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/a","arn:aws:iam::444455556666:role/b"`),
			account + `,` + sparing(`"arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/a"`), nil,
		},
		"another service": {
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}}`,
			map[string]Verdict{"ec2.amazonaws.com": Allowed},
		},
		"a service for any account": {
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"sns.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"sns.amazonaws.com"},"Condition":{"StringLike":{"aws:SourceAccount":"*"}}}`,
			map[string]Verdict{"sns.amazonaws.com": Allowed},
		},
		"another branch": {
			`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"}}}`,
			`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/app:*"}}}`,
			map[string]Verdict{"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com": Allowed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			trust := func(statements string) *Policy {
				if statements == "" {
					return nil
				}
				return parsedText(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`, policy.TrustPolicy)
			}
			after, before := trust(c.after), trust(c.before)
			for _, who := range NewTrustees(after, before) {
				want := Denied
				if v, ok := c.want[who.Name.String()]; ok {
					want = v
				}
				got := NewlyTrusted(policy.Literal("arn:aws:iam::111122223333:role/app-x"), after, before, who.Principal, u)
				if got.Verdict != want {
					t.Errorf("%s: %v, want %v: %v %v", who.Name, got.Verdict, want, got.Perhaps, got.Reasons)
				}
			}
		})
	}
}
