package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestRootSessions holds that a session of a member account's root user is
// decided by the caller's side alone, and that the root user of the own
// account is none of those.
func TestRootSessions(t *testing.T) {
	allow := func(resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoot","Resource":"` + resource + `"}]}`
	}
	const member = "arn:aws:iam::444455556666:root"
	for name, c := range map[string]struct {
		account, identity string
		resources         []string
		want              Verdict
		on                string
	}{
		"any":                         {"111122223333", allow("*"), nil, Allowed, member},
		"by name":                     {"111122223333", allow("arn:aws:iam::123456789012:root"), nil, Allowed, "arn:aws:iam::123456789012:root"},
		"by name, another asked for":  {"111122223333", allow("arn:aws:iam::123456789012:root"), []string{member}, Denied, ""},
		"the own account":             {"444455556666", allow(member), nil, Denied, ""},
		"any, from that account":      {"444455556666", allow("*"), nil, Allowed, "arn:aws:iam::777788889999:root"},
		"account not known":           {"", allow(member), nil, Allowed, member},
		"no root users":               {"111122223333", allow("arn:aws:iam::*:role/*"), nil, Denied, ""},
		"nothing of the kind allowed": {"111122223333", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`, nil, Denied, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Principal{
				Kind: KindRole, Account: policy.Literal(c.account),
				Identity: []*Policy{parsedText(t, c.identity, policy.IdentityPolicy)},
			}
			q := &Query{Actions: []string{"sts:AssumeRoot"}}
			for _, x := range c.resources {
				q.Resources = append(q.Resources, policy.Literal(x))
			}
			got := Search(p, &Universe{Partition: policy.Literal("aws"), Account: policy.Literal(c.account)}, q)
			if got.Verdict != c.want || got.Witness != nil && got.Witness.Resource.String() != c.on {
				t.Errorf("%v on %v", got.Verdict, got.Witness)
			}
		})
	}
}
