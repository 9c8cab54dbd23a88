package driver_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A rule that panics is an error that names the input, not the end of the
// program.
func TestRunTurnsPanicsIntoErrors(t *testing.T) {
	rule := &lint.Rule{ID: "broken", Run: func(*lint.Pass) error { panic("out of order") }}
	m := &iam.Model{Symbols: &policy.Symbols{}, Input: iam.Input{Path: "plan.json", Kind: iam.InputPlan, Complete: true}}
	_, err := driver.Run([]*iam.Model{m}, []*lint.Rule{rule}, nil, driver.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "plan.json: internal error: out of order") {
		t.Errorf("%v", err)
	}
}
