package tfconfig

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// at is a location as file:line, with the calls through which it is reached.
func at(dir string, l iam.Location) string {
	rel, err := filepath.Rel(dir, l.File)
	if err != nil {
		rel = l.File
	}
	s := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), l.Range.Start.Line)
	for c := l.Call; c != nil; c = c.Call {
		rel, _ := filepath.Rel(dir, c.File)
		s += fmt.Sprintf(" by %s:%d %s", filepath.ToSlash(rel), c.Range.Start.Line, c.Address)
	}
	return s
}

// TestPlacesOfValues follows the boundary of a role to what has to change: the
// literal that ends in "here", or the reference to an attribute of another
// resource in the line that is marked.
func TestPlacesOfValues(t *testing.T) {
	const inModule = "variable \"b\" {\n  default = null\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = var.b\n}\n"
	module := func(main string) map[string]string { return map[string]string{"main.tf": main, "m/main.tf": inModule} }
	for name, files := range map[string]map[string]string{
		"a literal":      {"main.tf": "resource \"aws_iam_role\" \"r\" {\n\n  permissions_boundary = \"arn:here\"\n}\n"},
		"a local":        {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = local.b\n}\nlocals {\n  b = local.c\n  c = \"arn:here\"\n}\n"},
		"a local object": {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = local.o.a[1][\"x\"]\n}\nlocals {\n  o = { a = [0,\n    { x = \"arn:here\" }] }\n}\n"},
		"a merge":        {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = merge(local.a, local.b).x\n}\nlocals {\n  a = { x = \"arn:no\" }\n  b = { x = \"arn:here\" }\n}\n"},
		"a default":      {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = var.b\n}\nvariable \"b\" {\n  default = \"arn:here\"\n}\n"},
		"an argument":    module("module \"m\" {\n  source = \"./m\"\n  b = \"arn:here\"\n}\n"),
		"through two modules": {
			"main.tf":   "module \"o\" {\n  source = \"./o\"\n  c = local.x\n}\nlocals {\n  x = \"arn:here\"\n}\n",
			"o/main.tf": "variable \"c\" {}\nmodule \"m\" {\n  source = \"../m\"\n  b = var.c\n}\n", "m/main.tf": inModule,
		},
		"an output": {
			"main.tf":   "module \"o\" {\n  source = \"./o\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = module.o.arn\n}\n",
			"o/main.tf": "output \"arn\" {\n  value = \"arn:here\"\n}\n",
		},
		"a module for_each":               module("module \"m\" {\n  for_each = {\n    k = {\n      b = \"arn:here\"\n    }\n  }\n  source = \"./m\"\n  b = each.value.b\n}\n"),
		"a for_each":                      {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  for_each = {\n    k = \"arn:here\"\n  }\n  permissions_boundary = each.value\n}\n"},
		"a for_each set":                  {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  for_each = toset([\n    \"arn:here\"\n  ])\n  permissions_boundary = each.value\n}\n"},
		"a for expression":                {"main.tf": "locals {\n  m = {\n    a = { b = \"arn:here\" }\n  }\n}\nresource \"aws_iam_role\" \"r\" {\n  for_each = { for k, v in local.m : \"x-${k}\" => v if k != \"z\" }\n  permissions_boundary = each.value.b\n}\n"},
		"a conditional":                   {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = 1 > 2 ? \"arn:no\" : (\n    \"arn:here\")\n}\n"},
		"try":                             {"main.tf": "locals {\n  m = {}\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = try(local.m.x,\n    \"arn:here\")\n}\n"},
		"lookup":                          {"main.tf": "locals {\n  m = {\n    x = \"arn:here\"\n  }\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = lookup(local.m, \"x\", null)\n}\n"},
		"coalesce":                        {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = coalesce(\"\",\n    \"arn:here\")\n}\n"},
		"element":                         {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  count = 4\n  permissions_boundary = element([\n    \"arn:here\"], count.index)\n}\n"},
		"one of a splat":                  {"main.tf": "resource \"aws_iam_role\" \"q\" {\n  count = 1\n  description = \"arn:here\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = one(aws_iam_role.q[*].description) # here\n}\n"},
		"an attribute":                    {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"arn:here\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = aws_iam_user.q.name # here\n}\n"},
		"an attribute by a local":         {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"arn:here\"\n}\nlocals {\n  b = aws_iam_user.q.name # here\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = local.b\n}\n"},
		"an attribute of an attribute":    {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"arn:here\"\n}\nresource \"aws_iam_user\" \"p\" {\n  name = aws_iam_user.q.name\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = aws_iam_user.p.name # here\n}\n"},
		"an attribute of a local's value": {"main.tf": "locals {\n  n = \"arn:here\"\n}\nresource \"aws_iam_user\" \"q\" {\n  name = local.n\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = aws_iam_user.q.name # here\n}\n"},
		"an attribute of a data source":   {"main.tf": "data \"aws_iam_user\" \"q\" {\n  user_name = \"arn:here\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = data.aws_iam_user.q.user_name # here\n}\n"},
		"a part of an attribute":          {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"x\"\n  tags = {\n    b = \"arn:here\"\n  }\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = aws_iam_user.q.tags[\"b\"] # here\n}\n"},
		"an attribute as an argument":     module("resource \"aws_iam_user\" \"q\" {\n  name = \"arn:here\"\n}\nmodule \"m\" {\n  source = \"./m\"\n  b = aws_iam_user.q.name # here\n}\n"),
		"an attribute as an output": {
			"main.tf":   "module \"o\" {\n  source = \"./o\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = module.o.name\n}\n",
			"o/main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"arn:here\"\n}\noutput \"name\" {\n  value = aws_iam_user.q.name # here\n}\n",
		},
		"an attribute of each.value": {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  for_each = toset([\"arn:here\"])\n  name = each.key\n}\nresource \"aws_iam_role\" \"r\" {\n  for_each = aws_iam_user.q\n  permissions_boundary = each.value.name # here\n}\n"},
		"concat":                     {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = concat([\"arn:no\"],\n    [\"arn:here\"])[1]\n}\n"},
		"an override file":           {"main.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = \"arn:no\"\n}\n", "x_override.tf": "resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = \"arn:here\"\n}\n"},
		"JSON":                       {"main.tf.json": "{\"locals\": {\n  \"b\": \"arn:here\"},\n \"resource\": {\"aws_iam_role\": {\"r\": {\n  \"permissions_boundary\": \"${local.b}\"}}}}"},
		"a null argument":            {"main.tf": "module \"m\" {\n  source = \"./m\"\n  b = null\n}\n", "m/main.tf": "variable \"b\" {\n  nullable = false\n  default = \"arn:here\"\n}\nresource \"aws_iam_role\" \"r\" {\n  permissions_boundary = var.b\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, files)
			want := ""
			for file, text := range files {
				for i, line := range strings.Split(text, "\n") {
					if strings.Contains(line, "# here") || strings.Contains(line, "arn:here") && !strings.Contains(text, "# here") {
						want = fmt.Sprintf("%s:%d", file, i+1)
					}
				}
			}
			m := loadModel(t, dir)
			n := 0
			for _, e := range m.Entities {
				if !e.Boundary.Set {
					continue
				}
				n++
				if v, ok := e.Boundary.Known(); !ok || v != "arn:here" {
					t.Errorf("%s: boundary %s", e.Address, e.Boundary)
				}
				got, _, _ := strings.Cut(at(dir, e.Boundary.Location), " by ")
				if got != want {
					t.Errorf("%s: at %s, want %s", e.Address, got, want)
				}
			}
			if n == 0 {
				t.Errorf("no boundary: %s", messages(m))
			}
		})
	}
}

// TestPlacesOfStatements looks for statements, and elements of statements, by
// what is written in their lines: a Sid "S<n>" stands in the statement's line,
// and an action "act:<n>" in the action's.
func TestPlacesOfStatements(t *testing.T) {
	policy := func(expression string) string {
		return "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = " + expression + "\n}\n"
	}
	const json = "{\n  \"Statement\": [\n    { \"Sid\": \"S1\", \"Effect\": \"Allow\",\n      \"Action\": [\n        \"act:1\",\n        \"act:2\"\n      ], \"Resource\": \"*\" },\n    { \"Sid\": \"S2\", \"Effect\": \"Deny\", \"Action\": \"act:3\", \"Resource\": \"*\" }\n  ]\n}\n"
	indented := strings.ReplaceAll(json, "\n", "\n      ")
	for name, files := range map[string]map[string]string{
		"a heredoc":           {"main.tf": policy("<<EOT\n" + json + "EOT")},
		"an indented heredoc": {"main.tf": policy("<<-EOT\n      " + indented + "EOT")},
		"a heredoc with interpolations": {"main.tf": "locals {\n  a = \"act:1\"\n}\n" + policy("<<EOT\n"+
			strings.Replace(json, "\"*\"", "\"${local.r}\"", 1)+"EOT") + "locals {\n  r = \"*\"\n}\n"},
		"a heredoc with directives": {"main.tf": policy("<<EOT\n{\"Statement\": [\n%{ for x in [\"S1\"] ~}\n  {\"Sid\": \"S0\", \"Effect\": \"Allow\", \"Action\": \"act:0\", \"Resource\": \"*\"},\n%{ endfor ~}\n  {\"Sid\": \"S2\", \"Effect\": \"Allow\", \"Action\": \"act:2\", \"Resource\": \"*\"}\n]}\nEOT")},
		"escapes":                   {"main.tf": policy("<<EOT\n{\"Statement\": [\n  {\"Sid\": \"S1\", \"Effect\": \"Allow\", \"Action\": \"act:1\", \"Resource\": \"arn:aws:s3:::$${aws:username}\"},\n  {\"Sid\": \"S2\", \"Effect\": \"Allow\", \"Action\": \"act:2\", \"Resource\": \"*\"}\n]}\nEOT")},
		"jsonencode":                {"main.tf": policy("jsonencode({\n  Statement = [\n    { Sid = \"S1\", Effect = \"Allow\", Resource = \"*\", Action = [\n      \"act:1\",\n      \"act:2\",\n    ] },\n    { Sid = \"S2\", Effect = \"Allow\", Resource = \"*\", Action = \"act:3\" }\n  ]\n})")},
		"jsonencode of locals": {"main.tf": "locals {\n  two = {\n    Sid = \"S2\", Effect = \"Allow\", Resource = \"*\", Action = local.acts\n  }\n  acts = [\n    \"act:3\",\n    \"act:4\"\n  ]\n}\n" +
			policy("jsonencode({ Statement = concat([\n  { Sid = \"S1\", Effect = \"Allow\", Resource = \"*\", Action = \"act:1\" }],\n  [local.two]) })")},
		"jsonencode of for": {"main.tf": policy("jsonencode({\n  Statement = [for a in [\n    \"act:1\",\n    \"act:2\"] :\n    { Effect = \"Allow\", Resource = \"*\", Action = a }]\n})")},
		"file":              {"main.tf": policy("file(\"p.json\")"), "p.json": json},
		"file in a module":  {"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": policy("file(\"${path.module}/p.json\")"), "m/p.json": json},
		"templatefile":      {"main.tf": policy("templatefile(\"p.tpl\", {\n  acts = [\n    \"act:8\",\n    \"act:9\"]\n})"), "p.tpl": strings.Replace(json, "\"act:3\"", "${jsonencode(acts)}", 1)},
		"template_file":     {"main.tf": "data \"template_file\" \"t\" {\n  template = file(\"p.tpl\")\n}\n" + policy("data.template_file.t.rendered"), "p.tpl": json},
		"a document": {"main.tf": "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    sid = \"x\"\n    actions = [\n      \"act:1\",\n      \"act:2\"]\n    resources = [\"*\"]\n  }\n}\n" +
			policy("data.aws_iam_policy_document.d.json")},
		"a dynamic document": {"main.tf": "data \"aws_iam_policy_document\" \"d\" {\n  dynamic \"statement\" {\n    for_each = {\n      a = \"act:1\"\n      b = \"act:2\"\n    }\n    content {\n      actions = [statement.value]\n      resources = [\"*\"]\n    }\n  }\n}\n" +
			policy("data.aws_iam_policy_document.d.json")},
		"sources of a document": {
			"main.tf": "data \"aws_iam_policy_document\" \"a\" {\n  statement {\n    actions = [\"act:1\"]\n    resources = [\"*\"]\n  }\n}\n" +
				"data \"aws_iam_policy_document\" \"d\" {\n  source_policy_documents = [data.aws_iam_policy_document.a.json, file(\"p.json\")]\n  override_policy_documents = [jsonencode({ Statement = [\n    { Sid = \"S7\", Effect = \"Allow\", Action = \"act:7\", Resource = \"*\" }] })]\n}\n" +
				policy("data.aws_iam_policy_document.d.json"),
			"p.json": "{\"Statement\": [\n  {\"Sid\": \"S5\", \"Effect\": \"Allow\", \"Action\": \"act:5\", \"Resource\": \"*\"}]}",
		},
		"a document of another resource":          {"main.tf": "resource \"aws_iam_role_policy\" \"q\" {\n  role = \"x\"\n  policy = <<EOT\n" + json + "EOT\n}\n" + policy("aws_iam_role_policy.q.policy")},
		"a value of another resource":             {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"act:4\"\n}\n" + policy("jsonencode({ Statement = [\n    { Sid = \"S1\", Effect = \"Allow\", Resource = \"*\", Action = [\n      \"act:1\",\n      aws_iam_user.q.name, # act:4\n    ] }] })")},
		"a value of another resource, in a block": {"main.tf": "resource \"aws_iam_user\" \"q\" {\n  name = \"act:4\"\n}\ndata \"aws_iam_policy_document\" \"d\" {\n  statement {\n    resources = [\"*\"]\n    actions = [\n      \"act:1\",\n      aws_iam_user.q.name, # act:4\n    ]\n  }\n}\n" + policy("data.aws_iam_policy_document.d.json")},
		"a document in a local":                   {"main.tf": "locals {\n  d = <<EOT\n" + json + "EOT\n}\n" + policy("local.d")},
		"a document as an argument":               {"main.tf": "module \"m\" {\n  source = \"./m\"\n  d = jsonencode({ Statement = [\n    { Sid = \"S1\", Effect = \"Allow\", Action = \"act:1\", Resource = \"*\" }] })\n}\n", "m/main.tf": "variable \"d\" {}\n" + policy("var.d")},
		"a document as JSON in JSON":              {"main.tf.json": "{\"resource\": {\"aws_iam_policy\": {\"p\": {\"name\": \"p\",\n\"policy\": \"${jsonencode({Statement = [{Sid = \\\"S1\\\", Effect = \\\"Allow\\\", Action = \\\"act:1\\\", Resource = \\\"*\\\"}]})}\"}}}}"},
		"a document with CRLF":                    {"main.tf": strings.ReplaceAll(policy("<<EOT\n"+json+"EOT"), "\n", "\r\n")},
		"a file with characters":                  {"main.tf": policy("<<EOT\n" + strings.Replace(json, "\"act:2\"", "\"x:äöü\", \"act:2\"", 1) + "EOT")},
		"a conditional with heredocs":             {"main.tf": policy("(\ntrue ? <<EOT\n" + json + "EOT\n: \"\")")},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, files)
			m := loadModel(t, dir)
			lines := map[string][]string{}
			for file, text := range files {
				lines[file] = strings.Split(text, "\n")
			}
			lineOf := func(l iam.Location) string {
				rel, err := filepath.Rel(dir, l.File)
				if list := lines[filepath.ToSlash(rel)]; err == nil && l.Range.Start.Line > 0 && l.Range.Start.Line <= len(list) {
					return list[l.Range.Start.Line-1]
				}
				return "nowhere: " + at(dir, l)
			}
			if len(m.Policies) != 1 || m.Policies[0].Document == nil {
				t.Fatal(messages(m))
			}
			d := m.Policies[0].Document
			if d.Diagnostics.HasErrors() || len(d.Statements) == 0 {
				t.Fatal(d.Diagnostics, messages(m))
			}
			for i, s := range d.Statements {
				if sid, ok := s.Sid.Known(); ok && strings.HasPrefix(sid, "S") {
					if line := lineOf(d.StatementLocation(i, s.Range)); !strings.Contains(line, sid) && !strings.HasSuffix(strings.TrimSpace(line), "{") {
						t.Errorf("statement %s stands in: %s", sid, line)
					}
				}
				for _, a := range s.Action {
					action, _ := a.Text.Known()
					if line := lineOf(d.StatementLocation(i, a.Range)); !strings.Contains(line, action) {
						t.Errorf("action %s stands in: %s", action, line)
					}
				}
			}
		})
	}
}

// TestCalls proves that a place in a module names the calls that lead there.
func TestCalls(t *testing.T) {
	dir := write(t, map[string]string{
		"main.tf":     "module \"a\" {\n  for_each = toset([\"k\"])\n  source = \"./a\"\n}\n",
		"a/main.tf":   "\nmodule \"b\" {\n  source = \"./b\"\n}\n",
		"a/b/main.tf": "\n\nresource \"aws_iam_role\" \"r\" {\n  name = \"x\"\n}\n",
	})
	m := loadModel(t, dir)
	if len(m.Entities) != 1 {
		t.Fatal(messages(m))
	}
	e := m.Entities[0]
	if got, want := at(dir, e.Location), `a/b/main.tf:3 by a/main.tf:2 module.a["k"].module.b by main.tf:1 module.a["k"]`; got != want {
		t.Errorf("the role is at %s, want %s", got, want)
	}
	if got, want := at(dir, e.Name.Location), `a/b/main.tf:4 by a/main.tf:2 module.a["k"].module.b by main.tf:1 module.a["k"]`; got != want {
		t.Errorf("its name is at %s, want %s", got, want)
	}
	if e.Location.Address != `module.a["k"].module.b.aws_iam_role.r` {
		t.Error(e.Location.Address)
	}
}

// TestConcurrentPlaces proves that rules may ask for places at the same time.
func TestConcurrentPlaces(t *testing.T) {
	m := loadModel(t, "../../../fixtures/real/documents")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, p := range m.Policies {
				for i, s := range p.Document.Statements {
					for _, a := range s.Action {
						if l := p.Document.StatementLocation(i, a.Range); !l.HasFile() {
							t.Errorf("%s has no place", p.Address)
						}
					}
				}
			}
		})
	}
	wg.Wait()
}
