package editor

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestPositions: positions count UTF-16 code units, whatever ends the lines, and both ways
// agree (Language Server Protocol 3.17, "Text Documents" and "Position").
func TestPositions(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", "a", "a\n", "a\r\nb", "a\rb\n\nc", "é🚀x\n\t日本\r\n🚀", "\n\n", "a\r\n\r\n", "\xff\xfe\n"} {
		text := NewText(src)
		for offset := range src {
			before := src[:offset]
			if strings.HasSuffix(before, "\r") && src[offset] == '\n' {
				continue // between the two that end one line
			}
			lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(before, "\r\n", "\n"), "\r", "\n"), "\n")
			want := Position{len(lines) - 1, len(utf16.Encode([]rune(lines[len(lines)-1])))}
			if strings.HasSuffix(src[offset:], "\n") || src[offset] != '\n' {
				if got := text.Position(offset); got != want {
					t.Errorf("%q: byte %d is %v, not %v", src, offset, got, want)
				}
				if got := text.Offset(want); got != offset {
					t.Errorf("%q: %v is byte %d, not %d", src, want, got, offset)
				}
			}
		}
	}
	text := NewText("é🚀x\nb")
	for _, c := range []struct {
		at   Position
		want int
	}{
		{Position{0, 2}, 2}, {Position{0, 99}, 7}, {Position{9, 0}, 9}, {Position{-1, 3}, 0}, {Position{1, -4}, 8}, {Position{1, 1 << 40}, 9},
	} {
		if got := text.Offset(c.at); got != c.want {
			t.Errorf("%v is byte %d, not %d", c.at, got, c.want)
		}
	}
}

// TestReplace: changes are made one after the other, also those that an editor has the wrong
// way around.
func TestReplace(t *testing.T) {
	t.Parallel()
	text := NewText("a = \"🚀\"\r\nb = 1\r\n")
	text = text.Replace(Range{Position{0, 5}, Position{0, 7}}, "é\n")
	text = text.Replace(Range{Position{9, 9}, Position{2, 0}}, "c")
	if got := text.String(); got != "a = \"é\n\"\r\nc" {
		t.Errorf("%q", got)
	}
}

// TestRange: places of models count bytes from 1; those that only tell lines and columns have
// a range, too, and none leads out of the text.
func TestRange(t *testing.T) {
	t.Parallel()
	text := NewText("é🚀 = 1\n  b\n")
	pos := func(b, line, column int) policy.Pos { return policy.Pos{Byte: b, Line: line, Column: column} }
	for _, c := range []struct {
		in   policy.Range
		want Range
	}{
		{policy.Range{Start: pos(7, 1, 8), End: pos(8, 1, 9)}, Range{Position{0, 4}, Position{0, 5}}},
		{policy.Range{Start: pos(0, 2, 3), End: pos(0, 2, 4)}, Range{Position{1, 2}, Position{1, 3}}},
		{policy.Range{Start: pos(13, 2, 3), End: pos(13, 2, 3)}, Range{Position{1, 2}, Position{1, 3}}},
		{policy.Range{Start: pos(0, 99, 1), End: pos(0, 99, 1)}, Range{Position{2, 0}, Position{2, 0}}},
		{policy.Range{}, Range{Position{0, 0}, Position{0, 7}}},
	} {
		if got := text.Range(c.in); got != c.want {
			t.Errorf("%v is %v, not %v", c.in, got, c.want)
		}
	}
	if got, want := text.Lines(2, 9), (Range{Position{1, 0}, Position{2, 0}}); got != want {
		t.Errorf("%v", got)
	}
}

// TestCarriageReturns: a carriage return alone ends a line of the protocol ("Text Documents":
// "\n", "\r\n" and "\r"), and none of HCL, whose lines end with a line feed (HCL Native Syntax
// Specification, "Lexical Elements"): lines of models are looked up by their bytes.
func TestCarriageReturns(t *testing.T) {
	t.Parallel()
	const src = "# a\rb\rc\nx = 1\ny = \"\r\"\r\nz = 2\n"
	text := NewText(src)
	pos := func(b, line, column int) policy.Pos { return policy.Pos{Byte: b, Line: line, Column: column} }
	z := strings.Index(src, "z")
	for _, c := range []struct {
		in   policy.Range
		want Range
	}{
		{policy.Range{Start: pos(8, 2, 1), End: pos(13, 2, 6)}, Range{Position{3, 0}, Position{3, 5}}},
		{policy.Range{Start: pos(0, 2, 1), End: pos(0, 2, 6)}, Range{Position{3, 0}, Position{3, 5}}},
		{policy.Range{Start: pos(z, 4, 1), End: pos(z+1, 4, 2)}, Range{Position{6, 0}, Position{6, 1}}},
		{policy.Range{Start: pos(4, 1, 5), End: pos(5, 1, 6)}, Range{Position{1, 0}, Position{1, 1}}},
	} {
		if got := text.Range(c.in); got != c.want {
			t.Errorf("%v is %v, not %v", c.in, got, c.want)
		}
	}
	for _, c := range []struct {
		from, to int
		want     Range
	}{
		{1, 1, Range{Position{0, 0}, Position{0, 0}}},
		{2, 2, Range{Position{3, 0}, Position{3, 0}}},
		{2, 4, Range{Position{3, 0}, Position{6, 0}}},
		{4, 99, Range{Position{6, 0}, Position{7, 0}}},
	} {
		if got := text.Lines(c.from, c.to); got != c.want {
			t.Errorf("the lines %d to %d are %v, not %v", c.from, c.to, got, c.want)
		}
	}
}

// FuzzText: no position of a client leads out of the text.
func FuzzText(f *testing.F) {
	f.Add("é🚀\r\nb\rc", 0, 1, 1, 9)
	f.Fuzz(func(t *testing.T, src string, l, c, m, d int) {
		text := NewText(src)
		r := Range{Position{l, c}, Position{m, d}}
		for _, p := range []Position{r.Start, r.End} {
			offset := text.Offset(p)
			if offset < 0 || offset > len(src) || text.Offset(text.Position(offset)) > offset {
				t.Fatalf("%v is byte %d of %d", p, offset, len(src))
			}
		}
		text.Replace(r, "x")
	})
}

// TestPaths: URIs of files on both kinds of systems, as editors write them (VS Code escapes
// the colon of a drive, others do not).
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		uri     string
		windows bool
		want    string
	}{
		{"file:///home/a%20b/m%C3%A9.tf", false, "/home/a b/mé.tf"},
		{"file://localhost/a/../b.tf", false, "/b.tf"},
		{"FILE:///a#b", false, "/a"},
		{"file:///a%23b%3Fc%25d.tf", false, "/a#b?c%d.tf"},
		{"file:///c%3A/Users/a%20b/x.tf", true, `C:\Users\a b\x.tf`},
		{"file:///C:/x.tf", true, `C:\x.tf`},
		{"file://server/share/x.tf", true, `\\server\share\x.tf`},
		{"file:///x.tf", true, ""},
		{"file://server/x.tf", false, ""},
		{"untitled:Untitled-1", false, ""},
		{"git:/a.tf", false, ""},
		{"file:a.tf", false, ""},
		{"file:///a%00b", false, ""},
		{"file:///%zz", false, ""},
		{"/a.tf", false, ""},
		{"", false, ""},
	} {
		got, ok := pathOf(c.uri, c.windows)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s is %q, %v; not %q", c.uri, got, ok, c.want)
		}
	}
	for path, windows := range map[string]bool{
		"/home/a b/mé%#?.tf": false, `C:\Users\a b\x.tf`: true, `\\server\share\x y.tf`: true,
	} {
		uri := uriOf(path, windows)
		if got, ok := pathOf(uri, windows); !ok || got != path || strings.ContainsAny(uri, " #?") {
			t.Errorf("%s is %s, and that %s", path, uri, got)
		}
	}
}
