package lint_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
)

func TestSuggest(t *testing.T) {
	known := []string{"boundary-missing", "name-prefix", "rules"}
	for word, want := range map[string]string{
		"boundary_mising": "; did you mean boundary-missing?",
		"rulez":           "; did you mean rules?",
		"plan.json":       "",
		"":                "",
	} {
		if got := lint.Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
