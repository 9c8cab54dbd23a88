package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestInit(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan})
	before := boundlint(t, "", nil, "bad.json", "--verbose")
	if got := boundlint(t, "", nil, "init"); got.code != 0 ||
		!strings.HasPrefix(got.stderr, "boundlint: .: there is no Terraform configuration in it or below it") {
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
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
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

// deployers are three instances of an administrator that is named after what
// deploys, one of them with a wildcard in its key.
const deployers = `resource "aws_iam_role" "deployer" {
  for_each           = toset(["a*", "b", "c"])
  name               = "deploy-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "deployer" {
  for_each   = aws_iam_role.deployer
  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`

// TestInitDeployers: one block stands for all instances of a deployer in all root
// modules, and exempts from the rules of any.
func TestInitDeployers(t *testing.T) {
	workspace(t, map[string]string{"dev/main.tf": deployers, "prod/main.tf": deployers})
	if got := boundlint(t, "", nil, "init"); got.code != 0 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	proposed := read(t, ".boundlint.hcl")
	for _, once := range []string{
		"# aws_iam_role.deployer of dev and prod seems to deploy: ", "\ntrusted \"aws_iam_role.deployer\" {",
		"\nexempt \"aws_iam_role.deployer\" {", "rules  = [\"admin-attached\", \"boundary-missing\"]",
	} {
		if strings.Count(proposed, once) != 1 {
			t.Errorf("not once %q:\n%s", once, proposed)
		}
	}
	if got := boundlint(t, "", nil); got.code != 0 || !strings.Contains(got.stdout, "no violations") {
		t.Errorf("%+v", got)
	}
}

// TestInitSharedAddress: an address that another root module gives to what does
// not deploy is not trusted.
func TestInitSharedAddress(t *testing.T) {
	other := strings.NewReplacer("deploy-", "app-", "AdministratorAccess", "ReadOnlyAccess").Replace(deployers)
	workspace(t, map[string]string{"dev/main.tf": deployers, "prod/main.tf": other})
	got := boundlint(t, "", nil, "init", "--stdout")
	if got.code != 0 || strings.Contains(got.stdout, "\ntrusted") || !strings.Contains(got.stdout, "Its address would name others, too") {
		t.Errorf("%+v", got)
	}
}

// TestInitInstances: where not all instances deploy, only those that do are
// trusted; the key of a module's instance is no glob.
func TestInitInstances(t *testing.T) {
	some := strings.Replace(deployers, "aws_iam_role.deployer\n", `{ b = aws_iam_role.deployer["b"] }`+"\n", 1)
	workspace(t, map[string]string{
		"some/main.tf":   some,
		"mod/main.tf":    strings.NewReplacer("\"deployer\"", "\"ci\"", "role.deployer", "role.ci").Replace(deployers) + "variable \"n\" {}\n",
		"module/main.tf": "module \"m\" {\n  for_each = toset([\"x*\", \"y\"])\n  source   = \"../mod\"\n  n        = each.key\n}\n",
	})
	got := boundlint(t, "", nil, "init", "--stdout", "--exclude", "mod")
	blocks := regexp.MustCompile(`(?m)^trusted .*$`).FindAllString(got.stdout, -1)
	if want := []string{`trusted "aws_iam_role.deployer[\"b\"]" {`, `trusted "module.m[\"y\"].aws_iam_role.ci" {`}; !slices.Equal(blocks, want) {
		t.Errorf("%q, want %q\n%s", blocks, want, got.stdout)
	}
}

// TestInitUnread: what cannot be read is told, in the file as well.
func TestInitUnread(t *testing.T) {
	workspace(t, map[string]string{
		"dev/main.tf": deployers, "broken/main.tf": "resource {{\n", "vars/main.tf": deployers, "vars/terraform.tfvars": "x = {\n",
	})
	got := boundlint(t, "", nil, "init")
	proposed := read(t, ".boundlint.hcl")
	for _, place := range []string{"broken/main.tf:1", "vars/terraform.tfvars:"} {
		if !strings.Contains(got.stderr, "boundlint: "+place) || !strings.Contains(proposed, "\n#   "+place) {
			t.Errorf("%s is not told: %s\n%s", place, got.stderr, proposed)
		}
	}
	if got.code != 2 || !strings.HasPrefix(got.stdout, "wrote ") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "init", "--stdout", "broken"); got.code != 2 || !strings.HasPrefix(got.stdout, "# Not everything was read") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "init", "dev/main.tf"); got.code != 2 || !strings.Contains(got.stderr, "takes a directory, and dev/main.tf is a file") {
		t.Errorf("%+v", got)
	}
}
