package source

import (
	"path/filepath"

	"github.com/boundlint/boundlint/lint/files"
)

// root names the root module of a plan or state in fingerprints, wherever its
// repository is checked out: by its path in the repository, where it lies in one,
// or else by the directory of the configuration that it is joined with. It is the
// path as the user names it where there is neither.
func (d *door) root() string {
	if d.path != "-" {
		if inside, ok := inRepository(d.path); ok {
			return inside
		}
	}
	if dir := d.options.ConfigDir; dir != "" {
		if isConfiguration(dir) {
			dir = filepath.Dir(dir)
		}
		if inside, ok := inRepository(dir); ok {
			return inside
		}
	}
	return d.path
}

// inRepository is a path relative to the root of the repository that it is in.
func inRepository(path string) (string, bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	base := files.Repository(abs)
	if base == "" {
		return "", false
	}
	inside, err := filepath.Rel(base, abs)
	return filepath.ToSlash(inside), err == nil
}
