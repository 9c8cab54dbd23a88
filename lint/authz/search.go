package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Answer is the answer to a [Query].
type Answer struct {
	// Verdict is Allowed if some request is allowed, Denied if none is.
	Verdict Verdict
	// Witness is an allowed request; nil unless the verdict is Allowed.
	Witness *Witness
	// Perhaps is a request that may be allowed, where the verdict is
	// Undetermined and one was found.
	Perhaps *Witness
	// Reasons say why the verdict is Undetermined.
	Reasons []Reason
	// AssumedAccount is the literal account that was taken to be the
	// holder's own, because the universe does not know it; "" where nothing
	// was assumed.
	AssumedAccount string
	// Lacking is the boundary whose document would tell more; empty for none.
	Lacking policy.Text
}

// Witness is a concrete request that is allowed.
type Witness struct {
	// Action is its full name in the documented spelling.
	Action   string
	Resource policy.Text
	// Context are the condition keys that matter, in the order of their
	// names.
	Context []ContextValue
	// Absent are keys that matter by not being in the request.
	Absent []string
	// By are the statements that allow it, one for each layer that must.
	By []Ref
	// First are requests that come before: the creation of the policy that is
	// then a boundary, the tag that the holder gives itself.
	First []*Witness
}

// ContextValue is one condition key of a request.
type ContextValue struct {
	Key    string
	Values []policy.Text
}

// String is the request as a person would write it:
// iam:CreateRole on arn:aws:iam::111122223333:role/app-x with no permissions
// boundary.
func (w *Witness) String() string {
	var details []string
	if slices.ContainsFunc(w.Absent, func(key string) bool { return strings.EqualFold(key, policy.BoundaryKey) }) {
		details = append(details, "no permissions boundary")
	}
	for _, v := range w.Context {
		values := make([]string, len(v.Values))
		for i, x := range v.Values {
			values[i] = x.String()
		}
		details = append(details, v.Key+" = "+strings.Join(values, ", "))
	}
	text := w.Action + " on " + w.Resource.String()
	if len(details) > 0 {
		text += " with " + strings.Join(details, " and ")
	}
	return text
}

// Value returns the first value of a key; false where the request lacks it.
func (w *Witness) Value(key string) (policy.Text, bool) {
	for _, v := range w.Context {
		if strings.EqualFold(v.Key, key) && len(v.Values) > 0 {
			return v.Values[0], true
		}
	}
	return policy.Text{}, false
}

// Search answers whether some request of the query is allowed by everything
// that applies to the holder: identity-based policies, boundary, session
// policies and organization policies. Resource-based policies are left out;
// IAM's own actions other than role assumption have none.
//
// The answer is exact for policies without symbols, variables of hidden
// values and the few places where AWS's documentation leaves two readings
// open; there it is Undetermined unless both readings agree.
func Search(holder *Principal, u *Universe, q *Query) Answer {
	if hidden := slices.IndexFunc(q.Resources, isHiddenGlob); hidden >= 0 {
		return searchHidden(holder, u, q, q.Resources[hidden].Parts()[0].Symbol)
	}
	var best Answer
	best.Verdict = Denied
	places, all := bindings(holder, u, q)
	for i, b := range places {
		s := newSearcher(holder, u, q, b)
		answer := s.search()
		if b.assumed {
			answer.AssumedAccount = b.accountText
		}
		switch {
		case answer.Verdict == Allowed:
			return answer
		case i == 0, answer.Verdict == Undetermined && best.Verdict == Denied:
			best = answer
		}
	}
	if !all && best.Verdict == Denied && q.grantedBy(holder.Identity) {
		return hangsOn(Answer{}, tooManyAccounts)
	}
	return best
}

// isHiddenGlob reports whether a pattern begins with a symbol that may stand
// for the start of any ARN.
func isHiddenGlob(x policy.Text) bool {
	parts := x.Parts()
	if len(parts) == 0 || parts[0].Symbol == nil || !isGlob(x) || arnKind(parts[0].Symbol) != "" {
		return false
	}
	return !isName(parts[0].Symbol) || !strings.HasSuffix(parts[0].Symbol.Attribute, "arn")
}

// searchHidden answers a query among whose resources are patterns of which the
// start is hidden: nothing is allowed on them for certain, and something only
// where it is with any start.
func searchHidden(holder *Principal, u *Universe, q *Query, hiding *policy.Symbol) Answer {
	plain, wide := *q, *q
	plain.Resources, wide.Resources = nil, nil
	plain.prepared, wide.prepared = nil, nil
	for _, x := range q.Resources {
		if !isHiddenGlob(x) {
			plain.Resources = append(plain.Resources, x)
			continue
		}
		wide.Resources = append(wide.Resources, policy.Concat(policy.Literal("*"), policy.NewText(x.Parts()[1:]...)))
	}
	answer := Answer{Verdict: Denied}
	if len(plain.Resources) > 0 {
		answer = Search(holder, u, &plain)
	}
	if answer.Verdict != Denied {
		return answer
	}
	perhaps := Search(holder, u, &wide)
	if perhaps.Verdict == Denied {
		return answer
	}
	perhaps = hangsOn(perhaps, "it is not known which resources are meant")
	perhaps.Reasons[0].Symbol = hiding
	return perhaps
}

// searcher answers one query under one binding.
type searcher struct {
	holder   *Principal
	universe *Universe
	query    *Query
	asked    *Policy // the query's constraints
	binding  deployment
	// sided tells that the policy of the resource is among the holder's as a
	// level that must allow, so that it does not matter whose resource it is.
	sided bool
	// trusting tells that the policies are a trust policy and not the holder's, so
	// that it does not matter whose account the role is in.
	trusting bool
	named    namedSymbols
	known    *knownPolicies

	// beyond is Query.Beyond, settled for the holder, and refused the way in
	// which it is to be refused what is asked for; nil for none.
	beyond  *Principal
	refused *refusal

	tagger     tagHolder
	tags       *ownTags
	regionList []string
	mismatch   bool
	overrun    string // which limit was reached
}

func newSearcher(holder *Principal, u *Universe, q *Query, b deployment) *searcher {
	s := &searcher{
		holder: holder.distinct().bind(b.binding), universe: u, query: q, binding: b, asked: q.compile().bind(b.binding),
		tagger: tagHolder{holder, b.partitionText, b.accountText}, known: u.Memory.knownPolicies(u, b.binding),
	}
	s.holder.Boundary = holder.Boundary.bind(b.binding)
	if q.Beyond != nil {
		s.beyond = q.Beyond.distinct().bind(b.binding).settledFor(s.holder)
	}
	s.tags, s.named.known = u.Memory.tagsOf(s.tagger), s.known.symbols
	for _, x := range q.Resources {
		for _, sym := range s.binding.text(x).Symbols() {
			if s.named.asked == nil {
				s.named.asked = map[*policy.Symbol]bool{}
			}
			s.named.asked[sym] = true
		}
	}
	return s
}

// eachPolicy visits all policies that apply to the holder.
func (s *searcher) eachPolicy(visit func(*Policy)) {
	eachPolicy(s.holder, visit)
	eachPolicy(s.beyond, visit)
}

// eachPolicy visits all policies that apply to a principal; nil has none.
func eachPolicy(p *Principal, visit func(*Policy)) {
	if p == nil {
		return
	}
	for _, q := range p.Identity {
		visit(q)
	}
	if p.Boundary != nil {
		visit(p.Boundary)
	}
	for _, q := range p.SessionPolicies {
		visit(q)
	}
	for _, levels := range [...][][]*Policy{p.SCPs, p.RCPs} {
		for _, level := range levels {
			for _, q := range level {
				visit(q)
			}
		}
	}
}

// search goes through the actions of the query.
func (s *searcher) search() Answer {
	best := Answer{Verdict: Denied}
	for _, pattern := range s.query.Actions {
		for _, action := range actionsOf(pattern) {
			s.universe.Limits.check()
			answer := s.searchAction(action)
			if answer.Verdict == Allowed {
				return answer
			}
			if answer.Verdict == Undetermined && best.Verdict == Denied {
				best = answer
			}
		}
	}
	return best
}

// askedAction is an action of a query.
type askedAction struct {
	name    string // in its documented spelling, or as asked
	service string
	catalog *catalog.Action
}

// unknownName stands for an action that the catalog does not know.
const unknownName = "\u2026"

// actionsOf spells out a pattern.
func actionsOf(pattern string) []askedAction {
	service, name, _ := strings.Cut(pattern, ":")
	if !strings.ContainsAny(pattern, "*?") {
		if a, ok := catalog.LookupAction(pattern); ok {
			return []askedAction{{a.String(), a.Service, a}}
		}
		return []askedAction{{pattern, strings.ToLower(service), nil}}
	}
	var out []askedAction
	services := map[string]bool{}
	for a := range catalog.ActionsMatching(pattern) {
		out = append(out, askedAction{a.String(), a.Service, a})
		services[a.Service] = true
	}
	// One action more of each service, unless the pattern is spelled out so
	// far that only known ones are meant.
	if pattern == "*" || strings.Trim(name, "*?") == "" {
		for _, s := range sortedKeys(services) {
			out = append(out, askedAction{s + ":" + unknownName, s, nil})
		}
		if pattern == "*" {
			out = append(out, askedAction{unknownName + ":" + unknownName, unknownName, nil})
		}
	}
	return out
}

// searchAction asks for one action: in the possible reading first, since most
// answers are no, or yes without any doubt.
func (s *searcher) searchAction(action askedAction) Answer {
	if f, ok := FixedDecision(action.name, policy.Text{}); ok && len(s.query.Resources) == 0 {
		if s.query.Beyond != nil {
			return Answer{Verdict: Denied} // it is the same for all
		}
		return Answer{Verdict: f.Verdict, Witness: &Witness{Action: action.name, Resource: policy.Literal(wholeResource)}}
	}
	groups := s.holder.byOwner(s.domainsOf(action.catalog, action.service))
	if len(groups) == 0 {
		return Answer{Verdict: Denied}
	}
	if s.query.Beyond != nil {
		return s.searchBeyond(action, groups)
	}
	var first Answer
	result := Answer{Verdict: Allowed}
	for i, group := range groups {
		answer := s.searchGroup(action, group)
		if i == 0 {
			first = answer
		}
		switch {
		case answer.Verdict == Denied:
			return answer
		case answer.Verdict == Undetermined && result.Verdict == Allowed:
			result = answer
		}
	}
	if result.Verdict == Allowed {
		return first
	}
	return result
}

// searchGroup looks for an allowed request on one of the domains.
func (s *searcher) searchGroup(action askedAction, group []*domain) Answer {
	var doubtful *Answer
	for _, d := range group {
		answer := s.searchDomain(action, d)
		if d.unsure && answer.Verdict == Allowed {
			answer = hangsOn(answer, "it is not known whether "+action.name+" acts on "+answer.Witness.Resource.String())
		}
		switch answer.Verdict {
		case Allowed:
			return answer
		case Undetermined:
			if doubtful == nil {
				doubtful = &answer
			}
		case Denied:
		}
	}
	if doubtful != nil {
		return *doubtful
	}
	return Answer{Verdict: Denied}
}

func (s *searcher) searchDomain(action askedAction, d *domain) Answer {
	s.overrun, s.mismatch = "", false
	possible := s.newAttempt(action, d, false, nil)
	n := possible.run()
	if n == nil {
		if possible.hitLimit || s.overrun != "" {
			return s.undecided(nil, nil)
		}
		return Answer{Verdict: Denied}
	}
	perhaps := possible.witness(n)
	if allowed, _ := possible.replay(n); allowed && !possible.unsure(n) {
		return Answer{Verdict: Allowed, Witness: perhaps}
	}
	for _, assignment := range possible.assignments() {
		certain := s.newAttempt(action, d, true, assignment)
		m := certain.run()
		if certain.hitLimit {
			// Other values would not make the patterns smaller.
			break
		}
		if m == nil {
			continue
		}
		if allowed, _ := certain.replay(m); allowed {
			return Answer{Verdict: Allowed, Witness: certain.witness(m)}
		}
		s.mismatch = true
	}
	_, reasons := possible.replay(n)
	return s.undecided(perhaps, append(reasons, possible.existence(n)...))
}

// undecided makes the answer for what is not certain.
func (s *searcher) undecided(perhaps *Witness, reasons []Reason) Answer {
	if s.overrun != "" {
		reasons = append(reasons, Reason{Text: s.overrun})
	}
	if s.mismatch {
		reasons = append(reasons, s.mismatched())
	}
	if len(reasons) == 0 {
		reasons = append(reasons, Reason{Text: "it depends on what else exists in the account"})
	}
	return Answer{Verdict: Undetermined, Perhaps: perhaps, Reasons: distinctReasons(reasons)}
}

// mismatched says why a request that was found is not certain to be allowed
// when it is decided by itself: mostly an account is not known, with which the
// request stands and falls.
func (s *searcher) mismatched() Reason {
	accounts := []policy.Text{s.universe.Account}
	for _, x := range s.query.Resources {
		accounts = append(accounts, accountOf(x))
	}
	for _, account := range accounts {
		if symbol := firstSymbol(account); symbol != nil && symbol.Kind == policy.SymbolAccount {
			return Reason{Text: "it is not known which account the provider " + symbol.Scope + " works in", Symbol: symbol}
		}
	}
	return Reason{Text: "no request was found of which it is certain that it is allowed"}
}

// shortest finds the shortest word of all languages.
func (s *searcher) shortest(a *attempt, atoms []wordAtom, g *iamNames, symbols bool) ([]letter, bool) {
	if symbols && !slices.ContainsFunc(atoms, func(w wordAtom) bool { return slices.ContainsFunc(w.langs, (*lang).hasSymbol) }) {
		return nil, false
	}
	var gr grammar
	if g != nil {
		gr = g
	}
	p := newProduct(atoms, gr, s.universe.Limits.states())
	word, outcome := p.shortest(symbols)
	switch outcome {
	case foundWord:
		return word, true
	case tooManyStates:
		a.hitLimit = true
		s.overrun = fmt.Sprintf("the patterns together have more than %d states", p.limit)
	case noWord:
	}
	return nil, false
}
