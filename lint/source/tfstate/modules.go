package tfstate

import (
	"encoding/json"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// ReadValues reads the object values of a state, or of the prior_state of a
// plan, and hands every resource whose type is wanted to emit, one by one.
// module is the address of the module that holds it.
func ReadValues(r *stream.Reader, want func(typ string, data bool) bool, emit func(module string, s *tfjson.StateResource) error) error {
	return r.Object(func(name string) error {
		if name != "root_module" {
			return r.Skip()
		}
		return readModule(r, want, emit)
	})
}

// readModule reads one module. Its address may come after its resources, and
// is not needed: every resource has its own.
func readModule(r *stream.Reader, want func(string, bool) bool, emit func(string, *tfjson.StateResource) error) error {
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
				return emit(address, resourceOf(fields))
			})
		case "child_modules":
			return r.Array(func() error { return readModule(r, want, emit) })
		default:
			return r.Skip()
		}
	})
}

func resourceOf(f stream.Fields) *tfjson.StateResource {
	s := &tfjson.StateResource{
		Address:      f.String("address"),
		Mode:         tfjson.ResourceMode(f.String("mode")),
		Type:         f.String("type"),
		Name:         f.String("name"),
		ProviderName: f.String("provider_name"),
		DeposedKey:   f.String("deposed_key"),
	}
	f.Decode("index", &s.Index)
	f.Decode("values", &s.AttributeValues)
	s.SensitiveValues = f["sensitive_values"]
	return s
}

// Sensitive is the tree of marks of a resource.
func Sensitive(s *tfjson.StateResource) any {
	var marks any
	if len(s.SensitiveValues) > 0 {
		_ = json.Unmarshal(s.SensitiveValues, &marks) // read as JSON before
	}
	return marks
}
