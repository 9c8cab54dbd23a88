package tfconfig

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// readBy is a module directory as a tool reads it.
type readBy struct {
	dir  string
	tool iam.Tool
}

// reads reports whether a tool reads a file of a directory with these names.
// Terraform reads .tf and .tf.json. OpenTofu reads .tofu and .tofu.json too, and
// these in place of a .tf or .tf.json of the same name
// (https://opentofu.org/docs/language/files/).
func reads(tool iam.Tool, name string, names map[string]bool) bool {
	ext := strings.TrimPrefix(name, tfBase(name))
	ofOpenTofu := strings.HasPrefix(ext, ".tofu")
	if tool == iam.Terraform {
		return !ofOpenTofu
	}
	return ofOpenTofu || !names[tfBase(name)+".tofu"+strings.TrimPrefix(ext, ".tf")]
}

// isMixed reports whether the two tools read different files of a directory.
func (l *loader) isMixed(dir string) bool {
	l.loading.Lock()
	mixed, known := l.mixed[dir]
	l.loading.Unlock()
	if known {
		return mixed
	}
	entries, err := l.tree.List(dir)
	mixed = err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isOpenTofuOnly(e.Name()) && !e.IsDir() })
	l.loading.Lock()
	defer l.loading.Unlock()
	l.mixed[dir] = mixed
	return mixed
}

// isOpenTofuOnly reports whether OpenTofu alone reads a file of that name.
func isOpenTofuOnly(name string) bool {
	return isConfigurationName(name) && strings.HasPrefix(strings.TrimPrefix(name, tfBase(name)), ".tofu")
}

// has reports whether a module directory is there, parsed already or not.
func (l *loader) has(dir string, tool iam.Tool) bool {
	return l.configs[readBy{path.Clean(dir), tool}] != nil || l.tree.IsDir(dir)
}

// isReadByBoth reports whether both tools find configuration in a root module,
// and read different files of what it is made of. One that is all OpenTofu's is
// not judged as Terraform would read it, which finds nothing there.
func (s *scan) isReadByBoth(root string, reads []string) bool {
	if !slices.ContainsFunc(reads, s.loader.isMixed) {
		return false
	}
	files, err := s.loader.configurationFiles(root, iam.Terraform)
	return err == nil && len(files) > 0
}

// readings are what there is to judge of a root module that each tool reads
// differently: one of them, where they come to the same or only one tool finds
// valid what it reads.
func (s *scan) readings(byTerraform, byOpenTofu *Root) []*Root {
	if byTerraform.equal(byOpenTofu) {
		return []*Root{byOpenTofu}
	}
	files := s.onlyOpenTofu(byOpenTofu.reads)
	remark := func(r *Root, format string, args ...any) {
		r.Diagnostics = append(r.Diagnostics, iam.Diagnostic{Summary: fmt.Sprintf(format, args...)})
	}
	switch broken, other := byTerraform.failure(), byOpenTofu.failure(); {
	case byTerraform.unreadable || byOpenTofu.unreadable: // which is an error, whoever reads it
	case broken != "" && other == "":
		remark(byOpenTofu, "OpenTofu reads %s, and Terraform does not: without, the configuration is not valid (%s), and so it is judged as "+
			"OpenTofu reads it", files, broken)
		return []*Root{byOpenTofu}
	case other != "" && broken == "":
		remark(byTerraform, "OpenTofu reads %s, and Terraform does not: with it, the configuration is not valid (%s), and so it is judged as "+
			"Terraform reads it", files, other)
		return []*Root{byTerraform}
	}
	byTerraform.input.Tool, byOpenTofu.input.Tool = iam.Terraform, iam.OpenTofu
	remark(byTerraform, "OpenTofu reads %s, and Terraform does not: the configuration is judged as each of them reads it", files)
	return []*Root{byTerraform, byOpenTofu}
}

// onlyOpenTofu names the files that OpenTofu reads and Terraform does not, with
// those that they stand in place of.
func (s *scan) onlyOpenTofu(dirs []string) string {
	var names []string
	for _, dir := range dirs {
		if !s.loader.isMixed(dir) {
			continue
		}
		entries, err := s.loader.tree.List(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if name := e.Name(); isOpenTofuOnly(name) && !e.IsDir() {
				p := path.Join(dir, name)
				other := tfBase(name) + ".tf" + strings.TrimPrefix(strings.TrimPrefix(name, tfBase(name)), ".tofu")
				text := s.loader.tree.display(p)
				if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == other }) {
					text += " in place of " + other
				}
				names = append(names, text)
			}
		}
	}
	if n := len(names) - listed; n > 0 {
		names = append(names[:listed], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// failure is the first error of a reading, "" where it has none.
func (r *Root) failure() string {
	for _, d := range r.Diagnostics {
		if d.Error {
			if d.Location.HasFile() {
				return fmt.Sprintf("%s:%d: %s", d.Location.File, d.Location.Range.Start.Line, d.Summary)
			}
			return d.Summary
		}
	}
	return ""
}

// equal reports whether two readings of a root module come to the same.
func (r *Root) equal(other *Root) bool {
	sameMissing := func(a, b iam.Unchecked) bool {
		return a.Location.Address == b.Location.Address && a.Message == b.Message
	}
	sameProblem := func(a, b iam.Diagnostic) bool { return a.Error == b.Error && a.Summary == b.Summary }
	return slices.EqualFunc(sorted(r.Resources), sorted(other.Resources), sameResource) &&
		slices.EqualFunc(r.Missing, other.Missing, sameMissing) && slices.EqualFunc(r.Diagnostics, other.Diagnostics, sameProblem)
}

func sorted(resources []resource.Resource) []resource.Resource {
	return slices.SortedStableFunc(slices.Values(resources), func(a, b resource.Resource) int { return strings.Compare(a.Address, b.Address) })
}

// sameResource compares what is set, not where.
func sameResource(a, b resource.Resource) bool {
	return a.Address == b.Address && a.Type == b.Type && a.Data == b.Data && a.Provider == b.Provider && a.MayNotExist == b.MayNotExist &&
		slices.Equal(a.IgnoreChanges, b.IgnoreChanges) && maps.EqualFunc(a.Values, b.Values, sameValue)
}

func sameValue(a, b resource.Value) bool {
	return a.Kind == b.Kind && a.Text.Equal(b.Text) && a.Symbol == b.Symbol && a.Maybe == b.Maybe &&
		a.Sensitive == b.Sensitive && a.Nullable == b.Nullable && a.Open == b.Open &&
		slices.EqualFunc(a.List, b.List, sameValue) && maps.EqualFunc(a.Object, b.Object, sameValue)
}
