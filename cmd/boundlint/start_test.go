package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What a package may make before main, in pieces of memory and in bytes. Every run pays for it,
// "boundlint version" as well: what few runs need is made on first use (lint/internal/lazy).
const (
	mostAtStart      = 500
	mostBytesAtStart = 64 << 10
	// mostOfAll is the pieces of all packages together, with the standard library.
	mostOfAll = 5500
)

// dearAtStart are packages that make more. Those of cli's manual are not in what is released (.goreleaser.yaml,
// tags), and go-cmp comes with hclwrite.
var dearAtStart = map[string]bool{
	"github.com/russross/blackfriday/v2": true,
	"github.com/google/go-cmp/cmp":       true,
}

var initialized = regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, (\d+) allocs$`)

// TestStart counts what packages make at the start of the program, as the runtime tells it
// (GODEBUG, inittrace). It counts and takes no time.
func TestStart(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run", "^$")
	c.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	traced, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, traced)
	}
	packages, all := 0, 0
	for _, m := range initialized.FindAllStringSubmatch(string(traced), -1) {
		size, errSize := strconv.Atoi(m[2])
		pieces, errPieces := strconv.Atoi(m[3])
		if errSize != nil || errPieces != nil {
			t.Fatal(m[0])
		}
		if strings.HasPrefix(m[1], "github.com/boundlint/boundlint/fixtures/") || m[1] == "github.com/boundlint/boundlint/cmd/boundlint" {
			continue // here they are tests
		}
		packages++
		all += pieces
		if (pieces > mostAtStart || size > mostBytesAtStart) && !dearAtStart[m[1]] {
			t.Errorf("%s makes %d pieces of memory of %d bytes at the start, more than %d or %d", m[1], pieces, size, mostAtStart, mostBytesAtStart)
		}
	}
	if packages < 50 {
		t.Fatalf("%d packages are traced:\n%s", packages, traced)
	}
	if all > mostOfAll {
		t.Errorf("all packages make %d pieces of memory at the start, more than %d", all, mostOfAll)
	}
}

// TestNothingCompiledAtStart finds variables of packages for which a regular expression or a
// template is compiled at the start.
func TestNothingCompiledAtStart(t *testing.T) {
	files := 0
	for _, dir := range []string{".", "../../lint", "../../rules"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "gen" || d.Name() == "testdata" || d.Name() == "linttest" || d.Name() == "sourcetest") {
				return filepath.SkipDir // they are not in the program
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files++
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, at := range compiledAtStart(file) {
				t.Errorf("%s is compiled at the start of each run: make it on first use, as lint/internal/lazy does", fset.Position(at))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 500 {
		t.Errorf("only %d files are looked at", files)
	}
}

// compiledAtStart are the places at which variables of a package are made of a call of Compile,
// MustCompile, or Must, outside of functions.
func compiledAtStart(file *ast.File) []token.Pos {
	var out []token.Pos
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.VAR {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				name := ""
				if s, ok := n.Fun.(*ast.SelectorExpr); ok {
					name = s.Sel.Name
				}
				if name == "Compile" || name == "MustCompile" || name == "Must" {
					out = append(out, n.Pos())
				}
			}
			return true
		})
	}
	return out
}

func TestCompiledAtStart(t *testing.T) {
	for src, want := range map[string]int{
		"var a = regexp.MustCompile(`x`)":                                                  1,
		"var (\n\ta = 1\n\tb = regexp.MustCompile(`x`)\n)":                                 1,
		"var a = template.Must(template.New(``).Parse(``))":                                1,
		"var a = []*regexp.Regexp{regexp.MustCompile(`x`), regexp.MustCompile(`y`)}":       2,
		"var a = lazy.Regexp(`x`)":                                                         0,
		"var a = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`x`) })": 0,
		"func a() { var b = regexp.MustCompile(`x`); _ = b }":                              0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a\n"+src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(compiledAtStart(file)); got != want {
			t.Errorf("%s: %d places, want %d", src, got, want)
		}
	}
}
