package authz

import (
	"fmt"
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

// tooManyAccounts is why nothing is certain where not all are tried.
var tooManyAccounts = fmt.Sprintf("it is not known which account this is, and the policies name more than %d", maxDeployments)

// bindings are the accounts and partitions to try: the known ones; else the
// literal ones in the holder's policies, each taken to be its own. Where those
// are too many, all is false.
func bindings(holder *Principal, u *Universe, q *Query) (out []deployment, all bool) {
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
		accounts, partitions, hidden = literalPlaces(holder, u, q, (*Policy).placed)
		if max(1, len(accounts))*max(1, len(partitions)) > maxDeployments {
			accounts, partitions, hidden = literalPlaces(holder, u, q, q.textsAbout)
		}
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
	for _, p := range partitions {
		for _, a := range accounts {
			if len(out) == maxDeployments {
				return out, false
			}
			out = append(out, deployment{
				binding: binding{account: u.Account.Symbol(), partition: u.Partition.Symbol(), accountText: a, partitionText: p},
				assumed: assumed && a != unknownAccount,
			})
		}
	}
	return out, true
}

// Places reports whether account and partition of a principal are known. Where they are
// not, an answer may depend on what any of its policies names.
func (u *Universe) Places(p *Principal) bool {
	account, known := u.Account.Known()
	if !known || account == "" {
		account, known = p.Account.Known()
	}
	partition, partitionKnown := u.Partition.Known()
	return known && account != "" && partitionKnown && partition != ""
}

// EachRegion visits the regions that a policy names. A search tries requests in them,
// whatever the statements are about.
func (p *Policy) EachRegion(visit func(policy.Text)) {
	if p == nil || p.Document == nil {
		return
	}
	for _, s := range p.Document.Statements {
		for _, x := range slices.Concat(s.Resource, s.NotResource) {
			const region = 3
			if parts := policy.SplitARN(x.Text); len(parts) > region {
				visit(parts[region])
			}
		}
		for i := range s.Condition {
			key, known := s.Condition[i].Key.Known()
			if known && !strings.EqualFold(key, "aws:RequestedRegion") {
				continue
			}
			for _, v := range s.Condition[i].Values {
				visit(v.Text)
			}
		}
	}
}

// literalPlaces collects the accounts and partitions that policies name, in
// those of their texts that count.
func literalPlaces(holder *Principal, u *Universe, q *Query, texts func(*Policy) []policy.Text) (
	accounts, partitions []string, hidden bool,
) {
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
	for _, who := range [...]*Principal{holder, q.Beyond} {
		eachPolicy(who, func(p *Policy) {
			for _, x := range texts(p) {
				visit(x)
			}
		})
	}
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

// textsAbout are the texts of a policy that may count for the query: those of
// statements about one of its actions, without ARNs of other resources.
func (q *Query) textsAbout(p *Policy) []policy.Text {
	if p == nil {
		return nil
	}
	var out []policy.Text
	for _, s := range p.statements {
		if !q.isAbout(s) {
			continue
		}
		counts := *s.source
		counts.Resource = slices.DeleteFunc(slices.Clone(counts.Resource), func(e policy.Element) bool { return !q.asksOf(e.Text) })
		eachTextOf(&counts, func(x policy.Text) { out = append(out, x) })
	}
	return out
}

// isAbout reports whether a statement may be about an action of the query.
func (q *Query) isAbout(s *statement) bool {
	return len(q.Actions) == 0 || slices.ContainsFunc(q.Actions, func(action string) bool {
		return strings.ContainsAny(action, "*?") || s.coversAction(strings.ToLower(action)) != policy.False
	})
}

// grantedBy reports whether some policy may allow an action of the query.
func (q *Query) grantedBy(list []*Policy) bool {
	return slices.ContainsFunc(list, func(p *Policy) bool {
		return p.hidden != nil || slices.ContainsFunc(p.statements, func(s *statement) bool { return s.allows && q.isAbout(s) })
	})
}

// asksOf reports whether the query may be about a resource that an entry of
// Resource names, in whatever account.
func (q *Query) asksOf(entry policy.Text) bool {
	a, ok := policy.ParseARN(entry)
	if !ok || len(q.Resources) == 0 {
		return true
	}
	a.Account = policy.Literal("*")
	anywhere := newPattern(a.Text(), arnSyntax, true)
	return slices.ContainsFunc(q.Resources, func(x policy.Text) bool { return isGlob(x) || anywhere.match(x, false, &env{}) != policy.False })
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
