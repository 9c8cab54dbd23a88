package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// group is findings that one change fixes: those with one cause, and those of
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
	for _, f := range g.all() {
		if !seen[f.Address] && f.Rule == g[0].Rule {
			seen[f.Address] = true
			out = append(out, f.Address)
		}
	}
	return out
}

// all are the findings of the group and those that were merged into them.
func (g group) all() []lint.Finding {
	var out []lint.Finding
	for i := range g {
		out = append(out, g[i].All()...)
	}
	return out
}

// otherRules are the rules of a group after the first, each once, with the
// addresses at which they found something where those are others.
func (g group) otherRules() []string {
	var rules []string
	at := map[string][]string{}
	for _, f := range g.all() {
		if f.Rule == g[0].Rule {
			continue
		}
		if at[f.Rule] == nil {
			rules = append(rules, f.Rule)
		}
		if !slices.Contains(at[f.Rule], f.Address) {
			at[f.Rule] = append(at[f.Rule], f.Address)
		}
	}
	own := append([]string{g[0].Address}, g.others()...)
	for i, rule := range rules {
		addresses := at[rule]
		if slices.ContainsFunc(addresses, func(x string) bool { return !slices.Contains(own, x) }) || len(addresses) < len(own) {
			rules[i] += " at " + few(addresses)
		}
	}
	return rules
}

// few joins addresses, the end of a long list as a count.
func few(addresses []string) string {
	if len(addresses) <= shown+1 {
		return strings.Join(addresses, ", ")
	}
	return strings.Join(addresses[:shown], ", ") + fmt.Sprintf(" and %d more", len(addresses)-shown)
}

// related are the related places of all findings of a group, each once, save
// those that are findings themselves.
func (g group) related() []lint.Related {
	var out []lint.Related
	seen := map[string]bool{}
	for i := range g {
		seen[g[i].Address+"\x00"] = true
	}
	for i := range g {
		for _, r := range g[i].Related {
			key := r.Address + "\x00" + r.Message
			if !seen[key] && r.Rule == "" {
				seen[key] = true
				out = append(out, r)
			}
		}
	}
	return out
}
