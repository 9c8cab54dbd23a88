package tfconfig

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var update = flag.Bool("update", false, "rewrite golden files, asking the real terraform where there is one")

// consoleDiffers are the expressions in which this evaluator does not agree
// with terraform console on purpose, and why.
var consoleDiffers = map[string]string{
	`element(["a", "b"], -1)`: "cty 1.19, as later versions of Terraform, counts from the end; 1.11 refuses",
	// Functions that only OpenTofu has.
	`cidrcontains("10.0.0.0/8", "10.1.0.0/16")`: "OpenTofu has the function",
	`base64gunzip(base64gzip("x"))`:             "OpenTofu has the function",
	`urldecode("a%20b")`:                        "OpenTofu has the function",
	`templatestring("x", {})`:                   "OpenTofu takes any expression, Terraform only a reference",
	`nope("x")`:                                 "another version may have the function: inside try and can it is unknown",
	`can(local.nothing)`:                        "Terraform refuses the name before it evaluates anything",
	`contains([null, "a"], null)`:               "Terraform refuses a null argument; what is not known there is no fault here",
	`format("%v", null)`:                        "the cty of Terraform 1.11 gives up on a null without a type; that of today prints it",
}

const consoleDir = "testdata/console"

// consoleExpressions are the expressions of a file, one a line.
func consoleExpressions(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(consoleDir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// consoleValue is what an expression gives here: JSON, "error", "sensitive" or
// "unknown".
func consoleValue(ev *evaluator, expression string) string {
	return consoleAnswer(ev.root.env(), expression)
}

func consoleAnswer(e *env, expression string) string {
	src := []byte("jsonencode(" + expression + ")")
	if checkShape(src) != nil {
		return "error"
	}
	x, diags := hclsyntax.ParseExpression(src, "console", hcl.InitialPos)
	if diags.HasErrors() {
		return "error"
	}
	var problems []problem
	v, marks := e.quiet(&problems, e.doubt).eval(x).UnmarkDeep()
	_, sensitive := marks[markSensitive]
	switch {
	case len(problems) > 0:
		return "error"
	case sensitive:
		return "sensitive"
	case !isText(v) || symbolic(v):
		return "unknown"
	}
	return v.AsString()
}

// terraformValue is what terraform console gives in a directory.
func terraformValue(t *testing.T, terraform, dir, expression string) string {
	t.Helper()
	cmd := exec.Command(terraform, "console", "-no-color")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	cmd.Stdin = strings.NewReader("jsonencode(" + expression + ")\n")
	out, err := cmd.CombinedOutput()
	text := strings.TrimSpace(string(out))
	switch {
	case err != nil || strings.Contains(text, "Error:"):
		return "error"
	case strings.Contains(text, "(sensitive value)"):
		return "sensitive"
	case strings.Contains(text, "(known after apply)"):
		return "unknown"
	}
	// The console quotes, and leaves ${ and %{ as they are.
	text = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text)
	x, diags := hclsyntax.ParseExpression([]byte(text), "console", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: terraform says %s", expression, text)
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() || !isText(v) {
		t.Fatalf("%s: terraform says %s", expression, text)
	}
	return v.AsString()
}

// TestConsole compares expressions with what terraform console says of them.
// The answers of Terraform 1.11 are in golden files, so that the test means
// something without a terraform; with BOUNDLINT_TEST_TERRAFORM it is asked
// again.
func TestConsole(t *testing.T) {
	terraform := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	for _, name := range []string{"expressions", "documented", "edges"} {
		t.Run(name, func(t *testing.T) {
			golden := filepath.Join(consoleDir, name+".golden")
			var answers map[string]string
			if src, err := os.ReadFile(golden); err == nil {
				if err := json.Unmarshal(src, &answers); err != nil {
					t.Fatal(err)
				}
			}
			if *update || answers == nil {
				if terraform == "" {
					t.Skip("the answers are written by the real terraform: set BOUNDLINT_TEST_TERRAFORM")
				}
				answers = map[string]string{}
			}
			ev := evaluate(t, consoleDir, Options{Workspace: "default"})
			agree := 0
			for _, expression := range consoleExpressions(t, name+".txt") {
				want, known := answers[expression]
				if terraform != "" {
					asked := terraformValue(t, terraform, consoleDir, expression)
					for try := 0; known && asked != want && try < 2; try++ { // a process may fail on a busy machine
						asked = terraformValue(t, terraform, consoleDir, expression)
					}
					if known && asked != want {
						t.Errorf("%s: terraform says %s, the golden file %s", expression, asked, want)
					}
					want, known = asked, true
					answers[expression] = asked
				}
				if !known {
					t.Errorf("%s is not in the golden file: run with -update and a terraform", expression)
					continue
				}
				got := consoleValue(ev, expression)
				reason, differs := consoleDiffers[expression]
				switch {
				case differs && got == want:
					t.Errorf("%s agrees, although it is said to differ: %s", expression, reason)
				case !differs && got != want:
					t.Errorf("%s\n     here %s\nterraform %s", expression, got, want)
				case got == want:
					agree++
				}
			}
			t.Logf("%d agree", agree)
			if *update {
				writeGolden(t, golden, answers)
			}
		})
	}
}

func writeGolden(t *testing.T, path string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(fmt.Errorf("golden: %w", err))
	}
}
