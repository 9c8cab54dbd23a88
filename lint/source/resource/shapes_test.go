package resource

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

type nested struct {
	Attributes map[string]struct {
		Type     any
		Required bool
		Nested   *nested `json:"nested_type"`
	}
	BlockTypes map[string]struct {
		Nesting string `json:"nesting_mode"`
		Block   nested
	} `json:"block_types"`
}

func sample(ty any) string {
	switch t := ty.(type) {
	case string:
		switch t {
		case "string":
			return `"x"`
		case "number":
			return `1`
		case "bool":
			return `true`
		}
		return `{}`
	case []any:
		switch t[0] {
		case "map":
			return `{"k":` + sample(t[1]) + `}`
		case "object":
			out := ""
			for n, e := range t[1].(map[string]any) {
				if out != "" {
					out += ","
				}
				out += fmt.Sprintf("%q:%s", n, sample(e))
			}
			return "{" + out + "}"
		default:
			return `[` + sample(t[1]) + `]`
		}
	}
	panic(fmt.Sprint(ty))
}

func (n nested) sample() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, a := range n.Attributes {
		if a.Nested != nil {
			b, _ := json.Marshal([]any{a.Nested.sample()})
			out[name] = b
			continue
		}
		out[name] = json.RawMessage(sample(a.Type))
	}
	for name, b := range n.BlockTypes {
		var v any = []any{b.Block.sample()}
		if b.Nesting == "single" {
			v = b.Block.sample()
		}
		x, _ := json.Marshal(v)
		out[name] = x
	}
	return out
}

func TestX(t *testing.T) {
	for typ, parts := range allParts() {
		for name := range parts.in {
			if shapeOf(typ, parts).Of(name) == nil {
				t.Errorf("%s.%s has no shape", typ, name)
			}
		}
	}
}

func TestSchema(t *testing.T) {
	content, err := os.ReadFile("/tmp/wtg-work/schema.json")
	if err != nil {
		t.Skip(err)
	}
	var d struct {
		ProviderSchemas map[string]struct {
			ResourceSchemas   map[string]struct{ Block nested } `json:"resource_schemas"`
			DataSourceSchemas map[string]struct{ Block nested } `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(content, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.ProviderSchemas {
		check := func(typ string, isData bool, n nested) {
			if !Reads(typ, isData) {
				return
			}
			raw, _ := json.Marshal(n.sample())
			s := Shape(typ, isData)
			found, err := s.Mismatches(raw, "")
			if err != nil || len(found) > 0 {
				t.Errorf("%s: %v %v", typ, found, err)
			}
			if isData {
				typ = "data." + typ
			}
			for _, name := range required[typ] {
				if b, ok := n.BlockTypes[name]; !n.Attributes[name].Required && !ok {
					t.Errorf("%s: %s is not required %v", typ, name, b)
				}
			}
			if g, ok := grantors[typ]; ok && len(typ) > 7 && typ[len(typ)-7:] == "_policy" && !n.Attributes[g.attribute].Required {
				t.Errorf("%s: %s is not required", typ, g.attribute)
			}
		}
		seen := map[string]bool{}
		for typ, r := range p.ResourceSchemas {
			check(typ, false, r.Block)
			seen[typ] = true
		}
		for typ, r := range p.DataSourceSchemas {
			check(typ, true, r.Block)
		}
		for typ := range allShapes() {
			if !seen[typ] {
				t.Log("not in schema: " + typ)
			}
		}
	}
}
