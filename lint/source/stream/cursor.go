package stream

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// cursor goes over a JSON value that a decoder has read before: it is valid,
// so that each of its parts ends where the next quote or brace is. What the
// decoder has not looked for is whether an object has a name twice; a cursor
// does, in all that it passes over for the first time. Over what is not valid JSON a cursor goes
// in any way, but comes to the end.
type cursor struct {
	src []byte
	pos int
	// open are the hashes of the names of the objects that the cursor is in, the
	// innermost's last.
	open []uint64
	// checked tells that a cursor has gone over the value before.
	checked bool
}

// seed is another one in each run, so that no input can be made to have two
// names, or two values, with one hash.
var seed = maphash.MakeSeed()

// peek is the byte at the cursor, 0 at the end.
func (c *cursor) peek() byte {
	if c.pos < len(c.src) {
		return c.src[c.pos]
	}
	return 0
}

// kind is the type of the value at the cursor.
func (c *cursor) kind() jsontext.Kind { return kindOf(c.peek()) }

// isObject reports whether an object begins at a place.
func (c *cursor) isObject(at int) bool { return at < len(c.src) && c.src[at] == '{' }

// kindOf is the type of a value by its first byte.
func kindOf(first byte) jsontext.Kind {
	if first == '-' || first >= '1' && first <= '9' {
		first = '0'
	}
	return jsontext.Kind(first)
}

// since is what lies between a place where the cursor has been and where it is.
func (c *cursor) since(start int) []byte { return c.src[start:c.pos] }

// step passes over one byte.
func (c *cursor) step() { c.pos = min(c.pos+1, len(c.src)) }

func (c *cursor) space() {
	for c.pos < len(c.src) && c.src[c.pos] <= ' ' {
		c.pos++
	}
}

// comma passes over what is between two members or elements.
func (c *cursor) comma() {
	c.space()
	if c.peek() == ',' {
		c.step()
		c.space()
	}
}

// text passes over a string.
func (c *cursor) text() { c.pos = textEnd(c.src, c.pos+1) }

// textEnd is where a string ends of which a part stands at a place, or src does.
func textEnd(src []byte, at int) int {
	for at < len(src) {
		if at+word <= len(src) {
			// As in special, without control characters.
			x := binary.LittleEndian.Uint64(src[at:])
			quote, slash := x^'"'*ones, x^'\\'*ones
			found := (((quote - ones) &^ quote) | ((slash - ones) &^ slash)) & highs
			if found == 0 {
				at += word
				continue
			}
			at += bits.TrailingZeros64(found) / word
		}
		switch src[at] {
		case '"':
			return at + 1
		case '\\':
			at++
		}
		at++
	}
	return len(src)
}

// literal passes over a number, true, false or null.
func (c *cursor) literal() {
	for {
		switch c.peek() {
		case ',', '}', ']', ' ', '\n', '\t', '\r', 0:
			return
		}
		c.step()
	}
}

// scalar is the value at the cursor, which is neither an object nor a list.
func (c *cursor) scalar() []byte {
	start := c.pos
	if c.peek() == '"' {
		c.text()
	} else {
		c.literal()
	}
	return c.since(start)
}

// name passes over the name of a member and what is between it and the value.
func (c *cursor) name() []byte {
	name := unquote(c.scalar())
	c.space()
	c.step()
	c.space()
	return name
}

// unquote is what a JSON string says: a part of it where that says it outright.
// What is not UTF-8 is replaced. Of any other value it is nil.
func unquote(quoted []byte) []byte {
	var none []byte
	return unquoteInto(&none, quoted)
}

// unquoteInto is unquote in memory that is used again where it needs some: what it returns is
// valid until then.
func unquoteInto(memory *[]byte, quoted []byte) []byte {
	if len(quoted) < len(`""`) || quoted[0] != '"' {
		return nil
	}
	inside := quoted[1 : len(quoted)-1]
	for _, b := range inside {
		if b == '\\' || b >= 0x80 {
			inside, _ = jsontext.AppendUnquote((*memory)[:0], quoted) // it has been read before
			*memory = inside
			break
		}
	}
	return inside
}

// skip passes over a value; false where a name in it stands twice.
func (c *cursor) skip() bool {
	switch c.peek() {
	case '{', '[':
		if c.checked {
			c.nested()
			return true
		}
	}
	switch c.peek() {
	case '{':
		return c.object(nil)
	case '[':
		return c.list(nil)
	}
	c.scalar()
	return true
}

// nested passes over an object or a list, whatever is in it.
func (c *cursor) nested() {
	depth := 0
	for at := c.pos; at < len(c.src); {
		b := c.src[at]
		at++
		switch b {
		case '"':
			at = textEnd(c.src, at)
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				c.pos = at
				return
			}
		}
	}
	c.pos = len(c.src)
}

// object passes over an object; f passes over the value of a member. It is
// false where f is, or where a name stands twice.
func (c *cursor) object(f func(name []byte) bool) bool {
	outer := len(c.open)
	var many map[uint64]bool
	c.step()
	c.space()
	for c.peek() == '"' {
		name := c.name()
		if !c.checked && !c.note(name, outer, &many) {
			return false
		}
		if f == nil && !c.skip() || f != nil && !f(name) {
			return false
		}
		c.comma()
	}
	c.step()
	c.open = c.open[:outer]
	return true
}

// note notes the name of a member of the object whose names begin at outer; many
// are those for which there is no place there. It is false where the object has
// had the name.
func (c *cursor) note(name []byte, outer int, many *map[uint64]bool) bool {
	hash := maphash.Bytes(seed, name)
	switch {
	case (*many)[hash] || slices.Contains(c.open[outer:], hash):
		return false
	case len(c.open)-outer < maxFew:
		if c.open == nil {
			c.open = make([]uint64, 0, maxFew)
		}
		c.open = append(c.open, hash)
	case *many == nil:
		*many = map[uint64]bool{hash: true}
	default:
		(*many)[hash] = true
	}
	return true
}

// maxFew is how many names are looked through one by one.
const maxFew = 32

// list passes over a list; f passes over an element. It is false where f is.
func (c *cursor) list(f func() bool) bool {
	c.step()
	c.space()
	for c.pos < len(c.src) && c.peek() != ']' {
		start := c.pos
		if f == nil && !c.skip() || f != nil && !f() {
			return false
		}
		if c.comma(); c.pos == start {
			break // it is not JSON
		}
	}
	c.step()
	return true
}
