package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestLSPSkipped: a message over the limit is answered with an error, and the session goes on:
// the document of which it is counts as closed, until it is opened again, and the others as they
// are open.
func TestLSPSkipped(t *testing.T) {
	workspace(t, map[string]string{"a/main.tf": fixBoundary + lspRole, "b/main.tf": "locals {}\n"})
	found := []string{`boundary-missing: resource "aws_iam_role" "web"`}
	e := openEditor(t)
	e.open("a/main.tf", "locals {}\n")
	equalJSON(t, e.diagnostics("a/main.tf"), []lspDiagnostic{})
	e.open("b/main.tf", fixBoundary+lspRole)
	equalJSON(t, e.codes("b/main.tf", e.diagnostics("b/main.tf")), found)

	change := fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":%q},"contentChanges":[{"text":"`, e.uri("a/main.tf"))
	if _, err := io.WriteString(e.in, lspFrame(change+strings.Repeat("#", maxMessage)+`"}]}}`)); err != nil {
		t.Fatal(err)
	}
	if told := e.told(t); !strings.Contains(told, "main.tf counts as closed until opened again") {
		t.Error(told)
	}
	var hover *lspHover
	if e.ask("textDocument/hover", e.at("b/main.tf", "resource \"aws_iam_role\""), &hover); hover == nil {
		t.Error("the other document is forgotten, too")
	}
	e.change("a/main.tf", "locals {}\n", "locals {\n}\n") // of what is not known
	e.open("a/main.tf", "locals {\n}\n")
	equalJSON(t, e.diagnostics("a/main.tf"), []lspDiagnostic{})
	e.change("a/main.tf", "locals {\n}\n", fixBoundary+lspRole)
	equalJSON(t, e.codes("a/main.tf", e.diagnostics("a/main.tf")), found)

	// Of one that does not tell its document first, it may be any.
	if _, err := io.WriteString(e.in, lspFrame(strings.Repeat(" ", maxMessage+1))); err != nil {
		t.Fatal(err)
	}
	if told := e.told(t); !strings.Contains(told, "all files count as closed") {
		t.Error(told)
	}
	delete(e.texts, "b/main.tf")
	equalJSON(t, e.diagnostics("b/main.tf"), []lspDiagnostic{})
	if code := e.quit(); code != exitClean || e.stderr.String() != "" {
		t.Error(code, e.stderr)
	}
}

// TestLSPSkim: the answer to a message that is skipped has its id, as far as that is known, and
// the next message is read.
func TestLSPSkim(t *testing.T) {
	t.Parallel()
	const didChange = `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"version":3,"uri":"file:///a.tf"},"contentChanges":[{"text":"`
	for head, want := range map[string][2]string{
		`{"jsonrpc":"2.0","id":7,"method":"x","params":["`:                               {"7", ""},
		`{"id":"a\"b","method":"x","params":{"more":{},"textDocument":{"uri":"file:///b`: {`"a\"b"`, ""},
		didChange:                           {"null", "file:///a.tf"},
		`{"params":{"contentChanges":["`:    {"null", ""},
		`{"id":{"x":[1,{}]},"params":{"`:    {`{"x":[1,{}]}`, ""},
		`{"params":{"textDocument":[1],"`:   {"null", ""},
		`[{"id":1,"method":"x","params":["`: {"null", ""},
		`nonsense`:                          {"null", ""},
		``:                                  {"null", ""},
	} {
		var out strings.Builder
		c := newLSPChannel(io.MultiReader(
			strings.NewReader(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxMessage+1, head)), io.LimitReader(zeros{}, int64(maxMessage+1-len(head))),
			strings.NewReader(lspFrame("{}")),
		), &out)
		got, err := c.Recv()
		if want := fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":{"textDocument":{"uri":%q}}}`, methodSkipped, want[1]); err != nil || string(got) != want {
			t.Errorf("%s: %s %v", head, got, err)
		}
		if !strings.Contains(out.String(), `"error":{"code":-32600,"message":"a message has more than 33554432 bytes"},"id":`+want[0]+`,"jsonrpc":"2.0"}`) {
			t.Errorf("%s: %s", head, out.String())
		}
		if got, err := c.Recv(); err != nil || string(got) != "{}" {
			t.Errorf("%s: %s %v", head, got, err)
		}
	}
}
