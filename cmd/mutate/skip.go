package main

import (
	"go/ast"
	"go/token"
)

// skip finds, in a node, what is not changed because the change would make no
// other program: constants that the language asks for, sizes that are only
// guessed, texts of errors, locks, and what ends in the same.
func (c *collector) skip(n ast.Node) {
	switch n := n.(type) {
	case *ast.GenDecl:
		c.skipped[n] = n.Tok == token.CONST
	case *ast.ArrayType:
		c.skipped[n.Len] = true
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				_, constant := kv.Key.(*ast.BasicLit)
				c.skipped[kv.Key] = constant
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.SHL || n.Op == token.SHR {
			c.skipped[n.X], c.skipped[n.Y] = true, true
		}
	case *ast.CallExpr:
		if name := c.called(n); name == "make" || name == "fmt.Errorf" || name == "errors.New" {
			for _, arg := range n.Args {
				c.skipped[arg] = true
			}
		}
	case *ast.BlockStmt:
		c.skipStatements(n.List)
	case *ast.CaseClause:
		c.skipStatements(n.Body)
	case *ast.IfStmt:
		c.skipTie(n)
	}
}

// onlyWork are functions and methods that change how much is done, or guard it,
// and not what comes of it.
var onlyWork = map[string]bool{"panic": true, "Grow": true, "Lock": true, "Unlock": true, "RLock": true, "RUnlock": true}

// called is the name of a function, or of a method without its value.
func (c *collector) called(n *ast.CallExpr) string {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return c.text(n.Fun)
	}
	if pkg := c.text(f.X); pkg == "fmt" || pkg == "errors" {
		return pkg + "." + f.Sel.Name
	}
	return f.Sel.Name
}

func (c *collector) skipStatements(list []ast.Stmt) {
	for i, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			call, ok := s.X.(*ast.CallExpr)
			c.skipped[s] = ok && onlyWork[c.called(call)]
		case *ast.AssignStmt:
			c.skipped[s] = c.text(s.Lhs[0]) == "_" // it tells only the compiler
		case *ast.SwitchStmt:
			c.skipCases(s, list[i+1:])
		}
	}
}

// skipCases finds the cases of a switch that do what is done without them.
func (c *collector) skipCases(n *ast.SwitchStmt, after []ast.Stmt) {
	without := "" // the statements of the default, or those that follow
	hasDefault := false
	for _, clause := range clauses(n) {
		if clause.List == nil {
			without, hasDefault = c.textOf(clause.Body), true
		}
	}
	if !hasDefault {
		without = c.textOf(after)
	}
	for _, clause := range clauses(n) {
		body := c.textOf(clause.Body)
		c.needless[clause] = body == without || body == "" && !hasDefault
	}
}

// clauses are the cases of a switch, its default among them.
func clauses(n *ast.SwitchStmt) []*ast.CaseClause {
	var out []*ast.CaseClause
	for _, s := range n.Body.List {
		if clause, ok := s.(*ast.CaseClause); ok {
			out = append(out, clause)
		}
	}
	return out
}

func (c *collector) textOf(list []ast.Stmt) string {
	if len(list) == 0 {
		return ""
	}
	return c.src[c.offset(list[0].Pos()):c.offset(list[len(list)-1].End())]
}

// skipTie finds comparisons of which it does not matter what they say of equal
// values: of "if a < b { a = b }" and of "if a != b { return a < b }".
func (c *collector) skipTie(n *ast.IfStmt) {
	cond, ok := n.Cond.(*ast.BinaryExpr)
	if !ok || len(n.Body.List) != 1 {
		return
	}
	x, y := c.text(cond.X), c.text(cond.Y)
	switch s := n.Body.List[0].(type) {
	case *ast.AssignStmt:
		left, right := c.text(s.Lhs[0]), c.text(s.Rhs[0])
		c.tied[cond] = left == x && right == y || left == y && right == x
	case *ast.ReturnStmt:
		if len(s.Results) != 1 || cond.Op != token.NEQ {
			return
		}
		if less, ok := s.Results[0].(*ast.BinaryExpr); ok {
			c.tied[less] = c.text(less.X) == x && c.text(less.Y) == y
		}
	}
}
