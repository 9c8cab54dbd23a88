package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/policy"
)

// witnessSentence says a request as a person would: the action, on what, and
// with which condition keys. It is not cleaned.
func witnessSentence(w *lint.Witness) string {
	var b strings.Builder
	b.WriteString(w.Action)
	if w.Resource != "" && w.Resource != "*" {
		b.WriteString(" on " + w.Resource)
	}
	if with := witnessConditions(w); len(with) > 0 {
		b.WriteString(" with " + enumerate(with))
	}
	return b.String()
}

// witnessConditions lists the condition keys of a request, those that are
// there and those that must not be.
func witnessConditions(w *lint.Witness) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		values := strings.Join(w.Context[key], ", ")
		switch {
		case values == "":
			out = append(out, key+" empty")
		case strings.EqualFold(key, policy.BoundaryKey):
			out = append(out, "permissions boundary "+values)
		default:
			out = append(out, key+" = "+values)
		}
	}
	for _, key := range slices.Sorted(slices.Values(w.Absent)) {
		if strings.EqualFold(key, policy.BoundaryKey) {
			out = append(out, "no permissions boundary")
			continue
		}
		out = append(out, "no "+key)
	}
	return out
}

// enumerate joins a list as prose does.
func enumerate(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
