package survey

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// Names is what the names of one type of resource have in common.
type Names struct {
	// Type is the type of resource, such as aws_iam_role.
	Type string
	// Pattern is what fits nearly all of them, in the syntax of a naming block;
	// "*" where they have nothing in common.
	Pattern string
	// Fitting of Known names fit it. What is not known as far as that does not count.
	Fitting, Known int
	// Frequent are the most frequent prefixes, with how many names have each.
	Frequent []Prefix
}

// Prefix is how names begin, up to their first separator, and how many do.
type Prefix struct {
	Text  string
	Names int
}

// nameCount counts the names of one type by how they begin.
type nameCount struct {
	prefixes map[string]int
	known    int
}

// firstWord is what a name begins with, up to its first separator. A name
// without one has no prefix.
var firstWord = lazy.Regexp(`^[A-Za-z0-9]+[-_./]`)

func (s *surveyor) name(m *iam.Model, e *iam.Entity) {
	n := s.names[e.Type]
	if n == nil {
		n = &nameCount{prefixes: map[string]int{}}
		s.names[e.Type] = n
	}
	text := e.NameText()
	prefix := firstWord().FindString(text.Prefix())
	switch {
	case e.Name.Sensitive || e.NamePrefix.Sensitive || s.secret(m, text.Prefix()) || prefix == "" && !text.IsKnown():
		return
	case prefix != "":
		n.prefixes[prefix]++
	}
	n.known++
}

// LeastNames is how many names must be known, and must have a prefix, for that to
// say something.
const LeastNames = 3

// A pattern fits where it takes nine names of ten, with few prefixes.
const (
	mostPrefixes  = 4
	fittingTenths = 9
)

// common finds the fewest prefixes that fit nearly all names.
func (n *nameCount) common(typ string) Names {
	out := Names{Type: typ, Pattern: "*", Fitting: n.known, Known: n.known}
	for _, prefix := range slices.SortedFunc(maps.Keys(n.prefixes), func(x, y string) int {
		return cmp.Or(cmp.Compare(n.prefixes[y], n.prefixes[x]), cmp.Compare(x, y))
	}) {
		out.Frequent = append(out.Frequent, Prefix{prefix, n.prefixes[prefix]})
	}
	if n.known < LeastNames {
		return out
	}
	fitting := 0
	for i, p := range out.Frequent[:min(len(out.Frequent), mostPrefixes)] {
		if p.Names < LeastNames {
			break
		}
		fitting += p.Names
		if fitting*10 >= n.known*fittingTenths {
			out.Pattern, out.Fitting = pattern(out.Frequent[:i+1]), fitting
			break
		}
	}
	return out
}

// pattern is one glob, or an expression where there are several prefixes.
func pattern(prefixes []Prefix) string {
	if len(prefixes) == 1 {
		return prefixes[0].Text + "*"
	}
	var quoted []string
	for _, p := range prefixes {
		quoted = append(quoted, regexp.QuoteMeta(p.Text))
	}
	return "regex:^(" + strings.Join(quoted, "|") + ")"
}
