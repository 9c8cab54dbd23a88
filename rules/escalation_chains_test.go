package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// inlineOf is an inline policy of a role or user, by its statements as JSON.
func inlineOf(kind, name, statements string) string {
	return `
	resource "aws_iam_` + kind + `_policy" "` + name + `" {
		name   = "rights"
		` + kind + ` = "` + name + `"
		policy = <<-EOT
		{ "Version": "2012-10-17", "Statement": [` + strings.ReplaceAll(statements, "${", "$${") + `] }
		EOT
	}
	`
}

func allow(actions, resource string) string {
	return `{ "Effect": "Allow", "Action": [` + actions + `], "Resource": ` + resource + ` }`
}

func userOf(name string) string {
	return `
	resource "aws_iam_user" "` + name + `" { name = "` + name + `" }
	`
}

// underBoundary is a role under a boundary of these statements.
func underBoundary(name, trust, boundary string) string {
	return `
	resource "aws_iam_policy" "` + name + `" {
		name   = "` + name + `-boundary"
		policy = <<-EOT
		{ "Version": "2012-10-17", "Statement": [` + boundary + `] }
		EOT
	}
	resource "aws_iam_role" "` + name + `" {
		name                 = "` + name + `"
		permissions_boundary = aws_iam_policy.` + name + `.arn
		assume_role_policy   = ` + trust + `
	}
	`
}

const (
	chainsIAM = "arn:aws:iam::111122223333:"
	everyone  = `"*"`
)

// TestChains follows paths through small accounts.
func TestChains(t *testing.T) {
	onBoundary := func(arn string) string {
		return `, "Condition": { "StringEquals": { "iam:PermissionsBoundary": "` + arn + `" } } }`
	}
	conditioned := func(actions, resource, arn string) string {
		return strings.TrimSuffix(allow(actions, resource), " }") + onBoundary(arn)
	}
	admin := roleOf("admin", accountTrust) + administratorOf("admin")
	tests := []struct {
		name, hcl string
		want      []string
	}{
		{
			"three roles in a row",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"sts:AssumeRole"`, `"`+chainsIAM+`role/b"`)) +
				roleOf("b", accountTrust) + inlineOf("role", "b", allow(`"sts:AssumeRole"`, `"`+chainsIAM+`role/c"`)) +
				roleOf("c", trusting(chainsIAM+"role/b")) + inlineOf("role", "c", allow(`"iam:PutUserPolicy"`, `"`+chainsIAM+`user/d"`)+","+allow(`"iam:CreateAccessKey"`, everyone)) +
				userOf("d"),
			[]string{
				"a -sts-001-> b -sts-001-> c -iam-018-> d (administrator)",
				"b -sts-001-> c -iam-018-> d (administrator)",
				"c -iam-018-> d (administrator)",
			},
		},
		{
			"the trust names the role and its boundary does not allow it",
			underBoundary("a", nobodyTrust, allow(`"s3:*"`, everyone)) + roleOf("admin", trusting(chainsIAM+"role/a")) + administratorOf("admin"),
			nil,
		},
		{
			"the trust names the role and its boundary allows it, without a grant of its own",
			underBoundary("a", nobodyTrust, allow(`"s3:*", "sts:*"`, everyone)) + roleOf("admin", trusting(chainsIAM+"role/a")) + administratorOf("admin"),
			[]string{"a -sts-001-> admin (administrator)"},
		},
		{
			"the trust names the session, past the boundary",
			underBoundary("a", nobodyTrust, allow(`"s3:*"`, everyone)) + roleOf("admin", trusting("arn:aws:sts::111122223333:assumed-role/a/session")) + administratorOf("admin"),
			[]string{"a -sts-001-> admin (administrator)"},
		},
		{
			"an explicit deny in the boundary stops what names the session",
			underBoundary("a", nobodyTrust, allow(`"s3:*"`, everyone)+`, { "Effect": "Deny", "Action": "sts:*", "Resource": "*" }`) +
				roleOf("admin", trusting("arn:aws:sts::111122223333:assumed-role/a/session")) + administratorOf("admin"),
			nil,
		},
		{
			"a role of another account needs a grant of the caller's",
			roleOf("a", nobodyTrust) + roleOf("admin", trusting("arn:aws:iam::999988887777:root")) + administratorOf("admin") +
				inlineOf("role", "a", allow(`"sts:AssumeRole"`, everyone)),
			nil,
		},
		{
			"PassRole for another service",
			roleOf("a", nobodyTrust) + roleOf("admin", lambdaTrust) + administratorOf("admin") +
				inlineOf("role", "a", allow(`"lambda:*"`, everyone)+`, { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": { "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } } }`),
			nil,
		},
		{
			"functions of different names",
			roleOf("a", nobodyTrust) + roleOf("admin", lambdaTrust) + administratorOf("admin") +
				inlineOf("role", "a", allow(`"iam:PassRole"`, everyone)+","+allow(`"lambda:CreateFunction"`, `"arn:aws:lambda:*:*:function:a-*"`)+","+
					allow(`"lambda:InvokeFunction"`, `"arn:aws:lambda:*:*:function:b-*"`)),
			nil,
		},
		{
			"functions of which one name is common",
			roleOf("a", nobodyTrust) + roleOf("admin", lambdaTrust) + administratorOf("admin") +
				inlineOf("role", "a", allow(`"iam:PassRole"`, everyone)+","+allow(`"lambda:CreateFunction"`, `["arn:aws:lambda:*:*:function:a-*", "arn:aws:lambda:*:*:function:c-*"]`)+","+
					allow(`"lambda:InvokeFunction"`, `["arn:aws:lambda:*:*:function:b-*", "arn:aws:lambda:*:*:function:c-x"]`)),
			[]string{"a -lambda-001-> admin (administrator)"},
		},
		{
			"by way of a group",
			userOf("u") + admin + `
			resource "aws_iam_group" "g" { name = "g" }
			resource "aws_iam_user_group_membership" "u" {
				user   = "u"
				groups = [aws_iam_group.g.name]
			}
			resource "aws_iam_group_policy" "g" {
				group  = aws_iam_group.g.name
				policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }] })
			}`,
			[]string{"u -sts-001-> admin (administrator)"},
		},
		{
			"self-service keys",
			userOf("u") + inlineOf("user", "u", allow(`"iam:*AccessKey*", "iam:*LoginProfile"`, `"`+chainsIAM+`user/${aws:username}"`)) +
				userOf("boss") + `
			resource "aws_iam_user_policy_attachment" "boss" {
				user       = "boss"
				policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
			}`,
			nil,
		},
		{
			"a role of its own making, under a boundary that lets it assume",
			underBoundary("dev", nobodyTrust, allow(`"sts:AssumeRole"`, everyone)+","+conditioned(`"iam:CreateRole", "iam:PutRolePolicy"`, `"`+chainsIAM+`role/app-*"`, chainsIAM+"policy/dev-boundary")) +
				inlineOf("role", "dev", conditioned(`"iam:CreateRole", "iam:PutRolePolicy"`, `"`+chainsIAM+`role/app-*"`, chainsIAM+"policy/dev-boundary")) + admin,
			[]string{"dev -x-iam-createrole-put-> a new role -sts-001-> admin (administrator)"},
		},
		{
			"a role of its own making, under a boundary that does not",
			underBoundary("dev", nobodyTrust, allow(`"s3:*"`, everyone)+","+conditioned(`"iam:CreateRole", "iam:PutRolePolicy"`, `"`+chainsIAM+`role/app-*"`, chainsIAM+"policy/dev-boundary")) +
				inlineOf("role", "dev", conditioned(`"iam:CreateRole", "iam:PutRolePolicy"`, `"`+chainsIAM+`role/app-*"`, chainsIAM+"policy/dev-boundary")) + admin,
			nil,
		},
		{
			"takes the boundary off somebody and assumes it",
			underBoundary("a", nobodyTrust, allow(`"sts:AssumeRole", "iam:DeleteRolePermissionsBoundary"`, everyone)) +
				inlineOf("role", "a", allow(`"sts:AssumeRole", "iam:DeleteRolePermissionsBoundary"`, `"`+chainsIAM+`role/b"`)) +
				underBoundary("b", accountTrust, allow(`"s3:*"`, everyone)),
			[]string{"a -b-delete-role-> b -sts-001-> b (unbounded)"},
		},
		{
			"a deny that is inline goes with the policy that it overwrites",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"iam:PutRolePolicy"`, `"`+chainsIAM+`role/a"`)+`, { "Effect": "Deny", "Action": ["iam:Create*", "iam:Attach*", "iam:PassRole", "sts:*"], "Resource": "*" }`),
			[]string{"a -iam-005-> a (administrator)"},
		},
		{
			"a deny that stays",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"iam:PutRolePolicy"`, `"`+chainsIAM+`role/a"`)) + `
			resource "aws_iam_policy" "guard" {
				name   = "guard"
				policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", NotAction = ["s3:*", "iam:PutRolePolicy"], Resource = "*" }] })
			}
			resource "aws_iam_role_policy_attachment" "guard" {
				role       = "a"
				policy_arn = aws_iam_policy.guard.arn
			}`,
			nil,
		},
		{
			"a policy of which it may write a version",
			roleOf("a", trusting(chainsIAM+"user/u")) + `
			resource "aws_iam_policy" "job" {
				name   = "job"
				path   = "/jobs/"
				policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*", "iam:CreatePolicyVersion"], Resource = "*" }] })
			}
			resource "aws_iam_role_policy_attachment" "job" {
				role       = "a"
				policy_arn = aws_iam_policy.job.arn
			}` + userOf("u"),
			[]string{"a -iam-001-> a (administrator)", "u -sts-001-> a -iam-001-> a (administrator)"},
		},
		{
			"tags that do not match",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", `{ "Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "*", "Condition": { "StringEquals": { "iam:ResourceTag/team": "a" } } }`) +
				strings.Replace(roleOf("admin", nobodyTrust), "name ", "tags = { team = \"b\" }\n name ", 1) + administratorOf("admin"),
			nil,
		},
		{
			"tags that match",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", `{ "Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "*", "Condition": { "StringEquals": { "iam:ResourceTag/team": "a" } } }`) +
				strings.Replace(roleOf("admin", nobodyTrust), "name ", "tags = { team = \"a\" }\n name ", 1) + administratorOf("admin"),
			[]string{"a -iam-012-> admin (administrator)"},
		},
		{
			"attaching one harmless policy only",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", `{ "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": { "ArnEquals": { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } } }`),
			nil,
		},
		{
			"attaching policies that it may write",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", `{ "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "`+chainsIAM+`role/a", "Condition": { "ArnLike": { "iam:PolicyARN": "`+chainsIAM+`policy/app-*" } } },`+
				allow(`"iam:CreatePolicy"`, everyone)),
			[]string{"a -iam-009-> a (administrator)"},
		},
		{
			"no boundaries, no administrators, no finding",
			roleOf("ci", trusting(chainsIAM+"user/u")) + userOf("u") + roleOf("app", lambdaTrust) +
				inlineOf("role", "ci", allow(`"iam:PassRole"`, `"`+chainsIAM+`role/app"`)+","+allow(`"lambda:*"`, everyone)),
			nil,
		},
		{
			"an organization's deny",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"sts:AssumeRole"`, everyone)) + admin + `
			resource "aws_organizations_policy" "scp" {
				name    = "scp"
				content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Resource = "*" }] })
			}`,
			nil,
		},
		{
			"an instance on which it can run commands",
			roleOf("a", lambdaTrust) + inlineOf("role", "a", allow(`"ssm:SendCommand"`, everyone)) + roleOf("admin", nobodyTrust) + administratorOf("admin") + `
			resource "aws_iam_instance_profile" "p" {
				name = "p"
				role = aws_iam_role.admin.name
			}
			resource "aws_launch_template" "t" {
				name = "t"
				iam_instance_profile { arn = aws_iam_instance_profile.p.arn }
			}
			resource "aws_instance" "i" {
				launch_template { id = aws_launch_template.t.id }
			}`,
			[]string{"a -ssm-002-> admin (administrator)"},
		},
		{
			"anybody at all, past the boundary",
			underBoundary("a", nobodyTrust, allow(`"s3:*"`, everyone)) + roleOf("admin", trusting("*")) + administratorOf("admin"),
			[]string{"a -sts-001-> admin (administrator)"},
		},
		{
			"a name of which the start is known",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"iam:PassRole"`, `"arn:aws:iam::*:role/dev-*"`)+","+allow(`"lambda:*"`, everyone)) + `
			resource "random_id" "x" { byte_length = 4 }
			resource "aws_iam_role" "ops" {
				name               = "ops-${random_id.x.hex}"
				assume_role_policy = ` + lambdaTrust + `
			}
			resource "aws_iam_role_policy_attachment" "ops" {
				role       = aws_iam_role.ops.name
				policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
			}`,
			nil,
		},
		{
			"two on one chain meet",
			roleOf("a", nobodyTrust) + inlineOf("role", "a", allow(`"sts:AssumeRole"`, everyone)) + roleOf("b", accountTrust) + inlineOf("role", "b", allow(`"sts:AssumeRole"`, everyone)),
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := chains(configured(t, test.hcl, &lint.Settings{}), false)
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}
