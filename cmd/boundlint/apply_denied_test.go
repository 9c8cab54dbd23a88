package main

import (
	"fmt"
	"strings"
	"testing"
)

// change is a resource of a plan.
func change(address, actions, before, after, unknown string) string {
	typ, name, _ := strings.Cut(address, ".")
	return fmt.Sprintf(`{"address": %q, "mode": "managed", "type": %q, "name": %q, "provider_name": "registry.terraform.io/hashicorp/aws",
		"change": {"actions": [%s], "before": %s, "after": %s, "after_unknown": %s, "before_sensitive": {}, "after_sensitive": {}}}`,
		address, typ, name, actions, before, after, unknown)
}

// TestApplyDeniedChanges are changes of a plan, and what a deployer with one
// policy is refused: nothing, or a call that is certain, or one that is not.
func TestApplyDeniedChanges(t *testing.T) {
	const (
		noPass    = `{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}`
		readOnly  = `{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}`
		onlyB     = `{"Effect": "Allow", "Action": "iam:*", "Resource": ["arn:aws:iam::111122223333:user/b/*", "arn:aws:iam::111122223333:group/b/*"]}`
		all       = `{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}`
		destroys  = `{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:DeleteRole"], "Resource": "*"}`
		certain   = "error    apply-denied"
		uncertain = "warning  apply-denied (undetermined)"
	)
	role := func(inline string) string {
		return `{"name": "app-r", "path": "/", "arn": "arn:aws:iam::111122223333:role/app-r", "assume_role_policy": "{}", "inline_policy": [` + inline + `]}`
	}
	inline := func(name, action string) string {
		return fmt.Sprintf(`{"name": %q, "policy": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}}"}`, name, action)
	}
	entity := func(kind, path string) string {
		return fmt.Sprintf(`{"name": "x", "path": %q, "arn": "arn:aws:iam::111122223333:%s%sx"}`, path, kind, path)
	}
	newRole := change("aws_iam_role.r", `"create"`, "null", `{"name": "app-r", "path": "/", "assume_role_policy": "{}"}`, `{"arn": true}`)
	for name, c := range map[string]struct{ changes, policy, level, want string }{
		"a role that is made": {
			newRole + ", " + change("aws_lambda_function.f", `"create"`, "null", `{"function_name": "f"}`, `{"role": true}`), noPass, certain, "iam:PassRole",
		},
		"roles that are made": {
			newRole + ", " + change("aws_rolesanywhere_profile.f", `"create"`, "null", `{"name": "f"}`, `{"role_arns": true}`), noPass, uncertain, "iam:PassRole",
		},
		"another role": {
			newRole + ", " + change("aws_lambda_function.f", `"update"`, `{"role": "arn:aws:iam::111122223333:role/old"}`, `{"function_name": "f"}`,
				`{"role": true}`), noPass, uncertain, "iam:PassRole",
		},
		"a role of another service": {
			change("aws_db_instance.d", `"create"`, "null", `{"monitoring_role_arn": "arn:aws:iam::111122223333:role/m"}`, `{}`), noPass, certain,
			"iam:PassedToService = monitoring.rds.amazonaws.com",
		},
		"a role that an update carries again": {
			change("aws_glue_job.j", `"update"`, `{"role_arn": "arn:aws:iam::111122223333:role/g", "timeout": 1}`,
				`{"role_arn": "arn:aws:iam::111122223333:role/g", "timeout": 2}`, `{}`), noPass, uncertain, "iam:PassRole",
		},
		"other tags of what has a role": {
			change("aws_glue_job.j", `"update"`, `{"role_arn": "arn:aws:iam::111122223333:role/g", "tags": {"a": "b"}}`,
				`{"role_arn": "arn:aws:iam::111122223333:role/g", "tags": {"a": "c"}}`, `{}`), noPass, "", "",
		},
		"an update without a role": {
			change("aws_cloudwatch_event_target.e", `"update"`, `{"input": "a"}`, `{"input": "b"}`, `{}`), noPass, "", "",
		},
		"a user from another path":  {change("aws_iam_user.u", `"update"`, entity("user", "/a/"), entity("user", "/b/"), `{}`), onlyB, certain, "user/a/x"},
		"a user to another path":    {change("aws_iam_user.u", `"update"`, entity("user", "/b/"), entity("user", "/a/"), `{}`), onlyB, certain, "user/a/x"},
		"a group from another path": {change("aws_iam_group.g", `"update"`, entity("group", "/a/"), entity("group", "/b/"), `{}`), onlyB, certain, "group/a/x"},
		"a path that stays":         {change("aws_iam_group.g", `"no-op"`, entity("group", "/b/"), entity("group", "/b/"), `{}`), onlyB, "", ""},
		"both paths":                {change("aws_iam_user.u", `"update"`, entity("user", "/a/"), entity("user", "/b/"), `{}`), all, "", ""},
		"an inline policy by another name": {
			change("aws_iam_role.r", `"update"`, role(inline("x", "s3:GetObject")), role(inline("y", "s3:GetObject")), `{}`), readOnly, certain,
			"iam:DeleteRolePolicy",
		},
		"an inline policy that stays": {
			change("aws_iam_role.r", `"no-op"`, role(inline("x", "s3:GetObject")), role(inline("x", "s3:GetObject")), `{}`), readOnly, "", "",
		},
		"a role that may be in a profile": {
			change("aws_iam_role.r", `"delete"`, role(""), "null", `{}`), destroys, uncertain, "iam:RemoveRoleFromInstanceProfile",
		},
		"a role that may leave a profile": {change("aws_iam_role.r", `"delete"`, role(""), "null", `{}`), all, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			workspace(t, map[string]string{
				"plan.json":      `{"format_version": "1.2", "terraform_version": "1.9.0", "complete": true, "resource_changes": [` + c.changes + `]}`,
				"ci.json":        `{"Version": "2012-10-17", "Statement": [` + c.policy + `]}`,
				".boundlint.hcl": "deployer \"arn:aws:iam::111122223333:role/ci\" {\n  policies = [\"ci.json\"]\n}\n",
			})
			got := boundlint(t, "", nil, "lint", "plan.json")
			text := strings.Join(strings.Fields(got.stdout), " ")
			level := strings.Join(strings.Fields(c.level), " ")
			if got.code == 2 || c.level == "" && strings.Contains(text, "apply-denied") || !strings.Contains(text, level) || !strings.Contains(text, c.want) {
				t.Errorf("want %q about %q, got %s%s", c.level, c.want, got.stderr, got.stdout)
			}
		})
	}
}
