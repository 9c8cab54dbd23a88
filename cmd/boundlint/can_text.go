package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/phrase"
)

// How much the text shows without --verbose.
const (
	fewServices = 25
	fewDangers  = 12
	fewExamples = 3
	fewNames    = 10
)

// text shows abilities to people.
func (a *abilities) text(verbose bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", entityText(a.subject.Entity))
	a.writeBoundary(&b)
	total, partly, perhaps := totals(a.services)
	fmt.Fprintf(&b, "can do %s of %s%s\n", counted(total, "action"), counted(used(a.services), "service"), doubts(partly, perhaps))

	writeServices(&b, a.services, a.dangerous(), verbose)
	a.writeTaken(&b, verbose)
	a.writeDangers(&b, verbose)
	a.writeGiven(&b, verbose)
	a.writeGrown(&b, verbose)
	for _, u := range a.subject.Unseen {
		fmt.Fprintf(&b, "\nNot in the input, and not counted: %s.", u)
	}
	if list := a.asked.UnknownGrants(); len(list) > 0 {
		fmt.Fprintf(&b, "\nNot known, and not counted: what %s grants.", phrase.Some(list, fewNames))
	}
	if len(a.subject.Unseen)+len(a.asked.UnknownGrants()) > 0 {
		b.WriteString("\n")
	}
	if a.asked.assumed != "" {
		fmt.Fprintf(&b, "\nNote: Account %s is taken to be the one that this is deployed to.\n", a.asked.assumed)
	}
	return b.String()
}

func (a *abilities) writeBoundary(b *strings.Builder) {
	switch name := a.subject.BoundaryName(); {
	case name == "":
		b.WriteString("has no permissions boundary\n")
	case a.subject.Known.Boundary == nil:
		fmt.Fprintf(b, "permissions boundary %s, whose document is not in the input: what follows is at most\n", name)
	default:
		fmt.Fprintf(b, "permissions boundary %s\n", name)
	}
}

func totals(list []*serviceAbilities) (total, partly, perhaps int) {
	for _, s := range list {
		total += s.count
		partly += len(s.partly)
		perhaps += len(s.perhaps)
	}
	return total, partly, perhaps
}

// used counts the services of which something is allowed.
func used(list []*serviceAbilities) int {
	n := 0
	for _, s := range list {
		if s.count > 0 {
			n++
		}
	}
	return n
}

// counted is a number with its noun.
func counted(n int, noun string) string { return phrase.Count(n, noun, noun+"s") }

// doubts says of how many actions the counts are not the whole truth.
func doubts(partly, perhaps int) string {
	text := ""
	if partly > 0 {
		text += fmt.Sprintf(", %d of them on some resources or under conditions only (~)", partly)
	}
	if perhaps > 0 {
		text += fmt.Sprintf(", %d perhaps (?)", perhaps)
	}
	return text
}

// dangerous are the full names of dangerous actions by what is worst.
func (a *abilities) dangerous() map[string]int {
	out := map[string]int{}
	for i, d := range a.dangers {
		out[d.action.String()] = i + 1
	}
	return out
}

// writeServices writes the table of services by access level.
func writeServices(b *strings.Builder, list []*serviceAbilities, dangerous map[string]int, verbose bool) {
	var whole []string
	var rest []*serviceAbilities
	for _, s := range list {
		switch {
		case s.count == 0:
		case s.whole():
			whole = append(whole, s.prefix)
		default:
			rest = append(rest, s)
		}
	}
	few := fewNames
	if verbose {
		few = len(whole)
	}
	if len(whole) > 0 {
		fmt.Fprintf(b, "\neverything in %s: %s\n", counted(len(whole), "service"), phrase.Some(whole, few))
	}
	if len(rest) == 0 {
		return
	}
	hidden := 0
	if !verbose && len(rest) > fewServices+1 {
		slices.SortStableFunc(rest, func(x, y *serviceAbilities) int { return cmp.Compare(y.weight(), x.weight()) })
		hidden = len(rest) - fewServices
		rest = rest[:fewServices]
		slices.SortFunc(rest, func(x, y *serviceAbilities) int { return strings.Compare(x.prefix, y.prefix) })
	}
	writeTable(b, rest, dangerous)
	if hidden > 0 {
		fmt.Fprintf(b, "and %s more (--verbose lists them)\n", counted(hidden, "service"))
	}
}

func (s *serviceAbilities) weight() int {
	return 1000*len(s.allowed[catalog.AccessPermissionsManagement]) + len(s.allowed[catalog.AccessWrite])
}

func writeTable(b *strings.Builder, rest []*serviceAbilities, dangerous map[string]int) {
	width := len("service")
	unknown := false
	for _, s := range rest {
		width = max(width, len(s.prefix))
		unknown = unknown || len(s.allowed[catalog.AccessUnknown]) > 0
	}
	shown := levels
	if !unknown {
		shown = levels[:len(levels)-1]
	}
	fmt.Fprintf(b, "\n%-*s", width, "service")
	for _, l := range shown {
		fmt.Fprintf(b, "  %s", levelHeading(l))
	}
	b.WriteString("  for example\n")
	for _, s := range rest {
		fmt.Fprintf(b, "%-*s", width, s.prefix)
		for _, l := range shown {
			cell := "."
			if n := len(s.allowed[l]); n > 0 {
				cell = fmt.Sprint(n)
			}
			fmt.Fprintf(b, "  %*s", len(levelHeading(l)), cell)
		}
		fmt.Fprintf(b, "  %s\n", strings.Join(s.examples(dangerous), ", "))
	}
}

func levelHeading(l catalog.AccessLevel) string {
	if l == catalog.AccessPermissionsManagement {
		return "permissions"
	}
	return strings.ToLower(l.String())
}

// examples are the actions worth a look: the dangerous ones first, then those
// that change something.
func (s *serviceAbilities) examples(dangerous map[string]int) []string {
	var names []string
	for _, l := range slices.Backward(levels) {
		names = append(names, s.allowed[l]...)
	}
	slices.SortStableFunc(names, func(x, y string) int {
		return cmp.Compare(rankOf(dangerous, s.prefix+":"+x), rankOf(dangerous, s.prefix+":"+y))
	})
	names = names[:min(len(names), fewExamples)]
	for i, n := range names {
		switch {
		case slices.Contains(s.partly, n):
			names[i] = n + "~"
		case slices.Contains(s.perhaps, n):
			names[i] = n + "?"
		}
	}
	return names
}

// rankOf puts what is not dangerous last.
func rankOf(dangerous map[string]int, action string) int {
	if i := dangerous[action]; i > 0 {
		return i
	}
	return len(dangerous) + 1
}

// writeTaken says what boundary and organization take away.
func (a *abilities) writeTaken(b *strings.Builder, verbose bool) {
	narrowed := 0
	for _, s := range a.services {
		narrowed += len(s.narrowed)
	}
	taken := func(what string, of func(*serviceAbilities) []string) {
		n, services := 0, 0
		for _, s := range a.services {
			if len(of(s)) > 0 {
				services++
				n += len(of(s))
			}
		}
		if n == 0 {
			return
		}
		fmt.Fprintf(b, "\n%s takes away %s of %s that its policies allow", what, counted(n, "action"), counted(services, "service"))
		b.WriteString("\n")
		few, left := fewNames, services
		for _, s := range a.services {
			names := of(s)
			if len(names) == 0 {
				continue
			}
			if few == 0 && left > 1 && !verbose {
				fmt.Fprintf(b, "  and %s more (--verbose lists them)\n", counted(left, "service"))
				break
			}
			few, left = max(few-1, 0), left-1
			most := fewNames
			if verbose {
				most = len(names)
			}
			if len(names) == s.size && !verbose {
				fmt.Fprintf(b, "  %s: everything\n", s.prefix)
				continue
			}
			fmt.Fprintf(b, "  %s: %s\n", s.prefix, phrase.Some(names, most))
		}
	}
	taken("the boundary", func(s *serviceAbilities) []string { return s.byBoundary })
	taken("the organization", func(s *serviceAbilities) []string { return s.byOrganization })
	if narrowed > 0 {
		verb := "are"
		if narrowed == 1 {
			verb = "is"
		}
		fmt.Fprintf(b, "\n%s %s allowed to less than its own policies would allow\n", counted(narrowed, "action"), verb)
	}
}

// writeDangers lists the dangerous actions, each with what it leads to.
func (a *abilities) writeDangers(b *strings.Builder, verbose bool) {
	if len(a.dangers) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s can gain privileges or change permissions\n", counted(len(a.dangers), "action"))
	ways := slices.IndexFunc(a.dangers, func(d danger) bool { return len(d.ways) == 0 })
	if ways < 0 {
		ways = len(a.dangers)
	}
	for i, d := range a.dangers[:ways] {
		if i == fewDangers && ways > fewDangers+1 && !verbose {
			fmt.Fprintf(b, "  and %d more (--verbose lists them)\n", ways-i)
			break
		}
		fmt.Fprintf(b, "  %s: %s (%s)%s\n", marked(d), d.ways[0].Name, d.ways[0].ID, moreWays(len(d.ways)-1))
		if w := a.example(d); w != nil {
			fmt.Fprintf(b, "    %s\n", requestText(w))
		}
	}
	var classed []string
	for _, d := range a.dangers[ways:] {
		classed = append(classed, marked(d))
	}
	most := fewNames
	if verbose {
		most = len(classed)
	}
	if len(classed) > 0 {
		fmt.Fprintf(b, "  classed as permissions management: %s\n", phrase.Some(classed, most))
	}
}

// marked is a dangerous action, with a question mark where it is not
// determined whether it is allowed.
func marked(d danger) string {
	if d.perhaps {
		return d.action.String() + "?"
	}
	return d.action.String()
}

func moreWays(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", and 1 more way"
	}
	return fmt.Sprintf(", and %d more ways", n)
}

// writeGiven lists what resource-based policies grant, and the roles that can
// be assumed.
func (a *abilities) writeGiven(b *strings.Builder, verbose bool) {
	var roles, others []string
	for i := range a.given {
		g := &a.given[i]
		past := ""
		switch {
		case g.Perhaps:
			past = ", perhaps: " + inquiry.Because(g.Reasons)
		case g.PastBoundary:
			past = ", past its permissions boundary"
		}
		if g.Role != nil {
			roles = append(roles, fmt.Sprintf("  %s%s\n", entityText(g.Role), past))
			continue
		}
		most := fewNames
		if verbose {
			most = len(g.Actions)
		}
		others = append(others, fmt.Sprintf("  %s on %s, by %s%s\n", phrase.Some(g.Actions, most), g.Resource, strings.Join(g.Addresses, " and "),
			past))
	}
	for _, list := range []struct {
		heading string
		lines   []string
	}{{"can assume", roles}, {"by resource-based policies, besides", others}} {
		if len(list.lines) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", list.heading)
		for i, line := range list.lines {
			if i == fewNames && len(list.lines) > fewNames+1 && !verbose {
				fmt.Fprintf(b, "  and %d more (--verbose lists them)\n", len(list.lines)-i)
				break
			}
			b.WriteString(line)
		}
	}
}

// writeGrown says what the boundary is worth against one who can change its
// own policies.
func (a *abilities) writeGrown(b *strings.Builder, verbose bool) {
	if a.mayGrow && a.grown == nil {
		b.WriteString("\nwhether it can change its own policies is not determined\n")
	}
	if a.grown == nil {
		return
	}
	fmt.Fprintf(b, "\nit can %s: %s\n", a.grown.What, requestText(a.grown.Witness))
	list := grownServices(a.grown)
	total, partly, perhaps := totals(list)
	if now, nowPartly, _ := totals(a.services); now == total && nowPartly == partly {
		b.WriteString("which gives it nothing that it cannot do now\n")
		return
	}
	limit := "what its boundary leaves"
	if a.subject.Known.Boundary == nil {
		limit = "without a boundary"
	}
	fmt.Fprintf(b, "and then do %s of %s, %s%s\n", counted(total, "action"), counted(used(list), "service"), limit, doubts(partly, perhaps))
	dangerous := map[string]int{}
	for i, name := range a.grownDangers() {
		dangerous[name] = i + 1
	}
	writeServices(b, list, dangerous, verbose)
}

// grownDangers are the actions that gain privileges once it has grown.
func (a *abilities) grownDangers() []string {
	var names []string
	for _, x := range a.grown.Scopes {
		if x.Scope != authz.ScopeNone && x.Action.AccessLevel == catalog.AccessPermissionsManagement {
			names = append(names, x.Action.String())
		}
	}
	return names
}
