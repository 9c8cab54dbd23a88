package tfconfig

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/policy"
)

// fileNames are the names of files as a module directory writes them, with a
// star for what is only known when they are evaluated: enough to tell which
// modules a data file that changed may belong to, without evaluating any.
type fileNames struct {
	// module are relative to the module's directory, anywhere are the ends of
	// paths.
	module, anywhere []string
	// hidden tells that a file is read whose name is not written there.
	hidden bool
}

// moduleMark stands for path.module while a name is put together.
const moduleMark = "\x01"

// longestName is the length up to which a text may be the name of a file.
const longestName = 300

// reads reports whether the configuration names the file p of the tree, or may
// do so; nearest tells that the file lies in its directory or below, and in no
// other module's.
func (n *fileNames) reads(dir, p string, nearest bool) bool {
	for _, name := range n.module {
		if policy.Glob(path.Join(dir, name), p) {
			return true
		}
	}
	for _, name := range n.anywhere {
		switch {
		case strings.Trim(strings.TrimSuffix(name, path.Ext(name)), "*/") == "":
			// Nothing of it is known but perhaps the extension.
			if nearest && (name == "*" || path.Ext(name) == path.Ext(p)) {
				return true
			}
		case policy.Glob("*/"+name, "/"+p):
			return true
		}
	}
	return n.hidden && nearest
}

// fileNamesOf gathers the names of files in a configuration.
func fileNamesOf(c *configuration) *fileNames {
	n := &fileNames{}
	visit := func(node hclsyntax.Node) {
		_ = hclsyntax.VisitAll(node, func(node hclsyntax.Node) hcl.Diagnostics {
			n.node(node)
			return nil
		})
	}
	for _, v := range c.variables {
		visit(v.body)
	}
	for _, x := range c.locals {
		visit(x)
	}
	for _, r := range c.resources {
		visit(r.body())
	}
	for _, call := range c.calls {
		visit(call.body)
	}
	for _, o := range c.outputs {
		visit(o.Body)
	}
	return n
}

func (n *fileNames) node(node hclsyntax.Node) {
	switch x := node.(type) {
	case *hclsyntax.FunctionCallExpr:
		n.call(x)
	case *hclsyntax.TemplateExpr:
		// A name that is read elsewhere: it has to look like one.
		name, ok := writtenName(x)
		if ok && path.Ext(name) != "" && !strings.ContainsAny(path.Ext(name), "*") && strings.IndexFunc(name, isSpace) < 0 {
			n.add(name)
		}
	}
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == ':' }

// call takes the name out of a call of a function that reads files.
func (n *fileNames) call(x *hclsyntax.FunctionCallExpr) {
	function := strings.TrimPrefix(x.Name, "core::")
	if contents[function] == nil && function != "file" && function != "templatefile" && function != "fileset" || len(x.Args) == 0 {
		return
	}
	name, ok := writtenName(x.Args[0])
	if ok && function == "fileset" && len(x.Args) > 1 {
		var pattern string
		if pattern, ok = writtenName(x.Args[1]); ok {
			name += "/" + strings.ReplaceAll(pattern, "**/", "*")
		}
	}
	if !ok {
		n.hidden = true
		return
	}
	n.add(name)
}

func (n *fileNames) add(name string) {
	if rest, ok := strings.CutPrefix(name, moduleMark); ok {
		n.module = append(n.module, strings.TrimPrefix(rest, "/"))
		return
	}
	name = strings.ReplaceAll(name, moduleMark, "*")
	for strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		_, name, _ = strings.Cut(name, "/")
	}
	n.anywhere = append(n.anywhere, strings.TrimPrefix(name, "*/"))
}

// writtenName is a text with a star for each part that is not written; false
// where nothing is written.
func writtenName(x hclsyntax.Expression) (string, bool) {
	switch x := x.(type) {
	case *hclsyntax.ParenthesesExpr:
		return writtenName(x.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return writtenName(x.Wrapped)
	case *hclsyntax.LiteralValueExpr:
		if isText(x.Val) && len(x.Val.AsString()) <= longestName {
			return x.Val.AsString(), true
		}
	case *hclsyntax.ScopeTraversalExpr:
		if isModulePath(x) {
			return moduleMark, true
		}
	case *hclsyntax.TemplateExpr:
		var b strings.Builder
		for _, part := range x.Parts {
			name, ok := writtenName(part)
			if !ok {
				name = "*"
			}
			b.WriteString(name)
		}
		return b.String(), b.Len() <= longestName && strings.Trim(b.String(), "*") != ""
	}
	return "", false
}

// isModulePath reports whether an expression is path.module.
func isModulePath(x *hclsyntax.ScopeTraversalExpr) bool {
	if len(x.Traversal) != 2 || x.Traversal.RootName() != "path" {
		return false
	}
	attribute, ok := x.Traversal[1].(hcl.TraverseAttr)
	return ok && attribute.Name == "module"
}
