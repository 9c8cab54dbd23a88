package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint"
)

// The generated part of the README stands between these two lines.
const (
	tableBegin = "<!-- rules: made by go generate ./rules -->\n"
	tableEnd   = "<!-- rules: end -->\n"
)

// page is rules/<id>.md.
func page(r *lint.Rule, bad, good *example) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- Made by go generate ./rules: do not edit. -->\n\n# %s\n\n%s.\n\n", r.ID, sentence(r.Doc.Title))
	b.WriteString("| | |\n|---|---|\n")
	row := func(key, value string) {
		fmt.Fprintf(&b, "| %s | %s |\n", key, strings.ReplaceAll(value, "|", `\|`))
	}
	row("severity", r.Severity.String())
	row("group", string(r.Leg))
	if r.OffByDefault {
		row("on", "with `preset = \"audit\"`, or where a `rule` block enables it")
	} else {
		row("on", "by default")
	}
	if len(r.Doc.Controls) > 0 {
		row("serves", strings.Join(r.Doc.Controls, "; "))
	}
	section := func(heading, text string) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", heading, strings.Trim(text, "\n"))
	}
	section("What it says", r.Doc.What)
	section("Why", r.Doc.Why)
	if bad != nil {
		fmt.Fprintf(&b, "\n## Example\n\n%s", bad.source())
		if bad.output != "" {
			b.WriteString("\n" + fenced("text", bad.output))
		}
	}
	section("How to fix", r.Doc.Fix)
	if good != nil {
		fmt.Fprintf(&b, "\nNothing is found in this one.\n\n%s", good.source())
	}
	section("What it does not see", r.Doc.Blind)
	if len(r.Doc.References) > 0 {
		b.WriteString("\n## Read more\n\n")
		for _, ref := range r.Doc.References {
			fmt.Fprintf(&b, "- <%s>\n", ref)
		}
	}
	return b.Bytes()
}

// sentence begins a title with a capital letter.
func sentence(title string) string {
	first, size := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(title[size:], ".")
}

func fenced(language, text string) string {
	return "```" + language + "\n" + strings.Trim(text, "\n") + "\n```\n"
}

// withTable puts the table of the rules into the README.
func withTable(readme []byte, all []*lint.Rule) ([]byte, error) {
	head, rest, ok := strings.Cut(string(readme), tableBegin)
	_, tail, closed := strings.Cut(rest, tableEnd)
	if !ok || !closed {
		return nil, errors.New("README.md has no place for the table of rules: the lines " +
			strings.TrimSpace(tableBegin) + " and " + strings.TrimSpace(tableEnd))
	}
	var b bytes.Buffer
	b.WriteString(head + tableBegin + "\n| rule | severity | says |\n|---|---|---|\n")
	var leg lint.Leg
	for _, r := range all {
		if r.Leg != leg {
			leg = r.Leg
			fmt.Fprintf(&b, "| *%s* | | |\n", leg)
		}
		severity := r.Severity.String()
		if r.OffByDefault {
			severity = "off (" + severity + ")"
		}
		fmt.Fprintf(&b, "| [%s](rules/%[1]s.md) | %s | %s |\n", r.ID, severity, strings.ReplaceAll(sentence(r.Doc.Title), "|", `\|`))
	}
	b.WriteString("\n" + tableEnd + tail)
	return b.Bytes(), nil
}
