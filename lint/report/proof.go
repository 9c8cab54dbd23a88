package report

import (
	"bufio"
	"bytes"

	"github.com/boundlint/boundlint/lint"
)

// Proof is one finding of a report as Markdown, as an editor shows it: what it says, the
// request that proves it, the steps of a path, the statement that decides, and what to do.
func Proof(r *lint.Report, f *lint.Finding) string {
	var b bytes.Buffer
	m := &markdown{bufio.NewWriter(&b)}
	shown := newAuditFinding(r, group{*f}, 0)
	m.line("**%s** ([%s](%s))", shown.Severity+certainty(f), prose(shown.Rule), RulePage(f.Rule))
	m.line("")
	m.about(&shown)
	_ = m.w.Flush() // a buffer takes all
	return b.String()
}

func certainty(f *lint.Finding) string {
	if f.Verdict == lint.Undetermined {
		return ", undetermined"
	}
	return ""
}

// CodeSpan is a text as code in Markdown, whatever it holds.
func CodeSpan(s string) string { return code(clean(s)) }
