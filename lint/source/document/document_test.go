package document

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// valueOf makes a Value of what encoding/json gives.
func valueOf(v any) resource.Value {
	switch x := v.(type) {
	case string:
		return resource.StringValue(x)
	case []any:
		out := resource.Value{Kind: resource.List}
		for _, e := range x {
			out.List = append(out.List, valueOf(e))
		}
		return out
	case map[string]any:
		out := resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
		for k, e := range x {
			out.Object[k] = valueOf(e)
		}
		return out
	}
	return resource.Value{}
}

// TestProvider evaluates every data source that a real provider evaluated in
// the fixtures' plans, and compares byte for byte.
func TestProvider(t *testing.T) {
	plans, err := filepath.Glob("../../../fixtures/real/*/plan*.json")
	if err != nil {
		t.Fatal(err)
	}
	more, _ := filepath.Glob("testdata/*.json")
	n := 0
	for _, path := range append(plans, more...) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var plan struct {
			PriorState struct {
				Values struct {
					RootModule module `json:"root_module"`
				} `json:"values"`
			} `json:"prior_state"`
		}
		if err := json.Unmarshal(src, &plan); err != nil {
			t.Fatal(err)
		}
		plan.PriorState.Values.RootModule.each(func(address string, values map[string]any) {
			n++
			got := Evaluate(Input{Values: valueOf(values).Object, Symbols: &policy.Symbols{}, Address: address})
			if want := values["json"]; got.JSON != want {
				t.Errorf("%s %s:\ngot  %s\nwant %s", path, address, got.JSON, want)
			}
			if want, ok := values["minified_json"]; ok && got.Minified != want {
				t.Errorf("%s %s: minified:\ngot  %s\nwant %s", path, address, got.Minified, want)
			}
		})
	}
	if n == 0 {
		t.Skip("no plans in fixtures/real")
	}
}

type module struct {
	Resources []struct {
		Address, Type string
		Values        map[string]any
	}
	Children []module `json:"child_modules"`
}

func (m module) each(f func(string, map[string]any)) {
	for _, r := range m.Resources {
		if r.Type == "aws_iam_policy_document" {
			f(r.Address, r.Values)
		}
	}
	for _, c := range m.Children {
		c.each(f)
	}
}
