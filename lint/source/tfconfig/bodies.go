package tfconfig

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/source/resource"
)

// What is parsed takes some twenty times the memory of its source, and most of it
// is asked for once. So the files that are read first are kept as they are parsed,
// wholeSource bytes of them. Of those behind them the bodies of resources are
// parsed when they are asked for, and kept while their source together has no
// more than keptSource bytes.
const (
	wholeSource = 1 << 20
	keptSource  = 256 << 10
)

// body is the body of the resource.
func (b *resourceBlock) body() *hclsyntax.Body {
	if b.parsed == nil {
		b.keep(b.parse())
	}
	return b.parsed
}

// parse parses the block by itself; it is nil where anything is wrong with it.
func (b *resourceBlock) parse() *hclsyntax.Block {
	start := b.rng.Start
	if start.Byte > b.end || b.end > len(b.text) {
		return nil
	}
	return parseBlock(b.text[start.Byte:b.end], b.rng.Filename, start)
}

// keep keeps what the block was parsed into until enough is parsed after it.
func (b *resourceBlock) keep(parsed *hclsyntax.Block) {
	if b.sound = parsed != nil; b.sound {
		b.parsed = parsed.Body
	} else {
		b.parsed, b.bodies.faulty = &hclsyntax.Body{}, true
	}
	b.bodies.add(b)
}

// letGo lets go of the body, unless that of another file has been merged into it
// or it comes to something else when it is parsed by itself.
func (b *resourceBlock) letGo() {
	if b.text != nil {
		b.parsed = nil
	}
}

// size is that of the block's source, in bytes.
func (b *resourceBlock) size() int { return b.end - b.rng.Start.Byte }

// bodies are those that are kept for a while.
type bodies struct {
	of     []*resourceBlock // the oldest first
	source int              // of all, in bytes
	most   int              // of source that is kept
	// faulty tells that something is wrong with one: its file is to be parsed as
	// a whole, which tells what.
	faulty bool
}

// add adds the body of a block, and lets go of the oldest where they are too
// many with it.
func (k *bodies) add(b *resourceBlock) {
	k.of = append(k.of, b)
	k.source += b.size()
	for k.source > k.most && len(k.of) > 1 {
		k.source -= k.of[0].size()
		k.of[0].letGo()
		k.of = k.of[1:]
	}
}

// isLarge reports whether more source has been read than is kept as it is parsed.
func (l *loader) isLarge() bool { return l.source > l.whole }

// letGo lets go of all bodies where there is much configuration: most are never
// asked for again once the model is made.
func (l *loader) letGo() {
	if !l.outlines || !l.isLarge() {
		return
	}
	for _, c := range l.configs {
		for _, b := range c.resources {
			b.letGo()
		}
	}
	l.bodies.of, l.bodies.source = nil, 0
}

// parseAhead parses the bodies of resources that were not yet, in the order in
// which they are evaluated, beside that: next, which is called before each is
// evaluated, has its body kept. end is called after all of them.
func (c *configuration) parseAhead() (next func(*resourceBlock), end func()) {
	var list []*resourceBlock
	for _, address := range c.resourceOrder {
		if b := c.resources[address]; b.parsed == nil && !b.sound {
			list = append(list, b)
		}
	}
	if len(list) == 0 {
		return func(*resourceBlock) {}, func() {}
	}
	const most = 64
	parsed, ended := make(chan *hclsyntax.Block, most), make(chan struct{})
	go func() {
		defer close(parsed)
		defer func() { _ = recover() }() // what is wrong shows where the file is parsed as a whole
		for _, b := range list {
			select {
			case parsed <- b.parse():
			case <-ended:
				return
			}
		}
	}()
	at := 0
	next = func(b *resourceBlock) {
		if at == len(list) || list[at] != b {
			return
		}
		at++
		block := <-parsed
		if b.parsed == nil && (block == nil || resource.Reads(b.typ, b.data)) {
			b.keep(block)
		}
		b.sound = b.sound || block != nil
	}
	return next, func() { close(ended) }
}
