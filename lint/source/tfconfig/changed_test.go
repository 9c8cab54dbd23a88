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
		{"modules/b/policies/p.json", "", "live/prod live/stage"},
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
