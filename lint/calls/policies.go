package calls

// policies are the calls for managed and inline policies.
func policies() map[string]*Type {
	return map[string]*Type{
		"aws_iam_policy": {
			Object: Target{Kind: "policy", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreatePolicy", Tags: true},
				{Of: Create, Action: "iam:TagPolicy", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:GetPolicy"},
				{Of: Read, Action: "iam:GetPolicyVersion"},
				{Of: Update, Action: "iam:ListPolicyVersions", If: "policy"},
				{Of: Update, Action: "iam:DeletePolicyVersion", If: "policy", Perhaps: true},
				{Of: Update, Action: "iam:CreatePolicyVersion", If: "policy"},
				{Of: Update, Action: "iam:TagPolicy", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagPolicy", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:ListPolicyVersions"},
				{Of: Delete, Action: "iam:DeletePolicyVersion", Perhaps: true},
				{Of: Delete, Action: "iam:DeletePolicy"},
			},
		},
		"aws_iam_role_policy":  inline("role", "Role"),
		"aws_iam_user_policy":  inline("user", "User"),
		"aws_iam_group_policy": inline("group", "Group"),
	}
}

// inline are the calls for an inline policy of a holder.
func inline(kind, name string) *Type {
	return &Type{
		Object: Target{Kind: kind, Name: kind},
		Calls: []Call{
			{Of: Create, Action: "iam:Put" + name + "Policy"},
			{Of: Read, Action: "iam:Get" + name + "Policy"},
			{Of: Update, Action: "iam:Put" + name + "Policy", If: "policy"},
			{Of: Delete, Action: "iam:Delete" + name + "Policy"},
		},
	}
}
