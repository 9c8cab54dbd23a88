package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/report"
)

func (p *program) reportCommand() *cli.Command {
	return &cli.Command{
		Name:  "report",
		Usage: "work on reports that were written before",
		Subcommands: []*cli.Command{{
			Name:      "merge",
			Usage:     "make one report of many",
			ArgsUsage: "REPORT.json...",
			Description: `It reads reports that "boundlint --format json" wrote, - for standard input, and
writes one report of all their inputs in any format: a fleet of CI jobs lints,
and one page is read. Where only tables are written (ndjson, parquet), the
reports are read one after the other, and need not fit into memory together.
The exit codes are those of boundlint lint.`,
			Flags:  outputFlags(),
			Action: func(c *cli.Context) error { return p.mergeReports(c) },
		}},
		Action: func(*cli.Context) error {
			return usagef("boundlint report needs a command: boundlint report merge REPORT.json...")
		},
	}
}

func (p *program) mergeReports(c *cli.Context) error {
	outputs, err := p.outputs(c)
	if err != nil {
		return err
	}
	paths := c.Args().Slice()
	if len(paths) == 0 {
		return usagef("boundlint report merge needs at least one report in the json format")
	}
	if err := outputs.refuseOverwrite(paths, p.stdin, false); err != nil {
		return err
	}
	tables, err := outputs.takeTables()
	if err != nil {
		return err
	}
	defer tables.remove()
	var reports []*lint.Report
	for _, path := range paths {
		r, err := p.readReport(path)
		if err != nil {
			// A page that silently lacks a part of the fleet would be read as
			// one of all.
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tables.add(r); err != nil {
			return err
		}
		if len(outputs.list) == 0 {
			r = verdictOf(r)
		}
		reports = append(reports, r)
	}
	if err := tables.finish(); err != nil {
		return err
	}
	return p.conclude(c, report.Merge(reports...), outputs)
}

// verdictOf is what of a report decides the exit code, where nothing else of it is
// written: the worst finding, one that says that an input is not complete, and
// the faults.
func verdictOf(r *lint.Report) *lint.Report {
	out := &lint.Report{Tool: r.Tool, Summary: r.Summary, Coverage: r.Coverage}
	worst := lint.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if i == 0 || f.Severity > worst.Severity {
			worst = lint.Finding{Rule: f.Rule, Severity: f.Severity, Verdict: f.Verdict}
		}
	}
	if len(r.Findings) > 0 {
		out.Findings = append(out.Findings, worst)
	}
	if r.Incomplete() {
		out.Findings = append(out.Findings, lint.Finding{Rule: lint.InputIncomplete, Severity: worst.Severity})
	}
	for _, d := range r.Diagnostics {
		if d.Severity == lint.Error {
			out.Diagnostics = append(out.Diagnostics, lint.Diagnostic{Severity: d.Severity})
			break
		}
	}
	return out
}

func (p *program) readReport(path string) (*lint.Report, error) {
	if path == "-" {
		return report.Decode(p.stdin)
	}
	f, err := files.OpenNamed(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	return report.Decode(f)
}
