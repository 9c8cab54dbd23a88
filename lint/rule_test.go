package lint_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	doc := lint.Doc{Title: "t", What: "w", Why: "y", Blind: "b", Fix: "f", Security: "1.0"}
	good := &lint.Rule{ID: "a-b", Doc: doc, Run: func(*lint.Pass) error { return nil }}
	if err := lint.Validate([]*lint.Rule{good}); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]*lint.Rule{
		{good, good},
		{{ID: "A", Doc: doc, Run: good.Run}},
		{{ID: "a", Run: good.Run}},
		{{ID: "a", Doc: doc}},
	} {
		if lint.Validate(bad) == nil {
			t.Errorf("%s is taken", bad[0].ID)
		}
	}
	begun := *good
	begun.Doc.Blind = "..."
	if err := lint.Validate([]*lint.Rule{&begun}); err == nil || err.Error() != "rule a-b: its documentation is not complete: write Blind" {
		t.Errorf("a rule that has only begun: %v", err)
	}
}

func TestFailOn(t *testing.T) {
	r := &lint.Report{Findings: []lint.Finding{{Rule: "r", Severity: lint.Warning}}}
	for name, code := range map[string]int{"none": 0, "error": 0, "warning": 1, "note": 1} {
		failOn, ok := lint.ParseFailOn(name)
		if got := r.ExitCode(failOn); !ok || got != code {
			t.Errorf("%s: exit code %d, want %d", name, got, code)
		}
	}
	r.Findings = []lint.Finding{{Rule: lint.InputIncomplete}}
	if none, _ := lint.ParseFailOn("none"); r.ExitCode(none) != 0 || r.ExitCode(lint.Error) != 1 {
		t.Error("an input that is not complete")
	}
	if _, ok := lint.ParseFailOn("never"); ok {
		t.Error("never is read")
	}
}
