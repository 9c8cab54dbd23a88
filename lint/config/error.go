package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Error is everything that is wrong in a configuration file.
type Error struct {
	diags hcl.Diagnostics
	src   []byte
}

// Error is one line for each fault: file:line:column: what is wrong. Columns
// count characters from 1.
func (e *Error) Error() string {
	var lines []string
	for _, d := range e.sorted() {
		lines = append(lines, headline(d))
	}
	return strings.Join(lines, "\n")
}

// Faults are those of the file, in its order, with their places.
func (e *Error) Faults() []lint.Diagnostic {
	var out []lint.Diagnostic
	for _, d := range e.sorted() {
		r := subject(d)
		at := func(p hcl.Pos) policy.Pos { return policy.Pos{Byte: p.Byte, Line: p.Line, Column: p.Column} }
		_, message, _ := strings.Cut(headline(d), fmt.Sprintf(":%d:%d: ", r.Start.Line, r.Start.Column))
		out = append(out, lint.Diagnostic{
			Severity: lint.Error, Input: r.Filename, Message: message,
			Location: iam.Location{File: r.Filename, Range: policy.Range{Start: at(r.Start), End: at(r.End)}},
		})
	}
	return out
}

// Text is Error with the source line under each fault, as a person reads it.
func (e *Error) Text() string {
	var b strings.Builder
	for _, d := range e.sorted() {
		fmt.Fprintf(&b, "%s\n", headline(d))
		b.WriteString(e.snippet(d))
	}
	return b.String()
}

func (e *Error) sorted() []*hcl.Diagnostic {
	out := slices.Clone(e.diags)
	slices.SortStableFunc(out, func(a, b *hcl.Diagnostic) int { return subject(a).Start.Byte - subject(b).Start.Byte })
	return out
}

func subject(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}

func headline(d *hcl.Diagnostic) string {
	r := subject(d)
	text := d.Summary
	if d.Detail != "" {
		text += ": " + strings.TrimSuffix(strings.Join(strings.Fields(d.Detail), " "), ".")
	}
	return fmt.Sprintf("%s:%d:%d: %s", r.Filename, r.Start.Line, r.Start.Column, text)
}

// snippet is the line of the fault with the faulty part marked.
func (e *Error) snippet(d *hcl.Diagnostic) string {
	r := subject(d)
	lines := bytes.Split(e.src, []byte("\n"))
	if r.Start.Line < 1 || r.Start.Line > len(lines) {
		return ""
	}
	line := strings.TrimRight(string(lines[r.Start.Line-1]), "\r")
	if line == "" || len(line) > 200 {
		return ""
	}
	marks := 1
	if r.End.Line == r.Start.Line && r.End.Column > r.Start.Column {
		marks = r.End.Column - r.Start.Column
	}
	// Tabs stay tabs, so that the marks stand under what they mark.
	var pad strings.Builder
	column := 1
	for _, c := range line {
		if column >= r.Start.Column {
			break
		}
		if c != '\t' {
			c = ' '
		}
		pad.WriteRune(c)
		column++
	}
	number := fmt.Sprintf("%5d", r.Start.Line)
	return fmt.Sprintf("%s | %s\n%s | %s%s\n", number, line, strings.Repeat(" ", len(number)), pad.String(), strings.Repeat("^", marks))
}
