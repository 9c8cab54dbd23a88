package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// The first plan of a project hides much: every policy with a new ARN in it.
// The same reference then leaves open a verdict of each rule on each holder.
// Text tells those of a plan without configuration together, by what hides
// them, for one thing fixes them all.

// fewOpen is how many open verdicts are told in full.
const fewOpen = 3

// isAlone reports whether an input is a plan that was not joined with its
// configuration.
func isAlone(r *lint.Report, input int) bool {
	in := &r.Inputs[input]
	return in.Kind == iam.InputPlan &&
		!slices.ContainsFunc(in.Entities, func(e lint.EntitySummary) bool { return e.Location.HasFile() }) &&
		!slices.ContainsFunc(r.Findings, func(f lint.Finding) bool { return f.Input == input && f.Location.HasFile() })
}

// splitOpen parts the findings that wait for a reference to be known from the
// others, unless they are few.
func splitOpen(findings []lint.Finding) (others, open []lint.Finding) {
	for i := range findings {
		if f := findings[i]; f.Verdict == lint.Undetermined && f.HiddenBy != "" {
			open = append(open, f)
		} else {
			others = append(others, f)
		}
	}
	if len(groups(open, true)) <= fewOpen {
		return findings, nil
	}
	return others, open
}

// open tells what one reference leaves open, for each of them.
func (t *text) open(findings []lint.Finding, in *lint.InputSummary) {
	if len(findings) == 0 {
		return
	}
	var order []string
	hidden := map[string][]lint.Finding{}
	for _, f := range worstFirst(findings) {
		key := withoutInstances(f.HiddenBy)
		if hidden[key] == nil {
			order = append(order, key)
		}
		hidden[key] = append(hidden[key], f)
	}
	t.line(t.paint("1", fmt.Sprintf("%s that the plan alone leaves open, because it does not tell the values or the expressions of:",
		phrase.Count(len(findings), "verdict", "verdicts"))))
	for _, key := range order {
		list := hidden[key]
		worst := list[0].Severity
		for i := range list {
			worst = max(worst, list[i].Severity)
		}
		t.line(t.paint(severityColor(worst), fmt.Sprintf("%-7s", worst)) + "  " + t.paint("1", clean(key)))
		var rules, of []string
		for _, f := range group(list).all() {
			if !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
			if !slices.Contains(of, f.Address) {
				of = append(of, f.Address)
			}
		}
		slices.Sort(rules)
		t.hanging("  ", clean(strings.Join(rules, ", ")+" of "+t.list(of)))
	}
	plan := inputName(in)
	if in.Path == "-" {
		plan = "-"
	}
	t.remedy("Join the plan with its configuration: boundlint --config-dir DIR " + plan +
		". Each verdict in full: --verbose, or --format json.")
	t.line("")
}
