package escalation

import "github.com/boundlint/boundlint/lint/compute"

const controlNeverDelete = "Leave the action out or deny it without conditions: a condition on the boundary key works the wrong way " +
	"round here."

// boundaryWays are the ways to take a permissions boundary out of force.
func boundaryWays() []*Way {
	return []*Way{
		{
			ID: "b-delete-role", Name: "take the boundary off a role",
			Kind: BoundaryTamper, Target: TargetRole, Gains: Uncaps,
			Steps: steps(call("iam:DeleteRolePermissionsBoundary", OnTarget)), Control: controlNeverDelete,
			References: refs("derived parliament"),
		},
		{
			ID: "b-delete-user", Name: "take the boundary off a user",
			Kind: BoundaryTamper, Target: TargetUser, Gains: Uncaps,
			Steps: steps(call("iam:DeleteUserPermissionsBoundary", OnTarget)), Control: controlNeverDelete,
			References: refs("derived"),
		},
		{
			ID: "b-put-role", Name: "give a role a wider boundary",
			Kind: BoundaryTamper, Target: TargetRole, Gains: Uncaps,
			Steps:   steps(call("iam:PutRolePermissionsBoundary", OnTarget)),
			Control: "A condition on iam:PermissionsBoundary that pins the approved boundary.", References: refs("derived"),
		},
		{
			ID: "b-put-user", Name: "give a user a wider boundary",
			Kind: BoundaryTamper, Target: TargetUser, Gains: Uncaps,
			Steps:   steps(call("iam:PutUserPermissionsBoundary", OnTarget)),
			Control: "A condition on iam:PermissionsBoundary that pins the approved boundary.", References: refs("derived"),
		},
		{
			ID: "b-policy-version", Name: "write a new version of the policy that is the boundary",
			Kind: BoundaryTamper, Target: TargetPolicy, Gains: Uncaps,
			Steps: steps(call("iam:CreatePolicyVersion", OnTarget)), Needs: exists(compute.CustomerPolicy),
			Control:    "Deny the action on the boundary's ARN, path included: it carries no boundary key. AWS-managed policies cannot be edited.",
			References: refs("derived"),
		},
		{
			ID: "b-policy-default", Name: "make a wider stored version of the boundary the default",
			Kind: BoundaryTamper, Target: TargetPolicy, Gains: Uncaps,
			Steps: steps(call("iam:SetDefaultPolicyVersion", OnTarget)), Needs: exists(compute.StoredVersion),
			Control: "Deny the action on the boundary's ARN.", References: refs("derived"),
		},
		{
			ID: "b-policy-recreate", Name: "delete the policy that is the boundary and create another of its name",
			Kind: BoundaryTamper, Target: TargetPolicy, Gains: Uncaps,
			Steps: calls(OnTarget, "iam:DeletePolicy", "iam:CreatePolicy"), Needs: exists(compute.UnattachedPolicy),
			Control: "Deny both actions on the boundary's ARN.", References: refs("derived"),
		},
		{
			ID: "b-glob-create", Name: "create a policy under the name pattern of approved boundaries and create a role under it",
			Kind: BoundaryTamper, Target: TargetNewRole, Gains: Uncaps, OwnBoundary: true,
			Steps:   steps(call("iam:CreatePolicy", OnMade), call("iam:CreateRole", OnTarget)),
			Control: "Pin the exact ARN in the condition, or deny iam:CreatePolicy on the pattern.", References: refs("derived"),
		},
	}
}

// identityCenterWays go through IAM Identity Center. They take effect in the
// accounts that a permission set is assigned to.
func identityCenterWays() []*Way {
	const control = "Leave the action out of what is not administration of Identity Center, or scope it to permission sets that are not " +
		"strong: it carries no boundary key."
	return []*Way{
		{
			ID: "x-sso-assign", Name: "assign a strong permission set to itself",
			Kind: Become, Target: TargetPermissionSet, Gains: Acts,
			Steps: steps(call("sso:CreateAccountAssignment", OnTarget)), Needs: exists(compute.PermissionSet),
			Control: control, References: refs("derived"),
		},
		{
			ID: "x-sso-edit", Name: "give a permission set that it has any policy",
			Kind: EditTarget, Target: TargetPermissionSet, Gains: Grows,
			Steps: steps(
				call("sso:PutInlinePolicyToPermissionSet", OnTarget).or(
					call("sso:AttachManagedPolicyToPermissionSet", OnTarget),
					call("sso:AttachCustomerManagedPolicyReferenceToPermissionSet", OnTarget)),
				call("sso:ProvisionPermissionSet", OnTarget),
			),
			Needs: exists(compute.PermissionSet), Control: control + " A permissions boundary on the permission set caps the result.",
			References: refs("derived"),
		},
		{
			ID: "x-sso-unbound", Name: "take the boundary off a permission set, or swap it",
			Kind: BoundaryTamper, Target: TargetPermissionSet, Gains: Uncaps,
			Steps: steps(
				call("sso:DeletePermissionsBoundaryFromPermissionSet", OnTarget).or(
					call("sso:PutPermissionsBoundaryToPermissionSet", OnTarget)),
				call("sso:ProvisionPermissionSet", OnTarget),
			),
			Needs: exists(compute.PermissionSet), Control: control, References: refs("derived"),
		},
		{
			ID: "x-sso-group", Name: "add itself to a group of the identity store that has a strong permission set",
			Kind: Become, Target: TargetPermissionSet, Gains: Acts,
			Steps:   steps(call("identitystore:CreateGroupMembership", OnCompute)),
			Needs:   append(carries(compute.IdentityStoreGroup), exists(compute.PermissionSet)...),
			Control: "Leave the action out of what is not administration of Identity Center.", References: refs("derived"),
		},
		{
			ID: "x-sso-create", Name: "create a permission set with any policy and assign it to itself",
			Kind: Create, Target: TargetPermissionSet, Gains: Acts | Grows,
			Steps: steps(
				call("sso:CreatePermissionSet", OnChosen),
				call("sso:AttachManagedPolicyToPermissionSet", OnMade).or(call("sso:PutInlinePolicyToPermissionSet", OnMade)),
				call("sso:CreateAccountAssignment", OnMade),
			),
			Needs:   exists(compute.PermissionSet),
			Control: "Leave the actions out of what is not administration of Identity Center.", References: refs("derived"),
		},
	}
}
