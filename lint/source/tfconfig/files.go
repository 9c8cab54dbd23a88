package tfconfig

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/files"
)

// tree is the directory that configuration is read from, with what was read of
// it.
type tree struct {
	*files.Tree
	// display turns a path inside the tree into one for people.
	display func(string) string
	// files are those that were read, if only in part, by their paths in the
	// file system; noting guards them.
	files  map[string]bool
	noting sync.Mutex
}

// openTree opens the tree at base. Files are shown relative to the working
// directory where they lie inside it or where named, as the user spelled it,
// is relative, and else in full.
func openTree(base, named string) (*tree, error) {
	root, err := files.OpenTree(base)
	if err != nil {
		return nil, err
	}
	wd, err := os.Getwd()
	if err != nil {
		wd = root.Base()
	}
	t := &tree{Tree: root, files: map[string]bool{}}
	t.display = func(p string) string {
		full := root.Path(p)
		if rel, err := filepath.Rel(wd, full); err == nil && (filepath.IsLocal(rel) || !filepath.IsAbs(named)) {
			full = rel
		}
		return filepath.ToSlash(full)
	}
	return t, nil
}

// read returns a regular file of the tree.
func (t *tree) read(p string) ([]byte, error) {
	_, err := t.stat(p)
	var src []byte
	if err == nil {
		src, err = t.Read(p, maxFileSize)
	}
	t.note(t.Path(p), err)
	return src, whyNot(err)
}

// note keeps the name of a file that was read, with an error or without.
func (t *tree) note(file string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	t.noting.Lock()
	defer t.noting.Unlock()
	t.files[file] = true
}

// stat tells of a file of the tree. Where it cannot be told whether there is
// one, the error is a refusal.
func (t *tree) stat(p string) (fs.FileInfo, error) {
	info, err := t.Stat(p)
	if err == nil || files.IsMissing(err) {
		return info, err
	}
	return nil, refusal(plainError(err))
}

// Terraform fails on a directory, too; what else is not read is boundlint's own
// refusal.
var (
	errDirectory = files.ErrDirectory
	errIrregular = refusal(files.ErrIrregular.Error())
	errOutside   = refusal(files.ErrOutside.Error())
)

// whyNot makes refusals of what boundlint does not read and Terraform may.
func whyNot(err error) error {
	if _, tooLarge := errors.AsType[*files.SizeError](err); tooLarge ||
		errors.Is(err, files.ErrOutside) || errors.Is(err, files.ErrIrregular) || errors.Is(err, files.ErrGit) {
		return refusal(err.Error())
	}
	return err
}

// isOutside reports whether a clean path leads out of the tree.
func isOutside(p string) bool { return p == ".." || strings.HasPrefix(p, "../") }

// readNamed reads a file that the user names, on the command line or in the
// environment: it may lie anywhere.
func (t *tree) readNamed(p string) ([]byte, error) {
	src, err := files.ReadNamed(p, maxFileSize)
	t.note(p, err)
	return src, whyNot(err)
}

// from tells how to read a file that the environment names by a path which
// starts at the root module in dir: one of the tree as such, for whoever writes
// the repository chooses what lies there, and any other as the user's. "" stays.
func (t *tree) from(dir, p string) (file string, read func(string) ([]byte, error)) {
	if p == "" || filepath.IsAbs(p) {
		return p, t.readNamed
	}
	if inTree := path.Join(dir, filepath.ToSlash(p)); !isOutside(inTree) {
		return inTree, t.read
	}
	return filepath.Join(t.Path(dir), p), t.readNamed
}

// source is read for texts that are evaluated: symbols travel in strings, so
// that a text which already holds their runes is refused.
func (t *tree) source(p string) ([]byte, error) {
	src, err := t.read(p)
	if err == nil && forgesToken(string(src)) {
		err = errToken
	}
	return src, err
}
