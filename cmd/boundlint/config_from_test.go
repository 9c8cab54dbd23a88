package main

import (
	"os"
	"strings"
	"testing"
)

// A pull request is judged by the configuration and the baseline of its base, and
// what it changes of them is told.
func TestConfigFrom(t *testing.T) {
	const bare = "resource \"aws_iam_role\" \"bare\" {\n  name = \"app-bare\"\n}\n"
	gitRepository(t, map[string]string{"infra/main.tf": bare, ".boundlint.hcl": "naming \"aws_iam_role\" {\n  name = \"app-*\"\n}\n"})

	same := boundlint(t, "", nil, "lint", "--config-from", "HEAD", "infra")
	if same.code != 1 || strings.Contains(same.stdout, "not as in") || !strings.Contains(same.stdout, "configuration: HEAD:.boundlint.hcl") {
		t.Errorf("nothing is changed: %+v", same)
	}

	write(t, ".", map[string]string{
		".boundlint.hcl":           "rule \"boundary-missing\" {\n  enabled = false\n}\n",
		"infra/main.tf":            "# boundlint:ignore name-prefix reason=\"later\"\n" + bare,
		"infra/.boundlint.hcl":     "preset = \"audit\"\n",
		".boundlint-baseline.json": read(t, writtenBaseline(t)),
	})
	if got := boundlint(t, "", nil, "lint", "--config", ".boundlint.hcl", "infra"); got.code != 0 {
		t.Errorf("the change turns the rule off: %+v", got)
	}
	got := boundlint(t, "", nil, "lint", "--config-from", "HEAD", "--baseline", ".boundlint-baseline.json", "infra")
	if got.code != 1 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{
		"error    boundary-missing  aws_iam_role.bare",
		"warning: .boundlint.hcl is not as in HEAD, whose counts",
		"warning: infra/.boundlint.hcl is not as in HEAD, whose counts",
		"warning: .boundlint-baseline.json is not as in HEAD, whose counts",
		"warning: infra/main.tf:1: HEAD has no such comment there: boundlint:ignore name-prefix",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in\n%s", want, got.stdout)
		}
	}

	for args, want := range map[string]string{
		"--config-from nowhere infra":                "there is no revision nowhere in this clone",
		"--config-from= infra":                       "--config-from names no revision",
		"--config-from HEAD --config /etc/x infra":   "is not in the repository",
		"--config-from HEAD --baseline /etc/x infra": "is not in the repository",
	} {
		got := boundlint(t, "", nil, append([]string{"lint"}, strings.Fields(args)...)...)
		if got.code != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

// TestConfigFromIgnores: a comment that ignores findings is told where it is copied or moved
// to something else, and not where lines or blocks move.
func TestConfigFromIgnores(t *testing.T) {
	const comment = "# boundlint:ignore boundary-missing reason=\"later\"\n"
	commented := func(label string) string {
		return "\nresource \"aws_iam_role\" \"" + label + "\" {\n  " + comment + "  name = \"app\"\n}\n"
	}
	one, two := role("one", `"app-one"`), role("two", `"app-two"`)
	statements := func(first, second string) string {
		return "data \"aws_iam_policy_document\" \"d\" {\n" + first + "  statement {\n    actions = [\"s3:*\"]\n  }\n" +
			second + "  statement {\n    actions = [\"sqs:*\"]\n  }\n}\n"
	}
	for name, c := range map[string]struct {
		before, after, line string
	}{
		"the same":          {comment + one + two, comment + one + two, ""},
		"moved lines":       {comment + one + two, "\n# Another one.\n\n" + comment + one + two, ""},
		"other order":       {comment + one + two, two + comment + one, ""},
		"a changed block":   {comment + one + two, comment + strings.Replace(one, "app-one", "app-1", 1) + two, ""},
		"copied":            {comment + one + two, comment + one + comment + two, ":6:"},
		"moved":             {comment + one + two, one + comment + two, ":5:"},
		"moved with labels": {commented("one") + two, commented("three") + two, ":3:"},
		"in a block":        {commented("one"), "\n" + commented("one"), ""},
		"of a statement":    {statements(comment, ""), statements("", comment), ":5:"},
		"at the end":        {"locals {\n  a = 1 " + comment + "  b = 2\n}\n", "locals {\n  a = 1\n  b = 2 " + comment + "}\n", ":3:"},
		"another reason":    {comment + one, strings.Replace(comment, "later", "never", 1) + one, ":1:"},
		"another file":      {one, "", ":1:"},
	} {
		t.Run(name, func(t *testing.T) {
			file := "infra/main.tf"
			gitRepository(t, map[string]string{file: c.before})
			if c.after == "" {
				file, c.after = "infra/other.tf", comment+two
			}
			write(t, ".", map[string]string{file: c.after})
			got := boundlint(t, "", nil, "lint", "--config-from", "HEAD", "infra")
			told := strings.Contains(got.stdout, "HEAD has no such comment there: boundlint:ignore boundary-missing")
			if told != (c.line != "") || !strings.Contains(got.stdout, "warning: "+file+c.line) && told {
				t.Errorf("want %q:\n%s%s", c.line, got.stdout, got.stderr)
			}
		})
	}
}

// writtenBaseline is a baseline of all that there is, in a file elsewhere.
func writtenBaseline(t *testing.T) string {
	t.Helper()
	if got := boundlint(t, "", nil, "baseline", "write", "infra"); got.code != 0 {
		t.Fatal(got)
	}
	file := t.TempDir() + "/baseline.json"
	if err := os.Rename(".boundlint-baseline.json", file); err != nil {
		t.Fatal(err)
	}
	return file
}
