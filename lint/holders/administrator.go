package holders

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// ManyServices is how many services a principal has to hold as a whole, IAM among
// them, to be called an administrator: lists of wildcards that were meant as
// "everything" are longer, jobs in one field shorter.
const ManyServices = 24

// IsAdministrator says whether a holder is as good as one that has
// AdministratorAccess: everything that it has taken together, it holds whole
// services by the dozen and all with which IAM grants, and neither a deny nor
// its boundary keeps it from making another principal as strong. Allowed is
// yes.
func (a *Account) IsAdministrator(h *Holder) authz.Verdict {
	key, verdicts := a.AdministratorKey(h), administrators.Of(a)
	if known, ok := verdicts[key]; ok {
		return known.verdict
	}
	v := a.judgeAdministrator(h)
	verdicts[key] = administratorVerdict{v, h.Principal} //mutate:work it is remembered
	return v
}

// Verdicts are remembered by what a holder has.
var administrators, exemptActors = Remembered[string, administratorVerdict](), Remembered[string, administratorVerdict]()

// IsExemptActor reports whether a holder can do everything anyway, so that
// the second and third leg have nothing to add: it is an administrator without
// boundary, and nothing takes any of IAM away from it. One that is held back by
// as little as a single deny is judged.
func (a *Account) IsExemptActor(h *Holder) bool { return a.exemption(h) == authz.Allowed }

// exemption is isExemptActor for who may be one: Allowed is yes.
func (a *Account) exemption(h *Holder) authz.Verdict {
	if h.Entity == nil || h.Boundary != Unbounded && h.Boundary != BoundedHidden {
		return authz.Denied
	}
	key, verdicts := a.AdministratorKey(h), exemptActors.Of(a)
	if known, ok := verdicts[key]; ok {
		return known.verdict
	}
	own := a.reachOf(h.Principal.Identity)
	exempt := authz.Denied
	if own.HoldsAll(IAMService, false) && !own.surelyCurbs && WholeOfAll([]*Reach{own}, false) >= ManyServices {
		exempt = authz.Undetermined
		if h.Boundary == Unbounded && own.HoldsAll(IAMService, true) && !own.Curbs && WholeOfAll([]*Reach{own}, true) >= ManyServices {
			exempt = authz.Allowed
		}
	}
	verdicts[key] = administratorVerdict{exempt, h.Principal} //mutate:work it is remembered
	return exempt
}

// administratorVerdict is a verdict with the first principal that it is about. A
// key holds the addresses of its policies: as long as they live, no other policy,
// such as one of a search for what closes a path, can come by one of them.
type administratorVerdict struct {
	verdict authz.Verdict
	of      *authz.Principal
}

// AdministratorKey is equal for holders with the same policies: large inputs
// have thousands of them.
func (a *Account) AdministratorKey(h *Holder) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d %d %p", h.Deployment.Account, h.Principal.Kind, h.Boundary, h.Principal.Boundary)
	for _, p := range h.Principal.Identity {
		fmt.Fprintf(&b, " %p", p.Like())
	}
	for _, level := range h.Principal.SCPs {
		b.WriteString(" |")
		for _, p := range level {
			fmt.Fprintf(&b, " %p", p)
		}
	}
	return b.String()
}

func (a *Account) judgeAdministrator(h *Holder) authz.Verdict {
	layers := []*Reach{a.reachOf(h.Principal.Identity)}
	verdict := layers[0].holdsIAM()
	if verdict == authz.Denied {
		return authz.Denied
	}
	switch h.Boundary {
	case BoundedKnown:
		layers = append(layers, a.reachOf([]*authz.Policy{h.Principal.Boundary}))
	case BoundedUnseen:
		// Its document is another's matter: it is taken to limit.
		return authz.Denied
	case BoundedHidden:
		verdict = authz.Undetermined
	case Unbounded:
	}
	for _, level := range h.Principal.SCPs {
		layers = append(layers, a.reachOf(level))
	}
	switch {
	case WholeOfAll(layers, false) < ManyServices:
		return authz.Denied
	case WholeOfAll(layers, true) < ManyServices:
		verdict = authz.Undetermined
	}
	if !slices.ContainsFunc(layers, (*Reach).limits) {
		return verdict
	}
	return Weaker(verdict, a.MakesEquals(h))
}

// Weaker is the lesser of two verdicts that must both hold.
func Weaker(x, y authz.Verdict) authz.Verdict {
	switch {
	case x == authz.Denied || y == authz.Denied:
		return authz.Denied
	case x == authz.Undetermined || y == authz.Undetermined:
		return authz.Undetermined
	}
	return authz.Allowed
}

// MakesEquals asks whether the holder can make a role or user that is as
// strong as AdministratorAccess: create it without boundary, give it a policy
// and act as it. The creator of a role writes its trust policy and so needs
// no more (semantics 11.6).
func (a *Account) MakesEquals(h *Holder) authz.Verdict {
	role := Weaker(a.anyOf(h, "iam:CreateRole"), a.anyOf(h, "iam:PutRolePolicy", "iam:AttachRolePolicy"))
	if role == authz.Allowed {
		return role
	}
	user := Weaker(a.anyOf(h, "iam:CreateUser"), a.anyOf(h, "iam:PutUserPolicy", "iam:AttachUserPolicy"))
	user = Weaker(user, a.anyOf(h, "iam:CreateAccessKey", "iam:CreateLoginProfile"))
	if role == authz.Denied {
		return user
	}
	if user == authz.Allowed {
		return user
	}
	return role
}

// anyOf asks whether the holder can do one of the actions to an entity that
// has no boundary; managed policies count only if AdministratorAccess is among
// them.
func (a *Account) anyOf(h *Holder, actions ...string) authz.Verdict {
	best := authz.Denied
	for _, action := range actions {
		q := &authz.Query{Actions: []string{action}}
		if known, ok := catalog.LookupAction(action); ok && known.Presence(policy.BoundaryKey) != catalog.PresentNever {
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: policy.BoundaryKey, Absent: true})
		}
		if strings.Contains(action, ":Attach") {
			q.Keys = append(q.Keys, authz.KeyConstraint{
				Key: "iam:PolicyARN",
				In:  []policy.Text{policy.Literal("arn:*:iam::aws:policy/AdministratorAccess")},
			})
		}
		switch authz.Search(h.Principal, a.Universe(h.Deployment), q).Verdict {
		case authz.Allowed:
			return authz.Allowed
		case authz.Undetermined:
			best = authz.Undetermined
		case authz.Denied:
		}
	}
	return best
}

// newAction stands, behind a service's prefix, for an action that AWS is still
// to add: only a wildcard takes it.
const newAction = ":\u2026"

// IAMService is the prefix of the actions that grant.
const IAMService = "iam"

// Reach is what the policies of one layer allow and deny on every resource:
// the only scale on which a principal is an administrator.
type Reach struct {
	allow, deny []sweep
	// hidden tells that a policy of the layer may say anything.
	hidden bool
	// denies tells that something in the layer may deny, and everything that
	// a statement allows everything.
	denies, everything bool
	// Curbs tells that a part of IAM may be taken away, be it under a
	// condition or for some resources; surelyCurbs that it is.
	Curbs, surelyCurbs bool
}

// sweep is a statement about every resource.
type sweep struct {
	// entries are the patterns of Action, in lower case, or of NotAction.
	entries []string
	except  bool
	// certain is false where something hides whether the statement is like
	// that; masked tells that it has an entry which is hidden.
	certain, masked bool
}

// takes tells whether the statement covers the action, given in lower case:
// certainly, and possibly.
func (s *sweep) takes(action string) (certainly, possibly bool) {
	hit := slices.ContainsFunc(s.entries, func(e string) bool { return e == "*" || policy.Glob(e, action) })
	if s.except {
		return s.certain && !hit && !s.masked, !hit
	}
	return s.certain && hit, hit || s.masked
}

// circumstances are keys that say how a request is made and not by whom or on
// what: a principal that holds the policy can bring them about.
var circumstances = []string{
	"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:sourceip", "aws:securetransport", "aws:currenttime",
	"aws:epochtime", "aws:useragent", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:viaawsservice", "aws:tokenissuetime",
}

// NewReach reads a layer.
func NewReach(policies []*authz.Policy) *Reach {
	r := &Reach{}
	for _, p := range policies {
		r.read(p)
	}
	return r
}

func (r *Reach) read(p *authz.Policy) {
	if p.Document == nil || p.Document.Unknown != nil {
		r.hidden, r.denies = true, true
		return
	}
	if p.Document.Invalid {
		// policy-invalid says so; IAM takes no such document.
		return
	}
	for _, s := range p.Document.Statements {
		r.add(s)
		if s.Effect == policy.Allow && len(s.Condition) == 0 && s.Maybe == nil && slices.ContainsFunc(s.Action, IsStar) &&
			slices.ContainsFunc(s.Resource, IsStar) {
			r.everything = true
		}
	}
}

// reachOf is NewReach for policies of the account, of which each is read once:
// AWS's have thousands of actions, and hundreds of roles.
func (a *Account) reachOf(policies []*authz.Policy) *Reach {
	known := reaches.Of(a)
	out := &Reach{}
	for _, p := range policies {
		p = p.Like()
		one := known[p]
		if one == nil {
			one = NewReach([]*authz.Policy{p})
			known[p] = one //mutate:work it is remembered
		}
		out.allow, out.deny = append(out.allow, one.allow...), append(out.deny, one.deny...)
		out.hidden, out.denies, out.everything = out.hidden || one.hidden, out.denies || one.denies, out.everything || one.everything
		out.Curbs, out.surelyCurbs = out.Curbs || one.Curbs, out.surelyCurbs || one.surelyCurbs
	}
	return out
}

var reaches = Remembered[*authz.Policy, *Reach]()

// limits reports whether something in the layer denies, or it may allow less
// than everything.
func (r *Reach) limits() bool { return r.denies || !r.everything }

// add reads a statement. A deny counts as a limit however narrow it is; only
// one of everything counts against what is held.
func (r *Reach) add(s *policy.Statement) {
	hidden := s.Maybe != nil || s.Unknown != nil || s.Effect == policy.EffectUnknown
	if s.Effect != policy.Allow {
		r.denies = true
		surely, possibly := takesFromIAM(s)
		r.Curbs, r.surelyCurbs = r.Curbs || possibly, r.surelyCurbs || surely && !hidden
		if w, ok := sweepOf(s, len(s.Condition) == 0); ok {
			w.certain = w.certain && !hidden
			r.deny = append(r.deny, w)
		}
	}
	if s.Effect != policy.Deny {
		r.Curbs = r.Curbs || s.NotResource != nil
		if w, ok := sweepOf(s, conditionsByCircumstance(s)); ok {
			w.certain = w.certain && !hidden
			r.allow = append(r.allow, w)
		}
	}
}

// takesFromIAM tells whether a deny hits a request to IAM in whatever
// circumstances it is made: surely, and possibly.
func takesFromIAM(s *policy.Statement) (surely, possibly bool) {
	if len(s.Condition) > 0 && conditionsByCircumstance(s) {
		return false, false
	}
	all := *s
	all.Condition, all.NotResource = nil, nil
	all.Resource = []policy.Element{{Text: policy.Literal("*")}}
	w, _ := sweepOf(&all, true)
	iam, ok := catalog.LookupService(IAMService)
	if !ok {
		return false, true
	}
	for action := range iam.Actions() {
		c, p := w.takes(strings.ToLower(action.String()))
		surely, possibly = surely || c, possibly || p
		if surely { //mutate:work what is sure is possible, too
			break //mutate:work as above
		}
	}
	return surely, possibly
}

// conditionsByCircumstance reports whether a statement asks only how requests
// are made.
func conditionsByCircumstance(s *policy.Statement) bool {
	return !slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
		key, known := c.Key.Known()
		return !known || !slices.Contains(circumstances, strings.ToLower(key))
	})
}

// sweepOf is a statement as one about every resource; false where it
// certainly is not. unconditional says that its conditions do not narrow it.
func sweepOf(s *policy.Statement, unconditional bool) (sweep, bool) {
	w := sweep{certain: true, except: s.NotAction != nil}
	if !unconditional {
		// Conditions that are hidden as a whole may be none.
		if slices.ContainsFunc(s.Condition, func(c policy.Condition) bool { return c.Key.IsKnown() }) {
			return sweep{}, false
		}
		w.certain = false
	}
	if s.NotResource == nil && !slices.ContainsFunc(s.Resource, IsStar) {
		if !slices.ContainsFunc(s.Resource, MaybeStar) {
			return sweep{}, false
		}
		w.certain = false
	}
	if slices.ContainsFunc(s.NotResource, IsStar) {
		return sweep{}, false
	}
	list := s.Action
	if w.except {
		list = s.NotAction
	}
	for _, e := range list {
		if text, known := e.Text.Known(); known {
			if text != "" && strings.Trim(text, "*:") == "" {
				text = "*"
			}
			w.entries = append(w.entries, strings.ToLower(text))
		} else {
			w.masked = true
		}
	}
	return w, true
}

// MaybeStar reports whether an entry of Resource may turn out to be "*": no
// attribute of a resource is.
func MaybeStar(e policy.Element) bool {
	for _, p := range e.Text.Parts() {
		if p.Symbol == nil && strings.Trim(p.Literal, "*") != "" || p.Symbol != nil && p.Symbol.Kind == policy.SymbolReference {
			return false
		}
	}
	return !e.Text.IsKnown()
}

// holds tells whether the layer allows the action, in lower case, on every
// resource: certainly, and possibly.
func (r *Reach) holds(action string) (certainly, possibly bool) {
	possibly = r.hidden
	for i := range r.allow {
		c, p := r.allow[i].takes(action)
		certainly, possibly = certainly || c, possibly || p
		if certainly { //mutate:work what is certain is possible, too
			break //mutate:work as above
		}
	}
	if r.hidden {
		certainly = false
	}
	for i := range r.deny {
		if !possibly { //mutate:work what is not possible is not certain
			break //mutate:work as above
		}
		c, p := r.deny[i].takes(action)
		certainly, possibly = certainly && !p, possibly && !c
	}
	return certainly, possibly
}

// HoldsAll reports whether every action of a service is allowed, and no
// statement about every resource denies any of them: certainly, or as far as
// can be known.
func (r *Reach) HoldsAll(service string, certain bool) bool {
	s, ok := catalog.LookupService(service)
	if !ok {
		return false
	}
	for action := range s.Actions() {
		if certainly, possibly := r.holds(strings.ToLower(action.String())); !possibly || certain && !certainly {
			return false
		}
	}
	return true
}

// holdsIAM says whether the layer allows IAM's actions in general, those that
// AWS is still to add included: a list of actions is a job, not the power over
// IAM. Denies do not count here: what they hold back is decided by what can be
// granted in spite of them.
func (r *Reach) holdsIAM() authz.Verdict {
	generous := &Reach{allow: r.allow, hidden: r.hidden}
	certainly, possibly := generous.holds(IAMService + newAction)
	switch {
	case certainly:
		return authz.Allowed
	case possibly:
		return authz.Undetermined
	}
	return authz.Denied
}

// WholeOfAll counts the services that all layers allow in general, whatever
// AWS still adds to them, up to as many as count.
func WholeOfAll(layers []*Reach, certain bool) int {
	n := 0
	for _, prefix := range catalog.Services() {
		whole := true
		for _, r := range layers {
			if certainly, possibly := r.holds(prefix + newAction); !possibly || certain && !certainly {
				whole = false
				break //mutate:work one layer is enough
			}
		}
		if whole {
			n++
		}
		if n >= ManyServices { //mutate:work more do not count
			break //mutate:work as above
		}
	}
	return n
}
