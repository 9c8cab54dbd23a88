package tfconfig

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/boundlint/boundlint/lint/internal/steady"
)

// tree is the only door to the disk. os.Root refuses "..", absolute paths and
// links that lead out of the scanned tree; kind and size are checked on top.
type tree struct {
	root *os.Root
	base string // absolute, in the system's spelling
	// realBase is base with every link followed, links the paths in the tree of
	// which real has been asked.
	realBase string
	links    map[string]string
	// display turns a path inside the tree into one for people.
	display func(string) string
	// files are those that were read, if only in part, by their paths in the
	// file system.
	files map[string]bool
}

// openTree opens the tree at base. Files are shown relative to the working
// directory where they lie inside it or where named, as the user spelled it,
// is relative, and else in full.
func openTree(base, named string) (*tree, error) {
	root, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	wd, err := os.Getwd()
	if err != nil {
		wd = abs
	}
	t := &tree{root: root, base: abs, files: map[string]bool{}, links: map[string]string{}}
	if t.realBase, err = filepath.EvalSymlinks(abs); err != nil {
		t.realBase = abs
	}
	t.display = func(p string) string {
		full := filepath.Join(abs, filepath.FromSlash(p))
		if rel, err := filepath.Rel(wd, full); err == nil && (filepath.IsLocal(rel) || !filepath.IsAbs(named)) {
			full = rel
		}
		return filepath.ToSlash(full)
	}
	return t, nil
}

// real is where a path in the tree leads once every link in it is followed, as
// far as it exists; a link that leads out of the tree stays.
func (t *tree) real(p string) string {
	p = path.Clean(p)
	known, ok := t.links[p]
	if !ok {
		known = t.follow(p)
		t.links[p] = known
	}
	return known
}

func (t *tree) follow(p string) string {
	if full, err := filepath.EvalSymlinks(filepath.Join(t.base, filepath.FromSlash(p))); err == nil {
		if rel, err := filepath.Rel(t.realBase, full); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	if dir := path.Dir(p); dir != p {
		return path.Join(t.real(dir), path.Base(p))
	}
	return p
}

func (t *tree) close() error { return t.root.Close() }

// inside is p, which may be relative to the working directory, as a path in
// the tree.
func (t *tree) inside(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(t.base, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is outside of %s", p, t.base)
	}
	return filepath.ToSlash(rel), nil
}

// read returns a regular file of the tree.
func (t *tree) read(p string) ([]byte, error) {
	src, err := readRegular(path.Clean(p), t.stat, t.root.Open)
	if !errors.Is(err, fs.ErrNotExist) {
		t.files[filepath.Join(t.base, filepath.FromSlash(path.Clean(p)))] = true
	}
	return src, err
}

// stat tells of a file of the tree; links are followed inside of it. Where it
// cannot be told whether there is one, the error is a refusal.
func (t *tree) stat(p string) (fs.FileInfo, error) {
	info, err := t.root.Stat(path.Clean(p))
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return info, err
	case strings.Contains(err.Error(), "escapes from parent"):
		return nil, errOutside
	}
	return nil, refusal(plainError(err))
}

// isOutside reports whether a clean path leads out of the tree.
func isOutside(p string) bool { return p == ".." || strings.HasPrefix(p, "../") }

// readNamed reads a file that the user names, on the command line or in the
// environment: it may lie anywhere.
func (t *tree) readNamed(p string) ([]byte, error) {
	src, err := readRegular(p, os.Stat, os.Open)
	if !errors.Is(err, fs.ErrNotExist) {
		t.files[p] = true
	}
	return src, err
}

func readRegular(p string, stat func(string) (fs.FileInfo, error), open func(string) (*os.File, error)) ([]byte, error) {
	info, err := stat(p) // before opening: opening a FIFO would block
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errDirectory
	case !info.Mode().IsRegular():
		return nil, errIrregular
	case info.Size() > maxFileSize:
		return nil, errFileSize
	}
	f, err := open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	src, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(src) > maxFileSize {
		err = errFileSize
	}
	if err == nil {
		err = steady.Check(f, info)
	}
	return src, err
}

var (
	errDirectory = errors.New("it is a directory")
	errIrregular = refusal("it is not a regular file")
	errOutside   = refusal("it lies outside of the directory that is scanned")
	errFileSize  = refused("it is larger than %d bytes", maxFileSize)
)

// source is read for texts that are evaluated: symbols travel in strings, so
// that a text which already holds their runes is refused.
func (t *tree) source(p string) ([]byte, error) {
	src, err := t.read(p)
	if err == nil && forgesToken(string(src)) {
		err = errToken
	}
	return src, err
}

func (t *tree) isDir(p string) bool {
	info, err := t.root.Stat(path.Clean(p))
	return err == nil && info.IsDir()
}

// list returns the names in a directory, sorted.
func (t *tree) list(p string) ([]fs.DirEntry, error) {
	if !t.isDir(p) { // before opening: opening a FIFO would block
		return nil, fmt.Errorf("%s is no directory", path.Clean(p))
	}
	f, err := t.root.Open(path.Clean(p))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}
