package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// part is a value in a JSON text.
type part struct {
	at         jsontext.Pointer
	kind       jsontext.Kind
	start, end int
}

// parts are all values of a JSON text, those that have parts before them.
func parts(t *testing.T, content []byte) []part {
	t.Helper()
	var out []part
	dec := jsontext.NewDecoder(bytes.NewReader(content))
	token := func() {
		if _, err := dec.ReadToken(); err != nil {
			t.Fatal(err)
		}
	}
	var value func()
	value = func() {
		kind := dec.PeekKind()
		token()
		end := int(dec.InputOffset())
		i := len(out)
		out = append(out, part{dec.StackPointer(), kind, end - 1, end})
		switch kind {
		case '{':
			for dec.PeekKind() != '}' {
				token()
				value()
			}
		case '[':
			for dec.PeekKind() != ']' {
				value()
			}
		default:
			// What comes before a value is a colon, a comma, a bracket or
			// white space.
			out[i].start = end - len(lastValue(content[:end]))
			return
		}
		token()
		out[i].end = int(dec.InputOffset())
	}
	value()
	return out
}

// lastValue is the scalar at the end of a text.
func lastValue(text []byte) []byte {
	if text[len(text)-1] != '"' {
		return text[bytes.LastIndexAny(text, ":,[ \n\t")+1:]
	}
	for i := len(text) - 2; ; i-- {
		if text[i] == '"' && (len(text[:i])-len(bytes.TrimRight(text[:i], `\`)))%2 == 0 {
			return text[i:]
		}
	}
}

// others are one value of each JSON type.
var others = map[jsontext.Kind]string{'n': "null", 't': "true", '0': "5", '"': `"x"`, '[': "[]", '{': "{}"}

func TestAltered(t *testing.T) {
	var files []string
	for _, name := range []string{"plan*.json", "state.json", "prior.tfstate", "account.json"} {
		found, err := filepath.Glob(filepath.Join(repository(t), "fixtures/real/*", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	every := 1
	if s := os.Getenv("EVERY"); s != "" {
		every, _ = strconv.Atoi(s)
	}
	for _, file := range files {
		if f := os.Getenv("ONLY"); f != "" && !strings.Contains(file, f) {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := &altering{base: string(content), code: boundlint(t, string(content), nil, "lint", "-").code, said: model(t, content)}
			if a.code == 2 {
				t.Fatal("cannot be read")
			}
			all := parts(t, content)
			for i := 0; i < len(all); i += every {
				p := all[i]
				for kind, text := range others {
					if kind != p.kind && (kind != 't' || p.kind != 'f') {
						a.alter(t, p, text)
					}
				}
			}
			slices.Sort(a.clean)
			fmt.Println("code", a.code, "parts", len(all), "altered", a.altered, "judged", a.judged, "clean", len(a.clean), strings.Join(a.clean, "\n    "))
		})
	}
}

type altering struct {
	base            string
	code            int
	said            string
	altered, judged int
	clean           []string
}

func (a *altering) alter(t *testing.T, p part, text string) {
	t.Helper()
	altered := a.base[:p.start] + text + a.base[p.end:]
	a.altered++
	said := model(t, []byte(altered))
	if said == "" || said == a.said {
		return
	}
	a.judged++
	got := boundlint(t, altered, nil, "lint", "-")
	if strings.Contains(got.stderr, "internal error") {
		t.Errorf("%s = %s: %s", p.at, text, got.stderr)
	}
	if got.code == 0 && a.code == 1 {
		a.clean = append(a.clean, string(p.at)+" = "+text)
	}
}

// model is what a source makes of an input, "" where it refuses it.
func model(t *testing.T, content []byte) string {
	t.Helper()
	models, err := source.Read(context.Background(), "-", source.Options{Stdin: bytes.NewReader(content), Symbols: &policy.Symbols{}})
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, m := range models {
		if !m.Input.Complete {
			return ""
		}
		out.WriteString(sourcetest.Dump(m))
		for _, e := range slices.Concat(m.Entities, m.PermissionSets) {
			fmt.Fprintln(&out, e.Tags)
		}
	}
	return out.String()
}

var _ = iam.Role
