package holders

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestTree: service control policies bind by their place in the tree of units: each
// level has to allow, the policies of one level together, and a level with none
// allows nothing. They bind no principal of the management account and no
// service-linked role, and none where the type is off (AWS Organizations User Guide,
// SCP evaluation).
func TestTree(t *testing.T) {
	const own = "111122223333"
	scp := func(statements string) *iam.OrganizationPolicy {
		return &iam.OrganizationPolicy{Declared: iam.Declared{Address: "p-" + statements[:20]}, Type: iam.ServiceControlPolicy, Document: document(t, statements)}
	}
	rcp := func(statements string) *iam.OrganizationPolicy {
		p := scp(statements)
		p.Type = iam.ResourceControlPolicy
		return p
	}
	full := scp(`{"Effect":"Allow","Action":"*","Resource":"*"}`)
	s3, logs := scp(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), scp(`{"Effect":"Allow","Action":"logs:*","Resource":"*"}`)
	denies := scp(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`)
	unseen := &iam.OrganizationPolicy{Declared: iam.Declared{Address: "p-unseen"}, Type: iam.ServiceControlPolicy}
	type list = []*iam.OrganizationPolicy
	for name, c := range map[string]struct {
		root, unit, account       list
		off, management, unplaced bool
		path                      string
		want                      authz.Verdict
	}{
		"full access at each level":           {root: list{full}, unit: list{full}, account: list{full}, want: authz.Allowed},
		"a deny at the root":                  {root: list{full, denies}, unit: list{full}, account: list{full}, want: authz.Denied},
		"a deny at the unit":                  {root: list{full}, unit: list{full, denies}, account: list{full}, want: authz.Denied},
		"a deny at the account":               {root: list{full}, unit: list{full}, account: list{full, denies}, want: authz.Denied},
		"one of a level allows":               {root: list{full}, unit: list{logs, s3}, account: list{full}, want: authz.Allowed},
		"a level allows something else":       {root: list{full}, unit: list{logs}, account: list{full}, want: authz.Denied},
		"what one level allows alone":         {root: list{logs}, unit: list{s3}, account: list{full}, want: authz.Denied},
		"a level with none":                   {root: list{full}, account: list{full}, want: authz.Denied},
		"the type is off":                     {root: list{denies}, off: true, want: authz.Allowed},
		"the management account":              {root: list{denies}, management: true, want: authz.Allowed},
		"the place is not known":              {root: list{full}, unplaced: true, want: authz.Undetermined},
		"a document that is not known":        {root: list{full}, unit: list{full, unseen}, account: list{full}, want: authz.Undetermined},
		"a service-linked role":               {root: list{denies}, path: "/aws-service-role/x.amazonaws.com/", want: authz.Allowed},
		"a resource control policy that does": {root: list{full, rcp(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`)}, unit: list{full}, account: list{full}, want: authz.Denied},
		"a resource control policy elsewhere": {root: list{full, rcp(`{"Effect":"Deny","Action":"sqs:*","Resource":"*"}`)}, unit: list{full}, account: list{full}, want: authz.Allowed},
	} {
		t.Run(name, func(t *testing.T) {
			root := &iam.Unit{ID: "r-ab12", Policies: c.root}
			unit := &iam.Unit{ID: "ou-ab12-11111111", Parent: root, Policies: c.unit}
			member := &iam.MemberAccount{ID: own, Unit: unit, Policies: c.account}
			o := &iam.Organization{
				ID: "o-a1b2c3d4e5", Management: "000011112222", Root: root, Accounts: map[string]*iam.MemberAccount{own: member},
				ServiceControl: !c.off, ResourceControl: true,
			}
			if c.management {
				o.Management = own
			}
			if c.unplaced {
				member.Unit = nil
			}
			role := &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.app"}, Name: setTo("app")}
			if c.path != "" {
				role.Path = setTo(c.path)
			}
			m := &iam.Model{
				Organization: o, Entities: []*iam.Entity{role},
				Inline: []*iam.InlinePolicy{{
					Declared: iam.Declared{Address: "aws_iam_role_policy.p"}, HolderKind: iam.HolderRole, Holder: setTo("app"), Name: setTo("p"),
					Document: document(t, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`),
				}},
			}
			m.Symbols = &policy.Symbols{}
			m.Link(iam.Hints{Account: own})
			a, err := Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
			if err != nil {
				t.Fatal(err)
			}
			h := a.HolderOf(role)
			if got := authz.Search(h.Principal, a.Universe(h.Deployment), &authz.Query{Actions: []string{"s3:GetObject"}}); got.Verdict != c.want {
				t.Errorf("got %v %v, want %v", got.Verdict, got.Reasons, c.want)
			}
		})
	}
}

// TestOrganizationOf: an account is in the organization that has it, where a model
// is made of several.
func TestOrganizationOf(t *testing.T) {
	model := func(id, account string) *iam.Model {
		return &iam.Model{Symbols: &policy.Symbols{}, Organization: &iam.Organization{ID: id, Accounts: map[string]*iam.MemberAccount{account: {ID: account}}}}
	}
	a, b := model("o-aaaaaaaaaa", "111122223333"), model("o-bbbbbbbbbb", "444455556666")
	m := iam.Merge(iam.Hints{}, a, b, &iam.Model{Symbols: &policy.Symbols{}, Organization: a.Organization})
	for account, want := range map[string]string{"111122223333": "o-aaaaaaaaaa", "444455556666": "o-bbbbbbbbbb"} {
		if got := m.OrganizationOf(account); got == nil || got.ID != want {
			t.Errorf("%s is in %v, want %s", account, got, want)
		}
	}
}
