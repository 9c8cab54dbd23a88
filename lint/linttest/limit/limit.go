// Package limit tries limits. A test in cmd/boundlint goes over those that
// docs/security.md lists, and fails where nothing tries one of them.
package limit

import (
	"strconv"
	"strings"
	"testing"
)

// Try tries what is limited below, at and above the limit. said is all that is
// told of n of it, and looks is what is told above the limit and never else.
// The constant is the name of the limit, whose value may be less in the test.
func Try(t *testing.T, constant string, limit int, looks string, said func(t *testing.T, n int) string) {
	t.Helper()
	for _, n := range []int{limit - 1, limit, limit + 1} {
		t.Run(constant+"/"+strconv.Itoa(n), func(t *testing.T) {
			text := strings.Join(strings.Fields(said(t, n)), " ")
			if above := n > limit; strings.Contains(text, looks) != above {
				t.Errorf("says %q is %v: %.600s", looks, !above, text)
			}
		})
	}
}
