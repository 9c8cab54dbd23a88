package holders

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// document is an identity-based policy of these statements.
func document(t *testing.T, statements string) *iam.Document {
	t.Helper()
	d, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return &iam.Document{Document: d}
}

// accountOf links a model and looks at its holders.
func accountOf(t *testing.T, m *iam.Model) *Account {
	t.Helper()
	m.Symbols = &policy.Symbols{}
	m.Link(iam.Hints{Account: "111122223333"})
	a, err := Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestOrganization: service control policies bind the accounts that they are
// attached to; one that only denies stands beside AWS's FullAWSAccess; where
// something hides whether one binds the account, nothing that depends on it is
// certain; service-linked roles are under none (AWS Organizations User Guide,
// service control policies).
func TestOrganization(t *testing.T) {
	const (
		s3     = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		logs   = `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`
		denies = `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
		other  = `{"Effect":"Deny","Action":"logs:*","Resource":"*"}`
	)
	own, foreign := []iam.Value{setTo("111122223333")}, []iam.Value{setTo("444455556666")}
	doubt := &policy.Symbol{Name: "var.accounts"}
	hidden := []iam.Value{{Text: policy.SymbolText(doubt), Set: true}}
	for name, c := range map[string]struct {
		statements string
		accounts   []iam.Value
		doubt      *policy.Symbol
		kind, path string
		want       authz.Verdict
	}{
		"allows":                                 {statements: s3, want: authz.Allowed},
		"allows something else":                  {statements: logs, want: authz.Denied},
		"denies":                                 {statements: denies, want: authz.Denied},
		"denies something else":                  {statements: other, want: authz.Allowed},
		"allows, and denies":                     {statements: s3 + "," + denies, want: authz.Denied},
		"denies the account":                     {statements: denies, accounts: own, want: authz.Denied},
		"denies another account":                 {statements: denies, accounts: foreign, want: authz.Allowed},
		"denies both":                            {statements: denies, accounts: append(own, foreign...), want: authz.Denied},
		"denies no account":                      {statements: denies, accounts: []iam.Value{}, want: authz.Allowed},
		"denies a hidden account":                {statements: denies, accounts: hidden, want: authz.Undetermined},
		"denies something else, hidden":          {statements: other, accounts: hidden, want: authz.Allowed},
		"allows something else, hidden":          {statements: logs, accounts: hidden, want: authz.Undetermined},
		"denies, who is in doubt":                {statements: denies, doubt: doubt, want: authz.Undetermined},
		"denies the account, others in doubt":    {statements: denies, accounts: own, doubt: doubt, want: authz.Denied},
		"denies resources":                       {statements: denies, kind: iam.ResourceControlPolicy, want: authz.Denied},
		"denies, to a role below another path":   {statements: denies, path: "/team/", want: authz.Denied},
		"of no document that is known, no doubt": {want: authz.Allowed},
	} {
		t.Run(name, func(t *testing.T) {
			o := &iam.OrganizationPolicy{Declared: iam.Declared{Address: "aws_organizations_policy.x"}, Type: iam.ServiceControlPolicy, Accounts: c.accounts, Doubt: c.doubt}
			if c.kind != "" {
				o.Type = c.kind
			}
			if c.statements != "" {
				o.Document = document(t, c.statements)
			}
			role := &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.app"}, Name: setTo("app")}
			if c.path != "" {
				role.Path = setTo(c.path)
			}
			a := accountOf(t, &iam.Model{
				Entities: []*iam.Entity{role}, OrganizationPolicies: []*iam.OrganizationPolicy{o},
				Inline: []*iam.InlinePolicy{{Declared: iam.Declared{Address: "aws_iam_role_policy.p"}, HolderKind: iam.HolderRole, Holder: setTo("app"), Name: setTo("p"), Document: document(t, s3)}},
			})
			h := a.Holders[0]
			got := authz.Search(h.Principal, a.Universe(h.Deployment), &authz.Query{Actions: []string{"s3:GetObject"}})
			if got.Verdict != c.want {
				t.Errorf("got %v %v, want %v", got.Verdict, got.Reasons, c.want)
			}
			owned := &Holder{Entity: &iam.Entity{Kind: iam.Role, Path: setTo("/aws-service-role/ecs.amazonaws.com/")}, Principal: &authz.Principal{}}
			if a.ApplyOrganization(owned); owned.Principal.SCPs != nil || owned.Principal.RCPs != nil {
				t.Error("a role that a service owns is under the policies of the organization")
			}
		})
	}
}

// TestUse: a managed policy that is attached, or the boundary of an entity, is
// in use; that it is not is known only where the input has everything.
func TestUse(t *testing.T) {
	const own = "arn:aws:iam::111122223333:policy/"
	const s3, all = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Allow","Action":"*","Resource":"*"}`
	get := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	managed := func(name, statements string, older ...string) *iam.ManagedPolicy {
		p := &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy." + name}, Name: setTo(name), Document: document(t, statements), OlderKnown: true}
		for _, o := range older {
			p.Older = append(p.Older, document(t, o))
		}
		return p
	}
	unseen := managed("versions-unseen", s3)
	unseen.OlderKnown = false
	for _, complete := range []bool{true, false} {
		m := &iam.Model{
			Input: iam.Input{Kind: iam.InputAccount, Complete: complete},
			Entities: []*iam.Entity{
				{Kind: iam.Role, Declared: iam.Declared{Address: "role/app"}, Name: setTo("app"), Boundary: setTo(own + "boundary")},
				{Kind: iam.Role, Declared: iam.Declared{Address: "role/ops"}, Name: setTo("ops"), Boundary: setTo(own + "elsewhere")},
			},
			Policies: []*iam.ManagedPolicy{
				managed("boundary", s3), managed("free", s3), managed("held", s3), unseen,
				managed("wider", s3, get, all), managed("no-wider", s3, get, s3), managed("as-wide", all, all), managed("different", get, s3),
			},
			Attachments: []*iam.Attachment{{Declared: iam.Declared{Address: "attachment"}, HolderKind: iam.HolderRole, Holder: setTo("app"), PolicyARN: setTo(own + "held")}},
		}
		u := accountOf(t, m).Universe(m.Entities[0].Deployment)
		notUsed := authz.Undetermined
		if complete {
			notUsed = authz.Denied
		}
		for name, want := range map[string]authz.Verdict{"boundary": authz.Allowed, "held": authz.Allowed, "elsewhere": authz.Allowed, "free": notUsed, "unknown": authz.Undetermined} {
			if got := u.InUse(policy.Literal(own + name)); got != want {
				t.Errorf("complete %v: %s is in use: %v, want %v", complete, name, got, want)
			}
		}
		for name, want := range map[string]authz.Verdict{
			"free": authz.Denied, "wider": authz.Allowed, "no-wider": authz.Denied, "as-wide": authz.Denied, "different": authz.Undetermined,
			"versions-unseen": authz.Undetermined, "unknown": authz.Undetermined,
		} {
			if got := u.Wider(policy.Literal(own + name)); got != want {
				t.Errorf("an older version of %s allows more: %v, want %v", name, got, want)
			}
		}
	}
}

// TestUnattachedPolicies: a managed policy that nobody holds is judged by itself,
// unless it is a boundary: of an entity, by the configuration, or by a condition.
func TestUnattachedPolicies(t *testing.T) {
	const own = "arn:aws:iam::111122223333:policy/"
	managed := func(name, statements string) *iam.ManagedPolicy {
		return &iam.ManagedPolicy{Declared: iam.Declared{Address: name}, Name: setTo(name), Document: document(t, statements)}
	}
	const s3 = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	gone := managed("gone", s3)
	gone.Change = iam.ChangeDelete
	m := &iam.Model{
		Symbols:  &policy.Symbols{},
		Entities: []*iam.Entity{{Kind: iam.Role, Declared: iam.Declared{Address: "role/app"}, Name: setTo("app"), Boundary: setTo(own + "boundary")}},
		Policies: []*iam.ManagedPolicy{
			managed("free", s3), managed("boundary", s3), managed("held", s3), managed("approved", s3), managed("pinned", s3), gone,
			managed("pinning", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+own+`pinned"}}}`),
		},
		Attachments: []*iam.Attachment{{Declared: iam.Declared{Address: "attachment"}, HolderKind: iam.HolderRole, Holder: setTo("app"), PolicyARN: setTo(own + "held")}},
	}
	m.Link(iam.Hints{Account: "111122223333"})
	settings := &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: []string{own + "approved"}}}}
	a, err := Accounts.Of(lint.NewPass(&lint.Rule{}, m, settings, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range a.Unattached {
		got = append(got, h.Address)
	}
	if strings.Join(got, " ") != "free pinning" {
		t.Errorf("got %v", got)
	}
}
