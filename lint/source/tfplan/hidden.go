package tfplan

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// hidden are the names of attributes that are not known after a change, between
// NULs; many resources have the same ones.
type hidden string

const allHidden hidden = "all"

// hiddenBy are the attributes that have marks.
func (rd *reader) hiddenBy(marks json.RawMessage) hidden {
	if !bytes.Contains(marks, []byte("true")) {
		return ""
	}
	if !isObject(marks) {
		return allHidden
	}
	var few [64]byte
	names := append(few[:0], 0)
	stream.Members(marks, func(name []byte, mark json.RawMessage) {
		if bytes.Contains(mark, []byte("true")) {
			names = append(append(names, name...), 0)
		}
	})
	return hidden(rd.values.Name(names))
}

func (h hidden) has(name []byte) bool {
	return h != "" && (h == allHidden || strings.Contains(string(h), "\x00"+string(name)+"\x00"))
}

// forgetConstants drops of the blocks of other services the constants that nobody
// asks for: what stands in the configuration is asked where the plan does not know
// an attribute of an instance, and else for references only.
func (rd *reader) forgetConstants() {
	of := map[string][]hidden{}
	for _, c := range rd.order {
		hides := c.hides
		if c.isUnknown {
			hides = allHidden
		}
		if hides == "" {
			continue
		}
		if address := policy.WithoutKeys(c.Address); !slices.Contains(of[address], hides) {
			of[address] = append(of[address], hides)
		}
	}
	plain := map[plainBlock]*block{}
	rd.root.eachBlock("", func(address string, b **block) {
		e := &(*b).expressions
		if e.isWhole {
			return
		}
		if e.isConstant && of[address] == nil {
			e.text = nil
		} else {
			e.keep(func(name []byte, value json.RawMessage) bool {
				return mayRefer(value) || slices.ContainsFunc(of[address], func(h hidden) bool { return h.has(name) })
			})
		}
		if e.text != nil || e.decoded != nil || (*b).forEach != nil {
			return
		}
		key := plainBlock{(*b).provider, e.isConstant}
		if plain[key] == nil {
			plain[key] = *b
		}
		*b = plain[key]
	})
}

// plainBlock is all that is left of a block without expressions, of which there are many.
type plainBlock struct {
	provider   string
	isConstant bool
}

// keep drops the expressions, of those that are kept as text, that f does not want.
func (e *expressions) keep(f func(name []byte, value json.RawMessage) bool) {
	kept, all := 0, 0
	stream.Members(e.text, func(name []byte, value json.RawMessage) {
		if all++; f(name, value) {
			kept++
		}
	})
	switch {
	case kept == 0:
		e.text = nil
	case kept < all:
		e.text = stream.PruneBy(e.text, f)
	}
}

// eachBlock visits the blocks of a module at a path, and of those that it calls, by
// their addresses; f may put another in the place of one.
func (m *module) eachBlock(path string, f func(address string, b **block)) {
	if m == nil {
		return
	}
	for address, b := range m.blocks {
		before := b
		if f(path+address, &b); b != before {
			m.blocks[address] = b
		}
	}
	for name, c := range m.calls {
		c.module.eachBlock(path+"module."+name+".", f)
	}
}
