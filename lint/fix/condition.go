package fix

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// What creates roles and users without a boundary is allowed by statements that say too
// little, more often than by what else is there: where they allow nothing besides, the
// condition that the Deny would ask for stands in them.

// askInPlace asks for the boundary in the statements that allow nothing but what the fix
// denies without it; nil where there is none, or where more is to be said.
func (p *planner) askInPlace(d *iam.Document) change {
	f := p.finding.Fix
	asked, ok := asking(f.Statements)
	if !ok {
		return nil
	}
	var out change
	for _, s := range d.Statements {
		if s.Effect != policy.Allow || s.NotAction != nil || s.Action == nil || s.Condition != nil || s.Maybe != nil || s.Unknown != nil ||
			slices.ContainsFunc(s.Action, func(e policy.Element) bool { return !isAmong(e, f.Statements[0].Action) }) {
			continue
		}
		e, ok := p.askIn(d, s, &asked)
		if !ok {
			return nil
		}
		out = append(out, e)
	}
	return out
}

// asking is the condition by which an Allow asks for what a Deny asks for; false where the
// statements are not that Deny alone.
func asking(list []*policy.Statement) (policy.Condition, bool) {
	if len(list) != 1 || list[0].Effect != policy.Deny || len(list[0].Condition) != 1 {
		return policy.Condition{}, false
	}
	asked := list[0].Condition[0]
	key, _ := asked.Key.Known()
	operator, _ := asked.Operator.Known()
	rest, negated := strings.CutPrefix(operator, "StringNot")
	if key != policy.BoundaryKey || !negated {
		return policy.Condition{}, false
	}
	asked.Operator = policy.Literal("String" + rest)
	return asked, true
}

func isAmong(e policy.Element, list []policy.Element) bool {
	action, ok := e.Text.Known()
	return ok && slices.ContainsFunc(list, func(o policy.Element) bool {
		other, _ := o.Text.Known()
		return strings.EqualFold(action, other)
	})
}

// askIn is the edit that puts a condition at the end of a statement.
func (p *planner) askIn(d *iam.Document, s *policy.Statement, asked *policy.Condition) (edit, bool) {
	at := d.StatementLocation(s.Index, policy.Range{})
	file, src, ok := p.files.read(at.File)
	if !ok || !at.HasFile() || strings.HasSuffix(file, ".tf.json") || strings.HasSuffix(file, ".tofu.json") {
		return edit{}, false
	}
	start := at.Range.Start.Byte
	if !isNative(file) {
		return p.askInJSON(file, src, parseJSON(src, 0, len(src)), start, asked)
	}
	body := parse(src)
	if body == nil {
		return edit{}, false
	}
	nodes := around(body, start)
	if d.Form == iam.FormBlock {
		return p.askInBlock(file, src, nodes, start, asked)
	}
	if template, i := innermost[*hclsyntax.TemplateExpr](nodes); i >= 0 {
		from, to, ok := heredoc(src, template)
		if !ok {
			return edit{}, false
		}
		return p.askInJSON(file, src, parseJSON(masked(src, template), from, to), start, asked)
	}
	object, i := innermost[*hclsyntax.ObjectConsExpr](nodes)
	if i < 0 || object.SrcRange.Start.Byte != start || len(object.Items) == 0 {
		return edit{}, false
	}
	last := object.Items[len(object.Items)-1]
	text := strings.TrimSpace(writer(p.finding.Fix, iam.FormObject, false).ConditionOf(asked))
	return after(file, src, last.KeyExpr.Range().Start.Byte, last.ValueExpr.Range().End.Byte, object.SrcRange.End.Byte-1, text, false)
}

// askInBlock puts a condition block at the end of a statement block.
func (p *planner) askInBlock(file string, src []byte, nodes []hclsyntax.Node, start int, asked *policy.Condition) (edit, bool) {
	block, i := innermost[*hclsyntax.Block](nodes)
	if i < 0 || block.TypeRange.Start.Byte != start || block.OpenBraceRange.Start.Line == block.CloseBraceRange.Start.Line {
		return edit{}, false
	}
	newline, indent := newlineOf(src), indentAt(src, start)
	text := indented(writer(p.finding.Fix, iam.FormBlock, false).ConditionOf(asked), indent)
	at := lineStart(src, block.CloseBraceRange.Start.Byte)
	text = newline + indent + strings.ReplaceAll(text, "\n", newline) + newline
	return edit{file, at, at, text}, !isPlaceholder(text)
}

// askInJSON puts a condition at the end of a statement in JSON.
func (p *planner) askInJSON(file string, src []byte, root *node, start int, asked *policy.Condition) (edit, bool) {
	statements := root.member("Statement")
	if statements == nil {
		return edit{}, false
	}
	for _, s := range append(slices.Clone(statements.elements), statements) {
		if s.kind == '{' && s.start == start && len(s.members) > 0 {
			last := s.members[len(s.members)-1]
			text := strings.TrimSpace(writer(p.finding.Fix, iam.FormJSON, isNative(file)).ConditionOf(asked))
			return after(file, src, last.start, last.value.end, s.end-1, text, true)
		}
	}
	return edit{}, false
}

// after puts a member after the last one of an object, which closes at a byte: on a line of
// its own where the brace is on another. JSON has a comma between members.
func after(file string, src []byte, start, end, closing int, text string, comma bool) (edit, bool) {
	rest := string(src[end:closing])
	trimmed := strings.TrimLeft(rest, " \t")
	switch {
	case isPlaceholder(text):
		return edit{}, false
	case !strings.Contains(rest, "\n"):
		if strings.HasPrefix(trimmed, ",") {
			return edit{file, end, closing, ", " + text + " "}, true
		}
		return edit{file, end, end, ", " + text}, true
	case strings.HasPrefix(trimmed, ","):
		text += ","
	case comma:
		return edit{file, end, end, "," + newlineOf(src) + indentAt(src, start) + text}, true
	}
	at := lineEnd(src, end)
	return edit{file, at, at, newlineOf(src) + indentAt(src, start) + text}, true
}
