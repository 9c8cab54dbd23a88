package holders

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// organizationPolicy is one with these statements.
func organizationPolicy(t *testing.T, kind, statements string) *iam.OrganizationPolicy {
	t.Helper()
	o := &iam.OrganizationPolicy{Declared: iam.Declared{Address: "policy/" + kind}, Type: kind}
	if statements != "" {
		o.Document = document(t, statements)
	}
	return o
}

// unreadable is a policy of which the content is no JSON.
func unreadable(o *iam.OrganizationPolicy) *iam.OrganizationPolicy {
	o.Document.Document, o.Document.Diagnostics = policy.Parse(`{oops`, nil, policy.ParseOptions{Kind: o.Kind()})
	return o
}

// TestOrganizationTree: policies bind by their place in the tree. Each level has
// to allow, a level without a policy allows nothing, nothing binds the management
// account, and a type that is switched off binds nobody (AWS Organizations User
// Guide, SCP evaluation). Resource control policies bind the resources of the
// accounts below, whoever asks (RCP evaluation).
func TestOrganizationTree(t *testing.T) {
	const (
		account, sibling, stranger = "111122223333", "444455556666", "999988887777"
		all                        = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		s3                         = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		logs                       = `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`
		denies                     = `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		noAssume                   = `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}`
	)
	scp, rcp := iam.ServiceControlPolicy, iam.ResourceControlPolicy
	type tree struct{ root, unit, account, sibling, policies []*iam.OrganizationPolicy }
	of := func(kind string, statements ...string) []*iam.OrganizationPolicy {
		var out []*iam.OrganizationPolicy
		for _, s := range statements {
			out = append(out, organizationPolicy(t, kind, s))
		}
		return out
	}
	get := &authz.Query{Actions: []string{"s3:GetObject"}}
	assume := func(account string) *authz.Query {
		return &authz.Query{Actions: []string{"sts:AssumeRole"}, Resources: []policy.Text{policy.Literal("arn:aws:iam::" + account + ":role/x")}}
	}
	for name, c := range map[string]struct {
		tree     tree
		edit     func(*iam.Organization)
		identity string
		query    *authz.Query
		want     authz.Verdict
	}{
		"every level allows":        {tree: tree{of(scp, all), of(scp, all), of(scp, s3), nil, nil}, want: authz.Allowed},
		"a level has several":       {tree: tree{of(scp, all), of(scp, logs, s3), of(scp, all), nil, nil}, want: authz.Allowed},
		"the unit allows something": {tree: tree{of(scp, all), of(scp, logs), of(scp, all), nil, nil}, want: authz.Denied},
		"the root denies":           {tree: tree{of(scp, all, denies), of(scp, all), of(scp, all), nil, nil}, want: authz.Denied},
		"a level has none":          {tree: tree{of(scp, all), nil, of(scp, all), nil, nil}, want: authz.Denied},
		"another account denies":    {tree: tree{of(scp, all), of(scp, all), of(scp, all), of(scp, denies), nil}, want: authz.Allowed},
		"attached to nothing":       {tree: tree{of(scp, all), of(scp, all), of(scp, all), nil, of(scp, denies)}, want: authz.Allowed},
		"a document is missing":     {tree: tree{of(scp, all, ""), of(scp, all), of(scp, all), nil, nil}, want: authz.Undetermined},
		"a document is no policy": {
			tree: tree{append(of(scp, all), unreadable(of(scp, all)[0])), of(scp, all), of(scp, all), nil, nil}, want: authz.Undetermined,
		},
		"an RCP is no policy": {tree: tree{root: []*iam.OrganizationPolicy{unreadable(of(rcp, all)[0])}}, query: assume(sibling), want: authz.Undetermined},
		"switched off": {
			tree: tree{of(scp, denies), nil, nil, nil, nil}, edit: func(o *iam.Organization) { o.ServiceControl = false }, want: authz.Allowed,
		},
		"the management account": {
			tree: tree{of(scp, denies), nil, nil, nil, nil}, edit: func(o *iam.Organization) { o.Management = account }, want: authz.Allowed,
		},
		"another organization": {
			tree: tree{of(scp, denies), nil, nil, nil, nil}, edit: func(o *iam.Organization) { delete(o.Accounts, account) }, want: authz.Allowed,
		},
		"in no known unit": {
			tree: tree{of(scp, all), nil, nil, nil, nil}, edit: func(o *iam.Organization) { o.Accounts[account].Unit = nil }, want: authz.Undetermined,
		},

		"resources of the account":   {tree: tree{account: of(rcp, noAssume)}, query: assume(account), want: authz.Denied},
		"resources of a sibling":     {tree: tree{sibling: of(rcp, noAssume)}, query: assume(sibling), want: authz.Denied},
		"resources of the root":      {tree: tree{root: of(rcp, noAssume)}, query: assume(sibling), want: authz.Denied},
		"not those of a sibling":     {tree: tree{account: of(rcp, noAssume)}, query: assume(sibling), want: authz.Allowed},
		"not those of a stranger":    {tree: tree{root: of(rcp, noAssume)}, query: assume(stranger), want: authz.Allowed},
		"not those of the unit":      {tree: tree{unit: of(rcp, noAssume)}, query: assume(sibling), want: authz.Allowed},
		"an RCP without a document":  {tree: tree{root: of(rcp, "")}, query: assume(sibling), want: authz.Undetermined},
		"resources of management":    {tree: tree{root: of(rcp, noAssume)}, edit: func(o *iam.Organization) { o.Management = sibling }, query: assume(sibling), want: authz.Allowed},
		"resources of no known unit": {tree: tree{root: of(rcp, noAssume)}, edit: func(o *iam.Organization) { o.Accounts[sibling].Unit = nil }, query: assume(sibling), want: authz.Undetermined},
		"RCPs are off":               {tree: tree{root: of(rcp, noAssume)}, edit: func(o *iam.Organization) { o.ResourceControl = false }, query: assume(sibling), want: authz.Allowed},

		"of the organization":       {identity: asks("aws:PrincipalOrgID", "o-a1"), want: authz.Allowed},
		"of another organization":   {identity: asks("aws:PrincipalOrgID", "o-b2"), want: authz.Denied},
		"in the unit":               {identity: asks("aws:PrincipalOrgPaths", "o-a1/r-1/ou-1/*"), want: authz.Allowed},
		"in another unit":           {identity: asks("aws:PrincipalOrgPaths", "o-a1/r-1/ou-2/*"), want: authz.Denied},
		"of that management":        {identity: asks("aws:PrincipalOrgMasterAccountId", "000011112222"), want: authz.Allowed},
		"of another management":     {identity: asks("aws:PrincipalOrgMasterAccountId", stranger), want: authz.Denied},
		"own resources":             {identity: asks("aws:ResourceOrgID", "o-a1"), query: assume(sibling), want: authz.Allowed},
		"resources of another one":  {identity: asks("aws:ResourceOrgID", "o-b2"), query: assume(sibling), want: authz.Denied},
		"resources of who knows":    {identity: asks("aws:ResourceOrgID", "o-b2"), query: assume(stranger), want: authz.Undetermined},
		"resources in a unit":       {identity: asks("aws:ResourceOrgPaths", "o-a1/r-1/"), query: assume(sibling), want: authz.Allowed},
		"resources in another unit": {identity: asks("aws:ResourceOrgPaths", "o-a1/r-1/ou-*"), query: assume(sibling), want: authz.Denied},
		"an account's resources":    {identity: asks("aws:ResourceAccount", sibling), query: assume(sibling), want: authz.Allowed},
		"not of another account":    {identity: asks("aws:ResourceAccount", stranger), query: assume(sibling), want: authz.Denied},
		"who is in no known unit": {
			identity: asks("aws:PrincipalOrgPaths", "o-a1/*"), edit: func(o *iam.Organization) { o.Accounts[account].Unit = nil; o.ServiceControl = false },
			want: authz.Undetermined,
		},
		"who is in no known organization": {
			identity: asks("aws:PrincipalOrgID", "o-b2"), edit: func(o *iam.Organization) { delete(o.Accounts, account) }, want: authz.Undetermined,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.tree.root == nil || c.tree.root[0].Type == rcp {
				full := of(scp, all)
				c.tree.root, c.tree.unit, c.tree.account = append(c.tree.root, full...), append(c.tree.unit, full...), append(c.tree.account, full...)
			}
			root := &iam.Unit{ID: "r-1", Policies: c.tree.root}
			unit := &iam.Unit{ID: "ou-1", Parent: root, Policies: c.tree.unit}
			o := &iam.Organization{
				ID: "o-a1", Management: "000011112222", Root: root, ServiceControl: true, ResourceControl: true,
				Accounts: map[string]*iam.MemberAccount{
					account: {Unit: unit, Policies: c.tree.account}, sibling: {Unit: root, Policies: c.tree.sibling},
				},
			}
			if c.edit != nil {
				c.edit(o)
			}
			identity, query := c.identity, c.query
			if identity == "" {
				identity = all
			}
			if query == nil {
				query = get
			}
			for _, unattached := range c.tree.policies {
				unattached.Unattached = true
			}
			a := accountOf(t, &iam.Model{
				Organization: o, OrganizationPolicies: c.tree.policies,
				Entities: []*iam.Entity{{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.app"}, Name: setTo("app")}},
				Inline: []*iam.InlinePolicy{{
					Declared: iam.Declared{Address: "p"}, HolderKind: iam.HolderRole, Holder: setTo("app"),
					Name: setTo("p"), Document: document(t, identity),
				}},
			})
			h := a.Holders[0]
			got := authz.Search(h.Principal, a.Universe(h.Deployment), query)
			if len(query.Resources) > 0 {
				got = authz.Assume(h.Principal, a.Universe(h.Deployment), query.Resources[0], trustsAll)
			}
			if got.Verdict != c.want {
				t.Fatalf("got %v %v %v, want %v", got.Verdict, got.Witness, got.Reasons, c.want)
			}
			if got.Witness == nil {
				return
			}
			request := &authz.Request{Principal: h.Principal, Action: got.Witness.Action, Resource: got.Witness.Resource, ResourcePolicy: trustsAll}
			for _, v := range got.Witness.Context {
				request.Context.SetTexts(v.Key, v.Values...)
			}
			if d := authz.Decide(request); d.Verdict != authz.Allowed {
				t.Errorf("the request %v is %v by the %v", got.Witness, d.Verdict, d.Layer)
			}
		})
	}
}

// asks allows everything where a key has a value like the one given.
func asks(key, value string) string {
	return `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"` + key + `":"` + value + `"}}}`
}

// trustsAll is a resource-based policy that lets everyone in.
var trustsAll = func() *authz.Policy {
	d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`, nil, policy.ParseOptions{})
	return authz.Compile(d)
}()

// TestOrganizationOfServices: a role that a service owns is bound by nothing, and
// is in the organization all the same.
func TestOrganizationOfServices(t *testing.T) {
	root := &iam.Unit{ID: "r-1", Policies: []*iam.OrganizationPolicy{organizationPolicy(t, iam.ServiceControlPolicy, `{"Effect":"Deny","Action":"*","Resource":"*"}`)}}
	m := &iam.Model{Symbols: &policy.Symbols{}, Organization: &iam.Organization{
		ID: "o-a1", Root: root, ServiceControl: true, ResourceControl: true, Accounts: map[string]*iam.MemberAccount{"111122223333": {Unit: root}},
	}}
	m.Link(iam.Hints{Account: "111122223333"})
	a, err := Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	h := &Holder{
		Entity: &iam.Entity{Kind: iam.Role, Path: setTo("/aws-service-role/ecs.amazonaws.com/")}, Principal: &authz.Principal{Account: policy.Literal("111122223333")},
		Deployment: iam.Deployment{Account: policy.Literal("111122223333")},
	}
	a.ApplyOrganization(h)
	if o := h.Principal.Organization; h.Principal.SCPs != nil || h.Principal.RCPs != nil || o == nil || o.Members["111122223333"].ID != "o-a1" {
		t.Error(h.Principal)
	}
}
