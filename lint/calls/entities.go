package calls

// entities are the calls for roles, users, groups and instance profiles. A user
// or group that takes another name or path needs the permission on both, the
// former and the new one (IAM API Reference, UpdateUser and UpdateGroup).
func entities() map[string]*Type {
	return map[string]*Type{
		"aws_iam_role": {
			Object: Target{Kind: "role", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateRole", Boundary: "permissions_boundary", Tags: true},
				{Of: Create, Action: "iam:TagRole", If: Tags, Tags: true, Besides: true},
				{Of: Create, Action: "iam:PutRolePolicy", If: "inline_policy.policy", Each: true},
				{Of: Create, Action: "iam:AttachRolePolicy", If: "managed_policy_arns", Each: true, Policy: "managed_policy_arns"},

				{Of: Read, Action: "iam:GetRole"},
				{Of: Read, Action: "iam:ListRolePolicies"},
				{Of: Read, Action: "iam:GetRolePolicy", If: "inline_policy.policy", Each: true},
				{Of: Read, Action: "iam:ListAttachedRolePolicies"},

				{Of: Update, Action: "iam:UpdateAssumeRolePolicy", If: "assume_role_policy"},
				{Of: Update, Action: "iam:UpdateRoleDescription", If: "description"},
				{Of: Update, Action: "iam:UpdateRole", If: "max_session_duration"},
				{Of: Update, Action: "iam:PutRolePermissionsBoundary", If: "permissions_boundary", To: Set, Boundary: "permissions_boundary"},
				{Of: Update, Action: "iam:DeleteRolePermissionsBoundary", If: "permissions_boundary", To: Unset},
				{Of: Update, Action: "iam:PutRolePolicy", If: "inline_policy.policy", Each: true, To: Set},
				{Of: Update, Action: "iam:PutRolePolicy", If: "inline_policy.name", Each: true, To: Set},
				{Of: Update, Action: "iam:DeleteRolePolicy", If: "inline_policy.policy", Each: true, To: Unset},
				{Of: Update, Action: "iam:DeleteRolePolicy", If: "inline_policy.name", Each: true, To: Unset},
				{Of: Update, Action: "iam:AttachRolePolicy", If: "managed_policy_arns", To: Set, Each: true, Policy: "managed_policy_arns"},
				{Of: Update, Action: "iam:DetachRolePolicy", If: "managed_policy_arns", To: Unset, Each: true, Policy: "managed_policy_arns"},
				{Of: Update, Action: "iam:TagRole", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagRole", If: Tags, To: Unset, Tags: true},

				{Of: Delete, Action: "iam:ListInstanceProfilesForRole"},
				{Of: Delete, Action: "iam:RemoveRoleFromInstanceProfile", On: &Target{Kind: "instance-profile"}, Perhaps: true},
				{Of: Delete, Action: "iam:ListRolePolicies", If: "force_detach_policies", Switch: true},
				{Of: Delete, Action: "iam:DeleteRolePolicy", If: "force_detach_policies", Switch: true, Perhaps: true},
				{Of: Delete, Action: "iam:ListAttachedRolePolicies", If: "force_detach_policies", Switch: true},
				{Of: Delete, Action: "iam:DetachRolePolicy", If: "force_detach_policies", Switch: true, Perhaps: true},
				{Of: Delete, Action: "iam:ListRolePolicies", If: "inline_policy.policy"},
				{Of: Delete, Action: "iam:DeleteRolePolicy", If: "inline_policy.policy", Each: true},
				{Of: Delete, Action: "iam:ListAttachedRolePolicies", If: "managed_policy_arns"},
				{Of: Delete, Action: "iam:DetachRolePolicy", If: "managed_policy_arns", Each: true, Policy: "managed_policy_arns"},
				{Of: Delete, Action: "iam:DeleteRole"},
			},
		},
		"aws_iam_user": {
			Object: Target{Kind: "user", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: append([]Call{
				{Of: Create, Action: "iam:CreateUser", Boundary: "permissions_boundary", Tags: true},
				{Of: Create, Action: "iam:TagUser", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:GetUser"},
				{Of: Update, Action: "iam:UpdateUser", If: "name"},
				{Of: Update, Action: "iam:UpdateUser", If: "path"},
				{Of: Update, Action: "iam:UpdateUser", If: "name", Former: true, Besides: true},
				{Of: Update, Action: "iam:UpdateUser", If: "path", Former: true, Besides: true},
				{Of: Update, Action: "iam:PutUserPermissionsBoundary", If: "permissions_boundary", To: Set, Boundary: "permissions_boundary"},
				{Of: Update, Action: "iam:DeleteUserPermissionsBoundary", If: "permissions_boundary", To: Unset},
				{Of: Update, Action: "iam:TagUser", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagUser", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:ListGroupsForUser"},
				{Of: Delete, Action: "iam:DeleteUser"},
			}, destroyedUser()...),
		},
		"aws_iam_group": {
			Object: Target{Kind: "group", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateGroup"},
				{Of: Read, Action: "iam:GetGroup"},
				{Of: Update, Action: "iam:UpdateGroup", If: "name"},
				{Of: Update, Action: "iam:UpdateGroup", If: "path"},
				{Of: Update, Action: "iam:UpdateGroup", If: "name", Former: true, Besides: true},
				{Of: Update, Action: "iam:UpdateGroup", If: "path", Former: true, Besides: true},
				{Of: Delete, Action: "iam:DeleteGroup"},
			},
		},
		"aws_iam_instance_profile": {
			Object: Target{Kind: "instance-profile", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateInstanceProfile", Tags: true},
				{Of: Create, Action: "iam:TagInstanceProfile", If: Tags, Tags: true, Besides: true},
				{Of: Create, Action: "iam:AddRoleToInstanceProfile", If: "role"},
				{Of: Create, Action: "iam:PassRole", If: "role", On: on("role", "role"), Services: ec2, Besides: true},
				{Of: Read, Action: "iam:GetInstanceProfile"},
				{Of: Read, Action: "iam:GetRole", If: "role", On: on("role", "role")},
				{Of: Update, Action: "iam:RemoveRoleFromInstanceProfile", If: "role", To: Had},
				{Of: Update, Action: "iam:AddRoleToInstanceProfile", If: "role", To: Set},
				{Of: Update, Action: "iam:PassRole", If: "role", To: Set, On: on("role", "role"), Services: ec2, Besides: true},
				{Of: Update, Action: "iam:TagInstanceProfile", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagInstanceProfile", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:RemoveRoleFromInstanceProfile", If: "role"},
				{Of: Delete, Action: "iam:DeleteInstanceProfile"},
			},
		},
	}
}

// ec2 is the service that instance profiles are for.
var ec2 = []string{"ec2.amazonaws.com"}

// destroyedUser are the calls that force_destroy makes for what a user has: to list
// it, and to delete what there is.
func destroyedUser() []Call {
	var out []Call
	for _, c := range []struct{ action, list string }{
		{"DeleteUserPolicy", "ListUserPolicies"},
		{"DetachUserPolicy", "ListAttachedUserPolicies"},
		{"DeleteAccessKey", "ListAccessKeys"},
		{"DeleteSSHPublicKey", "ListSSHPublicKeys"},
		{"DeactivateMFADevice", "ListMFADevices"},
		{"DeleteSigningCertificate", "ListSigningCertificates"},
		{"DeleteServiceSpecificCredential", "ListServiceSpecificCredentials"},
	} {
		out = append(out,
			Call{Of: Delete, Action: "iam:" + c.list, If: "force_destroy", Switch: true},
			Call{Of: Delete, Action: "iam:" + c.action, If: "force_destroy", Switch: true, Perhaps: true})
	}
	// It names no user, so that no recording tells for whom it is made.
	out = append(out, Call{Of: Delete, Action: "iam:ListVirtualMFADevices", If: "force_destroy", Switch: true, On: &Target{}, Perhaps: true})
	return append(out, Call{Of: Delete, Action: "iam:DeleteLoginProfile", If: "force_destroy", Switch: true})
}
