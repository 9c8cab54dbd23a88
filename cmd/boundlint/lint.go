package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
)

func (p *program) lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "check plans, states and directories (the command meant when none is named)",
		ArgsUsage: "[PATH...]",
		Description: `A PATH is the JSON that "terraform show -json" prints for a plan or a state,
a directory of configuration, or - for standard input. Each PATH is judged by
itself; with --same-account all of them are one account. JSON files inside a
directory are read only when named.`,
		Flags: slices.Concat(outputFlags(), settingsFlags(), deployerFlags(), p.inputFlags(), budgetFlags(), fixFlags(), []cli.Flag{
			&cli.StringFlag{Name: "baseline", Usage: "do not report the findings that the baseline in `FILE` has, which boundlint baseline write " +
				"makes"},
			&cli.StringFlag{Name: "changed-from", Usage: "do not report the findings that the revision `REV` of the repository has; it runs git " +
				"to read it; implies --recursive"},
			&cli.StringFlag{Name: "shard", Usage: "judge the `K/N`-th part of the accounts and root modules, with what of all others matters to " +
				"them; boundlint report merge joins the N reports in the json format to that of the whole"},
			&cli.BoolFlag{Name: "allow-empty", Usage: "exit with 0 although none of the PATHs holds anything to judge"},
			&cli.BoolFlag{Name: "timings", Usage: "tell on standard error how long reading, judging and writing took, and each rule " +
				"and stage of the judging"},
			&cli.StringSliceFlag{Name: "against", Usage: "name the roles and users of an account dump that the Terraform `STATE` does not manage; " +
				"repeated, that none of them does"},
		}),
		Action: func(c *cli.Context) error {
			return p.lint(c)
		},
	}
}

// outputFlags say how findings come out.
func outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name: "format", Aliases: []string{"f"},
			Usage: "write the report in `FORMAT` or, with FORMAT=FILE, to a file; may be repeated",
		},
		&cli.BoolFlag{Name: "require-coverage", Usage: "exit with 1 where something was not looked at: a directory with configuration, a " +
			"module call, a stack, the document of a policy or boundary in use"},
		&cli.StringFlag{Name: "fail-on", Value: "error", Usage: "exit with 1 from this `SEVERITY` on: error (the default), warning, note or " +
			"none"},
		&cli.StringFlag{Name: "color", Value: "auto", Usage: "`WHEN` to colour text: auto (the default: on a terminal, unless NO_COLOR is " +
			"set), always or never"},
		&cli.StringFlag{Name: "region", Usage: "the `REGION` of the Security Hub that asff is written for, where the input does not tell it"},
		&cli.StringFlag{Name: "run", Usage: "the `NAME` of the run in each row of ndjson and parquet, such as 2026-12 or the address of the job"},
		&cli.BoolFlag{Name: "verbose", Usage: "list in full what the text format shortens"},
	}
}

// settingsFlags say by which configuration is judged.
func settingsFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "config", Aliases: []string{"c"},
			Usage: "read the configuration from `FILE`, not from the nearest .boundlint.hcl upwards of each PATH",
		},
		&cli.StringSliceFlag{Name: "policy", Usage: "hold each configuration against the organisation's policy in `FILE`, which it can tighten " +
			"and not loosen; may be repeated; implies --recursive"},
		&cli.StringFlag{Name: "config-from", Usage: "take the configuration and the baseline from the revision `REV` of the repository, and " +
			"list what the working tree has otherwise; it runs git to read it; implies --recursive"},
		&cli.BoolFlag{Name: "strict", Usage: "what cannot be decided is as severe as what is wrong"},
		&cli.BoolFlag{Name: "no-inline-ignores", Usage: "report what comments in the configuration ask to ignore"},
	}
}

// inputFlags say how inputs are read.
func (p *program) inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "same-account", Usage: "take all PATHs together as one account"},
		&cli.BoolFlag{Name: "changed", Usage: "the PATHs are files that changed, as a hook gets them: lint the root modules that they belong " +
			"to, each once; implies --partial"},
		&cli.BoolFlag{Name: "partial", Usage: "the PATHs are not all that the configuration speaks of, as in a hook: exemptions that match " +
			"nothing are not reported"},
		&cli.StringFlag{Name: "config-dir", Usage: "the `DIRECTORY` of the configuration that a plan was made of, or its binary plan file, for " +
			"the lines to fix and for values known after apply"},
		&cli.GenericFlag{
			Name: "var-file", Value: &givenFlag{p, func(v string) source.Given { return source.Given{File: v} }},
			Usage: "read variables of a directory from `FILE`; may be repeated, and counts after what stands before it",
		},
		&cli.GenericFlag{
			Name: "var", Value: &givenFlag{p, func(v string) source.Given { return source.Given{Value: v} }},
			Usage: "set a variable of a directory, `NAME=VALUE`; may be repeated, and counts after what stands before it",
		},
		&cli.StringFlag{Name: "workspace", Usage: "the `NAME` that terraform.workspace has, in place of TF_WORKSPACE, of the selected " +
			"workspace, and of workspaces in the configuration file"},
		&cli.BoolFlag{
			Name: "recursive", Aliases: []string{"r"},
			Usage: "look for root modules below a directory even if it has configuration of its own, as is done below one that has none",
		},
		&cli.StringSliceFlag{Name: "exclude", Usage: "look for no configuration in directories that match `GLOB`; may be repeated"},
		&cli.StringFlag{Name: "credential-report", Usage: "the `CSV` of the credential report that belongs to an account dump"},
		&cli.BoolFlag{Name: "allow-exec", Usage: "run terraform or tofu to read a binary plan file of a version that is not known " +
			"(it starts the providers of the directory)"},
	}
}

// givenFlag is --var or --var-file. They share one list, for their order
// counts.
type givenFlag struct {
	program *program
	read    func(value string) source.Given
}

// Set adds a value.
func (f *givenFlag) Set(value string) error {
	f.program.given = append(f.program.given, f.read(value))
	return nil
}

// String is the default, which is none.
func (f *givenFlag) String() string { return "" }

func (p *program) lint(c *cli.Context) error {
	outputs, err := p.outputs(c)
	if err != nil {
		return err
	}
	in, shard, err := p.readShard(c)
	if err != nil {
		return err
	}
	known, err := p.known(c, in)
	if err != nil {
		return err
	}
	if p.tree != nil {
		in.remarks = append(in.remarks, p.tree.changes(c, in)...)
	}
	if err := checkFixing(c, in, outputs); err != nil {
		return err
	}
	if err := outputs.refuseOverwrite(slices.Concat(in.files, c.StringSlice("against"), []string{c.String("baseline")}), p.stdin,
		len(in.faults) > 0); err != nil {
		return err
	}
	for _, fault := range in.faults {
		// Who reads the report on the same terminal reads it there.
		if len(in.batches) == 0 || !outputs.readHere() {
			p.printError(fault)
		}
		p.code = exitFailure
	}
	if len(in.batches) == 0 {
		return nil
	}
	against, err := p.against(c, in)
	if err != nil {
		return err
	}
	options := driver.Options{
		Share:           p.share,
		Source:          in.source(nil),
		Against:         against,
		SameAccount:     c.Bool("same-account"),
		NoInlineIgnores: c.Bool("no-inline-ignores"),
		// What could not be read may be what the configuration speaks of.
		Partial:  c.Bool("partial") || c.Bool("changed") || len(in.faults) > 0,
		Exclude:  c.StringSlice("exclude"),
		Baseline: known,
		Shard:    shard,
		Outlines: p.outlines,
	}
	rep, err := p.judge(in, options)
	if err != nil {
		return err
	}
	if isFixing(c) {
		if rep, err = p.fix(c, in, rep, options, outputs); err != nil {
			return err
		}
	}
	if in.nothing() && !c.Bool("allow-empty") && !c.Bool("changed") {
		rep.Diagnostics = append(rep.Diagnostics, lint.Diagnostic{
			Severity: lint.Error, Message: "nothing was checked: no input holds anything to judge (--allow-empty accepts that)",
		})
	}
	return p.conclude(c, rep, outputs)
}

// known is what is not to be reported again, nil for nothing.
func (p *program) known(c *cli.Context, in *inputs) (*driver.Baseline, error) {
	switch {
	case c.IsSet("changed-from"):
		return p.knownFrom(c, in)
	case c.IsSet("baseline"):
		read := func() (*lint.Baseline, error) { return readBaseline(c) }
		if p.tree != nil {
			read = func() (*lint.Baseline, error) { return p.tree.baseline(c.String("baseline")) }
		}
		b, err := read()
		if err != nil {
			return nil, err
		}
		return useBaseline(b, in), nil
	}
	return nil, nil
}

// conclude writes a report and decides the exit code.
func (p *program) conclude(c *cli.Context, rep *lint.Report, outputs *outputs) error {
	p.settle()
	code := exitCode(rep, outputs.options.FailOn)
	if (c.Bool("require-coverage") || p.coverageAsked) && !rep.Coverage.Complete() {
		rep.Diagnostics = append(rep.Diagnostics, lint.Diagnostic{
			Severity: lint.Error, Message: coverageLacks + strings.TrimPrefix(report.CoverageLine(rep), "coverage: "),
		})
		code = max(code, exitFindings)
	}
	start := p.clock()
	if err := outputs.write(rep); err != nil {
		return err
	}
	if p.timings.writing = p.clock().Sub(start); c.Bool("timings") {
		fmt.Fprint(p.stderr, printable(p.timings.text(rep)))
	}
	if p.code == exitClean {
		p.code = code
	}
	return nil
}

// coverageLacks is what the diagnostic of --require-coverage begins with.
const coverageLacks = "not everything was looked at, as --require-coverage asks: "

// takeCoverageLack takes out of a report that was written before that it was asked for
// more than was looked at, and asks the same of this run: what lacks is a finding and no
// fault, and is said of all reports together.
func (p *program) takeCoverageLack(r *lint.Report) {
	r.Diagnostics = slices.DeleteFunc(slices.Clone(r.Diagnostics), func(d lint.Diagnostic) bool {
		lack := d.Input == "" && strings.HasPrefix(d.Message, coverageLacks)
		p.coverageAsked = p.coverageAsked || lack
		return lack
	})
}

// exitCode is what a report comes to. Part of an input that could not be read
// weighs more than what was found in the rest: nobody can say that it is
// clean.
func exitCode(r *lint.Report, failOn lint.Severity) int {
	for _, d := range r.Diagnostics {
		if d.Severity == lint.Error {
			return exitFailure
		}
	}
	return r.ExitCode(failOn)
}
