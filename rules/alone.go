package rules

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// What is judged alone, besides the entities of the input.
const (
	aloneGroup  = "group"
	alonePolicy = "policy"
	// aloneAttached is a policy of AWS or of another repository that is given
	// to somebody whom the input does not declare.
	aloneAttached = "attached policy"
	aloneInline   = "inline policy"
)

// judgeAlone collects what grants something to nobody of the input: policies
// that are no boundaries, and groups without members. Who will have them is
// not known, nor what boundary that one has. Where something hides whether
// anybody has it, the verdict on it is in doubt.
func (a *account) judgeAlone() {
	for _, g := range a.model.Groups {
		if g.Gone() || len(g.Members) > 0 {
			continue
		}
		h := a.nobody(aloneGroup, g.Address, g.Location, g.Deployment)
		h.doubt, h.doubtBy = doubtful("who is in "+g.Address, g.MembersUnknown), g.MembersUnknown
		h.addAll(a, g.Inline, g.Attached, g)
		if g.PoliciesUnknown != nil {
			h.add(grant{policy: authz.Hidden(g.PoliciesUnknown), address: g.Address, group: g})
		}
		if len(h.grants) > 0 {
			a.alone = append(a.alone, h)
		}
	}
	a.attachedOutside()
	pinned := a.pinnedBoundaries()
	for _, p := range a.model.Policies {
		if p.Gone() || p.Document == nil || p.Document.Document == nil ||
			!a.outside[p] && (len(p.HeldBy)+len(p.HeldByGroups)+len(p.BoundaryOf) > 0 || a.isApprovedPolicy(p) || pinned[p]) {
			continue
		}
		h := a.nobody(alonePolicy, p.Address, p.Location, p.Deployment)
		h.doubt, h.doubtBy = doubtful("who has "+p.Address+", as a policy or as a boundary", p.UseUnknown), p.UseUnknown
		h.perhapsBoundary = doubtful("whether "+p.Address+" is somebody's boundary", p.BoundaryUnknown)
		h.add(a.grant(p.Document, p.Address, nil))
		a.alone = append(a.alone, h)
	}
	for _, p := range a.model.Inline {
		if !p.HeldByNobody || p.Document == nil || p.Document.Document == nil || p.Change == iam.ChangeDelete || p.Change == iam.ChangeForget {
			continue
		}
		h := a.nobody(aloneInline, p.Address, p.Location, a.model.DeploymentOf(p.Provider))
		h.doubt, h.doubtBy = doubtful("who has "+p.Address, p.HolderUnknown), p.HolderUnknown
		h.add(a.grant(p.Document, p.Address, nil))
		a.alone = append(a.alone, h)
	}
}

// attachedOutside collects what the input gives to somebody whom it does not
// declare: policies of the input, which are then judged alone like those that
// nobody has, and AWS's own and those that a data source has read.
func (a *account) attachedOutside() {
	a.outside = map[*iam.ManagedPolicy]bool{}
	for _, t := range a.model.Attachments {
		if !t.HeldByNobody || !t.Holder.Set || t.Change == iam.ChangeDelete || t.Change == iam.ChangeForget {
			continue
		}
		if t.Policy != nil {
			a.outside[t.Policy] = a.outside[t.Policy] || t.HolderUnknown == nil
			continue
		}
		for _, g := range a.attached(t, nil) {
			if g.policy.Document == nil {
				continue
			}
			h := a.nobody(aloneAttached, t.Address, t.Location, a.model.DeploymentOf(t.Provider))
			h.attachment = t
			h.doubt, h.doubtBy = doubtful("who has "+t.Address, t.HolderUnknown), t.HolderUnknown
			h.add(g)
			a.alone = append(a.alone, h)
		}
	}
}

// doubtful is a doubt about what, for the symbol that hides it; "" for none.
func doubtful(what string, hidden *policy.Symbol) string {
	if hidden == nil {
		return ""
	}
	return what + " hangs on " + phrase.Symbol(hidden)
}

// settle takes the certainty out of an answer about one that is perhaps no
// holder.
func (h *holder) settle(answer authz.Answer) authz.Answer {
	if h.doubt == "" || answer.Verdict != authz.Allowed {
		return answer
	}
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
		Reasons: []authz.Reason{{Text: h.doubt, Symbol: h.doubtBy}},
	}
}

// aloneBut are those that are judged alone, without those that allow
// everything: whoever is given such a thing is an administrator, and that it
// can create roles without a boundary says enough.
func (a *account) aloneBut() []*holder {
	return slices.DeleteFunc(slices.Clone(a.alone), func(h *holder) bool { return a.isExemptActor(h.asUnbounded()) })
}

// asUnbounded is the holder as an entity without boundary would be that has
// the same policies.
func (h *holder) asUnbounded() *holder {
	out := *h
	out.boundary = unbounded
	if out.entity == nil {
		out.entity = &iam.Entity{Address: h.address}
	}
	return &out
}

// pinnedBoundaries are the policies of the input that conditions on
// iam:PermissionsBoundary name: they are boundaries although no entity of the
// input has them.
func (a *account) pinnedBoundaries() map[*iam.ManagedPolicy]bool {
	if a.pinned != nil {
		return a.pinned
	}
	a.pinned = map[*iam.ManagedPolicy]bool{}
	for d := range a.model.AllDocuments() {
		if d.Gone || d.Kind != policy.IdentityPolicy && !d.Kind.OfOrganization() {
			continue
		}
		for _, arn := range namedBoundaries(d.Document) {
			if found, _ := a.model.FindPolicy(arn); found != nil {
				a.pinned[found] = true
			}
		}
	}
	return a.pinned
}

// isApprovedPolicy reports whether a boundary block names the policy, so that
// it is a boundary although nobody in the input has it.
func (a *account) isApprovedPolicy(p *iam.ManagedPolicy) bool {
	for i := range a.approved.blocks {
		b := &a.approved.blocks[i]
		if b.lists(p.Address, "arn") || b.has(p.ARN) == lint.AlwaysMatches {
			return true
		}
	}
	return false
}

// nobody is a holder of which only the account is known.
func (a *account) nobody(what, address string, at iam.Location, d iam.Deployment) *holder {
	h := &holder{what: what, address: address, location: at, deployment: d, principal: &authz.Principal{Account: d.Account}}
	a.control(h)
	return h
}
