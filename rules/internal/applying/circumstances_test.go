package applying

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestIsCircumstance(t *testing.T) {
	for key, want := range map[string]bool{
		"aws:SourceIp": true, "aws:CurrentTime": true, "aws:MultiFactorAuthPresent": true, "aws:PrincipalOrgID": true, "sts:ExternalId": true,
		"token.actions.githubusercontent.com:sub": true, "aws:PrincipalTag/team": true, "iam:AssociatedResourceArn": true, "aws:userid": true,
		"iam:PermissionsBoundary": false, "iam:PolicyARN": false, "aws:RequestTag/team": false, "aws:TagKeys": false,
		"aws:ResourceTag/team": false, "iam:ResourceTag/team": false, "aws:RequestedRegion": false, "aws:PrincipalArn": false,
		"aws:username": false, "aws:ViaAWSService": false, "s3:prefix": false,
	} {
		if got := isCircumstance(key, false); got != want {
			t.Errorf("%s: %t", key, got)
		}
	}
	if isCircumstance("aws:PrincipalTag/team", true) {
		t.Error("the tags of the principal are known")
	}
}

// TestWithoutCircumstances: what a statement allows under circumstances it allows,
// what it denies under them it does not, and all else stays.
func TestWithoutCircumstances(t *testing.T) {
	const source = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "a", "Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {
			"Bool": {"aws:MultiFactorAuthPresent": "true"}, "StringEquals": {"iam:PermissionsBoundary": "x"}}},
		{"Sid": "b", "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
		{"Sid": "c", "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "x"}}}]}`
	d, _ := policy.Parse(source, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	got := withoutCircumstances(d, false)
	if len(got.Statements) != 2 || got.Statements[1] != d.Statements[2] {
		t.Fatalf("got %d statements", len(got.Statements))
	}
	if c := got.Statements[0].Condition; len(c) != 1 || c[0].Key.String() != "iam:PermissionsBoundary" || len(d.Statements[0].Condition) != 2 {
		t.Errorf("the conditions left are %v", c)
	}
}
