package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/boundlint/boundlint/lint/editor"
)

// testEditor is a client of the protocol. Its framing is the library's, which the server's
// is not.
type testEditor struct {
	t      testing.TB
	client *jrpc2.Client
	in     io.WriteCloser
	code   chan int
	stderr *strings.Builder
	sent   chan *jrpc2.Request
	asked  chan string
	shown  chan string
	// versions and texts are those of the open files.
	versions map[string]int32
	texts    map[string]*editor.Text
}

// startEditor starts a server and does not introduce itself.
func startEditor(tb testing.TB, args ...string) *testEditor {
	tb.Helper()
	stdin, toServer := io.Pipe()
	fromServer, stdout := io.Pipe()
	e := &testEditor{
		t: tb, in: toServer, code: make(chan int, 1), stderr: &strings.Builder{}, sent: make(chan *jrpc2.Request, 1000),
		asked: make(chan string, 100), shown: make(chan string, 100), texts: map[string]*editor.Text{}, versions: map[string]int32{},
	}
	go func() {
		code := run(append([]string{"lsp"}, args...), stdin, stdout, e.stderr, func(string) (string, bool) { return "", false })
		_ = stdout.Close()
		e.code <- code
	}()
	e.client = jrpc2.NewClient(channel.LSP(fromServer, toServer), &jrpc2.ClientOptions{
		OnNotify: func(r *jrpc2.Request) {
			if r.Method() == "window/showMessage" {
				e.shown <- r.ParamString()
				return
			}
			e.sent <- r
		},
		OnCallback: func(_ context.Context, r *jrpc2.Request) (any, error) {
			e.asked <- r.Method() + " " + r.ParamString()
			return nil, nil
		},
	})
	tb.Cleanup(func() { _ = toServer.Close() })
	return e
}

// openEditor starts a server for the working directory.
func openEditor(tb testing.TB, args ...string) *testEditor {
	tb.Helper()
	e := startEditor(tb, args...)
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	var got lspInitialized
	e.ask("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": nil, "workspaceFolders": []lspFolder{{URI: editor.URI(dir), Name: "it"}},
		"capabilities": map[string]any{
			"window":    map[string]any{"showDocument": map[string]any{"support": true}},
			"workspace": map[string]any{"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}},
		},
	}, &got)
	if got.ServerInfo.Name != "boundlint" || got.Capabilities.PositionEncoding != "utf-16" || !got.Capabilities.HoverProvider {
		tb.Errorf("%+v", got)
	}
	e.tell("initialized", struct{}{})
	return e
}

func (e *testEditor) uri(file string) string {
	e.t.Helper()
	absolute, err := filepath.Abs(file)
	if err != nil {
		e.t.Fatal(err)
	}
	return editor.URI(absolute)
}

// ask sends a request, and decodes what comes back.
func (e *testEditor) ask(method string, params, result any) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := e.client.CallResult(ctx, method, params, result); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

// refused is the code of the error with which a request is answered.
func (e *testEditor) refused(method string, params any) jrpc2.Code {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := e.client.Call(ctx, method, params)
	return jrpc2.ErrorCode(err)
}

func (e *testEditor) tell(method string, params any) {
	e.t.Helper()
	if err := e.client.Notify(context.Background(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

// open opens a file as it is saved, or with another text.
func (e *testEditor) open(file string, text ...string) {
	e.t.Helper()
	if len(text) == 0 {
		src, err := os.ReadFile(file)
		if err != nil {
			e.t.Fatal(err)
		}
		text = []string{string(src)}
	}
	e.versions[file]++
	e.texts[file] = editor.NewText(text[0])
	e.tell("textDocument/didOpen", map[string]any{
		"textDocument": map[string]any{"uri": e.uri(file), "languageId": "terraform", "version": e.versions[file], "text": text[0]},
	})
}

// change replaces a part of an open file.
func (e *testEditor) change(file, old, with string) {
	e.t.Helper()
	text := e.texts[file]
	at := strings.Index(text.String(), old)
	if at < 0 {
		e.t.Fatalf("%s has no %q", file, old)
	}
	e.edit(file, lspTextEdit{editor.Range{Start: text.Position(at), End: text.Position(at + len(old))}, with})
}

// edit makes changes that do not overlap.
func (e *testEditor) edit(file string, edits ...lspTextEdit) {
	e.t.Helper()
	var changes []map[string]any
	slices.SortFunc(edits, func(a, b lspTextEdit) int { return b.Range.Start.Compare(a.Range.Start) })
	for _, x := range edits {
		e.texts[file] = e.texts[file].Replace(x.Range, x.NewText)
		changes = append(changes, map[string]any{"range": x.Range, "text": x.NewText})
	}
	e.versions[file]++
	e.tell("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": e.uri(file), "version": e.versions[file]}, "contentChanges": changes,
	})
}

// diagnostics are the next that come for a file, of its last version if it is open.
func (e *testEditor) diagnostics(file string) []lspDiagnostic {
	e.t.Helper()
	for timeout := time.After(time.Minute); ; {
		select {
		case r := <-e.sent:
			var p lspPublish
			if r.Method() != "textDocument/publishDiagnostics" {
				continue
			}
			if err := r.UnmarshalParams(&p); err != nil {
				e.t.Fatal(err)
			}
			if p.URI == e.uri(file) && (p.Version == nil || *p.Version == e.versions[file] || e.texts[file] == nil) {
				return p.Diagnostics
			}
		case <-timeout:
			e.t.Fatalf("there are no diagnostics for %s", file)
		}
	}
}

// told is the next message that is shown to the person.
func (e *testEditor) told(t *testing.T) string {
	t.Helper()
	select {
	case message := <-e.shown:
		return message
	case <-time.After(time.Minute):
		t.Fatal("no message is shown")
		return ""
	}
}

// at is a request for the place of a text in an open file.
func (e *testEditor) at(file, text string) lspAt {
	e.t.Helper()
	at := strings.Index(e.texts[file].String(), text)
	if at < 0 {
		e.t.Fatalf("%s has no %q", file, text)
	}
	return lspAt{TextDocument: lspDocument{URI: e.uri(file)}, Position: e.texts[file].Position(at)}
}

// actions are the code actions for the place of a text.
func (e *testEditor) actions(file, text string, only ...string) map[string]lspAction {
	e.t.Helper()
	at := e.at(file, text)
	var list []lspAction
	e.ask("textDocument/codeAction", map[string]any{
		"textDocument": at.TextDocument, "range": editor.Range{Start: at.Position, End: at.Position},
		"context": map[string]any{"diagnostics": []any{}, "only": only},
	}, &list)
	out := map[string]lspAction{}
	for _, a := range list {
		out[a.Title] = a
	}
	return out
}

// apply makes the changes of an action in an open file.
func (e *testEditor) apply(file string, a lspAction) {
	e.t.Helper()
	if a.Edit == nil || len(a.Edit.Changes[e.uri(file)]) == 0 {
		e.t.Fatalf("there is nothing to apply to %s: %+v", file, a)
	}
	e.edit(file, a.Edit.Changes[e.uri(file)]...)
}

// quit ends the session as the protocol has it, and returns the exit code.
func (e *testEditor) quit() int {
	e.t.Helper()
	e.ask("shutdown", nil, new(any))
	e.tell("exit", nil)
	return e.ended()
}

func (e *testEditor) ended() int {
	e.t.Helper()
	select {
	case code := <-e.code:
		return code
	case <-time.After(time.Minute):
		e.t.Fatal("the server does not end")
		return -1
	}
}

// codes are the rules of diagnostics, each with the text that it marks.
func (e *testEditor) codes(file string, list []lspDiagnostic) []string {
	e.t.Helper()
	out := []string{}
	for _, d := range list {
		text := e.texts[file]
		marked := text.String()[text.Offset(d.Range.Start):text.Offset(d.Range.End)]
		marked, _, _ = strings.Cut(marked, "\n")
		out = append(out, fmt.Sprintf("%s: %s", d.Code, strings.TrimRight(marked, "\r")))
	}
	return out
}

func equalJSON(tb testing.TB, got, want any) {
	tb.Helper()
	a, errA := json.Marshal(got)
	b, errB := json.Marshal(want)
	if errA != nil || errB != nil || string(a) != string(b) {
		tb.Errorf("%s\nwant\n%s", a, b)
	}
}
