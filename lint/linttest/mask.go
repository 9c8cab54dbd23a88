package linttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Mask proves the masking property: hiding a value as unknown leaves every
// verdict as it was or makes it undetermined. A violation does not vanish
// and none appears.
func (h *Harness) Mask(t *testing.T) {
	t.Helper()
	for _, c := range h.Cases(t) {
		for _, in := range h.maskedInputs(c) {
			t.Run(c.Rule+"/"+c.kind()+c.Name+"/"+string(in), func(t *testing.T) {
				t.Parallel()
				h.maskInput(t, c, in)
			})
		}
	}
}

// maskedInputs are all inputs of a case, or the one that says most.
func (h *Harness) maskedInputs(c Case) []Input {
	inputs := slices.DeleteFunc(c.Inputs(), func(in Input) bool { return in == OpenTofu })
	if h.Masked > 0 && len(inputs) > 1 {
		return inputs[1:2]
	}
	return inputs
}

func (h *Harness) maskInput(t *testing.T, c Case, in Input) {
	t.Helper()
	base := h.Lint(t, c, h.Load(t, c, in))
	e, err := loadExceptions(c)
	if err != nil {
		t.Fatal(err)
	}
	compare := comparison{legs: map[string]lint.Leg{}, mayVanish: e.only[masked]}
	for _, r := range h.Rules {
		compare.legs[r.ID] = r.Leg
	}
	places := len(hideable(h.Load(t, c, in)))
	every := 1
	if h.Masked > 0 {
		every += places / h.Masked
	}
	for i := 0; i < places; i += every {
		models := h.Load(t, c, in)
		spots := hideable(models)
		what := spots[i].what
		spots[i].hide()
		for _, fault := range compare.faults(base, h.Lint(t, c, models)) {
			t.Errorf("with %s hidden: %s", what, fault)
		}
	}
}

// spot is something in a model that can be hidden.
type spot struct {
	what string
	hide func()
}

// hideable are all values and all texts in documents.
func hideable(models []*iam.Model) []spot {
	var out []spot
	n := 0
	for _, m := range models {
		symbol := func(what string, nullable bool) policy.Text {
			n++
			return policy.SymbolText(m.Symbols.Intern(policy.Symbol{
				Name: fmt.Sprintf("hidden %d (%s)", n, what), Scope: m.Input.Path, Nullable: nullable,
			}))
		}
		boundaries := map[*iam.Value]bool{}
		for _, e := range m.Entities {
			boundaries[&e.Boundary] = true
		}
		for v := range m.Values() {
			if !v.Set && !boundaries[v] {
				// What the configuration does not set is unset and not
				// unknown, save what it might set.
				continue
			}
			what := v.Location.Address + "." + v.Location.Attribute + " = " + v.Text.String()
			out = append(out, spot{what, func() {
				v.Text = symbol(what, boundaries[v])
				v.Written, v.Set, v.Nullable, v.References = v.Text, true, boundaries[v], nil
			}})
		}
		for d := range m.AllDocuments() {
			out = append(out, documentSpots(d.Document, d.Address, symbol)...)
		}
	}
	return out
}

// documentSpots are a document as a whole and each of its entries.
func documentSpots(d *iam.Document, address string, symbol func(string, bool) policy.Text) []spot {
	if d.Document == nil {
		return nil
	}
	out := []spot{{"the document of " + address, func() {
		text := symbol("document of "+address, false)
		d.Text = text
		d.Document = &policy.Document{Unknown: text.Symbol(), Range: d.Range}
	}}}
	for i, s := range d.Statements {
		lists := map[string]func(*policy.Statement) []policy.Element{
			"Action":      func(s *policy.Statement) []policy.Element { return s.Action },
			"NotAction":   func(s *policy.Statement) []policy.Element { return s.NotAction },
			"Resource":    func(s *policy.Statement) []policy.Element { return s.Resource },
			"NotResource": func(s *policy.Statement) []policy.Element { return s.NotResource },
		}
		for k := range s.Condition {
			lists[fmt.Sprintf("Condition[%d]", k)] = func(s *policy.Statement) []policy.Element { return s.Condition[k].Values }
		}
		names := make([]string, 0, len(lists))
		for name := range lists {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			for k := range lists[name](s) {
				what := fmt.Sprintf("%s[%d] of statement %d of %s", name, k, i, address)
				out = append(out, spot{what, func() {
					d.Document = cloneDocument(d.Document)
					lists[name](d.Statements[i])[k].Text = symbol(what, false)
				}})
			}
		}
	}
	return out
}

// cloneDocument copies what documentSpots changes: a source may share
// documents between places.
func cloneDocument(d *policy.Document) *policy.Document {
	out := *d
	out.Statements = slices.Clone(d.Statements)
	for i, s := range out.Statements {
		c := *s
		c.Action, c.NotAction = slices.Clone(s.Action), slices.Clone(s.NotAction)
		c.Resource, c.NotResource = slices.Clone(s.Resource), slices.Clone(s.NotResource)
		c.Condition = slices.Clone(s.Condition)
		for k := range c.Condition {
			c.Condition[k].Values = slices.Clone(s.Condition[k].Values)
		}
		out.Statements[i] = &c
	}
	return &out
}

// comparison holds what was found with everything known against what is found
// with something hidden.
type comparison struct {
	legs      map[string]lint.Leg
	mayVanish map[verdictOf]bool
}

// at is where a rule has something to say.
type at struct{ rule, address string }

// verdictsAt are the verdicts by rule and address, violations first.
func verdictsAt(report *lint.Report) map[at]lint.Verdict {
	out := map[at]lint.Verdict{}
	for _, f := range all(report) {
		for _, address := range addresses(f) {
			if k := (at{f.Rule, address}); out[k] != lint.Violation {
				out[k] = f.Verdict
			}
		}
	}
	return out
}

// faults says what is wrong with the second report. A violation may live on
// in an undetermined finding of another rule: at the same resource, for one
// unknown boundary is an undetermined boundary-not-approved whatever it was
// before; or as a new one of the same leg elsewhere, for where a document is
// hidden its holder is what is undetermined, not the policy.
func (c *comparison) faults(base, hidden *lint.Report) []string {
	before, now := verdictsAt(base), verdictsAt(hidden)
	undetermined, newInLeg := map[string]bool{}, map[lint.Leg]bool{}
	for k, verdict := range now {
		if verdict == lint.Undetermined {
			undetermined[k.address] = true
			newInLeg[c.legs[k.rule]] = newInLeg[c.legs[k.rule]] || before[k] != lint.Undetermined
		}
	}
	var faults []string
	for _, f := range all(base) {
		for _, address := range addresses(f) {
			if now[at{f.Rule, address}] != "" || undetermined[address] || newInLeg[c.legs[f.Rule]] ||
				ofTheRun(f.Rule) || ofTheText(f.Rule) || c.mayVanish[verdictOf{f.Rule, address, f.Verdict}] {
				continue
			}
			faults = append(faults, fmt.Sprintf("vanished: %s %s %s: %s", f.Verdict, f.Rule, address, f.Message))
		}
	}
	for _, f := range all(hidden) {
		for _, address := range addresses(f) {
			if f.Verdict == lint.Violation && before[at{f.Rule, address}] != lint.Violation && !ofTheRun(f.Rule) {
				faults = append(faults, fmt.Sprintf("appeared: %s %s: %s", f.Rule, address, f.Message))
			}
		}
	}
	return faults
}

// addresses are those that a merged finding stands for: not where its steps
// lead, which are others once something on the way is hidden.
func addresses(f lint.Finding) []string {
	out := []string{f.Address}
	for _, r := range f.Related {
		if slices.ContainsFunc(f.Steps, func(s lint.Step) bool { return s.To == r.Address }) {
			continue
		}
		if r.Address != "" && !slices.Contains(out, r.Address) && !strings.HasPrefix(r.Address, "boundary.") {
			out = append(out, r.Address)
		}
	}
	return out
}

// ofTheText tells the rules that judge how a text is written. A text that is
// hidden is not written yet: an undetermined finding for each of them would
// say nothing.
func ofTheText(rule string) bool { return rule == "policy-invalid" || rule == "policy-too-long" }

// ofTheRun tells the rules that judge exemptions, which may well be of no use
// once something is hidden.
func ofTheRun(rule string) bool {
	return rule == lint.ExemptionUnused || rule == lint.ExemptionExpired
}
