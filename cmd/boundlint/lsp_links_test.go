package main

import (
	"os"
	"strings"
	"testing"
)

// TestLSPLinks: a file that is open under two names, of which one is a link, is shown under
// both, changed under the one that asks, and stays open under one as the other is closed.
func TestLSPLinks(t *testing.T) {
	for name, order := range map[string][2]string{"the file first": {"root/main.tf", "link/main.tf"}, "the link first": {"link/main.tf", "root/main.tf"}} {
		t.Run(name, func(t *testing.T) { bothNames(t, order[0], order[1]) })
	}
}

func bothNames(t *testing.T, first, second string) {
	t.Helper()
	workspace(t, map[string]string{"root/boundary.tf": fixBoundary, "root/main.tf": lspRole})
	if err := os.Symlink("root", "link"); err != nil {
		t.Skip(err)
	}
	const role = `resource "aws_iam_role" "web"`
	found := []string{"boundary-missing: " + role}
	e := openEditor(t)
	show := func(file string, want []string) {
		t.Helper()
		equalJSON(t, e.codes(file, e.diagnostics(file)), want)
	}
	e.open(first)
	show(first, found)
	e.open(second)
	show(second, found)
	for _, file := range []string{first, second} {
		edit := e.actions(file, role)["Fix boundary-missing"].Edit
		if edit == nil || len(edit.Changes) != 1 || len(edit.Changes[e.uri(file)]) != 1 {
			t.Errorf("%s: %+v", file, edit)
		}
	}
	// The text that was changed last is that of the file; nothing is known of the other one.
	e.change(first, "resource", "# above\n\nresource")
	show(first, found)
	if got := e.actions(second, role); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	var hover *lspHover
	if e.ask("textDocument/hover", e.at(second, role), &hover); hover != nil {
		t.Errorf("%+v", hover)
	}
	e.change(second, "resource", "# above\n\nresource")
	show(second, found)

	e.tell("textDocument/didClose", e.at(second, role))
	delete(e.texts, second)
	if got := e.diagnostics(second); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	e.change(first, role, "locals {}\n"+role)
	show(first, found)
	e.change(first, e.texts[first].String(), "# nothing\n")
	show(first, []string{})
	e.tell("textDocument/didClose", e.at(first, "#"))
	e.tell("textDocument/didClose", e.at(first, "#"))
	delete(e.texts, first)
	e.open("root/boundary.tf") // what is saved counts again
	if got := e.diagnostics("root/main.tf"); len(got) != 1 || !strings.Contains(got[0].Message, "boundary") {
		t.Errorf("%+v", got)
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}
