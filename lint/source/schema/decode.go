package schema

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// decoder reads the text of one type: blocks with a line that is a hyphen between
// them, which refer to one another by their number, the type's own body first. A
// line of a block is one of
//
//	NAME TYPE [FLAGS] [=DEFAULT]     an attribute
//	NAME :MODE NUMBER [FLAGS]        a nested block
//
// TYPE is a letter for a primitive type (s, n, b; d for any), L, S or M before
// the type of an element, or the number of a block whose lines are the
// attributes of an object. FLAGS are ? for unknown where it is not set, s for
// sensitive, w for write-only, + for added by the newer version. DEFAULT is
// JSON.
type decoder struct {
	bodies []string
	// blocks and types are what the bodies are, by their numbers.
	blocks []func() *Block
	types  []func() cty.Type
}

func newDecoder(text string) *decoder {
	d := &decoder{bodies: strings.Split(text, "-\n")}
	for n := range d.bodies {
		d.blocks = append(d.blocks, sync.OnceValue(func() *Block { return d.readBlock(n) }))
		d.types = append(d.types, sync.OnceValue(func() cty.Type { return d.readObject(n) }))
	}
	return d
}

// lines are the lines of a body.
func (d *decoder) lines(n int) []string {
	return strings.FieldsFunc(d.bodies[n], func(r rune) bool { return r == '\n' })
}

func (d *decoder) readBlock(n int) *Block {
	b := &Block{attributes: map[string]*Attribute{}, blocks: map[string]*Nested{}}
	b.typ = sync.OnceValue(b.makeType)
	for _, line := range d.lines(n) {
		name, rest, _ := strings.Cut(line, " ")
		b.names = append(b.names, name)
		if nested, ok := strings.CutPrefix(rest, ":"); ok {
			b.blocks[name] = d.nested(nested)
		} else {
			b.attributes[name] = d.attribute(rest)
		}
	}
	return b
}

func (d *decoder) nested(line string) *Nested {
	fields := strings.Fields(line)
	out := &Nested{Mode: Mode(fields[0]), block: d.blocks[d.number(fields[1])]}
	if len(fields) > 2 {
		out.Computed, out.Added = strings.Contains(fields[2], "?"), strings.Contains(fields[2], "+")
	}
	return out
}

func (d *decoder) attribute(line string) *Attribute {
	line, value, hasDefault := strings.Cut(line, " =")
	word, flags, _ := strings.Cut(line, " ")
	a := &Attribute{
		Sensitive: strings.Contains(flags, "s"), WriteOnly: strings.Contains(flags, "w"), Added: strings.Contains(flags, "+"),
		typ: sync.OnceValue(func() cty.Type { return d.typ(word) }),
	}
	switch {
	case strings.Contains(flags, "?"):
		a.unset = func() cty.Value { return cty.UnknownVal(a.typ()) }
	case hasDefault:
		a.unset = sync.OnceValue(func() cty.Value {
			v, err := ctyjson.Unmarshal([]byte(value), a.typ())
			if err != nil {
				panic(fmt.Sprintf("schema: the embedded data is damaged: %v", err))
			}
			return v
		})
	default:
		a.unset = func() cty.Value { return cty.NullVal(a.typ()) }
	}
	return a
}

// typ is the type that a word stands for.
func (d *decoder) typ(word string) cty.Type {
	if word == "" {
		return cty.DynamicPseudoType
	}
	switch word[0] {
	case 's':
		return cty.String
	case 'n':
		return cty.Number
	case 'b':
		return cty.Bool
	case 'd':
		return cty.DynamicPseudoType
	case 'L':
		return cty.List(d.typ(word[1:]))
	case 'S':
		return cty.Set(d.typ(word[1:]))
	case 'M':
		return cty.Map(d.typ(word[1:]))
	}
	return d.types[d.number(word)]()
}

// readObject is the type of objects whose attributes are the lines of a body.
func (d *decoder) readObject(n int) cty.Type {
	attributes := map[string]cty.Type{}
	for _, line := range d.lines(n) {
		name, inner, _ := strings.Cut(line, " ")
		attributes[name] = d.typ(inner)
	}
	return cty.Object(attributes)
}

// number is the number of a body.
func (d *decoder) number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 || n >= len(d.bodies) {
		panic("schema: the embedded data is damaged: there is no block " + word)
	}
	return n
}
