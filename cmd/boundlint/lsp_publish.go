package main

import (
	"errors"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/editor"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
)

// publish has the editor show what was judged, in all files of the root modules: those that
// are not open, too. A file of which there is nothing to say any more is told once. Of a file that
// has changed since a root module was judged, nothing is shown that was found there.
func (j *lspJudge) publish(now *lspJudged, faults []error) {
	lists := map[string][]lspDiagnostic{}
	add := func(file string, d lspDiagnostic) {
		for _, uri := range now.urisOf(file) {
			if !slices.ContainsFunc(lists[uri], func(o lspDiagnostic) bool { return sameDiagnostic(&o, &d) }) {
				lists[uri] = append(lists[uri], d)
			}
		}
	}
	for _, root := range now.roots {
		holds := now.holding(root)
		for _, p := range root.view.Problems() {
			if holds(p.File) {
				add(p.File, now.diagnostic(&p, holds))
			}
		}
	}
	for _, d := range j.faultsOf(faults) {
		path, err := realPath(filepath.FromSlash(d.Location.File))
		if err != nil {
			continue // it is gone
		}
		text := now.text(path)
		add(path, lspDiagnostic{
			Range: text.Range(d.Location.Range), Severity: lspError, Source: "boundlint", Message: printable(d.Message),
		})
	}
	versions := map[string]*int32{}
	for _, list := range now.open {
		for _, o := range list {
			versions[o.uri] = &o.version
			if lists[o.uri] == nil {
				lists[o.uri] = []lspDiagnostic{}
			}
		}
	}
	for uri := range j.published {
		if lists[uri] == nil {
			lists[uri] = []lspDiagnostic{}
		}
	}
	for uri, list := range lists {
		next := lspPublish{URI: uri, Version: versions[uri], Diagnostics: list}
		if known, ok := j.published[uri]; !ok || !reflect.DeepEqual(known, next) {
			j.server.tell("textDocument/publishDiagnostics", next)
		}
		j.published[uri] = next
		if len(list) == 0 && versions[uri] == nil {
			delete(j.published, uri)
		}
	}
}

// sameDiagnostic reports whether two root modules that share a module have found the same.
func sameDiagnostic(x, y *lspDiagnostic) bool {
	return x.Range == y.Range && x.Code == y.Code && x.Message == y.Message
}

// faultsOf are the faults of files, each once, and has the editor tell of those that it was
// not told yet: nothing is judged until they are gone.
func (j *lspJudge) faultsOf(faults []error) []lint.Diagnostic {
	var out []lint.Diagnostic
	told := map[string]bool{}
	for _, err := range faults {
		var list []lint.Diagnostic
		if spent, ok := errors.AsType[*budget.SpentError](err); ok && spent.Stopped {
			continue
		}
		if own, ok := errors.AsType[*config.Error](err); ok {
			list = own.Faults()
		} else if whole, ok := errors.AsType[*lspFileError](err); ok {
			first := policy.Pos{Line: 1, Column: 1}
			list = []lint.Diagnostic{{
				Message: err.Error(), Location: iam.Location{File: filepath.ToSlash(whole.path), Range: policy.Range{Start: first, End: first}},
			}}
		}
		for _, d := range list {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
		message := err.Error()
		if !told[message] && !j.told[message] { // root modules have one configuration in common
			j.server.tell("window/showMessage", lspMessage{lspError, "boundlint: " + printable(message)})
		}
		told[message] = true
	}
	j.told = told
	return out
}

// text is what a file holds that no root module has read: a configuration.
func (now *lspJudged) text(path string) *editor.Text {
	in := &inputs{files: []string{path}}
	return editor.NewText(string(in.source(now.overlay)(path)))
}

// uriOf is what the editor calls a file, by its real path: as it has opened it, if it has.
func (now *lspJudged) uriOf(path string) string {
	if open := now.open[path]; len(open) > 0 {
		return open[0].uri
	}
	return editor.URI(path)
}

// urisOf are all that the editor calls a file under which it has the text that counts.
func (now *lspJudged) urisOf(path string) []string {
	open := now.open[path]
	if len(open) == 0 {
		return []string{editor.URI(path)}
	}
	var out []string
	for _, o := range open {
		if o.text.String() == open[0].text.String() {
			out = append(out, o.uri)
		}
	}
	return out
}

// under is what was judged, for answers about one document: its file is called as it is. It is
// nil where the document has another text than the file.
func (now *lspJudged) under(path, uri string) *lspJudged {
	open := now.open[path]
	at := slices.IndexFunc(open, func(o *lspOpen) bool { return lspNamed(o.uri) == lspNamed(uri) })
	switch {
	case at <= 0 || at >= len(open):
		return now
	case open[at].text.String() != open[0].text.String():
		return nil
	}
	out := *now
	out.open = maps.Clone(now.open)
	out.open[path] = []*lspOpen{open[at]}
	return &out
}

// holding is [lspJudged.holds] of a root module, with each file compared once.
func (now *lspJudged) holding(root *lspRoot) func(path string) bool {
	known := map[string]bool{}
	return func(path string) bool {
		holds, ok := known[path]
		if !ok {
			holds = now.holds(root, path)
			known[path] = holds
		}
		return holds
	}
}

// diagnostic is a problem as the protocol has it, with what there is to say of files that hold
// what was judged.
func (now *lspJudged) diagnostic(p *editor.Problem, holds func(path string) bool) lspDiagnostic {
	d := lspDiagnostic{Range: p.Range, Source: "boundlint", Message: printable(p.Message)}
	switch p.Severity {
	case lint.Error:
		d.Severity = lspError
	case lint.Warning:
		d.Severity = lspWarning
	case lint.Note:
		d.Severity = lspInformation
	}
	if f := p.Finding; f != nil {
		d.Code, d.Data = f.Rule, f.Fingerprint
		d.CodeDescription = &lspHref{report.RulePage(f.Rule)}
		if f.Rule == lint.ExemptionUnused {
			d.Tags = []int{lspUnnecessary}
		}
	}
	for _, r := range p.Related {
		if holds(r.File) {
			d.RelatedInformation = append(d.RelatedInformation, lspRelated{now.location(&r), printable(r.Message)})
		}
	}
	return d
}

func (now *lspJudged) location(p *editor.Place) lspLocation {
	return lspLocation{now.uriOf(p.File), p.Range}
}
