package calls

// attachments are the calls for what gives managed policies to holders.
func attachments() map[string]*Type {
	return map[string]*Type{
		"aws_iam_role_policy_attachment":  attachment("role", "Role"),
		"aws_iam_user_policy_attachment":  attachment("user", "User"),
		"aws_iam_group_policy_attachment": attachment("group", "Group"),
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
