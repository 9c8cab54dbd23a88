package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

var update = flag.Bool("update", false, "write the golden files and the output in the README anew")

// repository is the root of this repository, absolute.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// result is what came of running the program.
type result struct {
	code           int
	stdout, stderr string
}

// boundlint runs the program in the current directory.
func boundlint(t *testing.T, stdin string, env map[string]string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	lookupEnv := func(key string) (string, bool) {
		value, ok := env[key]
		if !ok && key == "SOURCE_DATE_EPOCH" {
			return "1795305600", true // 2026-11-22
		}
		return value, ok
	}
	code := run(args, strings.NewReader(stdin), &stdout, &stderr, lookupEnv)
	return result{code, stdout.String(), stderr.String()}
}

// workspace makes a directory with these files the current one. No
// configuration above it counts.
func workspace(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// A plan in which one role has no boundary, and one without faults.
const (
	badPlan = `{"format_version":"1.2","terraform_version":"1.11.0","complete":true,"errored":false,"resource_changes":[
{"address":"aws_iam_role.bare","mode":"managed","type":"aws_iam_role","name":"bare","provider_name":"registry.terraform.io/hashicorp/aws",
"change":{"actions":["create"],"before":null,"after":{"name":"app-bare","path":"/","permissions_boundary":null,"assume_role_policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}]}"},"after_unknown":{"arn":true,"id":true},"before_sensitive":false,"after_sensitive":{}}}],
"configuration":{"root_module":{"resources":[{"address":"aws_iam_role.bare","mode":"managed","type":"aws_iam_role","name":"bare","provider_config_key":"aws","expressions":{"name":{"constant_value":"app-bare"}},"schema_version":0}]}}}`
	goodPlan = `{"format_version":"1.2","terraform_version":"1.11.0","complete":true,"errored":false,"resource_changes":[],"configuration":{"root_module":{}}}`
)

func TestArguments(t *testing.T) {
	files := map[string]string{"bad.json": badPlan, "good.json": goodPlan, "rules": badPlan, "lint.json": goodPlan}
	for name, c := range map[string]struct {
		args   string
		stdin  string
		code   int
		stdout string // contained
		stderr string // all of it
	}{
		"clean":                    {args: "good.json", code: 0},
		"findings":                 {args: "bad.json", code: 1, stdout: "boundary-missing"},
		"named command":            {args: "lint bad.json", code: 1, stdout: "boundary-missing"},
		"stdin":                    {args: "-", stdin: badPlan, code: 1, stdout: "boundary-missing"},
		"flags before":             {args: "--format json bad.json", code: 1, stdout: `"rule": "boundary-missing"`},
		"flags after":              {args: "bad.json --format json", code: 1, stdout: `"rule": "boundary-missing"`},
		"flags between":            {args: "good.json --format=json bad.json", code: 1, stdout: `"rule": "boundary-missing"`},
		"flags before the command": {args: "--format json lint bad.json", code: 1, stdout: `"rule": "boundary-missing"`},
		"one dash":                 {args: "bad.json -format json", code: 1, stdout: `"rule": "boundary-missing"`},
		"short":                    {args: "bad.json -f json", code: 1, stdout: `"rule": "boundary-missing"`},
		"end of flags":             {args: "--format json -- bad.json", code: 1, stdout: `"rule": "boundary-missing"`},
		"fail on nothing":          {args: "bad.json --fail-on none", code: 0, stdout: "boundary-missing"},
		"fail on nothing, unread":  {args: "bad.json gone.json --fail-on none", code: 2, stderr: "boundlint: gone.json: there is no such file or directory\n"},
		"fail on warning":          {args: "bad.json --fail-on warning", code: 1},
		"command over path":        {args: "rules", code: 0, stdout: "the run itself"},
		"path of that name":        {args: "./rules", code: 1, stdout: "aws_iam_role.bare"},
		"path after the flags":     {args: "-- rules", code: 1, stdout: "aws_iam_role.bare"},
		"path after a command":     {args: "lint rules", code: 1, stdout: "aws_iam_role.bare"},
		"path like a command":      {args: "lint.json", code: 0},
		"the same twice":           {args: "bad.json ./bad.json --format json", code: 1, stdout: `"violations": 1`},

		"unknown flag":        {args: "bad.json --formt json", code: 2, stderr: "boundlint: there is no flag --formt; did you mean --format?\n"},
		"strange flag":        {args: "--xyz", code: 2, stderr: "boundlint: there is no flag --xyz; boundlint help lint lists the flags\n"},
		"flag of another":     {args: "rules --strict", code: 2, stderr: "boundlint: --strict is a flag of boundlint lint, not of boundlint rules\n"},
		"no value":            {args: "bad.json --config", code: 2, stderr: "boundlint: --config needs a value\n"},
		"unknown command":     {args: "lnt bad.json", code: 2, stderr: "boundlint: there is neither a command nor a file lnt; did you mean lint?\n"},
		"unknown format":      {args: "--format sariv bad.json", code: 2, stderr: "boundlint: there is no format sariv; did you mean sarif?\n"},
		"two on stdout":       {args: "--format json --format text bad.json", code: 2, stderr: "boundlint: both json and text would go to standard output; write one to a file, --format text=FILE\n"},
		"two in a file":       {args: "--format json=x --format text=./x bad.json", code: 2, stderr: "boundlint: two formats would go to ./x\n"},
		"no file":             {args: "--format json= bad.json", code: 2, stderr: "boundlint: --format json= names no file\n"},
		"over an input":       {args: "--format json=bad.json bad.json", code: 2, stderr: "boundlint: --format json=bad.json would write over an input\n"},
		"no directory":        {args: "--format json=no/x bad.json", code: 2, stderr: "boundlint: write no/x: no such file or directory\n"},
		"severity":            {args: "--fail-on warn bad.json", code: 2, stderr: "boundlint: --fail-on takes error, warning, note or none, not warn\n"},
		"color":               {args: "--color=yes bad.json", code: 2, stderr: "boundlint: --color takes auto, always or never, not yes\n"},
		"switch":              {args: "--strict=maybe bad.json", code: 2, stderr: "boundlint: --strict is there or not, or =true or =false; it takes no value \"maybe\"\n"},
		"hostile name":        {args: "x\x1b[2J.json", code: 2, stderr: "boundlint: x\ufffd[2J.json: there is no such file or directory\n"},
		"config missing":      {args: "--config nowhere.hcl bad.json", code: 2, stderr: "boundlint: nowhere.hcl: there is no such file\n"},
		"explain nothing":     {args: "explain", code: 2, stderr: "boundlint: boundlint explain needs the name of a rule, which boundlint rules lists, or of a technique, which a finding of escalation-path names\n"},
		"explain unknown":     {args: "explain boundary-mising", code: 2, stderr: "boundlint: there is no rule boundary-mising; did you mean boundary-missing?\n"},
		"explain":             {args: "explain boundary-missing", code: 0, stdout: "How to fix"},
		"explain two":         {args: "explain boundary-missing name-prefix", code: 0, stdout: "\n\nname-prefix ("},
		"rules as json":       {args: "rules --format json", code: 0, stdout: `"id": "boundary-missing"`},
		"rules with":          {args: "rules x", code: 2, stderr: "boundlint: boundlint rules takes no argument; boundlint explain x tells about one rule\n"},
		"version":             {args: "version", code: 0, stdout: "days old"},
		"version flag":        {args: "--version", code: 0, stdout: "boundlint "},
		"help":                {args: "--help", code: 0, stdout: "Exit codes:"},
		"help of a command":   {args: "rules -h", code: 0, stdout: "boundlint rules: list the rules"},
		"help on a command":   {args: "help lint", code: 0, stdout: "--format FORMAT"},
		"help on nothing":     {args: "help lnt", code: 2, stderr: "boundlint: there is no command lnt; did you mean lint?\n"},
		"init with arguments": {args: "init x y", code: 2, stderr: "boundlint: boundlint init takes one directory, not 2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			got := boundlint(t, c.stdin, nil, strings.Fields(c.args)...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
			if !strings.Contains(got.stdout, c.stdout) {
				t.Errorf("standard output has no %q:\n%s", c.stdout, got.stdout)
			}
			if got.stderr != c.stderr {
				t.Errorf("standard error:\n%s\nwant\n%s", got.stderr, c.stderr)
			}
			if c.stderr != "" && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("not one line: %q", got.stderr)
			}
		})
	}
}

func TestFlagsAgree(t *testing.T) {
	// The arguments are split before the command is known: a flag must take
	// a value in all commands or in none.
	kinds := map[string]bool{}
	for _, c := range (&program{}).app().Commands {
		one := map[string]bool{}
		collectFlags(append(c.Subcommands, c), one)
		for name, takes := range one {
			if before, seen := kinds[name]; seen && before != takes {
				t.Errorf("--%s takes a value in one command and none in another", name)
			}
			kinds[name] = takes
		}
	}
}

func TestListsAreNotSplit(t *testing.T) {
	workspace(t, map[string]string{"good.json": goodPlan})
	got := boundlint(t, "", nil, "good.json", "--var", "a=1,2", "--exclude", "{a,b}/**", "--var=b=3")
	if got.code != 0 {
		t.Errorf("%+v", got)
	}
}

func TestBadInput(t *testing.T) {
	deep := `{"format_version":"1.2","resource_changes":` + strings.Repeat("[", 1<<20)
	workspace(t, map[string]string{
		"bad.json":       badPlan,
		"empty.json":     "",
		"truncated.json": badPlan[:300],
		"other.json":     `{"name":"left-pad","version":"1.0.0"}`,
		"list.json":      `[1,2,3]`,
		"future.json":    `{"format_version":"9.0","resource_changes":[]}`,
		"junk.json":      "\x7fELF\x02\x01\x01\x00\x00\xff\xfe\xfd",
		"deep.json":      deep,
		"secret.json":    `{"format_version":"1.2","password":"hunter2",`,
	})
	for _, name := range []string{"empty", "truncated", "other", "list", "future", "junk", "deep", "missing", "secret"} {
		t.Run(name, func(t *testing.T) {
			got := boundlint(t, "", nil, name+".json")
			if got.code != 2 || got.stdout != "" {
				t.Errorf("%+v", got)
			}
			if !strings.HasPrefix(got.stderr, "boundlint: "+name+".json: ") || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) > 300 {
				t.Errorf("no clear line: %q", got.stderr)
			}
			for _, unwanted := range []string{"goroutine", "panic", "internal error", "hunter2"} {
				if strings.Contains(got.stderr, unwanted) {
					t.Errorf("%q in %q", unwanted, got.stderr)
				}
			}
		})
		t.Run(name+" beside another", func(t *testing.T) {
			got := boundlint(t, "", nil, name+".json", "bad.json")
			if got.code != 2 || !strings.Contains(got.stdout, "boundary-missing") || !strings.HasPrefix(got.stderr, "boundlint: "+name+".json: ") {
				t.Errorf("%+v", got)
			}
		})
		t.Run(name+" in JSON", func(t *testing.T) {
			var report struct {
				Findings    []any
				Diagnostics []struct{ Severity, Input, Message string }
			}
			got := boundlint(t, "", nil, "--format", "json", name+".json", "bad.json")
			if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
				t.Fatal(err)
			}
			if len(report.Findings) != 1 || len(report.Diagnostics) != 1 || report.Diagnostics[0].Input != name+".json" || report.Diagnostics[0].Severity != "error" {
				t.Errorf("%+v", report)
			}
		})
	}
}

func TestInternalError(t *testing.T) {
	// A reader that panics stands for any fault of the program.
	workspace(t, map[string]string{"bad.json": badPlan})
	var stdout, stderr bytes.Buffer
	code := run([]string{"-", "bad.json"}, panicking{}, &stdout, &stderr, func(string) (string, bool) { return "", false })
	if code != 2 || stderr.String() != "boundlint: -: internal error: out of order; please report it at "+issuesURL+" with the input that caused it\n" {
		t.Errorf("%d %q", code, stderr.String())
	}
	if !strings.Contains(stdout.String(), "boundary-missing") {
		t.Errorf("the other input was not judged: %s", stdout.String())
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("out of\norder") }

func TestFormatsToFiles(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan, "out/.keep": "", "out/old.json": "old"})
	if err := os.Symlink("old.json", "out/link.json"); err != nil {
		t.Skip(err)
	}
	got := boundlint(t, "", nil, "bad.json", "--format", "sarif=out/new.sarif", "--format", "json=out/link.json", "--format", "text")
	if got.code != 1 || !strings.Contains(got.stdout, "boundary-missing") {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{"out/new.sarif": `"2.1.0"`, "out/old.json": `"boundary-missing"`} {
		content, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(content), want) {
			t.Errorf("%s: %v %.80s", name, err, content)
		}
	}
	if info, err := os.Lstat("out/link.json"); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if left, _ := filepath.Glob("out/*.tmp"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestColor(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan})
	for name, c := range map[string]struct {
		args []string
		env  map[string]string
		want bool
	}{
		"no terminal":           {nil, nil, false},
		"always":                {[]string{"--color", "always"}, nil, true},
		"always over NO_COLOR":  {[]string{"--color", "always"}, map[string]string{"NO_COLOR": "1"}, true},
		"never":                 {[]string{"--color", "never"}, nil, false},
		"auto without terminal": {[]string{"--color", "auto"}, map[string]string{"TERM": "xterm"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := boundlint(t, "", c.env, append(c.args, "bad.json")...)
			if has := strings.Contains(got.stdout, "\x1b["); has != c.want {
				t.Errorf("colour: %v", has)
			}
		})
	}
	// A file keeps none, whatever is asked for.
	boundlint(t, "", nil, "--color", "always", "--format", "text=report.txt", "bad.json")
	if content, err := os.ReadFile("report.txt"); err != nil || bytes.Contains(content, []byte("\x1b[")) {
		t.Errorf("%v %q", err, content)
	}
	// One end of a terminal is one, where the system makes it by this name.
	if terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err == nil && runtime.GOOS == "linux" {
		defer terminal.Close()
		for env, want := range map[string]bool{"": true, "NO_COLOR=1": false, "TERM=dumb": false} {
			key, value, _ := strings.Cut(env, "=")
			p := &program{stdout: terminal, lookupEnv: func(k string) (string, bool) { return value, k == key }}
			if got, _ := p.color("auto"); got != want {
				t.Errorf("%q: %v", env, got)
			}
		}
	}
}

func TestConfiguration(t *testing.T) {
	house := "exempt \"aws_iam_role.bare\" {\n  rules = [\"boundary-missing\"]\n  reason = \"known\"\n}\n"
	files := map[string]string{
		".boundlint.hcl":      house,
		"plans/bad.json":      badPlan,
		"team/.boundlint.hcl": "rule \"boundary-missing\" {\n  severity = \"warning\"\n}\n",
		"team/bad.json":       badPlan,
		"wrong.hcl":           "exempt \"x\" {\n  rules = [\"boundary-mising\"]\n}\n",
		"off.hcl":             "rule \"boundary-missing\" {\n  enabled = false\n}\n",
	}
	for name, c := range map[string]struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		"found upwards":  {"plans/bad.json", 0, "", ""},
		"nearest":        {"team/bad.json --fail-on warning", 1, "warning", ""},
		"each its own":   {"plans/bad.json team/bad.json --fail-on warning --format json", 1, `"violations": 1`, ""},
		"named":          {"plans/bad.json --config off.hcl", 0, "", ""},
		"named for all":  {"plans/bad.json team/bad.json --config off.hcl --fail-on note", 0, "", ""},
		"one account":    {"plans/bad.json team/bad.json --same-account", 2, "", "boundlint: the inputs of one account find different configurations, .boundlint.hcl and team/.boundlint.hcl; name one with --config\n"},
		"faulty":         {"plans/bad.json --config wrong.hcl", 2, "", "wrong.hcl:1:1: exempt \"x\" gives no reason: write reason = \"...\"\n    1 | exempt \"x\" {\n      | ^^^^^^^^^^\nwrong.hcl:2:12: there is no rule \"boundary-mising\"; did you mean boundary-missing?\n    2 |   rules = [\"boundary-mising\"]\n      |            ^^^^^^^^^^^^^^^^^\n"},
		"standard input": {"-", 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			got := boundlint(t, badPlan, nil, strings.Fields(c.args)...)
			if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || got.stderr != c.stderr {
				t.Errorf("exit code %d, want %d\n%s\n%s", got.code, c.code, got.stdout, got.stderr)
			}
		})
	}
}

// TestConfigurationOfRoots has root modules with configuration of their own, which
// hold however the roots are reached.
func TestConfigurationOfRoots(t *testing.T) {
	role := "resource \"aws_iam_role\" \"r\" {\n  name = \"svc-a\"\n  assume_role_policy = \"{}\"\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/b\"\n}\n"
	workspace(t, map[string]string{
		".boundlint.hcl":          "rule \"policy-invalid\" {\n  enabled = false\n}\n",
		"live/main/main.tf":       role,
		"live/svc/main.tf":        role,
		"live/svc/.boundlint.hcl": "naming \"aws_iam_role\" {\n  name = \"svc-*\"\n}\n",
	})
	for _, args := range []string{".", "live", "live/main live/svc", "live/main/main.tf live/svc/main.tf", "--changed live/main/main.tf live/svc/main.tf"} {
		var report struct {
			Findings []struct {
				Rule     string
				Location struct{ File string }
			}
		}
		got := boundlint(t, "", nil, append(strings.Fields(args), "--format", "json")...)
		if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
			t.Fatal(args, err, got.stderr)
		}
		if f := report.Findings; len(f) != 2 || f[0].Rule != "name-prefix" || f[0].Location.File != "live/main/main.tf" || f[1].Rule != "policy-invalid" || f[1].Location.File != "live/svc/main.tf" {
			t.Errorf("%s: %+v", args, f)
		}
	}
	if got := boundlint(t, "", nil, "live", "--same-account"); got.code != 2 || !strings.Contains(got.stderr, "different configurations, .boundlint.hcl and live/svc/.boundlint.hcl") {
		t.Errorf("%+v", got)
	}
}

func TestPartial(t *testing.T) {
	workspace(t, map[string]string{
		"good.json":      goodPlan,
		".boundlint.hcl": "exempt \"aws_iam_role.other\" {\n  rules = [\"boundary-missing\"]\n  reason = \"known\"\n}\n",
	})
	if got := boundlint(t, "", nil, "good.json", "--fail-on", "warning"); got.code != 1 || !strings.Contains(got.stdout, "exemption-unused") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "good.json", "--fail-on", "warning", "--partial"); got.code != 0 {
		t.Errorf("%+v", got)
	}
}

func TestExitCode(t *testing.T) {
	finding := func(s lint.Severity) *lint.Report { return &lint.Report{Findings: []lint.Finding{{Severity: s}}} }
	broken := finding(lint.Error)
	broken.Diagnostics = []lint.Diagnostic{{Severity: lint.Warning}, {Severity: lint.Error}}
	for _, c := range []struct {
		report *lint.Report
		failOn lint.Severity
		want   int
	}{
		{&lint.Report{}, lint.Note, 0},
		{finding(lint.Error), lint.Error, 1},
		{finding(lint.Warning), lint.Error, 0},
		{finding(lint.Warning), lint.Warning, 1},
		{finding(lint.Note), lint.Warning, 0},
		{finding(lint.Note), lint.Note, 1},
		{&lint.Report{Findings: []lint.Finding{{Rule: lint.InputIncomplete, Severity: lint.Warning}}}, lint.Error, 1},
		{broken, lint.Error, 2},
	} {
		if got := exitCode(c.report, c.failOn); got != c.want {
			t.Errorf("%+v, fail on %s: %d, want %d", c.report, c.failOn, got, c.want)
		}
	}
}

// golden compares with a file below fixtures/cli.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("fixtures", "cli", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./cmd/boundlint -update writes it anew); got\n%s", path, got)
	}
}

func TestGoldens(t *testing.T) {
	t.Chdir(repository(t))
	for name, args := range map[string]string{
		"help.txt":         "--help",
		"help-lint.txt":    "help lint",
		"help-explain.txt": "help explain",
		"two-plans.txt":    "fixtures/real/fleet-module/plan.json fixtures/real/gov-partition/plan.json",
		"same-account.txt": "--same-account fixtures/real/clean-delegation/plan.json fixtures/real/boundary-removed/plan.json",
	} {
		t.Run(name, func(t *testing.T) {
			got := boundlint(t, "", nil, strings.Fields(args)...)
			if got.stderr != "" {
				t.Error(got.stderr)
			}
			golden(t, name, got.stdout)
		})
	}
}

// The README shows what the program really prints.
func TestReadme(t *testing.T) {
	t.Chdir(repository(t))
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- output: boundlint ", "<!-- output: end -->"
	head, rest, ok := strings.Cut(string(readme), begin)
	if !ok {
		t.Fatal("the README shows no output")
	}
	command, rest, _ := strings.Cut(rest, " -->\n")
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatal("the output in the README does not end")
	}
	if !strings.Contains(head, "    go run ./cmd/boundlint "+command+"\n") {
		t.Errorf("the README does not tell to run boundlint %s", command)
	}
	got := boundlint(t, "", nil, strings.Fields(command)...)
	if got.code != 1 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	want := head + begin + command + " -->\n```text\n" + strings.TrimRight(got.stdout, "\n") + "\n```\n" + end + tail
	if want == string(readme) {
		return
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the output in the README is out of date (go test ./cmd/boundlint -update writes it anew); it is now\n%s", got.stdout)
}

// What the documentation links to is there.
func TestLinks(t *testing.T) {
	root := repository(t)
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "rules/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			target := filepath.Join(filepath.Dir(page), string(m[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
}

// The binary is static, and ends as run says.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := filepath.Join(t.TempDir(), "boundlint.exe")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for args, want := range map[string]int{"fixtures/real/fleet-module/plan.json": 1, "rules": 0, "nowhere": 2} {
		command := exec.Command(binary, args)
		command.Dir = repository(t)
		_ = command.Run()
		if got := command.ProcessState.ExitCode(); got != want {
			t.Errorf("boundlint %s: exit code %d, want %d", args, got, want)
		}
	}
	if runtime.GOOS == "linux" {
		if out, err := exec.Command("ldd", binary).CombinedOutput(); err == nil && !strings.Contains(string(out), "statically linked") {
			t.Errorf("not static:\n%s", out)
		}
	}
}
