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
		got, err := RootsOf(strings.Fields(c.files), strings.Fields(c.exclude))
		if err != nil {
			t.Errorf("%s: %v", c.files, err)
		}
		if s := filepath.ToSlash(strings.Join(got, " ")); s != c.want {
			t.Errorf("%s without %q: got %q, want %q", c.files, c.exclude, s, c.want)
		}
	}
}
