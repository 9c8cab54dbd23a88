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
	{"explain", "lamb", "lambda-001"},
	{"--policy", "", ""},
	{"lint -c", "", ""},
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

// TestCompletionOfAssignedValues: bash takes the word apart, the others do not.
func TestCompletionOfAssignedValues(t *testing.T) {
	for shell, cases := range map[string][][2]string{
		"bash": {{"--fail-on = n", "none"}, {"--fail-on =", "none"}, {"--policy = x", ""}},
		"fish": {{"--fail-on=n", "--fail-on=none"}},
		"zsh":  {{"--fail-on=n", "none"}, {"--policy=x", ""}},
	} {
		t.Run(shell, func(t *testing.T) {
			script := completionFile(t, shell)
			for _, c := range cases {
				words := strings.Fields("boundlint lint " + c[0])
				completes(t, c[0], "", c[1], offered(t, shell, script, words))
			}
		})
	}
}

// TestCompletionOnce: a flag that several commands of one have is offered once.
func TestCompletionOnce(t *testing.T) {
	script := completionFile(t, "bash")
	list := strings.Fields(offered(t, "bash", script, []string{"boundlint", "baseline", "--"}))
	sorted := slices.Sorted(slices.Values(list))
	if len(list) < 5 || len(slices.Compact(sorted)) != len(list) {
		t.Errorf("%q", list)
	}
}

// offered is what a shell offers for words, the last of them at the cursor.
func offered(t *testing.T, shell, script string, words []string) string {
	t.Helper()
	args := append([]string{shell, script}, words...)
	switch shell {
	case "bash":
		ask := `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _boundlint; echo "${COMPREPLY[@]}"`
		args = append([]string{"-c", ask}, args...)
	case "zsh":
		// What the completion system would do with the words.
		ask := `compdef() {}; _files() {}; compset() { words[CURRENT]=${words[CURRENT]#*=} }
compadd() { shift; print -rl -- ${(M)@:#$words[CURRENT]*} }; source $1; shift; words=("$@"); CURRENT=$#; _boundlint`
		args = append([]string{"-f", "-c", ask}, args...)
	case "fish":
		args = []string{"--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, strings.Join(words, " ")}
	}
	out, err := exec.Command(shell, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestCompletionBash(t *testing.T) { testCompletion(t, "bash") }

func TestCompletionZsh(t *testing.T) { testCompletion(t, "zsh") }

func TestCompletionFish(t *testing.T) { testCompletion(t, "fish") }

func testCompletion(t *testing.T, shell string) {
	t.Helper()
	script := completionFile(t, shell)
	for _, c := range completionCases {
		words := slices.Concat([]string{"boundlint"}, strings.Fields(c.before), []string{c.current})
		if out := offered(t, shell, script, words); shell != "fish" || c.want != "" { // it offers files, too
			completes(t, c.before, c.current, c.want, out)
		}
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
