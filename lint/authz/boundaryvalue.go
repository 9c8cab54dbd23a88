package authz

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// solvePolicyARN finds a managed policy's ARN that fulfils all that is asked
// of it. It must be able to exist: be AWS's own, declared, approved, named in
// full by the holder's policies, or one that the holder can create. In the
// possible reading the account may have any other policy besides.
func (a *attempt) solvePolicyARN(m *keyModel, kn *keyNode) bool {
	if m.multi {
		return false
	}
	if a.s.query.creates(m.name) {
		return a.solveCreated(kn)
	}
	take := func(x policy.Text) bool {
		if !a.keyFits([]policy.Text{x}, kn.atoms) {
			return false
		}
		kn.values = []policy.Text{x}
		return true
	}
	if take(policy.Literal(a.s.administrator())) {
		return true
	}
	exist, mayExist := a.namedPolicies(kn.atoms)
	if slices.ContainsFunc(exist, take) || slices.ContainsFunc(a.s.known.own, take) {
		return true
	}
	if !a.certain && slices.ContainsFunc(mayExist, take) {
		kn.unsure = true
		return true
	}
	conds, ok := a.aboutTexts(kn.atoms)
	if !ok {
		return false
	}
	for _, symbols := range [...]bool{false, true} {
		atoms, _ := a.valueAtoms(conds, !symbols)
		if atoms == nil {
			continue
		}
		if symbols && !a.certain {
			atoms = append(atoms, a.spelledValues(conds))
		}
		if !symbols && a.solveManaged(kn, atoms) {
			return true
		}
		if a.solveOwn(kn, atoms, symbols) {
			return true
		}
	}
	return false
}

// aboutTexts are the conditions that tell ARNs of policies apart. The others say
// the same of each, since none is a number, a date, a truth value, an address or
// base64; ok is false where one of them is not as it must be.
func (a *attempt) aboutTexts(conds []condAtom) (texts []condAtom, ok bool) {
	one := []policy.Text{policy.Literal(a.s.administrator())}
	for _, c := range conds {
		switch c.op.Family {
		case policy.FamilyString, policy.FamilyArn, policy.FamilyNull:
			texts = append(texts, c)
		case policy.FamilyNumeric, policy.FamilyDate, policy.FamilyBool, policy.FamilyBinary, policy.FamilyIP:
			if !a.keyFits(one, []condAtom{c}) {
				return nil, false
			}
		}
	}
	return texts, true
}

// solveCreated looks among the policies that the holder can create.
func (a *attempt) solveCreated(kn *keyNode) bool {
	conds, ok := a.aboutTexts(kn.atoms)
	if !ok {
		return false
	}
	atoms, _ := a.valueAtoms(conds, true)
	if atoms == nil {
		return false
	}
	atoms = fed(atoms, a.s.binding.iamARN(a.s.binding.accountText))
	return !hopeless(atoms) && a.createPolicy(kn, atoms)
}

// namedPolicies are the policies that the conditions name in full: those that
// can exist, and those of which symbols hide whether they can.
func (a *attempt) namedPolicies(atoms []condAtom) (exist, mayExist []policy.Text) {
	add := func(x policy.Text) {
		x = a.s.binding.ownForm(x)
		switch {
		case slices.ContainsFunc(exist, x.Equal):
		case a.s.canExist(x):
			exist = append(exist, x)
		case a.s.mayExist(x):
			mayExist = append(mayExist, x)
		}
	}
	for _, c := range atoms {
		for i := range c.values {
			p := c.values[i].pattern
			switch {
			case p.isSpread():
			case p.isExact():
				add(p.literalText())
			case p.hasVariable && !p.hasGlob:
				if texts := a.instances(p); len(texts) > 0 {
					add(texts[0])
				}
			}
		}
	}
	return exist, mayExist
}

// canExist reports whether a managed policy of that full ARN can exist: one
// of AWS's, or one of the own account whose name is not taken by a known one
// with another path or in other case, since names are unique ignoring both.
// Customer-managed policies of other accounts are not boundaries.
func (s *searcher) canExist(x policy.Text) bool {
	if text, known := x.Known(); known {
		if tail, aws := strings.CutPrefix(text, s.binding.iamARN(awsOwned)+"policy/"); aws {
			_, ok := managedNames()[tail]
			return ok
		}
	}
	if sym := x.Symbol(); sym != nil {
		// Approved or declared, whatever it stands for; or one of several
		// that can all exist.
		return s.named.has(sym) || sym.Kind == policy.SymbolChoice && !sym.Nullable && len(sym.Alternatives) > 0 &&
			!slices.ContainsFunc(sym.Alternatives, func(x policy.Text) bool { return !s.canExist(s.binding.text(x)) })
	}
	if !s.binding.isOwn(x) {
		return false
	}
	if s.universe.Closed {
		return s.known.has(x)
	}
	tail, _ := tailOf(x, s.binding.iamARN(s.binding.accountText))
	return iamKinds["policy"].valid(tail) && !s.nameTaken(x)
}

// mayExist reports whether a text with symbols can be the ARN of a policy of
// the own account, or of AWS, as far as its certain start tells.
func (s *searcher) mayExist(x policy.Text) bool {
	if x.IsKnown() {
		return false
	}
	for _, account := range [...]string{s.binding.accountText, awsOwned} {
		head := s.binding.iamARN(account) + "policy/"
		if strings.HasPrefix(head, x.Prefix()) || strings.HasPrefix(x.Prefix(), head) {
			return true
		}
	}
	return false
}

// nameTaken reports whether a known policy other than x has its name.
func (s *searcher) nameTaken(x policy.Text) bool {
	text, known := x.Known()
	if !known {
		return false
	}
	return s.known.hasNamed(nameIn(text), text)
}

// managedNames are the paths and names of AWS's managed policies.
var managedNames = sync.OnceValue(func() map[string]struct{} {
	out := map[string]struct{}{}
	for _, arn := range catalog.ManagedPolicyARNs() {
		if _, tail, ok := strings.Cut(arn, ":policy/"); ok {
			out[tail] = struct{}{}
		}
	}
	return out
})

// solveManaged looks among AWS's managed policies.
func (a *attempt) solveManaged(kn *keyNode, atoms []wordAtom) bool {
	head := a.s.binding.iamARN(awsOwned) + "policy/"
	if hopeless(fed(atoms, head)) {
		return false
	}
	for _, arn := range catalog.ManagedPolicyARNs() {
		_, tail, _ := strings.Cut(arn, ":policy/")
		x := []policy.Text{policy.Literal(head + tail)}
		if a.keyFits(x, kn.atoms) {
			kn.values = x
			return true
		}
	}
	return false
}

// fed reads a head in all languages.
func fed(atoms []wordAtom, head string) []wordAtom {
	out := make([]wordAtom, len(atoms))
	for i, w := range atoms {
		out[i].in = w.in
		for _, l := range w.langs {
			if f := l.feed(head); !f.isDead() {
				out[i].langs = append(out[i].langs, f)
			}
		}
	}
	return out
}

// hopeless reports whether no word can fulfil the atoms, as far as that is
// plain to see.
func hopeless(atoms []wordAtom) bool {
	return slices.ContainsFunc(atoms, func(w wordAtom) bool {
		if w.in {
			return len(w.langs) == 0
		}
		return slices.ContainsFunc(w.langs, func(l *lang) bool { return l.total(l.start) })
	})
}

// solveOwn looks among the policies that the account may have. In the
// certain reading the holder must be able to create the one that is found.
func (a *attempt) solveOwn(kn *keyNode, atoms []wordAtom, symbols bool) bool {
	head := a.s.binding.iamARN(a.s.binding.accountText)
	atoms = fed(atoms, head)
	if hopeless(atoms) {
		return false
	}
	if a.certain || a.s.universe.Closed {
		return !symbols && a.createPolicy(kn, atoms)
	}
	word, found := a.shortestUnnamed(atoms, iamKinds["policy"], symbols)
	if !found {
		return false
	}
	kn.values, kn.unsure = []policy.Text{wordText(head, word)}, true
	return true
}

// shortest is the shortest word that fulfils the atoms.
func (a *attempt) shortest(atoms []wordAtom, g *iamNames, symbols bool) ([]letter, bool) {
	if a.unnamed {
		return a.shortestUnnamed(atoms, g, symbols)
	}
	return a.s.shortest(a, atoms, g, symbols)
}

// shortestUnnamed is the shortest word that names no known policy. Names are
// ruled out one by one as they come up: few ever do, and an account has
// hundreds.
func (a *attempt) shortestUnnamed(atoms []wordAtom, g *iamNames, symbols bool) ([]letter, bool) {
	taken := wordAtom{}
	for {
		with := atoms
		if len(taken.langs) > 0 {
			with = append(slices.Clone(atoms), taken)
		}
		word, found := a.s.shortest(a, with, g, symbols)
		if !found {
			return nil, false
		}
		name, ok := a.s.takenName(word)
		if !ok {
			return word, true
		}
		taken.langs = append(taken.langs, namesakes(name)...)
	}
}

// takenName is the name that a word has of a known policy.
func (s *searcher) takenName(word []letter) (string, bool) {
	slash := -1
	for i, l := range word {
		if l.s == nil && l.r == '/' {
			slash = i
		}
	}
	name, known := wordText("", word[slash+1:]).Known()
	if !known {
		return "", false
	}
	return name, s.known.hasNamed(name, "")
}

// namesakes are the languages of the policies of a name, with a path and
// without: names are unique ignoring both path and case.
func namesakes(name string) []*lang {
	var out []*lang
	for _, glob := range [...]string{"policy/", "policy/*/"} {
		p := newPattern(policy.Literal(glob), globSyntax, false)
		p.literal(name)
		out = append(out, p.langOf([][]piece{p.pieces}, lower, true, &env{})...)
	}
	return out
}

// createPolicy looks for a policy that the holder can create and that then
// fulfils what is asked of the value.
func (a *attempt) createPolicy(kn *keyNode, atoms []wordAtom) bool {
	creator := a.s.sub(&Query{Actions: []string{"iam:CreatePolicy"}})
	action, ok := catalog.LookupAction("iam:CreatePolicy")
	if !ok || a.action == "iam:createpolicy" {
		return false
	}
	asked := askedAction{action.String(), action.Service, action}
	check := func(x policy.Text) bool {
		return a.keyFits([]policy.Text{x}, kn.atoms) && !creator.nameTaken(x) && !creator.known.has(x)
	}
	for _, d := range slices.Concat(creator.domainsOf(action, action.Service)...) {
		assignments := []map[string]policy.Text{nil}
		if a.certain {
			assignments = creator.newAttempt(asked, d, false, nil).assignments()
		}
		for _, assignment := range assignments {
			sub := creator.newAttempt(asked, d, a.certain, assignment)
			sub.extra, sub.extraCheck, sub.unnamed = atoms, check, true
			n := sub.run()
			if n == nil {
				continue
			}
			if allowed, _ := sub.replay(n); a.certain && !allowed {
				continue
			}
			kn.values, kn.first, kn.unsure = []policy.Text{n.word}, sub.witness(n), !a.certain
			return true
		}
	}
	return false
}
