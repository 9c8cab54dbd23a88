package rules_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/linttest"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/lint/source/realplan"
)

const differentialDir = "../fixtures/differential"

// writtenOnly are the rules about what is not in a plan.
var writtenOnly = []string{"boundary-ignored"}

// judged is where a rule finds something.
type judged struct{ rule, address string }

// verdictsOf are the verdicts of a report, violations first, by rule and
// address below a prefix.
func verdictsOf(report *lint.Report, prefix string) map[judged]lint.Verdict {
	out := map[judged]lint.Verdict{}
	for _, f := range report.Findings {
		addresses := []string{f.Address}
		for _, r := range f.Related {
			if !slices.ContainsFunc(f.Steps, func(s lint.Step) bool { return s.To == r.Address }) {
				addresses = append(addresses, r.Address)
			}
		}
		for _, address := range addresses {
			if at := (judged{f.Rule, strings.TrimPrefix(address, prefix)}); address != "" && out[at] != lint.Violation {
				out[at] = f.Verdict
			}
		}
	}
	return out
}

func formatVerdicts(verdicts map[judged]lint.Verdict) string {
	lines := make([]string, 0, len(verdicts))
	for at, v := range verdicts {
		lines = append(lines, string(v)+" "+at.rule+" "+at.address+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func parseVerdicts(text string) map[judged]lint.Verdict {
	out := map[judged]lint.Verdict{}
	for line := range strings.Lines(text) {
		verdict, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rule, address, _ := strings.Cut(rest, " ")
		out[judged{rule, address}] = lint.Verdict(verdict)
	}
	return out
}

// TestDifferentialVerdicts lints the configurations of fixtures/differential
// and what the real terraform plans for them: no certain verdict about the one
// contradicts a certain one about the other. The verdicts about plans are in
// files beside the configurations; with BOUNDLINT_TEST_TERRAFORM and
// BOUNDLINT_TEST_PLUGIN_DIR the plans are made again, and with -update the
// files are written anew.
func TestDifferentialVerdicts(t *testing.T) {
	groups, err := realplan.Load(differentialDir)
	if err != nil {
		t.Fatal(err)
	}
	terraform, isThere := realplan.FromEnvironment(os.Getenv)
	h := harness()
	same, undetermined := 0, 0
	for _, g := range groups {
		t.Run(g.Name, func(t *testing.T) {
			golden := filepath.Join(differentialDir, g.Name+".verdicts")
			src, err := os.ReadFile(golden)
			if err != nil && !h.Update {
				t.Fatal(err)
			}
			if isThere {
				now := planVerdicts(t, h, terraform, g)
				if h.Update {
					if err := os.WriteFile(golden, now, 0o644); err != nil {
						t.Fatal(err)
					}
				} else if string(now) != string(src) {
					t.Errorf("the plans give other verdicts than %s: run with -update and look at the difference", golden)
				}
				src = now
			}
			planned := map[string]string{}
			for _, f := range txtar.Parse(src).Files {
				planned[f.Name] = string(f.Data)
			}
			for _, c := range g.Cases {
				plan, ok := planned[c.Name]
				if !ok {
					t.Errorf("%s is not in %s: run with -update and a terraform", c.Name, golden)
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					dir := t.TempDir()
					if err := c.Write(dir); err != nil {
						t.Fatal(err)
					}
					report := lintPath(t, h, dir, c)
					if c.Fails {
						switch silent := len(report.Findings)+len(report.Diagnostics) == 0; {
						case silent && c.Silent == "":
							t.Error("terraform refuses it, and nothing is said")
						case !silent && c.Silent != "":
							t.Error("something is said, although that is not expected: " + c.Silent)
						}
						return
					}
					a, b := contradictions(t, "in the configuration", verdictsOf(report, c.Prefix()), parseVerdicts(plan))
					same += a
					undetermined += b
					if c.Hides() {
						hidden := lintPath(t, h, filepath.Join(dir, c.Configuration), c)
						contradictionsOfBlocks(t, verdictsOf(hidden, ""), parseVerdicts(plan))
					}
				})
			}
		})
	}
	t.Logf("%d verdicts are the same, %d are undetermined in the configuration alone", same, undetermined)
}

// planVerdicts has the real tool plan a group, and lints the plans.
func planVerdicts(t *testing.T, h *linttest.Harness, terraform realplan.Terraform, g realplan.Group) []byte {
	t.Helper()
	answers, err := terraform.Ask(context.Background(), g, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := &txtar.Archive{Comment: []byte("# What is found in the plans of the configurations in " + g.Name + ".txtar.\n")}
	for _, c := range g.Cases {
		text := ""
		if plan := answers[c.Name].Plan; plan != nil {
			path := filepath.Join(t.TempDir(), "plan.json")
			if err := os.WriteFile(path, plan, 0o600); err != nil {
				t.Fatal(err)
			}
			text = formatVerdicts(verdictsOf(lintPath(t, h, path, realplan.Case{}), c.Prefix()))
		}
		a.Files = append(a.Files, txtar.File{Name: c.Name, Data: []byte(text)})
	}
	return txtar.Format(a)
}

// lintPath lints a plan, or a directory as the case is planned.
func lintPath(t *testing.T, h *linttest.Harness, path string, c realplan.Case) *lint.Report {
	t.Helper()
	o := source.Options{Symbols: &policy.Symbols{}, LookupEnv: c.LookupEnv}
	for _, g := range c.Given() {
		if g.Flag == "var" {
			o.Given = append(o.Given, source.Given{Value: g.Value})
		} else {
			o.Given = append(o.Given, source.Given{File: filepath.Join(path, g.Value)})
		}
	}
	models, err := source.Read(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return h.Lint(t, linttest.Case{Dir: t.TempDir()}, models)
}

// contradictions holds the verdicts about a configuration to those about its
// plan. A verdict that is undetermined on either side contradicts nothing, at
// any rule of that address: one unknown value is one finding.
func contradictions(t *testing.T, where string, hcl, plan map[judged]lint.Verdict) (same, undetermined int) {
	t.Helper()
	open := func(verdicts map[judged]lint.Verdict, address string) bool {
		for at, v := range verdicts {
			if at.address == address && v == lint.Undetermined {
				return true
			}
		}
		return false
	}
	all := maps.Clone(hcl)
	maps.Copy(all, plan)
	for at := range all {
		h, p := hcl[at], plan[at]
		switch {
		case slices.Contains(writtenOnly, at.rule):
		case h == p:
			same++
		case h == lint.Undetermined || p == lint.Undetermined:
			if h == lint.Undetermined {
				undetermined++
				t.Logf("%s %s is undetermined %s, and %q in the plan", at.rule, at.address, where, p)
			}
		case open(hcl, at.address) || open(plan, at.address):
			undetermined++
		default:
			t.Errorf("%s %s is %q %s, and %q in the plan", at.rule, at.address, h, where, p)
		}
	}
	return same, undetermined
}

// certainOnly are the rules that say nothing of what may be: a list that may be
// empty.
var certainOnly = []string{"policy-invalid"}

// contradictionsOfBlocks holds the verdicts about a configuration whose
// arguments are not known to those about its plan with arguments, a block at a
// time: which instances there are is not known either.
func contradictionsOfBlocks(t *testing.T, hcl, plan map[judged]lint.Verdict) {
	t.Helper()
	h, p := ofBlocks(hcl), ofBlocks(plan)
	open := func(verdicts map[judged][]lint.Verdict, address string) bool {
		for at, list := range verdicts {
			if at.address == address && slices.Contains(list, lint.Undetermined) {
				return true
			}
		}
		return false
	}
	for _, side := range []struct {
		where       string
		some, other map[judged][]lint.Verdict
	}{{"without the arguments of the call", h, p}, {"in the plan", p, h}} {
		for at, list := range side.some {
			if !slices.Contains(list, lint.Violation) || slices.Contains(writtenOnly, at.rule) || slices.Contains(certainOnly, at.rule) {
				continue
			}
			if len(side.other[at]) == 0 && !open(side.other, at.address) {
				t.Errorf("%s %s is a violation %s, and nothing on the other side", at.rule, at.address, side.where)
			}
		}
	}
}

func ofBlocks(verdicts map[judged]lint.Verdict) map[judged][]lint.Verdict {
	out := map[judged][]lint.Verdict{}
	for at, v := range verdicts {
		at.address = policy.WithoutKeys(at.address)
		out[at] = append(out[at], v)
	}
	return out
}
