package tfconfig

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// places are the symbols of the expressions of these tests, by their names
// there: two accounts, a partition, a region and one of two texts.
func places(ev *evaluator) map[string]*policy.Symbol {
	return map[string]*policy.Symbol{
		"A": resource.AccountSymbol(ev.symbols, "aws"),
		"B": resource.AccountSymbol(ev.symbols, "aws.b"),
		"P": resource.PartitionSymbol(ev.symbols, "aws"),
		"R": resource.RegionSymbol(ev.symbols, "aws"),
		"C": ev.symbols.Intern(policy.Symbol{
			Kind: policy.SymbolChoice, Name: "x|policy/1", Alternatives: []policy.Text{policy.Literal("x"), policy.Literal("policy/1")},
		}),
	}
}

// evaluateWith evaluates an expression in which names are bound to texts.
func evaluateWith(t *testing.T, ev *evaluator, expression string, texts map[string]string) (v cty.Value, failed bool) {
	t.Helper()
	x, diags := hclsyntax.ParseExpression([]byte(expression), "x", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expression, diags)
	}
	ev.loader.files["x"] = []byte(expression)
	var bindings []binding
	for name, text := range texts {
		bindings = append(bindings, binding{name, cty.StringVal(text)})
	}
	defer ev.stepsForPlaces()()
	var problems []problem
	v = ev.root.env().quiet(&problems, nil).with("", 0, bindings...).eval(x)
	if hasOptional(v) { // which elements it has is not certain
		v = cty.DynamicVal
	}
	v, _ = v.UnmarkDeep()
	return v, len(problems) > 0
}

// generator makes random calls of functions over texts with symbols.
type generator struct{ *rand.Rand }

func (g generator) of(list ...string) string { return list[g.IntN(len(list))] }

// text is a template of literals and symbols, as they stand in ARNs or beside
// anything that a function may look for.
func (g generator) text() string {
	if g.IntN(4) == 0 {
		return g.of(
			`"arn:${P}:iam::${A}:policy/b"`, `"arn:${P}:iam::${A}:role/app/x"`, `"arn:aws:iam::${A}:role/x"`,
			`"arn:${P}:lambda:${R}:${A}:function:x"`, `"arn:${P}:iam::${A}:${C}"`, `A`, `P`, `R`, `C`,
		)
	}
	var b strings.Builder
	for range g.IntN(5) + 1 {
		b.WriteString(g.of(
			"arn:", ":", "::", ":iam::", "aws", "aws-", "aws:", ":policy/", "policy/", "role/b", "1", "11", "111122223333", "12",
			"us-", "-1", "us-east-1", "east", "/", "x", "-", "gov", "x1", "1x", "X", " ", ".",
			"${A}", "${A}", "${A}", "${P}", "${P}", "${R}", "${B}", "${C}",
		))
	}
	return `"` + b.String() + `"`
}

// search is what a function looks for.
func (g generator) search() string {
	if g.IntN(4) == 0 {
		return g.text()
	}
	return `"` + g.of(
		"", ":", "::", "policy/", "/", "iam", "1", "11", "111", "1111", "21", "12", ":1", "1:", "1:role", "2:p", "aws", "aws:", ":aws", "s-", "-",
		"aws-", "cn", "gov:iam", "s:iam", "arn:aws:iam", "111122223333", "11112222333", "x1", "1x", "us", "us-", "-1", "-1:", ":us-", "east", "e",
		":policy", "y/1", "arn", "0", "00", "000000000000",
	) + `"`
}

func (g generator) pattern() string {
	return `"` + g.of(
		"[0-9]{12}", "^[0-9]{12}$", "[0-9]+", "\\\\d{12}", "policy/", "role/(.*)$", "^arn:(aws|aws-cn):", "^arn:[^:]*:iam::", "^arn:aws[a-z-]*:iam::[0-9]+:(.+)$",
		":", ".", "", "1", "11", "^1", "1$", "[12]", "[a-z]+", "[a-z]", "aws.*1", "(?i)AWS", "1.*2", "\\\\w+", "a|1", "-[0-9]", "us-.*-1", "[^/]+$", "x?", "\\\\b1",
		"arn:(?P<p>[^:]+):", "::([0-9]+):", "(1|2)2", "1{2,3}", "e-1",
	) + `"`
}

func (g generator) expression() string {
	number := func() string { return g.of("0", "1", "3", "4", "12", "13", "20", "-1", "-3") }
	switch g.IntN(24) {
	case 0, 1:
		return "replace(" + g.text() + ", " + g.search() + ", " + g.of(`""`, `"role/"`, `"1"`, `"$1"`, g.text()) + ")"
	case 2:
		return "replace(" + g.text() + `, "/` + strings.Trim(g.pattern(), `"`) + `/", ` + g.of(`""`, `"role/"`, `"$1"`, g.text()) + ")"
	case 3:
		return "split(" + g.search() + ", " + g.text() + ")"
	case 4:
		return "startswith(" + g.text() + ", " + g.search() + ")"
	case 5:
		return "endswith(" + g.text() + ", " + g.search() + ")"
	case 6:
		return "strcontains(" + g.text() + ", " + g.search() + ")"
	case 7:
		return g.of("trimprefix", "trimsuffix", "trim") + "(" + g.text() + ", " + g.search() + ")"
	case 8:
		return "substr(" + g.text() + ", " + number() + ", " + number() + ")"
	case 9:
		return g.of("lower", "upper", "title", "strrev", "trimspace", "chomp", "length", "urlencode", "base64encode", "basename", "dirname", "sha1") + "(" + g.text() + ")"
	case 10, 11:
		return g.of("regex", "regexall") + "(" + g.pattern() + ", " + g.text() + ")"
	case 12, 13:
		return g.text() + g.of(" == ", " != ") + g.text()
	case 14:
		return "contains([" + g.text() + ", " + g.text() + "], " + g.text() + ")"
	case 15:
		return `contains(["aws", "aws-cn", "aws-us-gov"` + g.of("", `, "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"`) + "], " + g.of("P", "A", g.text()) + ")"
	case 16:
		return `lookup({ aws = "a", aws-cn = "b", "111122223333" = "c" }, ` + g.of("P", "A", "R", g.text()) + `, "d")`
	case 17:
		return `{ aws = "a", aws-cn = "a", us-east-1 = "c" }[` + g.of("P", "A", "R") + "]"
	case 18:
		return "provider::aws::" + g.of("arn_parse", "trim_iam_role_path") + "(" + g.text() + ")"
	case 19:
		return "can(" + g.of("regex("+g.pattern()+", "+g.text()+")", "provider::aws::arn_parse("+g.text()+")", "provider::aws::trim_iam_role_path("+g.text()+")") + ")"
	case 20:
		return "(" + g.expressionOf("startswith", "endswith", "strcontains") + ` ? "yes" : "no")`
	case 21:
		return `format("%` + g.of("s", "5s", "-20s", "q") + `-%s", ` + g.text() + ", " + g.text() + ")"
	case 22:
		return "try(regex(" + g.pattern() + ", " + g.text() + `), "none")`
	default:
		return `element(split(` + g.search() + ", " + g.text() + "), " + number() + ")"
	}
}

func (g generator) expressionOf(functions ...string) string {
	return g.of(functions...) + "(" + g.text() + ", " + g.search() + ")"
}

// concrete are texts for the symbols: accounts that hold what the functions
// look for, and regions that have nothing in common.
func (g generator) concrete() map[string]string {
	account := func() string {
		digits := g.of("", "1", "11", "111", "12", "21", "22", "111122223333", "000000000000", "2222", "0")
		for len(digits) < 12 {
			if piece := g.of("1", "12", "0", "2", "9", "11", "7"); g.IntN(2) == 0 {
				digits += piece
			} else {
				digits = piece + digits
			}
		}
		return digits[:12]
	}
	a := account()
	b := account()
	if g.IntN(3) == 0 {
		b = a
	}
	names := partitionNames()
	return map[string]string{
		"A": a, "B": b, "P": names[g.IntN(len(names))], "C": g.of("x", "policy/1"),
		"R": g.of("us-east-1", "us-west-2", "eu-central-1", "us-gov-east-1", "cn-north-1", "ap-southeast-11", "me-south-1", "gov-east-1", "aws-east-11"),
	}
}

// TestSymbolShapes holds the functions over symbols against the same functions over
// texts that the symbols may stand for: a result that claims to be certain is
// right for each of them.
func TestSymbolShapes(t *testing.T) {
	ev := evaluate(t, consoleDir, Options{})
	symbols := places(ev)
	tokens := map[string]string{}
	for name, s := range symbols {
		tokens[name] = ev.symbols.Token(s)
	}
	rounds := 1500
	if testing.Short() {
		rounds = 300
	}
	certain := 0
	for seed := range rounds {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 17))}
		expression := g.expression()
		got, failed := evaluateWith(t, ev, expression, tokens)
		decided := failed
		for range 40 {
			texts := g.concrete()
			want, wantFailed := evaluateWith(t, ev, expression, texts)
			bound, whole := bind(ev, got, symbols, texts)
			decided = decided || whole
			switch {
			case failed && !wantFailed:
				t.Errorf("%s fails, and gives %s with %v", expression, want.GoString(), texts)
			case !failed && whole && wantFailed && !mayFail(expression):
				t.Errorf("%s gives %s, and fails with %v", expression, bound.GoString(), texts)
			case !failed && whole && !wantFailed && !sameText(bound, want):
				t.Errorf("%s gives %s, and is %s with %v", expression, bound.GoString(), want.GoString(), texts)
			default:
				continue
			}
			break
		}
		if decided {
			certain++
		}
	}
	t.Logf("%d of %d are certain", certain, rounds)
	if certain < rounds/4 {
		t.Errorf("only %d of %d are certain", certain, rounds)
	}
}

// mayFail tells of expressions that Terraform may refuse once a symbol is
// known: a map without the key. That what they give is right where they give
// something is all that is asked of them.
func mayFail(expression string) bool { return strings.HasPrefix(expression, "{") }

// bind puts texts in place of the symbols of a value; whole is false where it
// has others, or is not known.
func bind(ev *evaluator, v cty.Value, symbols map[string]*policy.Symbol, texts map[string]string) (cty.Value, bool) {
	whole := v.IsWhollyKnown()
	if !whole {
		return v, false
	}
	out := mapTexts(v, func(s string) string {
		text := ev.symbols.Text(s).Map(func(s *policy.Symbol) (policy.Text, bool) {
			for name, symbol := range symbols {
				if s == symbol {
					return policy.Literal(texts[name]), true
				}
			}
			return policy.Text{}, false
		})
		whole = whole && text.IsKnown()
		return text.String()
	})
	return out, whole
}

// sameText compares as Terraform shows values.
func sameText(a, b cty.Value) bool { return fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b) }

// TestDecided are calls that are certain whatever the account, the partition
// and the region are, and others that are not.
func TestDecided(t *testing.T) {
	const unsure = "?"
	ev := evaluate(t, consoleDir, Options{})
	symbols := places(ev)
	tokens := map[string]string{}
	for name, s := range symbols {
		tokens[name] = ev.symbols.Token(s)
	}
	for expression, want := range map[string]string{
		`replace("arn:${P}:iam::${A}:policy/b", "policy/", "role/")`:                       "arn:<partition>:iam::<account>:role/b",
		`replace("arn:${P}:iam::${A}:policy/b", "/policy\\/(.*)$/", "role/$1")`:            "arn:<partition>:iam::<account>:role/b",
		`replace("arn:${P}:iam::${A}:policy/b", "/:[0-9]{12}:/", "::")`:                    "arn:<partition>:iam:::policy/b",
		`replace("arn:${P}:iam::${A}:policy/b", A, "*")`:                                   "arn:<partition>:iam::*:policy/b",
		`replace("arn:${P}:iam::${A}:policy/b", "arn:${P}:iam::", "x")`:                    "x<account>:policy/b",
		`replace("arn:${P}:iam::${A}:policy/b", "arn:aws:iam::", "x")`:                     unsure,
		`replace("arn:${P}:iam::${A}:policy/b", "aws", "x")`:                               unsure,
		`replace("arn:${P}:iam::${A}:policy/b", "111", "x")`:                               unsure,
		`replace("arn:${P}:iam::${A}:policy/b", ":1", "x")`:                                unsure,
		`replace("arn:aws:iam::${A}:policy/b", "aws:iam", "x")`:                            "arn:x::<account>:policy/b",
		`replace("arn:aws:s3:::${A}-logs", "-logs", "")`:                                   "arn:aws:s3:::<account>",
		`replace("arn:${P}:lambda:${R}:${A}:function:x", "function:", "layer:")`:           "arn:<partition>:lambda:<region>:<account>:layer:x",
		`replace("arn:${P}:lambda:${R}:${A}:function:x", ":${R}:", "::")`:                  "arn:<partition>:lambda::<account>:function:x",
		`replace("arn:${P}:lambda:${R}:${A}:function:x", "us-east-1", "x")`:                unsure,
		`regex("^arn:[^:]+:iam::([0-9]{12}):policy/(.+)$", "arn:${P}:iam::${A}:policy/b")`: `["<account>","b"]`,
		`regex("^arn:(aws|aws-cn):", "arn:${P}:iam::${A}:policy/b")`:                       unsure,
		`regexall("[0-9]+", "arn:${P}:iam::${A}:policy/b")`:                                `["<account>"]`,
		`split("/", "arn:${P}:iam::${A}:role/app/x")`:                                      `["arn:<partition>:iam::<account>:role","app","x"]`,
		`split("iam", "arn:${P}:iam::${A}:role/x")`:                                        `["arn:<partition>:","::<account>:role/x"]`,
		`split("-", P)`: unsure,
		`basename("arn:${P}:iam::${A}:role/app/x")`:                         "x",
		`dirname("arn:${P}:iam::${A}:role/app/x")`:                          "arn:<partition>:iam::<account>:role/app",
		`trimsuffix("arn:${P}:iam::${A}:policy/b", "/b")`:                   "arn:<partition>:iam::<account>:policy",
		`trimprefix("arn:${P}:iam::${A}:policy/b", "arn:${P}:iam::${A}:")`:  "policy/b",
		`trimprefix("${A}-x", "1")`:                                         unsure,
		`substr("arn:${P}:iam::${A}:policy/b", 0, 4)`:                       "arn:",
		`substr("${A}-x", 12, -1)`:                                          "-x",
		`substr("arn:${P}:iam::${A}:policy/b", 8, -1)`:                      unsure,
		`strcontains("arn:${P}:iam::${A}:policy/b", ":policy/")`:            "true",
		`strcontains("arn:${P}:iam::${A}:policy/b", "root")`:                "false",
		`strcontains(A, "0")`:                                               unsure,
		`strcontains(A, "1111")`:                                            unsure,
		`startswith(P, "aws")`:                                              "true",
		`startswith(R, "us-")`:                                              unsure,
		`startswith(A, "x")`:                                                "false",
		`length(A)`:                                                         "12",
		`lower("ARN:${P}:IAM::${A}")`:                                       "arn:<partition>:iam::<account>",
		`A == "123"`:                                                        "false",
		`A == "111122223333"`:                                               unsure,
		`P == "aws-gov"`:                                                    "false",
		`P == "aws"`:                                                        unsure,
		`R == "global"`:                                                     "false",
		`"arn:${P}:iam::${A}:policy/b" == "arn:aws:iam::12345:policy/b"`:    "false",
		`contains(["aws", "aws-cn"], P)`:                                    unsure,
		`contains(["cn", "gov"], P)`:                                        "false",
		`{ aws = "x", china = "y" }[P]`:                                     "x",
		`lookup({ aws = "x", aws-cn = "y" }, P, "z")`:                       "<x|y|z>",
		`provider::aws::arn_parse("arn:${P}:iam::${A}:policy/b").resource`:  "policy/b",
		`provider::aws::arn_build(P, "iam", "", A, "policy/b")`:             "arn:<partition>:iam::<account>:policy/b",
		`provider::aws::trim_iam_role_path("arn:${P}:iam::${A}:role/a/b")`:  "arn:<partition>:iam::<account>:role/b",
		`can(provider::aws::trim_iam_role_path("arn:${P}:iam::${A}:u/a"))`:  "false",
		`provider::aws::user_agent("x", "1", "")`:                           unsure,
		`can(regex("^arn:", "arn:${P}:iam::${A}:policy/b")) ? "arn" : "no"`: "arn",
	} {
		v, failed := evaluateWith(t, ev, expression, tokens)
		if got := shown(ev, v, symbols); failed || got != want {
			t.Errorf("%s: got %s, want %s (failed: %t)", expression, got, want, failed)
		}
	}
}

// shown is a value for people, ? where it is not certain.
func shown(ev *evaluator, v cty.Value, symbols map[string]*policy.Symbol) string {
	switch {
	case !v.IsWhollyKnown():
		return "?"
	case isText(v):
		text := ev.decode(v)
		for _, s := range text.Symbols() {
			if s.Kind == policy.SymbolDerived || s.Kind == policy.SymbolUnknown {
				return "?"
			}
		}
		return text.String()
	case v.CanIterateElements():
		var parts []string
		for it := v.ElementIterator(); it.Next(); {
			_, x := it.Element()
			parts = append(parts, `"`+shown(ev, x, symbols)+`"`)
		}
		if slices.Contains(parts, `"?"`) {
			return "?"
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	s, _ := keyText(v)
	return s
}
