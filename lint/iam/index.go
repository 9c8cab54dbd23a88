package iam

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// index finds named things of one kind. Names are unique in an account
// ignoring case.
type index[T any] struct {
	all    []*named[T]
	byName map[string][]*named[T]
	// partly are those of which the name is not wholly known.
	partly []*named[T]
	byARN  map[string]T
	// symbols are all that stand in names.
	symbols map[*policy.Symbol]bool
	memo    map[string]*possible[T]
}

type named[T any] struct {
	it   T
	name policy.Text
	arn  policy.Text
	// deployment is where it is.
	deployment Deployment
	// symbol is the first that hides the name, generated tells that the
	// provider makes it up.
	symbol    *policy.Symbol
	generated bool
}

func newIndex[T any]() *index[T] {
	return &index[T]{
		byName: map[string][]*named[T]{}, byARN: map[string]T{},
		symbols: map[*policy.Symbol]bool{}, memo: map[string]*possible[T]{},
	}
}

func (x *index[T]) add(it T, name, arn policy.Text, d Deployment) {
	n := &named[T]{it: it, name: name, arn: arn, deployment: d, generated: isGenerated(name)}
	for i, s := range name.Symbols() {
		if i == 0 {
			n.symbol = s
		}
		x.symbols[s] = true
	}
	x.all = append(x.all, n)
	if _, taken := x.byARN[arn.Key()]; !taken {
		x.byARN[arn.Key()] = it
	}
	if s, ok := name.Known(); ok {
		folded := strings.ToLower(s)
		x.byName[folded] = append(x.byName[folded], n)
		return
	}
	x.partly = append(x.partly, n)
}

// inAccount tells what is in an account.
type inAccount struct {
	account policy.Text
	// written tells that an ARN names the account: a literal account beside
	// an unknown one is then taken to mean the same.
	written bool
}

// managedIn is what is in the account of a provider. Where one provider name
// stands for several accounts, as in a state, what exists knows better where
// it is.
func managedIn(provider Deployment) inAccount { return inAccount{account: provider.Account} }

func writtenIn(account policy.Text) inAccount { return inAccount{account: account, written: true} }

func (a inAccount) has(d Deployment) bool {
	switch {
	case d.Account.Equal(a.account):
		return true
	case a.written:
		return !d.Account.IsKnown() || !a.account.IsKnown()
	}
	return !a.account.IsKnown() && d.AccountFrom == fromARN
}

func (a inAccount) key() string {
	if a.written {
		return "=" + a.account.Key()
	}
	return a.account.Key()
}

// isGenerated reports whether the provider makes up a part of the name.
func isGenerated(name policy.Text) bool {
	for _, s := range name.Symbols() {
		if s.Kind == policy.SymbolDerived && s.Name == generatedName {
			return true
		}
	}
	return false
}

// LastSegment is what follows the last slash of a text: the name in the
// resource part of an IAM ARN, after its path.
func LastSegment(x policy.Text) policy.Text {
	parts := x.Parts()
	for i, p := range slices.Backward(parts) {
		if p.Symbol != nil {
			// A symbol for a path ends with the slash.
			if p.Symbol.Attribute == UnseenPath {
				return policy.NewText(parts[i+1:]...)
			}
			continue
		}
		if cut := strings.LastIndexByte(p.Literal, '/'); cut >= 0 {
			rest := append([]policy.Part{{Literal: p.Literal[cut+1:]}}, parts[i+1:]...)
			return policy.NewText(rest...)
		}
	}
	return x
}

// possible is what a name may mean. Names that are hidden in the same way may
// mean the same, and share one.
type possible[T any] struct {
	list []*named[T]
	// swept tells that all in the list know of the doubt already; unsettled is
	// what all of them may have, nil for nothing.
	swept     bool
	unsettled *Unsettled
}

// hides is the symbol that hides what a name means: its own, or that of the
// first thing that it may mean.
func (p *possible[T]) hides(name policy.Text) *policy.Symbol {
	switch symbols := name.Symbols(); {
	case len(p.list) == 0:
		return nil
	case len(symbols) > 0:
		return symbols[0]
	}
	return p.list[0].symbol
}

// named finds what bears a name in an account, or else what may bear it.
func (x *index[T]) named(name policy.Text, here inAccount) (certain []T, may *possible[T]) {
	s, known := name.Known()
	candidates := x.partly
	if known {
		candidates = x.byName[strings.ToLower(s)]
	}
	for _, n := range candidates {
		if here.has(n.deployment) && (known || n.name.Equal(name)) {
			certain = append(certain, n.it)
		}
	}
	if len(certain) > 0 {
		return certain, &possible[T]{}
	}
	return nil, x.possibly(name, here)
}

// possibly is what may bear a name: where the name is known, that of which the
// name is not, and else everything whose name does not certainly differ.
// No principal can write down a name that is still to be generated.
func (x *index[T]) possibly(name policy.Text, here inAccount) *possible[T] {
	memo := here.key() + "\x00" + name.Prefix() + "\x00" + name.Suffix()
	if !name.IsKnown() {
		memo += "\x00*"
		for _, s := range name.Symbols() {
			if x.symbols[s] {
				// It shares something with a name, which may tell them apart.
				memo = name.Key()
			}
		}
	}
	if p := x.memo[memo]; p != nil {
		return p
	}
	all := x.all
	if name.IsKnown() {
		all = x.partly
	}
	p := &possible[T]{}
	for _, n := range all {
		if mayEqual(n.name, name) && here.has(n.deployment) && (!name.IsKnown() || !n.generated) {
			p.list = append(p.list, n)
		}
	}
	x.memo[memo] = p
	return p
}

// mayEqual is the reverse of Differs, and quick where the ends tell.
func mayEqual(x, y policy.Text) bool {
	a, b := x.Prefix(), y.Prefix()
	c, d := x.Suffix(), y.Suffix()
	if !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) || !strings.HasSuffix(c, d) && !strings.HasSuffix(d, c) {
		return false
	}
	return x.IsKnown() || !x.Differs(y)
}
