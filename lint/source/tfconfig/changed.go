package tfconfig

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// RootsOf are the root modules that files belong to, each once and sorted. A
// file of configuration belongs to the module in whose directory it lies, a
// file of variables to the nearest module above it, and any other file to the
// modules that name it or may read it; where others call such a module, to
// those that come to call it. Files in no module at all, and in directories
// that the globs in exclude leave out, give none.
func RootsOf(files, exclude []string) ([]string, error) {
	byBase := map[string][]string{}
	var bases []string
	for _, file := range files {
		base := Base(filepath.Dir(file))
		if byBase[base] == nil {
			bases = append(bases, base)
		}
		byBase[base] = append(byBase[base], file)
	}
	var roots []string
	for _, base := range bases {
		found, err := rootsOf(base, byBase[base], exclude)
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	slices.Sort(roots)
	return slices.Compact(roots), nil
}

func rootsOf(base string, files, exclude []string) ([]string, error) {
	t, err := openTree(base, files[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }() // it has only been read
	l := newLoader(t)
	dirs, err := l.moduleDirectories(".", exclude)
	if err != nil {
		return nil, err
	}
	callers := l.callers(dirs)
	var roots []string
	seen := map[string]bool{}
	var visit func(dir string)
	visit = func(dir string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		config := l.load(dir)
		if len(callers[dir]) == 0 || config.state != nil || len(config.providers) > 0 {
			roots = append(roots, filepath.FromSlash(t.display(dir)))
		}
		for _, caller := range callers[dir] {
			visit(caller)
		}
	}
	names := map[string]*fileNames{}
	for _, file := range files {
		dir, err := t.inside(filepath.Dir(file))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		own, within := nearest(dir, dirs)
		switch {
		case !isConfigurationFile(file):
			for _, d := range dirs {
				if names[d] == nil {
					names[d] = fileNamesOf(l.load(d))
				}
				if names[d].reads(d, path.Join(dir, filepath.Base(file)), within && d == own) {
					visit(d)
				}
			}
		case within && !passedOver(dir, exclude):
			visit(own)
		}
	}
	return roots, nil
}

// isConfigurationFile tells files of configuration and variables from others.
func isConfigurationFile(name string) bool {
	return tfBase(name) != "" || strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json")
}

// passedOver reports whether no root module is looked for in a directory: it,
// or one above it, is hidden or excluded.
func passedOver(dir string, exclude []string) bool {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if strings.HasPrefix(path.Base(dir), ".") || excluded(dir, exclude) {
			return true
		}
	}
	return false
}

// callers are, for each directory, those that call it as a module.
func (l *loader) callers(dirs []string) map[string][]string {
	callers := map[string][]string{}
	for _, d := range dirs {
		for _, call := range l.load(d).calls {
			if source := literalSource(call); localSource(source) {
				if target := path.Join(d, source); target != d && !slices.Contains(callers[target], d) {
					callers[target] = append(callers[target], d)
				}
			}
		}
	}
	return callers
}

// nearest is the directory itself or the nearest one above it that is among
// dirs, which are sorted.
func nearest(dir string, dirs []string) (string, bool) {
	for dir = path.Clean(dir); ; dir = path.Dir(dir) {
		if _, ok := slices.BinarySearch(dirs, dir); ok {
			return dir, true
		}
		if dir == "." || dir == "/" || strings.HasPrefix(dir, "..") {
			return "", false
		}
	}
}
