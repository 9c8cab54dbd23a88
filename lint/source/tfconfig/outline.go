package tfconfig

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// outlined is where a top-level block may stand in a file: it starts with the
// line, its body with a brace, and it ends behind one.
type outlined struct {
	start      hcl.Pos
	brace, end int
}

// opened notes that the scanner stands behind a brace outside of all blocks.
func (s *shapeScanner) opened() {
	start := hcl.Pos{Byte: s.lineStart, Line: s.line - bytes.Count(s.src[s.lineStart:s.pos], []byte("\n")), Column: 1}
	s.blocks = append(s.blocks, outlined{start: start, brace: s.pos - 1})
}

// closed notes that it stands behind a brace that ends a top-level block.
func (s *shapeScanner) closed() {
	if n := len(s.blocks); n > 0 && s.blocks[n-1].end == 0 {
		s.blocks[n-1].end = s.pos
	}
}

// outline parses a file without the bodies of its resources: those blocks have
// none. ok is false where that may come to something else than to parse the
// whole, should each body parse by itself without an error.
func outline(src []byte, file string, at []outlined) (blocks []*hclsyntax.Block, ok bool) {
	if bytes.LastIndex(src, byteOrderMark) > 0 { // it counts at the start of a file, and of what is parsed by itself
		return nil, false
	}
	end := 0
	for _, o := range append(at, outlined{start: hcl.Pos{Byte: len(src)}, end: len(src)}) {
		if o.start.Byte < end || o.end < o.start.Byte || !isBlank(src[end:o.start.Byte]) {
			return nil, false
		}
		if end = o.end; o.start.Byte == len(src) {
			break
		}
		block := o.parse(src, file)
		if block == nil {
			return nil, false
		}
		blocks = append(blocks, block)
	}
	return blocks, true
}

// isBlank reports whether there is nothing but space and comments in a text that
// stands between blocks.
func isBlank(between []byte) bool {
	if len(bytes.Trim(between, " \t\n")) == 0 {
		return true
	}
	body, ok := parseAlone(between, "", hcl.InitialPos)
	return ok && len(body.Blocks)+len(body.Attributes) == 0
}

// parse parses a block, of a resource without its body; it is nil where there is
// no block.
func (o outlined) parse(src []byte, file string) *hclsyntax.Block {
	if o.brace < o.start.Byte || o.brace >= o.end || o.end > len(src) {
		return nil
	}
	before := src[o.start.Byte:o.brace]
	block := o.plainHeader(before, file)
	if block == nil {
		block = parseBlock(append(bytes.Clone(before), "{}"...), file, o.start)
	}
	switch {
	case block == nil:
		return nil
	case isResource(block):
		block.Body, block.CloseBraceRange.End.Byte = nil, o.end
		return block
	}
	return parseBlock(src[o.start.Byte:o.end], file, o.start)
}

// header is how most resources begin. Its characters are a byte each.
var header = lazy.Regexp(`^(resource|data) "([\w-]+)" "([\w-]+)" $`)

// plainHeader is the header of a resource as most are written, which is not worth
// a parser, by what stands before its body; it is nil for any other.
func (o outlined) plainHeader(before []byte, file string) *hclsyntax.Block {
	at := header().FindSubmatchIndex(before)
	if at == nil {
		return nil
	}
	text := string(before)
	rng := func(start, end int) hcl.Range {
		pos := func(n int) hcl.Pos { return hcl.Pos{Byte: o.start.Byte + n, Line: o.start.Line, Column: 1 + n} }
		return hcl.Range{Filename: file, Start: pos(start), End: pos(end)}
	}
	const quote = 1
	return &hclsyntax.Block{
		Type: text[at[2]:at[3]], Labels: []string{text[at[4]:at[5]], text[at[6]:at[7]]}, TypeRange: rng(at[2], at[3]),
		LabelRanges:    []hcl.Range{rng(at[4]-quote, at[5]+quote), rng(at[6]-quote, at[7]+quote)},
		OpenBraceRange: rng(len(text), len(text)+1), CloseBraceRange: rng(len(text)+1, len(text)+2),
	}
}

func isResource(b *hclsyntax.Block) bool {
	return (b.Type == "resource" || b.Type == "data") && len(b.Labels) == 2
}

// parseBlock parses a block by itself; it is nil where anything is wrong with it,
// and where it is not one block.
func parseBlock(src []byte, file string, start hcl.Pos) *hclsyntax.Block {
	body, ok := parseAlone(src, file, start)
	if !ok || len(body.Blocks) != 1 || len(body.Attributes) > 0 {
		return nil
	}
	return body.Blocks[0]
}

// parseAlone parses a part of a file; ok is false where anything is wrong with it.
func parseAlone(src []byte, file string, start hcl.Pos) (body *hclsyntax.Body, ok bool) {
	parsed, diags := hclsyntax.ParseConfig(src, file, start)
	if parsed == nil || len(diags) > 0 {
		return nil, false
	}
	body, ok = parsed.Body.(*hclsyntax.Body)
	return body, ok
}
