package main

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

// hushed is a configuration whose sensitive values all hold the word hush.
const hushed = `
variable "policy" {
  sensitive = true
  default = <<-EOT
    {"Version": "2012-10-17", "Statement": [
      {"Sid": "hushsid", "Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::111122223333:role/hush-one*"},
      {"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/t": "hush-two"}}}]}
  EOT
}
resource "aws_iam_role" "bearer" {
  name                 = "app-bearer"
  permissions_boundary = sensitive("arn:aws:iam::111122223333:policy/hush-boundary")
  assume_role_policy   = sensitive("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"*\"},\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"hush-id\"}}}]}")
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.bearer.name
  policy = var.policy
}
resource "aws_iam_user" "named" {
  name                 = sensitive("hush-name")
  path                 = sensitive("/hush-path/")
  permissions_boundary = sensitive("hush-no-arn")
}
resource "aws_iam_user_policy_attachment" "all" {
  user       = aws_iam_user.named.name
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
}
resource "aws_iam_role" "prefixed" {
  name_prefix        = sensitive("hush-prefix-")
  assume_role_policy = "{}"
}
`

func TestSensitive(t *testing.T) {
	workspace(t, map[string]string{"main.tf": hushed, ".boundlint.hcl": "preset = \"audit\"\nnaming \"aws_iam_user\" {\n  name = \"app-*\"\n  path = \"/teams/*\"\n}\n"})
	var commands [][]string
	for _, format := range report.Names() {
		commands = append(commands, []string{"lint", "--verbose", "--format", format})
	}
	for _, format := range []string{"text", "json"} {
		for _, c := range []string{
			"can aws_iam_role.bearer", "can aws_iam_user.named", "can aws_iam_user.nobody", "who-can iam:CreateRole", "who-can iam:PutUserPolicy",
			"simulate --as aws_iam_role.bearer --action iam:CreateRole", "simulate --as aws_iam_role.bearer --action iam:PutRolePolicy --search",
		} {
			commands = append(commands, append(strings.Fields(c), "--verbose", "--format", format))
		}
	}
	for _, args := range commands {
		got := boundlint(t, "", nil, args...)
		if got.stdout == "" && !strings.Contains(got.stderr, "has no role or user") {
			t.Errorf("%v: nothing is shown: %s", args, got.stderr)
		}
		for line := range strings.Lines(got.stdout + got.stderr) {
			if strings.Contains(strings.ToLower(line), "hush") {
				t.Errorf("%v: %s", args, line)
			}
		}
	}
}
