package authz

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// A session of the root user of a member account is opened from the account
// that manages the organization's root users, by its identity-based policies
// alone (STS API Reference, AssumeRoot): there is no policy on the other side.
const assumeRoot = "sts:assumeroot"

// rootUser ends the template of the ARNs of root users.
const rootUser = ":iam::${Account}:root"

func isRootUser(a policy.ARN) bool {
	tail, known := a.Resource.Known()
	return known && tail == "root"
}

// someMembers stand for member accounts that no policy names.
var someMembers = [...]string{"444455556666", "777788889999"}

// memberAccounts are other accounts: those whose root users the policies and
// the question name, and one that they do not name.
func (s *searcher) memberAccounts() []string {
	own := s.binding.accountText
	var out []string
	note := func(account string, known bool) {
		if known && policy.IsAccountID(account) && account != own && !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	for _, x := range s.query.Resources {
		note(accountOf(s.binding.text(x)).Known())
	}
	s.eachPolicy(func(p *Policy) {
		for _, st := range p.statements {
			for _, q := range slices.Concat(st.resource, st.notResource) {
				note(accountOf(q.source).Known())
			}
		}
	})
	for _, account := range someMembers {
		if !slices.Contains(out, account) && account != own {
			return append(out, account)
		}
	}
	return out
}
