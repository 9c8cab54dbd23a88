package main

import (
	"fmt"
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

// limitCases make an input that has n of what is limited. One of which the
// limit is reached says what the page says, one more than that is too much.
func limitCases() map[string]func(n int) map[string]string {
	rep := strings.Repeat
	main := func(text string) map[string]string { return map[string]string{"main.tf": text} }
	role := func(expression string) string {
		return "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  permissions_boundary = " + expression + "\n}\n"
	}
	plan := func(members string) map[string]string {
		return map[string]string{"plan.json": `{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[],"x":` + members + "}"}
	}
	return map[string]func(n int) map[string]string{
		"maxFileSize of lint/source/tfconfig": func(n int) map[string]string { return main(rep("\n", n)) },
		"maxNesting of lint/source/tfconfig": func(n int) map[string]string {
			return main("locals {\n  a = " + rep("[", n-2) + rep("]", n-2) + "\n}\n")
		},
		"maxChain of lint/source/tfconfig": func(n int) map[string]string { return main("locals {\n  a = 1" + rep("+1", n) + "\n}\n") },
		"maxJSON of lint/source/tfconfig": func(n int) map[string]string {
			return map[string]string{"main.tf.json": `{"locals":{"a":[` + rep("1,", n) + `1]}}`}
		},
		"maxString of lint/source/tfconfig": func(n int) map[string]string {
			return main("locals {\n  a = \"" + rep("a", n-10) + "\"\n}\n" + role(`"${local.a}aaaaaaaaaa"`))
		},
		"maxSet of lint/source/tfconfig": func(n int) map[string]string {
			return main(role(fmt.Sprintf(`join("", toset([for i in flatten([for a in range(11) : range(a * 1000, min(a * 1000 + 1000, %d))]) : i]))`, n)))
		},
		"maxInstances of lint/source/tfconfig": func(n int) map[string]string {
			return main(fmt.Sprintf("resource \"aws_iam_role\" \"r\" {\n  count = %d\n  name = \"r${count.index}\"\n}\n", n))
		},
		"maxYAML of lint/source/tfconfig": func(n int) map[string]string {
			return map[string]string{"main.tf": role(`yamldecode(file("a.yaml"))`), "a.yaml": "a: " + rep("x", n-3)}
		},
		"maxNames of lint/source/stream": func(n int) map[string]string {
			members := strings.TrimSuffix(lines(n, func(i int) string { return fmt.Sprintf(`"a%d":1,`, i) }), ",\n")
			return map[string]string{"plan.json": `{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[{` + members + "}]}"}
		},
		"maxDepth of lint/source/stream": func(n int) map[string]string { return plan(rep("[", n-1) + rep("]", n-1)) },
	}
}

// TestLimits holds limits below, at and above.
func TestLimits(t *testing.T) {
	rows := limitRows(t)
	quoted := regexp.MustCompile("`([^`]+)`")
	for key, input := range limitCases() {
		row, ok := rows[key]
		said := quoted.FindStringSubmatch(row.looks)
		if !ok || said == nil {
			t.Errorf("%s: no row that says what it looks like", key)
			continue
		}
		for _, n := range []int{row.value - 1, row.value, row.value + 1} {
			files := input(n)
			workspace(t, files)
			path := "."
			if files["plan.json"] != "" {
				path = "plan.json"
			}
			got := boundlint(t, "", nil, "lint", "--format", "json", "--allow-empty", path)
			text := strings.Join(strings.Fields(got.stdout+got.stderr), " ")
			if above := n > row.value; strings.Contains(text, said[1]) != above {
				t.Errorf("%s with %d: says %q is %v: %.600s", key, n, said[1], !above, text)
			}
		}
	}
}
