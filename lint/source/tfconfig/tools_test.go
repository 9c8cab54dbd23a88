package tfconfig

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestTools: a root module is judged as Terraform and as OpenTofu where they
// read different files of it, and that makes a difference.
func TestTools(t *testing.T) {
	const noUser = "locals {\n  x = 1\n}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string // the tool and the users of each model
		said  string // "" for nothing
	}{
		"one kind": {map[string]string{"iam.tf": user("a")}, " a", ""},
		"OpenTofu's alone": {
			map[string]string{"iam.tofu": user("a"), "more.tofu.json": `{"resource":{"aws_iam_user":{"v":{"name":"b"}}}}`}, " a b", "",
		},
		"in its place": {
			map[string]string{"iam.tf": user("a"), "iam.tofu": user("b")},
			"terraform a, opentofu b",
			"OpenTofu reads iam.tofu in place of iam.tf, and Terraform does not: the configuration is judged as each of them reads it",
		},
		"in its place in JSON": {
			map[string]string{"iam.tf.json": `{"resource":{"aws_iam_user":{"u":{"name":"a"}}}}`, "iam.tofu.json": `{"resource":{"aws_iam_user":{"u":{"name":"b"}}}}`},
			"terraform a, opentofu b", "iam.tofu.json in place of iam.tf.json",
		},
		"of another syntax": {
			map[string]string{"iam.tf": user("a"), "iam.tofu.json": `{"resource":{"aws_iam_user":{"v":{"name":"b"}}}}`},
			"terraform a, opentofu a b", "OpenTofu reads iam.tofu.json, and Terraform does not",
		},
		"the same": {map[string]string{"iam.tf": user("a"), "iam.tofu": "# for OpenTofu\n\n" + user("a")}, " a", ""},
		"the same but for the state": {
			map[string]string{"iam.tf": user("a"), "terraform.tf": "terraform {\n  required_version = \"> 1.0\"\n}\n", "terraform.tofu": "terraform {\n  encryption {}\n}\n"}, " a", "",
		},
		"an addition": {
			map[string]string{"main.tf": user("a"), "more.tofu": strings.Replace(user("b"), `"u"`, `"v"`, 1)},
			"terraform a, opentofu a b",
			"OpenTofu reads more.tofu, and Terraform does not",
		},
		"an override": {
			map[string]string{"main.tf": user("a"), "x_override.tofu": user("b")}, "terraform a, opentofu b", "x_override.tofu",
		},
		"in a module": {
			map[string]string{"main.tf": calling("m", "./m", ""), "m/iam.tf": user("a"), "m/iam.tofu": user("b")}, "terraform a, opentofu b", "m/iam.tofu in place of iam.tf",
		},
		"in a module that is not made": {
			map[string]string{"main.tf": calling("m", "./m", "  count = 0\n") + user("x"), "m/iam.tf": user("a"), "m/iam.tofu": user("b")}, " x", "not judged",
		},
		"in a module of OpenTofu's": {
			map[string]string{"main.tofu": calling("m", "./m", ""), "m/iam.tf": user("a"), "m/iam.tofu": user("b")}, " b", "",
		},
		"not valid for Terraform": {
			map[string]string{"main.tf": "resource \"aws_iam_user\" \"u\" {\n  name = local.name\n}\n", "names.tofu": "locals {\n  name = \"a\"\n}\n"},
			" a",
			"OpenTofu reads names.tofu, and Terraform does not: without, the configuration is not valid (main.tf:2: local.name is not declared in this module), and so it is judged as OpenTofu reads it",
		},
		"not valid for OpenTofu": {
			map[string]string{"main.tf": user("a") + noUser, "other.tofu": "resource \"aws_iam_user\" \"v\" {\n  name = local.gone\n}\n"},
			" a",
			"and so it is judged as Terraform reads it",
		},
		"tests and hidden files": {
			map[string]string{"main.tf": user("a"), "main.tofutest.hcl": "", ".main.tofu": user("b"), "main.tofu~": user("b")}, " a", "",
		},
		"a directory of that name": {map[string]string{"main.tf": user("a"), "main.tofu/readme.md": ""}, " a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{".git/HEAD": ""}
			maps.Copy(files, c.files)
			models := loadAll(t, files, Options{})
			var got []string
			for _, m := range models {
				got = append(got, string(m.Input.Tool)+" "+entityNames(m))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), c.want)
			}
			if text := said(models); !strings.Contains(text, c.said) || c.said == "" && text != "" {
				t.Errorf("said %s, want %s", text, c.said)
			}
			if slices.ContainsFunc(models, func(m *iam.Model) bool { return m.Coverage.Roots != 1 }) {
				t.Error("a reading that is not of a root module")
			}
		})
	}
}

// TestEvaluateAsTool: a plan is joined with the files that its tool reads.
func TestEvaluateAsTool(t *testing.T) {
	dir := write(t, map[string]string{"iam.tf": user("a"), "iam.tofu": strings.Replace(user("b"), `"u"`, `"v"`, 1), "only/main.tofu": user("c")})
	for tool, want := range map[iam.Tool]string{iam.Terraform: "aws_iam_user.u", iam.OpenTofu: "aws_iam_user.v", "": "aws_iam_user.v"} {
		root, err := Evaluate(dir, Options{Base: dir, Tool: tool})
		if err != nil || len(root.Resources) != 1 || root.Resources[0].Address != want {
			t.Errorf("%s: %v", tool, err)
		}
	}
	if root, err := Evaluate(dir+"/only", Options{Base: dir, Tool: iam.Terraform}); err != nil || len(root.Resources) != 1 {
		t.Errorf("a directory of OpenTofu's alone: %v", err)
	}
}
