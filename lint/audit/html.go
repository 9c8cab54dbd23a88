package audit

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/boundlint/boundlint/lint/phrase"
)

//go:embed templates/audit.html.tmpl
var htmlTemplate string

// HTML writes the audit as one page that needs nothing besides itself: no script,
// no font, no picture from elsewhere.
func (a *Audit) HTML(w io.Writer) error {
	page, err := template.New("audit").Funcs(template.FuncMap{
		"words": Status.words, "some": func(most int, list []string) string { return phrase.Some(list, most) },
		"by": by,
	}).Parse(htmlTemplate)
	if err != nil {
		return fmt.Errorf("the template of the audit: %w", err)
	}
	return page.Execute(w, &htmlAudit{a})
}

// htmlAudit adds to an audit what its page sums up.
type htmlAudit struct{ *Audit }

// Total sums up all accounts.
func (a *htmlAudit) Total() Account {
	var out Account
	for _, x := range a.Accounts {
		out.Roles, out.Users = out.Roles+x.Roles, out.Users+x.Users
		out.Bounded, out.Unbounded, out.NotKnown = out.Bounded+x.Bounded, out.Unbounded+x.Unbounded, out.NotKnown+x.NotKnown
	}
	return out
}

// Groups are the lists of controls with their headings.
func (a *htmlAudit) Groups() []controlGroup {
	return []controlGroup{{"Permissions boundaries", a.Legs}, {"CIS AWS Foundations Benchmark, section 1", a.Controls}}
}

type controlGroup struct {
	Name     string
	Controls []Control
}

// Count counts the controls in a state.
func (g controlGroup) Count(state string) int {
	return countOf(g.Controls, func(c Control) bool { return string(c.Status) == state })
}

// Weakening counts the changes that weaken something.
func (a *htmlAudit) Weakening() int {
	return countOf(a.Changes, func(c Change) bool { return c.Weakens })
}

// BySeverity counts findings.
func (a *htmlAudit) BySeverity(severity string) int {
	return countOf(a.Findings, func(f Finding) bool { return f.Severity == severity })
}

// NotKnownChanges counts the changes of which it is not known whether they weaken.
func (a *htmlAudit) NotKnownChanges() int {
	return countOf(a.Changes, func(c Change) bool { return c.MayWeaken })
}
