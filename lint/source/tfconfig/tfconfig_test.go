package tfconfig

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// names of the entities of a model, sorted, a stand-in with a question mark.
func entityNames(m *iam.Model) string {
	var list []string
	for _, e := range m.Entities {
		s := e.Name.String()
		if e.MayNotExist {
			s += "?"
		}
		list = append(list, s)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// TestNames gives, for configurations in one file, the names of the roles.
func TestNames(t *testing.T) {
	resource := func(rest string) string { return "resource \"aws_iam_role\" \"r\" {\n" + rest + "\n}\n" }
	for _, c := range []struct{ name, config, want string }{
		{"count", resource("count = 2\nname = \"n${count.index}\""), "n0 n1"},
		{"count of zero", resource("count = 0\nname = \"n\""), ""},
		{"an unknown count", "variable \"n\" {}\n" + resource("count = var.n\nname = \"n\""), "n?"},
		{"an unknown condition as count", "variable \"b\" {}\n" + resource("count = var.b ? 1 : 0\nname = \"n\""), "n?"},
		{"an unknown condition as for_each", "variable \"b\" {}\n" + resource("for_each = var.b ? toset([\"x\", \"y\"]) : toset([\"y\", \"z\"])\nname = each.key"), "x? y z?"},
		{"a for_each over a map", resource("for_each = { a = \"x\", b = \"y\" }\nname = \"${each.key}-${each.value}\""), "a-x b-y"},
		{"a for_each over objects", resource("for_each = { a = { n = \"x\" } }\nname = each.value.n"), "x"},
		{"a for_each of another", resource("for_each = toset([\"a\"])\nname = each.key") + "resource \"aws_iam_role\" \"s\" {\nfor_each = aws_iam_role.r\nname = \"s-${each.value.name}\"\n}\n", "a s-a"},
		{"a partly unknown for_each", "variable \"l\" { type = list(string) }\n" + resource("for_each = toset(concat([\"a\"], var.l))\nname = each.key"), "<var.l[*]>? a"},
		{"a splat", resource("count = 2\nname = \"n${count.index}\"") + "resource \"aws_iam_role\" \"s\" {\nname = join(\"+\", aws_iam_role.r[*].name)\n}\n", "n0 n0+n1 n1"},
		{"a condition on length", resource("count = 1\nname = \"n\"") + "resource \"aws_iam_role\" \"s\" {\nname = length(aws_iam_role.r) > 0 ? aws_iam_role.r[0].name : \"none\"\n}\n", "n n"},
		{"a length that is unknown", "variable \"c\" {}\n" + resource("count = var.c\nname = \"n\"") + "resource \"aws_iam_role\" \"s\" {\nname = length(aws_iam_role.r[*].name) > 0 ? \"some\" : \"none\"\n}\n", "<some|none> n?"},
		{"a boolean that is unknown", "variable \"b\" { type = bool }\n" + resource("name = var.b ? \"x\" : \"y\""), "<x|y>"},
		{"three choices", "variable \"b\" {}\n" + resource("name = var.b == 1 ? \"x\" : var.b == 2 ? \"y\" : \"z\""), "<x|y|z>"},
		{"a choice that makes no difference", "variable \"b\" {}\n" + resource("name = var.b ? \"x\" : \"x\""), "x"},
		{"a choice of objects", "variable \"b\" {}\nlocals {\n o = var.b ? { n = \"x\", m = \"same\" } : { n = \"y\", m = \"same\" }\n}\n" + resource("name = \"${local.o.m}-${local.o.n}\""), "same-<x|y>"},
		{"a comparison with a symbol", "variable \"e\" {}\n" + resource("name = var.e == \"\" ? \"empty\" : \"full\""), "<empty|full>"},
		{"a symbol and null", "variable \"e\" {}\n" + resource("name = var.e == null ? \"null\" : \"set\""), "<null|set>"},
		{"a symbol that is not null", "variable \"e\" {\n nullable = false\n}\n" + resource("name = var.e == null ? \"null\" : \"set\""), "set"},
		{"a choice and null", "variable \"e\" {}\nlocals {\n c = var.e ? \"x\" : null\n}\n" + resource("name = local.c == null ? \"null\" : \"set\""), "<null|set>"},
		{"contains a symbol", "variable \"e\" {}\n" + resource("name = contains([var.e, \"a\"], var.e) ? \"y\" : \"n\""), "y"},
		{"may contain", "variable \"e\" {}\n" + resource("name = contains([\"a\", \"b\"], var.e) ? \"y\" : \"n\""), "<y|n>"},
		{"starts with", "variable \"e\" {}\n" + resource("name = startswith(\"app-${var.e}\", \"app-\") ? \"y\" : \"n\""), "y"},
		{"does not start with", "variable \"e\" {}\n" + resource("name = startswith(\"app-${var.e}\", \"x\") ? \"y\" : \"n\""), "n"},
		{"ends with", "variable \"e\" {}\n" + resource("name = endswith(\"${var.e}-app\", \"app\") ? \"y\" : \"n\""), "y"},
		{"may end with", "variable \"e\" {}\n" + resource("name = endswith(\"app-${var.e}\", \"x\") ? \"y\" : \"n\""), "<y|n>"},
		{"lower", "variable \"e\" {}\n" + resource("name = lower(\"APP-${var.e}-X\")"), "app-<lower(<var.e>)>-x"},
		{"upper of the account", "data \"aws_caller_identity\" \"c\" {}\n" + resource("name = upper(\"x-${data.aws_caller_identity.c.account_id}\")"), "X-<account>"},
		{"split an ARN", "data \"aws_caller_identity\" \"c\" {}\n" + resource("name = split(\":\", \"arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/x\")[5]"), "role/x"},
		{"split the ARN of a policy", "resource \"aws_iam_policy\" \"p\" {\n name = \"pol\"\n}\n" + resource("name = split(\"/\", aws_iam_policy.p.arn)[1]"), "pol"},
		{"what any account gives", "data \"aws_caller_identity\" \"c\" {}\n" + resource("name = length(regexall(\"^[0-9]{12}$\", data.aws_caller_identity.c.account_id)) > 0 ? \"y\" : \"n\""), "y"},
		{"what an account may give", "data \"aws_caller_identity\" \"c\" {}\n" + resource("name = length(regexall(\"^1\", data.aws_caller_identity.c.account_id)) > 0 ? \"y\" : \"n\""), "<y|n>"},
		{"a regex on an ARN", "data \"aws_caller_identity\" \"c\" {}\n" + resource("name = regex(\"role/(.*)$\", \"arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/x\")[0]"), "x"},
		{"a derived symbol", "variable \"e\" {}\n" + resource("name = substr(var.e, 0, 3)"), "<substr(<var.e>, number, number)>"},
		{"trimprefix", "variable \"e\" {}\n" + resource("name = trimprefix(\"app-${var.e}\", \"app-\")"), "<var.e>"},
		{"replace beside a symbol", "data \"aws_region\" \"c\" {}\n" + resource("name = replace(\"a_${data.aws_region.c.name}_b\", \"_\", \".\")"), "a.<region>.b"},
		{"format", "variable \"e\" {}\n" + resource("name = format(\"%s-%s-%d\", \"app\", var.e, 5)"), "app-<var.e>-5"},
		{"a format that pads", "variable \"e\" {}\n" + resource("name = format(\"%10s\", var.e)"), "<format(%10s, <var.e>)>"},
		{"try on a symbol", "variable \"o\" {}\n" + resource("name = try(var.o.name, \"fallback\")"), "<<var.o.name>|fallback>"},
		{"can on a symbol", "variable \"o\" {}\n" + resource("name = can(var.o.name) ? \"y\" : \"n\""), "<y|n>"},
		{"coalesce with what may be null", "variable \"e\" {}\nlocals {\n c = var.e ? \"x\" : null\n}\n" + resource("name = coalesce(local.c, \"y\")"), "<x|y>"},
		{"a fallback for null", "variable \"e\" {}\nlocals {\n c = var.e ? \"x\" : null\n}\n" + resource("name = local.c != null ? local.c : \"y\""), "<x|y>"},
		{"a fallback for null, turned", "variable \"o\" {\n type = object({ n = optional(string) })\n}\n" + resource("name = var.o.n == null ? \"y\" : var.o.n"), "<y|<var.o.n>>"},
		{"lookup in an unknown map", "variable \"m\" { type = map(string) }\n" + resource("name = lookup(var.m, \"k\", \"d\")"), "<<var.m[*][\"k\"]>|d>"},
		{"merge with an unknown map", "variable \"m\" { type = map(string) }\n" + resource("name = merge({ n = \"x\" }, var.m).n"), "<merge({ n = \"x\" }, var.m).n>"},
		{"merge over an unknown map", "variable \"m\" { type = map(string) }\n" + resource("name = merge(var.m, { n = \"x\" }).n"), "x"},
		{"an element of an unknown list", "variable \"l\" { type = list(string) }\n" + resource("name = var.l[1]"), "<var.l[*][1]>"},
		{"an element before an unknown list", "variable \"l\" { type = list(string) }\n" + resource("name = concat([\"a\"], var.l)[0]"), "a"},
		{"the length of an unknown list", "variable \"l\" { type = list(string) }\n" + resource("name = length(var.l) > 0 ? \"y\" : \"n\""), "<y|n>"},
		{"an optional attribute without a value", "variable \"o\" {\n type = object({ n = optional(string) })\n}\n" + resource("name = var.o.n == null ? \"null\" : \"set\""), "<null|set>"},
		{"an optional attribute with a default", "variable \"o\" {\n type = object({ n = optional(string, \"d\") })\n}\n" + resource("name = var.o.n == null ? \"null\" : \"set\""), "set"},
		{"a name prefix", resource("name_prefix = \"app-\"") + "resource \"aws_iam_user\" \"s\" {\nname = \"x-${aws_iam_role.r.name}\"\n}\n", "(not set) x-<aws_iam_role.r.name>"},
		{"the id of a role", resource("name = \"n\"") + "resource \"aws_iam_user\" \"s\" {\nname = aws_iam_role.r.id\n}\n", "n n"},
		{"what the provider leaves", resource("name = \"n\"") + "resource \"aws_iam_user\" \"s\" {\nname = \"x${aws_iam_role.r.path}${aws_iam_role.r.max_session_duration}\"\n}\n", "n x/3600"},
		{"a data source", "data \"aws_iam_policy\" \"p\" {\n arn = \"arn:aws:iam::1:policy/a/b\"\n}\n" + resource("name = data.aws_iam_policy.p.name"), "b"},
		{"the workspace", resource("name = terraform.workspace"), "<terraform.workspace>"},
		{"path.module", resource("name = \"x${path.module}\""), "x."},
		{"a removed function", resource("name = list(\"a\")[0]"), "<list(\"a\")[0]>"},
		{"a provider of another resource", "resource \"random_pet\" \"p\" {}\n" + resource("name = \"app-${random_pet.p.id}\""), "app-<random_pet.p.id>"},
		{"a whole resource", resource("name = \"n\"\npath = \"/p/\"") + "locals {\n r = aws_iam_role.r\n}\nresource \"aws_iam_user\" \"s\" {\nname = \"${local.r.name}${local.r[\"path\"]}\"\n}\n", "n n/p/"},
		{"lifecycle enabled", resource("name = \"n\"\nlifecycle {\n enabled = false\n}"), ""},
		{"lifecycle enabled twice", "variable \"on\" { type = bool }\n" + resource("name = \"n\"\nlifecycle {\n enabled = false\n}\nlifecycle {\n enabled = var.on\n}"), ""},
		{"deep defaults", "variable \"o\" {\n type = map(object({ n = optional(object({ a = optional(string, \"A\"), b = string }), { b = \"B\" }) }))\n default = { x = {}, y = { n = { b = \"C\" } } }\n}\n" + resource("for_each = var.o\nname = \"${each.key}${each.value.n.a}${each.value.n.b}\""), "xAB yAC"},
		{"a local that hides a variable name", "locals {\n var = { x = \"l\" }\n}\n" + resource("name = local.var.x"), "l"},
		{"a for variable called like a resource", resource("name = [for aws_iam_role in [{ r = \"x\" }] : aws_iam_role.r][0]"), "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := loadModel(t, write(t, map[string]string{"main.tf": c.config}))
			if got := entityNames(m); got != c.want {
				t.Errorf("got %s, want %s\n%s", got, c.want, messages(m))
			}
		})
	}
}

// TestBoundaries gives the boundary of aws_iam_role.r, with a question mark
// where it may be null.
func TestBoundaries(t *testing.T) {
	resource := func(boundary string) string {
		return "resource \"aws_iam_role\" \"r\" {\nname = \"r\"\npermissions_boundary = " + boundary + "\n}\n"
	}
	const counted = "variable \"c\" {}\nresource \"aws_iam_policy\" \"b\" {\n count = var.c ? 1 : 0\n name = \"b\"\n}\n"
	for _, c := range []struct{ name, config, want string }{
		{"null", resource("null"), "(not set)"},
		{"empty", resource("\"\""), "(not set)"},
		{"a reference", "resource \"aws_iam_policy\" \"b\" {\n name = \"b\"\n}\n" + resource("aws_iam_policy.b.arn"), "<aws_iam_policy.b.arn>"},
		{"the id of a policy", "resource \"aws_iam_policy\" \"b\" {\n name = \"b\"\n}\n" + resource("aws_iam_policy.b.id"), "<aws_iam_policy.b.arn>"},
		{"a variable", "variable \"b\" {}\n" + resource("var.b"), "<var.b>"},
		{"one of what may not exist", counted + resource("one(aws_iam_policy.b[*].arn)"), "<aws_iam_policy.b[0].arn>?"},
		{"try, else null", counted + resource("try(aws_iam_policy.b[0].arn, null)"), "<aws_iam_policy.b[0].arn>?"},
		{"try, else nothing", counted + resource("try(aws_iam_policy.b[0].arn, \"\")"), "<aws_iam_policy.b[0].arn>?"},
		{"try, else another", counted + resource("try(aws_iam_policy.b[0].arn, \"arn:x\")"), "<<aws_iam_policy.b[0].arn>|arn:x>"},
		{"coalesce", counted + resource("coalesce(one(aws_iam_policy.b[*].arn), \"arn:x\")"), "<<aws_iam_policy.b[0].arn>|arn:x>"},
		{"join", counted + resource("join(\"\", aws_iam_policy.b[*].arn)"), "<aws_iam_policy.b[0].arn>?"},
		{"a conditional", counted + resource("var.c ? aws_iam_policy.b[0].arn : null"), "<<aws_iam_policy.b[0].arn>|null>?"},
		{"an optional attribute", "variable \"o\" {\n type = object({ b = optional(string) })\n}\n" + resource("var.o.b"), "<var.o.b>?"},
		{"an unknown object", "variable \"o\" {}\n" + resource("lookup(var.o, \"b\", null)"), "<<var.o[\"b\"]>|null>?"},
		{"a spelled ARN", "data \"aws_caller_identity\" \"c\" {}\ndata \"aws_partition\" \"p\" {}\n" + resource("\"arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.c.account_id}:policy/b\""), "arn:<partition>:iam::<account>:policy/b"},
		{"a data source by name", "data \"aws_iam_policy\" \"b\" {\n name = \"b\"\n}\n" + resource("data.aws_iam_policy.b.arn"), "<data.aws_iam_policy.b.arn>"},
		{"a data source by ARN", "data \"aws_iam_policy\" \"b\" {\n arn = \"arn:aws:iam::1:policy/b\"\n}\n" + resource("data.aws_iam_policy.b.arn"), "arn:aws:iam::1:policy/b"},
		{"a module that is not here", "module \"m\" {\n source = \"example/m/aws\"\n}\n" + resource("module.m.arn"), "<module.m.arn>"},
		{"broken", resource("local.nope"), "<local.nope>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := loadModel(t, write(t, map[string]string{"main.tf": c.config}))
			for _, e := range m.Entities {
				got := e.Boundary.String()
				if e.Boundary.Nullable {
					got += "?"
				}
				if got != c.want {
					t.Errorf("got %s, want %s\n%s", got, c.want, messages(m))
				}
			}
		})
	}
}

func TestVariables(t *testing.T) {
	files := map[string]string{
		"main.tf": "variable \"a\" {\n  default = \"default\"\n}\nvariable \"l\" {\n  type = list(string)\n  default = []\n}\n" +
			"resource \"aws_iam_role\" \"r\" {\n  name = join(\"-\", concat([var.a], var.l))\n}\n",
		"more.tfvars": "a = \"file\"\n",
		"more.json":   "",
	}
	with := func(extra map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{files, extra} {
			maps.Copy(all, m)
		}
		return all
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		o     func(dir string) Options
		want  string
	}{
		{"the default", files, nil, "default"},
		{"terraform.tfvars", with(map[string]string{"terraform.tfvars": "a = \"t\""}), nil, "t"},
		{"terraform.tfvars.json", with(map[string]string{"terraform.tfvars": "a = \"t\"", "terraform.tfvars.json": `{"a": "j"}`}), nil, "j"},
		{"auto", with(map[string]string{"terraform.tfvars": "a = \"t\"", "b.auto.tfvars": "a = \"b\"", "a.auto.tfvars.json": `{"a": "a"}`}), nil, "b"},
		{"a file", with(map[string]string{"a.auto.tfvars": "a = \"b\""}), func(dir string) Options {
			return Options{Given: []Given{{File: filepath.Join(dir, "more.tfvars")}}}
		}, "file"},
		{"a value", files, func(dir string) Options {
			return Options{Given: []Given{{File: filepath.Join(dir, "more.tfvars")}, {Value: "a=x=y"}, {Value: `l=["m", "n"]`}}}
		}, "x=y-m-n"},
		{"of a plan", with(map[string]string{"terraform.tfvars": "a = \"t\""}), func(string) Options {
			return Options{Variables: map[string]any{"a": json.RawMessage(`"plan"`), "l": []any{"z"}}}
		}, "plan-z"},
		{"a broken file", with(map[string]string{"terraform.tfvars": "a = \"t\"\nb = [\n"}), nil, "t"},
		{"a broken value", with(map[string]string{"terraform.tfvars": "a = t\n"}), nil, "<var.a>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, c.files)
			o := Options{}
			if c.o != nil {
				o = c.o(dir)
			}
			o.Base = dir
			m, err := Load(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := entityNames(m); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	dir := write(t, files)
	for _, o := range []Options{{Given: []Given{{Value: "a"}}}, {Given: []Given{{Value: "l=[["}}}, {Given: []Given{{File: filepath.Join(dir, "none")}}}, {Given: []Given{{File: dir}}}} {
		o.Base = dir
		if m, err := Load(dir, o); err == nil {
			t.Errorf("%v: no error, %v", o, m)
		}
	}
	if _, err := Load(filepath.Join(dir, "none"), Options{}); err == nil {
		t.Error("a directory that is not there gives no error")
	}
	if m, err := Load(filepath.Join(dir, "main.tf"), Options{Base: dir}); err != nil || len(m.Entities) != 1 {
		t.Error("a file stands for its directory", err)
	}
}

func TestModules(t *testing.T) {
	files := map[string]string{
		"main.tf": `module "local" {
  source = "./m"
  name   = "local"
}
module "registry" {
  source  = "example/m/aws"
  version = "1.0.0"
  name    = "registry"
}
module "gone" {
  source = "git::https://example.com/m.git"
}
module "nowhere" {
  source = "./nowhere"
}
module "empty" {
  source = "./empty"
}
module "versions" { # it makes nothing, and is there
  source = "./versions"
}
`,
		"m/main.tf":                           "variable \"name\" {}\nresource \"aws_iam_role\" \"r\" {\n  name = var.name\n}\nmodule \"inner\" {\n  source = \"example/inner/aws\"\n}\n",
		"empty/README.md":                     "x",
		"versions/versions.tf":                "terraform {\n  required_version = \">= 1.3\"\n}\n",
		".terraform/modules/modules.json":     `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"registry","Source":"registry.terraform.io/example/m/aws","Version":"1.0.0","Dir":".terraform/modules/registry"},{"Key":"local.inner","Source":"registry.terraform.io/example/inner/aws","Dir":".terraform/modules/inner"},{"Key":"gone","Dir":"../../../../etc"}]}`,
		".terraform/modules/registry/main.tf": "variable \"name\" {}\nresource \"aws_iam_user\" \"u\" {\n  name = \"${var.name}-downloaded\"\n}\n",
		".terraform/modules/inner/main.tf":    "resource \"aws_iam_user\" \"u\" {\n  name = \"inner\"\n}\n",
	}
	m := loadModel(t, write(t, files))
	if got, want := entityNames(m), "inner local registry-downloaded"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var unchecked []string
	for _, u := range m.Unchecked {
		unchecked = append(unchecked, u.Location.Address)
		if u.Kind != "module" || !u.Location.HasFile() {
			t.Errorf("%+v", u)
		}
	}
	if got, want := strings.Join(unchecked, " "), "module.gone module.nowhere module.empty"; got != want {
		t.Errorf("unchecked %s, want %s\n%s", got, want, messages(m))
	}
}

func TestProviders(t *testing.T) {
	m := loadModel(t, write(t, map[string]string{
		"main.tf": `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
provider "aws" {
  alias  = "west"
  region = var.region
  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/deploy"
  }
}
variable "region" {
  default = "us-west-2"
}
resource "aws_iam_role" "here" {
  name = "here"
}
resource "aws_iam_role" "there" {
  provider = aws.west
  name     = "there"
}
module "passed" {
  source    = "./m"
  providers = { aws = aws.west, aws.other = aws }
}
module "inherited" {
  source = "./m"
}
data "aws_caller_identity" "there" {
  provider = aws.west
}
resource "aws_iam_user" "u" {
  name = data.aws_caller_identity.there.account_id
}
`,
		"m/main.tf": "resource \"aws_iam_role\" \"r\" {\n  name = \"m\"\n}\nresource \"aws_iam_role\" \"o\" {\n  provider = aws.other\n  name = \"o\"\n}\n",
	}))
	got := map[string]string{}
	for _, e := range m.Entities {
		got[e.Address] = e.Provider
	}
	for address, want := range map[string]string{
		"aws_iam_role.here": "aws", "aws_iam_role.there": "aws.west",
		"module.passed.aws_iam_role.r": "aws.west", "module.passed.aws_iam_role.o": "aws", "module.inherited.aws_iam_role.r": "aws",
	} {
		if got[address] != want {
			t.Errorf("%s is managed by %s, want %s", address, got[address], want)
		}
	}
	if len(m.Providers) != 2 || m.Providers[0].AllowedAccounts[0] != "111122223333" || m.Providers[0].Region.String() != "eu-west-1" ||
		m.Providers[1].AssumeRole.String() != "arn:aws:iam::444455556666:role/deploy" || m.Providers[1].Region.String() != "us-west-2" {
		t.Errorf("providers %+v", m.Providers)
	}
	for _, e := range m.Entities {
		if e.Address == "aws_iam_user.u" {
			if s := e.Name.Text.Symbol(); s == nil || s.Kind != policy.SymbolAccount || s.Scope != "aws.west" {
				t.Errorf("the account is %+v", s)
			}
		}
	}
}

func TestLifecycle(t *testing.T) {
	m := loadModel(t, write(t, map[string]string{
		"main.tf":       "resource \"aws_iam_role\" \"a\" {\n  name = \"a\"\n  lifecycle {\n    ignore_changes = [permissions_boundary, tags[\"x\"]]\n  }\n}\nresource \"aws_iam_role\" \"b\" {\n  name = \"b\"\n  lifecycle {\n    ignore_changes = all\n  }\n}\n",
		"c.tf.json":     `{"resource": {"aws_iam_role": {"c": {"name": "c", "lifecycle": {"ignore_changes": ["permissions_boundary"]}}}}}`,
		"x_override.tf": "resource \"aws_iam_role\" \"b\" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
	}))
	want := map[string]string{"aws_iam_role.a": "permissions_boundary tags[x]", "aws_iam_role.b": "all", "aws_iam_role.c": "permissions_boundary"}
	for _, e := range m.Entities {
		if got := strings.Join(e.IgnoreChanges, " "); got != want[e.Address] {
			t.Errorf("%s ignores changes of %s, want %s", e.Address, got, want[e.Address])
		}
		if !e.IgnoreChangesAt.HasFile() {
			t.Errorf("%s: the list has no place", e.Address)
		}
	}
	if len(m.Entities) != 3 {
		t.Error(messages(m))
	}
}

func TestReusable(t *testing.T) {
	const module = "variable \"boundary\" {\n  default = \"arn:aws:iam::1:policy/b\"\n}\nvariable \"name\" {}\nlocals {\n  n = \"x-${var.boundary}\"\n}\n" +
		"resource \"aws_iam_role\" \"r\" {\n  name = \"app\"\n  path = \"/${var.name}/\"\n  permissions_boundary = var.boundary\n}\nresource \"aws_iam_role\" \"s\" {\n  name = local.n\n}\n"
	for _, c := range []struct {
		name     string
		extra    map[string]string
		reusable bool
	}{
		{"a module", nil, true},
		{"with a provider", map[string]string{"p.tf": "provider \"aws\" {}\n"}, false},
		{"with a backend", map[string]string{"p.tf": "terraform {\n  backend \"s3\" {}\n}\n"}, false},
		{"with a cloud block", map[string]string{"p.tf": "terraform {\n  cloud {}\n}\n"}, false},
		{"with a backend in JSON", map[string]string{"p.tf.json": `{"terraform": {"backend": {"s3": {}}}}`}, false},
		{"with values", map[string]string{"dev.tfvars": "name = \"x\"\n"}, false},
		{"with required providers", map[string]string{"p.tf": "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"main.tf": module}
			maps.Copy(files, c.extra)
			m := loadModel(t, write(t, files))
			if m.Input.ReusableModule != c.reusable {
				t.Fatalf("reusable: %t", m.Input.ReusableModule)
			}
			want := map[string]string{"aws_iam_role.r": "[]", "aws_iam_role.s": "[]"}
			if c.reusable {
				want = map[string]string{"aws_iam_role.r": "[permissions_boundary]", "aws_iam_role.s": "[name]"}
			}
			for _, e := range m.Entities {
				if got := fmt.Sprint(e.FromDefault); got != want[e.Address] {
					t.Errorf("%s: from defaults %s, want %s", e.Address, got, want[e.Address])
				}
			}
		})
	}
}

func TestRoots(t *testing.T) {
	dir := write(t, map[string]string{
		"envs/dev/main.tf":            "module \"a\" {\n  source = \"../../modules/a\"\n}\n",
		"envs/prod/main.tf":           "module \"a\" {\n  source = \"../../modules/a\"\n}\nprovider \"aws\" {}\n",
		"modules/a/main.tf":           "module \"b\" {\n  source = \"../b\"\n}\n",
		"modules/b/main.tf":           beside,
		"modules/rooted/main.tf":      "terraform {\n  backend \"s3\" {}\n}\n",
		"uses/main.tf.json":           `{"module": {"r": {"source": "../modules/rooted"}}}`,
		"alone/main.tofu":             beside,
		".hidden/main.tf":             beside,
		"alone/.terraform/m/main.tf":  beside,
		"node_modules/x/main.tf":      beside,
		"legacy/deep/er/main.tf":      beside,
		"docs/readme.md":              "no configuration",
		"recursive/main.tf":           "module \"self\" {\n  source = \"./\"\n}\n",
		"lib/module/main.tf":          beside,
		"lib/module/examples/main.tf": "module \"m\" {\n  source = \"..\"\n}\n",
	})
	models, err := LoadAll(dir, Options{Base: dir, Exclude: []string{"legacy/**"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rootsOfModels(models), "alone envs/dev envs/prod lib/module lib/module/examples modules/rooted recursive uses"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	one, err := LoadAll(filepath.Join(dir, "envs", "dev"), Options{Base: dir})
	if err != nil || len(one) != 1 || len(one[0].Entities) != 1 {
		t.Errorf("a directory with configuration is one root: %v, %v", one, err)
	}
	none, err := LoadAll(filepath.Join(dir, "docs"), Options{Base: dir})
	if err != nil || len(none) != 1 || len(none[0].Entities) != 0 || len(none[0].Diagnostics) != 1 || none[0].Diagnostics[0].Error {
		t.Errorf("a directory without configuration: %v, %v", none, err)
	}
	below, err := LoadAll(filepath.Join(dir, "lib", "module"), Options{Base: dir, Recursive: true})
	if err != nil || rootsOfModels(below) != "lib/module lib/module/examples" {
		t.Errorf("below a directory with configuration: %v, %v", below, err)
	}
}

// rootsOfModels are the root modules of models.
func rootsOfModels(models []*iam.Model) string {
	var roots []string
	for _, m := range models {
		roots = append(roots, m.Input.Root)
	}
	return strings.Join(roots, " ")
}

// TestCommandLine has variables on the command line that are wrong.
func TestCommandLine(t *testing.T) {
	dir := write(t, map[string]string{
		"a/main.tf": "variable \"one\" {}\n", "b/main.tf": "variable \"two\" {}\n",
	})
	models, err := LoadAll(dir, Options{Base: dir, Given: []Given{{Value: "one=1"}, {Value: "two=2"}, {Value: "tow=2"}}})
	if err != nil || len(models) != 2 || !slices.Equal(models[0].Input.Undeclared, []string{"two", "tow"}) || !slices.Equal(models[1].Input.Undeclared, []string{"one", "tow"}) {
		t.Errorf("%+v, %v", models, err)
	}
	_, err = LoadAll(dir, Options{Base: dir, Given: []Given{{File: filepath.Join(dir, "none.tfvars")}}})
	if err == nil || !strings.Contains(err.Error(), "none.tfvars") || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is not named: %v", err)
	}
}

// TestLinks has roots that share a file by a link, and a directory that is
// named by a link which leads out of the repository.
func TestLinks(t *testing.T) {
	dir := write(t, map[string]string{
		"repo/.git/HEAD":      "",
		"repo/shared/role.tf": "resource \"aws_iam_role\" \"r\" {\n}\n",
		"repo/live/README.md": "",
		"repo/link.txt":       "",
		"outside/main.tf":     "module \"m\" {\n  source = \"./m\"\n}\n",
		"outside/m/main.tf":   "resource \"aws_iam_role\" \"r\" {\n}\n",
	})
	t.Chdir(filepath.Join(dir, "repo"))
	for link, target := range map[string]string{
		"live/role.tf": "../shared/role.tf", "named": filepath.Join(dir, "outside"), "live/out.tf": filepath.Join(dir, "outside", "main.tf"),
		"alone": "named/m", "role.tf": "link.tf",
	} {
		if err := os.Symlink(filepath.FromSlash(target), filepath.FromSlash(link)); err != nil {
			t.Skip(err)
		}
	}
	if models, err := LoadAll(".", Options{Recursive: true}); err != nil || rootsOfModels(models) != "live shared" {
		t.Errorf("got %s, %v", rootsOfModels(models), err)
	}
	for named, want := range map[string]string{"named": "named/m/main.tf", "alone": "alone/main.tf"} {
		models, err := LoadAll(named, Options{})
		if err != nil {
			t.Errorf("%s: %v", named, err)
			continue
		}
		m := models[0]
		if len(m.Entities) != 1 || m.Entities[0].Location.File != want {
			t.Errorf("%s: %+v, %+v", named, m.Entities, m.Diagnostics)
		}
	}
}

func TestBase(t *testing.T) {
	dir := write(t, map[string]string{"a/b/main.tf": "", ".git/HEAD": ""})
	if got := Base(filepath.Join(dir, "a", "b")); got != dir {
		t.Errorf("the repository is %s, want %s", got, dir)
	}
	alone := write(t, map[string]string{"a/main.tf": ""})
	if got := Base(filepath.Join(alone, "a")); got != filepath.Join(alone, "a") {
		t.Errorf("without a repository: %s", got)
	}
	t.Chdir(alone)
	if got, err := filepath.EvalSymlinks(Base("a")); err != nil || got != resolved(t, alone) {
		t.Errorf("below the working directory: %s", got)
	}
	m, err := Load("a", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Input.Path != "a" {
		t.Errorf("path %s", m.Input.Path)
	}
}

func resolved(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestIgnores(t *testing.T) {
	dir := write(t, map[string]string{
		"main.tf": `# boundlint:ignore boundary-missing reason="break-glass" until=2027-03-31
resource "aws_iam_role" "a" {
  name = "a" # boundlint:ignore name-prefix reason="a \"quoted\" word"
  # boundlint:ignore policy-invalid, trust-too-open reason='two rules'
  assume_role_policy = jsonencode({
    Statement = []
  })
}

// boundlint:ignore boundary-missing
# another comment between
module "m" {
  source   = "./m"
  for_each = toset(["k"])
}

resource "aws_iam_role" "text" {
  name = "# boundlint:ignore not-a-comment"
}

data "aws_iam_policy_document" "d" { # boundlint:ignore wildcard-grant reason="block"
  /* boundlint:ignore escalation-path reason="statement" */
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
# boundlint:ignored is not a directive
# boundlint:ignore
`,
		"m/main.tf": "# boundlint:ignore boundary-missing reason=\"inside\"\nresource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n",
		"j.tf.json": `{
  "//": "boundlint:ignore boundary-missing reason=\"all of it\"",
  "resource": {"aws_iam_role": {"j": {
    "//": ["a comment", "boundlint:ignore name-prefix reason=\"this one\""],
    "name": "j"}}}
}`,
	})
	m := loadModel(t, dir)
	var got []string
	for _, i := range m.Ignores {
		rel, err := filepath.Rel(dir, i.File)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s:%d %s %q %s %d-%d %v", filepath.ToSlash(rel), i.Location.Range.Start.Line, i.Rule, i.Reason, i.Until, i.From, i.To, i.Addresses))
	}
	want := []string{
		`j.tf.json:2 boundary-missing "all of it"  1-6 []`,
		`j.tf.json:4 name-prefix "this one"  3-5 [aws_iam_role.j aws_iam_role.j[*]]`,
		`m/main.tf:1 boundary-missing "inside"  1-4 [module.m[*].aws_iam_role.r module.m[*].aws_iam_role.r[*]]`,
		`main.tf:1 boundary-missing "break-glass" 2027-03-31 1-8 [aws_iam_role.a aws_iam_role.a[*]]`,
		`main.tf:3 name-prefix "a \"quoted\" word"  3-3 []`,
		`main.tf:4 policy-invalid "two rules"  4-7 []`,
		`main.tf:4 trust-too-open "two rules"  4-7 []`,
		`main.tf:10 boundary-missing ""  10-15 [module.m.* module.m[*].*]`,
		`main.tf:21 wildcard-grant "block"  21-27 [data.aws_iam_policy_document.d data.aws_iam_policy_document.d[*]]`,
		`main.tf:22 escalation-path "statement"  22-26 []`,
		`main.tf:29  ""  29-29 []`,
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got:\n%s\nwant:\n%s", a, b)
	}
}

// TestSensitive proves that sensitive values are used and marked, and that no
// diagnostic tells them.
func TestSensitive(t *testing.T) {
	m := loadModel(t, write(t, map[string]string{"main.tf": `variable "s" {
  sensitive = true
  default   = "hush"
}
variable "unset" {}
resource "aws_iam_role" "r" {
  name                 = "x-${var.s}"
  tags = {
    nope     = var.s.nope
    duration = parseint(var.s, 10) + tonumber(var.s) + element([1], parseint("${var.s}1", 10))
  }
  path                 = { for k in [var.s, var.s] : k => k }["x"]
  name_prefix          = "${substr("${var.unset}${var.s}", 0, 2)}${var.unset == "1" ? var.s : "public"}"
  permissions_boundary = nonsensitive("arn:${var.s}")
  assume_role_policy   = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.s } }] })
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [var.s]
  }
}
`}))
	e := m.Entities[0]
	if !e.Name.Sensitive || e.Boundary.Sensitive || e.Trust == nil || !e.Trust.Sensitive {
		t.Errorf("name %t, boundary %t, trust %+v", e.Name.Sensitive, e.Boundary.Sensitive, e.Trust)
	}
	if len(m.Policies) != 1 || m.Policies[0].Document == nil || !m.Policies[0].Document.Sensitive {
		t.Error("the document is not sensitive")
	}
	if said := messages(m); strings.Contains(said, "hush") || !strings.Contains(said, "parseint: the call fails") {
		t.Error(said)
	}
	for _, s := range e.NamePrefix.Text.Symbols() {
		if strings.Contains(s.Name, "hush") {
			t.Errorf("the name of a symbol tells it: %s", s.Name)
		}
	}
}

// TestReferences tells by which references a boundary is reached.
func TestReferences(t *testing.T) {
	m := loadModel(t, write(t, map[string]string{
		"main.tf": "variable \"arn\" {\n  default = \"arn:x\"\n}\nlocals {\n  b = var.arn\n}\nmodule \"m\" {\n  source = \"./m\"\n  b = local.b\n}\n" +
			"resource \"aws_iam_policy\" \"b\" {\n  for_each = toset([\"k\"])\n  name = \"b\"\n}\n" +
			"module \"n\" {\n  source = \"./m\"\n  b = aws_iam_policy.b[var.key].arn\n}\nvariable \"key\" {\n  default = \"k\"\n}\n",
		"m/main.tf": "variable \"b\" {}\nresource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  permissions_boundary = var.b\n}\n",
	}))
	for i, want := range []string{"var.b local.b var.arn", "var.b aws_iam_policy.b.arn"} {
		if got := strings.Join(m.Entities[i].Boundary.References, " "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestMaybeStatements proves that a statement made from what may not exist is
// not certain.
func TestMaybeStatements(t *testing.T) {
	const statement = `{ Effect = "Allow", Action = "iam:*", Resource = "*" }`
	for name, config := range map[string]string{
		"jsonencode": "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = jsonencode({ Statement = concat([" + statement + "], [for x in var.l : " + statement + "]) })\n}\n",
		"a local":    "locals {\n  d = { Statement = concat([" + statement + "], [for x in var.l : " + statement + "]) }\n}\nresource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = jsonencode(local.d)\n}\n",
		"dynamic": "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"iam:*\"]\n    resources = [\"*\"]\n  }\n  dynamic \"statement\" {\n    for_each = var.l\n    content {\n      actions = [\"iam:*\"]\n      resources = [\"*\"]\n    }\n  }\n}\n" +
			"resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = data.aws_iam_policy_document.d.json\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := loadModel(t, write(t, map[string]string{"main.tf": "variable \"l\" {\n  type = list(string)\n}\n" + config}))
			if len(m.Policies) != 1 || m.Policies[0].Document == nil || len(m.Policies[0].Document.Statements) != 2 {
				t.Fatal(messages(m))
			}
			for i, s := range m.Policies[0].Document.Statements {
				if (s.Maybe != nil) != (i == 1) {
					t.Errorf("statement %d: maybe %v", i, s.Maybe)
				}
			}
		})
	}
}

// TestMaybeConditions: a Condition that may be null, or an operator in it, is
// not certain to be asked.
func TestMaybeConditions(t *testing.T) {
	const asked = `{ StringEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/b" } }`
	for name, condition := range map[string]string{
		"a conditional":     `var.on ? ` + asked + ` : null`,
		"one of perhaps":    `one(var.on ? [` + asked + `] : [])`,
		"try with a null":   `try(one(var.on ? [` + asked + `] : []), null)`,
		"an operator":       `{ StringEquals = one(var.on ? [` + asked + `.StringEquals] : []) }`,
		"an entry, perhaps": `var.on ? ` + asked + ` : {}`,
	} {
		t.Run(name, func(t *testing.T) {
			m := loadModel(t, write(t, map[string]string{"main.tf": "variable \"on\" {\n  type = bool\n}\nresource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n" +
				"  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"iam:CreateRole\", Resource = \"*\", Condition = " + condition + " }] })\n}\n"}))
			if len(m.Policies) != 1 || m.Policies[0].Document == nil || len(m.Policies[0].Document.Statements) != 1 {
				t.Fatal(messages(m))
			}
			if s := m.Policies[0].Document.Statements[0]; len(s.Condition) != 1 || s.Condition[0].Operator.Symbol() == nil {
				t.Errorf("it is certain: %+v", s.Condition)
			}
		})
	}
}
