// Package linttest is the harness of the fixtures: it lints every case from
// each input that the case has, compares what is found with what the case
// says must be found, and proves what has to hold for all of them.
//
//	fixtures/<rule-id>/{bad,good}/<case>/main.tf
//	fixtures/<rule-id>/{bad,good}/<case>/plan.json       by the real tool
//	fixtures/<rule-id>/{bad,good}/<case>/state.json      of the same configuration
//	fixtures/<rule-id>/{bad,good}/<case>/account.json    a dump of an account
//	fixtures/<rule-id>/{bad,good}/<case>/.boundlint.hcl  the configuration
//	fixtures/<rule-id>/{bad,good}/<case>/exceptions.txt  see Exceptions
//	fixtures/real/<project>/...                          without want comments
//
// In HCL a comment says what must be found on its line:
//
//	permissions_boundary = "x" # want boundary-invalid:"bare text"
//
// or, with an offset, what must be found some lines further down:
//
//	# want(+1) boundary-missing:"no permissions boundary"
//
// The quoted text is a part of the message. Each finding needs a want, and
// each want a finding. What is found in a plan, a state or a dump is in
// findings.golden, findings-state.golden and so on.
package linttest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// Today is the day on which fixtures are judged.
var Today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// Harness runs fixtures.
type Harness struct {
	// Root is the directory of the fixtures.
	Root string
	// Rules are all rules there are; Options are those of each run.
	Rules   []*lint.Rule
	Options driver.Options
	// Update writes goldens anew.
	Update bool
	// Masked bounds how many values of one input are hidden, one at a time:
	// where there are more, every so many is, and of several inputs of a case
	// one. 0 hides every value of every input.
	Masked int
}

// Case is one fixture.
type Case struct {
	// Rule is the rule that the case is about, or "real".
	Rule string
	// Bad tells a case in which the rule finds something from one in which it
	// does not; real projects are neither.
	Bad  bool
	Name string
	Dir  string
}

// IsReal reports whether the case is somebody's project rather than made for
// a rule.
func (c Case) IsReal() bool { return c.Rule == "real" }

// Cases finds all fixtures.
func (h *Harness) Cases(t *testing.T) []Case {
	t.Helper()
	var cases []Case
	add := func(rule string, bad bool, pattern ...string) {
		dirs, err := filepath.Glob(filepath.Join(append([]string{h.Root}, pattern...)...))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				cases = append(cases, Case{rule, bad, filepath.Base(dir), dir})
			}
		}
	}
	for _, r := range h.Rules {
		add(r.ID, true, r.ID, "bad", "*")
		add(r.ID, false, r.ID, "good", "*")
	}
	add("real", false, "real", "*")
	if len(cases) == 0 {
		t.Fatalf("no fixtures in %s", h.Root)
	}
	return cases
}

// Input is one of the inputs of a case.
type Input string

// The inputs that a case may have.
const (
	HCL      Input = "hcl"
	Plan     Input = "plan"
	OpenTofu Input = "plan-opentofu"
	State    Input = "state"
	Account  Input = "account"
)

// Inputs are those that the case has.
func (c Case) Inputs() []Input {
	var inputs []Input
	if found, _ := filepath.Glob(filepath.Join(c.Dir, "*.tf")); len(found) > 0 {
		inputs = append(inputs, HCL)
	}
	for _, in := range []Input{Plan, OpenTofu, State, Account} {
		if _, err := os.Stat(filepath.Join(c.Dir, string(in)+".json")); err == nil {
			inputs = append(inputs, in)
		}
	}
	return inputs
}

// Has reports whether the case has the input.
func (c Case) Has(in Input) bool { return slices.Contains(c.Inputs(), in) }

// Load reads one input of a case. It is not linked yet.
func (h *Harness) Load(t *testing.T, c Case, in Input) []*iam.Model {
	t.Helper()
	path := c.Dir
	if in != HCL {
		path = filepath.Join(c.Dir, string(in)+".json")
	}
	models, err := source.Read(context.Background(), path, h.sourceOptions(t, c))
	if err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	return models
}

// LoadJoined reads the plan of a case joined with its configuration.
func (h *Harness) LoadJoined(t *testing.T, c Case) []*iam.Model {
	t.Helper()
	path := filepath.Join(c.Dir, string(Plan)+".json")
	options := h.sourceOptions(t, c)
	options.ConfigDir = c.Dir
	models, err := source.Read(context.Background(), path, options)
	if err != nil {
		t.Fatalf("plan with configuration: %v", err)
	}
	return models
}

// sourceOptions are those with which every input of a case is read.
func (h *Harness) sourceOptions(t *testing.T, c Case) source.Options {
	t.Helper()
	settings := h.Settings(t, c)
	return source.Options{
		Symbols: &policy.Symbols{}, Workspaces: func(string) []string { return settings.Workspaces },
		KeepPlanned: func(string) bool { return len(settings.Deployers) > 0 },
	}
}

// Settings are the configuration of a case.
func (h *Harness) Settings(t *testing.T, c Case) *lint.Settings {
	t.Helper()
	settings := &lint.Settings{}
	ids := make([]string, len(h.Rules))
	for i, r := range h.Rules {
		ids[i] = r.ID
	}
	path := filepath.Join(c.Dir, config.FileName)
	if _, err := os.Stat(path); err == nil {
		if settings, err = config.Load(path, ids); err != nil {
			t.Fatal(err)
		}
	}
	settings.Today = Today
	path = filepath.Join(c.Dir, config.PolicyName)
	if _, err := os.Stat(path); err == nil {
		policy, err := config.LoadPolicy(path, ids)
		if err != nil {
			t.Fatal(err)
		}
		policy.Today = Today
		if settings, err = config.Layer([]*lint.Settings{policy}, settings, h.Rules); err != nil {
			t.Fatal(err)
		}
	}
	return settings
}

// Lint judges models by the configuration of a case.
func (h *Harness) Lint(t *testing.T, c Case, models []*iam.Model) *lint.Report {
	t.Helper()
	report, err := driver.Run(models, h.Rules, h.Settings(t, c), h.Options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Run proves everything about all fixtures.
func (h *Harness) Run(t *testing.T) {
	t.Helper()
	cases := h.Cases(t)
	for _, c := range cases {
		t.Run(c.Rule+"/"+c.kind()+c.Name, func(t *testing.T) {
			t.Parallel()
			found := map[Input]*lint.Report{}
			for _, in := range c.Inputs() {
				found[in] = h.Lint(t, c, h.Load(t, c, in))
			}
			if hcl := found[HCL]; hcl != nil && !c.IsReal() {
				checkWants(t, c, hcl)
			}
			for _, in := range c.Inputs() {
				h.checkGolden(t, c, in, found[in])
			}
			h.checkRule(t, c, found)
			h.checkSame(t, c, found)
		})
	}
	t.Run("every rule has cases", func(t *testing.T) {
		for _, r := range h.Rules {
			bad := slices.ContainsFunc(cases, func(c Case) bool { return c.Rule == r.ID && c.Bad })
			good := slices.ContainsFunc(cases, func(c Case) bool { return c.Rule == r.ID && !c.Bad })
			if !bad || !good {
				t.Errorf("%s needs a bad and a good case: bad %v, good %v", r.ID, bad, good)
			}
		}
	})
}

func (c Case) kind() string {
	switch {
	case c.IsReal():
		return ""
	case c.Bad:
		return "bad/"
	}
	return "good/"
}

// checkRule holds a case to what its folder says: the rule finds something in
// a bad one, from some input, and nothing in a good one.
func (h *Harness) checkRule(t *testing.T, c Case, found map[Input]*lint.Report) {
	t.Helper()
	if c.IsReal() {
		return
	}
	n := 0
	for in, report := range found {
		for _, f := range all(report) {
			if f.Rule != c.Rule {
				continue
			}
			n++
			if !c.Bad {
				t.Errorf("%s: a good case has the finding %s", in, line(c, f))
			}
		}
	}
	if c.Bad && n == 0 {
		t.Errorf("%s finds nothing", c.Rule)
	}
}

// line shows a finding on one line.
func line(c Case, f lint.Finding) string {
	var b strings.Builder
	b.WriteString(f.Severity.String() + " " + string(f.Verdict) + " " + f.Rule + " " + f.Address)
	if f.Attribute != "" {
		b.WriteString(" " + f.Attribute)
	}
	if place := placeIn(c, f.Location); place != "" {
		b.WriteString(" at " + place)
	}
	return b.String() + ": " + f.Message
}
