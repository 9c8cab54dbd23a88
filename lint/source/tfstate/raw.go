package tfstate

import (
	"encoding/json"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// rawVersion is the version of the state file format, which Terraform has
// written since 0.12 and OpenTofu ever.
const rawVersion = 4

// ReadFile reads the rest of a state file (terraform.tfstate, or what
// terraform state pull prints), whose opening brace has been read; first is
// the member whose name has been read.
func ReadFile(r *stream.Reader, head Header, o Options) (*iam.Model, error) {
	rd := newReader(r, o)
	terraform, version := head.Held.String("terraform_version"), 0
	head.Held.Decode("version", &version)
	err := members(r, head.Name, func(name string) (err error) {
		switch name {
		case "version":
			return r.Decode(&version)
		case "terraform_version":
			terraform, err = r.String()
			return err
		case "resources":
			return r.Array(rd.file)
		case "encrypted_data":
			return stream.Errorf("the state file is encrypted: run tofu show -json and pass what it prints")
		default:
			return r.Skip()
		}
	})
	if err != nil {
		return nil, err
	}
	if version != rawVersion {
		return nil, stream.Errorf("the state file has version %d, and boundlint reads version %d: run terraform show -json and pass what it prints", version, rawVersion)
	}
	return rd.model(terraform)
}

// instance is one instance of a resource in a state file.
type instance struct {
	Index      any             `json:"index_key"`
	Deposed    string          `json:"deposed"`
	Attributes map[string]any  `json:"attributes"`
	Sensitive  json.RawMessage `json:"sensitive_attributes"`
}

func (rd *reader) file() error {
	f, err := rd.r.Typed(resource.Reads)
	if err != nil || f == nil {
		return err
	}
	var instances []instance
	f.Decode("instances", &instances)
	module := f.String("module")
	mode, typ := f.String("mode"), f.String("type")
	base := typ + "." + f.String("name")
	if mode == string(tfjson.DataResourceMode) {
		base = "data." + base
	}
	if module != "" {
		base = module + "." + base
	}
	for _, in := range instances {
		if in.Deposed != "" {
			continue
		}
		rd.builder.Add(resource.Resource{
			Address:  base + key(in.Index),
			Module:   module,
			Type:     typ,
			Data:     mode == string(tfjson.DataResourceMode),
			Values:   rd.values.Object(in.Attributes, marks(in.Sensitive)),
			Provider: fileProvider(f.String("provider")),
			Echo:     echo,
		})
	}
	return rd.values.Err
}

// key is an instance key as it stands in an address.
func key(index any) string {
	switch x := index.(type) {
	case float64:
		return "[" + strconv.FormatFloat(x, 'f', -1, 64) + "]"
	case string:
		return resource.QuoteKey(x)
	}
	return ""
}

// marks makes a tree of marks of the paths that a state file lists. Only the
// first step counts: marking too much hides too much, never too little.
func marks(raw json.RawMessage) any {
	var paths [][]struct {
		Type  string `json:"type"`
		Value any    `json:"value"`
	}
	if json.Unmarshal(raw, &paths) != nil || len(paths) == 0 {
		return nil
	}
	tree := map[string]any{}
	for _, p := range paths {
		if len(p) > 0 {
			if name, ok := p[0].Value.(string); ok {
				tree[name] = true
			}
		}
	}
	return tree
}

// fileProvider is the provider configuration in a state file:
// provider["registry.terraform.io/hashicorp/aws"].west, after the module that
// declares it.
func fileProvider(s string) string {
	open := strings.IndexByte(s, '[')
	end := strings.IndexByte(s, ']')
	if open < 0 || end < open {
		return ""
	}
	name := ProviderName(strings.Trim(s[open+1:end], `"`))
	return name + s[end+1:]
}
