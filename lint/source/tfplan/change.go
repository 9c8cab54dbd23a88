package tfplan

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/schema"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// change is a planned change of a resource that the model is made of. It holds
// most attributes as text; of the resources of other services, of which there
// are many, no more than those that are read.
type change struct {
	Address, PreviousAddress string
	*kind
	Actions tfjson.Actions
	// isDeposed tells that it is of what is left over of a replacement.
	isDeposed bool
	// at is its place in the document.
	at jsontext.Pointer
	// hasBefore and hasAfter tell whether there is a resource before and after
	// the change, isUnknown that nothing is known of the one after it.
	hasBefore, hasAfter, isUnknown bool
	// isSame tells that the two are written alike.
	isSame bool
	// isPlain tells that each attribute is known or not as a whole, and kept as text.
	isPlain bool
	// known are its attributes, nil where they are kept as text.
	known *trees
	text  json.RawMessage
	*oddities
	// sums are the sums of the attributes' values after the change, isPlanned
	// tells that they are those of the planned values, and have been dropped.
	sums      []attributeSum
	isPlanned bool
	// deferred is set for a change that is left to a later plan, mayNotExist
	// where the plan does not know how many instances there are.
	deferred, mayNotExist bool
	// hides are the attributes that are not known after the change.
	hides hidden
}

// kind is what many changes have in common.
type kind struct {
	common
	// parts and shape are what is read of the type, and of which form it is;
	// isService tells that it is another service's, of which there are many.
	parts     *resource.Parts
	shape     *stream.Shape
	isService bool
	// body is what is known of the type.
	body *schema.Block
}

// common is what makes a kind.
type common struct {
	Mode                              tfjson.ResourceMode
	Type, ProviderName, ModuleAddress string
}

// oddities are what is not as Terraform prints it.
type oddities struct {
	// oddBefore and oddAfter are the attributes whose values are not of the
	// type that the provider gives them.
	oddBefore, oddAfter []stream.Mismatch
	// oddMarks is the place of the first mark in after_unknown that does not fit
	// what it marks, "" for none.
	oddMarks jsontext.Pointer
}

// trees are the members of a change that hold attributes by name, as
// [encoding/json] decodes them. Of a resource that stays, before is no more
// than what is asked of it.
type trees struct{ before, after, afterUnknown, beforeSensitive, afterSensitive any }

// place is where the change itself stands in the document.
func (c *change) place() jsontext.Pointer { return c.at.AppendToken("change") }

func (c *change) isData() bool { return c.Mode == tfjson.DataResourceMode }

// isGone reports whether nothing of the resource stays.
func (c *change) isGone() bool {
	kind := changeKind(c.Actions)
	return kind == iam.ChangeDelete || kind == iam.ChangeForget
}

// alwaysAsked are the attributes that are asked for of what any resource that
// stays was before.
var alwaysAsked = []string{boundary, "arn", "name"}

// asksBefore reports whether an attribute is asked for of what a resource that
// stays was before.
func (rd *reader) asksBefore(c *change, name string) bool {
	return rd.options.Before || slices.Contains(alwaysAsked, name) ||
		resource.IsManagedPolicy(c.Type) && (name == "policy" || name == "policy_document") ||
		rd.options.KeepPlanned && !c.isData() && resource.HasCalls(c.Type)
}

// change reads a change of a resource whose type is wanted, nil for any other.
func (rd *reader) change(want func(typ string, data bool) bool) (*change, error) {
	f, err := rd.r.Typed(stream.Wanted{Type: want})
	if err != nil || f == nil {
		return nil, err
	}
	at := rd.r.At()
	if err := f.CheckTyped(resourceChangeShape, at); err != nil {
		return nil, err
	}
	c := &change{
		at:              at,
		Address:         f.String("address"),
		PreviousAddress: f.String("previous_address"),
		kind: rd.kind(common{
			Mode: tfjson.ResourceMode(rd.name(f["mode"])), Type: rd.name(f["type"]),
			ProviderName: rd.name(f["provider_name"]), ModuleAddress: rd.name(f["module_address"]),
		}),
		isDeposed: f.String("deposed") != "",
	}
	return c, c.read(f["change"], rd)
}

// name is a member that is a text which repeats, "" for none.
func (rd *reader) name(raw json.RawMessage) string { return rd.values.Name(stream.Unquote(raw)) }

// kind is the one of all that have this in common.
func (rd *reader) kind(of common) *kind {
	known := rd.kinds[of]
	if known == nil {
		isData := of.Mode == tfjson.DataResourceMode
		known = &kind{
			common: of, parts: resource.PartsOf(of.Type, isData), shape: resource.Shape(of.Type, isData),
			isService: !isData && resource.OfService(of.Type), body: schema.Resource(of.Type),
		}
		if isData {
			known.body = schema.DataSource(of.Type)
		}
		rd.kinds[of] = known
	}
	return known
}

// attributeTrees are the members of a change that hold attributes by name.
var attributeTrees = []string{"before", "after", "after_unknown", "before_sensitive", "after_sensitive"}

// markTrees are those of them that mark attributes.
var markTrees = []string{"after_unknown", "before_sensitive", "after_sensitive"}

// read reads the change itself.
func (c *change) read(raw json.RawMessage, rd *reader) error {
	at := c.place()
	parts := rd.parts
	clear(parts)
	stream.Members(raw, func(name []byte, value json.RawMessage) {
		if changeShape.Of(string(name)) != nil {
			parts[rd.values.Name(name)] = value
		}
	})
	c.isSame = bytes.Equal(parts["before"], parts["after"])
	if rd.pruned = rd.pruned[:0]; cap(rd.pruned) > maxPruned {
		rd.pruned = nil
	}
	if c.isService {
		rd.prune("after", c.isPart)
		if c.isSame && isObject(parts["after"]) {
			parts["before"] = parts["after"]
		} else {
			rd.prune("before", c.isPart)
		}
		for _, name := range markTrees {
			rd.prune(name, c.isPart)
		}
	}
	if err := parts.CheckTyped(changeShape, at); err != nil {
		return err
	}
	if c.Actions = usualActions[string(parts["actions"])]; c.Actions == nil {
		if err := parts.Decode("actions", at, &c.Actions); err != nil {
			return err
		}
	}
	c.oddities = c.check(parts)
	if !c.isGone() {
		rd.prune("before", func(name []byte) bool { return rd.asksBefore(c, string(name)) })
	}
	if err := c.keep(rd); err != nil {
		return err
	}
	if len(c.Actions) == 0 {
		return stream.Errorf("%s: want at least one action", stream.Place(at.AppendToken("actions")))
	}
	if c.hasAfter {
		c.sums = sums(c.parts, parts["after"], &rd.values)
	}
	return nil
}

// maxPruned is how much memory is kept for what is pruned of the next change.
const maxPruned = 1 << 20

// isPart reports whether an attribute is read.
func (c *change) isPart(name []byte) bool { return c.parts.Has(name) }

// prune takes out of a part of the change that is being read, if it is an object,
// all members but those to keep.
func (rd *reader) prune(part string, keep func(name []byte) bool) {
	if raw := rd.parts[part]; isObject(raw) {
		start := len(rd.pruned)
		rd.pruned = stream.AppendPruned(rd.pruned, raw, keep)
		rd.parts[part] = rd.pruned[start:len(rd.pruned):len(rd.pruned)]
	}
}

// usualActions are the actions of most changes, as Terraform prints them, once for
// all.
var usualActions = map[string]tfjson.Actions{
	`["no-op"]`: {tfjson.ActionNoop}, `["create"]`: {tfjson.ActionCreate}, `["update"]`: {tfjson.ActionUpdate},
	`["read"]`: {tfjson.ActionRead}, `["delete"]`: {tfjson.ActionDelete},
}

// check holds the attributes before and after the change to what the provider
// says of them.
func (c *change) check(parts stream.Fields) *oddities {
	var before, after []stream.Mismatch
	at := c.place()
	c.hasBefore, c.hasAfter = isObject(parts["before"]), isObject(parts["after"])
	if c.hasAfter {
		after = c.shape.MismatchesTyped(parts["after"], at, "after")
	}
	if c.hasBefore && (!c.isSame || len(after) > 0) {
		// What was there before is asked for little: it may lack the rest.
		before = slices.DeleteFunc(c.shape.MismatchesTyped(parts["before"], at, "before"), func(m stream.Mismatch) bool { return m.Absent })
	}
	if before == nil && after == nil {
		return &noOddities
	}
	return &oddities{oddBefore: before, oddAfter: after}
}

// noOddities is shared by all changes that have none.
var noOddities oddities

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// keep keeps the attributes: as text where there are many like it, else
// decoded.
func (c *change) keep(rd *reader) error {
	at, parts := c.place(), rd.parts
	start, text := len(rd.pruned), rd.pruned
	text = append(text, '{')
	for _, name := range attributeTrees {
		raw, ok := parts[name]
		if !ok || strings.HasSuffix(name, "_sensitive") && !bytes.Contains(raw, []byte("true")) {
			continue
		}
		if len(text) > start+1 {
			text = append(text, ',')
		}
		text = append(append(strconv.AppendQuote(text, name), ':'), raw...)
	}
	text = append(text, '}')
	rd.pruned, c.text = text, json.RawMessage(text[start:])
	c.hides = rd.hiddenBy(parts["after_unknown"])
	if c.isPlain = !c.isData() && len(c.oddAfter) == 0 && isPlain(parts["after_unknown"], parts["after"]); c.isPlain {
		c.text = bytes.Clone(c.text) // of no more memory than it needs
		if err := stream.Decodable(c.text, at); err != nil {
			return unreadable(parts, at, err)
		}
		return nil
	}
	known, err := c.trees(&rd.values)
	if err != nil {
		return unreadable(parts, at, err)
	}
	if c.hasAfter && !c.isGone() && !fits(known.afterUnknown, known.after) {
		c.oddities = &oddities{c.oddBefore, c.oddAfter, misfit(known.afterUnknown, known.after, at.AppendToken("after_unknown"))}
	}
	if len(c.oddAfter) > 0 {
		c.oddAfter = slices.DeleteFunc(c.oddAfter, func(m stream.Mismatch) bool {
			return m.Absent && isMarked(known.afterUnknown, m.Path)
		})
	}
	if c.isService {
		c.text = bytes.Clone(c.text) // of no more memory than it needs
	} else {
		c.known, c.text = known, nil
	}
	return nil
}

// unreadable is the error of the attributes that cannot be decoded, with their
// place.
func unreadable(parts stream.Fields, at jsontext.Pointer, whole error) error {
	for _, name := range attributeTrees {
		var v any
		if err := parts.Decode(name, at, &v); err != nil {
			return err
		}
	}
	return whole
}

// isPlain reports whether marks are of whole attributes, and of none that is there with
// something in it. Those of an object or a list of which everything is known are empty.
func isPlain(marks, attributes json.RawMessage) bool {
	if !isObject(marks) {
		return marks == nil
	}
	var few [16]marked
	plain, all, empty := true, few[:0], 0
	stream.Members(marks, func(name []byte, mark json.RawMessage) {
		m := marked{name, string(mark)}
		switch m.mark {
		case "true":
		case "{}", "[]":
			empty++
		default:
			plain = false
		}
		all = append(all, m)
	})
	if !plain || len(all) == 0 {
		return plain
	}
	stream.Members(attributes, func(name []byte, value json.RawMessage) {
		i := slices.IndexFunc(all, func(m marked) bool { return bytes.Equal(m.name, name) })
		if i < 0 {
			return
		}
		switch all[i].mark {
		case "true":
			plain = plain && !isObject(value) && !bytes.HasPrefix(value, []byte("["))
		case "{}":
			if isObject(value) {
				empty--
			}
		case "[]":
			if string(value) == "[]" {
				empty--
			}
		}
	})
	return plain && empty == 0
}

// marked is an attribute and what is marked of it.
type marked struct {
	name []byte
	mark string
}

// trees are the attributes, decoded.
func (c *change) trees(values *stream.Values) (*trees, error) {
	if c.known != nil {
		return c.known, nil
	}
	v, err := values.Decode(c.text, c.place())
	of, _ := v.(map[string]any)
	t := &trees{of["before"], of["after"], of["after_unknown"], of["before_sensitive"], of["after_sensitive"]}
	return t, err
}

// trees are the attributes of a change that has been read. Several questions in turn are of
// the same one.
func (rd *reader) trees(c *change) *trees {
	if c.known != nil || rd.asked.of != c {
		known, err := c.trees(&rd.values)
		if err != nil {
			known = &trees{} // it has been decoded before
		}
		rd.asked.of, rd.asked.trees = c, known
	}
	known := rd.asked.trees
	if c.isUnknown {
		known.afterUnknown = true
	}
	return known
}
