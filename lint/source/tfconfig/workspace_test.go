package tfconfig

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// workspaceConfig shows terraform.workspace as the name of a user.
const workspaceConfig = "output \"all\" {\n  value = terraform.workspace\n}\nresource \"aws_iam_user\" \"u\" {\n  name = terraform.workspace\n}\n"

func TestWorkspace(t *testing.T) {
	outside := write(t, map[string]string{"environment": "outside"})
	block := func(inside string) map[string]string {
		return map[string]string{"terraform.tf": "terraform {\n" + inside + "\n}\n"}
	}
	const selected = ".terraform/environment"
	terraform := os.Getenv("BOUNDLINT_TEST_TERRAFORM")
	for name, c := range map[string]struct {
		option string
		env    map[string]string
		files  map[string]string
		want   string
		// asked tells that terraform can be asked: it needs no init.
		asked bool
	}{
		"nothing tells":             {want: "<terraform.workspace>"},
		"the environment":           {env: map[string]string{"TF_WORKSPACE": "prod"}, want: "prod", asked: true},
		"an empty environment":      {env: map[string]string{"TF_WORKSPACE": ""}, want: "<terraform.workspace>"},
		"selected":                  {files: map[string]string{selected: "prod"}, want: "prod", asked: true},
		"a line":                    {files: map[string]string{selected: " prod\r\n"}, want: "prod", asked: true},
		"selected by default":       {files: map[string]string{selected: "default"}, want: "default", asked: true},
		"a blank line":              {files: map[string]string{selected: "\n"}, want: "default", asked: true},
		"environment over selected": {env: map[string]string{"TF_WORKSPACE": "prod"}, files: map[string]string{selected: "dev"}, want: "prod", asked: true},
		"empty under selected":      {env: map[string]string{"TF_WORKSPACE": ""}, files: map[string]string{selected: "dev"}, want: "dev", asked: true},
		"the option over all":       {option: "test", env: map[string]string{"TF_WORKSPACE": "prod"}, files: map[string]string{selected: "dev"}, want: "test"},
		"another data directory":    {env: map[string]string{"TF_DATA_DIR": "data"}, files: map[string]string{"data/environment": "there", selected: "here"}, want: "there", asked: true},
		"a data directory outside":  {env: map[string]string{"TF_DATA_DIR": outside}, files: map[string]string{selected: "here"}, want: "outside", asked: true},
		"a data directory without":  {env: map[string]string{"TF_DATA_DIR": "data"}, files: map[string]string{selected: "here"}, want: "<terraform.workspace>"},

		"a cloud workspace":                    {files: block("cloud {\n workspaces {\n name = \"app-prod\"\n}\n}"), want: "app-prod"},
		"cloud workspaces by tags":             {files: block("cloud {\n workspaces {\n tags = [\"app\"]\n}\n}"), want: "<terraform.workspace>"},
		"a cloud workspace in JSON":            {files: map[string]string{"t.tf.json": `{"terraform": {"cloud": {"workspaces": {"name": "app-prod"}}}}`}, want: "app-prod"},
		"a cloud workspace of a variable":      {files: block("cloud {\n workspaces {\n name = var.x\n}\n}"), want: "<terraform.workspace>"},
		"a backend without workspaces":         {files: block("backend \"http\" {}"), want: "default"},
		"a backend with workspaces":            {files: block("backend \"s3\" {}"), want: "<terraform.workspace>"},
		"a remote backend":                     {files: block("backend \"remote\" {\n workspaces {\n name = \"app\"\n}\n}"), want: "<default|app>"},
		"a remote backend by prefix":           {files: block("backend \"remote\" {\n workspaces {\n prefix = \"app-\"\n}\n}"), want: "<terraform.workspace>"},
		"a remote backend by prefix, selected": {env: map[string]string{"TF_WORKSPACE": "dev"}, files: block("backend \"remote\" {\n workspaces {\n prefix = \"app-\"\n}\n}"), want: "<dev|app-dev>"},
		"a remote backend, named":              {option: "app", files: block("backend \"remote\" {\n workspaces {\n prefix = \"app-\"\n}\n}"), want: "app"},
		"in OpenTofu's words":                  {env: map[string]string{"TF_WORKSPACE": "prod"}, files: map[string]string{"main.tf": strings.ReplaceAll(workspaceConfig, "terraform.", "tofu.")}, want: "prod"},
		"in JSON":                              {env: map[string]string{"TF_WORKSPACE": "prod"}, files: map[string]string{"main.tf": "", "r.tf.json": `{"resource": {"aws_iam_user": {"u": {"name": "${terraform.workspace}"}}}}`}, want: "prod"},
		"in a module": {env: map[string]string{"TF_WORKSPACE": "prod"}, want: "prod", files: map[string]string{
			"main.tf": "module \"m\" {\n source = \"./m\"\n}\n", "m/main.tf": workspaceConfig, "m/.terraform/environment": "wrong",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"main.tf": workspaceConfig}
			maps.Copy(files, c.files)
			dir := write(t, files)
			m, err := Load(dir, Options{Base: dir, Workspace: c.option, LookupEnv: lookupIn(c.env)})
			if err != nil {
				t.Fatal(err)
			}
			if got := entityNames(m); got != c.want {
				t.Errorf("got %s, want %s\n%s", got, c.want, messages(m))
			}
			known := !strings.HasPrefix(c.want, "<")
			if m.Input.WorkspaceUnknown == known || known && m.Input.Workspace != c.want {
				t.Errorf("the input says %q, unknown: %v", m.Input.Workspace, m.Input.WorkspaceUnknown)
			}
			if terraform != "" && c.asked {
				if got := plannedOutput(t, terraform, dir, c.env, nil); got != c.want {
					t.Errorf("terraform says %s, the test %s", got, c.want)
				}
			}
		})
	}
	for _, name := range []string{"a b", "a/b", "ä", "a%20b"} {
		if m, err := Load(write(t, map[string]string{"main.tf": workspaceConfig}), Options{LookupEnv: lookupIn(map[string]string{"TF_WORKSPACE": name})}); err == nil || !strings.Contains(err.Error(), "TF_WORKSPACE") {
			t.Errorf("%q is taken: %v, %v", name, m, err)
		}
	}
}

// TestWorkspaceHides has expressions that depend on the workspace: what stays
// certain, and that the workspace is named where nothing does.
func TestWorkspaceHides(t *testing.T) {
	for name, c := range map[string]struct {
		boundary, want string
		hidden         bool
	}{
		"either way":          {`terraform.workspace == "prod" ? "b" : "b"`, "b", false},
		"not empty":           {`terraform.workspace == "" ? null : "b"`, "b", false},
		"not null":            {`terraform.workspace == null ? null : "b"`, "b", false},
		"a conditional":       {`terraform.workspace == "prod" ? "b" : null`, "<b|null>?", true},
		"a local":             {`local.prod ? "b" : null`, "<b|null>?", true},
		"a lookup":            {`lookup({ prod = "b" }, terraform.workspace, null)`, "<b|null>?", true},
		"a map":               {`{ prod = "b", dev = null }[terraform.workspace]`, "<b|null>?", true},
		"a function":          {`contains(["a", "b"], terraform.workspace) ? "b" : null`, "<b|null>?", true},
		"a pattern":           {`length(regexall("^prod", terraform.workspace)) > 0 ? "b" : null`, "<b|null>?", true},
		"through a module":    {`module.m.b`, "<b|null>?", true},
		"a loop":              {`[for w in ["prod"] : "b" if w == terraform.workspace][0]`, "b", false}, // or it fails
		"a loop that is long": {`[for w in ["prod", "dev"] : "b-${w}" if w == terraform.workspace][0]`, "", true},
		"not the workspace":   {`var.x ? "b" : null`, "<b|null>?", false},
		"a text":              {`"arn:${terraform.workspace}"`, "arn:<terraform.workspace>", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"main.tf": "variable \"x\" {\n type = bool\n}\nlocals {\n  prod = terraform.workspace == \"prod\"\n}\nmodule \"m\" {\n  source = \"./m\"\n  prod = local.prod\n}\n" +
					"resource \"aws_iam_role\" \"r\" {\n  permissions_boundary = " + c.boundary + "\n}\n",
				"m/main.tf": "variable \"prod\" {}\noutput \"b\" {\n  value = var.prod ? \"b\" : null\n}\n",
			})
			m := loadModel(t, dir)
			e := m.Entities[0]
			got := e.Boundary.String()
			if e.Boundary.Nullable {
				got += "?"
			}
			if c.want != "" && got != c.want {
				t.Errorf("got %s, want %s\n%s", got, c.want, messages(m))
			}
			var reasons []string
			for _, s := range e.Boundary.Text.Symbols() {
				reasons = append(reasons, s.Reasons...)
			}
			if slices.Contains(reasons, "terraform.workspace is not known") != c.hidden {
				t.Errorf("the reasons are %q", reasons)
			}
		})
	}
}

// TestListedWorkspaces has root modules that are judged in each workspace of
// their configuration.
func TestListedWorkspaces(t *testing.T) {
	dir := write(t, map[string]string{
		"asks/main.tf":                    workspaceConfig,
		"asks_not/main.tf":                "resource \"aws_iam_user\" \"u\" {\n  name = \"fixed\"\n}\n",
		"selected/main.tf":                workspaceConfig,
		"selected/.terraform/environment": "here",
		"unlisted/main.tf":                workspaceConfig,
	})
	list := func(root string) []string {
		if strings.HasSuffix(root, "unlisted") {
			return nil
		}
		return []string{"dev", "prod"}
	}
	names := func(o Options) string {
		o.Base, o.Workspaces = dir, list
		models, err := LoadAll(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, m := range models {
			out = append(out, filepath.Base(m.Input.Path)+" "+m.Input.Workspace+": "+entityNames(m))
		}
		return strings.Join(out, "; ")
	}
	if got, want := names(Options{}), "asks dev: dev; asks prod: prod; asks_not : fixed; selected here: here; unlisted : <terraform.workspace>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := names(Options{Workspace: "test"}), "asks test: test; asks_not : fixed; selected test: test; unlisted test: test"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	root, err := Evaluate(filepath.Join(dir, "asks"), Options{Base: dir, Workspaces: list})
	if err != nil || root.Resources[0].Values["name"].Text.String() != "<dev|prod>" || !root.WorkspaceUnknown {
		t.Errorf("a plan is of one of them: %+v, %v", root, err)
	}
}

// TestIncompleteReferences has references that lack a part, which Terraform refuses.
func TestIncompleteReferences(t *testing.T) {
	for reference, want := range map[string]string{
		"private":                               `private is not a reference: a reference to a resource has a type and a name, TYPE.NAME. Put text in quotes: "private"`,
		`"${private}"`:                          `private is not a reference`,
		`private["x"]`:                          `private is not a reference`,
		"upper(private)":                        `private is not a reference`,
		"var":                                   "var is not a value by itself: write var.NAME",
		"local":                                 "local is not a value by itself: write local.NAME",
		"module":                                "module is not a value by itself: write module.NAME",
		"path":                                  "path is not a value by itself: write path.NAME",
		"each":                                  "each is not a value by itself: write each.NAME",
		"terraform":                             "terraform is not a value by itself: write terraform.NAME",
		"data":                                  "a reference that begins with data has a type and a name: write data.TYPE.NAME",
		"data.aws_iam_role":                     "a reference that begins with data has a type and a name: write data.TYPE.NAME",
		"resource.aws_thing":                    "a reference that begins with resource has a type and a name: write resource.TYPE.NAME",
		"terraform.env":                         `terraform has no attribute "env": it has workspace and applying`,
		"aws_iam_user.none":                     "aws_iam_user.none is not declared in this module",
		"[for private in [\"x\"] : private][0]": "",
	} {
		dir := write(t, map[string]string{"main.tf": "resource \"aws_iam_user\" \"u\" {\n  name = " + reference + "\n}\n"})
		told := messages(loadModel(t, dir))
		if want == "" && told != "" || !strings.Contains(told, want) || strings.Contains(told, "private. ") {
			t.Errorf("%s:\n%s", reference, told)
		}
	}
}
