package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// decidedLines say by what else it was decided what a report says, and what was
// looked at.
func decidedLines(r *lint.Report, o Options) []string {
	names := someNames
	if o.Verbose {
		names = allNames
	}
	return slices.Insert(inForceLines(&r.InForce, names), 0, "coverage: "+coverageOf(r.Coverage, r.Inputs, names))
}

// judgedLines say how many roles and users a boundary limits, and what was found of
// who may make them; nothing where there are none.
func judgedLines(r *lint.Report) []string {
	of := map[lint.Bounded]int{}
	for i := range r.Inputs {
		for j := range r.Inputs[i].Entities {
			if e := &r.Inputs[i].Entities[j]; e.Kind != iam.PermissionSet {
				of[e.Bounded]++
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	line := fmt.Sprintf("entities: %d limited by a boundary, %d not", of[lint.BoundedYes], of[lint.BoundedNo])
	if n := of[lint.BoundedUnknown]; n > 0 {
		line += fmt.Sprintf(", %d not determined", n)
	}
	return append([]string{line}, delegationLines(r)...)
}

// delegationLines count the findings of the second leg by rule; nothing where no
// rule of it ran.
func delegationLines(r *lint.Report) []string {
	ran := false
	var found []string
	for _, rule := range r.Rules {
		if rule.Leg != lint.SecondLeg {
			continue
		}
		ran = true
		n := 0
		for i := range r.Findings {
			if r.Findings[i].Rule == rule.ID {
				n++
			}
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, rule.ID))
		}
	}
	switch {
	case !ran:
		return nil
	case len(found) == 0:
		return []string{"delegations: no findings"}
	}
	return []string{"delegations: " + strings.Join(found, ", ")}
}

// counts are findings by severity.
type counts struct{ errors, warnings, notes int }

func (c *counts) add(s lint.Severity) {
	switch s {
	case lint.Error:
		c.errors++
	case lint.Warning:
		c.warnings++
	case lint.Note:
		c.notes++
	}
}

func (c counts) String() string {
	var parts []string
	if c.errors > 0 {
		parts = append(parts, phrase.Count(c.errors, "error", "errors"))
	}
	if c.warnings > 0 {
		parts = append(parts, phrase.Count(c.warnings, "warning", "warnings"))
	}
	if c.notes > 0 {
		parts = append(parts, phrase.Count(c.notes, "note", "notes"))
	}
	return strings.Join(parts, ", ")
}

// count counts the violations, or what is undetermined.
func count(findings []lint.Finding, v lint.Verdict) (c counts) {
	for i := range findings {
		if findings[i].Verdict == v && findings[i].Counted() {
			c.add(findings[i].Severity)
		}
	}
	return c
}

// summaryLine sums a report up in one sentence.
func summaryLine(r *lint.Report) string {
	s := r.Summary
	line := "no violations"
	if s.Violations > 0 {
		line = phrase.Count(s.Violations, "violation", "violations")
		if c := count(r.Findings, lint.Violation).String(); c != "" {
			line += " (" + c + ")"
		}
	}
	if s.Undetermined > 0 {
		line += fmt.Sprintf(", %d undetermined", s.Undetermined)
	}
	line += " in " + phrase.Count(s.Entities, "entity", "entities") + " and " + phrase.Count(s.Policies, "policy", "policies")
	if len(r.Inputs) > 1 {
		line += " of " + phrase.Count(len(r.Inputs), "input", "inputs")
	}
	if s.Suppressed > 0 {
		line += fmt.Sprintf("; %d suppressed", s.Suppressed)
	}
	if s.InRevision > 0 {
		line += fmt.Sprintf(" (%d in the revision)", s.InRevision)
	}
	if s.Baselined > 0 {
		line += fmt.Sprintf(" (%d by the baseline)", s.Baselined)
	}
	incomplete := 0
	for i := range r.Inputs {
		if !r.Inputs[i].Complete {
			incomplete++
		}
	}
	switch {
	case incomplete == 0:
	case len(r.Inputs) == 1:
		line += "; the input is not complete"
	default:
		line += fmt.Sprintf("; %d of the inputs not complete", incomplete)
	}
	return line
}
