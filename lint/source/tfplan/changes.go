package tfplan

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// resourceChange reads one element of resource_changes.
func (rd *reader) resourceChange(deferred bool) error {
	c, err := rd.change(func(typ string, data bool) bool { return data || resource.Reads(typ, false) })
	if err != nil || c == nil {
		return err
	}
	if c.Mode == tfjson.DataResourceMode {
		if c.Change.Actions.Read() || deferred {
			rd.deferred[c.Address] = true
		}
		if !resource.Reads(c.Type, true) {
			return nil
		}
	}
	if c.DeposedKey != "" {
		// What is left of a replacement that failed; the resource itself has
		// an entry of its own.
		return nil
	}
	if before := rd.changes[c.Address]; before != nil {
		return tfstate.ErrTwice(c.Address, before.at, c.at)
	}
	c.deferred, c.mayNotExist = deferred, deferred
	rd.order = append(rd.order, c)
	rd.changes[c.Address] = c
	return nil
}

// attributeTrees are the members of a change that hold attributes by name.
var attributeTrees = []string{"before", "after", "after_unknown", "before_sensitive", "after_sensitive"}

// change reads a change of a resource whose type is wanted, nil for any other.
func (rd *reader) change(want func(typ string, data bool) bool) (*change, error) {
	f, err := rd.r.Typed(want)
	if err != nil || f == nil {
		return nil, err
	}
	at := rd.r.At()
	if err := f.Check(resourceChangeShape, at); err != nil {
		return nil, err
	}
	c := &change{at: at, ResourceChange: tfjson.ResourceChange{
		Address:         f.String("address"),
		PreviousAddress: f.String("previous_address"),
		ModuleAddress:   f.String("module_address"),
		Mode:            tfjson.ResourceMode(f.String("mode")),
		Type:            f.String("type"),
		ProviderName:    f.String("provider_name"),
		DeposedKey:      f.String("deposed"),
	}}
	return c, c.read(f["change"])
}

// read reads the change itself.
func (c *change) read(raw json.RawMessage) error {
	at, isData := c.place(), c.Mode == tfjson.DataResourceMode
	parts, err := stream.Split(raw, at)
	if err != nil {
		return err
	}
	if resource.OfService(c.Type) && !isData {
		wanted := resource.PartsOf(c.Type, false)
		for _, name := range attributeTrees {
			if err := parts.Prune(name, at, func(name string) bool { return wanted.Of(name) != nil }); err != nil {
				return err
			}
		}
	}
	if err := parts.Check(changeShape, at); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		into any
	}{
		{"actions", &c.Change.Actions},
		{"before", &c.Change.Before},
		{"after", &c.Change.After},
		{"after_unknown", &c.Change.AfterUnknown},
		{"before_sensitive", &c.Change.BeforeSensitive},
		{"after_sensitive", &c.Change.AfterSensitive},
	} {
		if err := parts.Decode(part.name, at, part.into); err != nil {
			return err
		}
	}
	if len(c.Change.Actions) == 0 {
		return stream.Errorf("%s: want at least one action", stream.Place(at.AppendToken("actions")))
	}
	shape := resource.Shape(c.Type, isData)
	if c.Change.Before != nil {
		if c.oddBefore, err = shape.Mismatches(parts["before"], at.AppendToken("before")); err != nil {
			return err
		}
		// What was there before is asked for little: it may lack the rest.
		c.oddBefore = slices.DeleteFunc(c.oddBefore, func(m stream.Mismatch) bool { return m.Absent })
	}
	if c.Change.After == nil {
		return nil
	}
	if c.oddAfter, err = shape.Mismatches(parts["after"], at.AppendToken("after")); err != nil {
		return err
	}
	c.oddAfter = slices.DeleteFunc(c.oddAfter, func(m stream.Mismatch) bool {
		return m.Absent && isMarked(c.Change.AfterUnknown, m.Path)
	})
	c.sums, err = sums(resource.PartsOf(c.Type, isData), parts["after"], at.AppendToken("after"))
	return err
}

// isMarked reports whether a value is marked, by itself or as a part of what
// is.
func isMarked(marks any, path jsontext.Pointer) bool {
	for step := range path.Tokens() {
		if list, ok := marks.([]any); ok {
			i, err := strconv.Atoi(step)
			if err != nil {
				return false
			}
			marks = tfstate.Child(list, i)
			continue
		}
		marks = tfstate.Member(marks, step)
	}
	return anyTrue(marks)
}

// place is where the change itself stands in the document.
func (c *change) place() jsontext.Pointer { return c.at.AppendToken("change") }

// resourceDrift reads one element of resource_drift.
func (rd *reader) resourceDrift() error {
	c, err := rd.change(func(typ string, data bool) bool { return !data && resource.Reads(typ, false) })
	if err != nil || c == nil || c.DeposedKey != "" {
		return err
	}
	rd.faults.Mistyped(c.oddBefore)
	rd.faults.Mistyped(c.oddAfter)
	rd.drift[c.Address] = &c.Change
	return nil
}

// deferredChange reads one element of deferred_changes: a change that
// Terraform could not plan yet, and what it knows of it.
func (rd *reader) deferredChange() error {
	reason := ""
	before := len(rd.order)
	err := rd.r.Object(func(name string) (err error) {
		switch name {
		case "reason":
			reason, err = rd.r.String()
			return err
		case "resource_change":
			return rd.resourceChange(true)
		default:
			return rd.r.Skip()
		}
	})
	for _, c := range rd.order[before:] {
		c.mayNotExist = reason == "instance_count_unknown" || reason == ""
	}
	const deferred = "the plan defers changes to a later one"
	if !slices.Contains(rd.reasons, deferred) {
		rd.reasons = append(rd.reasons, deferred)
	}
	return err
}

// priorState reads a member of prior_state: the data sources that have been
// read, and the resources that the plan has no word about.
func (rd *reader) priorState(name string) error {
	if name != "values" {
		return rd.r.Skip()
	}
	want := tfstate.Wanted{Type: resource.Reads, Address: func(address string) bool {
		c := rd.changes[address]
		return c == nil || resource.PartsOf(c.Type, false).Of(boundary) != nil
	}}
	return tfstate.ReadValues(rd.r, want, func(s tfstate.Stated) error {
		if s.DeposedKey != "" {
			return nil
		}
		if err := s.Take(s.At.AppendToken("values")); err != nil {
			return err
		}
		if c := rd.changes[s.Address]; c != nil {
			rd.comparePrior(c, s)
			return nil
		}
		rd.prior = append(rd.prior, s)
		return nil
	})
}

// changeKind is what a list of actions does, the lists of future versions
// included: what ends with an object that was there before replaces it.
func changeKind(actions tfjson.Actions) iam.Change {
	has := func(a tfjson.Action) bool { return slices.Contains(actions, a) }
	switch {
	case actions.Replace(), has(tfjson.ActionCreate) && (has(tfjson.ActionDelete) || has(tfjson.ActionForget)):
		return iam.ChangeReplace
	case has(tfjson.ActionCreate):
		return iam.ChangeCreate
	case has(tfjson.ActionDelete):
		return iam.ChangeDelete
	case has(tfjson.ActionForget):
		return iam.ChangeForget
	case has(tfjson.ActionRead):
		return iam.ChangeRead
	case has(tfjson.ActionUpdate):
		return iam.ChangeUpdate
	case actions.NoOp():
		return iam.ChangeNoOp
	}
	return iam.ChangeUpdate
}

// resources are the resources of the plan in the order of their addresses'
// appearance: the changes, then what only the prior state tells.
func (res *resolver) resources() []resource.Resource {
	var out []resource.Resource
	moved := map[string]bool{}
	for _, c := range res.rd.order {
		out = append(out, res.resource(c))
		moved[c.PreviousAddress] = true
	}
	for _, p := range res.rd.prior {
		if res.rd.changes[p.Address] != nil || moved[p.Address] {
			continue
		}
		r := tfstate.Resource(&res.values, p)
		if b, _ := res.block(p.Address); b != nil {
			r.Provider, r.Echo = b.provider, b.echo()
		}
		out = append(out, r)
	}
	return out
}

// resource makes a resource of a change.
func (res *resolver) resource(c *change) resource.Resource {
	r := resource.Resource{
		Address:         c.Address,
		Module:          c.ModuleAddress,
		Type:            c.Type,
		Data:            c.Mode == tfjson.DataResourceMode,
		Change:          changeKind(c.Change.Actions),
		MayNotExist:     c.mayNotExist,
		PreviousAddress: c.PreviousAddress,
		Provider:        tfstate.ProviderName(c.ProviderName),
	}
	b, sc := res.block(c.Address)
	if b != nil {
		r.Provider = b.provider
		r.Echo = b.echo()
	}
	gone := r.Change == iam.ChangeDelete || r.Change == iam.ChangeForget
	if before, ok := c.Change.Before.(map[string]any); ok {
		wanted := []string{"permissions_boundary", "arn", "name"}
		if resource.IsManagedPolicy(c.Type) {
			wanted = append(wanted, "policy", "policy_document")
		}
		if !gone {
			before = only(before, wanted...)
		}
		odd := slices.DeleteFunc(slices.Clone(c.oddBefore), func(m stream.Mismatch) bool { return !gone && !slices.Contains(wanted, m.Member) })
		r.Before = res.values.Attributes(c.Address, before, c.Change.BeforeSensitive, odd)
	}
	if d := res.rd.drift[c.Address]; d != nil {
		before, _ := d.Before.(map[string]any)
		after, _ := d.After.(map[string]any)
		if before != nil && after != nil {
			r.DriftBefore = res.values.Object(only(before, "permissions_boundary"), d.BeforeSensitive)
			r.DriftAfter = res.values.Object(only(after, "permissions_boundary"), d.AfterSensitive)
		}
	}
	if gone {
		r.Values = r.Before
		return r
	}
	r.Values = res.after(c, b, sc)
	return r
}

// only keeps some members: of a resource that stays, the model asks little of
// what it was before.
func only(values map[string]any, names ...string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		if v, ok := values[name]; ok {
			out[name] = v
		}
	}
	return out
}

// echo are the attributes that the configuration does not set: what a plan
// has in them is what the provider reported.
func (b *block) echo() []string {
	var out []string
	for _, name := range []string{"managed_policy_arns", "inline_policy"} {
		if b.expressions[name] == nil {
			out = append(out, name)
		}
	}
	if !b.asksForRegion() {
		out = append(out, "name")
	}
	return out
}

// asksForRegion reports whether the block, if it is data.aws_region, asks for
// another region than the provider's.
func (b *block) asksForRegion() bool {
	return b != nil && slices.ContainsFunc(resource.RegionArguments, func(name string) bool { return b.expressions[name] != nil })
}

// keyOf is the instance key at the end of an address: [0] or ["a"], or "".
func keyOf(address string) string {
	steps := policy.SplitAddress(address)
	if len(steps) == 0 {
		return ""
	}
	last := steps[len(steps)-1]
	if at := strings.IndexByte(last, '['); at >= 0 {
		return last[at:]
	}
	return ""
}
