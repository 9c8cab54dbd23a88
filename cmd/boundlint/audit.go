package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/audit"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// auditFormats are the formats of an audit.
var auditFormats = []string{"text", "json", "html"}

func (p *program) auditCommand() *cli.Command {
	flags := slices.DeleteFunc(slices.Concat(settingsFlags(), p.inputFlags(), outputFlags()), func(f cli.Flag) bool {
		return !slices.ContainsFunc(namesOf(f), func(name string) bool {
			return slices.Contains([]string{"config", "policy", "strict", "credential-report", "fail-on", "verbose"}, name)
		})
	})
	return &cli.Command{
		Name:      "audit",
		Usage:     "review accounts: who is bound, what changed and by whom, what is new, and how far controls are fulfilled",
		ArgsUsage: "DIR, or DUMP...",
		Description: `It reads account dumps, or the directory of an organization, with what lies beside
them in DIR, told by content: credential reports, Terraform states, events of
CloudTrail, compressed or not. It says which entities have which boundary, since
when a boundary is weaker and who made it so, whom boundaries refused something,
which actions AWS has added since a boundary was written and that it lets through,
and how far the controls of the CIS AWS Foundations Benchmark about IAM and each
leg of boundlint are fulfilled. With --last it says what differs from the audit
before.

The exit codes are those of boundlint lint.`,
		Flags: slices.Concat(flags, budgetFlags(), []cli.Flag{
			&cli.StringSliceFlag{Name: "format", Aliases: []string{"f"}, Usage: "write the audit in `FORMAT`, text, json or html, or, with " +
				"FORMAT=FILE, to a file; may be repeated"},
			&cli.StringSliceFlag{Name: "trail", Usage: "a `FILE` or directory with events of CloudTrail; may be repeated"},
			&cli.StringSliceFlag{Name: "against", Usage: "a `STATE` of what Terraform manages in the accounts; may be repeated"},
			&cli.StringFlag{Name: "catalog-since", Usage: "list the actions that AWS has added since `DATE`, in place of since each " +
				"boundary's document came into force"},
			&cli.StringFlag{Name: "last", Usage: "compare with the audit before, the `JSON` of which is named"},
		}),
		Action: func(c *cli.Context) error { return p.audit(c) },
	}
}

func (p *program) audit(c *cli.Context) error {
	outputs, err := auditOutputs(c)
	if err != nil {
		return err
	}
	failOn, ok := lint.ParseFailOn(c.String("fail-on"))
	if !ok {
		return usagef("--fail-on takes error, warning, note or none, not %s", c.String("fail-on"))
	}
	since, err := catalogSince(c)
	if err != nil {
		return err
	}
	last, err := lastAudit(c)
	if err != nil {
		return err
	}
	paths, err := auditPaths(c)
	if err != nil {
		return err
	}
	in, err := p.readPaths(c, paths.inputs)
	if err != nil {
		return err
	}
	sources := slices.Concat(in.files, paths.inputs, paths.reports, paths.trail, paths.states, []string{c.String("last")})
	if err := outputs.refuseInputs(sources, p.stdin, len(in.faults) > 0); err != nil {
		return err
	}
	s := &audit.Source{Rules: rules.All(), Last: last, Since: since, Today: p.now(), Files: len(paths.trail)}
	if err := p.auditAccounts(c, in, paths, s); err != nil || s.Report == nil {
		return err
	}
	if s.Events, err = p.events(paths); err != nil {
		return err
	}
	s.Notes, s.Share = paths.notes, p.share
	made, err := makeAudit(s)
	if err != nil {
		return err
	}
	if last != nil && !made.SameAccounts(last) {
		return usagef("--last %s is the audit of other accounts: none of those that are audited is in it", c.String("last"))
	}
	p.settle()
	if err := p.writeAudit(c, made, outputs); err != nil {
		return err
	}
	if p.code == exitClean {
		p.code = exitCode(s.Report, failOn)
	}
	return nil
}

// makeAudit makes the audit, or says why nothing is left of the budget of the run for it.
func makeAudit(s *audit.Source) (made *audit.Audit, err error) {
	defer func() {
		fault := recover()
		if over, ok := fault.(*budget.SpentError); ok {
			err = fmt.Errorf("the audit was not made: %w", over)
		} else if fault != nil {
			panic(fault)
		}
	}()
	return audit.Make(s), nil
}

// auditAccounts judges the accounts.
func (p *program) auditAccounts(c *cli.Context, in *inputs, paths *audited, s *audit.Source) error {
	for _, fault := range in.faults {
		p.printError(fault)
		p.code = exitFailure
		paths.notes = append(paths.notes, fault.Error())
	}
	models := in.models()
	if len(models) == 0 {
		return nil
	}
	for _, m := range models {
		if m.Input.Kind != iam.InputAccount {
			return usagef("boundlint audit reviews accounts, and %s is %s: name it with --against, or use boundlint lint", m.Input.Path,
				inputKind(m.Input.Kind))
		}
	}
	if err := p.addReports(paths, c.String("credential-report"), models); err != nil {
		return err
	}
	against, err := p.auditedStates(c, in, paths)
	if err != nil {
		return err
	}
	s.Report, err = p.judge(in, driver.Options{Share: p.share, Against: against, Partial: len(in.faults) > 0})
	s.Models = models
	return err
}

// auditedStates reads the states, each by itself.
func (p *program) auditedStates(c *cli.Context, in *inputs, paths *audited) ([]*iam.Model, error) {
	var out []*iam.Model
	for _, name := range paths.states {
		models, err := p.againstPaths(c, in, []string{name})
		if err := p.fault(paths, name, err); err != nil {
			return nil, err
		}
		if err == nil {
			out = append(out, models...)
		}
	}
	return out, nil
}

// addReports adds the credential reports to the models. The readers of dumps have
// read the one that is given already.
func (p *program) addReports(paths *audited, given string, models []*iam.Model) error {
	from := map[string]string{}
	for _, report := range paths.reports {
		before := make([]int, len(models))
		if report != given {
			for i, m := range models {
				before[i] = len(m.Reported)
			}
			if err := p.fault(paths, report, source.AddCredentialReport(report, models)); err != nil {
				return err
			}
		}
		for i, m := range models {
			for _, u := range m.Reported[before[i]:] {
				if other := from[u.Address]; other != "" && other != report {
					return usagef("%s and %s are credential reports of the same user %s: keep the newer one", other, report, u.Address)
				}
				from[u.Address] = report
			}
		}
	}
	return nil
}

// auditOutput is one --format of an audit.
type auditOutput struct{ format, file string }

type auditOutputList []auditOutput

func auditOutputs(c *cli.Context) (auditOutputList, error) {
	formats := c.StringSlice("format")
	if len(formats) == 0 {
		formats = []string{"text"}
	}
	var out auditOutputList
	printed := ""
	for _, f := range formats {
		name, file, toFile := strings.Cut(f, "=")
		switch {
		case !slices.Contains(auditFormats, name):
			return nil, usagef("boundlint audit writes text, json or html, not %s", name)
		case toFile && file == "":
			return nil, usagef("--format %s names no file", f)
		case !toFile && printed != "":
			return nil, usagef("both %s and %s would go to standard output; write one to a file, --format %s=FILE", printed, name, name)
		case !toFile:
			printed = name
		}
		if slices.ContainsFunc(out, func(o auditOutput) bool {
			return file != "" && o.file != "" && filepath.Clean(o.file) == filepath.Clean(file)
		}) {
			return nil, usagef("two formats would go to %s", file)
		}
		out = append(out, auditOutput{name, file})
	}
	return out, nil
}

// refuseInputs refuses to write an audit over what it is made of, configuration among it.
func (l auditOutputList) refuseInputs(paths []string, stdin io.Reader, unread bool) error {
	o := &outputs{}
	for _, one := range l {
		o.list = append(o.list, output{name: one.format, file: one.file})
	}
	return o.refuseOverwrite(slices.DeleteFunc(paths, func(path string) bool { return path == "" }), stdin, unread)
}

func (p *program) writeAudit(c *cli.Context, a *audit.Audit, list auditOutputList) error {
	for _, o := range list {
		var text strings.Builder
		var err error
		switch o.format {
		case "json":
			err = report.JSON(&text, a)
		case "html":
			err = a.HTML(&text)
		default:
			text.WriteString(a.Text(c.Bool("verbose")))
		}
		if err != nil {
			return err
		}
		content := text.String()
		if o.format != "json" { // which escapes what does not print
			content = printable(content)
		}
		switch {
		case o.file != "":
			if err := writeFile(o.file, []byte(content)); err != nil {
				return fmt.Errorf("write %s: %w", o.file, reason(err))
			}
		case o.format == "text":
			if err := p.print(content); err != nil {
				return err
			}
		default:
			if _, err := io.WriteString(p.stdout, content); err != nil {
				return fmt.Errorf("write %s to standard output: %w", o.format, reason(err))
			}
		}
	}
	return nil
}
