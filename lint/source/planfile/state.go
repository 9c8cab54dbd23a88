package planfile

import (
	"encoding/json"
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

// stateFile is a state file, as far as it is read.
type stateFile struct {
	Version          int    `json:"version"`
	TerraformVersion string `json:"terraform_version"`
	Resources        []struct {
		Module    string          `json:"module"`
		Mode      string          `json:"mode"`
		Type      string          `json:"type"`
		Name      string          `json:"name"`
		Provider  string          `json:"provider"`
		Instances []stateInstance `json:"instances"`
	} `json:"resources"`
}

type stateInstance struct {
	Key        any             `json:"index_key"`
	Deposed    string          `json:"deposed"`
	Attributes json.RawMessage `json:"attributes"`
	Sensitive  [][]struct {
		Value json.RawMessage `json:"value"`
	} `json:"sensitive_attributes"`
}

// state reads the state file before the plan.
func (rd *reader) state(content []byte) (*priorState, error) {
	var file stateFile
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, stream.Errorf("the binary plan is damaged: the state in it cannot be read")
	}
	if file.Version != stateVersion {
		return nil, rd.unknown("the state in the binary plan has version %d, and boundlint reads version %d", file.Version, stateVersion)
	}
	out := &priorState{FormatVersion: "1.0", TerraformVersion: file.TerraformVersion}
	root := &out.Values.Root
	modules := map[string]*stateModule{"": root}
	for _, r := range file.Resources {
		if !rd.wants(r.Type, r.Mode == dataMode) {
			continue
		}
		m := modules[r.Module]
		if m == nil {
			m = &stateModule{Address: r.Module}
			modules[r.Module] = m
			root.Modules = append(root.Modules, m)
		}
		base, body := r.Type+"."+r.Name, schema.Resource(r.Type)
		if r.Mode == dataMode {
			base, body = "data."+base, schema.DataSource(r.Type)
		}
		if r.Module != "" {
			base = r.Module + "." + base
		}
		for _, i := range r.Instances {
			s := stateResource{
				Address: base + instanceKey(i.Key), Mode: r.Mode, Type: r.Type, Provider: providerName(r.Provider), Deposed: i.Deposed,
			}
			if len(i.Attributes) > 0 && json.Unmarshal(i.Attributes, &s.Values) != nil {
				return nil, stream.Errorf("the binary plan is damaged: the attributes of %.200q in its state cannot be read", s.Address)
			}
			s.Sensitive = i.marks(body, s.Values)
			m.Resources = append(m.Resources, s)
		}
	}
	return out, nil
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
func (i *stateInstance) marks(body *schema.Block, attributes map[string]any) any {
	var m marks
	m.declared(body, attributes)
	for _, path := range i.Sensitive {
		var steps []any
		for _, step := range path[:min(len(path), maxDepth)] {
			steps = append(steps, stepOf(step.Value))
		}
		m.mark(steps)
	}
	return m.tree(attributes)
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
