package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/source"
)

func (p *program) diffCommand() *cli.Command {
	flags := p.askFlags(
		&cli.StringFlag{Name: "git", Usage: "compare two revisions of the repository, `BASE..HEAD`; BASE alone, with the working tree; it runs " +
			"git to read them; implies --recursive"},
		&cli.BoolFlag{Name: "lost", Usage: "list the access that is lost as well"},
		&cli.BoolFlag{Name: "fail-on-new-access", Usage: "exit with 1 where something is allowed that was not, or may be"},
		&cli.BoolFlag{Name: "sensitive-only", Usage: "with --fail-on-new-access, only for permissions management, for actions by which " +
			"privileges are gained, and for roles that can newly be assumed"},
	)
	// What is taken together as one account before need not be after.
	flags = slices.DeleteFunc(flags, func(f cli.Flag) bool { return slices.Contains(namesOf(f), "same-account") })
	for _, f := range flags {
		if format, ok := f.(*cli.StringFlag); ok && format.Name == "format" {
			format.Usage = "`FORMAT` of the answer: text, json or markdown"
		}
	}
	return &cli.Command{
		Name:      "diff",
		Usage:     "show what access changes between two plans, states or directories",
		ArgsUsage: "BEFORE AFTER, PLAN, or --git BASE..HEAD [PATH...]",
		Description: `It compares two inputs of any kind, a plan's own before and after, or two
revisions of a repository, and shows new and fixed findings and new access: for
each role, user, group and policy the actions of which some request is allowed
after and was not before, each with such a request. A policy that is written in
another way and allows the same shows nothing. A changed boundary is shown as what
its holders gain and lose in the worst case, a changed trust policy as who can
newly assume the role.

The exit code is 0 whatever changes, 1 with --fail-on-new-access where there is
new access, and 2 for wrong usage or an input that could not be read.`,
		Flags:  flags,
		Action: func(c *cli.Context) error { return p.diff(c) },
	}
}

// diffFormats are the formats of diff.
var diffFormats = []string{"text", "json", "markdown"}

func (p *program) diff(c *cli.Context) error {
	format := c.String("format")
	switch {
	case !slices.Contains(diffFormats, format):
		return usagef("boundlint diff writes text, json or markdown, not %s", format)
	case c.Bool("sensitive-only") && !c.Bool("fail-on-new-access"):
		return usagef("--sensitive-only says which access --fail-on-new-access fails on: add that")
	}
	sides, err := p.diffSides(c)
	if err != nil || sides == nil {
		return err
	}
	d := &difference{Before: sides.before.name, After: sides.after.name, lost: c.Bool("lost")}
	pairs := pairModels(sides.before, sides.after)
	if d.Findings, err = p.diffFindings(c, sides.before.in, sides.after.in); err != nil {
		return err
	}
	for _, pair := range pairs {
		if err := p.diffAccess(d, pair); err != nil {
			return err
		}
	}
	d.group()
	p.settle()
	if err := p.writeDiff(c, d, format); err != nil {
		return err
	}
	if c.Bool("fail-on-new-access") && d.failsFor(c.Bool("sensitive-only")) {
		p.code = max(p.code, exitFindings)
	}
	return nil
}

func (p *program) writeDiff(c *cli.Context, d *difference, format string) error {
	switch format {
	case "json":
		return p.writeJSON(d.json())
	case "markdown":
		return p.writePlain(d.markdown(c.Bool("verbose")))
	}
	return p.write(d.text(c.Bool("verbose")))
}

// writePlain writes an answer that is not for a terminal: no line is broken.
func (p *program) writePlain(text string) error {
	p.progress.end()
	_, err := fmt.Fprint(p.stdout, printable(p.covered(text)))
	return err
}

// reportFaults tells of what could not be read.
func (p *program) reportFaults(in *inputs) {
	for _, fault := range in.faults {
		p.printError(fault)
		p.code = exitFailure
	}
	for _, d := range in.remarks {
		p.printError(fmt.Errorf("%s: %s", d.Input, d.Message))
	}
}

// diffSide is one of the two that are compared.
type diffSide struct {
	name  string
	paths []string
	given []source.Given
	in    *inputs
	// base is what the paths of its inputs begin with, and bases are all ways to
	// write it.
	base  string
	bases []string
}

// modelPair is a model before and after, each with its settings; one of them may
// be nil.
type modelPair struct {
	before, after                 *iam.Model
	beforeSettings, afterSettings *lint.Settings
}

// modelKey is what is the same of a model before and after.
type modelKey struct{ path, workspace string }

// pairModels finds for each model the one that it was before. Their findings are
// then of one root module.
func pairModels(before, after *diffSide) []*modelPair {
	was, is := before.models(), after.models()
	var out []*modelPair
	taken := map[*iam.Model]bool{}
	for _, n := range is {
		p := &modelPair{after: n.model, afterSettings: n.settings}
		for _, b := range was {
			if !taken[b.model] && (b.key == n.key || len(was) == 1 && len(is) == 1) {
				taken[b.model] = true
				b.model.Input.Root = cmp.Or(n.model.Input.Root, n.model.Input.Path)
				n.model.Input.Root = b.model.Input.Root
				p.before, p.beforeSettings = b.model, b.settings
				break
			}
		}
		out = append(out, p)
	}
	for _, b := range was {
		if !taken[b.model] {
			out = append(out, &modelPair{before: b.model, beforeSettings: b.settings})
		}
	}
	return out
}

// keyedModel is a model with its settings and what it is found by.
type keyedModel struct {
	model    *iam.Model
	settings *lint.Settings
	key      modelKey
}

func (s *diffSide) models() []keyedModel {
	var out []keyedModel
	for _, b := range s.in.batches {
		for _, m := range b.models {
			path := m.Input.Path
			if inside, err := filepath.Rel(s.base, path); err == nil {
				path = inside
			}
			out = append(out, keyedModel{m, b.settings, modelKey{path, m.Input.Workspace}})
		}
	}
	return out
}

// diffAccess compares what is allowed in a pair of models.
func (p *program) diffAccess(d *difference, pair *modelPair) error {
	ask := func(settings *lint.Settings, m *iam.Model) (*inquiry.Inquiry, error) {
		if m == nil {
			return nil, nil
		}
		p.remark([]*iam.Model{m})
		d.omit(m)
		q, err := inquiry.New(settings, m)
		if err == nil {
			p.secrets = append(p.secrets, driver.SecretsOf(q.Model, isConditionKey))
		}
		return q, err
	}
	after, err := ask(pair.afterSettings, pair.after)
	if err != nil {
		return err
	}
	before, err := ask(pair.beforeSettings, pair.before)
	if err != nil {
		return err
	}
	input := ""
	if after != nil {
		input = after.Model.Input.Name()
	} else {
		input = before.Model.Input.Name()
	}
	for _, change := range inquiry.Diff(before, after, d.lost) {
		d.add(change, input)
	}
	return nil
}

// diffFindings compares the findings of two inputs: by their fingerprints, as a
// baseline does.
func (p *program) diffFindings(c *cli.Context, before, after *inputs) (*findingsAnswer, error) {
	options := driver.Options{Share: p.share, Exclude: c.StringSlice("exclude"), Partial: true}
	recorder := driver.NewBaseline(&lint.Baseline{})
	options.Baseline = recorder
	if _, err := p.judge(before, options); err != nil {
		return nil, err
	}
	known := driver.NewBaseline(&lint.Baseline{Findings: recorder.Found})
	known.Revision = &lint.Revision{Name: "before"}
	options.Baseline = known
	rep, err := p.judge(after, options)
	if err != nil {
		return nil, err
	}
	out := &findingsAnswer{New: []findingAnswer{}, Fixed: []findingAnswer{}, Unchanged: []findingAnswer{}}
	occurs := map[lint.BaselinedKey]bool{}
	for i := range known.Found {
		occurs[known.Found[i].Key()] = true
	}
	for i := range rep.Findings {
		if f := &rep.Findings[i]; !isOfRun(f.Rule) {
			out.New = append(out.New, findingAnswer{f.Rule, f.Severity.String(), string(f.Verdict), f.Address, f.Message, f.Fingerprint})
		}
	}
	for i := range recorder.Found {
		f := &recorder.Found[i]
		one := findingAnswer{f.Rule, f.Severity.String(), string(f.Verdict), f.Address, f.Message, f.Fingerprint}
		switch {
		case !occurs[f.Key()]:
			out.Fixed = append(out.Fixed, one)
		case !slices.ContainsFunc(out.New, func(n findingAnswer) bool { return n.Fingerprint == f.Fingerprint }):
			out.Unchanged = append(out.Unchanged, one)
		}
	}
	return out, nil
}

// isOfRun reports whether a finding is about the run itself and not about what
// the input has.
func isOfRun(rule string) bool {
	switch rule {
	case lint.ExemptionExpired, lint.ExemptionUnused, lint.InputIncomplete, lint.PolicyLoosened:
		return true
	}
	return false
}
