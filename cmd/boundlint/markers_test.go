package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

// planted is what every sensitive value of fixtures/cli/sensitive begins with,
// and replaced what it begins with in the other version of the same input.
const planted, replaced = "zq", "kj"

// plantedAccount is an account that nothing but a sensitive value tells.
const plantedAccount = "909090909090"

// plantedInputs are the same configuration as every kind of input, in which a
// prefix stands for the one that is planted.
func plantedInputs(t *testing.T, from, prefix string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"main.tf", "plan.json"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(content)
	}
	files["state.json"], files["raw.tfstate"] = statesOf(t, files["plan.json"])
	encoded := func(prefix string) string { return base64.StdEncoding.EncodeToString([]byte(prefix + "name")) }
	planting := strings.NewReplacer(planted, prefix, strings.ToUpper(planted), strings.ToUpper(prefix), encoded(planted), encoded(prefix))
	broken := planting.Replace(brokenBySecrets)
	if prefix != planted {
		broken = strings.ReplaceAll(broken, plantedAccount, "919191919191")
	}
	for name := range files {
		files[name] = planting.Replace(files[name])
	}
	files["config/main.tf"] = files["main.tf"]
	delete(files, "main.tf")
	// What fails, with the reason that a person is told.
	files["broken/main.tf"] = broken
	files["broken/m/main.tf"] = brokenModule
	files["broken/"+prefix+"file.json"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:` + prefix + `fileaction","Resource":"*"}]}`
	files["broken/"+prefix+"template.json"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:` + prefix + `action","Resource":"${` + prefix + `variable}"}]}`
	files["broken/open.json"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateRole","Resource":"${x}","Condition":{"StringEquals":{"${k}":"a"}}}]}`
	return files
}

// brokenBySecrets is configuration that Terraform refuses, because of values
// that are sensitive.
const brokenBySecrets = `
variable "s" {
  sensitive = true
  default = {
    name = "zqname", json = "{ zqjson", file = "zqfile.json", template = "zqtemplate.json", text = "$${zqvar} $${foo.zqattribute} $${zqfunction(1)}", cut = "$${zqcut"
    op = "zqoperator", key = "zqkey:zqkey", principal = "zqprincipal"
  }
}
variable "account" {
  sensitive = true
  default   = "909090909090"
}
provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/zqdeploy"
  }
}
variable "list" {
  sensitive = true
  default   = ["zqlista", "zqlistb"]
}
variable "validated" {
  sensitive = true
  default   = "zqvalidated"
  validation {
    condition     = startswith(var.validated, "x")
    error_message = "Bad value ${var.validated}."
  }
}
variable "typed" {
  sensitive = true
  type      = number
  default   = "zqtyped"
}
locals {
  trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "each" {
  for_each           = var.s
  name               = "app-${each.key}"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "set" {
  for_each           = toset(var.list)
  name               = "app-${each.key}"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "counted" {
  count              = length(var.list)
  name               = "app-${var.list[count.index]}"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "name" {
  name               = var.s.name
  assume_role_policy = local.trust
}
resource "aws_iam_user" "dev" {
  name = "app-dev"
}
resource "aws_iam_role" "trust" {
  name                 = "app-trust"
  permissions_boundary = var.s.name
  assume_role_policy   = var.s.json
}
resource "aws_iam_role" "principals" {
  name               = "app-principals"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { (var.s.principal) = "*" } }] })
}
resource "aws_iam_policy" "odd" {
  name   = "odd"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:zq${var.s.name}", "${var.s.name}:*"], Resource = var.s.name, Condition = { (var.s.op) = { (var.s.key) = "x" } } }] })
}
resource "aws_iam_policy" "file" {
  name   = "file"
  policy = file(var.s.file)
}
resource "aws_iam_policy" "nowhere" {
  name   = "nowhere"
  policy = file("nowhere/${var.s.file}")
}
resource "aws_iam_policy" "outside" {
  name   = "outside"
  policy = file("../../../${var.s.file}")
}
resource "aws_iam_policy" "open" {
  name   = "open"
  policy = templatefile("open.json", { x = var.s.name, k = var.s.key })
}
resource "aws_iam_policy" "template" {
  name   = "template"
  policy = templatefile(var.s.template, {})
}
resource "aws_iam_policy" "text" {
  name   = "text"
  policy = templatestring(var.s.text, {})
}
resource "aws_iam_policy" "cut" {
  name   = "cut"
  policy = templatestring(var.s.cut, {})
}
resource "aws_iam_policy" "decoded" {
  name   = "decoded"
  policy = jsondecode(var.s.json)
}
resource "aws_iam_role" "failing" {
  for_each = {
    number  = tonumber(var.s.name)
    regex   = regex("[", var.s.name)
    index   = var.s["${var.s.name}x"]
    format  = format("%d", var.s.name)
    replace = replace(var.s.name, "/[${var.s.name}/", "")
    typed   = var.typed
    checked = var.validated
  }
  name               = each.value
  assume_role_policy = local.trust
}
module "m" {
  for_each = var.s
  source   = "./m"
  name     = each.key
  key      = { (var.s.name) = "x" }
}
module "gone" {
  source = "./${var.s.file}"
}
`

const brokenModule = `
variable "name" {}
variable "key" {}
resource "aws_iam_role" "r" {
  for_each           = var.key
  name               = "mod-${var.name}-${each.key}"
  assume_role_policy = "{}"
  tags               = var.key
}
`

// statesOf are the states that the resources of a plan come to, as terraform
// show -json prints one and as Terraform stores it.
func statesOf(t *testing.T, plan string) (shown, stored string) {
	t.Helper()
	var p struct {
		Changes []struct {
			Address string
			Change  struct {
				Sensitive json.RawMessage `json:"after_sensitive"`
			}
		} `json:"resource_changes"`
		Planned struct {
			Root struct {
				Resources []map[string]any `json:"resources"`
			} `json:"root_module"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal([]byte(plan), &p); err != nil {
		t.Fatal(err)
	}
	var raw []any
	for _, r := range p.Planned.Root.Resources {
		for _, c := range p.Changes {
			if c.Address != r["address"] {
				continue
			}
			var marks any
			if err := json.Unmarshal(c.Change.Sensitive, &marks); err != nil {
				t.Fatal(err)
			}
			r["sensitive_values"] = marks
			raw = append(raw, map[string]any{
				"mode": r["mode"], "type": r["type"], "name": r["name"], "provider": `provider["registry.terraform.io/hashicorp/aws"]`,
				"instances": []any{map[string]any{"schema_version": 0, "attributes": r["values"], "sensitive_attributes": markedPaths(marks, nil)}},
			})
		}
	}
	write := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	shown = write(map[string]any{
		"format_version": "1.0", "terraform_version": "1.11.4", "values": map[string]any{"root_module": map[string]any{"resources": p.Planned.Root.Resources}},
	})
	return shown, write(map[string]any{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": map[string]any{}, "resources": raw})
}

// markedPaths are the paths of the marks in a tree of them.
func markedPaths(marks any, at []any) []any {
	out := []any{}
	switch marks := marks.(type) {
	case bool:
		if marks {
			out = append(out, slices.Clone(at))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(marks)) {
			out = append(out, markedPaths(marks[name], append(at, map[string]any{"type": "get_attr", "value": name}))...)
		}
	case []any:
		for i := range marks {
			step := map[string]any{"type": "index", "value": map[string]any{"type": "number", "value": i}}
			out = append(out, markedPaths(marks[i], append(at, step))...)
		}
	}
	return out
}

// plantedDump is an account dump whose names are those that the configuration
// keeps secret: with it, as one account, they stay so.
const plantedDump = `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"RoleName":"zqname","RoleId":"AROA1","Path":"/zqpath/",
"Arn":"arn:aws:iam::111122223333:role/zqpath/zqname","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},"RolePolicyList":[],"AttachedManagedPolicies":[]}]}`

// plantedCommands ask everything of an input.
func plantedCommands(input []string) [][]string {
	var out [][]string
	add := func(args ...string) { out = append(out, slices.Concat(args, input, []string{"--verbose"})) }
	if len(input) == 1 && !strings.Contains(input[0], ".") {
		out = append(out, []string{"init", "--stdout", input[0]})
	}
	for _, format := range []string{"text", "json"} {
		for _, address := range []string{"aws_iam_role.trust", "aws_iam_user.u", "aws_iam_role.nobody", "app-trus", "aws_ssoadmin_permission_set.ps"} {
			add("can", address, "--format", format)
		}
		add("who-can", "sts:AssumeRole", "--format", format)
		add("who-can", "iam:Delete*", "--format", format)
		add("who-can", "sts:AssumeRole", "aws_iam_role.name", "--format", format)
		for _, as := range []string{"aws_iam_role.trust", "aws_iam_user.dev"} {
			add("simulate", "--as", as, "--action", "iam:CreateRole", "--format", format)
			add("simulate", "--as", as, "--action", "iam:CreatePolicyVersion", "--search", "--format", format)
			add("simulate", "--as", as, "--action", "iam:PassRole", "--resource", "aws_iam_role.name", "--format", format)
		}
	}
	return out
}

// plantedBaseline is the text of the baseline of an input.
func plantedBaseline(t *testing.T, input []string) string {
	t.Helper()
	const file = "known.json"
	got := boundlint(t, "", nil, slices.Concat([]string{"baseline", "write", "--baseline", file}, input)...)
	text, err := os.ReadFile(file)
	if err != nil {
		return got.stdout + got.stderr // an input that is not complete
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	return got.stdout + string(text)
}

// plantedReports judges an input and returns its report in every format, and
// what is said on standard error, by the command that writes it alone.
func plantedReports(t *testing.T, input []string) map[string]string {
	t.Helper()
	args := append([]string{"lint", "--verbose"}, input...)
	for _, format := range texts() {
		args = append(args, "--format", format+"=report."+format)
	}
	got := boundlint(t, "", nil, args...)
	out := map[string]string{strings.Join(args, " "): got.stdout + got.stderr}
	for _, format := range texts() {
		text, err := os.ReadFile("report." + format)
		if err != nil || len(text) == 0 {
			t.Errorf("%v: nothing is in the report as %s: %v, %.300s", input, format, err, got.stderr)
		}
		out[strings.Join(input, " ")+" as "+format] = string(text)
	}
	return out
}

// texts are the formats that can be searched. What is compressed may look like
// anything, and has the rows of those that are not.
func texts() []string { return slices.DeleteFunc(report.Names(), report.IsBinary) }

// shapes are the spellings of a sensitive value that are looked for.
func shapes(value string) []string {
	sum := fmt.Sprintf("%x", value)
	return []string{
		strings.ToLower(value), strings.ToLower(base64.StdEncoding.EncodeToString([]byte(value)))[:4], strings.ToLower(sum), hex.EncodeToString([]byte(value)),
	}
}

// TestMarkers plants sensitive values wherever a text can stand, and looks for
// them in all that boundlint says. What it says of two inputs that differ in
// sensitive values alone is the same, so that nothing is derived of them: no
// digest, no order, no length.
func TestMarkers(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every command on every kind of input")
	}
	inputs := map[string][]string{
		"configuration": {"config"}, "broken": {"broken"}, "plan": {"plan.json"}, "joined": {"plan.json", "--config-dir", "config"},
		"state": {"state.json"}, "stored state": {"raw.tfstate"}, "dump": {"config", "dump.json", "--same-account"},
	}
	said := map[string]map[string]string{}
	from := filepath.Join(repository(t), "fixtures", "cli", "sensitive")
	for _, prefix := range []string{planted, replaced} {
		files := plantedInputs(t, from, prefix)
		files["dump.json"] = strings.ReplaceAll(plantedDump, planted, prefix)
		dir := workspace(t, files)
		said[prefix] = map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(inputs)) {
			if prefix == replaced && name != "broken" && name != "joined" && name != "state" {
				continue // of the readers that joined, state and configuration have
			}
			for _, args := range plantedCommands(inputs[name]) {
				if prefix == replaced && !slices.Contains(args, "json") {
					continue // made of the same report
				}
				got := boundlint(t, "", nil, args...)
				text := strings.ReplaceAll(got.stdout+got.stderr, dir, "DIR")
				if got.stdout == "" && !strings.Contains(got.stderr, "has no role or user") && !strings.Contains(got.stderr, "not in the input") {
					t.Errorf("%v: nothing is shown: %.300s", args, got.stderr)
				}
				said[prefix][strings.Join(args, " ")] = text
			}
			said[prefix]["the baseline of "+name] = plantedBaseline(t, inputs[name])
			for command, text := range plantedReports(t, inputs[name]) {
				said[prefix][command] = strings.ReplaceAll(text, dir, "DIR")
			}
		}
		if got := boundlint(t, "", nil, "lint", "config", "--format", "json=report.json", "--format", "text"); got.code == exitFailure {
			t.Fatal(got.stderr)
		}
		for _, format := range texts() {
			args := []string{"report", "merge", "report.json", "--verbose", "--format", format}
			got := boundlint(t, "", nil, args...)
			said[prefix][strings.Join(args, " ")] = got.stdout + got.stderr
		}
	}
	for command, text := range said[planted] {
		for n, line := range strings.Split(text, "\n") {
			for _, shape := range shapes(planted + "name") {
				if strings.Contains(strings.ToLower(line), planted) || strings.Contains(line, plantedAccount) || strings.Contains(strings.ToLower(line), shape) {
					t.Errorf("%s:%d: %.300s", command, n+1, line)
				}
			}
		}
		if said[replaced][command] == "" {
			continue
		}
		others := strings.Split(said[replaced][command], "\n")
		for n, line := range strings.Split(text, "\n") {
			if n >= len(others) || others[n] != line {
				other := ""
				if n < len(others) {
					other = others[n]
				}
				t.Errorf("%s:%d: it depends on what is sensitive:\n%.300s\n%.300s", command, n+1, line, other)
				break
			}
		}
	}
}

// TestMarkersEscaped: an escape hides nothing of a sensitive value, and what is
// covered leaves JSON as it is.
func TestMarkersEscaped(t *testing.T) {
	workspace(t, map[string]string{"main.tf": `
variable "s" {
  sensitive = true
  default   = "Zq\"qu\nince<&>|\u00e9\u009bzq\\zq"
}
variable "name" {
  sensitive = true
  default   = "address"
}
resource "aws_iam_role" "x" {
  name               = var.s
  description        = var.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }] })
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.x.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:*", "sts:*"], Resource = "*" }] })
}
`})
	for _, format := range []string{"text", "json"} {
		for _, c := range []string{
			"can aws_iam_role.x", "who-can sts:AssumeRole", "who-can sts:AssumeRole aws_iam_role.x", "simulate --as aws_iam_role.x --action iam:CreateRole --search",
			"simulate --as aws_iam_role.x --action sts:AssumeRole --resource aws_iam_role.x", "lint",
		} {
			got := boundlint(t, "", nil, append(strings.Fields(c), "--verbose", "--format", format)...)
			if said := strings.ToLower(got.stdout + got.stderr); strings.Contains(said, planted) || strings.Contains(said, "ince<") {
				t.Errorf("%s as %s: %s", c, format, said)
			}
			if format == "json" && (!json.Valid([]byte(got.stdout)) || !strings.Contains(got.stdout, `"address": "aws_iam_role.x"`)) {
				t.Errorf("%s: %.300s", c, got.stdout)
			}
		}
	}
}
