package tfconfig

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// ignoredChanges are the attributes in an ignore_changes list, or "all".
func ignoredChanges(x hclsyntax.Expression) []string {
	list, ok := x.(*hclsyntax.TupleConsExpr)
	if !ok {
		return []string{referenceText(x)}
	}
	names := make([]string, len(list.Exprs))
	for i, element := range list.Exprs {
		names[i] = referenceText(element)
	}
	return names
}

// referenceText is a reference, or a string that spells one, as text: tags,
// tags["a"], all.
func referenceText(x hclsyntax.Expression) string {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		var b strings.Builder
		b.WriteString(x.Traversal.RootName())
		for _, s := range x.Traversal[1:] {
			switch s := s.(type) {
			case hcl.TraverseAttr:
				b.WriteString("." + s.Name)
			case hcl.TraverseIndex:
				if k, ok := keyText(s.Key); ok {
					b.WriteString("[" + k + "]")
				}
			}
		}
		return b.String()
	case *hclsyntax.TemplateExpr, *hclsyntax.LiteralValueExpr:
		if v, diags := x.Value(nil); !diags.HasErrors() && isText(v) {
			return v.AsString()
		}
	}
	return ""
}
