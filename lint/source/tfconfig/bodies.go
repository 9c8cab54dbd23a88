package tfconfig

import "github.com/hashicorp/hcl/v2/hclsyntax"

// keptSource is how much source, in bytes, the bodies of resources that have
// been evaluated have together before the oldest is let go. A body takes some
// twenty times the memory of its source, and few are asked for again.
const keptSource = 1 << 20

// body is the body of the resource, which is parsed again where it was let go.
func (b *resourceBlock) body() *hclsyntax.Body {
	if b.parsed == nil {
		b.parsed = b.parse()
		b.kept.add(b)
	}
	return b.parsed
}

// parse parses the block by itself. It stands in a text that parses without an
// error, and comes to the same there.
func (b *resourceBlock) parse() *hclsyntax.Body {
	file, _ := hclsyntax.ParseConfig(b.text[b.rng.Start.Byte:b.end], b.rng.Filename, b.rng.Start)
	return file.Body.(*hclsyntax.Body).Blocks[0].Body
}

// evaluated are blocks whose bodies have been evaluated and are kept, the oldest
// first.
type evaluated struct {
	blocks []*resourceBlock
	source int // in bytes
}

// add adds a block, and lets go of the oldest bodies where they are too much
// with it.
func (e *evaluated) add(b *resourceBlock) {
	b.kept = e
	e.blocks = append(e.blocks, b)
	e.source += b.end - b.rng.Start.Byte
	for e.source > keptSource {
		oldest := e.blocks[0]
		oldest.parsed = nil
		e.blocks = e.blocks[1:]
		e.source -= oldest.end - oldest.rng.Start.Byte
	}
}
