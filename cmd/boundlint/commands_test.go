package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The pages show what the commands really print. Where a test of the page fails, the
// exit code is 1.
func TestCommandsPage(t *testing.T) { checkPage(t, "docs/commands.md", 5, exitClean) }

func TestTestingPage(t *testing.T) { checkPage(t, "docs/testing.md", 2, exitClean, exitFindings) }

// TestDelegationsPage: the page shows each delegation of the fixtures; what leaks is
// found, and the closed form is silent, of all rules and in all that is undetermined.
func TestDelegationsPage(t *testing.T) {
	checkPage(t, "docs/delegations.md", 9, exitClean, exitFindings)
	page, err := os.ReadFile("docs/delegations.md")
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := filepath.Glob("fixtures/delegations/*")
	if err != nil || len(dirs) < 8 {
		t.Fatalf("%d delegations: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		dir = filepath.ToSlash(dir)
		leaks, closed := dir+"/leaks", dir+"/closed"
		if !strings.Contains(string(page), leaks+" -->") || !strings.Contains(string(page), closed+"/main.tf") {
			t.Errorf("docs/delegations.md does not show %s", dir)
		}
		if got := boundlint(t, "", nil, leaks); got.code != exitFindings {
			t.Errorf("%s: %d %s%s", leaks, got.code, got.stdout, got.stderr)
		}
		if got := boundlint(t, "", nil, "--strict", "--fail-on", "note", closed); got.code != exitClean || got.stderr != "" {
			t.Errorf("%s: %d %s%s", closed, got.code, got.stdout, got.stderr)
		}
		for _, one := range []string{leaks, closed} {
			if a, b := verdictsOf(t, one), verdictsOf(t, one+"/plan.json"); !slices.Equal(a, b) {
				t.Errorf("%s: of the configuration %v, of its plan %v", one, a, b)
			}
		}
	}
}

// verdictsOf are the findings of an input without their words.
func verdictsOf(t *testing.T, path string) (out []string) {
	t.Helper()
	var report struct {
		Findings []struct{ Rule, Address, Verdict string }
	}
	if err := json.Unmarshal([]byte(boundlint(t, "", nil, "--format", "json", path).stdout), &report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		out = append(out, f.Rule+" "+f.Address+" "+f.Verdict)
	}
	slices.Sort(out)
	return out
}

func TestOrganizationsPage(t *testing.T) {
	checkPage(t, "docs/organizations.md", 2, exitClean, exitFindings)
}

func TestFixingPage(t *testing.T) { checkPage(t, "docs/fixing.md", 1, exitFindings) }

// checkPage compares the outputs on a page with those of the program.
func checkPage(t *testing.T, page string, least int, codes ...int) {
	t.Helper()
	t.Chdir(repository(t))
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)<!-- output: boundlint ([^\n]*) -->\n.*?<!-- output: end -->`)
	shown := 0
	want := block.ReplaceAllStringFunc(string(content), func(old string) string {
		shown++
		command := block.FindStringSubmatch(old)[1]
		got := boundlint(t, "", nil, strings.Fields(command)...)
		if !slices.Contains(codes, got.code) || got.stderr != "" && !strings.Contains(command, "--fix-dry-run") { // which sums up there
			t.Errorf("boundlint %s: %d %s", command, got.code, got.stderr)
		}
		language := "text"
		switch {
		case strings.Contains(command, "--format json"):
			language = "json"
		case strings.Contains(command, "--fix-dry-run"):
			language = "diff"
		case strings.HasPrefix(command, "generate "):
			language = "hcl"
		}
		return "<!-- output: boundlint " + command + " -->\n```" + language + "\n$ boundlint " + command + "\n" +
			strings.TrimRight(got.stdout, "\n") + "\n```\n<!-- output: end -->"
	})
	if shown < least {
		t.Fatalf("the page shows %d outputs", shown)
	}
	file := regexp.MustCompile("(?s)<!-- file: ([^\n]*) -->\n```([a-z]*)\n.*?```\n<!-- file: end -->")
	want = file.ReplaceAllStringFunc(want, func(old string) string {
		named := file.FindStringSubmatch(old)
		shown, err := os.ReadFile(named[1])
		if err != nil {
			t.Error(err)
		}
		return "<!-- file: " + named[1] + " -->\n```" + named[2] + "\n" + string(shown) + "```\n<!-- file: end -->"
	})
	want = statementBlock.ReplaceAllStringFunc(want, func(old string) string {
		named := statementBlock.FindStringSubmatch(old)
		return "<!-- statement: " + named[1] + " " + named[2] + " -->\n```hcl\n" + statementOf(t, named[1], named[2]) + "```\n<!-- statement: end -->"
	})
	if want == string(content) {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is out of date (go test ./cmd/boundlint -update writes it anew); it is now\n%s", page, want)
}

// house is an account in which each layer has something to say.
const house = `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_policy" "boundary" {
  name   = "house-boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:*", "sts:AssumeRole"], Resource = "*" },
    { Sid = "NoDelete", Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" },
  ] })
}

resource "aws_iam_role" "app" {
  name                 = "app-worker"
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { team = "blue" }
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } },
  ] })
}

resource "aws_iam_role_policy" "app" {
  name   = "work"
  role   = aws_iam_role.app.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Data", Effect = "Allow", Action = ["s3:GetObject", "s3:DeleteBucket"], Resource = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"] },
    { Sid = "Office", Effect = "Allow", Action = "s3:PutObject", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "198.51.100.0/24" } } },
    { Sid = "Tagged", Effect = "Allow", Action = "s3:PutBucketTagging", Resource = "*", Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["a", "b"] } } },
    { Sid = "Queue", Effect = "Allow", Action = "sqs:*", Resource = "*" },
  ] })
}

resource "aws_iam_role" "ops" {
  name               = "app-ops"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.app.arn } },
  ] })
}

resource "aws_iam_role_policy_attachment" "ops" {
  role       = aws_iam_role.ops.name
  policy_arn = "arn:aws:iam::111122223333:policy/of-another-repository"
}

resource "aws_iam_user" "ops" {
  name                 = "app-ops"
  permissions_boundary = "arn:aws:iam::111122223333:policy/elsewhere"
}

resource "aws_iam_user_policy_attachment" "ops" {
  user       = aws_iam_user.ops.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`

// more is a resource that could have a policy, and somebody without a boundary.
const more = `
resource "aws_s3_bucket" "own" {
  bucket = "own"
}

resource "aws_iam_user" "free" {
  name = "app-free"
}

resource "aws_iam_user_policy" "free" {
  name   = "queues"
  user   = aws_iam_user.free.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sqs:*", "ec2:StopInstances"], Resource = "arn:*" }] })
}
`

func TestSimulate(t *testing.T) {
	for name, c := range map[string]struct {
		args     string
		decision string
		contains string // in because or notes
	}{
		"allowed":              {"--as app-worker --action s3:GetObject --resource arn:aws:s3:::data/x", "allowed", "nothing denies it"},
		"by address":           {"--as aws_iam_role.app --action s3:GetObject --resource arn:aws:s3:::data/x", "allowed", ""},
		"by ARN":               {"--as arn:aws:iam::111122223333:role/app-worker --action s3:GetObject --resource arn:aws:s3:::data/x", "allowed", ""},
		"by session":           {"--as arn:aws:sts::111122223333:assumed-role/app-worker/i-0 --action s3:GetObject --resource arn:aws:s3:::data/x", "allowed", ""},
		"any case":             {"--as app-worker --action S3:getobject --resource arn:aws:s3:::data/x", "allowed", ""},
		"another resource":     {"--as app-worker --action s3:GetObject --resource arn:aws:s3:::other/x", "undetermined", "the policy of arn:aws:s3:::other/x is not in the input"},
		"declared resource":    {"--as app-worker --action s3:GetObject --resource arn:aws:s3:::own/x", "denied", "nothing in the identity-based policies allows it"},
		"another account":      {"--as app-worker --action sqs:SendMessage --resource arn:aws:sqs:eu-west-1:444455556666:q", "denied", "nothing in the permissions boundary"},
		"another account, own": {"--as app-free --action sqs:SendMessage --resource arn:aws:sqs:eu-west-1:444455556666:q", "undetermined", "the policy of arn:aws:sqs:eu-west-1:444455556666:q is not in the input"},
		"no policy of its own": {"--as app-free --action ec2:StartInstances --resource arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "denied", "nothing in the identity-based policies allows it"},
		"out of reach":         {"--as app-free --action ec2:StopInstances --resource arn:aws:ec2:eu-west-1:444455556666:instance/i-1", "denied", "no layer that would have to allow it does"},
		"object, no bucket":    {"--as app-free --action s3:ListBucket --resource arn:aws:s3:::x/y", "denied", "s3:ListBucket does not act on arn:aws:s3:::x/y"},
		"not there yet":        {"--as app-free --action s3:CreateBucket --resource arn:aws:s3:::x", "denied", "nothing in the identity-based policies allows it"},
		"caller identity":      {"--as app-free --action sts:GetCallerIdentity", "allowed", "AWS needs no permission for it"},
		"no resource":          {"--as app-worker --action s3:GetObject", "denied", "Name one, or ask with --search"},
		"no resource needed":   {"--as app-worker --action sqs:ListQueues", "denied", "nothing in the permissions boundary aws_iam_policy.boundary allows it"},
		"explicit deny":        {"--as app-worker --action s3:DeleteBucket --resource arn:aws:s3:::data", "denied", "NoDelete of aws_iam_policy.boundary"},
		"condition":            {"--as app-worker --action s3:PutObject --resource arn:aws:s3:::x/y --context aws:SourceIp=198.51.100.3", "allowed", ""},
		"condition, wrong":     {"--as app-worker --action s3:PutObject --resource arn:aws:s3:::x/y --context aws:SourceIp=192.0.2.1", "undetermined", ""},
		"condition, missing":   {"--as app-worker --action s3:PutObject --resource arn:aws:s3:::x/y", "undetermined", "--context aws:SourceIp=VALUE puts it in"},
		"several values":       {"--as app-worker --action s3:PutBucketTagging --resource arn:aws:s3:::x --context aws:TagKeys=a --context aws:TagKeys=b", "allowed", ""},
		"several values, one":  {"--as app-worker --action s3:PutBucketTagging --resource arn:aws:s3:::x --context aws:TagKeys=a --context AWS:tagkeys=c", "undetermined", ""},
		"odd key":              {"--as app-worker --action s3:GetObject --resource arn:aws:s3:::data/x --context iam:PermissionsBoundary=x", "allowed", "AWS puts no iam:PermissionsBoundary"},
		"key of others":        {"--as app-worker --action s3:GetObject --resource arn:aws:s3:::data/x --context aws:SourceIdentity=x", "allowed", "No request of aws_iam_role.app carries aws:SourceIdentity"},
		"trust names the role": {"--as app-worker --action sts:AssumeRole --resource aws_iam_role.ops", "allowed", "grants it"},
		"trust names others":   {"--as app-worker --action sts:AssumeRole --resource aws_iam_role.app", "denied", ""},
		"trust elsewhere":      {"--as app-worker --action sts:AssumeRole --resource arn:aws:iam::111122223333:role/gone", "undetermined", "the policy of arn:aws:iam::111122223333:role/gone is not in the input"},
		"unseen policy":        {"--as role/app-ops --action s3:GetObject --resource arn:aws:s3:::x/y", "undetermined", "of-another-repository is not in the input"},
		"unseen boundary":      {"--as user/app-ops --action s3:GetObject --resource arn:aws:s3:::x/y", "undetermined", "policy/elsewhere is not in the input"},
		"unseen, no matter":    {"--as app-worker --action ec2:RunInstances", "denied", ""},
		"the input's boundary": {"--as user/app-ops --action iam:AttachRolePolicy --resource aws_iam_role.app", "undetermined", ""},
		"with a policy":        {"--as app-worker --with-policy arn:aws:iam::aws:policy/AdministratorAccess --action s3:GetObject --resource arn:aws:s3:::other/x", "allowed", "As if it had"},

		"search":             {"--search --as app-worker --action s3:Put*", "allowed", ""},
		"search resource":    {"--search --as app-worker --action s3:Get* --resource arn:aws:s3:::data/*", "allowed", ""},
		"search, key absent": {"--search --as app-worker --action s3:PutObject --context aws:SourceIp=", "denied", "no statement of its identity-based policies allows such a request"},
		"search, key one of": {"--search --as app-worker --action s3:PutObject --context aws:SourceIp=192.0.2.1 --context aws:SourceIp=198.51.100.9", "allowed", ""},
		"search, boundary":   {"--search --as app-worker --action sqs:*", "denied", "its permissions boundary takes away"},
		"search, denied":     {"--search --as app-worker --action s3:DeleteBucket", "denied", ""},
		"search, account":    {"--search --as app-free --action sqs:Send* --resource arn:aws:sqs:eu-west-1:444455556666:q", "undetermined", "the policy of arn:aws:sqs:eu-west-1:444455556666:q is not in the input"},
		"search, no policy":  {"--search --as app-free --action ec2:StopInstances --resource arn:aws:ec2:eu-west-1:444455556666:instance/i-1", "denied", ""},
		"search, one":        {"--search --as app-worker --action s3:PutObjectTagging --resource arn:aws:s3:::x/y", "undetermined", "the policy of arn:aws:s3:::x/y is not in the input"},
		"search, own":        {"--search --as app-worker --action s3:PutObjectTagging --resource arn:aws:s3:::own/y", "denied", ""},
		"search, role":       {"--search --as app-worker --action sts:AssumeRole", "allowed", ""},
		"search, unseen":     {"--search --as user/app-ops --action s3:*", "undetermined", "policy/elsewhere"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": house, "more.tf": more})
			got := boundlint(t, "", nil, append([]string{"simulate", "--format", "json"}, strings.Fields(c.args)...)...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%+v", got)
			}
			var answer struct {
				Decision, Because string
				Layers            []struct{ Layer, Decision string }
				Statements        []struct{ Layer, Applies, Address string }
				Notes             []string
			}
			if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil {
				t.Fatal(err)
			}
			if answer.Decision != c.decision {
				t.Errorf("%s, want %s\n%s", answer.Decision, c.decision, got.stdout)
			}
			if text := answer.Because + "\n" + strings.Join(answer.Notes, "\n"); !strings.Contains(text, c.contains) {
				t.Errorf("no %q in\n%s", c.contains, text)
			}
			if answer.Layers == nil || answer.Statements == nil {
				t.Error("no layers or no statements")
			}
			plain := boundlint(t, "", nil, append([]string{"simulate"}, strings.Fields(c.args)...)...)
			if !strings.HasPrefix(plain.stdout, c.decision+": ") || !strings.Contains(plain.stdout, answer.Because) {
				t.Errorf("the text says\n%s", plain.stdout)
			}
		})
	}
}

func TestQuestions(t *testing.T) {
	files := map[string]string{"main.tf": house, "other/main.tf": strings.Replace(house, "app-ops", "app-other", 1), "bad.json": badPlan}
	for name, c := range map[string]struct {
		args   string
		code   int
		stdout string // contained
		stderr string // exact
	}{
		"no entity":        {"simulate --action s3:GetObject", 2, "", "boundlint: boundlint simulate needs --as: the address, ARN or name of a role or user\n"},
		"no action":        {"simulate --as x", 2, "", "boundlint: boundlint simulate needs --action, such as iam:CreateRole\n"},
		"half an action":   {"simulate --as x --action CreateRole", 2, "", "boundlint: --action takes the full name of an action, such as iam:CreateRole, not CreateRole\n"},
		"many actions":     {"simulate --as x --action iam:*", 2, "", "boundlint: --action iam:* names many actions; --search finds one of them that is allowed\n"},
		"near":             {"simulate --as app-workr --action s3:GetObject .", 2, "", "boundlint: the input has no role or user app-workr; did you mean app-worker?\n"},
		"ambiguous":        {"simulate --as app-ops --action s3:GetObject main.tf", 2, "", "*"},
		"context":          {"simulate --as app-worker --action s3:GetObject --context aws:SourceIp .", 2, "", "boundlint: --context takes KEY=VALUE, as in aws:SourceIp=203.0.113.10, not aws:SourceIp\n"},
		"context both":     {"simulate --as app-worker --action s3:GetObject --context aws:SourceIp= --context aws:SourceIp=1.2.3.4 .", 2, "", "boundlint: --context aws:SourceIp= says that the request lacks the key, and there is a value for it too\n"},
		"resource":         {"simulate --as app-worker --action s3:GetObject --resource aws_iam_role.ap .", 2, "", "boundlint: aws_iam_role.ap is neither an ARN nor the address of something in the input that has one; did you mean aws_iam_role.app?\n"},
		"policy":           {"simulate --as app-worker --action s3:GetObject --with-policy AdminAccess .", 2, "", "boundlint: AdminAccess is neither a managed policy of the input nor one of AWS's\n"},
		"format":           {"who-can iam:CreateRole --format yaml .", 2, "", "boundlint: boundlint who-can writes text or json, not yaml\n"},
		"no input":         {"who-can iam:CreateRole nowhere.json", 2, "", "boundlint: nowhere.json: there is no such file or directory\n"},
		"who-can":          {"who-can s3:GetObject .", 0, "1 of 3 roles and users can, of 2 more it is not determined", ""},
		"who-can resource": {"who-can s3:GetObject arn:aws:s3:::data/x .", 0, "aws_iam_role.app  s3:GetObject on arn:aws:s3:::data/x", ""},
		"who-can address":  {"who-can sts:AssumeRole aws_iam_role.ops .", 0, "aws_iam_role.app", ""},
		"who-can name":     {"who-can sts:AssumeRole role/app-ops .", 0, "1 of 3 roles and users can", ""},
		"who-can no such":  {"who-can sts:AssumeRole app-opps .", 2, "", "boundlint: app-opps is neither an ARN nor the address of something in the input that has one\n"},
		"who-can keys":     {"who-can s3:PutObject --context aws:SourceIp= .", 0, "0 of 3", ""},
		"who-can nothing":  {"who-can", 2, "", "boundlint: boundlint who-can needs an ACTION, such as iam:CreateRole\n"},
		"two inputs":       {"who-can sts:AssumeRole main.tf bad.json", 0, "of 4 roles and users", ""},
		"can":              {"can app-worker .", 0, "the boundary takes away", ""},
		"can assume":       {"can app-worker .", 0, "can assume\n  aws_iam_role.ops (role app-ops)", ""},
		"can at most":      {"can user/app-ops .", 0, "whose document is not in the input: what follows is at most", ""},
		"can unseen":       {"can role/app-ops .", 0, "Not in the input, and not counted: the document of arn:aws:iam::111122223333:policy/of-another-repository", ""},
		"can as JSON":      {"can app-worker --format json .", 0, `"takenAwayByBoundary": [`, ""},
		"can nothing":      {"can", 2, "", "boundlint: boundlint can needs the address, ARN or name of a role or user\n"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, files)
			if err := os.RemoveAll("other"); err != nil {
				t.Fatal(err)
			}
			args := strings.Fields(strings.ReplaceAll(c.args, "main.tf", "."))
			got := boundlint(t, "", nil, args...)
			if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || c.stderr != "*" && got.stderr != c.stderr {
				t.Errorf("exit code %d, want %d\n%s\n%s", got.code, c.code, got.stdout, got.stderr)
			}
		})
	}
}

func TestAmbiguous(t *testing.T) {
	workspace(t, map[string]string{"main.tf": house})
	got := boundlint(t, "", nil, "simulate", "--as", "app-ops", "--action", "s3:GetObject")
	want := "boundlint: app-ops may be one of 2: aws_iam_role.ops (role of .), aws_iam_user.ops (user of .); name one by its address or ARN, and one input\n"
	if got.code != 2 || got.stderr != want {
		t.Errorf("%+v", got)
	}
}

func TestReportMerge(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan, "worse.json": badPlan, "good.json": goodPlan, "other.json": `{}`})
	for _, name := range []string{"bad", "worse", "good"} {
		boundlint(t, "", nil, name+".json", "--format", "json="+name+"-report.json")
	}
	got := boundlint(t, "", nil, "report", "merge", "good-report.json", "bad-report.json", "worse-report.json", "--format", "text", "--format", "json=all.json")
	if got.code != 1 || strings.Count(got.stdout, "boundary-missing") != 2 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	again := boundlint(t, "", nil, "report", "merge", "all.json", "--format", "json")
	if content, err := os.ReadFile("all.json"); err != nil || again.stdout != string(content) {
		t.Errorf("merging one report changes it: %v\n%s", err, again.stdout)
	}
	if got := boundlint(t, "", nil, "report", "merge", "good-report.json"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	for args, want := range map[string]string{
		"report":                    "boundlint: boundlint report needs a command: boundlint report merge REPORT.json...\n",
		"report merge":              "boundlint: boundlint report merge needs at least one report in the json format\n",
		"report merge other.json":   "boundlint: other.json: not a report that boundlint wrote with --format json\n",
		"report merge nowhere.json": "boundlint: nowhere.json: no such file or directory\n",
		"report merge all.json --format json=./all.json": "boundlint: --format json=./all.json would write over an input\n",
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != 2 || got.stderr != want {
			t.Errorf("boundlint %s: %+v", args, got)
		}
	}
}

func TestAgainst(t *testing.T) {
	role := func(name string) string {
		return `{"RoleName":"` + name + `","Arn":"arn:aws:iam::111122223333:role/` + name + `","Path":"/","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},"RolePolicyList":[],"AttachedManagedPolicies":[],"InstanceProfileList":[]}`
	}
	state := `{"format_version":"1.0","terraform_version":"1.11.0","values":{"root_module":{"resources":[{"address":"aws_iam_role.app","mode":"managed","type":"aws_iam_role","name":"app",` +
		`"provider_name":"registry.terraform.io/hashicorp/aws","schema_version":0,"values":{"arn":"arn:aws:iam::111122223333:role/app-a","name":"app-a","path":"/","id":"app-a"}}]}}}`
	workspace(t, map[string]string{
		"dump.json":  `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[` + role("app-a") + "," + role("app-b") + `],"Policies":[]}`,
		"state.json": state, "plan.json": goodPlan,
	})
	for args, want := range map[string]string{
		"dump.json --against state.json":                     "dump.json: no Terraform state given manages 1 of the 2 roles and users.\n  arn:aws:iam::111122223333:role/app-b\n",
		"dump.json --against plan.json --against state.json": "manages 1 of the 2",
		"dump.json --against plan.json":                      "manages 2 of the 2",
		"dump.json --against state.json --format json":       `"unmanaged": [`,
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.stderr != "" || !strings.Contains(got.stdout, want) {
			t.Errorf("boundlint %s: %+v", args, got)
		}
	}
	if got := boundlint(t, "", nil, "dump.json"); strings.Contains(got.stdout, "Terraform state") {
		t.Errorf("not asked for: %s", got.stdout)
	}
	for args, want := range map[string]string{
		"plan.json --against state.json":   "boundlint: --against compares an account dump with states, and there is no account dump among the inputs\n",
		"dump.json --against missing.json": "boundlint: missing.json: there is no such file or directory\n",
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != 2 || got.stderr != want {
			t.Errorf("boundlint %s: %+v", args, got)
		}
	}
}

var statementBlock = regexp.MustCompile("(?s)<!-- statement: ([^\n ]*) ([A-Za-z]*) -->\n```hcl\n.*?```\n<!-- statement: end -->")

// statementOf is the first statement with a Sid in a file, as far left as it goes.
func statementOf(t *testing.T, file, sid string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return ""
	}
	lines := strings.SplitAfter(string(content), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return regexp.MustCompile(`^ *Sid += "` + sid + `"\n$`).MatchString(l) })
	if at < 1 {
		t.Errorf("%s has no statement %s", file, sid)
		return ""
	}
	indent, _, _ := strings.Cut(lines[at-1], "{")
	out := ""
	for _, l := range lines[at-1:] {
		l = strings.TrimPrefix(l, indent)
		if out += strings.Replace(l, "},\n", "}\n", 1); l == "},\n" {
			break
		}
	}
	return out
}
