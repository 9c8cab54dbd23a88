package iam

import (
	"iter"

	"github.com/boundlint/boundlint/lint/policy"
)

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
