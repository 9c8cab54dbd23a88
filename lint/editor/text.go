// Package editor answers what an editor asks about configuration that was judged: what is
// wrong in a file, why, where it is decided, and what would change that. It knows no
// protocol: positions are those of the Language Server Protocol, lines and UTF-16 units from
// 0 (https://microsoft.github.io/language-server-protocol, "Position"), because editors have
// agreed on them.
package editor

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint/policy"
)

// Position is a place between two characters of a text. Character counts UTF-16 code units.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is the text from Start up to End.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Compare is negative, 0 or positive where p stands before, at or after q.
func (p Position) Compare(q Position) int {
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Character - q.Character
}

// Has reports whether a position is in a range, or at its end.
func (r Range) Has(p Position) bool { return r.Start.Compare(p) <= 0 && p.Compare(r.End) <= 0 }

// Meets reports whether two ranges have a position in common.
func (r Range) Meets(o Range) bool { return r.Start.Compare(o.End) <= 0 && o.Start.Compare(r.End) <= 0 }

// Text is what a file holds. It does not change.
type Text struct {
	src string
	// starts are where the lines of the protocol begin, which end with a line feed, a carriage
	// return, or both; rows are where those of models begin, which end with a line feed only, as
	// the scanner of HCL counts them. Where a carriage return stands alone, they differ.
	starts, rows []int
}

// NewText is a text with its lines.
func NewText(src string) *Text {
	t := &Text{src: src, starts: []int{0}, rows: []int{0}}
	for i := range len(src) {
		switch {
		case src[i] == '\n':
			t.starts, t.rows = append(t.starts, i+1), append(t.rows, i+1)
		case src[i] == '\r' && (i+1 == len(src) || src[i+1] != '\n'):
			t.starts = append(t.starts, i+1)
		}
	}
	return t
}

// String is the text.
func (t *Text) String() string { return t.src }

// line is the bytes of a line, from and up to, without what ends it.
func (t *Text) line(n int) (start, end int) { return t.between(t.starts, n) }

func (t *Text) between(starts []int, n int) (start, end int) {
	start, end = starts[n], len(t.src)
	if n+1 < len(starts) {
		end = starts[n+1]
	}
	return start, start + len(strings.TrimRight(t.src[start:end], "\r\n"))
}

// Offset is the byte at a position. One after the end of its line is at that end, and one
// after the last line at the end of the text, as the protocol has it.
func (t *Text) Offset(p Position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= len(t.starts):
		return len(t.src)
	}
	at, end := t.line(p.Line)
	for units := 0; at < end && units < p.Character; {
		r, size := utf8.DecodeRuneInString(t.src[at:end])
		if units += width(r); units > p.Character {
			break // between the halves of one character
		}
		at += size
	}
	return at
}

// Position is that of a byte.
func (t *Text) Position(offset int) Position {
	offset = min(max(offset, 0), len(t.src))
	n, exact := slices.BinarySearch(t.starts, offset)
	if !exact {
		n--
	}
	start, end := t.line(n)
	units := 0
	for _, r := range t.src[start:min(offset, end)] {
		units += width(r)
	}
	return Position{n, units}
}

// width is the number of UTF-16 code units of a character.
func width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Replace is the text with another in the place of a range.
func (t *Text) Replace(r Range, with string) *Text {
	start, end := t.Offset(r.Start), t.Offset(r.End)
	if end < start {
		start, end = end, start
	}
	return NewText(t.src[:start] + with + t.src[end:])
}

// Range is the one of a place as models have it: lines and columns in bytes, from 1. One
// without length is the rest of its line, so that there is something to mark.
func (t *Text) Range(r policy.Range) Range {
	start, end := t.byteAt(r.Start), t.byteAt(r.End)
	out := Range{t.Position(start), t.Position(end)}
	if end <= start {
		_, end = t.line(out.Start.Line)
		out.End = t.Position(max(start, end))
	}
	return out
}

// byteAt is the byte of a position: the one it says, if that is on its line, and else the
// column, for not every input tells bytes.
func (t *Text) byteAt(p policy.Pos) int {
	start, end := t.between(t.rows, min(max(p.Line-1, 0), len(t.rows)-1))
	if start <= p.Byte && p.Byte <= end {
		return p.Byte
	}
	return min(start+max(p.Column-1, 0), end)
}

// Lines is the range from the begin of one line to the begin of another, counted from 1 as
// models count them.
func (t *Text) Lines(from, to int) Range {
	at := func(n int) Position {
		if n > len(t.rows) {
			return t.Position(len(t.src))
		}
		return t.Position(t.rows[max(n-1, 0)])
	}
	return Range{at(from), at(to)}
}
