package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitRepository makes the current directory a repository with one commit.
func gitRepository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := workspace(t, files)
	if err := os.Remove(".git"); err != nil {
		t.Fatal(err)
	}
	runGit(t, "init", "-q", "-b", "main")
	commitAll(t)
	return dir
}

func runGit(t *testing.T, args ...string) {
	t.Helper()
	c := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func commitAll(t *testing.T) {
	t.Helper()
	runGit(t, "add", "-A")
	runGit(t, "commit", "-q", "-m", "x")
}

// TestChangedFrom reports what a revision has not.
func TestChangedFrom(t *testing.T) {
	module := "variable \"name\" {}\n" + role("in", "var.name")
	gitRepository(t, map[string]string{
		"a/main.tf":                         role("one", `"app-one"`) + "module \"m\" {\n  source  = \"example/m/aws\"\n  version = \"1.0.0\"\n  name    = \"app-m\"\n}\n",
		"a/.terraform/modules/modules.json": `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/example/m/aws","Version":"1.0.0","Dir":".terraform/modules/m"}]}`,
		"a/.terraform/modules/m/main.tf":    module,
		".gitignore":                        ".terraform\n",
		"b/main.tf":                         role("one", `"app-one"`),
		"c/main.tf":                         role("one", `"app-one"`),
		"outside.tf":                        "",
	})
	expect := func(code int, want string, args ...string) string {
		t.Helper()
		got := boundlint(t, "", nil, append([]string{"lint", "--format", "json"}, args...)...)
		findings, _ := reported(t, got)
		if text := strings.Join(findings, "\n"); got.code != code || text != want {
			t.Errorf("%v: exit %d %s\ngot\n%s\nwant\n%s", args, got.code, got.stderr, text, want)
		}
		return got.stdout
	}
	told := expect(0, "", "--changed-from", "HEAD", "a", "b", "c")
	if !strings.Contains(told, `"inRevision": 4`) || !strings.Contains(told, `"name": "HEAD"`) {
		t.Error(told)
	}
	editFile(t, "b/main.tf", func(src string) string { return "# Moved.\n" + src + role("hole", `"app-hole"`) })
	hole := "boundary-missing aws_iam_role.hole: The role app-hole has no permissions boundary."
	expect(1, hole, "--changed-from", "HEAD", "a", "b", "c")
	expect(1, hole, "--changed-from", "main", "b")
	commitAll(t)
	expect(0, "", "--changed-from", "HEAD", "a", "b", "c")
	expect(1, hole, "--changed-from", "HEAD~1", "a", "b", "c")
	t.Chdir("b")
	expect(1, hole, "--changed-from", "HEAD~1")
	t.Chdir("..")

	// A new root module is new as a whole; what is fixed says nothing.
	editFile(t, "c/main.tf", func(string) string { return "" })
	if err := os.Mkdir("d", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("d/main.tf", []byte(role("new", `"app-new"`)), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(1, "boundary-missing aws_iam_role.new: The role app-new has no permissions boundary.", "--changed-from", "HEAD", "a", "b", "c", "d")
	// A revision that turns a rule off has none of its findings.
	if err := os.WriteFile("b/.boundlint.hcl", []byte("rule \"boundary-missing\" {\n  enabled = false\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	commitAll(t)
	if err := os.Remove("b/.boundlint.hcl"); err != nil {
		t.Fatal(err)
	}
	expect(1, hole+"\nboundary-missing aws_iam_role.one: The role app-one has no permissions boundary.", "--changed-from", "HEAD", "b")
	got := boundlint(t, "", nil, "lint", "--changed-from", "HEAD~1", "a")
	if !strings.Contains(got.stdout, "compared with: HEAD~1 (commit ") || !strings.Contains(got.stdout, "2 suppressed (2 in the revision)") {
		t.Error(got.stdout)
	}
}

// TestChangedFromConfiguration: with --config-from both revisions are judged by one
// configuration.
func TestChangedFromConfiguration(t *testing.T) {
	gitRepository(t, map[string]string{"a/main.tf": role("one", `"one"`), ".boundlint.hcl": "naming \"aws_iam_role\" {\n  name = \"svc-*\"\n}\n"})
	editFile(t, "a/main.tf", func(src string) string { return src + role("two", `"two"`) })
	editFile(t, ".boundlint.hcl", func(string) string { return "naming \"aws_iam_role\" {\n  name = \"*\"\n}\n" })
	got := boundlint(t, "", nil, "lint", "--format", "json", "--changed-from", "HEAD", "--config-from", "HEAD", "a")
	findings, _ := reported(t, got)
	want := "boundary-missing aws_iam_role.two: The role two has no permissions boundary.\nname-prefix aws_iam_role.two: The role two is not named svc-*."
	if text := strings.Join(findings, "\n"); text != want || !strings.Contains(got.stdout, `"inRevision": 2`) {
		t.Errorf("%s\n%s", text, got.stderr)
	}
}

// TestChangedFromMissing says what to fetch, and what else there is wrong.
func TestChangedFromMissing(t *testing.T) {
	dir := gitRepository(t, map[string]string{"main.tf": role("one", `"app-one"`), "plan.json": goodPlan})
	editFile(t, "main.tf", func(src string) string { return src + "#\n" })
	commitAll(t)
	clone := filepath.Join(t.TempDir(), "clone")
	runGit(t, "clone", "-q", "--depth=1", "file://"+dir, clone)
	t.Chdir(clone)
	for args, want := range map[string]string{
		"--changed-from HEAD~1":                      "there is no revision HEAD~1 in this shallow clone: fetch it, git fetch --depth=1 origin HEAD~1",
		"--changed-from origin/release/1":            "there is no revision origin/release/1 in this shallow clone: fetch it, git fetch --depth=1 origin release/1:refs/remotes/origin/release/1",
		"--changed-from --output=x":                  "there is no revision --output=x in this shallow clone: fetch it, git fetch --depth=1 origin --output=x",
		"--changed-from=":                            "--changed-from names no revision",
		"--changed-from HEAD --baseline x":           "--changed-from and --baseline are two ways to say what is known: name one of them",
		"--changed-from HEAD plan.json":              "--changed-from compares directories of configuration in the repository, and plan.json is none",
		"--changed-from HEAD " + filepath.Dir(clone): "--changed-from compares directories of configuration in the repository, and " + filepath.Dir(clone) + " is none",
	} {
		if got := boundlint(t, "", nil, append([]string{"lint"}, strings.Fields(args)...)...); got.code != 2 || got.stderr != "boundlint: "+want+"\n" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := boundlint(t, "", nil, "lint", "--changed-from", "HEAD"); got.code != 0 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	workspace(t, map[string]string{"main.tf": role("one", `"app-one"`)})
	if got := boundlint(t, "", nil, "lint", "--changed-from", "HEAD"); got.code != 2 || !strings.HasPrefix(got.stderr, "boundlint: git rev-parse: fatal: not a git repository") {
		t.Errorf("%+v", got)
	}
}

// TestChangedFromRunsNothing: a repository that would have git run programs has none
// run, and its links lead nowhere.
func TestChangedFromRunsNothing(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.tf")
	if err := os.WriteFile(outside, []byte(role("outside", `"app-outside"`)), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := gitRepository(t, map[string]string{"main.tf": role("one", `"app-one"`)})
	if err := os.Symlink(outside, "link.tf"); err != nil {
		t.Fatal(err)
	}
	commitAll(t)
	if err := os.WriteFile(".gitattributes", []byte("*.tf filter=x diff=x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	commitAll(t)
	touched := filepath.Join(dir, "touched")
	script := filepath.Join(dir, ".git", "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+touched+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	hooks := filepath.Join(dir, ".git", "hooks")
	if err := os.MkdirAll(hooks, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"post-checkout", "pre-commit", "post-index-change", "reference-transaction"} {
		if err := os.WriteFile(filepath.Join(hooks, hook), []byte("#!/bin/sh\ntouch "+touched+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, setting := range []string{"filter.x.smudge", "filter.x.clean", "filter.x.process", "diff.x.textconv", "core.fsmonitor", "core.pager", "core.sshCommand", "credential.helper"} {
		runGit(t, "config", setting, script)
	}
	if err := os.RemoveAll(touched); err != nil {
		t.Fatal(err)
	}
	got := boundlint(t, "", nil, "lint", "--format", "json", "--changed-from", "HEAD")
	if _, err := os.Stat(touched); err == nil {
		t.Error("git ran a program of the repository")
	}
	if findings, _ := reported(t, got); len(findings) > 0 || !strings.Contains(got.stdout, `"inRevision": 1`) {
		t.Errorf("%s\n%s", findings, got.stdout)
	}
}

// TestChangedFromVarFile: a variable file of the repository counts as the revision has
// it.
func TestChangedFromVarFile(t *testing.T) {
	gitRepository(t, map[string]string{
		"app/main.tf": "variable \"pb\" {}\n" + strings.Replace(role("one", `"app-one"`), "{\n", "{\n  permissions_boundary = var.pb\n", 1),
		"prod.tfvars": "pb = \"arn:aws:iam::111122223333:policy/wb\"\n",
	})
	if got := boundlint(t, "", nil, "lint", "--var-file", "prod.tfvars", "--changed-from", "HEAD", "app"); got.code != 0 {
		t.Errorf("nothing is changed: %+v", got)
	}
	write(t, ".", map[string]string{"prod.tfvars": "pb = null\n"})
	got := boundlint(t, "", nil, "lint", "--var-file", "prod.tfvars", "--changed-from", "HEAD", "app")
	if got.code != 1 || !strings.Contains(got.stdout, "boundary-missing  aws_iam_role.one") {
		t.Errorf("the boundary is gone: %+v", got)
	}
}
