package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestExcerpts: a finding shows its line, of a file that was read.
func TestExcerpts(t *testing.T) {
	workspace(t, map[string]string{"live/main.tf": deployer, "plan.json": badPlan})
	got := boundlint(t, "", nil, "live", "plan.json", "--config-dir", "live")
	for _, want := range []string{
		"    1 | resource \"aws_iam_role\" \"deployer\" {\n      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("no\n%s\nin\n%s", want, got.stdout)
		}
	}
	// A plan without configuration has the place that Terraform gives it.
	if got := boundlint(t, "", nil, "plan.json"); strings.Contains(got.stdout, " | ") {
		t.Errorf("a plan: %s", got.stdout)
	}
	// What is sensitive, and what stands beside it, is not shown.
	hushed := strings.ReplaceAll(deployer, `"deployer" #`, `sensitive("whispered") #`)
	workspace(t, map[string]string{"main.tf": hushed})
	if got := boundlint(t, "", nil, "."); got.code != exitFindings || strings.Contains(got.stdout, " | ") || strings.Contains(got.stdout, "whispered") {
		t.Errorf("a sensitive file: %+v", got)
	}
}

// TestExcerptsOfOthers: a file that this run has not read is not opened.
func TestExcerptsOfOthers(t *testing.T) {
	dir := workspace(t, map[string]string{"live/main.tf": "one\n", "other.tf": "two\n"})
	if err := os.Symlink("main.tf", filepath.Join("live", "link.tf")); err != nil {
		t.Skip(err)
	}
	in := &inputs{}
	in.reads(filepath.Join(dir, "live", "main.tf"), "gone.tf")
	source := in.source(nil)
	for file, want := range map[string]string{"live/main.tf": "one\n", "live/link.tf": "one\n", "other.tf": "", "live": "", "gone.tf": ""} {
		if got := string(source(file)); got != want {
			t.Errorf("%s: %q", file, got)
		}
	}
}

// TestNarrow: every command fits 80 columns, but for words that are longer.
func TestNarrow(t *testing.T) {
	t.Chdir(repository(t))
	for _, args := range []string{
		"help", "help lint", "help report merge", "rules", "version", "explain boundary-leaks lambda-001",
		"fixtures/real/fleet-module", "fixtures/real/landing/plan.json", "who-can iam:CreateRole fixtures/real/weak-delegation",
		"can app-steward fixtures/real/self-service-users",
		"simulate --as app-steward --action iam:CreateUser --resource arn:aws:iam::111122223333:user/app-new fixtures/real/self-service-users",
	} {
		got := boundlint(t, "", map[string]string{"COLUMNS": "80"}, strings.Fields(args)...)
		if got.stderr != "" {
			t.Fatalf("%s: %s", args, got.stderr)
		}
		for line := range strings.Lines(got.stdout) {
			// What is to be copied stays whole, and so does a word.
			if strings.HasPrefix(line, "      ") && strings.Contains(line, " = ") || len(strings.Fields(line)) < 3 {
				continue
			}
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", args, n, line)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"a b c\n", 0, "a b c\n"},
		{strings.Repeat("word ", 10) + "\n", 40, "word word word word word word word word\n  word word\n"},
		{"  left  " + strings.Repeat("word ", 10) + "\nx", 40, "  left  word word word word word word\n        word word word word\nx"},
		{strings.Repeat("x", 50) + " y\n", 10, strings.Repeat("x", 50) + "\n  y\n"},
		{"\n\n", 40, "\n\n"},
	} {
		if got := fit(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
