package inquiry

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// ResourceBased is a resource of the input that has a policy of its own: a bucket, a
// key, a role with its trust policy.
type ResourceBased struct {
	// Addresses are the resources that hold the policy.
	Addresses []string
	// Service is the prefix of the actions that the policy is about.
	Service string
	// Resource is the ARN of what is protected, empty where the input does not
	// tell; On are patterns for it and what is in it.
	Resource policy.Text
	On       []policy.Text
	Policy   *authz.Policy
	// anywhere is the policy with a wildcard for a region that is not known; nil
	// where it is.
	anywhere *authz.Policy
	// Role is set for a trust policy.
	Role *iam.Entity
	// Perhaps tells that it is not known whether the policy is that of the
	// resource of a request.
	Perhaps bool

	documents []*iam.Document
}

// findResourceBased collects what has a policy of its own. Several policies of one
// resource, such as the permissions of a function, count as one.
func (q *Inquiry) findResourceBased() {
	for p := range q.Model.ResourceBased() {
		if p.Role != nil {
			if !p.Resource.IsEmpty() {
				q.resourceBased = append(q.resourceBased, &ResourceBased{
					Addresses: []string{p.Address}, Service: p.Service, Resource: p.Resource, On: []policy.Text{p.Resource},
					Role: p.Role, documents: []*iam.Document{p.Document},
				})
			}
			continue
		}
		resource := ownARN(p)
		i := slices.IndexFunc(q.resourceBased, func(g *ResourceBased) bool {
			return g.Role == nil && !resource.IsEmpty() && g.Resource.Equal(resource)
		})
		if i < 0 {
			i = len(q.resourceBased)
			q.resourceBased = append(q.resourceBased, &ResourceBased{Service: p.Service, Resource: resource, On: withContents(resource, p.Service)})
		}
		g := q.resourceBased[i]
		g.Addresses = append(g.Addresses, p.Address)
		g.documents = append(g.documents, p.Document)
	}
	for _, g := range q.resourceBased {
		q.join(g)
	}
}

// ownARN is the ARN of what a policy protects. Where the input tells only
// another attribute of it, such as a queue's URL, the policy itself may name
// the one ARN.
func ownARN(p *iam.ResourcePolicy) policy.Text {
	of := p.Resource.Symbol()
	if p.Resource.IsKnown() && !p.Resource.IsEmpty() || of != nil && of.Kind == policy.SymbolReference &&
		strings.HasSuffix(of.Attribute, "arn") {
		return p.Resource
	}
	var named []policy.Text
	for _, st := range p.Document.Statements {
		for _, e := range st.Resource {
			arn, ok := policy.ParseARN(e.Text)
			s := e.Text.Symbol()
			if ok && holders.IsText(arn.Service, p.Service) && !holders.IsWildcard(e.Text) || s != nil && s.Kind == policy.SymbolReference &&
				s.Attribute == "arn" {
				if !slices.ContainsFunc(named, e.Text.Equal) {
					named = append(named, e.Text)
				}
			}
		}
	}
	if len(named) == 1 {
		return named[0]
	}
	for _, s := range p.Resource.Symbols() {
		switch s.Kind {
		case policy.SymbolReference, policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion:
		case policy.SymbolUnknown, policy.SymbolVariable, policy.SymbolDerived, policy.SymbolChoice, policy.SymbolSpread:
			// It may be any of the service.
			return policy.Text{}
		}
	}
	return p.Resource
}

// withContents are patterns for a resource and what is in it. Of an ARN that
// is a symbol as a whole nothing can be said but that it is the same, of one
// that is not known at all only the service.
func withContents(resource policy.Text, service string) []policy.Text {
	switch {
	case resource.IsEmpty():
		return []policy.Text{policy.Literal("arn:*:" + service + ":*:*:*")}
	case resource.Symbol() != nil:
		return []policy.Text{resource}
	}
	within := func(tail string) policy.Text { return policy.Concat(resource, policy.Literal(tail)) }
	return []policy.Text{resource, within("/*"), within(":*")}
}

// join compiles the documents of a resource as one.
func (q *Inquiry) join(g *ResourceBased) {
	all := &policy.Document{Version: g.documents[0].Version}
	for i, d := range g.documents {
		if d.Unknown != nil {
			g.Policy = authz.Hidden(d.Unknown)
			return
		}
		all.Invalid = all.Invalid || d.Invalid
		for _, s := range d.Statements {
			all.Statements = append(all.Statements, s)
			q.places[s] = Place{
				Address: g.Addresses[i], Sensitive: d.Sensitive, Location: d.StatementLocation(s.Index, policy.Range{}),
			}
		}
	}
	g.Policy = authz.Compile(all)
	if _, hidden := inAnyRegion(g.On); hidden {
		g.anywhere = q.inAnyRegion(all)
	}
}

// inAnyRegion compiles a policy with a wildcard for a region that is not known.
func (q *Inquiry) inAnyRegion(d *policy.Document) *authz.Policy {
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		copied := *s
		copied.Resource = slices.Clone(s.Resource)
		for i, e := range s.Resource {
			list, _ := inAnyRegion([]policy.Text{e.Text})
			copied.Resource[i].Text = list[0]
		}
		q.places[&copied] = q.places[s]
		out.Statements = append(out.Statements, &copied)
	}
	return authz.Compile(&out)
}

// covers tells whether a resource is the one that has the policy, or in it.
func (g *ResourceBased) covers(x policy.Text) authz.Verdict {
	if !g.Resource.IsEmpty() {
		own, known := x.Known()
		for _, on := range g.On {
			pattern, patternKnown := on.Known()
			if x.Equal(on) || known && patternKnown && policy.Glob(pattern, own) {
				return authz.Allowed
			}
		}
		if known && g.Resource.IsKnown() {
			return authz.Denied
		}
	}
	if arn, ok := policy.ParseARN(x); ok {
		service := g.Service
		if g.Role != nil {
			service = "iam"
		}
		if known, isKnown := arn.Service.Known(); isKnown && known != service {
			return authz.Denied
		}
	} else if x.Symbol() == nil || x.IsKnown() || x.Symbol().Kind == policy.SymbolReference {
		// "*", or the ARN of something else that the input declares.
		return authz.Denied
	}
	before, own := g.Resource.Prefix(), x.Prefix()
	if !strings.HasPrefix(before, own) && !strings.HasPrefix(own, before) {
		return authz.Denied
	}
	return authz.Undetermined
}

// PolicyOn is the policy of a resource, for requests of the action: a trust
// policy is one for role assumption only. Nil where the input has none.
func (q *Inquiry) PolicyOn(action string, resource policy.Text) *ResourceBased {
	var perhaps []*ResourceBased
	for _, g := range slices.Concat(q.about(action), q.abroad([]policy.Text{resource}, action)) {
		if (g.Role != nil) != isAssumption(action) {
			continue
		}
		switch g.covers(resource) {
		case authz.Allowed:
			return g
		case authz.Undetermined:
			perhaps = append(perhaps, g)
		case authz.Denied:
		}
	}
	if len(perhaps) == 0 {
		return nil
	}
	return doubted(perhaps, resource)
}

// doubted is what policies say to a resource of which it is not known whether
// it is theirs: perhaps all, perhaps nothing.
func doubted(list []*ResourceBased, resource policy.Text) *ResourceBased {
	out := &ResourceBased{Resource: resource, On: []policy.Text{resource}, Service: list[0].Service, Role: list[0].Role, Perhaps: true}
	document := &policy.Document{Version: policy.Literal("2012-10-17")}
	for _, g := range list {
		out.Addresses = append(out.Addresses, g.Addresses...)
		whose := &policy.Symbol{Name: "whether the policy of " + strings.Join(g.Addresses, " and ") + " is that of " + resource.String()}
		if g.Policy.Document == nil {
			out.Policy = authz.Hidden(whose)
			continue
		}
		for _, s := range g.Policy.Document.Statements {
			copied := *s
			if copied.Maybe == nil {
				copied.Maybe = whose
			}
			document.Statements = append(document.Statements, &copied)
		}
	}
	if out.Policy == nil {
		out.Policy = authz.Compile(document)
	}
	return out
}

// isAssumption reports whether the action, in any case, is one that a trust
// policy is about.
func isAssumption(action string) bool {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	return service == "sts" && (strings.HasPrefix(name, "assumerole") || name == "tagsession" || name == "setsourceidentity")
}

// assumptions are the actions that a trust policy is about, which are too few
// to be looked for among all that a wide pattern takes.
var assumptions = sync.OnceValue(func() []string {
	var out []string
	for a := range catalog.ActionsMatching("sts:*") {
		if isAssumption(a.String()) {
			out = append(out, a.String())
		}
	}
	return out
})

// Request is a request of the subject with the policy of its resource. Where
// that policy must allow and the input does not have it, it is a hidden one.
func (s *Subject) Request(action string, resource policy.Text) (*authz.Request, *ResourceBased) {
	r := &authz.Request{
		Principal: s.Whole, Action: action, Resource: resource, ResourceAccount: s.inquiry.bucketOwner(resource),
	}
	g := s.inquiry.PolicyOn(action, resource)
	switch {
	case g != nil:
		r.ResourcePolicy = g.Policy
	case authz.PolicyMustAllow(action) && !holders.IsText(resource, "*") && !resource.IsEmpty():
		r.ResourcePolicy = unseenPolicy(resource)
	}
	return r, g
}

// Replay is the request of a witness, with the policy of its resource.
func (s *Subject) Replay(w *authz.Witness) *authz.Request {
	r := w.Request(s.Whole)
	whole, _ := s.Request(w.Action, w.Resource)
	r.ResourcePolicy, r.ResourceAccount = whole.ResourcePolicy, whole.ResourceAccount
	return r
}

// Ask asks whether some request of the query is allowed, like authz.Search,
// with the resource-based policies of the input counted.
func (s *Subject) Ask(query *authz.Query) authz.Answer {
	if s.outOfReach(query) {
		return authz.Answer{Verdict: authz.Denied}
	}
	query = s.owned(query)
	abroad := s.inquiry.abroad(query.Resources, query.Actions...)
	if len(abroad) == 0 && len(query.Resources) > 0 && !slices.ContainsFunc(query.Resources, s.inquiry.isNotShownAbroad) {
		return authz.Answer{Verdict: authz.Denied} // the policies are there, and say nothing of it
	}
	plain := s.search(query)
	if plain.Verdict == authz.Allowed && s.holds(plain.Witness, query) {
		return plain
	}
	// Without the policies of the resources nothing is certain across accounts.
	open := plain.Verdict == authz.Allowed || plain.Verdict == authz.Undetermined && len(abroad) > 0
	best := plain
	if open {
		best = authz.Answer{Verdict: authz.Denied, AssumedAccount: plain.AssumedAccount}
	}
	consider := func(a authz.Answer) bool {
		if a.Verdict == authz.Allowed || a.Verdict == authz.Undetermined && best.Verdict == authz.Denied {
			best = a
		}
		return a.Verdict == authz.Allowed
	}
	var scopes []policy.Text
	for _, g := range slices.Concat(s.inquiry.about(query.Actions...), abroad) {
		narrowed, ok := g.narrow(query)
		if !ok {
			consider(s.throughPerhaps(g, query))
			continue
		}
		if !g.Resource.IsEmpty() {
			scopes = append(scopes, g.On...)
		}
		if consider(g.through(s.Whole, s.Universe, narrowed)) {
			return best
		}
	}
	if open {
		consider(s.elsewhere(query, scopes))
	}
	if a := s.AskUnseen(query, true); a.Verdict != authz.Denied && best.Verdict != authz.Allowed {
		return a
	}
	return best
}

// throughPerhaps asks of those resources of the query of which it is not known whether
// the policy is theirs.
func (s *Subject) throughPerhaps(g *ResourceBased, query *authz.Query) authz.Answer {
	for _, x := range query.Resources {
		if g.covers(x) != authz.Undetermined {
			continue
		}
		asked := *query
		asked.Resources = []policy.Text{x}
		if answer := doubted([]*ResourceBased{g}, x).through(s.Whole, s.Universe, &asked); answer.Verdict != authz.Denied {
			return answer
		}
	}
	return authz.Answer{Verdict: authz.Denied}
}

// search is authz.Search, without a look at all those actions of a wide
// pattern that nothing allows.
func (s *Subject) search(query *authz.Query) authz.Answer {
	narrowed := *query
	narrowed.Actions = nil
	for _, pattern := range query.Actions {
		if strings.ContainsAny(pattern, "*?") {
			narrowed.Actions = append(narrowed.Actions, authz.Candidates(s.Whole, pattern)...)
		} else {
			narrowed.Actions = append(narrowed.Actions, pattern)
		}
	}
	if len(s.Unseen) == 0 || len(narrowed.Actions) < 2 {
		return authz.Search(s.Whole, s.Universe, &narrowed)
	}
	// A policy that is not known may deny anything: the first request that may
	// be allowed is as good as any.
	actions := narrowed.Actions
	for _, action := range actions {
		narrowed.Actions = []string{action}
		if answer := authz.Search(s.Whole, s.Universe, &narrowed); answer.Verdict != authz.Denied {
			return answer
		}
	}
	return authz.Answer{Verdict: authz.Denied}
}

// holds reports whether a witness that Search found without resource-based
// policies is allowed with them. A resource that Search chose may be one whose
// policy is certainly not among them.
func (s *Subject) holds(w *authz.Witness, query *authz.Query) bool {
	r := s.Replay(w)
	if g := s.inquiry.PolicyOn(w.Action, w.Resource); g != nil && g.Perhaps && !slices.ContainsFunc(query.Resources, w.Resource.Equal) {
		r.ResourcePolicy = nil
		if authz.PolicyMustAllow(w.Action) {
			return false
		}
	}
	return authz.Decide(r).Verdict == authz.Allowed
}

// through asks whether some request of the query is allowed on its
// resource, its policy counted.
func (g *ResourceBased) through(p *authz.Principal, u *authz.Universe, query *authz.Query) authz.Answer {
	own, on, asked := g.Policy, g.On, *query
	if g.anywhere != nil {
		own = g.anywhere
		on, _ = inAnyRegion(on)
		asked.Resources, _ = inAnyRegion(asked.Resources)
	}
	answer := authz.Through(p, u, &asked, own, on)
	if answer.Verdict == authz.Allowed && g.anywhere != nil {
		return authz.Answer{
			Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
			Reasons: []authz.Reason{{Text: "it is not known in which region " + g.Resource.String() + " is"}},
		}
	}
	if answer.Verdict == authz.Allowed && g.Resource.IsEmpty() {
		return authz.Answer{
			Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
			Reasons: []authz.Reason{{Text: "it is not known which resource the policy of " + strings.Join(g.Addresses, " and ") + " is for"}},
		}
	}
	return answer
}

// inAnyRegion are ARNs and patterns with a wildcard for a region that is not known, and
// whether there is such a one.
func inAnyRegion(list []policy.Text) (out []policy.Text, hidden bool) {
	for _, x := range list {
		parts := slices.Clone(x.Parts())
		for i, p := range parts {
			if p.Symbol != nil && p.Symbol.Kind == policy.SymbolRegion {
				parts[i], hidden = policy.Part{Literal: "*"}, true
			}
		}
		out = append(out, policy.NewText(parts...))
	}
	return out, hidden
}

// narrow is the query as far as it is about the resource, of which the policy is
// about one of its actions; false where it is not.
func (g *ResourceBased) narrow(query *authz.Query) (*authz.Query, bool) {
	out := *query
	if g.Role != nil {
		// One action of the role's own, whatever else the patterns take.
		out.Actions = nil
		for _, pattern := range query.Actions {
			for _, action := range assumptions() {
				if policy.GlobFold(pattern, action) {
					out.Actions = append(out.Actions, action)
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
		case g.covers(x) == authz.Allowed:
			out.Resources = append(out.Resources, x)
		case coversAll(x, g.Resource):
			out.Resources = append(out.Resources, g.On...)
		case meets(x, g.On):
			out.Resources = append(out.Resources, x)
		}
	}
	return &out, len(out.Resources) > 0
}

// about are the resources with policies of which a statement is about an action
// that one of some patterns takes, in order.
func (q *Inquiry) about(patterns ...string) []*ResourceBased {
	if len(patterns) == 1 {
		known, ok := q.spoken[patterns[0]]
		if !ok {
			known = q.speaking(patterns)
			q.spoken[patterns[0]] = known
		}
		return known
	}
	return q.speaking(patterns)
}

func (q *Inquiry) speaking(patterns []string) []*ResourceBased {
	return slices.DeleteFunc(slices.Clone(q.resourceBased), func(g *ResourceBased) bool { return !slices.ContainsFunc(patterns, g.speaksOf) })
}

// coversAll reports whether a pattern takes the resource.
func coversAll(pattern, resource policy.Text) bool {
	p, known := pattern.Known()
	r, resourceKnown := resource.Known()
	return known && (p == "*" || resourceKnown && policy.Glob(p, r))
}

// meets reports whether a pattern may take something that others take, too.
func meets(pattern policy.Text, on []policy.Text) bool {
	p, known := pattern.Known()
	return known && slices.ContainsFunc(on, func(x policy.Text) bool {
		s, ok := inAnyPlace(x).Known()
		return ok && policy.GlobsMeet(p, s)
	})
}

// inAnyPlace is an ARN with wildcards for the partition, region and account that are not
// known.
func inAnyPlace(x policy.Text) policy.Text {
	parts := slices.Clone(x.Parts())
	for i, p := range parts {
		if p.Symbol == nil {
			continue
		}
		switch p.Symbol.Kind {
		case policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion:
			parts[i] = policy.Part{Literal: "*"}
		case policy.SymbolUnknown, policy.SymbolVariable, policy.SymbolReference, policy.SymbolDerived, policy.SymbolChoice, policy.SymbolSpread:
		}
	}
	return policy.NewText(parts...)
}

// speaksOf reports whether a statement of the policy is about an action that
// the pattern takes.
func (g *ResourceBased) speaksOf(pattern string) bool {
	lowered := strings.ToLower(pattern)
	switch {
	case !policy.GlobsMeet(lowered, g.Service+":*"):
		return false
	case g.Policy.Document == nil:
		return true
	}
	return slices.ContainsFunc(g.Policy.Document.Statements, func(s *policy.Statement) bool {
		return s.Action == nil || slices.ContainsFunc(s.Action, func(e policy.Element) bool {
			own, known := e.Text.Known()
			return !known || policy.GlobsMeet(lowered, strings.ToLower(own))
		})
	})
}

// elsewhere asks of all resources whose policies are not in the input. Where
// such a policy would have to allow, no principal knows whether it does.
func (s *Subject) elsewhere(query *authz.Query, scopes []policy.Text) authz.Answer {
	out := *query
	out.NotResources = slices.Concat(query.NotResources, scopes)
	answer := s.search(&out)
	if answer.Verdict != authz.Allowed || !authz.PolicyMustAllow(answer.Witness.Action) {
		return answer
	}
	// Another action of the pattern may not need such a policy.
	out.Actions = nil
	for _, pattern := range query.Actions {
		for _, action := range authz.Candidates(s.Whole, pattern) {
			if !authz.PolicyMustAllow(action) {
				out.Actions = append(out.Actions, action)
			}
		}
	}
	if other := authz.Search(s.Whole, s.Universe, &out); len(out.Actions) > 0 && other.Verdict == authz.Allowed {
		return other
	}
	why := "the policy of " + answer.Witness.Resource.String() + " must allow it too, and is not in the input"
	if q := s.inquiry; len(q.abroad([]policy.Text{answer.Witness.Resource}, answer.Witness.Action)) > 0 {
		why = "the policy of a resource in another account must allow it too: ask about one resource, such as " + answer.Witness.Resource.String()
	}
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount, Reasons: []authz.Reason{{Text: why}},
	}
}
