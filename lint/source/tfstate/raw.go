package tfstate

import (
	"encoding/json"
	"errors"
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

// The shapes of the parts of a state file that are read. Its format is
// Terraform's own matter and documented nowhere; version 4 has not changed
// but for new members.
var (
	fileHead = map[string]*stream.Shape{"terraform_version": stream.Text, "version": stream.Number}

	fileResource = stream.ObjectOf(map[string]*stream.Shape{
		"module": stream.Text, "mode": stream.Name, "type": stream.Name, "name": stream.Name, "provider": stream.Text,
		"instances": stream.ListOf(stream.ObjectOf(map[string]*stream.Shape{
			"index_key": Index.OrNull(), "deposed": stream.Text, "attributes": stream.MapOf(stream.Any).OrNull(),
			"sensitive_attributes": stream.ListOf(stream.ListOf(stream.ObjectOf(nil))).OrNull(),
		})),
	}, "name", "instances")
)

// ReadFile reads the rest of a state file (terraform.tfstate, or what
// terraform state pull prints), whose opening brace has been read; first is
// the member whose name has been read.
func ReadFile(r *stream.Reader, head Header, o Options) (*iam.Model, error) {
	rd := newReader(r, o)
	terraform, version := "", 0.0
	if err := head.Held.Check(stream.ObjectOf(fileHead), ""); err != nil {
		return nil, err
	}
	if err := errors.Join(head.Held.Decode("version", "", &version), head.Held.Decode("terraform_version", "", &terraform)); err != nil {
		return nil, err
	}
	err := members(r, head.Name, func(name string) (err error) {
		switch name {
		case "version":
			return r.Decode(fileHead[name], &version)
		case "terraform_version":
			return r.Decode(fileHead[name], &terraform)
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
		return nil, stream.Errorf("the state file has version %v, and boundlint reads version %d: run terraform show -json and pass what it "+
			"prints", version, rawVersion)
	}
	return rd.model(terraform)
}

// instance is one instance of a resource in a state file.
type instance struct {
	Index      any             `json:"index_key"`
	Deposed    string          `json:"deposed"`
	Attributes json.RawMessage `json:"attributes"`
	Sensitive  json.RawMessage `json:"sensitive_attributes"`
}

func (rd *reader) file() error {
	f, err := rd.r.Typed(stream.Wanted{Type: resource.Reads})
	if err != nil || f == nil {
		return err
	}
	at := rd.r.At()
	if err := f.CheckTyped(fileResource, at); err != nil {
		return err
	}
	var instances []instance
	if err := f.Decode("instances", at, &instances); err != nil {
		return err
	}
	mode, typ, module := f.String("mode"), f.String("type"), f.String("module")
	base := typ + "." + f.String("name")
	if mode == string(tfjson.DataResourceMode) {
		base = "data." + base
	}
	if module != "" {
		base = module + "." + base
	}
	for i, in := range instances {
		if in.Deposed != "" {
			continue
		}
		s := Stated{
			StateResource: tfjson.StateResource{
				Address: base + key(in.Index), Mode: tfjson.ResourceMode(mode), Type: typ, SensitiveValues: marks(in.Sensitive),
			},
			Module: module, At: at.AppendToken("instances").AppendToken(strconv.Itoa(i)), Values: in.Attributes,
		}
		if err := rd.add(s, "attributes", fileProvider(f.String("provider"))); err != nil {
			return err
		}
	}
	return nil
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
func marks(raw json.RawMessage) json.RawMessage {
	var paths [][]struct {
		Value any `json:"value"`
	}
	if json.Unmarshal(raw, &paths) != nil || len(paths) == 0 {
		return nil
	}
	tree := map[string]bool{}
	for _, p := range paths {
		if len(p) > 0 {
			if name, ok := p[0].Value.(string); ok {
				tree[name] = true
			}
		}
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return nil
	}
	return out
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
