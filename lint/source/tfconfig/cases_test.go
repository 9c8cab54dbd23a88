package tfconfig

import (
	"regexp"
	"strings"
	"testing"
)

// expected are what the dump of each case must match. A pattern that begins
// with an exclamation mark must not match: Go has no negative look-ahead.
var expected = []struct {
	name     string
	patterns []string
}{
	{"01-override-sid", []string{
		`"Statement":\[{"Action":"\*","Effect":"Deny","Resource":"\*","Sid":"A"}\]`,
	}},
	{"02-override-file", []string{
		`path += "/y/"   # b_override.tf`,
		`inline_policy\[\] "\[\]"`,
	}},
	{"03-tfvars-order", []string{
		`name += "t-z"`,
	}},
	{"04-optional-defaults", []string{
		`r\["x"\][\s\S]*?path += "/p/"[\s\S]*?"none"`,
		`r\["y"\][\s\S]*?path += "/q/"`,
	}},
	{"05-nullable-false", []string{
		`name += "dflt"`,
	}},
	{"06-unknown-foreach", []string{
		`may not exist[\s\S]*name += "p-‹var.names\[\*\]›"`,
		`a\[.*may not exist`,
	}},
	{"07-count-one-splat", []string{
		`permissions_boundary += "‹aws_iam_policy.b\[0\].arn›"`,
		`path += "‹b\|›"`,
		`description += "‹aws_iam_policy.b\[0\].arn›"`,
	}},
	{"08-count-zero-try", []string{
		`name += "fallback"`,
		`path += null`,
	}},
	{"09-placeholder-eq", []string{
		`name += "‹prod\|dev›"`,
		`path += "/a/"`,
	}},
	{"10-index-by-unknown", []string{
		// Better than a reference to itself: one of the two values that it can be.
		`name += "‹D\|P›"`,
		`path += `,
		`!path += "/x/"`,
		`description += `,
		`!description += "none"`,
	}},
	{"11-partial-list", []string{
		`"Action":\["iam:PassRole","‹var.extra\[\*\]›"\]`,
	}},
	{"12-dynamic-nested", []string{
		`"Action":\["sqs:\*","ec2:\*"\],"Condition":{"StringEquals":{"aws:k":\["B-0-ec2","B-1-sqs"\]}}`,
	}},
	{"13-escape", []string{
		`"Resource":\["arn:aws:s3:::\${aws:username}/\*","arn:aws:s3:::\${aws:userid}"\]`,
	}},
	{"14-numeric-cond-dropped", []string{
		`the provider drops the numeric values of the condition key s3:max-keys`,
		`"Action":"s3:\*","Effect":"Allow","Resource":"\*","Sid":"x"}`,
	}},
	{"15-jsondecode-data", []string{
		`name += "Z"`,
	}},
	{"16-module-foreach-sibling", []string{
		`module.b.aws_iam_role_policy_attachment.t\["y"\][\s\S]*-> module.a\["y"\].aws_iam_policy.p \(arn\)`,
	}},
	{"17-heredoc-lines", []string{
		`statement 0 \[heredoc\] main.tf:5,5`,
		`statement 1 \[heredoc\] main.tf:6,5`,
	}},
	{"18-local-jsonencode-lines", []string{
		`statement 0 \[jsonencode\] main.tf:3,5`,
		`statement 1 \[jsonencode\] main.tf:6,9`,
	}},
	{"19-provider-func", []string{
		`name += "x-role/a"`,
		`path += "/k/"`,
	}},
	{"20-syntax-error-partial", []string{
		`aws_iam_role.r`,
		`aws_iam_user.u`,
		`diag:`,
	}},
	{"21-tofu-enabled", []string{
		`!shadowed`,
		`!"off"`,
	}},
	{"22-sensitive", []string{
		`name += \(sensitive\)`,
		`path += "/sec/"`,
	}},
	{"23-same-test-var-conditions", []string{
		`"aws:PrincipalOrgID":\["o-1","o-2"\]`,
		// In the order of the provider's hash, which Terraform 1.11 was asked for.
		`"AWS":\["a","b"\]`,
	}},
	{"24-forty-modules", []string{
		`# 40 IAM`,
	}},
	{"25-cond-boundary", []string{
		`permissions_boundary += "‹‹aws_iam_policy.b.arn›\|null›"`,
	}},
	{"26-index-each-ref", []string{
		`p\["b"\][\s\S]*name += "y"[\s\S]*r\[..?a..?\].arn›[\s\S]*r\[..?b..?\].arn›[\s\S]*role += "y"`,
	}},
	{"27-json", []string{
		`aws_iam_role\.r\["a"\]`, `aws_iam_role\.r\["b"\]`, `name += "dev-a"`, `name += "dev-b"`,
		`"Action":"s3:\*","Condition":{"StringEquals":{"aws:x":"2"}},"Effect":"Allow","Resource":"arn:aws:s3:::dev-x","Sid":"One"`,
		`"Action":"a:\*","Effect":"Allow","Principal":{"AWS":"\*"},"Resource":"\*"`,
		`"Action":"b:\*","Effect":"Allow","Principal":{"AWS":"\*"},"Resource":"\*"`,
		`inline_policy\[\] {"Statement":\[\]}`, `!diag:`,
	}},
}

func TestCases(t *testing.T) {
	for _, c := range expected {
		t.Run(c.name, func(t *testing.T) {
			out := dump(evaluate(t, caseDir(c.name), Options{}))
			for _, pattern := range c.patterns {
				want := true
				if p, ok := strings.CutPrefix(pattern, "!"); ok {
					pattern, want = p, false
				}
				if regexp.MustCompile(pattern).MatchString(out) != want {
					t.Errorf("pattern %s: want a match: %t, in:\n%s", pattern, want, out)
				}
			}
		})
	}
}
