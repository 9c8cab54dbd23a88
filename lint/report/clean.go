package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a string from an input fit for one line of a terminal or log:
// names may come from hostile input, and an escape sequence or a
// right-to-left override in one would change what a person reads. What does
// not print is shown as an escape.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80 && unprintable(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

func isClean(s string) bool {
	for _, r := range s {
		// RuneError is also what an invalid byte decodes to; a real U+FFFD
		// only costs the slow path.
		if r == utf8.RuneError || unprintable(r) {
			return false
		}
	}
	return true
}

// unprintable tells controls, invisible format characters (bidirectional
// overrides among them) and the line separators that are not a newline.
func unprintable(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// paragraphs splits text of several lines, such as a remediation with an
// example, into clean lines; a line keeps its indentation.
func paragraphs(s string) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n \t")
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(line, "\t", "  ")
		lines[i] = strings.TrimRight(clean(line), " ")
	}
	return lines
}

// wrap breaks a line at spaces so that no piece is wider than width runes,
// unless a single word is: an ARN cut in two could not be copied. The pieces
// keep the indentation of the line.
func wrap(line string, width int) []string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	words := strings.Fields(line)
	if len(words) == 0 {
		return []string{""}
	}
	var out []string
	current, length := indent+words[0], utf8.RuneCountInString(indent+words[0])
	for _, word := range words[1:] {
		n := utf8.RuneCountInString(word)
		if length+1+n > width {
			out = append(out, current)
			current, length = indent+word, len(indent)+n
			continue
		}
		current += " " + word
		length += 1 + n
	}
	return append(out, current)
}

// wrapCode breaks a line of HCL or JSON where both take a new line: after what
// opens a bracket and after a comma, for there are commas in brackets only.
func wrapCode(line string, width int) []string {
	further := line[:len(line)-len(strings.TrimLeft(line, " "))] + "    "
	var out []string
	for utf8.RuneCountInString(line) > width {
		at := lastBreak(line, width)
		if at == 0 || at == len(line) {
			break
		}
		out = append(out, strings.TrimRight(line[:at], " "))
		line = further + strings.TrimLeft(line[at:], " ")
	}
	return append(out, line)
}

// lastBreak is the last place in a line of code where it may be broken so that
// what stands before it is no wider than width, 0 for none.
func lastBreak(line string, width int) int {
	at, quoted, runes := 0, false, 0
	for i, r := range line {
		if runes >= width {
			break
		}
		runes++
		switch {
		case quoted:
			quoted = r != '"' || line[i-1] == '\\'
		case r == '"':
			quoted = true
		case r == '[' || r == '{' || r == ',':
			at = i + 1
		}
	}
	return at
}
