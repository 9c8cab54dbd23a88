package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// mutant is one small change of one file.
type mutant struct {
	id   int // from 1
	file string
	line int
	what string
	// edits put the change into the file, beside what is there.
	edits []edit
}

func (m *mutant) String() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.what) }

// collector finds the changes of a file.
type collector struct {
	file, src string
	fset      *token.FileSet
	pkg       *types.Package
	info      *types.Info
	found     []*mutant
	// What skip.go finds: nodes that stay as they are, cases whose values may be
	// left out, and comparisons of which it does not matter what they say of
	// equal values.
	skipped, needless, tied map[ast.Node]bool
}

// collect adds every change that is made to a file.
func (c *collector) collect(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			ast.Inspect(f.Body, c.visit)
		}
	}
}

func (c *collector) visit(n ast.Node) bool {
	if n == nil || c.skipped[n] {
		return false
	}
	if c.skip(n); c.skipped[n] {
		return false
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		c.binary(n)
	case *ast.IfStmt:
		if !c.flips(n.Cond) {
			c.wrap(n.Cond, "((", ") != mutOn(#))", "the condition is negated")
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			c.wrap(n, "((", ") != mutOn(#))", "! is left out")
		}
		if lit, ok := n.X.(*ast.BasicLit); ok && n.Op == token.SUB {
			c.number(n, "-"+lit.Value)
			return false
		}
	case *ast.Ident:
		if c.info.Uses[n] == types.Universe.Lookup("true") || c.info.Uses[n] == types.Universe.Lookup("false") {
			c.wrap(n, "(", " != mutOn(#))", n.Name+" is turned round")
		}
	case *ast.BasicLit:
		c.number(n, n.Value)
	case *ast.BlockStmt:
		c.drop(n.List)
	case *ast.CommClause:
		c.drop(n.Body)
	case *ast.CaseClause:
		c.drop(n.Body)
	case *ast.SwitchStmt:
		c.cases(n)
	}
	return true
}

// flips reports whether a condition is of a kind of which another change is the negation.
func (c *collector) flips(cond ast.Expr) bool {
	switch cond := cond.(type) {
	case *ast.BinaryExpr:
		return cond.Op == token.EQL || cond.Op == token.NEQ
	case *ast.UnaryExpr:
		return cond.Op == token.NOT
	}
	return false
}

// binary changes an operator into one that makes another program.
func (c *collector) binary(n *ast.BinaryExpr) {
	typed := c.info.Types[n]
	if b, ok := typed.Type.(*types.Basic); !ok || b.Info()&types.IsBoolean == 0 || typed.Value != nil {
		return
	}
	ordered := map[token.Token]string{token.LSS: "mutLess", token.LEQ: "mutAtMost", token.GTR: "mutMore", token.GEQ: "mutAtLeast"}
	other := map[token.Token]token.Token{
		token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS,
		token.GTR: token.GEQ, token.GEQ: token.GTR, token.LAND: token.LOR, token.LOR: token.LAND,
	}[n.Op]
	what := n.Op.String() + " becomes " + other.String()
	switch {
	case n.Op == token.EQL, n.Op == token.NEQ:
		c.wrap(n, "((", ") != mutOn(#))", what)
	case n.Op == token.LAND:
		c.wrapBinary(n, "mutAnd(#, ", ", func() bool { return (", ") })", what)
	case n.Op == token.LOR:
		c.wrapBinary(n, "mutOr(#, ", ", func() bool { return (", ") })", what)
	case !c.tied[n]:
		c.wrapBinary(n, ordered[n.Op]+"(#, ", ",", ")", what)
	}
}

// number makes a whole number one more.
func (c *collector) number(n ast.Expr, value string) {
	i, err := strconv.Atoi(value)
	if err != nil {
		return
	}
	if name, ok := c.typeName(n); ok {
		c.wrap(n, "mutPlus["+name+"](#, ", ")", fmt.Sprintf("%d becomes %d", i, i+1))
	}
}

// typeName writes the type of a constant, where the file can name it.
func (c *collector) typeName(n ast.Expr) (string, bool) {
	switch t := c.info.TypeOf(n).(type) {
	case *types.Basic:
		return t.Name(), t.Info()&types.IsUntyped == 0
	case *types.Named:
		return t.Obj().Name(), t.Obj().Pkg() == c.pkg && t.TypeParams().Len() == 0
	}
	return "", false
}

// drop leaves out each of some statements that is there for what it changes.
func (c *collector) drop(list []ast.Stmt) {
	for _, s := range list {
		if c.skipped[s] {
			continue
		}
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.BranchStmt:
			if s.Label != nil || s.Tok == token.FALLTHROUGH {
				continue
			}
		default:
			continue
		}
		what, _, cut := strings.Cut(c.text(s), "\n")
		if cut {
			what += " ..."
		}
		c.wrap(s, "if !mutOn(#) { ", " }", "left out: "+what)
	}
}

// cases leaves out the last value of each case of a switch that has several.
func (c *collector) cases(n *ast.SwitchStmt) {
	for _, clause := range clauses(n) {
		if len(clause.List) < 2 || c.needless[clause] {
			continue
		}
		last := clause.List[len(clause.List)-1]
		const what = "the last value of a case is left out"
		if n.Tag == nil {
			c.wrap(last, "(", ") && !mutOn(#)", what)
			continue
		}
		// The switch meets a value of the case that it has met already.
		either := "mutEither"
		if name, ok := c.typeName(last); ok {
			either += "[" + name + "]"
		}
		c.wrap(last, either+"(#, ", ", "+c.text(clause.List[0])+")", what)
	}
}

func (c *collector) text(n ast.Node) string { return c.src[c.offset(n.Pos()):c.offset(n.End())] }

func (c *collector) offset(p token.Pos) int { return c.fset.Position(p).Offset }

// wrap makes the change of a node by what is written before and behind it,
// where # is the number of the change.
func (c *collector) wrap(n ast.Node, before, behind, what string) {
	c.put(n.Pos(), what, edit{c.offset(n.Pos()), 0, before, opens}, edit{c.offset(n.End()), 0, behind, closes})
}

func (c *collector) wrapBinary(n *ast.BinaryExpr, before, between, behind, what string) {
	c.put(n.OpPos, what, edit{c.offset(n.Pos()), 0, before, opens},
		edit{c.offset(n.OpPos), len(n.Op.String()), between, replaces}, edit{c.offset(n.End()), 0, behind, closes})
}

func (c *collector) put(at token.Pos, what string, edits ...edit) {
	c.found = append(c.found, &mutant{file: c.file, line: c.fset.Position(at).Line, what: what, edits: slices.Clone(edits)})
}
