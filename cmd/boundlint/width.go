package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// width is the number of columns of the terminal, or what COLUMNS says where there
// is none; 0 where nothing tells.
func (p *program) width() int {
	if f, ok := p.stdout.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	if columns, err := strconv.Atoi(p.getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	return 0
}

// isTerminal reports whether what is written there goes to a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// print writes text for people.
func (p *program) print(text string) error {
	p.progress.end()
	_, err := io.WriteString(p.stdout, fit(text, p.width()))
	return err
}

// leastWidth is the width, in columns, below which nothing is broken further.
const leastWidth = 40

// fit breaks the lines of a text that are wider than a terminal; 0 stands for one
// that takes any width.
func fit(text string, width int) string {
	if width == 0 {
		return text
	}
	width = max(width, leastWidth)
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(fitLine(line, width))
	}
	return b.String()
}

// fitLine breaks one line at blanks. What follows stands below the last column of
// a table, if that begins in the left two thirds, and else two columns further in.
func fitLine(line string, width int) string {
	bare := strings.TrimRight(line, "\n")
	if utf8.RuneCountInString(bare) <= width {
		return line
	}
	start := len(bare) - len(strings.TrimLeft(bare, " "))
	hang := start + 2
	if gap := strings.LastIndex(bare[:min(2*width/3, len(bare))], "  "); gap >= start {
		start, hang = gap+2, gap+2
	}
	var b strings.Builder
	b.WriteString(bare[:start])
	column := utf8.RuneCountInString(bare[:start])
	for i, word := range strings.Fields(bare[start:]) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", hang))
			column = hang
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String() + line[len(bare):]
}
