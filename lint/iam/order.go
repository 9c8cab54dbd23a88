package iam

import (
	"cmp"
	"strings"
)

// CompareAddresses orders resource addresses as a person would: runs of
// digits count as numbers, so that x[2] comes before x[10].
func CompareAddresses(a, b string) int {
	whole := strings.Compare(a, b)
	for a != "" && b != "" {
		m, n := digits(a), digits(b)
		if m > 0 && n > 0 {
			x, y := strings.TrimLeft(a[:m], "0"), strings.TrimLeft(b[:n], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[m:], b[n:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), whole)
}

// digits is the length of the run of digits at the start of s.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

// ResourceType is the type in a resource address:
// module.a["x.y"].data.aws_iam_role.this[0] is of type aws_iam_role. It is ""
// for what is no resource address.
func ResourceType(address string) string {
	if strings.HasPrefix(address, "arn:") {
		return ""
	}
	labels := labels(address)
	for len(labels) >= 2 && labels[0] == "module" {
		labels = labels[2:]
	}
	if len(labels) > 0 && labels[0] == "data" {
		labels = labels[1:]
	}
	if len(labels) < 2 {
		return ""
	}
	return labels[0]
}

// ModuleOf is the address of the module that a resource is in, with the keys of
// instances; "" for the root.
func ModuleOf(address string) string {
	all := labels(address)
	end := 0
	for len(all) >= 2 && all[0] == "module" {
		end = end + strings.Index(address[end:], all[0]) + len(all[0])
		end += strings.Index(address[end:], all[1]) + len(all[1])
		end += keyLength(address[end:])
		all = all[2:]
	}
	return address[:end]
}

// keyLength is the length of the instance key at the start of a text.
func keyLength(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ']' && !quoted:
			return i + 1
		}
	}
	return len(s)
}

// labels splits an address at its dots and leaves instance keys out.
func labels(address string) []string {
	var out []string
	start, depth, quoted := 0, 0, false
	label := func(end int) {
		if start >= 0 && end > start {
			out = append(out, address[start:end])
		}
	}
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			if depth == 0 {
				label(i)
				start = -1
			}
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			label(i)
			start = i + 1
		}
	}
	label(len(address))
	return out
}

// CompareLocations orders places by file, line and column.
func CompareLocations(a, b Location) int {
	return cmp.Or(
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
		cmp.Compare(a.Range.Start.Column, b.Range.Start.Column),
	)
}
