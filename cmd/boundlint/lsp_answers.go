package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/creachadair/jrpc2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/editor"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/fix"
	"github.com/boundlint/boundlint/lint/report"
)

// The kinds of code actions, and the command that opens a page.
const (
	kindQuickFix    = "quickfix"
	kindFixAll      = "source.fixAll.boundlint"
	commandOpenPage = "boundlint.openPage"
)

// asked are the root modules that read a document as it is now, and its real path; of what was
// judged, the editor gets answers that call the document as it does.
func (now *lspJudged) asked(uri string) (own *lspJudged, path string, roots []*lspRoot) {
	path, _ = lspPath(uri)
	if own = now.under(path, uri); own == nil {
		return now, path, nil
	}
	for _, root := range now.roots {
		if now.holds(root, path) {
			roots = append(roots, root)
		}
	}
	return own, path, roots
}

func (s *lspServer) hover(ctx context.Context, p *lspAt) (*lspHover, error) {
	now, err := s.wait(ctx)
	if err != nil {
		return nil, err
	}
	_, path, roots := now.asked(p.TextDocument.URI)
	var out *lspHover
	for _, root := range roots {
		markdown, over, ok := root.view.Hover(path, p.Position)
		switch {
		case !ok:
		case out == nil:
			out = &lspHover{Range: over}
			out.Contents.Kind, out.Contents.Value = "markdown", markdown
		case !strings.Contains(out.Contents.Value, markdown):
			out.Contents.Value += "\n---\n\n" + markdown
		}
	}
	return out, nil
}

func (s *lspServer) definition(ctx context.Context, p *lspAt) ([]lspLocation, error) {
	now, err := s.wait(ctx)
	if err != nil {
		return nil, err
	}
	now, path, roots := now.asked(p.TextDocument.URI)
	out := []lspLocation{}
	for _, root := range roots {
		for _, place := range root.view.Definition(path, p.Position) {
			if at := now.location(&place); now.holds(root, place.File) && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out, nil
}

// asksFor reports whether a client that asks for kinds of actions, or for all, takes one of a
// kind. Those for a whole file come only where they are asked for.
func asksFor(only []string, kind string) bool {
	if len(only) == 0 {
		return !strings.HasPrefix(kind, "source.")
	}
	return slices.ContainsFunc(only, func(asked string) bool { return kind == asked || strings.HasPrefix(kind, asked+".") })
}

// unignorable are rules of which a comment cannot ignore the findings: they are about such
// comments, or about no place in the configuration.
var unignorable = []string{lint.ExemptionUnused, lint.ExemptionExpired, lint.InputIncomplete, lint.PolicyLoosened}

func (s *lspServer) codeAction(ctx context.Context, p *lspActionsFor) ([]lspAction, error) {
	now, err := s.wait(ctx)
	if err != nil {
		return nil, err
	}
	out := []lspAction{}
	now, path, roots := now.asked(p.TextDocument.URI)
	if asksFor(p.Context.Only, kindFixAll) && len(roots) > 0 {
		edit, err := s.fixed(ctx, now, path, nil)
		if err != nil {
			return nil, err
		}
		if edit != nil {
			out = append(out, lspAction{Title: "Fix all that boundlint certainly fixes", Kind: kindFixAll, Edit: edit})
		}
	}
	if !asksFor(p.Context.Only, kindQuickFix) {
		return out, nil
	}
	seen := map[string]bool{}
	for _, root := range roots {
		for _, problem := range root.view.Problems() {
			f := problem.Finding
			if f == nil || problem.File != path || !problem.Range.Meets(p.Range) || seen[f.Rule+f.Message] {
				continue
			}
			seen[f.Rule+f.Message] = true
			actions, err := s.actionsFor(ctx, now, path, root, &problem)
			if err != nil {
				return nil, err
			}
			out = append(out, actions...)
		}
	}
	return out, nil
}

// actionsFor are what can be done about one finding in a document.
func (s *lspServer) actionsFor(ctx context.Context, now *lspJudged, path string, root *lspRoot, p *editor.Problem) ([]lspAction, error) {
	f := p.Finding
	about := []lspDiagnostic{now.diagnostic(p, now.holding(root))}
	var out []lspAction
	edit, err := s.fixed(ctx, now, path, f)
	if err != nil {
		return nil, err
	}
	if edit != nil {
		out = append(out, lspAction{Title: "Fix " + f.Rule, Kind: kindQuickFix, Diagnostics: about, IsPreferred: true, Edit: edit})
	}
	if text := root.view.Text(p.File); text != nil && !slices.Contains(unignorable, f.Rule) {
		if change, ok := fix.Ignore(p.File, []byte(text.String()), text.Offset(p.Range.Start), f.Rule); ok {
			if edit := now.edits(root.view, []lint.Edit{change}); edit != nil {
				out = append(out, lspAction{
					Title: "Ignore " + f.Rule + " here, with a reason", Kind: kindQuickFix, Diagnostics: about, Edit: edit,
				})
			}
		}
	}
	if s.showsPages {
		page, err := json.Marshal(report.RulePage(f.Rule))
		if err != nil {
			return nil, err
		}
		title := "Open the page of " + f.Rule
		out = append(out, lspAction{
			Title: title, Kind: kindQuickFix, Diagnostics: about,
			Command: &lspCommand{Title: title, Command: commandOpenPage, Arguments: []json.RawMessage{page}},
		})
	}
	return out, nil
}

// edits are changes of files as the protocol has them, nil for none, and where a file has changed
// since it was judged.
func (now *lspJudged) edits(v *editor.View, list []lint.Edit) *lspEdit {
	out := &lspEdit{Changes: map[string][]lspTextEdit{}}
	for _, e := range list {
		file := v.Real(e.File)
		t := v.Text(file)
		if t == nil || t.String() != now.text(file).String() {
			return nil
		}
		uri := now.uriOf(file)
		out.Changes[uri] = append(out.Changes[uri], lspTextEdit{t.Lines(e.From, e.To), e.Text})
	}
	if len(out.Changes) == 0 {
		return nil
	}
	return out
}

// mostFixed is for how many root modules a change is proven at one time. A module that more
// of them share is fixed on the command line.
const mostFixed = 16

// fixed is the change that certainly fixes a finding, or all that can be fixed where f is nil,
// in the root modules that a file belongs to: nothing is worse in any of them after it. It is
// nil where there is none, or where it cannot be proven: the error is only that the request was
// cancelled.
func (s *lspServer) fixed(ctx context.Context, now *lspJudged, path string, f *lint.Finding) (*lspEdit, error) {
	edit, err := s.proven(ctx, now, path, f)
	switch {
	case ctx.Err() != nil:
		return nil, jrpc2.Errorf(lspCancelled, "the request was cancelled")
	case err != nil: // there may be other actions
		s.tell("window/logMessage", lspMessage{lspError, "boundlint: no fix is proven: " + printable(err.Error())})
	}
	return edit, nil
}

func (s *lspServer) proven(ctx context.Context, now *lspJudged, path string, f *lint.Finding) (*lspEdit, error) {
	roots := now.rootsOf[path]
	if len(roots) == 0 || len(roots) > mostFixed {
		return nil, nil
	}
	mayChange, err := insideOf(now.changeable(path))
	if err != nil {
		return nil, fmt.Errorf("a folder is gone: %w", err)
	}
	before := now.only(roots)
	if before == nil {
		if before, err = s.together(ctx, now, roots, nil); err != nil {
			return nil, err
		}
	}
	tree := fix.Files{Path: mayChange, Read: func(file string) []byte {
		if t := before.Text(before.Real(file)); t != nil {
			return []byte(t.String())
		}
		return nil
	}}
	if f != nil {
		tree.Only = func(o *lint.Finding) bool { return o.Rule == f.Rule && o.Address == f.Address && o.Key == f.Key }
	}
	result, err := fix.Repair(judgedAs(before), tree, func(changed files.Overlay) (fix.Judged, error) {
		after, err := s.together(ctx, now, roots, changed)
		if err != nil {
			return fix.Judged{}, err
		}
		return judgedAs(after), nil
	})
	if err != nil {
		return nil, err
	}
	return now.edits(before, result.Edits()), nil
}

func judgedAs(v *editor.View) fix.Judged { return fix.Judged{Report: v.Report, Models: v.Models} }

// only is the one root module of a list as it was judged; nil where there are several.
func (now *lspJudged) only(roots []string) *editor.View {
	for _, root := range now.roots {
		if len(roots) == 1 && slices.Contains(roots, root.path) {
			return root.view
		}
	}
	return nil
}

// together judges root modules in one report, with files changed, as long as the request is not
// cancelled.
func (s *lspServer) together(ctx context.Context, now *lspJudged, roots []string, changed files.Overlay) (*editor.View, error) {
	all := maps.Clone(now.overlay)
	maps.Copy(all, changed)
	run := s.program.again(all)
	if err := run.startBudget(s.context); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, run.stop)()
	in, rep, err := s.run(run, roots)
	if err != nil {
		return nil, err
	}
	return newView(in, rep, all, nil), nil
}

// changeable are the directories whose files may be changed for a document: the folders of
// the editor, and without them its repository or its directory.
func (now *lspJudged) changeable(path string) []string {
	if len(now.folders) > 0 {
		return now.folders
	}
	dir := filepath.Dir(path)
	if repository := files.Repository(dir); repository != "" {
		dir = repository
	}
	return []string{dir}
}

func (s *lspServer) executeCommand(_ context.Context, p *lspCommand) (*lspNone, error) {
	var page string
	if p.Command != commandOpenPage || len(p.Arguments) != 1 || json.Unmarshal(p.Arguments[0], &page) != nil {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "the command or its arguments are not known")
	}
	if !slices.ContainsFunc(ruleIDs(), func(id string) bool { return page == report.RulePage(id) }) {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "it is not the page of a rule")
	}
	go s.call("window/showDocument", lspShowDocument{URI: page, External: true})
	return nil, nil
}
