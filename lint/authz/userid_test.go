package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestUserID holds what a search and a decision make of aws:userid: the kind
// of an ID is known, the rest of it is not.
func TestUserID(t *testing.T) {
	const (
		role = "arn:aws:iam::111122223333:role/app-a"
		user = "arn:aws:iam::111122223333:user/ann"
	)
	statement := func(effect, operator, value string) string {
		return `{"Effect":"` + effect + `","Action":"iam:CreateRole","Resource":"*","Condition":{"` + operator + `":{"aws:userid":"` + value + `"}}}`
	}
	const all = `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},`
	for _, c := range []struct {
		name, principal, statements string
		want                        Verdict
	}{
		{"users, asked of a user", user, statement("Allow", "StringLike", "AIDA*"), Allowed},
		{"users, asked of a role", role, statement("Allow", "StringLike", "AIDA*"), Denied},
		{"roles, asked of a role", role, statement("Allow", "StringLike", "AROA*"), Allowed},
		{"sessions, asked of a role", role, statement("Allow", "StringLike", "*:*"), Allowed},
		{"one role", role, statement("Allow", "StringLike", "AROAEXAMPLEEXAMPLE123:*"), Undetermined},
		{"one role, asked of a user", user, statement("Allow", "StringLike", "AROAEXAMPLEEXAMPLE123:*"), Denied},
		{"one user", user, statement("Allow", "StringEquals", "AIDAEXAMPLEEXAMPLE123"), Undetermined},
		{"one session name", role, statement("Allow", "StringLike", "*:ann"), Undetermined},
		{"a name is not an ID", user, statement("Allow", "StringEquals", "ann"), Denied},
		{"denied to users, asked of a role", role, all + statement("Deny", "StringLike", "AIDA*"), Allowed},
		{"denied to users, asked of a user", user, all + statement("Deny", "StringLike", "AIDA*"), Denied},
		{"denied to all but roles", role, all + statement("Deny", "StringNotLike", "AROA*"), Allowed},
		{"denied to all but roles, asked of a user", user, all + statement("Deny", "StringNotLike", "AROA*"), Denied},
		{"denied to all but one role", role, all + statement("Deny", "StringNotLike", "AROAEXAMPLEEXAMPLE123:*"), Undetermined},
		{"the root user", "arn:aws:iam::111122223333:root", statement("Allow", "StringEquals", "111122223333"), Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parsePrincipal(c.principal)
			p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":[`+c.statements+`]}`, policy.IdentityPolicy)}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			if got := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}}); got.Verdict != c.want {
				t.Errorf("searched: %s, want %s", got.Verdict, c.want)
			}
			r := &Request{Principal: p, Action: "iam:CreateRole", Resource: policy.Literal("arn:aws:iam::111122223333:role/app-new")}
			if got := Decide(r); got.Verdict != c.want {
				t.Errorf("decided: %s, want %s", got.Verdict, c.want)
			}
		})
	}
}
