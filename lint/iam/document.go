package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// StatementKey names a statement of the document in fingerprints: by its Sid, or
// else by its effect and actions, for what stands before it may change. Of a
// document that is sensitive it tells the place alone.
func (d *Document) StatementKey(s *policy.Statement) string {
	if d.Sensitive || d.Document == nil || len(d.Statements) > mostKeyed {
		return fmt.Sprint(s.Index)
	}
	key := statementKey(s)
	same := 0
	for _, other := range d.Statements[:min(s.Index, len(d.Statements))] {
		if statementKey(other) == key {
			same++
		}
	}
	if same == 0 {
		return key
	}
	return fmt.Sprintf("%s #%d", key, same)
}

// mostKeyed bounds the statements of a document that are compared with each other.
const mostKeyed = 200

func statementKey(s *policy.Statement) string {
	if sid, ok := s.Sid.Known(); ok && sid != "" {
		return sid
	}
	parts := []string{s.EffectText.String()}
	for _, list := range [][]policy.Element{s.Action, s.NotAction} {
		texts := make([]string, len(list))
		for i, e := range list {
			texts[i] = e.Text.String()
		}
		slices.Sort(texts)
		parts = append(parts, "["+strings.Join(texts, " ")+"]")
	}
	return strings.Join(parts, " ")
}

// mapDocument replaces the texts of a document by what f makes of them. It
// returns the document itself where f changes nothing, else a copy: a source
// may share a document between places, and Link may run again.
func mapDocument(d *policy.Document, f func(policy.Text) policy.Text) *policy.Document {
	if d == nil || isKnown(d) {
		return d
	}
	c := &documentMapper{f: f}
	out := *d
	out.Version, out.ID = c.text(d.Version), c.text(d.ID)
	out.Statements = make([]*policy.Statement, len(d.Statements))
	for i, s := range d.Statements {
		out.Statements[i] = c.statement(s)
	}
	if !c.changed {
		return d
	}
	return &out
}

// isKnown reports whether no symbol stands in the texts of a document.
func isKnown(d *policy.Document) bool {
	if !d.Version.IsKnown() || !d.ID.IsKnown() {
		return false
	}
	for _, s := range d.Statements {
		if !s.Sid.IsKnown() || !s.EffectText.IsKnown() || !principalsKnown(s.Principal) || !principalsKnown(s.NotPrincipal) {
			return false
		}
		for _, list := range [...][]policy.Element{s.Action, s.NotAction, s.Resource, s.NotResource} {
			if !elementsKnown(list) {
				return false
			}
		}
		for i := range s.Condition {
			if c := &s.Condition[i]; !c.Operator.IsKnown() || !c.Key.IsKnown() || !elementsKnown(c.Values) {
				return false
			}
		}
	}
	return true
}

func elementsKnown(list []policy.Element) bool {
	for i := range list {
		if !list[i].Text.IsKnown() {
			return false
		}
	}
	return true
}

func principalsKnown(p *policy.Principals) bool {
	if p == nil {
		return true
	}
	for i := range p.Entries {
		if !p.Entries[i].Text.IsKnown() {
			return false
		}
	}
	return true
}

type documentMapper struct {
	f       func(policy.Text) policy.Text
	changed bool
}

func (c *documentMapper) text(x policy.Text) policy.Text {
	if x.IsKnown() {
		return x
	}
	y := c.f(x)
	c.changed = c.changed || !y.Equal(x)
	return y
}

func (c *documentMapper) statement(s *policy.Statement) *policy.Statement {
	before := c.changed
	c.changed = false
	out := *s
	out.Sid, out.EffectText = c.text(s.Sid), c.text(s.EffectText)
	out.Action, out.NotAction = c.elements(s.Action), c.elements(s.NotAction)
	out.Resource, out.NotResource = c.elements(s.Resource), c.elements(s.NotResource)
	out.Principal, out.NotPrincipal = c.principals(s.Principal), c.principals(s.NotPrincipal)
	out.Condition = slices.Clone(s.Condition)
	for i, cond := range s.Condition {
		out.Condition[i].Operator, out.Condition[i].Key = c.text(cond.Operator), c.text(cond.Key)
		out.Condition[i].Values = c.elements(cond.Values)
	}
	changed := c.changed
	c.changed = c.changed || before
	if !changed {
		return s
	}
	return &out
}

func (c *documentMapper) elements(list []policy.Element) []policy.Element {
	if list == nil {
		return nil
	}
	out := make([]policy.Element, len(list))
	for i, e := range list {
		out[i] = policy.Element{Text: c.text(e.Text), Range: e.Range}
	}
	return out
}

func (c *documentMapper) principals(p *policy.Principals) *policy.Principals {
	if p == nil {
		return nil
	}
	out := *p
	out.Entries = make([]policy.Principal, len(p.Entries))
	for i, e := range p.Entries {
		out.Entries[i] = policy.Principal{Type: e.Type, Element: policy.Element{Text: c.text(e.Text), Range: e.Range}}
	}
	return &out
}
