package tfconfig

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The differential test of refusals: expressions are generated, boundlint
// evaluates them with its limits lowered, and what it answers is compared with
// what terraform console says. It may not know; it must not say otherwise.

// generated is a configuration in which the expressions stand.
var generated = map[string]string{
	"repo/root/main.tf": `locals {
  long    = "abcdefghijklmnopqrstuvwxyz0123456789"
  short   = "ab"
  many    = range(12)
  few     = ["a", "b"]
  deep    = jsondecode("{\"a\":{\"b\":{\"c\":[\"x\"]}}}")
  outside = file("../../out/o.txt")
  object  = { a = "x", b = local.long, c = local.many }
  nothing = null
}
`,
	"repo/root/short.txt": "ab", "repo/root/long.txt": strings.Repeat("long ", 12), "repo/root/deep.json": `{"a":{"b":{"c":["x"]}}}`,
	"repo/root/t.tpl":  `${x}-${x}`,
	"repo/.git/config": "", "out/o.txt": "outside",
}

// refusalGenerator makes expressions by kind; what it makes of a kind need not be of
// it, for failing is half of what try and can are about.
type refusalGenerator struct{ *rand.Rand }

func (g refusalGenerator) of(kind string, depth int) string {
	if g.IntN(14) == 0 {
		kind = "any"
	}
	choices := atoms[kind]
	if depth > 0 && g.IntN(8) > 0 {
		choices = compounds[kind]
	}
	template := choices[g.IntN(len(choices))]
	var b strings.Builder
	for {
		head, tail, found := strings.Cut(template, "«")
		b.WriteString(head)
		if !found {
			return b.String()
		}
		var inner string
		inner, template, _ = strings.Cut(tail, "»")
		b.WriteString(g.of(inner, depth-1))
	}
}

var atoms = map[string][]string{
	"s":   {`"a"`, `""`, `"x-y"`, `local.short`, `local.long`, `file("short.txt")`, `file("long.txt")`, `file("nothing.txt")`, `local.outside`, `"[[[1]]]"`, `local.object.b`},
	"n":   {`0`, `1`, `3`, `12`, `length(local.many)`},
	"b":   {`true`, `false`, `fileexists("short.txt")`, `fileexists("nothing.txt")`, `fileexists("../../out/o.txt")`},
	"l":   {`[]`, `local.few`, `local.many`, `["a", "a", "b"]`, `range(3)`, `local.deep.a.b.c`},
	"any": {`null`, `local.object`, `local.deep`, `local.nothing`, `"1"`, `7`, `[null]`, `file("/nothing/at/all")`, `local.outside`},
}

var compounds = map[string][]string{
	"s": {
		`"${«s»}${«s»}"`, `join("-", «l»)`, `upper(«s»)`, `replace(«s», "a", «s»)`, `format("%s/%s", "-${«s»}", "-${«s»}")`, `jsonencode(«any»)`,
		`tostring(«any»)`, `«l»[«n»]`, `element(«l», «n»)`, `templatefile("t.tpl", { x = «s» })`,
		`base64decode(«s»)`, `substr(«s», 0, «n»)`, `try(«s», «s»)`, `try(«any», «s»)`, `coalesce(«s», «s»)`, `«b» ? «s» : «s»`, `trimspace(«s»)`,
		`lookup(local.object, «s», «s»)`, `one(«l»)`, `indent(«n», «s»)`, `try(jsondecode(«s»).a, «s»)`, `"%{ for x in «l» }${x}%{ endfor }"`,
	},
	"n": {`length(«l»)`, `length(«s»)`, `«n» + «n»`, `«n» / «n»`, `tonumber(«s»)`, `try(tonumber(«s»), «n»)`, `«b» ? «n» : «n»`, `max(«l»...)`, `sum(«l»)`, `index(«l», «s»)`},
	"b": {
		`can(«any»)`, `can(«s»)`, `can(«l»)`, `can(«n»)`, `!«b»`, `«s» == «s»`, `«n» < «n»`, `contains(«l», «s»)`, `«b» && «b»`, `«b» || «b»`, `«b» ? «b» : «b»`,
		`startswith(«s», «s»)`, `can(«any».a)`, `try(«b», «b»)`, `length(«l») > 0`, `«any» == null`, `«any» != null`, `alltrue([«b», «b»])`, `anytrue([«b», «b»])`,
	},
	"l": {
		`[«s», «s»]`, `concat(«l», «l»)`, `setproduct(«l», «l»)`, `split("-", «s»)`, `distinct(«l»)`, `sort(«l»)`, `tolist(toset(«l»))`, `flatten([«l», «l»])`,
		`[for x in «l» : x if «b»]`, `[for x in «l» : "${x}"]`, `try(«l», «l»)`, `«b» ? «l» : «l»`, `slice(«l», 0, «n»)`, `reverse(«l»)`, `range(«n»)`, `keys(«any»)`,
		`jsondecode(«s»)`, `compact(«l»)`, `coalescelist(«l», «l»)`, `chunklist(«l», «n»)`, `formatlist("%s", concat(«l»))`, `«l»[*]`,
		`tolist(setunion(«l», «l»))`, `tolist(setsubtract(«l», «l»))`, `values(«any»)`, `regexall("[a-c]", «s»)`,
	},
	"any": {`«s»`, `«n»`, `«b»`, `«l»`, `{ a = «any», b = «s» }`, `jsondecode(«s»)`, `merge({ a = «any» }, «any»)`, `try(«any», «any»)`, `«b» ? «any» : «any»`, `[«any», «any»]`, `yamldecode(«s»)`},
}

// regimes are limits, each lowered by itself and all together.
var regimes = map[string]func(l *limits){
	"usual":     func(*limits) {},
	"text":      func(l *limits) { l.text = 20 },
	"product":   func(l *limits) { l.product = 5 },
	"nodes":     func(l *limits) { l.nodes = 8 },
	"nesting":   func(l *limits) { l.nesting = 2 },
	"depth":     func(l *limits) { l.depth = 7 },
	"steps":     func(l *limits) { l.steps = 25 },
	"templates": func(l *limits) { l.templates = 0 },
	"yaml":      func(l *limits) { l.yaml = 1 },
	"all": func(l *limits) {
		*l = limits{depth: 12, steps: 60, text: 30, nodes: 10, product: 8, nesting: 3, yaml: 8, templates: 0, matches: 2}
	},
}

// TestRefusals compares expressions under lowered limits with Terraform. The
// answers of Terraform 1.11 are in a golden file; with
// BOUNDLINT_TEST_TERRAFORM it is asked again, and with BOUNDLINT_TEST_SEED
// about other expressions.
func TestRefusals(t *testing.T) {
	base := write(t, generated)
	dir := filepath.Join(base, "repo", "root")
	seed := uint64(9)
	if more, err := strconv.ParseUint(os.Getenv("BOUNDLINT_TEST_SEED"), 10, 64); err == nil {
		seed = more
	}
	g := refusalGenerator{rand.New(rand.NewPCG(seed, 1))}
	var expressions []string
	for len(expressions) < 1500 {
		kind := []string{"b", "b", "b", "s", "n", "l"}[g.IntN(6)]
		expressions = append(expressions, g.of(kind, 3))
	}
	answers := terraformAnswers(t, dir, "refusals", expressions)
	for name, lower := range regimes {
		t.Run(name, func(t *testing.T) {
			ev := evaluate(t, dir, Options{Base: filepath.Join(base, "repo")})
			lower(&ev.limits)
			agree, unknown := 0, 0
			for _, x := range expressions {
				ev.root.memos, ev.steps, ev.starved = nil, ev.limits.steps, false
				doubt := false
				got, want := consoleAnswer(ev.root.env().quiet(nil, &doubt), x), answers[x]
				switch {
				case got == want:
					agree++
				case got == "unknown", doubt && want == "error":
					unknown++
				default:
					t.Errorf("%s: got %s, terraform says %s", x, got, want)
				}
			}
			t.Logf("%d agree, %d are unknown", agree, unknown)
			if name == "usual" && unknown > len(expressions)/3 || unknown == 0 {
				t.Errorf("%d of %d are unknown", unknown, len(expressions))
			}
		})
	}
}

// terraformAnswers are what terraform console says of expressions, from a
// golden file and, where there is a terraform, from itself.
func terraformAnswers(t *testing.T, dir, name string, expressions []string) map[string]string {
	t.Helper()
	golden := filepath.Join(consoleDir, name+".golden")
	answers := map[string]string{}
	if src, err := os.ReadFile(golden); err == nil {
		if err := json.Unmarshal(src, &answers); err != nil {
			t.Fatal(err)
		}
	}
	terraform := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	if terraform == "" {
		for _, x := range expressions {
			if _, ok := answers[x]; !ok {
				t.Skip("the answers are written by the real terraform: set BOUNDLINT_TEST_TERRAFORM")
			}
		}
		return answers
	}
	asked := askConsole(t, terraform, dir, expressions)
	if *update {
		writeGolden(t, golden, asked)
		return asked
	}
	for x, answer := range asked {
		if known, ok := answers[x]; ok && known != answer {
			t.Errorf("%s: terraform says %s, the golden file %s", x, answer, known)
		}
	}
	return asked
}

// askConsole has terraform console evaluate expressions, many in one line.
func askConsole(t *testing.T, terraform, dir string, expressions []string) map[string]string {
	t.Helper()
	answers := map[string]string{}
	for chunk := range slices.Chunk(expressions, 100) {
		tried := make([]string, len(chunk))
		for i, x := range chunk {
			tried[i] = "try(jsonencode(" + x + `), "error")`
		}
		cmd := exec.Command(terraform, "console", "-no-color")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
		cmd.Stdin = strings.NewReader("base64encode(jsonencode([" + strings.Join(tried, ", ") + "]))\n")
		out, err := cmd.CombinedOutput()
		said := strings.TrimSpace(string(out))
		if said == "(known after apply)" { // one of them hides the others
			if len(chunk) == 1 {
				answers[chunk[0]] = "unknown"
				continue
			}
			maps.Copy(answers, askConsole(t, terraform, dir, chunk[:len(chunk)/2]))
			maps.Copy(answers, askConsole(t, terraform, dir, chunk[len(chunk)/2:]))
			continue
		}
		text, decodeErr := base64.StdEncoding.DecodeString(strings.Trim(said, `"`))
		var list []string
		if err := errors.Join(err, decodeErr, json.Unmarshal(text, &list)); err != nil || len(list) != len(chunk) {
			t.Fatalf("terraform console: %v: %s", err, out)
		}
		for i, x := range chunk {
			answers[x] = list[i]
		}
	}
	return answers
}
