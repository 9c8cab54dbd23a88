package iam

import "testing"

func TestModuleOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"aws_iam_role.r":                               "",
		"aws_iam_role.r[\"module.x\"]":                 "",
		"module.a.aws_iam_role.r":                      "module.a",
		"module.a[0].module.b.data.aws_x.r":            "module.a[0].module.b",
		"module.a[\"x.y\"].aws_iam_role.r[\"k\"]":      "module.a[\"x.y\"]",
		"module.a[\"]\\\"\"].aws_iam_role.r":           "module.a[\"]\\\"\"]",
		"module.module.aws_iam_role.module":            "module.module",
		"arn:aws:iam::111122223333:role/x":             "",
		"module.a.module.a[\"module\"].aws_iam_role.r": "module.a.module.a[\"module\"]",
	} {
		if got := ModuleOf(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
