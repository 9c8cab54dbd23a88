package lint

import (
	"fmt"
	"strings"
	"testing"
)

func mergedFrom(found []Finding) string {
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
	first, second := &Rule{ID: "first"}, &Rule{ID: "second"}
	r := &run{rules: []*Rule{first, second}}
	for name, tt := range map[string]struct {
		found []Finding
		want  string
	}{
		"one statement, three holders": {[]Finding{
			{Rule: "first", Address: "b", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "c", Cause: "p#0"},
		}, "first a, first b, first c (2)"},
		"two statements": {[]Finding{
			{Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "b", Cause: "p#1"},
		}, "first a (0); first b (0)"},
		"the same cause under another rule": {[]Finding{
			{Rule: "second", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0"},
		}, "first a (0); second a (0)"},
		"the same cause of another input": {[]Finding{
			{Rule: "first", Address: "a", Cause: "p#0"}, {Rule: "first", Address: "a", Cause: "p#0", Input: 1},
		}, "first a (0); first a (0)"},
		"one origin, the rule that comes first": {[]Finding{
			{Rule: "second", Address: "a", Origin: "unknown var.x"}, {Rule: "first", Address: "b", Origin: "unknown var.x"},
		}, "first b, second a (1)"},
		"one origin, the most severe": {[]Finding{
			{Rule: "second", Address: "a", Origin: "unknown var.x", Severity: Error}, {Rule: "first", Address: "b", Origin: "unknown var.x", Severity: Note},
		}, "second a, first b (1)"},
		"one origin, which has a finding itself": {[]Finding{
			{Rule: "first", Address: "a", Origin: "leak of p", Severity: Error}, {Rule: "second", Address: "p", Origin: "leak of p", IsOrigin: true},
		}, "second p, first a (1)"},
		"one origin, another verdict": {[]Finding{
			{Rule: "first", Address: "a", Origin: "x", Verdict: Undetermined}, {Rule: "second", Address: "a", Origin: "x", Verdict: Violation},
		}, "first a (0); second a (0)"},
		"one origin in other workspaces": {[]Finding{
			{Rule: "first", Address: "a", Origin: "x", Workspaces: []string{"dev"}}, {Rule: "second", Address: "a", Origin: "x", Workspaces: []string{"prod"}},
		}, "first a (0); second a (0)"},
		"what else has a part": {[]Finding{
			{Rule: "first", Address: "a", Cause: "p#0", Related: []Related{{Address: "a", Message: "itself"}, {Address: "x", Message: "the end"}}},
			{Rule: "first", Address: "b", Cause: "p#0", Related: []Related{{Address: "b", Message: "itself"}, {Address: "x", Message: "the end"}}},
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
		f := &Finding{Verdict: Undetermined, HiddenBy: hidden}
		if got := unknownOrigin(f) != ""; got != want {
			t.Errorf("%q: %v", hidden, got)
		}
	}
	if unknownOrigin(&Finding{Verdict: Violation, HiddenBy: "var.x"}) != "" {
		t.Error("a violation has no unknown origin")
	}
}
