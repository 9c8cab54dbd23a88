package policy

import "unicode/utf8"

// Glob reports whether s matches pattern as a whole: '*' is any run of
// characters, '?' exactly one, everything else itself. Case counts. It takes
// no memory and at most len(pattern) times len(s) steps.
func Glob(pattern, s string) bool { return glob(pattern, s, false) }

// GlobFold is Glob without regard to the case of ASCII letters: so are the
// names of actions and services compared.
func GlobFold(pattern, s string) bool { return glob(pattern, s, true) }

// glob goes back to the last star only: what an earlier one took never needs
// to be taken differently, since the last can take the rest.
func glob(pattern, s string, fold bool) bool {
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
	if s[0] < utf8.RuneSelf {
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
