package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint/iam"
)

// excerpt shows the line on which a place begins, and marks the place in it:
//
//	12 | permissions_boundary = null
//	   |                        ^^^^
//
// A place of several lines is shown as it is.
func (t *text) excerpt(source string, at iam.Location) {
	if strings.TrimSpace(source) == "" || !at.HasFile() {
		return
	}
	if lines := strings.Split(source, "\n"); len(lines) > 1 {
		t.lines(lines, at.Range.Start.Line)
		return
	}
	number := fmt.Sprintf("%d | ", at.Range.Start.Line)
	line, start, end := marked(source, at)
	line, start, end = cut(line, start, end, t.width-4-len(number))
	t.line("    " + t.paint("2", number) + line)
	if end > start {
		bar := strings.Repeat(" ", len(number)-2) + "| "
		t.line("    " + t.paint("2", bar) + strings.Repeat(" ", start) + t.paint("1;31", strings.Repeat("^", end-start)))
	}
}

// lines shows lines without the indentation of the first.
func (t *text) lines(lines []string, first int) {
	width := len(fmt.Sprint(first + len(lines) - 1))
	indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
	for i, line := range lines {
		number := fmt.Sprintf("%*d | ", width, first+i)
		line, _, _ = cut(clean(blanks(strings.TrimPrefix(line, indent))), 0, 0, t.width-4-len(number))
		t.line("    " + t.paint("2", number) + line)
	}
}

// marked is a line as a terminal may show it, without its indentation, and where
// the place begins and ends in it, in runes; both are 0 where its columns are not
// those of the line.
func marked(source string, at iam.Location) (line string, start, end int) {
	from, to := at.Range.Start.Column-1, at.Range.End.Column-1
	indent := len(source) - len(strings.TrimLeft(source, " \t"))
	if at.Range.End.Line != at.Range.Start.Line || to > len(source) {
		to = len(strings.TrimRight(source, " \t"))
	}
	if from < 0 || max(from, indent) >= to {
		return clean(blanks(source[indent:])), 0, 0
	}
	from = max(from, indent)
	before := clean(strings.ReplaceAll(source[indent:from], "\t", " "))
	place := clean(blanks(source[from:to]))
	start = utf8.RuneCountInString(before)
	return before + place + clean(blanks(source[to:])), start, start + utf8.RuneCountInString(place)
}

// blanks are a text with a blank in the place of each tab, and none at its end.
func blanks(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\t", " "), "\r\n") }

// cut shortens a line to a width, so that its place stays in sight.
func cut(line string, start, end, width int) (short string, from, to int) {
	runes := []rune(line)
	if len(runes) <= width {
		return line, start, end
	}
	skipped := 0
	if start > width/2 {
		skipped = min(start-width/4, len(runes)-width)
		runes = append([]rune("…"), runes[skipped+1:]...)
	}
	if len(runes) > width {
		runes = append(runes[:width-1], '…')
	}
	return string(runes), start - skipped, min(end-skipped, len(runes))
}
