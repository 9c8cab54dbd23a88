package tfconfig

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	providerDir   = "testdata/provider"
	unknownAnswer = "unknown"
)

// settled are the attributes of resources that are certain here although a
// plan does not know them: AWS gives them to everything that it makes, and the
// id of what IAM has is its name or its ARN.
var settled = []string{"arn", "id", "name", "unique_id"}

// providerExpressions are the expressions of testdata/provider, one a line.
func providerExpressions(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(providerDir, "expressions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(src)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// TestProvider compares what expressions over resources give with what the
// real Terraform makes of them once the real AWS provider has planned the
// resources. Its answers are in a golden file, so that the test means something
// without the tools; with them Terraform is asked again.
func TestProvider(t *testing.T) {
	golden := filepath.Join(providerDir, "expressions.golden")
	var answers map[string]string
	if src, err := os.ReadFile(golden); err == nil {
		if err := json.Unmarshal(src, &answers); err != nil {
			t.Fatal(err)
		}
	}
	expressions := providerExpressions(t)
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform != "" && plugins != "" {
		asked := map[string]string{}
		for i, answer := range consolePlan(t, terraform, plugins, expressions) {
			asked[expressions[i]] = answer
		}
		if *update {
			writeGolden(t, golden, asked)
		} else if !maps.Equal(asked, answers) {
			t.Error("terraform answers otherwise than the golden file has it: run with -update and look at the difference")
		}
		answers = asked
	}
	if answers == nil {
		t.Skip("the answers are written by the real terraform: set BOUNDLINT_TEST_TERRAFORM and BOUNDLINT_TEST_PLUGIN_DIR")
	}
	ev := evaluate(t, providerDir, Options{})
	agree := 0
	for _, x := range expressions {
		want, ok := answers[x]
		if !ok {
			t.Errorf("%s is not in the golden file: run with -update and a terraform", x)
			continue
		}
		got := consoleValue(ev, x)
		reason, differs := providerDiffers[x]
		switch {
		case differs && got == want:
			t.Errorf("%s agrees, although it is said to differ: %s", x, reason)
		case !differs && got != want:
			t.Errorf("%s\n     here %s\nterraform %s", x, got, want)
		case got == want:
			agree++
		}
	}
	t.Logf("%d of %d agree", agree, len(expressions))
}

// providerDiffers are the expressions in which this evaluator does not agree
// with Terraform on purpose, and why.
var providerDiffers = map[string]string{
	"aws_iam_role.role.id":                        "the id of a role is its name",
	"can(local.role.arn)":                         "every role has an ARN",
	`can(regex("^arn:", local.role.arn))`:         "every ARN begins like that",
	`lookup(local.role, "arn", "none") == "none"`: "no ARN is that",

	"aws_security_group.group.ingress":                                                   inBlocks,
	"[for r in local.group.ingress : r.description]":                                     inBlocks,
	"aws_instance.instance.source_dest_check":                                            "the provider plans another default where there is a network_interface",
	"local.instance.ipv6_addresses == []":                                                "what is unknown is equal to nothing and to everything here",
	"local.role.tags_all == {}":                                                          "as above",
	"tolist([aws_iam_role.role, aws_iam_role.prefixed])[1].max_session_duration":         unified,
	"tomap({ a = aws_iam_role.role, b = aws_iam_role.prefixed }).b.max_session_duration": unified,
}

const (
	inBlocks = "what the provider makes of an attribute of objects that is written as blocks is not known, and so not the number of different ones"
	unified  = "the symbol of a list has not the type of the list beside it"
)

// TestProviderAttributes asks for every attribute of every resource in
// testdata/provider in many ways. What is certain here Terraform must say too;
// what it knows may be unknown here.
func TestProviderAttributes(t *testing.T) {
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform == "" || plugins == "" || testing.Short() {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	ev := evaluate(t, providerDir, Options{})
	expressions, settled := attributeExpressions(ev)
	agree := 0
	for i, want := range consolePlan(t, terraform, plugins, expressions) {
		switch got := consoleValue(ev, expressions[i]); {
		case got == want:
			agree++
		case got == unknownAnswer, want == unknownAnswer && settled[i], want == "sensitive", got == "sensitive" && want == "true":
		default:
			t.Errorf("%s\n     here %s\nterraform %s", expressions[i], got, want)
		}
	}
	t.Logf("%d of %d agree", agree, len(expressions))
	if agree < len(expressions)*3/4 {
		t.Error("too little is known")
	}
}

// attributeExpressions are expressions over every attribute and nested block
// of the resources, and whether each may be settled.
func attributeExpressions(ev *evaluator) (list []string, maySettle []bool) {
	forms := func(formats string, whole, name, inner string) {
		for format := range strings.SplitSeq(formats, "\n") {
			x := strings.NewReplacer("WHOLE", whole, "X", whole+"."+name, "NAME", name, "INNER", inner).Replace(format)
			list, maySettle = append(list, x), append(maySettle, slices.Contains(settled, name) || referring[whole+"."+name])
		}
	}
	for _, address := range ev.root.config.resourceOrder {
		all := ev.root.resource(address)
		declared := all.block.schema()
		if declared == nil || all.kind != expandNone {
			continue
		}
		// In a tuple, so that Terraform does not refuse a step before it
		// evaluates anything.
		whole := "[" + address + "][0]"
		for _, name := range declared.Names() {
			forms(attributeForms, whole, name, "")
			n := declared.Nested(name)
			if n == nil {
				continue
			}
			for _, inner := range n.Block().Names() {
				forms(blockForms, whole, name, inner)
			}
		}
	}
	return list, maySettle
}

// referring are the attributes in testdata/provider that are set to one which
// is settled.
var referring = map[string]bool{
	"[aws_eks_cluster.cluster][0].role_arn":       true,
	"[aws_kms_alias.alias][0].target_key_id":      true,
	"[aws_lambda_function.function][0].role":      true,
	"[aws_eks_cluster.cluster][0].vpc_config":     true, // it is there, whatever the provider makes of it
	"[aws_instance.instance][0].metadata_options": true,
}

const attributeForms = `X
X == null
X == ""
X != null ? 1 : 2
try(X, "d")
try(X[0], "d")
try(X.nosuch, "d")
try(tolist(X), "d")
can(X)
length(X)
length(compact([X]))
coalesce(X, "d")
tostring(X)
"x-${X}"
flatten([[X]])
concat(X, [1])
X[*]
[for y in X : 1]
lookup(WHOLE, "NAME", 1)
merge(WHOLE, {}).NAME
{ for k, v in WHOLE : k => v }.NAME`

const blockForms = `X[*].INNER
[for y in X : y.INNER]
one(X).INNER
try(X.INNER, "d")
try(X[0].INNER, "d")
try(X[1].INNER, "d")
try(tolist(X)[0].INNER, "d")`

// consolePlan asks the real terraform what expressions give once the
// configuration in testdata/provider is planned by the real AWS provider:
// JSON, "error", "sensitive" or "unknown".
func consolePlan(t *testing.T, terraform, plugins string, expressions []string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(providerDir)); err != nil {
		t.Fatal(err)
	}
	run := func(input string, args ...string) string {
		cmd := exec.Command(terraform, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.Output()
		if err != nil {
			var failed *exec.ExitError
			errors.As(err, &failed)
			t.Fatalf("terraform %v: %v\n%s\n%s", args, err, out, failed.Stderr)
		}
		return string(out)
	}
	// The answers are a list, one element a line, since what is encoded takes
	// one. An error would end the console.
	var answers strings.Builder
	answers.WriteString("locals {\n  answers = [\n")
	for _, x := range expressions {
		answers.WriteString("    try(jsonencode(" + x + "), \"error\"),\n")
	}
	answers.WriteString("  ]\n}\n")
	if err := os.WriteFile(filepath.Join(dir, "answers.tf"), []byte(answers.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run("", "init", "-plugin-dir="+plugins, "-no-color")
	_, list, _ := strings.Cut("\n"+run("local.answers\n", "console", "-plan", "-no-color"), "\n[\n")
	list, _, _ = strings.Cut(list, "\n]")
	lines := strings.Split(list, "\n")
	if len(lines) != len(expressions) {
		t.Fatalf("%d answers for %d expressions", len(lines), len(expressions))
	}
	for i, line := range lines {
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		switch line {
		case "(sensitive value)":
			lines[i] = "sensitive"
		case "(known after apply)":
			lines[i] = unknownAnswer
		default:
			line = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(line)
			x, diags := hclsyntax.ParseExpression([]byte(line), "console", hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatalf("%s: terraform says %s", expressions[i], line)
			}
			v, diags := x.Value(nil)
			if diags.HasErrors() || !isText(v) {
				t.Fatalf("%s: terraform says %s", expressions[i], line)
			}
			lines[i] = v.AsString()
		}
	}
	return lines
}
