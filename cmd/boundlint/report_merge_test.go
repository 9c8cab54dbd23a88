package main

import (
	"os"
	"strings"
	"testing"
)

// TestMergeTwice: a report that is named twice would count twice, and is refused by whatever
// names it has; reports that only hold the same are those of two jobs.
func TestMergeTwice(t *testing.T) {
	workspace(t, map[string]string{"main.tf": lspRole})
	report := boundlint(t, "", nil, "lint", "--format", "json").stdout
	for _, name := range []string{"a.json", "b.json"} {
		if err := os.WriteFile(name, []byte(report), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type refused struct {
		args []string
		want string
	}
	list := []refused{
		{[]string{"a.json", "a.json"}, "a.json is named twice"},
		{[]string{"a.json", "b.json", "./a.json"}, "a.json and ./a.json are the same file"},
		{[]string{"-", "a.json", "-"}, "standard input (-) is named twice"},
		{[]string{"none.json", "none.json"}, "no such file"},
	}
	if err := os.Symlink("a.json", "link.json"); err == nil {
		list = append(list, refused{[]string{"a.json", "link.json"}, "a.json and link.json are the same file"})
	}
	if err := os.Link("a.json", "hard.json"); err == nil {
		list = append(list, refused{[]string{"hard.json", "a.json"}, "hard.json and a.json are the same file"})
	}
	for _, format := range []string{"json", "ndjson"} {
		for _, c := range list {
			got := boundlint(t, report, nil, append([]string{"report", "merge", "--format", format}, c.args...)...)
			if got.code != exitFailure || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("%s %v: %+v", format, c.args, got)
			}
		}
		got := boundlint(t, report, nil, "report", "merge", "--format", format, "a.json", "b.json", "-")
		if got.code != exitFindings || strings.Count(got.stdout, "fingerprint\"") < 3 {
			t.Errorf("%s: %+v", format, got)
		}
	}
}
