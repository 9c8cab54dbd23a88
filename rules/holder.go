package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// holder is one who acts: an entity, or a group or policy that nobody in the
// input has and that is judged alone.
type holder struct {
	// entity is nil for what is judged alone; what is then its kind.
	entity    *iam.Entity
	what      string
	address   string
	principal *authz.Principal
	grants    []grant
	// boundary says what is known of the holder's own boundary.
	boundary   boundaryKnowledge
	deployment iam.Deployment
	location   iam.Location
	// doubt says, after "because", why it is not certain that a holder which
	// is judged alone is one; "" for no doubt.
	doubt string
	// doubtBy is what hides it, nil where it is not one symbol.
	doubtBy *policy.Symbol
	// perhapsBoundary says the same of a policy that may be somebody's
	// boundary; "" for one that is not.
	perhapsBoundary string
	// attachment gives the policy to one who is judged alone; nil for none.
	attachment *iam.Attachment
	// boundaryARN is the ARN of the boundary whose bearer this is.
	boundaryARN policy.Text
	// likeness is what it shares with holders of the same policies.
	likeness string
}

// boundaryKnowledge says what is known of an entity's boundary.
type boundaryKnowledge uint8

// holderOf collects what an entity holds.
func (a *account) holderOf(e *iam.Entity) *holder {
	h := &holder{entity: e, address: e.Address, location: e.Location, deployment: e.Deployment}
	h.principal = &authz.Principal{
		Kind: authz.KindUser, ARN: e.ARN, Account: e.Deployment.Account, Tags: e.Tags.Values, TagsKnown: a.tagsKnown(e),
		Origins: a.originsOf(e),
	}
	a.control(h)
	if e.Kind != iam.User {
		// Who has a permission set acts as the role that it makes.
		h.principal.Kind = authz.KindRole
	}
	h.addAll(a, e.Inline, e.Attached, nil)
	h.addUnsettled(a, e.Unsettled, nil)
	for _, g := range e.Groups {
		h.addAll(a, g.Inline, g.Attached, g)
		h.addUnsettled(a, g.Unsettled, g)
	}
	if e.PoliciesUnknown != nil {
		h.add(grant{policy: authz.Hidden(e.PoliciesUnknown), address: e.Address})
	}
	h.principal.Boundary, h.boundary = a.boundaryOf(e)
	return h
}

// tagsKnown reports whether it is certain that somebody acts with no other
// tags than those that are seen: nothing hides any, and no session brings
// some along (IAM User Guide, passing session tags).
func (a *account) tagsKnown(e *iam.Entity) bool {
	switch e.Kind {
	case iam.User:
		return !e.Tags.Hidden
	case iam.Role:
		return !e.Tags.Hidden && e.Trust != nil && e.Trust.Document != nil && !a.compile(e.Trust, e.Address).MayAllow("sts:TagSession")
	case iam.PermissionSet:
		// Identity Center makes tags of its users' attributes.
	}
	return false
}

func (h *holder) addAll(a *account, inline []*iam.InlinePolicy, attached []*iam.Attachment, group *iam.Group) {
	for _, p := range inline {
		if p.Document != nil && p.Document.Document != nil {
			h.add(a.mayHave(a.grant(p.Document, p.Address, group), p.Doubt(h.maybe()...)))
		}
	}
	for _, t := range attached {
		for _, g := range a.attached(t, group) {
			h.add(a.mayHave(g, t.Doubt(h.maybe()...)))
		}
	}
}

// maybe is what it depends on whether the holder exists.
func (h *holder) maybe() [][]*policy.Symbol {
	if h.entity == nil {
		return nil
	}
	return [][]*policy.Symbol{h.entity.Maybe}
}

// attached is the policy of an attachment, or those that it may be of. One
// that the input does not declare is of another repository, beyond the input
// and left out, unless it is AWS's own or a data source has read it. So are
// literals that a plan does not show.
func (a *account) attached(t *iam.Attachment, group *iam.Group) []grant {
	if s := t.PolicyARN.Text.Symbol(); s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
		var list []grant
		for _, arn := range s.Alternatives {
			one := *t
			one.PolicyARN.Text = arn
			one.Policy, _ = a.model.FindPolicy(arn)
			for _, g := range a.attached(&one, group) {
				list = append(list, a.mayHave(g, s))
			}
		}
		return list
	}
	one := func(c *authz.Policy, address string) []grant {
		if c == nil {
			return nil
		}
		return []grant{{policy: c, address: address, group: group}}
	}
	arn, known := t.PolicyARN.Text.Known()
	switch {
	case t.Policy != nil && t.Policy.Document != nil && t.Policy.Document.Document != nil:
		return []grant{a.grant(t.Policy.Document, t.Policy.Address, group)}
	case t.Policy != nil || !t.PolicyARN.Set:
		return nil
	case known:
		return one(a.awsManaged(arn), arn)
	case isForeignPolicy(t.PolicyARN.Text), t.HasUnseenLiterals():
		return nil
	}
	if parts, ok := policy.ParseARN(t.PolicyARN.Text); ok {
		// The partition does not change what an AWS-managed policy says.
		if resource, ok := parts.Resource.Known(); ok && isText(parts.Account, "aws") {
			return one(a.awsManaged("arn:aws:iam::aws:"+resource), t.PolicyARN.Text.String())
		}
	}
	return one(authz.Hidden(t.PolicyARN.Text.Symbols()[0]), t.Address)
}

// boundaryOf is the boundary of an entity as a policy, as far as it is known.
func (a *account) boundaryOf(e *iam.Entity) (*authz.Policy, boundaryKnowledge) {
	switch {
	case !e.Boundary.Set:
		return nil, unbounded
	case e.BoundaryPolicy != nil && e.BoundaryPolicy.Document != nil && e.BoundaryPolicy.Document.Document != nil:
		return a.compile(e.BoundaryPolicy.Document, e.BoundaryPolicy.Address), boundedKnown
	}
	if c := a.boundaryDocument(e.Boundary.Text, e.Boundary); c != nil {
		return c, boundedKnown
	}
	if parts, ok := policy.ParseARN(e.Boundary.Text); ok && parts.Resource.IsKnown() {
		return nil, boundedUnseen
	}
	if e.Boundary.IsUnknown() && a.approved.value(e.Boundary, e.NameText()) != approved {
		return nil, boundedHidden
	}
	return nil, boundedUnseen
}

// boundaryDocument is the document of a boundary that the input does not
// declare: AWS's own, or one that the configuration gives. v may be zero.
func (a *account) boundaryDocument(arn policy.Text, v iam.Value) *authz.Policy {
	if parts, ok := policy.ParseARN(arn); ok && isText(parts.Account, "aws") {
		if resource, ok := parts.Resource.Known(); ok {
			return a.awsManaged("arn:aws:iam::aws:" + resource)
		}
	}
	for i := range a.approved.blocks {
		b := &a.approved.blocks[i]
		if b.Document == nil || b.Document.Document == nil {
			continue
		}
		if b.has(arn) == lint.AlwaysMatches || v.Set && b.refersTo(v) {
			return a.compile(b.Document, "boundary."+b.Name)
		}
	}
	known, _ := arn.Known()
	return a.found(known)
}
