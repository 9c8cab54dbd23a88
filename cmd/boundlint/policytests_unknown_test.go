package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// account names the account and region of a configuration; worker is a role that
// services assume, with a policy of one statement.
const account = `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
`

func worker(statement, more string) string {
	return roleTrusted("w", `{ Service = "ec2.amazonaws.com" }`, more) + `resource "aws_iam_role_policy" "w" {
  name   = "p"
  role   = aws_iam_role.w.name
  policy = ` + encoded(statement) + `
}
`
}

func roleTrusted(name, trusted, more string) string {
	return fmt.Sprintf(`resource "aws_iam_role" %q {
  name               = %q
  assume_role_policy = %s
  %s
}
`, name, name, encoded(`Effect = "Allow", Action = "sts:AssumeRole", Principal = `+trusted), more)
}

func encoded(statement string) string {
	return `jsonencode({ Version = "2012-10-17", Statement = [{ ` + statement + ` }] })`
}

// checkUnknown asks one expectation of the worker.
func checkUnknown(t *testing.T, configuration, expectation, status, shown string) {
	t.Helper()
	workspace(t, map[string]string{"main.tf": configuration, "it.boundlint-test.hcl": "test \"it\" {\n  as = \"w\"\n  " + expectation + "\n}\n"})
	got := boundlint(t, "", nil, "test", "--format", "json")
	var answer testsAnswer
	if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil || got.stderr != "" || len(answer.Tests[0].Checks) != 1 {
		t.Fatal(err, got.stdout, got.stderr)
	}
	if k := answer.Tests[0].Checks[0]; k.Status != status {
		t.Errorf("%s is %s, not %s: %s", expectation, k.Status, status, k.Because)
	}
	if text := boundlint(t, "", nil, "test").stdout; !strings.Contains(text, shown) {
		t.Errorf("%s does not show %q\n%s", expectation, shown, text)
	}
}

// A boundary whose document is not in the input may allow everything.
func TestReachUnderUnseenBoundary(t *testing.T) {
	const unseen = `permissions_boundary = "arn:aws:iam::111122223333:policy/unseen"`
	attach := `Effect = "Allow", Action = "iam:AttachRolePolicy", Resource = "*"`
	administrator := roleTrusted("adm", `{ AWS = "arn:aws:iam::111122223333:role/w" }`, unseen) + `resource "aws_iam_role_policy" "adm" {
  role   = aws_iam_role.adm.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "*", Resource = "*" },
    { Effect = "Deny", Action = ["iam:Put*", "iam:Attach*"], Resource = "arn:aws:iam::111122223333:role/adm" },
  ] })
}
`
	for _, c := range []struct{ configuration, goal, status, shown string }{
		{worker(attach, unseen), "administrator", "undetermined", "policy/unseen is not in the input"},
		{worker(attach, unseen), "s3:GetObject", "undetermined", "policy/unseen is not in the input"},
		{worker(attach, ""), "administrator", "failed", ""},
		{worker(attach, `permissions_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"`), "administrator", "failed", ""},
		{worker(attach, `permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"`), "administrator", "passed", ""},
		{worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, unseen), "administrator", "passed", ""},
		{worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, "") + administrator, "administrator", "undetermined", "policy/unseen is not in the input"},
	} {
		checkUnknown(t, account+c.configuration, `cannot_reach = ["`+c.goal+`"]`, c.status, c.shown)
	}
}

// A trust policy that names the one who asks tells the account, too.
func TestDenyWhereOnlyTrustTellsTheAccount(t *testing.T) {
	const trusted, other = `{ AWS = "arn:aws:iam::111122223333:role/w" }`, `{ AWS = "arn:aws:iam::111122223333:role/other" }`
	reads := `Effect = "Allow", Action = "s3:*", Resource = "*"`
	abroad := `Effect = "Allow", Action = "sqs:*", Resource = "arn:aws:sqs:eu-west-1:999922223333:q"`
	for _, c := range []struct{ configuration, expectation, status string }{
		{worker(reads, "") + roleTrusted("adm", trusted, ""), `deny "sts:AssumeRole" {}`, "failed"},
		{worker(reads, "") + roleTrusted("adm", trusted, ""), `deny "sts:*" {}`, "failed"},
		{worker(reads, "") + roleTrusted("adm", trusted, ""), `deny "sts:AssumeRole" { resource = "aws_iam_role.adm" }`, "failed"},
		{worker(reads, "") + roleTrusted("adm", other, ""), `deny "sts:AssumeRole" {}`, "passed"},
		{worker(abroad, "") + roleTrusted("adm", trusted, ""), `deny "sts:AssumeRole" {}`, "failed"},
		{account + worker(reads, "") + roleTrusted("adm", trusted, ""), `deny "sts:AssumeRole" {}`, "failed"},
	} {
		checkUnknown(t, c.configuration, c.expectation, c.status, "")
	}
}

// The policy of a function counts where the region or the name of the function is not
// known.
func TestDenyInUnknownRegion(t *testing.T) {
	reads := worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, "")
	const here, nowhere = account, "provider \"aws\" {\n  allowed_account_ids = [\"111122223333\"]\n}\n"
	permission := func(function, principal string) string {
		return "variable \"any\" {}\nresource \"aws_lambda_permission\" \"k\" {\n  function_name = " + function +
			"\n  action = \"lambda:InvokeFunction\"\n  principal = \"arn:aws:iam::111122223333:role/" + principal + "\"\n}\n"
	}
	const anywhere = `deny "lambda:InvokeFunction" {}`
	const onF = `deny "lambda:InvokeFunction" { resource = "arn:aws:lambda:eu-west-1:111122223333:function:f" }`
	for _, c := range []struct{ configuration, expectation, status string }{
		{here + permission(`"f"`, "w"), anywhere, "failed"},
		{here + permission(`"f"`, "w"), onF, "failed"},
		{here + permission(`"g"`, "other"), anywhere, "passed"},
		{nowhere + permission(`"f"`, "w"), anywhere, "undetermined"},
		{nowhere + permission(`"f"`, "w"), onF, "undetermined"},
		{nowhere + permission(`"f"`, "other"), anywhere, "passed"},
		{here + permission("var.any", "w"), anywhere, "failed"},
		{here + permission("var.any", "w"), onF, "undetermined"},
		{here + permission("var.any", "w"), `deny "lambda:GetFunction" {}`, "passed"},
	} {
		checkUnknown(t, reads+c.configuration, c.expectation, c.status, "")
	}
}

// An organization policy counts for certain only where it is certain that it binds the
// account.
func TestDenyByOrganization(t *testing.T) {
	reads := worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, "")
	control := "resource \"aws_organizations_policy\" \"s\" {\n  name = \"s\"\n  content = " +
		encoded(`Effect = "Deny", Action = "s3:*", Resource = "*"`) + "\n}\n"
	attached := func(target string) string {
		return control + "resource \"aws_organizations_policy_attachment\" \"s\" {\n  policy_id = aws_organizations_policy.s.id\n  target_id = \"" +
			target + "\"\n}\n"
	}
	const why = "whether aws_organizations_policy.s is attached to this account"
	for _, c := range []struct{ configuration, status, shown string }{
		{account, "failed", ""},
		{account + control, "undetermined", why},
		{account + attached("111122223333"), "passed", ""},
		{account + attached("r-ab12"), "passed", ""},
		{account + attached("999922223333"), "failed", ""},
		{attached("999922223333"), "undetermined", why},
	} {
		checkUnknown(t, reads+c.configuration, `deny "s3:GetObject" {}`, c.status, c.shown)
		checkUnknown(t, reads+c.configuration, `cannot_reach = ["s3:GetObject"]`, c.status, "")
	}
}

// What names the account of the one who asks is open where that is not known.
func TestDenyInOwnUnknownAccount(t *testing.T) {
	puts := func(bucket string) string {
		return worker(`Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::`+bucket+`/*"`, "")
	}
	const own = "deny \"s3:PutObject\" { resource = \"arn:aws:s3:::b-${entity.account}/*\" }"
	const not = "deny \"s3:PutObject\" { not_resource = \"arn:aws:s3:::b-${entity.account}/*\" }"
	const shown = "on arn:aws:s3:::b-${entity.account}/* by"
	for _, c := range []struct{ configuration, expectation, status, shown string }{
		{puts("b-111122223333"), own, "undetermined", shown},
		{puts("c-111122223333"), own, "passed", ""},
		{account + puts("b-111122223333"), own, "failed", shown},
		{account + puts("b-999922223333"), own, "passed", ""},
		{account + puts("b-111122223333"), not, "passed", ""},
	} {
		checkUnknown(t, c.configuration, c.expectation, c.status, c.shown)
	}
}

// boundary.NAME is one policy of the input, or an error.
func TestAmbiguousBoundary(t *testing.T) {
	named := func(label, name string) string {
		return "resource \"aws_iam_policy\" \"" + label + "\" {\n  name = \"" + name + "\"\n  policy = " +
			encoded(`Effect = "Allow", Action = "*", Resource = "*"`) + "\n}\n"
	}
	creates := account + worker(`Effect = "Allow", Action = "iam:CreateRole", Resource = "*", Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.wb.arn } }`, "")
	test := func(value string) string {
		return "test \"it\" {\n  as = \"w\"\n  deny \"iam:CreateRole\" { unless = { \"iam:PermissionsBoundary\" = " + value + " } }\n}\n"
	}
	for _, c := range []struct {
		policies, value string
		code            int
		stderr          string
	}{
		{
			named("wb", "everything") + named("b", "wb"), "boundary.wb", exitFailure,
			"boundary.wb may be one of 2: aws_iam_policy.b, aws_iam_policy.wb; write the address or ARN of one in its place",
		},
		{named("wb", "everything") + named("b", "wb"), `"aws_iam_policy.wb"`, exitClean, ""},
		{named("wb", "everything") + named("b", "wb"), `"aws_iam_policy.b"`, exitFindings, ""},
		{named("wb", "wb") + named("b", "b"), "boundary.wb", exitClean, ""},
	} {
		workspace(t, map[string]string{"main.tf": creates + c.policies, "it.boundlint-test.hcl": test(c.value)})
		if got := boundlint(t, "", nil, "test"); got.code != c.code || !strings.Contains(got.stderr, c.stderr) {
			t.Errorf("%s: exit code %d\n%s%s", c.value, got.code, got.stdout, got.stderr)
		}
	}
}

// The boundary and the tags that a role is declared with are in requests about it.
func TestDeclaredKeysOfResource(t *testing.T) {
	conditioned := func(action, key, value string) string {
		return account + worker(`Effect = "Allow", Action = "`+action+`", Resource = "*", Condition = { StringEquals = { "`+key+`" = "`+value+`" } }`, "")
	}
	bounded := conditioned("iam:PutRolePolicy", "iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/wb")
	tagged := conditioned("iam:DeleteRole", "aws:ResourceTag/o", "a")
	x := func(more string) string {
		return "variable \"any\" {}\n" + roleTrusted("x", `{ Service = "ec2.amazonaws.com" }`, more)
	}
	const puts, deletes = `deny "iam:PutRolePolicy" { resource = "aws_iam_role.x" }`, `deny "iam:DeleteRole" { resource = "aws_iam_role.x" }`
	for _, c := range []struct{ configuration, expectation, status string }{
		{bounded + x(""), puts, "passed"},
		{bounded + x(""), `deny "iam:PutRolePolicy" { resource = "arn:aws:iam::111122223333:role/x" }`, "passed"},
		{bounded + x(""), `deny "iam:PutRolePolicy" { resource = ["aws_iam_role.x", "arn:aws:iam::111122223333:role/y"] }`, "failed"},
		{bounded + x(""), `deny "iam:PutRolePolicy" {}`, "failed"},
		{bounded + x(`permissions_boundary = "arn:aws:iam::111122223333:policy/wb"`), puts, "failed"},
		{bounded + x(`permissions_boundary = "arn:aws:iam::111122223333:policy/other"`), puts, "passed"},
		{bounded + x(`permissions_boundary = var.any`), puts, "undetermined"},
		{tagged + x(`tags = { o = "b" }`), deletes, "passed"},
		{tagged + x(`tags = { o = "a" }`), deletes, "failed"},
		{tagged + x(`tags = { o = var.any }`), deletes, "undetermined"},
	} {
		checkUnknown(t, c.configuration, c.expectation, c.status, "")
	}
}

// A refusal by the policy of a bucket is not laid to a boundary.
func TestRefusedByResource(t *testing.T) {
	denied := `resource "aws_s3_bucket_policy" "b" {
  bucket = "bk"
  policy = ` + encoded(`Effect = "Deny", Action = "s3:*", Principal = "*", Resource = ["arn:aws:s3:::bk", "arn:aws:s3:::bk/*"]`) + "\n}\n"
	reads := account + worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, "")
	checkUnknown(t, reads+denied, `allow "s3:GetObject" { resource = "arn:aws:s3:::bk/*" }`, "failed", "its own policies allow it, and the policy of the resource does not")
}

// A permission set cannot be asked about.
func TestPermissionSetInTests(t *testing.T) {
	set := "resource \"aws_ssoadmin_permission_set\" \"ps\" {\n  name = \"Support\"\n  instance_arn = \"arn:aws:sso:::instance/ssoins-1234567890abcdef\"\n}\n"
	for _, as := range []string{"Support", "aws_ssoadmin_permission_set.ps"} {
		workspace(t, map[string]string{
			"main.tf":               account + set + worker(`Effect = "Allow", Action = "s3:*", Resource = "*"`, ""),
			"it.boundlint-test.hcl": "test \"it\" {\n  as = \"" + as + "\"\n  deny \"s3:GetObject\" {}\n}\n",
		})
		got := boundlint(t, "", nil, "test")
		if want := as + " is a permission set: policy tests ask about roles and users alone"; got.code != exitFailure || !strings.Contains(got.stderr, want) {
			t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
		}
	}
}
