//go:build unix

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kindOfFile is a kind of file that boundlint looks for, or that configuration
// names, in a repository.
type kindOfFile struct {
	path string
	// content shows mark in the report where it is read.
	content string
	// around are the other files that it takes.
	around map[string]string
	// comment makes the file longer and changes nothing; "" where the format
	// has none.
	comment string
}

const mark = "quince"

const (
	markedRole   = "resource \"aws_iam_role\" \"r\" {\n  name               = \"quince\"\n  assume_role_policy = \"{}\"\n}\n"
	variableRole = "variable \"name\" {}\nresource \"aws_iam_role\" \"r\" {\n  name               = var.name\n  assume_role_policy = \"{}\"\n}\n"
)

// roleNamed is a role whose name an expression gives.
func roleNamed(expression string) map[string]string {
	return map[string]string{"main.tf": "resource \"aws_iam_role\" \"r\" {\n  name               = " + expression + "\n  assume_role_policy = \"{}\"\n}\n"}
}

var kindsOfFiles = map[string]kindOfFile{
	"configuration file": {
		path: ".boundlint.hcl", content: "naming \"aws_iam_role\" {\n  name = \"quince-*\"\n}\n", comment: "#", around: roleNamed(`"r"`),
	},
	"policy document": {
		path:    "boundary.json",
		content: `{"Version":"2012-10-17","Statement":[{"Sid":"quince","Effect":"Allow","Action":"iam:*","Resource":"*"}]}`, comment: " ",
		around: map[string]string{
			".boundlint.hcl": "boundary \"b\" {\n  arns     = [\"arn:aws:iam::111122223333:policy/b\"]\n  document = \"boundary.json\"\n}\n",
			"main.tf":        "resource \"aws_iam_role\" \"r\" {\n  name = \"app-r\"\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/b\"\n  assume_role_policy = \"{}\"\n}\n",
		},
	},
	"organization policy": {
		path:    "scp/quince.json",
		content: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:Quince","Resource":"*"}]}`, comment: " ",
		around: map[string]string{".boundlint.hcl": "organization_policies = [\"scp/*.json\"]\n", "main.tf": roleNamed(`"app-r"`)["main.tf"]},
	},
	"configuration":           {path: "main.tf", content: markedRole, comment: "#"},
	"configuration of tofu":   {path: "main.tofu", content: markedRole, comment: "#"},
	"override":                {path: "override.tf", content: markedRole, comment: "#", around: roleNamed(`"app-r"`)},
	"configuration in JSON":   {path: "main.tf.json", content: `{"resource":{"aws_iam_role":{"r":{"name":"quince","assume_role_policy":"{}"}}}}`, comment: " "},
	"module":                  {path: "m/main.tf", content: markedRole, comment: "#", around: map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n"}},
	"values":                  {path: "terraform.tfvars", content: "name = \"quince\"\n", comment: "#", around: map[string]string{"main.tf": variableRole}},
	"values in JSON":          {path: "terraform.tfvars.json", content: `{"name":"quince"}`, comment: " ", around: map[string]string{"main.tf": variableRole}},
	"values by name":          {path: "x.auto.tfvars", content: "name = \"quince\"\n", comment: "#", around: map[string]string{"main.tf": variableRole}},
	"list of modules":         {path: ".terraform/modules/modules.json", content: `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/a/b/c","Version":"1.0.0","Dir":"m"}]}`, comment: " ", around: map[string]string{"main.tf": "module \"m\" {\n  source = \"a/b/c\"\n}\n", "m/main.tf": markedRole}},
	"workspace":               {path: ".terraform/environment", content: "quince", around: roleNamed("terraform.workspace")},
	"file":                    {path: "name.txt", content: "quince", around: roleNamed(`file("name.txt")`)},
	"filebase64":              {path: "name.txt", content: "quince", around: roleNamed(`base64decode(filebase64("name.txt"))`)},
	"templatefile":            {path: "name.tmpl", content: "${x}", around: roleNamed(`templatefile("name.tmpl", {x = "quince"})`)},
	"fileset":                 {path: "names/quince", content: "", around: roleNamed(`one(fileset("names", "q*"))`)},
	"fileexists":              {path: "names/x", content: "", around: roleNamed(`fileexists("names/x") ? "quince" : "other"`)},
	"decoded":                 {path: "names.json", content: `{"name":"quince"}`, comment: " ", around: roleNamed(`jsondecode(file("names.json")).name`)},
	"locked providers":        {path: ".terraform.lock.hcl", content: "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"6.0.0\"\n}\n", comment: "#", around: roleNamed(`"quince"`)},
	"ignore in configuration": {path: "main.tf", content: "# boundlint:ignore quince reason=\"x\"\n" + markedRole, comment: "#"},
}

// states are what may be in the place of a file; put makes it so.
var states = map[string]struct {
	put  func(t *testing.T, k kindOfFile, path, outside string)
	read bool
}{
	"regular": {func(t *testing.T, k kindOfFile, path, _ string) { t.Helper(); put(t, path, k.content) }, true},
	"link inside": {func(t *testing.T, k kindOfFile, path, _ string) {
		t.Helper()
		// Elsewhere in the repository, under a name that is not looked for.
		put(t, "elsewhere/content", k.content)
		symlink(t, strings.Repeat("../", strings.Count(path, "/"))+"elsewhere/content", path)
	}, true},
	"absolute link inside": {func(t *testing.T, k kindOfFile, path, _ string) {
		t.Helper()
		put(t, "elsewhere/content", k.content)
		full, err := filepath.Abs("elsewhere/content")
		if err != nil {
			t.Fatal(err)
		}
		symlink(t, full, path)
	}, true},
	"link out": {func(t *testing.T, k kindOfFile, path, outside string) {
		t.Helper()
		put(t, filepath.Join(outside, "content"), k.content)
		symlink(t, filepath.Join(outside, "content"), path)
	}, false},
	"link into git": {func(t *testing.T, k kindOfFile, path, _ string) {
		t.Helper()
		put(t, ".git/content", k.content)
		symlink(t, strings.Repeat("../", strings.Count(path, "/"))+".git/content", path)
	}, false},
	"FIFO": {func(t *testing.T, _ kindOfFile, path, _ string) {
		t.Helper()
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skipf("no FIFO here: %v", err)
		}
	}, false},
	"device":    {func(t *testing.T, _ kindOfFile, path, _ string) { t.Helper(); symlink(t, "/dev/zero", path) }, false},
	"directory": {func(t *testing.T, _ kindOfFile, path, _ string) { t.Helper(); put(t, path+"/x", "") }, false},
	"too large": {func(t *testing.T, k kindOfFile, path, _ string) {
		t.Helper()
		put(t, path, k.content+k.comment+strings.Repeat(" ", 4<<20))
	}, false},
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// TestFilesOfARepository puts everything that there is in the place of every
// kind of file. What is not a regular file of the repository is not read, and keeps
// nobody waiting.
func TestFilesOfARepository(t *testing.T) {
	for _, kind := range slices.Sorted(maps.Keys(kindsOfFiles)) {
		k := kindsOfFiles[kind]
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if exists := kind == "fileset" || kind == "fileexists"; exists && (state == "too large" || state == "link into git") {
				continue // it is there, and its content is not asked for
			}
			t.Run(kind+"/"+state, func(t *testing.T) {
				outside := t.TempDir()
				workspace(t, k.around)
				if err := os.MkdirAll(filepath.Dir(k.path), 0o755); err != nil {
					t.Fatal(err)
				}
				states[state].put(t, k, k.path, outside)
				done := make(chan result, 1)
				go func() { done <- boundlint(t, "", nil, "lint", "--verbose", "--format", "json") }()
				select {
				case got := <-done:
					checkFiles(t, kind, got, states[state].read, outside)
				case <-time.After(time.Minute):
					t.Fatal("it waits for ever")
				}
			})
		}
	}
}

// checkFiles looks for the mark of a file in what boundlint says.
func checkFiles(t *testing.T, kind string, got result, read bool, outside string) {
	t.Helper()
	said := got.stdout + got.stderr
	switch {
	case got.code > exitFailure:
		t.Errorf("exit code %d", got.code)
	case strings.Contains(got.stderr, "internal error"), strings.Contains(got.stderr, "goroutine"):
		t.Error(got.stderr)
	case strings.Contains(said, outside):
		t.Errorf("where the link leads is told: %s", said)
	}
	switch kind {
	case "locked providers": // changes nothing here
	case "policy document", "organization policy":
		// A configuration of which a part is missing judges nothing.
		if ok := got.code != exitFailure; ok != read {
			t.Errorf("exit code %d: %s", got.code, got.stderr)
		}
		if !read && strings.Contains(got.stderr, "quince\"") {
			t.Errorf("it is quoted: %s", got.stderr)
		}
	default:
		if shown := strings.Contains(said, mark+"\"") || strings.Contains(said, mark+" ") || strings.Contains(said, mark+"-*"); shown != read && !known(kind, read) {
			t.Errorf("it is read: %t; exit code %d: %s", shown, got.code, said)
		}
	}
}

// known are the files that show their mark without being read.
func known(kind string, read bool) bool { return !read && kind == "fileset" }
