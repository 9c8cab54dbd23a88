package tfplan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// A plan says several things twice. Terraform makes planned_values out of
// resource_changes, so that both have the same resources with the same values;
// what is true in after_unknown has no value in after; and the actions go with
// whether there is something before and after. A plan in which one of them
// does not fit the other has been altered, and which one is right is not
// known.

// planned is a resource among the planned values.
type planned struct {
	at  jsontext.Pointer
	typ string
	// values are the sums of the attributes' values.
	values []attributeSum
}

// attributeSum is the sum of the value of an attribute.
type attributeSum struct {
	name string
	sum  uint64
}

// plannedValues notes a resource of planned_values.
func (rd *reader) plannedValues(s tfstate.Stated) error {
	if before := rd.planned[s.Address]; before != nil {
		return tfstate.ErrTwice(s.Address, before.at, s.At)
	}
	p := &planned{at: s.At, typ: s.Type}
	rd.planned[s.Address] = p
	p.values = sums(resource.PartsOf(s.Type, s.Mode == tfjson.DataResourceMode), s.Values, &rd.values)
	return nil
}

// sums are those of the attributes that are read.
func sums(wanted *resource.Parts, raw json.RawMessage, values *stream.Values) []attributeSum {
	if len(raw) == 0 {
		return nil
	}
	var few [16]attributeSum
	out := few[:0]
	stream.Members(raw, func(name []byte, value json.RawMessage) {
		if wanted.Has(name) {
			out = append(out, attributeSum{values.Name(name), values.Sum(value)})
		}
	})
	return slices.Clone(out)
}

// compare notes in what the parts of a plan do not fit each other.
func (rd *reader) compare() {
	for _, c := range rd.order {
		rd.faults.Mistyped(c.oddAfter)
		rd.faults.Mistyped(c.oddBefore)
		rd.compareActions(c)
		rd.compareMarks(c)
		if rd.hasPlanned && !c.deferred && !c.isPlanned {
			rd.comparePlanned(c)
		}
	}
	for _, address := range slices.Sorted(maps.Keys(rd.planned)) {
		if c := rd.changes[address]; c == nil || c.deferred {
			rd.faults.Add("%s: %s is not in resource_changes", stream.Place(rd.planned[address].at), address)
		}
	}
	rd.planned = nil // nothing more is asked of them
	for _, p := range rd.prior {
		if c := rd.changes[p.Address]; c != nil {
			rd.comparePrior(c, p)
		} else {
			rd.faults.Mistyped(p.Mistyped)
		}
	}
}

// boundary is what a role or user has had and loses.
const boundary = "permissions_boundary"

// comparePrior holds what was there before a change to the state before the
// plan, in what findings are made of.
func (rd *reader) comparePrior(c *change, p tfstate.Stated) {
	known := rd.trees(c)
	before, ok := known.before.(map[string]any)
	if ok && !anyTrue(tfstate.Member(known.beforeSensitive, boundary)) && !reflect.DeepEqual(before[boundary], p.AttributeValues[boundary]) {
		rd.faults.Add("%s is not %s", stream.Place(p.At.AppendToken("values").AppendToken(boundary)),
			stream.Place(c.place().AppendToken("before").AppendToken(boundary)))
	}
}

// hasPriorBoundary reports whether the boundary before a change is written as that in the state
// before the plan, which is then not asked for more.
func (rd *reader) hasPriorBoundary(c *change, prior json.RawMessage) bool {
	return c != nil && c.text != nil && isObject(prior) && stream.Decodable(prior, "") == nil &&
		bytes.Equal(stream.Member(stream.Member(c.text, "before"), boundary), stream.Member(prior, boundary))
}

// compareActions holds before and after to the actions. Actions of the future
// go with anything.
func (rd *reader) compareActions(c *change) {
	kind := changeKind(c.Actions)
	if kind == iam.ChangeUpdate && !c.Actions.Update() {
		return
	}
	misfit := func(part, want string) {
		rd.faults.Add("%s: want %s where the actions are %q", stream.Place(c.place().AppendToken(part)), want, c.Actions)
	}
	switch {
	case kind == iam.ChangeCreate && c.hasBefore:
		misfit("before", "null")
	case kind != iam.ChangeCreate && kind != iam.ChangeRead && !c.hasBefore:
		misfit("before", "an object")
	}
	if c.hasAfter == !c.isGone() {
		return
	}
	if c.hasAfter {
		misfit("after", "null")
	} else if whole, _ := rd.trees(c).afterUnknown.(bool); !whole {
		misfit("after", "an object")
		c.isUnknown = true
	}
}

// compareMarks holds after_unknown to after.
func (rd *reader) compareMarks(c *change) {
	if c.oddMarks != "" {
		rd.faults.Add("%s does not fit after", stream.Place(c.oddMarks))
	}
}

// fits reports whether marks fit the value that they stand for. The marks of a
// list or object have its shape, and one that is hidden as a whole is not
// there. A text beside its mark is let pass: it counts as unknown.
func fits(mark, v any) bool {
	switch m := mark.(type) {
	case bool:
		_, isObject := v.(map[string]any)
		_, isList := v.([]any)
		return !m || !isObject && !isList
	case []any:
		list, ok := v.([]any)
		if !ok || len(list) != len(m) {
			return false
		}
		for i, e := range m {
			if !fits(e, list[i]) {
				return false
			}
		}
	case map[string]any:
		object, ok := v.(map[string]any)
		if !ok {
			return false
		}
		for name, e := range m {
			if !fits(e, object[name]) {
				return false
			}
		}
	}
	return true
}

// misfit is the place of the first mark that does not fit, in marks that do not
// and that stand at a place.
func misfit(mark, v any, at jsontext.Pointer) jsontext.Pointer {
	switch m := mark.(type) {
	case []any:
		list, _ := v.([]any)
		for i, e := range m {
			if len(list) == len(m) && !fits(e, list[i]) {
				return misfit(e, list[i], at.AppendToken(strconv.Itoa(i)))
			}
		}
	case map[string]any:
		object, ok := v.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if ok && !fits(m[name], object[name]) {
				return misfit(m[name], object[name], at.AppendToken(name))
			}
		}
	}
	return at
}

// comparePlanned holds a change to the planned values. Terraform leaves out
// what it deletes; what it forgets stands there without values.
func (rd *reader) comparePlanned(c *change) {
	p := rd.planned[c.Address]
	kind := changeKind(c.Actions)
	switch {
	case kind == iam.ChangeForget:
	case p == nil && kind != iam.ChangeDelete:
		rd.faults.Add("%s: %s is not in planned_values", stream.Place(c.at), c.Address)
	case p == nil:
	case kind == iam.ChangeDelete:
		rd.faults.Add("%s: resource_changes has %s deleted", stream.Place(p.at), c.Address)
	case p.typ != c.Type:
		rd.faults.Add("%s: resource_changes has %s of another type", stream.Place(p.at), c.Address)
	default:
		rd.compareValues(c, p)
	}
}

// compareValues compares the planned values of the attributes that are read
// with those after the change. A sensitive value may have been covered in one
// of them.
func (rd *reader) compareValues(c *change, p *planned) {
	if len(p.values) == 0 {
		return
	}
	marks := rd.trees(c)
	for _, planned := range slices.SortedFunc(slices.Values(p.values), func(x, y attributeSum) int { return cmp.Compare(x.name, y.name) }) {
		name := planned.name
		i := slices.IndexFunc(c.sums, func(s attributeSum) bool { return s.name == name })
		same := i >= 0 && c.sums[i] == planned
		if i >= 0 && anyTrue(tfstate.Member(marks.afterSensitive, name)) {
			same = (c.sums[i].sum == stream.Null) == (planned.sum == stream.Null)
		}
		if !same && !anyTrue(tfstate.Member(marks.afterUnknown, name)) {
			rd.faults.Add("%s is not %s", stream.Place(p.at.AppendToken("values").AppendToken(name)),
				stream.Place(c.place().AppendToken("after").AppendToken(name)))
		}
	}
}
