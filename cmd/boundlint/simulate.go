package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
)

func (p *program) simulateCommand() *cli.Command {
	return &cli.Command{
		Name:      "simulate",
		Usage:     "decide one request of a role or user and show why",
		ArgsUsage: "--as ENTITY --action ACTION [--resource RESOURCE] [--context KEY=VALUE]... [PATH...]",
		Description: `It decides what AWS would decide, before anything is deployed, and shows what each
layer of policies has to say. A condition key that is neither given nor told by
the input is not in the request; KEY= says so of one that would be.

With --search it looks for any request of that shape that is allowed: ACTION and
RESOURCE are patterns, several values of a key are alternatives, and a key that is
not given may hold anything.

The exit code is 0 whatever the decision, and 2 for wrong usage or an input that
could not be read. With --expect it is 1 where the decision is another one.`,
		Flags: p.askFlags(
			&cli.StringFlag{Name: "as", Usage: "the role or user that makes the request, an `ENTITY` by address, ARN or name"},
			&cli.StringFlag{Name: "action", Usage: "the `ACTION`, such as iam:CreateRole"},
			&cli.StringFlag{Name: "resource", Usage: "the `RESOURCE`, an ARN or an address of the input; * where none is given"},
			&cli.StringSliceFlag{Name: "context", Usage: "a condition key of the request, `KEY=VALUE`; repeated for one key it is multi-valued"},
			&cli.StringSliceFlag{Name: "with-policy", Usage: "as if the entity had this managed `POLICY` besides, by ARN, address or the name of " +
				"one of AWS's; may be repeated"},
			&cli.BoolFlag{Name: "search", Usage: "find any request of that shape that is allowed"},
			&cli.StringFlag{Name: "expect", Usage: "exit with 1 where the decision is not this `DECISION`: allowed or denied"},
		),
		Action: func(c *cli.Context) error { return p.simulate(c) },
	}
}

func (p *program) simulate(c *cli.Context) error {
	asJSON, err := answerFormat(c)
	if err != nil {
		return err
	}
	if err := checkSimulated(c); err != nil {
		return err
	}
	q, err := p.inquire(c, c.Args().Slice())
	if err != nil || len(q.models) == 0 {
		return err
	}
	who, model, err := q.subject(c.String("as"), slices.Concat([]string{c.String("resource")}, contextTexts(c))...)
	if err != nil {
		return err
	}
	s := &simulation{asked: model, subject: who, action: canonicalAction(c.String("action")), verbose: c.Bool("verbose")}
	if s.context, err = model.context(c.StringSlice("context")); err != nil {
		return err
	}
	if resource := c.String("resource"); resource != "" {
		if s.resource, err = model.resource(resource); err != nil {
			return err
		}
	}
	if err := s.addPolicies(c.StringSlice("with-policy")); err != nil {
		return err
	}
	if c.Bool("search") {
		s.search()
	} else {
		s.decide()
	}
	if expected := c.String("expect"); expected != "" && expected != s.explanation.Verdict.String() && p.code == exitClean {
		p.code = exitFindings
	}
	if asJSON {
		return p.writeJSON(s.json())
	}
	return p.write(s.text())
}

// checkSimulated checks what is asked for.
func checkSimulated(c *cli.Context) error {
	action := c.String("action")
	switch service, name, found := strings.Cut(action, ":"); {
	case c.String("as") == "":
		return usagef("boundlint simulate needs --as: the address, ARN or name of a role or user")
	case action == "":
		return usagef("boundlint simulate needs --action, such as iam:CreateRole")
	case action != "*" && (!found || service == "" || name == ""):
		return usagef("--action takes the full name of an action, such as iam:CreateRole, not %s", action)
	case !c.Bool("search") && strings.ContainsAny(action, "*?"):
		return usagef("--action %s names many actions; --search finds one of them that is allowed", action)
	}
	names := []string{authz.Allowed.String(), authz.Denied.String()}
	if expected := c.String("expect"); c.IsSet("expect") && !slices.Contains(names, expected) {
		return usagef("--expect takes allowed or denied, not %s%s", expected, lint.Suggest(expected, names))
	}
	return nil
}

// contextTexts are the values in --context.
func contextTexts(c *cli.Context) []string {
	var out []string
	for _, f := range c.StringSlice("context") {
		_, value, _ := strings.Cut(f, "=")
		out = append(out, value)
	}
	return out
}

// canonicalAction is the documented spelling of an action.
func canonicalAction(action string) string {
	if a, ok := catalog.LookupAction(action); ok {
		return a.String()
	}
	return action
}

// simulation is one request, or the shape of one, and what became of it.
type simulation struct {
	asked    *asked
	subject  *inquiry.Subject
	action   string
	resource policy.Text
	context  *contextValues
	verbose  bool
	added    []string
	// facts are condition keys that the input tells.
	facts []inquiry.Fact

	// request is what was decided: as asked, or the witness; nil where the
	// search found none.
	request       *authz.Request
	explanation   authz.Explanation
	misses        []authz.Miss
	resourceBased *inquiry.ResourceBased
	// answer is that of a search, asking what it was about.
	answer *authz.Answer
	asking string
	closed string
}

func (s *simulation) addPolicies(names []string) error {
	var list []*authz.Policy
	for _, name := range names {
		one := s.asked.Policy(name)
		if one == nil {
			return usagef("%s is neither a managed policy of the input nor one of AWS's", name)
		}
		list = append(list, one)
		s.added = append(s.added, name)
	}
	s.subject = s.subject.With(list...)
	return nil
}

// decide decides the one request.
func (s *simulation) decide() {
	if s.resource.IsEmpty() {
		s.resource = policy.Literal("*")
	}
	r, based := s.subject.Request(s.action, s.resource)
	for _, f := range s.asked.Facts(s.action, s.resource) {
		if s.context.has(f.Key) {
			continue
		}
		s.facts = append(s.facts, f)
		if f.Hidden {
			r.Context.SetHidden(f.Key)
		} else if len(f.Values) > 0 {
			r.Context.SetTexts(f.Key, f.Values...)
		}
	}
	for _, key := range s.context.keys {
		if values := s.context.values[key]; len(values) > 0 {
			r.Context.SetTexts(key, values...)
		} else {
			r.Context.SetAbsent(key)
		}
	}
	s.subject.AddUnseenPolicy(r)
	s.request, s.resourceBased = r, based
	s.explanation, s.misses = authz.Explain(r), authz.Misses(r)
}

// search looks for a request of the shape.
func (s *simulation) search() {
	query := &authz.Query{Actions: []string{s.action}}
	if known, ok := s.resource.Known(); !s.resource.IsEmpty() && (!ok || known != "*") {
		query.Resources = []policy.Text{s.resource}
	}
	query.Keys = s.context.constraints()
	s.found(s.subject.AskAll(query), query)
}

// found takes the answer of a search as what became of it.
func (s *simulation) found(answer authz.Answer, query *authz.Query) {
	s.answer = &answer
	w := answer.Witness
	if w == nil {
		w = answer.Perhaps
	}
	if w == nil {
		s.explanation.Verdict = answer.Verdict
		s.explanation.Reasons = answer.Reasons
		if answer.Verdict == authz.Denied {
			s.closed = s.closer(query)
		}
		return
	}
	s.request = s.subject.Replay(w)
	s.subject.AddUnseenPolicy(s.request)
	s.asking = shapeText(s.action, s.resource)
	s.action, s.resource = w.Action, w.Resource
	_, s.resourceBased = s.subject.Request(w.Action, w.Resource)
	s.explanation, s.misses = authz.Explain(s.request), authz.Misses(s.request)
	s.explanation.Verdict = answer.Verdict
	if answer.Verdict == authz.Undetermined {
		s.explanation.Reasons = answer.Reasons
	}
}

// shapeText is what a search is about.
func shapeText(action string, resource policy.Text) string {
	if text, known := resource.Known(); known && (text == "" || text == "*") {
		return action + " on any resource"
	}
	return action + " on " + resource.String()
}

// closer says which layer keeps the subject from every request of the query.
func (s *simulation) closer(query *authz.Query) string {
	without := func(change func(*authz.Principal)) bool {
		p := *s.subject.Whole
		change(&p)
		return authz.Search(&p, s.subject.Universe, query).Verdict != authz.Denied
	}
	organization := func(p *authz.Principal) { p.SCPs, p.RCPs = nil, nil }
	boundary := func(p *authz.Principal) { p.Boundary = nil }
	everything := func(p *authz.Principal) {
		p.Identity = append(slices.Clone(p.Identity), authz.Bearer(p.ARN, p.Kind, nil).Identity...)
	}
	switch {
	case without(func(*authz.Principal) {}):
		return "its own policies allow it, and the policy of the resource does not"
	case without(boundary):
		return "its permissions boundary takes away what its identity-based policies allow"
	case without(organization):
		return "the organization policies take away what its identity-based policies allow"
	case without(everything):
		return "no statement of its identity-based policies allows such a request"
	case without(func(p *authz.Principal) { boundary(p); organization(p); everything(p); denyless(p) }):
		return "a deny statement stands against it, or another layer, even if its identity-based policies allowed everything"
	}
	return "there is no such request"
}

// denyless leaves the principal without what denies.
func denyless(p *authz.Principal) { p.Identity = p.Identity[len(p.Identity)-1:] }

// simulateAnswer is the JSON of simulate.
type simulateAnswer struct {
	Decision   string            `json:"decision"`
	Layers     []layerAnswer     `json:"layers"`
	Statements []statementAnswer `json:"statements"`
	// Because is the decision in a sentence.
	Because string         `json:"because"`
	Entity  entityAnswer   `json:"entity"`
	Request *witnessAnswer `json:"request"`
	Notes   []string       `json:"notes"`
}

type layerAnswer struct {
	Layer string `json:"layer"`
	// Decision is that of the layer by itself.
	Decision string `json:"decision"`
	// Explicit tells that a deny statement applies, or may.
	Explicit bool `json:"explicitDeny"`
	// Level is that of an organization, from the root.
	Level int `json:"level,omitempty"`
}

type statementAnswer struct {
	Layer  string `json:"layer"`
	Effect string `json:"effect"`
	// Applies is yes, perhaps or no: statements about the action that do not
	// apply are listed too.
	Applies string `json:"applies"`
	Sid     string `json:"sid"`
	// Index counts from 0.
	Index    int             `json:"index"`
	Address  string          `json:"address"`
	Location *locationAnswer `json:"location"`
	// Text is the statement in canonical JSON, "" where it is sensitive.
	Text    string   `json:"statement"`
	Because []string `json:"because,omitempty"`
}

type locationAnswer struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

func (s *simulation) json() *simulateAnswer {
	out := &simulateAnswer{
		Decision: s.explanation.Verdict.String(), Layers: []layerAnswer{}, Statements: []statementAnswer{},
		Because: s.because(), Entity: describe(s.subject.Entity, s.asked.Model), Notes: append([]string{}, s.notes()...),
	}
	if s.request == nil {
		return out
	}
	out.Request = s.requestAnswer()
	for _, l := range s.explanation.Layers {
		out.Layers = append(out.Layers, layerAnswer{
			Layer: string(l.Layer), Decision: layerVerdict(l).String(), Explicit: l.Deny != authz.Denied, Level: l.Level,
		})
		for _, x := range l.Statements {
			a := s.statement(x.Ref, l.Layer)
			a.Applies = "yes"
			if !x.Certain {
				a.Applies = "perhaps"
				a.Because = append(a.Because, inquiry.Because(x.Reasons))
			}
			out.Statements = append(out.Statements, a)
		}
		for _, m := range s.missesOf(l) {
			a := s.statement(m.Ref, m.Layer)
			a.Applies, a.Because = "no", s.obstacles(m)
			out.Statements = append(out.Statements, a)
		}
	}
	return out
}

// layerVerdict is the decision of a layer by itself.
func layerVerdict(l authz.LayerResult) authz.Verdict {
	switch {
	case l.Deny == authz.Allowed:
		return authz.Denied
	case l.Deny == authz.Undetermined && l.Allow != authz.Denied:
		return authz.Undetermined
	}
	return l.Allow
}

func (s *simulation) statement(ref authz.Ref, layer authz.Layer) statementAnswer {
	out := statementAnswer{Layer: string(layer), Index: ref.Statement}
	place, ok := s.subject.Place(ref)
	if ok {
		out.Address = place.Address
		if place.Location.HasFile() {
			out.Location = &locationAnswer{place.Location.File, place.Location.Range.Start.Line}
		}
	}
	if source := ref.Source(); source != nil {
		out.Effect = effectName(source.Effect)
		out.Index = source.Index
		if !place.Sensitive {
			out.Sid = source.Sid.String()
			out.Text = policy.PrintStatement(source, policy.PrintOptions{})
		}
	}
	return out
}

func effectName(e policy.Effect) string {
	switch e {
	case policy.Allow:
		return "Allow"
	case policy.Deny:
		return "Deny"
	case policy.EffectUnknown:
	}
	return ""
}

// requestAnswer is the request that was decided.
func (s *simulation) requestAnswer() *witnessAnswer {
	out := &witnessAnswer{
		Principal: s.subject.Entity.ARN.String(), Action: s.request.Action, Resource: s.request.Resource.String(), Context: map[string][]string{},
	}
	for _, key := range s.request.Context.Keys() {
		for _, v := range s.request.Context.Get(key) {
			out.Context[key] = append(out.Context[key], v.String())
		}
	}
	if s.answer != nil {
		w := s.answer.Witness
		if w == nil {
			w = s.answer.Perhaps
		}
		out.Absent = w.Absent
		for _, f := range w.First {
			out.First = append(out.First, f.String())
		}
		return out
	}
	for _, key := range s.context.keys {
		if len(s.context.values[key]) == 0 {
			out.Absent = append(out.Absent, key)
		}
	}
	return out
}

// notes say what a person should know about the question.
func (s *simulation) notes() []string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	known, inCatalog := catalog.LookupAction(s.action)
	out = append(out, unknownAction(s.action)...)
	if len(s.added) > 0 {
		note("As if it had %s besides its own policies.", strings.Join(s.added, ", "))
	}
	if s.answer == nil {
		if inCatalog && !known.TakesNoResource() {
			if text, ok := s.resource.Known(); ok && text == "*" {
				note("%s acts on a resource; with --resource * only statements about * count. Name one, or ask with --search.", s.action)
			} else if ok && strings.ContainsAny(text, "*?") {
				note("A request names one resource: %s is taken letter by letter. --search takes patterns.", text)
			}
		}
		out = append(out, s.keyNotes(known)...)
	}
	assumed := s.asked.assumed
	if s.answer != nil && assumed == "" {
		assumed = s.answer.AssumedAccount
	}
	if assumed != "" {
		note("Account %s is taken to be the one that this is deployed to.", assumed)
	}
	for _, u := range s.subject.Unseen {
		note("Not in the input: %s.", u)
	}
	return out
}

// actionsNear are actions of the same service.
// unknownAction is the note about an action, or a pattern of actions, that
// AWS's lists do not have; none where they have it.
func unknownAction(action string) []string {
	for range catalog.ActionsMatching(action) {
		return []string{}
	}
	return []string{fmt.Sprintf("AWS's list of actions of %s has no %s%s", catalog.Datasets()[0].Date.Format(time.DateOnly), action,
		lint.Suggest(action, actionsNear(action)))}
}

func actionsNear(action string) []string {
	var out []string
	service, _, _ := strings.Cut(action, ":")
	for a := range catalog.ActionsMatching(service + ":*") {
		out = append(out, a.String())
	}
	return out
}

// keyNotes are about condition keys: given ones that the action does not
// carry, and missing ones that statements ask for.
func (s *simulation) keyNotes(action *catalog.Action) []string {
	var out []string
	if action != nil {
		for _, key := range s.context.keys {
			if action.Presence(key) == catalog.PresentNever && len(s.context.values[key]) > 0 {
				out = append(out, fmt.Sprintf("AWS puts no %s into requests for %s; it counts here as given.", key, s.action))
			}
		}
	}
	out = append(out, s.sessionNotes()...)
	var missing []string
	for _, m := range s.misses {
		if !slices.ContainsFunc(s.explanation.Layers, func(l authz.LayerResult) bool { return l.Layer == m.Layer && missMatters(m, l) }) {
			continue
		}
		for i := range m.Conditions {
			key, known := m.Conditions[i].Key.Known()
			lacks := known && !s.context.has(key) && s.request.Context.Get(key) == nil && !implied(key)
			carried := (action == nil || action.Presence(key) != catalog.PresentNever) && !s.request.Principal.Lacks(key)
			if lacks && carried && !slices.ContainsFunc(s.facts, func(f inquiry.Fact) bool { return strings.EqualFold(f.Key, key) }) &&
				!slices.Contains(missing, key) {
				missing = append(missing, key)
			}
		}
	}
	if len(missing) > 0 {
		out = append(out, fmt.Sprintf("Statements ask for %s, which this request lacks; --context %s=VALUE puts it in.",
			strings.Join(missing, " and "), missing[0]))
	}
	return out
}

// sessionNotes are about keys that the subject's requests never carry.
func (s *simulation) sessionNotes() []string {
	var out []string
	for _, key := range s.context.keys {
		// A false value tells the same as none.
		if values := s.context.values[key]; len(values) > 0 && !slices.ContainsFunc(values, policy.Literal("false").Equal) &&
			s.request.Principal.Lacks(key) {
			out = append(out, fmt.Sprintf("No request of %s carries %s; it counts here as given.", s.subject.Entity.Address, key))
		}
	}
	return out
}

// implied reports whether the principal itself gives a key.
func implied(key string) bool {
	switch strings.ToLower(key) {
	case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username", "aws:principalisawsservice":
		return true
	}
	return strings.HasPrefix(strings.ToLower(key), "aws:principaltag/")
}
