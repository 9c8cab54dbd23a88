package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// deployment is a binding with how it came about.
type deployment struct {
	binding
	// assumed tells that the account is a literal of some policy.
	assumed bool
}

// unknownAccount stands for an account of which nothing is known.
const unknownAccount = "000000000000"

// maxDeployments bounds how many accounts and partitions are tried.
const maxDeployments = 6

// bindings are the accounts and partitions to try: the known ones; else the
// literal ones in the holder's policies, each taken to be its own.
func bindings(holder *Principal, u *Universe, q *Query) []deployment {
	account, accountKnown := u.Account.Known()
	if !accountKnown || account == "" {
		if own, known := holder.account().Known(); known && own != "" {
			account, accountKnown = own, true
		} else {
			accountKnown = false
		}
	}
	partition, partitionKnown := u.Partition.Known()
	partitionKnown = partitionKnown && partition != ""
	var accounts, partitions []string
	hidden := false
	if !accountKnown || !partitionKnown {
		accounts, partitions, hidden = literalPlaces(holder, u, q)
	}
	assumed := false
	switch {
	case accountKnown:
		accounts = []string{account}
	case len(accounts) == 0:
		accounts = []string{unknownAccount}
	default:
		assumed = true
		if hidden {
			// A hidden account is perhaps none of the literal ones.
			accounts = append(accounts, unknownAccount)
		}
	}
	if partitionKnown {
		partitions = []string{partition}
	} else if len(partitions) == 0 {
		partitions = []string{"aws"}
	}
	var out []deployment
	for _, p := range partitions {
		for _, a := range accounts {
			if len(out) < maxDeployments {
				out = append(out, deployment{
					binding: binding{account: u.Account.Symbol(), partition: u.Partition.Symbol(), accountText: a, partitionText: p},
					assumed: assumed && a != unknownAccount,
				})
			}
		}
	}
	return out
}

// literalPlaces collects the accounts and partitions that policies name.
func literalPlaces(holder *Principal, u *Universe, q *Query) (accounts, partitions []string, hidden bool) {
	// A session of a root user is of another account.
	member := slices.ContainsFunc(q.Actions, func(action string) bool { return strings.EqualFold(action, assumeRoot) })
	visit := func(x policy.Text) {
		a, ok := policy.ParseARN(x)
		if !ok {
			hidden = hidden || !x.IsKnown() && x.Prefix() == ""
			return
		}
		if s, known := a.Account.Known(); known && policy.IsAccountID(s) {
			if (!member || !isRootUser(a)) && !slices.Contains(accounts, s) {
				accounts = append(accounts, s)
			}
		} else if !known && a.Account.Symbol() != u.Account.Symbol() {
			hidden = true
		}
		if s, known := a.Partition.Known(); known && strings.HasPrefix(s, "aws") && !strings.ContainsAny(s, "*?") &&
			!slices.Contains(partitions, s) {
			partitions = append(partitions, s)
		}
	}
	eachPolicy(holder, func(p *Policy) {
		for _, x := range p.placed() {
			visit(x)
		}
	})
	for _, list := range [...][]policy.Text{q.Resources, u.Policies} {
		for _, x := range list {
			visit(x)
		}
	}
	for i := range u.Approved {
		visit(u.Approved[i].ARN)
	}
	return accounts, partitions, hidden
}

// placed are texts of the policy of which each is in another account or
// partition than the others, in their order.
func (p *Policy) placed() []policy.Text {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.placing != nil {
		return p.placing
	}
	type place struct {
		account, partition string
		arn, root, hidden  bool
	}
	seen := map[place]bool{}
	p.placing = []policy.Text{}
	p.eachText(func(x policy.Text) {
		a, ok := policy.ParseARN(x)
		here := place{a.Account.Key(), a.Partition.Key(), ok, ok && isRootUser(a), !x.IsKnown() && x.Prefix() == ""}
		if !seen[here] {
			seen[here] = true
			p.placing = append(p.placing, x)
		}
	})
	return p.placing
}
