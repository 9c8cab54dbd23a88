package tfconfig

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pieceSize is the least size of a piece of a file, in bytes. The parser makes
// all tokens of a text before it looks at the first, in a list that grows as
// they come: each token is some hundred bytes, and those of a long file, with
// the lists that were too short, are most of what reading it allocates. Those of
// a piece of this size fit a small list.
const pieceSize = 1 << 10

var byteOrderMark = []byte("\ufeff")

// cut notes that a piece may end where the scanner stands, behind a newline
// outside of all blocks. A byte order mark counts only at the start of a file,
// where the parser would take that of a piece.
func (s *shapeScanner) cut() {
	start := 0
	if n := len(s.cuts); n > 0 {
		start = s.cuts[n-1].Byte
	}
	if s.pos-start >= pieceSize && !bytes.HasPrefix(s.src[s.pos:], byteOrderMark) {
		s.cuts = append(s.cuts, hcl.Pos{Byte: s.pos, Line: s.line, Column: 1})
	}
}

// parseBody parses a file that can be cut at some places. What is found wrong
// concerns the whole: a piece that is wrong may be so because of where it was cut.
func parseBody(src []byte, file string, cuts []hcl.Pos) (*hclsyntax.Body, hcl.Diagnostics) {
	if body, ok := parsePieces(src, file, cuts); ok {
		return body, nil
	}
	parsed, diags := hclsyntax.ParseConfig(src, file, hcl.InitialPos)
	if parsed == nil {
		return nil, diags
	}
	body, _ := parsed.Body.(*hclsyntax.Body)
	return body, diags
}

// parsePieces parses a file piece by piece; ok is false where that may come to
// something else than to parse the whole.
func parsePieces(src []byte, file string, cuts []hcl.Pos) (whole *hclsyntax.Body, ok bool) {
	if len(cuts) == 0 {
		return nil, false
	}
	whole = &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	start := hcl.InitialPos
	for _, end := range append(cuts, hcl.Pos{Byte: len(src)}) {
		if start.Byte > end.Byte || end.Byte > len(src) {
			return nil, false
		}
		parsed, diags := hclsyntax.ParseConfig(src[start.Byte:end.Byte], file, start)
		if parsed == nil || len(diags) > 0 {
			return nil, false
		}
		body, isNative := parsed.Body.(*hclsyntax.Body)
		if !isNative || len(body.Attributes) > 0 { // an attribute may be there twice
			return nil, false
		}
		whole.Blocks = append(whole.Blocks, body.Blocks...)
		start = end
	}
	return whole, true
}
