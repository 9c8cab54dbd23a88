package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Obscured names what hides a part of what a holder has.
func (h *Holder) Obscured() string {
	var names []string
	add := func(symbols ...*policy.Symbol) {
		for _, s := range symbols {
			if name := phrase.HiddenBy(s); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if e := h.Entity; e != nil {
		if e.PoliciesUnknown != nil {
			add(e.PoliciesUnknown)
		}
		for _, g := range h.Grants {
			if g.Unsettled != nil {
				add(g.Unsettled.hidden)
			}
		}
		if h.Boundary == BoundedHidden {
			add(e.Boundary.Text.Symbols()...)
		}
	}
	groups := []*iam.Group{nil}
	if h.Entity != nil {
		groups = append(groups, h.Entity.Groups...)
	}
	for _, g := range groups {
		for _, t := range h.attachments(g) {
			if t.Policy == nil && !IsForeignPolicy(t.PolicyARN.Text) && !t.HasUnseenLiterals() {
				add(t.PolicyARN.Text.Symbols()...)
			}
		}
	}
	for _, g := range h.Grants {
		if g.Document != nil && g.Document.Document != nil {
			add(hidingSymbols(g.Document.Document)...)
		}
	}
	if h.Principal.Boundary != nil && h.Principal.Boundary.Document != nil {
		add(hidingSymbols(h.Principal.Boundary.Document)...)
	}
	const most = 3
	if len(names) == 0 {
		return "policies that are not known"
	}
	return strings.Join(names[:min(len(names), most)], ", ")
}

// hidingSymbols are those that hide what a document allows on every resource.
func hidingSymbols(d *policy.Document) []*policy.Symbol {
	if d.Unknown != nil {
		return []*policy.Symbol{d.Unknown}
	}
	var out []*policy.Symbol
	for _, s := range d.Statements {
		switch {
		case s.Maybe != nil:
			out = append(out, s.Maybe)
			continue
		case s.Unknown != nil:
			out = append(out, s.Unknown)
			continue
		}
		out = append(out, s.EffectText.Symbols()...)
		for _, e := range slices.Concat(s.Action, s.NotAction) {
			out = append(out, e.Text.Symbols()...)
		}
		for _, e := range s.Resource {
			if MaybeStar(e) {
				out = append(out, e.Text.Symbols()...)
			}
		}
	}
	return out
}

// attachments are those of the holder, or of a group that it is in.
func (h *Holder) attachments(group *iam.Group) []*iam.Attachment {
	switch {
	case group != nil:
		return group.Attached
	case h.Entity != nil:
		return h.Entity.Attached
	}
	return nil
}
