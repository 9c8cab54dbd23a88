package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/survey"
)

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "write a " + config.FileName + " that fits the configuration in a directory",
		ArgsUsage: "[DIRECTORY]",
		Description: "It reads the root modules in the directory, the current one unless one is named, and in all\n" +
			"below, and proposes: the boundaries that are in use, what names begin with, the account, the\n" +
			"workspaces, and who seems to deploy. Each part says what it was inferred from. Where there is\n" +
			"no role or user, the file shows the defaults. A file that is there is never written over.\n" +
			"What is not read is told there and on standard error; where it cannot be, the exit code is 2.",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "stdout", Usage: "print it, and write nothing"},
			&cli.StringSliceFlag{Name: "exclude", Usage: "look for no configuration in directories that match `GLOB`; may be repeated"},
		}, budgetFlags()),
		Action: p.init,
	}
}

func (p *program) init(c *cli.Context) error {
	if c.Args().Len() > 1 {
		return usagef("boundlint init takes one directory, not %d", c.Args().Len())
	}
	dir := "."
	if c.Args().Present() {
		dir = c.Args().First()
	}
	if info, err := files.StatNamed(dir); err == nil && !info.IsDir() {
		return usagef("boundlint init takes a directory, and %s is a file", dir)
	}
	path := filepath.Join(dir, config.FileName)
	if !c.Bool("stdout") {
		if lies, err := files.Lies(path); lies || err != nil {
			return fmt.Errorf("%s is there already, and is not written over; --stdout shows what would be written", path)
		}
	}
	text, found, err := p.propose(c, dir)
	if err != nil {
		return err
	}
	if c.Bool("stdout") {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := writeFile(path, text); err != nil {
		return fmt.Errorf("write %s: %w", path, reason(err))
	}
	_, err = fmt.Fprintf(p.stdout, "wrote %s: %s\n", path, found)
	return err
}

// propose returns the configuration for a directory, and what is in it as a
// phrase.
func (p *program) propose(c *cli.Context, dir string) (text []byte, found string, err error) {
	if err := p.startBudget(c); err != nil {
		return nil, "", err
	}
	in, s, err := p.survey(c, dir, nil)
	if err != nil {
		return nil, "", err
	}
	if names := s.Workspaces; len(names) > 0 {
		// In the workspaces that it has found, more is known.
		if in, s, err = p.survey(c, dir, names); err != nil {
			return nil, "", err
		}
	}
	s.Unread = p.tell(in)
	if s.Entities.Of() == 0 {
		return config.Propose(s, p.now()), "no role or user was found, so that everything in it is commented out and shows the defaults", nil
	}
	if err := p.reportingRules(s, in.models()); err != nil {
		return nil, "", err
	}
	found = fmt.Sprintf("read it, then run boundlint %s", dir)
	return config.Propose(s, p.now()), found, nil
}

// survey reads the root modules in a directory and in all below, in each of the
// workspaces where they use one.
func (p *program) survey(c *cli.Context, dir string, workspaces []string) (*inputs, *survey.Survey, error) {
	in := &inputs{paths: []string{dir}}
	find := p.settings(c)
	options, err := p.sourceOptions(c, find)
	if err != nil {
		return nil, nil, err
	}
	if len(workspaces) > 0 {
		options.Workspaces = func(string) []string { return workspaces }
	}
	options.Recursive, options.Share = true, p.share.Part(1, 3)
	if err := in.read(dir, options, find); err != nil {
		return nil, nil, err
	}
	if len(in.batches) == 0 {
		return nil, nil, errors.Join(in.faults...)
	}
	secrets := map[*iam.Model]*driver.Secrets{}
	s, err := survey.Of(in.models(), func(m *iam.Model, text string) bool {
		if _, gathered := secrets[m]; !gathered {
			secrets[m] = driver.SecretsOf(m, isConditionKey)
		}
		return secrets[m].Cover(text) != text
	})
	return in, s, err
}

// tell tells on standard error what was not read, and returns it, each once.
// As in lint, the exit code is 2 where it is an error.
func (p *program) tell(in *inputs) []string {
	var told []string
	tell := func(d *lint.Diagnostic, secrets *driver.Secrets) {
		text := d.Message
		if where := cmp.Or(report.Place(d.Location), d.Input); where != "" {
			text = where + ": " + text
		}
		text = secrets.Cover(text)
		if slices.Contains(told, text) {
			return
		}
		told = append(told, text)
		p.printError(errors.New(text))
		if d.Severity == lint.Error {
			p.code = exitFailure
		}
	}
	for _, d := range in.diagnostics() {
		tell(&d, nil)
	}
	for _, m := range in.models() {
		diagnostics := lint.DiagnosticsOf(m)
		if len(diagnostics) == 0 {
			continue
		}
		secrets := driver.SecretsOf(m, isConditionKey)
		for _, d := range diagnostics {
			tell(&d, secrets)
		}
	}
	return told
}

// reportingRules finds out which rules report the deployers as the survey
// proposes the rest.
func (p *program) reportingRules(s *survey.Survey, models []*iam.Model) error {
	if len(s.Deployers) == 0 {
		return nil
	}
	settings := s.Settings()
	settings.Today = p.now()
	report, err := p.judge(&inputs{batches: []batch{{settings, models}}}, driver.Options{Share: p.share})
	if err != nil {
		return err
	}
	for i := range s.Deployers {
		d := &s.Deployers[i]
		for _, f := range report.Findings {
			for _, one := range f.All() {
				if lint.MatchesSubject(d.Pattern, one.Address, "", "") && !slices.Contains(d.Rules, one.Rule) {
					d.Rules = append(d.Rules, one.Rule)
				}
			}
		}
		slices.Sort(d.Rules)
	}
	return nil
}
