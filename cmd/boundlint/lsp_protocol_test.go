package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

// lspFrame is a message as it is sent.
func lspFrame(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

const (
	lspHello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	lspBye   = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
	lspExit  = `{"jsonrpc":"2.0","method":"exit"}`
)

// TestLSPLife: a session begins with initialize and ends with shutdown and exit, each once;
// what comes at the wrong time, or is not known, gets the error that the protocol has for it
// (Language Server Protocol 3.17, "Server lifecycle", and JSON-RPC 2.0, "Error object").
func TestLSPLife(t *testing.T) {
	workspace(t, map[string]string{"main.tf": ""})
	ask := func(id int, method string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":{}}`, id, method)
	}
	for name, c := range map[string]struct {
		messages []string
		code     int
		want     []string
	}{
		"an orderly one":         {[]string{lspHello, lspBye, lspExit}, exitClean, []string{`"id":1,"result":{`, `"id":9,"result":null`}},
		"no shutdown":            {[]string{lspHello, lspExit}, exitFindings, []string{`"id":1,"result":{`}},
		"nothing at all":         {nil, exitFindings, nil},
		"only an exit":           {[]string{lspExit}, exitFindings, nil},
		"the editor is gone":     {[]string{lspHello}, exitFindings, []string{`"id":1,"result":{`}},
		"gone after a shutdown":  {[]string{lspHello, lspBye}, exitClean, []string{`"id":9,"result":null`}},
		"a request too early":    {[]string{ask(2, "textDocument/hover"), lspHello, lspBye, lspExit}, exitClean, []string{`"id":2,"error":{"code":-32002`, `"id":1,"result"`}},
		"a shutdown too early":   {[]string{lspBye, lspExit}, exitFindings, []string{`"id":9,"error":{"code":-32002`}},
		"told too early":         {[]string{`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}`, lspHello, lspBye, lspExit}, exitClean, []string{`"id":1,"result"`}},
		"twice":                  {[]string{lspHello, strings.Replace(lspHello, `"id":1`, `"id":2`, 1), lspBye, lspExit}, exitClean, []string{`"id":2,"error":{"code":-32600`}},
		"a request too late":     {[]string{lspHello, lspBye, ask(3, "textDocument/hover"), lspExit}, exitClean, []string{`"id":3,"error":{"code":-32600`}},
		"an unknown request":     {[]string{lspHello, ask(4, "textDocument/foldingRange"), lspBye, lspExit}, exitClean, []string{`"id":4,"error":{"code":-32601`}},
		"an optional request":    {[]string{lspHello, ask(4, "$/what"), lspBye, lspExit}, exitClean, []string{`"id":4,"error":{"code":-32601`}},
		"an optional one":        {[]string{lspHello, `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}`, lspBye, lspExit}, exitClean, []string{`"id":9`}},
		"an unknown one":         {[]string{lspHello, `{"jsonrpc":"2.0","method":"what","params":{}}`, lspBye, lspExit}, exitClean, []string{`"id":9`}},
		"wrong parameters":       {[]string{lspHello, `{"jsonrpc":"2.0","id":5,"method":"textDocument/hover","params":{"position":7}}`, lspBye, lspExit}, exitClean, []string{`"id":5,"error":{"code":-32602`}},
		"a list of parameters":   {[]string{lspHello, `{"jsonrpc":"2.0","id":5,"method":"textDocument/hover","params":[1]}`, lspBye, lspExit}, exitClean, []string{`"id":5,"error":{"code":-32602`}},
		"malformed JSON":         {[]string{lspHello, `{"jsonrpc":`, lspBye, lspExit}, exitClean, []string{`"id":null,"error":{"code":-32700`, `"id":9,"result":null`}},
		"not JSON-RPC":           {[]string{lspHello, `{"id":6,"method":"shutdown"}`, lspBye, lspExit}, exitClean, []string{`"error":{"code":-32600`, `"id":9,"result":null`}},
		"no document":            {[]string{lspHello, ask(7, "textDocument/hover"), lspBye, lspExit}, exitClean, []string{`"id":7,"result":null`}},
		"an empty message":       {[]string{lspHello, ``, lspBye, lspExit}, exitClean, []string{`"code":-32700`, `"id":9,"result":null`}},
		"a command that is none": {[]string{lspHello, ask(8, "workspace/executeCommand"), lspBye, lspExit}, exitClean, []string{`"id":8,"error":{"code":-32602`}},
	} {
		var in strings.Builder
		for _, message := range c.messages {
			in.WriteString(lspFrame(message))
		}
		got := lspBytes(t, in.String(), c.messages)
		if got.code != c.code || got.stderr != "" {
			t.Errorf("%s: it ends with %d: %s", name, got.code, got.stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%s: it lacks %s: %s", name, want, got.stdout)
			}
		}
	}
}

type lspEnded struct {
	code           int
	stdout, stderr string
}

// lspBytes is a session of which all that is sent is there from the begin. As an editor does,
// it waits for the answer to one request before it sends the next.
func lspBytes(t *testing.T, in string, messages []string) lspEnded {
	t.Helper()
	stdin, toServer := io.Pipe()
	fromServer, stdout := io.Pipe()
	var errs strings.Builder
	ended := make(chan int, 1)
	go func() {
		code := run([]string{"lsp"}, stdin, stdout, &errs, func(string) (string, bool) { return "", false })
		_ = stdout.Close()
		ended <- code
	}()
	answers, all := channel.LSP(fromServer, toServer), make(chan string, 1000)
	go func() {
		for {
			message, err := answers.Recv()
			if err != nil {
				close(all)
				return
			}
			all <- string(message)
		}
	}()
	var out strings.Builder
	if messages == nil {
		_, _ = io.WriteString(toServer, in) // the server may have ended
	}
	for _, message := range messages {
		if _, err := io.WriteString(toServer, lspFrame(message)); err != nil {
			break
		}
		if !strings.Contains(message, `"id"`) && strings.HasSuffix(message, "}") {
			continue
		}
		select {
		case answer := <-all:
			out.WriteString(answer + "\n")
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is not answered", message)
		}
	}
	_ = toServer.Close()
	select {
	case code := <-ended:
		for answer := range all {
			out.WriteString(answer + "\n")
		}
		return lspEnded{code, out.String(), errs.String()}
	case <-time.After(10 * time.Second):
		t.Fatal("the server does not end")
		return lspEnded{}
	}
}

// TestLSPFraming: what is not a message ends the session with one line; nothing is allocated
// for a length that is only announced.
func TestLSPFraming(t *testing.T) {
	for in, want := range map[string]string{
		"Content-Length: 99999999999999999999\r\n\r\n":                             "not a number of bytes",
		"Content-Length: 2000000000\r\n\r\n{}":                                     "unexpected EOF",
		"Content-Length: 9000000000000000000\r\n\r\n" + strings.Repeat(" ", 1<<16): "unexpected EOF",
		"Content-Length: -1\r\n\r\n":                                               "not a number of bytes",
		"Content-Length: x\r\n\r\n":                                                "not a number of bytes",
		"\r\n":                                                                     "no Content-Length",
		"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n":          "no Content-Length",
		"GET / HTTP/1.1\r\n\r\n":                                                   "is not a header",
		"Content-Length: 20\r\n\r\n{}":                                             "unexpected EOF",
		"Content-Length: 20":                                                       "unexpected EOF",
		strings.Repeat("x", 1<<20):                                                 "more than 4096 bytes",
		strings.Repeat("a: b\r\n", 1<<12):                                          "more than 4096 bytes",
	} {
		got := lspBytes(t, in, nil)
		if got.code != exitFailure || !strings.Contains(got.stderr, want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%.60q: %+v", in, got)
		}
	}
	c := newLSPChannel(strings.NewReader("content-length:2\nX-Other: y\n\n{}"), io.Discard)
	if got, err := c.Recv(); err != nil || string(got) != "{}" {
		t.Errorf("%s %v", got, err)
	}
	if _, err := c.Recv(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// TestLSPLimits holds the limits of messages below, at and above.
func TestLSPLimits(t *testing.T) {
	received := func(in io.Reader) string {
		var out strings.Builder
		message, err := newLSPChannel(in, &out).Recv()
		return fmt.Sprint(len(message), err, out.String())
	}
	limit.Try(t, "maxMessage", maxMessage, "a message has more than", func(_ *testing.T, n int) string {
		return received(io.MultiReader(strings.NewReader(fmt.Sprintf("Content-Length: %d\r\n\r\n", n)), io.LimitReader(zeros{}, int64(n))))
	})
	limit.Try(t, "maxHeader", maxHeader, "the header of a message has more than", func(_ *testing.T, n int) string {
		const end = "\nContent-Length: 0\n\n"
		return received(strings.NewReader("x:" + strings.Repeat("y", n-len(end)-2) + end))
	})
	limit.Try(t, "mostFixed", mostFixed, "no fix", func(t *testing.T, n int) string {
		t.Helper()
		files := map[string]string{"module/main.tf": "# boundlint:ignore name-prefix reason=\"x\"\nlocals {}\n"}
		for i := range n {
			files[fmt.Sprintf("root%d/main.tf", i)] = "module \"m\" {\n  source = \"../module\"\n}\n"
		}
		workspace(t, files)
		e := openEditor(t)
		e.open("module/main.tf")
		e.diagnostics("module/main.tf")
		if e.actions("module/main.tf", "boundlint")["Fix exemption-unused"].Edit == nil {
			return "no fix"
		}
		return "a fix"
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestLSPUsage: it takes flags only, and what they name has to be there before an editor is
// served.
func TestLSPUsage(t *testing.T) {
	workspace(t, map[string]string{"main.tf": ""})
	for want, args := range map[string][]string{
		"takes flags only, not main.tf":        {"main.tf"},
		"no such file":                         {"--policy", "none.hcl"},
		"--format is a flag of boundlint lint": {"--format", "json"},
	} {
		if got := boundlint(t, "", nil, append([]string{"lsp"}, args...)...); got.code != exitFailure || !strings.Contains(got.stderr, want) {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

// TestLSPCancel: a request that waits for the judging is cancelled by the editor.
func TestLSPCancel(t *testing.T) {
	s := &lspServer{exit: make(chan struct{}), state: lspReady, changes: 1, settled: make(chan struct{}), now: &lspJudged{}}
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	s.rpc = jrpc2.NewServer(s, &jrpc2.ServerOptions{AllowPush: true})
	s.rpc.Start(newLSPChannel(in, out))
	client := channel.LSP(fromServer, toServer)
	for _, message := range []string{
		`{"jsonrpc":"2.0","id":"a","method":"textDocument/hover","params":{}}`, `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}}`,
	} {
		if err := client.Send([]byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := client.Recv(); err != nil || !strings.Contains(string(got), `"id":"a","error":{"code":-32800`) {
		t.Errorf("%s %v", got, err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := s.wait(t.Context())
		ended <- err
	}()
	close(s.exit)
	if err := <-ended; jrpc2.ErrorCode(err) != lspCancelled {
		t.Error(err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	s.rpc.Stop()
}

// TestLSPBurst: of many changes, each of which ends the judging of the one before, the last
// one counts.
func TestLSPBurst(t *testing.T) {
	workspace(t, map[string]string{"main.tf": fixBoundary + lspRole})
	e := openEditor(t)
	e.open("main.tf")
	for i := range 60 {
		if i%2 == 0 {
			e.change("main.tf", `"app-wéb-🚀"`, `"x"`)
		} else {
			e.change("main.tf", `"x"`, `"app-wéb-🚀"`)
		}
		time.Sleep(time.Duration(i%7) * time.Millisecond)
	}
	got := e.diagnostics("main.tf")
	equalJSON(t, e.codes("main.tf", got), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPElsewhere: documents that are not files, are not saved yet, or are gone, are no
// matter; those behind links are called what the editor calls them.
func TestLSPElsewhere(t *testing.T) {
	workspace(t, map[string]string{"main.tf": lspRole, "real/main.tf": lspRole, "policy.json": "{}"})
	if err := os.Symlink("real", "link"); err != nil {
		t.Skip(err)
	}
	e := openEditor(t)
	e.tell("textDocument/didOpen", map[string]any{"textDocument": lspDocument{URI: "untitled:Untitled-1", Text: lspRole}})
	e.tell("textDocument/didChange", map[string]any{"textDocument": lspDocument{URI: "untitled:Untitled-1"}, "contentChanges": []any{}})
	e.tell("textDocument/didClose", map[string]any{"textDocument": lspDocument{URI: "untitled:Untitled-1"}})
	e.open("new.tf", lspRole)
	equalJSON(t, e.diagnostics("new.tf"), []lspDiagnostic{})
	e.open("gone/away.tf", lspRole)
	equalJSON(t, e.diagnostics("gone/away.tf"), []lspDiagnostic{})
	var hover *lspHover
	if e.ask("textDocument/hover", e.at("gone/away.tf", "resource"), &hover); hover != nil {
		t.Errorf("%+v", hover)
	}
	if got := e.actions("gone/away.tf", "resource"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	e.open("link/main.tf")
	equalJSON(t, e.codes("link/main.tf", e.diagnostics("link/main.tf")), []string{`boundary-missing: resource "aws_iam_role" "web"`})
	if err := os.Remove("real/main.tf"); err != nil {
		t.Fatal(err)
	}
	e.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	equalJSON(t, e.diagnostics("link/main.tf"), []lspDiagnostic{})
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPFolders: folders come and go, and nothing outside of them is changed.
func TestLSPFolders(t *testing.T) {
	workspace(t, map[string]string{"a/main.tf": fixBoundary + lspRole, "b/main.tf": fixBoundary + lspRole})
	e := openEditor(t)
	e.tell("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"added": []lspFolder{{URI: e.uri("a")}}, "removed": []lspFolder{{URI: e.uri(".")}},
	}})
	for file, want := range map[string]bool{"a/main.tf": true, "b/main.tf": false} {
		e.open(file)
		e.diagnostics(file)
		if got := e.actions(file, `resource "aws_iam_role" "web"`)["Fix boundary-missing"]; (got.Edit != nil) != want {
			t.Errorf("%s: %+v", file, got)
		}
	}
	if code := e.quit(); code != exitClean {
		t.Error(code)
	}
}

// TestLSPAsLint: what flags, baselines and workspaces leave out is left out here, too.
func TestLSPAsLint(t *testing.T) {
	workspace(t, map[string]string{
		"main.tf":        lspRole,
		"named.tf":       "resource \"aws_iam_role\" \"by\" {\n  name               = \"app-${terraform.workspace}\"\n  assume_role_policy = " + fixTrust + "\n}\n",
		".boundlint.hcl": "workspaces = [\"dev\", \"prod\"]\n",
	})
	if got := boundlint(t, "", nil, "baseline", "write"); got.code != exitClean {
		t.Fatalf("%+v", got)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{`boundary-missing: resource "aws_iam_role" "by"`}},
		{[]string{"--workspace", "dev"}, []string{`boundary-missing: resource "aws_iam_role" "by"`}},
		{[]string{"--baseline", ".boundlint-baseline.json"}, []string{}},
	} {
		e := openEditor(t, c.args...)
		e.open("named.tf")
		equalJSON(t, e.codes("named.tf", e.diagnostics("named.tf")), c.want)
		if code := e.quit(); code != exitClean {
			t.Error(code)
		}
	}
}

// TestLSPFault: a fault of the program itself in the judging is told, and the session goes on.
func TestLSPFault(t *testing.T) {
	workspace(t, map[string]string{"main.tf": lspRole})
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	// Without what the command line says, nothing can be read.
	s := newLSPServer(&program{}, nil)
	s.rpc = jrpc2.NewServer(s, &jrpc2.ServerOptions{AllowPush: true})
	s.rpc.Start(newLSPChannel(in, out))
	client := channel.LSP(fromServer, toServer)
	opened, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": map[string]any{
		"textDocument": lspDocument{URI: "file://" + workingDirectory() + "/main.tf", Text: lspRole},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`"id":1,"result":{`, `"method":"window/logMessage"`, `"id":3,"result":null`}
	for i, message := range []string{lspHello, string(opened), `{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":{}}`} {
		if err := client.Send([]byte(message)); err != nil {
			t.Fatal(err)
		}
		if got, err := client.Recv(); err != nil || !strings.Contains(string(got), want[i]) {
			t.Errorf("%s %v", got, err)
		}
	}
	s.end()
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	s.rpc.Stop()
}
