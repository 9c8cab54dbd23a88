package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/fix"
	"github.com/boundlint/boundlint/lint/phrase"
)

// fixFlags have the configuration changed.
func fixFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "fix", Usage: "make the changes of the configuration that certainly fix what is found, and report what is left"},
		&cli.BoolFlag{Name: "fix-dry-run", Usage: "print the changes that --fix makes as a unified diff, and make none"},
	}
}

func isFixing(c *cli.Context) bool { return c.Bool("fix") || c.Bool("fix-dry-run") }

// checkFixing refuses what cannot be fixed: a plan, a state or a dump does not change with
// the configuration, and so says nothing of whether a change holds.
func checkFixing(c *cli.Context, in *inputs, o *outputs) error {
	if !isFixing(c) {
		return nil
	}
	for _, path := range in.paths {
		if info, err := files.StatNamed(path); path == "-" || err == nil && !info.IsDir() {
			return usagef("--fix changes configuration, and %s is not a directory of it; name the directory that it was made of", path)
		}
	}
	onStdout := slices.ContainsFunc(o.list, func(out output) bool { return out.file == "" })
	switch {
	case c.Bool("fix") && c.Bool("fix-dry-run"):
		return usagef("--fix makes the changes that --fix-dry-run only prints: give one of them")
	case c.Bool("same-account"):
		return usagef("--fix judges each directory by itself, and does not go together with --same-account")
	case c.IsSet("config-from"):
		return usagef("--fix changes the working tree, and does not go together with --config-from")
	case c.Bool("fix-dry-run") && c.IsSet("format") && onStdout:
		return usagef("--fix-dry-run prints the changes on standard output: write the report to a file, --format FORMAT=FILE")
	}
	return nil
}

// fix makes the changes that hold, or prints them. The report that it returns is that of
// the files as they are in the end.
func (p *program) fix(c *cli.Context, in *inputs, rep *lint.Report, options driver.Options, o *outputs) (*lint.Report, error) {
	judge := func(overlay files.Overlay) (fix.Judged, error) {
		p.overlay, p.timings.inputs = overlay, nil
		changed, err := p.read(c)
		if err != nil {
			return fix.Judged{}, err
		}
		options := options
		options.Source = changed.source(overlay)
		again, err := p.judge(changed, options)
		return fix.Judged{Report: again, Models: changed.models()}, err
	}
	mayChange, err := insideOf(in.paths)
	if err != nil {
		return nil, err
	}
	now := fix.Judged{Report: rep, Models: in.models()}
	result, err := fix.Repair(now, fix.Files{Read: in.source(nil), Path: mayChange}, judge)
	if err != nil {
		return nil, err
	}
	p.progress.end()
	if c.Bool("fix-dry-run") {
		o.list = slices.DeleteFunc(o.list, func(out output) bool { return out.file == "" })
		shows := driver.Showing(in.models(), isConditionKey)
		fmt.Fprint(p.stdout, printable(result.Diff(shows)))
		p.tellFixed(result, "would be fixed")
		return result.Proven(shows), nil
	}
	if err := writeFixed(result); err != nil {
		return nil, err
	}
	p.tellFixed(result, "fixed")
	return result.Report, nil
}

// tellFixed sums up what was fixed.
func (p *program) tellFixed(r *fix.Result, done string) {
	line := phrase.Count(len(r.Fixed), "finding", "findings") + " " + done
	if n := len(r.After); n > 0 {
		line += " in " + phrase.Count(n, "file", "files")
	}
	fmt.Fprintf(p.stderr, "boundlint: %s, %d left\n", line, len(r.Report.Findings))
}

// insideOf returns the function that tells of a file whether it lies in one of the
// directories, and where: links may lead out of them.
func insideOf(paths []string) (func(file string) (string, bool), error) {
	var dirs []string
	for _, path := range paths {
		dir, err := realPath(path)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, dir)
	}
	return func(file string) (string, bool) {
		real, err := realPath(file)
		if err != nil {
			return "", false
		}
		within := slices.ContainsFunc(dirs, func(dir string) bool {
			rel, err := filepath.Rel(dir, real)
			// What terraform init has put there is written anew by it.
			return err == nil && filepath.IsLocal(rel) && !slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), ".terraform")
		})
		return real, within
	}, nil
}

// writeFixed writes the files that changed, each at once or not at all. None is written
// where one of them is no longer what was read.
func writeFixed(r *fix.Result) error {
	for file, before := range r.Before {
		if now, err := files.ReadNamed(file, largestQuoted); err != nil || !bytes.Equal(now, before) {
			return fmt.Errorf("%s changed while it was fixed, so that nothing is written: run again", r.Names[file])
		}
	}
	for file, content := range r.After {
		info, err := files.StatNamed(file)
		if err == nil {
			err = replaceFile(file, content, info.Mode().Perm())
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", r.Names[file], reason(err))
		}
	}
	return nil
}
