package tfconfig

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// described is the description of a directory, and what is said of its
// variables.
func described(t *testing.T, dir string) (configuration map[string]any, defaults map[string]json.RawMessage) {
	t.Helper()
	d, err := Describe(dir, Options{Tool: iam.Terraform})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(d.Configuration, &configuration); err != nil {
		t.Fatal(err)
	}
	return configuration, d.Defaults
}

// object is a member that is an object; nil where there is none.
func object(v any, names ...string) map[string]any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	m, _ := v.(map[string]any)
	return m
}

// TestDescribeReal compares descriptions with what the real Terraform says of
// the configuration in the plans of the fixtures.
func TestDescribeReal(t *testing.T) {
	plans, err := filepath.Glob("../../../fixtures/real/*/plan.json")
	if err != nil || len(plans) < 10 {
		t.Fatalf("%d plans, %v", len(plans), err)
	}
	for _, file := range plans {
		dir := filepath.Dir(file)
		if files, _ := filepath.Glob(dir + "/*.tf"); len(files) == 0 {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var plan map[string]any
			if err := json.Unmarshal(src, &plan); err != nil {
				t.Fatal(err)
			}
			got, defaults := described(t, dir)
			compareModules(t, "", object(got, "root_module"), object(plan, "configuration", "root_module"))
			for key, p := range object(plan, "configuration", "provider_config") {
				if object(p)["name"] == "aws" {
					same(t, "provider "+key, object(got, "provider_config", key)["expressions"], object(p)["expressions"])
				}
			}
			for name, v := range object(plan, "configuration", "root_module", "variables") {
				var value any
				if d, ok := defaults[name]; ok && json.Unmarshal(d, &value) != nil {
					t.Errorf("the default of %s is %s", name, d)
				}
				same(t, "default of "+name, value, object(v)["default"])
			}
		})
	}
}

func compareModules(t *testing.T, path string, got, want map[string]any) {
	t.Helper()
	blocks := func(m map[string]any) map[string]map[string]any {
		out := map[string]map[string]any{}
		list, _ := m["resources"].([]any)
		for _, r := range list {
			b := object(r)
			typ, _ := b["type"].(string)
			if address, ok := b["address"].(string); ok && resource.Reads(typ, b["mode"] == "data") {
				out[address] = b
			}
		}
		return out
	}
	ours, theirs := blocks(got), blocks(want)
	if a, b := slices.Sorted(maps.Keys(ours)), slices.Sorted(maps.Keys(theirs)); !slices.Equal(a, b) {
		t.Errorf("%s: got the blocks %q, want %q", path, a, b)
	}
	for address, b := range theirs {
		for _, name := range []string{"mode", "type", "name", "provider_config_key", "expressions", "for_each_expression"} {
			same(t, path+address+" "+name, ours[address][name], b[name])
		}
	}
	for name, o := range object(want, "outputs") {
		same(t, path+"output "+name, object(got, "outputs", name)["expression"], object(o)["expression"])
	}
	for name, v := range object(want, "variables") {
		same(t, path+"var."+name, object(got, "variables", name)["sensitive"], object(v)["sensitive"])
	}
	for name, c := range object(want, "module_calls") {
		call := object(got, "module_calls", name)
		for _, part := range []string{"expressions", "for_each_expression"} {
			same(t, path+"module."+name+" "+part, call[part], object(c)[part])
		}
		compareModules(t, path+"module."+name+".", object(call, "module"), object(c, "module"))
	}
}

// same compares two parts; nothing is as good as an empty one.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	empty := func(v any) bool {
		return v == nil || v == false || reflect.ValueOf(v).Kind() == reflect.Map && reflect.ValueOf(v).Len() == 0
	}
	if empty(got) && empty(want) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

// TestDescribe: what no plan of the fixtures has.
func TestDescribe(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("main.tf", `
variable "list" {
  type    = list(string)
  default = ["a", 1]
}
variable "late" {
  default = timestamp()
}
variable "hidden" {
  sensitive = true
}
resource "aws_iam_role" "r" {
  name               = [for x in ["a"] : x][0]
  path               = "/${"a"}/"
  assume_role_policy = aws_iam_policy.p["k"].arn
  description        = module.m[0].out.a["b"]
  dynamic "inline_policy" {
    for_each = []
    content {}
  }
  inline_policy {
    name = module.m[0]
  }
  tags = { (var.list[0]) = resource.aws_iam_policy.p.name, b = self.c, d = data.aws_x.y[0].z, e = path.module }
  lifecycle {
    ignore_changes = [name]
  }
}
module "m" {
  source = "./m"
}
`)
	write("more.tf.json", `{"resource": {"aws_iam_user": {"u": {"name": "${var.hidden}", "count": 2}}}}`)
	write("m/main.tf", `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  alias  = "own"
  region = "eu-west-1"
}
resource "aws_iam_role" "r" {
  provider = aws.own
}
`)
	got, defaults := described(t, dir)
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"name": {}`, `"constant_value": "/a/"`,
		`"aws_iam_policy.p[\"k\"].arn", "aws_iam_policy.p[\"k\"]", "aws_iam_policy.p" ]`,
		`"module.m[0].out.a[\"b\"]", "module.m[0].out.a", "module.m[0].out", "module.m[0]" ]`,
		`"inline_policy": [ { "name": { "references": [ "module.m[0]", "module.m" ] } } ]`,
		`"references": [ "var.list[0]", "var.list", "aws_iam_policy.p.name", "aws_iam_policy.p", "self.c", "self", "data.aws_x.y[0].z", "data.aws_x.y[0]", "data.aws_x.y", "path.module" ]`,
		`"expressions": { "name": { "references": [ "var.hidden" ] } }`, `"hidden": { "sensitive": true }`,
		`"module.m:aws.own": { "expressions": { "region": { "constant_value": "eu-west-1" } }, "module_address": "module.m", "name": "aws" }`,
		`"provider_config_key": "module.m:aws.own"`,
	} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if len(defaults) != 1 || string(defaults["list"]) != `["a","1"]` {
		t.Errorf("defaults %s", defaults)
	}
	if _, err := Describe(t.TempDir(), Options{}); err == nil {
		t.Error("nothing is described")
	}
}

// TestDescribeMany: modules that call each other many times over are described
// as far as the steps of evaluation go.
func TestDescribeMany(t *testing.T) {
	dir := t.TempDir()
	for i := range maxModuleDepth {
		var text strings.Builder
		for n := range 20 {
			text.WriteString("module \"m" + string(rune('a'+n)) + "\" {\n  source = \"../" + strings.Repeat("m", i+2) + "\"\n}\n")
		}
		text.WriteString("resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n")
		sub := filepath.Join(dir, strings.Repeat("m", i+1))
		if err := os.Mkdir(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, "main.tf"), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Describe(filepath.Join(dir, "m"), Options{Base: dir})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(d.Configuration), `"aws_iam_role.r"`); n < 1000 || n > maxTotalInstances {
		t.Errorf("%d roles", n)
	}
}
