package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// matcher is what GitHub reads of a problem matcher.
type matcher struct {
	Owner    string
	Severity string
	Pattern  []struct {
		Regexp                                      string
		File, Line, Column, Severity, Message, Code int
	}
}

func matchers(t *testing.T) []matcher {
	t.Helper()
	var file struct{ ProblemMatcher []matcher }
	if err := json.Unmarshal([]byte(read(t, filepath.Join(repository(t), "problem-matcher.json"))), &file); err != nil {
		t.Fatal(err)
	}
	return file.ProblemMatcher
}

// annotated is what GitHub makes of a line: severity, file, line, column and
// rule; "" for nothing.
func annotated(t *testing.T, all []matcher, line string) string {
	t.Helper()
	var found []string
	for _, m := range all {
		if len(m.Pattern) != 1 {
			t.Fatalf("%s: %d patterns", m.Owner, len(m.Pattern))
		}
		p := m.Pattern[0]
		groups := regexp.MustCompile(p.Regexp).FindStringSubmatch(line)
		if groups == nil {
			continue
		}
		severity := m.Severity
		if p.Severity > 0 {
			severity = groups[p.Severity]
		}
		if !strings.Contains(line, groups[p.Message]) {
			t.Errorf("%s: message %q", line, groups[p.Message])
		}
		found = append(found, strings.Join([]string{severity, groups[p.File], groups[p.Line], groups[p.Column], groups[p.Code]}, " "))
	}
	return strings.Join(found, " and ")
}

// TestProblemMatcher applies the problem matcher of the action to what
// --format compact prints.
func TestProblemMatcher(t *testing.T) {
	all := matchers(t)
	workspace(t, map[string]string{
		"live/main.tf":   "resource \"aws_iam_role\" \"r\" {\n  name               = \"x\"\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = \"*\" }] })\n}\n",
		".boundlint.hcl": "naming \"aws_iam_role\" {\n  name = \"app-*\"\n}\nrule \"name-prefix\" {\n  severity = \"note\"\n}\n",
		"plan.json":      badPlan,
	})
	got := boundlint(t, "", nil, "--format", "compact", "live", "plan.json")
	want := map[string]bool{
		"error live/main.tf 1 1 boundary-missing": false, "notice live/main.tf 2 24 name-prefix": false, "error live/main.tf 3 133 trust-too-open": false,
	}
	for line := range strings.Lines(got.stdout) {
		annotation := annotated(t, all, strings.TrimSuffix(line, "\n"))
		if _, known := want[annotation]; known {
			want[annotation] = true
		} else if annotation != "" {
			t.Errorf("annotates %q: %s", annotation, line)
		}
	}
	for annotation, seen := range want {
		if !seen {
			t.Errorf("nothing is annotated as %q in\n%s", annotation, got.stdout)
		}
	}
	if !strings.Contains(got.stdout, "aws_iam_role.bare: error: ") {
		t.Errorf("the finding without a place is missing:\n%s", got.stdout)
	}
}

// TestProblemMatcherInUse: the action registers the file that is there.
func TestProblemMatcherInUse(t *testing.T) {
	name := regexp.MustCompile(`::add-matcher::\$GITHUB_ACTION_PATH/([\w.-]+)`).FindStringSubmatch(read(t, filepath.Join(repository(t), ".github/action/lint.sh")))
	if name == nil {
		t.Fatal("the action registers no problem matcher")
	}
	if _, err := os.Stat(filepath.Join(repository(t), name[1])); err != nil {
		t.Error(err)
	}
}
