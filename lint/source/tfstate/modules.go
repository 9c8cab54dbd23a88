package tfstate

import (
	"bytes"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// The shapes of what terraform show -json prints of a state, as its
// documentation has them ("JSON Output Format", values representation), for
// the members that are read.
var (
	// Marks are a tree of true and false beside a value.
	Marks = stream.Mutual(func(self *stream.Shape) *stream.Shape {
		return stream.Boolean.Or(stream.ListOf(self)).Or(stream.MapOf(self))
	})
	// Index is the key of an instance.
	Index = stream.Text.Or(stream.Number)

	resourceShape = stream.ObjectOf(map[string]*stream.Shape{
		"address": stream.Name, "mode": stream.Name, "type": stream.Name, "name": stream.Text, "index": Index,
		"provider_name": stream.Text, "deposed_key": stream.Text,
		"values": stream.Object, "sensitive_values": Marks,
	}, "address")
)

// Stated is a resource as a state, or the planned values of a plan, tell it.
type Stated struct {
	tfjson.StateResource
	// Module is the address of the module that holds it.
	Module string
	// At is its place in the document.
	At jsontext.Pointer
	// Values are its attributes as they stand.
	Values json.RawMessage
	// Mistyped are the attributes whose values are not of the type that the
	// provider gives them, once they have been taken.
	Mistyped []stream.Mismatch
}

// ReadValues reads the object values of a state, or of the prior_state or
// the planned_values of a plan, and hands every resource that is wanted to
// emit, one by one. Their attributes have not been taken.
func ReadValues(r *stream.Reader, want stream.Wanted, emit func(Stated) error) error {
	return r.Object(func(name string) error {
		if name != "root_module" {
			return r.Skip()
		}
		return readModule(r, want, emit)
	})
}

// readModule reads one module. Its address may come after its resources, and
// is not needed: every resource has its own.
func readModule(r *stream.Reader, want stream.Wanted, emit func(Stated) error) error {
	address := ""
	return r.Object(func(name string) error {
		switch name {
		case "address":
			var err error
			address, err = r.String()
			return err
		case "resources":
			return r.Array(func() error {
				fields, err := r.Typed(want)
				if err != nil || fields == nil {
					return err
				}
				s, err := statedOf(fields, r.At())
				if err != nil {
					return err
				}
				s.Module = address
				return emit(s)
			})
		case "child_modules":
			return r.Array(func() error { return readModule(r, want, emit) })
		default:
			return r.Skip()
		}
	})
}

func statedOf(f stream.Fields, at jsontext.Pointer) (Stated, error) {
	s := Stated{At: at, Values: f["values"], StateResource: tfjson.StateResource{
		Address:         f.String("address"),
		Mode:            tfjson.ResourceMode(f.String("mode")),
		Type:            f.String("type"),
		ProviderName:    f.String("provider_name"),
		DeposedKey:      f.String("deposed_key"),
		SensitiveValues: f["sensitive_values"],
	}}
	return s, f.CheckTyped(resourceShape, at)
}

// Take reads the attributes, which stand in a member of that name; Terraform
// leaves them out where there are none. Of the resources of other services it
// takes those that are read. What the state holds as text is valid no longer than
// the element that it stands in.
func (s *Stated) Take(member string, values *stream.Values) (err error) {
	isData := s.Mode == tfjson.DataResourceMode
	raw := s.Values
	if s.Values = nil; len(raw) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	s.Mistyped = resource.Shape(s.Type, isData).MismatchesTyped(raw, s.At, member)
	if parts := resource.PartsOf(s.Type, isData); !isData && resource.OfService(s.Type) {
		raw = stream.Prune(raw, func(name []byte) bool { return parts.Of(string(name)) != nil })
	}
	v, err := values.Decode(raw, s.At.AppendToken(member))
	s.AttributeValues, _ = v.(map[string]any)
	s.SensitiveValues = bytes.Clone(s.SensitiveValues)
	return err
}

// Sensitive is the tree of marks of a resource.
func Sensitive(s tfjson.StateResource) any {
	var marks any
	if len(s.SensitiveValues) > 0 {
		_ = json.Unmarshal(s.SensitiveValues, &marks) // it has been held to the shape of marks
	}
	return marks
}
