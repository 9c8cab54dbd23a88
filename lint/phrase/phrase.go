// Package phrase holds what messages call things: entities, boundaries, and what
// hides a value.
package phrase

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Capital gives a text its capital.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Some joins the first few of a list, and counts the rest: most of them, or one more
// where that is all.
func Some(list []string, most int) string {
	if len(list) <= most+1 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// Symbol is what a person looks for in the configuration.
func Symbol(s *policy.Symbol) string {
	if s.Name != "" && len(s.References) != 1 {
		return s.Name + reasonsOf(s)
	}
	if len(s.References) == 1 {
		return s.References[0] + reasonsOf(s)
	}
	return "unknown"
}

// Uncapital writes a sentence so that it can follow others; names in capitals
// stay.
func Uncapital(s string) string {
	if s == "" || len(s) > 1 && 'A' <= s[1] && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// Sentence gives a text its capital and its full stop.
func Sentence(text string) string {
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

// HiddenBy names what hides a value, for messages.
func HiddenBy(s *policy.Symbol) string {
	switch {
	case s == nil:
		return "a value that is known after apply"
	case len(s.References) > 0:
		return Listed(s.References) + reasonsOf(s)
	default:
		return s.Name + reasonsOf(s)
	}
}

// Count is a number of things.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Series lists things in a sentence: a, b and c.
func Series(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// Listed names references, each once: a variable of one name that is passed on
// through several modules is one.
func Listed(references []string) string {
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

// ShowIt says how to have something judged that is hidden.
func ShowIt(m *iam.Model, l iam.Location, what string) string {
	if IsPlanAlone(m, l) {
		return fmt.Sprintf("Join the plan with its configuration (--config-dir), or lint a plan in which %s is known.", what)
	}
	return fmt.Sprintf("Lint a plan in which %s is known.", what)
}

// IsPlanAlone reports whether something comes from a plan that is not joined
// with its configuration, which tells most of what is known after apply.
func IsPlanAlone(m *iam.Model, l iam.Location) bool {
	return m.Input.Kind == iam.InputPlan && l.File == ""
}

// Entity is how a message calls an entity.
func Entity(e *iam.Entity) string {
	if name, ok := e.NameText().Known(); ok && name != "" && !e.Name.Sensitive {
		return fmt.Sprintf("the %s %s", Kind(e.Kind), name)
	}
	return fmt.Sprintf("the %s %s", Kind(e.Kind), e.Address)
}

// Kind is the kind of an entity in words.
func Kind(k iam.EntityKind) string { return strings.ReplaceAll(string(k), "-", " ") }

// Boundary is how a message calls a boundary: ARNs of the same account
// and partition are known by their last part, but people search for the whole.
func Boundary(v iam.Value) string {
	const longest = 160
	s := v.String()
	if len(s) > longest {
		s = s[:longest] + "..."
	}
	return s
}

// HiddenIn names the references that hide a value.
func HiddenIn(v iam.Value) string {
	if len(v.References) > 0 && v.IsUnknown() {
		return Listed(v.References) + reasonsOf(v.Text.Symbols()...)
	}
	return HiddenBehind(v.Text)
}

// HiddenBehind names the references that hide a text.
func HiddenBehind(x policy.Text) string {
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
	return Listed(names) + reasonsOf(x.Symbols()...)
}

// Group is how a message calls a group.
func Group(g *iam.Group) string {
	if name, ok := g.Name.Known(); ok && !g.Name.Sensitive {
		return "the group " + name
	}
	return "the group " + g.Address
}

// WithCode is a remediation that shows the line to write.
func WithCode(what, code string) string { return what + ":\n\n  " + code }

// Statement is how a person finds a statement: by its number from one and
// its Sid.
func Statement(s *policy.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if sid, known := s.Sid.Known(); known && sid != "" {
		name += " (" + sid + ")"
	}
	return name
}
