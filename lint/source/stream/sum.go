package stream

import (
	"encoding/json"
	"hash/maphash"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Null is the sum of null.
var Null = Sum(json.RawMessage("null"))

// Sum is a number that two values, which have been split or held to a shape, have
// in common if they are the same, in
// whichever way each is written: escapes, spaces, the order of members and the
// form of numbers make no difference. It differs from run to run.
func Sum(raw json.RawMessage) uint64 { return new(Values).Sum(raw) }

// Sum is [Sum] in the memory of the values.
func (v *Values) Sum(raw json.RawMessage) uint64 {
	return (&cursor{src: raw, checked: true}).sum(&v.unquoted)
}

func (c *cursor) sum(memory *[]byte) uint64 {
	kind := c.kind()
	switch kind {
	case '{':
		// Members have no order, and neither has addition.
		var out uint64
		c.object(func(name []byte) bool {
			out += mix('"', maphash.Bytes(seed, name), c.sum(memory))
			return true
		})
		return mix(kind, out, 0)
	case '[':
		var out uint64
		c.list(func() bool {
			out = mix('[', out, c.sum(memory))
			return true
		})
		return mix(kind, out, 1)
	case '"':
		return mix(kind, maphash.Bytes(seed, unquoteInto(memory, c.scalar())), 0)
	case '0':
		number, _ := strconv.ParseFloat(string(c.scalar()), 64) // the largest there is, where it is larger
		return maphash.Comparable(seed, number)
	}
	return maphash.Bytes(seed, c.scalar())
}

// mix makes one sum of two.
func mix(kind jsontext.Kind, x, y uint64) uint64 {
	return maphash.Comparable(seed, [3]uint64{uint64(kind), x, y})
}
