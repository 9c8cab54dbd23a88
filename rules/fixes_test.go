package rules_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/linttest"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// TestFixes makes the change that each remediation of each fixture asks for,
// and judges again: what it was to fix is gone, and nothing new has come. What
// the text says is the same change.
func TestFixes(t *testing.T) {
	t.Parallel()
	h := harness()
	for _, c := range h.Cases(t) {
		for _, in := range c.Inputs() {
			if in == linttest.OpenTofu {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s/%s", c.Rule, c.Name, in), func(t *testing.T) {
				t.Parallel()
				before := h.Lint(t, c, h.Load(t, c, in))
				for i := range before.Findings {
					f := &before.Findings[i]
					if f.Fix == nil {
						continue
					}
					checkFixText(t, f)
					if hides(f) {
						continue
					}
					fillIn(f.Fix)
					// Link takes documents as the source gave them.
					models := h.Load(t, c, in)
					if !applyFix(t, models, f) {
						t.Errorf("%s of %s: there is nothing to change at %s%s", f.Rule, f.Address, f.Fix.Address, f.Fix.Holder)
						continue
					}
					checkFixed(t, f, before, h.Lint(t, c, models))
				}
			})
		}
	}
}

// hides reports whether a fix cannot be decided: what it names is known only
// after apply, or whether its policy is there or who has it is. The Deny is then
// there with the grant, but the engine takes them apart.
func hides(f *lint.Finding) bool {
	for _, s := range f.Fix.Statements {
		for _, e := range slices.Concat(s.Action, s.Resource, s.NotResource) {
			for _, symbol := range e.Text.Symbols() {
				if symbol.Kind != policy.SymbolAccount && symbol.Kind != policy.SymbolPartition {
					return true
				}
			}
		}
	}
	return f.Verdict == lint.Undetermined &&
		(strings.Contains(f.Message, "it is not known who has") || strings.Contains(f.Message, "it is not known whether the statement exists"))
}

// fillIn names a boundary where a person has to: one that is there.
func fillIn(fix *lint.Fix) {
	for _, s := range fix.Statements {
		for i := range s.Condition {
			for k, e := range s.Condition[i].Values {
				if strings.Contains(e.Text.String(), "<boundary>") {
					s.Condition[i].Values[k].Text = policy.Literal("arn:aws:iam::aws:policy/PowerUserAccess")
				}
			}
		}
	}
}

// applyFix makes the change in every model that has the place.
func applyFix(t *testing.T, models []*iam.Model, f *lint.Finding) bool {
	t.Helper()
	done := false
	for _, m := range models {
		switch {
		case f.Fix.Attribute != "":
			for _, one := range f.All() {
				done = setAttribute(m, one.Address, f.Fix) || done
			}
		case f.Fix.Address != "":
			for _, fix := range append([]*lint.Fix{f.Fix}, f.Fix.Also...) {
				done = changeDocument(m, fix) || done
			}
		default:
			done = addPolicy(m, f.Fix) || done
		}
	}
	return done
}

// setAttribute sets what a fix names; a name changes what it is called by, and
// not what refers to it.
func setAttribute(m *iam.Model, address string, fix *lint.Fix) bool {
	text := policy.Literal(strings.Trim(fix.Expression, `"`))
	if fix.Attribute != "permissions_boundary" {
		return setName(m, address, fix.Attribute, iam.Value{Text: text, Set: true})
	}
	for _, e := range m.Entities {
		if e.Address != address {
			continue
		}
		e.Boundary = iam.Value{Text: text, Set: true, Location: e.Location}
		if name, attribute, ok := cutLast(fix.Expression, '.'); ok && !strings.HasPrefix(fix.Expression, `"`) {
			e.Boundary.Text = policy.SymbolText(m.Symbols.Intern(policy.Symbol{
				Kind: policy.SymbolReference, Name: fix.Expression, Address: name, Attribute: attribute, References: []string{fix.Expression},
			}))
			e.Boundary.References = []string{fix.Expression}
		}
		return true
	}
	return false
}

func setName(m *iam.Model, address, attribute string, value iam.Value) bool {
	for _, e := range m.Entities {
		if e.Address == address {
			if attribute == "name" {
				rename(m, e.Name, value.Text)
			}
			return setNamed(attribute, value, &e.Name, &e.NamePrefix, &e.Path)
		}
	}
	for _, p := range m.Policies {
		if p.Address == address {
			return setNamed(attribute, value, &p.Name, &p.NamePrefix, &p.Path)
		}
	}
	for _, g := range m.Groups {
		if g.Address == address {
			return setNamed(attribute, value, &g.Name, nil, &g.Path)
		}
	}
	for _, p := range m.Profiles {
		if p.Address == address {
			return setNamed(attribute, value, &p.Name, nil, &p.Path)
		}
	}
	return false
}

// rename gives an entity's new name to what refers to it.
func rename(m *iam.Model, was iam.Value, is policy.Text) {
	var all []*iam.Value
	for _, x := range m.Attachments {
		all = append(all, &x.Holder)
	}
	for _, x := range m.Inline {
		all = append(all, &x.Holder)
	}
	for _, x := range m.Memberships {
		all = append(all, &x.User)
	}
	for _, x := range m.Credentials {
		all = append(all, &x.User)
	}
	for _, x := range m.Profiles {
		all = append(all, &x.Role)
	}
	for _, v := range all {
		if v.Set && v.Text.Equal(was.Text) {
			v.Text = is
		}
	}
}

func setNamed(attribute string, value iam.Value, name, prefix, path *iam.Value) bool {
	switch attribute {
	case "name":
		*name = value
	case "name_prefix":
		// The provider goes on with the time.
		*name, *prefix = iam.Value{Text: policy.Concat(value.Text, policy.Literal("20260101")), Set: true}, value
	case "path":
		*path = value
	}
	return true
}

func cutLast(s string, at byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, at)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func changeDocument(m *iam.Model, fix *lint.Fix) bool {
	done := false
	changed := map[*iam.Document]bool{}
	var written *iam.Document
	for d := range m.AllDocuments() {
		if d.Address == fix.Address && !d.Gone {
			written = d.Document
		}
	}
	for d := range m.AllDocuments() {
		if written == nil || !sameText(d.Document, written, fix.Replaced) || d.Gone || d.Document.Document == nil || changed[d.Document] {
			continue
		}
		changed[d.Document], done = true, true
		document := *d.Document.Document
		document.Statements = slices.Clone(document.Statements)
		for _, s := range fix.Statements {
			added := *s
			if fix.Replaced != nil {
				added.Index = fix.Replaced.Index
				document.Statements[added.Index] = &added
				continue
			}
			added.Index = len(document.Statements)
			document.Statements = append(document.Statements, &added)
		}
		d.Document.Document = &document
		d.Text = m.Symbols.Text(policy.Print(&document, policy.PrintOptions{Symbols: m.Symbols}))
	}
	return done
}

// sameText reports whether two documents are written in one place, and both have
// what is replaced.
func sameText(a, b *iam.Document, replaced *policy.Statement) bool {
	place := lint.PlaceCause(a.Location)
	if a != b && (a.Source == "" || a.Source != b.Source) && (place == "" || place != lint.PlaceCause(b.Location)) {
		return false
	}
	says := func(s *policy.Statement) string { return policy.PrintStatement(s, policy.PrintOptions{}) }
	return replaced == nil || a == b || a.Document != nil && replaced.Index < len(a.Statements) && says(a.Statements[replaced.Index]) == says(replaced)
}

// addPolicy gives the holder an inline policy with the statements.
func addPolicy(m *iam.Model, fix *lint.Fix) bool {
	document := &policy.Document{Version: policy.Literal("2012-10-17")}
	for i, s := range fix.Statements {
		added := *s
		added.Index = i
		document.Statements = append(document.Statements, &added)
	}
	add := func(kind iam.HolderKind, name policy.Text, provider string) {
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: "fix." + fix.Holder, Provider: provider}, HolderKind: kind, Holder: iam.Value{Text: name, Set: true}, Name: iam.Value{Text: policy.Literal("app-fix"), Set: true},
			Document: &iam.Document{Document: document, Text: policy.Literal(policy.Print(document, policy.PrintOptions{}))},
		})
	}
	for _, e := range slices.Concat(m.Entities, m.PermissionSets) {
		if e.Address == fix.Holder {
			add(iam.HolderKind(e.Kind), e.Name.Text, e.Provider)
			return true
		}
	}
	for _, g := range m.Groups {
		if g.Address == fix.Holder {
			add(iam.HolderGroup, g.Name.Text, g.Provider)
			return true
		}
	}
	return false
}

type place struct{ rule, address string }

// count counts findings by rule and address; a note that a fix leaves is what
// is said of something that is capped.
func count(report *lint.Report, notes bool) map[place]int {
	out := map[place]int{}
	for i := range report.Findings {
		for _, f := range report.Findings[i].All() {
			if notes || f.Severity > lint.Note {
				out[place{f.Rule, f.Address}]++
			}
		}
	}
	return out
}

// ofNewRole tells findings about roles that a holder makes under a boundary:
// they are not reported beside the creation without one, which makes them
// needless.
func ofNewRole(message string) bool {
	return strings.Contains(message, "as a role that it makes by") || strings.Contains(message, "a role that the holder can create")
}

// messageAt is what a report says there.
func messageAt(report *lint.Report, at place) string {
	var out []string
	for i := range report.Findings {
		for _, f := range report.Findings[i].All() {
			if f.Rule == at.rule && f.Address == at.address {
				out = append(out, f.Message)
			}
		}
	}
	return strings.Join(out, "\n")
}

func checkFixed(t *testing.T, f *lint.Finding, before, after *lint.Report) {
	t.Helper()
	was, is := count(before, true), count(after, false)
	for at, n := range is {
		if was[place{"admin-attached", at.address}] > 0 {
			// An administrator without a boundary is not judged further: once
			// it has one, what that leaves open is.
			continue
		}
		if at.address == f.Address && strings.HasPrefix(f.Fix.Attribute, "name") {
			// Its new name may be one that its own policies speak of.
			continue
		}
		if at.rule == "escalation-path" && was[place{"boundary-removable", at.address}] > 0 {
			// Who may take boundaries off gains by that once it has one itself.
			continue
		}
		if message := messageAt(after, at); was[at] == 0 && !ofNewRole(message) {
			t.Errorf("the fix of %s at %s brings %s at %s (%d): %s\n%s", f.Rule, f.Address, at.rule, at.address, n, message, f.Remediation)
		}
	}
	fixed := f.All()
	if f.Verdict == lint.Undetermined {
		// To know the value settles the others.
		fixed = fixed[:1]
	}
	for _, one := range fixed {
		at := place{one.Rule, one.Address}
		if message := messageAt(after, at); is[at] >= was[at] && (ofNewRole(one.Message) || !ofNewRole(message)) {
			t.Errorf("%s is still there at %s after the fix of %s: %s\nwas: %s\n%s", at.rule, at.address, f.Rule, message, one.Message, f.Remediation)
		}
	}
}

// checkFixText holds the text of a remediation to its data: as JSON, as an
// object in jsonencode, or as blocks, it reads back as the same statements.
func checkFixText(t *testing.T, f *lint.Finding) {
	t.Helper()
	at := strings.LastIndex(f.Remediation, ":\n\n  ")
	if at < 0 || f.Fix.Statements == nil || f.Fix.Replaced != nil {
		return
	}
	code := f.Remediation[at+len(":\n\n"):]
	var config string
	switch {
	case strings.HasPrefix(code, "  statement {"):
		config = "data \"aws_iam_policy_document\" \"d\" {\n" + code + "\n}\nresource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = data.aws_iam_policy_document.d.json\n}\n"
	case strings.Contains(code, `"Effect": `):
		config = "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = <<-EOT\n    {\"Version\": \"2012-10-17\", \"Statement\": [" +
			strings.ReplaceAll(code, "${", "$${") + "]}\n  EOT\n}\n"
	default:
		config = "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [\n" + code + "\n] })\n}\n"
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := source.Read(context.Background(), dir, source.Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	d := models[0].Policies[0].Document
	if d == nil || d.Document == nil || len(d.Statements) != len(f.Fix.Statements) {
		t.Errorf("the fix of %s at %s does not read back:\n%s", f.Rule, f.Address, config)
		return
	}
	for i, s := range d.Statements {
		if want := f.Fix.Statements[i]; s.Effect != want.Effect || !alike(shape(s), shape(want)) {
			t.Errorf("the fix of %s at %s reads back as %v, not %v", f.Rule, f.Address, shape(s), shape(want))
		}
	}
}

// alike compares entry by entry; "?" is what is written in another way.
func alike(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || x == "?" || y == "?" })
}

// shape is a statement entry by entry, with "?" for what is written in another
// way where it is not known, or where it can be referred to.
func shape(s *policy.Statement) []string {
	var out []string
	add := func(what string, list []policy.Element) {
		out = append(out, what)
		var texts []string
		for _, e := range list {
			text, ok := e.Text.Known()
			if !ok || strings.Contains(text, "${") || strings.Contains(text, "::*:") {
				text = "?"
			}
			texts = append(texts, text)
		}
		slices.Sort(texts) // as the data source does
		out = append(out, texts...)
	}
	add("Action", s.Action)
	add("Resource", s.Resource)
	add("NotResource", s.NotResource)
	for _, c := range s.Condition {
		add("Condition "+c.Operator.String()+" "+c.Key.String(), c.Values)
	}
	return out
}
