package tfconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// seeds adds the configurations of the cases to a fuzz target.
func seeds(f *testing.F, add func(src string)) {
	f.Helper()
	for _, pattern := range []string{"testdata/cases/*/*.tf", "../../../fixtures/real/*/main.tf"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range paths {
			src, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			add(string(src))
		}
	}
	for _, input := range hostile() {
		for name, text := range input.files {
			if strings.HasSuffix(name, ".tf") && len(text) < 2000 {
				add(text)
			}
		}
	}
}

// evaluateText evaluates a text as the one file of a root module, without the
// guard that keeps a run alive.
func evaluateText(tb testing.TB, dir, file string, src []byte) *iam.Model {
	tb.Helper()
	tree, err := openTree(dir, dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer tree.Close()
	s := newScan(tree, ".", Options{})
	config := newConfiguration(".")
	s.loader.configs[readBy{".", iam.OpenTofu}] = config
	s.loader.files[file] = src
	config.take(parseSource(file, src, false))
	ev, err := s.newEvaluator(".", "fuzz", iam.OpenTofu, nil)
	if err != nil {
		tb.Fatal(err)
	}
	ev.steps = 20_000
	b := resource.NewBuilder(iam.Input{Kind: iam.InputConfig}, ev.symbols)
	ev.root.walk(func(m *moduleInstance) {
		for _, address := range m.config.resourceOrder {
			if block := m.config.resources[address]; resource.Reads(block.typ, block.data) {
				for _, i := range m.resource(address).list {
					b.Add(i.resource())
				}
			}
		}
	})
	return b.Model()
}

// FuzzEvaluate evaluates any text as configuration: nothing may fail, and
// every place must lie in a file that was read.
func FuzzEvaluate(f *testing.F) {
	seeds(f, func(src string) { f.Add(src) })
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 4000 || sourcetest.TooLong(len(src)) || forgesToken(src) {
			return
		}
		m := evaluateText(t, dir, "main.tf", []byte(src))
		lines := strings.Count(src, "\n") + 1
		for _, e := range m.Entities {
			for _, v := range []iam.Value{e.Name, e.Boundary} {
				if l := v.Location.Range.Start.Line; l > lines {
					t.Errorf("%s is at line %d of %d", e.Address, l, lines)
				}
			}
		}
		for _, p := range m.Policies {
			if p.Document == nil {
				continue
			}
			for i, s := range p.Document.Statements {
				for _, a := range s.Action {
					p.Document.StatementLocation(i, a.Range)
				}
			}
		}
	})
}

// FuzzExpression evaluates any text as an expression in which names of all
// kinds may be used.
func FuzzExpression(f *testing.F) {
	for _, name := range []string{"expressions.txt", "documented.txt"} {
		src, err := os.ReadFile(filepath.Join(consoleDir, name))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(src)) {
			f.Add(strings.TrimSpace(line))
		}
	}
	for _, x := range []string{
		`try(var.u.x[0], aws_iam_role.c[0].arn, null)`, `merge(var.u, var.o, { a = one(aws_iam_role.c[*].arn) })`,
		`[for k, v in var.o : "${k}-${v}" if k != var.u]`, `{ for x in concat(var.l, ["a"]) : x => upper(x)... }`,
		`var.u ? var.l : var.o`, `jsonencode(aws_iam_role.c)`, `sensitive(var.d)[0]`, `split(var.u, aws_iam_role.c[0].arn)`,
		`templatestring("$${x}%%{ for y in x }$${y}%%{ endfor }", { x = var.l })`, `lookup(var.o, var.u, var.d)`,
	} {
		f.Add(x)
	}
	const names = `
variable "u" {}
variable "d" {
  default = { a = [1, "x", null] }
}
variable "l" {
  type = list(string)
}
variable "o" {
  type = object({ a = optional(string), b = map(number) })
}
variable "s" {
  sensitive = true
  default   = "s"
}
variable "n" {
  type = number
}
resource "aws_iam_role" "c" {
  count = var.n
  name  = "c${count.index}"
}
data "aws_caller_identity" "me" {}
locals {
  it = `
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, x string) {
		if len(x) > 500 || sourcetest.TooLong(len(x)) || forgesToken(x) {
			return
		}
		src := names + x + "\n}\n" + role("local.it") + "resource \"aws_iam_role\" \"each\" {\n  for_each = local.it\n  name = each.value\n  permissions_boundary = each.key\n}\n" +
			"resource \"aws_iam_policy\" \"p\" {\n  name = local.it[0]\n  policy = jsonencode(local.it)\n}\n"
		if checkShape([]byte(src)) != nil {
			return
		}
		evaluateText(t, dir, "main.tf", []byte(src))
	})
}

// FuzzOutline: a file in outline comes to the same as the whole.
func FuzzOutline(f *testing.F) {
	seeds(f, func(src string) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src string) {
		if !sourcetest.TooLong(len(src)) {
			compareOutline(t, []byte(src))
		}
	})
}

// FuzzJSON parses any text as configuration in JSON.
func FuzzJSON(f *testing.F) {
	src, err := os.ReadFile("testdata/cases/27-json/main.tf.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(src))
	f.Add(`{"//": "boundlint:ignore x reason=\"y\"", "resource": [{"aws_iam_role": {"r": [{"name": "${1}"}]}}]}`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 4000 || sourcetest.TooLong(len(src)) || forgesToken(src) {
			return
		}
		evaluateText(t, dir, "main.tf.json", []byte(src))
	})
}

// FuzzShape proves that what the shape scanner lets pass is nested no deeper
// than it says, by a count of its own.
func FuzzShape(f *testing.F) {
	seeds(f, func(src string) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src string) {
		if sourcetest.TooLong(len(src)) || checkShape([]byte(src)) != nil {
			return
		}
		s := shapeScanner{src: []byte(src), line: 1, frames: []shapeFrame{{kind: inBody}}}
		if err := s.scan(); err != nil {
			t.Fatal("the scanner does not agree with itself")
		}
		if want := strings.Count(src, "\n") + 1; s.line > want {
			t.Errorf("%d lines of %d", s.line, want)
		}
	})
}
