package catalog

// The names of the catalog are ASCII, which a test holds; so is the case
// that these functions ignore.

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// toLower lowers ASCII letters. It allocates only where there is something to
// lower.
func toLower(s string) string {
	for i := range len(s) {
		if s[i] != lower(s[i]) {
			out := []byte(s)
			for j := i; j < len(out); j++ {
				out[j] = lower(out[j])
			}
			return string(out)
		}
	}
	return s
}

// compareFold orders strings by their lower-case bytes, without allocating.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

// globFold reports whether s, in any case, matches the lower-case pattern.
func globFold(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			if p+1 == len(pattern) {
				return true
			}
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == lower(s[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
