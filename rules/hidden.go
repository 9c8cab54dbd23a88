package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// hiddenBy names what hides a value, for messages.
func hiddenBy(s *policy.Symbol) string {
	switch {
	case s == nil:
		return "a value that is known after apply"
	case len(s.References) > 0:
		return listed(s.References) + reasonsOf(s)
	default:
		return s.Name + reasonsOf(s)
	}
}

// listed names references, each once: a variable of one name that is passed on
// through several modules is one.
func listed(references []string) string {
	var names []string
	for _, name := range references {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// reasonsOf says why boundlint does not know texts where that is a decision of
// its own; "" where only Terraform or AWS can know them.
func reasonsOf(symbols ...*policy.Symbol) string {
	var all []string
	for _, s := range symbols {
		for _, reason := range s.Reasons {
			if !slices.Contains(all, reason) {
				all = append(all, reason)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, "; ") + ")"
}

// showIt says how to have something judged that is hidden.
func showIt(m *iam.Model, l iam.Location, what string) string {
	if isPlanAlone(m, l) {
		return fmt.Sprintf("Join the plan with its configuration (--config-dir), or lint a plan in which %s is known.", what)
	}
	return fmt.Sprintf("Lint a plan in which %s is known.", what)
}

// isPlanAlone reports whether something comes from a plan that is not joined
// with its configuration, which tells most of what is known after apply.
func isPlanAlone(m *iam.Model, l iam.Location) bool {
	return m.Input.Kind == iam.InputPlan && l.File == ""
}
