package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestInit(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan})
	before := boundlint(t, "", nil, "bad.json", "--verbose")
	if got := boundlint(t, "", nil, "init"); got.code != 0 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	// But that it is there is told.
	after := boundlint(t, "", nil, "bad.json", "--verbose")
	after.stdout = regexp.MustCompile(`(?m)^configuration: \.boundlint\.hcl \(sha256\s+[0-9a-f]{64}\)\n`).ReplaceAllString(after.stdout, "")
	if after != before {
		t.Errorf("the file that init writes changes the outcome: %+v", after)
	}
	if got := boundlint(t, "", nil, "init"); got.code != 2 || !strings.Contains(got.stderr, ".boundlint.hcl is there already, and is not written over") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "init", "--stdout"); got.code != 0 || !strings.Contains(got.stdout, "#preset") {
		t.Errorf("%+v", got)
	}
}

// monorepo copies the repository of sixty root modules that has no
// configuration for boundlint.
func monorepo(t *testing.T) {
	t.Helper()
	from := filepath.Join(repository(t), "fixtures/real/monorepo")
	dir := workspace(t, nil)
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// The first run on a repository with names of its own: what init proposes, and
// what is left to read.
func TestFirstRun(t *testing.T) {
	root := repository(t)
	monorepo(t)
	if got := boundlint(t, "", nil, "init"); got.code != 0 || got.stdout != "wrote .boundlint.hcl: read it, then run boundlint .\n" {
		t.Fatalf("%+v", got)
	}
	proposed := read(t, ".boundlint.hcl")
	got := boundlint(t, "", nil)
	t.Chdir(root)
	golden(t, "init-monorepo.hcl", proposed)
	golden(t, "first-run.txt", got.stdout)
	if got.code != 1 || got.stderr != "" {
		t.Errorf("exit %d, %s", got.code, got.stderr)
	}
	// A person reads all of it.
	rows := 0
	for line := range strings.SplitSeq(got.stdout, "\n") {
		if strings.HasPrefix(line, "error ") || strings.HasPrefix(line, "warning ") || strings.HasPrefix(line, "note ") {
			rows++
		}
	}
	if rows == 0 || rows > 20 {
		t.Errorf("%d findings to read", rows)
	}
}

// TestInitFits holds what init proposes for each real project to the project:
// it can be read, and the boundaries and names that are in use are approved.
func TestInitFits(t *testing.T) {
	t.Chdir(repository(t))
	projects, err := filepath.Glob("fixtures/real/*/main.tf")
	if err != nil || len(projects) < 10 {
		t.Fatal(projects, err)
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := file("empty.hcl", "")
	for _, project := range projects {
		dir := filepath.Dir(project)
		proposed := boundlint(t, "", nil, "init", dir, "--stdout")
		if before, after := unfit(t, dir, empty), unfit(t, dir, file("proposed.hcl", proposed.stdout)); after > before {
			t.Errorf("%s: %d entities do not fit, and %d by the defaults:\n%s", dir, after, before, proposed.stdout)
		}
	}
}

// unfit is how many boundaries and names of a directory a configuration takes
// for wrong.
func unfit(t *testing.T, dir, config string) int {
	t.Helper()
	got := boundlint(t, "", nil, "lint", "--format", "json", "--config", config, dir)
	var report struct{ Findings []struct{ Rule string } }
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil || got.code == exitFailure {
		t.Fatalf("%s: %v %s", dir, err, got.stderr)
	}
	n := 0
	for _, f := range report.Findings {
		if f.Rule == "boundary-missing" || f.Rule == "boundary-not-approved" || f.Rule == "name-prefix" {
			n++
		}
	}
	return n
}
