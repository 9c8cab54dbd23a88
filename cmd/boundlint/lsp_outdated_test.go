package main

import (
	"os"
	"strings"
	"testing"
)

// TestLSPOutdated: where judging fails, what was found stays in files that have not changed, and
// what was found in another text is neither shown under the new version nor acted upon.
func TestLSPOutdated(t *testing.T) {
	const fault = "rule \"x {\n"
	user := "resource \"aws_iam_user\" \"u\" {\n  name = \"app-u\"\n}\n"
	workspace(t, map[string]string{"main.tf": fixBoundary + lspRole, "user.tf": user, ".boundlint.hcl": ""})
	e := openEditor(t)
	found := []string{`boundary-missing: resource "aws_iam_role" "web"`}
	const role = `resource "aws_iam_role" "web"`
	e.open("main.tf")
	equalJSON(t, e.codes("main.tf", e.diagnostics("main.tf")), found)
	e.open(".boundlint.hcl", fault)
	e.diagnostics(".boundlint.hcl")

	// The text is as it was: only what has to be proven anew is not offered.
	actions := e.actions("main.tf", role)
	if _, ok := actions["Ignore boundary-missing here, with a reason"]; !ok || len(actions) != 2 {
		t.Errorf("%+v", actions)
	}
	if got := e.actions("main.tf", role, "source.fixAll"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	var hover *lspHover
	if e.ask("textDocument/hover", e.at("main.tf", role), &hover); hover == nil {
		t.Error("there is no proof any more")
	}

	const above = "/*\n a long\n comment\n*/\n"
	e.change("main.tf", "resource", above+"resource")
	equalJSON(t, e.diagnostics("main.tf"), []lspDiagnostic{})
	for line := range strings.Count(e.texts["main.tf"].String(), "\n") {
		at := lspAt{TextDocument: lspDocument{URI: e.uri("main.tf")}}
		at.Position.Line = line
		hover = nil
		if e.ask("textDocument/hover", at, &hover); hover != nil {
			t.Errorf("line %d: %+v", line, hover)
		}
		var places []lspLocation
		if e.ask("textDocument/definition", at, &places); len(places) != 0 {
			t.Errorf("line %d: %+v", line, places)
		}
	}
	for _, only := range []string{"quickfix", "source"} {
		if got := e.actions("main.tf", role, only); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	}
	e.change("main.tf", above, "") // it is what was judged
	equalJSON(t, e.codes("main.tf", e.diagnostics("main.tf")), found)

	// A file that is not open may be another one, too, and one that led to it.
	if err := os.WriteFile("user.tf", []byte("\n\n"+user), 0o600); err != nil {
		t.Fatal(err)
	}
	e.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	equalJSON(t, e.diagnostics("user.tf"), []lspDiagnostic{})

	e.change("main.tf", "resource", above+"resource")
	equalJSON(t, e.diagnostics("main.tf"), []lspDiagnostic{})
	e.change(".boundlint.hcl", fault, "")
	equalJSON(t, e.codes("main.tf", e.diagnostics("main.tf")), found)
	if _, ok := e.actions("main.tf", role)["Fix boundary-missing"]; !ok {
		t.Error("there is no fix again")
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}
