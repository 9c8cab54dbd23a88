package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreCommit has the real pre-commit run the hooks on commits to a real
// repository.
func TestPreCommit(t *testing.T) {
	preCommit := os.Getenv("BOUNDLINT_TEST_PRE_COMMIT")
	if preCommit == "" {
		preCommit = "pre-commit"
	}
	preCommit, err := exec.LookPath(preCommit)
	if err != nil {
		t.Skip("pre-commit is not installed: put it on the PATH, or name it in BOUNDLINT_TEST_PRE_COMMIT")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	home := t.TempDir()
	env := append(os.Environ(), "HOME="+home, "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "PRE_COMMIT_COLOR=never",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "PATH="+filepath.Dir(preCommit)+string(os.PathListSeparator)+os.Getenv("PATH"))
	try := func(dir, name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(dir, name string, args ...string) string {
		t.Helper()
		out, err := try(dir, name, args...)
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(out)
	}
	manifest, err := os.ReadFile(filepath.Join(repository(t), ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	must(repository(t), preCommit, "validate-manifest", ".pre-commit-hooks.yaml")

	// The hooks as they are published, but for the building of the program.
	program := filepath.Join(home, "boundlint")
	must(filepath.Join(repository(t), "cmd", "boundlint"), "go", "build", "-o", program, ".")
	hooks := filepath.Join(home, "hooks")
	published := strings.NewReplacer("language: golang", "language: system", "entry: boundlint", "entry: "+program).Replace(string(manifest))
	write(t, hooks, map[string]string{".pre-commit-hooks.yaml": published})
	must(hooks, "git", "init", "-q")
	must(hooks, "git", "add", ".")
	must(hooks, "git", "commit", "-q", "-m", "hooks")
	rev := must(hooks, "git", "rev-parse", "HEAD")

	dir := filepath.Join(home, "project")
	call := func(boundary string) string {
		return "module \"role\" {\n  source   = \"../../modules/role\"\n  boundary = " + boundary + "\n}\n"
	}
	const arn = `"arn:aws:iam::111122223333:policy/workload-boundary"`
	role := `variable "boundary" {
  type = string
}

resource "aws_iam_role" "this" {
  name                 = "app-worker"
  permissions_boundary = var.boundary
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
`
	write(t, dir, map[string]string{
		".pre-commit-config.yaml": "repos:\n- repo: " + hooks + "\n  rev: " + rev + "\n  hooks:\n  - id: boundlint\n  - id: boundlint-plan\n",
		"README.md":               "a project\n",
		"modules/role/main.tf":    role,
		"live/good/main.tf":       call(arn),
		"live/bad/main.tf":        call("null"),
		"live/bad/outputs.tf":     "output \"x\" { value = 1 }\n",
		"live/untouched/main.tf":  strings.ReplaceAll(role, "var.boundary", "null"),
		"live/data/main.tf":       strings.ReplaceAll(role, "var.boundary", "yamldecode(file(\"${path.module}/../../data/roles.yaml\")).boundary"),
		"data/roles.yaml":         "boundary: " + strings.Trim(arn, `"`) + "\n",
	})
	must(dir, "git", "init", "-q")
	must(dir, "git", "add", ".")
	must(dir, "git", "commit", "-q", "-m", "start")
	must(dir, preCommit, "install")

	commit := func(files map[string]string) (string, error) {
		t.Helper()
		write(t, dir, files)
		must(dir, "git", "add", ".")
		return try(dir, "git", "commit", "-m", "change")
	}
	out, err := commit(map[string]string{"README.md": "changed\n"})
	if err != nil || strings.Contains(out, "boundary-missing") {
		t.Fatalf("a commit without Terraform: %v\n%s", err, out)
	}
	out, err = commit(map[string]string{
		"modules/role/main.tf": "# changed\n" + role,
		"live/bad/outputs.tf":  "output \"x\" { value = 2 }\n",
	})
	if err == nil || strings.Count(out, "error    boundary-missing") != 1 || !strings.Contains(out, "live/bad/main.tf:3") || strings.Contains(out, "untouched") {
		t.Fatalf("a changed module and a changed root that calls it: %v\n%s", err, out)
	}
	out, err = commit(map[string]string{"live/bad/main.tf": call(arn)})
	if err != nil {
		t.Fatalf("all fixed: %v\n%s", err, out)
	}
	out, err = commit(map[string]string{"package.json": "{}\n", ".github/workflows/ci.yml": "on: push\n"})
	if err != nil {
		t.Fatalf("files that no module reads: %v\n%s", err, out)
	}
	out, err = commit(map[string]string{"data/roles.yaml": "boundary: null\n"})
	if err == nil || strings.Count(out, "error    boundary-missing") != 1 || !strings.Contains(out, "live/data/main.tf") || strings.Contains(out, "untouched") {
		t.Fatalf("a data file that a root reads: %v\n%s", err, out)
	}
	out, err = commit(map[string]string{"data/roles.yaml": "boundary: " + strings.Trim(arn, `"`) + " # fixed\n"})
	if err != nil {
		t.Fatalf("the data file is fixed: %v\n%s", err, out)
	}
	// A file that a root has by a link, and a link that leads elsewhere.
	if _, err := commit(map[string]string{"live/link/main.tf": "locals {\n  x = 1\n}\n", "shared/role.tf": "locals {\n  y = 1\n}\n", "shared/bare.tf": "locals {\n  z = 1\n}\n"}); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "live", "link", "role.tf")
	if err := os.Symlink("../../shared/role.tf", link); err != nil {
		t.Skip(err)
	}
	if out, err = commit(nil); err != nil {
		t.Fatalf("a link: %v\n%s", err, out)
	}
	bare := strings.ReplaceAll(role, "var.boundary", "null")
	out, err = commit(map[string]string{"shared/role.tf": bare})
	if err == nil || !strings.Contains(out, "live/link") {
		t.Fatalf("a file behind a link: %v\n%s", err, out)
	}
	must(dir, "git", "checkout", "-q", "HEAD", "--", ".")
	must(dir, "git", "commit", "-q", "--no-verify", "--allow-empty", "-m", "as before")
	write(t, dir, map[string]string{"shared/bare.tf": bare})
	must(dir, "git", "add", ".")
	must(dir, "git", "commit", "-q", "--no-verify", "-m", "a role without a boundary")
	if err := errors.Join(os.Remove(link), os.Symlink("../../shared/bare.tf", link)); err != nil {
		t.Fatal(err)
	}
	if out, err = commit(nil); err == nil || !strings.Contains(out, "boundary-missing") {
		t.Fatalf("a link that leads elsewhere: %v\n%s", err, out)
	}
	must(dir, "git", "reset", "-q", "--hard")
	out, err = commit(map[string]string{"plans/plan.json": badPlan})
	if err == nil || !strings.Contains(out, "boundary-missing  aws_iam_role.bare") {
		t.Fatalf("a plan: %v\n%s", err, out)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
