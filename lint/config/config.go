// Package config reads .boundlint.hcl, the house rules, into lint.Settings.
// Everything in the file is checked here, with the place of each fault, so
// that nothing after it has to doubt a pattern, a rule's name or a date.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/internal/steady"
)

// FileName is the name under which the configuration is looked for.
const FileName = ".boundlint.hcl"

// A configuration is a page or two. What is larger or nested deeper was not
// written by a person, and the parser is recursive.
const (
	maxBytes = 1 << 18
	maxDepth = 64
)

// Find looks for the configuration that holds for dir: the nearest one
// upwards, ending at the root of the repository (the first directory with a
// .git) or of the file system. It returns "" where there is none; the path is
// absolute. Nobody has named the file, and whoever writes the repository may
// have put anything in its place: what is no regular file of the repository is
// an error.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", FileName, err)
	}
	for {
		path := filepath.Join(dir, FileName)
		switch _, err := os.Lstat(path); {
		case err == nil:
			return path, checkInside(path)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return "", fmt.Errorf("look for %s: %w", FileName, err)
		}
		if isRepository(dir) {
			return "", nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// isRepository reports whether a directory is the root of a repository; .git is
// a file in a worktree.
func isRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// checkInside is nil for a regular file, or a link to one, in the repository
// that its directory belongs to, or without one in that directory.
func checkInside(path string) error {
	base := filepath.Dir(path)
	for dir := base; ; dir = filepath.Dir(dir) {
		if isRepository(dir) {
			base = dir
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		return fmt.Errorf("look for %s: %w", FileName, err)
	}
	defer root.Close()
	rel, err := filepath.Rel(base, path)
	if err != nil {
		return fmt.Errorf("look for %s: %w", FileName, err)
	}
	info, err := root.Stat(rel)
	switch {
	case err != nil:
		return fmt.Errorf("%s: it is not read: it is a link that leads out of the repository, or nowhere", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: it is not read: it is no regular file", path)
	}
	return nil
}

// Load reads the configuration at path. Rules are the ids of the rules that
// exist. Locations in the settings name the file by path as given, with
// slashes; files that the configuration names are read from its directory and
// below only. Faults in the file are an *[Error], all of them at once.
func Load(path string, rules []string) (*lint.Settings, error) {
	src, err := readLimited(path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("open the directory of the configuration: %w", err)
	}
	defer root.Close()
	return parse(src, filepath.ToSlash(path), root, rules)
}

func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file", path)
	case err != nil:
		return nil, fmt.Errorf("read the configuration: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("%s: is a directory; name the file in it", path)
	case info.Size() > maxBytes:
		return nil, fmt.Errorf("%s: has %d bytes; a configuration has at most %d", path, info.Size(), maxBytes)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1)) // a device has no size
	if err == nil {
		err = steady.Check(f, info)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the configuration: %w", err)
	case len(src) > maxBytes:
		return nil, fmt.Errorf("%s: has more than %d bytes, which a configuration has at most", path, maxBytes)
	}
	return bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), nil
}

func parse(src []byte, name string, root *os.Root, rules []string) (*lint.Settings, error) {
	c := &checker{
		name:     name,
		root:     root,
		rules:    rules,
		seen:     map[string]hcl.Range{},
		settings: &lint.Settings{File: name},
	}
	tokens, diags := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, &Error{diags: diags} // it may be another kind of file: it is not quoted
	}
	if r, deep := tooDeep(tokens); deep {
		c.errorf(r, "brackets are nested more than %d deep", maxDepth)
		return nil, &Error{diags: c.diags}
	}
	parsed, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	c.diags = diags
	if diags.HasErrors() {
		return nil, &Error{diags: c.diags}
	}
	var f file
	c.diags = append(c.diags, gohcl.DecodeBody(parsed.Body, nil, &f)...)
	for _, d := range c.diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			c.misfits = append(c.misfits, *d.Subject)
		}
	}
	if body, ok := parsed.Body.(*hclsyntax.Body); ok {
		c.blocks = body.Blocks
	}
	c.src = src
	c.file(&f)
	if c.diags.HasErrors() {
		return nil, &Error{diags: c.diags, src: src}
	}
	return c.settings, nil
}

// nesting is what a token adds to the depth.
var nesting = map[hclsyntax.TokenType]int{
	hclsyntax.TokenOBrace: 1, hclsyntax.TokenOBrack: 1, hclsyntax.TokenOParen: 1,
	hclsyntax.TokenTemplateInterp: 1, hclsyntax.TokenTemplateControl: 1,
	hclsyntax.TokenCBrace: -1, hclsyntax.TokenCBrack: -1, hclsyntax.TokenCParen: -1,
	hclsyntax.TokenTemplateSeqEnd: -1,
}

// tooDeep finds the first bracket that is nested deeper than maxDepth. The
// operators that recurse as well cannot exhaust the stack in maxBytes.
func tooDeep(tokens hclsyntax.Tokens) (hcl.Range, bool) {
	depth := 0
	for _, t := range tokens {
		depth += nesting[t.Type]
		if depth > maxDepth {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}
