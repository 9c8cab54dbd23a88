package driver

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

func mergedFrom(found []lint.Finding) string {
	var out []string
	for i := range found {
		var all []string
		for _, f := range found[i].All() {
			all = append(all, f.Rule+" "+f.Address)
		}
		out = append(out, fmt.Sprintf("%s (%d)", strings.Join(all, ", "), len(found[i].Related)))
	}
	return strings.Join(out, "; ")
}

// One cause is one finding: of one rule by its cause, of several rules by their
// origin.
func TestMergeCauses(t *testing.T) {
	t.Parallel()
	first, second := &lint.Rule{ID: "first"}, &lint.Rule{ID: "second"}
	r := &run{rules: []*lint.Rule{first, second}}
	for name, tt := range map[string]struct {
		found []lint.Finding
		want  string
	}{
		"one statement, three holders": {[]lint.Finding{
			{Rule: "first", Address: "b", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "c", Cause: "p#0"},
		}, "first a, first b, first c (2)"},
		"two statements": {[]lint.Finding{
			{Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "b", Cause: "p#1"},
		}, "first a (0); first b (0)"},
		"the same cause under another rule": {[]lint.Finding{
			{Rule: "second", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0"},
		}, "first a (0); second a (0)"},
		"the same cause of another input": {[]lint.Finding{
			{Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0", Input: 1},
		}, "first a (0); first a (0)"},
		"one origin, the rule that comes first": {[]lint.Finding{
			{Rule: "second", Address: "a", Origin: "unknown var.x"}, {Rule: "first", Address: "b", Origin: "unknown var.x"},
		}, "first b, second a (1)"},
		"one origin, the most severe": {[]lint.Finding{
			{Rule: "second", Address: "a", Origin: "unknown var.x", Severity: lint.Error}, {Rule: "first", Address: "b", Origin: "unknown var.x", Severity: lint.Note},
		}, "second a, first b (1)"},
		"one origin, which has a finding itself": {[]lint.Finding{
			{Rule: "first", Address: "a", Origin: "leak of p", Severity: lint.Error}, {Rule: "second", Address: "p", Origin: "leak of p", IsOrigin: true},
		}, "second p, first a (1)"},
		"one origin, another verdict": {[]lint.Finding{
			{Rule: "first", Address: "a", Origin: "x", Verdict: lint.Undetermined}, {Rule: "second", Address: "a", Origin: "x", Verdict: lint.Violation},
		}, "first a (0); second a (0)"},
		"one origin in other workspaces": {[]lint.Finding{
			{Rule: "first", Address: "a", Origin: "x", Workspaces: []string{"dev"}}, {Rule: "second", Address: "a", Origin: "x", Workspaces: []string{"prod"}},
		}, "first a (0); second a (0)"},
		"what else has a part": {[]lint.Finding{
			{Rule: "first", Address: "a", Cause: "p#0", Related: []lint.Related{{Address: "a", Message: "itself"}, {Address: "x", Message: "the end"}}},
			{Rule: "first", Address: "b", Cause: "p#0", Related: []lint.Related{{Address: "b", Message: "itself"}, {Address: "x", Message: "the end"}}},
		}, "first a, first b (3)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := tt.found
			sortFindings(found)
			if got := mergedFrom(r.mergeOrigins(mergeCauses(found))); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestUnknownOrigin(t *testing.T) {
	t.Parallel()
	for hidden, want := range map[string]bool{
		"var.boundary":                       true,
		"module.x.aws_iam_policy.p.arn":      true,
		"var.a, var.b":                       true,
		"local.x (it is longer than it may)": true,
		"what is known only after apply":     false,
		"a value that is known after apply":  false,
		"policies that are not known":        false,
		"":                                   false,
	} {
		f := &lint.Finding{Verdict: lint.Undetermined, HiddenBy: hidden}
		if got := unknownOrigin(f) != ""; got != want {
			t.Errorf("%q: %v", hidden, got)
		}
	}
	if unknownOrigin(&lint.Finding{Verdict: lint.Violation, HiddenBy: "var.x"}) != "" {
		t.Error("a violation has no unknown origin")
	}
}
