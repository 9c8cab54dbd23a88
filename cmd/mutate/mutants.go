package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is one small change of one file.
type mutant struct {
	dir, file  string
	from, to   int // bytes
	text       string
	line       int
	what       string
	sourceText string
}

func (m *mutant) String() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.what) }

// apply is the file with the change.
func (m *mutant) apply() []byte {
	return []byte(m.sourceText[:m.from] + m.text + m.sourceText[m.to:])
}

// swapped are the operators, each with one that makes another program.
var swapped = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS,
	token.GTR: token.GEQ, token.GEQ: token.GTR, token.LAND: token.LOR, token.LOR: token.LAND,
}

// mutantsOf lists every change that is made to the files of a package.
func mutantsOf(dir string) ([]*mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []*mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if ast.IsGenerated(parsed) {
			continue
		}
		c := &collector{dir: dir, file: file, src: string(src), fset: fset}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				ast.Inspect(f.Body, c.visit)
			}
		}
		all = append(all, c.found...)
	}
	return all, nil
}

type collector struct {
	dir, file, src string
	fset           *token.FileSet
	found          []*mutant
}

func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if other, ok := swapped[n.Op]; ok {
			c.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), other.String(), n.Op.String()+" becomes "+other.String())
		}
	case *ast.IfStmt:
		c.add(n.Cond.Pos(), n.Cond.End(), "!("+c.text(n.Cond)+")", "the condition is negated")
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			c.add(n.Pos(), n.X.Pos(), "", "! is left out")
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			c.add(n.Pos(), n.End(), strconv.FormatBool(n.Name == "false"), n.Name+" is turned round")
		}
	case *ast.BasicLit:
		if i, err := strconv.Atoi(n.Value); err == nil && n.Kind == token.INT {
			c.add(n.Pos(), n.End(), strconv.Itoa(i+1), fmt.Sprintf("%d becomes %d", i, i+1))
		}
	case *ast.ExprStmt, *ast.IncDecStmt:
		c.drop(n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			c.drop(n)
		}
	case *ast.BranchStmt:
		if n.Label == nil && n.Tok != token.FALLTHROUGH {
			c.drop(n)
		}
	case *ast.CaseClause:
		if len(n.List) > 1 {
			c.add(n.List[len(n.List)-2].End(), n.List[len(n.List)-1].End(), "", "the last value of a case is left out")
		}
	}
	return true
}

func (c *collector) drop(n ast.Node) {
	what, _, cut := strings.Cut(c.text(n), "\n")
	if cut {
		what += " ..."
	}
	c.add(n.Pos(), n.End(), "", "left out: "+what)
}

func (c *collector) text(n ast.Node) string { return c.src[c.offset(n.Pos()):c.offset(n.End())] }

func (c *collector) offset(p token.Pos) int { return c.fset.Position(p).Offset }

func (c *collector) add(from, to token.Pos, text, what string) {
	c.found = append(c.found, &mutant{
		dir: c.dir, file: c.file, from: c.offset(from), to: c.offset(to), text: text,
		line: c.fset.Position(from).Line, what: what, sourceText: c.src,
	})
}
