package resource

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestShapes: the model is made of no attribute whose type is not known.
func TestShapes(t *testing.T) {
	for typ, parts := range allParts() {
		for name := range parts.in {
			if shapeOf(typ, parts).Of(name) == nil {
				t.Errorf("%s.%s has no shape", typ, name)
			}
		}
	}
}

// schemaBlock is a block in what terraform providers schema -json prints.
type schemaBlock struct {
	Attributes map[string]struct {
		Type     any
		Required bool
	}
	BlockTypes map[string]struct {
		MinItems int `json:"min_items"`
		Block    schemaBlock
	} `json:"block_types"`
}

// sample is a block in which every attribute has a value.
func (b schemaBlock) sample() map[string]any {
	out := map[string]any{}
	for name, a := range b.Attributes {
		out[name] = sampleOf(a.Type)
	}
	for name, inner := range b.BlockTypes {
		out[name] = []any{inner.Block.sample()}
	}
	return out
}

// sampleOf is a value of a type as Terraform writes types in JSON.
func sampleOf(typ any) any {
	parts, ok := typ.([]any)
	if !ok || len(parts) < 2 {
		return map[any]any{"string": "x", "number": 1, "bool": true}[typ]
	}
	switch parts[0] {
	case "map":
		return map[string]any{"k": sampleOf(parts[1])}
	case "object":
		out := map[string]any{}
		members, _ := parts[1].(map[string]any)
		for name, of := range members {
			out[name] = sampleOf(of)
		}
		return out
	}
	return []any{sampleOf(parts[1])}
}

// TestShapesOfProvider holds the shapes to the schema of the real provider.
func TestShapesOfProvider(t *testing.T) {
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform == "" || plugins == "" {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	dir := t.TempDir()
	const versions = "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "versions.tf"), []byte(versions), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command(terraform, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		return out
	}
	run("init", "-plugin-dir="+plugins)
	var schema struct {
		Providers map[string]struct {
			Resources map[string]struct{ Block schemaBlock } `json:"resource_schemas"`
			Data      map[string]struct{ Block schemaBlock } `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(run("providers", "schema", "-json"), &schema); err != nil {
		t.Fatal(err)
	}
	held := 0
	hold := func(typ string, isData bool, b schemaBlock) {
		if !Reads(typ, isData) {
			return
		}
		held++
		raw, err := json.Marshal(b.sample())
		if err != nil {
			t.Fatal(err)
		}
		if found, err := Shape(typ, isData).Mismatches(raw, ""); err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", typ, found, err)
		}
		needed := slices.Clone(required[typ])
		if g, ok := grantors[typ]; ok && strings.HasSuffix(typ, "_policy") {
			needed = append(needed, g.attribute)
		}
		for _, name := range needed {
			if !isData && !b.Attributes[name].Required && b.BlockTypes[name].MinItems == 0 {
				t.Errorf("%s need not have %s", typ, name)
			}
		}
	}
	for _, p := range schema.Providers {
		for typ, r := range p.Resources {
			hold(typ, false, r.Block)
		}
		for typ, d := range p.Data {
			hold(typ, true, d.Block)
		}
	}
	if held < 100 {
		t.Errorf("only %d types are read", held)
	}
}
