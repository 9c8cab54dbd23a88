package holders

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Holder is a principal that acts: an entity, or the one that would have an
// unattached group or policy, which is judged by itself.
type Holder struct {
	// Entity is nil for an unattached group or policy; Kind is then which of
	// them.
	Entity    *iam.Entity
	Kind      string
	Address   string
	Principal *authz.Principal
	Grants    []Grant
	// Boundary says what is known of the holder's own boundary.
	Boundary BoundaryKnowledge
	// Trust is the trust policy of a role; nil where nothing is known of it.
	Trust      *authz.Policy
	Deployment iam.Deployment
	Location   iam.Location
	// Elsewhere is how messages call the account of a neighbor; "" for one of the
	// account that is judged.
	Elsewhere string
	// Provisioned tells of a permission set that it is in the account: it is judged as
	// what it is where it is declared, too.
	Provisioned bool
	// OnlyTarget tells of a permission set that nobody has in the account, though it can
	// be assigned there.
	OnlyTarget bool
	// Doubt says, after "because", why it is not certain that an unattached
	// policy has a holder; "" for no doubt.
	Doubt string
	// DoubtBy is what hides it, nil where it is not one symbol.
	DoubtBy *policy.Symbol
	// PerhapsBoundary says the same of a policy that may be the boundary
	// of an entity; "" for one that is not.
	PerhapsBoundary string
	// attachment gives the policy to an undeclared principal; nil for none.
	attachment *iam.Attachment
	// BoundaryARN is the ARN of the boundary whose bearer this is.
	BoundaryARN policy.Text
	// class is what it shares with holders of the same policies, regions are those that
	// its policies name; "" until they are asked for.
	class, regions string
	// strict is the principal that Strict made last, of strictAs.
	strict   *authz.Principal
	strictAs strictOf
}

// BoundaryKnowledge says what is known of an entity's boundary.
type BoundaryKnowledge uint8

// What may be known.
const (
	// Unbounded holders have no boundary.
	Unbounded BoundaryKnowledge = iota
	// BoundedKnown ones have one whose document is in the principal.
	BoundedKnown
	// BoundedUnseen ones have one whose document is outside of the input. The
	// principal is left without it.
	BoundedUnseen
	// BoundedHidden ones may have one: the attribute is not known.
	BoundedHidden
)

// IsRole reports whether the holder is a role: one that IAM Identity Center made of a
// permission set counts.
func (h *Holder) IsRole() bool {
	return h.Entity.Kind == iam.Role || h.Entity.Kind == iam.PermissionSet && h.Entity.Trust != nil
}

// HolderOf collects what an entity holds.
func (a *Account) HolderOf(e *iam.Entity) *Holder {
	h := &Holder{Entity: e, Address: e.Address, Location: e.Location, Deployment: e.Deployment}
	if e.Trust != nil && e.Trust.Document != nil {
		h.Trust = a.Compile(e.Trust, e.Address)
	}
	h.Principal = &authz.Principal{
		Kind: authz.KindUser, ARN: e.ARN, Account: e.Deployment.Account, Tags: e.Tags.Map(), TagsKnown: a.TagsKnown(e),
		Origins: a.originsOf(e),
	}
	a.ApplyOrganization(h)
	if e.Kind == iam.PermissionSet {
		h.Elsewhere = a.assignedTo(e)
	}
	if e.Kind != iam.User {
		// Who has a permission set acts as the role that it makes.
		h.Principal.Kind = authz.KindRole
	}
	h.AddAll(a, e.Inline, e.Attached, nil)
	h.addUnsettled(a, e.Unsettled, nil)
	for _, g := range e.Groups {
		h.AddAll(a, g.Inline, g.Attached, g)
		h.addUnsettled(a, g.Unsettled, g)
	}
	if e.PoliciesUnknown != nil {
		h.add(Grant{Policy: authz.Hidden(e.PoliciesUnknown), Address: e.Address})
	}
	h.Principal.Boundary, h.Boundary = a.BoundaryOf(e)
	return h
}

// GroupHolder is a member of a group of which nothing else is known.
func (a *Account) GroupHolder(g *iam.Group) *Holder {
	h := a.UnattachedHolder(aloneGroup, g.Address, g.Location, g.Deployment)
	h.AddAll(a, g.Inline, g.Attached, g)
	return h
}

// GroupPolicies are what a group gives to a principal that joins it, with what it
// gives only perhaps.
func (a *Account) GroupPolicies(g *iam.Group) []*authz.Policy {
	h := a.GroupHolder(g)
	h.addUnsettled(a, g.Unsettled, g)
	return h.Principal.Identity
}

// TagsKnown reports whether it is certain that a principal acts with no other
// tags than those that are seen: nothing hides any, and no session brings
// some along (IAM User Guide, passing session tags).
func (a *Account) TagsKnown(e *iam.Entity) bool {
	switch e.Kind {
	case iam.User:
		return !e.Tags.Hidden
	case iam.Role:
		return !e.Tags.Hidden && e.Trust != nil && e.Trust.Document != nil && !a.Compile(e.Trust, e.Address).MayAllow("sts:TagSession")
	case iam.PermissionSet:
		// Identity Center makes tags of its users' attributes.
	}
	return false
}

// AddAll gives a holder the policies of an entity, or of a group that it is in.
func (h *Holder) AddAll(a *Account, inline []*iam.InlinePolicy, attached []*iam.Attachment, group *iam.Group) {
	for _, p := range inline {
		if p.Document != nil && p.Document.Document != nil {
			h.add(a.mayHave(a.inline(p, group), p.Doubt(h.maybe()...)))
		}
	}
	for _, t := range attached {
		for _, g := range a.attached(t, group) {
			h.add(a.mayHave(g, t.Doubt(h.maybe()...)))
		}
	}
}

// maybe is what it depends on whether the holder exists.
func (h *Holder) maybe() [][]*policy.Symbol {
	if h.Entity == nil {
		return nil
	}
	return [][]*policy.Symbol{h.Entity.Maybe}
}

// attached is the policy of an attachment, or those that it may be of. One
// that the input does not declare is of another repository, beyond the input
// and left out, unless it is AWS's own or a data source has read it. So are
// literals that a plan does not show.
func (a *Account) attached(t *iam.Attachment, group *iam.Group) []Grant {
	if s := t.PolicyARN.Text.Symbol(); s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
		var list []Grant
		for _, arn := range s.Alternatives {
			one := *t
			one.PolicyARN.Text = arn
			one.Policy, _ = a.Model.FindPolicy(arn)
			for _, g := range a.attached(&one, group) {
				list = append(list, a.mayHave(g, s))
			}
		}
		return list
	}
	aws := func(arn, address string) []Grant {
		c := a.AWSManaged(arn)
		if c == nil {
			return nil
		}
		return []Grant{{Policy: c, Address: address, Group: group, ARN: t.PolicyARN.Text}}
	}
	arn, known := t.PolicyARN.Text.Known()
	switch {
	case t.Policy != nil && t.Policy.Document != nil && t.Policy.Document.Document != nil:
		g := a.grant(t.Policy.Document, t.Policy.Address, group)
		g.ARN = t.PolicyARN.Text
		return []Grant{g}
	case t.Policy != nil || !t.PolicyARN.Set:
		return nil
	case known:
		return aws(arn, arn)
	case IsForeignPolicy(t.PolicyARN.Text), t.HasUnseenLiterals():
		return nil
	}
	if parts, ok := policy.ParseARN(t.PolicyARN.Text); ok {
		// The partition does not change what an AWS-managed policy says.
		if resource, ok := parts.Resource.Known(); ok && IsText(parts.Account, "aws") {
			return aws("arn:aws:iam::aws:"+resource, t.PolicyARN.Text.String())
		}
	}
	return []Grant{{Policy: authz.Hidden(t.PolicyARN.Text.Symbols()[0]), Address: t.Address, Group: group}}
}

// BoundaryOf is the boundary of an entity as a policy, as far as it is known.
func (a *Account) BoundaryOf(e *iam.Entity) (*authz.Policy, BoundaryKnowledge) {
	switch {
	case !e.Boundary.Set:
		return nil, Unbounded
	case e.BoundaryPolicy != nil && e.BoundaryPolicy.Document != nil && e.BoundaryPolicy.Document.Document != nil:
		return a.Compile(e.BoundaryPolicy.Document, e.BoundaryPolicy.Address), BoundedKnown
	}
	if c := a.boundaryDocument(e.Boundary.Text, e.Boundary); c != nil {
		return c, BoundedKnown
	}
	if parts, ok := policy.ParseARN(e.Boundary.Text); ok && parts.Resource.IsKnown() {
		return nil, BoundedUnseen
	}
	if e.Boundary.IsUnknown() && a.Approved.Approves(e.Boundary, e.NameText()) != policy.True {
		return nil, BoundedHidden
	}
	return nil, BoundedUnseen
}

// boundaryDocument is the document of a boundary that the input does not
// declare: AWS's own, or one that the configuration gives. v may be zero.
func (a *Account) boundaryDocument(arn policy.Text, v iam.Value) *authz.Policy {
	if parts, ok := policy.ParseARN(arn); ok && IsText(parts.Account, "aws") {
		if resource, ok := parts.Resource.Known(); ok {
			return a.AWSManaged("arn:aws:iam::aws:" + resource)
		}
	}
	for i := range a.Approved.Blocks {
		b := &a.Approved.Blocks[i]
		if b.Document == nil || b.Document.Document == nil {
			continue
		}
		if b.Has(arn) == policy.True || v.Set && b.refersTo(v) {
			return a.Compile(b.Document, "boundary."+b.Name)
		}
	}
	known, _ := arn.Known()
	return a.found(known)
}
