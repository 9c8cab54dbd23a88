package tfconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// survey is what a walk through a directory of the tree finds. All paths are
// paths in the tree, sorted.
type survey struct {
	// modules are the directories with configuration.
	modules []string
	// hidden are further ones, in which no root module is looked for: their
	// names, or that of a directory above them, begin with a dot.
	hidden []string
	// closed are the directories that cannot be read.
	closed []string
	// links leads from every symbolic link to what it leads to, where that is
	// in the tree too.
	links map[string]string
	// others are the files of other tools, by the name of the tool.
	others map[string][]string
}

// errTooMany tells that a directory is too large to be walked through.
var errTooMany = errors.New("name some of them")

// workingDirectories hold copies and other things that tools put there, not
// what people write.
var workingDirectories = map[string]bool{
	".git": true, ".terraform": true, ".terragrunt-cache": true, ".terragrunt-stack": true, "node_modules": true,
	".cache": true, ".venv": true, ".tox": true, ".external_modules": true,
}

// survey walks through a directory. Links to directories are not followed:
// what they lead to is found where it is. exclude are globs, relative to dir,
// of directories to pass over. With an error it tells what it has found so far.
func (l *loader) survey(dir string, exclude []string) (*survey, error) {
	w := &walk{loader: l, top: path.Clean(dir), exclude: exclude, modules: map[string]bool{}, hidden: map[string]bool{}}
	w.found = &survey{links: map[string]string{}, others: map[string][]string{}}
	err := fs.WalkDir(l.tree.FS("."), w.top, w.visit)
	w.found.modules = slices.Sorted(maps.Keys(w.modules))
	w.found.hidden = slices.Sorted(maps.Keys(w.hidden))
	return w.found, err
}

type walk struct {
	loader          *loader
	top             string
	exclude         []string
	found           *survey
	modules, hidden map[string]bool
	visited         int
	visitedHidden   int
}

func (w *walk) visit(p string, d fs.DirEntry, err error) error {
	rel := below(w.top, p)
	hidden := strings.HasPrefix(rel, ".") || strings.Contains(rel, "/.")
	switch {
	case p == w.top && err != nil:
		return err
	case err != nil:
		if !hidden {
			w.found.closed = append(w.found.closed, p)
		}
		return fs.SkipDir
	case !d.IsDir():
		w.file(p, d, hidden)
		return nil
	case p == w.top:
		return nil
	case workingDirectories[d.Name()] || excluded(rel, w.exclude):
		return fs.SkipDir
	}
	if hidden {
		if w.visitedHidden++; w.visitedHidden > maxHidden {
			return fs.SkipDir
		}
		return nil
	}
	if w.visited++; w.visited > w.loader.search.directories {
		return fmt.Errorf("it holds more than %d directories: %w", w.loader.search.directories, errTooMany)
	}
	return nil
}

// below is a path of the tree as seen from a directory above it, "" for itself.
func below(dir, p string) string {
	switch {
	case p == dir:
		return ""
	case dir == ".":
		return p
	}
	return strings.TrimPrefix(p, dir+"/")
}

func (w *walk) file(p string, d fs.DirEntry, hidden bool) {
	if d.Type()&fs.ModeSymlink != 0 && !hidden {
		if target := w.loader.tree.Real(p); target != p {
			w.found.links[p] = target
		}
	}
	switch {
	case isConfigurationName(d.Name()) && w.loader.leadsToFile(p, d):
		if hidden {
			w.hidden[path.Dir(p)] = true
		} else {
			w.modules[path.Dir(p)] = true
		}
	case hidden:
	default:
		if tool := otherToolOf(d.Name()); tool != "" {
			w.found.others[tool] = append(w.found.others[tool], p)
		}
	}
}

// leadsToFile reports whether a name in a directory is a file, perhaps by a
// link: roots share files that way. A link that cannot be followed, because it
// leads out of the tree or to itself, counts: its directory says so.
func (l *loader) leadsToFile(p string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := l.tree.Stat(p)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	return info.Mode().IsRegular()
}

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

// isTooMany reports whether an error is that of a directory which is too large.
func isTooMany(err error) bool { return errors.Is(err, errTooMany) }
