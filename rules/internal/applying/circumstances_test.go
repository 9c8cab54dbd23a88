package applying

import (
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
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

// TestVariablesOfTheSession: a policy variable for a circumstance is met, where the
// request has what is compared with it.
func TestVariablesOfTheSession(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/"
	for _, c := range []struct {
		name, statements string
		tagged           bool
		want             authz.Verdict
	}{
		{"allowed with the tag", `{"Effect": "Allow", "Action": "*", "Resource": "*",
			"Condition": {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}`, true, authz.Allowed},
		{"no tag at all", `{"Effect": "Allow", "Action": "*", "Resource": "*",
			"Condition": {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}`, false, authz.Denied},
		{"IfExists, no tag", `{"Effect": "Allow", "Action": "*", "Resource": "*",
			"Condition": {"StringEqualsIfExists": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}`, false, authz.Allowed},
		{"another condition stays", `{"Effect": "Allow", "Action": "*", "Resource": "*",
			"Condition": {"StringEquals": {"aws:RequestTag/team": ["${aws:PrincipalTag/team}"], "aws:RequestTag/stage": "x"}}}`, true, authz.Denied},
		{"denied with another tag", `{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*",
			"Condition": {"StringNotEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}`, true, authz.Allowed},
		{"denied without a tag", `{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*",
			"Condition": {"StringNotEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}`, false, authz.Denied},
		{"a name that begins with it", `{"Effect": "Allow", "Action": "*", "Resource": "` + role + `${aws:PrincipalTag/team}-*"}`, false, authz.Allowed},
		{"a name that ends otherwise", `{"Effect": "Allow", "Action": "*", "Resource": "` + role + `${aws:SourceIdentity}-batch"}`, false, authz.Denied},
		{"beside a variable that is known", `{"Effect": "Allow", "Action": "*",
			"Resource": "` + role + `${aws:SourceIdentity, 'x'}-${aws:PrincipalType}${*}"}`, false, authz.Denied},
		{"all but its own", `{"Effect": "Allow", "Action": "*", "NotResource": "` + role + `${aws:SourceIdentity}-*"}`, false, authz.Allowed},
		{"its own denied", `{"Effect": "Allow", "Action": "*", "Resource": "*"},
			{"Effect": "Deny", "Action": "*", "Resource": "` + role + `${aws:SourceIdentity}-*"}`, false, authz.Allowed},
		{"its own or another denied", `{"Effect": "Allow", "Action": "*", "Resource": "*"},
			{"Effect": "Deny", "Action": "*", "Resource": ["` + role + `${aws:SourceIdentity}-*", "` + role + `app-*"]}`, false, authz.Denied},
		{"all but its own denied", `{"Effect": "Allow", "Action": "*", "Resource": "*"},
			{"Effect": "Deny", "Action": "*", "NotResource": "` + role + `${aws:SourceIdentity}-*"}`, false, authz.Allowed},
	} {
		d, _ := policy.Parse(`{"Version": "2012-10-17", "Statement": [`+c.statements+`]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		r := authz.Request{
			Principal: &authz.Principal{
				Kind: authz.KindRole, ARN: policy.Literal(role + "ci"), Identity: []*authz.Policy{authz.Compile(withoutCircumstances(d, false))},
			},
			Action: "iam:CreateRole", Resource: policy.Literal(role + "app-r"),
		}
		if c.tagged {
			r.Context.Set("aws:RequestTag/team", "x")
		}
		if got := authz.Decide(&r).Verdict; got != c.want {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
}
