package authz_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestAllowsMore: an older version of a policy is wider where it allows some
// request that the one in force does not.
func TestAllowsMore(t *testing.T) {
	t.Parallel()
	const (
		all     = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		read    = `{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`
		one     = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`
		mfa     = `{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
		notIAM  = `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`
		sts     = `{"Effect":"Allow","Action":"sts:*","Resource":"*"}`
		stsToo  = `{"Effect":"Allow","Action":["sts:A*","sts:*"],"Resource":["*","arn:aws:iam::*:role/x"]}`
		noRead  = `{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}`
		noOther = `{"Effect":"Deny","Action":"sqs:*","Resource":"*"}`
	)
	for name, tt := range map[string]struct {
		older, than string
		want        authz.Verdict
	}{
		"equal":                 {read, read, authz.Denied},
		"all equal":             {all, all, authz.Denied},
		"narrower action":       {one, read, authz.Denied},
		"wider action":          {read, one, authz.Allowed},
		"narrower by condition": {mfa, read, authz.Denied},
		"wider by condition":    {read, mfa, authz.Allowed},
		"all but IAM":           {notIAM, all, authz.Denied},
		"all to all but IAM":    {all, notIAM, authz.Undetermined},
		"all of STS":            {sts, sts, authz.Denied},
		"all of STS, reordered": {sts, stsToo, authz.Denied},
		"without the deny":      {read, read + "," + noRead, authz.Allowed},
		"deny of something else": {
			read, read + "," + noOther, authz.Denied,
		},
		"deny in both": {read + "," + noRead, read + "," + noRead, authz.Denied},
		"nothing":      {noRead, one, authz.Denied},
	} {
		compiled := func(statements string) *authz.Policy {
			var syms policy.Symbols
			d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
			return authz.Compile(d)
		}
		u := &authz.Universe{Account: policy.Literal("111122223333"), Partition: policy.Literal("aws")}
		if got := authz.AllowsMore(compiled(tt.older), compiled(tt.than), u); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if got := authz.AllowsMore(authz.Hidden(nil), authz.Hidden(nil), &authz.Universe{}); got != authz.Undetermined {
		t.Errorf("hidden: %v", got)
	}
}
