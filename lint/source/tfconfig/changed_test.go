package tfconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRootsOf(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		".git/HEAD":                    "",
		"live/prod/main.tf":            `module "a" { source = "../../modules/a" }`,
		"live/prod/envs/x.tfvars":      ``,
		"live/stage/main.tf":           `module "a" { source = "../../modules/a" }`,
		"live/other/main.tf":           `resource "aws_iam_group" "g" {}`,
		"modules/a/main.tf":            `module "b" { source = "../b" }`,
		"modules/b/main.tf":            `variable "x" {}`,
		"modules/b/policies/p.json":    `{}`,
		"modules/c/main.tf":            "locals {\n  a = file(\"${path.module}/policies/p.json\")\n  b = file(\"${path.module}/../../shared/${var.x}.yaml\")\n}\nvariable \"x\" {}\n",
		"live/c/main.tf":               "module \"c\" {\n  source = \"../../modules/c\"\n  x = \"${path.root}/data/one.csv\"\n}\n",
		"live/set/main.tf":             "locals {\n  all = [for f in fileset(path.module, \"**/*.tftpl\") : templatefile(f, {})]\n}\n",
		"live/hidden/main.tf":          "locals {\n  a = file(var.name)\n}\nvariable \"name\" {}\n",
		"live/json/main.tf.json":       `{"locals": {"a": "${file(\"lists/l.txt\")}"}}`,
		"modules/alone/main.tf":        `variable "x" {}`,
		"modules/rooted/main.tf":       "terraform {\n  backend \"s3\" {}\n}",
		"live/uses/main.tf":            `module "r" { source = "../../modules/rooted" }`,
		"loop/a/main.tf":               `module "b" { source = "../b" }`,
		"loop/b/main.tf":               `module "a" { source = "../a" }` + "\nprovider \"aws\" {}",
		"docs/readme.tfvars":           ``,
		".terraform/modules/m/main.tf": ``,
		"broken/main.tf":               `resource "`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct{ files, exclude, want string }{
		{"live/prod/main.tf live/prod/main.tf", "", "live/prod"},
		{"modules/b/main.tf", "", "live/prod live/stage"},
		{"modules/a/main.tf live/other/main.tf", "", "live/other live/prod live/stage"},
		{"modules/b/main.tf", "live/stage", "live/prod"},
		{"live/stage/main.tf", "live/**", ""},
		{"live/prod/envs/x.tfvars", "", "live/prod"},
		{"modules/b/policies/p.json", "", ""},
		{"modules/c/policies/p.json", "", "live/c"},
		{"shared/a/b.yaml", "", "live/c"},
		{"shared/b.json", "", ""},
		{"live/c/data/one.csv", "", "live/c"},
		{"live/set/deep/er/x.tftpl live/c/x.tftpl", "", "live/set"},
		{"live/set/x.tftpl", "", "live/set"},
		{"live/hidden/any/thing.json", "", "live/hidden"},
		{"live/json/lists/l.txt", "", "live/json"},
		{"package.json live/prod/notes.yaml", "", ""},
		{"modules/alone/main.tf", "", "modules/alone"},
		{"modules/rooted/main.tf", "", "live/uses modules/rooted"},
		{"loop/a/main.tf", "", "loop/b"},
		{"docs/readme.tfvars .terraform/modules/m/main.tf", "", ""},
		{"broken/main.tf", "", "broken"},
		{"gone/main.tf", "", ""},
		{filepath.Join(dir, "live/other/main.tf"), "", "live/other"},
	} {
		got, err := RootsOf(strings.Fields(c.files), Options{Exclude: strings.Fields(c.exclude)})
		if err != nil {
			t.Errorf("%s: %v", c.files, err)
		}
		if s := filepath.ToSlash(strings.Join(got, " ")); s != c.want {
			t.Errorf("%s without %q: got %q, want %q", c.files, c.exclude, s, c.want)
		}
	}
}

// TestRootsOfLinks: git names a file by its own path, and a module may have it,
// or read it, by a link.
func TestRootsOfLinks(t *testing.T) {
	dir := write(t, map[string]string{
		".git/HEAD":              "",
		"live/web/main.tf":       "locals {\n  x = 1\n}\n",
		"live/web/values.json":   "{}",
		"live/api/main.tf":       "locals {\n  p = file(\"${path.module}/policies/p.json\")\n}\n",
		"live/job/main.tf":       calling("m", "./modules/m", ""),
		"live/off/main.tf":       calling("n", "../../lib/n", "  count = 0\n"),
		"live/tree/main.tf":      "locals {\n  x = 1\n}\n",
		"shared/iam.inc":         "locals {\n  y = 1\n}\n",
		"shared/common.tfvars":   "",
		"shared/policies/p.json": "{}",
		"shared/policies/q.json": "{}",
		"lib/m/main.tf":          user("m"),
		"lib/n/main.tf":          user("n"),
		"chain/b/p.json":         "{}",
		"live/far/main.tf":       "locals {\n  p = file(\"${path.module}/c/p.json\")\n}\n",
	})
	t.Chdir(dir)
	for link, target := range map[string]string{
		"live/web/iam.tf": "../../shared/iam.inc", "live/web/common.auto.tfvars": "../../shared/common.tfvars",
		"live/api/policies": "../../shared/policies", "live/job/modules": "../../lib",
		"live/far/c": "../../chain/a", "chain/a": "b", "live/tree/loop": ".", "live/tree/out.tf": "/nowhere/out.tf",
	} {
		if err := os.Symlink(filepath.FromSlash(target), filepath.FromSlash(link)); err != nil {
			t.Skip(err)
		}
	}
	for _, c := range []struct{ file, want string }{
		{"shared/iam.inc", "live/web"},
		{"live/web/iam.tf", "live/web"},
		{"shared/common.tfvars", "live/web"},
		{"shared/policies/p.json", "live/api"},
		{"live/api/policies/p.json", "live/api"},
		{"shared/policies/q.json", ""},
		{"lib/m/main.tf", "live/job"},
		{"live/job/modules/m/main.tf", "live/job"},
		{"lib/m/gone.tf", "live/job"},
		{"lib/n/main.tf", "lib/n live/off"},
		{"chain/b/p.json", "live/far"},
		{"live/tree/main.tf", "live/tree"},
		{"live/tree/gone.tf", "live/tree"},
	} {
		got, err := RootsOf([]string{c.file}, Options{})
		if s := filepath.ToSlash(strings.Join(got, " ")); err != nil || s != c.want {
			t.Errorf("%s: got %q, want %q (%v)", c.file, s, c.want, err)
		}
	}
}

// TestRootsOfGone: where the last file of a module has gone, those that call it
// are touched.
func TestRootsOfGone(t *testing.T) {
	t.Chdir(write(t, map[string]string{".git/HEAD": "", "live/main.tf": calling("m", "../lib/m", ""), "other/main.tf": user("u")}))
	if got, err := RootsOf([]string{"lib/m/main.tf"}, Options{}); err != nil || strings.Join(got, " ") != "live" {
		t.Errorf("%q, %v", got, err)
	}
}
