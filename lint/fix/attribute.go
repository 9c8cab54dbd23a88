package fix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// boundaryAttribute is the one attribute that is set. To set another, such as a name,
// replaces the resource: a person decides that.
const boundaryAttribute = "permissions_boundary"

// attribute are the changes by which the finding's attribute gets another value,
// what is closest to what is written first.
func (p *planner) attribute() []change {
	f := p.finding
	if f.Attribute != boundaryAttribute || strings.HasPrefix(f.Address, "module.") || f.Location.Call != nil {
		return nil // a module has other callers, too
	}
	var expression string
	if f.Fix != nil && f.Fix.Attribute == boundaryAttribute && f.Fix.Address == f.Address {
		expression = f.Fix.Expression
	}
	file, src, ok := p.files.read(f.Location.File)
	switch {
	case !ok:
		return nil
	case strings.HasSuffix(file, ".json"):
		return p.jsonAttribute(file, src, expression)
	case !isNative(file):
		return nil
	}
	body := parse(src)
	if body == nil {
		return nil
	}
	at := f.Location.Range.Start.Byte
	nodes := around(body, at)
	if block, i := innermost[*hclsyntax.Block](nodes); i >= 0 && block.TypeRange.Start.Byte == at && block.Type == "resource" {
		return inBlock(file, src, block, expression)
	}
	if out := p.inPlace(file, nodes, f.Location.Range, expression); out != nil {
		return out
	}
	return p.inEntity(expression)
}

// inEntity writes the value in the entity itself, where the finding is placed at what makes
// it: a data source.
func (p *planner) inEntity(expression string) []change {
	i := slices.IndexFunc(p.model.Entities, func(e *iam.Entity) bool { return e.Address == p.finding.Address })
	if i < 0 {
		return nil
	}
	at := p.model.Entities[i].Location
	file, src, ok := p.files.read(at.File)
	if !ok || !at.HasFile() || !isNative(file) {
		return nil
	}
	body := parse(src)
	if body == nil {
		return nil
	}
	block, i := innermost[*hclsyntax.Block](around(body, at.Range.Start.Byte))
	if i < 0 || block.TypeRange.Start.Byte != at.Range.Start.Byte || block.Body.Attributes[boundaryAttribute] == nil {
		return nil
	}
	written := block.Body.Attributes[boundaryAttribute].Expr
	rng := policy.Range{Start: policy.Pos{Byte: written.Range().Start.Byte}, End: policy.Pos{Byte: written.Range().End.Byte}}
	return p.inPlace(file, []hclsyntax.Node{written}, rng, expression)
}

// inBlock sets the attribute of a resource.
func inBlock(file string, src []byte, block *hclsyntax.Block, expression string) []change {
	if expression == "" {
		return nil
	}
	if a := block.Body.Attributes[boundaryAttribute]; a != nil {
		rng := a.Expr.Range()
		return []change{{{file, rng.Start.Byte, rng.End.Byte, expression}}}
	}
	line := boundaryAttribute + " = " + expression
	newline := newlineOf(src)
	indent := indentAt(src, block.TypeRange.Start.Byte)
	if block.OpenBraceRange.Start.Line == block.CloseBraceRange.Start.Line {
		inside := strings.TrimSpace(string(src[block.OpenBraceRange.End.Byte:block.CloseBraceRange.Start.Byte]))
		if inside != "" {
			inside = indent + "  " + inside + newline
		}
		text := newline + inside + indent + "  " + line + newline + indent
		return []change{{{file, block.OpenBraceRange.End.Byte, block.CloseBraceRange.Start.Byte, text}}}
	}
	at := lineEnd(src, block.OpenBraceRange.End.Byte)
	if last := naming(block.Body); last != nil {
		at, indent = lineEnd(src, last.SrcRange.End.Byte), indentAt(src, last.SrcRange.Start.Byte)
	} else {
		indent += "  "
	}
	return []change{{{file, at, at, newline + indent + line}}}
}

// naming is the last of the attributes that name a resource, after which the boundary
// stands well; nil for none.
func naming(body *hclsyntax.Body) *hclsyntax.Attribute {
	var found []*hclsyntax.Attribute
	for _, name := range []string{"name", "name_prefix", "path", "description"} {
		if a := body.Attributes[name]; a != nil {
			found = append(found, a)
		}
	}
	if found == nil {
		return nil
	}
	return slices.MaxFunc(found, func(x, y *hclsyntax.Attribute) int { return cmp.Compare(x.SrcRange.Start.Byte, y.SrcRange.Start.Byte) })
}

// newlineOf is how the lines of a file end.
func newlineOf(src []byte) string {
	if i := slices.Index(src, '\n'); i > 0 && src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// inPlace writes the value where it comes from: the attribute, or a local value. What
// is computed there stays.
func (p *planner) inPlace(file string, nodes []hclsyntax.Node, rng policy.Range, expression string) []change {
	i := slices.IndexFunc(nodes, func(n hclsyntax.Node) bool {
		r := n.Range()
		_, is := n.(hclsyntax.Expression)
		return is && r.Start.Byte == rng.Start.Byte && r.End.Byte == rng.End.Byte
	})
	if i < 0 {
		return nil
	}
	written, ok := nodes[i].(hclsyntax.Expression)
	if !ok || !isPlain(written) {
		return nil
	}
	var out []change
	for _, x := range slices.Compact([]string{p.arnOf(written), expression}) {
		if x != "" {
			out = append(out, change{{file, rng.Start.Byte, rng.End.Byte, x}})
		}
	}
	return out
}

// isPlain reports whether an expression is a literal or a reference to a resource or a
// data source: who writes a variable or a condition means more than its value.
func isPlain(x hclsyntax.Expression) bool {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return x.IsStringLiteral()
	case *hclsyntax.ScopeTraversalExpr:
		root := x.Traversal.RootName()
		return root == "data" || strings.HasPrefix(root, "aws_")
	}
	return false
}

// arnOf is the ARN of the policy of which an expression names something else: its
// name, its id, its document, or the data source that makes that. It is "" for none.
func (p *planner) arnOf(x hclsyntax.Expression) string {
	ref, ok := x.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return ""
	}
	of := reference(ref.Traversal)
	source, attribute := of[:strings.LastIndexByte(of, '.')+1], of[strings.LastIndexByte(of, '.')+1:]
	source = strings.TrimSuffix(source, ".")
	switch {
	case attribute == "arn" || source == "":
		return ""
	case strings.HasPrefix(source, "aws_iam_policy."), strings.HasPrefix(source, "data.aws_iam_policy."):
		return source + ".arn"
	case strings.HasPrefix(source, "data.aws_iam_policy_document."):
		var made []string
		for _, m := range p.model.Policies {
			if m.Document != nil && m.Document.Source == source && strings.HasPrefix(m.Address, "aws_iam_policy.") {
				made = append(made, m.Address)
			}
		}
		if len(made) == 1 {
			return made[0] + ".arn"
		}
	}
	return ""
}

// reference is a reference as it is written; "" where it has other steps than names and
// keys.
func reference(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		default:
			return ""
		}
	}
	return b.String()
}

// isBoundaryFinding reports whether a finding is about the attribute, of which it is
// certain.
func isBoundaryFinding(f *lint.Finding) bool {
	return f.Attribute == boundaryAttribute && f.Verdict == lint.Violation && (f.Fix == nil || f.Fix.Statements == nil)
}

// jsonAttribute sets the attribute in JSON configuration.
func (p *planner) jsonAttribute(file string, src []byte, expression string) []change {
	root := parseJSON(src, 0, len(src))
	names := strings.SplitN(p.finding.Address, "[", 2)
	parts := strings.Split(names[0], ".")
	if root == nil || len(parts) != 2 || expression == "" {
		return nil
	}
	resource := root.member("resource").member(parts[0]).member(parts[1])
	if resource == nil || resource.kind != '{' || len(resource.members) == 0 {
		return nil
	}
	value := expression
	if !strings.HasPrefix(value, `"`) {
		value = `"${` + value + `}"`
	}
	if written := resource.member(boundaryAttribute); written != nil {
		return []change{{{file, written.start, written.end, value}}}
	}
	first := resource.members[0]
	separator := string(src[resource.start+1 : first.start])
	return []change{{{file, first.start, first.start, `"` + boundaryAttribute + `": ` + value + "," + separator}}}
}
