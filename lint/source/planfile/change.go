package planfile

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/schema"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// resourceChange is an element of resource_changes or resource_drift.
type resourceChange struct {
	Address         string `json:"address"`
	PreviousAddress string `json:"previous_address,omitempty"`
	Module          string `json:"module_address,omitempty"`
	Mode            string `json:"mode"`
	Type            string `json:"type"`
	Provider        string `json:"provider_name"`
	Deposed         string `json:"deposed,omitempty"`
	Change          change `json:"change"`

	action uint64
}

type change struct {
	Actions         []string `json:"actions"`
	Before          any      `json:"before"`
	After           any      `json:"after"`
	AfterUnknown    any      `json:"after_unknown"`
	BeforeSensitive any      `json:"before_sensitive"`
	AfterSensitive  any      `json:"after_sensitive"`
}

type deferredChange struct {
	Reason string          `json:"reason"`
	Change *resourceChange `json:"resource_change,omitempty"`
}

// The modes of resources.
const (
	managedMode = "managed"
	dataMode    = "data"
)

// The actions that are asked for by their number.
const (
	actionNoOp   = 0
	actionDelete = 5
)

// actions are what the numbers of actions stand for, and which of the values of
// a change are before and after it: none where the index is negative.
var actions = map[uint64]struct {
	names         []string
	before, after int
}{
	actionNoOp:   {[]string{"no-op"}, 0, 0},
	1:            {[]string{"create"}, -1, 0},
	2:            {[]string{"read"}, 0, 1},
	3:            {[]string{"update"}, 0, 1},
	actionDelete: {[]string{"delete"}, 0, -1},
	6:            {[]string{"delete", "create"}, 0, 1},
	7:            {[]string{"create", "delete"}, 0, 1},
	8:            {[]string{"forget"}, 0, -1},
	9:            {[]string{"create", "forget"}, 0, 1},
	10:           {[]string{"forget", "create"}, 0, 1}, // of OpenTofu
}

// reasons are why a change is deferred, by their numbers. Those that are not
// here count as the worst of them.
var reasons = map[uint64]string{
	1: "instance_count_unknown", 2: "resource_config_unknown", 3: "provider_config_unknown", 4: "absent_prereq", 5: "deferred_prereq",
}

// change reads a change of a resource and adds it to a list.
func (rd *reader) change(x field, to *[]*resourceChange) error {
	m, err := x.inner("a change")
	if err != nil {
		return err
	}
	c, err := rd.resourceChange(m)
	if c != nil && err == nil {
		*to = append(*to, c)
	}
	return err
}

// deferred reads a change that is left to a later plan.
func (rd *reader) deferred(x field) error {
	m, err := x.inner("a deferred change")
	if err != nil {
		return err
	}
	var why, inner []byte
	if err := m.fields(func(x field) error {
		switch x.number {
		case 1:
			return x.once(&why)
		case 2:
			return x.once(&inner)
		}
		return nil
	}); err != nil {
		return err
	}
	var reason uint64
	if err := (message{"the reason of a deferred change", why}).fields(func(x field) error {
		if x.number == 1 {
			return x.numeric(&reason)
		}
		return nil
	}); err != nil {
		return err
	}
	c, err := rd.resourceChange(message{"a deferred change", inner})
	// One of a type that nobody asks for still tells that the plan is not complete.
	rd.plan.DeferredChanges = append(rd.plan.DeferredChanges, deferredChange{reasons[reason], c})
	return err
}

// resourceChange reads a change of a resource, nil for one of a type that
// nobody asks for.
func (rd *reader) resourceChange(m message) (*resourceChange, error) {
	c, provider, content := &resourceChange{}, "", []byte(nil)
	if err := m.fields(func(x field) error {
		switch x.number {
		case 13:
			return x.text(&c.Address)
		case 14:
			return x.text(&c.PreviousAddress)
		case 7:
			return x.text(&c.Deposed)
		case 8:
			return x.text(&provider)
		case 9:
			return x.once(&content)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if c.Address == "" {
		return nil, rd.unknown("the binary plan has resources without an address, as Terraform before 1.0 wrote it")
	}
	if !c.split() {
		return nil, stream.Errorf("the binary plan is damaged: %.200q in it is not an address of a resource", c.Address)
	}
	c.Provider = providerName(provider)
	if err := rd.values.another(); err != nil {
		return nil, err
	}
	data := c.Mode == dataMode
	if wanted := rd.wants(c.Type, data); !wanted && !data {
		return nil, nil
	} else if !wanted {
		// That it is read during apply is all that is asked of it.
		return c, rd.changed(c, content, func(message) (any, error) { return nil, nil })
	}
	return c, rd.changed(c, content, rd.dynamic)
}

// split takes an address apart.
func (c *resourceChange) split() bool {
	steps := policy.SplitAddress(c.Address)
	at := 0
	for len(steps) > at+1 && steps[at] == "module" {
		at += 2
	}
	c.Module, c.Mode = strings.Join(steps[:at], "."), managedMode
	if len(steps) > at && steps[at] == "data" {
		c.Mode = dataMode
		at++
	}
	if len(steps) != at+2 {
		return false
	}
	c.Type = steps[at]
	return c.Type != "" && !strings.Contains(c.Type, "[")
}

// providerName is the address of a provider in that of its configuration:
// module.a.provider["registry.terraform.io/hashicorp/aws"].west.
func providerName(config string) string {
	_, name, _ := strings.Cut(config, `provider["`)
	name, _, _ = strings.Cut(name, `"]`)
	return name
}

// changed reads what a change changes; value decodes the values.
func (rd *reader) changed(c *resourceChange, content []byte, value func(message) (any, error)) error {
	var all [][]byte
	var before, after marks
	err := message{c.Address, content}.fields(func(x field) error {
		switch x.number {
		case 1:
			return x.numeric(&c.action)
		case 2:
			v, err := x.inner(c.Address)
			if all = append(all, v.content); len(all) > 2 {
				err = stream.Errorf("the binary plan is damaged: %s has more than two values", c.Address)
			}
			return err
		case 3:
			return rd.sensitive(x, &before)
		case 4:
			return rd.sensitive(x, &after)
		}
		return nil
	})
	if err != nil {
		return err
	}
	action, ok := actions[c.action]
	if !ok {
		return rd.unknown("the binary plan has an action of number %d for %s, which boundlint does not know", c.action, c.Address)
	}
	at := func(i int, m *marks) (any, error) {
		if i < 0 {
			return nil, nil
		}
		if i >= len(all) {
			return nil, stream.Errorf("the binary plan is damaged: a value of %s is missing", c.Address)
		}
		v, err := value(message{c.Address, all[i]})
		m.declared(c.body(), v)
		return v, err
	}
	c.Change.Actions = action.names
	old, err := at(action.before, &before)
	if err != nil {
		return err
	}
	c.Change.BeforeSensitive = before.tree(old)
	c.Change.Before, _ = known(old)
	now, err := at(action.after, &after)
	c.Change.AfterSensitive = after.tree(now)
	c.Change.AfterUnknown = unknowns(now)
	c.Change.After, _ = known(now)
	return err
}

// body is what is known of the type of the resource.
func (c *resourceChange) body() *schema.Block {
	if c.Mode == dataMode {
		return schema.DataSource(c.Type)
	}
	return schema.Resource(c.Type)
}

// sensitive marks what a path leads to.
func (rd *reader) sensitive(x field, m *marks) error {
	path, err := x.inner("a path")
	if err != nil {
		return err
	}
	var steps []any
	err = path.fields(func(x field) error {
		if x.number != 1 {
			return nil
		}
		step, err := x.inner("a step of a path")
		if err != nil {
			return err
		}
		if len(steps) == maxDepth {
			return stream.Errorf("the binary plan is damaged: a path in it is longer than any value is deep")
		}
		s, err := rd.step(step)
		steps = append(steps, s)
		return err
	})
	m.mark(steps)
	return err
}

// step reads a step of a path: the name of an attribute, or the key or index of
// an element.
func (rd *reader) step(m message) (step any, err error) {
	if err := rd.values.another(); err != nil {
		return nil, err
	}
	err = m.fields(func(x field) (err error) {
		switch x.number {
		case 1:
			name := ""
			err = x.text(&name)
			step = name
		case 2:
			var key message
			if key, err = x.inner("a path"); err == nil {
				step, err = rd.dynamic(key)
			}
		}
		return err
	})
	return step, err
}
