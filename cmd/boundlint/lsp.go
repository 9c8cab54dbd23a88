package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/creachadair/jrpc2"
	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/source"
)

func (p *program) lspCommand() *cli.Command {
	return &cli.Command{
		Name:  "lsp",
		Usage: "serve an editor over standard input and output, by the Language Server Protocol",
		Description: `It judges the root modules of the files that are open in the editor, as they are there
and not as they are saved, and tells what boundlint lint --changed would tell of them, with
the same configuration. It also has the proof of each finding, the changes that certainly
fix it, and the places that decide it. An editor starts it: see docs/editors.md.`,
		Flags: slices.Concat(settingsFlagsOf("config", "policy", "strict", "no-inline-ignores"),
			p.inputFlagsOf("var-file", "var", "workspace", "exclude"), budgetFlags(), deployerFlags(), []cli.Flag{
				&cli.StringFlag{Name: "baseline", Usage: "do not report the findings that the baseline in `FILE` has"},
				&cli.BoolFlag{Name: "stdio", Usage: "use standard input and output, which it does in any case: some editors ask for it"},
			}),
		Action: func(c *cli.Context) error { return p.serveEditor(c) },
	}
}

func settingsFlagsOf(names ...string) []cli.Flag { return flagsOf(settingsFlags(), names) }

func (p *program) inputFlagsOf(names ...string) []cli.Flag { return flagsOf(p.inputFlags(), names) }

func flagsOf(all []cli.Flag, names []string) []cli.Flag {
	return slices.DeleteFunc(all, func(f cli.Flag) bool {
		return !slices.ContainsFunc(namesOf(f), func(name string) bool { return slices.Contains(names, name) })
	})
}

// The errors of the protocol beyond those of JSON-RPC.
const (
	lspNotInitialized jrpc2.Code = -32002
	lspCancelled      jrpc2.Code = -32800
)

// serveEditor serves one editor until that ends it. The exit code is 0 after a shutdown, and
// 1 where there was none, as the protocol asks.
func (p *program) serveEditor(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("boundlint lsp takes flags only, not %s: the editor says what is open", c.Args().First())
	}
	if _, err := p.policies(c); err != nil {
		return err
	}
	p.parsed, p.patience = &source.Parsed{}, budget.NewPatience(lspGarbage)
	defer p.patience.End()
	s := newLSPServer(p, c)
	s.rpc = jrpc2.NewServer(s, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: lspConcurrency})
	s.rpc.Start(newLSPChannel(p.stdin, p.stdout))
	ended := make(chan error, 1)
	go func() { ended <- s.rpc.Wait() }()
	var err error
	select {
	case <-s.exit:
	case err = <-ended:
	}
	s.end()
	if err != nil {
		return fmt.Errorf("the editor is not served any more: %w", err)
	}
	if !s.isShutDown() {
		p.code = exitFindings
	}
	return nil
}

// lspGarbage is how much garbage the session keeps, in bytes: to judge a root module of some
// hundred resources makes 20 MiB of it, and a collection each time would take a fourth of the
// time of judging.
const lspGarbage = 96 << 20

// lspConcurrency is how many requests are answered at one time. Most of the time they wait
// for the judging of what has changed.
const lspConcurrency = 16

// Assign implements jrpc2.Assigner: a method that is not known, and is not optional, gets an
// error.
func (s *lspServer) Assign(_ context.Context, method string) jrpc2.Handler {
	handler := s.handlers()[method]
	if handler == nil && !strings.HasPrefix(method, "$/") {
		return nil
	}
	return func(ctx context.Context, r *jrpc2.Request) (result any, err error) {
		defer func() {
			if fault := recover(); fault != nil {
				err = jrpc2.Errorf(jrpc2.InternalError, "%s", internalError(fault))
			}
		}()
		switch state := s.stateOf(); {
		case method == "exit", method == "initialize" && state == lspNew:
		case state == lspNew:
			return nil, jrpc2.Errorf(lspNotInitialized, "initialize comes first")
		case state == lspDown, method == "initialize":
			return nil, jrpc2.Errorf(jrpc2.InvalidRequest, "%s is not expected any more", method)
		}
		if handler == nil { // it is optional
			return nil, jrpc2.Errorf(jrpc2.MethodNotFound, "%s is not known", method)
		}
		return handler(ctx, r)
	}
}

func (s *lspServer) handlers() map[string]jrpc2.Handler {
	return map[string]jrpc2.Handler{
		"initialize":                          lspHandler(s.initialize),
		"initialized":                         lspHandler(s.initialized),
		"shutdown":                            lspHandler(s.shutdown),
		"exit":                                lspHandler(s.exited),
		"$/cancelRequest":                     lspHandler(s.cancelRequest),
		methodSkipped:                         lspHandler(s.skipped),
		"textDocument/didOpen":                lspHandler(s.didOpen),
		"textDocument/didChange":              lspHandler(s.didChange),
		"textDocument/didSave":                lspHandler(s.didSave),
		"textDocument/didClose":               lspHandler(s.didClose),
		"textDocument/hover":                  lspHandler(s.hover),
		"textDocument/definition":             lspHandler(s.definition),
		"textDocument/codeAction":             lspHandler(s.codeAction),
		"workspace/executeCommand":            lspHandler(s.executeCommand),
		"workspace/didChangeWatchedFiles":     lspHandler(s.didChangeFiles),
		"workspace/didChangeWorkspaceFolders": lspHandler(s.didChangeFolders),
		"workspace/didChangeConfiguration":    lspHandler(s.didChangeFiles), // it has none of its own; files may have changed
	}
}

// lspHandler is a handler whose parameters are decoded; what it does not read of them is not
// looked at.
func lspHandler[P, R any](handle func(context.Context, *P) (R, error)) jrpc2.Handler {
	return func(ctx context.Context, r *jrpc2.Request) (any, error) {
		var params P
		if r.HasParams() {
			var raw json.RawMessage
			if err := r.UnmarshalParams(&raw); err != nil {
				return nil, err
			}
			if err := json.Unmarshal(raw, &params); err != nil {
				return nil, jrpc2.Errorf(jrpc2.InvalidParams, "the parameters of %s do not fit", r.Method())
			}
		}
		return handle(ctx, &params)
	}
}

// lspNone is the parameters, or the result, of what has none.
type lspNone struct{}
