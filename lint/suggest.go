package lint

import "github.com/boundlint/boundlint/lint/policy"

// Suggest ends a message about a name that does not exist with the one that
// was probably meant: "; did you mean boundary-missing?", or "" where no
// known name is near.
func Suggest(word string, known []string) string {
	near := policy.Nearest(word, known)
	if near == "" {
		return ""
	}
	return "; did you mean " + near + "?"
}
