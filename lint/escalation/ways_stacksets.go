package escalation

import "github.com/boundlint/boundlint/lint/compute"

// stackSetWays go through CloudFormation stack sets with service-managed permissions, in
// the management account of an organization and in the delegated administrators for
// them. CloudFormation makes a role stacksets-exec-* in each member account that it
// deploys to, which is an administrator there (CloudFormation User Guide, Activate
// trusted access for StackSets with AWS Organizations). Such a stack set has no
// administration role, so that its requests do not have cloudformation:RoleArn.
func stackSetWays() []*Way {
	unmanaged := []Constraint{{Key: "cloudformation:RoleArn", Choice: Missing}}
	const control = "Leave the action out of what does not administer the organization, or pin cloudformation:RoleArn to a role of its own, " +
		"which a stack set with service-managed permissions does not have: "
	return []*Way{
		{
			ID: "x-cfn-members", Name: "deploy any template as an administrator to the member accounts of the organization, by a stack set",
			Kind: Create, Target: TargetMember, Gains: Acts | Grows,
			Steps: steps(
				Requirement{Action: "cloudformation:CreateStackSet", On: OnMade, Context: unmanaged},
				call("cloudformation:CreateStackInstances", OnMade),
			),
			Control:    control + "no boundary of this account limits what it makes in the others.",
			References: refs("derived"),
		},
		{
			ID: "x-cfn-members-update", Name: "give a stack set that is deployed to member accounts of the organization a template of its own",
			Kind: Create, Target: TargetMember, Gains: Acts | Grows,
			Steps:      steps(Requirement{Action: "cloudformation:UpdateStackSet", On: OnChosen, Context: unmanaged}),
			Needs:      exists(compute.DeployedStackSet),
			Control:    control + "no boundary of this account limits what it changes in the others.",
			References: refs("derived"),
		},
	}
}
