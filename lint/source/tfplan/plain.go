package tfplan

import (
	"encoding/json"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// plain makes values of a resource of which each attribute is known or not as a whole, of the
// text of its change and without a tree in between: most resources are such ones.
type plain struct {
	res *resolver
	of  *change
	origin
	// before, after and unknown are the parts of the change.
	before, after, unknown json.RawMessage
}

// plain is false where the values of a change take a longer look.
func (res *resolver) plain(c *change, b *block, sc *scope) (*plain, bool) {
	if !c.isPlain || c.text == nil || c.isUnknown || !c.hasAfter || c.isGone() || len(c.oddBefore)+len(c.oddAfter) > 0 ||
		res.rd.options.KeepPlanned || res.rd.drift[c.Address] != nil {
		return nil, false
	}
	p := &plain{res: res, of: c, origin: origin{scope: sc, block: b, key: keyOf(c.Address)}}
	if b != nil {
		p.forEach = b.forEach
	}
	isSensitive := false
	stream.Members(c.text, func(name []byte, value json.RawMessage) {
		switch string(name) {
		case "before":
			p.before = value
		case "after":
			p.after = value
		case "after_unknown":
			p.unknown = value
		default: // before_sensitive and after_sensitive
			isSensitive = true
		}
	})
	return p, !isSensitive && !c.hides.has([]byte("name")) // which may be generated
}

// values are the parts of the resource before the change and after it. What the change keeps is
// then no more than which attributes there are.
func (p *plain) values() (before, after map[string]resource.Value) {
	r := &p.res.rd.remains
	r.names, r.hidden = r.names[:0], r.hidden[:0]
	after = map[string]resource.Value{}
	p.known(after)
	p.hidden(after)
	switch {
	case p.of.isSame && p.of.hides == "":
		before = after
	case isObject(p.before):
		before = p.res.values.Members(p.before, &p.res.rd.values)
	}
	p.of.known, p.of.text = r.left(false), nil
	return before, after
}

// known adds what is known after the change.
func (p *plain) known(out map[string]resource.Value) {
	names := &p.res.rd.values
	var tags json.RawMessage
	stream.Members(p.after, func(member []byte, value json.RawMessage) {
		name := names.Name(member)
		p.res.rd.remains.names = append(p.res.rd.remains.names, name)
		switch {
		case !p.of.parts.Has(member) || p.of.hides.has(member):
		case name == "tags":
			tags = value
		default:
			v := p.res.values.Text(value, names)
			if e := p.expressionOf(name, false); e != nil {
				p.res.describe(&v, e, p.origin, name)
			}
			out[name] = v
		}
	})
	if tags != nil && out["tags_all"].Kind != resource.Object { // which has them all
		out["tags"] = p.res.values.Text(tags, names)
	}
}

// hidden adds what is not known after the change.
func (p *plain) hidden(out map[string]resource.Value) {
	if p.of.hides == "" {
		return
	}
	stream.Members(p.unknown, func(member []byte, _ json.RawMessage) {
		if !p.of.hides.has(member) {
			return
		}
		name := p.res.rd.values.Name(member)
		p.res.rd.remains.hidden = append(p.res.rd.remains.hidden, name)
		if p.of.parts.Has(member) && (p.block != nil || !isComputed(name)) { // as in resolver.after
			out[name] = p.res.attributeValue(p.of, &noTrees, p.origin, name, nil, true)
		}
	})
}

// noTrees are the attributes of which nothing is asked.
var noTrees trees
