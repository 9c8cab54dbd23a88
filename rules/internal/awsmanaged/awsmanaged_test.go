package awsmanaged

import (
	"strings"
	"testing"
)

// TestIsPolicyResource has what IAM's API model takes for paths and names of policies, and what it does not.
func TestIsPolicyResource(t *testing.T) {
	for text, want := range map[string]bool{
		"policy/a":                                  true,
		"policy/ReadOnlyAccess":                     true,
		"policy/job-function/Billing":               true,
		"policy/a/b/c+=,.@-_9":                      true,
		"policy/" + strings.Repeat("x", 128):        true,
		"policy/p/" + strings.Repeat("x", 128):      true,
		"policy/" + strings.Repeat("p", 200) + "/x": true,
		"policy/" + strings.Repeat("x", 129):        false,
		"policy/p/" + strings.Repeat("x", 129):      false,
		"":                                          false,
		"policy":                                    false,
		"policy/":                                   false,
		"policy//a":                                 false,
		"policy/a/":                                 false,
		"Policy/a":                                  false,
		"role/a":                                    false,
		"policy/a b":                                false,
		"policy/a*":                                 false,
		"policy/é":                                  false,
		"policy/a\n":                                false,
	} {
		if got := IsPolicyResource(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
