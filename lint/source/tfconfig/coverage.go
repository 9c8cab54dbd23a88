package tfconfig

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// reads are the directories that the module instances are made of, with every
// link followed.
func (ev *evaluator) reads() []string {
	dirs := map[string]bool{}
	ev.root.walk(func(m *moduleInstance) {
		if !m.config.missing {
			dirs[ev.loader.tree.Real(m.config.dir)] = true
		}
	})
	return slices.Sorted(maps.Keys(dirs))
}

// cover tells what the evaluation has looked at; reads are the directories.
func (ev *evaluator) cover(reads []string) iam.Coverage {
	var c iam.Coverage
	for _, dir := range reads {
		c.Read = append(c.Read, ev.loader.tree.display(dir))
	}
	followed := map[hcl.Range]bool{}
	// A block of a module is one for each call of the module, however many
	// instances the call makes.
	made := map[string]bool{}
	block := func(m *moduleInstance, address string, none bool) {
		address = policy.WithoutKeys(m.path + address)
		made[address] = made[address] || !none
	}
	ev.root.walk(func(m *moduleInstance) {
		for _, address := range m.config.resourceOrder {
			if b := m.config.resources[address]; resource.Reads(b.typ, b.data) {
				instances := m.resource(address)
				block(m, address, len(instances.list) == 0 && !instances.cut)
			}
		}
		for _, name := range m.config.callOrder {
			calls, rng := m.calls(name), m.config.calls[name].rng
			block(m, "module."+name, len(calls.list) == 0 && !calls.cut)
			for _, child := range calls.list {
				followed[rng] = followed[rng] || !child.config.missing
			}
		}
	})
	for _, ok := range followed {
		if ok {
			c.Calls++
		}
	}
	for address, ok := range made {
		if !ok {
			c.Empty = append(c.Empty, address)
		}
	}
	slices.SortFunc(c.Empty, iam.CompareAddresses)
	return c
}

// tellUnread names, with the first model, what no root module judged is made
// of, and the files of other tools.
func (s *scan) tellUnread(models []*iam.Model, first *iam.Model) {
	say := func(format string, args ...any) {
		first.Diagnostics = append(first.Diagnostics, iam.Diagnostic{Summary: fmt.Sprintf(format, args...)})
	}
	s.tellOthers(first)
	if s.options.Partial {
		return
	}
	read := map[string]bool{}
	for _, m := range models {
		for _, dir := range m.Coverage.Read {
			read[dir] = true
		}
	}
	unread := func(dirs []string) (out []string) {
		for _, dir := range dirs {
			followed := s.loader.tree.display(s.loader.tree.Real(dir)) // as reads are
			if !read[followed] && !s.isNamed(dir) && !slices.Contains(s.unread, dir) {
				out = append(out, dir)
				first.Coverage.Unread = append(first.Coverage.Unread, s.loader.tree.display(dir))
			}
		}
		return out
	}
	if dirs := unread(s.found.modules); len(dirs) > 0 {
		say("%s not judged, because no root module that is judged is made of %s: %s (--recursive judges %s too)",
			count(len(dirs), "directory with configuration below it is", "directories with configuration below it are"), them(dirs), s.list(dirs),
			them(dirs))
	}
	if dirs := unread(s.found.hidden); len(dirs) > 0 {
		say("%s hidden, and so not judged unless the command line names %s: %s",
			count(len(dirs), "directory with configuration is", "directories with configuration are"), them(dirs), s.list(dirs))
	}
	if dirs := s.found.closed; len(dirs) > 0 {
		say("%s cannot be read, so that configuration in %s is not judged: %s", count(len(dirs), "directory below it", "directories below it"),
			them(dirs), s.list(dirs))
	}
}

// isNamed reports whether the run names a directory by itself, or one between
// it and this one.
func (s *scan) isNamed(dir string) bool {
	return slices.ContainsFunc(s.options.Also, func(other string) bool {
		named, err := s.loader.tree.Inside(other)
		return err == nil && named != s.dir && isWithin(named, s.dir) && isWithin(dir, named)
	})
}

// isWithin reports whether a directory is another or lies below it.
func isWithin(dir, above string) bool {
	rel, err := filepath.Rel(filepath.FromSlash(above), filepath.FromSlash(dir))
	return err == nil && filepath.IsLocal(rel)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func them(list []string) string {
	if len(list) == 1 {
		return "it"
	}
	return "them"
}
