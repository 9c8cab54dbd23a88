// Package planfile reads the binary plans that terraform plan -out and tofu
// plan -out write, and says what terraform show -json would print of them, as
// far as the reader of that (tfplan) asks for it. It runs nothing, and needs no
// provider.
//
// A binary plan is a zip file. Its member tfplan is a message of protocol
// buffers, which planfile.proto in the source tree of either program describes
// (internal/plans); the member tfstate is the state before the plan, as a state
// file. It holds the configuration, too, which is not this package's matter.
package planfile

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// The members of the zip file, and the only version of the format that there
// has been since Terraform 0.12.
const (
	planMember  = "tfplan"
	stateMember = "tfstate"
	version     = 3
)

// maxMember bounds the bytes of a member.
const maxMember = 64 << 20

// UnknownError is a plan that another version of Terraform has made than those
// whose plans are known. The program itself can show it.
type UnknownError struct {
	// Program is terraform or tofu.
	Program string
	// Problem says what is not known.
	Problem string
}

func (e *UnknownError) Error() string { return e.Problem }

// Plan is a plan, and what terraform show -json prints of it.
type Plan struct {
	FormatVersion    string              `json:"format_version"`
	TerraformVersion string              `json:"terraform_version,omitempty"`
	Complete         *bool               `json:"complete,omitempty"`
	Errored          bool                `json:"errored"`
	Variables        map[string]Variable `json:"variables,omitempty"`
	ResourceChanges  []*resourceChange   `json:"resource_changes"`
	ResourceDrift    []*resourceChange   `json:"resource_drift,omitempty"`
	DeferredChanges  []deferredChange    `json:"deferred_changes,omitempty"`
	PriorState       *priorState         `json:"prior_state,omitempty"`
	// Configuration is that of the plan, which is not in the message.
	Configuration json.RawMessage `json:"configuration,omitempty"`

	// Program is terraform or tofu, by the registry from which its providers
	// come.
	Program string `json:"-"`
}

// Variable is the value of an input variable of the root module.
type Variable struct {
	Value any `json:"value"`
}

// SetDefaults gives the variables that are not set their defaults: a binary
// plan has what was given only, and terraform show -json adds them.
func (p *Plan) SetDefaults(defaults map[string]json.RawMessage) {
	for name, v := range defaults {
		if _, set := p.Variables[name]; set {
			continue
		}
		if p.Variables == nil {
			p.Variables = map[string]Variable{}
		}
		p.Variables[name] = Variable{v}
	}
}

// Read reads a binary plan. wants tells which types of resources are asked for;
// of others there is next to nothing in the plan that is returned. The error is
// an *UnknownError where only the program that made the plan can read it.
func Read(z *zip.Reader, wants func(typ string, data bool) bool) (*Plan, error) {
	content, err := member(z, planMember)
	if err != nil {
		return nil, err
	}
	if content == nil {
		return nil, stream.Errorf("it is a zip file, but no binary plan: it has no member %s", planMember)
	}
	rd := &reader{
		plan:   &Plan{FormatVersion: "1.2", Program: program(content), ResourceChanges: []*resourceChange{}},
		values: values{left: maxValues}, wants: wants,
	}
	if err := rd.check(content); err != nil {
		return nil, err
	}
	if err := (message{"the plan", content}).fields(rd.field); err != nil {
		return nil, err
	}
	rd.finish()
	if content, err = member(z, stateMember); err != nil {
		return nil, err
	}
	if content != nil {
		rd.plan.PriorState, err = rd.state(content)
	}
	return rd.plan, err
}

// member is the content of a member, nil where there is none. Terraform takes
// the first of a name.
func member(z *zip.Reader, name string) ([]byte, error) {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil, nil
	}
	r, err := z.File[i].Open()
	if err != nil {
		return nil, &stream.Error{Problem: "the binary plan cannot be unpacked", Err: err}
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, maxMember+1))
	switch {
	case err != nil:
		return nil, &stream.Error{Problem: "the binary plan cannot be unpacked", Err: err}
	case len(content) > maxMember:
		return nil, stream.Errorf("the member %s of the binary plan is larger than %d bytes", name, maxMember)
	}
	return content, nil
}

// program tells which program made a plan: the plan names the providers by the
// registry that the program takes them from.
func program(content []byte) string {
	if strings.Contains(string(content), "registry.opentofu.org/") {
		return "tofu"
	}
	return "terraform"
}

// reader reads one plan.
type reader struct {
	plan   *Plan
	values values
	wants  func(typ string, data bool) bool
	// complete and applyable are what the plan says of itself; Terraform before
	// 1.8 and OpenTofu say neither. targeted tells that it was made for some
	// addresses only, which terraform show -json of these versions leaves out,
	// and refreshOnly that nothing is to be changed.
	complete, applyable, targeted, refreshOnly bool
	version                                    uint64
}

// The numbers of the fields of a plan.
const (
	planVersion     = 1
	planVariables   = 2
	planChanges     = 3
	planTargets     = 5
	planExcludes    = 6 // of OpenTofu
	planTerraform   = 14
	planMode        = 17
	planDrift       = 18
	planErrored     = 20
	planApplyable   = 25
	planComplete    = 26
	planDeferred    = 27
	modeRefreshOnly = 2
)

// check refuses plans of another version before anything else is made of them.
func (rd *reader) check(content []byte) error {
	err := message{"the plan", content}.fields(func(x field) error {
		if x.number == planVersion {
			return x.numeric(&rd.version)
		}
		return nil
	})
	if err == nil && rd.version != version {
		return rd.unknown("the format of the binary plan has version %d, and boundlint reads version %d", rd.version, version)
	}
	return err
}

func (rd *reader) unknown(format string, args ...any) error {
	return &UnknownError{Program: rd.plan.Program, Problem: fmt.Sprintf(format, args...)}
}

// field reads one field of the plan.
func (rd *reader) field(x field) error {
	switch x.number {
	case planVariables:
		return rd.variable(x)
	case planChanges:
		return rd.change(x, &rd.plan.ResourceChanges)
	case planDrift:
		return rd.change(x, &rd.plan.ResourceDrift)
	case planDeferred:
		return rd.deferred(x)
	case planTerraform:
		return x.text(&rd.plan.TerraformVersion)
	case planTargets, planExcludes:
		rd.targeted = true
	case planMode:
		var mode uint64
		err := x.numeric(&mode)
		rd.refreshOnly = mode == modeRefreshOnly
		return err
	case planErrored:
		return x.flag(&rd.plan.Errored)
	case planApplyable:
		return x.flag(&rd.applyable)
	case planComplete:
		return x.flag(&rd.complete)
	}
	return nil
}

// finish puts into order what has been read.
func (rd *reader) finish() {
	p := rd.plan
	if rd.complete || rd.applyable || rd.targeted || len(p.DeferredChanges) > 0 {
		complete := rd.complete && !rd.targeted
		p.Complete = &complete
	}
	byAddress := func(a, b *resourceChange) int {
		return strings.Compare(a.Address+" "+a.Deposed, b.Address+" "+b.Deposed)
	}
	slices.SortStableFunc(p.ResourceChanges, byAddress)
	slices.SortStableFunc(p.ResourceDrift, byAddress)
	if !rd.refreshOnly {
		// What has only moved is among the changes then.
		p.ResourceDrift = slices.DeleteFunc(p.ResourceDrift, func(c *resourceChange) bool { return c.action == actionNoOp })
	}
	// That a data source leaves the state is not a change of anything.
	p.ResourceChanges = slices.DeleteFunc(p.ResourceChanges, func(c *resourceChange) bool {
		return c.Mode == dataMode && c.action == actionDelete
	})
}

// variable reads an entry of the map of variables.
func (rd *reader) variable(x field) error {
	m, err := x.inner("a variable")
	if err != nil {
		return err
	}
	name, encoded := "", []byte(nil)
	if err := m.fields(func(x field) error {
		switch x.number {
		case 1:
			return x.text(&name)
		case 2:
			return x.once(&encoded)
		}
		return nil
	}); err != nil {
		return err
	}
	v, err := rd.dynamic(message{"the variable " + name, encoded})
	if err != nil {
		return err
	}
	v, _ = known(v)
	if rd.plan.Variables == nil {
		rd.plan.Variables = map[string]Variable{}
	}
	rd.plan.Variables[name] = Variable{v}
	return nil
}

// dynamic reads a value, which stands in a message of its own: the message may
// come to have other encodings one day.
func (rd *reader) dynamic(m message) (any, error) {
	encoded, other := []byte(nil), false
	if err := m.fields(func(x field) error {
		if x.number == 1 {
			return x.once(&encoded)
		}
		other = true
		return nil
	}); err != nil {
		return nil, err
	}
	switch {
	case encoded != nil:
		return rd.values.decode(encoded, m.name)
	case other:
		return nil, rd.unknown("a value of %s in the binary plan is encoded in a way that boundlint does not know", m.name)
	}
	return nil, stream.Errorf("the binary plan is damaged: a value of %s is missing", m.name)
}
