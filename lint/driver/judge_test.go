package driver_test

import (
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// An input that takes more than its share says so, and takes nothing from the
// others; what was found in it before stays.
func TestRunWithinABudget(t *testing.T) {
	find := func(p *lint.Pass) error {
		p.Report(lint.Finding{Address: p.Model.Input.Path, Message: "found"})
		return nil
	}
	search := func(p *lint.Pass) error {
		for p.Model.Input.Path == "hostile" {
			p.Check()
		}
		return find(p)
	}
	rules := []*lint.Rule{{ID: "first", Severity: lint.Error, Run: find}, {ID: "second", Severity: lint.Error, Run: search}, {ID: "third", Severity: lint.Error, Run: find}}
	model := func(path string) *iam.Model {
		return &iam.Model{Symbols: &policy.Symbols{}, Input: iam.Input{Path: path, Kind: iam.InputPlan, Complete: true}}
	}
	share := budget.NewSteps(budget.Limits{Timeout: time.Minute})
	report, err := driver.Run([]*iam.Model{model("hostile"), model("plain")}, rules, nil, driver.Options{Share: share})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range report.Findings {
		found[f.Address]++
	}
	if found["hostile"] != 1 || found["plain"] != 3 {
		t.Errorf("found %v", found)
	}
	if len(report.Diagnostics) != 1 {
		t.Fatalf("%v", report.Diagnostics)
	}
	want := lint.Diagnostic{Severity: lint.Error, Input: "hostile", Message: "not judged by second and what comes after it: it took more than its share of --timeout 1m0s"}
	if got := report.Diagnostics[0]; got.Severity != want.Severity || got.Input != want.Input || got.Message != want.Message {
		t.Errorf("%+v", report.Diagnostics[0])
	}
}
