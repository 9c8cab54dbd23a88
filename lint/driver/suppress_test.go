package driver

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// TestUnusedBySource has exemptions from rules that not every input can show,
// and from one that another stands in for.
func TestUnusedBySource(t *testing.T) {
	for name, c := range map[string]struct {
		kind iam.InputKind
		want string
	}{
		"configuration": {iam.InputConfig, "[exempt.\"a\"]"},
		"plan":          {iam.InputPlan, "[exempt.\"a\" exempt.\"p\"]"},
	} {
		t.Run(name, func(t *testing.T) {
			missing := &lint.Rule{ID: "missing", Run: func(*lint.Pass) error { return nil }}
			removed := &lint.Rule{
				ID:          "removed",
				SeenIn:      func(m *iam.Model) bool { return m.Input.Kind == iam.InputPlan },
				StandsInFor: []string{"missing"},
				Run: func(p *lint.Pass) error {
					p.Report(lint.Finding{Address: "b"})
					return nil
				},
			}
			settings := &lint.Settings{Exemptions: []lint.Exemption{
				{Pattern: "a", Rules: []string{"missing"}, Reason: "x"},
				{Pattern: "b", Rules: []string{"missing"}, Reason: "x"},
				{Pattern: "p", Rules: []string{"removed"}, Reason: "x"},
			}}
			model := &iam.Model{
				Input:   iam.Input{Path: "x", Kind: c.kind, Complete: true},
				Ignores: []iam.Ignore{{Rule: "missing", Reason: "x", Addresses: []string{"b"}}},
			}
			unused := &lint.Rule{ID: lint.ExemptionUnused, Severity: lint.Warning, Leg: lint.TheRun}
			report, err := Run([]*iam.Model{model}, []*lint.Rule{missing, removed, unused}, settings, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				if f.Rule == lint.ExemptionUnused {
					got = append(got, f.Address)
				}
			}
			if len(report.Suppressed) > 0 {
				t.Errorf("a finding was ignored by what ignores another rule: %+v", report.Suppressed)
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// TestUnusedComments has two comments on lines of one file.
func TestUnusedComments(t *testing.T) {
	comment := func(line int) iam.Ignore {
		i := iam.Ignore{Rule: "r", Reason: "x", File: "main.tf", From: line, To: line}
		i.Location = iam.Location{File: "main.tf"}
		i.Location.Range.Start.Line = line
		return i
	}
	model := &iam.Model{
		Input:   iam.Input{Path: "x", Kind: iam.InputConfig, Complete: true},
		Ignores: []iam.Ignore{comment(3), comment(7)},
	}
	rules := []*lint.Rule{{ID: "r", Run: func(*lint.Pass) error { return nil }}, {ID: lint.ExemptionUnused, Severity: lint.Warning, Leg: lint.TheRun}}
	report, err := Run([]*iam.Model{model}, rules, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 2 {
		t.Errorf("%+v", report.Findings)
	}
}
