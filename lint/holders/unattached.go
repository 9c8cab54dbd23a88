package holders

import (
	"slices"

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
	// to a principal that the input does not declare.
	aloneAttached = "attached policy"
	aloneInline   = "inline policy"
)

// findUnattached collects what grants something to no principal of the input: policies
// that are not boundaries, and groups without members. Who will have them is
// not known, nor what boundary that one has. Where something hides whether
// anybody has it, the verdict on it is in doubt.
func (a *Account) findUnattached() {
	for _, g := range a.Model.Groups {
		if g.Gone() || len(g.Members) > 0 {
			continue
		}
		if h := a.groupAlone(g); len(h.Grants) > 0 {
			a.Unattached = append(a.Unattached, h)
		}
	}
	outside := a.attachedOutside()
	pinned := a.PinnedBoundaries()
	for _, p := range a.Model.Policies {
		if p.Gone() || p.Document == nil || p.Document.Document == nil ||
			!outside[p] && (len(p.HeldBy)+len(p.HeldByGroups)+len(p.BoundaryOf) > 0 || a.isApprovedPolicy(p) || pinned[p]) {
			continue
		}
		a.Unattached = append(a.Unattached, a.policyAlone(p))
	}
	for _, p := range a.Model.Inline {
		if !p.HeldByNobody || p.Document == nil || p.Document.Document == nil || p.Change == iam.ChangeDelete || p.Change == iam.ChangeForget {
			continue
		}
		a.Unattached = append(a.Unattached, a.inlineAlone(p))
	}
}

// attachedOutside collects what the input gives to a principal that it does not
// declare: policies of the input, which are then judged alone like those that
// UnattachedHolder has, and AWS's own and those that a data source has read. Of
// the former it tells which are certainly attached.
func (a *Account) attachedOutside() map[*iam.ManagedPolicy]bool {
	outside := map[*iam.ManagedPolicy]bool{}
	for _, t := range a.Model.Attachments {
		if !t.HeldByNobody || !t.Holder.Set || t.Change == iam.ChangeDelete || t.Change == iam.ChangeForget {
			continue
		}
		if t.Policy != nil {
			outside[t.Policy] = outside[t.Policy] || t.HolderUnknown == nil
			continue
		}
		for _, g := range a.attached(t, nil) {
			if g.Policy.Document == nil {
				continue
			}
			a.Unattached = append(a.Unattached, a.attachedAlone(t, g))
		}
	}
	return outside
}

// doubtful is a doubt about what, for the symbol that hides it; "" for none.
func doubtful(what string, hidden *policy.Symbol) string {
	if hidden == nil {
		return ""
	}
	return what + " depends on " + phrase.Symbol(hidden)
}

// Resolve takes the certainty out of an answer about one that is perhaps no
// holder.
func (h *Holder) Resolve(answer authz.Answer) authz.Answer {
	if h.Doubt == "" || answer.Verdict != authz.Allowed {
		return answer
	}
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
		Reasons: []authz.Reason{{Text: h.Doubt, Symbol: h.DoubtBy}},
	}
}

// UnattachedActors are those that are judged alone, without those that allow
// everything: a principal that is given such a thing is an administrator, and that it
// can create roles without a boundary says enough.
func (a *Account) UnattachedActors() []*Holder {
	return slices.DeleteFunc(slices.Clone(a.Unattached), func(h *Holder) bool { return a.IsExemptActor(h.asUnbounded()) })
}

// asUnbounded is the holder as an entity without boundary would be that has
// the same policies.
func (h *Holder) asUnbounded() *Holder {
	out := *h
	out.Boundary = Unbounded
	if out.Entity == nil {
		out.Entity = &iam.Entity{Declared: iam.Declared{Address: h.Address}}
	}
	return &out
}

// PinnedBoundaries are the policies of the input that conditions on
// iam:PermissionsBoundary name: they are boundaries although no entity of the
// input has them.
func (a *Account) PinnedBoundaries() map[*iam.ManagedPolicy]bool { return pinnedBoundaries.Of(a) }

var pinnedBoundaries = NewDerived(func(a *Account) map[*iam.ManagedPolicy]bool {
	pinned := map[*iam.ManagedPolicy]bool{}
	for d := range a.Model.AllDocuments() {
		if d.Gone || d.Kind != policy.IdentityPolicy && !d.Kind.OfOrganization() {
			continue
		}
		for _, arn := range NamedBoundaries(d.Document) {
			if found, _ := a.Model.FindPolicy(arn); found != nil {
				pinned[found] = true
			}
		}
	}
	return pinned
})

// isApprovedPolicy reports whether a boundary block names the policy, so that
// it is a boundary although no principal in the input has it.
func (a *Account) isApprovedPolicy(p *iam.ManagedPolicy) bool {
	for i := range a.Approved.Blocks {
		b := &a.Approved.Blocks[i]
		if b.lists(p.Address, "arn") || b.Has(p.ARN) == policy.True {
			return true
		}
	}
	return false
}

// UnattachedHolder is a holder of which only the account is known.
func (a *Account) UnattachedHolder(what, address string, at iam.Location, d iam.Deployment) *Holder {
	h := &Holder{Kind: what, Address: address, Location: at, Deployment: d, Principal: &authz.Principal{Account: d.Account}}
	a.ApplyOrganization(h)
	return h
}
