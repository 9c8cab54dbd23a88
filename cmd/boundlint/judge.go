package main

import (
	"errors"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// judge takes what was read through the rules. Inputs under different house
// rules are judged apart and come together in one report.
func (p *program) judge(in *inputs, options driver.Options) (*lint.Report, error) {
	options.Tool = lint.Tool{Name: "boundlint", Version: versionNumber()}
	options.ManagedPolicy, options.ConditionKey = catalog.ManagedPolicyARN, isConditionKey
	options.Diagnostics = in.diagnostics()
	options.Clock = p.clock
	p.progress.say("judging %s", counted(len(in.models()), "input"))
	start := p.clock()
	defer func() { p.timings.judging = p.clock().Sub(start) }()
	var batches []driver.Batch
	for _, b := range in.batches {
		batches = append(batches, driver.Batch{Models: b.models, Settings: b.settings, Crossings: newCrossings(b.settings)})
	}
	reports, err := driver.RunAll(batches, rules.All(), options)
	if err != nil {
		return nil, err
	}
	if len(reports) == 1 {
		return reports[0], nil
	}
	merged := report.Merge(reports...)
	merged.Cover() // they are of one run
	slices.SortStableFunc(merged.Diagnostics, func(a, b lint.Diagnostic) int {
		switch {
		case a.Judging == b.Judging:
			return 0
		case b.Judging:
			return -1
		}
		return 1
	})
	return merged, nil
}

// isConditionKey reports whether AWS documents a condition key.
func isConditionKey(key string) bool {
	_, known := catalog.LookupKey(key)
	return known
}

// diagnostics are the inputs that could not be read, for reports that are
// read without standard error, and what is to be said besides.
func (in *inputs) diagnostics() []lint.Diagnostic {
	out := slices.Clone(in.remarks)
	for _, fault := range in.faults {
		d := lint.Diagnostic{Severity: lint.Error, Message: fault.Error()}
		if at, ok := errors.AsType[*source.InputError](fault); ok {
			d.Input, d.Message = at.Path, at.Problem
		}
		out = append(out, d)
	}
	return out
}
