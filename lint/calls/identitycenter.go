package calls

// permissionSets are the calls for permission sets of IAM Identity Center. Most
// of its actions are authorised on the instance and on the permission set; the
// table has the one that the change is about.
func permissionSets() map[string]*Type {
	own := Target{Kind: "permission-set", ARN: "permission_set_arn"}
	provision := []Call{
		{Of: Create, Action: "sso:ProvisionPermissionSet"},
		{Of: Update, Action: "sso:ProvisionPermissionSet"},
		{Of: Delete, Action: "sso:ProvisionPermissionSet"},
	}
	return map[string]*Type{
		"aws_ssoadmin_permission_set": {
			Object: Target{Kind: "permission-set", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "sso:CreatePermissionSet", On: &Target{Kind: "instance", ARN: "instance_arn"}, Tags: true},
				{Of: Read, Action: "sso:DescribePermissionSet"},
				{Of: Read, Action: "sso:ListTagsForResource"},
				{Of: Update, Action: "sso:UpdatePermissionSet", If: "description"},
				{Of: Update, Action: "sso:UpdatePermissionSet", If: "session_duration"},
				{Of: Update, Action: "sso:UpdatePermissionSet", If: "relay_state"},
				{Of: Update, Action: "sso:ProvisionPermissionSet"},
				{Of: Update, Action: "sso:TagResource", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "sso:UntagResource", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "sso:DeletePermissionSet"},
			},
		},
		"aws_ssoadmin_permission_set_inline_policy": {
			Object: own,
			Calls: append([]Call{
				{Of: Create, Action: "sso:PutInlinePolicyToPermissionSet"},
				{Of: Read, Action: "sso:GetInlinePolicyForPermissionSet"},
				{Of: Update, Action: "sso:PutInlinePolicyToPermissionSet", If: "inline_policy"},
				{Of: Delete, Action: "sso:DeleteInlinePolicyFromPermissionSet"},
			}, provision...),
		},
		"aws_ssoadmin_managed_policy_attachment": {
			Object: own,
			Calls: append([]Call{
				{Of: Create, Action: "sso:AttachManagedPolicyToPermissionSet"},
				{Of: Read, Action: "sso:ListManagedPoliciesInPermissionSet"},
				{Of: Delete, Action: "sso:DetachManagedPolicyFromPermissionSet"},
			}, provision...),
		},
		"aws_ssoadmin_customer_managed_policy_attachment": {
			Object: own,
			Calls: append([]Call{
				{Of: Create, Action: "sso:AttachCustomerManagedPolicyReferenceToPermissionSet"},
				{Of: Read, Action: "sso:ListCustomerManagedPolicyReferencesInPermissionSet"},
				{Of: Delete, Action: "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet"},
			}, provision...),
		},
		"aws_ssoadmin_permissions_boundary_attachment": {
			Object: own,
			Calls: append([]Call{
				{Of: Create, Action: "sso:PutPermissionsBoundaryToPermissionSet"},
				{Of: Read, Action: "sso:GetPermissionsBoundaryForPermissionSet"},
				{Of: Delete, Action: "sso:DeletePermissionsBoundaryFromPermissionSet"},
			}, provision...),
		},
		"aws_ssoadmin_account_assignment": {
			Object: own,
			Calls: []Call{
				{Of: Create, Action: "sso:CreateAccountAssignment"},
				{Of: Create, Action: "sso:DescribeAccountAssignmentCreationStatus"},
				{Of: Read, Action: "sso:ListAccountAssignments"},
				{Of: Delete, Action: "sso:DeleteAccountAssignment"},
				{Of: Delete, Action: "sso:DescribeAccountAssignmentDeletionStatus"},
			},
		},
	}
}
