package tfconfig

import (
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// metered are calls of every function there is over arguments that grow: text
// is a text, list, nested, keyed and objects are collections; "" for a function
// whose arguments cannot be large. A new function needs a row.
var metered = map[string]string{
	"abs": "", "ceil": "", "floor": "", "log": "", "pow": "", "signum": "", "range": "",
	"max": "max(numbers...)", "min": "min(numbers...)", "sum": "sum(numbers)", "parseint": "parseint(digits, 10)",
	"alltrue": "alltrue(truths)", "anytrue": "anytrue(truths)", "chunklist": "chunklist(list, 1)", "coalescelist": "coalescelist(list, list)",
	"compact": "compact(list)", "concat": "concat(list, list)", "distinct": "distinct(list)", "element": "element(list, 1)",
	"flatten": "flatten(nested)", "index": "index(list, list[0])", "keys": "keys(keyed)", "matchkeys": "matchkeys(list, list, list)",
	"merge": "merge(keyed, keyed)", "one": "one([list])", "reverse": "reverse(list)", "setintersection": "setintersection(list, list)",
	"setproduct": "setproduct(list, [1])", "setsubtract": "setsubtract(list, list)", "setunion": "setunion(list, list)", "slice": "slice(list, 0, 1)",
	"sort": "sort(list)", "transpose": "transpose({ a = list })", "values": "values(keyed)", "zipmap": "zipmap(list, list)",
	"chomp": "chomp(text)", "format": `format("%s", text)`, "formatdate": "formatdate(text, \"2026-01-01T00:00:00Z\")", "formatlist": `formatlist("%s", list)`,
	"indent": "indent(1, text)", "join": `join("", list)`, "regex": `regex("a+", text)`, "regexall": `regexall("a", text)`, "strrev": "strrev(text)",
	"substr": "substr(text, 0, 1)", "timeadd": "timeadd(text, \"1h\")", "timecmp": "timecmp(text, text)", "trim": "trim(text, \"b\")", "trimspace": "trimspace(text)",
	"lower": "lower(text)", "upper": "upper(text)", "title": "title(text)", "startswith": "startswith(text, text)", "endswith": "endswith(text, text)",
	"strcontains": "strcontains(text, \"b\")", "trimprefix": "trimprefix(text, \"b\")", "trimsuffix": "trimsuffix(text, \"b\")",
	"replace": `replace(text, "b", "c")`, "split": `split("a", text)`,
	"base64decode": "base64decode(text)", "base64encode": "base64encode(text)", "base64gunzip": "base64gunzip(text)", "base64gzip": "base64gzip(text)",
	"base64sha256": "base64sha256(text)", "base64sha512": "base64sha512(text)", "basename": "basename(text)", "csvdecode": "csvdecode(rows)", "dirname": "dirname(text)",
	"jsondecode": "jsondecode(\"[${digits}]\")", "md5": "md5(text)", "pathexpand": "pathexpand(text)", "sha1": "sha1(text)", "sha256": "sha256(text)", "sha512": "sha512(text)",
	"textdecodebase64": `textdecodebase64(text, "UTF-16LE")`, "textencodebase64": `textencodebase64(text, "UTF-16LE")`, "urldecode": "urldecode(text)",
	"urlencode": "urlencode(text)", "uuidv5": `uuidv5("dns", text)`, "yamldecode": "yamldecode(text)",
	"cidrcontains": "cidrcontains(text, text)", "cidrhost": "cidrhost(text, 1)", "cidrnetmask": "cidrnetmask(text)", "cidrsubnet": "cidrsubnet(text, 1, 1)",
	"cidrsubnets": "cidrsubnets(\"10.0.0.0/8\", numbers...)",
	"coalesce":    "coalesce(list...)", "contains": "contains(list, \"x\")", "ephemeralasnull": "ephemeralasnull(objects)", "issensitive": "issensitive(list)",
	"jsonencode": "jsonencode(objects)", "length": "length(list)", "lookup": "lookup(keyed, \"x\", 1)", "list": "list(list)", "map": "map(list)",
	"nonsensitive": "nonsensitive(objects)", "sensitive": "sensitive(objects)", "tobool": "tobool(text)", "tolist": "tolist(objects)", "tomap": "tomap(keyed)",
	"tonumber": "tonumber(digits)", "toset": "toset(objects)", "tostring": "tostring(text)", "yamlencode": "yamlencode(objects)",
	"file": "file(text)", "filebase64": "filebase64(text)", "filebase64sha256": "filebase64sha256(text)", "filebase64sha512": "filebase64sha512(text)",
	"fileexists": "fileexists(text)", "filemd5": "filemd5(text)", "fileset": `fileset(".", text)`, "filesha1": "filesha1(text)", "filesha256": "filesha256(text)",
	"filesha512": "filesha512(text)", "templatefile": "templatefile(text, {})", "templatestring": "templatestring(text, {})",
	"try": "try(upper(text))", "can": "can(upper(text))", "convert": "convert(list, list(string))",
	"timestamp": "", "plantimestamp": "", "uuid": "", "abspath": "", "bcrypt": "", "rsadecrypt": "", "type": "",
}

// meterArguments are the names that stand in the rows, of n elements or bytes.
func meterArguments(n int) []binding {
	var list, numbers, truths, nested, objects []cty.Value
	keyed := map[string]cty.Value{}
	for i := range n {
		x := cty.StringVal(fmt.Sprintf("x%d", i))
		list, keyed[x.AsString()] = append(list, x), x
		numbers, truths = append(numbers, cty.NumberIntVal(int64(i%3+1))), append(truths, cty.True)
		nested = append(nested, cty.TupleVal([]cty.Value{x}))
		objects = append(objects, cty.ObjectVal(map[string]cty.Value{"a": x}))
	}
	return []binding{
		{"text", cty.StringVal(strings.Repeat("a", n))},
		{"digits", cty.StringVal(strings.Repeat("1", n))},
		{"rows", cty.StringVal("a\n" + strings.Repeat("1\n", n/2))},
		{"list", cty.ListVal(list)},
		{"numbers", cty.ListVal(numbers)},
		{"truths", cty.ListVal(truths)},
		{"nested", cty.TupleVal(nested)},
		{"objects", cty.ListVal(objects)},
		{"keyed", cty.MapVal(keyed)},
	}
}

// meteredCall evaluates a call and tells how many steps it took, and whether it
// was refused.
func meteredCall(t *testing.T, ev *evaluator, expression string, bindings []binding) (steps int, refused bool) {
	t.Helper()
	return budgetedCall(t, ev, maxSteps, expression, bindings)
}

func budgetedCall(t *testing.T, ev *evaluator, budget int, expression string, bindings []binding) (steps int, refused bool) {
	t.Helper()
	x, diags := hclsyntax.ParseExpression([]byte(expression), "x", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expression, diags)
	}
	ev.loader.files["x"] = []byte(expression)
	ev.steps, ev.starved = budget, false
	var problems []problem
	_, marks := ev.root.env().quiet(&problems, nil).with("", 0, bindings...).eval(x).UnmarkDeep()
	return budget - ev.steps, len(reasons(marks)) > 0
}

// TestEveryFunctionIsMetered: there is a row for each function, and sixteen
// times as much of an argument takes as many more steps, or is refused.
func TestEveryFunctionIsMetered(t *testing.T) {
	all := slices.Concat(slices.Collect(maps.Keys(builtins)), slices.Collect(maps.Keys(specials)), slices.Collect(maps.Keys(unknowable)), []string{"try", "can", "convert"})
	rows := maps.Clone(metered)
	ev := evaluate(t, write(t, map[string]string{"main.tf": ""}), Options{})
	few, many := meterArguments(1000), meterArguments(16_000)
	for _, name := range all {
		expression, ok := rows[name]
		if !ok {
			t.Errorf("%s has no row", name)
		}
		delete(rows, name)
		if expression == "" {
			continue
		}
		before, _ := meteredCall(t, ev, expression, few)
		after, refused := meteredCall(t, ev, expression, many)
		if after < 6*before && !refused {
			t.Errorf("%s: %d steps, and %d for sixteen times as much", expression, before, after)
		}
	}
	for name := range rows {
		t.Errorf("there is no function %s", name)
	}
}

// TestAnyArguments calls every function with too few and too many arguments, of
// all kinds: what is done before a call does not take them for granted.
func TestAnyArguments(t *testing.T) {
	ev := evaluate(t, write(t, map[string]string{"main.tf": "variable \"u\" {}\nvariable \"l\" {\n  type = list(string)\n}\n"}), Options{})
	for name := range metered {
		for _, argument := range []string{"null", `"x"`, "1", "true", "[]", "{}", `["x", null]`, "var.u", "var.l", `"${var.u}-x"`, "sensitive(var.u)"} {
			for n := range 5 {
				meteredCall(t, ev, name+"("+strings.TrimSuffix(strings.Repeat(argument+", ", n), ", ")+")", nil)
			}
			meteredCall(t, ev, name+"(["+argument+"]...)", nil)
		}
	}
}

// TestProducts are calls whose cost is a product of their arguments: they are
// refused, or take more steps than there are, before they are made.
func TestProducts(t *testing.T) {
	ev := evaluate(t, write(t, map[string]string{"main.tf": ""}), Options{})
	long := strings.Repeat("a", maxString)
	var texts, shared []cty.Value
	one := cty.StringVal(long)
	for i := range 2000 {
		texts, shared = append(texts, cty.StringVal(fmt.Sprintf("x%d", i))), append(shared, one)
	}
	pairs := make([]cty.Value, 16)
	for i := range pairs {
		pairs[i] = cty.SetVal([]cty.Value{cty.StringVal(long[:len(long)/2-i]), cty.StringVal("b")})
	}
	bindings := []binding{
		{"long", cty.StringVal(long)},
		{"texts", cty.ListVal(texts)},
		{"shared", cty.TupleVal(shared)},
		{"pairs", cty.TupleVal(pairs)},
		{"pattern", cty.StringVal(strings.Repeat("(a?)", 4000))},
		{"accents", cty.StringVal(strings.Repeat("é", 1<<18) + "a")},
		{"colliding", cty.ListVal(colliding(2000))},
	}
	for _, expression := range []string{
		"regex(pattern, long)", "regexall(pattern, long)", `regexall("()()()()", long)`, `replace(long, "/${pattern}b/", "")`, "trim(long, accents)",
		`formatlist("%s", texts, long)`, `formatlist("%s%s", texts, long)`, `formatlist(long, texts)`, `format("%s%s%s%s%s", long, long, long, long, long)`,
		"setproduct(pairs...)", "setproduct(texts, texts)", "setproduct(pairs[0], texts)",
		"toset(shared)", "distinct(shared)", "sort(shared)", "contains(shared, long)", "index(shared, \"b\")", "matchkeys(shared, shared, shared)", "setunion(shared)",
		"transpose({ a = shared })", "flatten([shared, [shared]])", "zipmap(shared, shared)", "merge(shared...)", "coalesce(shared...)",
		"jsonencode(shared)", "yamlencode(shared)", "join(long, texts)", "join(\"\", shared)", `replace(long, "a", long)`, "indent(1000000, replace(long, \"aaaa\", \"\\n\"))",
		"toset(colliding)", "distinct(colliding)", "setunion(colliding)", "setintersection(colliding, colliding)", "convert(colliding, set(string))",
		"matchkeys(colliding, colliding, colliding)",
		"[for i in range(1000) : [for j in range(100) : substr(long, 0, 1)]]", "[for i in range(1000) : strrev(long)]", "[for i in range(1000) : length(long)]",
		"[for i in range(1000) : sha512(long)]", "[for i in range(1000) : split(\"\", long)]", "[for i in range(1000) : element(shared, i)]",
	} {
		steps, refused := meteredCall(t, ev, expression, bindings)
		if !refused {
			t.Errorf("%s takes %d steps", expression, steps)
		}
	}
}

// TestLargeButOrdinary are calls over what large configurations have.
func TestLargeButOrdinary(t *testing.T) {
	ev := evaluate(t, write(t, map[string]string{"main.tf": ""}), Options{})
	bindings := append(meterArguments(5000), binding{"policy", cty.StringVal(strings.Repeat(`{"Action":"s3:GetObject","Resource":"*"}, `, 256<<10/42))})
	for name, expression := range metered {
		if expression == "" {
			continue
		}
		if steps, _ := meteredCall(t, ev, expression, bindings); steps > maxSteps/16 {
			t.Errorf("%s: %s takes %d steps", name, expression, steps)
		}
	}
	for _, expression := range []string{
		`replace(policy, "/\\s+/", "")`, `replace(policy, "s3:", "S3:")`, `regexall("s3:[A-Za-z]+", policy)`, `regex("\"Action\":\"([^\"]+)\"", policy)`, `split(",", policy)`,
		"jsondecode(\"[${trimsuffix(policy, \", \")}]\")", "sha256(policy)", "base64gzip(policy)", "length(policy)", `formatlist("arn:aws:iam::111122223333:role/%s", list)`,
		"setproduct(slice(list, 0, 200), slice(list, 0, 200))", "toset(list)", "distinct(concat(list, list))", "jsonencode(objects)", "flatten(nested)", "trimspace(policy)",
	} {
		if steps, refused := meteredCall(t, ev, expression, bindings); refused || steps > maxSteps/2 {
			t.Errorf("%s takes %d steps, refused is %v", expression, steps, refused)
		}
	}
}

// colliding are different texts of one hash. The hash is a CRC: where one piece
// stands in the place of another with the same length and CRC, that of the whole
// text is the same.
func colliding(n int) []cty.Value {
	first, second := pieces()
	var out []cty.Value
	for i := range n {
		var b strings.Builder
		for bit := range 14 {
			if i>>bit&1 == 0 {
				b.WriteString(first)
			} else {
				b.WriteString(second)
			}
		}
		out = append(out, cty.StringVal(b.String()))
	}
	return out
}

// pieces are two texts of equal length and CRC.
func pieces() (string, string) {
	seen := map[uint32]string{}
	for i := 0; ; i++ {
		text := fmt.Sprintf("%08x", uint32(i)*2654435761)
		crc := crc32.ChecksumIEEE([]byte(text))
		if other, ok := seen[crc]; ok {
			return other, text
		}
		seen[crc] = text
	}
}

// TestOperators are operators in a loop over large values: they are metered,
// too, and an element out of each of five thousand is not too much.
func TestOperators(t *testing.T) {
	ev := evaluate(t, write(t, map[string]string{"main.tf": "variable \"u\" {}\n"}), Options{})
	var list, objects []cty.Value
	for i := range 5000 {
		x := cty.StringVal(fmt.Sprintf("x%d", i))
		list, objects = append(list, x), append(objects, cty.ObjectVal(map[string]cty.Value{"a": x}))
	}
	text := cty.StringVal(strings.Repeat("a", maxString))
	bindings := []binding{
		{"list", cty.ListVal(list)},
		{"objects", cty.ListVal(objects)},
		{"texts", cty.SetVal(list[:1000])},
		{"set", cty.SetVal(objects[:300])},
		{"long", text},
		{"other", cty.StringVal(text.AsString() + "b")},
	}
	for _, expression := range []string{
		"objects == objects", "objects != null", "long == other", "true ? objects : list", "var.u == \"a\" ? objects : objects",
		"[for x in set : 1]", "[for x in texts : 1]", "set == set", "length(texts)", "objects[j]", "can(objects[100000])",
	} {
		// Fifty times as many would be all that there is.
		loop := fmt.Sprintf("[for i in range(1000) : [for j in range(10) : %s]]", expression)
		if steps, refused := budgetedCall(t, ev, maxSteps/50, loop, bindings); !refused {
			t.Errorf("%s takes %d steps", expression, steps)
		}
	}
	for _, expression := range []string{"list[i * 1000 + j]", "objects[i * 1000 + j].a", `list[i * 1000 + j] == "x" ? 1 : 2`} {
		loop := fmt.Sprintf("[for i in range(1) : [for j in range(1000) : %s]]", expression) // a fifth of them
		if steps, refused := meteredCall(t, ev, loop, bindings); refused || steps > maxSteps/5 {
			t.Errorf("%s takes %d steps", expression, steps)
		}
	}
}
