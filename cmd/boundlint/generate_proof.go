package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/generate"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// prove reads what was generated as anybody reads it, and returns an error where it
// does not hold: that is a fault of this program, not of its user.
//
// A role that is passed by its name may be one without the boundary, which the input
// does not contain. The rules give a note for that, and the tests of the delegation
// show that nothing else is passed. So that no other note hides behind it, all rules
// have to be silent about the delegation without that.
func (p *program) prove(d *generate.Delegation, list []generate.File) error {
	closed := d.WithoutRoles()
	if err := p.proveFiles(list, closed != nil); err != nil || closed == nil {
		return err
	}
	return p.proveFiles(closed, false)
}

// proveFiles proves the files of one directory.
func (p *program) proveFiles(list []generate.File, notes bool) error {
	dir, err := scratch.Dir()
	if err != nil {
		return err
	}
	defer scratch.Remove(dir)
	for _, f := range list {
		if err := writeFile(filepath.Join(dir, f.Name), f.Content); err != nil {
			return err
		}
	}
	settings, err := config.Load(filepath.Join(dir, generate.ConfigFile), ruleIDs())
	if err != nil {
		return generateFault(err.Error())
	}
	settings.Today = p.now()
	if err := p.proveSilent(dir, settings, notes); err != nil {
		return err
	}
	return proveTests(dir, settings)
}

// generateFault is what is wrong with what was generated.
func generateFault(found string) error {
	return fmt.Errorf("nothing was written, because it would not hold. This is a fault of boundlint; please report it at %s with the "+
		"command line and this: %s", issuesURL, found)
}

// readGenerated reads a directory as a root module, whatever the environment says.
func readGenerated(dir string) ([]*iam.Model, error) {
	return source.Read(context.Background(), dir, source.Options{
		Symbols: &policy.Symbols{}, Scratch: &scratch, LookupEnv: func(string) (string, bool) { return "", false },
	})
}

// proveSilent has all rules judge a directory: they find nothing, or nothing but notes.
func (p *program) proveSilent(dir string, settings *lint.Settings, notes bool) error {
	models, err := readGenerated(dir)
	if err != nil {
		return generateFault(err.Error())
	}
	r, err := p.judge(&inputs{batches: []batch{{settings, models}}}, driver.Options{})
	if err != nil {
		return err
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !notes || f.Severity != lint.Note || f.Verdict == lint.Undetermined {
			return generateFault(fmt.Sprintf("%s at %s: %s", f.Rule, f.Address, f.Message))
		}
	}
	if len(r.Diagnostics) > 0 {
		return generateFault(r.Diagnostics[0].Message)
	}
	return nil
}

// proveTests has a directory pass its own policy tests.
func proveTests(dir string, settings *lint.Settings) error {
	models, err := readGenerated(dir)
	if err != nil {
		return generateFault(err.Error())
	}
	f, err := config.LoadTests(filepath.Join(dir, generate.TestsFile), false)
	if err != nil {
		return generateFault(err.Error())
	}
	tests, err := inquiry.NewTests(settings, f.File, models...)
	if err != nil {
		return generateFault(err.Error())
	}
	for _, t := range f.Tests {
		subjects, err := tests.Subjects(t)
		if err != nil {
			return generateFault(err.Error())
		}
		for _, x := range t.Expectations {
			for _, s := range subjects {
				o, err := tests.Check(x, s)
				if err != nil {
					return generateFault(err.Error())
				}
				if !o.OK() {
					return generateFault(fmt.Sprintf("the test %q fails: %s by %s: %s", t.Name, expectedText(x), s.Entity.Address, o.Status))
				}
			}
		}
	}
	return nil
}
