package policy

import (
	"slices"
	"strings"
)

// ARN is an Amazon Resource Name: arn:partition:service:region:account:resource.
// Its parts may hold symbols, wildcards and policy variables.
type ARN struct {
	Partition, Service, Region, Account Text
	// Resource is everything after the fifth colon, further colons included.
	Resource Text
}

// arnParts is the number of colon-separated parts of an ARN; the last one
// keeps further colons.
const arnParts = 6

// ParseARN splits a text into the parts of an ARN. A symbol before the fifth
// colon is taken to hide no colon: it stands for a part or a piece of one. It
// reports false for what does not start with arn: or has fewer than six parts.
// A colon inside of a policy variable (${aws:username}) separates nothing.
func ParseARN(x Text) (ARN, bool) {
	var parts [arnParts]Text
	if splitARN(x, &parts) != arnParts || !isLiteral(parts[0], "arn") {
		return ARN{}, false
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

// SplitARN splits a text at its first five colons, as ParseARN does, and
// returns as many parts as there are.
func SplitARN(x Text) []Text {
	var parts [arnParts]Text
	n := splitARN(x, &parts)
	return append([]Text(nil), parts[:n]...)
}

// ARNParts are the six parts of a text that [SplitARN] splits into six; false for any other.
func ARNParts(x Text) (parts [arnParts]Text, ok bool) {
	n := splitARN(x, &parts)
	return parts, n == arnParts
}

// splitARN puts the parts of a text into out and counts them. The search for
// ways asks it of the same few texts a million times: what is one symbol, or
// all literal, takes no memory of its own.
func splitARN(x Text, out *[arnParts]Text) (n int) {
	if s, ok := x.Known(); ok {
		for n < arnParts-1 {
			i := colon(s)
			if i < 0 {
				break
			}
			out[n], s = Literal(s[:i]), s[i+1:]
			n++
		}
		out[n] = Literal(s)
		return n + 1
	}
	// from is the first of the pieces that are not in a part yet, and lead what
	// is left of the literal before it.
	lead, from, pieces := "", 0, x.parts()
	for i, p := range pieces {
		if p.Symbol != nil {
			continue
		}
		rest := p.Literal
		for n < arnParts-1 {
			c := colon(rest)
			if c < 0 {
				break
			}
			out[n] = joined(lead, pieces[from:max(i, from)], rest[:c])
			lead, from, rest = "", i+1, rest[c+1:]
			n++
		}
		if from == i+1 {
			lead = rest
		}
	}
	out[n] = joined(lead, pieces[from:], "")
	return n + 1
}

// joined is a text of pieces between two literals. The pieces may begin and
// end with literals only where there is none of these beside them.
func joined(lead string, pieces []Part, tail string) Text {
	switch {
	case len(pieces) == 0:
		return Literal(lead + tail)
	case lead == "" && tail == "" && (len(pieces) > 1 || pieces[0].Symbol != nil):
		return textOf(slices.Clip(pieces))
	}
	parts := make([]Part, 0, len(pieces)+2)
	if lead != "" {
		parts = append(parts, Part{Literal: lead})
	}
	parts = append(parts, pieces...)
	if tail != "" {
		parts = append(parts, Part{Literal: tail})
	}
	return NewText(parts...)
}

// colon is the index of the first colon that is not inside of ${...}, or -1.
func colon(s string) int {
	before, _, found := strings.Cut(s, ":")
	switch {
	case !found:
		return -1
	case !strings.Contains(before, "${"):
		return len(before)
	}
	inside := false
	for i := range len(s) {
		switch {
		case !inside && s[i] == ':':
			return i
		case s[i] == '{' && i > 0 && s[i-1] == '$':
			inside = strings.IndexByte(s[i:], '}') > 0
		case s[i] == '}':
			inside = false
		}
	}
	return -1
}

func isLiteral(x Text, s string) bool {
	known, ok := x.Known()
	return ok && known == s
}

// Text joins the parts.
func (a ARN) Text() Text {
	sep := Literal(":")
	return Concat(Literal("arn:"), a.Partition, sep, a.Service, sep, a.Region, sep, a.Account, sep, a.Resource)
}

// String is the ARN for people.
func (a ARN) String() string { return a.Text().String() }

// ResourceType is what the resource part starts with up to the first '/' or
// ':', such as role or instance-profile; "" where it has neither, or where a
// symbol comes before it.
func (a ARN) ResourceType() string {
	prefix := a.Resource.Prefix()
	if i := strings.IndexAny(prefix, "/:"); i >= 0 {
		return prefix[:i]
	}
	return ""
}

// MatchARNSegments reports whether the ARN operators (ArnLike, ArnEquals)
// find pattern in arn: each of the six parts is matched on its own, wildcards
// and all, case counting; the last keeps its colons (IAM User Guide, ARN
// condition operators). A value or pattern with fewer parts matches nothing.
func MatchARNSegments(pattern, arn string) bool {
	for range arnParts - 1 {
		i, j := strings.IndexByte(pattern, ':'), strings.IndexByte(arn, ':')
		if i < 0 || j < 0 || !Glob(pattern[:i], arn[:j]) {
			return false
		}
		pattern, arn = pattern[i+1:], arn[j+1:]
	}
	return Glob(pattern, arn)
}

// MatchResource reports whether an entry of Resource covers the ARN of a
// request, in the two readings that AWS's documentation admits: bySegment
// keeps every wildcard inside its own colon-separated part; acrossColons lets
// a star that ends a part run on past the colon. Where they differ, nobody
// should decide. In both, parts before the resource ignore case and the
// resource part does not, an entry with fewer than six parts is taken as if
// the missing ones were stars, and the resource "*" of an action without
// resource types is covered by the entry "*" alone.
func MatchResource(pattern, arn string) (bySegment, acrossColons bool) {
	switch {
	case pattern == "*":
		return true, true
	case arn == "*":
		return false, false
	case !strings.HasPrefix(pattern, "arn:"):
		// Some resource policies name resources by something shorter, such
		// as execute-api:/*.
		same := Glob(pattern, arn)
		return same, same
	}
	bySegment = matchResourceSegments(pattern, arn)
	if bySegment || !hasRunningStar(pattern) {
		return bySegment, bySegment
	}
	return false, matchRunningStars(pattern, arn)
}

func matchResourceSegments(pattern, arn string) bool {
	for range arnParts - 1 {
		i, j := strings.IndexByte(pattern, ':'), strings.IndexByte(arn, ':')
		if j < 0 {
			return false
		}
		if i < 0 {
			// The missing tail counts as stars.
			return GlobFold(pattern, arn[:j])
		}
		if !GlobFold(pattern[:i], arn[:j]) {
			return false
		}
		pattern, arn = pattern[i+1:], arn[j+1:]
	}
	return Glob(pattern, arn)
}

// hasRunningStar reports whether a star ends one of the first five parts.
func hasRunningStar(pattern string) bool {
	for range arnParts - 1 {
		i := strings.IndexByte(pattern, ':')
		if i < 0 {
			return false
		}
		if strings.HasSuffix(pattern[:i], "*") {
			return true
		}
		pattern = pattern[i+1:]
	}
	return false
}

// matchRunningStars is the reading in which a star at the end of a part runs
// past colons. It follows every position of the pattern at once: wildcards of
// two kinds rule out the usual way back to the last star.
func matchRunningStars(pattern, s string) bool {
	short := strings.Count(pattern, ":") < arnParts-1
	// here[p] tells that the characters so far may bring us to pattern[p:].
	here, next := make([]bool, len(pattern)+1), make([]bool, len(pattern)+1)
	here[0] = true
	skipStars(pattern, here)
	for i := range len(s) {
		clear(next)
		part := 0
		for p := range len(pattern) {
			c := pattern[p]
			if here[p] {
				switch {
				case c == '*':
					runs := part == arnParts-1 || p+1 < len(pattern) && pattern[p+1] == ':'
					next[p] = next[p] || runs || s[i] != ':'
				case c == '?':
					// A wildcard is one character, not one byte; ARNs of
					// requests are ASCII, so bytes do here.
					next[p+1] = next[p+1] || part == arnParts-1 || s[i] != ':'
				case c == s[i], part < arnParts-1 && lower(c) == lower(s[i]):
					next[p+1] = true
				}
			}
			if c == ':' && part < arnParts-1 {
				part++
			}
		}
		if short && here[len(pattern)] {
			// The missing tail begins with a colon and then takes anything.
			if s[i] == ':' {
				return true
			}
		}
		skipStars(pattern, next)
		here, next = next, here
	}
	return here[len(pattern)]
}

// skipStars lets every star match nothing.
func skipStars(pattern string, at []bool) {
	for p := range len(pattern) {
		if at[p] && pattern[p] == '*' {
			at[p+1] = true
		}
	}
}

// IsAccountID reports whether a text has the form of an account ID: twelve
// digits.
func IsAccountID(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }
