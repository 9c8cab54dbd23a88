package tfconfig

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// RootsOf are the root modules that files belong to, each once and sorted. A
// file of configuration belongs to the module in whose directory it lies, or in
// which a link leads to it, a file of variables to the nearest module above it,
// and any other file to the modules that name it or may read it; where others
// call such a module, to those that come to call it. Files in no module at all,
// and in directories that the globs in o.Exclude leave out, give none.
func RootsOf(files []string, o Options) ([]string, error) {
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
		found, err := rootsOf(base, byBase[base], o)
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	slices.Sort(roots)
	return slices.Compact(roots), nil
}

func rootsOf(base string, files []string, o Options) ([]string, error) {
	if len(files) == 0 {
		return nil, nil
	}
	t, err := openTree(base, files[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.Close() }() // it has only been read
	s := newScan(t, ".", o)
	if s.found, err = s.loader.survey(".", o.Exclude); err != nil {
		return nil, err
	}
	touched, err := s.touched(files)
	if err != nil {
		return nil, err
	}
	var roots []string
	err = s.eachRoot(touched, func(root string, _ int) ([]string, error) {
		shown := filepath.FromSlash(t.display(root))
		reads, err := s.readsOf(root, shown)
		if err != nil {
			return nil, err
		}
		if s.isLinkedElsewhere(root) {
			if models, _, err := s.load(root, shown); err == nil && s.isStore(root, models) {
				return reads, nil
			}
		}
		roots = append(roots, shown)
		return reads, nil
	})
	return roots, err
}

// readsOf are the directories that a root module is made of, in whatever
// workspace and whichever tool reads it.
func (s *scan) readsOf(root, shown string) ([]string, error) {
	workspaces, err := s.workspaces(s.stated(root), shown)
	if err != nil {
		return nil, err
	}
	ev, err := s.newEvaluator(root, shown, iam.OpenTofu, workspaces)
	if err != nil {
		return nil, err
	}
	reads := ev.reads()
	if !s.isReadByBoth(root, reads) {
		return reads, nil
	}
	if ev, err = s.newEvaluator(root, shown, iam.Terraform, workspaces); err != nil {
		return nil, err
	}
	return append(reads, ev.reads()...), nil
}

// touched are the modules that files belong to and all that come to call them,
// sorted.
func (s *scan) touched(files []string) ([]string, error) {
	dirs := s.found.modules
	callers := s.callers(dirs)
	touched := map[string]bool{}
	var touch func(dir string)
	touch = func(dir string) {
		if touched[dir] {
			return
		}
		touched[dir] = true
		for _, caller := range callers[dir] {
			touch(caller)
		}
	}
	names := map[string][]*fileNames{}
	for _, file := range files {
		named, err := s.loader.tree.Inside(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, p := range s.aliases(named) {
			dir := path.Dir(p)
			own, within := nearest(dir, dirs)
			if !isConfigurationFile(p) {
				for _, d := range dirs {
					if s.mayRead(names, d, p, within && d == own) {
						touch(d)
					}
				}
				continue
			}
			if within && (own == dir || tfBase(p) == "") && !passedOver(dir, s.options.Exclude) {
				touch(own)
			}
			for _, caller := range callers[dir] { // of a module that went with its last file
				touch(caller)
			}
		}
	}
	maps.DeleteFunc(touched, func(dir string, _ bool) bool {
		_, isModule := slices.BinarySearch(dirs, dir)
		return !isModule
	})
	return slices.Sorted(maps.Keys(touched)), nil
}

// mayRead reports whether a module names a file that is not configuration, or
// may do so; names are those that have been gathered.
func (s *scan) mayRead(names map[string][]*fileNames, dir, p string, nearest bool) bool {
	if _, known := names[dir]; !known {
		for _, c := range s.configurations(dir) {
			names[dir] = append(names[dir], fileNamesOf(c))
		}
	}
	return slices.ContainsFunc(names[dir], func(n *fileNames) bool { return n.reads(dir, p, nearest) })
}

// aliases are the paths in the tree that lead to a file: git names it by one
// of them, and a module may have it by another.
func (s *scan) aliases(p string) []string {
	out := []string{p}
	add := func(p string) {
		if len(out) < maxAliases && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	add(s.loader.tree.Real(p))
	// Links may lead through each other, and in circles.
	for from, depth := 0, 0; from < len(out) && depth < maxLinks; depth++ {
		last := out[from:]
		from = len(out)
		for _, p := range last {
			for link, target := range s.found.links {
				if rest, ok := strings.CutPrefix(p, target); ok && (rest == "" || rest[0] == '/') && !isWithin(link, target) {
					add(link + rest)
				}
			}
		}
	}
	return out
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
