package iam_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
)

// TestOrganizationLevels: a level for the root, each unit and the account; none
// for the management account and where the type is off (AWS Organizations User
// Guide, SCP evaluation).
func TestOrganizationLevels(t *testing.T) {
	scp := func(name string) *iam.OrganizationPolicy {
		return &iam.OrganizationPolicy{Declared: iam.Declared{Address: name}, Type: iam.ServiceControlPolicy}
	}
	rcp := &iam.OrganizationPolicy{Type: iam.ResourceControlPolicy}
	root := &iam.Unit{ID: "r-ab12", Policies: []*iam.OrganizationPolicy{scp("root"), rcp}}
	unit := &iam.Unit{ID: "ou-ab12-11111111", Parent: root}
	o := &iam.Organization{
		ID: "o-a1b2c3d4e5", Management: "111111111111", Root: root, ServiceControl: true,
		Accounts: map[string]*iam.MemberAccount{
			"111111111111": {Unit: root}, "222222222222": {Unit: unit, Policies: []*iam.OrganizationPolicy{scp("own")}}, "333333333333": {},
		},
	}
	levels, known := o.Levels("222222222222", iam.ServiceControlPolicy)
	if !known || len(levels) != 3 || levels[0][0].Address != "root" || len(levels[1]) != 0 || levels[2][0].Address != "own" {
		t.Errorf("levels are %v, %v", levels, known)
	}
	for _, c := range []struct {
		account, kind string
		known         bool
	}{
		{"111111111111", iam.ServiceControlPolicy, true},
		{"222222222222", iam.ResourceControlPolicy, true},
		{"999999999999", iam.ServiceControlPolicy, true},
		{"333333333333", iam.ServiceControlPolicy, false},
	} {
		if levels, known := o.Levels(c.account, c.kind); len(levels) != 0 || known != c.known {
			t.Errorf("%s %s: %v, %v", c.account, c.kind, levels, known)
		}
	}
	if path, known := o.Path("222222222222"); path != "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/" || !known {
		t.Errorf("the path is %q, %v", path, known)
	}
	if _, known := o.Path("333333333333"); known {
		t.Error("the path of an account in no known unit is known")
	}
}
