package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func globLang(glob string) *lang {
	p := newPattern(policy.Literal(glob), globSyntax, false)
	return p.langOf([][]piece{p.pieces}, lower, false, &env{})[0]
}

// TestWithin compares languages of globs.
func TestWithin(t *testing.T) {
	tests := []struct {
		inner, outer string
		want         bool
	}{
		{"role/*ab*cd*", "role/*ab*cd*", true},
		{"role/*ab*cd*", "role/*a*d*", true},
		{"role/*ab*cd*", "*", true},
		{"role/*ab*cd*", "role/*cd*ab*", false},
		{"role/*ab*cd*", "role/*ab*cd", false},
		{"role/app-1", "role/app-?", true},
		{"role/app-?", "role/app-?", true},
		{"role/app-?", "role/app-*", true},
		{"role/app-*", "role/app-?", false},
		{"role/app-*", "role/app-?*", false},
		{"role/app-?*", "role/app-*?", false}, // it is, and need not be seen
		{"role/*", "role/app-*", false},
		{"role/*a", "role/*?a", false},
		{"role/*x*a", "role/*a", true},
		{"", "*", true},
		{"*", "", false},
	}
	for _, test := range tests {
		if got := globLang(test.inner).within(globLang(test.outer), false); got != test.want {
			t.Errorf("%q within %q: %v", test.inner, test.outer, got)
		}
	}
	if !globLang("x:role/*").within(globLang("role/*"), true) {
		t.Error("no word without colons is in x:role/*")
	}
}

// TestCoveredAllows asks where each Allow has a Deny of the same: it is no matter
// of how many states the patterns have.
func TestCoveredAllows(t *testing.T) {
	var statements []any
	for i := range 60 {
		glob := "arn:aws:iam::*:role/*" + string(rune('a'+i%26)) + string(rune('a'+i*7%26)) + "*" + string(rune('a'+i*3%26)) + "*"
		for _, effect := range []string{"Allow", "Deny"} {
			statements = append(statements, jsonObject{"Effect": effect, "Action": "iam:*", "Resource": glob})
		}
	}
	holder := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
	holder.Identity = []*Policy{compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": statements})}
	for _, action := range []string{"iam:CreateRole", "iam:DeleteRolePermissionsBoundary"} {
		if answer := Search(holder, delegationUniverse(), &Query{Actions: []string{action}}); answer.Verdict != Denied {
			t.Errorf("%s: %v", action, answer)
		}
	}
}
