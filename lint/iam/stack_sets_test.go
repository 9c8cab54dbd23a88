package iam_test

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestDeploysStackSets: the management account and the delegated administrators deploy
// stack sets to all members but the management account (CloudFormation User Guide, Create
// CloudFormation StackSets with service-managed permissions). Where nothing tells which
// account that is, no target is certain.
func TestDeploysStackSets(t *testing.T) {
	o := &iam.Organization{Management: "1", Accounts: map[string]*iam.MemberAccount{"3": {ID: "3"}, "1": {ID: "1"}, "2": {ID: "2"}}}
	tests := []struct {
		account      string
		may, trusted bool
	}{{"1", true, false}, {"2", false, false}, {"", false, false}}
	check := func() {
		t.Helper()
		for _, tt := range tests {
			if may, trusted := o.DeploysStackSets(tt.account); may != tt.may || trusted != tt.trusted {
				t.Errorf("%q: %t, %t", tt.account, may, trusted)
			}
		}
	}
	check()
	o.Delegated = []iam.DelegatedAdministrator{{Account: "2", Service: iam.IdentityCenter}}
	check()
	o.Trusted, tests[0].may = []string{}, false
	check()
	o.Trusted, tests[0].may = nil, true
	o.Delegated = append(o.Delegated, iam.DelegatedAdministrator{Account: "2", Service: iam.StackSets})
	for i := range tests {
		tests[i].trusted = true
	}
	tests[1].may = true
	check()
	if got := o.StackSetTargets(); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("targets %v", got)
	}
	o.Management = ""
	tests[0].may = false
	check()
	if got := o.StackSetTargets(); got != nil {
		t.Errorf("targets %v", got)
	}
}
