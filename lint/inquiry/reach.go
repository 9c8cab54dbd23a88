package inquiry

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// cannotReach asks for a way to a goal.
func (t *Tests) cannotReach(x *expect.Expectation, s *Subject) (*Outcome, error) {
	goal, key, err := t.goal(x, s)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Expectation: x, Subject: s}
	if len(goal.Queries) > 0 {
		out.Query = goal.Queries[0]
		if out.Empty = s.empty(goal.Queries); out.Empty != "" {
			out.Status, out.Answer.Verdict = Failed, authz.Denied
			return out, nil
		}
	}
	search := t.searches[key]
	if search == nil {
		goal.Unseen = t.unseen
		search = escalation.NewGoalSearch(t.account, goal)
		t.searches[key] = search
	}
	path, verdict := search.PathFrom(s.Entity)
	out.Path, out.Answer = path, authz.Answer{Verdict: verdict}
	switch {
	case path != nil:
		out.Answer.Reasons = path.Reasons
	case verdict == authz.Allowed && len(goal.Queries) > 0:
		out.Answer = s.allowedOf(goal.Queries)
	case verdict == authz.Undetermined && len(s.Unseen) > 0:
		out.Answer.Reasons = []authz.Reason{{Text: s.Unseen[0] + " is not in the input"}}
	case verdict == authz.Undetermined:
		out.Answer.Reasons = []authz.Reason{{
			Text: "it is not known all that " + s.Entity.Address + " is allowed, or there are too many ways to follow",
		}}
	}
	out.Status = statusOf(out.Answer.Verdict, authz.Denied)
	return out, nil
}

// unseen says which identity-based policy of an entity is not in the input; "" for
// none.
func (t *Tests) unseen(e *iam.Entity) string {
	s := t.Subject(e)
	if !slices.ContainsFunc(s.Whole.Identity, isHiddenPolicy) {
		return "" // the document of a boundary takes away, and grants nothing
	}
	return s.Unseen[0]
}

// allowedOf is the answer to the first of some questions to which it is yes.
func (s *Subject) allowedOf(queries []*authz.Query) authz.Answer {
	for _, q := range queries {
		if answer := s.AskAll(q); answer.Verdict == authz.Allowed {
			return answer
		}
	}
	return authz.Answer{Verdict: authz.Allowed}
}

// goal is what a test says that nobody may reach, and a key for it.
func (t *Tests) goal(x *expect.Expectation, s *Subject) (goal escalation.Goal, key string, err error) {
	word := x.What
	if word.Text == expect.Administrator {
		return escalation.Goal{Administrator: true}, word.Text, nil
	}
	found := t.named(word.Text)
	switch {
	case len(found) == 1:
		return escalation.Goal{Entity: found[0]}, found[0].Address, nil
	case len(found) > 1:
		return goal, "", unresolved(word.At, "%s may be one of several, such as %s and %s; name one by its address or ARN", word.Text,
			found[0].Address, found[1].Address)
	}
	if serviceOf(word.Text) != word.Text && !isARN(word.Text) {
		if err := checkAction(word); err != nil {
			return goal, "", err
		}
		goal.Queries, err = t.queries(x, s)
		return goal, keyOf(goal.Queries), err
	}
	known := []string{expect.Administrator}
	for _, e := range t.Entities() {
		known = append(known, namesOf(e)...)
	}
	return goal, "", unresolved(word.At, "%s is nothing that can be reached: it is neither %s, nor a role or user of the input, nor an "+
		"action%s", word.Text, expect.Administrator, lint.Suggest(word.Text, known))
}

func isARN(text string) bool {
	_, ok := policy.ParseARN(policy.Literal(text))
	return ok
}

// keyOf is equal for questions that ask the same.
func keyOf(queries []*authz.Query) string {
	var b strings.Builder
	texts := func(list []policy.Text) {
		for _, x := range list {
			fmt.Fprintf(&b, "%q ", x.Key())
		}
		b.WriteString("; ")
	}
	for _, q := range queries {
		fmt.Fprintf(&b, "%q ", q.Actions)
		texts(q.Resources)
		texts(q.NotResources)
		for i := range q.Keys {
			k := &q.Keys[i]
			fmt.Fprintf(&b, "%q %v %v ", k.Key, k.Absent, k.Present)
			texts(k.In)
			texts(k.NotIn)
		}
	}
	return b.String()
}
