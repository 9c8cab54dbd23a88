package tfplan

import (
	"encoding/json"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// plain are the values of a resource of which each attribute is known or not as a whole, made of
// the text of its change without a tree in between: most resources are such ones. It is false
// where that takes a longer look.
func (res *resolver) plain(c *change, b *block, sc *scope) (before, after map[string]resource.Value, ok bool) {
	rd, r, names := res.rd, &res.rd.remains, &res.rd.values
	if !c.isPlain || c.text == nil || c.isUnknown || !c.hasAfter || c.isGone() || len(c.oddBefore)+len(c.oddAfter) > 0 ||
		rd.options.KeepPlanned || rd.drift[c.Address] != nil {
		return nil, nil, false
	}
	var parts struct{ before, after, unknown json.RawMessage }
	ok = true
	stream.Members(c.text, func(name []byte, value json.RawMessage) {
		switch string(name) {
		case "before":
			parts.before = value
		case "after":
			parts.after = value
		case "after_unknown":
			parts.unknown = value
		default: // what is sensitive
			ok = false
		}
	})
	hides := c.hides
	if !c.isService {
		hides = rd.hiddenBy(parts.unknown)
	}
	if !ok || hides.has([]byte("name")) {
		return nil, nil, false
	}
	o := origin{scope: sc, block: b, key: keyOf(c.Address)}
	if b != nil {
		o.forEach = b.forEach
	}
	r.names, r.hidden = r.names[:0], r.hidden[:0]
	after = map[string]resource.Value{}
	var tags json.RawMessage
	stream.Members(parts.after, func(member []byte, value json.RawMessage) {
		name := names.Name(member)
		r.names = append(r.names, name)
		switch {
		case !c.parts.Has(member) || hides.has(member):
		case name == "tags":
			tags = value
		default:
			v := res.values.Text(value, names)
			if e := o.expressionOf(name, false); e != nil {
				res.describe(&v, e, o, name)
			}
			after[name] = v
		}
	})
	if tags != nil && after["tags_all"].Kind != resource.Object { // which has them all
		after["tags"] = res.values.Text(tags, names)
	}
	if hides != "" {
		stream.Members(parts.unknown, func(member []byte, _ json.RawMessage) {
			name := names.Name(member)
			if !hides.has(member) {
				return
			}
			r.hidden = append(r.hidden, name)
			if !c.parts.Has(member) {
				return
			}
			if b != nil || !isComputed(name) { // as in resolver.after
				after[name] = res.attributeValue(c, &noTrees, o, name, nil, true)
			}
		})
	}
	switch {
	case c.isSame && hides == "":
		before = after
	case isObject(parts.before):
		before = res.values.Members(parts.before, names)
	}
	c.known, c.text = r.left(false), nil
	return before, after, true
}

// noTrees are the attributes of which nothing is asked.
var noTrees trees
