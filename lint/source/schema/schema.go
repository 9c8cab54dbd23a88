// Package schema holds facts about the AWS provider of Terraform: which
// attributes and nested blocks each resource and data source has, and what
// they are where a configuration does not set them.
//
// The facts are made from the schema that the provider itself gives
// (`terraform providers schema -json`) and from what it plans for resources
// with next to no configuration; see internal/gen. What a newer version of the
// provider adds is in them too, and marked. They are embedded, deflated, and
// read when they are first asked for, a few types at a time: a program that
// asks nothing pays nothing.
//
// All functions and methods may be called by several goroutines at once; what
// they return is shared and must not be changed.
package schema

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

//go:generate go run ./internal/gen -out data

var (
	//go:embed data/aws.pack
	packed string
	//go:embed data/versions.txt
	versions string
)

// Versions returns the versions of the provider that the facts are from, the
// older first: of the older are all of them, of the newer what it adds.
func Versions() (older, newer string) {
	older, newer, _ = strings.Cut(strings.TrimSpace(versions), "\n")
	return older, newer
}

// Block is the body of a resource, a data source or a nested block.
type Block struct {
	attributes map[string]*Attribute
	blocks     map[string]*Nested
	names      []string
	typ        func() cty.Type
}

// Attribute is an attribute of a block.
type Attribute struct {
	// Sensitive tells that the provider declares the value to be a secret.
	Sensitive bool
	// WriteOnly tells that the value is null wherever it is referred to.
	WriteOnly bool
	// Added tells that only the newer version of the provider has it.
	Added bool

	typ   func() cty.Type
	unset func() cty.Value
}

// Type is the type of the attribute's values, cty.DynamicPseudoType where that
// is not known for every version of the provider.
func (a *Attribute) Type() cty.Type { return a.typ() }

// Unset is the value of the attribute after a plan, where the configuration
// does not set it or sets it to null: null, a default, or unknown where the
// provider computes it or its default is not known.
func (a *Attribute) Unset() cty.Value { return a.unset() }

// Mode is how often a nested block may stand in its body, and what shape that
// gives the value.
type Mode string

// The modes: an object, or null where there is no block; a list of objects; a
// set of objects; a map of objects by the label of the block.
const (
	Single Mode = "single"
	List   Mode = "list"
	Set    Mode = "set"
	Map    Mode = "map"
)

// Nested is a type of nested blocks.
type Nested struct {
	Mode Mode
	// Computed tells that it is not known what there is where a configuration
	// has no such block: the provider may fill it in.
	Computed bool
	// Added tells that only the newer version of the provider has it.
	Added bool

	block func() *Block
}

// Block is the body of the nested block.
func (n *Nested) Block() *Block { return n.block() }

// Type is the type of the value of the nested blocks.
func (n *Nested) Type() cty.Type {
	ty := n.Block().Type()
	switch n.Mode {
	case List:
		return cty.List(ty)
	case Set:
		return cty.Set(ty)
	case Map:
		return cty.Map(ty)
	case Single:
	}
	return ty
}

// Type is the type of the block as a value.
func (b *Block) Type() cty.Type { return b.typ() }

func (b *Block) makeType() cty.Type {
	attributes := map[string]cty.Type{}
	for name, a := range b.attributes {
		attributes[name] = a.Type()
	}
	for name, n := range b.blocks {
		attributes[name] = n.Type()
	}
	return cty.Object(attributes)
}

// Attribute returns the attribute of that name, nil where there is none.
func (b *Block) Attribute(name string) *Attribute { return b.attributes[name] }

// Nested returns the nested blocks of that type, nil where there are none.
func (b *Block) Nested(name string) *Nested { return b.blocks[name] }

// Names returns the names of all attributes and nested blocks, sorted.
func (b *Block) Names() []string { return b.names }

// Resource returns the body of a resource type, nil for one that is not of
// the AWS provider, or newer than the facts.
func Resource(typ string) *Block { return lookup(typ) }

// DataSource returns the body of a data source, nil as for [Resource].
func DataSource(typ string) *Block { return lookup("data." + typ) }

// Types returns the names of all resource types, and those of data sources
// with "data." before them, sorted.
func Types() []string { return opened().Names() }

var opened = sync.OnceValue(func() *pack.File {
	file, err := pack.Open(packed)
	if err != nil {
		panic(fmt.Sprintf("schema: the embedded data is damaged: %v", err))
	}
	return file
})

// read are the types that were asked for.
var read sync.Map // of string to *Block

func lookup(name string) *Block {
	if !strings.HasPrefix(strings.TrimPrefix(name, "data."), "aws_") {
		return nil
	}
	if b, ok := read.Load(name); ok {
		return b.(*Block) //nolint:errcheck,forcetypeassert // nothing else is stored
	}
	text, ok, err := opened().Text(name)
	if err != nil {
		panic(fmt.Sprintf("schema: the embedded data is damaged: %v", err))
	}
	var b *Block
	if ok {
		b = newDecoder(text).blocks[0]()
	}
	stored, _ := read.LoadOrStore(name, b)
	return stored.(*Block) //nolint:errcheck,forcetypeassert // as above
}
