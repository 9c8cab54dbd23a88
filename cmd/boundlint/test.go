package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
)

func (p *program) testCommand() *cli.Command {
	return &cli.Command{
		Name:      "test",
		Usage:     "run the policy tests that lie beside the configuration",
		ArgsUsage: "[PATH...]",
		Description: `It reads the *.boundlint-test.hcl files in the directory of each PATH and decides
what they expect: that roles and users can do some things, and cannot do or reach
others. A PATH may be such a file itself; where others are named too, it is about
those, else about the directory that it lies in.

The exit code is 0 where everything is as expected, 1 where something is not, and
2 for wrong usage, an input or a test that could not be read, or no test at all.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "run only the tests whose names match the pattern `GLOB`"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the answer: text, json or junit"},
		}, slices.DeleteFunc(p.askFlags(), func(f cli.Flag) bool { return slices.Contains(f.Names(), "format") })),
		Action: func(c *cli.Context) error { return p.test(c) },
	}
}

// testFormats are the formats of boundlint test.
var testFormats = []string{"text", "json", "junit"}

func (p *program) test(c *cli.Context) error {
	format := c.String("format")
	if !slices.Contains(testFormats, format) {
		return usagef("boundlint test writes text, json or junit, not %s%s", format, lint.Suggest(format, testFormats))
	}
	if c.IsSet("run") && c.String("run") == "" {
		return usagef("--run names no test")
	}
	r := &testRun{
		program: p, glob: c.String("run"), verbose: c.Bool("verbose"), configDir: c.String("config-dir"), loaded: map[string]loadedTests{},
	}
	inputs := r.take(c.Args().Slice())
	groups, err := p.readAsked(c, inputs)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := r.input(g); err != nil {
			return err
		}
	}
	if err := r.conclude(inputs); err != nil {
		return err
	}
	switch format {
	case "json":
		return p.writeJSON(r.json())
	case "junit":
		return r.junit()
	}
	return p.write(r.text())
}

// testRun is one run of boundlint test.
type testRun struct {
	*program
	glob, configDir string
	verbose         bool
	// named are the files of tests that the command line names; alone tells that
	// it names nothing else.
	named  []string
	alone  bool
	loaded map[string]loadedTests
	found  int
	suites []*testSuite
}

// loadedTests are a file of tests, or why it could not be read.
type loadedTests struct {
	*config.TestFile
	fault string
}

// testSuite is a file of tests on one input.
type testSuite struct {
	file, input string
	tests       []*testResult
}

// testResult is what became of one test.
type testResult struct {
	*expect.Test
	checks []*testCheck
	// fault is why it could not be asked; "" where it could.
	fault string
}

func (t *testResult) failed() bool {
	return slices.ContainsFunc(t.checks, func(k *testCheck) bool { return !k.ok })
}

// take parts the files of tests from the inputs.
func (r *testRun) take(paths []string) (inputs []string) {
	for _, path := range paths {
		if config.IsTestFile(path) {
			r.named = append(r.named, filepath.Clean(path))
		} else {
			inputs = append(inputs, path)
		}
	}
	if r.alone = len(r.named) > 0 && len(inputs) == 0; r.alone {
		for _, file := range r.named {
			if dir := filepath.Dir(file); !slices.Contains(inputs, dir) {
				inputs = append(inputs, dir)
			}
		}
	}
	return inputs
}

// beside are the files of tests for models that are taken together.
func (r *testRun) beside(parts []*iam.Model) []string {
	if len(r.named) > 0 && !r.alone {
		return r.named
	}
	var out []string
	for _, dir := range r.directories(parts) {
		for _, file := range config.FindTests(dir) {
			if !slices.Contains(out, file) && (!r.alone || slices.Contains(r.named, file)) {
				out = append(out, file)
			}
		}
		for _, file := range r.named {
			if filepath.Dir(file) == filepath.Clean(dir) && !slices.Contains(out, file) {
				out = append(out, file) // it may not be there
			}
		}
	}
	return out
}

// directories are those in which the tests of models lie.
func (r *testRun) directories(parts []*iam.Model) []string {
	var out []string
	for _, m := range parts {
		dir := filepath.FromSlash(m.Input.Path)
		if m.Input.Path == "-" {
			dir = "."
		} else if info, err := files.StatNamed(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		}
		out = append(out, dir)
	}
	if info, err := files.StatNamed(r.configDir); r.configDir != "" && err == nil && info.IsDir() {
		out = append(out, r.configDir)
	}
	return out
}

// load reads a file of tests once, and tells of a faulty one.
func (r *testRun) load(path string) loadedTests {
	if f, ok := r.loaded[path]; ok {
		return f
	}
	f, err := config.LoadTests(path, !slices.Contains(r.named, path))
	loaded := loadedTests{TestFile: f}
	if err != nil {
		r.printError(err)
		r.code = exitFailure
		loaded.fault = err.Error()
	}
	r.loaded[path] = loaded
	return loaded
}

// input runs all tests of one input.
func (r *testRun) input(g askedParts) error {
	for _, path := range r.beside(g.parts) {
		f := r.load(path)
		if f.fault != "" {
			whole := &expect.Test{Name: filepath.Base(path)}
			r.suites = append(r.suites, &testSuite{file: path, input: nameOfParts(g.parts), tests: []*testResult{{Test: whole, fault: f.fault}}})
			continue
		}
		r.found += len(f.Tests)
		suite := &testSuite{file: f.Name, input: nameOfParts(g.parts)}
		for _, t := range f.Tests {
			if r.glob == "" || policy.Glob(r.glob, t.Name) {
				suite.tests = append(suite.tests, &testResult{Test: t})
			}
		}
		if len(suite.tests) == 0 {
			continue
		}
		if err := r.run(suite, f.TestFile, g); err != nil {
			return err
		}
		r.suites = append(r.suites, suite)
	}
	return nil
}

func nameOfParts(parts []*iam.Model) string {
	var names []string
	for _, m := range parts {
		names = append(names, m.Input.Name())
	}
	return strings.Join(names, " and ")
}

// run asks what the tests of a suite expect.
func (r *testRun) run(suite *testSuite, f *config.TestFile, g askedParts) error {
	tests, err := inquiry.NewTests(g.settings, f.File, g.parts...)
	if err != nil {
		if fault := r.tell(f, err); fault != "" {
			for _, t := range suite.tests {
				t.fault = fault
			}
			return nil
		}
		return err
	}
	r.secrets = append(r.secrets, driver.SecretsOf(tests.Model, isConditionKey))
	model := &asked{Inquiry: tests.Inquiry, settings: g.settings, parts: g.parts, assumed: tests.Assumed}
	for _, t := range suite.tests {
		r.progress.say("asking %s", t.Name)
		if err := t.run(tests, model, r.verbose); err != nil {
			if t.fault = r.tell(f, err); t.fault == "" {
				return err
			}
		}
	}
	return nil
}

// tell tells of something in a file of tests that means nothing, and returns it as a
// line; "" for any other error.
func (r *testRun) tell(f *config.TestFile, err error) string {
	nothing, ok := errors.AsType[*inquiry.UnresolvedError](err)
	if !ok {
		return ""
	}
	fault := f.Fault(nothing.At, nothing.Message)
	if text := fault.Error(); !r.told[text] {
		r.told[text] = true
		r.printError(fault)
	}
	r.code = exitFailure
	return fault.Error()
}

// run asks what one test expects, of each that it is about.
func (t *testResult) run(tests *inquiry.Tests, model *asked, verbose bool) error {
	subjects, err := tests.Subjects(t.Test)
	if err != nil {
		return err
	}
	for _, x := range t.Expectations {
		for _, s := range subjects {
			o, err := tests.Check(x, s)
			if err != nil {
				return err
			}
			t.checks = append(t.checks, newTestCheck(o, model, verbose))
		}
	}
	return nil
}

// conclude sets the exit code. The error tells that there is nothing to run.
func (r *testRun) conclude(inputs []string) error {
	switch {
	case len(r.suites) > 0, r.code != exitClean && r.found == 0:
	case r.found > 0:
		return usagef("no test is named as in --run %s", r.glob)
	default:
		where := strings.Join(inputs, ", ")
		if where == "" {
			where = "."
		}
		return fmt.Errorf("there is no test: no file *%s beside %s", expect.FileSuffix, where)
	}
	for _, s := range r.suites {
		if r.code == exitClean && slices.ContainsFunc(s.tests, (*testResult).failed) {
			r.code = exitFindings
		}
	}
	return nil
}
