package main

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/escalation"
)

// techniqueText is the page of an escalation technique as text: what it leads
// to, the requests that it takes, what must exist, and what stops it.
func techniqueText(w *escalation.Way) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (escalation technique; %s)\nWho can do this can %s\n", w.ID, w.Kind, w.Name)
	b.WriteString("\nRequests\n")
	for _, step := range w.Steps {
		b.WriteString("  " + requestOf(&step) + "\n")
		for _, other := range step.Alternatives {
			b.WriteString("    or " + requestOf(&other) + "\n")
		}
	}
	if len(w.Services) > 0 {
		fmt.Fprintf(&b, "\nThe role has to trust\n  %s\n", strings.Join(w.Services, "\n  "))
	}
	if len(w.Needs) > 0 {
		b.WriteString("\nThere has to be\n")
		for _, n := range w.Needs {
			b.WriteString("  " + needOf(n) + "\n")
		}
	}
	if len(w.Grants) > 0 {
		fmt.Fprintf(&b, "\nIt gives, where a boundary leaves it out\n  %s\n", strings.Join(w.Grants, "\n  "))
	}
	if w.Closed {
		b.WriteString("\nAWS has closed the service to new customers.\n")
	}
	fmt.Fprintf(&b, "\nWhat stops it\n%s", wrapMarkdown(w.Control, "  ", explainWidth))
	if len(w.References) > 0 {
		fmt.Fprintf(&b, "\nPublished in\n  %s\n", strings.Join(w.References, "\n  "))
	}
	return b.String()
}

// requestOf is one request of a technique.
func requestOf(r *escalation.Requirement) string {
	var b strings.Builder
	b.WriteString(r.Action + onText[r.On])
	for _, c := range r.Context {
		if c.Choice == escalation.OneOf {
			fmt.Fprintf(&b, " with %s = %s", c.Key, strings.Join(c.Values, " or "))
		}
	}
	if r.Optional {
		b.WriteString(" (usually; it can be done without)")
	}
	return b.String()
}

var onText = map[escalation.Resource]string{
	escalation.OnTarget:       " on the target",
	escalation.OnMade:         " on what is created",
	escalation.OnCompute:      " on the existing resource",
	escalation.OnTargetPolicy: " on a customer-managed policy of the target",
	escalation.OnTargetGroup:  " on a group of the target",
	escalation.OnChosen:       " on any resource",
}

// needOf is something that must exist, by what Terraform calls it, else by its
// type in the Service Authorization Reference.
func needOf(n escalation.Need) string {
	info := n.Kind.Info()
	text := info.Resource
	if len(info.Terraform) > 0 {
		text = strings.Join(info.Terraform, " or ")
	}
	if text == "" {
		text = "a " + string(n.Kind)
	}
	switch {
	case n.Carries:
		text += " that has the target role"
	case n.OfActor:
		text += " of the actor's own"
	}
	return text
}
