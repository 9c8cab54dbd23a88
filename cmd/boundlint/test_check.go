package main

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// testCheck is one expectation of one entity, in words. It is put into words at
// once: the next file of tests links the input in its own way.
type testCheck struct {
	ok       bool
	status   inquiry.Status
	expected string
	file     string
	line     int
	entity   entityAnswer
	// said is what is the case, in a sentence; proof shows it, as simulate does.
	said, proof string
	witness     *witnessAnswer
	steps       []stepAnswer
}

// stepAnswer is a step of a way to a goal.
type stepAnswer struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Way      string   `json:"way"`
	Message  string   `json:"message"`
	Requests []string `json:"requests"`
}

func newTestCheck(o *inquiry.Outcome, model *asked, verbose bool) *testCheck {
	out := &testCheck{
		ok: o.OK(), status: o.Status, expected: expectedText(o.Expectation), file: o.At.File, line: o.At.Range.Start.Line,
		entity: describe(o.Subject.Entity, model.Model),
	}
	if o.Status == inquiry.Passed {
		if o.Kind == expect.Allow {
			out.witness = witness(o.Subject, o.Answer.Witness)
		}
		return out
	}
	switch {
	case o.Empty != "":
		out.said = o.Empty
	case o.Kind == expect.CannotReach && (o.Path != nil || o.Answer.Witness == nil):
		out.reach(o)
	default:
		out.decide(o, model, verbose)
	}
	return out
}

// expectedText is an expectation as the file has it, in short.
func expectedText(x *expect.Expectation) string {
	switch x.Kind {
	case expect.Deny:
		return "deny " + x.What.Text + shapeOf(x)
	case expect.Allow:
		return "allow " + x.What.Text + shapeOf(x)
	case expect.AllowEvery:
		return "allow every " + x.What.Text + shapeOf(x)
	case expect.CannotReach:
	}
	return "cannot reach " + x.What.Text + shapeOf(x)
}

// shapeOf is what an expectation says of requests besides their action.
func shapeOf(x *expect.Expectation) string {
	out := ""
	add := func(word string, list []string) {
		if len(list) > 0 {
			out += " " + word + " " + phrase.Some(list, 2)
		}
	}
	add("on", valueTexts(x.Resources))
	add("not on", valueTexts(x.NotResources))
	add("with", keyTexts(x.With))
	for _, keys := range x.Unless {
		add("unless", keyTexts(keys))
	}
	return out
}

func valueTexts(list []expect.Value) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.String())
	}
	return out
}

func keyTexts(list []expect.Key) []string {
	var out []string
	for _, k := range list {
		value := "null"
		if !k.Absent {
			value = strings.Join(valueTexts(k.Values), " or ")
		}
		out = append(out, k.Name.Text+" = "+value)
	}
	return out
}

// decide shows a decision as simulate does.
func (k *testCheck) decide(o *inquiry.Outcome, model *asked, verbose bool) {
	s := &simulation{
		asked: model, subject: o.Subject, action: canonicalAction(o.What.Text), context: contextOf(o.Query), verbose: verbose,
	}
	if len(o.Query.Resources) > 0 {
		s.resource = o.Query.Resources[0]
	}
	concrete := !isPattern(s.action) && len(o.Query.Resources) < 2 && !isPattern(s.resource.String())
	switch {
	case o.Kind == expect.AllowEvery:
		s.refused(o.Answer)
	case o.Answer.Verdict == authz.Denied && concrete:
		s.decide()
	default:
		s.context = &contextValues{values: map[string][]policy.Text{}}
		s.found(o.Answer, o.Query)
	}
	if s.request != nil {
		k.witness = s.requestAnswer()
	}
	k.said, k.proof = s.because(), s.text()
}

func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

// contextOf are the values that a question demands of condition keys, of
// alternatives the first.
func contextOf(q *authz.Query) *contextValues {
	out := &contextValues{values: map[string][]policy.Text{}}
	for _, k := range q.Keys {
		if len(k.In) > 0 || k.Absent {
			out.keys = append(out.keys, k.Key)
			out.values[k.Key] = k.In[:min(1, len(k.In))]
		}
	}
	return out
}

// refused takes the answer to whether a request is refused: the request is
// shown with what refuses it.
func (s *simulation) refused(answer authz.Answer) {
	w := answer.Witness
	if w == nil {
		w = answer.Perhaps
	}
	s.answer = &answer
	if w == nil {
		s.explanation.Verdict, s.explanation.Reasons = answer.Verdict, answer.Reasons
		return
	}
	s.request = s.subject.Replay(w)
	s.asking = shapeText(s.action, s.resource)
	s.action, s.resource = w.Action, w.Resource
	_, s.resourceBased = s.subject.Request(w.Action, w.Resource)
	s.explanation, s.misses = authz.Explain(s.request), authz.Misses(s.request)
	if answer.Verdict == authz.Undetermined {
		s.explanation.Verdict, s.explanation.Reasons = authz.Undetermined, answer.Reasons
	}
}

// reach shows the way to a goal.
func (k *testCheck) reach(o *inquiry.Outcome) {
	who := phrase.Entity(o.Subject.Entity)
	switch {
	case o.Path == nil && o.Status == inquiry.Undecided:
		k.said = "Undetermined, because " + inquiry.Because(o.Answer.Reasons) + "."
		return
	case o.Path == nil:
		k.said = phrase.Capital(who) + isThere(o.What.Text)
		return
	}
	end := ""
	for _, step := range o.Path.Steps {
		one := stepOf(step)
		k.steps, end = append(k.steps, one), one.To
	}
	k.said = fmt.Sprintf("%s can reach %s in %s.", phrase.Capital(who), o.What.Text, phrase.Count(len(k.steps), "step", "steps"))
	if o.Status == inquiry.Undecided {
		k.said = fmt.Sprintf("Whether %s can reach %s is undetermined, because %s; this would be the way.", who, o.What.Text,
			inquiry.Because(o.Answer.Reasons))
	}
	var b strings.Builder
	for i, step := range k.steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, step.Message)
		for _, r := range step.Requests {
			fmt.Fprintf(&b, "   %s\n", r)
		}
	}
	if o.Path.End == escalation.EndControlled {
		fmt.Fprintf(&b, "It does not act as %[1]s, but decides what %[1]s may do.\n", end)
	}
	if goal := o.Path.Goal; goal != nil {
		k.witness = witness(o.Subject, goal)
		fmt.Fprintf(&b, "Then this is allowed: %s\n", requestText(goal))
	}
	k.proof = k.said + "\n" + b.String()
}

// isThere completes the sentence about one who needs no way to a goal.
func isThere(goal string) string {
	switch {
	case goal == expect.Administrator:
		return " is an administrator itself."
	case strings.Contains(goal, ":") && !strings.HasPrefix(goal, "arn:"):
		return " is allowed " + goal + " itself."
	}
	return " is " + goal + " itself."
}

func stepOf(s escalation.Step) stepAnswer {
	out := stepAnswer{From: nodeText(s.From), To: nodeText(s.To), Way: s.Way.ID, Requests: []string{}}
	out.Message = fmt.Sprintf("%s can %s", phrase.Capital(out.From), s.Way.Name)
	if out.To != out.From {
		out.Message += ": " + out.To
	}
	out.Message += " (" + s.Way.ID + ")"
	for _, r := range s.Requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		if w != nil {
			out.Requests = append(out.Requests, requestText(w))
		}
	}
	return out
}

func nodeText(n escalation.Node) string {
	if n.Entity != nil {
		return phrase.Entity(n.Entity)
	}
	return n.Made
}
