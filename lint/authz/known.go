package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// knownPolicies are the managed policies of which a universe knows that they exist.
type knownPolicies struct {
	// own are the ARNs of those of the account, each once, and index their keys.
	own   []policy.Text
	index map[string]bool
	// named are the ARNs without symbols by the name of the policy in lower case:
	// names are unique ignoring path and case (IAM User Guide, IAM identifiers).
	named map[string][]string
	// symbols are all that stand in the ARNs, whoever's they are.
	symbols map[*policy.Symbol]bool
}

// knownPolicies are the policies that the universe knows of under a binding.
func (u *Universe) knownPolicies(b binding) *knownPolicies {
	known := &knownPolicies{index: map[string]bool{}, named: map[string][]string{}, symbols: map[*policy.Symbol]bool{}}
	for _, x := range u.Policies {
		known.add(b.text(x), b)
	}
	for i := range u.Approved {
		known.add(b.text(u.Approved[i].ARN), b)
	}
	return known
}

func (k *knownPolicies) add(x policy.Text, b binding) {
	for _, s := range x.Symbols() {
		k.symbols[s] = true
	}
	if x = b.ownForm(x); isGlob(x) || !b.isOwn(x) || k.has(x) {
		return
	}
	k.own, k.index[x.Key()] = append(k.own, x), true
	if text, known := x.Known(); known {
		name := strings.ToLower(nameIn(text))
		k.named[name] = append(k.named[name], text)
	}
}

// has reports whether a policy is among those of the account.
func (k *knownPolicies) has(x policy.Text) bool { return k.index[x.Key()] }

// hasNamed reports whether a policy of the account, other than that one, has a name.
func (k *knownPolicies) hasNamed(name, other string) bool {
	return slices.ContainsFunc(k.named[strings.ToLower(name)], func(arn string) bool { return arn != other })
}

// ownForm puts the own account in the place of a wildcard account part.
func (b binding) ownForm(x policy.Text) policy.Text {
	if a, ok := policy.ParseARN(x); ok {
		if account, known := a.Account.Known(); known && strings.ContainsAny(account, "*?") && policy.Glob(account, b.accountText) {
			a.Account = policy.Literal(b.accountText)
			return a.Text()
		}
	}
	return x
}

// isOwn reports whether the ARN is that of a customer-managed policy of the
// account.
func (b binding) isOwn(x policy.Text) bool {
	return strings.HasPrefix(x.Prefix(), b.iamARN(b.accountText)+"policy/")
}

// nameIn is the name in the ARN of a policy: what follows its path.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// namedSymbols are those of the policies that exist, and those of the query.
type namedSymbols struct{ known, asked map[*policy.Symbol]bool }

func (n namedSymbols) has(s *policy.Symbol) bool { return n.known[s] || n.asked[s] }

// narrowPolicies are the policies of a universe that are less wide than
// AdministratorAccess, by their full ARNs: the approved boundaries where nothing says
// which are approved.
type narrowPolicies struct {
	list  []policy.Text
	index map[string]bool
	// denying is nil until it is asked for.
	denying *statement
}

func (u *Universe) narrowPolicies() *narrowPolicies {
	out := &narrowPolicies{index: map[string]bool{}}
	for _, x := range u.Policies {
		if key := x.Key(); !out.index[key] && u.isNarrow(x) {
			out.list, out.index[key] = append(out.list, x), true
		}
	}
	return out
}

// isNarrow reports whether an ARN names one customer-managed policy that does not, as
// far as is known, allow everything.
func (u *Universe) isNarrow(x policy.Text) bool {
	if isGlob(x) || isManagedByAWS(x) {
		return false
	}
	if u.Document == nil {
		return true
	}
	d := u.Document(x)
	return d == nil || !AllowsEverything(d)
}

// denial is the statement by which a query leaves out requests with one of the
// policies as boundary.
func (n *narrowPolicies) denial() *statement {
	if n.denying == nil {
		x := Exception{Key: policy.BoundaryKey, Values: n.list}
		source := x.statement()
		source.Action = elements(policy.Literal("*"))
		n.denying = newStatement(source, &policy.Document{Version: policy.Literal(queryVersion)})
	}
	return n.denying
}
