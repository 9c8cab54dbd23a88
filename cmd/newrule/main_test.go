package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/linttest"
	"github.com/boundlint/boundlint/rules"
)

// TestBegin makes a rule of each group in an empty repository and builds the
// rules of this one with it.
func TestBegin(t *testing.T) {
	list, err := os.ReadFile("../../rules/all.go")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(root, "rules", "all.go")
	if err := os.WriteFile(all, list, 0o600); err != nil {
		t.Fatal(err)
	}
	absolute, err := filepath.Abs("../../rules")
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{filepath.Join(absolute, "all.go"): all}
	known := rules.All()
	for i, leg := range legs {
		b := beginning{ID: "mfa-of-" + leg, Leg: leg, Off: i%2 == 1}
		if err := begin(root, b); err != nil {
			t.Fatal(err)
		}
		name := fileName(b.ID) + ".go"
		replace[filepath.Join(absolute, name)] = filepath.Join(root, "rules", name)
		known = append(known, &lint.Rule{ID: b.ID, OffByDefault: b.Off, Run: func(*lint.Pass) error { return nil }})
		if err := begin(root, b); err == nil || !strings.Contains(err.Error(), "there already") {
			t.Errorf("a rule is written over: %v", err)
		}
	}
	findNothing(t, &linttest.Harness{Root: filepath.Join(root, "fixtures"), Rules: known})
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "../../rules").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// findNothing demands that no other rule finds anything in the fixtures, those
// that turn on their own rule among them.
func findNothing(t *testing.T, h *linttest.Harness) {
	t.Helper()
	h.Options.ManagedPolicy = catalog.ManagedPolicyARN
	cases := h.Cases(t)
	if len(cases) != 2*len(legs) {
		t.Errorf("%d fixtures", len(cases))
	}
	for _, c := range cases {
		for _, f := range h.Lint(t, c, h.Load(t, c, linttest.HCL)).Findings {
			t.Errorf("%s: %s: %s", c.Dir, f.Rule, f.Message)
		}
	}
}

func TestBeginRefuses(t *testing.T) {
	for id, leg := range map[string]string{"Boundary": "hygiene", "boundary": "hygiene", "boundary_missing": "hygiene", "../x-y": "hygiene", "some-rule": "fourth"} {
		if err := begin(t.TempDir(), beginning{ID: id, Leg: leg}); err == nil {
			t.Errorf("%s in the group %s is taken", id, leg)
		}
	}
}

// TestNext: CONTRIBUTING.md ends the making of a rule with the commands that are
// printed.
func TestNext(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(fmt.Sprintf(next, "boundary_missing", "boundary-missing")), "\n")
	if commands := strings.TrimSpace(lines[len(lines)-1]); !strings.Contains(string(text), "\n       "+commands+"\n") {
		t.Errorf("CONTRIBUTING.md does not have %s", commands)
	}
}
