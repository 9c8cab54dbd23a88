package catalog

import (
	"slices"
	"strings"
)

// rests are what may be left of a lower-case pattern once it has taken the
// start of a text: patterns of which one must match what follows.
type rests []string

// restsAfter are the rests of a pattern after head. What the last star that was
// reached takes, none before it need take.
func restsAfter(pattern, head string) rests {
	at := reach(nil, pattern, 0)
	var next []int
	for i := 0; i < len(head) && len(at) > 0; i++ {
		next = next[:0]
		for _, p := range at {
			switch {
			case p == len(pattern):
			case pattern[p] == '*':
				next = reach(next, pattern, p)
			case pattern[p] == '?' || pattern[p] == head[i]:
				next = reach(next, pattern, p+1)
			}
		}
		at, next = next, at
	}
	out := make(rests, len(at))
	for i, p := range at {
		out[i] = pattern[p:]
	}
	return out
}

// reach adds a place of the pattern to those that are reached, in order.
func reach(places []int, pattern string, p int) []int {
	for len(places) == 0 || places[len(places)-1] < p {
		if p == len(pattern) || pattern[p] != '*' {
			return append(places, p)
		}
		places = append(places[:0], p)
		p++
	}
	return places
}

// match reports whether a name, in any case, matches one of the rests.
func (r rests) match(name string) bool {
	return slices.ContainsFunc(r, func(rest string) bool { return globFold(rest, name) })
}

// mayBeIn reports whether one of the lines of a text in lower case may match:
// the longest run of characters of one of the rests is in it.
func (r rests) mayBeIn(lines string) bool {
	return slices.ContainsFunc(r, func(rest string) bool {
		longest := ""
		for run := range strings.FieldsFuncSeq(rest, func(c rune) bool { return c == '*' || c == '?' }) {
			if len(run) > len(longest) {
				longest = run
			}
		}
		return strings.Contains(lines, longest)
	})
}
