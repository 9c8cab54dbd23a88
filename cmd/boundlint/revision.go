package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/revision"
	"github.com/boundlint/boundlint/lint/source"
)

// knownFrom are the findings of a revision, for those of the PATHs to be held
// against. A revision that cannot be judged has none.
func (p *program) knownFrom(c *cli.Context, in *inputs) (*driver.Baseline, error) {
	rev := c.String("changed-from")
	base := repositoryRoot()
	switch {
	case rev == "":
		return nil, usagef("--changed-from names no revision")
	case c.IsSet("baseline"):
		return nil, usagef("--changed-from and --baseline are two ways to say what is known: name one of them")
	case base == "":
		return nil, usagef("--changed-from reads a revision of a git repository, and the current directory is in none")
	}
	dir, err := scratch.Dir()
	if err != nil {
		return nil, err
	}
	defer scratch.Remove(dir)
	paths, err := pathsIn("--changed-from", in.paths, base, dir)
	if err != nil {
		return nil, err
	}
	commit, err := revision.Unpack(context.Background(), base, rev, dir)
	if err != nil {
		return nil, err
	}
	if p.tree != nil {
		p.tree.compared = dir
	}
	found, err := p.judgeRevision(c, paths, givenIn(p.given, base, dir))
	if err != nil {
		in.remarks = append(in.remarks, lint.Diagnostic{
			Severity: lint.Warning, Message: fmt.Sprintf("everything is new, for the revision %s cannot be judged: %s", rev, err),
		})
	}
	known := driver.NewBaseline(&lint.Baseline{Findings: found})
	known.Revision = &lint.Revision{Name: rev, Commit: commit}
	return known, nil
}

// pathsIn are the PATHs in a copy of the repository at base, for a flag.
func pathsIn(flag string, paths []string, base, dir string) ([]string, error) {
	var out []string
	for _, path := range paths {
		inside, ok := inCopy(path, base, dir)
		if info, err := files.StatNamed(path); err != nil || !info.IsDir() || !ok {
			return nil, usagef("%s compares directories of configuration in the repository, and %s is none", flag, path)
		}
		out = append(out, inside)
	}
	return out, nil
}

// givenIn are the values of the command line as the copy of the repository has them:
// a variable file of the repository is that of the revision.
func givenIn(given []source.Given, base, dir string) []source.Given {
	out := slices.Clone(given)
	for i, g := range given {
		if inside, ok := inCopy(g.File, base, dir); ok && g.File != "" && exists(inside) {
			out[i].File = inside
		}
	}
	return out
}

// judgeRevision are the findings in a copy of the repository, with the values that
// are given for it. A PATH that it does not have is new.
func (p *program) judgeRevision(c *cli.Context, paths []string, given []source.Given) ([]lint.Baselined, error) {
	now := p.given
	p.given = given
	defer func() { p.given = now }()
	var there []string
	for _, path := range paths {
		if exists(path) {
			there = append(there, path)
		}
	}
	if len(there) == 0 {
		return nil, nil
	}
	in, err := p.readPaths(c, there)
	if err != nil {
		return nil, err
	}
	recorder := driver.NewBaseline(&lint.Baseline{})
	_, err = p.judge(in, driver.Options{
		Share: p.share, SameAccount: c.Bool("same-account"), NoInlineIgnores: c.Bool("no-inline-ignores"), Partial: true,
		Exclude: c.StringSlice("exclude"), Baseline: recorder,
	})
	return recorder.Found, err
}
