package tfconfig

import (
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// TestMatchForm gives what is certain of a text in which an expression matches:
// its values, or the literals in it with * between them.
func TestMatchForm(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`^app$`, "app"},
		{`\Aapp\z`, "app"},
		{`^(app)$`, "app"},
		{`^(?:dev|prod)$`, "dev prod"},
		{`^dev$|^prod$`, "dev prod"},
		{`^(dev|prod)-[ab]$`, "dev-a dev-b prod-a prod-b"},
		{`^a{2,3}$`, "aa aaa"},
		{`^ab?$`, "a ab"},
		{`^$`, ""},
		{`^app-`, "app-*"},
		{`^app-.*$`, "app-*"},
		{`-role$`, "*-role"},
		{`^app-[a-z]+-role$`, "app-*-role"},
		{`^arn:aws:iam::[0-9]{12}:policy/.+$`, "arn:aws:iam::*:policy/*"},
		{`policy/`, "*policy/*"},
		{`^dev|prod$`, "*"},
		{`^(app-|apt-)x`, "ap*x*"},
		{`(?i)^app$`, "*"},
		{`(?i)^1-2$`, "1-2"},
		{`(?m)^app$`, "*app*"},
		{`^a\.b$`, "a.b"},
		{`^a.b$`, "a*b"},
		{`^\w$`, "*"},
		{`^[^a]$`, "*"},
		{`^a\b`, "a*"},
		{`^(a|b)*$`, "*"},
		{`(`, "nothing"},
	} {
		s := matchForm(c.pattern)
		got := strings.Join(s.literals, "*")
		switch {
		case s.finite && s.values == nil:
			got = "nothing"
		case s.finite:
			got = strings.Join(s.values, " ")
		case s.isAnything() && !strings.Contains(c.want, "*p") && !strings.Contains(c.want, "*a"):
			got = "*"
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.pattern, got, c.want)
		}
	}
}

// randomPattern is a small regular expression over a, b and -.
func randomPattern(g *rand.Rand, depth int) string {
	leaf := []string{"a", "b", "-", "ab", ".", "[ab]", "[^a]", "a?", "b*", "-+", `\b`, "", "a{2}", "(?i:A)", `\w`}
	if depth <= 0 {
		return leaf[g.Intn(len(leaf))]
	}
	a, b := randomPattern(g, depth-1), randomPattern(g, depth-1)
	switch g.Intn(6) {
	case 0:
		return "(" + a + "|" + b + ")"
	case 1:
		return "(?:" + a + ")?" + b
	case 2:
		return "^" + a + b
	case 3:
		return a + b + "$"
	case 4:
		return "^" + a + "$|^" + b + "$"
	}
	return a + b
}

func randomText(g *rand.Rand) string {
	var b strings.Builder
	for range g.Intn(6) {
		b.WriteByte("ab-A"[g.Intn(4)])
	}
	return b.String()
}

// TestFormsHold proves that whatever an expression matches is of its form,
// and that forms of two conditions are joined rightly.
func TestFormsHold(t *testing.T) {
	g := rand.New(rand.NewSource(1))
	random := func() form {
		switch g.Intn(4) {
		case 0:
			return only(randomText(g), randomText(g))
		case 1:
			return form{literals: []string{randomText(g), ""}}
		case 2:
			return form{literals: []string{"", randomText(g)}}
		}
		return matchForm(randomPattern(g, 2))
	}
	for range 3000 {
		pattern := randomPattern(g, 3)
		re, s := regexp.MustCompile(pattern), matchForm(pattern)
		a, b := random(), random()
		for range 20 {
			v := randomText(g)
			if re.MatchString(v) && !s.takes(v) {
				t.Fatalf("%s matches %q, which is not of the form %v", pattern, v, s)
			}
			if a.takes(v) && b.takes(v) && !a.and(b).takes(v) {
				t.Fatalf("%q is of %v and of %v, and not of both: %v", v, a, b, a.and(b))
			}
			if (a.takes(v) || b.takes(v)) && !a.or(b).takes(v) {
				t.Fatalf("%q is of %v or of %v, and not of one of both: %v", v, a, b, a.or(b))
			}
		}
	}
}

// conditions makes conditions on var.v.
type conditions struct{ *rand.Rand }

func (g conditions) value() string {
	return []string{"a", "b", "app-a", "app-b", "x-a", "", "prod"}[g.Intn(7)]
}

func (g conditions) list() string {
	return fmt.Sprintf("[%q, %q, %q]", g.value(), g.value(), g.value())
}

func (g conditions) condition(depth int) string {
	if depth <= 0 {
		v := g.value()
		return []string{
			fmt.Sprintf("contains(%s, var.v)", g.list()),
			fmt.Sprintf("!contains(%s, var.v)", g.list()),
			fmt.Sprintf("var.v == %q", v),
			fmt.Sprintf("%q != var.v", v),
			"var.v == null", "var.v != null",
			fmt.Sprintf("startswith(var.v, %q)", v),
			fmt.Sprintf("endswith(var.v, %q)", v),
			fmt.Sprintf("can(regex(\"^%s$\", var.v))", v),
			fmt.Sprintf("can(regex(\"^(?:%s|%s)$\", var.v))", v, g.value()),
			fmt.Sprintf("can(regex(\"%s\", var.v))", v),
			fmt.Sprintf("length(regexall(\"^%s\", var.v)) > 0", v),
			fmt.Sprintf("length(regexall(\"%s$\", var.v)) == 1", v),
			fmt.Sprintf("length(regexall(\"^%s\", var.v)) == 0", v),
			"substr(var.v, 0, 4) == \"app-\"", "substr(var.v, -2, -1) == \"-a\"", "substr(var.v, 0, 2) != \"ap\"",
			"length(var.v) > 1", "var.v != \"\"",
			fmt.Sprintf("can({ a = 1, %s = 2 }[var.v])", "prod"),
			"lookup({ a = true, b = false }, var.v, false)",
			fmt.Sprintf("try(regex(\"^%s\", var.v), \"none\") != \"none\"", v),
			fmt.Sprintf("anytrue([for x in %s : var.v == x])", g.list()),
			fmt.Sprintf("alltrue([for x in %s : var.v != x])", g.list()),
			fmt.Sprintf("length([for x in %s : x if x == var.v]) > 0", g.list()),
			fmt.Sprintf("can(index(%s, var.v))", g.list()),
			"upper(var.v) == \"A\"", "var.other", "var.other == true", "true",
		}[g.Intn(30)]
	}
	a, b := g.condition(depth-1), g.condition(depth-1)
	switch g.Intn(7) {
	case 0, 1:
		return fmt.Sprintf("(%s && %s)", a, b)
	case 2, 3:
		return fmt.Sprintf("(%s || %s)", a, b)
	case 4:
		return fmt.Sprintf("!(%s)", a)
	case 5:
		return fmt.Sprintf("(%s ? %s : %s)", g.condition(0), a, b)
	}
	return fmt.Sprintf("anytrue([%s, %s])", a, b)
}

// TestValidationsHold proves that every value which the validations of a
// variable let through is one that the variable may have.
func TestValidationsHold(t *testing.T) {
	g := conditions{rand.New(rand.NewSource(1))}
	values := []cty.Value{cty.NullVal(cty.String)}
	for _, s := range []string{"", "a", "b", "c", "app-a", "app-b", "app-", "x-a", "prod", "app-x-a", "-a"} {
		values = append(values, cty.StringVal(s))
	}
	rounds, narrowed := 1500, 0
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		var list []string
		for range 1 + g.Intn(2) {
			list = append(list, g.condition(g.Intn(3)))
		}
		config := "variable \"other\" {\n  type = bool\n}\nvariable \"v\" {\n  type = string\n"
		for _, c := range list {
			config += "  validation {\n    condition     = " + c + "\n    error_message = \"no\"\n  }\n"
		}
		ev := evaluate(t, write(t, map[string]string{"main.tf": config + "}\n"}), Options{})
		m := ev.root
		invented := m.invented(m.config.variables["v"], m.config.variables["v"].declared())
		s := ev.symbolOf(invented)
		if !symbolic(invented) || s == nil || s.Name != "var.v" || isChoice(s) || s.NotNull {
			narrowed++
		}
		for _, v := range values {
			refused := slices.ContainsFunc(m.config.variables["v"].validations(), func(x hclsyntax.Expression) bool {
				r := restriction{module: m, variable: variableAt{m, "v"}, conditions: []hclsyntax.Expression{x}}
				met, ok := r.truth(v, x)
				return ok && !met || r.refuses(v)
			})
			if refused {
				continue
			}
			fits := (covering{ev: ev}).value(invented, v)
			if v.IsNull() {
				fits = s != nil && !s.NotNull && (s.Nullable || !isChoice(s))
			}
			if !fits {
				t.Fatalf("%s\nlets %#v through, but the variable is %s, %#v", config, v, show(ev.symbols, fmt.Sprintf("%#v", invented)), s)
			}
		}
	}
	t.Logf("of %d variables something is known of %d", rounds, narrowed)
}
