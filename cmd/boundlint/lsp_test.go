package main

import (
	"strings"
	"testing"
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
