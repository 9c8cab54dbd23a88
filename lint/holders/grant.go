package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Sufficient is a grant that makes an administrator by itself.
func (h *Holder) Sufficient() (Grant, bool) {
	for _, g := range h.Grants {
		alone := NewReach([]*authz.Policy{g.Policy})
		if alone.holdsIAM() == authz.Allowed && WholeOfAll([]*Reach{alone}, true) >= ManyServices {
			return g, true
		}
	}
	return Grant{}, false
}

// Widest is the statement of a grant that allows the most on every resource:
// one of all actions, else of all but some, else the one with the most; nil
// where none allows anything on every resource.
func (g Grant) Widest() *policy.Statement {
	if g.Policy.Document == nil {
		return nil
	}
	var best *policy.Statement
	most := 0
	for _, s := range g.Policy.Document.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		if _, ok := sweepOf(s, conditionsByCircumstance(s)); !ok {
			continue
		}
		size := len(s.Action)
		switch {
		case slices.ContainsFunc(s.Action, IsStar):
			size = 1 << 20
		case s.NotAction != nil:
			size = 1 << 19
		}
		if size > most {
			best, most = s, size
		}
	}
	return best
}

// Title is how a sentence calls the policy of a grant.
func (g Grant) Title() string {
	if g.Document == nil {
		return "the AWS-managed policy " + g.ManagedName()
	}
	return "the policy " + g.Address
}

// Place is where a grant is written: its statement, or the attachment of a
// Policy that has no document in the input.
func (g Grant) Place(h *Holder, s *policy.Statement) iam.Location {
	if g.Document != nil {
		if s == nil {
			return g.Document.Location
		}
		return g.Document.StatementLocation(s.Index, policy.Range{})
	}
	attached := h.attachments(g.Group)
	for _, t := range attached {
		parts, ok := policy.ParseARN(t.PolicyARN.Text)
		if !ok || !IsText(parts.Account, "aws") {
			continue
		}
		if resource, known := parts.Resource.Known(); known && strings.HasSuffix(g.Address, ":"+resource) {
			if t.PolicyARN.Location.Address != "" {
				return t.PolicyARN.Location
			}
			return t.Location
		}
	}
	return h.Location
}

// ManagedName is the name of AWS's policy that a grant without a document is.
func (g Grant) ManagedName() string { return g.Address[strings.LastIndexByte(g.Address, '/')+1:] }

// Grant is one policy that a holder has, and where it stands.
type Grant struct {
	Policy *authz.Policy
	// Document is nil for AWS-managed policies and hidden ones.
	Document *iam.Document
	// Address is the resource that holds the document, or the ARN of an
	// AWS-managed policy.
	Address string
	// Group is set where the holder has it as a member.
	Group *iam.Group
	// Inline tells that it is inline, in the holder or in its group; ARN is that
	// of an attached policy, empty where something hides which policy that is.
	Inline bool
	ARN    policy.Text
	// Unsettled is set where the holder has it only perhaps.
	Unsettled *unsettled
}

func (a *Account) grant(d *iam.Document, address string, group *iam.Group) Grant {
	return Grant{Policy: a.Compile(d, address), Document: d, Address: address, Group: group}
}

// inline is a grant by an inline policy.
func (a *Account) inline(p *iam.InlinePolicy, group *iam.Group) Grant {
	g := a.grant(p.Document, p.Address, group)
	g.Inline = true
	return g
}

func (h *Holder) add(g Grant) {
	if slices.ContainsFunc(h.Grants, func(o Grant) bool { return o.Policy == g.Policy }) {
		return
	}
	h.Grants = append(h.Grants, g)
	h.Principal.Identity = append(h.Principal.Identity, g.Policy)
}

// mayHave is a grant of which it is not known whether the holder has it: none
// of its statements is certain.
func (a *Account) mayHave(g Grant, by *policy.Symbol) Grant {
	if by == nil || g.Policy.Document == nil || g.Policy.Document.Unknown != nil {
		return g
	}
	key := unsureOf{g.Policy, by}
	c, ok := a.unsure[key]
	if !ok {
		c = authz.Compile(unsure(g.Policy.Document, by))
		a.unsure[key] = c
	}
	g.Policy = c
	a.Standing[c] = g
	return g
}

// unsureOf is a policy of which something hides whether a holder has it.
type unsureOf struct {
	policy *authz.Policy
	by     *policy.Symbol
}
