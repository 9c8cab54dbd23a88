package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/creachadair/jrpc2"

	"github.com/boundlint/boundlint/lint/editor"
)

const lspRole = "resource \"aws_iam_role\" \"web\" {\n  name               = \"app-wéb-🚀\"\n  assume_role_policy = " + fixTrust + "\n}\n"

// TestLSPSession is a session from its begin to its end: what is wrong is shown, explained,
// fixed, and gone.
func TestLSPSession(t *testing.T) {
	workspace(t, map[string]string{"boundary.tf": fixBoundary, "main.tf": lspRole, ".boundlint.hcl": ""})
	e := openEditor(t)
	e.open("main.tf")
	got := e.diagnostics("main.tf")
	equalJSON(t, e.codes("main.tf", got), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	if d := got[0]; d.Severity != lspError || d.Source != "boundlint" || d.CodeDescription == nil ||
		!strings.HasSuffix(d.CodeDescription.Href, "/rules/boundary-missing.md") || d.Data == "" {
		t.Errorf("%+v", d)
	}
	var hover lspHover
	e.ask("textDocument/hover", e.at("main.tf", "resource"), &hover)
	if !strings.Contains(hover.Contents.Value, "[boundary-missing](") || !strings.Contains(hover.Contents.Value, "Remediation") ||
		hover.Contents.Kind != "markdown" || hover.Range != got[0].Range {
		t.Errorf("%+v", hover)
	}

	actions := e.actions("main.tf", "resource")
	if len(actions) != 3 || !actions["Fix boundary-missing"].IsPreferred {
		t.Errorf("%+v", actions)
	}
	e.apply("main.tf", actions["Fix boundary-missing"])
	equalJSON(t, e.diagnostics("main.tf"), []lspDiagnostic{})
	if text := e.texts["main.tf"].String(); !strings.Contains(text, "permissions_boundary = aws_iam_policy.boundary.arn\n") {
		t.Error(text)
	}
	var places []lspLocation
	e.ask("textDocument/definition", e.at("main.tf", "aws_iam_policy.boundary.arn"), &places)
	if len(places) != 1 || places[0].URI != e.uri("boundary.tf") || places[0].Range.Start.Line != 1 {
		t.Errorf("%+v", places)
	}
	e.ask("textDocument/hover", e.at("main.tf", "aws_iam_policy.boundary.arn"), &hover)
	if !strings.Contains(hover.Contents.Value, "is limited by a permissions boundary") {
		t.Errorf("%+v", hover)
	}
	e.tell("textDocument/didClose", e.at("main.tf", "resource"))
	delete(e.texts, "main.tf")
	if code := e.quit(); code != exitClean || e.stderr.String() != "" {
		t.Errorf("%d %s", code, e.stderr)
	}
}

// TestLSPTyping: what is typed counts, in UTF-16 units and with the line ends of Windows, and
// what is saved counts again when the file is closed.
func TestLSPTyping(t *testing.T) {
	unbounded := strings.ReplaceAll("# 🚀 é\n"+lspRole, "\n", "\r\n")
	workspace(t, map[string]string{"a dir/main.tf": "locals {}\n" + fixBoundary})
	e := openEditor(t)
	e.open("a dir/main.tf")
	equalJSON(t, e.diagnostics("a dir/main.tf"), []lspDiagnostic{})
	if !strings.Contains(e.uri("a dir/main.tf"), "a%20dir") {
		t.Error(e.uri("a dir/main.tf"))
	}
	e.change("a dir/main.tf", "locals {}\n", unbounded)
	got := e.diagnostics("a dir/main.tf")
	equalJSON(t, e.codes("a dir/main.tf", got), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	e.change("a dir/main.tf", `"app-wéb-🚀"`, "\"app-wéb-🚀\" /* 🚀 */\r\n  permissions_boundary = aws_iam_policy.kept.arn")
	e.change("a dir/main.tf", "aws_iam_policy.kept", "aws_iam_policy.boundary")
	equalJSON(t, e.diagnostics("a dir/main.tf"), []lspDiagnostic{})
	var places []lspLocation
	e.ask("textDocument/definition", e.at("a dir/main.tf", ".boundary.arn"), &places)
	text := e.texts["a dir/main.tf"]
	if len(places) != 1 || !strings.HasPrefix(text.String()[text.Offset(places[0].Range.Start):], `resource "aws_iam_policy" "boundary"`) {
		t.Errorf("%+v", places)
	}
	// What does not parse is told where it is.
	e.change("a dir/main.tf", "resource \"aws_iam_role\" \"web\" {", "resource \"aws_iam_role\" \"web\" {{")
	got = e.diagnostics("a dir/main.tf")
	fault := slices.IndexFunc(got, func(d lspDiagnostic) bool { return d.Code == "" })
	if fault < 0 || got[fault].Severity != lspError || got[fault].Range.Start != (editor.Position{Line: 1, Character: 31}) {
		t.Errorf("%+v", got)
	}
	e.tell("textDocument/didClose", e.at("a dir/main.tf", "#"))
	delete(e.texts, "a dir/main.tf")
	equalJSON(t, e.diagnostics("a dir/main.tf"), []lspDiagnostic{})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPCarriageReturns: a carriage return alone ends a line for the editor and none for HCL:
// what is wrong is marked, and fixed, where it stands all the same.
func TestLSPCarriageReturns(t *testing.T) {
	workspace(t, map[string]string{"main.tf": "# a\rb\rc\n" + fixBoundary + lspRole})
	e := openEditor(t)
	e.open("main.tf")
	equalJSON(t, e.codes("main.tf", e.diagnostics("main.tf")), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	actions := e.actions("main.tf", `resource "aws_iam_role" "web"`)
	before := e.texts["main.tf"]
	e.apply("main.tf", actions["Ignore boundary-missing here, with a reason"])
	if text := e.texts["main.tf"].String(); !strings.Contains(text, "reason=\"say why\"\nresource \"aws_iam_role\" \"web\" {\n") {
		t.Error(text)
	}
	equalJSON(t, e.diagnostics("main.tf"), []lspDiagnostic{})
	e.edit("main.tf", lspTextEdit{editor.Range{End: editor.Position{Line: 1 << 20}}, before.String()})
	e.diagnostics("main.tf")
	e.apply("main.tf", actions["Fix boundary-missing"])
	equalJSON(t, e.diagnostics("main.tf"), []lspDiagnostic{})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

const lspHole = `resource "aws_iam_policy" "developers" {
  name = "developers"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:*"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["iam:CreateRole", "iam:PutRolePolicy"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_role" "developers" {
  name                 = "developers"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = ` + fixTrust + `
}

resource "aws_iam_role_policy_attachment" "developers" {
  role       = aws_iam_role.developers.name
  policy_arn = aws_iam_policy.developers.arn
}
`

// TestLSPProof: the statement that decides is shown, led to, and ignored where it stands.
func TestLSPProof(t *testing.T) {
	workspace(t, map[string]string{
		"main.tf": strings.Replace(fixBoundary, `Action = "s3:*"`, `Action = "*"`, 1) + lspHole, ".boundlint.hcl": "",
	})
	e := openEditor(t)
	e.open("main.tf")
	got := e.diagnostics("main.tf")
	if len(got) == 0 {
		t.Fatal("there is nothing")
	}
	t.Log(e.codes("main.tf", got))
	var hover lspHover
	e.ask("textDocument/hover", e.at("main.tf", `"iam:CreateRole"`), &hover)
	for _, want := range []string{"Proof: `", "iam:CreateRole", "```json"} {
		if !strings.Contains(hover.Contents.Value, want) {
			t.Errorf("it lacks %s: %+v", want, hover)
		}
	}
	e.ask("textDocument/hover", e.at("main.tf", `"s3:*"]`), &hover)
	if !strings.Contains(hover.Contents.Value, "Statement 1 of the policy in `aws_iam_policy.developers`") ||
		!strings.Contains(hover.Contents.Value, "It is held by `aws_iam_role.developers`.") {
		t.Errorf("%+v", hover)
	}
	var places []lspLocation
	e.ask("textDocument/definition", e.at("main.tf", "aws_iam_policy.developers.arn"), &places)
	text := e.texts["main.tf"].String()
	before, _, _ := strings.Cut(text, "      {\n        Effect")
	if want := strings.Count(before, "\n"); len(places) != 1 || places[0].Range.Start.Line != want {
		t.Errorf("%+v, not line %d", places, want)
	}
	for range 2 * len(got) {
		for _, d := range got {
			offset := e.texts["main.tf"].Offset(d.Range.Start)
			actions := e.actions("main.tf", e.texts["main.tf"].String()[offset:])
			if ignore, ok := actions["Ignore "+d.Code+" here, with a reason"]; ok {
				e.apply("main.tf", ignore)
				break
			}
			t.Errorf("%s cannot be ignored: %+v", d.Code, actions)
		}
		if got = e.diagnostics("main.tf"); len(got) == 0 {
			break
		}
	}
	equalJSON(t, got, []lspDiagnostic{})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPFixAll: all that is certain is fixed at once, where an editor asks for it by name, in
// files that are not open, too; the page of a rule is opened, and nothing else.
func TestLSPFixAll(t *testing.T) {
	workspace(t, map[string]string{"boundary.tf": fixBoundary, "main.tf": lspRole, "user.tf": "resource \"aws_iam_user\" \"u\" {\n  name = \"app-u\"\n}\n"})
	e := openEditor(t)
	e.open("main.tf")
	e.diagnostics("main.tf")
	if got := e.actions("main.tf", "resource"); got["Fix all that boundlint certainly fixes"].Edit != nil {
		t.Errorf("%+v", got)
	}
	for only, want := range map[string]bool{
		"source": true, "source.fixAll": true, "source.fixAll.boundlint": true, "source.fixAll.eslint": false, "refactor": false, "sour": false,
	} {
		all, ok := e.actions("main.tf", "resource", only)["Fix all that boundlint certainly fixes"]
		if ok != want || ok && (len(all.Edit.Changes) != 2 || len(all.Edit.Changes[e.uri("user.tf")]) != 1) {
			t.Errorf("%s: %+v", only, all)
		}
	}
	page := e.actions("main.tf", "resource", "quickfix")["Open the page of boundary-missing"].Command
	if page == nil {
		t.Fatal("there is no page")
	}
	for len(e.asked) > 0 {
		<-e.asked // that files are watched
	}
	e.ask("workspace/executeCommand", page, new(any))
	if got := <-e.asked; !strings.HasPrefix(got, "window/showDocument") || !strings.Contains(got, "/rules/boundary-missing.md") {
		t.Error(got)
	}
	page.Arguments[0] = []byte(`"https://example.com/"`)
	if got := e.refused("workspace/executeCommand", page); got != jrpc2.InvalidParams {
		t.Error(got)
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPModules: the findings of a module are those of all root modules that call it, each
// once; a call that comes or goes counts as soon as it is saved, or told by the editor.
func TestLSPModules(t *testing.T) {
	call := "module \"role\" {\n  source = \"../../modules/role\"\n}\n"
	workspace(t, map[string]string{
		"modules/role/main.tf": lspRole, "roots/a/main.tf": call, "roots/b/main.tf": call, "roots/c/main.tf": lspRole, ".boundlint.hcl": "",
	})
	e := openEditor(t)
	e.open("modules/role/main.tf")
	got := e.diagnostics("modules/role/main.tf")
	equalJSON(t, e.codes("modules/role/main.tf", got), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	if called := got[0].RelatedInformation; len(called) != 1 || called[0].Location.URI != e.uri("roots/a/main.tf") || called[0].Message != "called here" {
		t.Errorf("%+v", called)
	}
	for _, root := range []string{"roots/a/main.tf", "roots/b/main.tf"} {
		if err := os.WriteFile(root, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": e.uri("roots/a/main.tf"), "type": 2}}})
	got = e.diagnostics("modules/role/main.tf")
	if len(got) != 1 || got[0].RelatedInformation != nil {
		t.Errorf("%+v", got)
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPConfiguration: the configuration counts as it is typed, and what is wrong in it, or in
// policy tests, stands there and is told once.
func TestLSPConfiguration(t *testing.T) {
	workspace(t, map[string]string{"main.tf": lspRole, ".boundlint.hcl": "", "x.boundlint-test.hcl": "tests {}\n"})
	e := openEditor(t)
	e.open("main.tf")
	e.diagnostics("main.tf")
	e.open(".boundlint.hcl")
	e.edit(".boundlint.hcl", lspTextEdit{NewText: "# 🚀\nrule \"boundary-missing\" { severity = \"note\" }\n"})
	for {
		if got := e.diagnostics("main.tf"); len(got) == 1 && got[0].Severity == lspInformation {
			break
		}
	}
	e.change(".boundlint.hcl", `"note"`, `"nope"`)
	if got := e.diagnostics(".boundlint.hcl"); len(got) != 1 || !strings.Contains(got[0].Message, "nope") ||
		!strings.Contains(e.codes(".boundlint.hcl", got)[0], "nope") {
		t.Errorf("%+v", got)
	}
	told := e.told(t)
	if !strings.Contains(told, ".boundlint.hcl:2:") {
		t.Error(told)
	}
	e.open("x.boundlint-test.hcl")
	if got := e.diagnostics("x.boundlint-test.hcl"); len(got) != 1 || got[0].Severity != lspError {
		t.Errorf("%+v", got)
	}
	e.change(".boundlint.hcl", `rule "boundary-missing" { severity = "nope" }`, `rule "boundary-missing" { enabled = false }`)
	equalJSON(t, e.diagnostics(".boundlint.hcl"), []lspDiagnostic{})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPToldOnce: a fault of a configuration that root modules have in common is told once,
// and again where it comes back.
func TestLSPToldOnce(t *testing.T) {
	all := map[string]string{".boundlint.hcl": ""}
	for _, root := range []string{"a", "b", "c"} {
		all[root+"/main.tf"] = lspRole
	}
	workspace(t, all)
	e := openEditor(t)
	for _, root := range []string{"a", "b", "c"} {
		e.open(root + "/main.tf")
	}
	e.open(".boundlint.hcl")
	for range 2 {
		e.edit(".boundlint.hcl", lspTextEdit{NewText: "rule \"x {\n"})
		if got := e.diagnostics(".boundlint.hcl"); len(got) == 0 {
			t.Error("the fault is not shown")
		}
		e.change("a/main.tf", "resource", " resource")
		var hover *lspHover
		e.ask("textDocument/hover", e.at("a/main.tf", "resource"), &hover) // all is judged then
		if told := e.told(t); !strings.Contains(told, ".boundlint.hcl:1:") || len(e.shown) != 0 {
			t.Errorf("%s, and %d more", told, len(e.shown))
		}
		e.change(".boundlint.hcl", "rule \"x {\n", "")
		equalJSON(t, e.diagnostics(".boundlint.hcl"), []lspDiagnostic{})
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPSecrets: what is sensitive is not shown, whatever the editor asks.
func TestLSPSecrets(t *testing.T) {
	const secret = "hunter2-bucket"
	workspace(t, map[string]string{
		"main.tf": fixBoundary + lspHole, "secret.auto.tfvars": "bucket = \"" + secret + "\"\n",
		"secret.tf": "variable \"bucket\" {\n  sensitive = true\n}\n\nresource \"aws_iam_role_policy\" \"p\" {\n  role   = aws_iam_role.developers.name\n" +
			"  name   = \"p\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"arn:aws:s3:::${var.bucket}/*\" }] })\n}\n",
	})
	e := openEditor(t)
	e.open("secret.tf")
	if got, err := json.Marshal(e.diagnostics("secret.tf")); err != nil || strings.Contains(string(got), secret) {
		t.Errorf("%s %v", got, err)
	}
	for _, at := range []string{"sensitive", "Effect", "Action", "var.bucket", "aws_iam_role_policy"} {
		for _, method := range []string{"textDocument/hover", "textDocument/definition"} {
			var got json.RawMessage
			if e.ask(method, e.at("secret.tf", at), &got); strings.Contains(string(got), secret) {
				t.Errorf("%s at %s: %s", method, at, got)
			}
		}
		if got, err := json.Marshal(e.actions("secret.tf", at)); err != nil || strings.Contains(string(got), secret) {
			t.Errorf("%s: %s %v", at, got, err)
		}
	}
	if code := e.quit(); code != exitClean || e.stderr.String() != "" {
		t.Error(code, e.stderr)
	}
}
