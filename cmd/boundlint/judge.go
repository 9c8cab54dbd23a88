package main

import (
	"errors"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// judge takes what was read through the rules. Inputs under different house
// rules are judged apart and come together in one report.
func (p *program) judge(in *inputs, o judging) (*lint.Report, error) {
	options := lint.Options{
		Tool:            lint.Tool{Name: "boundlint", Version: versionNumber()},
		ManagedPolicy:   catalog.ManagedPolicyARN,
		NoInlineIgnores: o.noInlineIgnores,
		SameAccount:     o.sameAccount,
	}
	var reports []*lint.Report
	for i, b := range in.batches {
		if i == 0 {
			options.Diagnostics = in.diagnostics()
		} else {
			options.Diagnostics = nil
		}
		r, err := lint.Run(b.models, rules.All(), b.settings, options)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	if len(reports) == 1 {
		return reports[0], nil
	}
	return report.Merge(reports...), nil
}

// judging are the flags that bear on how is judged.
type judging struct{ sameAccount, noInlineIgnores bool }

// diagnostics are the inputs that could not be read, for reports that are
// read without standard error.
func (in *inputs) diagnostics() []lint.Diagnostic {
	var out []lint.Diagnostic
	for _, fault := range in.faults {
		d := lint.Diagnostic{Severity: lint.Error, Message: fault.Error()}
		if at, ok := errors.AsType[*source.InputError](fault); ok {
			d.Input, d.Message = at.Path, at.Problem
		}
		out = append(out, d)
	}
	return out
}
