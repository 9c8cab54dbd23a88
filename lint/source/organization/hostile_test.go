package organization_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
)

const account = "aws/aws/accounts/111122223333/"

// minimal is an account as iam-collect writes it (docs/Storage.md of iam-collect, and
// the test data of iam-lens).
var minimal = map[string]string{
	account + "organization.json":                       `{}`,
	account + "iam/role/app%2fdeploy/metadata.json":     `{"arn":"arn:aws:iam::111122223333:role/app/Deploy","name":"Deploy","id":"AROA1","path":"/app/","created":"2025-03-01T10:00:00.000Z","permissionBoundary":"arn:aws:iam::111122223333:policy/B"}`,
	account + "iam/role/app%2fdeploy/trust-policy.json": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"ec2.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}\n  ]\n}\n",
	account + "iam/role/app%2fdeploy/inline-policies.json": "[\n  {\"PolicyName\": \"q\", \"PolicyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": [\n" +
		"    {\"Effect\": \"Allow\", \"Action\": \"sqs:*\", \"Resource\": \"*\"}]}}\n]",
	account + "iam/role/app%2fdeploy/managed-policies.json":            `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`,
	account + "iam/role/app%2fdeploy/tags.json":                        `{"team":"a"}`,
	account + "iam/policy/b/metadata.json":                             `{"arn":"arn:aws:iam::111122223333:policy/B","name":"B","path":"/"}`,
	account + "iam/policy/b/current-policy.json":                       `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
	account + "iam/user/u/metadata.json":                               `{"arn":"arn:aws:iam::111122223333:user/U","name":"U","path":"/"}`,
	account + "iam/user/u/groups.json":                                 `["arn:aws:iam::111122223333:group/G"]`,
	account + "iam/group/g/metadata.json":                              `{"arn":"arn:aws:iam::111122223333:group/G","name":"G","path":"/"}`,
	account + "iam/aws/policy/readonlyaccess/metadata.json":            `{"arn":"arn:aws:iam::aws:policy/ReadOnlyAccess","name":"ReadOnlyAccess","path":"/"}`,
	account + "iam/aws/policy/readonlyaccess/current-policy.json":      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`,
	account + "s3/reports/policy.json":                                 `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}`,
	account + "s3/reports/metadata.json":                               `{"name":"reports","region":"us-west-2","arn":"arn:aws:s3:::reports"}`,
	account + "kms/us-east-1/key/1234/metadata.json":                   `{"arn":"arn:aws:kms:us-east-1:111122223333:key/1234"}`,
	account + "kms/us-east-1/key/1234/key-policy.json":                 `{"Version":"2012-10-17","Statement":[]}`,
	account + "lambda/us-west-2/function/report/metadata.json":         `{"arn":"arn:aws:lambda:us-west-2:111122223333:function:Report","name":"Report","role":"arn:aws:iam::111122223333:role/app/Deploy"}`,
	account + "lambda/us-west-2/function/report/policy.json":           `{"Version":"2012-10-17","Statement":[]}`,
	account + "lambda/us-west-2/function/report/tags.json":             `{"team":"a"}`,
	account + "lambda/us-west-2/function/edge/metadata.json":           `{"arn":"arn:aws:lambda:us-west-2:111122223333:function:edge","name":"edge"}`,
	account + "ec2/us-west-2/vpc-endpoint/vpce-1/metadata.json":        `{"arn":"arn:aws:ec2:us-west-2:111122223333:vpc-endpoint/vpce-1"}`,
	account + "ec2/us-west-2/vpc-endpoint/vpce-1/endpoint-policy.json": `{"Version":"2012-10-17","Statement":[]}`,
	account + "ram/us-east-1/share.json": `{"arn":"arn:aws:sns:us-east-1:111122223333:t","shares":["arn:aws:ram:us-east-1:111122223333:resource-share/1"],
		"policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sns:Publish","Resource":"*"}]}}`,
	account + "iam/instance-profile/app%2fp/metadata.json":                           `{"arn":"arn:aws:iam::111122223333:instance-profile/app/P","roles":["arn:aws:iam::111122223333:role/app/Deploy"]}`,
	account + "sso/us-east-1/permissionset/ssoins-1%2fps-1/metadata.json":            `{"name":"Admin","region":"us-east-1"}`,
	account + "sso/us-east-1/permissionset/ssoins-1%2fps-1/awsManagedPolicies.json":  `[{"Arn":"arn:aws:iam::aws:policy/AdministratorAccess","Name":"AdministratorAccess"}]`,
	account + "sso/us-east-1/permissionset/ssoins-1%2fps-1/accounts.json":            `["444455556666","111122223333"]`,
	account + "sso/us-east-1/permissionset/ssoins-1%2fps-1/inlinepolicy.json":        `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`,
	account + "sso/us-east-1/permissionset/ssoins-1%2fps-1/permission-boundary.json": `{"CustomerManagedPolicyReference":{"Name":"B"}}`,
	"aws/aws/organizations/o-11111111/metadata.json": `{"id":"o-11111111","rootOu":"r-dh2e","rootAccountId":"111122223333",
		"features":{"SERVICE_CONTROL_POLICY":true,"RESOURCE_CONTROL_POLICY":false,"TAG_POLICY":true}}`,
	"aws/aws/organizations/o-11111111/structure.json": `{"r-dh2e":{"children":{"ou-dh2e-aps19rip":{"accounts":["arn:aws:organizations::111122223333:account/o-11111111/444455556666"]}},
		"accounts":["arn:aws:organizations::111122223333:account/o-11111111/111122223333"]}}`,
	"aws/aws/organizations/o-11111111/ous.json": `{"r-dh2e":{"scps":["arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"],"rcps":[]},
		"ou-dh2e-aps19rip":{"parent":"r-dh2e","scps":["arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
		"arn:aws:organizations::111122223333:policy/o-11111111/service_control_policy/p-AbCdEfGh"],"rcps":[]}}`,
	"aws/aws/organizations/o-11111111/accounts.json": `{"111122223333":{"ou":"r-dh2e","scps":["arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"],"rcps":[]},
		"444455556666":{"ou":"ou-dh2e-aps19rip","scps":["arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"],"rcps":[],"tags":{"environment":"test"}}}`,
	"aws/aws/organizations/o-11111111/scps/p-abcdefgh/metadata.json":      `{"arn":"arn:aws:organizations::111122223333:policy/o-11111111/service_control_policy/p-AbCdEfGh","name":"guard","awsManaged":false}`,
	"aws/aws/organizations/o-11111111/scps/p-abcdefgh/policy.json":        `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`,
	"aws/aws/organizations/o-11111111/scps/p-loose/metadata.json":         `{"arn":"arn:aws:organizations::111122223333:policy/o-11111111/service_control_policy/p-loose","name":"loose","awsManaged":false}`,
	"aws/aws/organizations/o-11111111/scps/p-loose/policy.json":           `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`,
	"aws/aws/organizations/o-11111111/ous/ou-dh2e-aps19rip/metadata.json": `{"arn":"arn:aws:organizations::111122223333:ou/o-11111111/ou-dh2e-aps19rip","name":"Workloads"}`,
	"aws/aws/organizations/o-11111111/delegated-admins.json":              `{"guardduty.amazonaws.com":["444455556666"],"config.amazonaws.com":["444455556666"]}`,
	"aws/aws/indexes/accounts-to-orgs.json":                               `not read`,
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestCollected reads all that iam-collect writes.
func TestCollected(t *testing.T) {
	dir := write(t, minimal)
	models, err := organization.Read(organization.Options{Path: dir})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	m := models[0]
	if !m.Input.Complete || m.Input.Kind != iam.InputAccount || m.Input.Root != "111122223333" || m.Providers[0].Name != "111122223333" {
		t.Errorf("%+v", m.Input)
	}
	role := m.Entities[0]
	if role.Name.Text.String() != "Deploy" || role.Path.Text.String() != "/app/" || len(m.Memberships) != 1 || len(m.Lookups) != 1 || len(m.Profiles) != 1 {
		t.Errorf("%v %v %d %d %d", role.Name, role.Path, len(m.Memberships), len(m.Lookups), len(m.Profiles))
	}
	for what, l := range map[string]iam.Location{
		"iam/role/app%2fdeploy/metadata.json:1:190":      role.Boundary.Location,
		"iam/role/app%2fdeploy/trust-policy.json:4:5":    role.Trust.StatementLocation(0, role.Trust.Statements[0].Range),
		"iam/role/app%2fdeploy/inline-policies.json:3:5": m.Inline[0].Document.StatementLocation(0, m.Inline[0].Document.Statements[0].Range),
	} {
		name, place, _ := strings.Cut(what, ":")
		if !strings.HasSuffix(l.File, name) || !strings.HasPrefix(place, itoa(l.Range.Start.Line)+":") {
			t.Errorf("%s is at %s:%d:%d", what, l.File, l.Range.Start.Line, l.Range.Start.Column)
		}
	}
	var grants []string
	for _, p := range m.ResourcePolicies {
		grants = append(grants, p.Service+" "+p.Address)
	}
	if got := strings.Join(grants, ", "); got != "kms arn:aws:kms:us-east-1:111122223333:key/1234, lambda arn:aws:lambda:us-west-2:111122223333:function:Report, s3 arn:aws:s3:::reports, sns arn:aws:sns:us-east-1:111122223333:t" {
		t.Error(got)
	}
	m.Link(iam.Hints{})
	if c := m.Compute; len(c) != 1 || c[0].Address != "arn:aws:lambda:us-west-2:111122223333:function:Report" || c[0].Entity != role ||
		len(c[0].Tags.Values) != 1 || !strings.HasSuffix(c[0].Role.Location.File, "function/report/metadata.json") {
		t.Errorf("%+v", c)
	}
	o := m.Organization
	levels, known := o.Levels("444455556666", iam.ServiceControlPolicy)
	if !known || len(levels) != 3 || len(levels[0]) != 1 || len(levels[1]) != 2 || len(levels[2]) != 1 {
		t.Errorf("%v %v", levels, known)
	}
	for _, level := range levels {
		for _, p := range level {
			if p.Document == nil {
				t.Errorf("%s has no document", p.Address)
			}
		}
	}
	if levels, _ := o.Levels("444455556666", iam.ResourceControlPolicy); levels != nil {
		t.Error("a type that is off binds")
	}
	if levels, _ := o.Levels("111122223333", iam.ServiceControlPolicy); levels != nil {
		t.Error("the management account is bound")
	}
	if path, _ := o.Path("444455556666"); path != "o-11111111/r-dh2e/ou-dh2e-aps19rip/" || o.Accounts["444455556666"].Unit.Name != "Workloads" {
		t.Error(path)
	}
	if len(o.Delegated) != 2 || len(o.Shares) != 1 || len(o.PermissionSets) != 1 || strings.Join(o.PermissionSets[0].Accounts, " ") != "111122223333 444455556666" {
		t.Errorf("%+v", o)
	}
	if s := m.PermissionSets; len(s) != 1 || s[0].SetARN.String() != "arn:aws:sso:::permissionSet/ssoins-1/ps-1" ||
		s[0].Boundary.String() != "arn:aws:iam::111122223333:policy/B" || len(m.Inline) != 2 {
		t.Errorf("%+v", s)
	}
	if p := m.OrganizationPolicies; len(p) != 2 || p[0].Unattached || !p[1].Unattached {
		t.Errorf("%+v", p)
	}
	if m.Policies[0].OlderKnown {
		t.Error("iam-collect keeps one version alone")
	}
}

func itoa(n int) string { return string(rune('0' + n)) }

// TestCollectedFaults: what is wrong with a file is told with its name, and hides
// nothing else; what is missing makes the account incomplete.
func TestCollectedFaults(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string // "-" takes the file away
		err, reason   string
		entities      int
	}{
		"no metadata":        {"iam/role/app%2fdeploy/metadata.json", "-", "", "iam/role/app%2fdeploy has no metadata.json", 1},
		"no trust":           {"iam/role/app%2fdeploy/trust-policy.json", "-", "", "iam/role/app%2fdeploy has no trust-policy.json", 2},
		"no policy":          {"iam/policy/b/current-policy.json", "-", "", "iam/policy/b has no current-policy.json", 2},
		"cut off":            {"iam/user/u/metadata.json", `{"arn":"ar`, "iam/user/u/metadata.json: the JSON is cut off", "iam/user/u cannot be read", 1},
		"empty":              {"iam/user/u/metadata.json", ``, "iam/user/u/metadata.json: it is empty", "iam/user/u cannot be read", 1},
		"a list":             {"iam/user/u/metadata.json", `[]`, "iam/user/u/metadata.json: the document: want an object, found a list", "iam/user/u", 1},
		"null":               {"iam/user/u/metadata.json", `null`, "the document: want an object, found null", "iam/user/u", 1},
		"a number for arn":   {"iam/user/u/metadata.json", `{"arn":1}`, "arn: want a text that is not empty, found a number", "iam/user/u", 1},
		"no arn":             {"iam/user/u/metadata.json", `{"name":"U"}`, "arn: it is missing", "iam/user/u", 1},
		"twice":              {"iam/user/u/metadata.json", `{"arn":"a","arn":"b"}`, "it stands twice", "iam/user/u", 1},
		"another account":    {"iam/user/u/metadata.json", `{"arn":"arn:aws:iam::444455556666:user/U"}`, "its arn is of another account than 111122223333", "iam/user/u", 1},
		"not a user":         {"iam/user/u/metadata.json", `{"arn":"arn:aws:iam::111122223333:root"}`, "has no Arn", "cannot be read", 1},
		"a text for groups":  {"iam/user/u/groups.json", `"G"`, "iam/user/u/groups.json: the document: want a list", "iam/user/u", 1},
		"another group":      {"iam/user/u/groups.json", `["H"]`, "", "the group H", 2},
		"a number for a tag": {"iam/role/app%2fdeploy/tags.json", `{"team":1}`, "team: want a text", "iam/role/app%2fdeploy", 1},
		"text after":         {"iam/role/app%2fdeploy/inline-policies.json", `[] []`, "a second JSON document follows", "iam/role/app%2fdeploy", 1},
		"bucket":             {"s3/reports/policy.json", `[]`, "s3/reports/policy.json: the document: want an object", "", 2},
		"no ARN of a key":    {"kms/us-east-1/key/1234/metadata.json", "-", "", "kms/us-east-1/key/1234/key-policy.json does not tell the ARN", 2},
		"a function":         {"lambda/us-west-2/function/report/metadata.json", `{"arn":1}`, "lambda/us-west-2/function/report/metadata.json: arn: want a text", "", 2},
		"a role":             {"lambda/us-west-2/function/report/metadata.json", `{"role":["r"]}`, "role: want a text", "", 2},
		"tags of a function": {"lambda/us-west-2/function/report/tags.json", `[]`, "lambda/us-west-2/function/report/tags.json: the document: want an object", "", 2},
		"another's function": {
			"lambda/us-west-2/function/report/metadata.json", `{"arn":"arn:aws:lambda:us-west-2:444455556666:function:Report","role":"r"}`, "",
			"lambda/us-west-2/function/report/metadata.json does not tell the ARN of a function of the account", 2,
		},
		"no function": {
			"lambda/us-west-2/function/report/metadata.json", `{"role":"r"}`, "", "does not tell the ARN", 2,
		},
		"tree":          {"../../organizations/o-11111111/ous.json", `{"r-dh2e":[]}`, "organizations/o-11111111/ous.json: r-dh2e: want an object", "", 2},
		"a private use": {"iam/user/u/metadata.json", "{\"arn\":\"arn:aws:iam::111122223333:user/U\",\"name\":\"\U0010FFFC\"}", "private-use characters", "iam/user/u/metadata.json cannot be read", 1},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(minimal)
			path := filepath.ToSlash(filepath.Clean(account + c.file))
			if c.content == "-" {
				delete(files, path)
			} else {
				files[path] = c.content
			}
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "more files")) {
				t.Errorf("%v, want %q", err, c.err)
			}
			if len(models) != 1 || len(models[0].Entities) != c.entities {
				t.Fatalf("%d models, %d entities", len(models), len(models[0].Entities))
			}
			if got := strings.Join(models[0].Input.Reasons, "; "); !strings.Contains(got, c.reason) || (c.reason != "") == models[0].Input.Complete && c.err == "" {
				t.Errorf("complete is %v: %s", models[0].Input.Complete, got)
			}
		})
	}
}

// TestUnknownTree: what is not known of a tree hides, and allows or denies nothing.
func TestUnknownTree(t *testing.T) {
	const o = "aws/aws/organizations/o-11111111/"
	for name, c := range map[string]struct {
		change map[string]string
		known  bool
		hidden int
	}{
		"all":                {nil, true, 0},
		"no scps of a unit":  {map[string]string{o + "ous.json": `{"r-dh2e":{"scps":[]},"ou-dh2e-aps19rip":{"parent":"r-dh2e"}}`}, true, 1},
		"a circle":           {map[string]string{o + "structure.json": `{}`, o + "ous.json": `{"r-dh2e":{"scps":[]},"ou-a":{"parent":"ou-b","scps":[]},"ou-b":{"parent":"ou-a","scps":[]}}`, o + "accounts.json": `{"444455556666":{"ou":"ou-a","scps":[]}}`}, false, 0},
		"a unit of its own":  {map[string]string{o + "structure.json": `{}`, o + "accounts.json": `{"444455556666":{"ou":"ou-x","scps":[]}}`}, false, 0},
		"no place":           {map[string]string{o + "structure.json": `{}`, o + "accounts.json": `{"444455556666":{"scps":[]}}`}, false, 0},
		"a policy not there": {map[string]string{o + "structure.json": `{}`, o + "accounts.json": `{"444455556666":{"ou":"r-dh2e","scps":["arn:aws:organizations::1:policy/o-1/service_control_policy/p-gone"]}}`}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(minimal)
			maps.Copy(files, c.change)
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if err != nil {
				t.Fatal(err)
			}
			levels, known := models[0].Organization.Levels("444455556666", iam.ServiceControlPolicy)
			hidden := 0
			for _, level := range levels {
				for _, p := range level {
					if p.Document == nil {
						hidden++
					}
				}
			}
			if known != c.known || hidden != c.hidden {
				t.Errorf("known is %v, %d hidden", known, hidden)
			}
		})
	}
}

// TestRecognise: a directory of Terraform is never taken for an organization.
func TestRecognise(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  organization.Form
	}{
		"collected":                    {minimal, organization.Collected},
		"nothing":                      {nil, organization.None},
		"accounts of Terraform":        {map[string]string{"aws/aws/accounts/111122223333/main.tf": "", "aws/aws/accounts/111122223333/iam/role/x/metadata.json": "{}"}, organization.None},
		"accounts without a file":      {map[string]string{"aws/aws/accounts/111122223333/iam/role/x/main.tf": ""}, organization.None},
		"Terragrunt":                   {map[string]string{"terragrunt.hcl": "", "aws/aws/accounts/111122223333/organization.json": "{}"}, organization.None},
		"a configuration of boundlint": {map[string]string{".boundlint.hcl": "", "aws/aws/accounts/111122223333/organization.json": "{}"}, organization.Collected},
		"answers":                      {map[string]string{"list-roots.json": ""}, organization.Answers},
		"a dump":                       {map[string]string{"get-account-authorization-details-1.json.gz": ""}, organization.Answers},
		"a dump by its account":        {map[string]string{"111122223333.json.zst": ""}, organization.Answers},
		"other JSON":                   {map[string]string{"package.json": "{}", "list-rootsy.json": "{}"}, organization.None},
		"answers beside Terraform":     {map[string]string{"list-roots.json": "", "main.tf": ""}, organization.None},
		"answers above Terraform":      {map[string]string{"list-roots.json": "", "modules/a/main.tf.json": ""}, organization.None},
		"a folder of that name":        {map[string]string{"list-roots.json/x": ""}, organization.None},
	} {
		if got := organization.Recognise(write(t, c.files)); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// TestLinks: what a link in the directory leads to outside of it is not read.
func TestLinks(t *testing.T) {
	dir, outside := write(t, minimal), write(t, map[string]string{"secret.json": `{"arn":"arn:aws:iam::111122223333:user/V","name":"V"}`})
	user := filepath.Join(dir, filepath.FromSlash(account+"iam/user"))
	if err := os.MkdirAll(filepath.Join(user, "v"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret.json"), filepath.Join(user, "v", "metadata.json")); err != nil {
		t.Skip("links cannot be made here")
	}
	if err := os.Symlink("u", filepath.Join(user, "w")); err != nil {
		t.Fatal(err)
	}
	models, err := organization.Read(organization.Options{Path: dir})
	if err == nil || !strings.Contains(err.Error(), "iam/user/v/metadata.json: it lies outside of the directory that is scanned") {
		t.Error(err)
	}
	if len(models) != 1 || len(models[0].Entities) != 2 {
		t.Errorf("%d models", len(models)) // what w leads to is the same user
	}
}
