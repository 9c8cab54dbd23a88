package report

import (
	"io"
	"strings"
)

// TestSuite are the policy tests of one file on one input.
type TestSuite struct {
	Name  string
	Cases []TestCase
}

// TestCase is one policy test.
type TestCase struct {
	Name string
	// File and Line are where it stands.
	File string
	Line int
	// Failure says what is not as expected, Error why it could not be asked; ""
	// for a test that passes. The first line is the message.
	Failure, Error string
}

// JUnitTests writes policy tests as JUnit's XML: a suite for each file and
// input, a case for each test.
func JUnitTests(w io.Writer, suites []TestSuite) error {
	all := junitSuites{Name: "boundlint test", Time: "0"}
	for _, s := range suites {
		var cases []junitCase
		for _, t := range s.Cases {
			c := junitCase{Name: xmlText(clean(t.Name)), Classname: xmlText(clean(s.Name)), File: xmlText(clean(t.File)), Line: t.Line, Time: "0"}
			c.Failure, c.Error = junitProblemOf("failure", t.Failure), junitProblemOf("error", t.Error)
			cases = append(cases, c)
		}
		all.add(junitNamed(xmlText(clean(s.Name)), cases, Options{}))
	}
	return writeXML(w, &all)
}

// junitProblemOf is what is wrong, nil where nothing is.
func junitProblemOf(kind, text string) *junitProblem {
	if text == "" {
		return nil
	}
	message, _, _ := strings.Cut(text, "\n")
	return &junitProblem{Type: kind, Message: xmlText(clean(message)), Text: xmlText(text)}
}
