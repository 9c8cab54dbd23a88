package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readers are the packages that see what an input holds before anything has
// checked it, and the program, which reads arguments.
var readers = []string{"./...", "../policy", "../config", "../files", "../glob", "../../cmd/boundlint"}

// vouched are the functions in which an index comes from what the package
// itself has counted, and not from an input.
var vouched = map[string]string{
	"policy.SplitARN":           "splitARN returns how many parts it filled",
	"policy.splitARN":           "n stays below arnParts, and from is at most one past the last piece",
	"policy.kindName":           "every kind of node has a name",
	"policy.escaped":            "from is where the string that is read began",
	"policy.text":               "from is one past a byte of the text",
	"stream.Members":            "start is where the cursor was before",
	"stream.close":              "its caller has looked at what closes a frame",
	"stream.digits":             "a place is at most the end of what has been read, after which buf goes on",
	"stream.escape":             "need has the bytes in buf",
	"stream.name":               "a place is at most the end of what has been read, after which buf goes on",
	"stream.note":               "outer is how many names there were when the object began",
	"stream.number":             "a place is at most the end of what has been read, after which buf goes on",
	"stream.part":               "a span is of what has been kept",
	"stream.raw":                "what has been passed over was kept",
	"stream.scalar":             "a place is at most the end of what has been read, after which buf goes on",
	"stream.since":              "start is where the cursor was before",
	"stream.space":              "a place is at most the end of what has been read, after which buf goes on",
	"stream.special":            "a control character follows what has been read, and a word of room",
	"stream.text":               "a place is at most the end of what has been read, after which buf goes on",
	"stream.value":              "a place is at most the end of what has been read, after which buf goes on",
	"account.models":            "an account is made with its provider",
	"account.maker":             "an account is made with its provider",
	"resource.ccPermissionSet":  "permissionSet has added one just before",
	"tfconfig.note":             "strings is as long as the arguments",
	"tfconfig.jsonIgnores":      "open holds indices of list",
	"tfconfig.top":              "a scanner begins with a frame, and pop leaves it",
	"tfconfig.code":             "scan goes on only while there is something left",
	"tfconfig.replacedTooLarge": "its caller has counted the arguments of replace",
	"joined.placedList":         "counterparts are as many as the elements",
	"boundlint.orderArguments":  "the program has commands",
	"boundlint.help":            "the program has commands",
	"boundlint.main":            "the system gives a program its name",
	"boundlint.chooseCommand":   "a word has the argument that it was made of",
	"boundlint.askFlags":        "a flag has a name",
	"boundlint.flagRows":        "a flag has a name",
	"boundlint.unknownFlag":     "a flag has a name",
	"boundlint.writeTable":      "the levels of access are a list of the program",
	"boundlint.writeDangers":    "the actions that are cut off here are those that have ways",
	"boundlint.subject":         "found has one at least, and in is as long",
	"boundlint.denyless":        "its caller has added one just before",
	"boundlint.unknownAction":   "the catalog is built in",
	"boundlint.because":         "a verdict has a name",
}

// TestReadersCheck holds the readers to a habit: what an input gave is not
// indexed, sliced, asserted or followed as a pointer where the same function
// does not check first that it can be.
//
// It follows no values: a check is any condition about the same expression,
// or about its length, that decides whether the place is reached. That is
// enough to find the place where there is none, which is what a hostile input
// finds, and it is not proof that the condition is the right one: that is what
// the fuzz targets are for.
func TestReadersCheck(t *testing.T) {
	used := map[string]bool{}
	for _, p := range parsed(t) {
		for _, file := range p.files {
			c := &checker{info: p.info, fset: p.fset}
			ast.Walk(visitor{c, nil}, file)
			for _, fault := range c.faults {
				if used[fault.function] = true; vouched[fault.function] == "" {
					t.Error(fault.text)
				}
			}
		}
	}
	for function := range vouched {
		if !used[function] {
			t.Errorf("%s needs nobody to vouch for it any more", function)
		}
	}
}

// TestReadersCheckFinds checks the check.
func TestReadersCheckFinds(t *testing.T) {
	for body, want := range map[string]string{
		"return l[0]":                                                      "indexes l",
		"return s[1:]":                                                     "slices s",
		"return s[:0] + l[len(l)-1]":                                       "indexes l",
		"return x.(string)":                                                "asserts x",
		"if len(s) > 0 { return l[0] }; return s":                          "indexes l",
		"if len(l) == 0 { s = \"none\" }; return l[0]":                     "indexes l",
		"if len(l) > 0 { return l[0] }; return s":                          "",
		"if len(l) == 0 { return s }; return l[0]":                         "",
		"switch { case len(l) == 0: return s; case l[0] == s: }; return s": "",
		"for i := range l { s += l[i] }; return s":                         "",
		"if s == \"\" || s[0] == 'x' { return s }; return s[1:]":           "",
		"if t, ok := x.(string); ok { return t }; return s":                "",
		"switch x := x.(type) { case string: return x }; return s":         "",
	} {
		p := checked{fset: token.NewFileSet(), info: newInfo()}
		file, err := parser.ParseFile(p.fset, "p.go", "package p\nfunc f(l []string, s string, x any) string { "+body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := new(types.Config).Check("p", p.fset, []*ast.File{file}, p.info); err != nil {
			t.Fatal(err)
		}
		c := &checker{info: p.info, fset: p.fset}
		ast.Walk(visitor{c, nil}, file)
		got := ""
		for _, fault := range c.faults {
			got += fault.text
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", body, got, want)
		}
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// checked is a package with its types.
type checked struct {
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// parsed returns the readers, without what is generated or only for tests.
func parsed(t *testing.T) []checked {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-pgo=off", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,DepOnly"}, readers...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
		DepOnly                 bool
	}
	var all []listed
	exports := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && !strings.Contains(p.ImportPath, "/source/schema") && !strings.HasSuffix(p.ImportPath, "realplan") && !strings.HasSuffix(p.ImportPath, "sourcetest") {
			all = append(all, p)
		}
	}
	var packages []checked
	for _, p := range all {
		c := checked{fset: token.NewFileSet(), info: newInfo()}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			c.files = append(c.files, file)
		}
		config := types.Config{Importer: importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
		if _, err := config.Check(p.ImportPath, c.fset, c.files, c.info); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, c)
	}
	return packages
}

type checker struct {
	info   *types.Info
	fset   *token.FileSet
	faults []fault
}

// fault is a place without a check, in a function.
type fault struct{ function, text string }

// visitor walks with the way from the file down to the node.
type visitor struct {
	*checker
	above []ast.Node
}

func (v visitor) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		return nil
	}
	switch n := n.(type) {
	case *ast.IndexExpr:
		if v.bounded(n.X) && !v.counted(n.X, n.Index) && !v.promised(n, n.X, n.Index) && !v.checks(n, n.X, n.Index) {
			v.fault(n, "indexes", n.X)
		}
	case *ast.SliceExpr:
		for _, bound := range []ast.Expr{n.Low, n.High, n.Max} {
			if bound != nil && !v.isZero(bound) && !v.counted(n.X, bound) && !v.promised(n, n.X, bound) && !v.checks(n, n.X, bound) {
				v.fault(n, "slices", n.X)
				break
			}
		}
	case *ast.TypeAssertExpr:
		if n.Type != nil && !v.commaOK() {
			v.fault(n, "asserts", n.X)
		}
	case *ast.SelectorExpr:
		if v.decodedPointer(n) && !v.checks(n, n.X, n.X) {
			v.fault(n, "follows", n.X)
		}
	}
	return visitor{v.checker, slices.Concat(v.above, []ast.Node{n})}
}

func (v visitor) fault(n ast.Node, what string, x ast.Expr) {
	in := ""
	for _, above := range v.above {
		if f, ok := above.(*ast.FuncDecl); ok {
			in = f.Name.Name
		}
	}
	at := v.fset.Position(n.Pos())
	place := filepath.Base(filepath.Dir(at.Filename)) + "." + in
	v.faults = append(v.faults, fault{place, fmt.Sprintf("%s: %s %s %s without a check", at, place, what, types.ExprString(x))})
}

// commaOK reports whether the node below asks whether an assertion holds.
func (v visitor) commaOK() bool {
	switch n := v.above[len(v.above)-1].(type) {
	case *ast.AssignStmt:
		return len(n.Lhs) == 2 && len(n.Rhs) == 1
	case *ast.ValueSpec:
		return len(n.Names) == 2 && len(n.Values) == 1
	}
	return false
}

// decodedPointer reports whether a selector follows a pointer to what was
// decoded from a plan or state, which is nil where that has null.
func (v visitor) decodedPointer(n *ast.SelectorExpr) bool {
	selection := v.info.Selections[n]
	if selection == nil || selection.Kind() != types.FieldVal {
		return false
	}
	decoded := func(t types.Type) bool {
		pointer, ok := t.Underlying().(*types.Pointer)
		return ok && strings.HasPrefix(types.TypeString(pointer.Elem(), nil), "github.com/hashicorp/terraform-json.")
	}
	t := selection.Recv()
	if decoded(t) {
		return true
	}
	for _, i := range selection.Index()[:len(selection.Index())-1] { // embedded ones
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return false
		}
		if t = s.Field(i).Type(); decoded(t) {
			return true
		}
	}
	return false
}

// bounded reports whether an index of x can be outside of it.
func (c *checker) bounded(x ast.Expr) bool {
	t := c.info.Types[x]
	if !t.IsValue() {
		return false // a type or function with type arguments
	}
	switch u := t.Type.Underlying().(type) {
	case *types.Slice:
		return true
	case *types.Basic:
		return u.Info()&types.IsString != 0 && t.Value == nil // the compiler sees to constants
	case *types.Array, *types.Pointer:
		return true
	}
	return false
}

// counted reports whether something else than this function sees to it that an
// index is inside: the compiler, or whoever calls by a signature.
func (v visitor) counted(x, index ast.Expr) bool {
	constant := v.info.Types[index].Value != nil
	switch t := v.info.Types[x].Type.Underlying().(type) {
	case *types.Array:
		return constant || v.isEnum(index)
	case *types.Pointer: // to an array
		return constant
	case *types.Slice:
		// Functions of Terraform get as many arguments as they declare.
		name, ok := x.(*ast.Ident)
		return v.afterLast(x, index) || ok && constant && v.parameters(name.Name) && (t.String() == "[]"+ctyValue || t.String() == "[]string")
	}
	return v.afterLast(x, index)
}

// promised reports whether what gave x promises that the first element is
// there, or for the matches of a regular expression all of its groups.
func (v visitor) promised(n ast.Node, x, index ast.Expr) bool {
	if v.cursor(n, x, index) {
		return true
	}
	if v.info.Types[index].Value == nil {
		return false
	}
	first := types.ExprString(index) == "0"
	if _, ok := n.(*ast.SliceExpr); ok {
		first = types.ExprString(index) == "1"
	}
	text := types.ExprString(x)
	if t := v.info.Types[x].Type.String(); t == "github.com/hashicorp/hcl/v2.Traversal" && strings.HasSuffix(text, ".Traversal") {
		return first // the name that it begins with
	}
	if strings.HasSuffix(text, ".Sub") && v.info.Types[x].Type.String() == "[]*regexp/syntax.Regexp" || strings.HasSuffix(text, ".Segments()") {
		return first // of a node that has others below it, and of a version
	}
	given := false
	for i := len(v.above) - 1; i >= 0 && !given; i-- {
		ast.Inspect(v.above[i], func(n ast.Node) bool {
			var from ast.Expr
			switch n := n.(type) {
			case *ast.AssignStmt:
				if len(n.Rhs) == 1 && types.ExprString(n.Lhs[0]) == text {
					from = n.Rhs[0]
				}
			case *ast.RangeStmt:
				if n.Value != nil && types.ExprString(n.Value) == text {
					from = n.X
				}
			}
			if call, ok := from.(*ast.CallExpr); ok {
				name := types.ExprString(call.Fun)
				given = given || strings.HasSuffix(name, ".FindAllStringSubmatch") || strings.HasSuffix(name, ".texts") ||
					first && (name == "strings.Split" || name == "strings.SplitN" || strings.HasSuffix(name, "SplitAddress"))
			}
			return true
		})
	}
	return given
}

const ctyValue = "github.com/zclconf/go-cty/cty.Value"

// isEnum reports whether an index is of a type of this project whose values
// are listed, as those of the array are.
func (v visitor) isEnum(index ast.Expr) bool {
	named, ok := types.Unalias(v.info.Types[index].Type).(*types.Named)
	return ok && strings.HasPrefix(named.Obj().Pkg().Path(), "github.com/boundlint/")
}

// parameters reports whether a name is the parameter of a function that
// implements one of Terraform: it takes a list and returns a value.
func (v visitor) parameters(name string) bool {
	for _, n := range v.above {
		var f *ast.FuncType
		switch n := n.(type) {
		case *ast.FuncDecl:
			f = n.Type
		case *ast.FuncLit:
			f = n.Type
		default:
			continue
		}
		if f.Results == nil || !strings.HasPrefix(types.ExprString(f.Results.List[0].Type), "cty.") {
			continue
		}
		for _, p := range f.Params.List {
			for _, own := range p.Names {
				if own.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// cursor reports whether x is what a scanner reads, cut at its own position.
// That is never past the end: what moves it is the scanner alone.
func (v visitor) cursor(n ast.Node, x, index ast.Expr) bool {
	if _, ok := n.(*ast.SliceExpr); !ok {
		return false
	}
	source, isField := x.(*ast.SelectorExpr)
	position, isToo := index.(*ast.SelectorExpr)
	return isField && isToo && source.Sel.Name == "src" && types.ExprString(source.X) == types.ExprString(position.X)
}

// afterLast reports whether an index is strings.LastIndexByte(x, c)+1 or the
// like, or no more than the length: whatever x is, it is inside of x.
func (v visitor) afterLast(x, index ast.Expr) bool {
	if call, ok := index.(*ast.CallExpr); ok && types.ExprString(call.Fun) == "min" {
		return mentions(index, map[string]bool{"len(" + types.ExprString(x) + ")": true})
	}
	sum, ok := index.(*ast.BinaryExpr)
	if ok && sum.Op == token.SUB && types.ExprString(sum.X) == "len("+types.ExprString(x)+")" && strings.HasPrefix(types.ExprString(sum.Y), "len(") {
		return true // what was cut off it
	}
	if !ok || sum.Op != token.ADD || types.ExprString(sum.Y) != "1" {
		return false
	}
	call, ok := sum.X.(*ast.CallExpr)
	return ok && strings.HasPrefix(types.ExprString(call.Fun), "strings.LastIndex") && types.ExprString(call.Args[0]) == types.ExprString(x)
}

func (c *checker) isZero(x ast.Expr) bool {
	v := c.info.Types[x].Value
	return v != nil && v.Kind() == constant.Int && constant.Sign(v) == 0
}

// checks reports whether something on the way down to the node n decides
// about x, or about the index, before n is reached.
func (v visitor) checks(n ast.Node, x, index ast.Expr) bool {
	about := v.subjects(x, index)
	below := n
	for _, above := range slices.Backward(v.above) {
		if decides(above, below, about) {
			return true
		}
		below = above
	}
	return false
}

// subjects are the expressions about which a condition is a check.
func (v visitor) subjects(x, index ast.Expr) map[string]bool {
	about := map[string]bool{types.ExprString(ast.Unparen(x)): true}
	ast.Inspect(index, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			if _, ok := v.info.Uses[name].(*types.Var); ok {
				about[name.Name] = true
			}
		}
		return true
	})
	return about
}

// decides reports whether a node decides about one of the subjects before the
// node below it is reached.
func decides(n, below ast.Node, about map[string]bool) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return below != n.Init && below != n.Cond && (mentions(n.Cond, about) || n.Init != nil && mentions(n.Init, about))
	case *ast.BinaryExpr:
		return (n.Op == token.LAND || n.Op == token.LOR) && below == n.Y && mentions(n.X, about)
	case *ast.ForStmt:
		return below != n.Init && below != n.Cond && n.Cond != nil && mentions(n.Cond, about)
	case *ast.RangeStmt:
		return below == n.Body && (mentions(n.X, about) || n.Key != nil && mentions(n.Key, about))
	case *ast.SwitchStmt:
		return below == n.Body && (n.Tag != nil && mentions(n.Tag, about) || n.Init != nil && mentions(n.Init, about))
	case *ast.CaseClause:
		for _, e := range n.List {
			if below != e && mentions(e, about) {
				return true
			}
		}
		return before(n.Body, below, about)
	case *ast.BlockStmt:
		return before(n.List, below, about)
	}
	return false
}

// before reports whether one of the statements before the one below leaves
// where a subject is not as it should be, or makes it what it should be.
func before(list []ast.Stmt, below ast.Node, about map[string]bool) bool {
	for _, s := range list {
		if s == below {
			return false
		}
		if clause, ok := s.(*ast.CaseClause); ok { // an earlier case of a switch
			for _, e := range clause.List {
				if mentions(e, about) {
					return true
				}
			}
		}
		if guards(s, about) {
			return true
		}
	}
	return false
}

// guards reports whether a statement leaves under a condition about a subject.
func guards(s ast.Stmt, about map[string]bool) bool {
	switch s := s.(type) {
	case *ast.IfStmt:
		return (mentions(s.Cond, about) || s.Init != nil && mentions(s.Init, about)) && (leaves(s.Body.List) || assigns(s.Body.List, about))
	case *ast.SwitchStmt:
		for _, clause := range s.Body.List {
			clause, ok := clause.(*ast.CaseClause)
			if !ok || !leaves(clause.Body) {
				continue
			}
			for _, e := range clause.List {
				if mentions(e, about) {
					return true
				}
			}
		}
	case *ast.ForStmt: // until what it asks about is so
		return s.Cond != nil && mentions(s.Cond, about)
	case *ast.AssignStmt:
		for i, left := range s.Lhs {
			if about[types.ExprString(left)] && i < len(s.Rhs) && makes(s.Rhs[i]) {
				return true
			}
		}
	}
	return false
}

func assigns(list []ast.Stmt, about map[string]bool) bool {
	for _, s := range list {
		if a, ok := s.(*ast.AssignStmt); ok && about[types.ExprString(a.Lhs[0])] {
			return true
		}
	}
	return false
}

func leaves(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		return ok && types.ExprString(call.Fun) == "panic"
	}
	return false
}

// makes reports whether an expression is a list or text of a length that the
// function itself has chosen.
func makes(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		switch types.ExprString(x.Fun) {
		case "make", "append", "strings.Split", "strings.SplitN", "min", "max", "strings.Index", "len":
			return true
		}
	}
	return false
}

// mentions reports whether an expression of a subject stands in a node.
func mentions(n ast.Node, about map[string]bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && about[types.ExprString(ast.Unparen(x))] {
			found = true
		}
		return !found
	})
	return found
}
