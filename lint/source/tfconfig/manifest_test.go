package tfconfig

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recorded are module sources, and what terraform init notes for each.
var recorded = map[string]string{
	"example/m/aws":                                "registry.terraform.io/example/m/aws",
	"example/m/aws//modules/../x/":                 "registry.terraform.io/example/m/aws//x",
	"registry.terraform.io/example/m/aws":          "registry.terraform.io/example/m/aws",
	"app.terraform.io/Example_Corp/m/aws":          "app.terraform.io/Example_Corp/m/aws",
	"localhost:8080/a/b/c":                         "localhost:8080/a/b/c",
	"github.com/o/r":                               "git::https://github.com/o/r.git",
	"github.com/o/r.git?ref=v1":                    "git::https://github.com/o/r.git?ref=v1",
	"github.com/o/r//sub?ref=v1":                   "git::https://github.com/o/r.git//sub?ref=v1",
	"github.com/o/r/a/b?ref=v1":                    "git::https://github.com/o/r.git//a/b?ref=v1",
	"git::github.com/o/r":                          "git::https://github.com/o/r.git",
	"git@github.com:o/r.git":                       "git::ssh://git@github.com/o/r.git",
	"git::git@github.com:o/r.git//s?ref=x":         "git::ssh://git@github.com/o/r.git//s?ref=x",
	"git::https://example.com/m.git//a/":           "git::https://example.com/m.git//a",
	"git::https://example.com/m.git?ref=1&depth=1": "git::https://example.com/m.git?ref=1&depth=1",
	"git::ssh://git@example.com:2222/m.git":        "git::ssh://git@example.com:2222/m.git",
	"git@ssh.dev.azure.com:v3/org/project/repo":    "git::ssh://git@ssh.dev.azure.com/v3/org/project/repo",
	"https://example.com/m.zip//sub?x=1":           "https://example.com/m.zip//sub?x=1",
	"hg::http://example.com/m.hg":                  "hg::http://example.com/m.hg",
	"s3::https://s3.amazonaws.com/b/m.zip":         "s3::https://s3.amazonaws.com/b/m.zip",
	"s3-eu-west-1.amazonaws.com/b/m.zip":           "s3::https://s3-eu-west-1.amazonaws.com/b/m.zip",
	"b.s3.eu-west-1.amazonaws.com/m.zip":           "s3::https://s3.eu-west-1.amazonaws.com/b/m.zip",
	"www.googleapis.com/storage/v1/b/m.zip":        "gcs::https://www.googleapis.com/storage/v1/b/m.zip",
	"/srv/modules/m":                               "file:///srv/modules/m",
}

func TestRecordedAs(t *testing.T) {
	for source, want := range recorded {
		if got := recordedAs(source); got[0] != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
	// OpenTofu has a registry of its own, and old Terraform noted none.
	got := recordedAs("example/m/aws//x")
	if want := []string{"registry.terraform.io/example/m/aws//x", "registry.opentofu.org/example/m/aws//x", "example/m/aws//x"}; !slices.Equal(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := recordedAs("registry.terraform.io/example/m/aws"); slices.Contains(got, "registry.opentofu.org/example/m/aws") {
		t.Errorf("another host than the one that is named: %s", got)
	}
}

// TestRecordedAsByTerraform has Terraform read the lists of modules that the
// table makes: it names every call whose source it finds changed.
func TestRecordedAsByTerraform(t *testing.T) {
	program := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	if program == "" {
		t.Skip("BOUNDLINT_TEST_TERRAFORM does not name a terraform binary")
	}
	var config strings.Builder
	list := []installedModule{{Dir: "."}}
	for i, source := range sortedKeys(recorded) {
		m := installedModule{Key: fmt.Sprintf("m%d", i), Source: recorded[source], Dir: ".terraform/modules/m"}
		if address, _, _ := splitSource(source); registryAddress().MatchString(address) {
			m.Version = "1.2.3"
		}
		list = append(list, m)
		fmt.Fprintf(&config, "module %q {\n  source = %q\n}\n", m.Key, source)
	}
	manifest, err := json.Marshal(map[string]any{"Modules": list})
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, map[string]string{
		"main.tf": config.String(), ".terraform/modules/modules.json": string(manifest),
		".terraform/modules/m/main.tf": "output \"o\" {\n  value = 1\n}\n",
	})
	command := exec.Command(program, "validate", "-no-color")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestManifest tells which copies of modules count.
func TestManifest(t *testing.T) {
	for name, c := range map[string]struct{ call, entry, want string }{
		"as recorded":           {`source = "example/m/aws"`, `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, ""},
		"of OpenTofu":           {`source = "example/m/aws"`, `"Source":"registry.opentofu.org/example/m/aws","Version":"1.4.0"`, ""},
		"a version that fits":   {"source = \"example/m/aws\"\n  version = \"~> 1.2\"", `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, ""},
		"null for a version":    {"source = \"example/m/aws\"\n  version = null", `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, ""},
		"an older version":      {"source = \"example/m/aws\"\n  version = \">= 2.0, < 3.0\"", `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, "is version 1.4.0, and the call asks for >= 2.0, < 3.0"},
		"no version":            {"source = \"example/m/aws\"\n  version = \"1.4.0\"", `"Source":"registry.terraform.io/example/m/aws"`, "has no version"},
		"no constraint":         {"source = \"example/m/aws\"\n  version = \"latest\"", `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, "is not a version constraint"},
		"an unknown version":    {"source = \"example/m/aws\"\n  version = var.v\n}\nvariable \"v\" {\n  type = string", `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, "which version it asks for is not known"},
		"another reference":     {`source = "git::https://example.org/m.git?ref=v2"`, `"Source":"git::https://example.org/m.git?ref=v1"`, "was fetched from git::https://example.org/m.git?ref=v1"},
		"another directory":     {`source = "git::https://example.org/m.git//a"`, `"Source":"git::https://example.org/m.git//b"`, "was fetched from git::https://example.org/m.git//b"},
		"another registry":      {`source = "app.terraform.io/example/m/aws"`, `"Source":"registry.terraform.io/example/m/aws","Version":"1.4.0"`, "was fetched from registry"},
		"a local one before":    {`source = "git::https://example.org/m.git"`, `"Source":"./m"`, "was fetched from ./m"},
		"of no told source":     {`source = "git::https://example.org/m.git"`, `"Source":""`, "is not told"},
		"shorthand of the same": {`source = "github.com/o/r?ref=v1"`, `"Source":"git::https://github.com/o/r.git?ref=v1"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := loadModel(t, write(t, map[string]string{
				"main.tf":                         "module \"r\" {\n  " + c.call + "\n}\n",
				".terraform/modules/modules.json": `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"r",` + c.entry + `,"Dir":".terraform/modules/r"}]}`,
				".terraform/modules/r/main.tf":    "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n",
			}))
			said := messages(m)
			for _, u := range m.Unchecked {
				said += u.Message
			}
			if read := len(m.Entities) == 1; read != (c.want == "") || !strings.Contains(said, c.want) {
				t.Errorf("%d entities: %s", len(m.Entities), said)
			}
		})
	}
	// The directory may be a link, as long as it stays inside.
	dir := write(t, map[string]string{
		"root/main.tf":                         "module \"r\" {\n  source = \"/srv/r\"\n}\n",
		"root/.terraform/modules/modules.json": `{"Modules":[{"Key":"r","Source":"file:///srv/r","Dir":".terraform/modules/r"}]}`,
		"vendor/r/main.tf":                     "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n",
		".git/HEAD":                            "",
	})
	if err := os.Symlink("../../../vendor/r", filepath.Join(dir, "root/.terraform/modules/r")); err != nil {
		t.Skip(err)
	}
	m, err := Load(filepath.Join(dir, "root"), Options{Base: dir})
	if err != nil || len(m.Entities) != 1 {
		t.Errorf("through a link: %v %s", err, messages(m))
	}
}
