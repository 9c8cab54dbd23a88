package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/rules"
)

// explainWidth is where explanations are wrapped, in columns.
const explainWidth = 80

func (p *program) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "tell about a rule, or about an escalation technique",
		ArgsUsage: "RULE|TECHNIQUE...",
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return usagef("boundlint explain needs the name of a rule, which boundlint rules lists, or of a technique, which a finding of " +
					"escalation-path names")
			}
			var pages []string
			for _, id := range c.Args().Slice() {
				if technique, ok := escalation.Find(strings.ToLower(id)); ok {
					pages = append(pages, techniqueText(technique))
					continue
				}
				r := ruleNamed(id)
				if r == nil {
					return unknownExplained(id)
				}
				pages = append(pages, explanation(r))
			}
			return p.print(strings.Join(pages, "\n\n"))
		},
	}
}

// unknownExplained is the error for a name that is neither a rule's nor a
// technique's.
func unknownExplained(id string) error {
	if lint.Suggest(id, ruleIDs()) == "" {
		if hint := lint.Suggest(id, techniqueIDs()); hint != "" {
			return usagef("there is no technique %s%s", id, hint)
		}
	}
	return unknownRule(id)
}

func techniqueIDs() []string {
	var out []string
	for _, w := range escalation.Ways() {
		out = append(out, w.ID)
	}
	return out
}

func unknownRule(id string) error {
	hint := lint.Suggest(id, ruleIDs())
	if hint == "" {
		hint = "; boundlint rules lists them"
	}
	return usagef("there is no rule %s%s", id, hint)
}

func ruleNamed(id string) *lint.Rule {
	for _, r := range rules.All() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// explanation is the page of a rule as text.
func explanation(r *lint.Rule) string {
	var b strings.Builder
	state := r.Severity.String()
	if r.OffByDefault {
		state += `, off unless preset = "audit" or a rule block enables it`
	}
	fmt.Fprintf(&b, "%s (%s; %s)\n%s\n", r.ID, r.Leg, state, r.Doc.Title)
	for _, section := range []struct{ heading, text string }{
		{"What it says", r.Doc.What},
		{"Why", r.Doc.Why},
		{"What it does not see", r.Doc.Blind},
		{"How to fix", r.Doc.Fix},
	} {
		fmt.Fprintf(&b, "\n%s\n%s", section.heading, wrapMarkdown(section.text, "  ", explainWidth))
	}
	if len(r.Doc.Controls) > 0 {
		fmt.Fprintf(&b, "\nControls\n  %s\n", strings.Join(r.Doc.Controls, "\n  "))
	}
	if len(r.Doc.References) > 0 {
		fmt.Fprintf(&b, "\nRead more\n  %s\n", strings.Join(r.Doc.References, "\n  "))
	}
	return b.String()
}

// wrapMarkdown indents and wraps the paragraphs of a text; code between
// fences, and lines that are indented, stay as they are.
func wrapMarkdown(text, indent string, width int) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		line := ""
		for _, word := range paragraph {
			if line != "" && len([]rune(indent+line))+1+len([]rune(word)) > width {
				b.WriteString(indent + line + "\n")
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		if line != "" {
			b.WriteString(indent + line + "\n")
		}
		paragraph = nil
	}
	fenced := false
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence:
			flush()
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    "):
			flush()
			b.WriteString(strings.TrimRight(indent+"  "+line, " ") + "\n")
		case strings.TrimSpace(line) == "":
			flush()
			b.WriteString("\n")
		default:
			if strings.HasPrefix(line, "- ") {
				flush()
			}
			paragraph = append(paragraph, strings.Fields(line)...)
		}
	}
	flush()
	return b.String()
}
