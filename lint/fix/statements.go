package fix

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// list is where statements stand: after the last of them others can be added.
type list struct {
	file string
	src  []byte
	// form is the language; template tells that JSON is a template of HCL.
	form     iam.Form
	template bool
	// start and end are the last element, and close the bracket of the list. close is
	// 0 where the one statement is in no list.
	first, start, end, close int
}

// addStatements adds the statements of the fix to the document, or has those that are
// there ask for what they ask for.
func (p *planner) addStatements() []change {
	d, ok := p.document(p.finding.Fix)
	if !ok {
		return nil
	}
	var out []change
	if c := p.askInPlace(d.Document); c != nil {
		out = append(out, c)
	}
	at := d.StatementLocation(len(d.Statements)-1, policy.Range{})
	file, src, ok := p.files.read(at.File)
	l := &list{file: file, src: src}
	if !ok || !at.HasFile() || !l.find(d.Document, at.Range.Start.Byte) {
		return out
	}
	var texts []string
	for _, s := range p.finding.Fix.Statements {
		texts = append(texts, writer(p.finding.Fix, l.form, l.template).Statement(s))
	}
	if isPlaceholder(strings.Join(texts, "")) {
		return out
	}
	return append(out, l.add(texts))
}

// writer writes statements where a fix makes them.
func writer(f *lint.Fix, form iam.Form, template bool) *phrase.StatementWriter {
	reference := f.Reference
	if reference == nil {
		reference = func(policy.Text) (string, bool) { return "", false }
	}
	return &phrase.StatementWriter{Form: form, Template: template, Reference: reference}
}

// find finds the list by the place of its last statement.
func (l *list) find(d *iam.Document, at int) bool {
	switch {
	case strings.HasSuffix(l.file, ".tf.json"), strings.HasSuffix(l.file, ".tofu.json"):
		return false
	case !isNative(l.file):
		return l.findJSON(parseJSON(l.src, 0, len(l.src)), at)
	}
	body := parse(l.src)
	if body == nil {
		return false
	}
	nodes := around(body, at)
	if d.Form == iam.FormBlock {
		return l.findBlock(nodes)
	}
	if template, i := innermost[*hclsyntax.TemplateExpr](nodes); i >= 0 {
		start, end, ok := heredoc(l.src, template)
		if !ok {
			return false
		}
		l.template = true
		return l.findJSON(parseJSON(masked(l.src, template), start, end), at)
	}
	return l.findObject(nodes, at)
}

// findBlock finds the statement blocks of a data source.
func (l *list) findBlock(nodes []hclsyntax.Node) bool {
	block, i := innermost[*hclsyntax.Block](nodes)
	if i < 0 || block.Type != "statement" {
		return false
	}
	l.form = iam.FormBlock
	l.start, l.end = block.TypeRange.Start.Byte, block.CloseBraceRange.End.Byte
	return true
}

// findObject finds the list of objects in which one begins at a place, or the one that is
// in no list.
func (l *list) findObject(nodes []hclsyntax.Node, at int) bool {
	for i, n := range nodes {
		object, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok || object.SrcRange.Start.Byte != at || i == 0 {
			continue
		}
		l.form = iam.FormObject
		// The nodes of a body and of its attributes stand between.
		switch parent := nodes[i-1].(type) {
		case *hclsyntax.TupleConsExpr:
			first, last := parent.Exprs[0].Range(), parent.Exprs[len(parent.Exprs)-1].Range()
			l.first, l.start, l.end, l.close = first.Start.Byte, last.Start.Byte, last.End.Byte, parent.SrcRange.End.Byte-1
			return true
		case *hclsyntax.ObjectConsExpr:
			l.first, l.start, l.end = at, at, object.SrcRange.End.Byte
			return slices.ContainsFunc(parent.Items, func(item hclsyntax.ObjectConsItem) bool {
				return item.ValueExpr == hclsyntax.Expression(object) && keyOf(item.KeyExpr) == "Statement"
			})
		}
		return false
	}
	return false
}

// keyOf is the key of a member as it is written; "" where it is computed.
func keyOf(x hclsyntax.Expression) string {
	v, diagnostics := x.Value(nil)
	if diagnostics.HasErrors() || !v.IsWhollyKnown() || v.IsNull() || v.Type().FriendlyName() != "string" {
		return ""
	}
	return v.AsString()
}

// findJSON finds the list of statements in JSON in which one begins at a place.
func (l *list) findJSON(root *node, at int) bool {
	statements := root.member("Statement")
	if statements == nil {
		return false
	}
	l.form = iam.FormJSON
	if statements.kind == '{' {
		l.first, l.start, l.end = statements.start, statements.start, statements.end
		return statements.start == at || statements.start <= at && at < statements.end
	}
	if statements.kind != '[' || len(statements.elements) == 0 {
		return false
	}
	last := statements.elements[len(statements.elements)-1]
	l.first, l.start, l.end, l.close = statements.elements[0].start, last.start, last.end, statements.end-1
	return last.kind == '{'
}

// add is the change by which statements stand after the last one.
func (l *list) add(texts []string) change {
	indent, newline := indentAt(l.src, l.start), newlineOf(l.src)
	for i, text := range texts {
		texts[i] = strings.ReplaceAll(indented(text, indent), "\n", newline)
	}
	if l.form == iam.FormBlock {
		var b strings.Builder
		for _, text := range texts {
			b.WriteString(newline + newline + indent + text)
		}
		at := lineEnd(l.src, l.end)
		return change{{l.file, at, at, b.String()}}
	}
	if l.close == 0 {
		return change{
			{l.file, l.start, l.start, "["},
			{l.file, l.end, l.end, ", " + strings.Join(texts, ", ") + "]"},
		}
	}
	rest := string(l.src[l.end:l.close])
	if !strings.Contains(rest, "\n") {
		// The last statement and the bracket are on one line.
		comma := l.end + len(rest) - len(strings.TrimLeft(rest, " \t,"))
		return change{{l.file, l.end, comma, ", " + strings.Join(texts, ", ")}}
	}
	trailing := strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), ",")
	var out change
	if !trailing {
		out = change{{l.file, l.end, l.end, ","}}
	}
	// A comment on the line stays with its statement.
	text := newline + indent + strings.Join(texts, ","+newline+indent)
	if trailing {
		text += ","
	}
	at := lineEnd(l.src, l.end)
	if at == l.end && !trailing {
		return change{{l.file, at, at, "," + text}}
	}
	return append(out, edit{l.file, at, at, text})
}
