package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// symbolName is what a person looks for in the configuration.
func symbolName(s *policy.Symbol) string {
	if s.Name != "" && len(s.References) != 1 {
		return s.Name + reasonsOf(s)
	}
	if len(s.References) == 1 {
		return s.References[0] + reasonsOf(s)
	}
	return "unknown"
}

// uncapital writes a sentence so that it can follow others; names in capitals
// stay.
func uncapital(s string) string {
	if s == "" || len(s) > 1 && 'A' <= s[1] && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// sentence gives a text its capital and its full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if c := text[0]; c >= 'a' && c <= 'z' {
		text = string(c-'a'+'A') + text[1:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

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

// entityName is how a message calls an entity.
func entityName(e *iam.Entity) string {
	if name, ok := e.NameText().Known(); ok && name != "" && !e.Name.Sensitive {
		return fmt.Sprintf("the %s %s", kindName(e.Kind), name)
	}
	return fmt.Sprintf("the %s %s", kindName(e.Kind), e.Address)
}

// kindName is the kind of an entity in words.
func kindName(k iam.EntityKind) string { return strings.ReplaceAll(string(k), "-", " ") }

// boundaryName is how a message calls a boundary: ARNs of the same account
// and partition are known by their last part, but people search for the whole.
func boundaryName(v iam.Value) string {
	const longest = 160
	s := v.String()
	if len(s) > longest {
		s = s[:longest] + "..."
	}
	return s
}

// hiddenIn names the references that hide a value.
func hiddenIn(v iam.Value) string {
	if len(v.References) > 0 && v.IsUnknown() {
		return listed(v.References) + reasonsOf(v.Text.Symbols()...)
	}
	return hiddenBehind(v.Text)
}

// hiddenBehind names the references that hide a text.
func hiddenBehind(x policy.Text) string {
	var names []string
	for _, s := range x.Symbols() {
		if len(s.References) == 0 {
			names = append(names, s.Name)
		}
		names = append(names, s.References...)
	}
	if len(names) == 0 {
		return "what is known only after apply"
	}
	return listed(names) + reasonsOf(x.Symbols()...)
}

func groupName(g *iam.Group) string {
	if name, ok := g.Name.Known(); ok && !g.Name.Sensitive {
		return "the group " + name
	}
	return "the group " + g.Address
}
