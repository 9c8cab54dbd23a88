package tfplan

import (
	"iter"
	"maps"
	"reflect"
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
	if c.isData() {
		if c.Actions.Read() || deferred {
			rd.deferred[c.Address] = true
		}
		if !resource.Reads(c.Type, true) {
			return nil
		}
	}
	if c.isDeposed {
		// What is left of a replacement that failed; the resource itself has
		// an entry of its own.
		return nil
	}
	if before := rd.changes[c.Address]; before != nil {
		return tfstate.ErrTwice(c.Address, before.at, c.at)
	}
	c.deferred, c.mayNotExist = deferred, deferred
	if p := rd.planned[c.Address]; p != nil && !deferred && p.typ == c.Type && changeKind(c.Actions) != iam.ChangeDelete &&
		slices.Equal(p.values, c.sums) {
		c.isPlanned, c.sums = true, nil // nothing more is asked of them
		delete(rd.planned, c.Address)
	}
	rd.order = append(rd.order, c)
	rd.changes[c.Address] = c
	return nil
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

// resourceDrift reads one element of resource_drift.
func (rd *reader) resourceDrift() error {
	c, err := rd.change(func(typ string, data bool) bool { return !data && resource.Reads(typ, false) })
	if err != nil || c == nil || c.isDeposed {
		return err
	}
	rd.faults.Mistyped(c.oddBefore)
	rd.faults.Mistyped(c.oddAfter)
	rd.drift[c.Address] = c
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
	want := stream.Wanted{Type: resource.Reads, Address: func(address []byte) bool {
		c := rd.changes[string(address)]
		return c == nil || resource.PartsOf(c.Type, false).Of(boundary) != nil
	}}
	return tfstate.ReadValues(rd.r, want, func(s tfstate.Stated) error {
		if s.DeposedKey != "" || rd.hasPriorBoundary(rd.changes[s.Address], s.Values) {
			return nil
		}
		if err := s.Take("values", &rd.values); err != nil {
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
func (res *resolver) resources() iter.Seq[resource.Resource] {
	if res.rd.options.Before {
		return res.before()
	}
	return func(yield func(resource.Resource) bool) {
		for _, c := range res.rd.order {
			if !yield(res.resource(c)) {
				return
			}
		}
		for _, p := range res.rd.onlyPrior() {
			r := tfstate.Resource(&res.values, p)
			if b, _ := res.block(p.Address); b != nil {
				r.Provider, r.Echo = b.provider, b.echo()
			}
			if !yield(r) {
				return
			}
		}
	}
}

// onlyPrior are the resources that nothing but the prior state tells.
func (rd *reader) onlyPrior() []tfstate.Stated {
	moved := map[string]bool{}
	for _, c := range rd.order {
		if c.PreviousAddress != "" {
			moved[c.PreviousAddress] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(rd.prior), func(p tfstate.Stated) bool { return rd.changes[p.Address] != nil || moved[p.Address] })
}

// resource makes a resource of a change.
func (res *resolver) resource(c *change) resource.Resource {
	r := resource.Resource{
		Address:         c.Address,
		Module:          c.ModuleAddress,
		Type:            c.Type,
		Data:            c.isData(),
		Change:          changeKind(c.Actions),
		MayNotExist:     c.mayNotExist,
		PreviousAddress: c.PreviousAddress,
		Provider:        tfstate.ProviderName(c.ProviderName),
	}
	b, sc := res.block(c.Address)
	if b != nil {
		r.Provider = b.provider
		if !c.isService { // none of which has such attributes
			r.Echo = b.echo()
		}
	}
	if p, ok := res.plain(c, b, sc); ok {
		r.Before, r.Values = p.values()
		return r
	}
	gone := r.Change == iam.ChangeDelete || r.Change == iam.ChangeForget
	known := res.rd.trees(c)
	defer res.rd.forget(c, known)
	if res.rd.options.KeepPlanned && r.Change == iam.ChangeUpdate {
		r.Changed = known.changed()
	}
	if before, ok := known.before.(map[string]any); ok {
		odd := slices.DeleteFunc(slices.Clone(c.oddBefore), func(m stream.Mismatch) bool { return !gone && !res.rd.asksBefore(c, m.Member) })
		r.Before = res.values.Attributes(c.Address, before, known.beforeSensitive, odd)
	}
	if d := res.rd.drift[c.Address]; d != nil {
		drift := res.rd.trees(d)
		before, _ := drift.before.(map[string]any)
		after, _ := drift.after.(map[string]any)
		if before != nil && after != nil {
			r.DriftBefore = res.values.Object(only(before, boundary), drift.beforeSensitive)
			r.DriftAfter = res.values.Object(only(after, boundary), drift.afterSensitive)
		}
	}
	if gone {
		r.Values = r.Before
		return r
	}
	r.Values = res.after(c, known, b, sc)
	return r
}

// changed are the attributes and blocks that the plan changes. What is not set
// and what is empty are the same to a provider.
func (t *trees) changed() []string {
	before, _ := t.before.(map[string]any)
	after, _ := t.after.(map[string]any)
	unknown, _ := t.afterUnknown.(map[string]any)
	names := map[string]bool{}
	for _, values := range []map[string]any{before, after} {
		for name := range values {
			if !isEmpty(before[name]) || !isEmpty(after[name]) {
				names[name] = !reflect.DeepEqual(before[name], after[name])
			}
		}
	}
	for name, marks := range unknown {
		names[name] = names[name] || anyTrue(marks)
	}
	maps.DeleteFunc(names, func(_ string, changed bool) bool { return !changed })
	return slices.Sorted(maps.Keys(names))
}

// isEmpty reports whether a value is null, or has nothing in it.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// only keeps some members.
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
		if b.expressions.of(name) == nil {
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
	return b != nil && slices.ContainsFunc(resource.RegionArguments, func(name string) bool { return b.expressions.of(name) != nil })
}

// keyOf is the instance key at the end of an address: [0] or ["a"], or "".
func keyOf(address string) string {
	if !strings.HasSuffix(address, "]") {
		return ""
	}
	last := ""
	for _, step := range policy.SplitAddress(address) {
		last = step
	}
	if at := strings.IndexByte(last, '['); at >= 0 {
		return last[at:]
	}
	return ""
}
