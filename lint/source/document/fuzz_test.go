package document

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// FuzzEvaluate: whatever the arguments, the result is JSON with an origin for
// each statement, and evaluating it as a source gives it again.
func FuzzEvaluate(f *testing.F) {
	content, err := os.ReadFile("testdata/quirks.json")
	if err != nil {
		f.Fatal(err)
	}
	var plan struct {
		PriorState struct {
			Values struct {
				RootModule module `json:"root_module"`
			} `json:"values"`
		} `json:"prior_state"`
	}
	if err := json.Unmarshal(content, &plan); err != nil {
		f.Fatal(err)
	}
	plan.PriorState.Values.RootModule.each(func(_ string, values map[string]any) {
		b, err := json.Marshal(values)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "x")
	})
	f.Add([]byte(`{"source_policy_documents":["{\"Statement\":[{\"Sid\":\"a\"},{\"Sid\":\"a\"}]}","nonsense"],"statement":[{"condition":[{"values":[]}]}]}`), "a")
	f.Fuzz(func(t *testing.T, arguments []byte, hide string) {
		var v map[string]any
		if sourcetest.TooLong(len(arguments)) || json.Unmarshal(arguments, &v) != nil {
			return
		}
		syms := &policy.Symbols{}
		values := hideIn(valueOf(v), hide, syms).Object
		got := Evaluate(Input{Values: values, Symbols: syms, Address: "data.x.y"})
		var d doc
		if err := json.Unmarshal([]byte(got.JSON), &d); err != nil {
			t.Skip() // a principal that is an empty list of blocks, and the like
		}
		if len(d.Statements) != len(got.Origins) {
			t.Fatalf("%d origins for %d statements:\n%s", len(got.Origins), len(d.Statements), got.JSON)
		}
		policy.Parse(got.JSON, syms, policy.ParseOptions{})
	})
}

// hideIn hides every string that equals text.
func hideIn(v resource.Value, text string, syms *policy.Symbols) resource.Value {
	switch v.Kind {
	case resource.Scalar:
		if s, _ := v.Text.Known(); s == text {
			return resource.UnknownValue(resource.UnknownSymbol(syms, "", "x", nil, false))
		}
	case resource.List:
		for i := range v.List {
			v.List[i] = hideIn(v.List[i], text, syms)
		}
	case resource.Object:
		for k, e := range v.Object {
			v.Object[k] = hideIn(e, text, syms)
		}
	case resource.Null, resource.Unknown:
	}
	return v
}
