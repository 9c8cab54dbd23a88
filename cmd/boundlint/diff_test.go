package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// policyOf is a role with one inline policy.
func policyOf(statements string) string {
	return `
provider "aws" {
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "app" {
  name               = "app-x"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } } ] })
}

resource "aws_iam_role_policy" "app" {
  role   = aws_iam_role.app.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [` + statements + `] })
}
`
}

const (
	reads  = `{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data/*" }`
	writes = reads + `, { Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::data/*" }`
	passes = reads + `, { Effect = "Allow", Action = "iam:PassRole", Resource = "*" }`
)

func TestDiff(t *testing.T) {
	files := map[string]string{
		"reads/main.tf": policyOf(reads), "writes/main.tf": policyOf(writes), "passes/main.tf": policyOf(passes), "good.json": goodPlan,
		"rewritten/main.tf": policyOf(`{ Sid = "Read", Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::data/*", "arn:aws:s3:::data/a/*"] }`),
		"moved/main.tf": strings.NewReplacer("aws_iam_role.app", "aws_iam_role.app2", `"aws_iam_role" "app"`, `"aws_iam_role" "app2"`).Replace(policyOf(writes)) +
			"moved {\n  from = aws_iam_role.app\n  to   = aws_iam_role.app2\n}\n",
		"hidden/main.tf": strings.Replace(policyOf(reads), `jsonencode({ Version = "2012-10-17", Statement = [`+reads+`] })`, "var.policy", 1) +
			"variable \"policy\" {\n  type = string\n}\n",
		"empty/README": "", "admin/main.tf": policyOf(`{ Effect = "Allow", Action = "*", Resource = "*" }`),
	}
	for name, c := range map[string]struct {
		args   string
		code   int
		stdout string // contained
		stderr string // exact
	}{
		"nothing":        {"diff", 2, "", "boundlint: boundlint diff needs BEFORE and AFTER, a plan, or --git BASE..HEAD\n"},
		"three":          {"diff reads writes passes", 2, "", "boundlint: boundlint diff compares BEFORE and AFTER, and 3 paths are named: reads, writes, passes\n"},
		"one directory":  {"diff reads", 2, "", "boundlint: boundlint diff needs BEFORE and AFTER: only a plan has both in itself, and reads is a directory of configuration\n"},
		"standard input": {"diff - -", 2, "", "boundlint: standard input can be read once: name a file for BEFORE or for AFTER\n"},
		"plan from it":   {"diff -", 2, "", "boundlint: a plan is read twice, and standard input can be read once: save the plan in a file\n"},
		"format":         {"diff reads writes --format sarif", 2, "", "boundlint: boundlint diff writes text, json or markdown, not sarif\n"},
		"sensitive":      {"diff reads writes --sensitive-only", 2, "", "boundlint: --sensitive-only says which access --fail-on-new-access fails on: add that\n"},
		"misspelt":       {"diff reads writes --fail-on-new-acces", 2, "", "boundlint: there is no flag --fail-on-new-acces; did you mean --fail-on-new-access?\n"},
		"missing":        {"diff nowhere writes", 2, "", "boundlint: nowhere: there is no such file or directory\n"},
		"three dots":     {"diff --git a...b", 2, "", "boundlint: --git takes two revisions, BASE..HEAD, or one, BASE, and not \"a...b\"\n"},
		"a flag of git":  {"diff --git=--output=x..HEAD", 2, "", "boundlint: --git takes revisions, and none begins with -: \"--output=x..HEAD\"\n"},
		"another of it":  {"diff --git=HEAD..--output=x", 2, "", "boundlint: --git takes revisions, and none begins with -: \"HEAD..--output=x\"\n"},
		"more":           {"diff reads writes", 0, "aws_iam_role.app (role)\n  s3  write  PutObject\n    s3:PutObject on arn:aws:s3:::data/x\n", ""},
		"less":           {"diff writes reads", 0, "\nno new access\n", ""},
		"lost":           {"diff writes reads --lost", 0, "lost access: 1 holder\n\naws_iam_role.app (role)\n  s3  write  PutObject\n", ""},
		"rewritten":      {"diff reads rewritten --lost --fail-on-new-access", 0, "\nno new access\n\nno lost access\n", ""},
		"moved":          {"diff reads moved", 0, "aws_iam_role.app2 (role)\n  s3  write  PutObject\n", ""},
		"added":          {"diff empty reads", 0, "aws_iam_role.app (role, added)\n  s3  1 read\n", "*"},
		"administrator":  {"diff empty admin", 0, "aws_iam_role.app (role, added)\n  everything in ", "*"},
		"fails":          {"diff reads writes --fail-on-new-access", 1, "", ""},
		"harmless":       {"diff reads writes --fail-on-new-access --sensitive-only", 0, "", ""},
		"harmful":        {"diff reads passes --fail-on-new-access --sensitive-only", 1, "PassRole!", ""},
		"hidden":         {"diff reads hidden --fail-on-new-access", 1, "undetermined: what var.policy allows, which is not in the input", ""},
		"a plan":         {"diff good.json", 0, "from good.json, before apply\nto   good.json\n", ""},
		"markdown":       {"diff reads writes --format markdown", 0, "### Access: new access for 1 holder\n", ""},
		"as JSON":        {"diff reads writes --format json", 0, `"action": "s3:PutObject"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			got := boundlint(t, "", nil, strings.Fields(c.args)...)
			if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || c.stderr != "*" && got.stderr != c.stderr {
				t.Errorf("exit code %d, want %d\n%s\n%s", got.code, c.code, got.stdout, got.stderr)
			}
		})
	}
}

// TestDiffFindings tells what is new, fixed and unchanged, wherever the two are.
func TestDiffFindings(t *testing.T) {
	workspace(t, map[string]string{
		"a/main.tf": role("one", `"app-one"`) + role("two", `"app-two"`), "elsewhere/main.tf": role("two", `"app-two"`) + role("three", `"app-three"`),
	})
	got := boundlint(t, "", nil, "diff", "a", "elsewhere")
	for _, want := range []string{
		"findings: 1 new, 1 fixed, 1 unchanged\n", "  new    error boundary-missing at aws_iam_role.three\n", "  fixed  error boundary-missing at aws_iam_role.one\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not in\n%s%s", want, got.stdout, got.stderr)
		}
	}
}

// TestDiffRevisions compares revisions, and one with the working tree.
func TestDiffRevisions(t *testing.T) {
	gitRepository(t, map[string]string{"a/main.tf": policyOf(reads), "b/main.tf": policyOf(reads)})
	editFile(t, "a/main.tf", func(string) string { return policyOf(writes) })
	commitAll(t)
	editFile(t, "b/main.tf", func(string) string { return policyOf(passes) })
	if err := os.Mkdir("c", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("c", "main.tf"), []byte(policyOf(reads)), 0o644); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string][]string{
		"HEAD~1..HEAD":   {"new access: 1 holder", "PutObject"},
		"HEAD~1..HEAD b": {"no new access"},
		"HEAD":           {"new access: 2 holders", "PassRole!", "role, added"},
		"HEAD..HEAD":     {"no new access"},
		"HEAD~1.. a":     {"to   the working tree", "PutObject"},
	} {
		got := boundlint(t, "", nil, append([]string{"diff", "--git"}, strings.Fields(args)...)...)
		for _, text := range want {
			if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, text) {
				t.Errorf("%s: exit code %d: %q is not in\n%s%s", args, got.code, text, got.stdout, got.stderr)
			}
		}
	}
	got := boundlint(t, "", nil, "diff", "--git", "no-such..HEAD")
	if got.code != 2 || !strings.Contains(got.stderr, "there is no revision no-such in this clone") {
		t.Errorf("%+v", got)
	}
}

// A plan's own two sides are those of the state before it and of the plan.
func TestDiffPlanIsStateAndPlan(t *testing.T) {
	t.Chdir(repository(t))
	access := func(args ...string) string {
		got := boundlint(t, "", nil, append([]string{"diff", "--lost"}, args...)...)
		if got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
		_, after, _ := strings.Cut(got.stdout, "\n\n")
		return after
	}
	for _, dir := range []string{"fixtures/real/boundary-removed/", "fixtures/boundary-changed/bad/grows/", "fixtures/boundary-changed/good/not-a-boundary/"} {
		one, two := access(dir+"plan.json"), access(dir+"prior.tfstate", dir+"plan.json")
		if one != two || one == "" {
			t.Errorf("the plan's own:\n%s\nthe state's:\n%s", one, two)
		}
	}
	const binary = "fixtures/real/boundary-removed/plan.tfplan"
	if one, two := access(binary), access("fixtures/real/boundary-removed/plan.json"); one != two {
		t.Errorf("of the binary plan:\n%s\nof its JSON:\n%s", one, two)
	}
}

// What is new one way is lost the other way.
func TestDiffSwapped(t *testing.T) {
	t.Chdir(repository(t))
	type answer struct {
		Access []struct {
			Addresses                         []string
			Gained, Lost, Trusted, Distrusted any
		}
	}
	ask := func(before, after string) answer {
		got := boundlint(t, "", nil, "diff", "--lost", "--format", "json", before, after)
		var out answer
		if err := json.Unmarshal([]byte(got.stdout), &out); err != nil || got.code != 0 {
			t.Fatalf("%v %+v", err, got)
		}
		return out
	}
	for before, after := range map[string]string{
		"fixtures/cli/diff/before":                "fixtures/cli/diff/after",
		"fixtures/real/weak-delegation/plan.json": "fixtures/real/clean-delegation/plan.json",
	} {
		one, two := ask(before, after), ask(after, before)
		if len(one.Access) == 0 || len(one.Access) != len(two.Access) {
			t.Fatalf("%d changes, and %d", len(one.Access), len(two.Access))
		}
		for i, c := range one.Access {
			back := two.Access[i]
			if !reflect.DeepEqual(c.Addresses, back.Addresses) || !reflect.DeepEqual(c.Gained, back.Lost) || !reflect.DeepEqual(c.Lost, back.Gained) ||
				!reflect.DeepEqual(c.Trusted, back.Distrusted) || !reflect.DeepEqual(c.Distrusted, back.Trusted) {
				t.Errorf("%v:\n%v\n%v", c.Addresses, c, back)
			}
		}
	}
}

// unknown is a role whose policy depends on much that cannot be evaluated.
const unknown = `
variable "bucket" { type = string }
variable "names" { type = list(string) }
variable "on" { type = bool }
data "external" "x" { program = ["x"] }

locals {
  queue = jsondecode(data.external.x.result.q).arn
}

resource "aws_iam_role" "r" {
  name               = "app-r"
  assume_role_policy = data.external.x.result.trust
}

resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = jsonencode({ Version = "2012-10-17", Statement = concat([
    { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${upper(var.bucket)}/*" },
    { Effect = "Allow", Action = "s3:PutObject", Resource = [for n in var.names : "arn:aws:s3:::${n}/*"] },
    { Effect = "Allow", Action = "s3:PutObject", Resource = var.on ? "*" : "arn:aws:s3:::a/*" },
    { Effect = "Allow", Action = "sqs:*", Resource = local.queue },
  ], var.on ? [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] : []) })
}

resource "aws_iam_role_policy_attachment" "x" {
  role       = aws_iam_role.r.name
  policy_arn = data.external.x.result.arn
}
`

// What cannot be evaluated is the same on both sides where nothing around it has
// changed, wherever it stands, and may be another else.
func TestDiffUnknown(t *testing.T) {
	added := "\nresource \"aws_iam_role\" \"s\" {\n  name               = \"app-s\"\n  assume_role_policy = \"{}\"\n}\n"
	workspace(t, map[string]string{
		"a/main.tf": unknown, "same/main.tf": unknown, "commented/main.tf": "# A comment.\n" + unknown, "more/main.tf": added + unknown,
		"local/main.tf": strings.Replace(unknown, "result.q", "result.r", 1), "choice/main.tf": strings.Replace(unknown, `"arn:aws:s3:::a/*" }`, `"arn:aws:s3:::b/*" }`, 1),
		"twice/main.tf": unknown, "twice/more.tf": "locals {\n  other = 1\n}\n",
	})
	for after, want := range map[string]string{
		"same": "no new access", "commented": "no new access", "more": "no new access",
		"local": "sqs  permissions  AddPermission!?", "choice": "PutObject?", "twice": "undetermined because",
	} {
		got := boundlint(t, "", nil, "diff", "a", after)
		if got.code != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: %q is not in\n%s%s", after, want, got.stdout, got.stderr)
		}
	}
}

// people are users in a group, with a boundary that is not in the input, and a
// group and a policy that no user has.
const people = `
provider "aws" {
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_group" "devs" {
  name = "devs"
}

resource "aws_iam_user" "dev" {
  for_each             = toset(["ann", "bob"])
  name                 = "dev-${each.key}"
  permissions_boundary = "arn:aws:iam::111122223333:policy/elsewhere"
}

resource "aws_iam_user_group_membership" "devs" {
  for_each = aws_iam_user.dev
  user     = each.value.name
  groups   = [aws_iam_group.devs.name]
}

resource "aws_iam_group_policy" "devs" {
  group  = aws_iam_group.devs.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "*" }] })
}

resource "aws_iam_policy" "loose" {
  name   = "loose"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "*" }] })
}
`

// Members of a group have its policies, and what is hidden on both sides alike
// hides nothing of what changes.
func TestDiffHolders(t *testing.T) {
	more := strings.ReplaceAll(people, `["s3:GetObject"]`, `["s3:GetObject", "kms:Decrypt"]`)
	workspace(t, map[string]string{
		"a/main.tf": people, "more/main.tf": more, "swapped/main.tf": strings.Replace(people, "policy/elsewhere", "policy/another", 1),
		"attached/main.tf": people + "resource \"aws_iam_group_policy_attachment\" \"x\" {\n  group      = aws_iam_group.devs.name\n" +
			"  policy_arn = \"arn:aws:iam::111122223333:policy/unseen\"\n}\n",
	})
	const users = `aws_iam_user.dev["ann"], aws_iam_user.dev["bob"]`
	for after, want := range map[string][]string{
		"more": {
			"new access: 3 holders", "aws_iam_policy.loose (policy)\n  kms  write  Decrypt\n", users + " (user)\n  kms  write  Decrypt\n",
			"  not in the input, and not counted: its permissions boundary arn:aws:iam::111122223333:policy/elsewhere\n",
		},
		"swapped": {
			users + " (user)\n  s3  read  GetObject?\n", users + " (boundary, in the worst case)\n  undetermined because the document of the boundary that it had",
		},
		"attached": {users + " (user)\n  undetermined: what the document of arn:aws:iam::111122223333:policy/unseen allows, which is not in the input\n"},
	} {
		got := boundlint(t, "", nil, "diff", "a", after, "--fail-on-new-access")
		for _, text := range want {
			if got.code != 1 || !strings.Contains(got.stdout, text) {
				t.Errorf("%s: exit code %d: %q is not in\n%s%s", after, got.code, text, got.stdout, got.stderr)
			}
		}
	}
}

// trusting is a role with a trust policy.
func trusting(trust string) string {
	return "resource \"aws_iam_role\" \"r\" {\n  name               = \"r\"\n  assume_role_policy = " + trust + "\n}\n"
}

// Whom a Deny named may newly assume a role without it.
func TestDiffTrust(t *testing.T) {
	const allow = `{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::444455556666:root" } }`
	const deny = `{ Effect = "Deny", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::444455556666:role/b" } }`
	trust := func(statements string) string {
		return trusting(`jsonencode({ Version = "2012-10-17", Statement = [` + statements + `] })`)
	}
	workspace(t, map[string]string{"a/main.tf": trust(allow + ", " + deny), "b/main.tf": trust(allow)})
	got := boundlint(t, "", nil, "diff", "a", "b", "--fail-on-new-access")
	if want := "  can newly be assumed by\n    arn:aws:iam::444455556666:role/b:"; got.code != 1 || !strings.Contains(got.stdout, want) {
		t.Errorf("%+v", got)
	}
	if got = boundlint(t, "", nil, "diff", "b", "a", "--fail-on-new-access"); got.code != 0 || !strings.Contains(got.stdout, "no new access") {
		t.Errorf("%+v", got)
	}
}

// A user joins a group that the input does not have, in whatever way: what it
// may do then is not known. A group that is there hides nothing.
func TestUnseenGroup(t *testing.T) {
	const user = "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n"
	const joins = "resource \"aws_iam_user_group_membership\" \"m\" {\n  user   = aws_iam_user.u.name\n  groups = [\"admins\"]\n}\n"
	workspace(t, map[string]string{
		"a/main.tf": user, "joins/main.tf": user + joins,
		"listed/main.tf":    user + "resource \"aws_iam_group_membership\" \"m\" {\n  name  = \"m\"\n  users = [\"u\"]\n  group = \"admins\"\n}\n",
		"looked-up/main.tf": user + strings.Replace(joins, `"admins"`, "data.aws_iam_group.g.group_name", 1) + "data \"aws_iam_group\" \"g\" {\n  group_name = \"admins\"\n}\n",
		"declared/main.tf":  user + joins + "resource \"aws_iam_group\" \"g\" {\n  name = \"admins\"\n}\n",
	})
	const unknown = "aws_iam_user.u (user)\n  undetermined: what the group admins allows, which is not in the input\n"
	for _, after := range []string{"joins", "listed", "looked-up"} {
		got := boundlint(t, "", nil, "diff", "a", after, "--fail-on-new-access")
		if got.code != 1 || !strings.Contains(got.stdout, unknown) {
			t.Errorf("%s: %+v", after, got)
		}
	}
	if got := boundlint(t, "", nil, "diff", "joins", "a", "--lost"); !strings.HasSuffix(got.stdout, "lost access: 1 holder\n\n"+unknown) {
		t.Errorf("%+v", got)
	}
	for _, sides := range [][]string{{"joins", "listed"}, {"a", "declared"}} {
		got := boundlint(t, "", nil, "diff", sides[0], sides[1], "--fail-on-new-access")
		if got.code != 0 || !strings.Contains(got.stdout, "no new access") {
			t.Errorf("%v: %+v", sides, got)
		}
	}
	got := boundlint(t, "", nil, "can", "u", "joins")
	if want := "Not in the input, and not counted: the group admins, which it is in."; !strings.Contains(got.stdout, want) {
		t.Errorf("%+v", got)
	}
	got = boundlint(t, "", nil, "simulate", "--as", "u", "--action", "s3:ListAllMyBuckets", "joins")
	if want := "the group admins is not in the input"; !strings.Contains(got.stdout, want) {
		t.Errorf("%+v", got)
	}
	got = boundlint(t, "", nil, "simulate", "--as", "u", "--action", "s3:ListAllMyBuckets", "declared")
	if !strings.Contains(got.stdout, "denied") {
		t.Errorf("%+v", got)
	}
}

// A trust policy that is known after apply may let in anyone.
func TestDiffTrustUnknown(t *testing.T) {
	external := trusting("data.external.x.result.trust") + "data \"external\" \"x\" {\n  program = [\"x\"]\n}\n"
	known := trusting(`jsonencode({ Version = "2012-10-17", Statement = [] })`)
	workspace(t, map[string]string{"known/main.tf": known, "hidden/main.tf": external, "same/main.tf": "# The same.\n" + external, "empty/README": ""})
	for sides, code := range map[[2]string]int{{"known", "hidden"}: 1, {"hidden", "same"}: 0, {"hidden", "known"}: 0} {
		got := boundlint(t, "", nil, "diff", sides[0], sides[1], "--fail-on-new-access")
		said := strings.Contains(got.stdout, "aws_iam_role.r (role)\n  undetermined: what its trust policy allows, which is not in the input\n")
		if got.code != code || said != (code == 1) {
			t.Errorf("%v: %+v", sides, got)
		}
	}
}

// accountsOf is a role w in each of two accounts, which may do what is given.
func accountsOf(roles ...[3]string) string {
	var b strings.Builder
	b.WriteString("provider \"aws\" {\n  allowed_account_ids = [\"111122223333\"]\n}\nprovider \"aws\" {\n  alias               = \"p\"\n  allowed_account_ids = [\"999922223333\"]\n}\n")
	for _, r := range roles {
		b.WriteString(strings.NewReplacer("LABEL", r[0], "PROVIDER", r[1], "ACTION", r[2]).Replace(`
resource "aws_iam_role" "LABEL" {
  name               = "w"
  provider           = PROVIDER
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "LABEL" {
  role     = aws_iam_role.LABEL.name
  provider = PROVIDER
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ACTION", Resource = "*" }] })
}
`))
	}
	return b.String()
}

// Roles of the same name are the same one in the same account only, whatever
// their order.
func TestDiffAccounts(t *testing.T) {
	a, b := [3]string{"a", "aws", "s3:GetObject"}, [3]string{"b", "aws.p", "iam:CreateUser"}
	workspace(t, map[string]string{
		"two/main.tf":     accountsOf(a, b),
		"renamed/main.tf": accountsOf([3]string{"d", "aws.p", "iam:CreateUser"}, [3]string{"z", "aws", "s3:GetObject"}),
		"swapped/main.tf": accountsOf([3]string{"d", "aws.p", "s3:GetObject"}, [3]string{"z", "aws", "iam:CreateUser"}),
		"one/main.tf":     accountsOf(a), "moved/main.tf": accountsOf([3]string{"a", "aws.p", "s3:GetObject"}),
	})
	for sides, want := range map[[2]string][]string{
		{"two", "renamed"}: {"\nno new access\n\nno lost access\n"},
		{"two", "swapped"}: {"new access: 2 holders", "aws_iam_role.d (role)\n  s3 ", "aws_iam_role.z (role)\n  iam "},
		{"one", "moved"}:   {"aws_iam_role.a (role, added)\n  s3 ", "aws_iam_role.a (role, removed)\n  s3 "},
	} {
		got := boundlint(t, "", nil, "diff", "--lost", sides[0], sides[1])
		for _, text := range want {
			if got.code != 0 || !strings.Contains(got.stdout, text) {
				t.Errorf("%v: %q is not in\n%s%s", sides, text, got.stdout, got.stderr)
			}
		}
	}
}

// A policy that nobody has any more, and a group that the last user leaves, are
// as they were. So is each that somebody gets.
func TestDiffHeldByNobody(t *testing.T) {
	membership := people[strings.Index(people, "resource \"aws_iam_user_group_membership\""):strings.Index(people, "resource \"aws_iam_group_policy\"")]
	attached := people + "resource \"aws_iam_user_policy_attachment\" \"x\" {\n  user       = \"dev-ann\"\n  policy_arn = aws_iam_policy.loose.arn\n}\n"
	bounded := strings.Replace(people, `"arn:aws:iam::111122223333:policy/elsewhere"`, "aws_iam_policy.loose.arn", 1)
	workspace(t, map[string]string{
		"a/main.tf": people, "attached/main.tf": attached, "left/main.tf": strings.Replace(people, membership, "", 1), "bounded/main.tf": bounded,
		"more/main.tf": strings.ReplaceAll(strings.Replace(people, membership, "", 1), `["s3:GetObject"]`, `["s3:GetObject", "kms:Decrypt"]`),
	})
	for _, sides := range [][2]string{{"a", "attached"}, {"attached", "a"}, {"a", "left"}, {"left", "a"}, {"a", "bounded"}, {"bounded", "a"}} {
		got := boundlint(t, "", nil, "diff", "--lost", sides[0], sides[1])
		if got.code != 0 || strings.Contains(got.stdout, "(policy") || strings.Contains(got.stdout, "(group") {
			t.Errorf("%v:\n%s%s", sides, got.stdout, got.stderr)
		}
	}
	got := boundlint(t, "", nil, "diff", "a", "more")
	for _, want := range []string{"aws_iam_group.devs (group)\n  kms ", "aws_iam_policy.loose (policy)\n  kms "} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not in\n%s%s", want, got.stdout, got.stderr)
		}
	}
}

// What a plan forgets stays as it is; what it destroys does not.
func TestDiffForgotten(t *testing.T) {
	const policy = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"EFFECT\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}`
	inline := func(name, effect, actions, after string) string {
		document := strings.Replace(policy, "EFFECT", effect, 1)
		return `{"address":"aws_iam_user_policy.` + name + `","mode":"managed","type":"aws_iam_user_policy","name":"` + name + `",` +
			`"provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["` + actions + `"],` +
			`"before":{"name":"` + name + `","user":"u","policy":"` + document + `"},"after":` + strings.Replace(after, "DOCUMENT", document, 1) +
			`,"after_unknown":{},"before_sensitive":{},"after_sensitive":{}}}`
	}
	const user = `{"address":"aws_iam_user.u","mode":"managed","type":"aws_iam_user","name":"u","provider_name":"registry.terraform.io/hashicorp/aws",` +
		`"change":{"actions":["no-op"],"before":{"name":"u"},"after":{"name":"u"},"after_unknown":{},"before_sensitive":{},"after_sensitive":{}}}`
	plan := func(changes ...string) string {
		return `{"format_version":"1.2","terraform_version":"1.9.0","complete":true,"errored":false,"resource_changes":[` + strings.Join(changes, ",") +
			`],"configuration":{"root_module":{}}}`
	}
	allow := inline("allow", "Allow", "no-op", `{"name":"allow","user":"u","policy":"DOCUMENT"}`)
	workspace(t, map[string]string{
		"forget.json": plan(user, inline("allow", "Allow", "forget", "null")), "delete.json": plan(user, inline("allow", "Allow", "delete", "null")),
		"forget-deny.json": plan(user, allow, inline("deny", "Deny", "forget", "null")),
		"delete-deny.json": plan(user, allow, inline("deny", "Deny", "delete", "null")),
	})
	for name, want := range map[string]string{
		"forget": "\nno new access\n\nno lost access\n", "delete": "lost access: 1 holder",
		"forget-deny": "\nno new access\n\nno lost access\n", "delete-deny": "new access: 1 holder",
	} {
		if got := boundlint(t, "", nil, "diff", "--lost", name+".json"); got.code != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: %q is not in\n%s%s", name, want, got.stdout, got.stderr)
		}
	}
}

// TestDiffNotCompared: what the inputs do not show as a whole is named, once
// where it is the same on both sides, in every format.
func TestDiffNotCompared(t *testing.T) {
	const call = "module \"x\" {\n  source = \"terraform-aws-modules/iam/aws\"\n}\n"
	workspace(t, map[string]string{"a/main.tf": call, "b/main.tf": call + policyOf(reads), "c/main.tf": policyOf(reads)})
	const what = "the module x is not checked: its source terraform-aws-modules/iam/aws is not here"
	for format, want := range map[string]string{
		"text": "\nnot compared:\n  " + what + "\n", "markdown": "\nNot compared: " + what + ".\n", "json": "\"notCompared\": [\n    \"" + what + "\"\n",
	} {
		if stdout := boundlint(t, "", nil, "diff", "a", "b", "--format", format).stdout; !strings.Contains(strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%s: %s", format, stdout)
		}
	}
	if stdout := boundlint(t, "", nil, "diff", "c", "c").stdout; strings.Contains(stdout, "not compared") {
		t.Error(stdout)
	}
}

// TestDiffCommonDoubt: what is undetermined in many services for one reason is
// summed up in a line.
func TestDiffCommonDoubt(t *testing.T) {
	bounded := strings.Replace(policyOf(`{ Effect = "Allow", Action = "*", Resource = "*" }`), `"app-x"`,
		"\"app-x\"\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/elsewhere\"", 1)
	workspace(t, map[string]string{"a/main.tf": bounded, "b/main.tf": policyOf(`{ Effect = "Allow", Action = "*", Resource = "*" }`)})
	const want = "undetermined because the document of its permissions boundary arn:aws:iam::111122223333:policy/elsewhere is not in the input"
	for _, format := range []string{"text", "markdown"} {
		stdout := boundlint(t, "", nil, "diff", "a", "b", "--format", format).stdout
		if flat := strings.Join(strings.Fields(stdout), " "); strings.Count(flat, want) != 1 || strings.Contains(stdout, "GetObject") {
			t.Errorf("%s: %s", format, stdout)
		}
		stdout = boundlint(t, "", nil, "diff", "a", "b", "--format", format, "--verbose").stdout
		if flat := strings.Join(strings.Fields(stdout), " "); strings.Count(flat, want) < 100 {
			t.Errorf("%s, verbose: %.2000s", format, stdout)
		}
	}
}
