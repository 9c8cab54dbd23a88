package iam

import (
	"cmp"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
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
