package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// fixtureTree copies the configuration of all fixtures of rules into a repository.
func fixtureTree(t *testing.T) string {
	t.Helper()
	from := filepath.Join(repository(t), "fixtures")
	dir := workspace(t, nil)
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch part, _, _ := strings.Cut(filepath.ToSlash(inside), "/"); {
		case d.IsDir() && slices.Contains([]string{"bench", "cli", "differential", "report", "escalation"}, part):
			return fs.SkipDir
		case d.IsDir() && (d.Name() == "good" || d.Name() == "monorepo" || part > "escalation-path" && part != "real"):
			return fs.SkipDir // without findings, with a test of its own, or hygiene
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, inside), 0o755)
		case strings.HasSuffix(path, ".golden") || filepath.Base(path) == "plan.json":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, inside), content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// topLevel splits a file into its blocks, each with the comments before it.
func topLevel(src string) []string {
	var out []string
	var block strings.Builder
	end := ""
	for line := range strings.SplitAfterSeq(src, "\n") {
		block.WriteString(line)
		switch text := strings.TrimSpace(line); {
		case end != "":
			if text == end {
				end = ""
			}
		case heredoc.MatchString(text):
			end = heredoc.FindStringSubmatch(text)[1]
		case strings.HasPrefix(line, "}") && !strings.HasPrefix(line, "})"), oneLine.MatchString(line):
			out = append(out, block.String())
			block.Reset()
		}
	}
	if block.Len() > 0 {
		out = append(out, block.String())
	}
	return out
}

var (
	heredoc = regexp.MustCompile(`<<-?([A-Z]+)$`)
	oneLine = regexp.MustCompile(`^\w[^{=]*\{.*\}\s*$`)
)

// rewrite changes every file of configuration in a tree.
func rewrite(t *testing.T, dir string, change func(path, src string) string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".tf") && !strings.HasSuffix(path, ".tofu") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, []byte(change(path, string(src))), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reported are the findings of a report in JSON, save those of the run itself.
func reported(t *testing.T, got result) (findings []string, suppressed int) {
	t.Helper()
	var r struct {
		Findings []struct{ Rule, Address, Message, Fingerprint string }
		Summary  struct{ Suppressed, Baselined int }
	}
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	for _, f := range r.Findings {
		if f.Rule != lint.ExemptionExpired && (f.Rule != lint.ExemptionUnused || strings.Contains(f.Message, "baseline")) {
			findings = append(findings, f.Rule+" "+f.Address+": "+f.Message)
		}
	}
	return findings, r.Summary.Baselined
}

// TestBaselineSurvives writes a baseline of all fixtures and finds all of it again
// where lines have moved, blocks stand in another order, or in other files, and the
// repository in another folder.
func TestBaselineSurvives(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds, and many times that under the race detector, which other tests show as much")
	}
	dir := fixtureTree(t)
	if got := boundlint(t, "", nil, "baseline", "write", "."); got.code != 0 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	same := func(t *testing.T, args ...string) {
		t.Helper()
		got := boundlint(t, "", nil, append([]string{"lint", "--format", "json"}, args...)...)
		findings, suppressed := reported(t, got)
		if len(findings) > 0 || suppressed < 400 {
			t.Errorf("%d suppressed; %d new:\n%s", suppressed, len(findings), strings.Join(findings[:min(len(findings), 20)], "\n"))
		}
	}
	const file = ".boundlint-baseline.json"
	same(t, "--baseline", file, ".")
	for _, change := range []struct {
		name string
		do   func(path, src string) string
	}{
		{"moved lines", func(_, src string) string {
			return "# A comment.\n\n\n" + strings.ReplaceAll(src, "\nresource ", "\n\n\nresource ")
		}},
		{"reordered blocks", func(_, src string) string {
			blocks := topLevel(src)
			slices.Reverse(blocks)
			return strings.Join(blocks, "\n")
		}},
	} {
		t.Run(change.name, func(t *testing.T) {
			rewrite(t, dir, change.do)
			same(t, "--baseline", file, ".")
		})
	}
	t.Run("another folder", func(t *testing.T) {
		elsewhere := filepath.Join(t.TempDir(), "checkout")
		if err := os.Rename(dir, elsewhere); err != nil {
			t.Fatal(err)
		}
		t.Chdir(elsewhere)
		same(t, "--baseline", file, ".")
		t.Chdir("..")
		same(t, "--baseline", filepath.Join(elsewhere, file), "checkout")
		t.Chdir(filepath.Join(elsewhere, "real"))
		same(t, "--baseline", "../"+file, "..")
	})
}
