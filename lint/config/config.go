// Package config reads .boundlint.hcl, the configuration, into lint.Settings.
// Everything in the file is checked here, with the place of each fault, so
// that nothing after it has to doubt a pattern, a rule's name or a date.
package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	pathpkg "path"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
)

// FileName is the name under which the configuration is looked for.
const FileName = ".boundlint.hcl"

// PolicyName is the name that examples give an organisation's policy.
const PolicyName = "policy.hcl"

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
// have put anything in its place: what is not a regular file of the repository is
// an error.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", FileName, err)
	}
	for {
		path := filepath.Join(dir, FileName)
		switch lies, err := files.Lies(path); {
		case err != nil:
			return "", fmt.Errorf("look for %s: %w", FileName, err)
		case lies:
			return path, checkFound(path)
		}
		parent := filepath.Dir(dir)
		if files.IsRepository(dir) || parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// checkFound is nil for a regular file, or a link to one, in the repository
// that its directory belongs to, or without one in that directory.
func checkFound(path string) error {
	t, inside, err := files.OpenAround(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("look for %s: %w", FileName, err)
	}
	defer func() { _ = t.Close() }() // it has only been read
	switch info, err := t.Stat(pathpkg.Join(inside, FileName)); {
	case err != nil:
		return fmt.Errorf("%s: it is not read: it is a link that leads out of the repository, or nowhere", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: it is not read: it is not a regular file", path)
	}
	return nil
}

// Load reads the configuration that the user names. Rules
// are the ids of those that exist.
// Locations in the settings name the file by path as given, with slashes; files
// that the configuration names are read from its directory and below, and only
// within the repository. Faults in the file are an *[Error], all of them at once.
func Load(path string, rules []string) (*lint.Settings, error) {
	return load(path, &checker{name: filepath.ToSlash(path), rules: rules}, readNamed)
}

// LoadPolicy reads an organisation's policy, which the user names: a configuration
// that may lock what repositories configure. The error is as that of [Load].
func LoadPolicy(path string, rules []string) (*lint.Settings, error) {
	return load(path, &checker{name: filepath.ToSlash(path), rules: rules, policy: true}, readNamed)
}

// LoadFound reads the configuration that [Find] has found. Nobody has named it:
// it is read only as long as it is a file of the repository.
func LoadFound(path string, rules []string) (*lint.Settings, error) {
	return LoadFoundAs(path, path, rules)
}

// LoadFoundAs is [LoadFound] for a copy of a file, which messages call by the name
// of the file.
func LoadFoundAs(path, name string, rules []string) (*lint.Settings, error) {
	return load(path, &checker{name: filepath.ToSlash(name), rules: rules}, readFound)
}

// LoadLaid is [LoadFound] where files, and the configuration among them, are read as an
// overlay has them.
func LoadLaid(path string, rules []string, overlay files.Overlay) (*lint.Settings, error) {
	return load(path, &checker{name: filepath.ToSlash(path), rules: rules, overlay: overlay}, readFound)
}

func load(path string, c *checker, read func(t *files.Tree, dir, path string) ([]byte, error)) (*lint.Settings, error) {
	src, err := c.open(path, read)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.tree.Close() }() // it has only been read
	return parse(src, c)
}

// open reads the text of the file, and leaves the tree open that it lies in for
// what the file names.
func (c *checker) open(path string, read func(t *files.Tree, dir, path string) ([]byte, error)) ([]byte, error) {
	t, dir, err := files.OpenAround(filepath.Dir(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file", c.name)
	case err != nil:
		return nil, fmt.Errorf("open the directory of %s: %w", c.self(), err)
	}
	t.Lay(c.overlay)
	src, err := read(t, dir, path)
	if err == nil {
		c.tree, c.dir = t, dir
		return src, nil
	}
	_ = t.Close() // it has only been read
	switch _, tooLarge := errors.AsType[*files.SizeError](err); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file", c.name)
	case errors.Is(err, files.ErrDirectory):
		return nil, fmt.Errorf("%s: is a directory; name the file in it", c.name)
	case tooLarge:
		return nil, fmt.Errorf("%s: has more than %d bytes, which %s has at most", c.name, maxBytes, c.what())
	}
	return nil, fmt.Errorf("read %s: %s: %s", c.self(), c.name, cause(err))
}

func readFound(t *files.Tree, dir, path string) ([]byte, error) {
	return t.Read(pathpkg.Join(dir, filepath.Base(path)), maxBytes)
}

// readNamed reads a file that may be a pipe, as a shell makes one for
// <(command).
func readNamed(_ *files.Tree, _, path string) ([]byte, error) {
	info, err := files.StatNamed(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, files.ErrDirectory
	}
	f, err := files.OpenNamed(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1)) // a pipe has no size
	if err == nil && len(src) > maxBytes {
		err = &files.SizeError{Limit: maxBytes}
	}
	if err == nil {
		err = files.CheckSteady(f, info)
	}
	return src, err
}

// parse reads the text of a configuration; c knows where it lies.
func parse(src []byte, c *checker) (*lint.Settings, error) {
	c.settings = &lint.Settings{File: c.name, Digest: digest(src)}
	var f file
	src, err := c.decode(src, &f)
	if err != nil {
		return nil, err
	}
	c.src = src
	c.file(&f)
	if c.diags.HasErrors() {
		return nil, &Error{diags: c.diags, src: src}
	}
	return c.settings, nil
}

// decode parses a text and decodes it into a structure of the file's syntax. It
// returns the text without what editors put before it; what does not fit the
// syntax is among the checker's diagnostics.
func (c *checker) decode(src []byte, into any) ([]byte, error) {
	name := c.name
	c.seen = map[string]hcl.Range{}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
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
	c.diags = append(c.diags, gohcl.DecodeBody(parsed.Body, nil, into)...)
	for _, d := range c.diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			c.misfits = append(c.misfits, *d.Subject)
		}
	}
	if body, ok := parsed.Body.(*hclsyntax.Body); ok {
		if isForeign(body, into) {
			return nil, fmt.Errorf("%s: it is not %s of boundlint: it has nothing that one has", name, c.what())
		}
		c.blocks = body.Blocks
	}
	return src, nil
}

// what is how messages call the kind of file, and self the file.
func (c *checker) what() string {
	if c.tests {
		return "a file of policy tests"
	}
	return "a configuration"
}

func (c *checker) self() string {
	if c.tests {
		return "the test file"
	}
	return "the configuration"
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

// digest is how reports name the content of a file.
func digest(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// isForeign reports whether a file has something and nothing that one of its
// syntax has, if only misspelt. Such a file is another's, put or linked
// here by mistake or worse, and is not quoted.
func isForeign(body *hclsyntax.Body, syntax any) bool {
	schema, _ := gohcl.ImpliedBodySchema(syntax)
	var known []string
	for _, a := range schema.Attributes {
		known = append(known, a.Name)
	}
	for _, b := range schema.Blocks {
		known = append(known, b.Type)
	}
	ours := func(name string) bool { return slices.Contains(known, name) || lint.Suggest(name, known) != "" }
	for name := range body.Attributes {
		if ours(name) {
			return false
		}
	}
	for _, b := range body.Blocks {
		if ours(b.Type) {
			return false
		}
	}
	return len(body.Attributes)+len(body.Blocks) > 0
}
