package tfconfig

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

// TestLimits tries limits that no configuration of a test reaches one by one,
// or soon, with less in their place.
func TestLimits(t *testing.T) {
	const few = 50
	said := func(ev *evaluator, expression string) string {
		x, diags := hclsyntax.ParseExpression([]byte(expression), "x", hcl.InitialPos)
		if diags.HasErrors() {
			return diags.Error()
		}
		var problems []problem
		_, marks := ev.root.env().quiet(&problems, nil).eval(x).UnmarkDeep()
		all := reasons(marks)
		for _, p := range append(problems, ev.problems...) {
			all = append(all, p.message)
		}
		return strings.Join(all, "\n")
	}
	parentheses := func(n int) string { return strings.Repeat("(", n) + "1" + strings.Repeat(")", n) }
	empty := write(t, map[string]string{"main.tf": ""})

	limit.Try(t, "maxDepth", few, "nested too deeply", func(t *testing.T, n int) string {
		t.Helper()
		ev := evaluate(t, empty, Options{})
		ev.limits.depth = few
		return said(ev, parentheses(n))
	})
	limit.Try(t, "maxSteps", few, "takes too many steps", func(t *testing.T, n int) string {
		t.Helper()
		ev := evaluate(t, empty, Options{})
		ev.steps = few
		return said(ev, parentheses(n))
	})
	// totalSteps evaluates a root module of n parentheses with so many steps for
	// all, and tells what is said of it and how many steps it took.
	totalSteps := func(t *testing.T, n, steps int) (said string, took int) {
		t.Helper()
		s, err := open(write(t, map[string]string{"main.tf": "resource \"aws_iam_role\" \"r\" {\n  name = " + parentheses(n) + "\n}\n"}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		s.steps, s.leastSteps = steps, 0
		root, err := s.evaluate(".", ".", "", nil, true)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(s.model(root).Diagnostics), steps - s.steps
	}
	const more = stepsPerInstance + few // than come with the role
	limit.Try(t, "maxTotalSteps", more, "took most of the steps that there are for all", func(t *testing.T, n int) string {
		t.Helper()
		_, base := totalSteps(t, more, maxSteps-1)
		said, _ := totalSteps(t, n, base)
		return said
	})
	limit.Try(t, "maxBlocks", maxBlocks, fmt.Sprintf("more than %d blocks", maxBlocks), func(t *testing.T, n int) string {
		t.Helper()
		ev := evaluate(t, empty, Options{})
		body := parsedBody(t, fmt.Sprintf(`dynamic "b" {
  for_each = concat(%srange(%d))
  content {}
}`, strings.Repeat("range(1000), ", n/1000), n%1000))
		var said []string
		for _, b := range ev.root.env().nestedBlocks(body, "b") {
			said = append(said, reasons(b.marks)...)
		}
		return strings.Join(said, "\n")
	})
	limit.Try(t, "maxMatches", few, fmt.Sprintf("there are more than %d files", few), func(t *testing.T, n int) string {
		t.Helper()
		files := map[string]string{"main.tf": ""}
		for i := range n - 1 {
			files[fmt.Sprintf("f%d", i)] = ""
		}
		ev := evaluate(t, write(t, files), Options{})
		ev.limits.matches = few
		return said(ev, `fileset(".", "*")`)
	})
	limit.Try(t, "maxCollisions", maxCollisions, errCollisions.Error(), func(_ *testing.T, n int) string {
		const different = 447 // each is compared with those before it
		list := colliding(different)
		for range n - different*(different-1)/2 + 1 { // each with the first
			list = append(list, cty.StringVal("b"))
		}
		if _, err := convertValue(cty.ListVal(list), cty.Set(cty.String)); err != nil {
			return err.Error()
		}
		return "a set"
	})
	below := func(t *testing.T, n int) string {
		t.Helper()
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf("m%d/main.tf", i)] = beside
		}
		dir := write(t, files)
		s, err := open(dir, Options{Base: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		s.loader.search = searchLimits{roots: few, directories: maxDirectories}
		if strings.Contains(t.Name(), "maxDirectories") {
			s.loader.search = searchLimits{roots: maxRoots, directories: few}
		}
		models, err := s.loadAll(dir)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%d root modules", len(models))
	}
	limit.Try(t, "maxRoots", few, fmt.Sprintf("it holds more than %d root modules", few), below)
	limit.Try(t, "maxDirectories", few, fmt.Sprintf("it holds more than %d directories", few), below)
}
