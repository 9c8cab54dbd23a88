package tfconfig

import (
	"fmt"
	"math/rand"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/boundlint/boundlint/lint/policy"
)

// worldGenerator makes small expressions over two unknown booleans and a variable
// that is one of two texts.
type worldGenerator struct {
	*rand.Rand
	names []string // of for expressions, each a text
}

func (g *worldGenerator) pick(of ...func() string) string { return of[g.Intn(len(of))]() }

func (g *worldGenerator) text(depth int) string {
	leaf := []string{`"a"`, `"b"`, `"c"`, `"x"`, `var.s`, `var.s`}
	if len(g.names) > 0 {
		leaf = append(leaf, g.names[g.Intn(len(g.names))], g.names[len(g.names)-1])
	}
	if depth <= 0 {
		return leaf[g.Intn(len(leaf))]
	}
	d := depth - 1
	return g.pick(
		func() string { return leaf[g.Intn(len(leaf))] },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", g.truth(d), g.text(d), g.text(d)) },
		func() string { return fmt.Sprintf("%s[%d]", g.list(d), g.Intn(2)) },
		func() string { return fmt.Sprintf("element(%s, 0)", g.list(d)) },
		func() string { return fmt.Sprintf("lookup(%s, %s, %s)", g.keyed(d), g.text(d), g.text(d)) },
		func() string { return fmt.Sprintf("%s[%s]", g.keyed(d), g.text(d)) },
		func() string { return fmt.Sprintf("try(%s[1], %s)", g.list(d), g.text(d)) },
		func() string { return fmt.Sprintf("join(\",\", %s)", g.list(d)) },
		func() string { return fmt.Sprintf("coalesce(%s, %s)", g.text(d), g.text(d)) },
		func() string { return fmt.Sprintf("upper(%s)", g.text(d)) },
		func() string { return fmt.Sprintf("\"${%s}-z\"", g.text(d)) },
		func() string { return fmt.Sprintf("replace(%s, \"a\", \"b\")", g.text(d)) },
		func() string { return fmt.Sprintf("tostring(length(%s))", g.list(d)) },
		func() string { return fmt.Sprintf("format(\"%%s/%%s\", %s, %s)", g.text(d), g.text(d)) },
	)
}

// document is encoded text.
func (g *worldGenerator) document(depth int) string {
	d := depth - 1
	if depth <= 0 {
		return g.text(0)
	}
	return g.pick(
		func() string { return fmt.Sprintf("jsonencode(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("jsonencode(%s)", g.keyed(d)) },
		func() string { return fmt.Sprintf("jsonencode({ Statement = %s })", g.statements(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", g.truth(d), g.document(d), g.document(d)) },
		func() string { return fmt.Sprintf("merge({ k = %s }, %s).k", g.document(d), g.keyed(d)) },
		func() string {
			return fmt.Sprintf("concat([%s], %s ? [%s] : [])[0]", g.document(d), g.truth(d), g.document(d))
		},
		func() string {
			return fmt.Sprintf("jsonencode({ Statement = concat(jsondecode(jsonencode({ Statement = %s })).Statement, %s) })", g.statements(d), g.statements(d))
		},
	)
}

func (g *worldGenerator) list(depth int) string {
	if depth <= 0 {
		return g.pick(
			func() string { return "var.l" },
			func() string { return "[]" },
			func() string { return fmt.Sprintf("[%s]", g.text(0)) },
			func() string { return fmt.Sprintf("[%s, %s]", g.text(0), g.text(0)) },
		)
	}
	d := depth - 1
	loop := func(format string, over string, parts ...func() string) string {
		name := fmt.Sprintf("n%d", len(g.names))
		g.names = append(g.names, name)
		defer func() { g.names = g.names[:len(g.names)-1] }()
		args := []any{name, over}
		for _, p := range parts {
			args = append(args, p())
		}
		return fmt.Sprintf(format, args...)
	}
	return g.pick(
		func() string { return fmt.Sprintf("[%s, %s]", g.text(d), g.text(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : [])", g.truth(d), g.list(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", g.truth(d), g.list(d), g.list(d)) },
		func() string { return fmt.Sprintf("concat(%s, %s)", g.list(d), g.list(d)) },
		func() string { return fmt.Sprintf("concat(%s, %s ? %s : [])", g.list(d), g.truth(d), g.list(d)) },
		func() string { return fmt.Sprintf("flatten([%s, [%s, %s]])", g.list(d), g.list(d), g.text(d)) },
		func() string { return fmt.Sprintf("compact(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("distinct(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("reverse(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("sort(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("slice(%s, 0, 1)", g.list(d)) },
		func() string { return fmt.Sprintf("coalescelist(%s, %s)", g.list(d), g.list(d)) },
		func() string { return fmt.Sprintf("keys(%s)", g.keyed(d)) },
		func() string { return fmt.Sprintf("values(%s)", g.keyed(d)) },
		func() string { return fmt.Sprintf("tolist(%s)", g.set(d)) },
		func() string { return fmt.Sprintf("split(\",\", %s)", g.text(d)) },
		func() string { return loop("[for %s in %s : %s]", g.list(d), func() string { return g.text(d) }) },
		func() string {
			return loop("[for %s in %s : %s if %s]", g.list(d), func() string { return g.text(d) }, func() string { return g.truth(d) })
		},
		func() string { return loop("[for %s in %s : %s]", g.set(d), func() string { return g.text(d) }) },
		func() string { return loop("[for k, %s in %s : %s]", g.keyed(d), func() string { return g.text(d) }) },
		func() string { return fmt.Sprintf("%s[*]", g.list(d)) },
		func() string { return fmt.Sprintf("one([%s])[*]", g.text(d)) },
	)
}

func (g *worldGenerator) set(depth int) string {
	d := depth - 1
	if depth <= 0 {
		return fmt.Sprintf("toset(%s)", g.list(0))
	}
	return g.pick(
		func() string { return fmt.Sprintf("toset(%s)", g.list(d)) },
		func() string { return fmt.Sprintf("setunion(%s, %s)", g.set(d), g.set(d)) },
		func() string { return fmt.Sprintf("setunion(%s, %s ? %s : [])", g.set(d), g.truth(d), g.set(d)) },
		func() string { return fmt.Sprintf("setintersection(%s, %s)", g.set(d), g.set(d)) },
		func() string { return fmt.Sprintf("setsubtract(%s, %s)", g.set(d), g.set(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", g.truth(d), g.set(d), g.set(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : [])", g.truth(d), g.set(d)) },
	)
}

func (g *worldGenerator) keyed(depth int) string {
	keys := []string{"a", "b", "x", "y"}
	literal := func(d int) string {
		var b strings.Builder
		for _, i := range g.Perm(len(keys))[:g.Intn(3)] {
			fmt.Fprintf(&b, "%s = %s, ", keys[i], g.text(d))
		}
		return "{ " + b.String() + "}"
	}
	if depth <= 0 {
		return g.pick(func() string { return literal(0) }, func() string { return literal(0) }, func() string { return "var.m" })
	}
	d := depth - 1
	return g.pick(
		func() string { return literal(d) },
		func() string { return fmt.Sprintf("merge(%s, %s)", g.keyed(d), g.keyed(d)) },
		func() string { return fmt.Sprintf("merge(%s, %s ? %s : {})", g.keyed(d), g.truth(d), g.keyed(d)) },
		func() string { return fmt.Sprintf("merge(%s, %s ? %s : null)", g.keyed(d), g.truth(d), g.keyed(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : {})", g.truth(d), g.keyed(d)) },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", g.truth(d), g.keyed(d), g.keyed(d)) },
		func() string { return fmt.Sprintf("tomap(%s)", g.keyed(d)) },
		func() string { return fmt.Sprintf("{ for n in %s : n => %s }", g.set(d), g.text(d)) },
		func() string { return fmt.Sprintf("{ for n in %s : n => \"${n}!\" }", g.list(d)) },
		func() string { return fmt.Sprintf("{ for k, n in %s : k => n if %s }", g.keyed(d), g.truth(d)) },
		func() string { return fmt.Sprintf("zipmap(%s, %s)", g.list(d), g.list(d)) },
		func() string { return fmt.Sprintf("{ (%s) = %s }", g.text(d), g.text(d)) },
	)
}

// statements are a list of objects that look like those of a policy.
func (g *worldGenerator) statements(depth int) string {
	d := depth - 1
	one := func() string {
		return g.pick(
			func() string { return fmt.Sprintf("{ Effect = \"Allow\", Action = %s }", g.list(d)) },
			func() string {
				return fmt.Sprintf("{ Effect = %s, Action = %s, Resource = \"*\" }", g.text(d), g.text(d))
			},
			func() string {
				return fmt.Sprintf("merge({ Effect = \"Deny\", Action = \"a\" }, %s ? { Condition = { Null = { k = %s } } } : {})", g.truth(d), g.text(d))
			},
			func() string {
				return fmt.Sprintf("merge({ Effect = \"Deny\" }, %s ? { Action = %s } : { NotAction = %s })", g.truth(d), g.list(d), g.list(d))
			},
		)
	}
	if depth <= 0 {
		return fmt.Sprintf("[%s]", one())
	}
	return g.pick(
		func() string { return fmt.Sprintf("[%s, %s]", one(), one()) },
		func() string { return fmt.Sprintf("concat([%s], %s ? [%s] : [])", one(), g.truth(d), one()) },
		func() string {
			return fmt.Sprintf("flatten([%s, %s ? [%s] : [%s, %s]])", one(), g.truth(d), one(), one(), one())
		},
		func() string { return fmt.Sprintf("[for n in %s : { Effect = \"Allow\", Action = n }]", g.list(d)) },
	)
}

func (g *worldGenerator) truth(depth int) string {
	leaf := []string{"var.b", "var.c", `var.s == "x"`, "var.b", "true", "false"}
	if depth <= 0 {
		return leaf[g.Intn(len(leaf))]
	}
	d := depth - 1
	return g.pick(
		func() string { return leaf[g.Intn(len(leaf))] },
		func() string { return leaf[g.Intn(len(leaf))] },
		func() string { return fmt.Sprintf("!%s", g.truth(0)) },
		func() string { return fmt.Sprintf("(%s && %s)", g.truth(d), g.truth(d)) },
		func() string { return fmt.Sprintf("(%s || %s)", g.truth(d), g.truth(d)) },
		func() string { return fmt.Sprintf("%s == %s", g.text(d), g.text(d)) },
		func() string { return fmt.Sprintf("contains(%s, %s)", g.list(d), g.text(d)) },
		func() string { return fmt.Sprintf("length(%s) > %d", g.list(d), g.Intn(3)) },
		func() string { return fmt.Sprintf("length(%s) == %d", g.keyed(d), g.Intn(3)) },
		func() string { return fmt.Sprintf("startswith(%s, \"a\")", g.text(d)) },
		func() string { return fmt.Sprintf("can(%s[%s])", g.keyed(d), g.text(d)) },
		func() string { return fmt.Sprintf("%s == %s", g.list(d), g.list(d)) },
		func() string { return fmt.Sprintf("anytrue([%s, %s])", g.truth(d), g.truth(d)) },
	)
}

// covering tells whether what is known of a value fits what it is.
type covering struct {
	ev *evaluator
	// loose is set inside of a text in which lists may stand in any order.
	loose bool
}

func (c covering) value(v, real cty.Value) bool {
	unmarked, _ := v.Unmark()
	maybeNull, unordered := v.HasMark(markMaybe), c.loose || v.HasMark(markUnordered)
	c.loose = unordered && isText(unmarked)
	v, _ = v.Unmark()
	real, _ = real.Unmark()
	switch {
	case !v.IsKnown():
		return c.inRange(v, real)
	case real.IsNull():
		s := c.ev.symbolOf(v)
		return v.IsNull() || maybeNull || s != nil && (s.Nullable || s.Kind != policy.SymbolChoice)
	case v.IsNull():
		return false
	case isText(v) && policy.ContainsToken(v.AsString()):
		return c.text(v, real)
	case isCollection(v) != isCollection(real):
		return false
	case !isCollection(v):
		return c.primitive(v, real)
	case isKeyed(v):
		return isKeyed(real) && c.keyed(v, real)
	case isKeyed(real):
		return false
	case unordered || v.Type().IsSetType() || real.Type().IsSetType():
		return c.unordered(v.AsValueSlice(), real.AsValueSlice())
	}
	return c.sequence(v.AsValueSlice(), real.AsValueSlice())
}

// inRange compares with what is known of a number or boolean that is unknown.
func (c covering) inRange(v, real cty.Value) bool {
	if v.Type() != cty.Number || real.Type() != cty.Number || real.IsNull() {
		return true
	}
	in := v.Range().Includes(real)
	return !in.IsKnown() || in.True()
}

func (c covering) primitive(v, real cty.Value) bool {
	a, errA := convert.Convert(v, cty.String)
	b, errB := convert.Convert(real, cty.String)
	if errA != nil || errB != nil || !b.IsKnown() {
		return errA == nil && errB == nil
	}
	if x, y := a.AsString(), b.AsString(); x == y || !looksEncoded(x) {
		return x == y
	}
	return c.document(a, b)
}

func looksEncoded(s string) bool { return strings.ContainsAny(s[:min(1, len(s))], "{[\"") }

// text compares where symbols stand in a text.
func (c covering) text(v, real cty.Value) bool {
	if isText(real) && looksEncoded(v.AsString()) && looksEncoded(real.AsString()) && c.document(v, real) {
		return true
	}
	var alternatives []string
	for _, x := range append(c.spelled(v), v) {
		if x.IsNull() {
			continue
		}
		if isText(real) && looksEncoded(x.AsString()) && looksEncoded(real.AsString()) && c.document(x, real) {
			return true
		}
		alternatives = append(alternatives, c.pattern(c.ev.decode(x)))
	}
	s, err := convert.Convert(real, cty.String)
	if err != nil { // a symbol may stand for anything
		return c.ev.opaque(v) != nil
	}
	return !s.IsKnown() || regexp.MustCompile(`\A(?:`+strings.Join(alternatives, "|")+`)\z`).MatchString(s.AsString())
}

func (c covering) spelled(v cty.Value) []cty.Value { return c.ev.root.env().spelled(v) }

func (c covering) pattern(t policy.Text) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		switch {
		case p.Symbol == nil:
			b.WriteString(regexp.QuoteMeta(p.Literal))
		case p.Symbol.Kind == policy.SymbolChoice:
			var list []string
			for _, x := range p.Symbol.Alternatives {
				list = append(list, c.pattern(x))
			}
			b.WriteString("(?:" + strings.Join(list, "|") + ")")
		default:
			b.WriteString(`(?s:.*)`)
		}
	}
	return b.String()
}

// document compares JSON.
func (c covering) document(v, real cty.Value) bool {
	decode := func(s cty.Value) (cty.Value, bool) {
		ty, err := ctyjson.ImpliedType([]byte(s.AsString()))
		if err != nil {
			return cty.NilVal, false
		}
		x, err := ctyjson.Unmarshal([]byte(s.AsString()), ty)
		return x, err == nil
	}
	a, okA := decode(v)
	b, okB := decode(real)
	return okA && okB && c.value(c.ev.decodedMaybe(v, a), b)
}

func (c covering) keyed(v, real cty.Value) bool {
	entries, there := v.AsValueMap(), real.AsValueMap()
	taken := map[string]bool{}
	for k, x := range entries {
		if policy.ContainsToken(k) {
			continue
		}
		y, ok := there[k]
		if !ok {
			if !isOptional(x) && !c.spread(x) && (k != "Condition" || !hiddenOperators(x)) {
				return false
			}
			continue
		}
		taken[k] = true
		if k == "Statement" && isCollection(x) && isCollection(y) && !isKeyed(x) {
			x, _ = x.Unmark()
			if !c.unordered(x.AsValueSlice(), y.AsValueSlice()) {
				return false
			}
			continue
		}
		if !c.spread(x) && !c.value(existing(x), y) {
			return false
		}
	}
	for k := range there {
		if taken[k] {
			continue
		}
		if !slices.ContainsFunc(sortedKeys(entries), func(token string) bool {
			return policy.ContainsToken(token) && c.text(cty.StringVal(token), cty.StringVal(k)) && (c.spread(entries[token]) || c.value(existing(entries[token]), there[k]))
		}) {
			return false
		}
	}
	return true
}

// hiddenOperators reports whether no operator of a Condition is certain.
func hiddenOperators(v cty.Value) bool {
	for k := range v.AsValueMap() {
		if !policy.ContainsToken(k) {
			return false
		}
	}
	return true
}

// spread reports whether a value is a symbol for any number of values.
func (c covering) spread(v cty.Value) bool {
	s := c.ev.symbolOf(v)
	return s != nil && s.Kind == policy.SymbolSpread
}

// fits compares an element, and tells whether it may be missing, or stand for
// several.
func (c covering) fits(x, real cty.Value) bool {
	if s := c.ev.symbolOf(x); s != nil && s.Kind == policy.SymbolSpread {
		return len(s.Alternatives) == 0 || slices.ContainsFunc(s.Alternatives, func(t policy.Text) bool {
			return c.value(cty.StringVal(c.ev.symbols.Encode(t)), real)
		})
	}
	return c.value(existing(x), real)
}

func (c covering) number(x cty.Value) (may, many bool) {
	o, optional := optionalOf(x)
	spread := c.spread(x)
	_, token := c.ev.fromToken(x)
	return optional || spread, o.many || spread && (token == nil || token.many)
}

func (c covering) unordered(list, real []cty.Value) bool {
	for _, y := range real {
		if !slices.ContainsFunc(list, func(x cty.Value) bool { return c.fits(x, y) }) {
			return false
		}
	}
	for _, x := range list {
		if may, _ := c.number(x); !may && !slices.ContainsFunc(real, func(y cty.Value) bool { return c.fits(x, y) }) {
			return false
		}
	}
	return true
}

func (c covering) sequence(list, real []cty.Value) bool {
	if len(list) == 0 {
		return len(real) == 0
	}
	may, many := c.number(list[0])
	if may && c.sequence(list[1:], real) {
		return true
	}
	if len(real) == 0 || !c.fits(list[0], real[0]) {
		return false
	}
	return c.sequence(list[1:], real[1:]) || many && c.sequence(list, real[1:])
}

const worldVariables = `variable "b" {
  type = bool
}
variable "c" {
  type = bool
}
variable "l" {
  type = list(string)
}
variable "m" {
  type = map(string)
}
variable "s" {
  type = string
  validation {
    condition     = contains(["x", "y"], var.s)
    error_message = "x or y"
  }
}
`

// TestWorlds proves, of many small expressions, that what is known of their
// value without the values of the variables fits what it is with each of them.
func TestWorlds(t *testing.T) {
	dir := write(t, map[string]string{"main.tf": worldVariables})
	unknown := evaluate(t, dir, Options{})
	var worlds []*evaluator
	var named []string
	for i := range 24 {
		vars := []string{
			fmt.Sprintf("b=%t", i&1 == 0), fmt.Sprintf("c=%t", i&2 == 0), "s=" + []string{"x", "y"}[i>>2&1],
			"l=" + []string{`[]`, `["p"]`, `["x", "q", "a"]`}[i%3], "m=" + []string{`{ a = "1" }`, `{}`, `{ x = "y", q = "z" }`}[(i/2)%3],
		}
		var given []Given
		for _, text := range vars {
			given = append(given, Given{Value: text})
		}
		worlds, named = append(worlds, evaluate(t, dir, Options{Given: given})), append(named, strings.Join(vars, " "))
	}
	of := func(ev *evaluator, src string, x hclsyntax.Expression) (cty.Value, []problem) {
		ev.loader.files["expression"] = []byte(src)
		ev.steps = maxSteps
		var problems []problem
		return ev.root.env().quiet(&problems, nil).eval(x), problems
	}
	g := &worldGenerator{Rand: rand.New(rand.NewSource(func() int64 { n, _ := strconv.Atoi(os.Getenv("SEED")); return int64(n) + 1 }()))}
	rounds := 1500
	if testing.Short() {
		rounds = 500
	}
	hidden, faults := 0, 0
	for i := range rounds {
		src := g.pick(
			func() string { return g.text(3) }, func() string { return g.document(3) }, func() string { return g.list(3) }, func() string { return g.set(3) },
			func() string { return g.keyed(3) }, func() string { return g.truth(3) },
		)
		x, diags := hclsyntax.ParseExpression([]byte(src), "expression", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%s: %s", src, diags)
		}
		v, problems := of(unknown, src, x)
		if !v.IsKnown() {
			hidden++
		}
		for n, ev := range worlds {
			real, failures := of(ev, src, x)
			if len(failures) > 0 {
				continue
			}
			if len(problems) == 0 && (covering{ev: unknown}).value(v, real) {
				continue
			}
			why := regexp.MustCompile(`"[^"]*U0010fff[^"]*"`).ReplaceAllStringFunc(fmt.Sprintf("%#v", v), func(s string) string {
				if unquoted, err := strconv.Unquote(s); err == nil {
					s = unquoted
				}
				return "‹" + unknown.symbols.Text(s).String() + "›"
			})
			why = regexp.MustCompile(`tfconfig.optional\{[^}]*\}`).ReplaceAllString(why, "?")
			if len(problems) > 0 {
				why = "fails: " + problems[0].message
			}
			t.Errorf("%d: %s\n  with %s: %#v\n  without: %s", i, src, named[n], real, why)
			if faults++; faults > 15 {
				t.FailNow()
			}
			break
		}
	}
	t.Logf("%d of %d are unknown", hidden, rounds)
}
