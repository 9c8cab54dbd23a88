// Package lazy makes on first use what few runs need: what a package makes at
// its start, every run pays for, "boundlint version" as well.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a regular expression that is compiled when it is first asked
// for. It panics then, as [regexp.MustCompile] does, where expr is none.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
