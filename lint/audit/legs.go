package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// legs sum up the findings of each leg: what is violated fails. What is not
// determined is not known, nor is what was not looked at or is kept from the report:
// an exemption accepts that something does not hold, and makes nothing hold.
func legs(s *Source) []Control {
	titles := map[lint.Leg]string{
		lint.FirstLeg:  "Every role and user has an approved permissions boundary and the name that is asked for",
		lint.SecondLeg: "Roles and users are created and changed only under the boundary",
		lint.ThirdLeg:  "Nobody bound can remove, swap, edit or walk around the boundary",
	}
	r := s.Report
	legOf := map[string]lint.Leg{}
	for _, rule := range slices.Concat(s.Rules, r.Rules) {
		legOf[rule.ID] = rule.Leg
	}
	off, lowered := loosened(&r.InForce)
	entities := 0
	for i := range r.Inputs {
		entities += len(r.Inputs[i].Entities)
	}
	var out []Control
	for n, leg := range []lint.Leg{lint.FirstLeg, lint.SecondLeg, lint.ThirdLeg} {
		c := Control{ID: fmt.Sprintf("leg-%d", n+1), Title: titles[leg], Status: Passed, Checked: entities, Items: []string{}}
		t := &legTally{control: &c, report: r, lowered: lowered, legOf: legOf, leg: leg}
		for i := range r.Findings {
			t.take(&r.Findings[i], false)
		}
		for i := range r.Suppressed {
			t.take(&r.Suppressed[i].Finding, true)
		}
		because := t.reasons()
		if rules := slices.DeleteFunc(slices.Clone(off), func(id string) bool { return legOf[id] != leg }); len(rules) > 0 {
			because = append(because, "the configuration turns off "+strings.Join(rules, ", "))
		}
		because = append(because, c.takeIncomplete(r)...)
		if c.Status == Passed && len(because) > 0 {
			c.Status = NotKnown
		}
		c.Because = strings.Join(because, "; ")
		out = append(out, c.settled())
	}
	return out
}

// loosened are the rules that configuration turns off, and those whose findings it
// makes notes.
func loosened(f *lint.InForce) (off []string, lowered map[string]bool) {
	lowered = map[string]bool{}
	for i := range f.Configurations {
		off = append(off, f.Configurations[i].Off...)
		for _, l := range f.Configurations[i].Lowered {
			lowered[l.Rule] = lowered[l.Rule] || l.From >= lint.Warning && l.To < lint.Warning
		}
	}
	slices.Sort(off)
	return slices.Compact(off), lowered
}

// legTally counts the findings of a leg.
type legTally struct {
	control *Control
	report  *lint.Report
	lowered map[string]bool
	legOf   map[string]lint.Leg
	leg     lint.Leg
	// open are undetermined, kept those that an exemption, an ignore or the severity
	// that configuration gives keeps from failing.
	open, kept int
}

// take counts a finding with those of the same cause.
func (t *legTally) take(f *lint.Finding, suppressed bool) {
	account := ""
	if f.Input < len(t.report.Inputs) {
		account = t.report.Inputs[f.Input].Account
	}
	for _, one := range f.All() {
		switch lowered := t.lowered[one.Rule]; {
		case t.legOf[one.Rule] != t.leg, f.Severity < lint.Warning && !lowered:
		case suppressed, f.Severity < lint.Warning:
			t.kept++
			t.control.notKnown(account)
		case one.Verdict == lint.Violation:
			t.control.fail(account, one.Address)
		default:
			t.open++
			t.control.notKnown(account)
		}
	}
}

func (t *legTally) reasons() []string {
	var out []string
	if t.open > 0 {
		out = append(out, phrase.Count(t.open, "finding is", "findings are")+" undetermined")
	}
	if t.kept > 0 {
		out = append(out, phrase.Count(t.kept, "finding is", "findings are")+" exempted, ignored or lowered to a note")
	}
	return out
}

// takeIncomplete says of which accounts not everything was looked at.
func (c *Control) takeIncomplete(r *lint.Report) []string {
	var out []string
	for i := range r.Inputs {
		if in := &r.Inputs[i]; in.Kind == iam.InputAccount && !in.Complete {
			c.notKnown(in.Account)
			out = []string{"the dump of some accounts is not complete"}
		}
	}
	if slices.ContainsFunc(r.Diagnostics, func(d lint.Diagnostic) bool { return d.Severity == lint.Error }) {
		out = append(out, "a part of what was given could not be read or judged")
	}
	return out
}
