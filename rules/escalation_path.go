package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// EscalationPath reports who can become, or control, somebody unbounded or an
// administrator.
var EscalationPath = &lint.Rule{
	ID: "escalation-path", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A holder can reach an unbounded or administrator entity by a known way",
		What: "For every role and user: whom can it become or control by the known ways to gain privileges (assuming roles, changing policies, trust and " +
			"credentials, passing roles to services, using what carries a role, making principals, tampering with boundaries), step by step, and does " +
			"that end at somebody whom no boundary caps or at an administrator? Each step is a request that is decided over all policies, the target's " +
			"trust policy and its boundary. Permissions grow on the way: who can edit its own policies holds all that its boundary allows, and so does a " +
			"role that it can create and use. Where nothing in the input has to do with boundaries, only administrators are worth reaching.",
		Why: "A boundary caps its bearer, not those whom its bearer can become. One role without a boundary that the bearer can assume, or pass to a " +
			"service, undoes it.",
		Blind: "A way through something that the input does not contain is no finding; the report lists it under what lies beyond the input. Services that " +
			"act with a role for their own purpose only are not followed, nor is code that others run. Whether an account manages the root users of its " +
			"organization's member accounts is in no input: who is let to open sessions of them (sts:AssumeRoot) by name is undetermined, who is let by a " +
			"wildcard is listed as beyond the input. Conditions that the requester can meet, such as an " +
			"external id or multi-factor authentication, are taken to be met. What two principals could only do together is found where one of them can " +
			"do both.",
		Fix: "Close any one step of the chain: the remediation says how, and where Deny statements in one place close all ways of the actor, it gives them. " +
			"Or give the target a boundary, or scope the first action to targets that have one.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
			"https://pathfinding.cloud",
		},
		Security: "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		answer := search.Of(a).Judge()
		var found []lint.Finding
		for _, path := range answer.Paths {
			found = append(found, escalationFinding(a, a.ByEntity[path.Actor.Entity], path))
		}
		closeAll(a, found, answer.Paths)
		for _, f := range found {
			p.Report(f)
		}
		if answer.Cut {
			p.Beyond("ways of escalation of very many steps: not all ways were followed, because the policies make too many of them")
		}
		for _, text := range beyond(answer.Outside) {
			p.Beyond(text)
		}
		return nil
	},
}

// search is the search for ways in the account, which rules share.
var search = holders.NewDerived(func(a *holders.Account) *escalation.Search { return escalation.NewSearch(inventory(a)) })

// inventory is the account as the search for ways takes it.
func inventory(a *holders.Account) *escalation.Inventory {
	inv := &escalation.Inventory{Delegated: delegates(a), Things: things(a)}
	for _, p := range a.Model.IdentityProviders {
		if !p.Gone() {
			inv.Providers = append(inv.Providers, p.ARN)
		}
	}
	acts := map[*holders.Holder]bool{}
	for _, h := range a.Actors() {
		acts[h] = true
	}
	hidden := map[string]*authz.Policy{}
	for _, h := range a.Holders {
		s := subject(a, h, hidden)
		s.Actor = acts[h]
		inv.Subjects = append(inv.Subjects, s)
	}
	for _, g := range a.Model.Groups {
		inv.Groups = append(inv.Groups, &escalation.Group{Group: g, Policies: groupPolicies(a, g)})
	}
	inv.Administrator = func(s *escalation.Subject, p *authz.Principal) authz.Verdict {
		h := holders.Holder{Deployment: a.Model.Deployment}
		if s != nil {
			h = *a.ByEntity[s.Entity]
		}
		switch {
		case p.Boundary == nil:
			h.Boundary = holders.Unbounded
		case h.Boundary == holders.Unbounded:
			h.Boundary = holders.BoundedKnown
		}
		h.Principal = p
		return a.IsAdministrator(&h)
	}
	return inv
}

// delegates reports whether permissions boundaries play a part in the input:
// some are approved or in use, or a policy speaks of them.
func delegates(a *holders.Account) bool {
	if a.Approved.Configured() {
		return true
	}
	for _, e := range a.Model.Entities {
		if !e.Gone() && e.Boundary.Set {
			return true
		}
	}
	for _, h := range append(append([]*holders.Holder{}, a.Holders...), a.Unattached...) {
		for _, g := range h.Grants {
			if g.Document != nil && g.Document.Document != nil && speaksOfBoundaries(g.Document.Document) {
				return true
			}
		}
	}
	return false
}

func speaksOfBoundaries(d *policy.Document) bool {
	for _, s := range d.Statements {
		for i := range s.Condition {
			if holders.IsBoundaryKey(s.Condition[i].Key) || !s.Condition[i].Key.IsKnown() {
				return true
			}
		}
	}
	return false
}

// subject is a holder as the search for ways takes it.
func subject(a *holders.Account, h *holders.Holder, hidden map[string]*authz.Policy) *escalation.Subject {
	s := &escalation.Subject{Entity: h.Entity, Principal: h.Principal, Universe: a.Universe(h.Deployment)}
	switch h.Boundary {
	case holders.Unbounded:
	case holders.BoundedKnown:
		s.Bound = escalation.Bounded
		if authz.AllowsEverything(h.Principal.Boundary) {
			s.Bound = escalation.Unbounded
		}
	case holders.BoundedUnseen:
		s.Bound = escalation.BoundedUnseen
		s.Principal = hiddenBoundary(h, hidden)
	case holders.BoundedHidden:
		// Something is written there: only where that may turn out to be null
		// is there perhaps no boundary.
		s.Bound = escalation.BoundedUnseen
		if h.Entity.Boundary.Nullable {
			s.Bound = escalation.BoundedPerhaps
		}
		s.Principal = hiddenBoundary(h, hidden)
	}
	if t := h.Entity.Trust; t != nil && t.Document != nil {
		s.Trust = a.Compile(t, h.Entity.Address)
	}
	for _, g := range h.Grants {
		s.Grants = append(s.Grants, route(a, h.Entity, g))
	}
	return s
}

// hiddenBoundary is a holder under a boundary of which nobody gives the
// document: one policy for each boundary.
func hiddenBoundary(h *holders.Holder, hidden map[string]*authz.Policy) *authz.Principal {
	p := *h.Strict()
	name := h.UnseenBoundary()
	if hidden[name] == nil {
		hidden[name] = p.Boundary
	}
	p.Boundary = hidden[name]
	return &p
}

// route says how an entity has a policy.
func route(a *holders.Account, e *iam.Entity, g holders.Grant) escalation.Grant {
	out := escalation.Grant{Policy: g.Policy, Group: g.Group}
	inline, attached := e.Inline, e.Attached
	if g.Group != nil {
		out.Route = escalation.ByGroup
		inline, attached = g.Group.Inline, g.Group.Attached
	}
	for _, p := range inline {
		if p.Document != nil && g.Document == p.Document {
			out.GroupInline = g.Group != nil
			if g.Group == nil {
				out.Route = escalation.ByInline
			}
			return out
		}
	}
	for _, t := range attached {
		same := t.Policy != nil && g.Document != nil && t.Policy.Document == g.Document || g.Document == nil && t.PolicyARN.Text.String() == g.Address
		if same {
			out.ARN = t.PolicyARN.Text
			break
		}
	}
	if g.Group == nil {
		out.Route = escalation.ByAttachment
	}
	return out
}

func groupPolicies(a *holders.Account, g *iam.Group) []*authz.Policy {
	h := a.UnattachedHolder("group", g.Address, g.Location, g.Deployment)
	h.AddAll(a, g.Inline, g.Attached, g)
	return h.Principal.Identity
}

// things are what ways need of the input, besides IAM's own.
func things(a *holders.Account) []*escalation.ThingAt {
	var out []*escalation.ThingAt
	for _, p := range a.Model.Profiles {
		if p.Change != iam.ChangeDelete && p.Change != iam.ChangeForget {
			out = append(out, &escalation.ThingAt{Thing: escalation.InstanceProfile, Address: p.Address, ARN: p.ARN, Role: p.Entity, Hidden: p.Hidden})
		}
	}
	for _, c := range a.Model.Compute {
		if !c.Gone() {
			out = append(out, &escalation.ThingAt{Thing: escalation.Thing(c.Kind), Address: c.Address, ARN: c.ARN, Role: c.Entity, Tags: c.Tags, Hidden: c.Hidden})
		}
	}
	return append(out, launched(a)...)
}

// escalationFinding makes the finding of a path.
func escalationFinding(a *holders.Account, h *holders.Holder, path *escalation.Path) lint.Finding {
	if h.Doubt != "" && path.Verdict == authz.Allowed {
		doubtful := *path
		doubtful.Verdict, doubtful.Reasons = authz.Undetermined, []authz.Reason{{Text: h.Doubt, Symbol: h.DoubtBy}}
		path = &doubtful
	}
	first := path.Steps[0]
	f := lint.Finding{Address: h.Address, Location: h.Location, Verdict: lint.Violation}
	if path.Verdict != authz.Allowed {
		f.Verdict, f.HiddenBy = lint.Undetermined, h.HiddenBehind(path.Reasons)
	}
	placeEscalation(a, h, first, &f)
	f.Cause = pathCause(f.Cause, path)
	for _, s := range path.Steps {
		f.Steps = append(f.Steps, step(a, s))
	}
	f.Message = escalationMessage(a, h, path)
	f.Remediation = replaceManaged(h, first) + pathAdvice(path)
	answer := authz.Answer{Verdict: path.Verdict, Reasons: path.Reasons}
	f.Origin = cmp.Or(h.DocumentOrigin(answer), leakOrigin(a, h, &f))
	if _, lacking := h.LackingDocument(answer); lacking {
		fix.GiveDocument(a, h, answer, &f)
	} else if f.Verdict == lint.Undetermined && f.HiddenBy != "" && phrase.IsPlanAlone(a.Model, h.Location) {
		f.Remediation = "Join the plan with its configuration (--config-dir): it tells most of what is known after apply.\n\nShould the way be open: " + f.Remediation
	}
	f.Related = append(f.Related, escalationRelated(a, h, path)...)
	return f
}

// replaceManaged is what comes before the control of a way that one of AWS's own
// policies grants; "" for any other.
func replaceManaged(h *holders.Holder, s escalation.Step) string {
	for _, r := range s.Requests {
		if g, _, ok := h.Granting(holders.Request(r)); ok && g.Document == nil {
			return fmt.Sprintf("AWS manages %s, which grants it, and nobody else can edit that: attach a policy of your own in its place. There: ", g.ManagedName())
		}
	}
	return ""
}

// placeEscalation puts the finding at the statement that grants the first
// step: the actor's own, or that of the trust policy which lets it in.
func placeEscalation(a *holders.Account, h *holders.Holder, s escalation.Step, f *lint.Finding) {
	for _, r := range s.Requests {
		placed := h.Finding(r)
		if placed.Excerpt == "" {
			continue
		}
		f.Location, f.Excerpt, f.Cause = placed.Location, placed.Excerpt, placed.Cause
		if placed.Address != f.Address {
			f.Address, f.Related = placed.Address, placed.Related
		}
		if f.Verdict == lint.Violation {
			f.Witness = placed.Witness
		}
		return
	}
	for _, r := range s.Requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		if w == nil {
			continue
		}
		if f.Verdict == lint.Violation {
			f.Witness = h.Witness(w)
		}
		for _, ref := range w.By {
			g, ok := a.Standing[ref.Policy]
			if st := ref.Source(); ok && st != nil && g.Document != nil {
				f.Location = g.Document.StatementLocation(st.Index, policy.Range{})
				if !g.Document.Sensitive {
					f.Excerpt = policy.PrintStatement(st, policy.PrintOptions{})
				}
				return
			}
		}
	}
}

func step(a *holders.Account, s escalation.Step) lint.Step {
	out := lint.Step{From: nodeAddress(s.From), To: nodeAddress(s.To), Way: s.Way.ID}
	out.Message = phrase.Capital(nodeName(s.From)) + " can " + s.Way.Name
	if target := nodeName(s.To); target != nodeName(s.From) {
		out.Message += ": " + target
	}
	out.Message += "."
	who := &holders.Holder{Principal: s.By, Address: out.From}
	if s.From.Entity != nil {
		who.Entity = s.From.Entity
	}
	for _, r := range s.Requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		for ; w != nil; w = nil {
			for _, f := range w.First {
				out.Witness = append(out.Witness, *who.Witness(f))
			}
			out.Witness = append(out.Witness, *who.Witness(w))
		}
	}
	return out
}

// nodeAddress is what stands for somebody in a chain.
func nodeAddress(n escalation.Node) string {
	if n.Entity != nil {
		return n.Entity.Address
	}
	return n.Made
}

// nodeName is how a message calls somebody on a chain.
func nodeName(n escalation.Node) string {
	if n.Entity != nil {
		return phrase.Entity(n.Entity)
	}
	name := n.Made
	if !n.Boundary.IsEmpty() {
		name += " under " + boundaryText(n.Boundary)
	}
	return name
}

func boundaryText(x policy.Text) string {
	if arn, ok := policy.ParseARN(x); ok {
		if name, known := iam.LastSegment(arn.Resource).Known(); known {
			return "the boundary " + name
		}
	}
	return "the boundary " + x.String()
}

func escalationMessage(a *holders.Account, h *holders.Holder, path *escalation.Path) string {
	last := path.Steps[len(path.Steps)-1].To
	var ways []string
	for _, s := range path.Steps {
		ways = append(ways, s.Way.Name+" ("+s.Way.ID+")")
	}
	how := strings.Join(ways, ", then ")
	count := "one step"
	if n := len(path.Steps); n > 1 {
		count = fmt.Sprintf("%d steps", n)
	}
	what := reachedWhat(a, h, last, path)
	if path.Verdict != authz.Allowed {
		return fmt.Sprintf("Whether %s can %s in %s is not determined, because %s; the way would be to %s.", phrase.Uncapital(h.Name()), what, count, holders.Because(path.Reasons), how)
	}
	message := fmt.Sprintf("%s can %s in %s: %s", h.Name(), what, count, how)
	switch path.Further {
	case 0:
	case 1:
		message += "; there is one further way"
	default:
		message += fmt.Sprintf("; there are %d further ways", path.Further)
	}
	return message + assumption(h, path) + "."
}

// reachedWhat completes "can ...".
func reachedWhat(a *holders.Account, h *holders.Holder, n escalation.Node, path *escalation.Path) string {
	end := path.End
	switch {
	case path.Perhaps && end == escalation.EndAdministrator:
		return "act as " + nodeName(n) + ", which may be an administrator,"
	case path.Perhaps:
		return "act as " + nodeName(n) + ", which may have no permissions boundary,"
	case n.Entity == h.Entity && end == escalation.EndAdministrator:
		return "make itself an administrator"
	case n.Entity == h.Entity:
		return "free itself of its permissions boundary"
	}
	if end == escalation.EndControlled {
		return "give " + nodeName(n) + ", which has no permissions boundary, any permissions"
	}
	if n.Uncapped && end == escalation.EndUnbounded {
		return "act as " + nodeName(n) + " without its permissions boundary"
	}
	return "act as " + reachedName(n, end)
}

// reachedName is somebody at the end of a chain with what makes it one.
func reachedName(n escalation.Node, end escalation.End) string {
	switch {
	case n.Made != "" && end == escalation.EndAdministrator:
		return nodeName(n) + " that can do anything"
	case end == escalation.EndAdministrator:
		return nodeName(n) + ", an administrator,"
	case n.Made != "":
		return nodeName(n) + " without a permissions boundary"
	}
	return nodeName(n) + ", which has no permissions boundary,"
}

// assumption is what the proof of a path takes for granted.
func assumption(h *holders.Holder, path *escalation.Path) string {
	for _, s := range path.Steps {
		for _, r := range s.Requests {
			if r.AssumedAccount != "" {
				return " (taking account " + r.AssumedAccount + " to be the one that this is deployed to)"
			}
		}
	}
	return ""
}

// escalationRelated names the end of the chain and the rule that reports its
// first step by itself.
func escalationRelated(a *holders.Account, h *holders.Holder, path *escalation.Path) []lint.Related {
	var out []lint.Related
	last := path.Steps[len(path.Steps)-1].To
	if last.Entity != nil && last.Entity != h.Entity {
		out = append(out, lint.Related{Address: last.Entity.Address, Message: "this is where the chain ends", Location: last.Entity.Location})
	}
	rule := ""
	switch w := path.Steps[0].Way; {
	case w.Kind == escalation.Create && w.Target != escalation.TargetPermissionSet:
		rule = "delegation-without-boundary"
		if path.Steps[0].To.Boundary.IsEmpty() {
			break
		}
		rule = "boundary-leaks"
	case w.Kind == escalation.BoundaryTamper && w.Target == escalation.TargetPolicy:
		rule = "boundary-editable"
	case w.Kind == escalation.BoundaryTamper:
		rule = "boundary-removable"
	case w.Kind == escalation.SelfEdit:
		rule = "self-policy-editable"
	}
	if rule != "" {
		out = append(out, lint.Related{Address: h.Address, Message: "the first step is the matter of " + rule, Location: h.Location})
	}
	return out
}

// beyond says what the input does not contain through which somebody could
// get further: a line for each kind of thing.
func beyond(list []escalation.Outside) []string {
	type group struct {
		actors []string
		ways   []string
	}
	groups := map[string]*group{}
	for _, o := range list {
		what := lacks(o)
		g := groups[what]
		if g == nil {
			g = &group{}
			groups[what] = g
		}
		if name := phrase.Entity(o.Actor.Entity); !slices.Contains(g.actors, name) {
			g.actors = append(g.actors, name)
		}
		if !slices.Contains(g.ways, o.Way.ID) {
			g.ways = append(g.ways, o.Way.ID)
		}
	}
	var out []string
	for _, what := range slices.Sorted(maps.Keys(groups)) {
		g := groups[what]
		who := g.actors[0]
		switch n := len(g.actors) - 1; {
		case n == 1:
			who += " and one more"
		case n > 1:
			who += fmt.Sprintf(" and %d more", n)
		}
		const most = 3
		ways := strings.Join(g.ways[:min(most, len(g.ways))], ", ")
		if more := len(g.ways) - most; more > 0 {
			ways += fmt.Sprintf(" and %d further ways", more)
		}
		out = append(out, fmt.Sprintf("%s: %s could use it (%s)", what, who, ways))
	}
	return out
}

// lacks is what the input would have to contain.
func lacks(o escalation.Outside) string {
	switch {
	case o.Way.Kind == escalation.Existing && len(o.Way.Services) == 0:
		return "any " + string(o.Lacks) + " whose role has no permissions boundary"
	case o.Lacks != "":
		return "any " + string(o.Lacks)
	case o.Way.Target == escalation.TargetUser:
		return "any user without a permissions boundary whose credentials can be changed"
	case len(o.Way.Services) > 0:
		return "any role without a permissions boundary that trusts " + o.Way.Services[0]
	case o.Way.ID == "sts-001":
		return "any role without a permissions boundary that can be assumed"
	}
	return "any role without a permissions boundary whose trust can be changed"
}
