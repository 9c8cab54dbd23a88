package tfconfig

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// evaluate prepares a root module for a test.
func evaluate(tb testing.TB, dir string, o Options) *evaluator {
	tb.Helper()
	if o.Base == "" {
		o.Base = dir
	}
	s, err := open(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.close)
	workspaces, err := s.workspaces(s.loader.load(s.dir, iam.OpenTofu), dir)
	if err != nil {
		tb.Fatal(err)
	}
	ev, err := s.newEvaluator(s.dir, "test", iam.OpenTofu, workspaces)
	if err != nil {
		tb.Fatal(err)
	}
	return ev
}

// show is a text for people: symbols as ‹name›.
func show(syms *policy.Symbols, s string) string {
	var b strings.Builder
	for _, p := range syms.Text(s).Parts() {
		switch {
		case p.Symbol == nil:
			b.WriteString(p.Literal)
		case p.Symbol.Kind == policy.SymbolChoice:
			var list []string
			for _, x := range p.Symbol.Alternatives {
				list = append(list, show(syms, syms.Encode(x)))
			}
			if p.Symbol.Nullable {
				list = append(list, "null")
			}
			b.WriteString("‹" + strings.Join(list, "|") + "›")
		default:
			b.WriteString("‹" + p.Symbol.Name + "›")
		}
	}
	return b.String()
}

// showValue is a value for people: documents without white space.
func showValue(syms *policy.Symbols, v cty.Value) string {
	v, marks := v.UnmarkDeep()
	if _, ok := marks[markSensitive]; ok {
		return "(sensitive)"
	}
	if isText(v) {
		s := show(syms, v.AsString())
		if strings.HasPrefix(strings.TrimSpace(s), "{") {
			var x any
			if json.Unmarshal([]byte(s), &x) == nil {
				var b strings.Builder
				enc := json.NewEncoder(&b)
				enc.SetEscapeHTML(false)
				if enc.Encode(x) == nil {
					return strings.TrimSpace(b.String())
				}
			}
		}
		return fmt.Sprintf("%q", s)
	}
	if v.IsWhollyKnown() {
		if b, err := ctyjson.Marshal(v, v.Type()); err == nil {
			return show(syms, string(b))
		}
	}
	return show(syms, v.GoString())
}

func showRange(r hcl.Range) string {
	return fmt.Sprintf("%s:%d,%d", r.Filename, r.Start.Line, r.Start.Column)
}

// dump lists the IAM resources of a root module, one attribute a line.
func dump(ev *evaluator) string {
	var b strings.Builder
	n := 0
	ev.root.walk(func(m *moduleInstance) {
		for _, address := range m.config.resourceOrder {
			block := m.config.resources[address]
			if block.data || !strings.HasPrefix(block.typ, "aws_iam_") {
				continue
			}
			for _, i := range m.resource(address).list {
				n++
				dumpInstance(&b, i)
			}
		}
		for _, p := range m.config.problems {
			ev.report(p)
		}
	})
	ev.sortProblems()
	for _, p := range ev.problems {
		fmt.Fprintf(&b, "diag: %s: %s\n", showRange(p.rng), p.message)
	}
	fmt.Fprintf(&b, "# %d IAM instances\n", n)
	return b.String()
}

func dumpInstance(b *strings.Builder, i *instance) {
	ev := i.module.ev
	note := ""
	if len(i.maybe) > 0 {
		note = "  (may not exist)"
	}
	fmt.Fprintf(b, "%s%s  # %s\n", i.address, note, showRange(i.block.rng))
	for _, name := range sortedKeys(i.block.body().Attributes) {
		if metaArguments[name] {
			continue
		}
		a := i.block.body().Attributes[name]
		v := i.attributeOrWritten(name)
		fmt.Fprintf(b, "  %-20s = %s   # %s\n", name, showValue(ev.symbols, v), showRange(a.Expr.Range()))
		if s := ev.symbolOf(v); s != nil && s.Kind == policy.SymbolReference {
			fmt.Fprintf(b, "      -> %s (%s)\n", s.Address, s.Attribute)
		}
		if u, _ := v.Unmark(); isText(u) && (name == "policy" || name == "assume_role_policy") {
			dumpStatements(b, i, a.Expr, u.AsString())
		}
	}
	for _, inner := range i.env().nestedBlocks(i.block.body(), "inline_policy") {
		if a := inner.block.Body.Attributes["policy"]; a != nil {
			fmt.Fprintf(b, "  inline_policy[%s] %s # %s\n", inner.key, showValue(ev.symbols, inner.env.eval(a.Expr)), showRange(inner.block.DefRange()))
		}
	}
}

// dumpStatements lists where the statements of a document stand.
func dumpStatements(b *strings.Builder, i *instance, x hclsyntax.Expression, text string) {
	e := i.env()
	kind := "attribute"
	t := e.trace(x)
	switch y := t.expr.(type) {
	case nil:
		kind = "data"
	case *hclsyntax.FunctionCallExpr:
		kind = y.Name
	case *hclsyntax.TemplateExpr:
		kind = "heredoc"
	}
	for n := range 100 {
		rng, ok := jsonRange(text, func(p []cty.Value) bool {
			if len(p) != 2 || !sameFold(p[0], "Statement") {
				return false
			}
			at, ok := wholeNumber(p[1])
			return ok && at == n
		})
		if !ok {
			return
		}
		fmt.Fprintf(b, "      statement %d [%s] %s\n", n, kind, showRange(e.locate(x, rng).rng))
	}
}

func caseDir(name string) string { return filepath.Join("testdata", "cases", name) }
