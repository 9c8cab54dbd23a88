package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// compile reads a JSON Schema; change, if not nil, gets every object in it.
func compile(t *testing.T, path string, change func(map[string]any)) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		walk(doc, change)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://schema.invalid/root.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("https://schema.invalid/root.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func walk(v any, change func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		change(v)
		for _, child := range v {
			walk(child, change)
		}
	case []any:
		for _, child := range v {
			walk(child, change)
		}
	}
}

func validate(t *testing.T, schema *jsonschema.Schema, data []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
}

// TestJSONSchema validates against the published schema made strict: a key
// that it does not describe is an error here, so that no key goes
// undocumented.
func TestJSONSchema(t *testing.T) {
	schema := compile(t, filepath.Join("..", "..", "docs", "report.schema.json"), func(m map[string]any) {
		delete(m, "$id")
		_, described := m["properties"].(map[string]any)
		if described && m["type"] == "object" {
			m["additionalProperties"] = false
		}
	})
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) { validate(t, schema, render(t, "json", r, report.Options{})) })
	}
}

// TestJSONContract holds the order and the nulls of the keys that the issue
// of the contract names.
func TestJSONContract(t *testing.T) {
	r := &lint.Report{
		Tool:   lint.Tool{Name: "boundlint", Version: "0.1.0"},
		Inputs: []lint.InputSummary{{Path: "plan.json", Kind: iam.InputPlan, Complete: true}},
		Findings: []lint.Finding{{
			Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_role.a", Message: "a < b", Fingerprint: "f",
			Related: []lint.Related{{Address: "b"}},
		}},
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, render(t, "json", r, report.Options{})); err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"tool":{"name":"boundlint","version":"0.1.0"},` +
		`"inputs":[{"path":"plan.json","kind":"plan","complete":true,"account":null,"root":"","coverage":{"roots":0,"directories":[],"directoriesNotJudged":[],` +
		`"moduleCalls":0,"moduleCallsNotFollowed":[],"stacksNotFollowed":[],"blocksWithoutInstance":[],"policiesWithoutDocument":[],"boundariesWithoutDocument":[]}}],` +
		`"findings":[{"rule":"boundary-missing","severity":"error","verdict":"violation","input":0,"address":"aws_iam_role.a",` +
		`"attribute":"","message":"a < b","remediation":"","location":null,` +
		`"related":[{"address":"b","message":"","location":null}],"witness":null,"fingerprint":"f"}],` +
		`"diagnostics":[],"summary":{"entities":0,"policies":0,"violations":0,"undetermined":0,"suppressed":0,"unseenBoundaries":0},` +
		`"coverage":{"roots":0,"directories":0,"directoriesNotJudged":0,"moduleCalls":0,"moduleCallsNotFollowed":0,"stacksNotFollowed":0,` +
		`"blocksWithoutInstance":0,"policiesWithoutDocument":0,"boundariesWithoutDocument":0,"complete":true},"configuration":{"files":[],"ignores":[],"exclude":[]}}`
	if compact.String() != want {
		t.Errorf("got  %s\nwant %s", compact.String(), want)
	}
}

func TestDecodeIsTheInverse(t *testing.T) {
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) {
			first := render(t, "json", r, report.Options{})
			// A byte that is not an UTF-8 is written as an escape, the character
			// that it is read as stands for itself.
			first = bytes.ReplaceAll(first, []byte(`\ufffd`), []byte("\ufffd"))
			back, err := report.Decode(bytes.NewReader(first))
			if err != nil {
				t.Fatal(err)
			}
			if second := render(t, "json", back, report.Options{}); !bytes.Equal(first, second) {
				t.Errorf("written again it differs:\n%s", second)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	head := `{"version":1,"tool":{"name":"boundlint","version":"1"},"inputs":[{"path":"p","kind":"plan"}],"diagnostics":[],"summary":{},"findings":`
	for _, c := range []struct{ in, want string }{
		{``, "not valid JSON"},
		{`{"version":1`, "not valid JSON at byte 12"},
		{`[]`, "is a array"},
		{`{"format_version":"1.2"}`, "not a report that boundlint wrote"},
		{`{"version":2,"findings":[]}`, "version 2"},
		{`{"version":1,"findings":{}}`, "findings at byte"},
		{head + `[{"severity":"bad"}]}`, `finding 0: no such severity: "bad"`},
		{head + `[{"severity":"error","verdict":"maybe"}]}`, `no such verdict: "maybe"`},
		{head + `[{"severity":"error","verdict":"violation","input":1}]}`, "it is of input 1, and the report has 1"},
		{head + `[{"severity":"error","verdict":"violation","input":-1}]}`, "it is of input -1"},
		{head + `[],"suppressed":[{"finding":{}}]}`, "suppressed finding 0"},
		{head + `[],"rules":[{"severity":"x"}]}`, "rule 0"},
	} {
		_, err := report.Decode(strings.NewReader(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %s", c.in, err, c.want)
		}
	}
	if _, err := report.Decode(strings.NewReader("\xef\xbb\xbf" + head + "[]}")); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	var written []string
	for _, r := range reports() {
		var b bytes.Buffer
		reporter, _ := report.ByName("json")
		if err := reporter.Report(&b, r, report.Options{}); err != nil {
			f.Fatal(err)
		}
		written = append(written, b.String())
	}
	sourcetest.Seeds(func(edits []byte) {
		for which := range written {
			f.Add(byte(which), edits)
		}
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		data := []byte(sourcetest.Edit(written[int(which)%len(written)], edits))
		r, err := report.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		// What was read can be written in every format, and nothing panics.
		for _, name := range report.Names() {
			reporter, _ := report.ByName(name)
			if err := reporter.Report(&bytes.Buffer{}, r, report.Options{Account: "111122223333"}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	a, b := sample(), spotless()
	c := sample()
	c.Tool.Version = "1.3.0"
	m := report.Merge(a, b, c)
	if len(m.Inputs) != 5 || len(m.Findings) != 2*len(a.Findings) || len(m.Rules) != len(sampleRules) {
		t.Fatalf("%d inputs, %d findings, %d rules", len(m.Inputs), len(m.Findings), len(m.Rules))
	}
	if m.Tool.Version != "1.2.3, 1.3.0" {
		t.Errorf("version %q", m.Tool.Version)
	}
	for i := range a.Findings {
		want := c.Findings[i]
		want.Input += 3
		if got := m.Findings[len(a.Findings)+i]; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if !reflect.DeepEqual(a, sample()) {
		t.Error("merging changed a report")
	}
	if m.Suppressed[1].Finding.Input != 3 {
		t.Errorf("the suppressed finding is of input %d", m.Suppressed[1].Finding.Input)
	}
	if m.Summary.Entities != 18 || m.Summary.Policies != 25 || m.Summary.UnseenBoundaries != 4 {
		t.Errorf("summary %+v", m.Summary)
	}
}
