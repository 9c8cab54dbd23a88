package files

import (
	"io/fs"
	"os"
	"path"
)

// Folder is a directory of a tree of which many files are read, one after the other,
// without a walk from the root of the tree to each. What is a link, or lies behind
// one, is read through the tree.
type Folder struct {
	tree *Tree
	path string
	// root is nil where the directory lies behind a link.
	root *os.Root
}

// Folder opens a directory of the tree.
func (t *Tree) Folder(p string) (*Folder, error) {
	p = path.Clean(p)
	f := &Folder{tree: t, path: p}
	if t.overlay != nil || t.Real(p) != p || isOfGit(p) {
		return f, nil
	}
	root, err := t.root.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	f.root = root
	return f, nil
}

// Folder opens a directory in the folder, by its name.
func (f *Folder) Folder(name string) (*Folder, error) {
	p := path.Join(f.path, name)
	if f.root == nil || isOfGit(name) {
		return f.tree.Folder(p)
	}
	info, err := f.root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return f.tree.Folder(p)
	}
	root, err := f.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Folder{tree: f.tree, path: p, root: root}, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error {
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

// Path is the folder in its tree.
func (f *Folder) Path() string { return f.path }

// Read reads a file of the folder as [Tree.Read] does.
func (f *Folder) Read(name string, limit int64) ([]byte, error) {
	if f.root == nil || isOfGit(name) {
		return f.tree.Read(path.Join(f.path, name), limit)
	}
	info, err := f.root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return f.tree.Read(path.Join(f.path, name), limit)
	}
	return readRegular(name, limit, func(string) (fs.FileInfo, error) { return info, nil },
		func(string) (*os.File, error) { return f.root.OpenFile(name, readOnly, 0) })
}
