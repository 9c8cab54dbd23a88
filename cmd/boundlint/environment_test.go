package main

import (
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan, "good.json": goodPlan, "main.tf": "variable \"a\" {}\nvariable \"b\" {}\n", "x.tfvars": "b = 2\n"})
	for name, c := range map[string]struct {
		env    map[string]string
		args   string
		code   int
		stdout string
		stderr string
	}{
		"a value":          {env: map[string]string{"BOUNDLINT_FAIL_ON": "none"}, args: "bad.json", code: 0, stdout: "boundary-missing"},
		"the flag wins":    {env: map[string]string{"BOUNDLINT_FAIL_ON": "none"}, args: "bad.json --fail-on error", code: 1},
		"its short name":   {env: map[string]string{"BOUNDLINT_FORMAT": "json"}, args: "bad.json -f compact", code: 1, stdout: "aws_iam_role.bare: error: "},
		"empty":            {env: map[string]string{"BOUNDLINT_FAIL_ON": ""}, args: "bad.json", code: 1},
		"a list":           {env: map[string]string{"BOUNDLINT_FORMAT": "compact\njson=out.json\n"}, args: "bad.json", code: 1, stdout: "aws_iam_role.bare: error: "},
		"a list, given":    {env: map[string]string{"BOUNDLINT_FORMAT": "json=a.json\njson=a.json"}, args: "bad.json --format compact", code: 1, stdout: "bare: error: "},
		"commas":           {env: map[string]string{"BOUNDLINT_EXCLUDE": "{a,b}/**"}, args: "good.json", code: 0, stdout: "{a,b}/**"},
		"variables":        {env: map[string]string{"BOUNDLINT_VAR": "a=1\nb=2"}, args: ".", code: 0},
		"a file of them":   {env: map[string]string{"BOUNDLINT_VAR_FILE": "x.tfvars"}, args: ". --var a=1", code: 0},
		"true":             {env: map[string]string{"BOUNDLINT_ALLOW_EMPTY": "1"}, args: "good.json", code: 0},
		"another's flag":   {env: map[string]string{"BOUNDLINT_STRICT": "maybe", "BOUNDLINT_NOTHING": "x"}, args: "version", code: 0},
		"no truth":         {env: map[string]string{"BOUNDLINT_STRICT": "maybe"}, args: "bad.json", code: 2, stderr: "boundlint: BOUNDLINT_STRICT is true or false, not maybe\n"},
		"a wrong value":    {env: map[string]string{"BOUNDLINT_COLOR": "no"}, args: "bad.json", code: 2, stderr: "boundlint: --color takes auto, always or never, not no (BOUNDLINT_COLOR sets it)\n"},
		"a wrong flag":     {env: map[string]string{"BOUNDLINT_REGION": "eu-west-1"}, args: "bad.json --color no", code: 2, stderr: "boundlint: --color takes auto, always or never, not no\n"},
		"another command":  {env: map[string]string{"BOUNDLINT_FORMAT": "json"}, args: "rules", code: 0, stdout: `"id": "boundary-missing"`},
		"and its commands": {env: map[string]string{"BOUNDLINT_FORMAT": "nothing"}, args: "report merge x.json", code: 2, stderr: "boundlint: there is no format nothing; there are"},
		"help":             {env: map[string]string{"BOUNDLINT_STRICT": "maybe"}, args: "--help", code: 0, stdout: "BOUNDLINT_FAIL_ON"},
	} {
		got := boundlint(t, "", c.env, strings.Fields(c.args)...)
		if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || !strings.HasPrefix(got.stderr, c.stderr) || c.stderr == "" && got.stderr != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if text := read(t, "out.json"); !strings.Contains(text, `"boundary-missing"`) {
		t.Errorf("the second of a list: %s", text)
	}
}

// TestVariables: no two flags have one variable.
func TestVariables(t *testing.T) {
	flags := map[string]string{}
	for _, c := range (&program{}).app().Commands {
		for _, f := range c.Flags {
			name := f.Names()[0]
			if other, taken := flags[variableOf(name)]; taken && other != name {
				t.Errorf("%s stands for --%s and --%s", variableOf(name), name, other)
			}
			flags[variableOf(name)] = name
		}
	}
	if flags["BOUNDLINT_NO_INLINE_IGNORES"] != "no-inline-ignores" {
		t.Errorf("%v", flags)
	}
}
