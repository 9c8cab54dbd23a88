package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// unit is a package whose files hold every change.
type unit struct {
	name    string
	mutants []*mutant
	files   map[string]string // by path
}

// load reads a package and finds its changes.
func load(dir string) (*unit, error) {
	exports, files, err := list(dir)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, file := range files {
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "gc", open)}).Check(dir, fset, parsed, info)
	if err != nil {
		return nil, err
	}
	u := &unit{name: pkg.Name(), files: map[string]string{}}
	for i, f := range parsed {
		if ast.IsGenerated(f) {
			continue
		}
		src, err := os.ReadFile(files[i])
		if err != nil {
			return nil, err
		}
		none := func() map[ast.Node]bool { return map[ast.Node]bool{} }
		c := &collector{file: files[i], src: string(src), fset: fset, pkg: pkg, info: info, skipped: none(), needless: none(), tied: none()}
		c.collect(f)
		found, err := unmarked(fset, f, c.found)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			m.id = len(u.mutants) + 1
			u.mutants = append(u.mutants, m)
		}
		u.files[files[i]] = rewrite(c.src, found)
	}
	return u, nil
}

// list asks the go command for the files of a package, and for what it has
// compiled of those that it imports.
func list(dir string) (exports map[string]string, files []string, err error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,DepOnly,GoFiles", "./"+filepath.ToSlash(dir)).Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list %s: %w", dir, err)
	}
	exports = map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string   `json:"ImportPath"`
			Export     string   `json:"Export"`
			DepOnly    bool     `json:"DepOnly"`
			GoFiles    []string `json:"GoFiles"`
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return exports, files, nil
		} else if err != nil {
			return nil, nil, err
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			for _, f := range p.GoFiles {
				files = append(files, filepath.Join(dir, f))
			}
		}
	}
}

const marking = "//mutate:work"

// unmarked leaves out the changes of lines that are marked to change nothing
// but the amount of work.
func unmarked(fset *token.FileSet, f *ast.File, all []*mutant) ([]*mutant, error) {
	marked := map[int]int{} // how many changes are on the line
	for _, g := range f.Comments {
		for _, c := range g.List {
			reason, ok := strings.CutPrefix(c.Text, marking)
			if !ok {
				continue
			}
			if strings.TrimSpace(reason) == "" {
				return nil, fmt.Errorf("%s: %s needs a reason", fset.Position(c.Pos()), marking)
			}
			marked[fset.Position(c.Pos()).Line] = 0
		}
	}
	var rest []*mutant
	for _, m := range all {
		if _, ok := marked[m.line]; ok {
			marked[m.line]++
		} else {
			rest = append(rest, m)
		}
	}
	for line, n := range marked {
		if n == 0 {
			return nil, fmt.Errorf("%s:%d: %s marks a line on which nothing is changed", fset.Position(f.Pos()).Filename, line, marking)
		}
	}
	return rest, nil
}
