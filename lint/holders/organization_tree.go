package holders

import (
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// membership is the organization as condition keys have it; nil where the input
// does not tell its tree.
func (a *Account) membership() *authz.Organization { return membership.Of(a) }

var membership = NewDerived(func(a *Account) *authz.Organization {
	o := a.Model.Organization
	if o == nil {
		return nil
	}
	out := &authz.Organization{ID: o.ID, Management: o.Management, Paths: map[string]string{}}
	for id := range o.Accounts {
		out.Paths[id], _ = o.Path(id)
	}
	return out
})

// serviceControl are the service control policies that bind principals of an
// account, by levels of the tree.
func (a *Account) serviceControl(account policy.Text) [][]*authz.Policy {
	id, known := account.Known()
	if !known {
		return [][]*authz.Policy{{authz.Hidden(&policy.Symbol{Kind: policy.SymbolUnknown, Name: "which account it is"})}}
	}
	remembered := serviceControl.Of(a)
	out, done := remembered[id]
	if done {
		return out
	}
	levels, known := a.Model.Organization.Levels(id, iam.ServiceControlPolicy)
	if !known {
		out = [][]*authz.Policy{{authz.Hidden(placeOf(id))}}
	}
	for _, level := range levels {
		compiled := []*authz.Policy{}
		for _, o := range level {
			compiled = append(compiled, a.control(o))
		}
		out = append(out, compiled)
	}
	remembered[id] = out
	return out
}

var serviceControl = Remembered[string, [][]*authz.Policy]()

// placeOf stands for the place of an account in the tree, which is not known.
func placeOf(account string) *policy.Symbol {
	return &policy.Symbol{Kind: policy.SymbolUnknown, Name: "the organizational unit of the account " + account}
}

// control is an organization policy, hidden where its document is not known.
func (a *Account) control(o *iam.OrganizationPolicy) *authz.Policy {
	if o.Document == nil || o.Document.Document == nil {
		return authz.Hidden(&policy.Symbol{Kind: policy.SymbolUnknown, Name: "the document of " + o.Address})
	}
	return a.Compile(o.Document, o.Address)
}

// resourceControl are the resource control policies of all accounts, in one
// level: each statement with the condition that the resource is in an account that
// it binds. They bind resources and not principals, and all but AWS's own
// RCPFullAWSAccess, which is attached everywhere, only deny (AWS Organizations User
// Guide, RCP evaluation).
func (a *Account) resourceControl() [][]*authz.Policy { return resourceControl.Of(a) }

var resourceControl = NewDerived(func(a *Account) [][]*authz.Policy {
	tree := a.Model.Organization
	if !tree.ResourceControl {
		return nil
	}
	bound := map[*iam.OrganizationPolicy][]string{}
	var policies []*iam.OrganizationPolicy
	var unplaced []string
	for _, account := range slices.Sorted(maps.Keys(tree.Accounts)) {
		levels, known := tree.Levels(account, iam.ResourceControlPolicy)
		if !known {
			unplaced = append(unplaced, account)
		}
		for _, o := range slices.Concat(levels...) {
			if bound[o] == nil {
				policies = append(policies, o)
			}
			if !slices.Contains(bound[o], account) {
				bound[o] = append(bound[o], account)
			}
		}
	}
	level := []*authz.Policy{a.AWSManaged("arn:aws:iam::aws:policy/AdministratorAccess")}
	add := func(o *iam.OrganizationPolicy, accounts []string, doubt *policy.Symbol) {
		all := a.control(o)
		if all.Document == nil {
			level = append(level, all)
			return
		}
		if d := inAccounts(all.Document, accounts); len(d.Statements) > 0 {
			if doubt != nil {
				d = unsure(d, doubt)
			}
			compiled := authz.Compile(d)
			a.Standing[compiled] = a.Standing[all]
			level = append(level, compiled)
		}
	}
	for _, o := range policies {
		add(o, bound[o], nil)
		if len(unplaced) > 0 {
			add(o, unplaced, placeOf(unplaced[0]))
		}
	}
	if len(level) == 1 {
		return nil
	}
	return [][]*authz.Policy{level}
})

// inAccounts are the statements of a document that deny, for resources of some
// accounts.
func inAccounts(d *policy.Document, accounts []string) *policy.Document {
	only := policy.Condition{
		Operator: policy.Literal("StringEquals"), Key: policy.Literal("aws:ResourceAccount"),
	}
	for _, account := range accounts {
		only.Values = append(only.Values, policy.Element{Text: policy.Literal(account)})
	}
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		if s.Effect != policy.Allow {
			own := *s
			own.Condition = append(slices.Clone(s.Condition), only)
			out.Statements = append(out.Statements, &own)
		}
	}
	return &out
}
