package policy

import (
	"strings"
	"unicode/utf8"
)

// Glob reports whether s matches pattern as a whole: '*' is any run of
// characters, '?' exactly one, everything else itself. Case counts. It takes
// no memory and at most len(pattern) times len(s) steps.
func Glob(pattern, s string) bool { return glob(pattern, s, false) }

// GlobFold is Glob without regard to the case of ASCII letters: so are the
// names of actions and services compared.
func GlobFold(pattern, s string) bool { return glob(pattern, s, true) }

// endsLike reports whether s ends in what stands after the last wildcard of the
// pattern: most texts that a pattern does not match differ there.
func endsLike(pattern, s string, fold bool) bool {
	for i, j := len(pattern)-1, len(s)-1; i >= 0 && pattern[i] != '*' && pattern[i] != '?'; i, j = i-1, j-1 {
		if j < 0 || pattern[i] != s[j] && (!fold || lower(pattern[i]) != lower(s[j])) {
			return false
		}
	}
	return true
}

// glob goes back to the last star only: what an earlier one took never needs
// to be taken differently, since the last can take the rest.
func glob(pattern, s string, fold bool) bool {
	if !endsLike(pattern, s, fold) { //mutate:work what follows comes to the same
		return false //mutate:work as above
	}
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pattern) {
			c := pattern[p]
			switch {
			case c == '*':
				star, mark = p, i
				p++
				continue
			case c == '?':
				p++
				i += runeLen(s[i:])
				continue
			case c == s[i] || fold && lower(c) == lower(s[i]):
				p++
				i++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += runeLen(s[mark:])
		p, i = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

func runeLen(s string) int {
	if s != "" && s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// GlobsMeet reports whether some string matches both patterns, case counting.
// It takes len(a) times len(b) steps for what lies between their first and last
// stars.
func GlobsMeet(a, b string) bool {
	// Up to the first star, and from the last one on, each character of one
	// stands for one of the other.
	for a != "" && b != "" && a[0] != '*' && b[0] != '*' {
		if !charactersMeet(a[0], b[0]) {
			return false
		}
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] != '*' && b[len(b)-1] != '*' {
		if !charactersMeet(a[len(a)-1], b[len(b)-1]) {
			return false
		}
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if a == "" || b == "" {
		return strings.Trim(a+b, "*") == ""
	}
	return starsMeet(a, b)
}

// starsMeet is GlobsMeet by trying every place of one pattern with every place of
// the other.
func starsMeet(a, b string) bool {
	// meet[j] tells whether a[i:] and b[j:] meet, for the i of this row; a
	// character is a byte here, which differs from Glob only in letting '?'
	// take a piece of a longer one.
	meet, below := make([]bool, len(b)+1), make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		meet, below = below, meet
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				meet[j] = true
			case i < len(a) && a[i] == '*':
				meet[j] = below[j] || j < len(b) && meet[j+1]
			case j < len(b) && b[j] == '*':
				meet[j] = meet[j+1] || i < len(a) && below[j]
			default:
				meet[j] = i < len(a) && j < len(b) && charactersMeet(a[i], b[j]) && below[j+1]
			}
		}
	}
	return meet[0]
}

// charactersMeet reports whether two characters of patterns, neither of them a
// star, may stand for the same.
func charactersMeet(x, y byte) bool { return x == y || x == '?' || y == '?' }
