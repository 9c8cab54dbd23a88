package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Tree is a directory with all that is in it, such as a repository. Paths in it
// are slash-separated and relative to it. Links are followed as long as they
// stay in the tree.
type Tree struct {
	root *os.Root
	base string
	// realBase is base with every link followed, links the paths of which Real
	// has been asked, guarded by mu.
	realBase string
	mu       sync.Mutex
	links    map[string]string
	overlay  Overlay
}

// Overlay is what files are read as in the place of what they hold, by their absolute
// paths with every link followed: a change that is tried before it is made.
type Overlay map[string][]byte

// Lay has the files of an overlay read in the place of what they hold. It is for the
// tree's first use: what has been read stays as it is.
func (t *Tree) Lay(o Overlay) { t.overlay = o }

// OpenTree opens the tree at a directory.
func OpenTree(base string) (*Tree, error) {
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	t := &Tree{root: root, base: abs, links: map[string]string{}}
	if t.realBase, err = filepath.EvalSymlinks(abs); err != nil {
		t.realBase = abs
	}
	return t, nil
}

// OpenAround opens the tree that a directory belongs to, its repository or else
// itself, and tells where in it the directory is. A link that the user names
// leads where it leads: the tree is then the one around that.
func OpenAround(dir string) (t *Tree, inside string, err error) {
	for range 2 {
		base := Repository(dir)
		if base == "" {
			base = dir
		}
		if t, err = OpenTree(base); err != nil {
			return nil, "", err
		}
		if inside, err = t.Inside(dir); err == nil && t.IsDir(inside) {
			return t, inside, nil
		}
		_ = t.Close() // it has only been read
		if dir, err = filepath.EvalSymlinks(dir); err != nil {
			return nil, "", err
		}
	}
	return nil, "", ErrOutside
}

// Base is the directory, absolute and in the system's spelling.
func (t *Tree) Base() string { return t.base }

// Close lets go of the tree.
func (t *Tree) Close() error { return t.root.Close() }

// Path is a path of the tree in the file system.
func (t *Tree) Path(p string) string { return filepath.Join(t.base, filepath.FromSlash(path.Clean(p))) }

// Inside is a path of the file system, which may be relative to the working
// directory, as one of the tree.
func (t *Tree) Inside(p string) (string, error) {
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

// Read reads a regular file of at most limit bytes.
func (t *Tree) Read(p string, limit int64) ([]byte, error) {
	if isOfGit(p) || isOfGit(t.Real(p)) {
		return nil, ErrGit
	}
	src, err := readRegular(path.Clean(p), limit, t.Stat, func(p string) (*os.File, error) { return at(t, p, t.openFile) })
	if laid, ok := t.overlay[filepath.Join(t.realBase, filepath.FromSlash(t.Real(p)))]; ok && err == nil {
		if int64(len(laid)) > limit {
			return nil, &SizeError{limit}
		}
		return laid, nil
	}
	return src, err
}

// isOfGit reports whether a path leads into the directory of git; file systems
// that do not tell case apart have it under other names.
func isOfGit(p string) bool {
	return slices.ContainsFunc(strings.Split(path.Clean(p), "/"), func(name string) bool { return strings.EqualFold(name, ".git") })
}

func (t *Tree) openFile(p string) (*os.File, error) { return t.root.OpenFile(p, readOnly, 0) }

// Stat tells of what a path leads to, which may be [ErrOutside].
func (t *Tree) Stat(p string) (fs.FileInfo, error) { return at(t, path.Clean(p), t.root.Stat) }

// Lstat tells of what is at a path itself, if only a link.
func (t *Tree) Lstat(p string) (fs.FileInfo, error) { return at(t, path.Clean(p), t.root.Lstat) }

// IsDir reports whether a path leads to a directory.
func (t *Tree) IsDir(p string) bool {
	info, err := t.Stat(p)
	return err == nil && info.IsDir()
}

// List returns the names in a directory, sorted.
func (t *Tree) List(p string) ([]fs.DirEntry, error) {
	info, err := t.Stat(p) // opening is an act
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory", path.Clean(p))
	}
	f, err := at(t, path.Clean(p), t.openFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// at does something at a path. os.Root follows no link that is written with an
// absolute path: where such a link stays in the tree, the path that it stands
// for is tried in its place, and by os.Root again.
func at[T any](t *Tree, p string, do func(string) (T, error)) (T, error) {
	out, err := do(p)
	if !escapes(err) {
		return out, err
	}
	if real := t.Real(p); real != p {
		if out, err = do(real); !escapes(err) {
			return out, err
		}
	}
	return out, ErrOutside
}

// escapes reports whether os.Root refused a path: its error has no name.
func escapes(err error) bool {
	return err != nil && strings.Contains(err.Error(), "escapes from parent")
}

// Real is where a path leads once every link in it is followed, as far as it
// exists; a link that leads out of the tree stays.
func (t *Tree) Real(p string) string {
	p = path.Clean(p)
	t.mu.Lock()
	known, ok := t.links[p]
	t.mu.Unlock()
	if !ok {
		known = t.follow(p)
		t.mu.Lock()
		t.links[p] = known
		t.mu.Unlock()
	}
	return known
}

func (t *Tree) follow(p string) string {
	if full, err := filepath.EvalSymlinks(t.Path(p)); err == nil {
		if rel, err := filepath.Rel(t.realBase, full); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	if dir := path.Dir(p); dir != p {
		return path.Join(t.Real(dir), path.Base(p))
	}
	return p
}

// FS is a directory of the tree for those who walk through it: directories can
// be listed, and no file can be opened.
func (t *Tree) FS(dir string) fs.FS { return listing{t, dir} }

type listing struct {
	tree *Tree
	dir  string
}

func (l listing) path(name string) string { return path.Join(l.dir, name) }

// Open is refused: a file is read with its size bounded.
func (l listing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// Stat implements fs.StatFS.
func (l listing) Stat(name string) (fs.FileInfo, error) { return l.tree.Stat(l.path(name)) }

// Lstat implements fs.ReadLinkFS.
func (l listing) Lstat(name string) (fs.FileInfo, error) { return l.tree.Lstat(l.path(name)) }

// ReadLink implements fs.ReadLinkFS.
func (l listing) ReadLink(name string) (string, error) { return l.tree.root.Readlink(l.path(name)) }

// ReadDir implements fs.ReadDirFS.
func (l listing) ReadDir(name string) ([]fs.DirEntry, error) { return l.tree.List(l.path(name)) }
