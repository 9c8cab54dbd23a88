package resource

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/calls"
)

// Parts are the attributes and nested blocks, of a resource or of a block in
// it, that the model is made of. What is not among them means nothing for IAM:
// a source need not read or evaluate it, and what is wrong with it is no
// concern of a report.
type Parts struct {
	all bool
	in  map[string]*Parts
}

var everything = &Parts{all: true}

// newParts are the parts at some paths. A path goes into blocks at its dots
// and takes all that is at its end; what follows a star or a '>' is inside of
// a value (see carrier).
func newParts(paths ...string) *Parts {
	p := &Parts{in: map[string]*Parts{}}
	for _, path := range paths {
		path, _, _ = strings.Cut(path, ">")
		path, _, _ = strings.Cut(path, ".*")
		p.add(strings.Split(path, "."))
	}
	return p
}

func (p *Parts) add(steps []string) {
	if len(steps) == 0 {
		return
	}
	known := p.in[steps[0]]
	switch {
	case len(steps) == 1:
		p.in[steps[0]] = everything
		return
	case known == nil:
		known = &Parts{in: map[string]*Parts{}}
		p.in[steps[0]] = known
	case known.all:
		return
	}
	known.add(steps[1:])
}

// Of are the parts inside an attribute or a type of nested block, nil where
// the model is made of nothing of it.
func (p *Parts) Of(name string) *Parts {
	switch {
	case p == nil:
		return nil
	case p.all:
		return p
	}
	return p.in[name]
}

// of are the values that are parts.
func (p *Parts) of(values map[string]Value) map[string]Value {
	if values == nil {
		return nil
	}
	out := make(map[string]Value, len(p.in))
	for name, v := range values {
		if p.Of(name) != nil {
			out[name] = v
		}
	}
	return out
}

// allParts has the parts of each type, "data.TYPE" for a data source.
var allParts = sync.OnceValue(func() map[string]*Parts {
	paths := map[string][]string{}
	add := func(typ string, more ...string) { paths[typ] = slices.Concat(paths[typ], []string{"arn"}, more) }
	for typ, k := range managed {
		add(typ, k.parts...)
	}
	for typ, list := range carriers {
		add(typ, tagParts...)
		for _, c := range list {
			add(typ, slices.Concat(c.roles, c.profiles, c.through, c.versions, c.sets, c.names, placeholders(c.arn))...)
			for _, of := range c.aliases {
				add(typ, of)
			}
			if c.only[0] != "" {
				add(typ, c.only[0])
			}
		}
	}
	for _, typ := range calls.Types() {
		parts := calls.Of(typ).Attributes()
		if !strings.HasPrefix(typ, calls.Data) {
			parts = append(parts, tagParts...)
		}
		add(typ, parts...)
	}
	for typ, g := range policyPlaces {
		add(typ, append(placeholders(g.resource), g.attribute)...)
	}
	for typ, k := range data {
		add("data."+typ, k.parts...)
	}
	out := make(map[string]*Parts, len(paths))
	for typ, list := range paths {
		out[typ] = newParts(list...)
	}
	return out
})

// PartsOf are the parts of a type of resource or data source, nil where no
// part of the model is made of the type.
func PartsOf(typ string, isData bool) *Parts {
	if isData {
		typ = "data." + typ
	}
	return allParts()[typ]
}

// Reads reports whether a type is part of the model: sources need not decode
// any other.
func Reads(typ string, isData bool) bool { return PartsOf(typ, isData) != nil }

// OfService reports whether a type of managed resource is another service's:
// what it has beside its parts is large, and nothing of IAM refers to it.
func OfService(typ string) bool { return carriers[typ] != nil || policyPlaces[typ].service != "" }
