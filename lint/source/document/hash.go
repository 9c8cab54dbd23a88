package document

import (
	"hash/crc32"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// The blocks of principals and conditions are sets, which the provider's SDK
// lists in the order of a hash. The order shows where two blocks have the
// same type, or the same test and variable: their values are concatenated.
// The hash is CRC-32 over a serialisation of the block, and the order that of
// its decimal digits as a string (terraform-plugin-sdk helper/schema, Set and
// SerializeResourceForHash).

type hashed[T any] struct {
	code string
	x    T
}

func inHashOrder[T any](blocks []hashed[T]) []T {
	slices.SortStableFunc(blocks, func(a, b hashed[T]) int { return strings.Compare(a.code, b.code) })
	var out []T
	for i, b := range blocks {
		if i > 0 && blocks[i-1].code == b.code {
			continue // an equal block: a set has it once
		}
		out = append(out, b.x)
	}
	return out
}

func hashCode(s string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(s))), 10)
}

func principalHash(typ string, identifiers []string) string {
	type entry struct{ code, text string }
	entries := make([]entry, len(identifiers))
	for i, s := range identifiers {
		entries[i] = entry{hashCode(s + ";"), s}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.code, b.code) })
	var b strings.Builder
	b.WriteString("identifiers:{")
	for _, e := range entries {
		b.WriteString(e.text + ";")
	}
	b.WriteString("};type:" + typ + ";")
	return hashCode(b.String())
}

func conditionHash(test, variable string, values []string) string {
	var b strings.Builder
	b.WriteString("test:" + test + ";values:(")
	for _, s := range values {
		b.WriteString(s + ";")
	}
	b.WriteString(");variable:" + variable + ";")
	return hashCode(b.String())
}

func reverse(list []string) { sort.Sort(sort.Reverse(sort.StringSlice(list))) }

// unique keeps the first of equal strings: the arguments are sets.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func place(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }
