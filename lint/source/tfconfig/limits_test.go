package tfconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
)

// write makes a directory of files for a test.
func write(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// role is a role whose boundary is an expression, beside which a second role
// must still be seen.
func role(boundary string) string {
	return "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  permissions_boundary = " + boundary + "\n}\n"
}

const beside = "resource \"aws_iam_user\" \"beside\" {\n  name = \"beside\"\n}\n"

// hostile are inputs that would take the process down, or for ever, and what
// the diagnostic, or the reason of what is unknown, says of them.
func hostile() map[string]struct {
	files map[string]string
	want  string
} {
	type input = struct {
		files map[string]string
		want  string
	}
	rep := strings.Repeat
	main := func(text, want string) input {
		return input{map[string]string{"main.tf": text, "beside.tf": beside}, want}
	}
	doubling := func(first, format string, n int) string {
		var b strings.Builder
		b.WriteString("locals {\n  v0 = " + first + "\n")
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, "  v%d = "+format+"\n", i, i-1, i-1)
		}
		b.WriteString("}\n")
		return b.String() + role(fmt.Sprintf("jsonencode(local.v%d)", n))
	}
	yamlBomb := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 10; i++ {
		yamlBomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(rep(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	return map[string]input{
		"conditionals in a row":     main(role(rep("true ? 1 : ", 5000)+"1"), "operators in a row"),
		"sums in a row":             main(role("1"+rep("+1", 50_000)), "operators in a row"),
		"negations in a row":        main(role(rep("!", 50_000)+"true"), "operators in a row"),
		"minus signs in a row":      main(role(rep("-", 50_000)+"1"), "operators in a row"),
		"parentheses":               main(role(rep("(", 100_000)+"1"+rep(")", 100_000)), "nested more than"),
		"brackets":                  main(role(rep("[", 1_500_000)), "nested more than"),
		"braces":                    main(role(rep("{a=", 100_000)+"1"+rep("}", 100_000)), "nested more than"),
		"blocks":                    main(rep("a {\n", 100_000)+rep("}\n", 100_000), "nested more than"),
		"indexes in a row":          main(role("local.x"+rep("[0]", 50_000)), "operators in a row"),
		"quotes in interpolations":  main(role(rep(`"${`, 10_000)+"1"+rep(`}"`, 10_000)), "nested more than"),
		"template directives":       main(role(`"`+rep("%{ if true }", 10_000)+rep("%{ endif }", 10_000)+`"`), "nested more than"),
		"a heredoc of directives":   main(role("<<EOT\n"+rep("%{ for x in [1] }\n", 10_000)+"EOT"), "nested more than"),
		"very many tokens":          main("locals {\n x = ["+rep("1,", 1_500_000)+"]\n}\n", "tokens"),
		"a file beyond the cap":     main(rep("# padding\n", 500_000), "larger than"),
		"the runes of symbols":      main(role("\"\U0010FFFC0\U0010FFFD\""), "U+10FFFC"),
		"escaped runes of symbols":  main(role(`"\U0010FFFC0\U0010FFFD"`), "U+10FFFC"),
		"runes in base64":           main(role(`base64decode("9I+/vDD0j7+9")`), "U+10FFFC"),
		"runes in JSON":             main(role(`jsondecode("\"\\uDBFF\\uDFFC0\\uDBFF\\uDFFD\"")`), "U+10FFFC"),
		"JSON nested in .tf.json":   {map[string]string{"a.tf.json": rep(`{"a":`, 200_000) + "1" + rep("}", 200_000), "beside.tf": beside}, "nested more than"},
		"expressions in .tf.json":   {map[string]string{"a.tf.json": `{"locals":{"a":"${` + rep("(", 100_000) + `"}}`, "beside.tf": beside}, "nested more than"},
		"JSON nested in jsondecode": main(role(`jsondecode("`+rep("[", 200_000)+`")`), "nested more than"),
		"YAML nested":               main(role(`yamldecode("`+rep("[", 200_000)+`")`), "nested more than"),
		"YAML dashes":               main(role(`yamldecode("`+rep("- ", 50_000)+`1")`), "nested more than"),
		"YAML aliases": {map[string]string{
			"main.tf": role(`jsonencode(yamldecode(file("bomb.yaml")))`), "bomb.yaml": yamlBomb, "beside.tf": beside,
		}, "aliases"},
		"doubling strings":       main(doubling(`"xxxxxxxxxxxxxxxx"`, `"${local.v%[2]d}${local.v%[2]d}"`, 40), "longer than"),
		"doubling lists":         main(doubling("[1]", "[local.v%[2]d, local.v%[2]d]", 40), "elements"),
		"doubling objects":       main(doubling("{ a = 1 }", "{ a = local.v%[2]d, b = local.v%[2]d }", 40), "elements"),
		"doubling by concat":     main(doubling("[1]", "concat(local.v%[2]d, local.v%[2]d)", 40), "too large"),
		"nested for":             main(role("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]"), "too many steps"),
		"setproduct":             main(role("setproduct(range(1000), range(1000), range(1000))"), "too large"),
		"replace that grows":     main("locals {\n a = join(\"\", [for i in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"])\n}\n"+role(`replace(local.a, "a", local.a)`), "too large"),
		"regular replace":        main("locals {\n a = join(\"\", [for i in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"])\n}\n"+role(`replace(local.a, "/a/", local.a)`), "too large"),
		"format widths":          main(role(`format("%999999999d", 1)`), ""),
		"format star widths":     main(role(`format("%*d", 999999999, 1)`), ""),
		"format repeated":        main("locals {\n a = join(\"\", [for i in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"])\n}\n"+role(`format("`+rep("%[1]s", 5000)+`", local.a)`), "too large"),
		"indent":                 main(role(`indent(1000000000, "a\nb")`), "too large"),
		"join that grows":        main("locals {\n a = join(\"\", [for i in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"])\n}\n"+role(`join(local.a, range(1000))`), "too large"),
		"regular expressions":    main(role(`regexall("`+rep("(a?){1000}", 50)+`", "aaaa")`), ""),
		"a count of 10^9":        main("resource \"aws_iam_role\" \"n\" {\n count = 1000000000\n name = \"n${count.index}\"\n}\n", "instances"),
		"a count of 10^300":      main("resource \"aws_iam_role\" \"n\" {\n count = 1e300\n name = \"n${count.index}\"\n}\n", "whole number"),
		"huge exponents":         main(role("1e999999999"), ""),
		"huge exponents printed": main(role(`"x${1e99999}"`), "too large"),
		"huge exponents encoded": main(role(`jsonencode(1e99999)`), "too large"),
		"tostring of exponents":  main(role(`tostring(1e99999)`), "too large"),
		"powers":                 main(role(`"${pow(10, 100000000)}"`), ""),
		"modulo of exponents":    main(role(`1e99999 % 7`), ""),
		"a cycle of locals":      main("locals {\n a = local.b\n b = local.a\n}\n"+role("local.a"), "depends on itself"),
		"a cycle of resources":   main("resource \"aws_iam_role\" \"a\" {\n name = aws_iam_role.b.name\n}\nresource \"aws_iam_role\" \"b\" {\n name = aws_iam_role.a.name\n}\n", ""),
		"a cycle of count":       main("resource \"aws_iam_role\" \"a\" {\n count = length(aws_iam_role.b)\n name = \"a\"\n}\nresource \"aws_iam_role\" \"b\" {\n count = length(aws_iam_role.a)\n name = \"b\"\n}\n", ""),
		"a cycle of documents":   main("data \"aws_iam_policy_document\" \"d\" {\n source_policy_documents = [data.aws_iam_policy_document.d.json]\n}\nresource \"aws_iam_policy\" \"p\" {\n policy = data.aws_iam_policy_document.d.json\n}\n", ""),
		"a long chain of locals": main(func() string {
			var b strings.Builder
			b.WriteString("locals {\n  v0 = \"x\"\n")
			for i := 1; i < 20_000; i++ {
				fmt.Fprintf(&b, "  v%d = local.v%d\n", i, i-1)
			}
			b.WriteString("}\n")
			return b.String() + role("local.v19999")
		}(), "nested too deeply"),
		"a module that calls itself": main("module \"self\" {\n  source = \"./\"\n}\n", "calls itself"),
		"modules by count": {map[string]string{
			"main.tf": "module \"a\" {\n count = 1000\n source = \"./m1\"\n}\n", "beside.tf": beside,
			"m1/main.tf": "module \"a\" {\n count = 1000\n source = \"../m2\"\n}\n",
			"m2/main.tf": "module \"a\" {\n count = 1000\n source = \"../m3\"\n}\n",
			"m3/main.tf": "resource \"aws_iam_role\" \"r\" {\n count = 1000\n name = \"r\"\n}\n",
		}, "instances"},
		"a template that includes itself": {map[string]string{
			"main.tf": role(`templatefile("t.tpl", { x = 1 })`), "beside.tf": beside,
			"t.tpl": `${templatefile("t.tpl", { x = 1 })}`,
		}, "templates are nested"},
		"a template that branches": {map[string]string{
			"main.tf": role(`templatefile("t.tpl", { x = 1 })`), "beside.tf": beside,
			"t.tpl": rep(`${templatefile("t.tpl", { x = 1 })}`, 20),
		}, "templates are nested"},
		"a deep template file": {map[string]string{
			"main.tf": role(`templatefile("t.tpl", {})`), "beside.tf": beside, "t.tpl": "${" + rep("(", 100_000),
		}, "nested more than"},
		"a long list in JSON":        {map[string]string{"a.tf.json": `{"locals":{"a":[` + rep("1,", 1_900_000) + `1]}}`, "beside.tf": beside}, "elements"},
		"templates in JSON":          {map[string]string{"a.tf.json": `{"locals":{"a":[` + rep(`"${1}",`, 550_000) + `1]}}`, "beside.tf": beside}, "elements"},
		"a long list of values":      {map[string]string{"terraform.tfvars": "a = [" + rep("1,", 1_900_000) + "]", "beside.tf": beside}, "tokens"},
		"a long list of JSON values": {map[string]string{"terraform.tfvars.json": `{"a":[` + rep("1,", 1_900_000) + `1]}`, "beside.tf": beside}, "elements"},
		"nested values":              {map[string]string{"terraform.tfvars": "a = " + rep("[", 1_900_000), "beside.tf": beside}, "nested more than"},
		"a long text to decode":      {map[string]string{"main.tf": role(`jsonencode(jsondecode(file("c.json")))`), "c.json": "[" + rep("1,", 500_000) + "1]", "beside.tf": beside}, "elements"},
		"a long table to decode":     {map[string]string{"main.tf": role(`jsonencode(csvdecode(file("c.csv")))`), "c.csv": "a,b\n" + rep("1,2\n", 250_000), "beside.tf": beside}, "too large"},
		"comments without end":       main(rep("# boundlint:ignore a reason=\"x\"\n", 110_000)+role("1"), ""),
		"comments without end in JSON": {map[string]string{
			"a.tf.json": `{"output":{` + strings.TrimSuffix(rep(`"o":{"//":"boundlint:ignore boundary-missing"},`, 70_000), ",") + "}}", "beside.tf": beside,
		}, "more than 5000 ignore comments"},
		"module calls without end": main(func() string {
			var b strings.Builder
			for i := range 10_000 {
				fmt.Fprintf(&b, "module \"m%d\" {\n  source = \"./m%d\"\n}\n", i, i)
			}
			return b.String()
		}(), "there is no directory"),
		"an absolute path":    main(role(`file("/etc/passwd")`), "outside"),
		"a home directory":    main(role(`file("~/.ssh/id_rsa")`), "outside"),
		"a path that climbs":  main(role(`file("../../../../../../etc/passwd")`), "outside"),
		"a template outside":  main(role(`templatefile("../t", {})`), "outside"),
		"a fileset outside":   main(role(`jsonencode(fileset("../../..", "**"))`), "outside"),
		"a pattern outside":   main(role(`jsonencode(fileset(".", "../../../**"))`), "outside"),
		"a file that is none": main(role(`file(".")`), "it is a directory"),
		"a module outside":    main("module \"m\" {\n source = \"../../../../../../../../etc\"\n}\n", ""),
		"glob stars":          main(role(`jsonencode(fileset(".", "`+rep("**/", 3000)+`*"))`), ""),
	}
}

// TestHostile proves that each hostile input ends, says what is wrong, and
// costs the rest of the configuration nothing.
func TestHostile(t *testing.T) {
	for name, input := range hostile() {
		t.Run(name, func(t *testing.T) {
			dir := write(t, input.files)
			m := loadModel(t, dir)
			said := messages(m)
			if input.want != "" && !strings.Contains(said, input.want) {
				t.Errorf("want a diagnostic with %q, got:\n%s", input.want, said)
			}
			if len(said) > 100_000 && len(m.Unchecked) == 0 {
				t.Errorf("%d bytes of diagnostics", len(said))
			}
			found := false
			for _, e := range m.Entities {
				found = found || e.Address == "aws_iam_user.beside"
			}
			if input.files["beside.tf"] != "" && !found {
				t.Error("the other file is not seen")
			}
		})
	}
}

// BenchmarkHostile tells how soon they end.
func BenchmarkHostile(b *testing.B) {
	for name, input := range hostile() {
		b.Run(name, func(b *testing.B) {
			dir := write(b, input.files)
			for b.Loop() {
				loadModel(b, dir)
			}
		})
	}
}

func loadModel(tb testing.TB, dir string) *iam.Model {
	tb.Helper()
	m, err := Load(dir, Options{Base: dir})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// messages are all that a model says: diagnostics, what was not checked, and
// why boundlint does not know boundaries.
func messages(m *iam.Model) string {
	var b strings.Builder
	for _, d := range m.Diagnostics {
		fmt.Fprintf(&b, "%s:%d: %s\n", d.Location.File, d.Location.Range.Start.Line, d.Summary)
	}
	for _, u := range m.Unchecked {
		b.WriteString(u.Message + "\n")
	}
	for _, e := range m.Entities {
		for _, s := range e.Boundary.Text.Symbols() {
			b.WriteString(strings.Join(s.Reasons, "\n") + "\n")
		}
	}
	return b.String()
}

// TestNothingOutside proves that links out of the tree are not followed.
func TestNothingOutside(t *testing.T) {
	outside := write(t, map[string]string{"secret": "TOP SECRET", "m/main.tf": beside})
	dir := write(t, map[string]string{"main.tf": role(`file("link")`) + "module \"m\" {\n  source = \"./linked\"\n}\nmodule \"n\" {\n  source = \"" + "../" + filepath.Base(outside) + "/m\"\n}\n"})
	for name, target := range map[string]string{"link": "secret", "linked": "m"} {
		if err := os.Symlink(filepath.Join(outside, target), filepath.Join(dir, name)); err != nil {
			t.Skip("links cannot be made here")
		}
	}
	m := loadModel(t, dir)
	for _, e := range m.Entities {
		if strings.Contains(e.Address, "beside") {
			t.Errorf("%s was read from outside", e.Address)
		}
	}
	if len(m.Unchecked) != 2 {
		t.Errorf("want two modules not checked, got %v", m.Unchecked)
	}
	if said := messages(m); strings.Contains(said, "SECRET") || !strings.Contains(said, "boundlint does not read link: it lies outside") {
		t.Errorf("diagnostics: %s", said)
	}
}

// TestSpecialFiles proves that a FIFO, which blocks its reader, is not opened.
func TestSpecialFiles(t *testing.T) {
	dir := write(t, map[string]string{"main.tf": role(`file("pipe")`), "beside.tf": beside})
	if runtime.GOOS == "windows" || makeFIFO(filepath.Join(dir, "pipe")) != nil || makeFIFO(filepath.Join(dir, "pipe.tf")) != nil ||
		makeFIFO(filepath.Join(dir, "x.auto.tfvars")) != nil {
		t.Skip("pipes cannot be made here")
	}
	done := make(chan string, 1)
	go func() { done <- messages(loadModel(t, dir)) }()
	select {
	case said := <-done:
		if strings.Count(said, "not a regular file") != 3 {
			t.Errorf("diagnostics: %s", said)
		}
	case <-time.After(time.Second):
		t.Fatal("reading a pipe hangs")
	}
}

// TestShapes proves that the shape scanner lets ordinary text pass.
func TestShapes(t *testing.T) {
	for name, src := range map[string]string{
		"brackets in strings":       `a = "` + strings.Repeat("((([[[{{{", 100) + `"`,
		"brackets in comments":      "# " + strings.Repeat("(", 500) + "\n/* " + strings.Repeat("{\n", 500) + "*/ a = 1 // " + strings.Repeat("[", 500),
		"brackets in a heredoc":     "a = <<-EOT\n" + strings.Repeat("( [ {\n", 500) + "  EOT\nb = 1\n",
		"escaped interpolations":    `a = "` + strings.Repeat("$${x %%{ if", 500) + `"`,
		"many interpolations":       `a = "` + strings.Repeat("${x}-", 5000) + `"`,
		"a long list":               "a = [" + strings.Repeat("1 + 1,\n", 5000) + "]",
		"many attributes":           strings.Repeat("a = 1 + 1\n", 5000),
		"a marker within a heredoc": "a = <<EOT\n EOTX\n\"${1}\" \"\nEOT\nb = (1)\n",
		"less than":                 "a = 1 << 2\nb = 3\n",
		"closing ones":              strings.Repeat("}", 500),
		"if and endif in a row":     `a = "` + strings.Repeat("%{ if x }y%{ else }z%{ endif }", 1000) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := checkShape([]byte(src)); err != nil {
				t.Error(err)
			}
		})
	}
}
