package resource

import (
	"maps"
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
	// letters has a bit for each name in it, by which most others are told from
	// them.
	letters uint64
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
	p.letters |= letters([]byte(steps[0]))
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

// Has reports whether an attribute, or a type of nested block, has parts.
func (p *Parts) Has(name []byte) bool {
	switch {
	case p == nil:
		return false
	case p.all:
		return true
	}
	return p.letters&letters(name) != 0 && p.in[string(name)] != nil
}

// letters is a bit for a name.
func letters(name []byte) uint64 {
	if len(name) == 0 {
		return 1
	}
	n := len(name)
	return 1 << ((n + int(name[0]) + 3*int(name[n-1]) + 5*int(name[n/2])) % 64)
}

// of are the values that are parts: values itself where all are.
func (p *Parts) of(values map[string]Value) map[string]Value {
	others := false
	for name := range values {
		others = others || p.Of(name) == nil
	}
	if !others {
		return values
	}
	out := make(map[string]Value, len(p.in))
	for name, v := range values {
		if p.Of(name) != nil {
			out[name] = v
		}
	}
	return out
}

// askedParts are the parts of the types that were asked for: an input has few of
// the types that are part of the model, and to take the paths of all of them
// apart lasts longer than to read a small input.
var askedParts = struct {
	sync.RWMutex
	of map[string]*Parts
}{of: map[string]*Parts{}}

// partsOf are the parts of a type, "data.TYPE" for a data source.
func partsOf(typ string) *Parts {
	askedParts.RLock()
	p, asked := askedParts.of[typ]
	askedParts.RUnlock()
	if asked {
		return p
	}
	paths := pathsOf(typ)
	if paths == nil {
		return nil // not kept: an input may name any number of such types
	}
	p = newParts(paths...)
	askedParts.Lock()
	defer askedParts.Unlock()
	askedParts.of[typ] = p
	return p
}

// pathsOf are the paths of the parts of a type, "data.TYPE" for a data source.
func pathsOf(typ string) (paths []string) {
	add := func(more ...string) { paths = slices.Concat(paths, []string{"arn"}, more) }
	if source, isData := strings.CutPrefix(typ, "data."); isData {
		if k, ok := data[source]; ok {
			add(k.parts...)
		}
		if t := calls.Of(typ); t != nil {
			add(t.Attributes()...)
		}
		return paths
	}
	if k, ok := managed[typ]; ok {
		add(k.parts...)
	}
	if list, ok := carriers[typ]; ok {
		add(tagParts...)
		for _, c := range list {
			add(c.paths()...)
		}
	}
	if t := calls.Of(typ); t != nil {
		add(append(t.Attributes(), tagParts...)...)
	}
	if g, ok := policyPlaces[typ]; ok {
		add(append(placeholders(g.resource), g.attribute)...)
	}
	return paths
}

// paths are the paths of the parts that a carrier looks at.
func (c carrier) paths() []string {
	out := slices.Concat(c.roles, c.profiles, c.through, c.versions, c.sets, c.names, placeholders(c.arn))
	out = slices.AppendSeq(out, maps.Values(c.aliases))
	if c.only[0] != "" {
		out = append(out, c.only[0])
	}
	return out
}

// PartsOf are the parts of a type of resource or data source, nil where no
// part of the model is made of the type.
func PartsOf(typ string, isData bool) *Parts {
	if isData {
		typ = "data." + typ
	}
	return partsOf(typ)
}

// Reads reports whether a type is part of the model: sources need not decode
// any other.
func Reads(typ string, isData bool) bool { return PartsOf(typ, isData) != nil }

// OfService reports whether a type of managed resource is another service's:
// what it has beside its parts is large, and nothing of IAM refers to it.
func OfService(typ string) bool { return carriers[typ] != nil || policyPlaces[typ].service != "" }
