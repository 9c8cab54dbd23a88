package tfconfig

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Roots are the root modules in a directory, as paths that begin with dir:
// directories with configuration that no other one there calls, and those
// that are called although they have a backend, cloud or provider block.
// exclude are globs, relative to dir, of directories to pass over.
func Roots(dir string, exclude []string) ([]string, error) {
	t, err := openTree(dir, dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	roots, err := newLoader(t).roots(".", exclude)
	for i, root := range roots {
		roots[i] = filepath.Join(dir, filepath.FromSlash(root))
	}
	return roots, err
}

// roots are the root modules in a directory of the tree.
func (l *loader) roots(dir string, exclude []string) ([]string, error) {
	dirs, err := l.moduleDirectories(dir, exclude)
	if err != nil {
		return nil, err
	}
	callers := l.callers(dirs)
	var roots []string
	for _, d := range dirs {
		config := l.load(d)
		if len(callers[d]) == 0 || config.state != nil || len(config.providers) > 0 {
			roots = append(roots, d)
		}
	}
	if len(roots) > maxRoots {
		return nil, fmt.Errorf("it holds more than %d root modules: name some of them", maxRoots)
	}
	return roots, nil
}

// literalSource is the source of a module call where it is plain text.
func literalSource(call *callBlock) string {
	a := call.body.Attributes["source"]
	if a == nil {
		return ""
	}
	if v, diags := a.Expr.Value(nil); !diags.HasErrors() && isText(v) {
		return v.AsString()
	}
	return ""
}

// moduleDirectories are the directories that hold configuration, sorted. The
// working directories of Terraform and Terragrunt, hidden directories and
// links to directories are passed over.
func (l *loader) moduleDirectories(dir string, exclude []string) ([]string, error) {
	found := map[string]bool{}
	visited := 0
	err := fs.WalkDir(l.tree.root.FS(), path.Clean(dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if p == path.Clean(dir) {
				return err
			}
			return fs.SkipDir // a directory that may not be read
		}
		if !d.IsDir() {
			if tfBase(d.Name()) != "" && !strings.HasPrefix(d.Name(), ".") && !strings.HasSuffix(d.Name(), "~") && l.leadsToFile(p, d) {
				found[path.Dir(p)] = true
			}
			return nil
		}
		visited++
		rel := strings.TrimPrefix(strings.TrimPrefix(p, path.Clean(dir)), "/")
		hidden := strings.HasPrefix(d.Name(), ".") && p != path.Clean(dir)
		if hidden || d.Name() == "node_modules" || excluded(rel, exclude) {
			return fs.SkipDir
		}
		if visited > maxDirectories {
			return fmt.Errorf("it holds more than %d directories: name some of them", maxDirectories)
		}
		return nil
	})
	return slices.Sorted(maps.Keys(found)), err
}

// leadsToFile reports whether a name in a directory is a file, perhaps by a
// link: roots share files that way.
func (l *loader) leadsToFile(p string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := l.tree.root.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// ValidGlob reports whether a glob of directories is one.
func ValidGlob(glob string) bool { return doublestar.ValidatePattern(glob) }

func excluded(rel string, exclude []string) bool {
	if rel == "" {
		return false
	}
	for _, glob := range exclude {
		glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
		if ok, err := doublestar.Match(glob, rel); err == nil && ok {
			return true
		}
		if ok, err := doublestar.Match(strings.TrimSuffix(glob, "/**"), rel); err == nil && ok {
			return true
		}
	}
	return false
}

// reusable reports whether a directory is a module for others to call rather
// than a root: it has no backend, cloud or provider block and no values for
// its variables.
func (l *loader) reusable(dir string, o Options) bool {
	config := l.load(dir)
	if config.state != nil || len(config.providers) > 0 || o.Variables != nil || len(o.Given) > 0 {
		return false
	}
	entries, err := l.tree.list(dir)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".tfvars") || strings.HasSuffix(e.Name(), ".tfvars.json")
	})
}
