package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/schema"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// priorState is the state before the plan, as terraform show -json prints it.
type priorState struct {
	FormatVersion    string      `json:"format_version"`
	TerraformVersion string      `json:"terraform_version,omitempty"`
	Values           stateValues `json:"values"`
}

type stateValues struct {
	Root stateModule `json:"root_module"`
}

// stateModule is a module. All of them stand in the root module, by their
// addresses: what nests them is not asked for.
type stateModule struct {
	Address   string          `json:"address,omitempty"`
	Resources []stateResource `json:"resources,omitempty"`
	Modules   []*stateModule  `json:"child_modules,omitempty"`
}

type stateResource struct {
	Address   string         `json:"address"`
	Mode      string         `json:"mode"`
	Type      string         `json:"type"`
	Provider  string         `json:"provider_name"`
	Deposed   string         `json:"deposed_key,omitempty"`
	Values    map[string]any `json:"values"`
	Sensitive any            `json:"sensitive_values"`
}

// stateVersion is the version of the format of state files in binary plans.
const stateVersion = 4

// statedResource is a resource in a state file.
type statedResource struct {
	Module    string          `json:"module"`
	Mode      string          `json:"mode"`
	Type      string          `json:"type"`
	Name      string          `json:"name"`
	Provider  string          `json:"provider"`
	Instances []stateInstance `json:"instances"`
}

type stateInstance struct {
	Key        any            `json:"index_key"`
	Deposed    string         `json:"deposed"`
	Attributes map[string]any `json:"attributes"`
	Sensitive  [][]struct {
		Value json.RawMessage `json:"value"`
	} `json:"sensitive_attributes"`
}

// state reads the state file before the plan.
func (rd *reader) state(content []byte) (*priorState, error) {
	r := stream.NewReader(bytes.NewReader(content))
	out, version := &priorState{FormatVersion: "1.0"}, 0.0
	modules := map[string]*stateModule{"": &out.Values.Root}
	err := r.Object(func(name string) (err error) {
		switch name {
		case "version":
			return r.Decode(stream.Number, &version)
		case "terraform_version":
			out.TerraformVersion, err = r.String()
			return err
		case "resources":
			return r.Array(func() error {
				f, err := r.Typed(stream.Wanted{Type: rd.wants})
				if err != nil || f == nil {
					return err
				}
				return rd.stated(f, modules, &out.Values.Root)
			})
		default:
			return r.Skip()
		}
	})
	if told, ok := errors.AsType[*stream.Error](err); ok {
		return nil, &stream.Error{Problem: "the state in the binary plan cannot be read: " + told.Problem, Err: told.Err}
	}
	if err == nil && version != stateVersion {
		err = rd.unknown("the state in the binary plan has version %v, and boundlint reads version %d", version, stateVersion)
	}
	return out, err
}

// errForm is a resource of a state whose members are of other types, or stand
// there twice.
var errForm = &stream.Error{Problem: "a resource in it is of another form"}

// stated reads a resource of the state and adds its instances to its module.
func (rd *reader) stated(f stream.Fields, modules map[string]*stateModule, root *stateModule) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := rd.values.count(text); err != nil {
		return err
	}
	var s statedResource
	if json.Unmarshal(text, &s) != nil {
		return errForm
	}
	m := modules[s.Module]
	if m == nil {
		m = &stateModule{Address: s.Module}
		modules[s.Module] = m
		root.Modules = append(root.Modules, m)
	}
	base, body := s.Type+"."+s.Name, schema.Resource(s.Type)
	if s.Mode == dataMode {
		base, body = "data."+base, schema.DataSource(s.Type)
	}
	if s.Module != "" {
		base = s.Module + "." + base
	}
	for _, i := range s.Instances {
		m.Resources = append(m.Resources, stateResource{
			Address: base + instanceKey(i.Key), Mode: s.Mode, Type: s.Type, Provider: providerName(s.Provider), Deposed: i.Deposed,
			Values: i.Attributes, Sensitive: i.marks(body),
		})
	}
	return nil
}

// instanceKey is an instance key as it stands in an address.
func instanceKey(key any) string {
	switch key := key.(type) {
	case float64:
		return "[" + strconv.FormatFloat(key, 'f', -1, 64) + "]"
	case string:
		return resource.QuoteKey(key)
	}
	return ""
}

// marks is the tree of marks of what is sensitive in an instance.
func (i *stateInstance) marks(body *schema.Block) any {
	var m marks
	m.declared(body, i.Attributes)
	for _, path := range i.Sensitive {
		var steps []any
		for _, step := range path[:min(len(path), maxDepth)] {
			steps = append(steps, stepOf(step.Value))
		}
		m.mark(steps)
	}
	return m.tree(i.Attributes)
}

// stepOf is a step of a path in a state: a name, or an index, which stands
// with its type beside it.
func stepOf(raw json.RawMessage) any {
	var index struct {
		Value any `json:"value"`
	}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return name
	}
	if json.Unmarshal(raw, &index) != nil {
		return nil
	}
	if n, ok := index.Value.(float64); ok {
		return json.Number(strconv.FormatFloat(n, 'f', -1, 64))
	}
	return index.Value
}
