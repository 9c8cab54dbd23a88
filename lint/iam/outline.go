package iam

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Outline is a model without what is in its account: what the input is, and which
// organization the account is in.
func (m *Model) Outline() *Model {
	return &Model{
		Input: m.Input, Symbols: m.Symbols, Providers: m.Providers, Unchecked: m.Unchecked, Diagnostics: m.Diagnostics,
		Organization: m.Organization, otherOrganizations: m.otherOrganizations,
	}
}

// Extracts are roles and permission sets of one account, each with its policies and
// without the rest of the account, which links lead to. What they have in common is
// there once, though the account is read several times.
type Extracts struct {
	policies  map[string]*ManagedPolicy
	documents map[extractedText]*policy.Document
}

type extractedText struct {
	text  string
	trust bool
}

// Of is a role or permission set of a linked model by itself. Of those that have its
// policies in common with it one stands for all: it is known that there are some.
func (x *Extracts) Of(e *Entity) *Entity {
	if x.policies == nil {
		x.policies, x.documents = map[string]*ManagedPolicy{}, map[extractedText]*policy.Document{}
	}
	out := *e
	out.Trust = x.document(e.Trust, true)
	out.Inline, out.Attached = x.held(e.Inline, e.Attached)
	out.BoundaryPolicy, out.BoundaryMaybe = x.policy(e.BoundaryPolicy), nil
	for _, p := range e.BoundaryMaybe {
		out.BoundaryMaybe = append(out.BoundaryMaybe, x.policy(p))
	}
	out.Unsettled = nil
	for _, u := range e.Unsettled {
		inline, attached := x.held(u.Inline, u.Attached)
		out.Unsettled = append(out.Unsettled, &Unsettled{inline, attached})
	}
	out.Profiles = nil
	for _, p := range e.Profiles {
		own := *p
		own.Entity = &out
		out.Profiles = append(out.Profiles, &own)
	}
	return &out
}

func (x *Extracts) held(inline []*InlinePolicy, attached []*Attachment) ([]*InlinePolicy, []*Attachment) {
	inline, attached = slices.Clone(inline), slices.Clone(attached)
	for i, p := range inline {
		own := *p
		own.Document = x.document(p.Document, false)
		inline[i] = &own
	}
	for i, a := range attached {
		own := *a
		own.Policy = x.policy(a.Policy)
		attached[i] = &own
	}
	return inline, attached
}

func (x *Extracts) policy(p *ManagedPolicy) *ManagedPolicy {
	if p == nil {
		return nil
	}
	key := p.ARN.Key()
	if known := x.policies[key]; known != nil {
		return known
	}
	out := *p
	out.Document = x.document(p.Document, false)
	out.BoundaryOf, out.HeldBy = oneOf(p.BoundaryOf), oneOf(p.HeldBy)
	out.HeldByGroups = nil
	if len(p.HeldByGroups) > 0 {
		out.HeldByGroups = []*Group{{Declared: p.HeldByGroups[0].Declared}}
	}
	x.policies[key] = &out
	return &out
}

// oneOf stands for entities by what the first of them is called.
func oneOf(list []*Entity) []*Entity {
	if len(list) == 0 {
		return nil
	}
	return []*Entity{{Declared: list[0].Declared, Kind: list[0].Kind}}
}

// document is a document whose statements are those of an earlier one of the same text,
// by which is seen later that they say the same.
func (x *Extracts) document(d *Document, trust bool) *Document {
	text, known := "", false
	if d != nil && d.Document != nil && d.Unknown == nil {
		text, known = d.Text.Known()
	}
	if !known {
		return d
	}
	key := extractedText{text, trust}
	first := x.documents[key]
	if first == nil {
		x.documents[key] = d.Document
		return d
	}
	out, same := *d, *first
	out.Document = &same
	return &out
}
