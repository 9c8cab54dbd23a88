package pack

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Cursor reads numbers and texts one after another. After the first failure
// it returns zero values; [Cursor.Err] tells of it.
type Cursor struct {
	rest   string
	failed bool
}

// NewCursor returns a cursor at the start of data.
func NewCursor(data string) *Cursor { return &Cursor{rest: data} }

// Number reads an unsigned varint.
func (c *Cursor) Number() int {
	var value uint64
	for i := 0; i < len(c.rest) && i < 5; i++ {
		b := c.rest[i]
		value |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if value > math.MaxInt32 {
				break
			}
			c.rest = c.rest[i+1:]
			return int(value)
		}
	}
	c.fail()
	return 0
}

// Byte reads one byte.
func (c *Cursor) Byte() byte {
	if c.rest == "" {
		c.fail()
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

// Count reads a number of things that are still to come, which are at least
// one byte each: a larger number is a failure, so that damaged data never
// makes a reader allocate beyond its own size.
func (c *Cursor) Count() int {
	n := c.Number()
	if n > len(c.rest) {
		c.fail()
		return 0
	}
	return n
}

// Text reads a text with its length in front. It shares memory with the data.
func (c *Cursor) Text() string {
	n := c.Count()
	t := c.rest[:n]
	c.rest = c.rest[n:]
	return t
}

// Err returns nil, or an error that wraps [ErrFormat] where the data ended
// too early.
func (c *Cursor) Err() error {
	if c.failed {
		return fmt.Errorf("%w: it ends too early", ErrFormat)
	}
	return nil
}

func (c *Cursor) fail() { c.failed, c.rest = true, "" }

// AppendText appends a text with its length in front, as [Cursor.Text] reads
// it.
func AppendText(out []byte, text string) []byte {
	out = binary.AppendUvarint(out, uint64(len(text)))
	return append(out, text...)
}
