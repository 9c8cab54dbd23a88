package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/revision"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// compared are the two sides of a comparison.
type compared struct{ before, after *diffSide }

// diffSides reads what is compared; nil where nothing of a side could be read.
func (p *program) diffSides(c *cli.Context) (*compared, error) {
	args := c.Args().Slice()
	p.symbols = &policy.Symbols{}
	p.keepForgotten = true // what is forgotten stays in AWS as it is
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
func (p *program) pathSides(c *cli.Context, before, after string) (*compared, error) {
	if before == "-" && after == "-" {
		return nil, usagef("standard input can be read once: name a file for BEFORE or for AFTER")
	}
	return p.readSides(c, &compared{
		before: &diffSide{name: before, base: filepath.Clean(before), paths: []string{before}, given: p.given},
		after:  &diffSide{name: after, base: filepath.Clean(after), paths: []string{after}, given: p.given},
	})
}

// readSides reads both sides: after first, whose symbols before then shares.
func (p *program) readSides(c *cli.Context, sides *compared) (*compared, error) {
	p.symbols.As(withoutOffset)
	if err := p.readSide(c, sides.after); err != nil {
		return nil, err
	}
	same := sides.after.hasSurroundingsOf(sides.before)
	p.symbols.As(func(kind policy.SymbolKind, scope string) string {
		if !same && !isOfInput(kind) {
			return scope // it may have changed where its name has not
		}
		return withoutOffset(kind, rescoped(scope, sides.before, sides.after))
	})
	if err := p.readSide(c, sides.before); err != nil {
		return nil, err
	}
	p.reportFaults(sides.before.in)
	p.reportFaults(sides.after.in)
	if p.code == exitFailure && len(sides.before.in.batches)*len(sides.after.in.batches) == 0 {
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

// isOfInput reports whether a symbol of that kind stands for what an input names:
// a reference, a variable, where it is deployed to. Others stand for what could
// not be evaluated.
func isOfInput(kind policy.SymbolKind) bool {
	switch kind {
	case policy.SymbolReference, policy.SymbolVariable, policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion,
		policy.SymbolDerived:
		return true
	case policy.SymbolUnknown, policy.SymbolChoice, policy.SymbolSpread:
	}
	return false
}

// offset is where in its file an expression stands, before the digest of its
// source.
var offset = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`:[0-9]+(\|[0-9a-f]+)$`) })

// withoutOffset is the scope of an expression wherever it stands in its file.
func withoutOffset(kind policy.SymbolKind, scope string) string {
	if kind != policy.SymbolUnknown {
		return scope
	}
	return offset().ReplaceAllString(scope, "$1")
}

// rescoped is a scope of symbols as that of the other side: its paths are those
// of the other side.
func rescoped(scope string, from, to *diffSide) string {
	parts := strings.Split(scope, "|")
	for i, part := range parts {
		if inside, ok := from.inside(part); ok {
			parts[i] = filepath.Join(to.base, inside)
		}
	}
	return strings.Join(parts, "|")
}

// inside is a path seen from the base of the side, which it is in. Paths may be
// relative, or as the file system has them.
func (s *diffSide) inside(path string) (string, bool) {
	if s.bases == nil {
		s.bases = []string{s.base, relative(s.base)}
		if real, err := files.RealNamed(s.base); err == nil {
			if abs, err := filepath.Abs(real); err == nil {
				s.bases = append(s.bases, real, abs)
			}
		}
	}
	for _, base := range s.bases {
		rest, ok := strings.CutPrefix(filepath.ToSlash(path), filepath.ToSlash(base))
		if ok && (rest == "" || strings.HasPrefix(rest, "/")) {
			return filepath.FromSlash(strings.TrimPrefix(rest, "/")), true
		}
	}
	return path, s.base == "." && filepath.IsLocal(path)
}

// hasSurroundingsOf reports whether two sides are directories that differ in
// nothing but resources.
func (s *diffSide) hasSurroundingsOf(other *diffSide) bool {
	for _, m := range s.in.models() {
		if m.Input.Kind != iam.InputConfig || !tfconfig.SameSurroundings(m.Input.Files, func(file string) (string, bool) {
			inside, ok := s.inside(file)
			return filepath.Join(other.base, inside), ok
		}) {
			return false
		}
	}
	return true
}

// planSides are what was there before a plan, and what will be there after it.
func (p *program) planSides(c *cli.Context, path string) (*compared, error) {
	if path == "-" {
		return nil, usagef("a plan is read twice, and standard input can be read once: save the plan in a file")
	}
	sides := &compared{
		before: &diffSide{name: path + ", before apply", paths: []string{path}, given: p.given},
		after:  &diffSide{name: path, paths: []string{path}, given: p.given},
	}
	if err := p.readSide(c, sides.after); err != nil {
		return nil, err
	}
	for _, m := range sides.after.in.models() {
		if m.Input.Kind != iam.InputPlan {
			return nil, usagef("boundlint diff needs BEFORE and AFTER: only a plan has both in itself, and %s is %s", path, inputKind(m.Input.Kind))
		}
	}
	p.reportFaults(sides.after.in)
	if len(sides.after.in.batches) == 0 {
		return nil, nil
	}
	p.before = true
	defer func() { p.before = false }()
	return sides, p.readSide(c, sides.before)
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
func (p *program) revisionSides(c *cli.Context, paths []string) (*compared, error) {
	from, to, _ := strings.Cut(c.String("git"), "..")
	base := repositoryRoot()
	switch {
	case from == "" || strings.HasPrefix(to, "."):
		return nil, usagef("--git takes two revisions, BASE..HEAD, or one, BASE, and not %q", c.String("git"))
	case strings.HasPrefix(from, "-") || strings.HasPrefix(to, "-"):
		return nil, usagef("--git takes revisions, and none begins with -: %q", c.String("git"))
	case base == "":
		return nil, usagef("--git reads revisions of a git repository, and the current directory is in none")
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	sides := &compared{
		before: &diffSide{name: from, base: base, paths: paths, given: p.given},
		after:  &diffSide{name: "the working tree", base: base, paths: paths, given: p.given},
	}
	var copies []string
	defer func() {
		for _, dir := range copies {
			scratch.Remove(dir)
		}
	}()
	unpack := func(side *diffSide, rev string) error {
		dir, err := scratch.Dir()
		if err != nil {
			return err
		}
		copies = append(copies, dir)
		return side.unpack(base, rev, dir)
	}
	if err := unpack(sides.before, from); err != nil {
		return nil, err
	}
	if to != "" {
		if err := unpack(sides.after, to); err != nil {
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
