package iam

import (
	"iter"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// identityCenterPath is where IAM Identity Center makes the roles of permission sets.
const identityCenterPath = "/aws-reserved/sso.amazonaws.com/"

// ProvisionedSet is the name of the permission set of which IAM Identity Center made a
// role, "AWSReservedSSO_NAME_0123456789abcdef" (IAM Identity Center User Guide, referencing
// permission sets in resource policies); ok is false for any other entity.
func (e *Entity) ProvisionedSet() (name string, ok bool) {
	path, _ := e.Path.Known()
	if e.Kind != Role || !e.Path.Set || !strings.HasPrefix(path, identityCenterPath) {
		return "", false
	}
	role, known := e.Name.Known()
	if !known || role == "" {
		return "", false
	}
	name = strings.TrimPrefix(role, "AWSReservedSSO_")
	const tail = len("_0123456789abcdef")
	if at := len(name) - tail; at > 0 && name[at] == '_' && strings.Trim(name[at+1:], "0123456789abcdef") == "" {
		name = name[:at]
	}
	return name, true
}

// AsPermissionSet is the role of a permission set as the set itself, whose ARN is the
// given one: who acts as the role has the set, and what changes it is Identity Center.
func (e *Entity) AsPermissionSet(arn policy.Text) *Entity {
	name, ok := e.ProvisionedSet()
	if !ok {
		return nil
	}
	set := *e
	set.Kind, set.SetARN, set.name = PermissionSet, arn, policy.Literal(name)
	set.Name.Text = set.name
	return &set
}

// AsProvisioned is a permission set as it is in another account than the one that
// declares it. The account has its own policies of the names that the set gives
// (IAM Identity Center User Guide, customer managed policies), which nothing shows.
func (e *Entity) AsProvisioned(account string) *Entity {
	set := *e
	own := e.Deployment.Account
	moved := func(x policy.Text) (policy.Text, bool) {
		arn, ok := policy.ParseARN(x)
		if !ok || !arn.Account.Equal(own) {
			return x, false
		}
		arn.Account = policy.Literal(account)
		return arn.Text(), true
	}
	set.ARN, _ = moved(e.ARN)
	set.Deployment.Account = policy.Literal(account)
	if x, is := moved(e.Boundary.Text); is {
		set.Boundary.Text, set.BoundaryPolicy, set.BoundaryMaybe = x, nil, nil
	}
	set.Attached = nil
	for _, a := range e.Attached {
		if x, is := moved(a.PolicyARN.Text); is {
			other := *a
			other.PolicyARN.Text, other.Policy = x, nil
			a = &other
		}
		set.Attached = append(set.Attached, a)
	}
	return &set
}

// everybody visits the entities, and the permission sets after them.
func (m *Model) everybody() iter.Seq[*Entity] {
	return func(yield func(*Entity) bool) {
		for _, list := range [][]*Entity{m.Entities, m.PermissionSets} {
			for _, e := range list {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// permissionSetRole is the ARN of the role that Identity Center makes of a
// permission set in an account (IAM Identity Center User Guide, referencing
// permission sets in resource policies): below a path that names the home
// region where that is not us-east-1, and with a tail that it makes up.
func (r *resolver) permissionSetRole(e *Entity) policy.Text {
	region := policy.SymbolText(r.model.Symbols.Intern(policy.Symbol{
		Kind: policy.SymbolDerived, Name: "home region/", Scope: "identity center", Attribute: UnseenPath,
	}))
	name := policy.Concat(policy.Literal("AWSReservedSSO_"), r.entityName(e), policy.Literal("_"), r.generated(e.Address))
	return composeARN(r.place(e.Provider), string(Role), policy.Concat(policy.Literal("/aws-reserved/sso.amazonaws.com/"), region), name)
}

func (r *resolver) permissionSetAttribute(e *Entity, attribute string) (policy.Text, bool) {
	switch attribute {
	case "arn", "permission_set_arn":
		return r.text(e.SetARN), e.SetARN.IsKnown() && !e.SetARN.IsEmpty()
	case "name":
		return r.entityName(e), true
	}
	return policy.Text{}, false
}
