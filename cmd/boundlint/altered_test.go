package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// TestAltered puts a value of every other JSON type in the place of the values
// of the real plans, states and dumps. Whatever comes of it, no finding gets
// lost: the input is refused, or is said to be incomplete, or has the findings
// that it had. What is different where Terraform could have printed the value
// is in mayPrint.
//
// Of each document some values are altered, spread over all of it. All are
// with
//
//	BOUNDLINT_TEST_ROUNDS=1000 go test ./cmd/boundlint -run Altered -timeout 10h
func TestAltered(t *testing.T) {
	var files []string
	for _, name := range []string{"plan*.json", "state.json", "*.tfstate", "account.json"} {
		found, err := filepath.Glob(filepath.Join(repository(t), "fixtures/real/*", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 20 {
		t.Fatalf("there are %d documents", len(files))
	}
	altered := 6 // values of each document
	if testing.Short() {
		altered = 4
	}
	for i, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := newDocument(t, string(content))
			values := valuesIn(t, content)
			every := max(1, len(values)/rounds(t, altered))
			for k := i % every; k < len(values); k += every {
				for kind, text := range others {
					if !sameKind(kind, values[k].kind) {
						d.alter(t, values[k], text)
					}
				}
			}
		})
	}
}

// rounds is a number of times, or as many times more as BOUNDLINT_TEST_ROUNDS
// says.
func rounds(t *testing.T, n int) int {
	t.Helper()
	s := os.Getenv("BOUNDLINT_TEST_ROUNDS")
	if s == "" {
		return n
	}
	times, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n * times
}

// others are one value of each JSON type.
var others = map[jsontext.Kind]string{'n': "null", 't': "true", '0': "5", '"': `"x"`, '[': "[]", '{': "{}"}

func sameKind(a, b jsontext.Kind) bool {
	isTruth := func(k jsontext.Kind) bool { return k == 't' || k == 'f' }
	return a == b || isTruth(a) && isTruth(b)
}

// mayPrint are the alterations that Terraform, or AWS, could have printed,
// after which an input rightly lacks a finding.
var mayPrint = []struct {
	place *regexp.Regexp
	value string
	why   string
}{
	{regexp.MustCompile(`/(values|attributes)/(roles|users|groups)$`), "null", "a policy need not be attached to all kinds of holders"},
	{regexp.MustCompile(`/(values|attributes)/permissions_boundary$`), "null", "a role need not have a boundary; it then lacks what the boundary lets it do"},
	{regexp.MustCompile(`/(values|attributes)/managed_policy_arns$`), "null", "a role need not have managed policies"},
	{regexp.MustCompile(`/(values|attributes)/inline_policy/[0-9]+/policy$`), "null", "a block without a policy tells the provider that there is none"},
}

// document is a real document with what boundlint says of it.
type document struct {
	text     string
	model    string
	findings []string
}

func newDocument(t *testing.T, text string) *document {
	t.Helper()
	d := &document{text: text, model: modelOf(text), findings: findings(t, text)}
	if d.model == "" {
		t.Fatal("the document itself cannot be judged as a whole")
	}
	return d
}

// alter asks what becomes of the findings with another value in a place.
func (d *document) alter(t *testing.T, at value, text string) {
	t.Helper()
	altered := d.text[:at.start] + text + d.text[at.end:]
	model := modelOf(altered)
	if model == "" || model == d.model {
		return // refused, or incomplete, or the place says nothing
	}
	for _, p := range mayPrint {
		if p.value == text && p.place.MatchString(string(at.place)) {
			return
		}
	}
	after := findings(t, altered)
	if len(d.findings) > 0 && len(after) == 0 {
		t.Errorf("with %s at %s there is no finding", text, at.place)
	}
	if slices.ContainsFunc(after, func(f string) bool { return strings.HasPrefix(f, "policy-invalid ") && !slices.Contains(d.findings, f) }) {
		return // a policy document of which not all can be read
	}
	for _, f := range d.findings {
		if !slices.Contains(after, f) {
			t.Errorf("with %s at %s the finding is lost: %s", text, at.place, f)
		}
	}
}

// modelOf is what a source makes of a document, "" where it refuses it, or
// knows that it is not complete: then it is not clean.
func modelOf(text string) string {
	models, err := source.Read(context.Background(), "-", source.Options{Stdin: strings.NewReader(text), Symbols: &policy.Symbols{}})
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, m := range models {
		if !m.Input.Complete && (!m.Input.Errored || len(m.Input.Reasons) > 1) {
			return "" // one of the plans ended in an error, and says so
		}
		out.WriteString(sourcetest.Dump(m))
		for _, e := range slices.Concat(m.Entities, m.PermissionSets) {
			fmt.Fprintln(&out, e.Tags)
		}
	}
	return out.String()
}

// findings are the rules and addresses of what is found in a document.
func findings(t *testing.T, text string) []string {
	t.Helper()
	got := boundlint(t, text, nil, "lint", "--format", "json", "-")
	var report struct {
		Findings []struct{ Rule, Address string }
	}
	if got.code == exitFailure || json.Unmarshal([]byte(got.stdout), &report) != nil {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
	var out []string
	for _, f := range report.Findings {
		out = append(out, f.Rule+" "+f.Address)
	}
	return out
}

// value is a value in a JSON text.
type value struct {
	place      jsontext.Pointer
	kind       jsontext.Kind
	start, end int
}

// valuesIn are all values of a JSON text, each before its parts.
func valuesIn(t *testing.T, content []byte) []value {
	t.Helper()
	var out []value
	dec := jsontext.NewDecoder(bytes.NewReader(content))
	token := func() {
		if _, err := dec.ReadToken(); err != nil {
			t.Fatal(err)
		}
	}
	var walk func()
	walk = func() {
		kind, i := dec.PeekKind(), len(out)
		if kind != '{' && kind != '[' {
			raw, err := dec.ReadValue()
			if err != nil {
				t.Fatal(err)
			}
			end := int(dec.InputOffset())
			out = append(out, value{dec.StackPointer(), kind, end - len(raw), end})
			return
		}
		token()
		out = append(out, value{dec.StackPointer(), kind, int(dec.InputOffset()) - 1, 0})
		for dec.PeekKind() != '}' && dec.PeekKind() != ']' {
			if kind == '{' {
				token()
			}
			walk()
		}
		token()
		out[i].end = int(dec.InputOffset())
	}
	walk()
	return out
}
