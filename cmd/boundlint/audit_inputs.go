package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/audit"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// audited is what an audit is made of, by paths.
type audited struct {
	// inputs show the accounts: dumps, and directories of organizations.
	inputs                 []string
	reports, trail, states []string
	// notes say what was not looked at; named are the files that the command line names.
	notes []string
	named map[string]bool
	// most bounds the files that are looked at below a directory.
	most int
}

// maxAudited bounds the files that are looked at below a directory.
const maxAudited = 200000

// auditPaths sorts what the command line names, and what is in its directories, by
// what it is.
func auditPaths(c *cli.Context) (*audited, error) {
	a := &audited{trail: c.StringSlice("trail"), states: c.StringSlice("against"), most: maxAudited, named: map[string]bool{}}
	for _, name := range slices.Concat(a.trail, a.states, []string{c.String("credential-report")}) {
		a.named[name] = true
	}
	if report := c.String("credential-report"); report != "" {
		a.reports = []string{report}
	}
	if c.NArg() == 0 {
		return nil, usagef("boundlint audit needs a DIR, or account dumps")
	}
	for _, name := range c.Args().Slice() {
		info, err := files.StatNamed(name)
		switch {
		case name == "-" || err != nil || !info.IsDir():
			a.inputs = append(a.inputs, name)
			continue
		case source.IsOrganization(name):
			a.inputs = append(a.inputs, name)
		}
		if err := a.take(name); err != nil {
			return nil, err
		}
	}
	var named []string
	for _, name := range a.trail {
		info, err := files.StatNamed(name)
		if err != nil || !info.IsDir() {
			named = append(named, name)
			continue
		}
		below := &audited{most: maxAudited}
		if err := below.take(name); err != nil {
			return nil, err
		}
		named = append(named, below.trail...)
		a.notes = append(a.notes, below.notes...)
	}
	a.trail = named
	for _, list := range []*[]string{&a.inputs, &a.reports, &a.trail, &a.states} {
		*list = eachOnce(*list)
	}
	if len(a.inputs) == 0 {
		return nil, usagef("there is no account dump in what is to be audited: save one with aws iam get-account-authorization-details")
	}
	return a, nil
}

// eachOnce are the files of a list, each under the first of its names.
func eachOnce(names []string) []string {
	type look struct {
		size int64
		at   time.Time
	}
	var out []string
	seen := map[look][]fs.FileInfo{} // by what two names of one file have in common
	for _, name := range names {
		info, err := files.StatNamed(name)
		if name == "-" || err != nil { // which its reader reports
			out = append(out, name)
			continue
		}
		key := look{info.Size(), info.ModTime()}
		if !slices.ContainsFunc(seen[key], func(other fs.FileInfo) bool { return os.SameFile(other, info) }) {
			out, seen[key] = append(out, name), append(seen[key], info)
		}
	}
	return out
}

// take sorts the files below a directory. What is an input as a whole is not looked
// into for dumps.
func (a *audited) take(dir string) error {
	tree, err := files.OpenTree(dir)
	if err != nil {
		return reason(err)
	}
	defer tree.Close()
	whole := slices.Contains(a.inputs, dir)
	count := 0
	return fs.WalkDir(tree.FS("."), ".", func(inside string, d fs.DirEntry, err error) error {
		at := filepath.Join(dir, filepath.FromSlash(inside))
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", at, reason(err))
		case d.IsDir() && inside != "." && (path.Base(inside) == ".git" || path.Base(inside) == ".terraform"):
			return fs.SkipDir
		case d.IsDir() && inside != "." && !whole && source.IsOrganization(at):
			a.inputs = append(a.inputs, at)
			return fs.SkipDir
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0 && !leadsToFile(tree, inside):
			a.notes = append(a.notes, at+" is a link that does not lead to a file of the directory: it is not followed.")
			return nil
		case d.Type()&fs.ModeSymlink != 0:
		case !d.Type().IsRegular():
			return nil
		}
		if count++; count > a.most {
			return fmt.Errorf("%s: it has more than %d files: name a directory with fewer", dir, a.most)
		}
		return a.takeFile(at, whole)
	})
}

// leadsToFile reports whether a link leads to a regular file of the tree.
func leadsToFile(tree *files.Tree, inside string) bool {
	info, err := tree.Stat(inside)
	return err == nil && info.Mode().IsRegular()
}

// takeFile sorts one file. whole tells that its directory is an input, with the
// dumps in it.
func (a *audited) takeFile(at string, whole bool) error {
	kind, err := source.KindOfFile(at)
	if err != nil {
		return fmt.Errorf("%s: %w", at, reason(err))
	}
	switch kind {
	case source.DumpFile:
		if !whole {
			a.inputs = append(a.inputs, at)
		}
	case source.StateFile:
		a.states = append(a.states, at)
	case source.TrailFile:
		a.trail = append(a.trail, at)
	case source.CredentialReportFile:
		a.reports = append(a.reports, at)
	case source.OtherFile:
	}
	return nil
}

// fault is what is wrong with a file. One that the command line names ends the run: it
// is returned. One that was found is told, and the rest is audited.
func (p *program) fault(a *audited, name string, err error) error {
	if err == nil || a.named[name] {
		return err
	}
	p.printError(err)
	p.code = exitFailure
	a.notes = append(a.notes, err.Error())
	return nil
}

// events reads the trail; nil where there is none.
func (p *program) events(a *audited) (*trail.Log, error) {
	if len(a.trail) == 0 {
		return nil, nil
	}
	log := &trail.Log{}
	for i, name := range a.trail {
		p.progress.say("reading %s (%d of %d)", name, i+1, len(a.trail))
		err := p.readEvents(log, name)
		if told, ok := errors.AsType[*stream.Error](err); ok {
			err = &source.InputError{Path: name, Problem: told.Problem, Err: told.Err}
		} else if err != nil {
			err = fmt.Errorf("%s: %w", name, reason(err))
		}
		if err := p.fault(a, name, err); err != nil {
			return nil, err
		}
	}
	return log, nil
}

func (p *program) readEvents(log *trail.Log, name string) error {
	if name == "-" {
		return log.Read(p.share.Reader(p.stdin))
	}
	f, err := files.OpenNamed(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return log.Read(p.share.Reader(f))
}

// lastAudit reads the audit before; nil where none is named.
func lastAudit(c *cli.Context) (*audit.Audit, error) {
	name := c.String("last")
	if name == "" {
		return nil, nil
	}
	f, err := files.OpenNamed(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, reason(err))
	}
	defer f.Close()
	last, err := audit.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return last, nil
}

// catalogSince is the day from which actions count as new; zero for none.
func catalogSince(c *cli.Context) (time.Time, error) {
	text := c.String("catalog-since")
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, usagef("--catalog-since takes a day such as 2026-01-31, not %q", text)
	}
	return day, nil
}
