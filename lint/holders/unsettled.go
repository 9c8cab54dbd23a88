package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// unsettled tells of a policy that its holder has only perhaps, because the
// target of the attachment is not known.
type unsettled struct {
	// by is the address of the attachment or inline policy.
	by     string
	hidden *policy.Symbol
}

// perhapsKey is a document that is attached to no principal knows whom.
type perhapsKey struct {
	document *policy.Document
	by       string
}

// addUnsettled adds the policies that the holder may have. Each statement of
// them may be there or not, so that what they do not speak of stays certain.
func (h *Holder) addUnsettled(a *Account, all []*iam.Unsettled, group *iam.Group) {
	for _, u := range all {
		for _, p := range u.Inline {
			if p.Document != nil && p.Document.Document != nil {
				h.add(a.perhaps(a.inline(p, group), unsettled{p.Address, p.HolderUnknown}))
			}
		}
		for _, t := range u.Attached {
			for _, g := range a.attached(t, group) {
				h.add(a.perhaps(g, unsettled{t.Address, t.HolderUnknown}))
			}
		}
	}
}

// whoHas begins the name of a symbol that hides who has a policy.
const whoHas = "who has "

// perhaps is a grant of which it is not certain that it is held.
func (a *Account) perhaps(g Grant, u unsettled) Grant {
	g.Unsettled = &u
	d := g.Policy.Document
	if d == nil || d.Unknown != nil {
		// Nothing of it is certain anyway.
		return g
	}
	key := perhapsKey{d, u.by}
	if known, ok := a.doubted[key]; ok {
		g.Policy = known
		return g
	}
	// The symbol says in messages what it hides.
	hides := &policy.Symbol{Name: whoHas + u.by}
	if u.hidden != nil {
		hides.Kind, hides.Scope, hides.References, hides.Reasons = u.hidden.Kind, u.hidden.Scope, u.hidden.References, u.hidden.Reasons
	}
	maybe := *d
	maybe.Statements = make([]*policy.Statement, len(d.Statements))
	for i, s := range d.Statements {
		copied := *s
		if copied.Maybe == nil {
			copied.Maybe = hides
		}
		maybe.Statements[i] = &copied
	}
	g.Policy = authz.Compile(&maybe)
	a.doubted[key] = g.Policy
	a.Standing[g.Policy] = g
	return g
}

// MarkUncertain puts a finding that comes from a policy which the holder has only
// perhaps at the attachment: that is one cause, a principal that may be meant.
func MarkUncertain(f *lint.Finding, g Grant, h *Holder) {
	if g.Unsettled == nil || f.Verdict != lint.Undetermined || h.Entity == nil {
		return
	}
	f.Related = append(f.Related, lint.Related{
		Address: h.Address, Message: phrase.Capital(phrase.Entity(h.Entity)) + " may be the one that has it.", Location: h.Location,
	})
	f.Address = g.Unsettled.by
	if f.Cause == "" {
		f.Cause = g.Unsettled.by
	}
}

// MayMakeAdministrator is the policy, held only perhaps, without which the
// holder is not an administrator.
func (a *Account) MayMakeAdministrator(h *Holder) (Grant, bool) {
	for _, g := range h.Grants {
		if g.Unsettled == nil {
			continue
		}
		without := *h
		without.Principal, without.Grants = withoutPolicy(h.Principal, g.Policy), nil
		if a.IsAdministrator(&without) == authz.Denied {
			return g, true
		}
	}
	return Grant{}, false
}

func withoutPolicy(p *authz.Principal, c *authz.Policy) *authz.Principal {
	out := *p
	out.Identity = slices.DeleteFunc(slices.Clone(p.Identity), func(x *authz.Policy) bool { return x == c })
	return &out
}
