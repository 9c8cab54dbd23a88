package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	for _, leg := range legs {
		id := "mfa-of-" + leg
		if err := begin(root, leg, id); err != nil {
			t.Fatal(err)
		}
		name := fileName(id) + ".go"
		replace[filepath.Join(absolute, name)] = filepath.Join(root, "rules", name)
		for _, kind := range []string{"bad", "good"} {
			if _, err := os.Stat(filepath.Join(root, "fixtures", id, kind, "first", "main.tf")); err != nil {
				t.Error(err)
			}
		}
		if err := begin(root, leg, id); err == nil || !strings.Contains(err.Error(), "there already") {
			t.Errorf("a rule is written over: %v", err)
		}
	}
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

func TestBeginRefuses(t *testing.T) {
	for id, leg := range map[string]string{"Boundary": "hygiene", "boundary": "hygiene", "boundary_missing": "hygiene", "../x-y": "hygiene", "some-rule": "fourth"} {
		if err := begin(t.TempDir(), leg, id); err == nil {
			t.Errorf("%s in the group %s is taken", id, leg)
		}
	}
}
