package holders

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
)

// Alone is what a group, policy or attachment gives to whoever has it, as in
// [Account.Unattached], whether a principal of the input has it or not. kind is
// that of the holder, isMeant tells its address; nil where the input does not
// declare it.
func (a *Account) Alone(kind string, isMeant func(address string) bool) *Holder {
	switch kind {
	case aloneGroup:
		for _, g := range a.Model.Groups {
			if isMeant(g.Address) && !g.Gone() {
				return a.groupAlone(g)
			}
		}
	case alonePolicy:
		for _, p := range a.Model.Policies {
			if isMeant(p.Address) && !p.Gone() && isWritten(p.Document) {
				return a.policyAlone(p)
			}
		}
	case aloneInline:
		for _, p := range a.Model.Inline {
			if isMeant(p.Address) && !p.Gone() && isWritten(p.Document) {
				return a.inlineAlone(p)
			}
		}
	case aloneAttached:
		for _, t := range a.Model.Attachments {
			if !isMeant(t.Address) || t.Gone() {
				continue
			}
			for _, g := range a.attached(t, nil) {
				return a.attachedAlone(t, g)
			}
		}
	}
	return nil
}

// isWritten reports whether it is known what a document says.
func isWritten(d *iam.Document) bool { return d != nil && d.Document != nil }

func (a *Account) groupAlone(g *iam.Group) *Holder {
	h := a.GroupHolder(g)
	h.Doubt, h.DoubtBy = doubtful("who is in "+g.Address, g.MembersUnknown), g.MembersUnknown
	if g.PoliciesUnknown != nil {
		h.add(Grant{Policy: authz.Hidden(g.PoliciesUnknown), Address: g.Address, Group: g})
	}
	return h
}

func (a *Account) policyAlone(p *iam.ManagedPolicy) *Holder {
	h := a.UnattachedHolder(alonePolicy, p.Address, p.Location, p.Deployment)
	h.Doubt, h.DoubtBy = doubtful("who has "+p.Address+", as a policy or as a boundary", p.UseUnknown), p.UseUnknown
	h.PerhapsBoundary = doubtful("whether "+p.Address+" is the boundary of an entity", p.BoundaryUnknown)
	h.add(a.grant(p.Document, p.Address, nil))
	return h
}

func (a *Account) inlineAlone(p *iam.InlinePolicy) *Holder {
	h := a.UnattachedHolder(aloneInline, p.Address, p.Location, a.Model.DeploymentOf(p.Provider))
	h.Doubt, h.DoubtBy = doubtful("who has "+p.Address, p.HolderUnknown), p.HolderUnknown
	h.add(a.inline(p, nil))
	return h
}

func (a *Account) attachedAlone(t *iam.Attachment, g Grant) *Holder {
	h := a.UnattachedHolder(aloneAttached, t.Address, t.Location, a.Model.DeploymentOf(t.Provider))
	h.attachment = t
	h.Doubt, h.DoubtBy = doubtful("who has "+t.Address, t.HolderUnknown), t.HolderUnknown
	h.add(g)
	return h
}
