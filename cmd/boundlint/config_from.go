package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/baseline"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/revision"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// configTree is the revision that --config-from takes the configuration and the
// baseline from, so that a pull request is not judged by its own.
type configTree struct {
	rev string
	// base is the repository, dir a copy of the revision. compared is that of the
	// revision of --changed-from, while it is judged by the same configuration.
	base, dir, compared string
}

// configFrom unpacks the revision that the command line names, once; nil where it
// names none.
func (p *program) configFrom(c *cli.Context) (*configTree, error) {
	if p.tree != nil || !c.IsSet("config-from") {
		return p.tree, nil
	}
	t := &configTree{rev: c.String("config-from"), base: repositoryRoot()}
	switch {
	case t.rev == "":
		return nil, usagef("--config-from names no revision")
	case t.base == "":
		return nil, usagef("--config-from reads a revision of a git repository, and the current directory is in none")
	}
	dir, err := scratch.Dir()
	if err != nil {
		return nil, err
	}
	if _, err := revision.Unpack(context.Background(), t.base, t.rev, dir); err != nil {
		return nil, err
	}
	t.dir = dir
	p.tree = t
	return t, nil
}

// in is where a path of the repository is in the copy; ok is false for a path
// elsewhere.
func (t *configTree) in(path string) (inside string, ok bool) {
	if inside, ok = inCopy(path, t.base, t.dir); !ok && t.compared != "" {
		inside, ok = inCopy(path, t.compared, t.dir)
	}
	return inside, ok
}

// inCopy is where a path below base is in a copy of base; ok is false for a path
// elsewhere.
func inCopy(path, base, dir string) (inside string, ok bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	inside, err = filepath.Rel(base, abs)
	if err != nil || !filepath.IsLocal(inside) {
		return "", false
	}
	return filepath.Join(dir, inside), true
}

// name is what messages call a file in the copy, as git does.
func (t *configTree) name(path string) string {
	inside, err := filepath.Rel(t.dir, path)
	if err != nil {
		return path
	}
	return t.rev + ":" + filepath.ToSlash(inside)
}

// load reads a configuration file of the copy.
func (t *configTree) load(file string, rules []string) (*lint.Settings, error) {
	return config.LoadFoundAs(file, t.name(file), rules)
}

// baseline reads a baseline of the revision, which has none that the working tree
// adds.
func (t *configTree) baseline(file string) (*lint.Baseline, error) {
	inside, ok := t.in(file)
	if !ok {
		return nil, usagef("--config-from takes the baseline from the revision, and %s is not in the repository", file)
	}
	b, err := baseline.ReadAs(inside, t.name(inside))
	if errors.Is(err, fs.ErrNotExist) {
		return &lint.Baseline{}, nil
	}
	return b, err
}

// changes are what the working tree has otherwise than the revision, and what
// would change the judgement if it counted: configuration, baseline and comments
// that ignore findings. Comments count all the same; a policy can forbid them.
func (t *configTree) changes(c *cli.Context, in *inputs) []lint.Diagnostic {
	var out []lint.Diagnostic
	say := func(format string, args ...any) {
		out = append(out, lint.Diagnostic{Severity: lint.Warning, Message: fmt.Sprintf(format, args...)})
	}
	var judges []string
	if name := c.String("baseline"); name != "" {
		judges = append(judges, relative(name))
	}
	for _, m := range in.models() {
		for _, dir := range searchedFrom(m.Input.Path, c.String("config-dir")) {
			if file, err := config.Find(dir); err == nil && file != "" {
				judges = append(judges, relative(file))
			}
		}
	}
	for _, b := range in.batches {
		if inside, ok := strings.CutPrefix(b.settings.File, t.rev+":"); ok {
			judges = append(judges, relative(filepath.Join(t.base, inside)))
		}
	}
	slices.Sort(judges)
	for _, file := range slices.Compact(judges) {
		inside, ok := t.in(file)
		if ok && !bytes.Equal(content(file), content(inside)) {
			say("%s is not as in %s, whose counts", file, t.rev)
		}
	}
	for _, file := range withIgnores(in) {
		for _, comment := range t.newIgnores(file) {
			say("%s:%d: %s has no such comment there: %s", file, comment.Line, t.rev, comment.Text)
		}
	}
	return out
}

// withIgnores are the files with comments that ignore findings.
func withIgnores(in *inputs) []string {
	var out []string
	for _, m := range in.models() {
		for _, ignore := range m.Ignores {
			out = append(out, ignore.Location.File)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// newIgnores are the comments of a file that the file of the revision has not, or not on
// the same block or attribute: one that is moved or copied ignores something else.
func (t *configTree) newIgnores(file string) []tfconfig.IgnoreComment {
	inside, ok := t.in(file)
	if !ok {
		return nil
	}
	known := map[tfconfig.IgnoreComment]bool{}
	for _, comment := range tfconfig.IgnoreComments(content(inside), inside) {
		comment.Line = 0
		known[comment] = true
	}
	return slices.DeleteFunc(tfconfig.IgnoreComments(content(file), file), func(comment tfconfig.IgnoreComment) bool {
		comment.Line = 0
		return known[comment]
	})
}

// maxCompared is how much of a file is compared, in bytes.
const maxCompared = 4 << 20

// content is what a file holds; nil where it cannot be read.
func content(path string) []byte {
	text, err := files.ReadNamed(path, maxCompared)
	if err != nil {
		return nil
	}
	return text
}
