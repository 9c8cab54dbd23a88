package iam

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Organization is an AWS organization as an input tells it: its accounts, the
// tree of units that they are in, and which policies are attached where. The
// models of its accounts share one.
type Organization struct {
	// ID is as in aws:PrincipalOrgID: "o-a1b2c3d4e5".
	ID string
	// Management is the management account, "" where nothing tells it. Service
	// and resource control policies do not bind what is in it.
	Management string
	// Root is the root of the tree; nil where the tree is not known.
	Root *Unit
	// Accounts are the members by their ids, the management account among them.
	Accounts map[string]*MemberAccount
	// ServiceControl and ResourceControl tell which types of policies are switched
	// on. Policies of a type that is off bind no principal.
	ServiceControl, ResourceControl bool
	// Delegated are the delegated administrators.
	Delegated []DelegatedAdministrator
	// Trusted are the principals of the services that have trusted access; nil where
	// the input does not tell them.
	Trusted []string
	// PermissionSets are those of IAM Identity Center, Shares the resources that
	// accounts share by AWS RAM, both sorted by their ARNs.
	PermissionSets []*AssignedPermissionSet
	Shares         []ResourceShare
}

// Unit is the root of an organization or an organizational unit.
type Unit struct {
	// ID is "r-ab12" or "ou-ab12-11111111".
	ID, Name string
	// Parent is nil for the root.
	Parent *Unit
	// Policies are those attached to the unit itself, of both types.
	Policies []*OrganizationPolicy
}

// MemberAccount is an account of an organization.
type MemberAccount struct {
	ID, Name string
	// Unit is where it is in the tree; nil where that is not known.
	Unit *Unit
	// Policies are those attached to the account itself, of both types.
	Policies []*OrganizationPolicy
}

// DelegatedAdministrator is an account that may act for the organization in one
// service.
type DelegatedAdministrator struct {
	Account string
	// Service is its principal: "guardduty.amazonaws.com".
	Service string
}

// Levels are the policies of one type that bind an account, from the root to the
// account itself: each level has to allow a request (AWS Organizations User
// Guide, SCP evaluation). There is none for the management account, for accounts
// outside of the organization, and where the type is switched off. known is false
// where the account's place in the tree is not known.
func (o *Organization) Levels(account, kind string) (levels [][]*OrganizationPolicy, known bool) {
	places, known := o.Places(account, kind)
	for _, p := range places {
		levels = append(levels, p.Policies)
	}
	return levels, known
}

// Place is something that policies of one type are attached to: the root, a unit or an
// account.
type Place struct {
	// Kind is "root", "ou" or "account", as in its ARN, ID its id.
	Kind, ID string
	Policies []*OrganizationPolicy
}

// Places are the places above an account of which the policies bind it, from the root to the
// account itself: see [Organization.Levels].
func (o *Organization) Places(account, kind string) (places []Place, known bool) {
	member := o.Accounts[account]
	on := o.ServiceControl
	if kind == ResourceControlPolicy {
		on = o.ResourceControl
	}
	if account == o.Management || member == nil || !on {
		return nil, true
	}
	if member.Unit == nil {
		return nil, false
	}
	of := func(all []*OrganizationPolicy) []*OrganizationPolicy {
		var out []*OrganizationPolicy
		for _, p := range all {
			if p.Type == kind {
				out = append(out, p)
			}
		}
		return out
	}
	places = append(places, Place{"account", account, of(member.Policies)})
	for u := member.Unit; u != nil; u = u.Parent {
		at := Place{"ou", u.ID, of(u.Policies)}
		if u.Parent == nil {
			at.Kind = "root"
		}
		places = append(places, at)
	}
	slices.Reverse(places)
	return places, true
}

// ManagesPolicies reports whether an account may change which service control policies bind the
// members: the management account may (AWS Organizations User Guide, managing organization
// policies). The resource policy of an organization, which delegates it to a member, is in no
// input.
func (o *Organization) ManagesPolicies(account string) bool {
	return o.ServiceControl && account != "" && account == o.Management
}

// Path is the place of an account in the tree as aws:PrincipalOrgPaths has it
// ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"); known is false where it is not known.
func (o *Organization) Path(account string) (path string, known bool) {
	member := o.Accounts[account]
	if member == nil || member.Unit == nil {
		return "", false
	}
	for u := member.Unit; u != nil; u = u.Parent {
		path = u.ID + "/" + path
	}
	return o.ID + "/" + path, true
}

// Administers reports whether an account may act for the organization in a service, as the
// management account may and those to which it delegates. Where nothing tells the
// management account, any may.
func (o *Organization) Administers(account, service string) bool {
	return o.Management == "" || account == o.Management || o.Accounts[account] == nil ||
		slices.Contains(o.Delegated, DelegatedAdministrator{account, service})
}

// IdentityCenter is the principal of IAM Identity Center, in which accounts are made
// delegated administrators of permission sets and assignments.
const IdentityCenter = "sso.amazonaws.com"

// StackSets is the principal of CloudFormation StackSets in organizations, for which accounts
// are made delegated administrators.
const StackSets = "member.org.stacksets.cloudformation.amazonaws.com"

// DeploysStackSets tells whether an account may deploy stack sets with service-managed
// permissions to the members of the organization: the management account and the delegated
// administrators may, unless CloudFormation certainly has no trusted access. trusted tells that
// it certainly has: it is among the services that do, or an account is a delegated
// administrator for it. An account is registered as delegated administrator only where it is on, and it is not
// turned off before all are deregistered (CloudFormation User Guide, Activate trusted access
// for StackSets with AWS Organizations, and Register a delegated administrator member account).
func (o *Organization) DeploysStackSets(account string) (may, trusted bool) {
	trusted = slices.Contains(o.Trusted, StackSets)
	for _, d := range o.Delegated {
		if d.Service == StackSets {
			trusted = true
			may = may || d.Account == account
		}
	}
	manages := o.Management != "" && account == o.Management && (trusted || o.Trusted == nil)
	return may || manages, trusted
}

// StackSetTargets are the accounts to which stack sets with service-managed permissions are
// deployed, sorted: all but the management account (CloudFormation User Guide, Create
// CloudFormation StackSets with service-managed permissions). Where nothing tells that, none
// is certain to be one.
func (o *Organization) StackSetTargets() []string {
	if o.Management == "" {
		return nil
	}
	var out []string
	for id := range o.Accounts {
		if id != o.Management {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// AdministeredSets are the ARNs of the permission sets that an account may change for the
// organization. A delegated administrator changes none that is assigned to the management
// account (IAM Identity Center User Guide, delegated administration).
func (o *Organization) AdministeredSets(account string) []string {
	if !o.Administers(account, IdentityCenter) || o.Accounts[account] == nil {
		return nil
	}
	var out []string
	for _, s := range o.PermissionSets {
		if account == o.Management || !slices.Contains(s.Accounts, o.Management) {
			out = append(out, s.ARN)
		}
	}
	return out
}

// SetNamed is the permission set of a name; nil where none has it, or several have.
func (o *Organization) SetNamed(name string) *AssignedPermissionSet {
	var found *AssignedPermissionSet
	for _, s := range o.PermissionSets {
		if s.Name == name {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

// Set is the permission set of an ARN; nil where the organization has it not.
func (o *Organization) Set(arn policy.Text) *AssignedPermissionSet {
	text, known := arn.Known()
	i := slices.IndexFunc(o.PermissionSets, func(s *AssignedPermissionSet) bool { return known && s.ARN == text })
	if i < 0 {
		return nil
	}
	return o.PermissionSets[i]
}

// Organizations are all that the input tells, that of the model first.
func (m *Model) Organizations() []*Organization {
	if m.Organization == nil {
		return m.otherOrganizations
	}
	return append([]*Organization{m.Organization}, m.otherOrganizations...)
}

// OrganizationOf is the organization that an account is in, as far as the input
// tells: that of the model where none has the account, and nil where it tells none.
func (m *Model) OrganizationOf(account string) *Organization {
	for _, o := range m.otherOrganizations {
		if o.Accounts[account] != nil {
			return o
		}
	}
	return m.Organization
}
