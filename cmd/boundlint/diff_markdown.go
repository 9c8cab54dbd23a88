package main

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/report"
)

const boundaryKind = inquiry.KindBoundary

// markdown is a difference as a comment on a pull request.
func (d *difference) markdown(verbose bool) string {
	var b strings.Builder
	gained, lost := d.growing(), d.shrinking()
	fmt.Fprintf(&b, "### Access: %s\n\n", d.verdict())
	fmt.Fprintf(&b, "From %s to %s.\n", report.Code(d.Before), report.Code(d.After))
	for _, c := range gained {
		c.markdownTable(&b, "gains", c.gained, verbose)
		if c.because != "" {
			fmt.Fprintf(&b, "\nUndetermined because %s.\n", report.Prose(c.because))
		}
		markdownTrusts(&b, "Can newly be assumed by", c.trusted)
		markdownHidden(&b, c.mayGain)
		for _, u := range c.unseen {
			fmt.Fprintf(&b, "\nNot in the input, and not counted: %s.\n", report.Prose(u))
		}
	}
	if d.lost {
		for _, c := range lost {
			c.markdownTable(&b, "loses", c.lost, verbose)
			markdownTrusts(&b, "Cannot be assumed any more by", c.distrusted)
			markdownHidden(&b, c.mayLose)
		}
	}
	for _, line := range d.legend(verbose) {
		mark, means, _ := strings.Cut(line, " ")
		fmt.Fprintf(&b, "\n%s %s\n", report.Code(mark), means)
	}
	for _, account := range d.assumed {
		fmt.Fprintf(&b, "\nAccount %s is taken to be the one that this is deployed to.\n", account)
	}
	for _, what := range d.omitted {
		fmt.Fprintf(&b, "\nNot compared: %s.\n", report.Prose(what))
	}
	d.markdownFindings(&b)
	return b.String()
}

// verdict is the heading.
func (d *difference) verdict() string {
	n := 0
	for _, c := range d.growing() {
		n += len(c.holders)
	}
	switch {
	case n == 0:
		return "nothing new is allowed"
	case d.failsFor(true):
		return "new access for " + counted(n, "holder") + ", some of it sensitive"
	}
	return "new access for " + counted(n, "holder")
}

// markdownTable is the table of one change in one direction.
func (c *holderChanges) markdownTable(b *strings.Builder, verb string, list []*levelChange, verbose bool) {
	names := make([]string, len(c.holders))
	for i, h := range c.holders {
		names[i] = report.Code(h)
	}
	few := fewNames
	if verbose {
		few = len(names)
	}
	what := report.Prose(c.Kind)
	if c.What != "changed" {
		what += ", " + c.What
	}
	if c.Kind == boundaryKind {
		what += ", in the worst case"
	}
	fmt.Fprintf(b, "\n#### %s (%s) %s\n", phrase.Some(names, few), what, verb)
	if len(list) == 0 {
		return
	}
	if text := commonDoubt(list); text != "" && !verbose {
		fmt.Fprintf(b, "\n%s.\n", report.Prose(phrase.Capital(text)))
		return
	}
	if c.What != "changed" && !verbose {
		whole, some := summaries(list)
		for _, w := range whole {
			fmt.Fprintf(b, "\n%s.\n", report.Prose(phrase.Capital(w)))
		}
		if len(some) == 0 {
			return
		}
		b.WriteString("\n| Service | Actions |\n|---|---|\n")
		for _, s := range some {
			fmt.Fprintf(b, "| %s | %s |\n", report.Cell(s.service), report.Prose(s.text()))
		}
		return
	}
	b.WriteString("\n| Service | Level | Actions | For example |\n|---|---|---|---|\n")
	for i, l := range list {
		if i == fewServices && len(list) > fewServices+1 && !verbose {
			fmt.Fprintf(b, "\n%s not shown.\n", counted(len(list)-i, "more row"))
			break
		}
		example := ""
		if l.example != nil {
			example = report.Cell(requestText(l.example))
		}
		if l.Because != "" {
			example += " undetermined because " + report.Prose(l.Because)
		}
		actions := make([]string, 0, len(l.Actions))
		for _, name := range l.names() {
			actions = append(actions, report.Cell(name))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", report.Cell(l.Service), l.level(), phrase.Some(actions, l.few(verbose)), example)
	}
}

func markdownHidden(b *strings.Builder, names []string) {
	for _, name := range names {
		fmt.Fprintf(b, "\nUndetermined: what %s allows, which is not in the input.\n", report.Prose(name))
	}
}

func markdownTrusts(b *strings.Builder, heading string, list []trustAnswer) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", heading)
	for _, t := range list {
		fmt.Fprintf(b, "- %s", report.Code(t.who()))
		if t.Because != "" {
			fmt.Fprintf(b, ", perhaps: %s", report.Prose(t.Because))
		} else if t.example != nil {
			fmt.Fprintf(b, ": %s", report.Code(requestText(t.example)))
		}
		b.WriteString("\n")
	}
}

func (d *difference) markdownFindings(b *strings.Builder) {
	f := d.Findings
	fmt.Fprintf(b, "\n### Findings: %d new, %d fixed, %d unchanged\n", len(f.New), len(f.Fixed), len(f.Unchanged))
	if len(f.New)+len(f.Fixed) > 0 {
		b.WriteString("\n")
	}
	for _, one := range f.New {
		fmt.Fprintf(b, "- new %s %s at %s: %s\n", one.Severity, report.Code(one.Rule), report.Code(one.Address), report.Prose(one.Message))
	}
	for _, one := range f.Fixed {
		fmt.Fprintf(b, "- fixed %s %s at %s\n", one.Severity, report.Code(one.Rule), report.Code(one.Address))
	}
}
