package report

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// Merge makes one report of many, such as those of the jobs of a CI matrix.
// Inputs stay apart, in the order of the reports, and the counts add up. The
// reports themselves are left as they are.
func Merge(reports ...*lint.Report) *lint.Report {
	out := &lint.Report{Tool: lint.Tool{Name: "boundlint"}}
	if len(reports) > 0 {
		out.Shard = sharedShard(reports)
	}
	var versions []string
	rules := map[string]bool{}
	for _, r := range reports {
		offset := len(out.Inputs)
		out.Inputs = append(out.Inputs, r.Inputs...)
		for _, f := range r.Findings {
			f.Input += offset
			out.Findings = append(out.Findings, f)
		}
		for _, s := range r.Suppressed {
			s.Finding.Input += offset
			out.Suppressed = append(out.Suppressed, s)
		}
		for _, t := range r.Took {
			if t.Input >= 0 {
				t.Input += offset
			}
			out.Took = append(out.Took, t)
		}
		out.Diagnostics = append(out.Diagnostics, r.Diagnostics...)
		for _, rule := range r.Rules {
			if !rules[rule.ID] {
				rules[rule.ID] = true
				out.Rules = append(out.Rules, rule)
			}
		}
		out.Summary.Entities += r.Summary.Entities
		out.Summary.Policies += r.Summary.Policies
		out.Summary.Violations += r.Summary.Violations
		out.Summary.Undetermined += r.Summary.Undetermined
		out.Summary.Suppressed += r.Summary.Suppressed
		out.Summary.Baselined += r.Summary.Baselined
		out.Summary.InRevision += r.Summary.InRevision
		out.Summary.UnseenBoundaries += r.Summary.UnseenBoundaries
		out.Coverage.Add(r.Coverage)
		out.InForce.Add(&r.InForce)
		if !slices.Contains(versions, r.Tool.Version) {
			versions = append(versions, r.Tool.Version)
		}
	}
	// Jobs may run different versions: the report then names all of them.
	out.Tool.Version = strings.Join(versions, ", ")
	return out
}

// sharedShard is the shard that all reports are of, as those of one run under different
// configurations are; nil where they are not. What it counts by the numbers of their
// inputs counts by those of the whole.
func sharedShard(reports []*lint.Report) *lint.Shard {
	out := &lint.Shard{}
	offset := 0
	for i, r := range reports {
		if r.Shard == nil || i > 0 && (r.Shard.Index != out.Index || r.Shard.Of != out.Of) {
			return nil
		}
		out.Index, out.Of = r.Shard.Index, r.Shard.Of
		for _, f := range r.Shard.Unused {
			f.Input += offset
			out.Unused = append(out.Unused, f)
		}
		offset += len(r.Inputs)
	}
	return out
}
