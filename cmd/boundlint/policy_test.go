package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	lockAll    = "locked = true\n"
	openPolicy = `# A role that gives itself anything.
resource "aws_iam_role" "deployer" {
  name               = "deployer"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "deployer" {
  name   = "p"
  role   = aws_iam_role.deployer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
# boundlint:ignore boundary-missing reason="no time"
resource "aws_iam_role" "bare" {
  name               = "svc-bare"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "own" {
  name                 = "app-own"
  permissions_boundary = "arn:aws:iam::111122223333:policy/mine"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
`
)

// everythingOff is a configuration that turns off all that it can.
func everythingOff() string {
	var b strings.Builder
	b.WriteString("account_id = \"999988887777\"\npreset     = \"default\"\nexclude    = [\"**\"]\nworkspaces = [\"none\"]\norganization_policies = [\"scp.json\"]\n")
	b.WriteString("boundary \"mine\" {\n  arns = [\"arn:aws:iam::*:policy/*\"]\n}\n")
	b.WriteString("naming \"aws_iam_role\" {\n  name = \"*\"\n}\n")
	b.WriteString("trusted \"*\" {\n  reason = \"trust me\"\n}\n")
	b.WriteString("exempt \"*\" {\n  rules  = [\"" + strings.Join(ruleIDs(), `", "`) + "\"]\n  reason = \"no time\"\n}\n")
	for i, id := range ruleIDs() {
		if i%2 == 0 {
			b.WriteString("rule \"" + id + "\" {\n  enabled = false\n}\n")
		} else {
			b.WriteString("rule \"" + id + "\" {\n  severity = \"note\"\n}\n")
		}
	}
	return b.String()
}

// TestPolicyHolds is a pull request that turns off all that it can, and stays red.
func TestPolicyHolds(t *testing.T) {
	root := repository(t)
	workspace(t, map[string]string{
		"main.tf": openPolicy, ".boundlint.hcl": everythingOff(), "org.hcl": "locked = true\n\nboundary \"org\" {\n  arns = [\"arn:aws:iam::*:policy/org/workload\"]\n}\n",
		"scp.json": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`,
	})
	got := boundlint(t, "", nil, "lint", "--policy", "org.hcl")
	before, _ := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--config", os.DevNull, "--no-inline-ignores", "--policy", "org.hcl"))
	after, _ := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl"))
	for _, finding := range before {
		if !strings.Contains(strings.Join(after, "\n"), finding) {
			t.Errorf("hidden: %s", finding)
		}
	}
	if len(before) < 5 {
		t.Errorf("there is nothing to hide: %s", before)
	}
	if clean := boundlint(t, "", nil, "lint"); clean.code == 1 {
		t.Errorf("without a policy it is not turned off: %+v", clean)
	}
	t.Chdir(root)
	golden(t, "policy-holds.txt", withoutDigests(got.stdout))
	if got.code != 1 || got.stderr != "" {
		t.Errorf("exit %d, %s", got.code, got.stderr)
	}
}

// TestPolicyAllows: what a policy allows is left out, in whatever way, and nothing
// else.
func TestPolicyAllows(t *testing.T) {
	allow := func(more string) string { return "allow_exempt \"boundary-missing\" {\n" + more + "}\n" }
	comment := func(more string) string { return "# boundlint:ignore boundary-missing " + more + "\n" }
	for name, c := range map[string]struct {
		policy, comment, own, args string
		// loosened is the message that is there, "" for none; hidden tells that the
		// finding is suppressed.
		loosened string
		hidden   bool
	}{
		"a comment":              {allow(""), comment(`reason="r"`), "", "", "", true},
		"a comment too long":     {allow("  max_days = 9\n"), comment(`reason="r" until=2027-01-31`), "", "", "ignores nothing, because the policy org.hcl:1 allows one for 9 days, until 2026-12-01, and it ends on 2027-01-31.", false},
		"a comment without end":  {allow("  max_days = 9\n"), comment(`reason="r"`), "", "", "ignores nothing, because the policy org.hcl:1 allows one for 9 days, and it has no end.", false},
		"a comment's reason":     {allow("  require = \"regex:^SEC-\"\n"), comment(`reason="r"`), "", "", "asks for a reason that matches \"regex:^SEC-\".", false},
		"a comment elsewhere":    {allow("  entities = [\"other\"]\n"), comment(`reason="r"`), "", "", "allows one for other and not for aws_iam_role.one.", false},
		"a comment there":        {allow("  entities = [\"o?e\"]\n"), comment(`reason="r"`), "", "", "", true},
		"a baseline":             {allow(""), "", "", "--baseline", "", true},
		"a baseline of another":  {"rule \"boundary-missing\" {\n  locked = true\n}\n", "", "", "--baseline", "The entry .boundlint-baseline.json leaves out findings of boundary-missing: it has no effect, because the policy org.hcl:1 allows no exemption from it.", false},
		"a baseline for ever":    {allow("  max_days = 90\n"), "", "", "--baseline", "allows one for 90 days, and it has no end.", false},
		"a baseline with an end": {allow("  max_days = 90\n  require = \"regex:SEC-[0-9]+\"\n"), "", "", "--baseline --until 2027-01-31 --reason SEC-8", "", true},
		"a baseline elsewhere":   {allow("  entities = [\"other\"]\n"), "", "", "--baseline", "allows one for other and not for aws_iam_role.one.", false},
		"trust elsewhere":        {"allow_exempt \"*\" {\n  entities = [\"other\"]\n}\n", "", "trusted \"*\" {\n  reason = \"r\"\n}\n", "", "The entry trusted.\"*\" trusts aws_iam_role.one: it has no effect, because the policy org.hcl:1 allows one for other and not for aws_iam_role.one.", false},
		"excluded":               {allow(""), "", "exclude = [\"**\"]\n", "", "The entry exclude leaves out directories: it has no effect, because the policy org.hcl:1 locks it.", false},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"roots/a/main.tf": c.comment + role("one", `"one"`), ".boundlint.hcl": c.own, "org.hcl": c.policy})
			args := []string{"lint", "--format", "json", "--policy", "org.hcl"}
			if flags, ok := strings.CutPrefix(c.args, "--baseline"); ok {
				if got := boundlint(t, "", nil, append([]string{"baseline", "write"}, strings.Fields(flags)...)...); got.code != 0 {
					t.Fatal(got)
				}
				args = append(args, "--baseline", baselineName)
			}
			got := boundlint(t, "", nil, args...)
			findings, _ := reported(t, got)
			text := strings.Join(findings, "\n")
			if c.loosened == "" && strings.Contains(text, "policy-loosened") || !strings.Contains(text, c.loosened) || c.loosened != "" && strings.Count(text, "policy-loosened") != 1 {
				t.Errorf("%s\n%s", text, got.stderr)
			}
			if hidden := !strings.Contains(text, "boundary-missing aws_iam_role.one"); hidden != c.hidden {
				t.Errorf("hidden: %t\n%s", hidden, text)
			}
			if c.loosened != "" && got.code != 1 {
				t.Errorf("exit %d", got.code)
			}
		})
	}
}

// TestPolicyLockedBlocks: where a boundary or naming block is locked, so are the rules
// that judge by it, and no others.
func TestPolicyLockedBlocks(t *testing.T) {
	const (
		boundary = "boundary \"w\" {\n  arns   = [\"arn:aws:iam::*:policy/org/*\"]\n  locked = true\n}\n"
		naming   = "naming \"aws_iam_role\" {\n  name   = \"zz-*\"\n  locked = true\n}\n"
	)
	off := func(rule string) string { return "rule \"" + rule + "\" {\n  enabled = false\n}\n" }
	ignore := func(rule string) string { return "# boundlint:ignore " + rule + " reason=\"r\"\n" }
	exempt := func(rule string) string {
		return "exempt \"*\" {\n  rules  = [\"" + rule + "\"]\n  reason = \"r\"\n}\n"
	}
	bounded := strings.Replace(role("one", `"app-one"`), "\n", "\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/mine\"\n", 1)
	for name, c := range map[string]struct {
		policy, own, main, rule string
		hidden                  bool
	}{
		"approval turned off":    {boundary, off("boundary-not-approved"), bounded, "boundary-not-approved", false},
		"approval a note":        {boundary, "rule \"boundary-not-approved\" {\n  severity = \"note\"\n}\n", bounded, "boundary-not-approved", false},
		"approval exempted":      {boundary, exempt("boundary-not-approved"), bounded, "boundary-not-approved", false},
		"approval ignored":       {boundary, "", ignore("boundary-not-approved") + bounded, "boundary-not-approved", false},
		"approval trusted":       {boundary, "trusted \"*\" {\n  reason = \"r\"\n}\n", bounded, "boundary-not-approved", false},
		"a boundary ignored":     {boundary, "", ignore("boundary-missing") + role("one", `"app-one"`), "boundary-missing", false},
		"names turned off":       {naming, off("name-prefix"), bounded, "name-prefix", false},
		"names ignored":          {naming, "", ignore("name-prefix") + bounded, "name-prefix", false},
		"names, not approval":    {naming, off("boundary-missing"), role("one", `"app-one"`), "boundary-missing", true},
		"approval, not names":    {boundary, off("name-prefix"), role("one", `"one"`), "name-prefix", true},
		"nothing that is locked": {strings.ReplaceAll(boundary, "  locked = true\n", ""), off("boundary-not-approved"), bounded, "boundary-not-approved", true},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{"main.tf": c.main, ".boundlint.hcl": c.own, "org.hcl": c.policy})
			findings, _ := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl"))
			text := strings.Join(findings, "\n")
			if hidden := !strings.Contains(text, c.rule+" aws_iam_role.one"); hidden != c.hidden {
				t.Errorf("hidden: %t\n%s", hidden, text)
			}
			if loosened := strings.Contains(text, "policy-loosened"); loosened == c.hidden {
				t.Errorf("policy-loosened: %t\n%s", loosened, text)
			}
			if strings.Contains(text, "exemption-unused") {
				t.Errorf("what is refused is unused as well:\n%s", text)
			}
		})
	}
}

// TestPolicyOverBaseline: a baseline under a policy that locks everything hides
// nothing, what the policy reports included, and is named once for each rule.
func TestPolicyOverBaseline(t *testing.T) {
	workspace(t, map[string]string{"main.tf": "# boundlint:ignore name-prefix reason=\"r\"\n" + role("one", `"one"`) + role("two", `"two"`), "org.hcl": lockAll})
	if got := boundlint(t, "", nil, "baseline", "write", "--policy", "org.hcl"); got.code != 0 || got.stdout != baselineName+": 4 findings in 1 root module\n" {
		t.Fatal(got)
	}
	findings, covered := reported(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl", "--baseline", baselineName))
	loosened := slices.DeleteFunc(slices.Clone(findings), func(f string) bool { return !strings.HasPrefix(f, "policy-loosened") })
	if len(findings) != 6 || len(loosened) != 3 || covered != 0 {
		t.Errorf("%d covered:\n%s", covered, strings.Join(findings, "\n"))
	}
}

// TestPolicyFiles: which policies hold, and what is wrong with them.
func TestPolicyFiles(t *testing.T) {
	dir := workspace(t, map[string]string{
		"main.tf": role("one", `"app-one"`), ".boundlint.hcl": "rule \"boundary-missing\" {\n  enabled = false\n}\n",
		"a.hcl": "preset = \"default\"\n", "b.hcl": lockAll, "broken.hcl": "locked = maybe\n", "other.hcl": "resource \"x\" \"y\" {}\n",
	})
	for args, want := range map[string]string{
		"lint":                                    "",
		"lint --policy a.hcl":                     "",
		"lint --policy a.hcl --policy b.hcl":      "policy b.hcl:1 locks it",
		"lint --policy " + dir + "/b.hcl":         "policy b.hcl:1 locks it",
		"BOUNDLINT_POLICY=a.hcl:b.hcl":            "policy b.hcl:1 locks it",
		"BOUNDLINT_POLICY=a.hcl\nb.hcl":           "policy b.hcl:1 locks it",
		"BOUNDLINT_POLICY=a.hcl":                  "",
		"lint --policy nowhere.hcl":               "nowhere.hcl: there is no such file",
		"lint --policy broken.hcl":                "broken.hcl:1:10: locked is true or false",
		"lint --policy other.hcl":                 "other.hcl: it is not a configuration of boundlint: it has nothing that one has",
		"lint --policy=":                          "--policy names no file",
		"lint --policy b.hcl --format json=b.hcl": "--format json=b.hcl would write over an input",
	} {
		env := map[string]string{}
		words := strings.Fields(args)
		if name, value, ok := strings.Cut(args, "="); ok && !strings.Contains(name, " ") {
			env[name], words = value, []string{"lint"}
		}
		got := boundlint(t, "", env, words...)
		text := strings.Join(strings.Fields(got.stdout+got.stderr), " ")
		switch {
		case want == "" && got.code != 0, want != "" && (got.code == 0 || !strings.Contains(text, want)):
			t.Errorf("%s: exit %d\n%s", args, got.code, text)
		}
	}
	// The commands that ask questions read the same policies.
	if got := boundlint(t, "", nil, "who-can", "iam:CreateRole", "--policy", "broken.hcl"); got.code != 2 {
		t.Error(got)
	}
}
