// Package tfstate reads Terraform and OpenTofu states: what terraform show
// -json prints of one, and the state file itself.
package tfstate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Options say how a state is read.
type Options struct {
	// Path is the input's name, Root what stands for its root module.
	Path, Root string
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
}

// Header is what was read of a document before its kind was known.
type Header struct {
	// Held are the small members that came first.
	Held stream.Fields
	// Name is the member whose name has been read, but not its value; "" for
	// none.
	Name string
}

// echo are the attributes of which a state does not tell whether the
// configuration set them or the provider reports them.
var echo = []string{"managed_policy_arns", "inline_policy", "name"}

// Echo are the attributes of which a state does not tell whether the
// configuration set them.
func Echo() []string { return slices.Clone(echo) }

// reader gathers the resources of one state.
type reader struct {
	r       *stream.Reader
	options Options
	builder *resource.Builder
	decoded stream.Values
	values  Converter
	faults  Faults
	// places are where the resources stand, by address.
	places map[string]jsontext.Pointer
}

// headShape are the members of a state, or of the head of a plan, that are
// read before its kind is known.
var headShape = stream.ObjectOf(map[string]*stream.Shape{"format_version": stream.Text, "terraform_version": stream.Text})

// Read reads the rest of the JSON of a state, whose opening brace and the
// members of head have been read.
func Read(r *stream.Reader, head Header, o Options) (*iam.Model, error) {
	rd := newReader(r, o)
	if err := head.Held.Check(headShape, ""); err != nil {
		return nil, err
	}
	format, version := head.Held.String("format_version"), head.Held.String("terraform_version")
	err := members(r, head.Name, func(name string) (err error) {
		switch name {
		case "format_version":
			format, err = r.String()
			return err
		case "terraform_version":
			version, err = r.String()
			return err
		case "values":
			return ReadValues(r, stream.Wanted{Type: resource.Reads}, func(s Stated) error {
				return rd.add(s, "values", ProviderName(s.ProviderName))
			})
		default:
			return r.Skip()
		}
	})
	if err != nil {
		return nil, err
	}
	if err := CheckFormat("state", format); err != nil {
		return nil, err
	}
	return rd.model(version)
}

// Empty is the model of a state with nothing in it, all of whose JSON has
// been read.
func Empty(r *stream.Reader, head Header, o Options) (*iam.Model, error) {
	if err := head.Held.Check(headShape, ""); err != nil {
		return nil, err
	}
	if err := CheckFormat("state", head.Held.String("format_version")); err != nil {
		return nil, err
	}
	return newReader(r, o).model(head.Held.String("terraform_version"))
}

func newReader(r *stream.Reader, o Options) *reader {
	input := iam.Input{Path: o.Path, Kind: iam.InputState, Root: o.Root, Complete: true}
	return &reader{
		r: r, options: o, builder: resource.NewBuilder(input, o.Symbols),
		values: Converter{Symbols: o.Symbols, Scope: o.Path}, places: map[string]jsontext.Pointer{},
	}
}

func (rd *reader) model(version string) (*iam.Model, error) {
	m := rd.builder.Model()
	m.Input.TerraformVersion = version
	if reason := rd.faults.Reason(); reason != "" {
		m.Input.Complete, m.Input.Reasons = false, []string{reason}
	}
	return m, rd.r.End()
}

// add takes a resource into the model, whose attributes stand in the member
// values. What is deposed is left over of a replacement; the resource itself
// has an entry of its own.
func (rd *reader) add(s Stated, values, provider string) error {
	if s.DeposedKey != "" {
		return nil
	}
	if err := s.Take(values, &rd.decoded); err != nil {
		return err
	}
	if before, twice := rd.places[s.Address]; twice {
		return ErrTwice(s.Address, before, s.At)
	}
	rd.places[s.Address] = s.At
	rd.faults.Mistyped(s.Mistyped)
	r := Resource(&rd.values, s)
	r.Provider = provider
	rd.builder.Add(r)
	return rd.values.Err
}

// Resource makes a resource of one in a state.
func Resource(c *Converter, s Stated) resource.Resource {
	return resource.Resource{
		Address:  s.Address,
		Module:   s.Module,
		Type:     s.Type,
		Data:     s.Mode == tfjson.DataResourceMode,
		Values:   c.Attributes(s.Address, s.AttributeValues, Sensitive(s.StateResource), s.Mistyped),
		Provider: ProviderName(s.ProviderName),
		Echo:     echo,
	}
}

// ProviderName is the local name of a provider by its address, which is the
// last part: registry.terraform.io/hashicorp/aws. A state does not tell which
// alias managed a resource.
func ProviderName(address string) string {
	return address[strings.LastIndexByte(address, '/')+1:]
}

// members calls f for each member: first for the one whose name has been
// read, if it is not "".
func members(r *stream.Reader, first string, f func(string) error) error {
	if first != "" {
		if err := f(first); err != nil {
			return err
		}
	}
	return r.Members(f)
}

// CheckFormat refuses formats of the future. Versions 0.1 to 1.x are one
// format that only ever gains members.
func CheckFormat(what, version string) error {
	if version == "" {
		return stream.Errorf("the %s JSON has no format_version: expected what terraform show -json prints", what)
	}
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	switch {
	case err != nil || n < 0:
		return stream.Errorf("the %s JSON has the format_version %.20q, which is not a version", what, version)
	case n > 1:
		return stream.Errorf("the %s JSON has format version %.20s, and this boundlint reads 0.1 to 1.x: a newer boundlint is needed", what,
			version)
	}
	return nil
}
