package driver

import (
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

func TestTook(t *testing.T) {
	now := testDay
	tick := func() time.Time { now = now.Add(time.Second); return now }
	rules := []*lint.Rule{finder("one", lint.Error, lint.Hygiene, nil), finder("two", lint.Error, lint.Hygiene, nil)}
	run := func(clock func() time.Time) []lint.Took {
		t.Helper()
		report, err := Run([]*iam.Model{testModel(iam.InputPlan)}, rules, &lint.Settings{Today: testDay}, Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		return report.Took
	}
	got := run(tick)
	for i, rule := range []string{"", "one", "two"} {
		if len(got) != 3 || got[i] != (lint.Took{Rule: rule, Time: time.Second}) {
			t.Fatalf("got %v", got)
		}
	}
	if got := run(nil); got != nil {
		t.Errorf("nobody asked: %v", got)
	}
}
