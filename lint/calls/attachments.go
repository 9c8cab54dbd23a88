package calls

// attachments are the calls for what gives managed policies to holders, and users
// to groups.
func attachments() map[string]*Type {
	return map[string]*Type{
		"aws_iam_role_policy_attachment":             attachment("role", "Role"),
		"aws_iam_user_policy_attachment":             attachment("user", "User"),
		"aws_iam_group_policy_attachment":            attachment("group", "Group"),
		"aws_iam_role_policy_attachments_exclusive":  exclusiveAttachments("role", "Role"),
		"aws_iam_user_policy_attachments_exclusive":  exclusiveAttachments("user", "User"),
		"aws_iam_group_policy_attachments_exclusive": exclusiveAttachments("group", "Group"),
		"aws_iam_role_policies_exclusive":            exclusiveInline("role", "Role"),
		"aws_iam_user_policies_exclusive":            exclusiveInline("user", "User"),
		"aws_iam_group_policies_exclusive":           exclusiveInline("group", "Group"),
		"aws_iam_policy_attachment": {
			Object: Target{Kind: "policy", ARN: "policy_arn"},
			Calls: append(append(ofHolders("roles", "role", "Role"), ofHolders("users", "user", "User")...),
				append(ofHolders("groups", "group", "Group"), Call{Of: Read, Action: "iam:ListEntitiesForPolicy"})...),
		},
		"aws_iam_group_membership": {
			Object: Target{Kind: "group", Name: "group"},
			Calls: []Call{
				{Of: Create, Action: "iam:AddUserToGroup", If: "users", Each: true},
				{Of: Read, Action: "iam:GetGroup"},
				{Of: Update, Action: "iam:AddUserToGroup", If: "users", To: Set, Each: true},
				{Of: Update, Action: "iam:RemoveUserFromGroup", If: "users", To: Unset, Each: true},
				{Of: Delete, Action: "iam:RemoveUserFromGroup", If: "users", Each: true},
			},
		},
		"aws_iam_user_group_membership": {
			Object: Target{Kind: "user", Name: "user"},
			Calls: []Call{
				{Of: Create, Action: "iam:AddUserToGroup", If: "groups", Each: true, On: on("group", "groups")},
				{Of: Read, Action: "iam:ListGroupsForUser"},
				{Of: Update, Action: "iam:AddUserToGroup", If: "groups", To: Set, Each: true, On: on("group", "groups")},
				{Of: Update, Action: "iam:RemoveUserFromGroup", If: "groups", To: Unset, Each: true, On: on("group", "groups")},
				{Of: Delete, Action: "iam:RemoveUserFromGroup", If: "groups", Each: true, On: on("group", "groups")},
			},
		},
	}
}

// attachment are the calls for the attachment of one policy to one holder.
func attachment(kind, name string) *Type {
	return &Type{
		Object: Target{Kind: kind, Name: kind},
		Calls: []Call{
			{Of: Create, Action: "iam:Attach" + name + "Policy", Policy: "policy_arn"},
			{Of: Read, Action: "iam:ListAttached" + name + "Policies"},
			{Of: Delete, Action: "iam:Detach" + name + "Policy", Policy: "policy_arn"},
		},
	}
}

// exclusiveAttachments are the calls for all policies that a holder may have.
func exclusiveAttachments(kind, name string) *Type {
	const arns = "policy_arns"
	return &Type{
		Object: Target{Kind: kind, Name: kind + "_name"},
		Calls: []Call{
			{Of: Create, Action: "iam:Attach" + name + "Policy", If: arns, Each: true, Policy: arns, Perhaps: true},
			{Of: Read, Action: "iam:ListAttached" + name + "Policies"},
			{Of: Update, Action: "iam:Attach" + name + "Policy", If: arns, To: Set, Each: true, Policy: arns},
			{Of: Update, Action: "iam:Detach" + name + "Policy", If: arns, To: Unset, Each: true, Policy: arns},
		},
	}
}

// exclusiveInline are the calls for the names of all inline policies that a holder
// may have.
func exclusiveInline(kind, name string) *Type {
	return &Type{
		Object: Target{Kind: kind, Name: kind + "_name"},
		Calls: []Call{
			{Of: Create, Action: "iam:Delete" + name + "Policy", Perhaps: true},
			{Of: Read, Action: "iam:List" + name + "Policies"},
			{Of: Update, Action: "iam:Delete" + name + "Policy", Perhaps: true},
		},
	}
}

// ofHolders are the calls that attach one policy to all holders of a list.
func ofHolders(list, kind, name string) []Call {
	holder := on(kind, list)
	return []Call{
		{Of: Create, Action: "iam:Attach" + name + "Policy", If: list, Each: true, On: holder, Policy: "policy_arn"},
		{Of: Update, Action: "iam:Attach" + name + "Policy", If: list, To: Set, Each: true, On: holder, Policy: "policy_arn"},
		{Of: Update, Action: "iam:Detach" + name + "Policy", If: list, To: Unset, Each: true, On: holder, Policy: "policy_arn"},
		{Of: Delete, Action: "iam:Detach" + name + "Policy", If: list, Each: true, On: holder, Policy: "policy_arn"},
	}
}
