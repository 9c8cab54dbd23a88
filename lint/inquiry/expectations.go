package inquiry

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Outcome is what became of one expectation of one subject.
type Outcome struct {
	*expect.Expectation
	Subject *Subject
	Status  Status
	// Query is what was asked; nil for [expect.CannotReach].
	Query *authz.Query
	// Answer is the answer that decides: for [expect.AllowEvery] whether a
	// request is refused, where Allowed means that one is.
	Answer authz.Answer
	// Empty says why no request at all has the shape, in a sentence; "" where
	// some have it.
	Empty string
	// Path is the way to the goal, nil where the subject is there already.
	Path *escalation.Path
}

// Status is what an expectation comes to.
type Status uint8

// The statuses. The zero value is Undecided: it is not certain that things are
// as expected, nor that they are not.
const (
	Undecided Status = iota
	Failed
	Passed
)

// String is the status as a word.
func (s Status) String() string {
	switch s {
	case Failed:
		return "failed"
	case Passed:
		return "passed"
	case Undecided:
	}
	return "undetermined"
}

// OK reports whether the test goes on: what is undetermined passes where the
// file says so.
func (o *Outcome) OK() bool {
	return o.Status == Passed || o.Status == Undecided && o.UndeterminedPasses
}

// Check decides an expectation about a subject. The error is an [UnresolvedError].
func (t *Tests) Check(x *expect.Expectation, s *Subject) (*Outcome, error) {
	if x.Kind == expect.CannotReach {
		return t.cannotReach(x, s)
	}
	if err := checkAction(x.What); err != nil {
		return nil, err
	}
	queries, err := t.queries(x, s)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Expectation: x, Subject: s, Query: queries[0]}
	if out.Empty = s.empty(queries); out.Empty != "" {
		out.Status, out.Answer.Verdict = Failed, authz.Denied
		return out, nil
	}
	ask, expected := s.AskAll, authz.Denied
	switch x.Kind {
	case expect.Allow:
		expected = authz.Allowed
	case expect.AllowEvery:
		ask = s.AskRefused
	case expect.Deny, expect.CannotReach:
	}
	out.Answer = authz.Answer{Verdict: authz.Denied}
	for _, q := range queries {
		answer := ask(q)
		if answer.Verdict == authz.Allowed || answer.Verdict == authz.Undetermined && out.Answer.Verdict == authz.Denied {
			out.Answer, out.Query = answer, q
		}
		if answer.Verdict == authz.Allowed {
			break
		}
	}
	if out.Answer.Verdict == authz.Denied && x.Kind != expect.AllowEvery {
		s.doubtAccount(out, queries)
	}
	out.Status = statusOf(out.Answer.Verdict, expected)
	return out, nil
}

// doubtAccount leaves an outcome open that hangs on which account the subject's own is,
// where the shape of the requests names that.
func (s *Subject) doubtAccount(out *Outcome, queries []*authz.Query) {
	for _, q := range queries {
		wide, hidden := inAnyAccount(q)
		if !hidden {
			continue
		}
		answer := s.AskAll(wide)
		if answer.Verdict == authz.Denied {
			continue
		}
		if answer.Perhaps == nil {
			answer.Perhaps = answer.Witness
		}
		answer.Verdict, answer.Witness = authz.Undetermined, nil
		answer.Reasons = []authz.Reason{{Text: "the input does not tell the account of " + s.Entity.Address}}
		out.Answer, out.Query = answer, wide
		return
	}
}

// inAnyAccount is a query with a wildcard for an account that is not known, and whether
// there is such a one; what it leaves out is then not left out.
func inAnyAccount(q *authz.Query) (wide *authz.Query, hidden bool) {
	out := *q
	widened := func(list []policy.Text) []policy.Text {
		list = slices.Clone(list)
		for i, x := range list {
			if hidesAccount(x) {
				list[i], hidden = inAnyPlace(x), true
			}
		}
		return list
	}
	narrowed := func(list []policy.Text) []policy.Text {
		before := len(list)
		list = slices.DeleteFunc(slices.Clone(list), hidesAccount)
		hidden = hidden || len(list) < before
		return list
	}
	out.Resources, out.NotResources, out.Keys = widened(q.Resources), narrowed(q.NotResources), slices.Clone(q.Keys)
	for i := range out.Keys {
		out.Keys[i].In, out.Keys[i].NotIn = widened(out.Keys[i].In), narrowed(out.Keys[i].NotIn)
	}
	return &out, hidden
}

// hidesAccount reports whether an account that is not known stands in a text, other than
// as the account of an ARN, which goes with that of the policies.
func hidesAccount(x policy.Text) bool {
	if arn, ok := policy.ParseARN(x); ok {
		x = arn.Resource
	}
	return slices.ContainsFunc(x.Symbols(), func(s *policy.Symbol) bool { return s.Kind == policy.SymbolAccount })
}

func statusOf(v, expected authz.Verdict) Status {
	switch v {
	case expected:
		return Passed
	case authz.Undetermined:
		return Undecided
	case authz.Allowed, authz.Denied:
	}
	return Failed
}

// AskAll is [Subject.Ask] with what the policies may grant of those resources
// that the query names and the input does not have.
func (s *Subject) AskAll(q *authz.Query) authz.Answer {
	answer := s.Ask(q)
	if answer.Verdict == authz.Denied {
		answer = s.AskUnseen(q, false)
	}
	return answer
}

// queries are the questions that a shape comes to: one, or one for each way in
// which a request is none of the exceptions.
func (t *Tests) queries(x *expect.Expectation, s *Subject) ([]*authz.Query, error) {
	first := &authz.Query{Actions: []string{x.What.Text}}
	var err error
	if first.Resources, err = t.resources(x.Resources, s); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(first.Resources, func(r policy.Text) bool { text, known := r.Known(); return known && text == "*" }) {
		first.Resources = nil
	}
	if first.NotResources, err = t.resources(x.NotResources, s); err != nil {
		return nil, err
	}
	for _, k := range x.With {
		c, err := t.constraint(k, s, false)
		if err != nil {
			return nil, err
		}
		first.Keys = append(first.Keys, c)
	}
	out := []*authz.Query{first}
	for _, exception := range x.Unless {
		var next []*authz.Query
		for _, k := range exception {
			c, err := t.constraint(k, s, true)
			if err != nil {
				return nil, err
			}
			for _, q := range out {
				narrowed := *q
				narrowed.Keys = append(slices.Clone(q.Keys), c)
				next = append(next, &narrowed)
			}
		}
		if len(next) > mostQueries {
			return nil, unresolved(x.At, "unless has too many combinations of keys: write several expectations")
		}
		out = next
	}
	if x.Kind != expect.CannotReach { // a way there may change what is declared
		out = t.declaredKeys(out)
	}
	return out, nil
}

// declaredKeys are questions with the condition keys that the input itself tells of the
// roles and users that they name, one for each of these, unless a question says something
// else of the key.
func (t *Tests) declaredKeys(queries []*authz.Query) []*authz.Query {
	var out []*authz.Query
	for _, q := range queries {
		rest := *q
		rest.Resources = nil
		for _, resource := range q.Resources {
			facts := t.Facts(q.Actions[0], resource)
			if len(facts) == 0 {
				rest.Resources = append(rest.Resources, resource)
				continue
			}
			own := *q
			own.Resources, own.Keys = []policy.Text{resource}, slices.Clone(q.Keys)
			for _, f := range facts {
				says := func(k authz.KeyConstraint) bool { return strings.EqualFold(k.Key, f.Key) }
				if !f.Hidden && !slices.ContainsFunc(q.Keys, says) {
					own.Keys = append(own.Keys, authz.KeyConstraint{Key: f.Key, Absent: len(f.Values) == 0, Present: len(f.Values) > 0, In: f.Values})
				}
			}
			out = append(out, &own)
		}
		if len(rest.Resources) > 0 || len(q.Resources) == 0 {
			out = append(out, &rest)
		}
	}
	return out
}

// mostQueries bounds the questions that one expectation comes to.
const mostQueries = 64

// empty says why even one who is allowed everything has no request of a shape,
// so that what is expected of all of them says nothing; "" where there are some.
func (s *Subject) empty(queries []*authz.Query) string {
	everybody := s.unlimited()
	possible := func(q *authz.Query) bool { return authz.Search(everybody, s.Universe, q).Verdict != authz.Denied }
	if slices.ContainsFunc(queries, possible) {
		return ""
	}
	q := *queries[0]
	action := q.Actions[0]
	if len(q.Keys) > 0 {
		keys := make([]string, len(q.Keys))
		for i := range q.Keys {
			keys[i] = q.Keys[i].Key
		}
		if q.Keys = nil; possible(&q) {
			return fmt.Sprintf("No request for %s has what is said of %s%s", action, strings.Join(keys, " and "),
				cmp.Or(likelyKey(action, keys), "."))
		}
	}
	q.Resources, q.NotResources = nil, nil
	if possible(&q) {
		return fmt.Sprintf("No request for %s is about these resources alone%s.", action, actsOn(action))
	}
	return fmt.Sprintf("Nobody can make a request for %s: AWS itself refuses it.", action)
}

// fewTypes is how many types of resources a sentence names.
const fewTypes = 5

// actsOn ends a sentence about the resources of an action with the types that it acts
// on; "" where nobody knows them.
func actsOn(action string) string {
	a, ok := catalog.LookupAction(action)
	if !ok || len(a.ResourceTypes) == 0 {
		return ""
	}
	var types []string
	for _, r := range a.ResourceTypes {
		types = append(types, r.Type.Name)
	}
	if n := len(types); n > fewTypes+1 {
		types = append(types[:fewTypes], fmt.Sprintf("%d more", n-fewTypes))
	}
	return ": it acts on " + strings.Join(types, ", ") + ", and a request names all that it needs"
}

// likelyKey ends a sentence about condition keys of which an action does not carry
// one with the key that was probably meant; "" for none.
func likelyKey(action string, keys []string) string {
	a, ok := catalog.LookupAction(action)
	if !ok {
		return ""
	}
	for _, key := range keys {
		if a.Presence(key) != catalog.PresentNever {
			continue
		}
		if hint := lint.Suggest(key, a.Keys()); hint != "" {
			return hint
		}
	}
	return ""
}

// unlimited is the subject as one that is allowed everything.
func (s *Subject) unlimited() *authz.Principal {
	out := *s.Whole
	out.Identity, out.Boundary, out.SessionPolicies, out.SCPs, out.RCPs = []*authz.Policy{everything}, nil, nil, nil, nil
	return &out
}

var everything = authz.AllowAll()

// checkAction finds an action, or pattern of actions, that AWS does not have:
// what is expected of it would hold whatever the policies say.
func checkAction(word expect.Word) error {
	for range catalog.ActionsMatching(word.Text) {
		return nil
	}
	var near []string
	for a := range catalog.ActionsMatching(serviceOf(word.Text) + ":*") {
		near = append(near, a.String())
	}
	if len(near) == 0 {
		service := serviceOf(word.Text)
		return unresolved(word.At, "AWS's list of services of %s has no %s%s", listDate(), service, lint.Suggest(service, catalog.Services()))
	}
	return unresolved(word.At, "AWS's list of actions of %s has no %s%s", listDate(), word.Text, lint.Suggest(word.Text, near))
}

func listDate() string { return catalog.Datasets()[0].Date.Format(time.DateOnly) }

func serviceOf(action string) string {
	for i := range action {
		if action[i] == ':' {
			return action[:i]
		}
	}
	return action
}

// AskRefused asks whether some request of the query is not allowed to the
// subject. The answer is Allowed where one is certainly refused, with the
// request as its witness. Requests that AWS itself refuses do not count.
func (s *Subject) AskRefused(q *authz.Query) authz.Answer {
	answer := s.beyond(q)
	if answer.Verdict == authz.Allowed && !s.isRefused(answer.Witness) {
		answer = s.refusedElsewhere(q, answer)
	}
	if answer.Verdict != authz.Denied {
		return answer
	}
	for _, g := range s.inquiry.about(q.Actions...) {
		if by := g.refuses(s, q); by.Verdict != authz.Denied {
			return by
		}
	}
	return answer
}

// isRefused decides a request with the policy of its resource, which may grant what
// the subject's own policies do not.
func (s *Subject) isRefused(w *authz.Witness) bool {
	return authz.Decide(s.Replay(w)).Verdict == authz.Denied
}

// refusedElsewhere looks for a refused request on resources that have no policy in
// the input, after one was found on one that has.
func (s *Subject) refusedElsewhere(q *authz.Query, found authz.Answer) authz.Answer {
	out := *q
	out.NotResources = slices.Clone(q.NotResources)
	for _, g := range s.inquiry.about(q.Actions...) {
		if _, about := g.narrow(q); about && !g.Resource.IsEmpty() {
			out.NotResources = append(out.NotResources, g.On...)
		}
	}
	if answer := s.beyond(&out); answer.Verdict == authz.Allowed && s.isRefused(answer.Witness) {
		return answer
	}
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: found.Witness, AssumedAccount: found.AssumedAccount,
		Reasons: []authz.Reason{{Text: "the policy of " + found.Witness.Resource.String() + " may allow it"}},
	}
}

// beyond looks for a request that the subject's own policies do not allow. One who
// is allowed everything could give itself other tags first, which the subject
// perhaps cannot; only about that request of its own the question is put with it.
func (s *Subject) beyond(q *authz.Query) authz.Answer {
	tagging := "iam:TagRole"
	if s.Entity.Kind == iam.User {
		tagging = "iam:TagUser"
	}
	own := s.Whole.ARN
	untagging := s.unlimited()
	untagging.Identity = []*authz.Policy{everything, authz.Compile(&policy.Document{
		Version: policy.Literal("2012-10-17"),
		Statements: []*policy.Statement{{
			Effect: policy.Deny, Action: []policy.Element{{Text: policy.Literal(tagging)}}, Resource: []policy.Element{{Text: own}},
		}},
	})}
	asked := *q
	asked.Beyond = s.Whole
	answer := authz.Search(untagging, s.Universe, &asked)
	takes := func(pattern string) bool { return policy.GlobFold(pattern, tagging) }
	if answer.Verdict != authz.Denied || !slices.ContainsFunc(q.Actions, takes) {
		return answer
	}
	asked.Actions = []string{tagging}
	return authz.Search(s.unlimited(), s.Universe, &asked)
}

// refuses asks whether the policy of a resource refuses the subject some request of
// a query that its own policies allow: one of its Denies, or a trust policy that
// does not allow it.
func (g *ResourceBased) refuses(s *Subject, q *authz.Query) authz.Answer {
	narrowed, about := g.narrow(q)
	if !about {
		return authz.Answer{Verdict: authz.Denied}
	}
	perhaps := authz.Answer{Reasons: []authz.Reason{{Text: "the policy of " + g.Addresses[0] + " may refuse some of it"}}}
	if g.Policy.Document == nil || g.Role != nil {
		return perhaps
	}
	denies := *g.Policy.Document
	denies.Statements = nil
	for _, st := range g.Policy.Document.Statements {
		if st.Effect == policy.Allow || st.Effect == policy.Deny && authz.Names(st, s.Whole).Denied == authz.Denied {
			continue
		}
		turned := *st
		turned.Effect, turned.Principal, turned.NotPrincipal = policy.Allow, nil, nil
		denies.Statements = append(denies.Statements, &turned)
	}
	if len(denies.Statements) == 0 {
		return authz.Answer{Verdict: authz.Denied}
	}
	refused := s.unlimited()
	refused.Identity = []*authz.Policy{authz.Compile(&denies)}
	answer := authz.Search(refused, s.Universe, narrowed)
	if answer.Verdict == authz.Denied || answer.Verdict == authz.Allowed && s.isRefused(answer.Witness) {
		return answer
	}
	return perhaps
}
