package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

const (
	baselineName = ".boundlint-baseline.json"
	trustEC2     = `  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
`
)

// role is a role without a boundary.
func role(label, name string) string {
	return "resource \"aws_iam_role\" \"" + label + "\" {\n  name               = " + name + "\n" + trustEC2 + "}\n"
}

// editFile changes a file of the current directory.
func editFile(t *testing.T, name string, change func(string) string) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(change(string(src))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withoutDigests leaves out what is another number for every content, and how lines
// that have one are broken.
func withoutDigests(text string) string {
	return digests.ReplaceAllStringFunc(text, func(line string) string {
		return digest.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(line, "\n  ", " "), "  ", " "), "sha256 ...")
	})
}

var (
	digest  = regexp.MustCompile("sha256 [0-9a-f]{64}")
	digests = regexp.MustCompile(`(?m)^(policy|baseline|configuration): .*\n(  .*\n)*`)
)

// TestBaseline starts from the findings of two root modules, opens one hole, and
// fixes another one.
func TestBaseline(t *testing.T) {
	workspace(t, map[string]string{
		"a/main.tf": role("one", `"one"`) + role("two", `"two"`),
		"b/main.tf": role("one", `"one"`),
	})
	expect := func(code int, stdout string, args ...string) {
		t.Helper()
		got := boundlint(t, "", nil, args...)
		if withoutDigests(got.stdout) != stdout || got.code != code || got.stderr != "" {
			t.Errorf("boundlint %s: %d %s\ngot\n%s\nwant\n%s", strings.Join(args, " "), got.code, got.stderr, withoutDigests(got.stdout), stdout)
		}
	}
	expect(0, ".boundlint-baseline.json: 6 findings in 2 root modules\n", "baseline", "write")
	expect(0, `entities: 0 limited by a boundary, 3 not
delegations: no findings
coverage: 2 directories with configuration; 2 root modules judged
baseline: .boundlint-baseline.json (sha256 ...); it has 6 findings, 6 found again
no violations in 3 entities and 0 policies of 2 inputs; 6 suppressed (6 by the baseline)
`, "lint", "--baseline", baselineName)
	expect(0, ".boundlint-baseline.json: 6 findings in 2 root modules, 0 stale\n", "baseline", "check")

	editFile(t, "b/main.tf", func(src string) string { return role("hole", `"app-hole"`) + src })
	hole := `error    boundary-missing  aws_iam_role.hole
  b/main.tf:1:1
    1 | resource "aws_iam_role" "hole" {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  The role app-hole has no permissions boundary.
  Fix: Set the boundary: the ARN of the managed policy that caps what the role may ever do.

`
	summary := `entities: 0 limited by a boundary, 4 not
delegations: no findings
coverage: 2 directories with configuration; 2 root modules judged
baseline: .boundlint-baseline.json (sha256 ...); it has 6 findings, 6 found again
1 violation (1 error) in 4 entities and 0 policies of 2 inputs; 6 suppressed (6 by the baseline)
`
	expect(1, hole+summary, "lint", "--baseline", baselineName)

	editFile(t, "a/main.tf", func(string) string { return role("one", `"one"`) })
	expect(1, hole+`warning  exemption-unused  .boundlint-baseline.json
  .boundlint-baseline.json:6:1
  2 entries of the baseline do not occur any more.
  Related: aws_iam_role.two (.boundlint-baseline.json:6:1): boundary-missing in a
  Related: aws_iam_role.two (.boundlint-baseline.json:7:1): name-prefix in a
  Fix: Remove what is fixed, so that it is reported when it comes back: boundlint baseline prune.

`+strings.NewReplacer("6 found again", "4 found again", "1 violation (1 error)", "2 violations (1 error, 1 warning)",
		"4 not", "3 not", "4 entities", "3 entities", "6 suppressed (6 by", "4 suppressed (4 by").Replace(summary), "lint", "--baseline", baselineName)
	stale := `.boundlint-baseline.json:6: stale: boundary-missing at aws_iam_role.two in a
.boundlint-baseline.json:7: stale: name-prefix at aws_iam_role.two in a
.boundlint-baseline.json: 6 findings in 2 root modules, 2 stale
`
	expect(1, stale, "baseline", "check")
	// Nobody knows of what was not judged, and writing keeps it.
	expect(0, ".boundlint-baseline.json: 6 findings in 2 root modules, 0 stale; of 4 it is not known, for their root modules were not judged, or not wholly\n",
		"baseline", "check", "b")
	expect(0, strings.ReplaceAll(stale, "stale", "removed"), "baseline", "prune")
	expect(0, ".boundlint-baseline.json: 4 findings in 2 root modules, 0 stale\n", "baseline", "check")
	expect(0, ".boundlint-baseline.json: 5 findings in 2 root modules\n", "baseline", "write", "b")

	// A root module that is gone is looked for where a PATH would have it.
	if err := os.RemoveAll("a"); err != nil {
		t.Fatal(err)
	}
	expect(0, ".boundlint-baseline.json: 5 findings in 2 root modules, 0 stale; of 2 it is not known, for their root modules were not judged, or not wholly\n",
		"baseline", "check", "b")
	expect(0, `.boundlint-baseline.json:4: removed: boundary-missing at aws_iam_role.one in a
.boundlint-baseline.json:5: removed: name-prefix at aws_iam_role.one in a
.boundlint-baseline.json: 5 findings in 2 root modules, 2 removed
`, "baseline", "prune")
}

// TestBaselineFormats: each format tells what the baseline covers, and its file.
func TestBaselineFormats(t *testing.T) {
	workspace(t, map[string]string{"main.tf": role("one", `"one"`)})
	if got := boundlint(t, "", nil, "baseline", "write", "--baseline", "known.json"); got.code != 0 {
		t.Fatal(got)
	}
	for _, format := range report.Names() {
		got := boundlint(t, "", nil, "lint", "--format", format, "--baseline", "known.json")
		plain := strings.NewReplacer(`\_`, "_", `\-`, "-").Replace(got.stdout)
		onlyFindings := slices.Contains([]string{"asff", "gitlab", "ocsf"}, format) || report.IsTable(format)
		if got.code != 0 || !onlyFindings && !strings.Contains(plain, "known.json") {
			t.Errorf("%s: %d\n%s%s", format, got.code, got.stdout, got.stderr)
		}
	}
}

// TestBaselineOfMoves follows what Terraform moves.
func TestBaselineOfMoves(t *testing.T) {
	const random = "resource \"random_id\" \"x\" {\n  byte_length = 4\n}\n"
	module := "variable \"name\" {}\n" + role("in", "var.name")
	call := func(name string) string {
		return "module \"" + name + "\" {\n  source = \"./m\"\n  name   = random_id.x.hex\n}\n" + random
	}
	moved := func(from, to string) string { return "moved {\n  from = " + from + "\n  to   = " + to + "\n}\n" }
	for name, c := range map[string]struct{ before, after string }{
		"a name that is known": {role("one", `"one"`), role("other", `"one"`)},
		"a resource":           {random + role("one", "random_id.x.hex"), random + moved("aws_iam_role.one", "aws_iam_role.z") + role("z", "random_id.x.hex")},
		"into a module":        {role("in", "var.given") + "variable \"given\" {}\n", moved("aws_iam_role.in", "module.new.aws_iam_role.in") + call("new")},
		"a module":             {call("old"), moved("module.old", "module.new") + call("new")},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"root/main.tf": c.before, "root/m/main.tf": module})
			if got := boundlint(t, "", nil, "baseline", "write", "root"); got.code != 0 {
				t.Fatal(got)
			}
			editFile(t, "root/main.tf", func(string) string { return c.after })
			got := boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName, "root")
			if findings, covered := reported(t, got); len(findings) > 0 || covered == 0 {
				t.Errorf("%d covered; new: %s", covered, findings)
			}
		})
	}
}

// TestBaselineOfPlans: a plan is known by its place in the repository, wherever that
// is, or by the configuration that it is joined with.
func TestBaselineOfPlans(t *testing.T) {
	dir := workspace(t, map[string]string{"a/plan.json": badPlan, "a/main.tf": role("bare", `"app-bare"`), "b/plan.json": badPlan})
	outside := t.TempDir()
	for _, name := range []string{"one.json", "two.json"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(badPlan), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write := func(args ...string) {
		t.Helper()
		if got := boundlint(t, "", nil, append([]string{"baseline", "write", "--baseline", "known.json"}, args...)...); got.code != 0 {
			t.Fatal(got)
		}
	}
	expect := func(known bool, args ...string) {
		t.Helper()
		got := boundlint(t, badPlan, nil, append([]string{"lint", "--partial", "--format", "json", "--baseline", filepath.Join(dir, "known.json")}, args...)...)
		if findings, covered := reported(t, got); len(findings) == 0 != known || covered > 0 != known {
			t.Errorf("%v: %d covered; new: %s", args, covered, findings)
		}
	}
	write("a/plan.json")
	expect(true, "a/plan.json")
	expect(true, filepath.Join(dir, "a/plan.json"))
	expect(false, "b/plan.json")
	t.Chdir("a")
	expect(true, "plan.json")
	t.Chdir("..")
	elsewhere := filepath.Join(t.TempDir(), "checkout")
	if err := os.Rename(dir, elsewhere); err != nil {
		t.Fatal(err)
	}
	dir = elsewhere
	t.Chdir(dir)
	expect(true, "a/plan.json")
	if err := os.Remove("known.json"); err != nil {
		t.Fatal(err)
	}
	write("--config-dir", "a", filepath.Join(outside, "one.json"))
	expect(true, "--config-dir", "a", filepath.Join(outside, "two.json"))
	expect(true, "--config-dir", "a", "-")
	expect(true, "a") // the directory itself
	expect(false, filepath.Join(outside, "one.json"))
}

// TestBaselineOfStatements: statements without a Sid are told apart by what they
// grant, and not by their place.
func TestBaselineOfStatements(t *testing.T) {
	policy := func(statements ...string) string {
		return "resource \"aws_iam_policy\" \"p\" {\n  name   = \"app-p\"\n  policy = data.aws_iam_policy_document.p.json\n}\n" +
			"data \"aws_iam_policy_document\" \"p\" {\n" + strings.Join(statements, "") + "}\n"
	}
	statement := func(action string) string {
		return "  statement {\n    actions   = [\"" + action + "\"]\n    resources = [\"*\"]\n  }\n"
	}
	workspace(t, map[string]string{"main.tf": policy(statement("dynamodb:*"), statement("sqs:*")), ".boundlint.hcl": "rule \"wildcard-grant\" {\n  enabled  = true\n}\n"})
	if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 || !strings.Contains(got.stdout, "2 findings") {
		t.Fatal(got)
	}
	editFile(t, "main.tf", func(string) string { return policy(statement("sqs:*"), statement("kms:*"), statement("dynamodb:*")) })
	findings, covered := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
	if len(findings) != 1 || !strings.Contains(findings[0], "kms") || covered != 2 {
		t.Errorf("%d covered; new: %s", covered, findings)
	}
}

// TestBaselineWorse: what has become worse is new, and what has become better is
// not.
func TestBaselineWorse(t *testing.T) {
	boundary := func(value string) string {
		return strings.Replace(role("one", `"app-one"`), "\n", "\n  permissions_boundary = "+value+"\n", 1)
	}
	severity := func(s string) string { return "rule \"boundary-missing\" {\n  severity = \"" + s + "\"\n}\n" }
	unknown := "variable \"b\" {}\n" + boundary("var.b == \"x\" ? null : \"arn:aws:iam::111122223333:policy/b\"")
	for name, c := range map[string]struct {
		before, after [2]string // configuration and main.tf
		isNew         bool
	}{
		"undetermined to violation": {[2]string{severity("warning"), unknown}, [2]string{severity("warning"), boundary("null")}, true},
		"violation to undetermined": {[2]string{severity("warning"), boundary("null")}, [2]string{severity("warning"), unknown}, false},
		"warning to error":          {[2]string{severity("warning"), boundary("null")}, [2]string{"", boundary("null")}, true},
		"note to warning":           {[2]string{severity("note"), boundary("null")}, [2]string{severity("warning"), boundary("null")}, true},
		"error to warning":          {[2]string{"", boundary("null")}, [2]string{severity("warning"), boundary("null")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": c.before[1], ".boundlint.hcl": c.before[0]})
			if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 || !strings.Contains(got.stdout, "1 finding ") {
				t.Fatal(got)
			}
			editFile(t, "main.tf", func(string) string { return c.after[1] })
			editFile(t, ".boundlint.hcl", func(string) string { return c.after[0] })
			findings, covered := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
			if len(findings) > 0 != c.isNew || covered > 0 == c.isNew {
				t.Errorf("%d covered; new: %s", covered, findings)
			}
			// What is worse still occurs.
			if got := boundlint(t, "", nil, "baseline", "check"); got.code != 0 {
				t.Error(got)
			}
		})
	}
}

// TestBaselineMerged: a finding that joins others of the same cause is new.
func TestBaselineMerged(t *testing.T) {
	unknown := func(label string) string {
		return strings.Replace(role(label, `"app-`+label+`"`), "\n", "\n  permissions_boundary = random_id.b.hex == \"x\" ? null : \"arn:aws:iam::111122223333:policy/b\"\n", 1)
	}
	workspace(t, map[string]string{"main.tf": "resource \"random_id\" \"b\" {\n  byte_length = 1\n}\n" + unknown("one") + unknown("two")})
	if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 || !strings.Contains(got.stdout, "2 findings") {
		t.Fatal(got)
	}
	editFile(t, "main.tf", func(src string) string { return src + unknown("three") })
	findings, covered := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
	if len(findings) != 1 || !strings.Contains(findings[0], "aws_iam_role.three") || covered != 2 {
		t.Errorf("%d covered; new: %s", covered, findings)
	}
}

// TestBaselineParts: a statement of a boundary that lets something else through as
// well is new.
func TestBaselineParts(t *testing.T) {
	boundary := func(denied string) string {
		return `resource "aws_iam_policy" "boundary" {
  name   = "app-boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "*", Resource = "*" },
    { Effect = "Deny", Action = [` + denied + `], Resource = "*" },
  ] })
}
` + strings.Replace(role("one", `"app-one"`), "\n", "\n  permissions_boundary = aws_iam_policy.boundary.arn\n", 1)
	}
	const all = `"iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"`
	workspace(t, map[string]string{"main.tf": boundary(all)})
	if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 || strings.Contains(got.stdout, " 0 findings") {
		t.Fatal(got)
	}
	editFile(t, "main.tf", func(string) string { return boundary(all[:strings.LastIndex(all, ",")]) })
	findings, _ := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
	if len(findings) != 1 || !strings.HasPrefix(findings[0], "boundary-leaks aws_iam_policy.boundary") {
		t.Errorf("new: %s", findings)
	}
	editFile(t, "main.tf", func(string) string { return boundary(all + `, "iam:PassRole"`) })
	findings, _ = reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
	if len(findings) != 0 {
		t.Errorf("what is better is new: %s", findings)
	}
}

// TestBaselineRefused: what is not a baseline is one line, and is not written over.
func TestBaselineRefused(t *testing.T) {
	const entry = `{"fingerprint": "00000000000000000000000000000000", "rule": "r", "severity": "error", "verdict": "violation", "input": "config", "root": ".", "address": "a", "message": "m"}`
	for name, c := range map[string]struct{ content, fault string }{
		"no JSON":         {"{", "line 1: it is not valid JSON"},
		"another type":    {"[]", "it is not a baseline that boundlint baseline write has written"},
		"another file":    {`{"resources": []}`, "it is not a baseline that boundlint baseline write has written"},
		"no findings":     {`{"version": 1}`, "it is not a baseline that boundlint baseline write has written"},
		"a later version": {"{\"version\": 2,\n\"findings\": []}", "line 1: the baseline has version 2 of the format, and this boundlint reads version 1"},
		"version a text":  {`{"version": "1", "findings": []}`, `line 1: "version" is not as in a baseline`},
		"findings a text": {`{"version": 1, "findings": "x"}`, "line 1: findings is not a list"},
		"a wrong type":    {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, `"r"`, "7", 1) + "]}", `line 2: "rule" is not as in a baseline`},
		"an unknown key":  {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, `"rule"`, `"Rule"`, 1) + "]}", `line 2: "Rule" is not as in a baseline`},
		"a key twice":     {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, `"rule"`, `"rule": "x", "rule"`, 1) + "]}", "line 2: it is not valid JSON"},
		"no fingerprint":  {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, "0000", "ab", 1) + "]}", `line 2: "ab0000000000000000000000000000" is not a fingerprint`},
		"no severity":     {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, `"error"`, `"none"`, 1) + "]}", `line 2: "none" is not a severity`},
		"no verdict":      {"{\"version\": 1, \"findings\": [\n" + strings.Replace(entry, `"violation"`, `""`, 1) + "]}", `line 2: "" is not a verdict`},
		"null":            {`{"version": 1, "findings": [null]}`, `line 1: "" is not a fingerprint`},
		"twice":           {"{\"version\": 1, \"findings\": [\n" + entry + ",\n" + entry + "]}", "line 3: the finding stands in line 2 already"},
		"more after it":   {`{"version": 1, "findings": []} {}`, "line 1: something comes after the end of the baseline"},
		"deep":            {strings.Repeat("[", 100_000), "it is not a baseline that boundlint baseline write has written"},
		"huge":            {strings.Repeat(" ", 16<<20+1), "it is larger than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": role("one", `"one"`), baselineName: c.content})
			want := "boundlint: " + baselineName + ": " + c.fault
			for args, more := range map[string]string{
				"lint --baseline " + baselineName: "", "baseline check": "", "baseline prune": "",
				"baseline write": "; nothing was written over it",
			} {
				got := boundlint(t, "", nil, strings.Fields(args)...)
				if got.code != 2 || got.stdout != "" || got.stderr != want+more+"\n" {
					t.Errorf("%s: %d\n%s%s", args, got.code, got.stdout, got.stderr)
				}
			}
			if content, err := os.ReadFile(baselineName); err != nil || string(content) != c.content {
				t.Error("the file was changed")
			}
		})
	}
}

// TestBaselineFiles: which files a baseline is read from and written to.
func TestBaselineFiles(t *testing.T) {
	dir := workspace(t, map[string]string{"main.tf": role("one", `"one"`), "broken/main.tf": "resource {"})
	outside := filepath.Join(t.TempDir(), "outside.json")
	for args, want := range map[string]string{
		"lint --baseline nowhere.json":           "boundlint: nowhere.json: there is no such baseline: boundlint baseline write makes one: file does not exist\n",
		"lint --baseline .":                      "boundlint: .: it is a directory\n",
		"lint --baseline=":                       "boundlint: --baseline names no file\n",
		"baseline":                               "boundlint: boundlint baseline needs a command: boundlint baseline write, prune or check, and [PATH...]\n",
		"baseline write --baseline main.tf":      "boundlint: main.tf: line 1: it is not valid JSON; nothing was written over it\n",
		"baseline write nowhere":                 "boundlint: nowhere: there is no such file or directory\n",
		"baseline write broken":                  "boundlint: broken: Unclosed configuration block: There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.\n",
		"baseline write --changed":               "boundlint: --changed is a flag of boundlint lint, not of boundlint write\n",
		"lint --format json=x.json --baseline x": "boundlint: x: there is no such baseline: boundlint baseline write makes one: file does not exist\n",
	} {
		if got := boundlint(t, "", nil, strings.Fields(args)...); got.code != 2 || got.stderr != want {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := boundlint(t, "", nil, "baseline", "write", "--baseline", outside); got.code != 0 {
		t.Error(got)
	}
	if got := boundlint(t, "", nil, "lint", "--baseline", outside); got.code != 0 {
		t.Error(got)
	}
	if got := boundlint(t, "", nil, "lint", "--baseline", outside, "--format", "json="+outside); got.code != 2 {
		t.Errorf("a report is written over the baseline: %+v", got)
	}
	// Nobody has named what a link of the repository leads to.
	if err := os.Symlink(outside, filepath.Join(dir, baselineName)); err != nil {
		t.Fatal(err)
	}
	if got := boundlint(t, "", nil, "baseline", "check"); got.code != 2 || got.stderr != "boundlint: "+baselineName+": it lies outside of the directory that is scanned\n" {
		t.Error(got)
	}
}

// TestBaselineOfMonorepo starts a repository of sixty root modules from a baseline:
// one hole is opened, and only that hole is reported.
func TestBaselineOfMonorepo(t *testing.T) {
	root := repository(t)
	monorepo(t)
	for _, command := range []string{"init", "baseline write"} {
		if got := boundlint(t, "", nil, strings.Fields(command)...); got.code != 0 || got.stderr != "" {
			t.Fatalf("%s: %+v", command, got)
		}
	}
	if got := boundlint(t, "", nil, "lint", "--fail-on", "note", "--baseline", baselineName); got.code != 0 {
		t.Errorf("%d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if err := os.WriteFile("services/payments/api/hole.tf", []byte(role("hole", `"payments-hole"`)), 0o644); err != nil {
		t.Fatal(err)
	}
	got := boundlint(t, "", nil, "lint", "--baseline", baselineName)
	t.Chdir(root)
	golden(t, "baseline-monorepo.txt", withoutDigests(got.stdout))
	if got.code != 1 || got.stderr != "" {
		t.Errorf("exit %d, %s", got.code, got.stderr)
	}
}

// TestBaselineFurther: a statement that grants more under the same Sid is new, and so
// is a path that leads further; a target that is moved is not.
func TestBaselineFurther(t *testing.T) {
	inline := func(action, resource string) string {
		bounded := strings.Replace(role("one", `"app-one"`), "\n", "\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/b\"\n", 1)
		return bounded + "resource \"aws_iam_role_policy\" \"p\" {\n  name   = \"p\"\n  role   = aws_iam_role.one.name\n" +
			"  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Sid = \"Work\", Effect = \"Allow\", Action = \"" + action +
			"\", Resource = \"" + resource + "\" }] })\n}\n"
	}
	target := func(label, name string) string {
		return strings.Replace(role(label, `"`+name+`"`), `Principal = { Service = "ec2.amazonaws.com" }`, `Principal = { AWS = aws_iam_role.one.arn }`, 1)
	}
	const first, second = "arn:aws:iam::111122223333:role/app-first", "arn:aws:iam::111122223333:role/app-second"
	const wildcards = "rule \"wildcard-grant\" {\n  enabled = true\n}\n"
	for name, c := range map[string]struct{ before, after, isNew string }{
		"more actions":   {inline("sqs:*", "*"), inline("*", "*"), "wildcard-grant"},
		"the same":       {inline("sqs:*", "*"), "#\n" + inline("sqs:*", "*"), ""},
		"another target": {inline("sts:AssumeRole", first) + target("first", "app-first"), inline("sts:AssumeRole", second) + target("second", "app-second"), "escalation-path"},
		"a moved target": {inline("sts:AssumeRole", first) + target("first", "app-first"), inline("sts:AssumeRole", first) + target("renamed", "app-first"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": c.before, ".boundlint.hcl": wildcards})
			if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 {
				t.Fatal(got)
			}
			editFile(t, "main.tf", func(string) string { return c.after })
			findings, _ := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--partial", "--baseline", baselineName))
			text := strings.Join(findings, "\n")
			if c.isNew == "" && text != "" || !strings.Contains(text, c.isNew) {
				t.Errorf("new: %s, want %s", text, c.isNew)
			}
			if content, err := os.ReadFile(baselineName); err != nil || c.isNew != "" && !strings.Contains(string(content), c.isNew) {
				t.Errorf("the baseline has no %s: %s", c.isNew, content)
			}
		})
	}
}

// TestBaselineGrants: who may do the same on more than before, or without the
// condition, is new, and so is another boundary that is not approved. A resource that
// is moved, and a grant that is smaller, are not.
func TestBaselineGrants(t *testing.T) {
	with := func(boundary string) string {
		return strings.Replace(role("one", `"app-one"`), "\n", "\n  permissions_boundary = \""+boundary+"\"\n", 1)
	}
	const approved = "arn:aws:iam::111122223333:policy/org/w"
	grant := func(actions, rest string) string {
		return with(approved) + "resource \"aws_iam_role_policy\" \"p\" {\n  name   = \"p\"\n  role   = aws_iam_role.one.name\n" +
			"  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = " + actions + ", Resource = " + rest + " }] })\n}\n"
	}
	const (
		create = `["iam:CreateRole"]`
		remove = `["iam:DeleteRolePermissionsBoundary"]`
		edit   = `["iam:CreatePolicyVersion"]`
		exact  = `"arn:aws:iam::111122223333:role/app-x"`
		under  = `, Condition = { StringEquals = { "aws:RequestedRegion" = "us-east-1" } }`
	)
	policies := func(label string) string {
		return "resource \"aws_iam_role\" \"" + label + "\" {\n  name_prefix = \"app-\"\n" + trustEC2 + "}\n"
	}
	for name, c := range map[string]struct{ before, after, isNew string }{
		"another boundary":  {with("arn:aws:iam::aws:policy/PowerUserAccess"), with("arn:aws:iam::aws:policy/AdministratorAccess"), "boundary-not-approved"},
		"the same boundary": {with("arn:aws:iam::aws:policy/PowerUserAccess"), "\n" + with("arn:aws:iam::aws:policy/PowerUserAccess"), ""},
		"create any":        {grant(create, exact), grant(create, `"*"`), "delegation-without-boundary"},
		"create more":       {grant(create, exact), grant(create, `"arn:aws:iam::111122223333:role/app-*"`), "delegation-without-boundary"},
		"create, two":       {grant(create, "["+exact+"]"), grant(create, "["+exact+`, "arn:aws:iam::111122223333:role/app-y"]`), "delegation-without-boundary"},
		"create, no if":     {grant(create, exact+under), grant(create, exact), "delegation-without-boundary"},
		"create, an if":     {grant(create, exact), grant(create, exact+under), ""},
		"create less":       {grant(create, "["+exact+`, "*"]`), grant(create, exact), ""},
		"other actions":     {grant(create, exact), grant(`["iam:CreateRole", "sqs:SendMessage"]`, exact), ""},
		"remove from any":   {grant(remove, exact), grant(remove, `"*"`), "boundary-removable"},
		"edit any":          {grant(edit, `"`+approved+`"`), grant(edit, `"arn:aws:iam::111122223333:policy/org/*"`), "boundary-editable"},
		"itself, more":      {grant(`["iam:PutRolePolicy"]`, `"*"`), grant(`["iam:PutRolePolicy", "iam:AttachRolePolicy"]`, `"*"`), "self-policy-editable"},
		"a moved resource":  {policies("a") + grant(create, "aws_iam_role.a.arn"), policies("b") + "moved {\n  from = aws_iam_role.a\n  to   = aws_iam_role.b\n}\n" + grant(create, "aws_iam_role.b.arn"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{
				"main.tf":        c.before,
				".boundlint.hcl": "boundary \"w\" {\n  arns = [\"arn:aws:iam::*:policy/org/*\"]\n}\nnaming \"aws_iam_role\" {\n  name = \"*\"\n}\n",
			})
			if got := boundlint(t, "", nil, "baseline", "write"); got.code != 0 {
				t.Fatal(got)
			}
			editFile(t, "main.tf", func(string) string { return c.after })
			findings, covered := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--baseline", baselineName))
			text := strings.Join(findings, "\n")
			if c.isNew == "" && (text != "" || covered == 0) || !strings.Contains(text, c.isNew) {
				t.Errorf("%d covered; new: %s, want %s", covered, text, c.isNew)
			}
		})
	}
}
