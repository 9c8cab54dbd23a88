package tfplan

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// resourceChange reads one element of resource_changes.
func (rd *reader) resourceChange(mayNotExist bool) error {
	var dataRead string
	f, err := rd.r.Typed(func(typ string, data bool) bool { return data || resource.Reads(typ, false) })
	if err != nil || f == nil {
		return err
	}
	c := changeOf(f)
	c.mayNotExist = mayNotExist
	if c.Mode == tfjson.DataResourceMode {
		if c.Change.Actions.Read() || mayNotExist {
			dataRead = c.Address
		}
		if !resource.Reads(c.Type, true) {
			if dataRead != "" {
				rd.deferred[dataRead] = true
			}
			return nil
		}
	}
	if c.DeposedKey != "" {
		// What is left of a replacement that failed; the resource itself has
		// an entry of its own.
		return nil
	}
	rd.order = append(rd.order, c)
	rd.changes[c.Address] = c
	return nil
}

// attributeTrees are the members of a change that hold attributes by name.
var attributeTrees = []string{"before", "after", "after_unknown", "before_sensitive", "after_sensitive"}

func changeOf(f stream.Fields) *change {
	if typ := f.String("type"); resource.OfService(typ) && f.String("mode") != string(tfjson.DataResourceMode) {
		parts := resource.PartsOf(typ, false)
		f.Prune("change", attributeTrees, func(name string) bool { return parts.Of(name) != nil })
	}
	c := &change{ResourceChange: tfjson.ResourceChange{
		Address:         f.String("address"),
		PreviousAddress: f.String("previous_address"),
		ModuleAddress:   f.String("module_address"),
		Mode:            tfjson.ResourceMode(f.String("mode")),
		Type:            f.String("type"),
		Name:            f.String("name"),
		ProviderName:    f.String("provider_name"),
		DeposedKey:      f.String("deposed"),
		ActionReason:    tfjson.ActionReason(f.String("action_reason")),
		Change:          &tfjson.Change{},
	}}
	f.Decode("index", &c.Index)
	f.Decode("change", c.Change)
	return c
}

// resourceDrift reads one element of resource_drift.
func (rd *reader) resourceDrift() error {
	f, err := rd.r.Typed(func(typ string, data bool) bool { return !data && resource.Reads(typ, false) })
	if err != nil || f == nil {
		return err
	}
	c := changeOf(f)
	if c.DeposedKey == "" {
		rd.drift[c.Address] = c.Change
	}
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
	return tfstate.ReadValues(rd.r, resource.Reads, func(module string, s *tfjson.StateResource) error {
		if s.DeposedKey != "" || rd.changes[s.Address] != nil {
			return nil
		}
		rd.prior = append(rd.prior, priorResource{module, s})
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
		r := tfstate.Resource(&res.values, p.module, p.StateResource)
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
		if !gone {
			before = only(before, "permissions_boundary", "arn", "name")
		}
		r.Before = res.values.Object(before, c.Change.BeforeSensitive)
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
	steps := resource.SplitAddress(address)
	if len(steps) == 0 {
		return ""
	}
	last := steps[len(steps)-1]
	if at := strings.IndexByte(last, '['); at >= 0 {
		return last[at:]
	}
	return ""
}
