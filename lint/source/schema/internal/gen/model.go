package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// block is what is known of the body of a resource, or of a nested block.
type block struct {
	attributes map[string]*attribute
	blocks     map[string]*nested
}

type attribute struct {
	typ cty.Type
	// unset is the value where a configuration does not set it: null, a
	// default, or unknown.
	unset     cty.Value
	sensitive bool
	writeOnly bool
	added     bool // by the newer version of the provider
}

type nested struct {
	mode  mode
	block *block
	// unknown tells that it is not known what there is where a configuration
	// has no such block.
	unknown bool
	added   bool
}

// mode is how often a nested block may stand in its body, and what shape that
// gives its value. The text is that of the embedded data.
type mode string

const (
	modeSingle mode = "single"
	modeList   mode = "list"
	modeSet    mode = "set"
	modeMap    mode = "map"
)

func (m mode) of(ty cty.Type) cty.Type {
	switch m {
	case modeList:
		return cty.List(ty)
	case modeSet:
		return cty.Set(ty)
	case modeMap:
		return cty.Map(ty)
	case modeSingle:
	}
	return ty
}

func newBlock() *block {
	return &block{attributes: map[string]*attribute{}, blocks: map[string]*nested{}}
}

// typ is the type of the values of the block.
func (b *block) typ() cty.Type {
	attributes := map[string]cty.Type{}
	for name, a := range b.attributes {
		attributes[name] = a.typ
	}
	for name, n := range b.blocks {
		attributes[name] = n.mode.of(n.block.typ())
	}
	return cty.Object(attributes)
}

// merge adds what a newer version of the provider has. What both have stays
// as the older one, which was asked itself, has it; where their types differ
// no type is certain.
func (b *block) merge(newer *block) {
	for _, name := range sortedKeys(newer.attributes) {
		a := newer.attributes[name]
		switch old := b.attributes[name]; {
		case old != nil:
			old.loosen(a.typ)
		case b.blocks[name] == nil:
			a.added = true
			b.attributes[name] = a
		default:
			// A block that became an attribute of objects, or the bindings
			// do not spell it out.
		}
	}
	for _, name := range sortedKeys(newer.blocks) {
		n := newer.blocks[name]
		switch old := b.blocks[name]; {
		case old != nil:
			old.block.merge(n.block)
		case b.attributes[name] == nil:
			n.added = true
			b.blocks[name] = n
		default: // blocks that are attributes of objects to Terraform
			b.attributes[name].loosen(n.mode.of(n.block.typ()))
		}
	}
}

// loosen gives an attribute no type that is certain, where the type in a newer
// version is another.
func (a *attribute) loosen(newer cty.Type) {
	if !fits(newer, a.typ) {
		a.typ, a.unset = cty.DynamicPseudoType, cty.DynamicVal
	}
}

// fits reports whether the steps into a value of the newer type are steps into
// one of the older.
func fits(newer, older cty.Type) bool {
	switch {
	case newer == cty.DynamicPseudoType, newer.Equals(older):
		return true
	case newer.IsCollectionType() && older.IsCollectionType():
		return newer.IsMapType() == older.IsMapType() && newer.IsSetType() == older.IsSetType() &&
			fits(newer.ElementType(), older.ElementType())
	case newer.IsObjectType() && older.IsObjectType():
		for name, ty := range newer.AttributeTypes() {
			if !older.HasAttribute(name) || !fits(ty, older.AttributeType(name)) {
				return false
			}
		}
		return true
	}
	return false
}

// encoder writes the blocks of one type as the text that the package schema
// reads. Equal blocks are written once.
type encoder struct {
	texts   []string
	indexes map[string]int
}

// encode returns the text of a type: its body first, then the blocks that it
// refers to by their numbers, with a line that is a hyphen between them.
func encode(b *block) (string, error) {
	e := &encoder{texts: []string{""}, indexes: map[string]int{}}
	body, err := e.body(b)
	if err != nil {
		return "", err
	}
	e.texts[0] = body
	return strings.Join(e.texts, "-\n"), nil
}

func (e *encoder) body(b *block) (string, error) {
	names := slices.Sorted(maps.Keys(b.attributes))
	names = slices.Sorted(slices.Values(append(names, slices.Collect(maps.Keys(b.blocks))...)))
	var out strings.Builder
	for _, name := range names {
		var line string
		var err error
		if n := b.blocks[name]; n != nil {
			line, err = e.nested(n)
		} else {
			line, err = e.attribute(b.attributes[name])
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		out.WriteString(name + " " + line + "\n")
	}
	return out.String(), nil
}

func (e *encoder) nested(n *nested) (string, error) {
	text, err := e.body(n.block)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(":%s %d%s", n.mode, e.index(text), flags(letter{'?', n.unknown}, letter{'+', n.added})), nil
}

func (e *encoder) attribute(a *attribute) (string, error) {
	line := e.typ(a.typ) + flags(
		letter{'?', !a.unset.IsWhollyKnown()}, letter{'s', a.sensitive}, letter{'w', a.writeOnly}, letter{'+', a.added})
	if a.unset.IsWhollyKnown() && !a.unset.IsNull() {
		value, err := ctyjson.Marshal(a.unset, a.typ)
		if err != nil {
			return "", err
		}
		line += " =" + string(value)
	}
	return line, nil
}

type letter struct {
	of  byte
	set bool
}

func flags(list ...letter) string {
	out := ""
	for _, f := range list {
		if f.set {
			out += string(f.of)
		}
	}
	if out != "" {
		out = " " + out
	}
	return out
}

// typ is a type as a word: s, n, b and d for the primitive ones and any type,
// L, S and M before the type of an element, a number for an object.
func (e *encoder) typ(ty cty.Type) string {
	switch {
	case ty == cty.String:
		return "s"
	case ty == cty.Number:
		return "n"
	case ty == cty.Bool:
		return "b"
	case ty.IsListType():
		return "L" + e.typ(ty.ElementType())
	case ty.IsSetType():
		return "S" + e.typ(ty.ElementType())
	case ty.IsMapType():
		return "M" + e.typ(ty.ElementType())
	case ty.IsObjectType():
		var out strings.Builder
		for _, name := range slices.Sorted(maps.Keys(ty.AttributeTypes())) {
			out.WriteString(name + " " + e.typ(ty.AttributeType(name)) + "\n")
		}
		return fmt.Sprint(e.index(out.String()))
	}
	return "d"
}

func (e *encoder) index(text string) int {
	if i, ok := e.indexes[text]; ok {
		return i
	}
	i := len(e.texts)
	e.texts = append(e.texts, text)
	e.indexes[text] = i
	return i
}
