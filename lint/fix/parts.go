package fix

import (
	"bytes"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A statement that changes keeps its form: only the texts that differ are written, each
// where it stands.

// replaceParts writes what the fix has otherwise than the statements that it replaces.
func (p *planner) replaceParts() []change {
	var out change
	for _, f := range append([]*lint.Fix{p.finding.Fix}, p.finding.Fix.Also...) {
		d, ok := p.document(f)
		if !ok || f.Replaced == nil || len(f.Statements) != 1 {
			return nil
		}
		r := &parts{planner: p, fix: f, document: d.Document, before: f.Replaced, after: f.Statements[0]}
		r.elements(r.before.Action, r.after.Action)
		r.elements(r.before.NotAction, r.after.NotAction)
		r.elements(r.before.Resource, r.after.Resource)
		r.elements(r.before.NotResource, r.after.NotResource)
		r.conditions()
		if r.failed || r.out == nil {
			return nil
		}
		out = append(out, r.out...)
	}
	return []change{out}
}

// parts collects the edits of one statement.
type parts struct {
	*planner

	fix           *lint.Fix
	document      *iam.Document
	before, after *policy.Statement
	out           change
	// failed tells that something cannot be written where it stands.
	failed bool
}

// elements writes the entries of a list that are others: one in the place of one, or
// several.
func (r *parts) elements(before, after []policy.Element) {
	same := func(list []policy.Element, e policy.Element) bool {
		return slices.ContainsFunc(list, func(o policy.Element) bool { return o.Text.Equal(e.Text) })
	}
	var gone, added []policy.Element
	for _, e := range before {
		if !same(after, e) {
			gone = append(gone, e)
		}
	}
	for _, e := range after {
		if !same(before, e) {
			added = append(added, e)
		}
	}
	switch {
	case len(gone) == 0 && len(added) == 0:
	case len(gone) != 1 || len(added) == 0:
		r.failed = true
	default:
		var texts []string
		for _, e := range added {
			known, ok := e.Text.Known()
			r.failed = r.failed || !ok
			texts = append(texts, known)
		}
		known, ok := gone[0].Text.Known()
		r.failed = r.failed || !ok
		r.rewrite(gone[0].Range, known, len(before) > 1, texts...)
	}
}

// conditions writes the operators, keys and values that are others.
func (r *parts) conditions() {
	if len(r.before.Condition) != len(r.after.Condition) {
		r.failed = true
		return
	}
	for i := range r.before.Condition {
		x, y := &r.before.Condition[i], &r.after.Condition[i]
		r.text(x.Range, x.Operator, y.Operator)
		r.text(x.KeyRange, x.Key, y.Key)
		r.values(x, y)
	}
}

func (r *parts) text(at policy.Range, before, after policy.Text) {
	if before.Equal(after) {
		return
	}
	x, known := before.Known()
	y, ok := after.Known()
	if !known || !ok {
		r.failed = true
		return
	}
	r.rewrite(at, x, false, y)
}

// values writes the one value of a condition in the place of the one that it has.
func (r *parts) values(before, after *policy.Condition) {
	if slices.EqualFunc(before.Values, after.Values, func(x, y policy.Element) bool { return x.Text.Equal(y.Text) }) {
		return
	}
	if len(before.Values) != 1 || len(after.Values) != 1 {
		r.failed = true
		return
	}
	at := r.document.StatementLocation(r.before.Index, before.Values[0].Range)
	file, src, ok := r.files.read(at.File)
	start, end := at.Range.Start.Byte, at.Range.End.Byte
	if !ok || start >= end || end > len(src) || !isNative(file) && r.document.Form != iam.FormJSON {
		r.failed = true
		return
	}
	w := writer(r.fix, r.document.Form, isNative(file))
	written := w.Values(after.Values)
	if w.Form == iam.FormBlock {
		written = strings.TrimSuffix(strings.TrimPrefix(written, "["), "]")
	}
	r.failed = r.failed || isPlaceholder(written)
	r.out = append(r.out, edit{file, start, end, written})
}

// rewrite puts texts in the place of one that is written in quotes at a place of the
// statement, or, as an operator may be, without. inList tells that it stands in a list.
func (r *parts) rewrite(at policy.Range, before string, inList bool, after ...string) {
	for _, within := range []policy.Range{at, {}} {
		place := r.document.StatementLocation(r.before.Index, within)
		file, src, ok := r.files.read(place.File)
		if !ok || !place.HasFile() {
			continue
		}
		start, end := place.Range.Start.Byte, place.Range.End.Byte
		if within == (policy.Range{}) {
			end = r.statementEnd(file, src, start, end)
		}
		if start >= end {
			end = lineEnd(src, start)
		}
		if e, ok := replaceOnce(file, src, start, min(end, len(src)), before, inList, after); ok {
			r.out = append(r.out, e)
			return
		}
	}
	r.failed = true
}

// statementEnd is where a statement ends that begins at a place: of a block, the place is
// its head.
func (r *parts) statementEnd(file string, src []byte, start, end int) int {
	l := &list{file: file, src: src}
	if isNative(file) && r.document.Form == iam.FormBlock {
		if body := parse(src); body != nil && l.findBlock(around(body, start)) && l.start == start {
			return l.end
		}
	}
	return end
}

// replaceOnce is the edit of a text that stands once in a part of a file.
func replaceOnce(file string, src []byte, start, end int, before string, inList bool, after []string) (edit, bool) {
	part := src[start:end]
	quoted := []byte(`"` + before + `"`)
	if bytes.Count(part, quoted) == 1 {
		at := start + bytes.Index(part, quoted)
		text := `"` + strings.Join(after, `", "`) + `"`
		if len(after) > 1 && !inList {
			text = "[" + text + "]"
		}
		return edit{file, at, at + len(quoted), text}, true
	}
	if i := bytes.Index(part, []byte(before)); i >= 0 && len(after) == 1 && bytes.Count(part, []byte(before)) == 1 &&
		isBare(part, i, len(before)) {
		return edit{file, start + i, start + i + len(before), after[0]}, true
	}
	return edit{}, false
}

// isBare reports whether a text stands by itself, as an attribute's name does.
func isBare(src []byte, at, size int) bool {
	isWord := func(i int) bool {
		return i >= 0 && i < len(src) && (src[i] == '_' || src[i] == ':' || src[i] == '-' || src[i] == '"' ||
			src[i] >= '0' && src[i] <= '9' || src[i] >= 'A' && src[i] <= 'Z' || src[i] >= 'a' && src[i] <= 'z')
	}
	return !isWord(at-1) && !isWord(at+size)
}
