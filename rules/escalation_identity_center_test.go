package rules

import (
	"strings"
	"testing"
)

// TestIdentityCenter goes the ways through permission sets.
func TestIdentityCenter(t *testing.T) {
	const instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	set := func(name, more string) string {
		return `
	resource "aws_ssoadmin_permission_set" "` + name + `" {
		name         = "` + name + `"
		instance_arn = "` + instance + `"
	}
	` + more
	}
	rights := func(name, statements string) string {
		return `
	resource "aws_ssoadmin_permission_set_inline_policy" "` + name + `" {
		instance_arn       = "` + instance + `"
		permission_set_arn = aws_ssoadmin_permission_set.` + name + `.arn
		inline_policy      = <<-EOT
		{ "Version": "2012-10-17", "Statement": [` + statements + `] }
		EOT
	}
	`
	}
	capped := func(name, policy string) string {
		return `
	resource "aws_ssoadmin_permissions_boundary_attachment" "` + name + `" {
		instance_arn       = "` + instance + `"
		permission_set_arn = aws_ssoadmin_permission_set.` + name + `.arn
		permissions_boundary { managed_policy_arn = "arn:aws:iam::aws:policy/` + policy + `" }
	}
	`
	}
	admins := set("admins", `
	resource "aws_ssoadmin_managed_policy_attachment" "admins" {
		instance_arn       = "`+instance+`"
		permission_set_arn = aws_ssoadmin_permission_set.admins.arn
		managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
	}
	`)
	assigned := func(kind string) string {
		return `
	resource "aws_identitystore_group" "ops" {
		identity_store_id = "d-1234567890"
		display_name      = "ops"
	}
	resource "aws_ssoadmin_account_assignment" "ops" {
		instance_arn       = "` + instance + `"
		permission_set_arn = aws_ssoadmin_permission_set.admins.arn
		principal_type     = "` + kind + `"
		principal_id       = aws_identitystore_group.ops.group_id
		target_type        = "AWS_ACCOUNT"
		target_id          = "111122223333"
	}
	`
	}
	user := func(statements string) string { return userOf("actor") + inlineOf("user", "actor", statements) }
	edit := allow(`"sso:PutInlinePolicyToPermissionSet", "sso:ProvisionPermissionSet"`, everyone)
	assign := allow(`"sso:CreateAccountAssignment"`, everyone)
	scoped := func(set string) string {
		return allow(`"sso:CreateAccountAssignment"`, `["`+instance+`", "arn:aws:sso:::account/*", "${aws_ssoadmin_permission_set.`+set+`.arn}"]`)
	}
	member := allow(`"identitystore:CreateGroupMembership"`, everyone)
	tests := []struct{ name, hcl, want string }{
		{"assign a strong one", user(assign) + admins, "actor -x-sso-assign-> set.admins (administrator)"},
		{"assign that one", strings.ReplaceAll(user(scoped("admins")), "$${aws_sso", "${aws_sso") + admins, "actor -x-sso-assign-> set.admins (administrator)"},
		{"assign another one", strings.ReplaceAll(user(scoped("dev")), "$${aws_sso", "${aws_sso") + admins + set("dev", ""), "perhaps actor -x-sso-assign-> set.admins (administrator)"},
		{"assign without a strong one", user(assign) + set("dev", ""), ""},
		{"assign a capped one", user(assign) + admins + capped("admins", "ReadOnlyAccess"), ""},
		{"edit one and assign it", user(edit+","+assign) + set("dev", ""), "actor -x-sso-edit-> set.dev -x-sso-assign-> set.dev (administrator)"},
		{"edit its own", set("dev", rights("dev", edit)), "set.dev -x-sso-edit-> set.dev (administrator)"},
		{"edit its own, which is capped", set("dev", rights("dev", edit)+capped("dev", "ReadOnlyAccess")), ""},
		{
			"edit its own and take off what caps it",
			set("dev", rights("dev", edit+","+allow(`"sso:DeletePermissionsBoundaryFromPermissionSet"`, everyone))+capped("dev", "PowerUserAccess")),
			"set.dev -x-sso-unbound-> set.dev (unbounded)",
		},
		{"join a group", user(member) + admins + assigned("GROUP"), "actor -x-sso-group-> set.admins (administrator)"},
		{"join nothing", user(member) + admins + assigned("USER"), ""},
		{"join without a strong one", user(member) + admins, ""},
		{
			"make one",
			user(allow(`"sso:CreatePermissionSet", "sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment"`, everyone)) + set("dev", ""),
			"actor -x-sso-create-> a new permission set (administrator)",
		},
		{"make one that nobody has", user(allow(`"sso:CreatePermissionSet", "sso:AttachManagedPolicyToPermissionSet"`, everyone)) + set("dev", ""), ""},
		{"where Identity Center is not run", user(allow(`"sso:*"`, everyone)), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(chains(configured(t, test.hcl, nil), false), "\n")
			if got = strings.ReplaceAll(got, "aws_ssoadmin_permission_", ""); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
