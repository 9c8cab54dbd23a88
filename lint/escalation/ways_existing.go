package escalation

import "github.com/boundlint/boundlint/lint/compute"

const controlExisting = "Leave the action out or scope its Resource: no iam:PassRole is involved, and the holder's boundary does not " +
	"follow into the role that the resource carries."

// using is a way that makes something run the actor's code that carries the
// target role already.
func using(id, name, references string, needs []Need, rest ...Requirement) *Way {
	return &Way{
		ID: id, Name: name, Kind: Existing, Target: TargetRole, Gains: Acts,
		Steps: rest, Needs: needs, Control: controlExisting, References: refs(references),
	}
}

// launching is a way that writes a version of a launch template which something
// else launches. Who writes it names any instance profile of the account: EC2
// asks a principal that launches for iam:PassRole, and an Auto Scaling group launches by
// a service-linked role that may pass any role to EC2.
func launching(id, name, references string, template compute.Kind, actions ...string) *Way {
	w := using(id, name, references, append(exists(template), carries(compute.InstanceProfile)...), calls(OnCompute, actions...)...)
	w.Services = to("ec2.amazonaws.com")
	w.Control = "Leave the action out or scope its Resource to launch templates that nothing launches by itself: EC2 has no condition on " +
		"what a template names, and no iam:PassRole is involved."
	return w
}

// existingWays are the known ways through things that carry a role.
func existingWays() []*Way {
	return append(existingComputeWays(), existingServiceWays()...)
}

func existingComputeWays() []*Way {
	describe := optional(call("ec2:DescribeInstances", OnChosen))
	lambdaLayer := using("x-lambda-layer", "make a Lambda function that has a role load a layer of its own", "rhino#26 prowler",
		carries(compute.Function), optional(call("lambda:PublishLayerVersion", OnChosen)), call("lambda:UpdateFunctionConfiguration", OnCompute))
	lambdaLayer.Control += " Or a condition on lambda:Layer."
	return []*Way{
		using("ec2-002", "put code of its own into the user data of an instance that has a role", "pathfinding prowler cloudsplaining",
			carries(compute.Instance), calls(OnCompute, "ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances")...),
		using("ec2-004", "put code of its own into a launch template that has a role", "pathfinding prowler cloudsplaining",
			carries(compute.LaunchTemplate), calls(OnCompute, "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate")...),
		launching("x-ec2-template-default", "write code of its own and an instance profile into the default version of a launch template",
			"derived",
			compute.LaunchedDefault, "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
		launching("x-ec2-template-latest", "write code of its own and an instance profile into the latest version of a launch template",
			"derived",
			compute.LaunchedLatest, "ec2:CreateLaunchTemplateVersion"),
		using("ec2instanceconnect-003", "log in to an instance that has a role, with a key of its own",
			"pathfinding iamvuln:ec2InstanceConnect prowler cloudsplaining",
			carries(compute.Instance), call("ec2-instance-connect:SendSSHPublicKey", OnCompute), describe),
		using("x-ec2-serial", "log in to the serial console of an instance that has a role", "derived",
			carries(compute.Instance), call("ec2-instance-connect:SendSerialConsoleSSHPublicKey", OnCompute),
			optional(call("ec2:EnableSerialConsoleAccess", OnChosen))),
		using("x-ec2-rootvolume", "replace the root volume of an instance that has a role", "derived",
			carries(compute.Instance), call("ec2:CreateReplaceRootVolumeTask", OnCompute)),
		using("ssm-001", "open a session on an instance that has a role", "pathfinding iamvuln:ssmStartSession prowler pmapper",
			carries(compute.Instance), call("ssm:StartSession", OnCompute)),
		using("ssm-002", "run a command on an instance that has a role", "pathfinding iamvuln:ssmSendCommand prowler pmapper",
			carries(compute.Instance), call("ssm:SendCommand", OnCompute)),
		using("x-ssm-associate", "run a command on an instance that has a role, by an association", "derived",
			carries(compute.Instance), call("ssm:CreateAssociation", OnCompute).or(call("ssm:CreateAssociationBatch", OnCompute),
				call("ssm:UpdateAssociation", OnCompute))),
		using("x-codedeploy", "deploy a revision of its own to instances that have a role", "derived",
			append(carries(compute.Instance), exists(compute.CodeDeployGroup)...),
			call("codedeploy:RegisterApplicationRevision", OnChosen), call("codedeploy:GetDeploymentConfig", OnChosen),
			call("codedeploy:CreateDeployment", OnChosen)),
		using("x-autoscaling-existing", "start an Auto Scaling group from a launch configuration that has a role and code it can reach",
			"pmapper",
			append(carries(compute.LaunchConfiguration), exists(compute.ServiceLinkedRole)...),
			call("autoscaling:CreateAutoScalingGroup", OnChosen)),
		using("x-ecs-exec", "run a command in a task that has a role", "prowler cloudsplaining",
			carries(compute.Task), call("ecs:ExecuteCommand", OnCompute), optional(call("ecs:DescribeTasks", OnCompute))),
		using("x-batch-submit", "run a job definition that has a role with a command of its own", "derived",
			append(carries(compute.BatchJobDefinition), exists(compute.BatchJobQueue)...), call("batch:SubmitJob", OnCompute)),
		using("x-eks-access", "make itself administrator of a cluster whose pods and nodes have roles", "derived",
			carries(compute.EKSCluster), call("eks:CreateAccessEntry", OnCompute), call("eks:AssociateAccessPolicy", OnChosen)),
		using("x-eks-access-existing", "give its own access entry the policy of an administrator of a cluster whose pods and nodes have roles",
			"derived",
			append(carries(compute.EKSCluster), Need{Kind: compute.AccessEntry, OfActor: true}), call("eks:AssociateAccessPolicy", OnChosen)),
		using("x-emr-steps", "run a step of its own on an EMR cluster that has a role", "derived",
			carries(compute.EMRCluster), call("elasticmapreduce:AddJobFlowSteps", OnCompute)),
		using("x-emr-containers", "run a job of its own on EMR on EKS with a role that trusts its service accounts", "derived",
			carries(compute.VirtualCluster), call("emr-containers:StartJobRun", OnCompute)),

		using("lambda-004", "replace the code of a Lambda function that has a role, and invoke it", "pathfinding pacu prowler cloudsplaining",
			carries(compute.Function), call("lambda:UpdateFunctionCode", OnCompute),
			call("lambda:InvokeFunction", OnCompute).or(call("lambda:InvokeAsync", OnCompute))),
		using("lambda-005", "replace the code of a Lambda function that has a role, and let others invoke it",
			"pathfinding prowler cloudsplaining",
			carries(compute.Function), calls(OnCompute, "lambda:UpdateFunctionCode", "lambda:AddPermission")...),
		using("x-lambda-source", "replace the code of a Lambda function that has a role, and have an event source invoke it", "derived",
			append(carries(compute.Function), exists(compute.EventSource)...), call("lambda:UpdateFunctionCode", OnCompute),
			call("lambda:CreateEventSourceMapping", OnChosen)),
		using("lambda-003", "replace the code of a Lambda function that has a role and that others invoke",
			"pathfinding rhino#18 iamvuln:privesc17 pacu prowler cloudsplaining parliament pmapper",
			carries(compute.Function), call("lambda:UpdateFunctionCode", OnCompute)),
		lambdaLayer,
	}
}

func existingServiceWays() []*Way {
	override := call("codebuild:StartBuild", OnCompute)
	template := closed(using("x-codestar-template", "make a CodeStar project from a template, with the role of CodeStar", "rhino#23 pacu",
		nil, Requirement{Action: "codestar:CreateProjectFromTemplate", On: OnChosen, Undocumented: true}))
	template.Services = []string{"codestar.amazonaws.com"}
	return []*Way{
		using("apprunner-002", "replace the code of an App Runner service that has a role", "pathfinding prowler",
			carries(compute.AppRunnerService), call("apprunner:UpdateService", OnCompute)),
		using("bedrock-002", "run code of its own in a code interpreter that has a role", "pathfinding prowler cloudsplaining",
			carries(compute.CodeInterpreter), calls(OnCompute, "bedrock-agentcore:StartCodeInterpreterSession",
				"bedrock-agentcore:InvokeCodeInterpreter")...),
		using("cloudformation-002", "give a stack that has a role a template of its own",
			"pathfinding iamvuln:cloudFormationUpdateStack prowler pmapper",
			carries(compute.Stack), call("cloudformation:UpdateStack", OnCompute)),
		using("cloudformation-005", "give a stack that has a role a template of its own, by a change set",
			"pathfinding prowler cloudsplaining pmapper",
			carries(compute.Stack), calls(OnCompute, "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet")...),
		using("codebuild-002", "run a build project that has a role with a buildspec of its own", "pathfinding prowler pmapper",
			carries(compute.CodeBuildProject), override),
		using("codebuild-003", "run a batch build project that has a role with a buildspec of its own", "pathfinding prowler pmapper",
			carries(compute.CodeBuildProject), call("codebuild:StartBuildBatch", OnCompute)),
		using("x-codebuild-sandbox", "run commands in a sandbox of a build project that has a role", "derived",
			carries(compute.CodeBuildProject), call("codebuild:StartSandbox", OnCompute),
			call("codebuild:StartCommandExecution", OnChosen).or(call("codebuild:StartSandboxConnection", OnChosen))),
		using("x-amplify-update", "build an Amplify app that has a role with a build specification of its own", "derived",
			carries(compute.AmplifyApp), call("amplify:UpdateApp", OnCompute).or(call("amplify:UpdateBranch", OnChosen)),
			call("amplify:StartJob", OnChosen)),
		using("x-servicecatalog-artifact", "launch a version of its own of a product that has a launch role", "derived",
			carries(compute.Product), call("servicecatalog:CreateProvisioningArtifact", OnCompute),
			call("servicecatalog:ProvisionProduct", OnCompute).or(call("servicecatalog:UpdateProvisionedProduct", OnChosen))),
		using("x-rolesanywhere-anchor", "get the credentials of a role that a profile of Roles Anywhere has, for a certificate of its own",
			"derived",
			carries(compute.ProfileAnywhere),
			call("rolesanywhere:CreateTrustAnchor", OnChosen).or(call("rolesanywhere:UpdateTrustAnchor", OnChosen))),
		using("x-stepfunctions-existing", "rewrite a state machine that has a role so that it makes any request, and start it", "derived",
			carries(compute.StateMachine), call("states:UpdateStateMachine", OnCompute),
			call("states:StartExecution", OnCompute).or(call("states:StartSyncExecution", OnCompute))),
		using("glue-002", "log in to a Glue development endpoint that has a role, with a key of its own",
			"pathfinding rhino#20 iamvuln:privesc19 pacu prowler cloudsplaining parliament",
			carries(compute.DevEndpoint), call("glue:UpdateDevEndpoint", OnCompute)),
		using("x-glue-statement", "run code of its own in a Glue session that has a role", "derived",
			carries(compute.GlueSession), call("glue:RunStatement", OnCompute)),
		using("sagemaker-004", "open a notebook instance that has a role",
			"pathfinding rhino#28 iamvuln:sageMakerCreatePresignedNotebookURL prowler cloudsplaining",
			carries(compute.Notebook), call("sagemaker:CreatePresignedNotebookInstanceUrl", OnCompute)),
		using("sagemaker-005", "run a lifecycle script of its own on a notebook instance that has a role", "pathfinding prowler cloudsplaining",
			carries(compute.Notebook), call("sagemaker:CreateNotebookInstanceLifecycleConfig", OnMade),
			call("sagemaker:StopNotebookInstance", OnCompute),
			call("sagemaker:UpdateNotebookInstance", OnCompute), call("sagemaker:StartNotebookInstance", OnCompute)),
		using("x-sagemaker-studio-open", "open Studio as a user that has a role", "derived",
			carries(compute.StudioUser), call("sagemaker:CreatePresignedDomainUrl", OnCompute)),
		template,
	}
}
