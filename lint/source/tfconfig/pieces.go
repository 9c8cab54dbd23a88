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

// cuts are where a file can be cut into pieces: before some of its blocks. A byte
// order mark counts only at the start of a file, where the parser would take that
// of a piece.
func cuts(src []byte, blocks []outlined) []hcl.Pos {
	var list []hcl.Pos
	last := 0
	for _, b := range blocks {
		if at := b.start.Byte; at-last >= pieceSize && at <= len(src) && !bytes.HasPrefix(src[at:], byteOrderMark) {
			list = append(list, b.start)
			last = at
		}
	}
	return list
}

// parseBody parses a file by where its blocks stand. What is found wrong concerns
// the whole: a piece that is wrong may be so because of where it was cut.
func parseBody(src []byte, file string, blocks []outlined) (*hclsyntax.Body, hcl.Diagnostics) {
	if body, ok := parsePieces(src, file, cuts(src, blocks)); ok {
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
		body, ok := parseAlone(src[start.Byte:end.Byte], file, start)
		if !ok || len(body.Attributes) > 0 { // an attribute may be there twice
			return nil, false
		}
		whole.Blocks = append(whole.Blocks, body.Blocks...)
		start = end
	}
	return whole, true
}
