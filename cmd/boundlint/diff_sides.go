package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/revision"
)

// diffSides reads what is compared, before and after.
func (p *program) diffSides(c *cli.Context) ([]*diffSide, error) {
	args := c.Args().Slice()
	p.symbols = &policy.Symbols{}
	if c.IsSet("git") {
		return p.revisionSides(c, args)
	}
	switch len(args) {
	case 1:
		return p.planSides(c, args[0])
	case 2:
		return p.pathSides(c, args[0], args[1])
	case 0:
		return nil, usagef("boundlint diff needs BEFORE and AFTER, a plan, or --git BASE..HEAD")
	}
	return nil, usagef("boundlint diff compares BEFORE and AFTER, and %d paths are named: %s", len(args), strings.Join(args, ", "))
}

// pathSides are two inputs.
func (p *program) pathSides(c *cli.Context, before, after string) ([]*diffSide, error) {
	if before == "-" && after == "-" {
		return nil, usagef("standard input can be read once: name a file for BEFORE or for AFTER")
	}
	return p.readSides(c, []*diffSide{
		{name: before, base: filepath.Clean(before), paths: []string{before}, given: p.given},
		{name: after, base: filepath.Clean(after), paths: []string{after}, given: p.given},
	})
}

// readSides reads both sides: after first, whose symbols before then shares.
func (p *program) readSides(c *cli.Context, sides []*diffSide) ([]*diffSide, error) {
	if err := p.readSide(c, sides[1]); err != nil {
		return nil, err
	}
	p.symbols.As(func(scope string) string { return rescoped(scope, sides[0].base, sides[1].base) })
	if err := p.readSide(c, sides[0]); err != nil {
		return nil, err
	}
	for _, s := range sides {
		p.reportFaults(s.in)
	}
	if p.code == exitFailure && len(sides[0].in.batches)*len(sides[1].in.batches) == 0 {
		return nil, nil
	}
	return sides, nil
}

// readSide reads the inputs of a side with its own values for variables.
func (p *program) readSide(c *cli.Context, s *diffSide) (err error) {
	if len(s.paths) == 0 {
		s.in = &inputs{}
		return nil
	}
	given := p.given
	p.given = s.given
	defer func() { p.given = given }()
	s.in, err = p.readPaths(c, s.paths)
	return err
}

// rescoped is a scope of symbols as that of the other side.
func rescoped(scope, from, to string) string {
	parts := strings.Split(scope, "|")
	for i, part := range parts {
		switch rest, ok := strings.CutPrefix(part, from); {
		case !ok:
		case rest == "", strings.HasPrefix(rest, string(filepath.Separator)):
			parts[i] = to + rest
		case from == ".":
			parts[i] = filepath.Join(to, part)
		}
	}
	return strings.Join(parts, "|")
}

// planSides are what was there before a plan, and what will be there after it.
func (p *program) planSides(c *cli.Context, path string) ([]*diffSide, error) {
	if path == "-" {
		return nil, usagef("a plan is read twice, and standard input can be read once: save the plan in a file")
	}
	sides := []*diffSide{
		{name: path + ", before apply", paths: []string{path}, given: p.given}, {name: path, paths: []string{path}, given: p.given},
	}
	if err := p.readSide(c, sides[1]); err != nil {
		return nil, err
	}
	for _, m := range sides[1].in.models() {
		if m.Input.Kind != iam.InputPlan {
			return nil, usagef("boundlint diff needs BEFORE and AFTER: only a plan has both in itself, and %s is %s", path, inputKind(m.Input.Kind))
		}
	}
	p.reportFaults(sides[1].in)
	if len(sides[1].in.batches) == 0 {
		return nil, nil
	}
	p.before = true
	defer func() { p.before = false }()
	return sides, p.readSide(c, sides[0])
}

// inputKind names a kind of input with its article.
func inputKind(k iam.InputKind) string {
	switch k {
	case iam.InputPlan:
		return "a plan"
	case iam.InputState:
		return "a state"
	case iam.InputAccount:
		return "an account dump"
	case iam.InputConfig:
		return "a directory of configuration"
	}
	return "no plan"
}

// revisionSides are two revisions of the repository, or one and the working tree.
func (p *program) revisionSides(c *cli.Context, paths []string) ([]*diffSide, error) {
	from, to, _ := strings.Cut(c.String("git"), "..")
	base := repositoryRoot()
	switch {
	case from == "" || strings.HasPrefix(to, "."):
		return nil, usagef("--git takes two revisions, BASE..HEAD, or one, BASE, and not %q", c.String("git"))
	case base == "":
		return nil, usagef("--git reads revisions of a git repository, and the current directory is in none")
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	sides := []*diffSide{
		{name: from, base: base, paths: paths, given: p.given}, {name: "the working tree", base: base, paths: paths, given: p.given},
	}
	var copies []string
	defer func() {
		for _, dir := range copies {
			scratch.Remove(dir)
		}
	}()
	for i, rev := range []string{from, to} {
		if rev == "" {
			continue
		}
		dir, err := scratch.Dir()
		if err != nil {
			return nil, err
		}
		copies = append(copies, dir)
		if err := sides[i].unpack(base, rev, dir); err != nil {
			return nil, err
		}
	}
	return p.readSides(c, sides)
}

// unpack makes a side that of a revision, unpacked into a directory. A path that
// the revision does not have is not there on that side.
func (s *diffSide) unpack(base, rev, dir string) error {
	commit, err := revision.Unpack(context.Background(), base, rev, dir)
	if err != nil {
		return err
	}
	inside, err := pathsIn("--git", s.paths, base, dir)
	if err != nil {
		return err
	}
	s.name, s.base, s.given = fmt.Sprintf("%s (%.12s)", rev, commit), dir, givenIn(s.given, base, dir)
	s.paths = slices.DeleteFunc(inside, func(path string) bool { return !exists(path) })
	return nil
}
