package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/escalation"
)

// notOfRules are the folders of fixtures that belong to no rule.
var notOfRules = []string{"audit", "bench", "cli", "delegations", "differential", "escalation", "real", "report"}

// TestEveryFileIsOfARule holds that rules load, and that no file here and no
// folder of fixtures is left over or misspelt: it would never be looked at.
func TestEveryFileIsOfARule(t *testing.T) {
	t.Parallel()
	if err := lint.Validate(All()); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range All() {
		ids[r.ID] = true
		for _, path := range []string{strings.ReplaceAll(r.ID, "-", "_") + ".go", r.ID + ".md"} {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("rule %s: %v", r.ID, err)
			}
		}
		for _, kind := range []string{"bad", "good"} {
			if cases, err := os.ReadDir(filepath.Join("..", "fixtures", r.ID, kind)); r.Leg != lint.TheRun && (err != nil || len(cases) == 0) {
				t.Errorf("rule %s: there is no fixture of what is %s: %v", r.ID, kind, err)
			}
		}
	}
	for _, path := range globbed(t, "*.go") {
		name := strings.TrimSuffix(path, ".go")
		if !ids[strings.ReplaceAll(name, "_", "-")] && !strings.HasSuffix(name, "_test") && name != "all" && name != "generate" {
			t.Errorf("%s is the file of no rule: what rules share is in rules/internal", path)
		}
	}
	for _, path := range globbed(t, "*.md") {
		if !ids[strings.TrimSuffix(path, ".md")] {
			t.Errorf("%s is the page of no rule", path)
		}
	}
	for _, path := range globbed(t, "../fixtures/*/") {
		if name := filepath.Base(path); !ids[name] && !slices.Contains(notOfRules, name) {
			t.Errorf("fixtures/%s are the fixtures of no rule", name)
		}
	}
}

// TestOnlyRulesKnowIDs holds that what a rule or a way of escalation is comes
// from its data: neither an engine nor a reporter asks for one by its id.
func TestOnlyRulesKnowIDs(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range All() {
		ids[r.ID] = r.Leg != lint.TheRun // those the run itself makes
	}
	for _, w := range escalation.Ways() {
		ids[w.ID] = true
	}
	literal := regexp.MustCompile(`"([a-z0-9-]+)"`)
	for _, path := range slices.Concat(globbed(t, "../lint/*.go"), globbed(t, "../lint/*/*.go"), globbed(t, "../cmd/boundlint/*.go")) {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "ways") || strings.Contains(path, "/linttest/") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllSubmatch(source, -1) {
			if ids[string(m[1])] {
				t.Errorf("%s asks for %s", path, m[0])
			}
		}
	}
}

func globbed(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
