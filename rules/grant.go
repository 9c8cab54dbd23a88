package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// sufficient is a grant that makes an administrator by itself.
func (h *holder) sufficient() (grant, bool) {
	for _, g := range h.grants {
		alone := newReach([]*authz.Policy{g.policy})
		if alone.holdsIAM() == authz.Allowed && wholeOfAll([]*reach{alone}, true) >= manyServices {
			return g, true
		}
	}
	return grant{}, false
}

// widest is the statement of a grant that allows the most on every resource:
// one of all actions, else of all but some, else the one with the most; nil
// where none allows anything on every resource.
func (g grant) widest() *policy.Statement {
	if g.policy.Document == nil {
		return nil
	}
	var best *policy.Statement
	most := 0
	for _, s := range g.policy.Document.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		if _, ok := sweepOf(s, conditionsByCircumstance(s)); !ok {
			continue
		}
		size := len(s.Action)
		switch {
		case slices.ContainsFunc(s.Action, isStar):
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

// title is how a sentence calls the policy of a grant.
func (g grant) title() string {
	if g.document == nil {
		return "the AWS-managed policy " + g.managedName()
	}
	return "the policy " + g.address
}

// place is where a grant is written: its statement, or the attachment of a
// policy that has no document in the input.
func (g grant) place(h *holder, s *policy.Statement) iam.Location {
	if g.document != nil {
		if s == nil {
			return g.document.Location
		}
		return g.document.StatementLocation(s.Index, policy.Range{})
	}
	attached := h.attachments(g.group)
	for _, t := range attached {
		parts, ok := policy.ParseARN(t.PolicyARN.Text)
		if !ok || !isText(parts.Account, "aws") {
			continue
		}
		if resource, known := parts.Resource.Known(); known && strings.HasSuffix(g.address, ":"+resource) {
			if t.PolicyARN.Location.Address != "" {
				return t.PolicyARN.Location
			}
			return t.Location
		}
	}
	return h.location
}

// managedName is the name of AWS's policy that a grant without a document is.
func (g grant) managedName() string { return g.address[strings.LastIndexByte(g.address, '/')+1:] }

// grant is one policy that a holder has, and where it stands.
type grant struct {
	policy *authz.Policy
	// document is nil for AWS-managed policies and hidden ones.
	document *iam.Document
	// address is the resource that holds the document, or the ARN of an
	// AWS-managed policy.
	address string
	// group is set where the holder has it as a member.
	group *iam.Group
	// unsettled is set where the holder has it only perhaps.
	unsettled *unsettled
}

func (a *account) grant(d *iam.Document, address string, group *iam.Group) grant {
	return grant{policy: a.compile(d, address), document: d, address: address, group: group}
}

func (h *holder) add(g grant) {
	if slices.ContainsFunc(h.grants, func(o grant) bool { return o.policy == g.policy }) {
		return
	}
	h.grants = append(h.grants, g)
	h.principal.Identity = append(h.principal.Identity, g.policy)
}

// mayHave is a grant of which it is not known whether the holder has it: none
// of its statements is certain.
func (a *account) mayHave(g grant, by *policy.Symbol) grant {
	if by == nil || g.policy.Document == nil || g.policy.Document.Unknown != nil {
		return g
	}
	key := unsureOf{g.policy, by}
	c, ok := a.unsure[key]
	if !ok {
		c = authz.Compile(unsure(g.policy.Document, by))
		a.unsure[key] = c
	}
	g.policy = c
	a.standing[c] = g
	return g
}

// unsureOf is a policy of which something hides whether a holder has it.
type unsureOf struct {
	policy *authz.Policy
	by     *policy.Symbol
}
