package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// JUnit's XML as Jenkins and GitLab read it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string `xml:"name,attr"`
		Tests     int    `xml:"tests,attr"`
		Failures  int    `xml:"failures,attr"`
		Errors    int    `xml:"errors,attr"`
		Skipped   int    `xml:"skipped,attr"`
		Timestamp string `xml:"timestamp,attr,omitempty"`
		Time      string `xml:"time,attr"`
		// Properties come first, as the readers' schemas have them.
		Properties *junitProperties `xml:"properties"`
		Cases      []junitCase      `xml:"testcase"`
	}
	junitProperties struct {
		Properties []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Classname string        `xml:"classname,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Line      int           `xml:"line,attr,omitempty"`
		Time      string        `xml:"time,attr"`
		Failure   *junitProblem `xml:"failure"`
		Error     *junitProblem `xml:"error"`
		Skipped   *junitSkipped `xml:"skipped"`
		SystemOut *junitText    `xml:"system-out"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",cdata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// reportJUnit writes a test suite for each input, and in it a test case for
// each finding and for each entity without one.
func reportJUnit(w io.Writer, r *lint.Report, o Options) error {
	all := junitSuites{Name: "boundlint", Time: seconds(r, -1)}
	for i := range r.Inputs {
		all.add(junitInput(r, i, o))
	}
	if orphans := junitOrphans(r); len(r.Inputs) == 0 || len(orphans) > 0 {
		suite := junitNamed("boundlint", orphans, o)
		if len(r.Inputs) == 0 {
			suite.Properties = junitFacts(r, nil)
		}
		all.add(suite)
	}
	return writeXML(w, &all)
}

// writeXML writes a document with its header.
func writeXML(w io.Writer, document any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(document); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuites) add(suite junitSuite) {
	s.Suites = append(s.Suites, suite)
	s.Tests += suite.Tests
	s.Failures += suite.Failures
	s.Errors += suite.Errors
	s.Skipped += suite.Skipped
}

// junitNamed makes a suite of cases; one without any has a case that passes,
// because readers take an empty suite for a broken one.
func junitNamed(name string, cases []junitCase, o Options) junitSuite {
	if len(cases) == 0 {
		cases = []junitCase{{Name: "no findings", Classname: "boundlint", Time: "0"}}
	}
	suite := junitSuite{Name: name, Tests: len(cases), Time: "0", Cases: cases}
	if !o.Now.IsZero() {
		suite.Timestamp = o.Now.UTC().Format("2006-01-02T15:04:05")
	}
	for i := range cases {
		switch c := &cases[i]; {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	return suite
}

func junitInput(r *lint.Report, input int, o Options) junitSuite {
	var cases []junitCase
	names := map[string]int{}
	found := map[string]bool{}
	add := func(c junitCase) {
		// Readers tell cases apart by class and name.
		key := c.Classname + "\x00" + c.Name
		if names[key]++; names[key] > 1 {
			c.Name = fmt.Sprintf("%s (%d)", c.Name, names[key])
		}
		cases = append(cases, c)
	}
	for _, f := range ofInput(r.Findings, input) {
		found[f.Address] = true
		c := junitFinding(&f, o)
		text := clean(f.Severity.String()) + ": " + annotation(&f)
		if f.Severity >= o.FailOn {
			c.Failure = &junitProblem{Type: f.Severity.String(), Message: xmlText(clean(f.Message)), Text: xmlText(text)}
		} else {
			c.SystemOut = &junitText{xmlText(text)}
		}
		add(c)
	}
	for i := range r.Suppressed {
		s := &r.Suppressed[i]
		if s.Finding.Input != input {
			continue
		}
		found[s.Finding.Address] = true
		c := junitFinding(&s.Finding, o)
		c.Skipped = &junitSkipped{Message: xmlText(clean(s.By + ": " + s.Reason))}
		add(c)
	}
	in := &r.Inputs[input]
	for i := range in.Entities {
		if e := &in.Entities[i]; !found[e.Address] {
			add(junitCase{Name: "no findings", Classname: xmlText(clean(e.Address)), Time: "0"})
		}
	}
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Input == in.Path {
			add(junitDiagnostic(d))
		}
	}
	suite := junitNamed(xmlText(inputName(in)), cases, o)
	suite.Time = seconds(r, input)
	suite.Properties = junitFacts(r, r.Inputs[input:input+1])
	return suite
}

// seconds are how long it took to judge an input, or all of them where it is less
// than 0. A finding has no time of its own.
func seconds(r *lint.Report, input int) string {
	var took time.Duration
	for _, t := range r.Took {
		if input < 0 || t.Input == input {
			took += t.Time
		}
	}
	return strconv.FormatFloat(took.Round(time.Millisecond).Seconds(), 'f', -1, 64)
}

// junitFacts tells with a suite what was looked at in its inputs, and what else
// decided what is reported.
func junitFacts(r *lint.Report, inputs []lint.InputSummary) *junitProperties {
	facts := []junitProperty{{"coverage", xmlText(coverageOf(lint.SumCoverage(inputs), inputs, allNames))}}
	for _, line := range inForceLines(&r.InForce, allNames) {
		name, value, _ := strings.Cut(line, ": ")
		facts = append(facts, junitProperty{name, xmlText(value)})
	}
	return &junitProperties{facts}
}

func junitFinding(f *lint.Finding, o Options) junitCase {
	name := f.Rule
	if f.Verdict == lint.Undetermined {
		name += " (undetermined)"
	}
	c := junitCase{Name: xmlText(clean(name)), Classname: xmlText(clean(f.Address)), Time: "0"}
	if file, ok := o.relative(f.Location.File); ok && f.Location.HasFile() {
		c.File, c.Line = xmlText(clean(file)), f.Location.Range.Start.Line
	}
	return c
}

func junitDiagnostic(d *lint.Diagnostic) junitCase {
	c := junitCase{Name: "input", Classname: "boundlint", Time: "0"}
	text := xmlText(diagnosticText(d))
	if d.Severity == lint.Error {
		c.Error = &junitProblem{Type: "input", Message: text, Text: text}
	} else {
		c.SystemOut = &junitText{text}
	}
	return c
}

// junitOrphans are the diagnostics of inputs of which the report has nothing
// else: those that could not be read.
func junitOrphans(r *lint.Report) []junitCase {
	known := map[string]bool{}
	for i := range r.Inputs {
		known[r.Inputs[i].Path] = true
	}
	var out []junitCase
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; !known[d.Input] {
			c := junitDiagnostic(d)
			if d.Input != "" {
				c.Classname = xmlText(clean(d.Input))
			}
			if len(out) > 0 {
				c.Name = fmt.Sprintf("input (%d)", len(out)+1)
			}
			out = append(out, c)
		}
	}
	return out
}

// xmlText removes what XML 1.0 cannot hold in any spelling, which is also
// what encoding/xml would replace without a word.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', 0x20 <= r && r <= 0xD7FF, 0xE000 <= r && r <= 0xFFFD, 0x10000 <= r && r <= 0x10FFFF:
			return r
		}
		return -1
	}, s)
}
