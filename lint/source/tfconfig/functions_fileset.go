package tfconfig

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/glob"
	"github.com/boundlint/boundlint/lint/policy"
)

// fileSet finds the files below a directory that match a pattern, as Terraform
// does: links are followed, to files and to directories, and one that leads
// nowhere is an error where a pattern other than "**" matches it.
func (e *env) fileSet(dir string, patternValue cty.Value, at hclsyntax.Expression) (cty.Value, error) {
	pattern, err := convertValue(patternValue, cty.String)
	switch {
	case err != nil || isNull(pattern):
		return cty.NilVal, errors.New("a pattern is needed")
	case !pattern.IsKnown() || policy.ContainsToken(pattern.AsString()):
		e.doubtful()
		return cty.UnknownVal(cty.Set(cty.String)), nil
	}
	if len(pattern.AsString()) > maxPath {
		return cty.NilVal, errPath
	}
	full := path.Join(dir, pattern.AsString())
	if isOutside(full) {
		return cty.NilVal, fileError{pattern.AsString(), errOutside}
	}
	if err := checkFilePattern(full); err != nil {
		return cty.NilVal, err
	}
	if madeByTerraform(full) {
		return cty.NilVal, fileError{pattern.AsString(), errMade}
	}
	files := &walkedFiles{tree: e.ev.loader.tree, visit: func(n int) bool { return e.charge(n, at.Range) }, limit: e.ev.limits.matches}
	var matches []cty.Value
	err = doublestar.GlobWalk(files, full, func(match string, _ fs.DirEntry) error {
		switch info, err := files.tree.stat(match); {
		case files.refused != nil:
			return files.refused
		case errors.Is(err, fs.ErrNotExist) && path.Base(full) == "**":
			return nil // "**" passes over it
		case err != nil:
			return fileError{match, err}
		case policy.ContainsToken(match):
			return errToken
		case info.Mode().IsRegular():
			rel, err := filepath.Rel(dir, match)
			matches = append(matches, cty.StringVal(filepath.ToSlash(rel)))
			return err
		}
		return nil
	}, doublestar.WithFilesOnly())
	switch {
	case files.refused != nil:
		return cty.NilVal, files.refused
	case err != nil:
		return cty.NilVal, err
	case len(matches) == 0:
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(matches), nil
}

// checkFilePattern refuses the patterns that the libraries of Terraform,
// OpenTofu and boundlint read differently: "[!a]", and braces around a slash or
// around other braces. It refuses those that stand for too many, too.
func checkFilePattern(pattern string) error {
	depth := 0
	for i := range len(pattern) {
		switch pattern[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth > 1 || depth == 1 && pattern[i] == '/' || strings.HasPrefix(pattern[i:], "[!") {
			return refusal("its pattern does not mean the same in every version of Terraform and OpenTofu")
		}
	}
	if err := glob.Check(pattern); errors.Is(err, glob.ErrPatterns) {
		return refusal("its pattern " + err.Error())
	}
	return nil
}

// maxFileDepth bounds how deep fileset looks: a link may lead around.
const maxFileDepth = 32

// walkedFiles are the files of a tree as a walk sees them. It keeps the first
// reason for which the walk is not the one that Terraform would make.
type walkedFiles struct {
	tree *tree
	// visit takes some steps; it reports false once the budget is spent.
	visit   func(steps int) bool
	limit   int // of files that are visited
	visited int
	refused error
}

func (w *walkedFiles) refuse(r error) error {
	if w.refused == nil {
		w.refused = r
	}
	return r
}

// Open is not asked for by a walk.
func (w *walkedFiles) Open(string) (fs.File, error) { return nil, fs.ErrInvalid }

// Stat follows links, but for one that leads nowhere.
func (w *walkedFiles) Stat(name string) (fs.FileInfo, error) {
	info, err := w.tree.stat(name)
	switch {
	case err == nil:
		return info, nil
	case errors.Is(err, fs.ErrNotExist):
		return w.tree.Lstat(name)
	case errors.Is(err, syscall.ENOTDIR):
		return nil, fs.ErrNotExist
	}
	return nil, w.refuse(fileError{name, err})
}

// ReadDir lists a directory.
func (w *walkedFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	if w.refused != nil || strings.Count(name, "/") >= maxFileDepth {
		return nil, w.refuse(refused("directories are nested more than %d deep", maxFileDepth))
	}
	if info, err := w.Stat(name); err != nil || !info.IsDir() {
		return nil, fs.ErrNotExist
	}
	list, err := w.tree.List(name)
	w.visited += len(list)
	switch {
	case err != nil:
		return nil, w.refuse(fileError{name, refusal(plainError(err))})
	case w.visited > w.limit:
		return nil, w.refuse(refused("there are more than %d files", w.limit))
	case !w.visit(1 + len(list)):
		return nil, w.refuse(refusal("it takes too many steps"))
	}
	return list, nil
}
