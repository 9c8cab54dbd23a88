package holders

import (
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestAllowance: a sentence about an administrator says what is left out of
// everything, and nothing that another policy allows after all.
func TestAllowance(t *testing.T) {
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allow := func(elements string) string { return `{"Effect":"Allow",` + elements + `}` }
	for _, c := range []struct {
		policies []string
		want     string
	}{
		{[]string{all}, "everything"},
		{[]string{allow(`"Action":"*:*","Resource":"*"`)}, "everything"},
		{[]string{allow(`"Action":["iam:*","s3:*","ec2:*"],"Resource":"*"`)}, "whole services by the dozen, IAM among them"},
		{[]string{allow(`"Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)}, "everything under a condition"},
		{[]string{allow(`"Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), all}, "everything"},
		{[]string{allow(`"Action":"*","NotResource":"arn:aws:s3:::logs"`)}, "all but some resources"},
		{[]string{allow(`"Action":"*","NotResource":"arn:aws:s3:::logs"`) + "," + all}, "everything"},
		{[]string{allow(`"NotAction":"organizations:*","Resource":"*"`)}, "all but organizations:*"},
		{[]string{allow(`"NotAction":["iam:*","account:*"],"Resource":"*"`), allow(`"Action":"iam:*","Resource":"*"`)}, "all but account:*"},
		{[]string{allow(`"NotAction":"iam:*","Resource":"*"`), allow(`"Action":"iam:*","Resource":"*"`)}, "everything"},
		{[]string{allow(`"NotAction":"iam:*User","Resource":"*"`), allow(`"Action":"iam:*User","Resource":"*"`)}, "everything"},
		{[]string{allow(`"NotAction":"iam:*User","Resource":"*"`), allow(`"Action":"iam:CreateUser","Resource":"*"`)}, "all but iam:*User"},
		{[]string{allow(`"NotAction":["a:*","b:*"],"Resource":"*"`)}, "all but a:* and b:*"},
		{[]string{allow(`"NotAction":["a:*","b:*","c:*"],"Resource":"*"`)}, "all but a:*, b:* and c:*"},
		{[]string{allow(`"NotAction":["a:*","b:*","c:*","d:*"],"Resource":"*"`)}, "all but a:*, b:*, c:* and more"},
		{[]string{allow(`"NotAction":["a:*","a:*"],"Resource":"*"`)}, "all but a:*"},
		{[]string{all + `,{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`}, "all but s3:DeleteBucket"},
		{[]string{all + `,{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::logs"}`}, "all but what is denied"},
		{[]string{all + `,{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`}, "all but what is denied"},
		{[]string{all + `,{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}, "all but what is denied"},
	} {
		var compiled []*authz.Policy
		for _, statements := range c.policies {
			doc, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			compiled = append(compiled, authz.Compile(doc))
		}
		if got := Allowance(compiled...); got != c.want {
			t.Errorf("%q: got %q, want %q", c.policies, got, c.want)
		}
	}
}
