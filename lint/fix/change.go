// Package fix makes the changes of files that findings ask for, and tries each
// of them: it holds only where its finding is gone after it and no finding is
// new. It reads and writes no file by itself.
package fix

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/boundlint/boundlint/lint/files"
)

// edit is a text in the place of another, in bytes of a file.
type edit struct {
	file       string // as [Files.Path] has it
	start, end int
	text       string
}

// change is what fixes one finding: edits that do not overlap.
type change []edit

// collides reports whether two changes touch the same place, so that what one of
// them says may not be what the other has seen.
func (c change) collides(other change) bool {
	return slices.ContainsFunc(c, func(x edit) bool {
		return slices.ContainsFunc(other, func(y edit) bool {
			return x.file == y.file && x.start <= y.end && y.start <= x.end
		})
	})
}

// apply makes the changes in the files of a tree, which stays as it is. Two that
// are equal are made once.
func apply(tree files.Overlay, changes ...change) files.Overlay {
	byFile := map[string][]edit{}
	for _, c := range changes {
		for _, e := range c {
			if !slices.Contains(byFile[e.file], e) {
				byFile[e.file] = append(byFile[e.file], e)
			}
		}
	}
	out := files.Overlay{}
	maps.Copy(out, tree)
	for file, edits := range byFile {
		slices.SortStableFunc(edits, func(x, y edit) int { return cmp.Compare(x.start, y.start) })
		out[file] = edited(file, tree[file], edits)
	}
	return out
}

// edited is a file with edits, in the order of their places. A file that was
// formatted stays so.
func edited(file string, src []byte, edits []edit) []byte {
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(src[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(src[at:])
	if isNative(file) && bytes.Equal(hclwrite.Format(src), src) {
		return hclwrite.Format(out.Bytes())
	}
	return out.Bytes()
}

// isNative reports whether a file is configuration in native syntax.
func isNative(file string) bool {
	return strings.HasSuffix(file, ".tf") || strings.HasSuffix(file, ".tofu")
}
