package escalation

import "github.com/boundlint/boundlint/lint/compute"

// The controls that several ways have in common.
const (
	controlOwnBoundary = "A boundary of the holder's own caps the result; for other entities, a condition on iam:PermissionsBoundary."
	controlNoKey       = "Leave the action out or scope its Resource: it carries no boundary key."
	controlBoundaryKey = "A condition on iam:PermissionsBoundary that pins the approved boundary, on each of the actions."
	controlOwnDeny     = "Put what must stay denied into the boundary, and deny the holder to change its own policies."
	controlPolicyScope = "Scope the Resource to policies that neither an administrator nor a boundary uses, or deny it on those: it carries " +
		"no boundary key."
)

// iamWays are the ways by which IAM's own actions lead to privileges, and
// sts:AssumeRole.
func iamWays() []*Way {
	return []*Way{
		// The holder's own policies.
		{
			ID: "iam-001", Name: "write a new version of a customer-managed policy that is attached to itself",
			Kind: SelfEdit, Target: TargetSelf, Gains: Grows | ShedsContent,
			Steps:      steps(call("iam:CreatePolicyVersion", OnTargetPolicy)),
			Needs:      exists(compute.CustomerPolicy),
			Control:    "A boundary of the holder's own caps the result. " + controlPolicyScope,
			References: refs("pathfinding rhino#1 iamvuln:privesc1 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "x-iam-setdefault", Name: "make a wider stored version of a policy that is attached to itself the default",
			Kind: SelfEdit, Target: TargetSelf, Gains: Grows | ShedsContent,
			Steps:      steps(call("iam:SetDefaultPolicyVersion", OnTargetPolicy)),
			Needs:      exists(compute.StoredVersion),
			Control:    "A boundary of the holder's own caps the result. " + controlPolicyScope,
			References: refs("rhino#2 iamvuln:privesc2 pacu prowler cloudsplaining parliament"),
		},
		{
			ID: "iam-005", Name: "write an inline policy into its own role",
			Kind: SelfEdit, Actor: RoleActor, Target: TargetSelf, Gains: Grows | ShedsInline,
			Steps: steps(call("iam:PutRolePolicy", OnTarget)), Control: controlOwnBoundary,
			References: refs("pathfinding rhino#12 iamvuln:privesc12 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-007", Name: "write an inline policy into its own user",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: Grows | ShedsInline,
			Steps: steps(call("iam:PutUserPolicy", OnTarget)), Control: controlOwnBoundary,
			References: refs("pathfinding rhino#10 iamvuln:privesc10 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-008", Name: "attach any managed policy to its own user",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: Grows,
			Steps: steps(call("iam:AttachUserPolicy", OnTarget)), Control: controlOwnBoundary + " Or one on iam:PolicyARN.",
			References: refs("pathfinding rhino#7 iamvuln:privesc7 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-009", Name: "attach any managed policy to its own role",
			Kind: SelfEdit, Actor: RoleActor, Target: TargetSelf, Gains: Grows,
			Steps: steps(call("iam:AttachRolePolicy", OnTarget)), Control: controlOwnBoundary + " Or one on iam:PolicyARN.",
			References: refs("pathfinding rhino#9 iamvuln:privesc9 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-010", Name: "attach any managed policy to a group that it is in",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: Grows,
			Steps: steps(call("iam:AttachGroupPolicy", OnTargetGroup)),
			Control: "A boundary of the holder's own caps the holder, not the other members: scope the Resource to harmless groups, or a " +
				"condition on iam:PolicyARN. Groups carry no boundary.",
			References: refs("pathfinding rhino#8 iamvuln:privesc8 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-011", Name: "write an inline policy into a group that it is in",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: Grows | ShedsGroup,
			Steps: steps(call("iam:PutGroupPolicy", OnTargetGroup)),
			Control: "A boundary of the holder's own caps the holder, not the other members: scope the Resource to harmless groups. Groups " +
				"carry no boundary.",
			References: refs("pathfinding rhino#11 iamvuln:privesc11 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-013", Name: "add itself to a stronger group",
			Kind: SelfEdit, Actor: UserActor, Target: TargetGroup, Gains: Joins,
			Steps:      steps(call("iam:AddUserToGroup", OnTarget)),
			Control:    "A boundary of the holder's own caps the result; scope the Resource to harmless groups.",
			References: refs("pathfinding rhino#13 iamvuln:privesc13 pacu prowler cloudsplaining parliament"),
		},

		// What is denied to the holder.
		{
			ID: "x-shed-role-inline", Name: "delete an inline policy of its own role that denies something",
			Kind: SelfEdit, Actor: RoleActor, Target: TargetSelf, Gains: ShedsInline,
			Steps: steps(call("iam:DeleteRolePolicy", OnTarget)), Control: controlOwnDeny, References: refs("derived"),
		},
		{
			ID: "x-shed-role-attached", Name: "detach a policy from its own role that denies something",
			Kind: SelfEdit, Actor: RoleActor, Target: TargetSelf, Gains: ShedsAttached,
			Steps: steps(call("iam:DetachRolePolicy", OnTarget)), Control: controlOwnDeny, References: refs("derived"),
		},
		{
			ID: "x-shed-user-inline", Name: "delete an inline policy of its own user that denies something",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: ShedsInline,
			Steps: steps(call("iam:DeleteUserPolicy", OnTarget)), Control: controlOwnDeny, References: refs("derived"),
		},
		{
			ID: "x-shed-user-attached", Name: "detach a policy from its own user that denies something",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: ShedsAttached,
			Steps: steps(call("iam:DetachUserPolicy", OnTarget)), Control: controlOwnDeny, References: refs("derived"),
		},
		{
			ID: "x-shed-group", Name: "leave a group whose policies deny something, or take the policies off the group",
			Kind: SelfEdit, Actor: UserActor, Target: TargetSelf, Gains: ShedsGroup,
			Steps: steps(call("iam:RemoveUserFromGroup", OnTargetGroup).or(
				call("iam:DetachGroupPolicy", OnTargetGroup), call("iam:DeleteGroupPolicy", OnTargetGroup))),
			Control: controlOwnDeny, References: refs("derived"),
		},

		// The policies of others. Alone they give the actor nothing; with a
		// way to act as the target they do.
		{
			ID: "x-edit-role-inline", Name: "write an inline policy into another role",
			Kind: EditTarget, Target: TargetRole, Gains: Grows | ShedsInline,
			Steps: steps(call("iam:PutRolePolicy", OnTarget)), Control: controlBoundaryKey, References: refs("derived"),
		},
		{
			ID: "x-edit-role-attach", Name: "attach any managed policy to another role",
			Kind: EditTarget, Target: TargetRole, Gains: Grows,
			Steps: steps(call("iam:AttachRolePolicy", OnTarget)), Control: controlBoundaryKey, References: refs("derived"),
		},
		{
			ID: "x-edit-role-policy", Name: "write a new version of a customer-managed policy that is attached to another role",
			Kind: EditTarget, Target: TargetRole, Gains: Grows | ShedsContent,
			Steps: steps(call("iam:CreatePolicyVersion", OnTargetPolicy)), Needs: exists(compute.CustomerPolicy),
			Control: controlPolicyScope, References: refs("derived"),
		},
		{
			ID: "x-edit-user-inline", Name: "write an inline policy into another user",
			Kind: EditTarget, Target: TargetUser, Gains: Grows | ShedsInline,
			Steps: steps(call("iam:PutUserPolicy", OnTarget)), Control: controlBoundaryKey, References: refs("derived"),
		},
		{
			ID: "x-edit-user-attach", Name: "attach any managed policy to another user",
			Kind: EditTarget, Target: TargetUser, Gains: Grows,
			Steps: steps(call("iam:AttachUserPolicy", OnTarget)), Control: controlBoundaryKey, References: refs("derived"),
		},
		{
			ID: "x-edit-user-policy", Name: "write a new version of a customer-managed policy that is attached to another user",
			Kind: EditTarget, Target: TargetUser, Gains: Grows | ShedsContent,
			Steps: steps(call("iam:CreatePolicyVersion", OnTargetPolicy)), Needs: exists(compute.CustomerPolicy),
			Control: controlPolicyScope, References: refs("derived"),
		},
		{
			ID: "x-edit-group", Name: "give a group that another user is in any policy",
			Kind: EditTarget, Target: TargetUser, Gains: Grows | ShedsGroup,
			Steps: steps(call("iam:PutGroupPolicy", OnTargetGroup).or(
				call("iam:AttachGroupPolicy", OnTargetGroup), call("iam:CreatePolicyVersion", OnTargetPolicy))),
			Control: controlNoKey, References: refs("derived"),
		},

		// The trust and the credentials of others.
		{
			ID: "sts-001", Name: "assume a role that trusts it",
			Kind: Become, Target: TargetRole, Gains: Acts,
			Steps: steps(call("sts:AssumeRole", OnTarget)),
			Control: "Take the actor out of the role's trust policy, or scope the Resource of sts:AssumeRole, in the boundary too. A trust " +
				"policy that names a user or a session needs no such grant and is not stopped by a boundary, one that names a role or the account is.",
			References: refs("pathfinding iamvuln:AssumeRole pmapper"),
		},
		{
			ID: "x-sts-assumeroot", Name: "open a session of the root user of a member account that lets its password be set",
			Kind: Become, Target: TargetRoot, Gains: Acts,
			Steps: steps(Requirement{Action: "sts:AssumeRoot", On: OnTarget, Context: []Constraint{{
				Key: "sts:TaskPolicyArn", Choice: OneOf, Values: []string{"arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword"},
			}}}),
			Needs: exists(compute.MemberAccount),
			Control: "Leave the action out of what does not manage root users, deny it, or pin sts:TaskPolicyArn to a task that opens nothing, " +
				"such as IAMAuditRootUserCredentials: no boundary of this account limits the session.",
			References: refs("derived"),
		},
		{
			ID: "iam-012", Name: "rewrite a role's trust policy so that it trusts the actor, and assume it",
			Kind: EditTarget, Target: TargetRole, Gains: Acts,
			Steps:      steps(call("iam:UpdateAssumeRolePolicy", OnTarget)),
			Control:    "Scope the Resource, or a condition on iam:PermissionsBoundary, which the action carries since 2025.",
			References: refs("pathfinding rhino#14 iamvuln:privesc14 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-002", Name: "make an access key for another user",
			Kind: EditTarget, Target: TargetUser, Gains: Acts,
			Steps: steps(call("iam:CreateAccessKey", OnTarget)), Needs: exists(compute.FreeAccessKey), Control: controlNoKey,
			References: refs("pathfinding rhino#4 iamvuln:privesc4 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-003", Name: "delete one of the two access keys of another user and make a new one",
			Kind: EditTarget, Target: TargetUser, Gains: Acts,
			Steps: calls(OnTarget, "iam:DeleteAccessKey", "iam:CreateAccessKey"), Control: controlNoKey,
			References: refs("pathfinding prowler cloudsplaining pmapper"),
		},
		{
			ID: "iam-004", Name: "give another user a password",
			Kind: EditTarget, Target: TargetUser, Gains: Acts,
			Steps: steps(call("iam:CreateLoginProfile", OnTarget)), Needs: exists(compute.NoLoginProfile), Control: controlNoKey,
			References: refs("pathfinding rhino#5 iamvuln:privesc5 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "iam-006", Name: "change the password of another user",
			Kind: EditTarget, Target: TargetUser, Gains: Acts,
			Steps: steps(call("iam:UpdateLoginProfile", OnTarget)), Needs: exists(compute.LoginProfile), Control: controlNoKey,
			References: refs("pathfinding rhino#6 iamvuln:privesc6 pacu prowler cloudsplaining parliament pmapper"),
		},
		{
			ID: "x-iam-servicecredential", Name: "make a service-specific credential for another user",
			Kind: EditTarget, Target: TargetUser, Gains: Acts, Reach: ReachSome,
			Steps: steps(call("iam:CreateServiceSpecificCredential", OnTarget).or(
				call("iam:ResetServiceSpecificCredential", OnTarget))),
			Control: controlNoKey, References: refs("derived"),
		},
		{
			ID: "b-fed-provider", Name: "take over an identity provider that a role trusts",
			Kind: EditTarget, Target: TargetRole, Gains: Acts,
			Steps: steps(call("iam:UpdateSAMLProvider", OnCompute).or(
				call("iam:CreateOpenIDConnectProvider", OnCompute), call("iam:AddClientIDToOpenIDConnectProvider", OnCompute),
				call("iam:UpdateOpenIDConnectProviderThumbprint", OnCompute), call("iam:CreateSAMLProvider", OnCompute))),
			Needs: exists(compute.IdentityProvider), Control: "Leave the actions out or scope the Resource to providers that no strong role " +
				"trusts: they carry no boundary key.",
			References: refs("derived"),
		},

		// Both: make the target stronger and act as it.
		{
			ID: "iam-014", Name: "attach any managed policy to a role that trusts it, and assume the role",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows,
			Steps: calls(OnTarget, "iam:AttachRolePolicy", "sts:AssumeRole"), Control: controlBoundaryKey,
			References: refs("pathfinding pacu prowler cloudsplaining"),
		},
		{
			ID: "iam-017", Name: "write an inline policy into a role that trusts it, and assume the role",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows | ShedsInline,
			Steps: calls(OnTarget, "iam:PutRolePolicy", "sts:AssumeRole"), Control: controlBoundaryKey,
			References: refs("pathfinding prowler"),
		},
		{
			ID: "iam-016", Name: "write a new version of a policy that is attached to a role that trusts it, and assume the role",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows | ShedsContent,
			Steps: steps(call("iam:CreatePolicyVersion", OnTargetPolicy), call("sts:AssumeRole", OnTarget)),
			Needs: exists(compute.CustomerPolicy), Control: controlPolicyScope + " A boundary on the target role caps the result.",
			References: refs("pathfinding prowler cloudsplaining"),
		},
		{
			ID: "iam-019", Name: "attach any managed policy to a role and rewrite its trust policy",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows,
			Steps: calls(OnTarget, "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"), Control: controlBoundaryKey,
			References: refs("pathfinding prowler cloudsplaining"),
		},
		{
			ID: "iam-021", Name: "write an inline policy into a role and rewrite its trust policy",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows | ShedsInline,
			Steps: calls(OnTarget, "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"), Control: controlBoundaryKey,
			References: refs("pathfinding prowler cloudsplaining"),
		},
		{
			ID: "iam-020", Name: "write a new version of a policy that is attached to a role and rewrite the role's trust policy",
			Kind: EditTarget, Target: TargetRole, Gains: Acts | Grows | ShedsContent,
			Steps: steps(call("iam:CreatePolicyVersion", OnTargetPolicy), call("iam:UpdateAssumeRolePolicy", OnTarget)),
			Needs: exists(compute.CustomerPolicy), Control: controlPolicyScope + " Or a condition on iam:PermissionsBoundary on the trust update.",
			References: refs("pathfinding prowler cloudsplaining"),
		},
		{
			ID: "iam-015", Name: "attach any managed policy to another user and make an access key for it",
			Kind: EditTarget, Target: TargetUser, Gains: Acts | Grows,
			Steps: calls(OnTarget, "iam:AttachUserPolicy", "iam:CreateAccessKey"), Needs: exists(compute.FreeAccessKey),
			Control:    "A condition on iam:PermissionsBoundary on iam:AttachUserPolicy; scope the Resource of iam:CreateAccessKey.",
			References: refs("pathfinding prowler cloudsplaining"),
		},
		{
			ID: "iam-018", Name: "write an inline policy into another user and make an access key for it",
			Kind: EditTarget, Target: TargetUser, Gains: Acts | Grows | ShedsInline,
			Steps: calls(OnTarget, "iam:PutUserPolicy", "iam:CreateAccessKey"), Needs: exists(compute.FreeAccessKey),
			Control:    "A condition on iam:PermissionsBoundary on iam:PutUserPolicy; scope the Resource of iam:CreateAccessKey.",
			References: refs("pathfinding prowler cloudsplaining"),
		},

		// New principals. Who makes a role writes its trust policy and needs
		// no permission of sts to use it.
		{
			ID: "x-iam-createrole-attach", Name: "create a role that trusts it and attach any managed policy",
			Kind: Create, Target: TargetNewRole, Gains: Acts | Grows,
			Steps: calls(OnTarget, "iam:CreateRole", "iam:AttachRolePolicy"), Control: controlBoundaryKey, References: refs("pmapper"),
		},
		{
			ID: "x-iam-createrole-put", Name: "create a role that trusts it and write an inline policy",
			Kind: Create, Target: TargetNewRole, Gains: Acts | Grows,
			Steps: calls(OnTarget, "iam:CreateRole", "iam:PutRolePolicy"), Control: controlBoundaryKey, References: refs("pmapper"),
		},
		{
			ID: "b-create-user", Name: "create a user, give it credentials and any policy",
			Kind: Create, Target: TargetNewUser, Gains: Acts | Grows,
			Steps: steps(
				call("iam:CreateUser", OnTarget),
				call("iam:CreateAccessKey", OnTarget).or(call("iam:CreateLoginProfile", OnTarget)),
				call("iam:AttachUserPolicy", OnTarget).or(call("iam:PutUserPolicy", OnTarget)),
			),
			Control: "A condition on iam:PermissionsBoundary on iam:CreateUser, iam:AttachUserPolicy and iam:PutUserPolicy; making keys cannot " +
				"be conditioned on it.",
			References: refs("derived"),
		},
		{
			ID: "x-iam-createuser-group", Name: "create a user, give it credentials and add it to a stronger group",
			Kind: Create, Target: TargetGroup, Gains: Joins | Acts,
			Steps: steps(
				call("iam:CreateUser", OnMade),
				call("iam:CreateAccessKey", OnMade).or(call("iam:CreateLoginProfile", OnMade)),
				call("iam:AddUserToGroup", OnTarget),
			),
			Control:    "A condition on iam:PermissionsBoundary on iam:CreateUser; scope the Resource of iam:AddUserToGroup.",
			References: refs("derived"),
		},
	}
}
