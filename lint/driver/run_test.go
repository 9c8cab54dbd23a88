package driver

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

var testDay = time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)

func literal(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }

// testModel has the roles app-a and app-b, and one of AWS's own.
func testModel(kind iam.InputKind) *iam.Model {
	role := func(address, name string, line int) *iam.Entity {
		return &iam.Entity{
			Kind: iam.Role, Type: "aws_iam_role", Name: literal(name),
			Declared: iam.Declared{Address: address, Provider: "aws", Location: iam.Location{
				Address: address, File: "main.tf", Range: policy.Range{Start: policy.Pos{Line: line, Column: 1}},
			}},
		}
	}
	aws := role("aws_iam_role.aws", "AWSServiceRoleForX", 30)
	aws.Path = literal("/aws-service-role/x.amazonaws.com/")
	return &iam.Model{
		Input: iam.Input{Path: "live/plan.json", Kind: kind, Root: "live", Complete: true},
		Entities: []*iam.Entity{
			role(`module.x["k"].aws_iam_role.a[10]`, "app-a", 10), role(`module.x["k"].aws_iam_role.a[2]`, "app-b", 20), aws,
		},
	}
}

// finder reports every entity, with what the given function makes of it.
func finder(id string, s lint.Severity, leg lint.Leg, change func(*lint.Pass, *lint.Finding)) *lint.Rule {
	return &lint.Rule{ID: id, Severity: s, Leg: leg, Run: func(p *lint.Pass) error {
		for _, e := range p.Model.Entities {
			f := lint.Finding{Address: e.Address, Attribute: "name", Message: "It is " + e.Address + ".", Location: e.Location}
			if change != nil {
				change(p, &f)
			}
			p.Report(f)
		}
		return nil
	}}
}

var ownRules = []*lint.Rule{
	{ID: lint.ExemptionExpired, Severity: lint.Error, Leg: lint.TheRun},
	{ID: lint.ExemptionUnused, Severity: lint.Warning, Leg: lint.TheRun},
	{ID: lint.InputIncomplete, Severity: lint.Warning, Leg: lint.TheRun},
	{ID: lint.ModuleNotChecked, Severity: lint.Warning, Leg: lint.TheRun},
}

func mustRun(t *testing.T, s *lint.Settings, o Options, rule *lint.Rule, models ...*iam.Model) *lint.Report {
	t.Helper()
	if s == nil {
		s = &lint.Settings{}
	}
	if s.Today.IsZero() {
		s.Today = testDay
	}
	r, err := Run(models, append([]*lint.Rule{rule}, ownRules...), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// brief shows findings as "severity rule address".
func brief(findings []lint.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Severity.String()+" "+f.Rule+" "+f.Address)
	}
	return out
}

const roleA, roleB = `module.x["k"].aws_iam_role.a[10]`, `module.x["k"].aws_iam_role.a[2]`

func expect(t *testing.T, got []lint.Finding, want ...string) {
	t.Helper()
	if g := brief(got); !slices.Equal(g, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(g, "\n"), strings.Join(want, "\n"))
	}
}

func TestRunSortsAndLeavesOutAWS(t *testing.T) {
	t.Parallel()
	r := mustRun(t, nil, Options{Tool: lint.Tool{Name: "boundlint"}}, finder("r", lint.Error, lint.FirstLeg, nil), testModel(iam.InputPlan))
	expect(t, r.Findings, "error r "+roleB, "error r "+roleA)
	if r.Summary.Entities != 2 || r.Summary.Violations != 2 || r.ExitCode(lint.Error) != 1 || r.Tool.Name != "boundlint" {
		t.Errorf("%+v", r.Summary)
	}
	if len(r.Inputs) != 1 || len(r.Inputs[0].Entities) != 2 || r.Inputs[0].Entities[0].Name != "app-b" {
		t.Errorf("%+v", r.Inputs)
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	set := func(id string, s lint.Severity) *lint.Settings {
		return &lint.Settings{Rules: []lint.RuleSetting{{ID: id, Severity: &s}}}
	}
	undetermined := func(_ *lint.Pass, f *lint.Finding) { f.Verdict = lint.Undetermined }
	asNote := &lint.Rule{ID: "r", Severity: lint.Error, Run: func(p *lint.Pass) error {
		p.Report(lint.Finding{Address: "x"}, lint.Exactly(lint.Note))
		return nil
	}}
	strict := &lint.Settings{Strict: true}
	for name, c := range map[string]struct {
		rule     *lint.Rule
		kind     iam.InputKind
		settings *lint.Settings
		want     lint.Severity
	}{
		"as it is":                          {finder("r", lint.Error, lint.SecondLeg, nil), iam.InputConfig, nil, lint.Error},
		"configured":                        {finder("r", lint.Error, lint.SecondLeg, nil), iam.InputConfig, set("r", lint.Note), lint.Note},
		"another rule is configured":        {finder("r", lint.Error, lint.SecondLeg, nil), iam.InputConfig, set("q", lint.Note), lint.Error},
		"undetermined":                      {finder("r", lint.Error, lint.SecondLeg, undetermined), iam.InputPlan, nil, lint.Warning},
		"undetermined warning":              {finder("r", lint.Warning, lint.SecondLeg, undetermined), iam.InputPlan, nil, lint.Note},
		"undetermined, configured":          {finder("r", lint.Note, lint.SecondLeg, undetermined), iam.InputPlan, set("r", lint.Error), lint.Warning},
		"undetermined, strict":              {finder("r", lint.Error, lint.SecondLeg, undetermined), iam.InputPlan, strict, lint.Error},
		"undetermined first leg in plan":    {finder("r", lint.Error, lint.FirstLeg, undetermined), iam.InputPlan, nil, lint.Error},
		"undetermined first leg in state":   {finder("r", lint.Error, lint.FirstLeg, undetermined), iam.InputState, nil, lint.Error},
		"undetermined first leg in dump":    {finder("r", lint.Error, lint.FirstLeg, undetermined), iam.InputAccount, nil, lint.Error},
		"undetermined first leg in HCL":     {finder("r", lint.Error, lint.FirstLeg, undetermined), iam.InputConfig, nil, lint.Warning},
		"chosen by the rule":                {asNote, iam.InputPlan, nil, lint.Note},
		"chosen by the rule and configured": {asNote, iam.InputPlan, set("r", lint.Warning), lint.Note},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lint.Settings{}
			if c.settings != nil {
				s = *c.settings
			}
			r := mustRun(t, &s, Options{}, c.rule, testModel(c.kind))
			if got := r.Findings[0].Severity; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestMayNotExist(t *testing.T) {
	t.Parallel()
	for kind, want := range map[iam.InputKind]string{iam.InputConfig: "warning", iam.InputPlan: "error"} {
		m := testModel(kind)
		m.Entities[0].MayNotExist = true
		r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), m)
		expect(t, r.Findings, "error r "+roleB, want+" r "+roleA)
		if r.Findings[1].Verdict != lint.Undetermined || !strings.Contains(r.Findings[1].Message, "count or for_each") {
			t.Errorf("%+v", r.Findings[1])
		}
	}
}

func TestSameAccount(t *testing.T) {
	t.Parallel()
	syms := &policy.Symbols{}
	platform, team := testModel(iam.InputPlan), testModel(iam.InputPlan)
	platform.Symbols, team.Symbols = syms, syms
	platform.Entities, platform.Input.Path = nil, "platform.json"
	platform.Policies = []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "aws_iam_policy.b"}, Name: literal("b")}}
	team.Entities[0].Boundary = literal("arn:aws:iam::111122223333:policy/b")
	bounded := &lint.Rule{ID: "r", Run: func(p *lint.Pass) error {
		for e := range p.Entities() {
			if e.BoundaryPolicy != nil {
				p.Report(lint.Finding{Address: e.Address})
			}
		}
		return nil
	}}
	r := mustRun(t, nil, Options{SameAccount: true}, bounded, platform, team)
	expect(t, r.Findings, "note r "+roleA)
	if len(r.Inputs) != 1 || r.Inputs[0].Path != "platform.json, live/plan.json" {
		t.Errorf("%+v", r.Inputs)
	}
}

func TestReusableModule(t *testing.T) {
	t.Parallel()
	m := testModel(iam.InputConfig)
	m.Input.ReusableModule = true
	m.Entities[0].FromDefault = []string{"name"}
	r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), m)
	expect(t, r.Findings, "error r "+roleB, "note r "+roleA)
}

func TestEnabled(t *testing.T) {
	t.Parallel()
	on, off := true, false
	for name, c := range map[string]struct {
		offByDefault bool
		settings     lint.Settings
		want         bool
	}{
		"on":              {false, lint.Settings{}, true},
		"off by default":  {true, lint.Settings{}, false},
		"audit":           {true, lint.Settings{Preset: lint.AuditPreset}, true},
		"audit but off":   {true, lint.Settings{Preset: lint.AuditPreset, Rules: []lint.RuleSetting{{ID: "r", Enabled: &off}}}, false},
		"switched on":     {true, lint.Settings{Rules: []lint.RuleSetting{{ID: "r", Enabled: &on}}}, true},
		"switched off":    {false, lint.Settings{Rules: []lint.RuleSetting{{ID: "r", Enabled: &off}}}, false},
		"only a severity": {true, lint.Settings{Rules: []lint.RuleSetting{{ID: "r", Severity: new(lint.Severity)}}}, false},
	} {
		if got := c.settings.Enabled(&lint.Rule{ID: "r", OffByDefault: c.offByDefault}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestExemptions(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time {
		d, err := time.Parse(dateFormat, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := "error r "+roleA, "error r "+roleB
	unused := func(pattern string) string { return fmt.Sprintf("warning exemption-unused exempt.%q", pattern) }
	for name, c := range map[string]struct {
		pattern string
		rules   []string
		until   time.Time
		change  func(*iam.Model, *Options)
		want    []string
	}{
		"address":                  {pattern: roleA, want: []string{b}},
		"glob":                     {pattern: `module.x[*].aws_iam_role.*`},
		"resource":                 {pattern: `module.x["k"].aws_iam_role.a`},
		"module":                   {pattern: `module.x`},
		"instance of the module":   {pattern: `module.x["k"]`},
		"other instance":           {pattern: `module.x["other"]`, want: []string{unused(`module.x["other"]`), b, a}},
		"start of an address":      {pattern: `module.x["k"].aws_iam_role.a[1`, want: []string{unused(`module.x["k"].aws_iam_role.a[1`), b, a}},
		"name":                     {pattern: "app-a", want: []string{b}},
		"name glob":                {pattern: "app-*"},
		"ARN":                      {pattern: "arn:aws:iam::111122223333:role/app-b", want: []string{a}},
		"ARN glob":                 {pattern: "arn:aws:iam::*:role/app-b", want: []string{a}},
		"another rule":             {pattern: "app-*", rules: []string{"q"}, want: []string{unused("app-*"), b, a}},
		"one of several rules":     {pattern: "app-*", rules: []string{"q", "r"}},
		"on its last day":          {pattern: "app-*", until: day("2026-11-22")},
		"expired":                  {pattern: "app-*", until: day("2026-11-21"), want: []string{`error exemption-expired exempt."app-*"`, b, a}},
		"expired and of no use":    {pattern: "z", until: day("2026-11-21"), want: []string{`error exemption-expired exempt."z"`, b, a}},
		"unused in part of a repo": {pattern: "z", change: func(_ *iam.Model, o *Options) { o.Partial = true }, want: []string{b, a}},
		"unused, plan incomplete": {pattern: "z", change: func(m *iam.Model, _ *Options) { m.Input.Complete = false }, want: []string{
			b, a, "warning input-incomplete plan.json",
		}},
		"unused, other input unreadable": {pattern: "z", change: func(_ *iam.Model, o *Options) {
			o.Diagnostics = []lint.Diagnostic{{Severity: lint.Error, Message: "broken"}}
		}, want: []string{b, a}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, o := testModel(iam.InputPlan), Options{}
			if c.change != nil {
				c.change(m, &o)
			}
			if c.rules == nil {
				c.rules = []string{"r"}
			}
			s := &lint.Settings{AccountID: "111122223333", Exemptions: []lint.Exemption{{Pattern: c.pattern, Rules: c.rules, Until: c.until, Reason: "because"}}}
			r := mustRun(t, s, o, finder("r", lint.Error, lint.FirstLeg, nil), m)
			got := brief(r.Findings)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			suppressed := 2 - strings.Count(strings.Join(got, "\n"), "error r ")
			if len(r.Suppressed) != suppressed || r.Summary.Suppressed != suppressed {
				t.Errorf("%d suppressed", len(r.Suppressed))
			}
			for _, s := range r.Suppressed {
				if s.By != "exemption" || s.Reason != "because" || s.Finding.Fingerprint == "" {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

func TestInlineIgnores(t *testing.T) {
	t.Parallel()
	a, b := "error r "+roleA, "error r "+roleB
	at := func(line int) iam.Location {
		return iam.Location{File: "main.tf", Range: policy.Range{Start: policy.Pos{Line: line, Column: 3}}}
	}
	for name, c := range map[string]struct {
		ignore iam.Ignore
		off    bool
		want   []string
	}{
		"line":            {ignore: iam.Ignore{Rule: "r", Reason: "x", From: 10, To: 10}, want: []string{b}},
		"lines":           {ignore: iam.Ignore{Rule: "r", Reason: "x", From: 5, To: 25}},
		"block":           {ignore: iam.Ignore{Rule: "r", Reason: "x", Addresses: []string{`module.x["k"].aws_iam_role.a`}}},
		"module call":     {ignore: iam.Ignore{Rule: "r", Reason: "x", Addresses: []string{"module.x"}}},
		"start of a name": {ignore: iam.Ignore{Rule: "r", Reason: "x", Addresses: []string{`module.x["k"].aws_iam_role.a[1`}}, want: []string{`warning exemption-unused module.x["k"].aws_iam_role.a[1`, b, a}},
		"other line":      {ignore: iam.Ignore{Rule: "r", Reason: "x", From: 11, To: 11}, want: []string{"warning exemption-unused main.tf", b, a}},
		"no reason":       {ignore: iam.Ignore{Rule: "r", From: 10, To: 10}, want: []string{"warning exemption-unused main.tf", b, a}},
		"no such rule":    {ignore: iam.Ignore{Rule: "rr", Reason: "x", From: 10, To: 10}, want: []string{"warning exemption-unused main.tf", b, a}},
		"expired":         {ignore: iam.Ignore{Rule: "r", Reason: "x", Until: "2026-11-21", From: 10, To: 10}, want: []string{"error exemption-expired main.tf", b, a}},
		"last day":        {ignore: iam.Ignore{Rule: "r", Reason: "x", Until: "2026-11-22", From: 10, To: 10}, want: []string{b}},
		"no date":         {ignore: iam.Ignore{Rule: "r", Reason: "x", Until: "soon", From: 10, To: 10}, want: []string{"error exemption-expired main.tf", b, a}},
		"switched off":    {ignore: iam.Ignore{Rule: "r", Reason: "x", From: 10, To: 10}, off: true, want: []string{b, a}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := testModel(iam.InputConfig)
			c.ignore.File, c.ignore.Location = "main.tf", at(9)
			m.Ignores = []iam.Ignore{c.ignore}
			r := mustRun(t, nil, Options{NoInlineIgnores: c.off}, finder("r", lint.Error, lint.FirstLeg, nil), m)
			got := brief(r.Findings)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("by the call", func(t *testing.T) {
		t.Parallel()
		m := testModel(iam.InputConfig)
		call := at(7)
		call.File = "root.tf"
		m.Entities[0].Location.Call = &call
		m.Ignores = []iam.Ignore{{Rule: "r", Reason: "x", File: "root.tf", From: 6, To: 8, Location: call}}
		expect(t, mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), m).Findings, b)
	})
	t.Run("one comment in a module of two roots", func(t *testing.T) {
		t.Parallel()
		one, two := testModel(iam.InputConfig), testModel(iam.InputConfig)
		two.Input.Path, two.Input.Root, two.Entities = "other", "other", nil
		ignore := iam.Ignore{Rule: "r", Reason: "x", File: "main.tf", From: 1, To: 99, Location: at(9)}
		one.Ignores, two.Ignores = []iam.Ignore{ignore}, []iam.Ignore{ignore}
		expect(t, mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), two, one).Findings)
	})
}

func TestCauses(t *testing.T) {
	t.Parallel()
	rule := finder("r", lint.Warning, lint.SecondLeg, func(_ *lint.Pass, f *lint.Finding) { f.Cause = "the policy" })
	r := mustRun(t, nil, Options{}, rule, testModel(iam.InputPlan))
	expect(t, r.Findings, "warning r "+roleB)
	if related := r.Findings[0].Related; len(related) != 1 || related[0].Address != roleA {
		t.Errorf("%+v", related)
	}
	mixed := finder("r", lint.Error, lint.SecondLeg, func(_ *lint.Pass, f *lint.Finding) {
		f.Cause = "the policy"
		if f.Address == roleA {
			f.Verdict = lint.Undetermined
		}
	})
	expect(t, mustRun(t, nil, Options{}, mixed, testModel(iam.InputPlan)).Findings, "error r "+roleB, "warning r "+roleA)
	exempted := &lint.Settings{Exemptions: []lint.Exemption{{Pattern: "app-b", Rules: []string{"r"}}}}
	expect(t, mustRun(t, exempted, Options{}, rule, testModel(iam.InputPlan)).Findings, "warning r "+roleA)
	twice := &lint.Rule{ID: "r", Run: func(p *lint.Pass) error {
		for range 2 {
			p.Report(lint.Finding{Address: "x", Message: "The same."})
		}
		return nil
	}}
	expect(t, mustRun(t, nil, Options{}, twice, testModel(iam.InputPlan)).Findings, "note r x")
}

func TestModuleOfTwoRoots(t *testing.T) {
	t.Parallel()
	one, two := testModel(iam.InputConfig), testModel(iam.InputConfig)
	two.Input.Path, two.Input.Root = "other", "other"
	two.Entities[0].Location.Range.Start.Line = 99
	r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), one, two)
	expect(t, r.Findings, "error r "+roleB, "error r "+roleA, "error r "+roleA)
	if len(r.Findings[0].Related) != 1 || r.Findings[2].Input != 1 {
		t.Errorf("%+v", r.Findings)
	}
	planOne, planTwo := testModel(iam.InputPlan), testModel(iam.InputPlan)
	if r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), planOne, planTwo); len(r.Findings) != 4 {
		t.Error("the findings of two plans are two")
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	prints := func(t *testing.T, m *iam.Model) map[string]string {
		t.Helper()
		out := map[string]string{}
		for _, f := range mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), m).Findings {
			name := ""
			for _, e := range m.Entities {
				if e.Address == f.Address {
					name = e.NameText().String()
				}
			}
			out[name] = f.Fingerprint
		}
		return out
	}
	base := prints(t, testModel(iam.InputPlan))
	if len(base) != 2 || base["app-a"] == base["app-b"] {
		t.Fatalf("%v", base)
	}
	for name, change := range map[string]func(*iam.Model){
		"other lines":      func(m *iam.Model) { m.Entities[0].Location.Range.Start.Line = 77 },
		"other order":      func(m *iam.Model) { slices.Reverse(m.Entities) },
		"another kind":     func(m *iam.Model) { m.Input.Kind = iam.InputConfig },
		"another path":     func(m *iam.Model) { m.Input.Path = "elsewhere/plan.json" },
		"moved":            func(m *iam.Model) { m.Entities[0].Address = "aws_iam_role.moved" },
		"one role less":    func(m *iam.Model) { m.Entities = m.Entities[:2] },
		"one destroyed":    func(m *iam.Model) { m.Entities[2].Change = iam.ChangeDelete },
		"instances change": func(m *iam.Model) { m.Entities[0].Address, m.Entities[1].Address = roleB, roleA },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := testModel(iam.InputPlan)
			change(m)
			if got := prints(t, m); !reflect.DeepEqual(got, base) {
				t.Errorf("%v, was %v", got, base)
			}
		})
	}
	other := testModel(iam.InputPlan)
	other.Input.Root = "staging"
	if got := prints(t, other); got["app-a"] == base["app-a"] {
		t.Error("two roots have one fingerprint")
	}
}

// TestFingerprintsOfMoves has names that are not known, so that only moves
// tell what was where.
func TestFingerprintsOfMoves(t *testing.T) {
	t.Parallel()
	fingerprint := func(address string, moved map[string]string) string {
		m := testModel(iam.InputPlan)
		m.Entities = m.Entities[:1]
		m.Entities[0].Address, m.Entities[0].Name = address, iam.Value{}
		m.Moved = moved
		return mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), m).Findings[0].Fingerprint
	}
	first := fingerprint("aws_iam_role.a", nil)
	for address, moved := range map[string]map[string]string{
		"aws_iam_role.b":               {"aws_iam_role.b": "aws_iam_role.a"},
		"aws_iam_role.c":               {"aws_iam_role.b": "aws_iam_role.a", "aws_iam_role.c": "aws_iam_role.b"},
		`module.m["k"].aws_iam_role.b`: {`module.m["k"].aws_iam_role.b`: "aws_iam_role.a"},
	} {
		if got := fingerprint(address, moved); got != first {
			t.Errorf("%s: another fingerprint", address)
		}
	}
	if fingerprint("aws_iam_role.b", nil) == first {
		t.Error("two resources have one fingerprint")
	}
	inModule := fingerprint("module.old.aws_iam_role.a[0]", nil)
	if got := fingerprint("module.new.aws_iam_role.a[0]", map[string]string{"module.new": "module.old"}); got != inModule {
		t.Error("the move of a module is not followed")
	}
	if got := fingerprint("aws_iam_role.a", map[string]string{"aws_iam_role.a": "aws_iam_role.b", "aws_iam_role.b": "aws_iam_role.a"}); got == "" {
		t.Error("a circle of moves has no end")
	}
}

func TestIncompleteIsNeverClean(t *testing.T) {
	t.Parallel()
	silent := &lint.Rule{ID: "r", Run: func(*lint.Pass) error { return nil }}
	for name, change := range map[string]func(*iam.Input){
		"incomplete": func(in *iam.Input) { in.Complete, in.Reasons = false, []string{"it was made with -target"} },
		"errored":    func(in *iam.Input) { in.Errored = true },
	} {
		m := testModel(iam.InputPlan)
		change(&m.Input)
		r := mustRun(t, nil, Options{}, silent, m)
		expect(t, r.Findings, "warning input-incomplete plan.json")
		if !r.Incomplete() || r.ExitCode(lint.Error) != 1 || r.Inputs[0].Complete {
			t.Errorf("%s: clean", name)
		}
	}
	if r := mustRun(t, nil, Options{}, silent, testModel(iam.InputPlan)); r.ExitCode(lint.Note) != 0 || r.Incomplete() {
		t.Error("not clean")
	}
}

func TestUncheckedAndDiagnostics(t *testing.T) {
	t.Parallel()
	m := testModel(iam.InputConfig)
	m.Unchecked = []iam.Unchecked{{Kind: "module", Message: "module.x was not read", Location: iam.Location{Address: "module.x"}}}
	m.Diagnostics = []iam.Diagnostic{{Error: true, Summary: "Broken", Detail: "There is no end."}, {Summary: "Odd"}}
	r := mustRun(t, nil, Options{Diagnostics: []lint.Diagnostic{{Input: "gone"}}}, &lint.Rule{ID: "r", Run: func(*lint.Pass) error { return nil }}, m)
	expect(t, r.Findings, "warning module-not-checked module.x")
	if len(r.Diagnostics) != 3 || r.Diagnostics[0].Severity != lint.Error || r.Diagnostics[0].Message != "Broken: There is no end." || r.Diagnostics[1].Severity != lint.Warning {
		t.Errorf("%+v", r.Diagnostics)
	}
}

func TestRuleError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := Run([]*iam.Model{testModel(iam.InputPlan)}, []*lint.Rule{{ID: "r", Run: func(*lint.Pass) error { return broken }}}, nil, Options{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "rule r") {
		t.Error(err)
	}
}

func TestUnseenBoundaries(t *testing.T) {
	t.Parallel()
	m := testModel(iam.InputPlan)
	m.Entities[0].Boundary = literal("arn:aws:iam::111122223333:policy/b")
	m.Entities[1].Boundary = literal("arn:aws:iam::aws:policy/PowerUserAccess")
	silent := &lint.Rule{ID: "r", Run: func(*lint.Pass) error { return nil }}
	if r := mustRun(t, nil, Options{}, silent, m); r.Summary.UnseenBoundaries != 1 || len(r.Inputs[0].Beyond) != 1 {
		t.Errorf("%+v", r.Summary)
	}
	seen := &lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{"arn:aws:iam::*:policy/b"}, Document: &iam.Document{}}}}
	if r := mustRun(t, seen, Options{}, silent, m); r.Summary.UnseenBoundaries != 0 {
		t.Errorf("%+v", r.Summary)
	}
	m.Policies = []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "aws_iam_policy.b"}, Name: literal("b"), Document: &iam.Document{Document: &policy.Document{}}}}
	if r := mustRun(t, nil, Options{}, silent, m); r.Summary.UnseenBoundaries != 0 || r.Summary.Policies != 1 {
		t.Errorf("%+v", r.Summary)
	}
}

func TestRunIsDeterministic(t *testing.T) {
	t.Parallel()
	var first *lint.Report
	for i := range 20 {
		var models []*iam.Model
		for n := range 8 {
			m := testModel(iam.InputPlan)
			m.Input.Path = fmt.Sprint(n)
			if i%2 == 1 {
				slices.Reverse(m.Entities)
			}
			models = append(models, m)
		}
		r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.FirstLeg, nil), models...)
		r.Rules = nil
		if first == nil {
			first = r
		} else if !reflect.DeepEqual(first, r) {
			t.Fatal("two runs differ")
		}
	}
}
