package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixFixtures: of each fixture with a fault, a file stays as it is or its findings are
// gone, none is new, a second time changes nothing, and Terraform takes what it took
// before. Whether it does is asked where the variables of the environment name it.
func TestFixFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds, and many times that under the race detector, which other tests show as much")
	}
	root := repository(t)
	cases, err := filepath.Glob(filepath.Join(root, "fixtures/*/bad/*"))
	if err != nil || len(cases) < 100 {
		t.Fatal(cases, err)
	}
	terraform := newTerraform(t)
	fixed, ran := 0, 0
	for _, dir := range cases {
		if _, err := os.Stat(filepath.Join(dir, "main.tf")); err != nil {
			continue
		}
		name, err := filepath.Rel(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			ran++
			work := workspace(t, nil)
			if err := os.CopyFS(work, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			before, wasFormatted := contentsOf(t, work), terraform.formatted(work)
			was := findingsOf(t)
			got := boundlint(t, "", nil, "lint", "--fix", ".")
			after, is := contentsOf(t, work), findingsOf(t)
			var n, left int
			if _, err := fmt.Sscanf(strings.ReplaceAll(got.stderr, ",", ""), "boundlint: %d", &n); err != nil {
				t.Fatal(got)
			}
			changed := 0
			for file, text := range after {
				if before[file] != text {
					changed++
				}
			}
			for what, count := range is {
				if left += count; count > was[what] {
					t.Errorf("new: %d %s, and not %d", count, what, was[what])
				}
			}
			total := 0
			for _, count := range was {
				total += count
			}
			if (n > 0) != (changed > 0) || total-left < n {
				t.Errorf("%d files are changed for %d findings; there were %d and are %d", changed, n, total, left)
			}
			fixed += n
			if again := boundlint(t, "", nil, "lint", "--fix", "."); !strings.HasPrefix(again.stderr, "boundlint: 0 findings fixed,") {
				t.Errorf("a second time: %s", again.stderr)
			}
			if wasFormatted && !terraform.formatted(work) {
				t.Error("terraform fmt formats what was formatted")
			}
			if changed > 0 && terraform.data != "" {
				terraform.checkValid(t, dir, work)
			}
		})
	}
	if ran > 100 && fixed < 100 { // not where only some are run
		t.Errorf("only %d findings are fixed", fixed)
	}
}

// contentsOf are the files of a directory.
func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// findingsOf counts the findings of the current directory by rule and address.
func findingsOf(t *testing.T) map[string]int {
	t.Helper()
	var report struct {
		Findings []struct {
			Rule, Address string
			Related       []struct{ Rule, Address string }
		}
	}
	if err := json.Unmarshal([]byte(boundlint(t, "", nil, "lint", "--format", "json", ".").stdout), &report); err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, f := range report.Findings {
		out[f.Rule+" "+f.Address]++
		for _, r := range f.Related {
			if r.Rule != "" {
				out[r.Rule+" "+r.Address]++
			}
		}
	}
	return out
}

// realTerraform is the program, with the provider where that is at hand.
type realTerraform struct{ program, data, lock string }

func newTerraform(t *testing.T) realTerraform {
	t.Helper()
	program, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if program == "" || plugins == "" {
		return realTerraform{program: program}
	}
	dir := t.TempDir()
	text := "terraform {\n  required_providers {\n    aws = {\n      source = \"hashicorp/aws\"\n    }\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "init", "-input=false", "-plugin-dir="+plugins)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return realTerraform{program, filepath.Join(dir, ".terraform"), filepath.Join(dir, ".terraform.lock.hcl")}
}

// formatted reports whether terraform fmt has nothing to do; it is false where there is no
// Terraform.
func (r realTerraform) formatted(dir string) bool {
	return r.program != "" && exec.Command(r.program, "fmt", "-check", "-recursive", dir).Run() == nil
}

// checkValid fails where terraform validate takes a directory and not the one that was made
// of it. It takes none with modules, which are not installed.
func (r realTerraform) checkValid(t *testing.T, before, after string) {
	t.Helper()
	if r.valid(t, after) {
		return
	}
	was := t.TempDir()
	if err := os.CopyFS(was, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	if r.valid(t, was) {
		t.Error("terraform validate does not take it any more")
	}
}

func (r realTerraform) valid(t *testing.T, dir string) bool {
	t.Helper()
	lock, err := os.ReadFile(r.lock)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ".terraform.lock.hcl")
	if err := os.WriteFile(file, lock, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file)
	c := exec.Command(r.program, "validate")
	c.Dir, c.Env = dir, append(os.Environ(), "TF_DATA_DIR="+r.data)
	return c.Run() == nil
}
