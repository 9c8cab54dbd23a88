package main

import (
	"strings"
	"testing"
)

// pipeline is an account dump in which the role ci may create bounded roles.
const pipeline = `{
  "UserDetailList": [], "GroupDetailList": [], "Policies": [],
  "RoleDetailList": [{
    "RoleName": "ci", "RoleId": "AROA1", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/ci",
    "CreateDate": "2026-01-01T00:00:00Z",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    "RolePolicyList": [{"PolicyName": "create", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/edge"}}},
      {"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}]}}],
    "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": []
  }]
}`

// TestDeployerFrom finds who applies a configuration in an account dump.
func TestDeployerFrom(t *testing.T) {
	workspace(t, map[string]string{"main.tf": role("app", `"app"`), "account.json": pipeline})
	const refused = "apply-denied"
	if got := boundlint(t, "", nil, "lint", "main.tf"); strings.Contains(got.stdout, refused) {
		t.Errorf("nobody is named who applies it: %s", got.stdout)
	}
	for _, name := range []string{"ci", "arn:aws:iam::111122223333:role/ci"} {
		got := boundlint(t, "", nil, "lint", "--deployer", name, "--deployer-from", "account.json", "main.tf")
		for _, want := range []string{refused, "AWS will not let the role ci create it", `permissions_boundary = "arn:aws:iam::111122223333:policy/edge"`} {
			if got.code != 1 || got.stderr != "" || !strings.Contains(got.stdout, want) {
				t.Errorf("--deployer %s: %d %s: no %s in\n%s", name, got.code, got.stderr, want, got.stdout)
			}
		}
	}
}

// TestDeployerMisuse says what is wrong with the flags about deployers.
func TestDeployerMisuse(t *testing.T) {
	workspace(t, map[string]string{"main.tf": role("app", `"app"`), "account.json": pipeline, "broken.json": "{"})
	for _, c := range []struct {
		args []string
		want string
	}{
		{
			[]string{"--deployer", "arn:aws:iam::111122223333:role/ic", "--deployer-from", "account.json"},
			"account.json has no role or user arn:aws:iam::111122223333:role/ic; did you mean arn:aws:iam::111122223333:role/ci?",
		},
		{[]string{"--deployer-from", "account.json"}, "--deployer-from has nobody to look for: name the deployer with --deployer or in a deployer block"},
		{[]string{"--deployer", "ci-*"}, `--deployer takes the address, ARN or name of one role or user, not "ci-*"`},
		{[]string{"--deployer", ""}, `--deployer takes the address, ARN or name of one role or user, not ""`},
		{[]string{"--deployer", "ci", "--deployer-from", "nowhere.json"}, "nowhere.json: there is no such file or directory"},
		{[]string{"--deployer", "ci", "--deployer-from", "broken.json"}, "broken.json:"},
	} {
		got := boundlint(t, "", nil, append(append([]string{"lint"}, c.args...), "main.tf")...)
		if got.code != 2 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: %d, got %s, want %s", c.args, got.code, got.stderr, c.want)
		}
	}
}

// TestDeployerOfTheInput is an entity that the input declares, and a name that it
// does not.
func TestDeployerOfTheInput(t *testing.T) {
	workspace(t, map[string]string{"main.tf": role("app", `"app"`) + role("ci", `"ci"`)})
	got := boundlint(t, "", nil, "lint", "--deployer", "aws_iam_role.ci", "main.tf")
	if want := "no statement of its policies allows the action"; !strings.Contains(got.stdout, want) {
		t.Errorf("no %s in\n%s", want, got.stdout)
	}
	got = boundlint(t, "", nil, "lint", "--deployer", "aws_iam_role.cy", "main.tf")
	if want := "has no role or user aws_iam_role.cy; did you mean aws_iam_role.ci?"; got.code != 2 || !strings.Contains(got.stderr, want) {
		t.Errorf("%d, no %s in\n%s", got.code, want, got.stderr)
	}
	workspace(t, map[string]string{"main.tf": role("app", `"app"`), ".boundlint.hcl": "deployer \"elsewhere\" {}\n"})
	got = boundlint(t, "", nil, "lint", "--verbose", "main.tf")
	if want := "the policies of the deployer elsewhere"; !strings.Contains(got.stdout, want) {
		t.Errorf("no %s in\n%s", want, got.stdout)
	}
}

// TestDeployerOfNoProvider is a provider configuration that the inputs lack, and
// those that they have.
func TestDeployerOfNoProvider(t *testing.T) {
	const west = "provider \"aws\" {\n  alias = \"west\"\n}\n"
	for name, want := range map[string]string{
		"aws": "", "aws.west": "",
		"aws.wset": "names the provider configuration aws.wset, and none of the inputs has it; did you mean aws.west?",
	} {
		workspace(t, map[string]string{
			"main.tf": role("app", `"app"`) + west, "ci.json": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}`,
			".boundlint.hcl": "deployer \"arn:aws:iam::111122223333:role/ci\" {\n  policies  = [\"ci.json\"]\n  providers = [\"" + name + "\"]\n}\n",
		})
		got := boundlint(t, "", nil, "lint", "main.tf")
		text := strings.Join(strings.Fields(got.stdout), " ")
		if said := strings.Contains(text, "names the provider"); said != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s: want %q, got %s%s", name, want, got.stderr, got.stdout)
		}
	}
}
