package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completionCases are words before the cursor, the one at it, and what is offered
// among others; "" for nothing.
var completionCases = []struct{ before, current, want string }{
	{"", "ru", "rules"},
	{"", "", "who-can"},
	{"", "--form", "--format"},
	{"rules", "--f", "--format"},
	{"rules", "--str", ""},
	{"lint", "--str", "--strict"},
	{"lint x.json", "--fail", "--fail-on"},
	{"--format", "sa", "sarif"},
	{"lint --fail-on", "no", "none"},
	{"explain", "boundary-mi", "boundary-missing"},
	{"completion", "f", "fish"},
	{"report", "m", "merge"},
	{"report merge", "--for", "--format"},
}

// completionFile is the script for a shell; the test is skipped where the shell is
// not installed.
func completionFile(t *testing.T, shell string) string {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skip(shell + " is not installed")
	}
	got := boundlint(t, "", nil, "completion", shell)
	if got.code != 0 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"script": got.stdout})
	return filepath.Join(dir, "script")
}

func completes(t *testing.T, before, current, want, offered string) {
	t.Helper()
	list := strings.Fields(offered)
	if want != "" && !slices.Contains(list, want) || want == "" && len(list) > 0 {
		t.Errorf("%q and then %q: %q is offered, want %q", before, current, list, want)
	}
}

func TestCompletionBash(t *testing.T) {
	script := completionFile(t, "bash")
	for _, c := range completionCases {
		words := append([]string{"boundlint"}, strings.Fields(c.before)...)
		words = append(words, c.current)
		ask := `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _boundlint; echo "${COMPREPLY[@]}"`
		out, err := exec.Command("bash", append([]string{"-c", ask, "bash", script}, words...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		completes(t, c.before, c.current, c.want, string(out))
	}
}

func TestCompletionFish(t *testing.T) {
	script := completionFile(t, "fish")
	for _, c := range completionCases {
		line := strings.Join(strings.Fields("boundlint "+c.before), " ") + " " + c.current
		out, err := exec.Command("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if c.want != "" { // it offers files, too
			completes(t, c.before, c.current, c.want, string(out))
		}
	}
}

func TestCompletionZsh(t *testing.T) {
	script := completionFile(t, "zsh")
	for _, c := range completionCases {
		words := append([]string{"boundlint"}, strings.Fields(c.before)...)
		words = append(words, c.current)
		// What the completion system would do with the words.
		ask := `compdef() {}; _files() {}; compadd() { shift; print -rl -- ${(M)@:#$words[CURRENT]*} }; source $1; shift; words=("$@"); CURRENT=$#; _boundlint`
		out, err := exec.Command("zsh", append([]string{"-f", "-c", ask, "zsh", script}, words...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		completes(t, c.before, c.current, c.want, string(out))
	}
}

// TestCompletionPowershell: the script names every command and flag. No shell
// reads it here.
func TestCompletionPowershell(t *testing.T) {
	got := boundlint(t, "", nil, "completion", "powershell")
	for _, c := range (&program{}).app().Commands {
		for _, f := range c.Flags {
			if !strings.Contains(got.stdout, " --"+f.Names()[0]+" ") && !strings.Contains(got.stdout, "'--"+f.Names()[0]+" ") {
				t.Errorf("--%s is missing", f.Names()[0])
			}
		}
		if !strings.Contains(got.stdout, "'"+c.Name+"' = ") {
			t.Errorf("%s is missing", c.Name)
		}
	}
	if n := strings.Count(got.stdout, "{"); n != strings.Count(got.stdout, "}") || n == 0 {
		t.Error("braces do not match")
	}
}

func TestCompletionUsage(t *testing.T) {
	for args, want := range map[string]string{
		"completion":          "boundlint: boundlint completion needs the name of one shell: bash, zsh, fish or powershell\n",
		"completion bash zsh": "boundlint: boundlint completion needs the name of one shell: bash, zsh, fish or powershell\n",
		"completion fisch":    "boundlint: there is no completion for fisch; did you mean fish?\n",
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != exitFailure || got.stderr != want {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
