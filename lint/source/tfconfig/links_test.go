package tfconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// linked makes a repository with links in it, and returns its root module.
func linked(t *testing.T) string {
	t.Helper()
	base := write(t, map[string]string{
		"repo/root/main.tf":  "# nothing\n",
		"repo/root/d/a.json": "a", "repo/root/d/sub/b.json": "b", "repo/root/d/.hidden.json": "h",
		"repo/root/e/f.json": "f", "repo/root/e/!.json": "!",
		"repo/shared/c.json": "c", "repo/shared/more/e.json": "e",
		"out/o.json": "o", "repo/.git/config": "",
	})
	root := filepath.Join(base, "repo", "root")
	for name, target := range map[string]string{
		"d/c.json": "../../shared/c.json", "d/linked": "../../shared", "twice": "d/c.json", "dlink": "d",
		"broken/x.json": "nothing.json", "loop/around": ".", "loop/f.json": "../e/f.json",
		"o.json": "../../out/o.json", "outside/dir": "../../../out", "absolute.json": filepath.Join(base, "out", "o.json"),
		"gone.json": "../../out/nothing.json", "self": "self",
	} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.FromSlash(target), p); err != nil {
			t.Skip("links cannot be made here")
		}
	}
	return root
}

// linkExpressions are expressions over the files of linked, and what terraform
// console says of them. Where it reads what boundlint does not, the answer
// here is unknown.
var linkExpressions = map[string]string{
	// Links inside of the tree.
	`file("d/c.json")`:                                                   `"c"`,
	`file("twice")`:                                                      `"c"`,
	`file("d/linked/more/e.json")`:                                       `"e"`,
	`file("d/linked/../a.json")`:                                         `"a"`,
	`filebase64("dlink/c.json")`:                                         `"Yw=="`,
	`templatefile("twice", {})`:                                          `"c"`,
	`fileexists("d/c.json")`:                                             `true`,
	`fileexists("dlink/a.json")`:                                         `true`,
	`fileexists("twice")`:                                                `true`,
	`fileexists("./d//../dlink/c.json")`:                                 `true`,
	`fileexists("d/linked/more/e.json")`:                                 `true`,
	`fileexists("d/linked/../a.json")`:                                   `true`,
	`fileexists("d/linked/../c.json")`:                                   `true`,
	`fileexists("dlink/linked/../../e/f.json")`:                          `true`,
	`fileexists("loop/around/around/f.json")`:                            `true`,
	`fileexists("loop/around/../e/f.json")`:                              `false`,
	`fileexists("D/a.json")`:                                             `false`,
	`fileexists(join("/", [for i in range(1000) : "d/.."]))`:             `unknown`,
	`fileset("d", "{a,}.json")`:                                          `["a.json"]`,
	`fileset("d", "{a,a,[a-c]}.json")`:                                   `["a.json","c.json"]`,
	`fileset("d", "{linked,sub}/*.json")`:                                `["linked/c.json","sub/b.json"]`,
	`fileset("d", "**/{b,e}.json")`:                                      `["linked/more/e.json","sub/b.json"]`,
	`fileset("d", "*{.json}")`:                                           `[".hidden.json","a.json","c.json"]`,
	`fileset("d", "\\{a,c\\}.json")`:                                     `[]`,
	`can(fileset("d", "{a,c"))`:                                          `false`,
	`fileset("d", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")`: `unknown`,
	`fileset("d", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")`:      `[]`,
	`fileset("d", join("", [for i in range(1000) : "*****"]))`:           `unknown`,
	`fileset(".", "d/*.json")`:                                           `["d/.hidden.json","d/a.json","d/c.json"]`,
	`fileset("d", "*.json")`:                                             `[".hidden.json","a.json","c.json"]`,
	`fileset("d", "c.json")`:                                             `["c.json"]`,
	`fileset("d", "linked")`:                                             `[]`,
	`fileset("d", "linked/*")`:                                           `["linked/c.json"]`,
	`fileset("d", "**/[ce].json")`:                                       `["c.json","linked/c.json","linked/more/e.json"]`,
	`fileset("d/linked", "**")`:                                          `["c.json","more/e.json"]`,
	`fileset("dlink", "{a,c,x}.json")`:                                   `["a.json","c.json"]`,
	`fileset("d", "../e/f.json")`:                                        `["../e/f.json"]`,
	`fileset("loop", "f.json")`:                                          `["f.json"]`,
	`fileset("loop", "around/f.json")`:                                   `["around/f.json"]`,
	`fileset("e", "[^f].json")`:                                          `["!.json"]`,
	`fileset("e", "/f.json")`:                                            `["f.json"]`,
	`fileset("e", "")`:                                                   `[]`,
	`fileset("nowhere", "*")`:                                            `[]`,
	`fileset("d/a.json", "*")`:                                           `[]`,
	`fileset("d", "a.json/x")`:                                           `[]`,
	// What is not there, or is not a file.
	`fileexists("nowhere/x")`:                  `false`,
	`fileexists("broken/x.json")`:              `false`,
	`fileexists("d")`:                          `error`,
	`fileexists("d/linked")`:                   `error`,
	`fileexists("d/a.json/x")`:                 `error`,
	`can(file("broken/x.json"))`:               `false`,
	`can(file("d"))`:                           `false`,
	`can(file("d/a.json/x"))`:                  `false`,
	`try(file("nothing.json"), "x")`:           `"x"`,
	`try(templatefile("nothing", {}), "x")`:    `"x"`,
	`can(filesha256("nothing.zip"))`:           `false`,
	`can(fileset("broken", "*"))`:              `false`,
	`can(fileset("broken", "x.json"))`:         `false`,
	`fileset("broken", "**")`:                  `[]`,
	`can(fileset(".", "{d/a,e/f}.json"))`:      `unknown`,
	`fileset("e", "{f,{o,p}}.json")`:           `unknown`,
	`fileset("e", "[!f].json")`:                `unknown`,
	`can(fileset("e", "["))`:                   `false`,
	`false ? file("nothing.json") : "x"`:       `"x"`,
	`coalesce("x", try(file("nothing"), "y"))`: `"x"`,
	// Links out of the tree, and around.
	`file("o.json")`:                                   `unknown`,
	`file("absolute.json")`:                            `unknown`,
	`fileexists("o.json")`:                             `unknown`,
	`fileexists("gone.json")`:                          `unknown`,
	`fileexists("self")`:                               `unknown`,
	`fileexists("outside/dir/o.json")`:                 `unknown`,
	`fileexists("../../out/o.json")`:                   `unknown`,
	`fileexists("../../out/nothing.json")`:             `unknown`,
	`fileset("outside", "**")`:                         `unknown`,
	`fileset("outside", "dir/*")`:                      `unknown`,
	`fileset("outside/dir", "*")`:                      `unknown`,
	`fileset(".", "*.json")`:                           `unknown`,
	`fileset("../../out", "*")`:                        `unknown`,
	`length(fileset("loop", "**/f.json"))`:             `unknown`,
	`can(file("o.json"))`:                              `unknown`,
	`can(file("/etc/passwd"))`:                         `unknown`,
	`can(file("~/nothing"))`:                           `unknown`,
	`try(file("o.json"), "x")`:                         `unknown`,
	`fileexists("o.json") ? 1 : 0`:                     `unknown`,
	`length(fileset("outside", "**")) == 0`:            `unknown`,
	`contains(fileset("outside", "**"), "dir/o.json")`: `unknown`,
	`[for f in fileset("outside", "**") : f]`:          `unknown`,
	`coalesce(file("o.json"), "x")`:                    `unknown`,
	`fileexists("o.json") || true`:                     `true`,
	`fileexists("o.json") && false`:                    `false`,
	`[file("o.json"), "x"][1]`:                         `"x"`,
	`{ a = file("o.json"), b = "x" }.b`:                `"x"`,
	`merge({ a = file("o.json") }, { b = "x" })["b"]`:  `"x"`,
	`true ? "x" : file("o.json")`:                      `"x"`,
	`length([file("o.json"), file("twice")])`:          `2`,
	`can([file("nothing.json"), file("o.json")])`:      `false`,
	`try(tonumber("x"), file("nothing.json"), "y")`:    `"y"`,
}

// TestLinkedFiles proves that files behind links are read as Terraform reads them
// where they are inside of the tree, and are unknown, neither false nor empty,
// where they are not.
func TestLinkedFiles(t *testing.T) {
	dir := linked(t)
	terraform := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	ev := evaluate(t, dir, Options{Base: filepath.Dir(dir)})
	for expression, want := range linkExpressions {
		if got := consoleValue(ev, expression); got != want {
			t.Errorf("%s: got %s, want %s", expression, got, want)
		}
		if terraform == "" || want == "unknown" {
			continue
		}
		if said := terraformValue(t, terraform, dir, expression); said != want {
			t.Errorf("%s: terraform says %s, the test %s", expression, said, want)
		}
	}
	if said := strings.Join(reportedProblems(ev), "\n"); said != "" {
		t.Error(said)
	}
}

func reportedProblems(ev *evaluator) []string {
	var out []string
	for _, p := range ev.problems {
		out = append(out, p.message)
	}
	return out
}
