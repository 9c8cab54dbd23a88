package tfconfig

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseIgnore(t *testing.T) {
	for comment, want := range map[string]string{
		`# boundlint:ignore name-prefix reason="x"`:                                      `name-prefix "x"`,
		`# boundlint:ignore name-prefix, path-prefix reason="x" until=2027-01-01`:        `name-prefix "x" 2027-01-01; path-prefix "x" 2027-01-01`,
		`# boundlint:ignore name-prefix path-prefix,boundary-missing reason="a b=c"`:     `name-prefix "a b=c"; path-prefix "a b=c"; boundary-missing "a b=c"`,
		`# boundlint:ignore name-prefix , path-prefix`:                                   `name-prefix ""; path-prefix ""`,
		`# boundlint:ignore reason="x"`:                                                  ` "x"`,
		`# boundlint:ignore`:                                                             ` ""`,
		"/* boundlint:ignore name-prefix\n   reason='x' */":                              `name-prefix "x"`,
		`# boundlint: ignore name-prefix reason="x"`:                                     `near miss`,
		`// boundlint-ignore name-prefix`:                                                `near miss`,
		`# Boundlint:Ignore name-prefix`:                                                 `near miss`,
		`# boundlint:disable name-prefix`:                                                `near miss`,
		`# boundlint ignores this, see the README`:                                       ``,
		`# judged by boundlint: ignore nothing here`:                                     ``,
		`# boundlint:ignored is not a directive`:                                         ``,
		`# reviewed; boundlint:ignore name-prefix reason="behind a word is a directive"`: `name-prefix "behind a word is a directive"`,
	} {
		var got []string
		for _, c := range parseIgnore(comment) {
			if c.nearMiss {
				got = append(got, "near miss")
				continue
			}
			got = append(got, strings.TrimRight(fmt.Sprintf("%s %q %s", c.rule, c.reason, c.until), " "))
		}
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("%s: got %s, want %s", comment, text, want)
		}
	}
}
