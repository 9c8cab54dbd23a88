package holders

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Actors are the entities that the second and third leg judge: not those that
// the configuration trusts, and not administrators without a boundary, who
// can do everything anyway and are reported as that. One whose boundary is
// not known is perhaps such an administrator: it is judged, with that doubt.
func (a *Account) Actors() []*Holder { return actors.Of(a) }

var actors = NewDerived(func(a *Account) []*Holder {
	var out []*Holder
	for _, h := range a.Holders {
		if h.OnlyTarget || a.Settings.IsTrusted(h.Entity) || a.IsExemptActor(h) {
			continue
		}
		if h.Doubt == "" && a.exemption(h) == authz.Undetermined {
			h.Doubt = "it may be an administrator, of which nothing more need be said; that depends on " + h.Obscured()
		}
		out = append(out, h)
	}
	return out
})

// AskDelegate is Once for a question that is Denied of every holder which may do
// nothing of what delegation takes.
func (a *Account) AskDelegate(h *Holder, question string, answer func() authz.Answer) authz.Answer {
	if !a.MayDelegate(h) {
		return authz.Answer{Verdict: authz.Denied}
	}
	return h.Resolve(a.Once(h, question, answer))
}

// Once answers a question about a holder once, for all rules that ask it and for
// all holders that have the same policies.
func (a *Account) Once(h *Holder, question string, answer func() authz.Answer) authz.Answer {
	return a.once(askedOf{a.classOf(h), question}, answer)
}

// OnceAbout is Once for a question about requests of one action, for all holders that
// have the same policies about it.
func (a *Account) OnceAbout(h *Holder, action, question string, answer func() authz.Answer) authz.Answer {
	return a.once(askedOf{a.classAbout(h, action), question + " " + action}, answer)
}

func (a *Account) once(key askedOf, answer func() authz.Answer) authz.Answer {
	answers := answersOnce.Of(a)
	known, ok := answers[key]
	if !ok {
		known = answer()
		answers[key] = known //mutate:work it is remembered
	}
	return known
}

var answersOnce = Remembered[askedOf, authz.Answer]()

// delegatingActions are those that the rules about holders ask for. A principal that is
// allowed none of them can do nothing to a boundary, nor to its own policies.
var delegatingActions = []string{
	"iam:CreateRole", "iam:CreateUser", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy",
	"iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
	"iam:DeleteUserPermissionsBoundary",
	"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy",
	"iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:DetachUserPolicy", "iam:DeleteUserPolicy",
	"iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy",
	"iam:AddUserToGroup", "iam:RemoveUserFromGroup",
}

// MayDelegate reports whether some policy of the holder may allow one of the
// delegating actions. Most holders of an account have nothing to do with IAM,
// and no question about them needs a search.
func (a *Account) MayDelegate(h *Holder) bool {
	delegating := delegatingPolicies.Of(a)
	return slices.ContainsFunc(h.Principal.Identity, func(p *authz.Policy) bool {
		p = p.Like()
		may, ok := delegating[p]
		if !ok {
			may = p.Document == nil || p.Document.Invalid || slices.ContainsFunc(delegatingActions, p.MayAllow)
			delegating[p] = may //mutate:work it is remembered
		}
		return may
	})
}

var delegatingPolicies = Remembered[*authz.Policy, bool]()

// askedOf is a question about all holders of one class.
type askedOf struct{ class, question string }

// classOf is equal for holders of whom the same requests are allowed: large
// inputs have thousands of them. Where a policy asks who makes the request it
// is the holder's own.
func (a *Account) classOf(h *Holder) string {
	if h.class == "" {
		h.class = a.classBy(h, func(*authz.Policy) bool { return true })
	}
	return h.class
}

// classAbout is equal for holders of whom the same requests of an action are allowed.
// Those of IAM and STS depend on what else a holder may do: on the policies that it can
// create, and on the tags that it can give to itself.
func (a *Account) classAbout(h *Holder, action string) string {
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	if service == IAMService || service == "sts" || !a.Universe(h.Deployment).Places(h.Principal) {
		return a.classOf(h)
	}
	return a.classBy(h, func(p *authz.Policy) bool { return p.MayBeAbout(action) }) + " in " + h.regionsNamed()
}

// regionsNamed are the regions that the holder's policies name.
func (h *Holder) regionsNamed() string {
	if h.regions == "" {
		all := map[string]bool{}
		note := func(x policy.Text) { all[x.Key()] = true }
		for _, p := range h.Principal.Identity {
			p.EachRegion(note)
		}
		h.Principal.Boundary.EachRegion(note)
		h.regions = "the regions " + strings.Join(slices.Sorted(maps.Keys(all)), " ")
	}
	return h.regions
}

// classBy is the class of a holder by those of its policies that count.
func (a *Account) classBy(h *Holder, counts func(*authz.Policy) bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d %q %q", h.Principal.Kind, h.Principal.Origins, h.Boundary, h.Deployment.Account.Key(),
		h.Deployment.Partition.Key())
	personal := false
	each := func(p *authz.Policy) {
		if !counts(p) {
			return
		}
		p = p.Like()
		fmt.Fprintf(&b, " %p", p)
		personal = personal || a.IsPersonal(p)
	}
	for _, p := range h.Principal.Identity {
		each(p)
	}
	b.WriteString(" under")
	if h.Principal.Boundary != nil {
		b.WriteString(" a boundary")
		each(h.Principal.Boundary)
	}
	if h.Boundary == BoundedUnseen || h.Boundary == BoundedHidden {
		b.WriteString(" " + h.Entity.Boundary.Text.Key())
	}
	for _, levels := range [...][][]*authz.Policy{h.Principal.SCPs, h.Principal.RCPs} {
		for _, level := range levels {
			for _, p := range level {
				personal = personal || a.IsPersonal(p)
			}
		}
	}
	if personal {
		fmt.Fprintf(&b, " %p", h)
	}
	return b.String()
}

// IsPersonal reports whether what a policy allows depends on who asks: on the
// principal's name, ARN or tags. A hidden policy does not say so.
func (a *Account) IsPersonal(p *authz.Policy) bool {
	p = p.Like()
	known := personalPolicies.Of(a)
	if personal, ok := known[p]; ok {
		return personal
	}
	personal := p.Document != nil && slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool {
		variable := func(e policy.Element) bool {
			return slices.ContainsFunc(e.Text.Parts(), func(part policy.Part) bool { return strings.Contains(part.Literal, "${") })
		}
		return slices.ContainsFunc(s.Resource, variable) || slices.ContainsFunc(s.NotResource, variable) ||
			slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
				key, known := c.Key.Known()
				key = strings.ToLower(key)
				return !known || strings.HasPrefix(key, "aws:principal") || strings.HasPrefix(key, "aws:user") ||
					slices.ContainsFunc(c.Values, variable)
			})
	})
	known[p] = personal //mutate:work it is remembered
	return personal
}

var personalPolicies = Remembered[*authz.Policy, bool]()

// HasApproved reports whether an entity of the input has a boundary that is
// approved for it and may be shown.
func (a *Account) HasApproved(e *iam.Entity) bool {
	return !e.Gone() && e.Boundary.Set && !e.Boundary.Sensitive && a.Approved.Approves(e.Boundary, e.NameText()) == policy.True
}

// BoundariesInUse are the approved boundaries that entities have.
func (a *Account) BoundariesInUse() []policy.Text { return boundariesInUse.Of(a) }

var boundariesInUse = NewDerived(func(a *Account) []policy.Text {
	var out []policy.Text
	seen := map[string]bool{}
	for _, e := range a.Model.Entities {
		if key := e.Boundary.Text.Key(); !seen[key] && a.HasApproved(e) {
			seen[key] = true
			out = append(out, e.Boundary.Text)
		}
	}
	return out
})

// ProtectedBoundaries are the boundaries whose documents no principal bound may
// change: those that are in use in the input or that conditions on the boundary
// name in full, and those that boundary blocks name; with boundary blocks, only
// what they approve.
func (a *Account) ProtectedBoundaries() []policy.Text { return protectedBoundaries.Of(a) }

var protectedBoundaries = NewDerived(func(a *Account) []policy.Text {
	var out []policy.Text
	seen := map[string]bool{}
	add := func(x policy.Text) {
		if _, ok := policy.ParseARN(x); !ok || IsWildcard(x) {
			return
		}
		if key := x.Key(); !seen[key] {
			seen[key] = true
			out = append(out, x)
		}
	}
	for _, x := range a.ApprovedARNs() {
		add(a.Deployed(x.ARN))
	}
	for _, p := range a.Model.Policies {
		if !p.Gone() && (len(p.BoundaryOf) > 0 || a.isApprovedPolicy(p)) {
			add(p.ARN)
		}
	}
	for _, e := range a.Model.Entities {
		if !e.Gone() && e.Boundary.Set && a.Approved.Approves(e.Boundary, e.NameText()) == policy.True {
			add(e.Boundary.Text)
		}
	}
	for _, h := range slices.Concat(a.Holders, a.Unattached) {
		for _, g := range h.Grants {
			for _, x := range a.namedIn(g) {
				if !a.Approved.Configured() || a.approvedForSome(x) {
					add(x)
				}
			}
		}
	}
	return out
})

// approvedForSome reports whether a boundary block takes the ARN, whichever principal it is
// approved for.
func (a *Account) approvedForSome(arn policy.Text) bool {
	return slices.ContainsFunc(a.Approved.Blocks, func(b ApprovedBlock) bool { return b.Has(arn) == policy.True })
}

// Deployed is an ARN in the account and partition of the deployment, where it
// leaves them open: a boundary that is approved in every account is protected
// in this one.
func (a *Account) Deployed(x policy.Text) policy.Text {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return x
	}
	if IsText(arn.Account, "*") && !a.Model.Deployment.Account.IsEmpty() {
		arn.Account = a.Model.Deployment.Account
	}
	if IsText(arn.Partition, "*") && !a.Model.Deployment.Partition.IsEmpty() {
		arn.Partition = a.Model.Deployment.Partition
	}
	return arn.Text()
}

// namedIn are the boundaries that a grant's conditions name.
func (a *Account) namedIn(g Grant) []policy.Text {
	known := namedBoundaries.Of(a)
	if named, ok := known[g.Policy]; ok {
		return named
	}
	named := NamedBoundaries(g.Document)
	known[g.Policy] = named //mutate:work it is remembered
	return named
}

var namedBoundaries = Remembered[*authz.Policy, []policy.Text]()

// NamedBoundaries are the ARNs that conditions on iam:PermissionsBoundary
// name in full.
func NamedBoundaries(d *iam.Document) []policy.Text {
	if d == nil || d.Document == nil {
		return nil
	}
	var out []policy.Text
	for _, s := range d.Statements {
		for i := range s.Condition {
			if !IsBoundaryKey(s.Condition[i].Key) {
				continue
			}
			for _, v := range s.Condition[i].Values {
				arn, ok := policy.ParseARN(v.Text)
				if ok && !IsWildcard(v.Text) && !IsText(arn.Account, "aws") && !strings.Contains(v.Text.String(), "${") {
					out = append(out, v.Text)
				}
			}
		}
	}
	return out
}

// IsBoundaryKey reports whether a condition key is iam:PermissionsBoundary.
func IsBoundaryKey(key policy.Text) bool {
	s, ok := key.Known()
	return ok && strings.EqualFold(s, policy.BoundaryKey)
}

// IsWildcard reports whether a text has a wildcard in it.
func IsWildcard(x policy.Text) bool {
	for _, p := range x.Parts() {
		if strings.ContainsAny(p.Literal, "*?") {
			return true
		}
	}
	return false
}
