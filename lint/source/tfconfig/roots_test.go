package tfconfig

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// user is a configuration with one entity of a name.
func user(name string) string {
	return "resource \"aws_iam_user\" \"u\" {\n  name = \"" + name + "\"\n}\n"
}

func calling(name, source, more string) string {
	return "module \"" + name + "\" {\n  source = \"" + source + "\"\n" + more + "}\n"
}

// loadAll loads everything below a directory that is its own repository.
func loadAll(t *testing.T, files map[string]string, o Options) []*iam.Model {
	t.Helper()
	dir := write(t, files)
	t.Chdir(dir)
	models, err := LoadAll(".", o)
	if err != nil {
		t.Fatal(err)
	}
	return models
}

func said(models []*iam.Model) string {
	var b strings.Builder
	for _, m := range models {
		b.WriteString(messages(m))
	}
	return b.String()
}

// TestNothingOutOfSight: a directory that no judged root module is made of is
// judged itself, whatever calls it. One that is called and made is not judged
// twice.
func TestNothingOutOfSight(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		roots string
	}{
		"called and made":       {map[string]string{"live/main.tf": calling("p", "../prod", "")}, "live"},
		"called perhaps":        {map[string]string{"live/main.tf": calling("p", "../prod", "  count = var.n\n") + "variable \"n\" {}\n"}, "live"},
		"count of zero":         {map[string]string{"decoy/main.tf": calling("p", "../prod", "  count = 0\n")}, "decoy prod"},
		"count by a variable":   {map[string]string{"decoy/main.tf": calling("p", "../prod", "  count = var.on ? 1 : 0\n") + "variable \"on\" {\n  default = false\n}\n"}, "decoy prod"},
		"count by a value file": {map[string]string{"live/main.tf": calling("p", "../prod", "  count = var.on ? 1 : 0\n") + "variable \"on\" {\n  default = false\n}\n", "live/x.auto.tfvars": "on = true\n"}, "live"},
		"an empty map":          {map[string]string{"decoy/main.tf": calling("p", "../prod", "  for_each = {}\n")}, "decoy prod"},
		"an empty set":          {map[string]string{"decoy/main.tf": calling("p", "../prod", "  for_each = toset([for x in [\"a\"] : x if x != \"a\"])\n")}, "decoy prod"},
		"not enabled":           {map[string]string{"decoy/main.tf": calling("p", "../prod", "  lifecycle {\n    enabled = false\n  }\n")}, "decoy prod"},
		"enabled":               {map[string]string{"live/main.tf": calling("p", "../prod", "  lifecycle {\n    enabled = true\n  }\n")}, "live"},
		"through one not made":  {map[string]string{"decoy/main.tf": calling("m", "../mid", "  count = 0\n"), "mid/main.tf": calling("p", "../prod", "")}, "decoy mid"},
		"made elsewhere":        {map[string]string{"decoy/main.tf": calling("p", "../prod", "  count = 0\n"), "live/main.tf": calling("p", "../prod", "")}, "decoy live"},
		"in a circle":           {map[string]string{"prod/more.tf": calling("q", "../other", ""), "other/main.tf": calling("p", "../prod", "")}, "other"},
		"in a circle of none":   {map[string]string{"prod/more.tf": calling("q", "../other", "  count = 0\n"), "other/main.tf": calling("p", "../prod", "  count = 0\n")}, "other prod"},
		"calls itself":          {map[string]string{"prod/more.tf": calling("q", "./", "")}, "prod"},
		"from an example":       {map[string]string{"prod/examples/full/main.tf": calling("p", "../..", "")}, "prod prod/examples/full"},
		"from a test":           {map[string]string{"test/main.tf": calling("p", "../prod", "")}, "prod test"},
		"among fixtures":        {map[string]string{"test/a/main.tf": calling("m", "./m", ""), "test/a/m/main.tf": user("m")}, "prod test/a"},
		"with values":           {map[string]string{"live/main.tf": calling("p", "../prod", ""), "prod/terraform.tfvars": ""}, "live prod"},
		"with a backend":        {map[string]string{"live/main.tf": calling("p", "../prod", ""), "prod/b.tf": "terraform {\n  backend \"s3\" {}\n}\n"}, "live prod"},
		"in JSON":               {map[string]string{"decoy/main.tf.json": `{"module":{"p":{"source":"../prod","count":0}}}`}, "decoy prod"},
		"by OpenTofu only":      {map[string]string{"live/main.tf": user("x"), "live/more.tofu": calling("p", "../prod", "")}, "live live"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"prod/main.tf": user("prod")}
			maps.Copy(files, c.files)
			models := loadAll(t, files, Options{})
			if got := rootsOfModels(models); got != c.roots {
				t.Errorf("got %s, want %s", got, c.roots)
			}
			found := 0
			for _, m := range models {
				for _, e := range m.Entities {
					if name, _ := e.Name.Known(); name == "prod" {
						found++
					}
				}
			}
			if found == 0 {
				t.Error("prod is out of sight")
			}
			if unread := models[0].Coverage.Unread; len(unread) > 0 {
				t.Errorf("unread %q", unread)
			}
		})
	}
}

// TestLinkedModules: a module that is called through a link to its directory
// is made of the directory itself.
func TestLinkedModules(t *testing.T) {
	dir := write(t, map[string]string{"live/main.tf": calling("m", "./shared/m", ""), "lib/m/main.tf": user("m"), ".git/HEAD": ""})
	t.Chdir(dir)
	if err := os.Symlink("../lib", "live/shared"); err != nil {
		t.Skip(err)
	}
	models, err := LoadAll(".", Options{})
	if err != nil || rootsOfModels(models) != "live" || len(models[0].Entities) != 1 {
		t.Errorf("%v: %s\n%s", err, rootsOfModels(models), said(models))
	}
	if got := strings.Join(models[0].Coverage.Read, " "); got != "lib/m live" {
		t.Errorf("read %s", got)
	}
}

// TestAboveTheRoots: configuration at the top of a repository that makes nothing
// takes no root module below it out of sight, and one that makes something has
// them named.
func TestAboveTheRoots(t *testing.T) {
	for name, c := range map[string]struct {
		top   string
		makes bool
	}{
		"a comment":  {"# nothing\n", false},
		"nothing":    {"", false},
		"a version":  {"terraform {\n  required_version = \">= 1.0\"\n}\n", false},
		"a provider": {"provider \"aws\" {\n  region = \"eu-west-1\"\n}\n", false},
		"a local":    {"locals {\n  x = 1\n}\n", false},
		"a variable": {"variable \"x\" {}\noutput \"x\" {\n  value = var.x\n}\n", false},
		"a move":     {"moved {\n  from = aws_iam_user.a\n  to = aws_iam_user.b\n}\n", false},
		"a resource": {"resource \"null_resource\" \"x\" {}\n", true},
		"a data":     {"data \"aws_region\" \"x\" {}\n", true},
		"a call":     {calling("m", "./m", ""), true},
		"a decoy":    {calling("a", "./stacks/a", "  count = 0\n"), true},
		"a hole":     {"resource \"", true},
	} {
		t.Run(name, func(t *testing.T) {
			models := loadAll(t, map[string]string{"x.tf": c.top, "stacks/a/main.tf": user("a"), "m/main.tf": user("m"), ".git/HEAD": ""}, Options{})
			if judged := slices.ContainsFunc(models, func(m *iam.Model) bool { return m.Input.Root == "stacks/a" }); judged == c.makes {
				t.Errorf("judged %v:\n%s", judged, said(models))
			}
			if named := strings.Contains(said(models), "stacks/a"); named != c.makes || slices.Contains(models[0].Coverage.Unread, "stacks/a") != named {
				t.Errorf("named %v:\n%s", named, said(models))
			}
		})
	}
}

// TestUnread tells what is said of directories that are not judged, and of
// which nothing is said.
func TestUnread(t *testing.T) {
	files := map[string]string{
		"main.tf": user("top") + calling("m", "./m", ""), "m/main.tf": user("m"), "old/a/main.tf": user("a"), "old/b/x.tofu": user("b"),
		".infra/main.tf": user("hidden"), ".terraform/modules/x/main.tf": user("x"), "node_modules/x/main.tf": user("x"), ".git/x/main.tf": user("x"),
		"docs/notes.md": "", "old/.keep": "",
	}
	for name, c := range map[string]struct {
		options Options
		unread  string
		said    string
	}{
		"named":         {Options{}, "old/a old/b .infra", "2 directories with configuration below it are not judged, because no root module that is judged is made of them: old/a, old/b (--recursive judges them too)"},
		"hidden":        {Options{}, "old/a old/b .infra", "1 directory with configuration is hidden, and so not judged unless the command line names it: .infra"},
		"below too":     {Options{Recursive: true}, ".infra", ".infra"},
		"excluded":      {Options{Exclude: []string{"old/**", ".infra"}}, "", ""},
		"another run's": {Options{Also: []string{".", "old/a", ".infra"}}, "old/b", "1 directory with configuration below it is not judged, because no root module that is judged is made of it: old/b"},
		"one above":     {Options{Also: []string{".", "old", ".infra"}}, "", ""},
		"of a hook":     {Options{Partial: true}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			models := loadAll(t, files, c.options)
			if got := strings.Join(models[0].Coverage.Unread, " "); got != c.unread {
				t.Errorf("unread %s, want %s", got, c.unread)
			}
			if text := said(models); !strings.Contains(text, c.said) || c.said == "" && text != "" {
				t.Errorf("said %s, want %s", text, c.said)
			}
			for _, m := range models {
				if slices.ContainsFunc(m.Diagnostics, func(d iam.Diagnostic) bool { return d.Error }) {
					t.Error("an error")
				}
			}
		})
	}
}

// TestStore: files that root modules link to are judged there, and their own
// directory is a root module only if it can be one.
func TestStore(t *testing.T) {
	for name, c := range map[string]struct{ shared, roots string }{
		"needs what is beside the link": {"resource \"aws_iam_user\" \"u\" {\n  name = local.name\n}\n", "live/a live/b"},
		"is whole by itself":            {user("u"), "live/a live/b shared"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"shared/iam.tf": c.shared, ".git/HEAD": "",
				"live/a/main.tf": "locals {\n  name = \"a\"\n}\n", "live/b/main.tf": "locals {\n  name = \"b\"\n}\n",
			})
			t.Chdir(dir)
			for _, root := range []string{"live/a", "live/b"} {
				if err := os.Symlink("../../shared/iam.tf", filepath.Join(filepath.FromSlash(root), "iam.tf")); err != nil {
					t.Skip(err)
				}
			}
			models, err := LoadAll(".", Options{})
			if err != nil || rootsOfModels(models) != c.roots || said(models) != "" || len(models[0].Coverage.Unread) > 0 {
				t.Errorf("%v: %s\n%s", err, rootsOfModels(models), said(models))
			}
			roots, err := RootsOf([]string{"shared/iam.tf"}, Options{})
			if got := filepath.ToSlash(strings.Join(roots, " ")); err != nil || got != c.roots {
				t.Errorf("of a change: %v: %s", err, got)
			}
		})
	}
	// A directory of which one file is not linked is none.
	dir := write(t, map[string]string{"shared/iam.tf": "locals {\n  x = local.y\n}\n" + user("u"), "shared/more.tf": "resource \"aws_iam_user\" \"v\" {\n  name = local.gone\n}\n", "live/main.tf": "locals {\n  y = 1\n}\n", ".git/HEAD": ""})
	t.Chdir(dir)
	if err := os.Symlink("../shared/iam.tf", "live/iam.tf"); err != nil {
		t.Skip(err)
	}
	if models, err := LoadAll(".", Options{}); err != nil || rootsOfModels(models) != "live shared" {
		t.Errorf("%v: %s", err, rootsOfModels(models))
	}
}

// TestOtherTools names the trees of other tools, beside configuration where they
// run Terraform.
func TestOtherTools(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string // "" for nothing
	}{
		"Terragrunt":              {map[string]string{"live/root.hcl": "", "live/prod/terragrunt.hcl": "", "live/dev/terragrunt.hcl": ""}, "the configuration of Terragrunt is not read (live/dev/terragrunt.hcl, live/prod/terragrunt.hcl): run terragrunt run --all plan"},
		"Terragrunt and modules":  {map[string]string{"live/prod/terragrunt.hcl": "", "modules/m/main.tf": user("m")}, "Terragrunt"},
		"Terragrunt beside":       {map[string]string{"main.tf": user("m"), "terragrunt.hcl": ""}, "Terragrunt"},
		"a stack of Terragrunt":   {map[string]string{"live/terragrunt.stack.hcl": ""}, "Terragrunt"},
		"Terragrunt's cache":      {map[string]string{"main.tf": user("m"), ".terragrunt-cache/x/terragrunt.hcl": ""}, ""},
		"Stacks":                  {map[string]string{"components.tfcomponent.hcl": "", "prod.tfdeploy.hcl": ""}, "the configuration of Terraform Stacks is not read"},
		"Stacks of old":           {map[string]string{"components.tfstack.hcl": "", "modules/m/main.tf": user("m")}, "Terraform Stacks"},
		"CDK for Terraform":       {map[string]string{"cdktf.json": "{}"}, "run cdktf synth"},
		"CDK for Terraform, done": {map[string]string{"cdktf.json": "{}", "cdktf.out/stacks/a/cdk.tf.json": `{"resource":{"aws_iam_user":{"u":{"name":"u"}}}}`}, ""},
		"Pulumi":                  {map[string]string{"Pulumi.yaml": ""}, "Pulumi"},
		"CloudFormation":          {map[string]string{"cfn/template.yaml": "Resources: {}"}, "CloudFormation"},
		"SAM beside Terraform":    {map[string]string{"main.tf": user("m"), "fn/template.yaml": ""}, ""},
		"tests only":              {map[string]string{"main.tf": user("m"), "a.tftest.hcl": "", "b.tfmock.hcl": "", ".terraform.lock.hcl": "", "x.pkr.hcl": ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{".git/HEAD": ""}
			maps.Copy(files, c.files)
			models := loadAll(t, files, Options{})
			var said []string
			for _, m := range models {
				for _, d := range m.Diagnostics {
					if strings.Contains(d.Summary, "is not read") {
						said = append(said, d.Summary)
					}
				}
			}
			if c.want == "" && len(said) > 0 || c.want != "" && (len(said) != 1 || !strings.Contains(said[0], c.want)) {
				t.Errorf("said %q, want %s", said, c.want)
			}
			configured := slices.ContainsFunc(slices.Collect(maps.Keys(c.files)), func(name string) bool { return tfBase(name) != "" })
			if models[0].Input.Nothing == configured {
				t.Errorf("nothing: %v", models[0].Input.Nothing)
			}
		})
	}
}

// TestNothing tells what counts as nothing to judge.
func TestNothing(t *testing.T) {
	for name, c := range map[string]struct {
		files   map[string]string
		nothing bool
	}{
		"no file":         {map[string]string{"readme.md": ""}, true},
		"a plan":          {map[string]string{"plan.json": "{}"}, true},
		"a comment":       {map[string]string{"main.tf": "# here will be something\n"}, true},
		"values alone":    {map[string]string{"terraform.tfvars": "x = 1\n"}, true},
		"a hidden root":   {map[string]string{".infra/main.tf": user("u")}, true},
		"a bucket":        {map[string]string{"main.tf": "resource \"aws_s3_bucket\" \"b\" {}\n"}, false},
		"an output":       {map[string]string{"main.tf": "output \"x\" {\n  value = 1\n}\n"}, false},
		"a broken file":   {map[string]string{"main.tf": "resource {"}, false},
		"a check":         {map[string]string{"main.tf": "check \"x\" {}\n"}, false},
		"a test beside":   {map[string]string{"a.tftest.hcl": "run \"x\" {}\n"}, true},
		"only OpenTofu's": {map[string]string{"main.tofu": user("u")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{".git/HEAD": ""}
			maps.Copy(files, c.files)
			models := loadAll(t, files, Options{})
			if got := models[0].Input.Nothing; got != c.nothing || len(models) != 1 {
				t.Errorf("nothing: %v of %d\n%s", got, len(models), said(models))
			}
			if c.nothing != strings.Contains(said(models), "nothing was checked") || c.nothing && models[0].Coverage.Roots > 0 {
				t.Errorf("said %s", said(models))
			}
		})
	}
}
