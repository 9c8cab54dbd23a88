package iam

import (
	"cmp"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// CompareAddresses orders resource addresses as a person would: runs of
// digits count as numbers, so that x[2] comes before x[10].
func CompareAddresses(a, b string) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	for same > 0 && isDigit(a[same-1]) { // a number is compared as a whole
		same--
	}
	x, y := a[same:], b[same:]
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m > 0 && n > 0 {
			p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits is the length of the run of digits at the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// ResourceType is the type in a resource address:
// module.a["x.y"].data.aws_iam_role.this[0] is of type aws_iam_role. It is ""
// for what is not a resource address.
func ResourceType(address string) string {
	if strings.HasPrefix(address, "arn:") {
		return ""
	}
	return strings.TrimPrefix(policy.TypeOf(address), "data.")
}

// ModuleOf is the address of the module that a resource is in, with the keys of
// instances; "" for the root.
func ModuleOf(address string) string {
	steps, n := policy.SplitAddress(address), 0
	for n+1 < len(steps) && steps[n] == "module" {
		n += 2
	}
	return strings.Join(steps[:n], ".")
}

// CompareLocations orders places by file, line and column.
func CompareLocations(a, b Location) int {
	return cmp.Or(
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
		cmp.Compare(a.Range.Start.Column, b.Range.Start.Column),
	)
}
