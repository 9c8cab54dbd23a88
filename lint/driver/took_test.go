package driver

import (
	"slices"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// TestTook: the stages of judging come in their order, then those of all inputs
// together, and a stage within a rule does not count for the rule.
func TestTook(t *testing.T) {
	now := testDay
	tick := func() time.Time { now = now.Add(time.Second); return now }
	deriving := &lint.Rule{ID: "two", Run: func(p *lint.Pass) error { p.Stage(lint.Holding)(); return nil }}
	rules := []*lint.Rule{finder("one", lint.Error, lint.Hygiene, nil), deriving}
	run := func(clock func() time.Time) []lint.Took {
		t.Helper()
		report, err := Run([]*iam.Model{testModel(iam.InputPlan)}, rules, &lint.Settings{Today: testDay}, Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		return report.Took
	}
	want := []lint.Took{
		{Stage: lint.Linking, Time: time.Second},
		{Stage: "one", Time: time.Second},
		{Stage: "two", Time: 2 * time.Second},
		{Stage: lint.Holding, Time: time.Second},
		{Input: -1, Stage: lint.Exempting, Time: 2 * time.Second},
		{Input: -1, Stage: lint.Identifying, Time: 2 * time.Second},
		{Input: -1, Stage: lint.Merging, Time: time.Second},
		{Input: -1, Stage: lint.Summing, Time: time.Second},
	}
	if got := run(tick); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := run(nil); got != nil {
		t.Errorf("nobody asked: %v", got)
	}
}
