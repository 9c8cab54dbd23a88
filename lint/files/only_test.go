package files_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/boundlint/boundlint/"

// harmless are the names of packages with access to files that open none.
var harmless = map[string]string{
	"os":            "Exit Args Stdin Stdout Stderr LookupEnv Getwd File SameFile LinkError Interrupt Signal O_WRONLY O_CREATE O_EXCL",
	"path/filepath": "Abs Base Clean Dir Ext FromSlash IsAbs IsLocal Join ListSeparator Rel Split ToSlash",
	"io/fs":         "DirEntry ErrInvalid ErrNotExist ErrPermission File FileInfo FileMode FS ModeCharDevice ModeDevice ModeDir ModeNamedPipe ModeSocket ModeSymlink PathError SkipDir WalkDir",
	"archive/zip":   "ErrFormat File NewReader Reader",
	"os/exec":       "ExitError",
	"syscall":       "ENOTDIR SIGPIPE SIGTERM",
}

// elsewhere is who else may touch files, and why.
var elsewhere = map[string]string{
	// It writes what it unpacks of a binary plan, into a directory that it makes
	// and removes, and through an os.Root.
	"lint/source/snapshot.go os": "MkdirTemp OpenRoot RemoveAll Root",
	// With --allow-exec it runs the program that made a binary plan.
	"lint/source/binary.go os/exec": "CommandContext LookPath",
	// It writes what git prints of a revision, into a directory that is made for it,
	// and through an os.Root.
	"lint/revision/revision.go os":      "Environ OpenRoot Root",
	"lint/revision/revision.go os/exec": "Cmd CommandContext LookPath",
	// It reads how much memory the system and the container have, at paths of its
	// own.
	"lint/budget/size.go os": "ReadFile",
	// It writes reports where the command line says.
	"cmd/boundlint/output.go os": "OpenFile O_TRUNC Remove Rename",
	// It gathers the rows of tables in a directory of its own, and reads what it has
	// written there.
	"cmd/boundlint/tables.go os": "Create",
	// It asks whether the process of an editor is there.
	"cmd/boundlint/lsp_parent.go os":      "ErrProcessDone FindProcess",
	"cmd/boundlint/lsp_parent.go syscall": "Signal",
	// It makes the directory that the command line names.
	"cmd/boundlint/generate.go os": "MkdirAll",
}

// TestOnlyHere proves that nothing of boundlint but this package opens a file
// to read it.
func TestOnlyHere(t *testing.T) {
	seen := map[string]bool{}
	var visit func(pkg string)
	visit = func(pkg string) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		names, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pkg), "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pkg, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, imported := range check(t, name, pkg+"/"+filepath.Base(name)) {
				visit(imported)
			}
		}
	}
	visit("cmd/boundlint")
	if len(seen) < 10 || !seen["lint/files"] {
		t.Errorf("only %d packages are looked at", len(seen))
	}
}

// check looks at one file and returns the packages of the module that it
// imports.
func check(t *testing.T, path, name string) (imports []string) {
	t.Helper()
	set := token.NewFileSet()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	local := map[string]string{} // the names of imports with access to files
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if pkg, ok := strings.CutPrefix(imported, module); ok {
			imports = append(imports, pkg)
		}
		switch imported {
		case "io/ioutil", "golang.org/x/sys/unix", "github.com/hashicorp/hcl/v2/hclparse", "net", "net/http", "plugin", "unsafe":
			t.Errorf("%s imports %s", name, imported)
		}
		if _, ok := harmless[imported]; ok {
			as := imported[strings.LastIndexByte(imported, '/')+1:]
			if spec.Name != nil {
				as = spec.Name.Name
			}
			local[as] = imported
		}
	}
	if strings.HasPrefix(name, "lint/files/") {
		return imports
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || local[x.Name] == "" {
			return true
		}
		imported := local[x.Name]
		allowed := strings.Fields(harmless[imported] + " " + elsewhere[name+" "+imported])
		if slices.Contains(allowed, selector.Sel.Name) {
			return true
		}
		t.Errorf("%s: %s.%s: read files through lint/files", set.Position(selector.Pos()), imported, selector.Sel.Name)
		return true
	})
	return imports
}
