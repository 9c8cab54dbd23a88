package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/rules"
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
and one page is read. Reports of the shards of one run (--shard) become what the run
without shards writes; all of them have to be there. Where only tables are written
(ndjson, parquet), reports that are no shards are read one after the other, and need
not fit into memory together. The exit codes are those of boundlint lint.`,
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
	if err := refuseTwice(paths); err != nil {
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
		p.takeCoverageLack(r)
		if r.Shard == nil {
			if err := tables.add(r); err != nil {
				return err
			}
			if len(outputs.list) == 0 {
				r = verdictOf(r)
			}
		}
		reports = append(reports, r)
	}
	merged, ofShards, err := mergeAll(reports)
	if err != nil {
		return err
	}
	if ofShards != nil {
		if err := tables.add(ofShards); err != nil {
			return err
		}
	}
	if err := tables.finish(); err != nil {
		return err
	}
	return p.conclude(c, merged, outputs)
}

// refuseTwice refuses a report that is named twice, by whatever names: it would count twice.
// Standard input is at its end after it was read.
func refuseTwice(paths []string) error {
	type named struct {
		path string
		file fs.FileInfo
	}
	// Files that are the same have the same size, so that few of a fleet's are compared.
	known := map[int64][]named{}
	for i, path := range paths {
		if path == "-" {
			if slices.Contains(paths[:i], path) {
				return usagef("standard input (-) is named twice")
			}
			continue
		}
		file, err := files.StatNamed(path)
		if err != nil || !file.Mode().IsRegular() {
			continue // reading it tells what is wrong
		}
		for _, other := range known[file.Size()] {
			switch {
			case !os.SameFile(other.file, file):
			case other.path == path:
				return usagef("%s is named twice: its findings would count twice", path)
			default:
				return usagef("%s and %s are the same file: its findings would count twice", other.path, path)
			}
		}
		known[file.Size()] = append(known[file.Size()], named{path, file})
	}
	return nil
}

// mergeAll makes one report of those of the shards of a run, and of any others beside it;
// ofShards is the run of the shards by itself, nil where there are none.
func mergeAll(reports []*lint.Report) (all, ofShards *lint.Report, err error) {
	var shards, whole []*lint.Report
	for _, r := range reports {
		if r.Shard != nil {
			shards = append(shards, r)
		} else {
			whole = append(whole, r)
		}
	}
	if len(shards) == 0 {
		return report.Merge(whole...), nil, nil
	}
	one, err := report.MergeShards(shards)
	if err == nil && one.Tool.Version == versionNumber() {
		// What a run says of its rules, and a report leaves out.
		for i, rule := range one.Rules {
			if at := slices.IndexFunc(rules.All(), func(own *lint.Rule) bool { return own.ID == rule.ID }); at >= 0 {
				one.Rules[i] = rules.All()[at]
			}
		}
	}
	if err != nil || len(whole) == 0 {
		return one, one, err
	}
	return report.Merge(append([]*lint.Report{one}, whole...)...), one, nil
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
