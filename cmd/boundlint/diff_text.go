package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/phrase"
)

// text shows a difference to people.
func (d *difference) text(verbose bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "from %s\nto   %s\n", d.Before, d.After)
	d.writeFindings(&b)
	few := fewServices
	if verbose {
		few = len(d.changes)
	}
	gained, lost := d.growing(), d.shrinking()
	writeAccess(&b, "new access", gained, few, func(c *holderChanges) { c.writeGained(&b, verbose) })
	if d.lost {
		writeAccess(&b, "lost access", lost, few, func(c *holderChanges) { c.writeLost(&b, verbose) })
	}
	if legend := d.legend(verbose); legend != nil {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(legend, "\n"))
	}
	for _, account := range d.assumed {
		fmt.Fprintf(&b, "\nNote: Account %s is taken to be the one that this is deployed to.\n", account)
	}
	if len(d.omitted) > 0 {
		b.WriteString("\nnot compared:\n")
		for _, what := range d.omitted {
			fmt.Fprintf(&b, "  %s\n", what)
		}
	}
	return b.String()
}

// growing are the changes with new access.
func (d *difference) growing() []*holderChanges {
	return slices.DeleteFunc(slices.Clone(d.changes), func(c *holderChanges) bool { return !c.grows() })
}

func (c *holderChanges) grows() bool {
	return len(c.gained)+len(c.trusted)+len(c.mayGain) > 0 || c.because != ""
}

// shrinking are the changes with lost access.
func (d *difference) shrinking() []*holderChanges {
	return slices.DeleteFunc(slices.Clone(d.changes), func(c *holderChanges) bool { return len(c.lost)+len(c.distrusted)+len(c.mayLose) == 0 })
}

func (d *difference) writeFindings(b *strings.Builder) {
	f := d.Findings
	fmt.Fprintf(b, "findings: %d new, %d fixed, %d unchanged\n", len(f.New), len(f.Fixed), len(f.Unchanged))
	for _, one := range f.New {
		fmt.Fprintf(b, "  new    %s %s at %s\n         %s\n", one.what(), one.Rule, one.Address, one.Message)
	}
	for _, one := range f.Fixed {
		fmt.Fprintf(b, "  fixed  %s %s at %s\n", one.what(), one.Rule, one.Address)
	}
}

// what is the severity of a finding, and that it is undetermined.
func (f *findingAnswer) what() string {
	if f.Verdict == "undetermined" {
		return f.Severity + "?"
	}
	return f.Severity
}

// writeAccess writes the changes of one direction.
func writeAccess(b *strings.Builder, heading string, list []*holderChanges, few int, write func(*holderChanges)) {
	if len(list) == 0 {
		fmt.Fprintf(b, "\nno %s\n", heading)
		return
	}
	n := 0
	for _, c := range list {
		n += len(c.holders)
	}
	fmt.Fprintf(b, "\n%s: %s\n", heading, counted(n, "holder"))
	for i, c := range list {
		if i == few && len(list) > few+1 {
			fmt.Fprintf(b, "\nand %s more (--verbose lists them)\n", counted(len(list)-i, "change"))
			return
		}
		write(c)
	}
}

func (c *holderChanges) writeGained(b *strings.Builder, verbose bool) {
	fmt.Fprintf(b, "\n%s\n", c.heading(verbose))
	if c.because != "" {
		fmt.Fprintf(b, "  undetermined because %s\n", c.because)
	}
	c.writeLevels(b, c.gained, verbose)
	writeTrusts(b, "can newly be assumed by", c.trusted)
	writeHidden(b, c.mayGain)
	for _, u := range c.unseen {
		fmt.Fprintf(b, "  not in the input, and not counted: %s\n", u)
	}
}

func (c *holderChanges) writeLost(b *strings.Builder, verbose bool) {
	fmt.Fprintf(b, "\n%s\n", c.heading(verbose))
	c.writeLevels(b, c.lost, verbose)
	writeTrusts(b, "cannot be assumed any more by", c.distrusted)
	writeHidden(b, c.mayLose)
}

// writeHidden names policies that the input does not show.
func writeHidden(b *strings.Builder, names []string) {
	for _, name := range names {
		fmt.Fprintf(b, "  undetermined: what %s allows, which is not in the input\n", name)
	}
}

// heading names the holders, and what happens to them.
func (c *holderChanges) heading(verbose bool) string {
	few := fewExamples
	if verbose {
		few = len(c.holders)
	}
	text := fmt.Sprintf("%s (%s", phrase.Some(c.holders, few), c.Kind)
	switch {
	case c.Kind == boundaryKind:
		text += ", in the worst case"
	case c.What != "changed":
		text += ", " + c.What
	}
	return text + ")"
}

// writeLevels writes what is gained or lost. Of what was not there before, or is
// not any more, all access is: it is summed up.
// So is what is undetermined in many services for one reason.
func (c *holderChanges) writeLevels(b *strings.Builder, list []*levelChange, verbose bool) {
	if text := commonDoubt(list); text != "" && !verbose {
		fmt.Fprintf(b, "  %s\n", text)
		return
	}
	if c.What == "changed" || verbose {
		writeLevels(b, list, verbose)
		return
	}
	whole, services := summaries(list)
	for _, w := range whole {
		fmt.Fprintf(b, "  %s\n", w)
	}
	width := 0
	for _, s := range services[:min(fewServices, len(services))] {
		width = max(width, len(s.service))
	}
	for i, s := range services {
		if i == fewServices && len(services) > fewServices+1 {
			fmt.Fprintf(b, "  and %s more (--verbose lists them)\n", counted(len(services)-i, "service"))
			return
		}
		fmt.Fprintf(b, "  %-*s  %s\n", width, s.service, s.text())
	}
}

// commonDoubt sums up what is undetermined in many services for one reason; ""
// where some of it is determined, or there are several reasons.
func commonDoubt(list []*levelChange) string {
	if len(list) <= fewServices {
		return ""
	}
	var services []string
	actions := 0
	for _, l := range list {
		if l.Because != list[0].Because || l.Witness != nil {
			return ""
		}
		actions += len(l.Actions)
		services = append(services, l.Service)
	}
	services = slices.Compact(services)
	return fmt.Sprintf("perhaps %s in %s (%s): undetermined because %s",
		counted(actions, "action"), counted(len(services), "service"), phrase.Some(services, fewNames/2), list[0].Because)
}

// serviceSummary is what of one service is allowed, in short.
type serviceSummary struct {
	service string
	levels  []*levelChange
}

// summaries are those of a list. The services of which it has everything are
// listed together, those of which that is undetermined apart.
func summaries(list []*levelChange) (whole []string, some []*serviceSummary) {
	var all []*serviceSummary
	for _, l := range list {
		if n := len(all); n == 0 || all[n-1].service != l.Service {
			all = append(all, &serviceSummary{service: l.Service})
		}
		last := all[len(all)-1]
		last.levels = append(last.levels, l)
	}
	var certain, perhaps []string
	for _, s := range all {
		switch count, undetermined := s.count(); {
		case count < newServiceAbilities(s.service).size || undetermined > 0 && undetermined < count:
			some = append(some, s)
		case undetermined > 0:
			perhaps = append(perhaps, s.service)
		default:
			certain = append(certain, s.service)
		}
	}
	everything := func(start string, services []string) {
		if len(services) > 0 {
			whole = append(whole, fmt.Sprintf("%s in %s: %s", start, counted(len(services), "service"), phrase.Some(services, fewNames)))
		}
	}
	everything("everything", certain)
	everything("perhaps everything", perhaps)
	return whole, some
}

// count counts the actions, and those that are undetermined.
func (s *serviceSummary) count() (all, undetermined int) {
	for _, l := range s.levels {
		for _, a := range l.Actions {
			if a.Decision == "undetermined" {
				undetermined++
			}
		}
		all += len(l.Actions)
	}
	return all, undetermined
}

// text counts the actions by access level, and names the sensitive ones.
func (s *serviceSummary) text() string {
	var parts, sensitive []string
	for _, l := range s.levels {
		perhaps := 0
		for _, a := range l.Actions {
			if a.Sensitive {
				sensitive = append(sensitive, a.name)
			}
			if a.Decision == "undetermined" {
				perhaps++
			}
		}
		text := fmt.Sprintf("%d %s", len(l.Actions), l.level())
		if perhaps > 0 {
			text += fmt.Sprintf(" (%d undetermined)", perhaps)
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, ", ")
	if len(sensitive) > 0 {
		text += "; sensitive: " + phrase.Some(sensitive, fewNames/2)
	}
	return text
}

// writeLevels writes actions by service and access level, each with a request.
func writeLevels(b *strings.Builder, list []*levelChange, verbose bool) {
	few := fewServices
	if verbose {
		few = len(list)
	}
	service, level := 0, 0
	for _, l := range list[:min(few, len(list))] {
		service, level = max(service, len(l.Service)), max(level, len(l.level()))
	}
	for i, l := range list {
		if i == few && len(list) > few+1 {
			left := map[string]bool{}
			for _, rest := range list[i:] {
				left[rest.Service] = true
			}
			fmt.Fprintf(b, "  and more in %s (--verbose lists it)\n", counted(len(left), "service"))
			return
		}
		fmt.Fprintf(b, "  %-*s  %-*s  %s\n", service, l.Service, level, l.level(), phrase.Some(l.names(), l.few(verbose)))
		if l.example != nil {
			fmt.Fprintf(b, "    %s\n", requestText(l.example))
		}
		if l.Because != "" {
			fmt.Fprintf(b, "    undetermined because %s\n", l.Because)
		}
	}
}

func (l *levelChange) level() string {
	if l.Level == "Permissions management" {
		return "permissions"
	}
	return strings.ToLower(l.Level)
}

// few is how many names are shown.
func (l *levelChange) few(verbose bool) int {
	if verbose {
		return len(l.Actions)
	}
	return fewNames / 2
}

// names are the actions with their marks, sensitive ones first.
func (l *levelChange) names() []string {
	sorted := slices.Clone(l.Actions)
	slices.SortStableFunc(sorted, func(a, b changeAnswer) int {
		return rankOfChange(a) - rankOfChange(b)
	})
	out := make([]string, len(sorted))
	for i, a := range sorted {
		out[i] = a.name + a.marks()
	}
	return out
}

func rankOfChange(a changeAnswer) int {
	if a.Sensitive {
		return 0
	}
	return 1
}

// marks say what else is to be known of an action.
func (a *changeAnswer) marks() string {
	text := ""
	if a.Sensitive {
		text += "!"
	}
	switch {
	case a.Decision == "undetermined":
		text += "?"
	case !a.Wholly:
		text += "~"
	}
	return text
}

func writeTrusts(b *strings.Builder, heading string, list []trustAnswer) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s\n", heading)
	for _, t := range list {
		switch {
		case t.Because != "":
			fmt.Fprintf(b, "    %s, perhaps: %s\n", t.who(), t.Because)
		case t.example != nil:
			fmt.Fprintf(b, "    %s: %s\n", t.who(), requestText(t.example))
		}
	}
}

// who is the principal as a person reads it.
func (t *trustAnswer) who() string {
	if t.Principal == "*" {
		return "everyone"
	}
	return t.Principal
}

// legend says what the marks mean, of those that stand there.
func (d *difference) legend(verbose bool) []string {
	var marks strings.Builder
	for _, c := range d.changes {
		if !verbose && (c.What != "changed" || commonDoubt(c.gained) != "") {
			continue
		}
		for _, l := range slices.Concat(c.gained, c.lost) {
			for _, a := range l.Actions {
				marks.WriteString(a.marks())
			}
		}
	}
	var out []string
	for _, m := range []struct{ mark, means string }{
		{"!", "sensitive: permissions management, or a step of a known way to gain privileges"},
		{"~", "allowed on both sides, on other resources or under other conditions"},
		{"?", "undetermined"},
	} {
		if strings.Contains(marks.String(), m.mark) {
			out = append(out, m.mark+" "+m.means)
		}
	}
	return out
}
