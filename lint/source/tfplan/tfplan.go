// Package tfplan reads the plans that terraform show -json and tofu show
// -json print. It reads them as a stream, in one pass whatever the order of
// their members: what concerns IAM is decoded, each resource by itself, and
// everything else is skipped. Memory grows with the IAM in a plan and not with
// the plan.
package tfplan

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// Options say how a plan is read.
type Options struct {
	// Path is the input's name, Root what stands for its root module.
	Path, Root string
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// Before asks for what was there before the plan rather than for what will
	// be there after it.
	Before bool
	// KeepForgotten takes what the plan forgets for something that stays.
	KeepForgotten bool
	// KeepPlanned is as in [resource.Builder].
	KeepPlanned bool
}

// Plan is what a plan says about IAM, before it becomes a model: whoever
// knows the configuration may fill in what the plan does not know.
type Plan struct {
	Input iam.Input
	// Resources are the resources and data sources that the model is made of,
	// once Resolve has made them.
	Resources []resource.Resource
	// Variables are the values of the root module's input variables, as JSON.
	Variables map[string]json.RawMessage
	// Providers are the configurations of the AWS providers.
	Providers []*iam.Provider
	// Tool is the one that made it, by the registry from which it takes
	// providers; "" where the plan does not tell.
	Tool iam.Tool
	// Empty are the blocks of which it has no instance, as in [iam.Coverage].
	Empty []string

	resolver    *resolver
	symbols     *policy.Symbols
	keepPlanned bool
	// keepForgotten is as in [Options].
	keepForgotten bool
	// secrets are the texts in the values of sensitive variables.
	secrets []string
}

// Resolve makes the resources, for who changes them before the model is made.
// The error is that of a text that cannot be read.
func (p *Plan) Resolve() error {
	if p.Resources == nil {
		p.Resources = slices.Collect(p.resolver.resources())
	}
	return p.resolver.values.Err
}

// Model makes the model of the plan. It is not linked. Where the resources
// have not been made, each is forgotten once the model has it: there may be
// many. The error is that of a text that cannot be read.
func (p *Plan) Model() (*iam.Model, error) {
	b := resource.NewBuilder(p.Input, p.symbols)
	if p.keepPlanned {
		b.KeepPlanned()
	}
	for _, q := range p.Providers {
		*b.Provider(q.Name) = *q
	}
	resources := slices.Values(p.Resources)
	if p.Resources == nil {
		resources = p.resolver.resources()
	}
	for r := range resources {
		if p.keepForgotten && r.Change == iam.ChangeForget {
			r.Change = iam.ChangeNoOp
		}
		b.Add(r)
	}
	if err := p.resolver.values.Err; err != nil {
		return nil, err
	}
	m := b.Model()
	m.Coverage.Empty = p.Empty
	m.Secrets = append(m.Secrets, p.secrets...)
	return m, nil
}

// Read reads a whole plan.
func Read(in io.Reader, o Options) (*Plan, error) {
	r := stream.NewReader(in)
	if kind := r.Kind(); kind != '{' && kind != 0 {
		return nil, stream.Errorf("it is JSON, but not an object: expected what terraform show -json prints of a plan")
	}
	if err := r.Open(); err != nil {
		return nil, err
	}
	return ReadRest(r, tfstate.Header{}, o)
}

// ReadRest reads the rest of the JSON of a plan, whose opening brace and the
// members of head have been read.
func ReadRest(r *stream.Reader, head tfstate.Header, o Options) (*Plan, error) {
	rd := &reader{
		r: r, options: o,
		variables: map[string]json.RawMessage{},
		kinds:     map[common]*kind{},
		parts:     stream.Fields{},
		changes:   map[string]*change{},
		planned:   map[string]*planned{},
		drift:     map[string]*change{},
		deferred:  map[string]bool{},
	}
	if err := rd.head(head.Held); err != nil {
		return nil, err
	}
	if err := tfstate.CheckFormat("plan", rd.format); rd.format != "" && err != nil {
		return nil, err
	}
	if head.Name != "" {
		if err := rd.member(head.Name); err != nil {
			return nil, err
		}
	}
	if err := r.Members(rd.member); err != nil {
		return nil, err
	}
	if err := tfstate.CheckFormat("plan", rd.format); err != nil {
		return nil, err
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	return rd.plan(), nil
}

// reader gathers what one plan says, in whatever order it says it.
type reader struct {
	r       *stream.Reader
	options Options
	values  stream.Values

	format, version string
	complete        *bool
	errored         bool
	variables       map[string]json.RawMessage
	// order are the changes in the order of the plan.
	order []*change
	kinds map[common]*kind
	// parts are those of the change that is being read, pruned what has been made
	// of them.
	parts   stream.Fields
	pruned  []byte
	remains remains
	// asked is the change whose attributes were decoded last.
	asked struct {
		of    *change
		trees *trees
	}
	changes map[string]*change // by address
	// planned are the planned values, by address.
	planned map[string]*planned
	// hasPlanned tells that the plan has planned values at all.
	hasPlanned bool
	drift      map[string]*change
	prior      []tfstate.Stated
	root       *module
	providers  map[string]tfjson.ProviderConfig
	// deferred are the data sources of any type that are read during apply.
	deferred map[string]bool
	// reasons are why the plan is not complete.
	reasons []string
	faults  tfstate.Faults
}

// head reads the members that were read before it was known that they are a
// plan's.
func (rd *reader) head(held stream.Fields) error {
	if err := held.Check(headShape, ""); err != nil {
		return err
	}
	rd.format, rd.version = held.String("format_version"), held.String("terraform_version")
	if err := held.Decode("complete", "", &rd.complete); err != nil {
		return err
	}
	return held.Decode("errored", "", &rd.errored)
}

// member reads one member of the plan.
func (rd *reader) member(name string) (err error) {
	r := rd.r
	switch name {
	case "format_version":
		if rd.format, err = r.String(); err != nil {
			return err
		}
		return tfstate.CheckFormat("plan", rd.format)
	case "terraform_version":
		rd.version, err = r.String()
		return err
	case "complete":
		complete, err := r.Bool()
		rd.complete = &complete
		return err
	case "errored":
		rd.errored, err = r.Bool()
		return err
	case "variables":
		return r.Object(rd.variable)
	case "planned_values":
		rd.hasPlanned = true
		return tfstate.ReadValues(r, stream.Wanted{Type: resource.Reads}, rd.plannedValues)
	case "resource_changes":
		return r.Array(func() error { return rd.resourceChange(false) })
	case "resource_drift":
		return r.Array(rd.resourceDrift)
	case "deferred_changes":
		return r.Array(rd.deferredChange)
	case "prior_state":
		return r.Object(rd.priorState)
	case "configuration":
		return r.Object(rd.configuration)
	default:
		return r.Skip()
	}
}

func (rd *reader) variable(name string) error {
	return rd.r.Object(func(member string) error {
		if member != "value" {
			return rd.r.Skip()
		}
		raw, err := rd.r.Raw()
		rd.variables[name] = append(json.RawMessage(nil), raw...)
		return err
	})
}

// plan puts together what has been read.
func (rd *reader) plan() *Plan {
	p := &Plan{
		Input: iam.Input{
			Path: rd.options.Path, Kind: iam.InputPlan, Root: rd.options.Root,
			TerraformVersion: rd.version, Errored: rd.errored, Complete: true,
		},
		Variables: rd.variables,
		Tool:      rd.tool(),
		symbols:   rd.options.Symbols, keepPlanned: rd.options.KeepPlanned, keepForgotten: rd.options.KeepForgotten,
	}
	if rd.complete != nil && !*rd.complete && !rd.errored && len(rd.reasons) == 0 {
		rd.reasons = append(rd.reasons, "the plan says that it is not complete: it was made for some targets only")
	}
	if rd.errored {
		rd.reasons = append(rd.reasons, "planning ended in an error")
	}
	rd.compare()
	if reason := rd.faults.Reason(); reason != "" {
		rd.reasons = append(rd.reasons, reason)
	}
	if len(rd.reasons) > 0 {
		p.Input.Complete, p.Input.Reasons = false, rd.reasons
	}
	rd.forgetConstants()
	p.resolver = newResolver(rd)
	p.Providers = p.resolver.awsProviders()
	if rd.options.Before {
		p.Input.Kind = iam.InputState
	}
	p.Empty = rd.emptyBlocks(p)
	p.secrets = rd.secrets()
	return p
}

// secrets are the texts in the values of sensitive variables of the root module,
// keys of objects included: a plan marks what resources have of them, and not
// what else they go into.
func (rd *reader) secrets() []string {
	if rd.root == nil {
		return nil
	}
	var out []string
	var gather func(v any)
	gather = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, e := range v {
				gather(e)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				out = append(out, name)
				gather(v[name])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rd.root.sensitive)) {
		var v any
		if rd.root.sensitive[name] && json.Unmarshal(rd.variables[name], &v) == nil {
			gather(v)
		}
	}
	return out
}

// tool is the program that made the plan.
func (rd *reader) tool() iam.Tool {
	var addresses []string
	for _, c := range rd.order {
		addresses = append(addresses, c.ProviderName)
	}
	for _, p := range rd.providers {
		addresses = append(addresses, p.FullName)
	}
	comesFrom := func(registry string) bool {
		return slices.ContainsFunc(addresses, func(address string) bool { return strings.HasPrefix(address, registry) })
	}
	switch {
	case comesFrom("registry.opentofu.org/"):
		return iam.OpenTofu
	case comesFrom("registry.terraform.io/"):
		return iam.Terraform
	}
	return ""
}
