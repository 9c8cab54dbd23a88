package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/report"
)

// text lists the tests, and of those that fail what is not as expected.
func (r *testRun) text() string {
	var b strings.Builder
	if len(r.suites) == 0 {
		return ""
	}
	passed, failed, faulty := 0, 0, 0
	for i, s := range r.suites {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s (%s)\n", s.file, s.input)
		for _, t := range s.tests {
			switch {
			case t.fault != "":
				faulty++
				fmt.Fprintf(&b, "  error  %s\n", t.Name)
			case t.failed():
				failed++
				fmt.Fprintf(&b, "  FAIL   %s\n", t.Name)
			default:
				passed++
				fmt.Fprintf(&b, "  ok     %s\n", t.Name)
			}
			if t.fault == "" {
				t.write(&b, r.verbose)
			}
		}
	}
	fmt.Fprintf(&b, "\n%s: %d passed, %d failed", phrase.Count(passed+failed+faulty, "test", "tests"), passed, failed)
	if faulty > 0 {
		fmt.Fprintf(&b, ", %d could not be asked", faulty)
	}
	b.WriteString("\n")
	return b.String()
}

// proofIndent is how far what shows a failure is indented.
const proofIndent = "         "

// write writes what is not as expected. Of those for whom one expectation fails in
// the same way the first is shown in full, unless everything is to be listed.
func (t *testResult) write(b *strings.Builder, verbose bool) {
	for i, k := range t.checks {
		if k.ok && !verbose || !verbose && slices.ContainsFunc(t.checks[:i], k.isLike) {
			continue
		}
		k.write(b)
		var others []string
		for _, o := range t.checks[i+1:] {
			if !verbose && !k.ok && k.isLike(o) {
				others = append(others, o.entity.Address)
			}
		}
		if len(others) > 0 {
			fmt.Fprintf(b, "%s  And so by %s (--verbose shows each).\n", proofIndent, phrase.Some(others, fewOthers))
		}
	}
}

// fewOthers is how many others are named for whom an expectation fails.
const fewOthers = 5

// isLike reports whether two are the same expectation with the same outcome.
func (k *testCheck) isLike(o *testCheck) bool {
	return k.line == o.line && k.expected == o.expected && k.status == o.status && k.ok == o.ok
}

// write writes an expectation, and what is the case where it is not met.
func (k *testCheck) write(b *strings.Builder) {
	fmt.Fprintf(b, "%sline %d: %s by %s: %s\n", proofIndent, k.line, k.expected, k.entity.Address, k.outcome())
	shown := k.proof
	if shown == "" {
		shown = k.said
	}
	if k.status == inquiry.Passed || shown == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimRight(shown, "\n"), "\n") {
		b.WriteString(strings.TrimRight(proofIndent+"  "+line, " ") + "\n")
	}
}

// outcome is the status, and whether it is enough.
func (k *testCheck) outcome() string {
	if k.status == inquiry.Undecided && k.ok {
		return "undetermined, which passes"
	}
	return k.status.String()
}

// testsAnswer is the JSON of test.
type testsAnswer struct {
	Passed int          `json:"passed"`
	Failed int          `json:"failed"`
	Errors int          `json:"errors"`
	Tests  []testAnswer `json:"tests"`
}

type testAnswer struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	Line  int    `json:"line"`
	Input string `json:"input"`
	// Status is passed, failed or error.
	Status string        `json:"status"`
	Error  string        `json:"error,omitempty"`
	Checks []checkAnswer `json:"expectations"`
}

type checkAnswer struct {
	Expected string       `json:"expected"`
	File     string       `json:"file"`
	Line     int          `json:"line"`
	Entity   entityAnswer `json:"entity"`
	// Status is passed, failed or undetermined; OK tells whether the test passes
	// with it.
	Status string `json:"status"`
	OK     bool   `json:"ok"`
	// Because says what is the case where it is not as expected.
	Because string         `json:"because,omitempty"`
	Witness *witnessAnswer `json:"witness"`
	Steps   []stepAnswer   `json:"steps,omitempty"`
}

// The statuses of tests in JSON.
const (
	testPassed = "passed"
	testFailed = "failed"
	testError  = "error"
)

func (r *testRun) json() *testsAnswer {
	out := &testsAnswer{Tests: []testAnswer{}}
	for _, s := range r.suites {
		for _, t := range s.tests {
			one := testAnswer{
				Name: t.Name, File: s.file, Line: t.At.Range.Start.Line, Input: s.input, Status: testPassed, Error: t.fault, Checks: []checkAnswer{},
			}
			for _, k := range t.checks {
				one.Checks = append(one.Checks, checkAnswer{
					Expected: k.expected, File: k.file, Line: k.line, Entity: k.entity, Status: k.status.String(), OK: k.ok, Because: k.said,
					Witness: k.witness, Steps: k.steps,
				})
			}
			switch {
			case t.fault != "":
				one.Status = testError
				out.Errors++
			case t.failed():
				one.Status = testFailed
				out.Failed++
			default:
				out.Passed++
			}
			out.Tests = append(out.Tests, one)
		}
	}
	return out
}

// junit writes JUnit's XML.
func (r *testRun) junit() error {
	var suites []report.TestSuite
	for _, s := range r.suites {
		suite := report.TestSuite{Name: s.file + " on " + s.input}
		for _, t := range s.tests {
			c := report.TestCase{Name: t.Name, File: s.file, Line: t.At.Range.Start.Line, Error: printable(r.covered(t.fault))}
			var b strings.Builder
			t.write(&b, false)
			c.Failure = printable(r.covered(strings.ReplaceAll(strings.TrimPrefix(b.String(), proofIndent), "\n"+proofIndent, "\n")))
			suite.Cases = append(suite.Cases, c)
		}
		suites = append(suites, suite)
	}
	r.progress.end()
	return report.JUnitTests(r.stdout, suites)
}
