package config_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

var ruleIDs = []string{"boundary-missing", "boundary-not-approved", "admin-attached", "name-prefix", "wildcard-grant"}

const boundaryJSON = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
  ]
}`

// everything is the example of the design, with every key there is.
const everything = `account_id = "111122223333"
preset     = "audit"
exclude    = ["examples/**"]
workspaces = ["dev", "prod"]

boundary "workload" {
  arns       = ["arn:aws:iam::*:policy/workload-boundary"]
  references = ["aws_iam_policy.boundary", "var.permissions_boundary_arn", "data.aws_iam_policy.boundary"]
  document   = "policies/workload-boundary.json"
  applies_to = ["app-*"]
}

naming "aws_iam_role" {
  name = "regex:^app-[a-z0-9-]+$"
  path = "/teams/*"
}

trusted "aws_iam_role.deployer" {
  reason = "the pipeline itself, reviewed in SEC-12"
}

rule "wildcard-grant" {
  enabled  = true
  severity = "warning"
}

exempt "module.admin[\"eu\"].*" {
  rules  = ["boundary-missing", "admin-attached"]
  reason = "break-glass, reviewed in SEC-481"
  until  = "2027-03-31"
}

organization_policies = ["scp/*.json"]
`

// write lays files into a directory of their own and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads a configuration of that text, with some documents beside it.
func load(t *testing.T, text string) (*lint.Settings, error) {
	t.Helper()
	dir := write(t, map[string]string{
		config.FileName:                   text,
		"policies/workload-boundary.json": boundaryJSON,
		"policies/ci.json":                boundaryJSON,
		"policies/ci-boundary.json":       boundaryJSON,
		"policies/broken.json":            "{\n  \"Statement\": [}\n",
		"scp/deny.json":                   `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}`,
		"scp/resource.json":               `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`,
	})
	t.Chdir(dir)
	return config.Load(config.FileName, ruleIDs)
}

func TestEverything(t *testing.T) {
	s, err := load(t, everything)
	if err != nil {
		t.Fatal(err)
	}
	if s.File != config.FileName || s.AccountID != "111122223333" || s.Preset != "audit" || !reflect.DeepEqual(s.Exclude, []string{"examples/**"}) ||
		!reflect.DeepEqual(s.Workspaces, []string{"dev", "prod"}) {
		t.Errorf("head: %+v", s)
	}
	b := s.Boundaries[0]
	if b.Name != "workload" || len(b.ARNs) != 1 || len(b.References) != 3 || !reflect.DeepEqual(b.AppliesTo, []string{"app-*"}) || b.Location.Range.Start.Line != 6 {
		t.Errorf("boundary: %+v", b)
	}
	if d := b.Document; d == nil || len(d.Statements) != 2 {
		t.Fatalf("document: %+v", d)
	} else if at := d.StatementLocation(1, d.Statements[1].Range); at.File != "policies/workload-boundary.json" || at.Range.Start.Line != 5 {
		t.Errorf("second statement is at %+v", at)
	}
	if n, ok := s.NamingFor("aws_iam_role"); !ok || n.Path != "/teams/*" || !strings.HasPrefix(n.Name, "regex:") {
		t.Errorf("naming: %+v", n)
	}
	if n, ok := s.NamingFor("aws_iam_user"); !ok || n.Name != "app-*" {
		t.Errorf("default naming: %+v", n)
	}
	if s.Trusted[0].Pattern != "aws_iam_role.deployer" || s.Trusted[0].Reason == "" || s.Trusted[0].Location.Range.Start.Line != 18 {
		t.Errorf("trusted: %+v", s.Trusted)
	}
	if r := s.Rules[0]; r.ID != "wildcard-grant" || !*r.Enabled || *r.Severity != lint.Warning {
		t.Errorf("rule: %+v", r)
	}
	if e := s.Exemptions[0]; e.Pattern != `module.admin["eu"].*` || len(e.Rules) != 2 || !e.Until.Equal(time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("exemption: %+v", e)
	}
	var types []string
	for _, p := range s.OrganizationPolicies {
		types = append(types, p.Address+" "+p.Type)
	}
	if want := []string{"scp/deny.json SERVICE_CONTROL_POLICY", "scp/resource.json RESOURCE_CONTROL_POLICY"}; !reflect.DeepEqual(types, want) {
		t.Errorf("organization policies: %q", types)
	}
	read := map[string]int{}
	for _, d := range s.Documents {
		if read[d.File]++; read[d.File] > 1 {
			t.Errorf("%s is listed twice among what was read", d.File)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"syntax":             {"account_id = \n", ".boundlint.hcl:1:14: Invalid expression: "},
		"unknown key":        {"acount_id = \"1\"\n", `.boundlint.hcl:1:1: Unsupported argument: An argument named "acount_id" is not expected here. Did you mean "account_id"?`},
		"unknown block":      {"boundri \"x\" {}\n", `.boundlint.hcl:1:1: Unsupported block type: Blocks of type "boundri" are not expected here. Did you mean "boundary"?`},
		"key in block":       {"boundary \"x\" {\n  arn = []\n}\n", `.boundlint.hcl:2:3: Unsupported argument: An argument named "arn" is not expected here. Did you mean "arns"?`},
		"account":            {"account_id = \"1234\"\n", `.boundlint.hcl:1:14: "1234" is not an account id: those are twelve digits, in quotes`},
		"account as number":  {"account_id = 012345678901\n", `.boundlint.hcl:1:14: "12345678901" is not an account id`},
		"variable":           {"account_id = var.x\n", `.boundlint.hcl:1:14: Variables not allowed`},
		"preset":             {"preset = \"audits\"\n", `.boundlint.hcl:1:10: there is no preset "audits"; did you mean audit?`},
		"null":               {"preset = null\n", `.boundlint.hcl:1:10: null is not text`},
		"no list":            {"exclude = \"x\"\n", `.boundlint.hcl:1:11: exclude is a list: write exclude = ["..."]`},
		"bad exclude":        {"exclude = [\"[\"]\n", `.boundlint.hcl:1:12: "[" is not a valid glob`},
		"bad workspace":      {"workspaces = [\"dev\", \"a/b\"]\n", `.boundlint.hcl:1:22: "a/b" is not the name of a workspace`},
		"workspace twice":    {"workspaces = [\"dev\", \"dev\"]\n", `.boundlint.hcl:1:22: the workspace "dev" is listed twice`},
		"empty text":         {"exclude = [\"a\", \"\"]\n", `.boundlint.hcl:1:17: the text is empty`},
		"rule":               {"rule \"wildcard-grants\" {}\n", `.boundlint.hcl:1:6: there is no rule "wildcard-grants"; did you mean wildcard-grant?`},
		"severity":           {"rule \"name-prefix\" {\n  severity = \"warn\"\n}\n", `.boundlint.hcl:2:14: there is no severity "warn"; there are error, warning, note`},
		"enabled":            {"rule \"name-prefix\" {\n  enabled = \"maybe\"\n}\n", `.boundlint.hcl:2:13: enabled is true or false`},
		"rule twice":         {"rule \"name-prefix\" {}\nrule \"name-prefix\" {}\n", `.boundlint.hcl:2:1: rule "name-prefix" stands in line 1 already`},
		"trusted reason":     {"trusted \"x\" {}\n", `.boundlint.hcl:1:1: trusted "x" gives no reason: write reason = "..."`},
		"trusted nobody":     {"trusted \"\" {\n  reason = \"x\"\n}\n", `.boundlint.hcl:1:1: trusted names no entity`},
		"exempt reason":      {"exempt \"x\" {\n  rules = [\"name-prefix\"]\n}\n", `.boundlint.hcl:1:1: exempt "x" gives no reason`},
		"exempt empty":       {"exempt \"x\" {\n  rules = [\"name-prefix\"]\n  reason = \" \"\n}\n", `.boundlint.hcl:3:12: the text is empty`},
		"exempt rules":       {"exempt \"x\" {\n  reason = \"y\"\n}\n", `.boundlint.hcl:1:1: exempt "x" says not from which rules`},
		"exempt rule":        {"exempt \"x\" {\n  rules = [\"name-prefix\", \"boundary-mising\"]\n  reason = \"y\"\n}\n", `.boundlint.hcl:2:27: there is no rule "boundary-mising"; did you mean boundary-missing?`},
		"until":              {"exempt \"x\" {\n  rules = [\"name-prefix\"]\n  reason = \"y\"\n  until = \"2027-02-30\"\n}\n", `.boundlint.hcl:4:11: "2027-02-30" is not a date`},
		"no label":           {"exempt {\n}\n", `.boundlint.hcl:1:8: Missing pattern for exempt`},
		"naming type":        {"naming \"aws_iam_rol\" {}\n", `.boundlint.hcl:1:8: there is no resource type with an IAM name "aws_iam_rol"; did you mean aws_iam_role?`},
		"naming glob":        {"naming \"aws_iam_role\" {\n  name = \"app-[a-z]*\"\n}\n", `.boundlint.hcl:2:10: "app-[a-z]*" matches no IAM name`},
		"naming regex":       {"naming \"aws_iam_role\" {\n  name = \"regex:^app-[\"\n}\n", ".boundlint.hcl:2:10: the regular expression is wrong: missing closing ]"},
		"naming path":        {"naming \"aws_iam_role\" {\n  path = \"/teams\"\n}\n", `.boundlint.hcl:2:10: "/teams" matches no IAM path`},
		"boundary nothing":   {"boundary \"x\" {}\n", `.boundlint.hcl:1:1: boundary "x" approves nothing`},
		"boundary name":      {"boundary \"x y\" {\n  arns = [\"*\"]\n}\n", `.boundlint.hcl:1:1: "x y" is not a name for a boundary`},
		"arn":                {"boundary \"x\" {\n  arns = [\"workload-boundary\"]\n}\n", `.boundlint.hcl:2:11: "workload-boundary" is not an ARN`},
		"arn of role":        {"boundary \"x\" {\n  arns = [\"arn:aws:iam::111122223333:role/x\"]\n}\n", `.boundlint.hcl:2:11: "arn:aws:iam::111122223333:role/x" is the ARN of a role`},
		"arn of bucket":      {"boundary \"x\" {\n  arns = [\"arn:aws:s3:::x:y\"]\n}\n", `.boundlint.hcl:2:11: "arn:aws:s3:::x:y" is not an ARN of an IAM policy`},
		"arn account":        {"boundary \"x\" {\n  arns = [\"arn:aws:iam::1111:policy/x\"]\n}\n", `.boundlint.hcl:2:11: "1111" in an ARN is not an account id`},
		"reference":          {"boundary \"x\" {\n  references = [\"aws iam\"]\n}\n", `.boundlint.hcl:2:17: "aws iam" is not a reference`},
		"document missing":   {"boundary \"x\" {\n  arns = [\"*\"]\n  document = \"nowhere.json\"\n}\n", `.boundlint.hcl:3:14: "nowhere.json" does not exist beside the configuration`},
		"document outside":   {"boundary \"x\" {\n  arns = [\"*\"]\n  document = \"../x.json\"\n}\n", `.boundlint.hcl:3:14: "../x.json" leaves the directory of the configuration`},
		"document directory": {"boundary \"x\" {\n  arns = [\"*\"]\n  document = \"policies\"\n}\n", `.boundlint.hcl:3:14: "policies" is not a regular file`},
		"document broken":    {"boundary \"x\" {\n  arns = [\"*\"]\n  document = \"policies/broken.json\"\n}\n", `.boundlint.hcl:3:14: policies/broken.json:2:`},
		"no policy":          {"organization_policies = [\"nothing/*.json\"]\n", `.boundlint.hcl:1:26: "nothing/*.json" matches no file`},
		"policy outside":     {"organization_policies = [\"/etc/*.json\"]\n", `.boundlint.hcl:1:26: "/etc/*.json" leaves the directory of the configuration`},
		"deployer session":   {"deployer \"arn:aws:sts::111122223333:assumed-role/ci/x\" {}\n", `.boundlint.hcl:1:10: "arn:aws:sts::111122223333:assumed-role/ci/x" is a session of a role: name the role, arn:aws:iam::111122223333:role/ci`},
		"deployer policy":    {"deployer \"arn:aws:iam::111122223333:policy/ci\" {}\n", `.boundlint.hcl:1:10: "arn:aws:iam::111122223333:policy/ci" is not the ARN of a role or user`},
		"deployer name":      {"deployer \"ci\" {\n  policies = [\"policies/workload-boundary.json\"]\n}\n", `.boundlint.hcl:1:10: deployer "ci" is given policies here, so that it is named by its ARN`},
		"deployer glob":      {"deployer \"ci-*\" {}\n", `.boundlint.hcl:1:10: deployer "ci-*" has a wildcard`},
		"deployer twice":     {"deployer \"ci\" {}\ndeployer \"ci\" {}\n", `.boundlint.hcl:2:1: deployer "ci" stands in line 1 already`},
		"deployer nobody":    {"deployer \"\" {}\n", `.boundlint.hcl:1:1: deployer names no entity`},
		"deployer boundary":  {"deployer \"arn:aws:iam::111122223333:role/ci\" {\n  boundary = \"policies/workload-boundary.json\"\n}\n", `.boundlint.hcl:1:1: deployer "arn:aws:iam::111122223333:role/ci" has a boundary and no policies`},
		"deployer file":      {"deployer \"arn:aws:iam::111122223333:role/ci\" {\n  policies = [\"nowhere.json\"]\n}\n", `.boundlint.hcl:2:15: "nowhere.json" does not exist beside the configuration`},
		"deployer managed":   {"deployer \"arn:aws:iam::111122223333:role/ci\" {\n  policies = [\"arn:aws:iam::aws:policy/AdministratorAcces\"]\n}\n", `.boundlint.hcl:2:15: there is no AWS-managed policy "arn:aws:iam::aws:policy/AdministratorAcces"; did you mean arn:aws:iam::aws:policy/AdministratorAccess?`},
		"deployer customer":  {"deployer \"arn:aws:iam::111122223333:role/ci\" {\n  policies = [\"arn:aws:iam::111122223333:policy/ci\"]\n}\n", `.boundlint.hcl:2:15: "arn:aws:iam::111122223333:policy/ci" is a policy whose document is not known`},
		"deployer provider":  {"deployer \"ci\" {\n  providers = [\"aws.a.b\"]\n}\n", `.boundlint.hcl:2:16: "aws.a.b" is not the name of a provider configuration`},
		"nested":             {"exclude = " + strings.Repeat("[", 5000) + "\n", `.boundlint.hcl:1:75: brackets are nested more than 64 deep`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text)
			if _, ok := errors.AsType[*config.Error](err); !ok {
				t.Fatalf("no *config.Error but %v", err)
			}
			if !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, ".boundlint.hcl:") {
					t.Errorf("a line without a place: %q", line)
				}
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := load(t, "preset = \"x\"\nrule \"y\" {}\ntrusted \"z\" {}\n")
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("%d faults in\n%s", got, err)
	}
}

// A word that does not fit says nothing of what other blocks lack.
func TestMisfits(t *testing.T) {
	_, err := load(t, "rule \"name-prefix\" {\n  sevrity = \"note\"\n}\ntrusted \"x\" {}\nboundary \"z\" {\n  arn = []\n}\n")
	for _, want := range []string{":2:3: Unsupported argument", `:4:1: trusted "x" gives no reason`, ":6:3: Unsupported argument"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in\n%s", want, err)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("%d faults in\n%s", got, err)
	}
}

func TestSnippet(t *testing.T) {
	_, err := load(t, "boundary \"x\" {\n\tarn = []\n\tarns = [\"*\"]\n}\n")
	faults, ok := errors.AsType[*config.Error](err)
	if !ok {
		t.Fatal(err)
	}
	want := `.boundlint.hcl:2:2: Unsupported argument: An argument named "arn" is not expected here
    2 | 	arn = []
      | 	^^^
`
	if got := faults.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSymlinkOutOfTheTree(t *testing.T) {
	outside := write(t, map[string]string{"secret.json": boundaryJSON})
	dir := write(t, map[string]string{config.FileName: "boundary \"x\" {\n  arns = [\"*\"]\n  document = \"link.json\"\n}\n"})
	if err := os.Symlink(filepath.Join(outside, "secret.json"), filepath.Join(dir, "link.json")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if _, err := config.Load(filepath.Join(dir, config.FileName), ruleIDs); err == nil {
		t.Error("a link led out of the directory of the configuration")
	}
}

func TestFind(t *testing.T) {
	dir := write(t, map[string]string{
		config.FileName:                 "",
		"repo/.git/HEAD":                "",
		"repo/team/" + config.FileName:  "",
		"repo/team/service/main.tf":     "",
		"repo/other/main.tf":            "",
		"plain/deep/down/plan.json":     "",
		"worktree/.git":                 "gitdir: elsewhere",
		"worktree/stack/main.tf":        "",
		"worktree2/.git":                "",
		"worktree2/" + config.FileName:  "",
		"worktree2/a/b/c/d/e/f/main.tf": "",
	})
	for from, want := range map[string]string{
		"repo/team/service":     "repo/team/" + config.FileName,
		"repo/team":             "repo/team/" + config.FileName,
		"repo/other":            "", // the repository ends the search
		"plain/deep/down":       config.FileName,
		"worktree/stack":        "",
		"worktree2/a/b/c/d/e/f": "worktree2/" + config.FileName,
	} {
		got, err := config.Find(filepath.Join(dir, from))
		if err != nil {
			t.Errorf("%s: %v", from, err)
		}
		if want != "" {
			want = filepath.Join(dir, filepath.FromSlash(want))
		}
		if got != want {
			t.Errorf("from %s: got %q, want %q", from, got, want)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	if _, err := load(t, "\xef\xbb\xbf"+everything); err != nil {
		t.Error(err)
	}
}

func TestUnreadable(t *testing.T) {
	dir := write(t, map[string]string{"large": strings.Repeat("#", 1<<18+1)})
	for path, want := range map[string]string{
		filepath.Join(dir, "missing"): "there is no such file",
		dir:                           "is a directory",
		filepath.Join(dir, "large"):   "a configuration has at most",
	} {
		if _, err := config.Load(path, ruleIDs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestDocumentsInTheRepository: what the configuration names is found where the
// configuration lies, and a link may lead to the rest of the repository.
func TestDocumentsInTheRepository(t *testing.T) {
	dir := write(t, map[string]string{
		"repo/.git/HEAD": "", "repo/shared/b.json": boundaryJSON, "secret.json": boundaryJSON,
		"repo/team/" + config.FileName: "organization_policies = [\"scp/*.json\", \"one.json\"]\n",
		"repo/team/one.json":           boundaryJSON, "repo/team/scp/a.json": boundaryJSON,
	})
	if err := os.Symlink("../../shared/b.json", filepath.Join(dir, "repo/team/scp/b.json")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	path := filepath.Join(dir, "repo/team", config.FileName)
	s, err := config.LoadFound(path, ruleIDs)
	if err != nil || len(s.OrganizationPolicies) != 3 || len(s.Documents) != 3 || len(s.Digest) != 64 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := os.Symlink("../../../secret.json", filepath.Join(dir, "repo/team/scp/c.json")); err != nil {
		t.Fatal(err)
	}
	for _, load := range []func(string, []string) (*lint.Settings, error){config.Load, config.LoadFound} {
		if _, err := load(path, ruleIDs); err == nil || !strings.Contains(err.Error(), "leads out of the repository") {
			t.Errorf("a link led out of the repository: %v", err)
		}
	}
}

func TestTemplateIsTheDefaults(t *testing.T) {
	s, err := load(t, string(config.Template()))
	if err != nil {
		t.Fatal(err)
	}
	if want := (&lint.Settings{File: config.FileName, Digest: s.Digest}); !reflect.DeepEqual(s, want) {
		t.Errorf("the template says something: %+v", s)
	}
}

// What the template shows must be right as well: with its examples taken out
// of their comments it still parses.
func TestTemplateExamples(t *testing.T) {
	var b strings.Builder
	for line := range strings.SplitSeq(string(config.Template()), "\n") {
		if prose := len(line) > 2 && line[1] == ' ' && line[2] != ' '; !prose {
			line = strings.TrimPrefix(line, "#")
		}
		b.WriteString(line + "\n")
	}
	s, err := load(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Boundaries) != 1 || len(s.Naming) != 2 || len(s.Trusted) != 1 || len(s.Deployers) != 1 || len(s.Rules) != 1 || len(s.Exemptions) != 1 || len(s.OrganizationPolicies) != 2 {
		t.Errorf("an example is missing: %+v", s)
	}
	if !reflect.DeepEqual([]lint.Naming{{Type: s.Naming[0].Type, Name: s.Naming[0].Name}, {Type: s.Naming[1].Type, Name: s.Naming[1].Name}}, lint.DefaultNaming) {
		t.Errorf("the naming shown is not the default: %+v", s.Naming)
	}
}

// FuzzLoad: whatever stands where in the configuration, there are settings or
// faults that say something.
func FuzzLoad(f *testing.F) {
	texts := []string{everything, string(config.Template())}
	sourcetest.Seeds(func(edits []byte) {
		f.Add(byte(0), edits)
		f.Add(byte(1), edits)
	})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) <= sourcetest.MaxEdits {
			loaded(t, dir, map[string]string{config.FileName: sourcetest.Edit(texts[int(which)%len(texts)], edits)})
		}
	})
}

// FuzzOrganizationPolicies: whatever stands in a policy that the AWS CLI has
// printed, or in one by itself.
func FuzzOrganizationPolicies(f *testing.F) {
	const scp = `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Action":["iam:*"],"Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}}]}`
	quoted, err := json.Marshal(scp)
	if err != nil {
		f.Fatal(err)
	}
	texts := []string{
		scp, `{"Policy":{"PolicySummary":{"Id":"p-1","Type":"SERVICE_CONTROL_POLICY"},"Content":` + string(quoted) + `}}`,
		`{"Policy":{"PolicySummary":{"Type":"RESOURCE_CONTROL_POLICY"},"Content":` + string(quoted) + `}}`,
		`{"PolicyVersion":{"Document":` + scp + `,"VersionId":"v1","IsDefaultVersion":true}}`,
		`{"PolicyVersion":{"Document":"` + url.PathEscape(scp) + `"}}`,
	}
	sourcetest.Seeds(func(edits []byte) {
		for which := range texts {
			f.Add(byte(which), edits)
		}
	})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		text := sourcetest.Edit(texts[int(which)%len(texts)], edits)
		loaded(t, dir, map[string]string{
			"policy.json":   text,
			config.FileName: "organization_policies = [\"policy.json\"]\nboundary \"b\" {\n  arns     = [\"arn:aws:iam::*:policy/b\"]\n  document = \"policy.json\"\n}\n",
		})
	})
}

// FuzzFind looks for the configuration in any tree: what is found lies above,
// within the repository, and is a regular file.
func FuzzFind(f *testing.F) {
	for _, planted := range [][]byte{{0}, {0x10, 0x05}, {0x23, 0x05}, {0x32}, {0x44, 0x15}, {0x16, 0x25}} {
		f.Add(planted, byte(3))
	}
	f.Fuzz(func(t *testing.T, planted []byte, depth byte) {
		if len(planted) > 12 {
			return
		}
		top, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		const levels = 4
		if err := os.MkdirAll(filepath.Join(top, "a/a/a/a"), 0o700); err != nil {
			t.Fatal(err)
		}
		// There is always a repository, so that nothing above the test counts.
		if err := os.Mkdir(filepath.Join(top, ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		level := func(n int) string { return filepath.Join(top, strings.Repeat("a/", n%(levels+1))) }
		for _, b := range planted {
			at := level(int(b >> 4))
			file := filepath.Join(at, config.FileName)
			switch b % 8 {
			case 0:
				_ = os.WriteFile(file, nil, 0o600)
			case 1:
				_ = os.Mkdir(file, 0o700)
			case 2:
				_ = os.Symlink(filepath.Join(top, "..", "outside"), file)
			case 3:
				_ = os.Symlink("../"+config.FileName, file)
			case 4:
				_ = os.Symlink(config.FileName, file) // to itself
			case 5:
				_ = os.Mkdir(filepath.Join(at, ".git"), 0o700)
			case 6:
				_ = os.WriteFile(filepath.Join(at, ".git"), []byte("gitdir: x"), 0o600)
			case 7:
				_ = os.Symlink("/dev/zero", file)
			}
		}
		from := level(int(depth))
		found, err := config.Find(from)
		if err != nil || found == "" {
			return
		}
		real, err := filepath.EvalSymlinks(found)
		if err != nil {
			t.Fatalf("%s is nowhere: %v", found, err)
		}
		if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is not a regular file", found)
		}
		if rel, err := filepath.Rel(filepath.Dir(found), from); err != nil || !filepath.IsLocal(rel) {
			t.Errorf("%s is not above %s", found, from)
		}
		if rel, err := filepath.Rel(top, real); err != nil || !filepath.IsLocal(rel) {
			t.Errorf("%s lies outside of the repository", real)
		}
	})
}

// loaded writes files and loads the configuration among them.
func loaded(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := config.Load(filepath.Join(dir, config.FileName), ruleIDs)
	if (s == nil) == (err == nil) {
		t.Fatalf("settings %v, error %v", s, err)
	}
	if faults, ok := errors.AsType[*config.Error](err); ok && faults.Text() == "" {
		t.Fatal("an error that says nothing")
	}
}

// TestPrintedPolicies: files as the AWS CLI writes them will do.
func TestPrintedPolicies(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		config.FileName: "organization_policies = [\"scp.json\"]\nboundary \"b\" {\n  arns     = [\"arn:aws:iam::*:policy/b\"]\n  document = \"version.json\"\n}\n",
		"scp.json": `{"Policy":{"PolicySummary":{"Id":"p-1","Type":"SERVICE_CONTROL_POLICY"},` +
			`"Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"}]}"}}`,
		"version.json": `{"PolicyVersion":{"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},` +
			`{"Effect":"Deny","Action":"iam:*","Resource":"*"}]},"VersionId":"v1","IsDefaultVersion":true}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	s, err := config.Load(config.FileName, ruleIDs)
	if err != nil {
		t.Fatal(err)
	}
	if p := s.OrganizationPolicies; len(p) != 1 || len(p[0].Document.Statements) != 1 || p[0].Location.File != "scp.json" {
		t.Errorf("organization policies: %+v", p)
	}
	if d := s.Boundaries[0].Document; d == nil || len(d.Statements) != 2 {
		t.Errorf("boundary: %+v", d)
	}
}

// TestFindOutside: whoever writes the repository may put anything in the place
// of the configuration.
func TestFindOutside(t *testing.T) {
	dir := write(t, map[string]string{
		"secret":                       "root:x:0:0",
		"house.hcl":                    "",
		"repo/.git/HEAD":               "",
		"repo/shared/house.hcl":        "",
		"repo/inside/main.tf":          "",
		"repo/outside/main.tf":         "",
		"repo/nowhere/main.tf":         "",
		"repo/device/main.tf":          "",
		"repo/folder/.boundlint.hcl/x": "",
		"plain/main.tf":                "",
	})
	for from, to := range map[string]string{
		"repo/inside": "../shared/house.hcl", "repo/outside": "../../secret", "repo/nowhere": "none", "repo/device": "/dev/zero",
		"plain": "../house.hcl",
	} {
		if err := os.Symlink(filepath.FromSlash(to), filepath.Join(dir, from, config.FileName)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	for from, want := range map[string]string{
		"repo/inside": "", "repo/outside": "out of the repository", "repo/nowhere": "or nowhere", "repo/device": "out of the repository",
		"repo/folder": "not a regular file", "plain": "out of the repository",
	} {
		_, err := config.Find(filepath.Join(dir, from))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", from, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %q", from, err, want)
		}
	}
}

// TestUnquoted: a file that is not configuration is not quoted.
func TestUnquoted(t *testing.T) {
	_, err := load(t, "root:x:0:0:secret:/root:/bin/bash\n")
	var faults *config.Error
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	if text := faults.Text() + faults.Error(); strings.Contains(text, "secret") || strings.Contains(text, "root:") {
		t.Errorf("it is quoted:\n%s", text)
	}
}
