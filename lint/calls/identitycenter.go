package calls

// permissionSets are the calls for permission sets of IAM Identity Center. Most
// of its actions are authorised on the instance and on the permission set; the
// table has the one that the change is about.
func permissionSets() map[string]*Type {
	own := Target{Kind: "permission-set", ARN: "permission_set_arn"}
	var provision []Call
	for _, when := range []When{Create, Update, Delete} {
		provision = append(provision,
			Call{Of: when, Action: "sso:ProvisionPermissionSet"},
			Call{Of: when, Action: "sso:DescribePermissionSetProvisioningStatus", On: onInstance})
	}
	set := &Type{
		Object: Target{Kind: "permission-set", ARN: "arn"},
		Calls: []Call{
			{Of: Create, Action: "sso:CreatePermissionSet", On: onInstance, Tags: true},
			{Of: Read, Action: "sso:DescribePermissionSet"},
			{Of: Read, Action: "sso:ListTagsForResource"},
			{Of: Update, Action: "sso:TagResource", If: Tags, To: Set, Tags: true},
			{Of: Update, Action: "sso:UntagResource", If: Tags, To: Unset, Tags: true},
			{Of: Delete, Action: "sso:DeletePermissionSet"},
		},
	}
	for _, attribute := range []string{"description", "session_duration", "relay_state"} {
		set.Calls = append(set.Calls,
			Call{Of: Update, Action: "sso:UpdatePermissionSet", If: attribute},
			Call{Of: Update, Action: "sso:ProvisionPermissionSet", If: attribute},
			Call{Of: Update, Action: "sso:DescribePermissionSetProvisioningStatus", If: attribute, On: onInstance})
	}
	return map[string]*Type{
		"aws_ssoadmin_permission_set": set,
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
				{Of: Create, Action: "sso:DescribeAccountAssignmentCreationStatus", On: onInstance},
				{Of: Read, Action: "sso:ListAccountAssignments"},
				{Of: Delete, Action: "sso:DeleteAccountAssignment"},
				{Of: Delete, Action: "sso:DescribeAccountAssignmentDeletionStatus", On: onInstance},
			},
		},
	}
}

// onInstance is the instance of Identity Center.
var onInstance = &Target{Kind: "instance", ARN: "instance_arn"}
