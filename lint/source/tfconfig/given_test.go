package tfconfig

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// givenConfig has a variable of each kind of type, and shows their values as
// the name of a user.
const givenConfig = `variable "s" {
  type    = string
  default = "default"
}
variable "untyped" {
  default = "default"
}
variable "n" {
  type    = number
  default = 0
}
variable "any" {
  type    = any
  default = "default"
}
variable "list" {
  type    = list(string)
  default = []
}
variable "legacy" {
  type    = list
  default = []
}
output "all" {
  value = jsonencode([var.s, var.untyped, var.n, var.any, var.list, var.legacy])
}
resource "aws_iam_user" "u" {
  name = jsonencode([var.s, var.untyped, var.n, var.any, var.list, var.legacy])
}
`

// givenCases are values for the variables of givenConfig, and what becomes of
// them: nil where it is all defaults, and for the values that Terraform
// refuses.
var givenCases = map[string]struct {
	files map[string]string
	env   map[string]string
	args  []string // as for terraform plan
	want  string
}{
	"none": {want: `["default","default",0,"default",[],[]]`},
	"environment": {
		env:  map[string]string{"TF_VAR_s": "e", "TF_VAR_untyped": `["e"]`, "TF_VAR_n": "7", "TF_VAR_any": `{ a = ["x", null] }`, "TF_VAR_list": `["e"]`, "TF_VAR_legacy": `["e"]`},
		want: `["e","[\"e\"]",7,{"a":["x",null]},["e"],["e"]]`,
	},
	"empty in the environment":    {env: map[string]string{"TF_VAR_s": "", "TF_VAR_untyped": ""}, want: `["","",0,"default",[],[]]`},
	"undeclared":                  {env: map[string]string{"TF_VAR_other": "x", "TF_VAR_S": "x"}, want: `["default","default",0,"default",[],[]]`},
	"null is a word for text":     {env: map[string]string{"TF_VAR_s": "null", "TF_VAR_any": "null"}, want: `["null","default",0,null,[],[]]`},
	"a template in an expression": {env: map[string]string{"TF_VAR_any": `"a${1 + 1}"`, "TF_VAR_s": `"a${1 + 1}"`}, want: `["\"a${1 + 1}\"","default",0,"a2",[],[]]`},
	"a file over the environment": {
		env:   map[string]string{"TF_VAR_s": "e", "TF_VAR_list": `["e"]`},
		files: map[string]string{"terraform.tfvars": "s = \"t\"\n"}, want: `["t","default",0,"default",["e"],[]]`,
	},
	"what a file overrides is not read": {
		env:   map[string]string{"TF_VAR_list": "not an expression"},
		files: map[string]string{"terraform.tfvars": "list = [\"t\"]\n"}, want: `["default","default",0,"default",["t"],[]]`,
	},
	"files in their order": {
		files: map[string]string{
			"terraform.tfvars": "s = \"t\"\nn = 1\n", "terraform.tfvars.json": `{"s": "j", "untyped": "j"}`,
			"b.auto.tfvars": "untyped = \"b\"\nany = \"b\"\n", "a.auto.tfvars.json": `{"untyped": "a", "any": "a", "n": 2}`,
		},
		want: `["j","b",2,"b",[],[]]`,
	},
	"no templates in JSON": {
		files: map[string]string{"terraform.tfvars.json": `{"//": "x", "s": "${upper(\"x\")}%{if true}", "any": {"${a}": ["$${b}"]}}`},
		want:  `["${upper(\"x\")}%{if true}","default",0,{"${a}":["$${b}"]},[],[]]`,
	},
	"the command line over all": {
		env: map[string]string{"TF_VAR_s": "e"}, files: map[string]string{"z.auto.tfvars": "s = \"z\"\n"},
		args: []string{"-var", "s=c"}, want: `["c","default",0,"default",[],[]]`,
	},
	"a file after a value":    {args: []string{"-var", "s=c", "-var-file=x.tfvars"}, files: map[string]string{"x.tfvars": "s = \"x\"\n"}, want: `["x","default",0,"default",[],[]]`},
	"a value after a file":    {args: []string{"-var-file", "x.tfvars", "-var=s=c"}, files: map[string]string{"x.tfvars": "s = \"x\"\n"}, want: `["c","default",0,"default",[],[]]`},
	"a value between files":   {args: []string{"-var-file=x.tfvars", "-var=s=c", "-var-file=y.tfvars.json"}, files: map[string]string{"x.tfvars": "s = \"x\"\nn = 1\n", "y.tfvars.json": `{"n": 2}`}, want: `["c","default",2,"default",[],[]]`},
	"equals signs and spaces": {args: []string{"-var", "s= a=b "}, want: `[" a=b ","default",0,"default",[],[]]`},
	"expressions":             {args: []string{"-var", `any=["x"]`, "-var", `list=["y"]`, "-var", `untyped=["z"]`, "-var", "legacy=[1]"}, want: `["default","[\"z\"]",0,["x"],["y"],[1]]`},
	"arguments in the environment": {
		env:  map[string]string{"TF_CLI_ARGS_plan": "-var s=plan -var untyped=plan -lock=false", "TF_CLI_ARGS": `-var 'untyped=of "all"'`, "TF_VAR_s": "e"},
		want: `["plan","of \"all\"",0,"default",[],[]]`,
	},
	"a file in the environment's arguments": {
		env: map[string]string{"TF_CLI_ARGS_plan": "-var-file=x.tfvars"}, files: map[string]string{"x.tfvars": "s = \"x\"\n", "terraform.tfvars": "s = \"t\"\n"},
		want: `["x","default",0,"default",[],[]]`,
	},
	"the command line over the environment's arguments": {
		env: map[string]string{"TF_CLI_ARGS": "-var s=e"}, args: []string{"-var=s=c"}, want: `["c","default",0,"default",[],[]]`,
	},
	"arguments of another command": {env: map[string]string{"TF_CLI_ARGS_apply": "-var s=e"}, want: `["default","default",0,"default",[],[]]`},
}

// TestGiven has the values of variables from everywhere. The answers are those
// of terraform plan, which is asked again where it is at hand.
func TestGiven(t *testing.T) {
	terraform := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	for name, c := range givenCases {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(c.files)
			if files == nil {
				files = map[string]string{}
			}
			files["main.tf"] = givenConfig
			dir := write(t, files)
			given, err := argumentValues(`'` + strings.Join(c.args, `' '`) + `'`)
			if err != nil {
				t.Fatal(err)
			}
			for i := range given {
				if given[i].File != "" {
					given[i].File = filepath.Join(dir, given[i].File)
				}
			}
			m, err := Load(dir, Options{Base: dir, Given: given, LookupEnv: lookupIn(c.env)})
			if err != nil {
				t.Fatal(err)
			}
			if got := entityNames(m); got != c.want || len(m.Diagnostics) > 0 {
				t.Errorf("got %s, want %s\n%s", got, c.want, messages(m))
			}
			if terraform != "" {
				if got := plannedOutput(t, terraform, dir, c.env, c.args); got != c.want {
					t.Errorf("terraform says %s, the test %s", got, c.want)
				}
			}
		})
	}
}

func lookupIn(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

// plannedOutput is the output "all" in the plan of a configuration, without
// its resources.
func plannedOutput(t *testing.T, terraform, dir string, env map[string]string, args []string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(src), "resource ")
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(env map[string]string, args ...string) []byte {
		cmd := exec.Command(terraform, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
		for name, value := range env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.Output()
		if err != nil {
			failed, _ := err.(*exec.ExitError) //nolint:errorlint // Output returns it as it is
			t.Fatalf("terraform %v: %v\n%s%s", args, err, out, failed.Stderr)
		}
		return out
	}
	run(env, slices.Concat([]string{"plan", "-input=false", "-out=saved"}, args)...)
	var plan struct {
		Outputs map[string]struct {
			After string `json:"after"`
		} `json:"output_changes"`
	}
	if err := json.Unmarshal(run(nil, "show", "-json", "saved"), &plan); err != nil {
		t.Fatal(err)
	}
	return plan.Outputs["all"].After
}

// TestGivenBroken has values that Terraform refuses: the variable is then one
// without a value, and not one with its default.
func TestGivenBroken(t *testing.T) {
	config := "variable \"v\" {\n  type    = %s\n  default = null\n}\nresource \"aws_iam_user\" \"u\" {\n  name = var.v == null ? \"default\" : \"given\"\n}\n"
	for name, c := range map[string]struct {
		typ   string
		files map[string]string
		env   map[string]string
		told  string
	}{
		"a bare word":             {typ: "any", env: map[string]string{"TF_VAR_v": "word"}, told: "TF_VAR_v"},
		"nothing":                 {typ: "list(string)", env: map[string]string{"TF_VAR_v": ""}, told: "TF_VAR_v"},
		"a function":              {typ: "any", env: map[string]string{"TF_VAR_v": `upper("a")`}, told: "TF_VAR_v"},
		"no number":               {typ: "number", env: map[string]string{"TF_VAR_v": "seven"}, told: "number"},
		"a reference in a file":   {typ: "string", files: map[string]string{"terraform.tfvars": "v = local.x\n"}, told: "terraform.tfvars:1"},
		"quotes that do not end":  {typ: "string", env: map[string]string{"TF_CLI_ARGS": "-var 'v=x"}, told: "TF_CLI_ARGS"},
		"no file of that name":    {typ: "string", env: map[string]string{"TF_CLI_ARGS_plan": "-var-file=none.tfvars"}, told: "none.tfvars"},
		"no value in an argument": {typ: "string", env: map[string]string{"TF_CLI_ARGS_plan": "-var"}, told: "TF_CLI_ARGS_plan"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(c.files)
			if files == nil {
				files = map[string]string{}
			}
			files["main.tf"] = strings.Replace(config, "%s", c.typ, 1)
			m, err := Load(write(t, files), Options{LookupEnv: lookupIn(c.env)})
			if err != nil {
				t.Fatal(err)
			}
			isError := func(d iam.Diagnostic) bool { return d.Error && d.Summary != "" }
			if !strings.Contains(messages(m), c.told) || !slices.ContainsFunc(m.Diagnostics, isError) {
				t.Errorf("%s is not told:\n%s", c.told, messages(m))
			}
			if got := entityNames(m); !strings.HasPrefix(c.told, "TF_CLI") && c.told != "none.tfvars" && got == "default" {
				t.Errorf("the default is taken: %s", got)
			}
		})
	}
}

// TestPlannedValues has a plan whose values stand against those of the
// environment.
func TestPlannedValues(t *testing.T) {
	dir := write(t, map[string]string{"main.tf": "variable \"a\" {}\nresource \"aws_iam_user\" \"u\" {\n  name = var.a\n}\n"})
	env := map[string]string{"TF_VAR_a": "environment", "TF_CLI_ARGS_plan": "-var a=arguments"}
	m, err := Load(dir, Options{Base: dir, Variables: map[string]any{"a": "plan"}, LookupEnv: lookupIn(env)})
	if err != nil || entityNames(m) != "plan" {
		t.Errorf("%v, %v", entityNames(m), err)
	}
}

// TestDefaultInJSON has defaults in JSON syntax, in which Terraform evaluates
// no templates, beside locals, in which it does.
func TestDefaultInJSON(t *testing.T) {
	dir := write(t, map[string]string{
		"v.tf.json": `{
  "variable": {"a": {"type": "string", "default": "${aws:username}-%{x}"}, "o": {"default": {"k": ["${aws:userid}", "$${x}"], "${y}": 1}}},
  "locals": {"l": "${upper(\"l\")}", "o": "${jsonencode(var.o)}"},
  "resource": {"aws_iam_user": {"u": {"name": "${var.a}/${local.l}/${local.o}"}}}
}`,
	})
	want := `${aws:username}-%{x}/L/{"${y}":1,"k":["${aws:userid}","$${x}"]}`
	if got := entityNames(loadModel(t, dir)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
