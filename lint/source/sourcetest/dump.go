// Package sourcetest writes models as text, so that tests of the readers can
// compare what two inputs say, or what one said before.
package sourcetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Dump is everything that a source put into a model before it was linked,
// except the input's path. Equal texts are equal models.
func Dump(m *iam.Model) string {
	d := &dumper{}
	in := m.Input
	d.line("input %s complete=%t errored=%t", in.Kind, in.Complete, in.Errored)
	for _, r := range in.Reasons {
		d.line("  reason %s", r)
	}
	for _, p := range m.Providers {
		d.line("provider %s region=%s partition=%s state=%v allowed=%v assume=%s", p.Name, p.Region, p.Partition, p.StateAccounts,
			p.AllowedAccounts, p.AssumeRole)
	}
	for _, e := range m.Entities {
		d.entity(e)
	}
	for _, g := range m.Groups {
		d.line("group %s%s", g.Address, d.state(g.Change, g.Provider, false))
		d.value("name", g.Name)
		d.value("path", g.Path)
		d.arn(g.ARN)
	}
	for _, p := range m.Policies {
		d.line("policy %s%s", p.Address, d.state(p.Change, p.Provider, p.MayNotExist))
		d.value("name", p.Name)
		d.value("name_prefix", p.NamePrefix)
		d.value("path", p.Path)
		d.arn(p.ARN)
		d.document("document", p.Document)
	}
	for _, p := range m.Inline {
		d.line("inline %s by %s on %s%s", p.Address, p.Route, p.HolderKind, d.state(p.Change, p.Provider, p.MayNotExist))
		d.value("holder", p.Holder)
		d.value("name", p.Name)
		d.document("document", p.Document)
	}
	for _, a := range m.Attachments {
		d.line("attachment %s by %s on %s%s", a.Address, a.Route, a.HolderKind, d.state(a.Change, a.Provider, a.MayNotExist))
		d.value("holder", a.Holder)
		d.value("policy", a.PolicyARN)
	}
	for _, x := range m.Memberships {
		d.line("membership %s%s", x.Address, d.state(x.Change, x.Provider, x.MayNotExist))
		d.value("user", x.User)
		d.value("group", x.Group)
	}
	for _, p := range m.Profiles {
		d.line("profile %s%s", p.Address, d.state(p.Change, p.Provider, false))
		d.value("name", p.Name)
		d.value("role", p.Role)
	}
	for _, c := range m.Credentials {
		d.line("credential %s %s active=%t%s", c.Kind, c.Address, c.Active, d.state(c.Change, c.Provider, false))
		d.value("user", c.User)
	}
	d.rest(m)
	return d.b.String()
}

type dumper struct{ b strings.Builder }

func (d *dumper) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func (d *dumper) rest(m *iam.Model) {
	for _, e := range m.PermissionSets {
		d.entity(e)
		d.line("  set %s", e.SetARN)
	}
	for _, c := range m.Compute {
		d.line("compute %s %s%s", c.Address, c.Kind, d.state(c.Change, c.Provider, c.MayNotExist))
		d.arn(c.ARN)
		for _, at := range []struct {
			name string
			v    *iam.Value
		}{{"role", c.Role}, {"profile", c.Profile}, {"through", c.Through}, {"version", c.Version}} {
			if at.v != nil {
				d.value(at.name, *at.v)
			}
		}
	}
	for _, p := range m.IdentityProviders {
		d.line("%s %s%s", p.Kind, p.Address, d.state(p.Change, p.Provider, false))
		d.value("url", p.URL)
		d.value("name", p.Name)
		d.arn(p.ARN)
	}
	for _, p := range m.ResourcePolicies {
		d.line("resource policy %s on %s", p.Address, p.Resource)
		d.document("document", p.Document)
	}
	for _, p := range m.OrganizationPolicies {
		d.line("organization policy %s %s", p.Address, p.Type)
		d.document("document", p.Document)
	}
	for _, l := range m.Lookups {
		d.line("lookup %s%s", l.Address, d.state("", l.Provider, false))
		d.value("name", l.Name)
		d.value("arn", l.ARN)
		d.document("document", l.Document)
	}
	for _, doc := range m.Documents {
		d.line("document %s", doc.Location.Address)
		d.document("text", doc)
	}
	var moved []string
	for to, from := range m.Moved {
		moved = append(moved, from+" -> "+to)
	}
	slices.Sort(moved)
	for _, x := range moved {
		d.line("moved %s", x)
	}
	for _, u := range m.Unchecked {
		d.line("unchecked %s %s: %s", u.Kind, u.Location.Address, u.Message)
	}
	for _, x := range m.Diagnostics {
		d.line("diagnostic %s", x.Summary)
	}
}

func (d *dumper) state(c iam.Change, provider string, maybe bool) string {
	out := ""
	if c != "" {
		out += " " + string(c)
	}
	if provider != "" {
		out += " [" + provider + "]"
	}
	if maybe {
		out += " may not exist"
	}
	return out
}

func (d *dumper) entity(e *iam.Entity) {
	d.line("%s %s%s", e.Kind, e.Address, d.state(e.Change, e.Provider, e.MayNotExist))
	d.value("name", e.Name)
	d.value("name_prefix", e.NamePrefix)
	d.value("path", e.Path)
	d.arn(e.ARN)
	d.value("boundary", e.Boundary)
	if e.HasBefore {
		d.line("  before %s", e.Before)
	}
	if e.Drift != nil {
		d.line("  drift %s -> %s", e.Drift.Before, e.Drift.After)
	}
	if len(e.IgnoreChanges) > 0 {
		d.line("  ignores %v", e.IgnoreChanges)
	}
	d.document("trust", e.Trust)
}

func (d *dumper) value(name string, v iam.Value) {
	if !v.Set {
		return
	}
	d.line("  %s %s%s", name, v, hints(v))
}

// hints are what a value's text does not show.
func hints(v iam.Value) string {
	out := symbols(v.Text)
	if v.Nullable {
		out += " or null"
	}
	if len(v.References) > 0 {
		out += " from " + strings.Join(v.References, ", ")
	}
	return out
}

// symbols says what kind the symbols are, and what hides them.
func symbols(x policy.Text) string {
	var b strings.Builder
	for _, s := range x.Symbols() {
		switch s.Kind {
		case policy.SymbolReference:
		case policy.SymbolUnknown:
			b.WriteString(" unknown by " + strings.Join(s.References, ", "))
		case policy.SymbolSpread:
			b.WriteString(" any number, by " + strings.Join(s.References, ", "))
		case policy.SymbolVariable:
			b.WriteString(" variable")
		case policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion:
			b.WriteString(" of " + s.Scope)
		case policy.SymbolDerived:
			b.WriteString(" derived")
		case policy.SymbolChoice:
			b.WriteString(" choice")
		}
	}
	return b.String()
}

func (d *dumper) arn(x policy.Text) {
	if !x.IsEmpty() {
		d.line("  arn %s", x)
	}
}

// document writes the text of a document, white space aside.
func (d *dumper) document(name string, doc *iam.Document) {
	if doc == nil {
		return
	}
	switch {
	case doc.Sensitive:
		d.line("  %s (sensitive)", name)
	case doc.Unknown != nil:
		d.line("  %s unknown by %s", name, strings.Join(doc.Unknown.References, ", "))
	default:
		d.line("  %s %s%s", name, strings.Join(strings.Fields(doc.Text.String()), " "), symbols(doc.Text))
	}
}
