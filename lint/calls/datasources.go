package calls

// Data begins the types of data sources in the table: data.aws_iam_role.
const Data = "data."

// dataSources are the calls for data sources, which are read wherever a plan is
// made.
func dataSources() map[string]*Type {
	one := func(kind, name, action string) *Type {
		return &Type{Object: Target{Kind: kind, Own: true, Name: name, ARN: "arn"}, Calls: []Call{{Of: Read, Action: action}}}
	}
	return map[string]*Type{
		Data + "aws_iam_role":             one("role", "name", "iam:GetRole"),
		Data + "aws_iam_user":             one("user", "user_name", "iam:GetUser"),
		Data + "aws_iam_group":            one("group", "group_name", "iam:GetGroup"),
		Data + "aws_iam_instance_profile": one("instance-profile", "name", "iam:GetInstanceProfile"),
		Data + "aws_iam_policy": {
			Object: Target{Kind: "policy", Own: true, Name: "name", ARN: "arn"},
			Calls: []Call{
				{Of: Read, Action: "iam:GetPolicy"},
				{Of: Read, Action: "iam:GetPolicyVersion"},
				// Only one that is looked for by its name.
				{Of: Read, Action: "iam:ListPolicies", If: "name", On: &Target{}, Perhaps: true},
			},
		},
	}
}
