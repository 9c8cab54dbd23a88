package main

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/linttest/limit"
)

// limitRow is a row of the table in docs/security.md.
type limitRow struct {
	name, dir, constant, looks string
	value                      int
}

var limitLine = regexp.MustCompile("(?m)^\\| ([^|]+) \\| (\\d+) \\| `([^`]+)` `([^`]+)` \\| ([^|]+) \\|$")

// limitRows are the rows by the names of the constants.
func limitRows(t *testing.T) map[string]limitRow {
	t.Helper()
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "<!-- limits:")
	table, _, _ = strings.Cut(table, "<!-- limits: end -->")
	out := map[string]limitRow{}
	for _, m := range limitLine.FindAllStringSubmatch(table, -1) {
		value, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		out[m[4]+" of "+m[3]] = limitRow{m[1], m[3], m[4], m[5], value}
	}
	if rows := strings.Count(table, "\n| ") - 1; len(out) != rows {
		t.Errorf("%d of %d rows are read", len(out), rows)
	}
	return out
}

// constantIn is the value of a constant of a package.
func constantIn(t *testing.T, dir, name string) (int, bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", filepath.FromSlash(dir), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		found := -1
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, id := range spec.Names {
				if id.Name != name || i >= len(spec.Values) {
					continue
				}
				if v, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(spec.Values[i])); err == nil && v.Value != nil {
					n, _ := constant.Int64Val(constant.ToInt(v.Value))
					found = int(n)
				}
			}
			return true
		})
		if found >= 0 {
			return found, true
		}
	}
	return 0, false
}

// The page about security names the limits that there are.
func TestLimitsOnThePage(t *testing.T) {
	for _, row := range limitRows(t) {
		if got, ok := constantIn(t, row.dir, row.constant); !ok || got != row.value {
			t.Errorf("%s: the page says %d, and %s has %d", row.name, row.value, row.constant, got)
		}
	}
	page, _ := os.ReadFile("../../docs/security.md")
	for _, want := range []string{
		"| `--timeout` | " + strings.TrimSuffix(budget.DefaultTimeout.String(), "0s") + " |", "| `--max-memory` | " + budget.Size(budget.DefaultMemory) + ",",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestLimits holds every limit of the page below, at and above: by an input
// that has so many of what is limited, or in the package that keeps the limit.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	rows, inputs := limitRows(t), limitInputs()
	quoted := regexp.MustCompile("`([^`]+)`")
	for key, row := range rows {
		input, ok := inputs[key]
		if !ok {
			if !triedIn(t, row.dir, row.constant) {
				t.Errorf("nothing tries %s", key)
			}
			continue
		}
		delete(inputs, key)
		looks := input.looks
		if said := quoted.FindStringSubmatch(row.looks); said != nil {
			looks = said[1]
		}
		if looks == "" {
			t.Errorf("%s: neither the page nor the test says what it looks like", key)
			continue
		}
		limit.Try(t, row.constant, row.value, looks, func(t *testing.T, n int) string {
			t.Helper()
			workspace(t, input.files(n))
			args := append([]string{"lint", "--format", "json", "--allow-empty"}, input.args...)
			if input.args == nil {
				args = append(args, ".")
			}
			got := boundlint(t, "", nil, args...)
			if got.code > exitFailure || strings.HasPrefix(row.looks, "error") && n > row.value && got.code != exitFailure {
				t.Errorf("exit code %d: %.600s", got.code, got.stderr)
			}
			return got.stdout + got.stderr
		})
	}
	for key := range inputs {
		t.Errorf("the page has no %s", key)
	}
}

// TestCutSearch: a search for ways of escalation that is cut off is told in
// every format that tells what was not judged, with its input.
func TestCutSearch(t *testing.T) {
	const told = "not all ways were followed, because the policies make too many of them"
	workspace(t, map[string]string{"few/main.tf": joiner("u", 10) + denyingGroups(10), "many/main.tf": joiner("u", 65) + denyingGroups(65)})
	for format, before := range map[string]string{
		"text": "beyond the input: ", "json": `"beyond": [`, "markdown": "Not determined and not checked", "html": "Not determined and not checked",
	} {
		for dir, cut := range map[string]bool{"few": false, "many": true} {
			got := boundlint(t, "", nil, "lint", "--format", format, dir)
			text := strings.Join(strings.Fields(got.stdout), " ")
			_, after, _ := strings.Cut(text, before)
			if strings.Contains(after, told) != cut || got.code != exitFailure-1 {
				t.Errorf("%s of %s: exit code %d, told is %v: %.300s", format, dir, got.code, !cut, after)
			}
		}
	}
}

// triedIn reports whether a test of a package tries a limit: by limit.Try with
// the name of its constant.
func triedIn(t *testing.T, dir, constant string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && types.ExprString(call.Fun) == "limit.Try" && len(call.Args) > 1 {
				found = found || types.ExprString(call.Args[1]) == strconv.Quote(constant)
			}
			return true
		})
	}
	return found
}
