package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/config"
)

// shop is an account with a boundary, and with everybody that a test may name.
const shop = `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_policy" "boundary" {
  name   = "workload-boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:*", "iam:CreateRole", "iam:CreateUser"], Resource = "*" },
    { Sid = "Never", Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" },
  ] })
}

resource "aws_iam_role" "developer" {
  name                 = "app-developer"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } },
  ] })
}

resource "aws_iam_role_policy" "developer" {
  name   = "work"
  role   = aws_iam_role.developer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Delegate", Effect = "Allow", Action = "iam:CreateRole", Resource = "*", Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary.arn } } },
    { Sid = "Data", Effect = "Allow", Action = "s3:*", Resource = ["arn:aws:s3:::app-*", "arn:aws:s3:::app-*/*"] },
  ] })
}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_policy" "people" {
  name   = "people"
  group  = aws_iam_group.people.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::home/$${aws:username}/*" },
  ] })
}

resource "aws_iam_user" "people" {
  for_each = toset(["ann", "bob"])
  name     = each.key
}

resource "aws_iam_user_group_membership" "people" {
  for_each = aws_iam_user.people
  user     = each.value.name
  groups   = [aws_iam_group.people.name]
}

resource "aws_iam_role" "admin" {
  name               = "admin"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/ann" } },
  ] })
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "elsewhere" {
  name                 = "app-elsewhere"
  permissions_boundary = "arn:aws:iam::111122223333:policy/of-another-repository"
  assume_role_policy   = aws_iam_role.developer.assume_role_policy
}

resource "aws_iam_role_policy" "elsewhere" {
  name   = "all"
  role   = aws_iam_role.elsewhere.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
`

// Each expectation comes to one status, and what it shows says why.
func TestExpectations(t *testing.T) {
	const allowed, boundary = "passed", `"iam:PermissionsBoundary" = boundary.workload-boundary`
	cases := []struct {
		as, expectation, status string
		shown                   string // contained in the text
	}{
		{`"app-developer"`, `deny "iam:CreateRole" { unless = { ` + boundary + ` } }`, allowed, ""},
		{`"app-developer"`, `deny "iam:CreateRole" {}`, "failed", "Delegate of aws_iam_role_policy.developer (main.tf:"},
		{`"app-developer"`, `deny "iam:CreateRole" { with = { "iam:PermissionsBoundary" = null } }`, allowed, ""},
		{`"app-developer"`, `deny "iam:CreateRole" { unless = [{ ` + boundary + ` }, { "aws:SourceIp" = "203.0.113.10" }] }`, allowed, ""},
		{`"app-developer"`, `deny "iam:CreateRole" { unless = { ` + boundary + `, "aws:SourceIp" = "203.0.113.10" } }`, "failed", "iam:PermissionsBoundary = arn:aws:iam::111122223333:policy/workload-boundary"},
		{`"app-developer"`, `allow "iam:CreateRole" { with = { ` + boundary + ` } }`, allowed, ""},
		{`"app-developer"`, "allow \"iam:CreateRole\" {\n    every = true\n    with = { " + boundary + " }\n  }", allowed, ""},
		{`"app-developer"`, `allow "iam:CreateRole" { every = true }`, "failed", "would allow it, but StringEquals wants iam:PermissionsBoundary"},
		{`"app-developer"`, "allow \"s3:PutObject\" {\n    every = true\n    resource = \"arn:aws:s3:::app-*/*\"\n  }", allowed, ""},
		{`"app-developer"`, "allow \"s3:*\" {\n    every = true\n    resource = [\"arn:aws:s3:::app-*\", \"arn:aws:s3:::app-*/*\"]\n  }", "failed", "Never of aws_iam_policy.boundary (main.tf:"},
		{`"app-developer"`, "allow \"s3:PutObject\" {\n    every = true\n    resource = \"arn:aws:s3:::*\"\n  }", "failed", "nothing in the identity-based policies allows it"},
		{`"app-developer"`, "deny \"s3:*\" {\n    not_resource = [\"arn:aws:s3:::app-*\"]\n  }", allowed, ""},
		{`"app-developer"`, `allow "iam:CreateUser" { resource = "arn:aws:iam::111122223333:user/x" }`, "failed", "nothing in the identity-based policies allows it"},
		{`"app-developer"`, `allow "iam:Delete*" {}`, "failed", "no request of that shape is allowed, for"},
		{`"arn:aws:sts::111122223333:assumed-role/app-developer/session"`, `deny "iam:CreateUser" {}`, allowed, ""},
		{`"app-*"`, `deny "iam:CreateUser" {}`, "undetermined", "the document of its permissions boundary arn:aws:iam::111122223333:policy/of-another-repository is not in the input"},
		{`"people"`, `allow "s3:GetObject" { resource = "arn:aws:s3:::home/${entity.name}/x" }`, allowed, ""},
		{`"group/people"`, `deny "s3:GetObject" { not_resource = "arn:aws:s3:::home/${entity.name}/*" }`, allowed, ""},
		{`["ann", "bob"]`, `deny "s3:GetObject" { resource = "arn:aws:s3:::home/bob/*" }`, "failed", `by aws_iam_user.people["bob"]`},
		{`"ann"`, `cannot_reach = ["administrator"]`, "failed", "The user ann can reach administrator in 1 step."},
		{`"ann"`, `cannot_reach = ["aws_iam_role.admin"]`, "failed", "can reach aws_iam_role.admin in 1 step."},
		{`"ann"`, `cannot_reach = ["iam:DeleteRole"]`, "failed", "Then this is allowed: iam:DeleteRole on"},
		{`"bob"`, `cannot_reach = ["administrator", "admin", "iam:DeleteRole", "app-developer"]`, allowed, ""},
		{`"bob"`, `cannot_reach "s3:GetObject" { resource = "arn:aws:s3:::home/ann/*" }`, allowed, ""},
		{`"bob"`, `cannot_reach "s3:GetObject" {}`, "failed", "statement 1 of aws_iam_group_policy.people"},
		{`"admin"`, `cannot_reach = ["administrator"]`, "failed", "The role admin is an administrator itself."},
		{`"app-elsewhere"`, `cannot_reach = ["administrator"]`, "undetermined", "of-another-repository is not in the input"},
		{`"bob"`, `deny "s3:GetObject" { resource = "arn:aws:iam::111122223333:role/x" }`, "failed", "No request for s3:GetObject is about these resources alone: it acts on"},
		{`"bob"`, `deny "iam:CreateRole" { with = { "iam:PermissionBoundary" = "x" } }`, "failed", "No request for iam:CreateRole has what is said of iam:PermissionBoundary; did you mean iam:PermissionsBoundary?"},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			test := "test \"it\" {\n  as = " + c.as + "\n  " + c.expectation + "\n}\n"
			workspace(t, map[string]string{"main.tf": shop, "it.boundlint-test.hcl": test})
			got := boundlint(t, "", nil, "test", "--format", "json")
			var answer testsAnswer
			if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil || got.stderr != "" {
				t.Fatal(err, got.stderr, test)
			}
			worst := "passed"
			for _, k := range answer.Tests[0].Checks {
				if k.Status != "passed" {
					worst = k.Status
				}
			}
			text := boundlint(t, "", nil, "test")
			if worst != c.status || text.code != got.code || got.code != map[bool]int{true: exitClean, false: exitFindings}[worst == "passed"] {
				t.Errorf("%s is %s, not %s, exit code %d\n%s", test, worst, c.status, got.code, text.stdout)
			}
			if !strings.Contains(text.stdout, c.shown) {
				t.Errorf("%s does not show %q\n%s", test, c.shown, text.stdout)
			}
		})
	}
}

// bucket has a policy that grants and refuses.
const bucket = `provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_s3_bucket" "data" {
  bucket = "data"
}
resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data/*", Principal = { AWS = aws_iam_role.r.arn } },
    { Effect = "Deny", Action = "s3:DeleteObject", Resource = "arn:aws:s3:::data/*", Principal = "*" },
  ] })
}
resource "aws_iam_role" "r" {
  name = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.u.arn } }] })
}
resource "aws_iam_role_policy" "r" {
  name = "r"
  role = aws_iam_role.r.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:PutObject", "s3:DeleteObject"], Resource = "*" }] })
}
resource "aws_iam_user" "u" {
  name = "u"
}
`

// The policies of resources count where the input has them.
func TestExpectationsOfResources(t *testing.T) {
	every := func(shape string) string {
		return "allow " + shape + " {\n    every = true\n    resource = \"arn:aws:s3:::data/*\"\n  }"
	}
	for expectation, want := range map[string]string{
		`allow "s3:GetObject" { resource = "arn:aws:s3:::data/*" }`: "passed",
		every(`"s3:GetObject"`):                    "undetermined", // own policies do not allow it
		`allow "s3:GetObject" { every = true }`:    "failed",
		`allow "s3:PutObject" { every = true }`:    "passed",
		every(`"s3:PutObject"`):                    "passed",
		every(`"s3:DeleteObject"`):                 "failed",
		`allow "s3:DeleteObject" { every = true }`: "failed",
		"allow \"s3:DeleteObject\" {\n    every = true\n    not_resource = \"arn:aws:s3:::data/*\"\n  }": "passed",
		`deny "s3:GetObject" { not_resource = "arn:aws:s3:::data/*" }`:                                   "passed",
		`deny "s3:GetObject" { resource = "arn:aws:s3:::other/x" }`:                                      "undetermined", // its policy may grant it
		`deny "s3:DeleteObject" { resource = "arn:aws:s3:::data/*" }`:                                    "passed",
		`cannot_reach = ["s3:GetBucketPolicy", "administrator", "u"]`:                                    "passed",
	} {
		test := "test \"it\" {\n  as = \"r\"\n  " + expectation + "\n}\n"
		workspace(t, map[string]string{"main.tf": bucket, "it.boundlint-test.hcl": test})
		got := boundlint(t, "", nil, "test", "--format", "json")
		var answer testsAnswer
		if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil || got.stderr != "" {
			t.Fatal(err, got.stderr, test)
		}
		for _, k := range answer.Tests[0].Checks {
			if k.Status != want {
				t.Errorf("%s is %s, not %s: %s", expectation, k.Status, want, k.Because)
			}
		}
	}
}

// What means nothing is an error at its place, with what was probably meant.
func TestFaultsOfTests(t *testing.T) {
	for name, c := range map[string]struct{ test, want string }{
		"entity": {`as = "app-develper"`, `it.boundlint-test.hcl:2:8: the input has no role or user app-develper; did you mean app-developer?
    2 |   as = "app-develper"
      |        ^^^^^^^^^^^^^^`},
		"pattern":    {`as = "web-*"`, `it.boundlint-test.hcl:2:8: no role and no user of the input is named as in web-*`},
		"boundary":   {"as = \"bob\"\n  deny \"iam:CreateRole\" { unless = { \"iam:PermissionsBoundary\" = boundary.workload-bundary } }", "did you mean workload-boundary?"},
		"action":     {"as = \"bob\"\n  deny \"iam:CreateRoel\" {}", "has no iam:CreateRoel; did you mean iam:CreateRole?"},
		"service":    {"as = \"bob\"\n  deny \"iaam:CreateRole\" {}", "has no iaam; did you mean iam?"},
		"goal":       {"as = \"bob\"\n  cannot_reach = [\"administrators\"]", "did you mean administrator?"},
		"address":    {"as = \"bob\"\n  deny \"iam:PassRole\" { resource = \"aws_iam_role.admn\" }", "did you mean aws_iam_role.admin?"},
		"argument":   {"as = \"bob\"\n  deny \"iam:PassRole\" { resources = \"*\" }", `Did you mean "resource"?`},
		"block":      {"as = \"bob\"\n  alow \"iam:PassRole\" {}", `Did you mean "allow"?`},
		"nobody":     {`deny "iam:PassRole" {}`, `it.boundlint-test.hcl:1:1: test "it" says not who is asked about`},
		"nothing":    {`as = "bob"`, `test "it" expects nothing`},
		"variable":   {"as = \"bob\"\n  deny \"iam:PassRole\" { resource = var.role }", "there is no var here"},
		"attribute":  {"as = \"bob\"\n  deny \"iam:PassRole\" { resource = entity.nme }", "an entity has no nme"},
		"key":        {"as = \"bob\"\n  deny \"iam:PassRole\" { with = { PassedToService = \"x\" } }", `"PassedToService" is not a condition key`},
		"range":      {"as = \"bob\"\n  deny \"iam:PassRole\" { with = { \"aws:SourceIp\" = \"10.0.0.0/8\" } }", "10.0.0.0/8 is a range, and a request comes from one address"},
		"no object":  {"as = \"bob\"\n  deny \"iam:PassRole\" { with = [\"x\"] }", "this is an object"},
		"every":      {"as = \"bob\"\n  deny \"iam:PassRole\" { every = true }", "every is for allow"},
		"outcome":    {"as = \"bob\"\n  undetermined = \"passes\"\n  deny \"iam:PassRole\" {}", `there is no outcome "passes"; did you mean pass?`},
		"short":      {"as = \"bob\"\n  deny \"PassRole\" {}", `"PassRole" is not the full name of an action`},
		"no action":  {"as = \"bob\"\n  cannot_reach \"administrator\" { resource = \"*\" }", `"administrator" is no action`},
		"not closed": {"as = \"bob\"\n  deny \"iam:PassRole\" {", "it.boundlint-test.hcl:"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": shop, "it.boundlint-test.hcl": "test \"it\" {\n  " + c.test + "\n}\n"})
			if strings.HasPrefix(c.test, "as = \"app-d") || strings.HasPrefix(c.test, "as = \"web") {
				workspace(t, map[string]string{"main.tf": shop, "it.boundlint-test.hcl": "test \"it\" {\n  " + c.test + "\n  deny \"iam:PassRole\" {}\n}\n"})
			}
			got := boundlint(t, "", nil, "test")
			if got.code != exitFailure || !strings.Contains(got.stderr, c.want) || !strings.Contains(got.stdout, "  error  ") {
				t.Errorf("exit code %d\n%s\n%s\nwant %s", got.code, got.stdout, got.stderr, c.want)
			}
			got = boundlint(t, "", nil, "test", "--format", "junit")
			if got.code != exitFailure || !strings.Contains(got.stdout, `errors="1"`) {
				t.Errorf("exit code %d\n%s", got.code, got.stdout)
			}
		})
	}
}

const passing = "test \"people read\" {\n  as = \"people\"\n  allow \"s3:GetObject\" {}\n}\n"

func TestTestArguments(t *testing.T) {
	failing := "test \"people write\" {\n  as = \"people\"\n  allow \"s3:PutObject\" {}\n}\n"
	doubtful := "test \"doubt\" {\n  as           = \"app-elsewhere\"\n  undetermined = \"pass\"\n  deny \"s3:PutObject\" {}\n}\n"
	files := map[string]string{
		"a/main.tf": shop, "a/one.boundlint-test.hcl": passing, "b/main.tf": shop, "b/two.boundlint-test.hcl": failing,
		"c/main.tf": shop, "tests/any.boundlint-test.hcl": passing, "d/main.tf": shop, "d/doubt.boundlint-test.hcl": doubtful,
		"e/main.tf": shop, "e/x.boundlint-test.hcl": "resource \"aws_iam_role\" \"x\" {}\n",
	}
	for args, c := range map[string]struct {
		code         int
		text, stderr string // contained
	}{
		"a":                                  {exitClean, "1 test: 1 passed, 0 failed", ""},
		"a b":                                {exitFindings, "2 tests: 1 passed, 1 failed", ""},
		"b":                                  {exitFindings, "FAIL   people write", ""},
		"b --verbose":                        {exitFindings, `line 3: allow s3:PutObject by aws_iam_user.people["bob"]: failed`, ""},
		"c":                                  {exitFailure, "", "there is no test: no file *.boundlint-test.hcl beside c"},
		"c tests/any.boundlint-test.hcl":     {exitClean, "tests/any.boundlint-test.hcl (c)", ""},
		"a/one.boundlint-test.hcl":           {exitClean, "a/one.boundlint-test.hcl (a)", ""},
		"a/no.boundlint-test.hcl":            {exitFailure, "", "a/no.boundlint-test.hcl: there is no such file"},
		"a tests/any.boundlint-test.hcl":     {exitClean, "1 test: 1 passed", ""},
		"d":                                  {exitClean, "ok     doubt", ""},
		"d --verbose":                        {exitClean, "undetermined, which passes", ""},
		"e":                                  {exitFailure, "error  x.boundlint-test.hcl", "it is not a file of policy tests of boundlint"},
		"a b --run people*":                  {exitFindings, "2 tests", ""},
		"a b --run *read":                    {exitClean, "1 test:", ""},
		"a b --run nobody":                   {exitFailure, "", "no test is named as in --run nobody"},
		"a --run=":                           {exitFailure, "", "--run names no test"},
		"a --format xml":                     {exitFailure, "", "boundlint test writes text, json or junit, not xml"},
		"a --format jnit":                    {exitFailure, "", "did you mean junit?"},
		"a --strict":                         {exitFailure, "", "--strict"},
		"missing":                            {exitFailure, "", "missing"},
		"a --same-account c":                 {exitClean, "one.boundlint-test.hcl (a and c)", ""},
		"a --format json --run people?read":  {exitClean, `"passed": 1`, ""},
		"a --format junit --run people?read": {exitClean, `tests="1" failures="0"`, ""},
	} {
		t.Run(args, func(t *testing.T) {
			workspace(t, files)
			got := boundlint(t, "", nil, append([]string{"test"}, strings.Fields(args)...)...)
			if got.code != c.code || !strings.Contains(got.stdout, c.text) || !strings.Contains(got.stderr, c.stderr) || c.stderr == "" && got.stderr != "" {
				t.Errorf("exit code %d\n%s\n%s", got.code, got.stdout, got.stderr)
			}
		})
	}
}

// A described entity counts in the tests of its file and nowhere else.
func TestDescribedEntities(t *testing.T) {
	const described = `
entity "sandbox" {
  path     = "/x/"
  policies = ["AdministratorAccess", "policies/extra.json"]
  boundary = boundary.workload-boundary
}

entity "inline" {
  kind     = "user"
  tags     = { team = "blue" }
  policies = [
    jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*", Condition = { StringEquals = { "aws:PrincipalTag/team" = "blue" } } }] }),
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"sqs:DeleteQueue\",\"Resource\":\"*\"}}",
    aws_iam_policy.boundary,
  ]
  boundary = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
}

test "sandbox" {
  as = "sandbox"
  allow "s3:PutObject" { every = true }
  deny "s3:DeleteBucket" {}
  deny "sqs:*" {}
  allow "iam:CreateRole" { resource = "arn:aws:iam::${entity.account}:role/${entity.name}" }
}

test "inline" {
  as = "entity.inline"
  allow "sqs:SendMessage" { every = true }
  deny "sqs:DeleteQueue" {}
  deny "s3:*" {}
}
`
	extra := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	other := "test \"it is not here\" {\n  as = \"sandbox\"\n  deny \"s3:*\" {}\n}\n"
	files := map[string]string{
		"main.tf": shop, "a.boundlint-test.hcl": strings.Replace(described, "aws_iam_policy.boundary,", "\"aws_iam_policy.boundary\",", 1),
		"policies/extra.json": extra, "b.boundlint-test.hcl": other,
	}
	workspace(t, files)
	got := boundlint(t, "", nil, "test", "a.boundlint-test.hcl", "--verbose")
	if got.code != exitClean || got.stderr != "" || strings.Count(got.stdout, ": passed") != 7 {
		t.Errorf("exit code %d\n%s\n%s", got.code, got.stdout, got.stderr)
	}
	got = boundlint(t, "", nil, "test")
	if got.code != exitFailure || !strings.Contains(got.stderr, "b.boundlint-test.hcl:2:8: the input has no role or user sandbox") {
		t.Errorf("exit code %d\n%s\n%s", got.code, got.stdout, got.stderr)
	}
	for entity, want := range map[string]string{
		`entity "app-developer" {}`:                                       `it.boundlint-test.hcl:1:8: the input has a role of this name, aws_iam_role.developer`,
		"entity \"x\" {\n  kind = \"group\"\n}":                           `there is no kind of entity "group"; there are role, user`,
		"entity \"x\" {\n  policies = [\"policies/extr.json\"]\n}":        `"policies/extr.json" does not exist beside the test file`,
		"entity \"x\" {\n  policies = [\"../extra.json\"]\n}":             `"../extra.json" leaves the directory of the test file`,
		"entity \"x\" {\n  policies = [\"ReadOnlyAcces\"]\n}":             `ReadOnlyAcces is no policy`,
		"entity \"x\" {\n  policies = [file(\"x\")]\n}":                   `There is no function named "file"`,
		"entity \"x\" {\n  boundary = boundary.none\n}":                   `there is no boundary none`,
		"entity \"x\" {\n  boundary = \"{}\"\n}":                          `the policy is not one that IAM takes`,
		"entity \"x y\" {}":                                               `"x y" is not a name for a role or user`,
		"entity \"x\" {\n  path = \"teams\"\n}":                           `"teams" is not an IAM path`,
		"entity \"x\" {}\nentity \"x\" {}":                                `entity "x" stands in line 1 already`,
		"entity \"x\" {\n  policies = [\"aws_iam_policy.boundry\"]\n}":    `did you mean aws_iam_policy.boundary?`,
		"entity \"x\" {\n  boundary = \"workload-bounday\"\n}":            `did you mean workload-boundary?`,
		"entity \"x\" {\n  policies = jsonencode({ Statement = [1] })\n}": `the policy is not one that IAM takes`,
	} {
		workspace(t, map[string]string{"main.tf": shop, "policies/extra.json": extra, "it.boundlint-test.hcl": entity + "\n" + passing})
		got := boundlint(t, "", nil, "test")
		if got.code != exitFailure || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit code %d\n%s\n%s", entity, got.code, got.stdout, got.stderr)
		}
	}
}

// Who decides what another may do reaches what that could do then, and who changes
// one to act as a third does so in two steps.
func TestReachThroughOthers(t *testing.T) {
	const roles = `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_iam_user" "dev" {
  name = "dev"
}
resource "aws_iam_user_policy" "dev" {
  name   = "p"
  user   = aws_iam_user.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "*" },
    { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/first" },
  ] })
}
resource "aws_iam_role" "also" {
  name               = "also"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "first" {
  name               = "first"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/dev" } }] })
}
resource "aws_iam_role" "second" {
  name               = "second"
  path               = "/locked/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/first" } } }] })
}
`
	workspace(t, map[string]string{"main.tf": strings.Replace(roles, `"iam:PutRolePolicy", Resource = "*"`, `"iam:PutRolePolicy", Resource = ["arn:aws:iam::111122223333:role/also", "arn:aws:iam::111122223333:role/first"]`, 1), "it.boundlint-test.hcl": `test "it" {
  as           = "dev"
  cannot_reach = ["also", "second"]
  cannot_reach "sqs:*" {}
}
`})
	got := boundlint(t, "", nil, "test")
	for _, want := range []string{
		"can reach also in 1 step.", "It does not act as the role also, but decides what the role also may do.",
		"can reach second in 2 steps.", "2. The role first can assume a role that trusts it: the role second (sts-001)",
		"Then this is allowed: sqs:",
	} {
		if got.code != exitFindings || !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not shown, exit code %d\n%s\n%s", want, got.code, got.stdout, got.stderr)
		}
	}
}

// A sensitive name is shown in no format.
func TestSensitiveInTests(t *testing.T) {
	test := "test \"it\" {\n  as = \"*\"\n  undetermined = \"pass\"\n  deny \"iam:*\" {}\n  allow \"iam:CreateRole\" { every = true }\n  cannot_reach = [\"administrator\"]\n}\n"
	workspace(t, map[string]string{"main.tf": hushed, "it.boundlint-test.hcl": test})
	for _, format := range testFormats {
		got := boundlint(t, "", nil, "test", "--verbose", "--format", format)
		if got.stdout == "" || strings.Contains(strings.ToLower(got.stdout+got.stderr), "hush") {
			t.Errorf("%s\n%s", got.stdout, got.stderr)
		}
	}
}

// JUnit's XML is well formed whatever stands in the input.
func TestJUnitOfTests(t *testing.T) {
	workspace(t, map[string]string{"main.tf": shop, "it.boundlint-test.hcl": "test \"<&]]>\\u001b\" {\n  as = \"people\"\n  allow \"s3:PutObject\" {}\n}\n"})
	got := boundlint(t, "", nil, "test", "--format", "junit")
	var suites struct {
		Suites []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Line    int    `xml:"line,attr"`
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(got.stdout), &suites); err != nil || got.code != exitFindings {
		t.Fatal(err, got.code, got.stdout)
	}
	if c := suites.Suites[0].Cases[0]; c.Line != 1 || !strings.Contains(c.Failure, "allow s3:PutObject") || !strings.HasPrefix(c.Name, "<&]]>") {
		t.Errorf("%+v", c)
	}
}

// simulate --expect is for scripts.
func TestSimulateExpect(t *testing.T) {
	workspace(t, map[string]string{"main.tf": shop})
	for args, want := range map[string]int{
		"--as app-developer --action iam:CreateRole --search --expect allowed": exitClean,
		"--as app-developer --action iam:CreateRole --search --expect denied":  exitFindings,
		"--as app-developer --action iam:CreateUser --expect denied":           exitClean,
		"--as app-developer --action iam:CreateUser --expect allowed":          exitFindings,
		"--as app-elsewhere --action iam:CreateUser --expect allowed":          exitFindings,
		"--as app-elsewhere --action iam:CreateUser --expect denied":           exitFindings,
		"--as app-developer --action iam:CreateUser --expect deny":             exitFailure,
		"--as app-developer --action iam:CreateUser --expect=":                 exitFailure,
	} {
		if got := boundlint(t, "", nil, append([]string{"simulate"}, strings.Fields(args)...)...); got.code != want {
			t.Errorf("%s: exit code %d\n%s\n%s", args, got.code, got.stdout, got.stderr)
		}
	}
}

// TestFindTests: only regular names count, and no directory.
func TestFindTests(t *testing.T) {
	workspace(t, map[string]string{"b.boundlint-test.hcl": passing, "a.boundlint-test.hcl": passing, "boundlint-test.hcl": passing, "c.boundlint-test.hcl/x": ""})
	if got := strings.Join(config.FindTests("."), " "); got != "a.boundlint-test.hcl b.boundlint-test.hcl" {
		t.Error(got)
	}
}

// The review of the sandbox passes for the configuration, its plan and both joined, and
// notices each thing that makes the boundary leak.
func TestSandboxReview(t *testing.T) {
	t.Chdir(repository(t))
	const dir = "fixtures/real/clean-delegation"
	for _, args := range [][]string{
		{dir}, {dir + "/plan.json"}, {dir + "/plan.json", "--config-dir", dir}, {dir + "/plan.tfplan"}, {dir, dir + "/plan.json"},
	} {
		got := boundlint(t, "", nil, append([]string{"test"}, args...)...)
		if got.code != exitClean || got.stderr != "" {
			t.Errorf("%v: exit code %d\n%s\n%s", args, got.code, got.stdout, got.stderr)
		}
	}
	main, err := os.ReadFile(dir + "/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	review, err := os.ReadFile(dir + "/sandbox.boundlint-test.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, with, failing string }{
		"more services":      {`"sqs:*"]`, `"sqs:*", "ec2:Describe*"]`, "deny ec2:*"},
		"users":              {`"dynamodb:*", "logs:*"`, `"dynamodb:*", "iam:CreateUser", "logs:*"`, "deny iam:CreateUser"},
		"no condition":       {`test     = "StringEquals"`, `test     = "StringEqualsIfExists"`, "deny iam:CreateRole"},
		"a narrow bucket":    {`"s3:*", "dynamodb:*"`, `"s3:Get*", "dynamodb:*"`, "allow every s3:PutObject"},
		"no queues":          {`"cloudwatch:*", "sqs:*"]`, `"cloudwatch:*"]`, "allow sqs:SendMessage"},
		"boundaries removed": {`actions   = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]`, `actions   = ["iam:DeleteUserPermissionsBoundary"]`, ""},
		"boundary edited":    {`"dynamodb:*", "logs:*"`, `"dynamodb:*", "iam:*Policy*", "logs:*"`, "deny iam:PutRolePolicy"},
	} {
		text := strings.Replace(string(main), c.old, c.with, 1)
		if text == string(main) {
			t.Fatalf("%s: nothing is replaced", name)
		}
		workspace(t, map[string]string{"main.tf": text, "sandbox.boundlint-test.hcl": string(review)})
		got := boundlint(t, "", nil, "test")
		if want := map[bool]int{true: exitClean, false: exitFindings}[c.failing == ""]; got.code != want || !strings.Contains(got.stdout, c.failing) {
			t.Errorf("%s: exit code %d\n%s\n%s", name, got.code, got.stdout, got.stderr)
		}
	}
}

// boundary.NAME is a block of the configuration, whose document is given there, also
// where nothing tells in which account it is.
func TestConfiguredBoundary(t *testing.T) {
	const role = `
variable "boundary_arn" { type = string }
resource "aws_iam_role" "dev" {
  name                 = "app-dev"
  permissions_boundary = var.boundary_arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "dev" {
  name   = "p"
  role   = aws_iam_role.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:CreateRole", Resource = "*", Condition = { StringEquals = { "iam:PermissionsBoundary" = var.boundary_arn } } }] })
}
`
	const tests = `
entity "sandbox" {
  policies = ["AdministratorAccess"]
  boundary = boundary.workload
}
test "sandbox" {
  as = "sandbox"
  allow "s3:PutObject" { every = true }
  deny "sqs:*" {}
}
test "dev" {
  as = "app-dev"
  deny "iam:CreateRole" { unless = { "iam:PermissionsBoundary" = boundary.workload } }
  allow "iam:CreateRole" { with = { "iam:PermissionsBoundary" = boundary.workload } }
  deny "s3:*" {}
}
test "the boundary stays" {
  as = ["sandbox", "app-dev"]
  deny "iam:CreatePolicyVersion" { resource = boundary.workload }
}
test "leak" {
  as = "sandbox"
  deny "iam:CreateRole" { unless = { "iam:PermissionsBoundary" = boundary.workload } }
}
`
	workspace(t, map[string]string{
		"main.tf": role, "it.boundlint-test.hcl": tests,
		".boundlint.hcl": "boundary \"workload\" {\n  arns = [\"arn:aws:iam::*:policy/platform/workload\"]\n  references = [\"var.boundary_arn\"]\n  document = \"b.json\"\n}\n",
		"b.json":         `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","iam:CreateRole"],"Resource":"*"}]}`,
	})
	for _, args := range [][]string{{"test"}, {"test", "--var", "boundary_arn=arn:aws:iam::111122223333:policy/platform/workload"}} {
		got := boundlint(t, "", nil, args...)
		if got.code != exitFindings || got.stderr != "" || !strings.Contains(got.stdout, "4 tests: 3 passed, 1 failed") ||
			!strings.Contains(got.stdout, "statement 1 of boundary.workload (b.json:1): allows it") {
			t.Errorf("%v: exit code %d\n%s\n%s", args, got.code, got.stdout, got.stderr)
		}
	}
}
