package spell_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint/spell"
)

func TestNearest(t *testing.T) {
	names := []string{"boundary-missing", "boundary-invalid", "name-prefix", "path-prefix", "rules", "lint"}
	for given, want := range map[string]string{
		"boundary-mising":  "boundary-missing",
		"boundary_missing": "boundary-missing",
		"nameprefix":       "name-prefix",
		"rule":             "rules",
		"lnt":              "lint",
		"plan.json":        "",
		"x":                "",
		"":                 "",
	} {
		got, ok := spell.Nearest(given, names)
		if got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", given, got, ok, want)
		}
	}
	if got := spell.Suggest("rulez", names); got != "; did you mean rules?" {
		t.Errorf("Suggest: %q", got)
	}
	if got, _ := spell.Nearest("ab", []string{"ac", "aa"}); got != "aa" {
		t.Errorf("ties: %q", got)
	}
}
