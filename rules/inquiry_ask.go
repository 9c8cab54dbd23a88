package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Guarded is a resource of the input that has a policy of its own: a bucket, a
// key, a role with its trust policy.
type Guarded struct {
	// Addresses are the resources that hold the policy.
	Addresses []string
	// Resource is the ARN of what is protected; On are patterns for it and
	// what is in it.
	Resource policy.Text
	On       []policy.Text
	Policy   *authz.Policy
	// Role is set for a trust policy.
	Role *iam.Entity

	documents []*iam.Document
}

// guard collects what has a policy of its own. Several policies of one
// resource, such as the permissions of a function, count as one.
func (q *Inquiry) guard() {
	for _, e := range q.Entities() {
		if e.Kind == iam.Role && e.Trust != nil && e.Trust.Document != nil && !e.ARN.IsEmpty() {
			q.guarded = append(q.guarded, &Guarded{
				Addresses: []string{e.Address}, Resource: e.ARN, On: []policy.Text{e.ARN}, Role: e, documents: []*iam.Document{e.Trust},
			})
		}
	}
	for _, p := range q.Model.ResourcePolicies {
		if p.Change == iam.ChangeDelete || p.Change == iam.ChangeForget || p.Document == nil || p.Document.Document == nil || p.Resource.IsEmpty() {
			continue
		}
		i := slices.IndexFunc(q.guarded, func(g *Guarded) bool { return g.Role == nil && g.Resource.Equal(p.Resource) })
		if i < 0 {
			i = len(q.guarded)
			within := func(tail string) policy.Text { return policy.Concat(p.Resource, policy.Literal(tail)) }
			q.guarded = append(q.guarded, &Guarded{Resource: p.Resource, On: []policy.Text{p.Resource, within("/*"), within(":*")}})
		}
		g := q.guarded[i]
		g.Addresses = append(g.Addresses, p.Address)
		g.documents = append(g.documents, p.Document)
	}
	for _, g := range q.guarded {
		q.join(g)
	}
}

// join compiles the documents of a resource as one.
func (q *Inquiry) join(g *Guarded) {
	all := &policy.Document{Version: g.documents[0].Version}
	for i, d := range g.documents {
		if d.Document.Unknown != nil {
			g.Policy = authz.Hidden(d.Document.Unknown)
			return
		}
		all.Invalid = all.Invalid || d.Document.Invalid
		for _, s := range d.Document.Statements {
			all.Statements = append(all.Statements, s)
			q.places[s] = Place{
				Address: g.Addresses[i], Sensitive: d.Sensitive, Location: d.StatementLocation(s.Index, policy.Range{}),
			}
		}
	}
	g.Policy = authz.Compile(all)
}

// covers reports whether a resource is the guarded one or in it.
func (g *Guarded) covers(x policy.Text) bool {
	if x.Equal(g.Resource) {
		return true
	}
	whole, known := x.Known()
	own, ownKnown := g.Resource.Known()
	if known && ownKnown {
		rest, found := strings.CutPrefix(whole, own)
		return found && g.Role == nil && (strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, ":"))
	}
	return false
}

// Guarding is the policy of a resource, for requests of the action: a trust
// policy is one for role assumption only. Nil where the input has none.
func (q *Inquiry) Guarding(action string, resource policy.Text) *Guarded {
	for _, g := range q.guarded {
		if g.covers(resource) && (g.Role == nil || isAssumption(action)) {
			return g
		}
	}
	return nil
}

// isAssumption reports whether the action, in any case, is one that a trust
// policy is about.
func isAssumption(action string) bool {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	return service == "sts" && (strings.HasPrefix(name, "assumerole") || name == "tagsession" || name == "setsourceidentity")
}

// Request is a request of the subject with the policy of its resource. Where
// that policy must allow and the input does not have it, it is a hidden one.
func (s *Subject) Request(action string, resource policy.Text) (*authz.Request, *Guarded) {
	r := &authz.Request{Principal: s.Principal, Action: action, Resource: resource}
	g := s.inquiry.Guarding(action, resource)
	switch {
	case g != nil:
		r.ResourcePolicy = g.Policy
	case authz.PolicyMustAllow(action) && !isText(resource, "*") && !resource.IsEmpty():
		r.ResourcePolicy = authz.Hidden(&policy.Symbol{Name: hiddenPolicy + resource.String()})
	}
	return r, g
}

// Replay is the request of a witness, with the policy of its resource.
func (s *Subject) Replay(w *authz.Witness) *authz.Request {
	r := w.Request(s.Principal)
	whole, _ := s.Request(w.Action, w.Resource)
	r.ResourcePolicy = whole.ResourcePolicy
	return r
}

// Ask asks whether some request of the query is allowed, like authz.Search,
// with the resource-based policies of the input counted.
func (s *Subject) Ask(query *authz.Query) authz.Answer {
	plain := authz.Search(s.Principal, s.Universe, query)
	if plain.Verdict == authz.Allowed && s.holds(plain.Witness) {
		return plain
	}
	best := plain
	if plain.Verdict == authz.Allowed {
		best = authz.Answer{Verdict: authz.Denied, AssumedAccount: plain.AssumedAccount}
	}
	consider := func(a authz.Answer) bool {
		if a.Verdict == authz.Allowed || a.Verdict == authz.Undetermined && best.Verdict == authz.Denied {
			best = a
		}
		return a.Verdict == authz.Allowed
	}
	var scopes []policy.Text
	for _, g := range s.inquiry.guarded {
		narrowed, ok := g.narrow(query)
		if !ok {
			continue
		}
		scopes = append(scopes, g.On...)
		if consider(authz.Through(s.Principal, s.Universe, narrowed, g.Policy, g.On)) {
			return best
		}
	}
	if plain.Verdict == authz.Allowed {
		consider(s.elsewhere(query, scopes))
	}
	return best
}

// holds reports whether a witness that Search found without resource-based
// policies is allowed with them.
func (s *Subject) holds(w *authz.Witness) bool {
	return authz.Decide(s.Replay(w)).Verdict == authz.Allowed
}

// narrow is the query as far as it is about the guarded resource; false where
// it is not.
func (g *Guarded) narrow(query *authz.Query) (*authz.Query, bool) {
	if !slices.ContainsFunc(query.Actions, g.speaksOf) {
		return nil, false
	}
	out := *query
	if g.Role != nil {
		// One action of the role's own, whatever else the patterns take.
		out.Actions = nil
		for _, pattern := range query.Actions {
			for a := range catalog.ActionsMatching(pattern) {
				if isAssumption(a.String()) {
					out.Actions = append(out.Actions, a.String())
				}
			}
		}
		if len(out.Actions) == 0 {
			return nil, false
		}
	}
	if len(query.Resources) == 0 {
		out.Resources = g.On
		return &out, true
	}
	out.Resources = nil
	for _, x := range query.Resources {
		switch {
		case g.covers(x):
			out.Resources = append(out.Resources, x)
		case coversAll(x, g.Resource):
			out.Resources = append(out.Resources, g.On...)
		case meets(x, g.On):
			out.Resources = append(out.Resources, x)
		}
	}
	return &out, len(out.Resources) > 0
}

// coversAll reports whether a pattern takes the resource.
func coversAll(pattern, resource policy.Text) bool {
	p, known := pattern.Known()
	r, resourceKnown := resource.Known()
	return known && (p == "*" || resourceKnown && policy.Glob(p, r))
}

func meets(pattern policy.Text, on []policy.Text) bool {
	p, known := pattern.Known()
	return known && slices.ContainsFunc(on, func(x policy.Text) bool {
		s, ok := x.Known()
		return ok && policy.GlobsMeet(p, s)
	})
}

// speaksOf reports whether a statement of the policy is about an action that
// the pattern takes.
func (g *Guarded) speaksOf(pattern string) bool {
	if g.Policy.Document == nil {
		return true
	}
	lowered := strings.ToLower(pattern)
	return slices.ContainsFunc(g.Policy.Document.Statements, func(s *policy.Statement) bool {
		return s.Action == nil || slices.ContainsFunc(s.Action, func(e policy.Element) bool {
			own, known := e.Text.Known()
			return !known || policy.GlobsMeet(lowered, strings.ToLower(own))
		})
	})
}

// elsewhere asks of all resources whose policies are not in the input. Where
// such a policy would have to allow, nobody knows whether it does.
func (s *Subject) elsewhere(query *authz.Query, scopes []policy.Text) authz.Answer {
	out := *query
	out.NotResources = slices.Concat(query.NotResources, scopes)
	answer := authz.Search(s.Principal, s.Universe, &out)
	if answer.Verdict != authz.Allowed || !authz.PolicyMustAllow(answer.Witness.Action) {
		return answer
	}
	// Another action of the pattern may not need such a policy.
	out.Actions = nil
	for _, pattern := range query.Actions {
		for a := range catalog.ActionsMatching(pattern) {
			if !authz.PolicyMustAllow(a.String()) {
				out.Actions = append(out.Actions, a.String())
			}
		}
	}
	if other := authz.Search(s.Principal, s.Universe, &out); len(out.Actions) > 0 && other.Verdict == authz.Allowed {
		return other
	}
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
		Reasons: []authz.Reason{{Text: "the policy of " + answer.Witness.Resource.String() + " must allow it too, and is not in the input"}},
	}
}
