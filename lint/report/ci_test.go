package report_test

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// command is a workflow command as the runner of GitHub Actions reads it.
type command struct {
	level      string
	properties map[string]string
	message    string
}

var commandLine = regexp.MustCompile(`^::(error|warning|notice)(?: (.*?))?::(.*)$`)

func commands(t *testing.T, out []byte) []command {
	t.Helper()
	var list []command
	// What was looked at comes last, as a group of its own.
	content, covered, ok := strings.Cut(string(out), "::group::coverage: ")
	if !ok || !strings.HasSuffix(covered, "\n::endgroup::\n") || strings.Count(covered, "\n") != 2 {
		t.Fatalf("no line about the coverage: %q", out)
	}
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	for line := range strings.Lines(content) {
		m := commandLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("no workflow command: %q", line)
		}
		c := command{level: m[1], properties: map[string]string{}, message: unescape.Replace(m[3])}
		for pair := range strings.SplitSeq(m[2], ",") {
			if key, value, ok := strings.Cut(pair, "="); ok {
				c.properties[key] = unescape.Replace(value)
			}
		}
		list = append(list, c)
	}
	return list
}

func TestGitHubEscapes(t *testing.T) {
	r := &lint.Report{Findings: []lint.Finding{{
		Rule: "name-prefix", Severity: lint.Error, Verdict: lint.Violation, Message: "50% of :: and , \r\n::error::owned",
		Location: at("a,b:c%/main.tf", 3, 2, 3, 9), Remediation: "one\ntwo %0A",
	}}}
	got := commands(t, render(t, "github", r, report.Options{}))
	if len(got) != 1 {
		t.Fatalf("%d commands", len(got))
	}
	p := got[0].properties
	if p["file"] != "a,b:c%/main.tf" || p["line"] != "3" || p["endLine"] != "3" || p["col"] != "2" || p["endColumn"] != "9" || p["title"] != "name-prefix" {
		t.Errorf("properties %v", p)
	}
	if want := "50% of :: and , \\r\\n::error::owned\nFix: one\ntwo %0A"; got[0].message != want {
		t.Errorf("message %q, want %q", got[0].message, want)
	}
}

func TestGitHubOrder(t *testing.T) {
	r := &lint.Report{Rules: sampleRules}
	for i := range 30 {
		r.Findings = append(r.Findings, lint.Finding{Rule: "boundary-missing", Severity: lint.Severity(i % 3), Verdict: lint.Violation, Message: fmt.Sprint(i)})
	}
	r.Findings = append(r.Findings,
		lint.Finding{Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Violation, Message: "worst"},
		lint.Finding{Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Undetermined, Message: "perhaps"})
	got := commands(t, render(t, "github", r, report.Options{}))
	var levels string
	for _, c := range got {
		levels += c.level[:1]
	}
	if want := strings.Repeat("e", 12) + strings.Repeat("w", 10) + strings.Repeat("n", 11); levels != want {
		t.Errorf("order %s, want %s", levels, want)
	}
	if got[0].message != "worst" || got[11].message != "perhaps" {
		t.Errorf("first %q, twelfth %q", got[0].message, got[11].message)
	}
	// The sum is the tenth notice, the last that GitHub shows.
	if sum := got[12+10+9]; !strings.Contains(sum.message, "GitHub shows ten") {
		t.Errorf("the tenth notice is %q", sum.message)
	}
}

func TestGitHubWithoutFindings(t *testing.T) {
	if got := commands(t, render(t, "github", spotless(), report.Options{})); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestGitHubPlaces(t *testing.T) {
	for _, c := range []struct {
		location iam.Location
		want     map[string]string
	}{
		{iam.Location{}, map[string]string{}},
		{at("../x.tf", 3, 1, 3, 2), map[string]string{}},
		{at("x.tf", 3, 1, 9, 2), map[string]string{"file": "infra/x.tf", "line": "3", "endLine": "9"}},
		{at("x.tf", 3, 0, 0, 0), map[string]string{"file": "infra/x.tf", "line": "3", "endLine": "3"}},
	} {
		r := &lint.Report{Findings: []lint.Finding{{Rule: "r", Location: c.location, Message: "m"}}}
		got := commands(t, render(t, "github", r, report.Options{Base: "/repo/infra/..", Dir: "/repo/infra"}))[0].properties
		delete(got, "title")
		if c.location.File == "../x.tf" {
			c.want = map[string]string{"file": "x.tf", "line": "3", "endLine": "3", "col": "1", "endColumn": "2"}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%+v: got %v, want %v", c.location, got, c.want)
		}
	}
}

type junitDoc struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Suites   []struct {
		Name  string `xml:"name,attr"`
		Tests int    `xml:"tests,attr"`
		Cases []struct {
			Name      string  `xml:"name,attr"`
			Classname string  `xml:"classname,attr"`
			Failure   *string `xml:"failure"`
			Error     *string `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func junit(t *testing.T, r *lint.Report, o report.Options) junitDoc {
	t.Helper()
	out := render(t, "junit", r, o)
	for _, c := range string(out) {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0xFFFE || c == 0xFFFF {
			t.Errorf("XML 1.0 cannot hold %U", c)
		}
	}
	var doc junitDoc
	if err := xml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestJUnit(t *testing.T) {
	for severity, want := range map[lint.Severity]int{lint.Error: 11, lint.Warning: 12, lint.Note: 13} {
		doc := junit(t, sample(), report.Options{FailOn: severity})
		failures, tests := 0, 0
		seen := map[string]bool{}
		for _, suite := range doc.Suites {
			tests += suite.Tests
			if suite.Tests != len(suite.Cases) {
				t.Errorf("%s says %d tests and has %d", suite.Name, suite.Tests, len(suite.Cases))
			}
			for _, c := range suite.Cases {
				key := suite.Name + "\x00" + c.Classname + "\x00" + c.Name
				if seen[key] {
					t.Errorf("twice: %q", key)
				}
				seen[key] = true
				if c.Failure != nil {
					failures++
				}
			}
		}
		if failures != want || doc.Failures != want || doc.Tests != tests {
			t.Errorf("fail on %s: %d failures of %d, want %d", severity, failures, doc.Failures, want)
		}
	}
	for name, r := range map[string]*lint.Report{"spotless": spotless(), "nothing": {}} {
		doc := junit(t, r, report.Options{})
		if doc.Failures != 0 || len(doc.Suites) != 1 || len(doc.Suites[0].Cases) != 1 || doc.Suites[0].Cases[0].Failure != nil {
			t.Errorf("%s: %+v", name, doc)
		}
	}
	unread := &lint.Report{Diagnostics: []lint.Diagnostic{{Severity: lint.Error, Input: "b.json", Message: "empty"}}}
	if doc := junit(t, unread, report.Options{}); doc.Suites[0].Cases[0].Error == nil {
		t.Errorf("an input that could not be read: %+v", doc)
	}
}

// TestJUnitTimes: a suite has the time of its input, the whole that of all.
func TestJUnitTimes(t *testing.T) {
	r := sample()
	r.Took = []lint.Took{{Stage: "a", Time: 1500 * time.Millisecond}, {Stage: lint.Linking, Time: 20 * time.Millisecond}, {Input: 1, Stage: "a", Time: time.Microsecond}}
	merged := report.Merge(sample(), r)
	for got, want := range map[string][]string{
		string(render(t, "junit", r, report.Options{})):        {`skipped="1" time="1.52">`, `name="infra/ops/terraform.tfstate.json" tests="3" failures="2" errors="1" skipped="0" time="0">`},
		string(render(t, "junit", merged, report.Options{})):   {`skipped="2" time="1.52">`},
		string(render(t, "junit", sample(), report.Options{})): {`skipped="1" time="0">`},
	} {
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("no %s in %s", w, got[:min(len(got), 3000)])
			}
		}
	}
}
