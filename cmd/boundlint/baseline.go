package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/baseline"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
)

func (p *program) baselineCommand() *cli.Command {
	flags := func(own ...cli.Flag) []cli.Flag {
		all := slices.Concat(own, []cli.Flag{
			&cli.StringFlag{Name: "baseline", Usage: "the `FILE` of the baseline; " + baseline.FileName + " in the current directory by default"},
		}, settingsFlags(), deployerFlags(), p.inputFlags(), budgetFlags())
		// What a hook names is not all that there is.
		return slices.DeleteFunc(all, func(f cli.Flag) bool {
			return slices.Contains(namesOf(f), "changed") || slices.Contains(namesOf(f), "partial")
		})
	}
	return &cli.Command{
		Name:  "baseline",
		Usage: "start from the findings that there are today",
		Subcommands: []*cli.Command{
			{
				Name:      "write",
				Usage:     "write a baseline with all findings that there are",
				ArgsUsage: "[PATH...]",
				Description: `It judges each PATH as boundlint lint does and writes what it finds into a file, a
line for each finding, which boundlint lint --baseline FILE does not report again. What
an exemption or a comment covers is not in it. A baseline that is there already keeps the
findings of root modules that are not among the PATHs.`,
				Flags: flags(
					&cli.StringFlag{Name: "reason", Usage: "write into the baseline why its findings are left for later: the `TEXT`"},
					&cli.StringFlag{Name: "until", Usage: "write into the baseline the last `DATE` on which it holds, YYYY-MM-DD"},
				),
				Action: func(c *cli.Context) error { return p.writeBaseline(c) },
			},
			{
				Name:      "prune",
				Usage:     "remove from the baseline what does not occur any more",
				ArgsUsage: "[PATH...]",
				Flags:     flags(),
				Action:    func(c *cli.Context) error { return p.pruneBaseline(c) },
			},
			{
				Name:        "check",
				Usage:       "exit with 1 where the baseline has what does not occur any more",
				ArgsUsage:   "[PATH...]",
				Description: "It lists what boundlint baseline prune removes.",
				Flags:       flags(),
				Action:      func(c *cli.Context) error { return p.checkBaseline(c) },
			},
		},
		Action: func(*cli.Context) error {
			return usagef("boundlint baseline needs a command: boundlint baseline write, prune or check, and [PATH...]")
		},
	}
}

// baselineFile is the file of the baseline, and whether the user names it.
func baselineFile(c *cli.Context) (file string, named bool, err error) {
	if !c.IsSet("baseline") {
		return baseline.FileName, false, nil
	}
	if c.String("baseline") == "" {
		return "", true, usagef("--baseline names no file")
	}
	return relative(c.String("baseline")), true, nil
}

// readBaseline reads the baseline of the command line.
func readBaseline(c *cli.Context) (*lint.Baseline, error) {
	file, named, err := baselineFile(c)
	switch {
	case err != nil:
		return nil, err
	case named:
		return baseline.ReadNamed(file)
	}
	return baseline.ReadFound(".")
}

// useBaseline prepares a baseline for judging what was read.
func useBaseline(b *lint.Baseline, in *inputs) *driver.Baseline {
	out := driver.NewBaseline(b)
	base := repositoryRoot()
	out.Gone = func(root string) bool {
		local := filepath.FromSlash(root)
		return base != "" && filepath.IsLocal(local) && in.lookThrough(base, root) && !exists(filepath.Join(base, local))
	}
	return out
}

// lookThrough reports whether one of the PATHs is a directory that a root module of
// the repository at base is in, or would be.
func (in *inputs) lookThrough(base, root string) bool {
	return slices.ContainsFunc(in.paths, func(path string) bool {
		info, err := files.StatNamed(path)
		if err != nil || !info.IsDir() {
			return false
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			return false
		}
		inside, err := filepath.Rel(abs, filepath.Join(base, filepath.FromSlash(root)))
		return err == nil && filepath.IsLocal(inside)
	})
}

func exists(path string) bool {
	lies, err := files.Lies(path)
	return lies || err != nil
}

// judgeBy judges the PATHs for a command about a baseline. The error is set where
// not all of them could be judged: of the rest nothing is known.
func (p *program) judgeBy(c *cli.Context, b *lint.Baseline) (*driver.Baseline, error) {
	in, err := p.read(c)
	if err != nil {
		return nil, err
	}
	if len(in.faults) > 0 {
		return nil, errors.Join(in.faults...)
	}
	used := useBaseline(b, in)
	rep, err := p.judge(in, driver.Options{
		Share: p.share, SameAccount: c.Bool("same-account"), NoInlineIgnores: c.Bool("no-inline-ignores"),
		Exclude: c.StringSlice("exclude"), Baseline: used,
	})
	if err != nil {
		return nil, err
	}
	p.settle()
	if in.nothing() {
		return nil, errors.New("nothing was checked: no input holds anything to judge")
	}
	for _, d := range rep.Diagnostics {
		if d.Severity == lint.Error {
			return nil, errors.New(strings.TrimPrefix(d.Input+": "+d.Message, ": "))
		}
	}
	return used, nil
}

func (p *program) writeBaseline(c *cli.Context) error {
	file, _, err := baselineFile(c)
	if err != nil {
		return err
	}
	until, err := time.Parse(time.DateOnly, c.String("until"))
	if c.IsSet("until") && err != nil {
		return usagef("--until takes a date, YYYY-MM-DD, not %s", c.String("until"))
	}
	before, err := readBaseline(c)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		before = &lint.Baseline{}
	case err != nil:
		return fmt.Errorf("%w; nothing was written over it", err)
	}
	used, err := p.judgeBy(c, before)
	if err != nil {
		return err
	}
	after := &lint.Baseline{Reason: before.Reason, Until: before.Until, Findings: slices.Concat(used.Found, used.Unknown())}
	if c.IsSet("reason") {
		after.Reason = c.String("reason")
	}
	if c.IsSet("until") {
		after.Until = until
	}
	if err := saveBaseline(file, after); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", printable(file), sizeOf(after.Findings))
	return nil
}

func saveBaseline(file string, b *lint.Baseline) error {
	text, err := baseline.Format(b)
	if err == nil {
		err = writeFile(file, text)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, reason(err))
	}
	return nil
}

func (p *program) pruneBaseline(c *cli.Context) error {
	used, err := p.judgedBaseline(c)
	if err != nil {
		return err
	}
	if len(used.Stale()) > 0 {
		left := &lint.Baseline{Reason: used.Reason, Until: used.Until, Findings: used.Left()}
		if err := saveBaseline(used.File, left); err != nil {
			return err
		}
	}
	p.tellStale(used, "removed")
	return nil
}

func (p *program) checkBaseline(c *cli.Context) error {
	used, err := p.judgedBaseline(c)
	if err != nil {
		return err
	}
	p.tellStale(used, "stale")
	if len(used.Stale()) > 0 {
		p.code = exitFindings
	}
	return nil
}

// judgedBaseline is the baseline that there is, after all PATHs were judged by it.
func (p *program) judgedBaseline(c *cli.Context) (*driver.Baseline, error) {
	b, err := readBaseline(c)
	if err != nil {
		return nil, err
	}
	return p.judgeBy(c, b)
}

// tellStale lists what does not occur any more and sums the baseline up.
func (p *program) tellStale(b *driver.Baseline, what string) {
	stale := b.Stale()
	for _, known := range stale {
		fmt.Fprintf(p.stdout, "%s:%d: %s: %s at %s in %s\n", printable(b.File), known.Line, what,
			printable(known.Rule), printable(known.Address), printable(known.Root))
	}
	line := fmt.Sprintf("%s: %s, %d %s", printable(b.File), sizeOf(b.Findings), len(stale), what)
	if n := len(b.Unknown()); n > 0 {
		line += fmt.Sprintf("; of %d it is not known, for their root modules were not judged, or not wholly", n)
	}
	fmt.Fprintln(p.stdout, line)
}

// sizeOf says how many findings there are, and in how many root modules.
func sizeOf(findings []lint.Baselined) string {
	roots := map[string]bool{}
	for _, f := range findings {
		roots[f.Root] = true
	}
	return fmt.Sprintf("%s in %s", counted(len(findings), "finding"), counted(len(roots), "root module"))
}
