package driver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// mergeCauses makes one finding of those of a rule that one change fixes. The
// first by address stands for all, with the worst of their severities; the
// others become related. Findings that are the same in everything are one.
func mergeCauses(found []lint.Finding) []lint.Finding {
	type cause struct {
		input         int
		rule, of      string
		verdict       lint.Verdict
		address, attr string
		key, message  string
	}
	return merge(found, func(f *lint.Finding) (cause, bool) {
		c := cause{input: f.Input, rule: f.Rule, of: f.Cause, verdict: f.Verdict}
		if f.Cause == "" {
			c.address, c.attr, c.key, c.message = f.Address, f.Attribute, f.Key, f.Message
		}
		return c, true
	})
}

// mergeOrigins makes one finding of those of several rules and entities that
// have one origin. That of the origin itself stands for all, else the most
// severe, of several the one whose rule comes first.
func (r *run) mergeOrigins(found []lint.Finding) []lint.Finding {
	order := map[string]int{}
	for i, rule := range r.rules {
		order[rule.ID] = i
	}
	slices.SortStableFunc(found, func(a, b lint.Finding) int {
		if a.IsOrigin != b.IsOrigin {
			if a.IsOrigin {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(order[a.Rule], order[b.Rule]))
	})
	type origin struct {
		input      int
		of         string
		verdict    lint.Verdict
		workspaces string
	}
	return merge(found, func(f *lint.Finding) (origin, bool) {
		return origin{f.Input, f.Origin, f.Verdict, strings.Join(f.Workspaces, "\x00")}, f.Origin != ""
	})
}

// unknownOrigin is the reference that hides the answer of an undetermined
// finding, "" where no reference of the configuration does.
func unknownOrigin(f *lint.Finding) string {
	reference, _, _ := strings.Cut(f.HiddenBy, " ")
	if f.Verdict != lint.Undetermined || !strings.Contains(strings.TrimSuffix(reference, "."), ".") {
		return ""
	}
	return "unknown " + f.HiddenBy
}

// merge makes one finding of those with the same key, and sorts what is left.
func merge[K comparable](found []lint.Finding, key func(*lint.Finding) (K, bool)) []lint.Finding {
	at := map[K]int{}
	var out []lint.Finding
	merged := map[int]map[relatedKey]bool{}
	for i := range found {
		k, ok := key(&found[i])
		first, seen := at[k]
		if !ok || !seen {
			if ok {
				at[k] = len(out)
			}
			out = append(out, found[i])
			continue
		}
		if merged[first] == nil {
			merged[first] = map[relatedKey]bool{}
			for _, r := range out[first].Related {
				merged[first][keyOf(r)] = true
			}
			out[first].Related = slices.Clone(out[first].Related)
		}
		absorb(&out[first], &found[i], merged[first])
	}
	sortFindings(out)
	return out
}

// absorb takes another finding of the same cause in. has are the places that
// are related already.
func absorb(f *lint.Finding, other *lint.Finding, has map[relatedKey]bool) {
	f.Severity = max(f.Severity, other.Severity)
	widen(f, other)
	// What is remarked on the other itself, or has a part in the finding of
	// another rule, would only repeat what stands there.
	related := slices.DeleteFunc(slices.Clone(other.Related), func(r lint.Related) bool {
		return r.Rule == "" && (other.Rule != f.Rule || r.Address == other.Address)
	})
	if other.Address != f.Address || other.Rule != f.Rule {
		own := lint.Related{Rule: other.Rule, Address: other.Address, Message: other.Message, Location: other.Location, Steps: other.Steps}
		related = append([]lint.Related{own}, related...)
	}
	for _, r := range related {
		if k := keyOf(r); !has[k] {
			has[k] = true
			f.Related = append(f.Related, r)
		}
	}
}

// relatedKey is what makes two related places one.
type relatedKey struct {
	rule, address, message, file string
	line, column                 int
}

func keyOf(r lint.Related) relatedKey {
	return relatedKey{r.Rule, r.Address, r.Message, r.Location.File, r.Location.Range.Start.Line, r.Location.Range.Start.Column}
}

// widen makes the fix of a finding one for another of the same cause, too.
func widen(f *lint.Finding, other *lint.Finding) {
	if f.Rule != other.Rule || f.Fix == nil || other.Fix == nil || f.Fix.Widen == nil ||
		f.Fix.Address != other.Fix.Address || f.Fix.Holder != other.Fix.Holder || f.Fix.Actions() == other.Fix.Actions() {
		return
	}
	f.Fix, f.Remediation = f.Fix.Widen(other.Fix.Statements)
}
