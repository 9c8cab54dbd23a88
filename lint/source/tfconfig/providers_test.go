package tfconfig

import (
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// named is a role whose name is an expression.
func named(expression string) string {
	return "resource \"aws_iam_role\" \"r\" {\n  name = " + expression + "\n}\n"
}

const currentPlace = "data \"aws_region\" \"r\" {}\ndata \"aws_partition\" \"p\" {}\n"

// bothPlaces is the region and the partition as one name.
const bothPlaces = `"${data.aws_region.r.name}/${data.aws_partition.p.partition}"`

// TestPlaceOfProvider tells the region and the partition by what the provider
// block says; symbols where it says nothing.
func TestPlaceOfProvider(t *testing.T) {
	provider := func(region string) string { return "provider \"aws\" {\n  region = " + region + "\n}\n" }
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a literal":            {map[string]string{"main.tf": provider(`"cn-north-1"`) + currentPlace + named(bothPlaces)}, "cn-north-1/aws-cn"},
		"no provider":          {map[string]string{"main.tf": currentPlace + named(bothPlaces)}, "<region>/<partition>"},
		"no region":            {map[string]string{"main.tf": "provider \"aws\" {}\n" + currentPlace + named(bothPlaces)}, "<region>/<partition>"},
		"null":                 {map[string]string{"main.tf": provider("null") + currentPlace + named(bothPlaces)}, "<region>/<partition>"},
		"a variable":           {map[string]string{"main.tf": "variable \"region\" {}\n" + provider("var.region") + currentPlace + named(bothPlaces)}, "<region>/<partition>"},
		"a default":            {map[string]string{"main.tf": "variable \"region\" {\n  default = \"us-gov-west-1\"\n}\n" + provider("var.region") + currentPlace + named(bothPlaces)}, "us-gov-west-1/aws-us-gov"},
		"a value":              {map[string]string{"main.tf": "variable \"region\" {}\n" + provider("var.region") + currentPlace + named(bothPlaces), "terraform.tfvars": `region = "us-isob-east-1"`}, "us-isob-east-1/aws-iso-b"},
		"part of a text":       {map[string]string{"main.tf": "variable \"side\" {}\n" + provider(`"eu-${var.side}-1"`) + currentPlace + named(bothPlaces)}, "<region>/<partition>"},
		"one of two":           {map[string]string{"main.tf": "variable \"far\" {\n  type = bool\n}\n" + provider(`var.far ? "us-east-1" : "eu-west-1"`) + currentPlace + named(bothPlaces)}, "<us-east-1|eu-west-1>/aws"},
		"one of two elsewhere": {map[string]string{"main.tf": "variable \"far\" {\n  type = bool\n}\n" + provider(`var.far ? "us-gov-east-1" : "eu-west-1"`) + currentPlace + named(bothPlaces)}, "<us-gov-east-1|eu-west-1>/<aws-us-gov|aws>"},
		"not a region":         {map[string]string{"main.tf": provider(`"moon"`) + currentPlace + named(bothPlaces)}, "moon/<partition>"},
		"an override":          {map[string]string{"main.tf": provider(`"eu-west-1"`) + currentPlace + named(bothPlaces), "override.tf": provider(`"cn-north-1"`)}, "cn-north-1/aws-cn"},
		"JSON":                 {map[string]string{"p.tf.json": `{"provider":{"aws":{"region":"${local.r}"}},"locals":{"r":"cn-north-1"}}`, "main.tf": currentPlace + named(bothPlaces)}, "cn-north-1/aws-cn"},
		"itself": {
			map[string]string{"main.tf": provider(`data.aws_region.r.name == "x" ? "us-east-1" : "eu-west-1"`) + currentPlace + named(bothPlaces)},
			"<us-east-1|eu-west-1>/aws",
		},
		"another's": {map[string]string{"main.tf": "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nprovider \"aws\" {\n  alias = \"b\"\n  region = data.aws_region.r.name\n}\n" +
			currentPlace + "data \"aws_region\" \"b\" {\n  provider = aws.b\n}\n" + named("data.aws_region.b.name")}, "eu-west-1"},
		"a module's": {map[string]string{
			"main.tf":   provider(`"eu-west-1"`) + "provider \"aws\" {\n  alias = \"gov\"\n  region = \"us-gov-west-1\"\n}\nmodule \"m\" {\n  source = \"./m\"\n  providers = { aws = aws.gov }\n}\n",
			"m/main.tf": "module \"n\" {\n  source = \"./n\"\n}\n", "m/n/main.tf": currentPlace + named(bothPlaces),
		}, "us-gov-west-1/aws-us-gov"},
		"a module's own": {map[string]string{
			"main.tf":   provider(`"eu-west-1"`) + "module \"m\" {\n  source = \"./m\"\n  region = \"cn-north-1\"\n}\n",
			"m/main.tf": "variable \"region\" {}\n" + provider("var.region") + currentPlace + named(bothPlaces),
		}, "cn-north-1/aws-cn"},
		"another local name": {map[string]string{"main.tf": "terraform {\n  required_providers {\n    amazon = {\n      source = \"hashicorp/aws\"\n    }\n  }\n}\n" +
			"provider \"amazon\" {\n  region = \"cn-north-1\"\n}\n" + strings.ReplaceAll(currentPlace, "{}", "{\n  provider = amazon\n}") + named(bothPlaces)}, "cn-north-1/aws-cn"},
		"named":            {map[string]string{"main.tf": provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  name = \"cn-north-1\"\n}\n" + named("data.aws_region.r.id")}, "cn-north-1"},
		"named since 6":    {map[string]string{"main.tf": provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  region = \"cn-north-1\"\n}\n" + named("data.aws_region.r.region")}, "cn-north-1"},
		"by endpoint":      {map[string]string{"main.tf": provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  endpoint = \"ec2.cn-north-1.amazonaws.com.cn\"\n}\n" + named("data.aws_region.r.name")}, "cn-north-1"},
		"by no endpoint":   {map[string]string{"main.tf": provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  endpoint = \"ec2.cn-north-1.amazonaws.com\"\n}\n" + named("data.aws_region.r.name")}, "<data.aws_region.r.name>"},
		"named by nobody":  {map[string]string{"main.tf": "variable \"x\" {\n  nullable = false\n}\n" + provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  name = var.x\n}\n" + named("data.aws_region.r.id")}, "<var.x>"},
		"perhaps named":    {map[string]string{"main.tf": "variable \"x\" {}\n" + provider(`"eu-west-1"`) + "data \"aws_region\" \"r\" {\n  name = var.x ? \"us-east-1\" : null\n}\n" + named("data.aws_region.r.id")}, "<data.aws_region.r.id>"},
		"parts of an ARN":  {map[string]string{"main.tf": provider(`"cn-north-1"`) + "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n}\ndata \"aws_arn\" \"a\" {\n  arn = aws_iam_policy.p.arn\n}\n" + named(`"${data.aws_arn.a.partition}/${data.aws_arn.a.account}/${data.aws_arn.a.resource}"`)}, "aws-cn/<account>/policy/p"},
		"a hidden ARN":     {map[string]string{"main.tf": "variable \"arn\" {}\ndata \"aws_arn\" \"a\" {\n  arn = var.arn\n}\n" + named("data.aws_arn.a.account")}, "<data.aws_arn.a.account>"},
		"not an ARN":       {map[string]string{"main.tf": "data \"aws_arn\" \"a\" {\n  arn = \"x\"\n}\n" + named("data.aws_arn.a.account")}, "<data.aws_arn.a.account>"},
		"any partition":    {map[string]string{"main.tf": "data \"aws_service_principal\" \"s\" {\n  service_name = \"ec2\"\n}\n" + named("data.aws_service_principal.s.name")}, "ec2.amazonaws.com"},
		"which partition":  {map[string]string{"main.tf": "data \"aws_service_principal\" \"s\" {\n  service_name = \"logs\"\n}\n" + named("data.aws_service_principal.s.name")}, "<data.aws_service_principal.s.name>"},
		"a default tag":    {map[string]string{"main.tf": "variable \"x\" {}\nprovider \"aws\" {\n  default_tags {\n    tags = { a = \"b\", x = var.x }\n  }\n}\ndata \"aws_default_tags\" \"t\" {}\n" + named(`"${data.aws_default_tags.t.tags["a"]}-${data.aws_default_tags.t.tags.x}"`)}, "b-<var.x>"},
		"ignored tags":     {map[string]string{"main.tf": "provider \"aws\" {\n  default_tags {\n    tags = { a = \"b\" }\n  }\n  ignore_tags {\n    keys = [\"a\"]\n  }\n}\ndata \"aws_default_tags\" \"t\" {}\n" + named(`data.aws_default_tags.t.tags["a"]`)}, "<data.aws_default_tags.t.tags[\"a\"]>"},
		"a function":       {map[string]string{"main.tf": "terraform {\n  required_providers {\n    amazon = {\n      source = \"registry.opentofu.org/hashicorp/aws\"\n    }\n  }\n}\n" + named(`provider::amazon::west::arn_parse("arn:aws:iam::1:role/x").resource`)}, "role/x"},
		"another provider": {map[string]string{"main.tf": "terraform {\n  required_providers {\n    aws = {\n      source = \"example.com/acme/other\"\n    }\n  }\n}\n" + named(`provider::aws::arn_build("a", "b", "c", "d", "e")`)}, "<provider::aws::arn_build(\"a\", \"b\", \"c\", \"d\", \"e\")>"},
	} {
		t.Run(name, func(t *testing.T) {
			m := loadModel(t, write(t, c.files))
			if got := entityNames(m); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestProviderForEach makes a provider configuration for each element, as
// OpenTofu does, and takes them by their keys.
func TestProviderForEach(t *testing.T) {
	m := loadModel(t, write(t, map[string]string{
		"main.tf": `
variable "more" {
  type = map(string)
}
locals {
  places = { eu = "eu-west-1", gov = "us-gov-west-1" }
}
provider "aws" {
  alias    = "by"
  for_each = local.places
  region   = each.value
  assume_role {
    role_arn = "arn:aws:iam::${each.key == "eu" ? "111122223333" : "444455556666"}:role/deploy"
  }
}
provider "aws" {
  alias    = "more"
  for_each = var.more
  region   = each.value
}
data "aws_partition" "each" {
  for_each = local.places
  provider = aws.by[each.key]
}
resource "aws_iam_role" "each" {
  for_each = local.places
  provider = aws.by[each.key]
  name     = data.aws_partition.each[each.key].id
}
resource "aws_iam_role" "one" {
  provider = aws.by["gov"]
  name     = "one"
}
resource "aws_iam_role" "more" {
  for_each = var.more
  provider = aws.more[each.key]
  name     = "more"
}
module "each" {
  source    = "./m"
  for_each  = local.places
  providers = { aws = aws.by[each.key] }
}
module "all" {
  source    = "./n"
  providers = { aws.some = aws.by }
}
`,
		"m/main.tf": "data \"aws_region\" \"r\" {}\nresource \"aws_iam_role\" \"m\" {\n  name = data.aws_region.r.name\n}\n",
		"n/main.tf": "resource \"aws_iam_role\" \"n\" {\n  provider = aws.some[\"eu\"]\n  name = \"n\"\n}\n",
	}))
	if len(m.Diagnostics) > 0 {
		t.Errorf("diagnostics: %+v", m.Diagnostics)
	}
	got := map[string]string{}
	for _, e := range m.Entities {
		got[e.Address] = e.Provider + " " + e.Name.String()
	}
	for address, want := range map[string]string{
		`aws_iam_role.each["eu"]`:              `aws.by["eu"] aws`,
		`aws_iam_role.each["gov"]`:             `aws.by["gov"] aws-us-gov`,
		"aws_iam_role.one":                     `aws.by["gov"] one`,
		`module.each["gov"].aws_iam_role.m`:    `aws.by["gov"] us-gov-west-1`,
		"module.all.aws_iam_role.n":            `aws.by["eu"] n`,
		`aws_iam_role.more["<var.more.key*>"]`: `aws.more["<var.more.key*>"] more`,
	} {
		if got[address] != want {
			t.Errorf("%s: got %q, want %q", address, got[address], want)
		}
	}
	i := slices.IndexFunc(m.Providers, func(p *iam.Provider) bool { return p.Name == `aws.by["gov"]` })
	if i < 0 || m.Providers[i].Region.String() != "us-gov-west-1" || m.Providers[i].AssumeRole.String() != "arn:aws:iam::444455556666:role/deploy" {
		t.Errorf("providers: %+v", m.Providers)
	}
}
