package linttest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// goldenName is the file that holds what an input of a case gives. OpenTofu's
// plan has to give what Terraform's gives. What made-up configuration gives
// is in its comments; of real projects it is in a file, too.
func goldenName(c Case, in Input) string {
	switch in {
	case Plan, OpenTofu:
		return "findings.golden"
	case HCL:
		if !c.IsReal() {
			return ""
		}
	case State, Account, Joined, masked:
	}
	return "findings-" + string(in) + ".golden"
}

func (h *Harness) checkGolden(t *testing.T, c Case, in Input, report *lint.Report) {
	t.Helper()
	name := goldenName(c, in)
	if name == "" {
		return
	}
	got := render(c, report)
	path := filepath.Join(c.Dir, name)
	if h.Update && in != OpenTofu {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%s: %v (run the test with -update)", in, err)
		return
	}
	if string(want) != got {
		t.Errorf("%s: what is found differs from %s:\n%s", in, name, difference(string(want), got))
	}
}

// render is what a report says, one finding a paragraph.
func render(c Case, report *lint.Report) string {
	var b strings.Builder
	for _, f := range report.Findings {
		b.WriteString(line(c, f) + "\n")
		b.WriteString("    fix: " + strings.ReplaceAll(f.Remediation, "\n\n", " ") + "\n")
		for _, r := range f.Related {
			b.WriteString("    related: ")
			if r.Rule != "" {
				b.WriteString(r.Rule + " ")
			}
			b.WriteString(r.Address)
			if place := placeIn(c, r.Location); place != "" {
				b.WriteString(" at " + place)
			}
			b.WriteString(": " + r.Message + "\n")
		}
		for _, s := range f.Steps {
			b.WriteString("    step: " + s.Message + "\n")
		}
		if w := f.Witness; w != nil {
			b.WriteString("    witness: " + w.Principal + " " + w.Action + " on " + w.Resource + witnessContext(w) + "\n")
		}
	}
	for _, s := range report.Suppressed {
		b.WriteString("suppressed by " + s.By + " (" + s.Reason + "): " + line(c, s.Finding) + "\n")
	}
	for _, d := range report.Diagnostics {
		b.WriteString("diagnostic " + d.Severity.String() + ": " + d.Message + "\n")
	}
	return b.String()
}

// difference shows the lines that only one of two texts has.
func difference(want, got string) string {
	var b strings.Builder
	only := func(mark, a, other string) {
		lines := map[string]int{}
		for l := range strings.Lines(other) {
			lines[l]++
		}
		for l := range strings.Lines(a) {
			if lines[l] > 0 {
				lines[l]--
				continue
			}
			b.WriteString(mark + l)
		}
	}
	only("- ", want, got)
	only("+ ", got, want)
	if b.Len() == 0 {
		return "the order differs\n"
	}
	return b.String()
}

// witnessContext is the context of a witness, keys sorted.
func witnessContext(w *lint.Witness) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(w.Context)) {
		b.WriteString(", " + k + " = " + strings.Join(w.Context[k], " "))
	}
	for _, k := range w.Absent {
		b.WriteString(", no " + k)
	}
	return b.String()
}
