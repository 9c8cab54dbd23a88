package main

import (
	"fmt"
	"strings"
)

// hostileCase is an input that somebody made to take all time and memory.
type hostileCase struct {
	name string
	// files are those of a directory; args are what of it is judged, "." for
	// the directory itself.
	files map[string]string
	args  []string
}

// hostileExpressions are expressions that make much of little, one function of
// Terraform after the other. In them stand for lists of N elements: {L} known
// texts, {H} texts with a value that is not known, {C} one of two texts that
// depend on such a value, {I} numbers; {T} is a text of N bytes, {U} one with a
// value that is not known, and {N} the number.
var hostileExpressions = []string{
	`format("%{N}d", 1)`, `format("%-{N}s", var.s)`, `format("%*d", {N}, 1)`, `format("%{N}s%{N}s%{N}s", {T}, {T}, {T})`, `format("%.{N}f", 1.5)`, `format("%v", {H})`,
	`formatlist("%s-%s", {L}, {H})`, `formatlist("%{N}s", {L})`, `formatlist({T}, {L})`, `formatlist("%s%s%s%s%s%s%s%s", {H}, {H}, {H}, {H}, {H}, {H}, {H}, {H})`,
	`join("-", {H})`, `join(var.s, {L})`, `join({T}, {L})`, `join("", {C})`, `join({U}, {H})`,
	`replace({T}, "0", {T})`, `replace({T}, "/0/", "$0$0$0$0")`, `replace({U}, "/[a-z]/", "x")`, `replace(var.s, "a", {T})`, `replace({U}, "-", {U})`, `replace({T}, "", "xx")`, `replace({T}, "/(0*)*1/", "")`,
	`setproduct({L}, {H})`, `setproduct(toset({H}), {L})`, `setproduct({L}, {L}, {L})`, `setproduct([var.s, "a"], {C})`,
	`flatten([{H}, {L}, {C}])`, `flatten([for i in range(200) : {I}])`, `toset({H})`, `toset({C})`, `toset({L})`, `toset([for x in {H} : [x, x]])`, `toset([for x in {L} : { a = x }])`,
	`distinct({H})`, `distinct({C})`, `distinct({L})`, `distinct([for x in {L} : { a = x, b = [x] }])`, `sort({H})`, `sort({C})`, `sort({L})`,
	`range({N})`, `range(0, {N}, 0.001)`, `range({N}, 0)`, `range(var.n)`,
	`regexall(".", {T})`, `regexall("(a*)*b", {T})`, `regexall("(0|1|2){1,1000}", {T})`, `regexall("0*?0*?0*?0*?1", {T})`, `regexall("-", {U})`, `regexall(var.s, {T})`, `regex("^(0?){500}(0?){500}1$", {T})`, `regexall("(?i)(.{0,900}){0,9}x", {T})`,
	`fileset(".", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")`, `fileset(".", "**/**/**/**/**/**/**/**/**/**/**/**/**/**/*a*a*a*a*a*b")`, `fileset(".", "{{{{{{{{{{a,b},c},d},e},f},g},h},i},j},k}")`, `[for x in {L} : fileset(".", "**")]`,
	`[for x in {L} : file("main.tf")]`, `[for x in {L} : fileexists("./main.tf")]`, `[for x in {L} : fileexists("./nothing/../${x}")]`, `[for x in {L} : filesha256("main.tf")]`, `[for x in {L} : templatefile("t.tpl", { x = x })]`, `templatefile("t.tpl", { x = {H} })`, `templatefile("loop.tpl", { x = {H} })`, `templatefile("loop.tpl", { x = {I} })`, `[for x in {H} : templatefile("t.tpl", { x = x })]`,
	`sha256({U})`, `[for x in {H} : sha256(x)]`, `sha512(join("", [for x in {H} : sha512(x)]))`, `md5({T})`, `[for x in {L} : sha1({T})]`, `bcrypt({T}, 31)`, `[for x in {L} : bcrypt(x, 14)]`, `uuidv5("dns", {T})`, `rsadecrypt({T}, {T})`, `base64sha512({U})`,
	`base64encode({U})`, `base64encode({T})`, `base64decode(base64encode({T}))`, `base64gzip({T})`, `urlencode({U})`, `urlencode({T})`, `textencodebase64({T}, "UTF-16LE")`, `[for x in {L} : base64gzip({T})]`,
	`jsonencode({H})`, `jsonencode({C})`, `jsonencode([for x in {L} : [{H}]])`, `jsonencode({ for x in {H} : x => x })`, `jsondecode(jsonencode({H}))`, `jsondecode(jsonencode({L}))`, `yamlencode({H})`, `yamldecode(yamlencode({L}))`, `yamldecode({T})`, `csvdecode(join("\n", {L}))`, `csvdecode(join("\n", {H}))`, `jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode({L}))))))`,
	`substr({U}, 0, {N})`, `[for i in {I} : substr({T}, i, {N})]`, `split("", {T})`, `split("-", {U})`, `split(var.s, {T})`, `split("0", {T})`, `[for x in split("", {T}) : split(x, {T})]`,
	`chunklist({H}, 1)`, `chunklist({I}, 3)`, `slice({H}, 0, 5)`, `reverse({H})`, `zipmap({L}, {H})`, `zipmap({H}, {H})`, `zipmap({C}, {L})`, `merge([for x in {L} : { (x) = x }]...)`, `merge([for x in {H} : { (x) = x }]...)`, `merge({ for x in {H} : x => x }, { for x in {L} : x => x })`,
	`matchkeys({H}, {L}, {L})`, `matchkeys({L}, {H}, {H})`, `index({H}, "x")`, `[for x in {L} : index({L}, x)]`, `contains({H}, "q")`, `[for x in {L} : contains({H}, x)]`, `lookup({ for x in {H} : x => x }, "a", "b")`, `element({H}, var.n)`, `element({L}, {N})`, `{L}[var.n]`, `{H}[*].x`,
	`keys({ for x in {H} : x => x })`, `values({ for x in {H} : x => x })`, `values({ for x in {L} : x => x })`, `transpose({ for x in {L} : x => {L} })`, `transpose({ for x in {L} : x => [var.s, x] })`, `setintersection({H}, {C})`, `setintersection({L}, {L})`, `setsubtract({C}, {H})`, `setsubtract({L}, {L})`, `setunion({H}, {L}, {C})`,
	`one({H})`, `sum({I})`, `sum([for i in {I} : pow(10, i)])`, `max({I}...)`, `min([for i in {I} : i * var.n]...)`, `concat({H}, {H}, {H}, {H}, {L})`, `coalesce({H}...)`, `coalescelist([for x in {L} : []]...)`, `compact({H})`, `compact({C})`, `alltrue([for x in {H} : x == "a"])`, `anytrue([for x in {C} : x == "a"])`,
	`trimprefix({T}, {T})`, `trim({T}, {T})`, `trim({U}, {U})`, `title({T})`, `upper({U})`, `lower({T})`, `strrev({T})`, `strrev({U})`, `indent({N}, join("\n", {L}))`, `indent(4, {U})`, `chomp({U})`, `startswith({U}, {T})`, `strcontains({U}, {U})`, `strcontains({T}, "${{T}}1")`, `endswith({T}, var.s)`,
	`formatdate({T}, "2020-01-01T00:00:00Z")`, `timeadd("2020-01-01T00:00:00Z", "{N}h")`, `parseint({T}, 36)`, `[for x in {L} : parseint({T}, 10)]`, `pow(10, {N})`, `pow({N}, {N})`, `log(pow(2, {N}), 2)`, `1e{N} * 1e{N}`, `1e{N} % 7`, `"${1e{N}}"`, `ceil(1e{N} / 3)`, `signum(-1e{N})`,
	`cidrsubnets("10.0.0.0/8", [for x in {L} : 16]...)`, `[for i in {I} : cidrhost("10.0.0.0/8", i)]`, `[for i in {I} : cidrsubnet("::/0", 64, i)]`, `[for i in {I} : cidrsubnet(var.s, 8, i)]`,
	`sensitive({H})`, `tolist({C})`, `tomap({ for x in {H} : x => x })`, `tostring({T})`, `try([for x in {L} : nothing.x]...)`, `try({H}[var.n], {L}[0])`, `can([for x in {L} : tonumber(x)])`, `[for x in {L} : try(tonumber(x), x)]`, `[for x in {L} : can(regex("x", x))]`, `[for x in {H} : try(tonumber(x), 0)]`, `nonsensitive(sensitive({H}))`, `type({H})`,
	`{ for x in {H} : x => x... }`, `{ for x in {C} : x => x... }`, `{ for x in {L} : substr(x, 0, 1) => x... }`, `[for x in {H} : x if x != "a"]`, `[for x in {C} : x if x != "a"]`, `[for a in {I} : [for b in {I} : [for c in {I} : a]]]`, `[for a in {L} : [for b in {H} : "${a}${b}"]]`, `[for x in {H} : x == var.s ? x : "b"]`,
	`var.s == "a" ? {L} : {H}`, `var.s == "a" ? { for x in {L} : x => 1 } : { for x in {H} : x => 1 }`, `var.s == "a" ? toset({L}) : toset({H})`, `var.s == "a" ? [for x in {L} : { a = x }] : [for x in {L} : [x]]`, `{L} == {H}`, `toset({L}) == toset({H})`, `{U} == {T}`, `"${{U}}${{U}}${{U}}${{U}}"`,
	`templatestring("%{ for x in v }$${x}%{ endfor }", { v = {L} })`, `provider::aws::arn_parse({T})`, `provider::terraform::encode_expr({H})`, `[for x in {L} : provider::aws::arn_build("aws", "iam", "", x, x)]`, `issensitive({H})`, `ephemeralasnull({H})`, `plantimestamp()`, `[for x in {L} : abspath(x)]`, `[for x in {L} : dirname(basename(x))]`, `pathexpand("~${{T}}")`,
}

func expand(expression string, n int) string {
	list := func(element string) string {
		return fmt.Sprintf("flatten([for i in range(%d) : [for j in range(%d) : %s]])", max(1, n/1000), min(n, 1000), element)
	}
	return strings.NewReplacer(
		"{L}", list(`"${i}-${j}"`), "{H}", list(`"${var.s}-${i}-${j}"`), "{C}", list(`var.s == "a" ? "${i}-${j}" : "b"`), "{I}", list("i * 1000 + j"),
		"{T}", fmt.Sprintf(`join("", [for i in range(%d) : "%s"])`, max(1, n/100), strings.Repeat("0", min(n, 100))),
		"{U}", fmt.Sprintf(`join("", [for i in range(%d) : "${var.s}%s"])`, max(1, n/100), strings.Repeat("a-", min(n, 100)/2)),
		"{N}", fmt.Sprint(n),
	).Replace(expression)
}

const hostileVariables = "variable \"s\" {\n  type = string\n}\nvariable \"n\" {\n  type = number\n}\nprovider \"aws\" {}\n"

// hostileUse has an expression in a document and in the name of a role.
func hostileUse(expression string) string {
	return hostileVariables + "locals {\n  x = " + expression + "\n}\n" + `
resource "aws_iam_role" "r" {
  name                 = "r${length(jsonencode(local.x))}"
  permissions_boundary = "arn:aws:iam::111122223333:policy/b${md5(jsonencode(local.x))}"
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = local.x }] })
}
`
}

// hostileConfigurations are configurations, n large.
func hostileConfigurations(n int) []hostileCase {
	var out []hostileCase
	add := func(name string, files map[string]string) {
		out = append(out, hostileCase{fmt.Sprintf("configuration: %s, %d", name, n), files, []string{"."}})
	}
	for _, expression := range hostileExpressions {
		add(expression, map[string]string{
			"main.tf": hostileUse(expand(expression, n)), "t.tpl": "a${x}b", "loop.tpl": "%{ for a in x }%{ for b in x }${a}${b}%{ endfor }%{ endfor }",
		})
	}
	for name, text := range hostileBlocks(n) {
		add(name, map[string]string{"main.tf": hostileVariables + text})
	}
	for name, files := range hostileTrees(n) {
		add(name, files)
	}
	return out
}

// lines are n lines of text, each made of its number.
func lines(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i) + "\n")
	}
	return b.String()
}

// hostileBlocks are files that are not one expression.
func hostileBlocks(n int) map[string]string {
	few := min(n, 2000)
	set := func(count int) string { return fmt.Sprintf(`toset([for i in range(%d) : "k${i}"])`, count) }
	role := "resource \"aws_iam_role\" \"r\" {\n  name = "
	doubling := func(first, format string) string {
		return "locals {\n  v0 = " + first + "\n" + lines(60, func(i int) string { return fmt.Sprintf("  v%d = "+format, i+1, i, i) }) + "}\n" + role + "jsonencode(local.v60)\n}\n"
	}
	document := "data \"aws_iam_policy_document\" \"d\" {\n%s}\nresource \"aws_iam_policy\" \"p\" {\n  policy = data.aws_iam_policy_document.d.json\n}\n"
	return map[string]string{
		"locals that double text":            doubling(`"${var.s}"`, `"${local.v%[2]d}${local.v%[2]d}"`),
		"locals that double lists":           doubling("[var.s]", "[local.v%[2]d, local.v%[2]d]"),
		"locals that double choices":         doubling(`var.s == "a" ? "b" : "c"`, `var.s == "x${length(local.v%[2]d)}" ? local.v%[2]d : "${local.v%[2]d}y"`),
		"locals that double by concat":       doubling("[var.s]", "concat(local.v%[2]d, local.v%[2]d)"),
		"locals that double by jsonencode":   doubling(`"\"${var.s}"`, `jsonencode(local.v%[2]d)`),
		"a chain of locals":                  "locals {\n  v0 = var.s\n" + lines(few, func(i int) string { return fmt.Sprintf("  v%d = \"${local.v%d}-\"", i+1, i) }) + "}\n" + role + fmt.Sprintf("local.v%d\n}\n", few),
		"choices in one text":                role + `"` + strings.Repeat(`${var.s == "a" ? "b" : "c"}`, few/2) + "\"\n}\n",
		"conditionals in a row":              role + strings.Repeat(`var.s == "a" ? "b" : `, 900) + "\"c\"\n}\n",
		"nested conditionals":                role + strings.Repeat(`(var.s == "a" ? "x" : `, 150) + `"c"` + strings.Repeat(")", 150) + "\n}\n",
		"for_each":                           "resource \"aws_iam_role\" \"r\" {\n  for_each = " + set(few) + "\n  name = \"${var.s}-${each.key}\"\n}\n",
		"for_each of for_each":               "resource \"aws_iam_role\" \"r\" {\n  for_each = " + set(few) + "\n  name = each.key\n}\nresource \"aws_iam_role_policy\" \"p\" {\n  for_each = aws_iam_role.r\n  role = each.value.id\n  policy = jsonencode({ Statement = [for k, v in aws_iam_role.r : { Effect = \"Allow\", Action = \"iam:*\", Resource = v.arn }] })\n}\n",
		"for_each over what is hidden":       "resource \"aws_iam_role\" \"r\" {\n  for_each = toset([for i in range(" + fmt.Sprint(few) + ") : \"${var.s}${i}\"])\n  name = each.key\n}\nresource \"aws_iam_role\" \"q\" {\n  for_each = aws_iam_role.r\n  name = each.value.arn\n}\n",
		"a count of very many":               "resource \"aws_iam_role\" \"r\" {\n  count = " + fmt.Sprint(n) + "\n  name = \"r${count.index}\"\n}\n",
		"dynamic blocks":                     fmt.Sprintf(document, "  dynamic \"statement\" {\n    for_each = "+set(few)+"\n    content {\n      actions = [\"s3:*\"]\n      resources = [\"arn:aws:s3:::${var.s}${statement.key}\"]\n    }\n  }\n"),
		"dynamic blocks in dynamic blocks":   fmt.Sprintf(document, "  dynamic \"statement\" {\n    for_each = "+set(few)+"\n    content {\n      actions = [\"s3:*\"]\n      resources = [\"*\"]\n      dynamic \"condition\" {\n        for_each = "+set(few)+"\n        content {\n          test = \"StringLike\"\n          variable = \"aws:PrincipalTag/${condition.key}\"\n          values = [var.s, statement.key]\n        }\n      }\n    }\n  }\n"),
		"dynamic blocks over what is hidden": fmt.Sprintf(document, "  dynamic \"statement\" {\n    for_each = [for i in range("+fmt.Sprint(few)+") : var.s if var.s != \"x${i}\"]\n    content {\n      actions = [\"s3:*\"]\n      resources = [statement.value]\n    }\n  }\n"),
		"statements": fmt.Sprintf(document, lines(few, func(i int) string {
			return fmt.Sprintf("  statement {\n    actions = [\"s3:*\"]\n    resources = [\"arn:aws:s3:::${var.s}%d\"]\n  }", i)
		})),
		"documents of documents": lines(min(few, 500), func(i int) string {
			return fmt.Sprintf("data \"aws_iam_policy_document\" \"d%d\" {\n  source_policy_documents = [data.aws_iam_policy_document.d%d.json, data.aws_iam_policy_document.d%d.json]\n}", i, i+1, i+1)
		}) + "resource \"aws_iam_policy\" \"p\" {\n  policy = data.aws_iam_policy_document.d0.json\n}\n",
		"a huge heredoc": role + "<<EOT\n" + strings.Repeat("${var.s} x\n", n/4) + "EOT\n}\n",
		"a huge document": "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [\n" + lines(few, func(i int) string {
			return fmt.Sprintf(`{ Effect = "Allow", Action = ["s3:Get%d", var.s], Resource = ["*", "${var.s}%d"] },`, i, i)
		}) + "] })\n}\n",
		"roles with very many policies": "resource \"aws_iam_role\" \"r\" {\n  count = 20\n  name = \"r\"\n  managed_policy_arns = [for i in range(" + fmt.Sprint(few) + ") : \"arn:aws:iam::${var.s}:policy/${i}\"]\n}\n",
		"blocks nested deep":            "resource \"aws_iam_role\" \"r\" {\n" + strings.Repeat("inline_policy {\n", 190) + strings.Repeat("}\n", 190) + "}\n",
		"validations": lines(few, func(i int) string {
			return fmt.Sprintf("variable \"v%d\" {\n  type = string\n  validation {\n    condition = length(regexall(\"a{1,900}\", var.v%d)) > 0 || contains([for i in range(500) : \"x${i}\"], var.v%d)\n    error_message = \"x\"\n  }\n}", i, i, i)
		}) + role + "\"${var.v0}${var.v1}\"\n}\n",
		"comments that ignore":    lines(n/10, func(i int) string { return fmt.Sprintf("# boundlint:ignore boundary-missing reason=\"%d\"", i) }) + role + "\"r\"\n}\n",
		"variables of deep types": "variable \"d\" {\n  type = " + strings.Repeat("list(object({ a = optional(", 50) + "string" + strings.Repeat(") }))", 50) + "\n}\n" + role + "jsonencode(var.d)\n}\n",
		"attributes of an object": "locals {\n  o = {\n" + lines(few, func(i int) string { return fmt.Sprintf("    a%d = var.s", i) }) + "  }\n}\n" + role + "jsonencode([for k, v in local.o : [for l, w in local.o : v]])\n}\n",
		"symbols in symbols": "resource \"aws_iam_role\" \"r0\" {\n  name = var.s\n}\n" + lines(few, func(i int) string {
			return fmt.Sprintf("resource \"aws_iam_role\" \"r%d\" {\n  name = \"${aws_iam_role.r%d.arn}-${aws_iam_role.r%d.name}\"\n}", i+1, i, i)
		}),
		"functions in functions": role + strings.Repeat("upper(lower(", 90) + "var.s" + strings.Repeat("))", 90) + "\n}\n",
		"hashes of hashes":       role + strings.Repeat("sha512(jsonencode([", 60) + "var.s" + strings.Repeat("]))", 60) + "\n}\n",
	}
}

// hostileTrees are trees of several files.
func hostileTrees(n int) map[string]map[string]string {
	few := min(n, 300)
	chain := map[string]string{"main.tf": hostileVariables + "module \"m\" {\n  source = \"./m0\"\n  s = var.s\n}\n"}
	wide := map[string]string{"main.tf": hostileVariables + "module \"m\" {\n  source = \"./m0\"\n  count = 50\n  s = var.s\n}\n"}
	for i := range 20 {
		call := fmt.Sprintf("variable \"s\" {}\nmodule \"m\" {\n  source = \"../m%d\"\n  %%s\n  s = \"${var.s}${var.s}\"\n}\nresource \"aws_iam_role\" \"r\" {\n  name = var.s\n}\n", i+1)
		chain[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf(call, "")
		wide[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf(call, "count = 50")
	}
	roots := map[string]string{}
	files := map[string]string{}
	for i := range few {
		roots[fmt.Sprintf("r%d/main.tf", i)] = hostileUse(expand("jsonencode({H})", min(n, 5000)))
		files[fmt.Sprintf("f%d.tf", i)] = fmt.Sprintf("locals {\n  l%d = \"${local.l%d}x\"\n}\nresource \"aws_iam_role\" \"r%d\" {\n  name = local.l%d\n}\n", i, i+1, i, i)
	}
	return map[string]map[string]string{
		"modules in modules": chain, "modules by count": wide, "very many roots": roots, "very many files": files,
		"values":         {"main.tf": hostileUse("var.v") + "variable \"v\" {}\n", "terraform.tfvars": "v = [" + strings.Repeat("\"x\",", n) + "]\ns = \"" + strings.Repeat("x", n) + "\"\n"},
		"values as JSON": {"main.tf": hostileUse("var.v") + "variable \"v\" {}\n", "a.auto.tfvars.json": `{"v":` + strings.Repeat("[", 180) + strings.Repeat("]", 180) + `,"s":"` + strings.Repeat("x", n) + `"}`},
		"JSON":           {"main.tf.json": `{"variable":{"s":{}},"locals":{"a":[` + strings.Repeat(`"${var.s}",`, min(n, 90_000)) + `1]},"resource":{"aws_iam_role":{"r":{"name":"${jsonencode(local.a)}"}}}}`},
		"templates":      {"main.tf": hostileUse(`templatefile("a.tpl", { s = var.s })`), "a.tpl": strings.Repeat("${s}%{ if s == \"a\" }x%{ endif }", n/10)},
		"configuration":  {"main.tf": hostileUse("1"), ".boundlint.hcl": "exempt {\n  rule = \"boundary-missing\"\n  address = \"" + strings.Repeat("*a", n/100) + "\"\n  reason = \"x\"\n}\n"},
	}
}
