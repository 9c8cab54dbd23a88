package tfconfig

import (
	"bytes"
	"testing"
)

// TestLines tells the place of every byte, and of two outside.
func TestLines(t *testing.T) {
	for _, text := range []string{"", "a", "\n", "a\nbc\n\nd", "\n\na\n"} {
		lines := linesOf([]byte(text))
		for b := -1; b <= len(text)+1; b++ {
			within := min(max(b, 0), len(text))
			before := []byte(text[:within])
			line, column := bytes.Count(before, []byte("\n"))+1, within-bytes.LastIndexByte(before, '\n')
			if p := lines.at(b); p.Byte != within || p.Line != line || p.Column != column {
				t.Errorf("byte %d of %q is at %+v", b, text, p)
			}
		}
	}
}
