// Package spell finds the name that a person most likely meant by one that
// does not exist: a flag, a rule, a key of the configuration.
package spell

import (
	"cmp"
	"slices"

	"github.com/agext/levenshtein"
)

// Nearest returns the candidate that is closest to the given name, and false
// where none is close enough to be what was meant. Ties go to the first in
// alphabetical order, so that the answer does not hang on how the candidates
// are listed.
func Nearest(given string, candidates []string) (string, bool) {
	type near struct {
		name     string
		distance int
	}
	var close []near
	for _, c := range candidates {
		// One slip in three characters is a slip; more is another word.
		if d := levenshtein.Distance(given, c, nil); d <= max(1, max(len(given), len(c))/3) {
			close = append(close, near{c, d})
		}
	}
	if len(close) == 0 {
		return "", false
	}
	best := slices.MinFunc(close, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	return best.name, true
}

// Suggest is Nearest as the end of a sentence: `; did you mean "x"?`, or ""
// where no candidate is close.
func Suggest(given string, candidates []string) string {
	name, ok := Nearest(given, candidates)
	if !ok {
		return ""
	}
	return "; did you mean " + name + "?"
}
