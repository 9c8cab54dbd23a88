package report

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// group is findings that one change mends: those with one cause, and those of
// the instances of one resource block. It has at least one.
type group []lint.Finding

// groups gathers findings; groups and findings keep the order of the report.
// With byReason what several rules cannot determine of one entity for one
// reason is a group, too.
func groups(findings []lint.Finding, byReason bool) []group {
	var out []group
	at := map[string]int{}
	for i := range findings {
		key := groupKey(&findings[i], byReason)
		n, known := at[key]
		if !known {
			n = len(out)
			at[key] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], findings[i])
	}
	return out
}

func groupKey(f *lint.Finding, byReason bool) string {
	if byReason && f.Verdict == lint.Undetermined && f.Because != "" {
		// What hides one answer hides others: one thing to look into.
		return strings.Join([]string{"because", string(rune(f.Input)), withoutInstances(f.Address), withoutInstances(f.Because)}, "\x00")
	}
	cause := "cause\x00" + f.Cause
	if f.Cause == "" {
		// The key of the finding keeps apart several faults of one entity,
		// the ways keep apart what chains of escalation have in common.
		cause = withoutInstances(f.Address) + "\x00" + f.Attribute + "\x00" + withoutInstances(f.Key)
		for _, s := range f.Steps {
			cause += "\x00" + s.Way
		}
	}
	return strings.Join([]string{f.Rule, f.Severity.String(), string(f.Verdict), string(rune(f.Input)), cause}, "\x00")
}

// withoutInstances removes the keys of count and for_each from an address:
// module.fleet["a.b"].aws_iam_role.this[0] is module.fleet.aws_iam_role.this.
func withoutInstances(address string) string {
	var b strings.Builder
	inKey, inQuotes := false, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case inQuotes && c == '\\':
			i++
		case inKey && c == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case c == '[':
			inKey = true
		case c == ']' && inKey:
			inKey = false
		case !inKey:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// others are the addresses of a group after the first, each once.
func (g group) others() []string {
	var out []string
	seen := map[string]bool{g[0].Address: true}
	for i := range g {
		if !seen[g[i].Address] {
			seen[g[i].Address] = true
			out = append(out, g[i].Address)
		}
	}
	return out
}

// otherRules are the rules of a group after the first, each once.
func (g group) otherRules() []string {
	var out []string
	for i := range g {
		if g[i].Rule != g[0].Rule && !slices.Contains(out, g[i].Rule) {
			out = append(out, g[i].Rule)
		}
	}
	return out
}

// related are the related places of all findings of a group, each once, save
// those that are findings of the group themselves.
func (g group) related() []lint.Related {
	var out []lint.Related
	seen := map[string]bool{}
	for i := range g {
		seen[g[i].Address+"\x00"] = true
	}
	for i := range g {
		for _, r := range g[i].Related {
			key := r.Address + "\x00" + r.Message
			if !seen[key] {
				seen[key] = true
				out = append(out, r)
			}
		}
	}
	return out
}
