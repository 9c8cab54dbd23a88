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
		"by": by, "capital": phrase.Capital,
	}).Parse(htmlTemplate)
	if err != nil {
		return fmt.Errorf("the template of the audit: %w", err)
	}
	return page.Execute(w, &htmlAudit{a})
}

// htmlAudit adds to an audit what its page sums up.
type htmlAudit struct{ *Audit }

// Total sums up all accounts.
func (a *htmlAudit) Total() Account { return a.total() }

// Groups are the lists of controls with their headings.
func (a *htmlAudit) Groups() []controlGroup { return a.groups() }

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
