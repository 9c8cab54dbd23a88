package tfconfig

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// eachRoot visits the root modules among directories with configuration:
// first those that no other calls and those that are roots whoever calls them
// (see standsAlone), in their order; then, for as long as there are directories
// that none visited is made of, these, those that no other of them calls first.
// A call that makes no instance, or one that only tries a module out, takes no
// directory out of sight. visit tells of what a root module is made;
// left of them, with it, are at most still to come.
func (s *scan) eachRoot(dirs []string, visit func(root string, left int) (reads []string, err error)) error {
	callers := s.callers(dirs)
	left := map[string]bool{}
	for _, d := range dirs {
		left[d] = true
	}
	visited := 0
	one := func(root string) error {
		if visited++; visited > s.loader.search.roots {
			return fmt.Errorf("it holds more than %d root modules: name some of them", s.loader.search.roots)
		}
		reads, err := visit(root, max(1, len(left)))
		delete(left, root)
		for _, dir := range reads {
			if !isTrial(root, dir) {
				delete(left, dir)
			}
		}
		return err
	}
	// isCalled reports whether a directory is called from those that may hide it.
	isCalled := func(dir string, among map[string]bool) bool {
		return slices.ContainsFunc(callers[dir], func(caller string) bool {
			return caller != dir && !isTrial(caller, dir) && (among == nil || among[caller])
		})
	}
	for _, d := range dirs {
		if !isCalled(d, nil) || s.standsAlone(d) {
			if err := one(d); err != nil {
				return err
			}
		}
	}
	for len(left) > 0 {
		rest := slices.Sorted(maps.Keys(left))
		next := slices.DeleteFunc(slices.Clone(rest), func(d string) bool { return isCalled(d, left) })
		if len(next) == 0 { // they call each other in a circle
			next = rest[:min(1, len(rest))]
		}
		for _, d := range next {
			if !left[d] {
				continue
			}
			if err := one(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// standsAlone reports whether a directory is a root module whoever calls it: it
// has a backend, cloud or provider block, or values for its own variables that
// Terraform reads for the root module only.
func (s *scan) standsAlone(dir string) bool {
	if slices.ContainsFunc(s.configurations(dir), func(c *configuration) bool { return c.state != nil || len(c.providers) > 0 }) {
		return true
	}
	entries, err := s.loader.tree.List(dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isOwnValues(e.Name()) })
}

// trials are the names of directories whose configuration tries out modules.
var trials = map[string]bool{
	"example": true, "examples": true, "test": true, "tests": true, "testdata": true, "fixture": true, "fixtures": true,
}

// isTrial reports whether a directory calls another to try it out: below the
// directory that holds both, it is one of examples or tests.
func isTrial(caller, dir string) bool {
	from, to := strings.Split(path.Clean(caller), "/"), strings.Split(path.Clean(dir), "/")
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return slices.ContainsFunc(from, func(name string) bool { return trials[name] })
}

// isStore reports whether a directory only holds files for root modules that
// link to them: all of its files of configuration have links elsewhere, and as
// a root module of its own it is not valid. They are judged where the links are.
func (s *scan) isStore(dir string, models []*iam.Model) bool {
	return s.isLinkedElsewhere(dir) && slices.ContainsFunc(models, func(m *iam.Model) bool {
		return slices.ContainsFunc(m.Diagnostics, func(d iam.Diagnostic) bool { return d.Error })
	})
}

// isLinkedElsewhere reports whether links in other modules lead to all files of
// configuration in a directory.
func (s *scan) isLinkedElsewhere(dir string) bool {
	linked := map[string]bool{}
	for link, target := range s.found.links {
		if _, isModule := slices.BinarySearch(s.found.modules, path.Dir(link)); isModule && path.Dir(link) != dir {
			linked[target] = true
		}
	}
	if len(linked) == 0 {
		return false
	}
	entries, err := s.loader.tree.List(dir)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return isConfigurationName(e.Name()) && !e.IsDir() && !linked[path.Join(dir, e.Name())]
	})
}

// callers are, for each directory, those that call it as a module.
func (s *scan) callers(dirs []string) map[string][]string {
	s.loader.loadAhead(dirs)
	callers := map[string][]string{}
	for _, d := range dirs {
		for _, config := range s.configurations(d) {
			for _, call := range config.calls {
				source := literalSource(call)
				if !localSource(source) {
					continue
				}
				if target := s.loader.tree.Real(path.Join(d, source)); target != d && !slices.Contains(callers[target], d) {
					callers[target] = append(callers[target], d)
				}
			}
		}
	}
	return callers
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

// reusable reports whether a directory is a module for others to call rather
// than a root: it has no backend, cloud or provider block and no values for
// its variables.
func (l *loader) reusable(config *configuration, o Options) bool {
	if config.state != nil || len(config.providers) > 0 || o.Variables != nil || len(o.Given) > 0 {
		return false
	}
	entries, err := l.tree.List(config.dir)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".tfvars") || strings.HasSuffix(e.Name(), ".tfvars.json")
	})
}
