package tfconfig

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// IgnoreComment is a comment that ignores findings, as it stands in a file.
type IgnoreComment struct {
	// Line is where it begins.
	Line int
	// Text is what it says. Place names the block and the attribute that it stands on,
	// the same wherever these are in the file.
	Text, Place string
}

// IgnoreComments are those of a file of configuration, one for each comment. Of a file that
// cannot be parsed as a whole they are those that were found.
func IgnoreComments(src []byte, file string) []IgnoreComment {
	var out []IgnoreComment
	for _, c := range ignoresOf(src, file) {
		at := c.rng.Start
		if n := len(out); c.nearMiss || n > 0 && out[n-1].Line == at.Line && out[n-1].Place == c.place {
			continue // one comment is read as one for each rule
		}
		_, text, _ := strings.Cut(string(c.rng.SliceBytes(src)), ignoreWord)
		text = strings.TrimRight(strings.TrimSuffix(text, "*/"), " \t\r\n")
		out = append(out, IgnoreComment{at.Line, ignoreWord + text, c.place})
	}
	return out
}

func ignoresOf(src []byte, file string) []ignoreComment {
	switch {
	case strings.HasSuffix(file, ".json"):
		return jsonIgnores(src, file)
	case checkShape(src) != nil:
		return nil // no more is read of it elsewhere
	}
	if f, _ := hclsyntax.ParseConfig(src, file, hcl.InitialPos); f != nil {
		if body, ok := f.Body.(*hclsyntax.Body); ok {
			return lexIgnores(src, file, body)
		}
	}
	return nil
}

// ignoreWord is what such a comment begins with.
const ignoreWord = "boundlint:ignore"

// placeOf names what is on a line of a body: the blocks down to it, numbered among those of
// the same name, and the attribute with how many lines into it that is.
func placeOf(body *hclsyntax.Body, line int) string {
	seen := map[string]int{}
	for _, b := range body.Blocks {
		name := strings.Join(append([]string{b.Type}, b.Labels...), " ")
		seen[name]++
		from, to := b.TypeRange.Start.Line, b.CloseBraceRange.End.Line
		if line < from || to < line {
			continue
		}
		name = fmt.Sprintf("%s#%d", name, seen[name])
		if line == from {
			return name
		}
		return name + "/" + placeOf(b.Body, line)
	}
	for name, a := range body.Attributes {
		if from := a.NameRange.Start.Line; from <= line && line <= a.SrcRange.End.Line {
			return fmt.Sprintf("%s+%d", name, line-from)
		}
	}
	return ""
}
