package tfconfig

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// compareOutline compares a file in outline, with the bodies that are parsed by
// themselves, with the whole. It reports false where that says nothing.
func compareOutline(t *testing.T, src []byte) bool {
	t.Helper()
	shape, err := scanShape(src)
	if err != nil {
		return false
	}
	blocks, ok := outline(src, "f.tf", shape.blocks)
	if !ok {
		return false
	}
	c := newConfiguration(".")
	c.bodies = &bodies{}
	for i, b := range blocks {
		if b.Body != nil {
			continue
		}
		r := resourceBlock{rng: b.DefRange(), text: src, end: b.CloseBraceRange.End.Byte, bodies: c.bodies}
		if blocks[i] = r.parse(); blocks[i] == nil {
			return false
		}
		if got, want := r.rng, blocks[i].DefRange(); got != want {
			t.Errorf("the header is at %s, want %s", got, want)
		}
		if got, want := b.Labels, blocks[i].Labels; !reflect.DeepEqual(got, want) {
			t.Errorf("the header has %q, want %q", got, want)
		}
	}
	parsed, diags := hclsyntax.ParseConfig(src, "f.tf", hcl.InitialPos)
	whole, isNative := parsed.Body.(*hclsyntax.Body)
	if !isNative || len(diags) > 0 || len(whole.Attributes) > 0 || len(blocks)+len(whole.Blocks) > 0 && !reflect.DeepEqual(blocks, []*hclsyntax.Block(whole.Blocks)) {
		t.Errorf("the outline of\n%s\nis not the whole (%v)", src, diags)
	}
	return true
}

// A file comes to the same, places included, in outline and as a whole.
func TestOutline(t *testing.T) {
	files, err := filepath.Glob("../../../fixtures/*/*/*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no fixtures")
	}
	outlines := 0
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(src), "\ufeff" + string(src), strings.ReplaceAll(string(src), "\n", "\r\n")} {
			if compareOutline(t, []byte(text)) {
				outlines++
			}
		}
	}
	if outlines < 2*len(files) {
		t.Errorf("%d outlines of %d files", outlines, len(files))
	}
}

func TestOutlineOf(t *testing.T) {
	for src, want := range map[string]bool{
		"":            true,
		"# a comment": true,
		"\n/* a { \n */\nresource \"a\" \"b\" {}\n":      true,
		"resource \"a\" \"b\" {\n  x = 1\n} # y\n":       true,
		"  resource a \"b\" { # }\n}\nlocals {\n}":       true,
		"resource \"\u00e9\" \"b\" {\n}\n":               true,
		"resource \"a\" \"b\" \"c\" {\n  x = 1\n}\n":     true,
		"/* x */ data \"a\" \"b\" {\n  x = <<E\n}\nE\n}": true,
		"x = 1\n":                                        false,
		"x = {}\n":                                       false,
		"resource \"a\" \"b\" {\n} }\n":                  false,
		"resource \"a\" \"b\" {\n} x\n":                  false,
		"resource \"a\" \"b\" {\n":                       false,
		"resource \"a\" \"b\"\n{\n}\n":                   false,
		"resource \"a\" \"b\" {\n} locals {\n}\n":        false,
		"resource \"a\" \"b\" {\n} /*\n*/ locals {\n}\n": false,
		"resource \"a\" \"b\" {\n)\n":                    false,
		"resource \"a\" \"b\" {\n}\nx = (1)\n":           false,
		"resource \"a\" \"b\" {\n}\n\ufefflocals {\n}\n": false,
		"resource \"a\" \"b\" {\n  x = <<E\n}\n":         false,
		"locals {\n  x = \n}\n":                          false,
	} {
		if got := compareOutline(t, []byte(src)); got != want {
			t.Errorf("%q: %t", src, got)
		}
	}
}

// Configuration comes to the same model, its places and what is wrong with it
// included, whether the bodies of resources are kept or parsed on demand.
func TestBodiesOnDemand(t *testing.T) {
	dirs := map[string]bool{}
	for _, below := range []string{"../../../fixtures", "testdata"} {
		err := filepath.WalkDir(below, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && tfBase(d.Name()) != "" {
				dirs[filepath.Dir(p)] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	startedOver := 0
	for dir := range dirs {
		load := func(outlines bool, whole int) string {
			s, err := open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.loader.outlines, s.loader.whole, s.loader.bodies.most = outlines, whole, 0
			models, err := s.loadAll(dir)
			s.close()
			if err != nil {
				return err.Error()
			}
			if outlines && !s.loader.outlines {
				startedOver++
			}
			var out strings.Builder
			for _, m := range models {
				out.WriteString(sourcetest.Dump(m))
				writePlaces(&out, m)
			}
			return out.String()
		}
		want := load(false, 0)
		for _, whole := range []int{-1, 0} { // no file, or the first
			if got := load(true, whole); got != want {
				t.Errorf("%s on demand:\n%s\nwant\n%s", dir, got, want)
			}
		}
	}
	if len(dirs) < 500 || startedOver == 0 {
		t.Errorf("%d directories, %d of which have a fault", len(dirs), startedOver)
	}
}

// writePlaces writes where a model has its parts from.
func writePlaces(out *strings.Builder, m *iam.Model) {
	write := func(l iam.Location) {
		fmt.Fprint(out, l.Address, " ", l.Attribute, " ", l.File, l.Range)
		for call := l.Call; call != nil; call = call.Call {
			fmt.Fprint(out, " in ", call.File, call.Range)
		}
		out.WriteByte('\n')
	}
	writeStatements := func(d *iam.Document) {
		if d == nil || d.Document == nil {
			return
		}
		for i, s := range d.Statements {
			write(d.StatementLocation(i, s.Range))
			for _, action := range s.Action {
				write(d.StatementLocation(i, action.Range))
			}
		}
	}
	for _, d := range m.Diagnostics {
		out.WriteString(d.Summary)
		write(d.Location)
	}
	for _, e := range m.Entities {
		write(e.Location)
		write(e.Name.Location)
		write(e.Boundary.Location)
		writeStatements(e.Trust)
	}
	for _, p := range m.Policies {
		writeStatements(p.Document)
	}
	for _, p := range m.Inline {
		writeStatements(p.Document)
	}
}
