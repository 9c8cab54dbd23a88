package organization

import (
	"cmp"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// The shapes of the answers (AWS CLI Command Reference, organizations and iam), for
// the members that are read.
var (
	policyTypes  = listOf(members{"Type": text, "Status": text})
	policyFields = members{"Id": stream.Name, "Arn": text, "Name": text, "Type": text}
	accountList  = listOf(members{"Id": stream.Name, "Arn": text, "Name": text}, "Id")
)

func listOf(of members, needed ...string) *stream.Shape {
	return stream.ListOf(stream.ObjectOf(of, needed...)).OrNull()
}

// answer is an object with one member that is needed.
func answer(member string, shape *stream.Shape) *stream.Shape {
	return stream.ObjectOf(members{member: shape, "NextToken": text}, member)
}

// commands are those whose answers are read.
var commands = []command{
	{"describe-organization", nil, answer("Organization", stream.ObjectOf(members{
		"Id": stream.Name, "MasterAccountId": text,
	}, "Id")), (*answers).described},
	{"list-roots", nil, answer("Roots", listOf(members{
		"Id": stream.Name, "Arn": text, "Name": text, "PolicyTypes": policyTypes,
	}, "Id")), (*answers).roots},
	{"list-accounts", nil, answer("Accounts", accountList), (*answers).accounts},
	{"list-accounts-for-parent", parentArgument, answer("Accounts", accountList), (*answers).accounts},
	{"list-organizational-units-for-parent", parentArgument, answer("OrganizationalUnits", accountList), (*answers).unitsBelow},
	{"list-children", parentArgument, answer("Children", listOf(members{"Id": stream.Name, "Type": text}, "Id")), (*answers).children},
	{"list-parents", childArgument, answer("Parents", listOf(members{"Id": stream.Name, "Type": text}, "Id")), (*answers).parents},
	{"list-policies", nil, answer("Policies", listOf(policyFields, "Id")), (*answers).policies},
	{"list-policies-for-target", targetArgument, answer("Policies", listOf(policyFields, "Id")), (*answers).attached},
	{"list-targets-for-policy", policyArgument, answer("Targets", listOf(members{"TargetId": stream.Name}, "TargetId")), (*answers).targets},
	{"describe-policy", nil, answer("Policy", stream.ObjectOf(members{
		"PolicySummary": stream.ObjectOf(policyFields, "Id"), "Content": stream.Text,
	}, "PolicySummary", "Content")), (*answers).policy},
	{"list-delegated-administrators", nil, answer("DelegatedAdministrators", accountList), (*answers).administrators},
	{
		"list-delegated-services-for-account", accountArgument,
		answer("DelegatedServices", listOf(members{"ServicePrincipal": stream.Name}, "ServicePrincipal")), (*answers).delegated,
	},
	{
		"list-aws-service-access-for-organization", nil,
		answer("EnabledServicePrincipals", listOf(members{"ServicePrincipal": stream.Name}, "ServicePrincipal")), (*answers).trusted,
	},
	{"generate-organizations-access-report", nil, answer("JobId", stream.Text), func(*answers, string, *file) error { return nil }},
	{"get-organizations-access-report", nil, stream.ObjectOf(members{
		"JobStatus": text, "AccessDetails": listOf(members{"EntityPath": text}), "NextToken": text,
	}, "JobStatus"), (*answers).accessed},
	{"list-permission-sets", nil, answer("PermissionSets", texts), (*answers).setsListed},
	{"describe-permission-set", nil, answer("PermissionSet", stream.ObjectOf(members{
		"Name": text, "PermissionSetArn": stream.Name,
	}, "PermissionSetArn")), (*answers).setDescribed},
	{"list-account-assignments", nil, answer("AccountAssignments", listOf(members{
		"AccountId": stream.Name, "PermissionSetArn": stream.Name, "PrincipalType": text, "PrincipalId": text,
	}, "AccountId", "PermissionSetArn")), (*answers).assigned},
	{"list-accounts-for-provisioned-permission-set", setArgument, answer("AccountIds", texts), (*answers).provisioned},
	{"get-inline-policy-for-permission-set", setArgument, answer("InlinePolicy", text), (*answers).setInline},
	{"get-permissions-boundary-for-permission-set", setArgument, answer("PermissionsBoundary", boundaryShape), (*answers).setBoundary},
	{
		"list-managed-policies-in-permission-set", setArgument,
		answer("AttachedManagedPolicies", listOf(members{"Arn": stream.Name}, "Arn")), (*answers).setManaged,
	},
	{
		"list-customer-managed-policy-references-in-permission-set", setArgument,
		answer("CustomerManagedPolicyReferences", stream.ListOf(referenceShape).OrNull()), (*answers).setCustomer,
	},
}

type named struct {
	ID   string `json:"Id"`
	ARN  string `json:"Arn"`
	Name string
	Type string
}

func (a *answers) described(_ string, f *file) error {
	v, err := decodeInto[struct {
		Organization struct {
			ID              string `json:"Id"`
			MasterAccountID string `json:"MasterAccountId"`
		}
	}](f)
	if err != nil {
		return err
	}
	return a.is(v.Organization.ID, v.Organization.MasterAccountID)
}

// roots tells which types of policies are on: what describe-organization says of it
// is not complete (API Reference, Organization, AvailablePolicyTypes).
func (a *answers) roots(_ string, f *file) error {
	v, err := decodeInto[struct {
		Roots []struct {
			named
			PolicyTypes []struct{ Type, Status string }
		}
	}](f)
	if err != nil {
		return err
	}
	for _, r := range v.Roots {
		if err := a.identify(r.ARN); err != nil {
			return err
		}
		a.tree.Root = a.tree.unit(r.ID)
		a.tree.Root.Name = r.Name
		a.tree.features = map[string]bool{}
		for _, t := range r.PolicyTypes {
			a.tree.features[t.Type] = t.Status == "ENABLED"
		}
	}
	return nil
}

// accounts notes accounts, which are in the parent where there is one.
func (a *answers) accounts(parent string, f *file) error {
	v, err := decodeInto[struct{ Accounts []named }](f)
	if err != nil {
		return err
	}
	a.tree.listed = true
	if parent != "" {
		a.tree.unit(parent)
	}
	var wrong error
	for _, account := range v.Accounts {
		if err := a.identify(account.ARN); err != nil {
			return err
		}
		m := a.tree.member(account.ID)
		if account.Name != "" {
			m.Name = account.Name
		}
		if parent != "" {
			wrong = cmp.Or(wrong, a.tree.put(account.ID, parent))
		}
	}
	return wrong
}

func (a *answers) unitsBelow(parent string, f *file) error {
	v, err := decodeInto[struct{ OrganizationalUnits []named }](f)
	if err != nil {
		return err
	}
	a.tree.unit(parent)
	var wrong error
	for _, u := range v.OrganizationalUnits {
		if err := a.identify(u.ARN); err != nil {
			return err
		}
		a.tree.unit(u.ID).Name = u.Name
		wrong = cmp.Or(wrong, a.tree.put(u.ID, parent))
	}
	return wrong
}

func (a *answers) children(parent string, f *file) error {
	v, err := decodeInto[struct{ Children []named }](f)
	if err != nil {
		return err
	}
	a.tree.listed = true
	var wrong error
	for _, c := range v.Children {
		wrong = cmp.Or(wrong, a.tree.put(c.ID, parent))
	}
	return wrong
}

func (a *answers) parents(child string, f *file) error {
	v, err := decodeInto[struct{ Parents []named }](f)
	if err != nil {
		return err
	}
	var wrong error
	for _, p := range v.Parents {
		wrong = cmp.Or(wrong, a.tree.put(child, p.ID))
	}
	return wrong
}

func (a *answers) policies(_ string, f *file) error {
	v, err := decodeInto[struct{ Policies []named }](f)
	if err != nil {
		return err
	}
	for _, p := range v.Policies {
		if err := a.summary(p); err != nil {
			return err
		}
		a.listed[p.Type] = append(a.listed[p.Type], policyID(p.ID))
	}
	return nil
}

// summary notes a policy.
func (a *answers) summary(p named) error {
	if err := a.identify(p.ARN); err != nil {
		return err
	}
	ref := p.ARN
	if ref == "" {
		ref = p.ID
	}
	if o := a.tree.policy(ref); p.Type != "" {
		o.Type = p.Type
	}
	return nil
}

func (a *answers) attached(target string, f *file) error {
	v, err := decodeInto[struct{ Policies []named }](f)
	if err != nil {
		return err
	}
	if policy.IsAccountID(target) {
		a.tree.member(target)
	} else {
		a.tree.unit(target)
	}
	for _, kind := range typesIn(a.rest) {
		a.tree.know(target, kind)
	}
	for _, p := range v.Policies {
		if err := a.summary(p); err != nil {
			return err
		}
		a.tree.attach(target, p.ID)
		a.tree.know(target, p.Type)
	}
	return nil
}

func (a *answers) targets(id string, f *file) error {
	v, err := decodeInto[struct {
		Targets []struct {
			TargetID string `json:"TargetId"`
		}
	}](f)
	if err != nil {
		return err
	}
	for _, t := range v.Targets {
		a.tree.attach(t.TargetID, id)
	}
	a.targeted[policyID(id)] = true
	return nil
}

func (a *answers) policy(_ string, f *file) error {
	v, err := decodeInto[struct {
		Policy struct {
			PolicySummary named
			Content       string
		}
	}](f)
	if err != nil {
		return err
	}
	if err := a.summary(v.Policy.PolicySummary); err != nil {
		return err
	}
	p := a.tree.policy(v.Policy.PolicySummary.ID)
	place := f.member("Content")
	a.tree.document(p, quoted([]byte(v.Policy.Content)), func(string) account.Place { return place }, a.account(f.path))
	return nil
}

// administrators tells accounts, and not for which services: that is for
// list-delegated-services-for-account.
func (a *answers) administrators(_ string, f *file) error {
	v, err := decodeInto[struct{ DelegatedAdministrators []named }](f)
	if err != nil {
		return err
	}
	for _, d := range v.DelegatedAdministrators {
		a.tree.member(d.ID)
	}
	return nil
}

func (a *answers) delegated(id string, f *file) error {
	v, err := decodeInto[struct {
		DelegatedServices []struct{ ServicePrincipal string }
	}](f)
	if err != nil {
		return err
	}
	a.tree.member(id)
	for _, s := range v.DelegatedServices {
		a.tree.Delegated = append(a.tree.Delegated, iam.DelegatedAdministrator{Account: id, Service: s.ServicePrincipal})
	}
	return nil
}

// trusted tells which services have trusted access to the organization.
func (a *answers) trusted(_ string, f *file) error {
	v, err := decodeInto[struct {
		EnabledServicePrincipals []struct{ ServicePrincipal string }
	}](f)
	if err != nil {
		return err
	}
	if a.tree.Trusted == nil {
		a.tree.Trusted = []string{}
	}
	for _, s := range v.EnabledServicePrincipals {
		a.tree.Trusted = append(a.tree.Trusted, s.ServicePrincipal)
	}
	return nil
}

// accessed takes from a report of last accesses where in the tree accounts are: the
// EntityPath of an account leads there from the organization.
func (a *answers) accessed(_ string, f *file) error {
	v, err := decodeInto[struct {
		JobStatus     string
		AccessDetails []struct{ EntityPath string }
	}](f)
	if err != nil {
		return err
	}
	if v.JobStatus != "COMPLETED" {
		return stream.Errorf("the report is not complete (JobStatus %s): get it again once it is", v.JobStatus)
	}
	var wrong error
	for _, d := range v.AccessDetails {
		steps := strings.Split(strings.Trim(d.EntityPath, "/"), "/")
		if len(steps) < 2 {
			continue
		}
		if err := a.is(steps[0], ""); err != nil {
			return err
		}
		a.tree.unit(steps[1])
		for i := 2; i < len(steps); i++ {
			wrong = cmp.Or(wrong, a.tree.put(steps[i], steps[i-1]))
		}
	}
	return wrong
}
