package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// TestTagConditions follows ways whose requests are allowed by tags only:
// those of the actor, of the target, and those that the actor can set first.
func TestTagConditions(t *testing.T) {
	tagged := func(kind, name, trust, tags string) string {
		return `
	resource "aws_iam_` + kind + `" "` + name + `" {
		name = "` + name + `"
		` + trust + `
		` + tags + `
	}
	`
	}
	user := func(name, tags string) string { return tagged("user", name, "", tags) }
	admin := func(tags string) string {
		return tagged("role", "admin", "assume_role_policy = "+accountTrust, tags) + administratorOf("admin")
	}
	onTag := func(actions, key, value string) string {
		return `{ "Effect": "Allow", "Action": [` + actions + `], "Resource": "*", "Condition": { "StringEquals": { "` + key + `": "` + value + `" } } }`
	}
	const (
		own     = "${aws:PrincipalTag/team}"
		ops     = `tags = { team = "ops" }`
		dev     = `tags = { team = "dev" }`
		hidden  = `tags = var.tags`
		hide    = "variable \"tags\" { type = map(string) }\n"
		chained = "actor -sts-001-> admin (administrator)"
		key     = "actor -iam-002-> boss (administrator)"
	)
	byTeam := func(more ...string) string {
		return inlineOf("user", "actor", strings.Join(append([]string{onTag(`"sts:AssumeRole"`, "iam:ResourceTag/team", own)}, more...), ","))
	}
	boss := func(tags string) string {
		return user("boss", tags) + `
	resource "aws_iam_user_policy_attachment" "boss" {
		user       = "boss"
		policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
	}
	`
	}
	keyed := func(more ...string) string {
		return inlineOf("user", "actor", strings.Join(append([]string{onTag(`"iam:CreateAccessKey"`, "aws:ResourceTag/open", "yes")}, more...), ","))
	}
	function := func(tags string) string {
		return roleOf("runner", lambdaTrust) + administratorOf("runner") + `
	resource "aws_lambda_function" "f" {
		function_name = "f"
		role          = aws_iam_role.runner.arn
		` + tags + `
	}
	`
	}
	code := inlineOf("user", "actor", onTag(`"lambda:UpdateFunctionCode"`, "aws:ResourceTag/team", "dev"))
	defaults := func(tags string) string {
		return `provider "aws" {
		region = "eu-west-1"
		default_tags {
			` + tags + `
		}
	}
	`
	}
	onlyCost := `{ "Effect": "Allow", "Action": "iam:TagRole", "Resource": "*", "Condition": { "ForAllValues:StringEquals": { "aws:TagKeys": ["cost"] } } }`
	tests := []struct{ name, hcl, want string }{
		{"the same team", user("actor", ops) + byTeam() + admin(ops), chained},
		{"another team", user("actor", dev) + byTeam() + admin(ops), ""},
		{"no team", user("actor", "") + byTeam() + admin(ops), ""},
		{"a target without a team", user("actor", ops) + byTeam() + admin(""), ""},
		{"a target whose tags are hidden", hide + user("actor", ops) + byTeam() + admin(hidden), "perhaps " + chained},
		{"an actor whose tags are hidden", hide + user("actor", hidden) + byTeam() + admin(ops), "perhaps " + chained},
		{"by default tags", defaults(ops) + user("actor", "") + byTeam() + admin(""), chained},
		{"by other default tags", defaults(ops) + user("actor", dev) + byTeam() + admin(""), ""},
		{"by hidden default tags", hide + defaults(hidden) + user("actor", "") + byTeam() + admin(""), "perhaps " + chained},
		{"the target can be tagged", user("actor", dev) + byTeam(allow(`"iam:TagRole"`, everyone)) + admin(ops), chained},
		{"the target can be tagged otherwise", user("actor", dev) + byTeam(onlyCost) + admin(ops), ""},
		{"a user with the tag", user("actor", "") + keyed() + boss(`tags = { open = "yes" }`), key},
		{"a user without the tag", user("actor", "") + keyed() + boss(""), ""},
		{"a user who can be tagged", user("actor", "") + keyed(allow(`"iam:TagUser"`, everyone)) + boss(""), key},
		{"a function with the tag", user("actor", "") + code + function(dev), "actor -lambda-003-> runner (administrator)"},
		{"a function with another tag", user("actor", "") + code + function(ops), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			for _, line := range chains(configured(t, test.hcl, nil), false) {
				if strings.HasPrefix(strings.TrimPrefix(line, "perhaps "), "actor ") {
					got = line
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestUnknownAccount follows trust policies that name an account where
// nothing else tells the account.
func TestUnknownAccount(t *testing.T) {
	actor := userOf("actor") + inlineOf("user", "actor", allow(`"sts:AssumeRole"`, everyone))
	admin := func(trust string) string { return roleOf("admin", trust) + administratorOf("admin") }
	external := `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Condition = { StringEquals = { "sts:ExternalId" = "x" } } }] })`
	elsewhere := userOf("other") + inlineOf("user", "other", allow(`"s3:GetObject"`, `"arn:aws:iam::444455556666:role/x"`))
	const (
		found = "actor -sts-001-> admin (administrator)"
		want  = "perhaps " + found
	)
	tests := []struct{ name, hcl, want string }{
		{"the account", actor + admin(accountTrust), want},
		{"the actor by name", actor + admin(trusting(chainsIAM+"user/actor")), found},
		{"somebody else by name", actor + admin(trusting(chainsIAM+"user/other")), ""},
		{"with an external id", actor + admin(external), ""},
		{"another account than that of the policies", actor + elsewhere + admin(accountTrust), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(chains(placed(t, test.hcl, &lint.Settings{}), false), "\n")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestSeveralAccounts follows ways between providers of several accounts.
func TestSeveralAccounts(t *testing.T) {
	provider := func(alias, account string) string {
		return `
	provider "aws" {
		alias  = "` + alias + `"
		region = "eu-west-1"
		assume_role { role_arn = "arn:aws:iam::` + account + `:role/deploy" }
	}
	`
	}
	in := func(alias, hcl string) string {
		return strings.NewReplacer("\" {\n", "\" {\n\t\tprovider = aws."+alias+"\n", "\" { name", "\" {\n\t\tprovider = aws."+alias+"\n\t\tname").Replace(hcl)
	}
	actor := func(statements string) string {
		return in("dev", strings.ReplaceAll(userOf("actor"), `" }`, "\"\n}")+inlineOf("user", "actor", statements))
	}
	admin := func(trust string) string { return in("prod", roleOf("admin", trust)+administratorOf("admin")) }
	providers := provider("dev", "111122223333") + provider("prod", "444455556666")
	caller := `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.me.arn } }] })`
	const found = "actor -sts-001-> admin (administrator)"
	tests := []struct{ name, hcl, want string }{
		{"assume what trusts the account", actor(allow(`"sts:AssumeRole"`, everyone)) + admin(accountTrust), found},
		{"assume what names it, with a grant", actor(allow(`"sts:AssumeRole"`, everyone)) + admin(trusting(chainsIAM+"user/actor")), found},
		{"assume what names it, without", actor(allow(`"s3:GetObject"`, everyone)) + admin(trusting(chainsIAM+"user/actor")), ""},
		{"pass what is elsewhere", actor(allow(`"iam:PassRole", "lambda:*"`, everyone)) + admin(lambdaTrust), ""},
		{"change trust elsewhere", actor(allow(`"iam:UpdateAssumeRolePolicy"`, everyone)) + admin(lambdaTrust), ""},
		{"who runs Terraform", actor(allow(`"s3:GetObject"`, everyone)) + "\ndata \"aws_caller_identity\" \"me\" {}\n" + admin(caller), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(chains(placed(t, providers+test.hcl, &lint.Settings{}), false), "\n")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
