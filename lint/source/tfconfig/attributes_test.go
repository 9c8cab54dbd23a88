package tfconfig

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const attributesConfig = `
variable "unknown" {
  type = list(string)
}
resource "aws_iam_policy" "boundary" {
  name   = "b"
  policy = "{}"
}
resource "aws_sqs_queue" "queue" {
  name = "q"
}
resource "aws_newer_thing" "thing" {
  set = "x"
  one {
    a = "x"
  }
}
resource "random_id" "id" {
  byte_length = 4
  prefix      = null
}
resource "aws_iam_openid_connect_provider" "oidc" {
  url            = "https://x"
  client_id_list = ["a", "a"]
}
resource "aws_eks_cluster" "cluster" {
  name = "k"
  dynamic "encryption_config" {
    for_each = var.unknown
    content {
      resources = ["secrets"]
    }
  }
}
data "aws_ssm_parameter" "parameter" {
  name            = "/p"
  with_decryption = null
}
data "aws_vpc" "vpc" {
  default = true
}
module "m" {
  source = "./m"
  id     = random_id.id
  any    = random_id.id
}
locals {
  boundary = aws_iam_policy.boundary
  again    = local.boundary
  queue    = aws_sqs_queue.queue
  thing    = aws_newer_thing.thing
  id       = random_id.id
  cluster  = aws_eks_cluster.cluster
  vpc      = data.aws_vpc.vpc
  param    = data.aws_ssm_parameter.parameter
  list     = [random_id.id, random_id.id]
}
`

const attributesModule = `
variable "id" {
  type = object({ hex = string, byte_length = number, other = optional(string) })
}
variable "any" {}
output "id" {
  value = var.id
}
output "any" {
  value = var.any
}
`

// TestAttributes gives, for expressions over resources, their JSON, "unknown"
// or "error". What a plan by the real provider says is in testdata/provider.
func TestAttributes(t *testing.T) {
	for _, c := range []struct{ expression, want string }{
		// The facts are of versions 5 and 6, and nothing tells which it is.
		{`aws_sqs_queue.queue.region`, "unknown"},
		{`can(local.queue.region)`, "unknown"},
		{`try(local.queue.region, "none") == "none"`, "unknown"},
		{`contains(keys(local.queue), "region")`, "unknown"},
		{`contains(keys(local.queue), "url")`, "true"},
		{`try(local.queue.nosuch, "none")`, `"none"`},
		{`local.queue.nosuch`, "error"},
		{`lookup(local.queue, "nosuch", "none")`, `"none"`},
		{`lookup(local.queue, "region", "none")`, "unknown"},
		{`length([local.queue])`, "1"},
		{`[local.queue][0].name`, `"q"`},
		{`[local.queue][0].fifo_queue`, "false"},
		{`merge(local.queue, { region = "x" }).region`, `"x"`},
		{`{ for k, v in local.queue : k => v == "q" }.name`, "true"},
		{`{ for k, v in local.queue : k => v == "q" }.region`, "unknown"},
		// A type that is newer than the facts, and other providers.
		{`local.thing.set`, `"x"`},
		{`local.thing.other`, "unknown"},
		{`try(local.thing.other, "none") == "none"`, "unknown"},
		{`can(local.thing.other)`, "unknown"},
		{`local.thing.one[0].a`, `"x"`},
		{`local.thing.one[0].b`, "unknown"},
		{`try(local.thing.one[0].b, "") == ""`, "unknown"},
		{`local.thing.one[0].b == local.thing.one[0].c`, "unknown"},
		{`local.thing.one[0].b == local.thing.one[0].b`, "true"},
		{`local.id.byte_length`, "4"},
		{`local.id.prefix == null`, "unknown"},
		{`local.id.hex == random_id.id.hex`, "true"},
		{`local.list[1].hex == random_id.id.hex`, "true"},
		{`length(local.list)`, "2"},
		{`values({ a = random_id.id })[0].hex == local.id.hex`, "true"},
		{`module.m.id.hex == random_id.id.hex`, "true"},
		{`module.m.id.byte_length`, "4"},
		{`module.m.id.other == null`, "unknown"},
		{`module.m.any.hex == random_id.id.hex`, "true"},
		{`random_id.id.hex == random_id.id.dec`, "unknown"},
		// One attribute is one symbol, whichever way leads to it.
		{`local.boundary.arn == aws_iam_policy.boundary.arn`, "true"},
		{`local.again.id == aws_iam_policy.boundary.arn`, "true"},
		{`[aws_iam_policy.boundary][0].arn == aws_iam_policy.boundary.arn`, "true"},
		{`merge({}, local.boundary).arn == aws_iam_policy.boundary.arn`, "true"},
		{`lookup(local.boundary, "arn", "none") == aws_iam_policy.boundary.arn`, "true"},
		{`try(local.boundary.arn, "none") == aws_iam_policy.boundary.arn`, "true"},
		{`aws_eks_cluster.cluster.identity[0].oidc[0].issuer == local.cluster.identity[0].oidc[0].issuer`, "true"},
		{`aws_eks_cluster.cluster.identity[0].oidc[0].issuer == [local.cluster][0].identity.0.oidc.0.issuer`, "true"},
		// Blocks of an unknown number.
		{`length(local.cluster.encryption_config)`, "unknown"},
		{`try(local.cluster.encryption_config[0].resources, null) == null`, "unknown"},
		{`try(local.cluster.encryption_config[3].resources, null) == null`, "unknown"},
		{`[for c in local.cluster.encryption_config : c.resources] == []`, "unknown"},
		{`length(local.cluster.vpc_config)`, "0"},
		// Data sources: only what is set is known.
		{`local.vpc.default`, "true"},
		{`local.vpc.main_route_table_id == ""`, "unknown"},
		{`try(local.vpc.main_route_table_id, "") == ""`, "unknown"},
		{`local.vpc.state == null`, "unknown"},
		{`local.param.with_decryption`, "unknown"},
		{`local.param.name`, `"/p"`},
		{`try(local.param.nosuch, "none")`, `"none"`},
		// What an expression makes of an unknown value may be empty.
		{`join("", local.vpc.cidr_block_associations[*].cidr_block) == ""`, "unknown"},
		{`coalesce(local.param.value, "none") == "none"`, "unknown"},
		{`length(compact([local.param.value, ""]))`, "unknown"},
		{`compact([local.param.value, "a"])[0]`, "unknown"},
		{`compact(["a", local.param.value])[0]`, `"a"`},
		{`length(compact([aws_iam_policy.boundary.arn, ""]))`, "1"},
		// In the type that the provider declares.
		{`length(aws_iam_openid_connect_provider.oidc.client_id_list)`, "1"}, // a set
		{`(true ? aws_iam_policy.boundary : null).name`, `"b"`},
		{`(true ? local.queue : aws_sqs_queue.queue).name`, `"q"`},
	} {
		t.Run(c.expression, func(t *testing.T) {
			dir := write(t, map[string]string{"main.tf": attributesConfig, "m/main.tf": attributesModule})
			if got := consoleValue(evaluate(t, dir, Options{Base: dir}), c.expression); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestDirectReference shows what Terraform refuses before it evaluates
// anything: a reference that names an attribute which the type does not have.
func TestDirectReference(t *testing.T) {
	const config = `
resource "aws_iam_user" "one" {
  name = "u"
}
resource "aws_iam_user" "many" {
  for_each = toset(["a"])
  name     = each.key
}
locals {
  one = aws_iam_user.one
}
`
	for expression, want := range map[string]bool{
		`try(aws_iam_user.one.nosuch, "")`:                    true,
		`try(aws_iam_user.many["a"].nosuch, "")`:              true,
		`can(aws_iam_user.one.nosuch)`:                        true,
		`try(local.one.nosuch, "")`:                           false,
		`try(aws_iam_user.one.arn, "")`:                       false,
		`try(values(aws_iam_user.many)[0].nosuch, "")`:        false,
		`[for u in aws_iam_user.many : try(u.nosuch, "")][0]`: false,
		`try(aws_iam_user.many["b"].arn, "")`:                 false,
		`try(aws_newer_thing.x.nosuch, "")`:                   false,
	} {
		dir := write(t, map[string]string{"main.tf": config})
		ev := evaluate(t, dir, Options{Base: dir})
		x, diags := hclsyntax.ParseExpression([]byte(expression), "test", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		ev.root.env().eval(x)
		told := false
		for _, p := range ev.problems {
			told = told || strings.Contains(p.message, `This object does not have an attribute named "nosuch"`)
		}
		if told != want {
			t.Errorf("%s: told is %v, problems %v", expression, told, ev.problems)
		}
	}
}

// TestProviderVersion asks for an attribute that version 6 of the provider
// adds, and for one that neither version has.
func TestProviderVersion(t *testing.T) {
	requires := func(version string) string {
		return "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \"" + version + "\"\n    }\n  }\n}\n"
	}
	lock := func(version string) string {
		return "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"" + version + "\"\n}\n"
	}
	const config = "resource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n}\nlocals {\n  q = aws_sqs_queue.q\n}\n"
	for _, c := range []struct{ name, requires, lock, added, lacking string }{
		{"nothing tells", "", "", "unknown", `"none"`},
		{"version 5", requires("~> 5.0"), "", `"none"`, `"none"`},
		{"version 6", requires("~> 6.0"), "", "unknown", `"none"`},
		{"either", requires(">= 5.0"), "", "unknown", `"none"`},
		{"newer than the facts", requires(">= 7.0"), "", "unknown", "unknown"},
		{"older than the facts", requires("~> 4.0"), "", "unknown", "unknown"},
		{"no constraint", requires("latest"), "", "unknown", `"none"`},
		{"as before Terraform 0.13", "terraform {\n  required_providers {\n    aws = \"~> 5.0\"\n  }\n}\n", "", `"none"`, `"none"`},
		{"locked to 5", requires(">= 5.0"), lock("5.31.0"), `"none"`, `"none"`},
		{"locked to 6", "", lock("6.2.0"), "unknown", `"none"`},
		{"locked to a newer one", "", lock("6.999.0"), "unknown", "unknown"},
		{"locked to 4", "", lock("4.67.0"), "unknown", "unknown"},
		{"a lock file of OpenTofu", "", strings.ReplaceAll(lock("5.100.0"), "terraform.io", "opentofu.org"), `"none"`, `"none"`},
		{"a broken lock file", requires("~> 5.0"), "provider \"", `"none"`, `"none"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"main.tf": c.requires + config}
			if c.lock != "" {
				files[".terraform.lock.hcl"] = c.lock
			}
			dir := write(t, files)
			ev := evaluate(t, dir, Options{Base: dir})
			if got := consoleValue(ev, `try(local.q.region, "none")`); got != c.added {
				t.Errorf("an attribute that was added: %s, want %s", got, c.added)
			}
			if got := consoleValue(ev, `try(local.q.nosuch, "none")`); got != c.lacking {
				t.Errorf("an attribute that is lacking: %s, want %s", got, c.lacking)
			}
		})
	}
}

// TestSensitiveAttributes shows that a value is sensitive where the provider
// says that the attribute is, and what only the provider knows stays named.
func TestSensitiveAttributes(t *testing.T) {
	dir := write(t, map[string]string{"main.tf": `
resource "aws_db_instance" "db" {
  password    = "secret"
  password_wo = "secret"
}
data "aws_ssm_parameter" "p" {
  name = "/p"
}
`})
	ev := evaluate(t, dir, Options{Base: dir})
	for expression, want := range map[string]string{
		`aws_db_instance.db.password`:               "sensitive",
		`aws_db_instance.db.password_wo`:            "null",
		`data.aws_ssm_parameter.p.value`:            "unknown",
		`nonsensitive(aws_db_instance.db.password)`: `"secret"`,
	} {
		if got := consoleValue(ev, expression); got != want {
			t.Errorf("%s: %s, want %s", expression, got, want)
		}
	}
}
