package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// reportCompact writes one line for each finding, as compilers do and editors
// read it, the worst first:
//
//	file:line:column: severity: message [rule]
//
// After them come the lines with which text ends. problem-matcher.json reads
// the first ones.
func reportCompact(w io.Writer, r *lint.Report, o Options) error {
	out := bufio.NewWriter(w)
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		compactLine(out, d.Location, d.Input, d.Severity, d.Message, "input")
	}
	for _, f := range worstFirst(r.Findings) {
		message := f.Message
		if more := len(f.All()) - 1; more > 0 {
			message += fmt.Sprintf(" (and %d more of the same cause)", more)
		}
		compactLine(out, f.Location, f.Address, f.Severity, message, f.Rule)
	}
	for _, line := range append(decidedLines(r, o), summaryLine(r)) {
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}

// compactLine writes one line. What has no file is told by what it is of.
func compactLine(out io.Writer, l iam.Location, of string, severity lint.Severity, message, rule string) {
	where := cmp.Or(of, "boundlint")
	if l.HasFile() {
		start := l.Range.Start
		where = fmt.Sprintf("%s:%d:%d", l.File, max(start.Line, 1), max(start.Column, 1))
	}
	fmt.Fprintf(out, "%s: %s: %s [%s]\n", clean(where), severity, clean(message), clean(rule))
}
