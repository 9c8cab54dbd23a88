package joined

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/tfplan"
)

// planOf is a plan that creates resources; the values of each are JSON, and an
// attribute that is "?" is known after apply.
func planOf(t *testing.T, resources map[string]string) string {
	t.Helper()
	var changes []any
	for address, text := range resources {
		var after map[string]any
		if err := json.Unmarshal([]byte(text), &after); err != nil {
			t.Fatal(address, err)
		}
		unknown := map[string]any{}
		for name, v := range after {
			if v == "?" {
				delete(after, name)
				unknown[name] = true
			}
		}
		typ, name, _ := strings.Cut(address, ".")
		changes = append(changes, map[string]any{
			"address": address, "mode": "managed", "type": typ, "name": name,
			"provider_name": "registry.terraform.io/hashicorp/aws",
			"change":        map[string]any{"actions": []string{"create"}, "after": after, "after_unknown": unknown},
		})
	}
	out, err := json.Marshal(map[string]any{
		"format_version": "1.2", "terraform_version": "1.11.0", "complete": true, "errored": false,
		"resource_changes": changes, "variables": map[string]any{"team": map[string]any{"value": "blue"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func joinOf(t *testing.T, config string, resources map[string]string) *iam.Model {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	symbols := &policy.Symbols{}
	plan, err := tfplan.Read(strings.NewReader(planOf(t, resources)), tfplan.Options{Path: "plan.json", Root: "plan.json", Symbols: symbols})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Model(plan, Options{Symbols: symbols, Dir: dir, Base: dir, Display: func(p string) string { return p }})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// said are the diagnostics that say that plan and configuration contradict.
func said(m *iam.Model) string {
	var out []string
	for _, d := range m.Diagnostics {
		_, rest, ok := strings.Cut(d.Summary, "the plan is trusted: ")
		if ok {
			out = append(out, rest)
		}
	}
	return strings.Join(out, "; ")
}

func TestContradictions(t *testing.T) {
	const role = `resource "aws_iam_role" "r" {
  name = "app-r"
  %
}`
	for name, c := range map[string]struct{ config, plan, want string }{
		"same":              {`path = "/x/"`, `{"name":"app-r","path":"/x/"}`, ""},
		"another name":      {"", `{"name":"app-s"}`, "aws_iam_role.r (name)"},
		"null and empty":    {`permissions_boundary = ""`, `{"name":"app-r","permissions_boundary":null}`, ""},
		"not set any more":  {`permissions_boundary = null`, `{"name":"app-r","permissions_boundary":"arn:aws:iam::1:policy/x"}`, "aws_iam_role.r (permissions_boundary)"},
		"a variable":        {`path = "/${var.team}/"`, `{"name":"app-r","path":"/blue/"}`, ""},
		"not its value":     {`path = "/${var.team}/"`, `{"name":"app-r","path":"/red/"}`, "aws_iam_role.r (path)"},
		"in another order":  {`managed_policy_arns = ["arn:b", "arn:a"]`, `{"name":"app-r","managed_policy_arns":["arn:a","arn:b"]}`, ""},
		"one is missing":    {`managed_policy_arns = ["arn:b", "arn:a"]`, `{"name":"app-r","managed_policy_arns":["arn:a"]}`, "aws_iam_role.r (managed_policy_arns)"},
		"the same document": {`assume_role_policy = jsonencode({ Statement = [{ Action = ["b", "a"], Effect = "Allow" }] })`, `{"name":"app-r","assume_role_policy":"{\"Statement\": {\"Effect\":\"Allow\",\"Action\":[\"a\",\"b\"]}}"}`, ""},
		"another document":  {`assume_role_policy = jsonencode({ Statement = [{ Action = ["b"], Effect = "Allow" }] })`, `{"name":"app-r","assume_role_policy":"{\"Statement\": {\"Effect\":\"Allow\",\"Action\":[\"a\",\"b\"]}}"}`, "aws_iam_role.r (assume_role_policy)"},
		"an account":        {`permissions_boundary = "arn:aws:iam::${data.aws_caller_identity.c.account_id}:policy/x"`, `{"name":"app-r","permissions_boundary":"arn:aws:iam::111122223333:policy/x"}`, ""},
		"not that policy":   {`permissions_boundary = "arn:aws:iam::${data.aws_caller_identity.c.account_id}:policy/x"`, `{"name":"app-r","permissions_boundary":"arn:aws:iam::111122223333:policy/y"}`, "aws_iam_role.r (permissions_boundary)"},
		"ignored changes":   {"lifecycle {\n    ignore_changes = [path]\n  }\n  path = \"/x/\"", `{"name":"app-r","path":"/y/"}`, ""},
		"a made-up name":    {"path = null", `{"name":"app-r","path":"/"}`, ""},
		"an empty block":    {"inline_policy {}", `{"name":"app-r","inline_policy":[]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			config := "variable \"team\" {}\ndata \"aws_caller_identity\" \"c\" {}\n" + strings.ReplaceAll(role, "%", c.config)
			if got := said(joinOf(t, config, map[string]string{"aws_iam_role.r": c.plan})); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOnlyOneHasIt(t *testing.T) {
	m := joinOf(t, `resource "aws_iam_user" "b" { name = "b" }
resource "aws_iam_user" "c" { name = "c" }
resource "aws_iam_user" "d" {
  for_each = data.other.x.names
  name     = each.key
}`, map[string]string{"aws_iam_user.a": `{"name":"a"}`, "aws_iam_user.b": `{"name":"b"}`, `aws_iam_user.d["x"]`: `{"name":"x"}`})
	if got, want := said(m), "aws_iam_user.a is in the plan only, aws_iam_user.c is in the configuration only"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(m.Entities) != 3 || m.Entities[0].Location.HasFile() || m.Entities[1].Location.Range.Start.Line != 1 || m.Entities[2].Location.Range.Start.Line != 3 {
		t.Errorf("got %+v", m.Entities)
	}
}

// TestHidden: the configuration fills in what the plan does not know, and the
// plan what the configuration cannot.
func TestHidden(t *testing.T) {
	m := joinOf(t, `
resource "aws_iam_policy" "b" { policy = jsonencode({ Statement = [] }) }
resource "aws_iam_role" "r" {
  name                 = "app-${aws_iam_policy.b.policy_id}"
  permissions_boundary = "${aws_iam_policy.b.arn}"
  managed_policy_arns  = ["arn:aws:iam::aws:policy/X", aws_iam_policy.b.arn]
}
resource "aws_iam_user" "u" {
  for_each             = toset(data.other.x.names)
  name                 = each.key
  permissions_boundary = aws_iam_role.r.arn
}`, map[string]string{
		"aws_iam_policy.b":      `{"policy":"{\"Statement\":[]}","arn":"?","name":"?"}`,
		"aws_iam_role.r":        `{"name":"?","permissions_boundary":"?","managed_policy_arns":"?","arn":"?"}`,
		`aws_iam_user.u["ann"]`: `{"name":"ann","permissions_boundary":"?"}`,
	})
	r, u := m.Entities[0], m.Entities[1]
	if got := r.Boundary.Text.String(); got != "<aws_iam_policy.b.arn>" {
		t.Errorf("boundary %s", got)
	}
	if got := r.Name.Text.String(); got != "app-<aws_iam_policy.b.policy_id>" {
		t.Errorf("name %s", got)
	}
	var arns []string
	for _, a := range m.Attachments {
		arns = append(arns, a.PolicyARN.Text.String())
		if a.Location.Range.Start.Line != 6 {
			t.Errorf("attachment at %+v", a.Location)
		}
	}
	if got := strings.Join(arns, " "); got != "arn:aws:iam::aws:policy/X <aws_iam_policy.b.arn>" {
		t.Errorf("attached %s", got)
	}
	if u.Address != `aws_iam_user.u["ann"]` || u.MayNotExist || u.Boundary.Text.String() != "<aws_iam_role.r.arn>" || u.Boundary.Location.Range.Start.Line != 11 {
		t.Errorf("user %+v", u)
	}
}

// TestBroken: what is wrong with the configuration costs places, and is no
// error of the run.
func TestBroken(t *testing.T) {
	m := joinOf(t, "resource \"aws_iam_user\" \"a\" {\n  name = \n}\nresource \"aws_iam_user\" \"b\" {", map[string]string{"aws_iam_user.a": `{"name":"a"}`})
	if len(m.Entities) != 1 || m.Entities[0].Name.Text.String() != "a" || len(m.Diagnostics) == 0 {
		t.Errorf("got %+v, %+v", m.Entities, m.Diagnostics)
	}
	for _, d := range m.Diagnostics {
		if d.Error {
			t.Errorf("an error: %s", d.Summary)
		}
	}
}

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct{ plan, config, at, want string }{
		"the same text":      {`{"Statement":[{"Action":"a"}]}`, `{"Statement":[{"Action":"a"}]}`, `"a"`, `"a"`},
		"other white space":  {`{"Statement":[{"Action":["a","b"]}]}`, "{\n \"Statement\": [ { \"Action\": [ \"a\", \"b\" ] } ]\n}", `"b"`, `"b"`},
		"another order":      {`{"Statement":[{"Action":["b","a"],"Effect":"Allow"}]}`, `{"Statement":[{"Effect":"Allow","Action":["a","b"]}]}`, `"b"`, `"b"`},
		"a list of one":      {`{"Statement":{"Action":"a"}}`, `{"Statement":[{"Action":["a"]}]}`, `"a"`, `"a"`},
		"no list any more":   {`{"Statement":[{"Action":["a"]}]}`, `{"Statement":{"Action":"a"}}`, `"a"`, `"a"`},
		"moved statements":   {`{"Statement":[{"Sid":"y"},{"Sid":"x"}]}`, `{"Statement":[{"Sid":"x"},{"Sid":"y"}]}`, `{"Sid":"y"}`, `{"Sid":"y"}`},
		"a name":             {`{"Statement":[{"Actions":"a"}]}`, `{ "Statement": [ {"Actions":"a"} ] }`, `"Actions"`, `"Actions"`},
		"a part of a string": {`{"Statement":[{"Action":"s3:Get"}]}`, `{ "Statement": [ {"Action":"s3:Get"} ] }`, `Get`, `Get`},
		"not there":          {`{"Statement":[{"Action":"a","Effect":"Deny"}]}`, `{"Statement":[{"Action":"a"}]}`, `"Deny"`, `{"Action":"a"}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := align(&policy.Symbols{}, policy.Literal(c.plan), policy.Literal(c.config))
			if a == nil {
				t.Fatal("no alignment")
			}
			start := strings.Index(c.plan, c.at)
			rng := a.place(span(start, start+len(c.at)))
			if got := c.config[rng.Start.Byte:rng.End.Byte]; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
