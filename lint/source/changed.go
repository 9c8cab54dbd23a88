package source

import (
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/glob"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// Changed puts root modules in the place of files that changed, as a hook gets
// them: the root modules that they belong to, or that call the module that
// they belong to, each once. Files that belong to none give none; directories
// stay as they are.
func Changed(paths []string, o Options) ([]string, error) {
	var changed, out []string
	for _, path := range paths {
		if info, err := files.StatNamed(path); err == nil && info.IsDir() {
			out = append(out, path)
		} else {
			changed = append(changed, path)
		}
	}
	roots, err := tfconfig.RootsOf(changed, o.tfconfig())
	if err != nil {
		return nil, err
	}
	return append(out, roots...), nil
}

// IsConfiguration reports whether a path names a file of configuration: its
// directory is then what is read.
func IsConfiguration(path string) bool {
	info, err := files.StatNamed(path)
	return err == nil && !info.IsDir() && isConfiguration(path)
}

// CheckExclude is nil for a glob of directories that can be matched.
func CheckExclude(pattern string) error { return glob.Check(pattern) }
