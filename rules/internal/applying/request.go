package applying

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Request is a call of the provider as one deployer makes it.
type Request struct {
	authz.Request
	Call *calls.Call
	// Perhaps tells that it is not certain that it is made.
	Perhaps bool
	// About is the planned resource that it is about, the one itself or one that it
	// names; nil for what the input does not plan.
	About *iam.Planned
	// Hidden is the attribute of which it is not known whether it is set, and which
	// the request carries in a condition key; nil for none.
	Hidden *iam.Value
	// own tells that it is about the resource itself.
	own bool
}

// maker makes the requests of one change.
type maker struct {
	deployer  *Deployer
	inventory *inventory
	planned   *iam.Planned
	table     *calls.Type
}

// requests are the calls that the provider makes for what is planned, as the
// deployer makes them.
func (d *Deployer) requests(n *inventory, p *iam.Planned) []*Request {
	m := &maker{d, n, p, calls.Of(p.Type)}
	var out []*Request
	for _, when := range changes(n.model, p) {
		for i := range m.table.Calls {
			if c := &m.table.Calls[i]; c.Of == when {
				out = append(out, m.requests(c)...)
			}
		}
	}
	return out
}

// changes are the changes that the provider makes of a resource, the one that
// matters most first. A configuration does not tell what is there: all of it is
// taken to be new.
func changes(m *iam.Model, p *iam.Planned) []calls.When {
	if strings.HasPrefix(p.Type, calls.Data) {
		return []calls.When{calls.Read}
	}
	switch p.Change {
	case iam.ChangeCreate:
		return []calls.When{calls.Create, calls.Read}
	case iam.ChangeUpdate:
		return []calls.When{calls.Update, calls.Read}
	case iam.ChangeReplace:
		return []calls.When{calls.Create, calls.Delete, calls.Read}
	case iam.ChangeDelete:
		return []calls.When{calls.Delete, calls.Read}
	case iam.ChangeNoOp:
		return []calls.When{calls.Read}
	case iam.ChangeNone:
		if m.Input.Kind == iam.InputConfig {
			return []calls.When{calls.Create, calls.Read}
		}
	case iam.ChangeForget, iam.ChangeRead:
	}
	return nil
}

// requests are the requests of one call: none where the change does not need it.
func (m *maker) requests(c *calls.Call) []*Request {
	values, perhaps := m.made(c)
	var out []*Request
	for _, v := range values {
		r := m.request(c, v)
		r.Perhaps = perhaps || c.Perhaps || m.planned.MayNotExist || v != nil && (v.Nullable || (c.Each && !c.One || c.Switch) && v.IsUnknown())
		out = append(out, r)
		if !c.Each || c.Policy == "" && c.On == nil {
			break
		}
	}
	return out
}

// always is the one value of a call that depends on no attribute.
var always = []*iam.Value{nil}

// made are the values for which a call is made, none where it is not. perhaps
// tells that something hides whether it is.
func (m *maker) made(c *calls.Call) (values []*iam.Value, perhaps bool) {
	block, _, _ := strings.Cut(c.If, ".")
	switch {
	case c.If == "":
		return always, false
	case c.If == calls.Tags:
		return m.madeForTags(c)
	case c.Of != calls.Update:
		return m.set(c, m.side(c)), false
	case c.To == calls.Again:
		return m.kept(c), false
	case !slices.Contains(m.planned.Changed, block):
		return nil, false
	}
	after, before := m.set(c, m.planned.After), m.set(c, m.planned.Before)
	switch {
	case c.Each && c.To == calls.Set:
		return without(after, before), false
	case c.Each && c.To == calls.Unset:
		return without(before, after), false
	case c.To == calls.Set:
		return after, false
	case c.To == calls.Had:
		return before, false
	case c.To == calls.Unset:
		if len(after) > 0 {
			return nil, false
		}
		return before, false
	}
	return always, false
}

// kept are the values that an update leaves as they are. Where it changes tags
// nothing else need change: what is not read of a resource is not among what
// changed.
func (m *maker) kept(c *calls.Call) []*iam.Value {
	isTags := func(name string) bool { return name == "tags" || name == "tags_all" }
	if slices.ContainsFunc(m.planned.Changed, isTags) {
		return nil
	}
	after := m.planned.After[c.If]
	return without(after, without(after, m.planned.Before[c.If]))
}

// set are the values of the attribute that a call depends on; a switch that is off
// is as if it were not set.
func (m *maker) set(c *calls.Call, attributes map[string][]*iam.Value) []*iam.Value {
	list := attributes[c.If]
	if c.Switch && len(list) == 1 {
		if text, known := list[0].Known(); known && text != "true" {
			return nil
		}
	}
	return list
}

// without are the values of one list that another one does not have.
func without(list, others []*iam.Value) []*iam.Value {
	return slices.DeleteFunc(slices.Clone(list), func(v *iam.Value) bool {
		return slices.ContainsFunc(others, func(o *iam.Value) bool { return o.Text.Equal(v.Text) })
	})
}

// madeForTags tells whether a call about tags is made.
func (m *maker) madeForTags(c *calls.Call) (values []*iam.Value, perhaps bool) {
	after, before := m.planned.Tags, m.planned.TagsBefore
	of, n := after, len(after.Values)
	if c.Of == calls.Update {
		if !slices.Contains(m.planned.Changed, "tags") && !slices.Contains(m.planned.Changed, "tags_all") {
			return nil, false
		}
		n = len(changedTags(after, before))
		if c.To == calls.Unset {
			of, n = before, len(removedTags(after, before))
		}
	}
	if n == 0 && !of.Hidden {
		return nil, false
	}
	return always, n == 0
}

// changedTags are the tags that are new, or have another value.
func changedTags(after, before iam.Tags) map[string]policy.Text {
	out := after.Map()
	maps.DeleteFunc(out, func(name string, value policy.Text) bool {
		old, had := before.Value(name)
		return had && old.Equal(value)
	})
	return out
}

// removedTags are the tags that are gone. One that something may hide is not
// certainly gone.
func removedTags(after, before iam.Tags) map[string]policy.Text {
	out := before.Map()
	maps.DeleteFunc(out, func(name string, _ policy.Text) bool {
		_, has := after.Value(name)
		return has || after.Hidden
	})
	return out
}

// side are the attributes that count for a call: as they were for what is
// destroyed and for a former name, and as they will be for all else.
func (m *maker) side(c *calls.Call) map[string][]*iam.Value {
	if (c.Of == calls.Delete || c.Former) && m.planned.Before != nil || m.planned.After == nil {
		return m.planned.Before
	}
	return m.planned.After
}

// request is one request of a call, about one value of the attribute that it
// depends on.
func (m *maker) request(c *calls.Call, v *iam.Value) *Request {
	action, _ := catalog.LookupAction(c.Action)
	r := &Request{Call: c, Request: authz.Request{Principal: m.deployer.Principal, Action: c.Action}}
	on, resource := m.target(c, v)
	r.Resource = m.deployer.place(resource)
	if on != nil {
		r.About, r.own = on.planned, on.planned == m.planned
	}
	k := &keys{maker: m, call: c, action: action, request: r}
	k.global()
	k.boundary(on)
	k.policy(v)
	k.tags(on)
	k.service()
	return r
}

// target is what a call is about, as far as the input declares it, and its ARN.
func (m *maker) target(c *calls.Call, v *iam.Value) (*thing, policy.Text) {
	t := m.table.Object
	if c.On != nil {
		t = *c.On
	}
	attributes := m.side(c)
	first := func(name string) (policy.Text, bool) {
		if name == c.If && c.Each && v != nil {
			return v.Text, true
		}
		if list := attributes[name]; name != "" && len(list) > 0 {
			return list[0].Text, true
		}
		return policy.Text{}, false
	}
	switch {
	case t.Kind == "":
		return nil, policy.Literal("*")
	case t.Own:
		return m.own(t, attributes)
	}
	if profile, ok := first(t.Profile); ok {
		return m.inventory.inProfile(m.planned.Deployment, profile)
	}
	if arn, ok := first(t.ARN); ok {
		return m.inventory.find(m.planned.Deployment, t.Kind, arn)
	}
	if name, ok := first(t.Name); ok {
		return m.inventory.find(m.planned.Deployment, t.Kind, name)
	}
	return nil, iam.ObjectARN(m.planned.Deployment, t.Kind, policy.Literal("/"), policy.SymbolText(unnamed))
}

// unnamed stands for a name that the input does not tell.
var unnamed = &policy.Symbol{Name: "a name that is not known"}

// own is the resource itself: by the ARN that it has, or will have.
func (m *maker) own(t calls.Target, attributes map[string][]*iam.Value) (*thing, policy.Text) {
	own := m.inventory.byAddress[m.planned.Address]
	if own == nil {
		own = &thing{planned: m.planned}
	}
	if list := attributes["arn"]; len(list) > 0 && list[0].Text.IsKnown() {
		return own, list[0].Text
	}
	if !own.arn.IsEmpty() {
		return own, own.arn
	}
	path, name := policy.Literal("/"), policy.SymbolText(unnamed)
	if list := attributes[t.Path]; len(list) > 0 {
		path = list[0].Text
	}
	if list := attributes[t.Service]; len(list) > 0 {
		path = policy.Concat(policy.Literal("/aws-service-role/"), list[0].Text, policy.Literal("/"))
	}
	if list := attributes[t.Name]; len(list) > 0 {
		name = list[0].Text
	}
	return own, iam.ObjectARN(m.planned.Deployment, t.Kind, path, name)
}
