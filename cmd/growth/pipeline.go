package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
)

// formats are reports of which each is written in a way of its own.
var formats = []string{"text", "json", "sarif", "html"}

// pipeline takes an input through all of boundlint.
type pipeline struct{ rules []*lint.Rule }

// input is what is taken through, with a baseline that has some of its findings; nil
// for none.
type input struct {
	synthetic.Input
	known *lint.Baseline
}

// run returns what a clock counted for each stage.
func (p pipeline) run(in input, clock func() time.Time) ([]lint.Took, error) {
	watch := lint.NewStopwatch(clock)
	end := watch.Stage("reading")
	models, err := read(in.Input)
	end()
	if err != nil {
		return nil, err
	}
	rep, _, err := p.judge(models, in.known, clock)
	if err != nil {
		return nil, err
	}
	for _, d := range rep.Diagnostics {
		if d.Severity == lint.Error { // it was not taken through
			return nil, errors.New(d.Message)
		}
	}
	for _, format := range formats {
		reporter, _ := report.ByName(format)
		end := watch.Stage("report as " + format)
		err := reporter.Report(io.Discard, rep, report.Options{})
		end()
		if err != nil {
			return nil, err
		}
	}
	return append(rep.Took, watch.Took(-1)...), nil
}

// judge takes models through the rules, and returns what a baseline can hold as well.
func (p pipeline) judge(models []*iam.Model, known *lint.Baseline, clock func() time.Time) (*lint.Report, []lint.Baselined, error) {
	baseline := driver.NewBaseline(cmp.Or(known, &lint.Baseline{}))
	rep, err := driver.Run(models, p.rules, &lint.Settings{Preset: lint.AuditPreset}, driver.Options{
		Clock: clock, Baseline: baseline, ManagedPolicy: catalog.ManagedPolicyARN, Source: contentOf,
		ConditionKey: func(key string) bool { _, known := catalog.LookupKey(key); return known },
	})
	return rep, baseline.Found, err
}

// half is a baseline with every other finding of an input.
func (p pipeline) half(in synthetic.Input) (*lint.Baseline, error) {
	models, err := read(in)
	if err != nil {
		return nil, err
	}
	_, found, err := p.judge(models, nil, nil)
	out := &lint.Baseline{}
	for i := 0; i < len(found); i += 2 {
		out.Findings = append(out.Findings, found[i])
	}
	return out, err
}

func read(in synthetic.Input) ([]*iam.Model, error) {
	return source.Read(context.Background(), in.Path, source.Options{ConfigDir: in.ConfigDir, CredentialReport: in.Credentials})
}

// contentOf is that of a file, for the lines that reports quote.
func contentOf(file string) []byte {
	content, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return nil
	}
	return content
}

// makeIn writes an input of a shape into a directory of its own.
func makeIn(dir string, shape synthetic.Shape, n int) (in synthetic.Input, size int64, err error) {
	own, err := os.MkdirTemp(dir, "")
	if err != nil {
		return in, 0, err
	}
	if in, err = shape.Make(own, n); err != nil {
		return in, 0, err
	}
	size, err = synthetic.Size(own)
	return in, size, err
}
