package main

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

// A role of a directory, and the configuration that speaks of it.
const (
	deployer    = "resource \"aws_iam_role\" \"deployer\" {\n  name               = \"deployer\" # boundlint:ignore name-prefix reason=\"SEC-7\"\n  assume_role_policy = \"{}\"\n}\n"
	trustsTwo   = "trusted \"aws_iam_role.deployer\" {\n  reason = \"a\"\n}\ntrusted \"aws_iam_role.gone\" {\n  reason = \"b\"\n}\n"
	exemptsOne  = "exempt \"aws_iam_role.deployer\" {\n  rules  = [\"boundary-missing\"]\n  reason = \"c\"\n}\n"
	turnsOff    = "rule \"trust-too-open\" {\n  enabled = false\n}\n"
	lowersOne   = "rule \"policy-invalid\" {\n  severity = \"note\"\n}\n"
	excludesOne = "exclude = [\"old/**\"]\n"
)

// TestSeen: what a pull request switches off stands in the report of every
// format, although nothing is found.
func TestSeen(t *testing.T) {
	workspace(t, map[string]string{
		"main.tf": deployer, ".boundlint.hcl": excludesOne + trustsTwo + exemptsOne + turnsOff + lowersOne, "old/main.tf": deployer,
	})
	for _, format := range report.Names() {
		if report.IsTable(format) {
			continue // its rows are of one kind
		}
		got := boundlint(t, "", nil, "lint", "--format", format, "--exclude", "older/**", "--recursive", "--fail-on", "error")
		if got.code == exitFailure {
			t.Errorf("%s: %s", format, got.stderr)
		}
		plain := strings.NewReplacer(`\*`, "*", `\_`, "_", `\-`, "-", `\"`, `"`).Replace(got.stdout)
		for _, want := range []string{".boundlint.hcl", "trust-too-open", "policy-invalid", "aws_iam_role.deployer", "boundary-missing", "old/**", "older/**", "name-prefix"} {
			if !strings.Contains(plain, want) {
				t.Errorf("%s does not name %s:\n%s", format, want, got.stdout)
			}
		}
	}
}

// TestUnusedEntries: an entry that matches in any of the inputs is used, and
// where an input could not be read nothing is said.
func TestUnusedEntries(t *testing.T) {
	workspace(t, map[string]string{
		"a/main.tf": deployer, "b/main.tf": strings.ReplaceAll(deployer, "deployer", "other"), "c/main.tf": strings.ReplaceAll(deployer, `= "deployer"`, `= var.name`) + "variable \"name\" {}\n",
		".boundlint.hcl": trustsTwo, "named.hcl": "trusted \"deployer\" {\n  reason = \"a\"\n}\n", "broken.json": "{",
	})
	for args, unused := range map[string]string{
		"a b":                      `trusted."aws_iam_role.gone"`,
		"b":                        `trusted."aws_iam_role.deployer" trusted."aws_iam_role.gone"`,
		"b --partial":              "",
		"b broken.json":            "",
		"broken.json a":            "",
		"b --config named.hcl":     `trusted."deployer"`,
		"a b --config named.hcl":   "",
		"b c --config named.hcl":   "", // it may be the name that is not known
		"a b --same-account":       `trusted."aws_iam_role.gone"`,
		"a --config named.hcl":     "",
		"b a --config named.hcl":   "",
		"--recursive .":            `trusted."aws_iam_role.gone"`,
		"b c":                      `trusted."aws_iam_role.gone"`,
		"c --config-dir a a":       `trusted."aws_iam_role.gone"`,
		"b --config named.hcl -r":  `trusted."deployer"`,
		"a b c --config named.hcl": "",
	} {
		got := boundlint(t, "", nil, append([]string{"lint", "--verbose"}, strings.Fields(args)...)...)
		for _, entry := range []string{`trusted."aws_iam_role.deployer"`, `trusted."aws_iam_role.gone"`, `trusted."deployer"`} {
			if said := strings.Contains(got.stdout, entry); said != strings.Contains(unused, entry) {
				t.Errorf("%s: %s is reported: %t\n%s", args, entry, said, got.stdout)
			}
		}
	}
}
