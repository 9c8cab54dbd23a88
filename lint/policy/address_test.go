package policy_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"aws_iam_role.r": "aws_iam_role",
		`module.m["x.y"].module.n[0].aws_iam_role.r["a]"]`: "aws_iam_role",
		"data.aws_iam_policy_document.d":                   "data.aws_iam_policy_document",
		"module.m.data.aws_region.r":                       "data.aws_region",
		"module.m":                                         "",
		"data.x":                                           "",
		"":                                                 "",
	} {
		if got := policy.TypeOf(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	for address, want := range map[string]string{
		`module.m["x.y[\"]"].aws_iam_role.r[0].arn`: "module.m.aws_iam_role.r.arn",
		"a.b":   "a.b",
		`a["x`:  "a",
		`a.b[0`: "a.b",
	} {
		if got := policy.WithoutKeys(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}
