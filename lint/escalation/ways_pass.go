package escalation

import "github.com/boundlint/boundlint/lint/compute"

const controlPass = "Scope the Resource of iam:PassRole to roles that are certain to be bounded, and pin iam:PassedToService: " +
	"iam:PassRole carries no boundary key."

// passing is a way that hands the target role to services that then run what
// the actor gives them.
func passing(id, name, references string, services []string, needs []Need, rest ...Requirement) *Way {
	return &Way{
		ID: id, Name: name, Kind: Pass, Target: TargetRole, Gains: Acts,
		Steps:    append(steps(passTo(services...)), rest...),
		Services: services, Needs: needs, Control: controlPass, References: refs(references),
	}
}

// otherPass is iam:PassRole on a second role, which the service needs for
// itself.
func otherPass(services ...string) Requirement {
	r := passTo(services...)
	r.On = OnChosen
	return r
}

func to(services ...string) []string { return services }

// passWays are the known ways to have a service run code, or make any request
// the actor likes, with a role that the actor hands to it.
func passWays() []*Way {
	ways := passComputeWays()
	ways = append(ways, passDeployWays()...)
	ways = append(ways, passDataWays()...)
	return append(ways, passWorkflowWays()...)
}

// passComputeWays are the ways through instances, containers and functions.
func passComputeWays() []*Way {
	ec2, tasks, lambda := to("ec2.amazonaws.com"), to("ecs-tasks.amazonaws.com"), to("lambda.amazonaws.com")
	invoke := call("lambda:InvokeFunction", OnMade).or(call("lambda:InvokeAsync", OnMade))
	return []*Way{
		passing("ec2-001", "launch an instance with a role and code of its own in the user data",
			"pathfinding rhino#3 iamvuln:privesc3 pacu prowler cloudsplaining parliament pmapper",
			ec2, carries(compute.InstanceProfile), call("ec2:RunInstances", OnChosen)),
		passing("ec2-003", "launch a spot instance with a role and code of its own in the user data", "pathfinding prowler cloudsplaining",
			ec2, carries(compute.InstanceProfile), call("ec2:RequestSpotInstances", OnChosen).or(call("ec2:RequestSpotFleet", OnChosen),
				call("ec2:CreateFleet", OnChosen))),
		passing("x-ec2-newprofile", "make an instance profile for a role and launch an instance with it", "pmapper",
			ec2, nil, call("iam:CreateInstanceProfile", OnMade), call("iam:AddRoleToInstanceProfile", OnMade), call("ec2:RunInstances", OnChosen)),
		passing("x-ec2-associate", "launch an instance and give it an instance profile afterwards", "pmapper",
			ec2, carries(compute.InstanceProfile), call("ec2:RunInstances", OnChosen),
			call("ec2:AssociateIamInstanceProfile", OnChosen).or(call("ec2:ReplaceIamInstanceProfileAssociation", OnChosen))),
		passing("x-ec2-associate-existing", "give an instance on which it can run code another instance profile", "derived",
			ec2, append(exists(compute.Instance), carries(compute.InstanceProfile)...),
			call("ec2:AssociateIamInstanceProfile", OnCompute).or(call("ec2:ReplaceIamInstanceProfileAssociation", OnCompute)),
			call("ssm:StartSession", OnCompute).or(call("ssm:SendCommand", OnCompute), call("ec2-instance-connect:SendSSHPublicKey", OnCompute))),
		passing("x-iam-profile-swap", "put a role into the instance profile of an instance on which it can run code", "derived",
			ec2, exists(compute.Instance, compute.InstanceProfile),
			optional(call("iam:RemoveRoleFromInstanceProfile", OnChosen)), call("iam:AddRoleToInstanceProfile", OnChosen),
			call("ssm:StartSession", OnCompute).or(call("ssm:SendCommand", OnCompute), call("ec2-instance-connect:SendSSHPublicKey", OnCompute))),
		passing("x-autoscaling-new", "start an Auto Scaling group from a launch configuration with a role", "pmapper prowler",
			ec2, append(carries(compute.InstanceProfile), exists(compute.ServiceLinkedRole)...),
			call("autoscaling:CreateLaunchConfiguration", OnMade), call("autoscaling:CreateAutoScalingGroup", OnMade)),
		passing("x-autoscaling-update", "move an Auto Scaling group to a launch configuration with a role", "prowler",
			ec2, append(exists(compute.AutoScalingGroup), carries(compute.InstanceProfile)...),
			call("autoscaling:CreateLaunchConfiguration", OnMade), call("autoscaling:UpdateAutoScalingGroup", OnCompute)),
		passing("x-autoscaling-template", "start an Auto Scaling group from a launch template with a role", "derived",
			ec2, append(carries(compute.InstanceProfile), exists(compute.ServiceLinkedRole)...),
			call("ec2:CreateLaunchTemplate", OnMade), call("ec2:RunInstances", OnChosen), call("autoscaling:CreateAutoScalingGroup", OnMade)),

		passing("ecs-001", "run a service of its own containers with a role in a new ECS cluster", "pathfinding cloudsplaining",
			tasks, nil, call("ecs:CreateCluster", OnMade), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:CreateService", OnMade)),
		passing("ecs-002", "run a task of its own containers with a role in a new ECS cluster", "pathfinding cloudsplaining",
			tasks, nil, call("ecs:CreateCluster", OnMade), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:RunTask", OnMade)),
		passing("ecs-003", "run a service of its own containers with a role", "pathfinding prowler cloudsplaining",
			tasks, exists(compute.ECSCluster), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:CreateService", OnMade)),
		passing("ecs-004", "run a task of its own containers with a role", "pathfinding prowler cloudsplaining",
			tasks, exists(compute.ECSCluster), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:RunTask", OnMade)),
		passing("ecs-005", "start a task of its own containers with a role on a container instance", "pathfinding prowler cloudsplaining",
			tasks, exists(compute.ECSCluster, compute.ContainerInstance), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:StartTask", OnMade)),
		passing("x-ecs-updateservice", "move a service to a task definition with a role and containers of its own", "derived",
			tasks, exists(compute.ECSService), call("ecs:RegisterTaskDefinition", OnMade), call("ecs:UpdateService", OnCompute)),
		passing("x-ecs-runtask", "run an existing task definition with another role and command", "prowler",
			tasks, exists(compute.TaskDefinition, compute.ECSCluster), call("ecs:RunTask", OnCompute)),
		passing("x-ecs-starttask", "start an existing task definition with another role and command on a container instance", "derived",
			tasks, exists(compute.TaskDefinition, compute.ECSCluster, compute.ContainerInstance), call("ecs:StartTask", OnCompute)),
		passing("x-ecs-containerinstance", "start an existing task definition with another role on a container instance of its own", "prowler",
			tasks, exists(compute.TaskDefinition, compute.ECSCluster), call("ecs:StartTask", OnCompute),
			call("ecs:RegisterContainerInstance", OnChosen), optional(call("ecs:DeregisterContainerInstance", OnChosen))),
		passing("x-ecs-express", "start an Express Mode service of its own container with a role", "derived",
			tasks, nil, call("ecs:CreateExpressGatewayService", OnMade).or(call("ecs:UpdateExpressGatewayService", OnChosen))),

		passing("lambda-001", "run code of its own in a new Lambda function with a role",
			"pathfinding rhino#15 iamvuln:privesc15 prowler cloudsplaining parliament pmapper",
			lambda, nil, call("lambda:CreateFunction", OnMade), invoke),
		passing("lambda-002", "run code of its own in a new Lambda function with a role, by an event source",
			"pathfinding pacu prowler cloudsplaining parliament",
			lambda, exists(compute.EventSource), call("lambda:CreateFunction", OnMade), call("lambda:CreateEventSourceMapping", OnChosen)),
		passing("lambda-006", "run code of its own in a new Lambda function with a role that others are let to invoke",
			"pathfinding rhino#16 pacu prowler cloudsplaining",
			lambda, nil, call("lambda:CreateFunction", OnMade), call("lambda:AddPermission", OnMade)),
		passing("x-lambda-newdynamo", "run code of its own in a new Lambda function with a role, by a table of its own",
			"rhino#17 iamvuln:privesc16 pacu prowler cloudsplaining parliament",
			lambda, nil, call("lambda:CreateFunction", OnMade), call("lambda:CreateEventSourceMapping", OnChosen),
			call("dynamodb:CreateTable", OnMade), call("dynamodb:PutItem", OnMade)),
		passing("x-lambda-reroute", "give an existing Lambda function a role and code of its own", "pmapper",
			lambda, exists(compute.Function), call("lambda:UpdateFunctionConfiguration", OnCompute), call("lambda:UpdateFunctionCode", OnCompute)),

		passing("apprunner-001", "run an App Runner service of its own with a role", "pathfinding prowler cloudsplaining",
			to("tasks.apprunner.amazonaws.com"), nil, call("apprunner:CreateService", OnMade)),
		passing("x-apprunner-update", "give an existing App Runner service a role and code of its own", "derived",
			to("tasks.apprunner.amazonaws.com"), exists(compute.AppRunnerService), call("apprunner:UpdateService", OnCompute)),
		passing("x-batch", "run a Batch job of its own containers with a role", "derived",
			tasks, exists(compute.BatchJobQueue), call("batch:RegisterJobDefinition", OnMade), call("batch:SubmitJob", OnMade)),
		passing("x-eks-podidentity", "give pods of its own a role by a pod identity association", "derived",
			to("pods.eks.amazonaws.com"), exists(compute.EKSCluster),
			call("eks:CreatePodIdentityAssociation", OnCompute).or(call("eks:UpdatePodIdentityAssociation", OnChosen))),
		passing("x-eks-nodegroup", "start nodes of an EKS cluster with a role that its pods can reach", "derived",
			ec2, exists(compute.EKSCluster), call("eks:CreateNodegroup", OnCompute)),
		passing("x-eks-capability", "start a controller with a role in an EKS cluster", "derived",
			to("capabilities.eks.amazonaws.com"), exists(compute.EKSCluster),
			call("eks:CreateCapability", OnCompute).or(call("eks:UpdateCapability", OnChosen))),
		passing("x-beanstalk", "run an Elastic Beanstalk environment of its own with a role", "derived",
			ec2, carries(compute.InstanceProfile),
			call("elasticbeanstalk:CreateEnvironment", OnMade).or(call("elasticbeanstalk:UpdateEnvironment", OnChosen))),
		passing("x-gamelift", "run server code of its own on a GameLift fleet with a role", "derived",
			to("gamelift.amazonaws.com"), nil, call("gamelift:CreateBuild", OnMade).or(call("gamelift:CreateScript", OnMade)),
			call("gamelift:CreateFleet", OnMade)),
		passing("x-appstream", "stream from an image builder or fleet with a role", "derived",
			to("appstream.amazonaws.com"), nil, call("appstream:CreateImageBuilder", OnMade).or(call("appstream:CreateFleet", OnMade)),
			call("appstream:CreateImageBuilderStreamingURL", OnMade).or(call("appstream:CreateStreamingURL", OnMade))),
		passing("x-imagebuilder", "build an image with scripts of its own on an instance with a role", "derived",
			ec2, carries(compute.InstanceProfile), call("imagebuilder:CreateInfrastructureConfiguration", OnMade),
			call("imagebuilder:CreateComponent", OnMade), call("imagebuilder:CreateImageRecipe", OnMade), call("imagebuilder:CreateImage", OnMade)),
		passing("x-pcs", "start a node group of a computing cluster with a role", "derived",
			ec2, carries(compute.InstanceProfile), call("pcs:CreateComputeNodeGroup", OnMade).or(call("pcs:UpdateComputeNodeGroup", OnChosen))),
		passing("x-ssm-activation", "register a machine of its own as a managed instance with a role", "derived",
			to("ssm.amazonaws.com"), nil, call("ssm:CreateActivation", OnChosen)),
		passing("x-ssm-managedrole", "give a managed instance of its own another role", "derived",
			to("ssm.amazonaws.com"), exists(compute.HybridInstance), call("ssm:UpdateManagedInstanceRole", OnCompute)),
		passing("x-rolesanywhere", "get a role's credentials for a certificate of its own", "derived",
			to("rolesanywhere.amazonaws.com"), nil, call("rolesanywhere:CreateTrustAnchor", OnChosen),
			call("rolesanywhere:CreateProfile", OnChosen).or(call("rolesanywhere:UpdateProfile", OnChosen))),
		passing("x-iot-rolealias", "get a role's credentials for a device certificate of its own", "derived",
			to("credentials.iot.amazonaws.com"), nil, call("iot:CreateRoleAlias", OnMade).or(call("iot:UpdateRoleAlias", OnChosen)),
			call("iot:CreateKeysAndCertificate", OnChosen), call("iot:CreatePolicy", OnMade), call("iot:AttachPolicy", OnChosen)),
		passing("x-cognito-pool", "get a role's credentials for guests of an identity pool", "derived",
			to("cognito-identity.amazonaws.com"), nil,
			call("cognito-identity:CreateIdentityPool", OnChosen).or(call("cognito-identity:UpdateIdentityPool", OnChosen)),
			call("cognito-identity:SetIdentityPoolRoles", OnChosen)),
		passing("x-cognito-roles", "give the guests of an existing identity pool a role, as one of whom it gets the credentials", "derived",
			to("cognito-identity.amazonaws.com"), exists(compute.GuestPool), call("cognito-identity:SetIdentityPoolRoles", OnCompute)),
	}
}

// passDeployWays are the ways through what builds and deploys.
func passDeployWays() []*Way {
	cfn, build := to("cloudformation.amazonaws.com"), to("codebuild.amazonaws.com")
	return []*Way{
		passing("cloudformation-001", "make any resource by a CloudFormation stack with a role",
			"pathfinding rhino#21 iamvuln:privesc20 prowler cloudsplaining parliament pmapper",
			cfn, nil, call("cloudformation:CreateStack", OnMade)),
		passing("cloudformation-003", "make any resource in an account by a CloudFormation stack set with a role",
			"pathfinding prowler cloudsplaining",
			cfn, nil, call("cloudformation:CreateStackSet", OnMade), call("cloudformation:CreateStackInstances", OnMade)),
		passing("cloudformation-004", "give an existing stack set a template of its own and a role", "pathfinding prowler cloudsplaining",
			cfn, exists(compute.StackSet), call("cloudformation:UpdateStackSet", OnCompute)),
		passing("x-cfn-update-newrole", "give an existing stack a template of its own and a role", "pmapper",
			cfn, exists(compute.Stack), call("cloudformation:UpdateStack", OnCompute)),
		passing("x-cfn-changeset-newrole", "make any resource by a change set with a role", "derived",
			cfn, nil, call("cloudformation:CreateChangeSet", OnMade), call("cloudformation:ExecuteChangeSet", OnMade)),
		passing("x-cloudcontrol", "make or change any resource by Cloud Control with a role", "derived",
			cfn, nil, call("cloudformation:CreateResource", OnChosen).or(call("cloudformation:UpdateResource", OnChosen))),
		passing("codebuild-001", "run a build of its own with a role",
			"pathfinding iamvuln:codeBuildCreateProjectPassRole prowler cloudsplaining pmapper",
			build, nil, call("codebuild:CreateProject", OnMade), call("codebuild:StartBuild", OnMade)),
		passing("codebuild-004", "run a batch build of its own with a role", "pathfinding prowler cloudsplaining pmapper",
			build, nil, call("codebuild:CreateProject", OnMade), call("codebuild:StartBuildBatch", OnMade)),
		passing("x-codebuild-update", "give an existing build project a role and run it with a buildspec of its own", "pmapper",
			build, exists(compute.CodeBuildProject), call("codebuild:UpdateProject", OnCompute),
			call("codebuild:StartBuild", OnCompute).or(call("codebuild:StartBuildBatch", OnCompute))),
		passing("x-codebuild-override", "run an existing build project with another role and a buildspec of its own", "derived",
			build, exists(compute.CodeBuildProject), call("codebuild:StartBuild", OnCompute).or(call("codebuild:StartBuildBatch", OnCompute))),
		passing("x-codepipeline", "run commands of its own in a pipeline with a role", "derived",
			to("codepipeline.amazonaws.com"), nil, call("codepipeline:CreatePipeline", OnMade).or(call("codepipeline:UpdatePipeline", OnChosen))),
		passing("x-amplify", "build an Amplify app of its own with a role", "derived",
			to("amplify.amazonaws.com"), nil, call("amplify:CreateApp", OnChosen), call("amplify:CreateBranch", OnChosen),
			call("amplify:StartJob", OnChosen)),
		passing("x-servicecatalog", "launch a product of its own under a launch role", "derived",
			to("servicecatalog.amazonaws.com"), nil, call("servicecatalog:CreateConstraint", OnChosen),
			call("servicecatalog:CreateProvisioningArtifact", OnChosen).or(call("servicecatalog:CreateProduct", OnChosen)),
			call("servicecatalog:ProvisionProduct", OnChosen)),
		passing("x-chatbot", "run commands from a chat channel of its own with a role", "derived",
			to("chatbot.amazonaws.com"), nil, call("chatbot:CreateSlackChannelConfiguration", OnChosen).or(
				call("chatbot:CreateMicrosoftTeamsChannelConfiguration", OnChosen), call("chatbot:UpdateSlackChannelConfiguration", OnChosen),
				call("chatbot:UpdateMicrosoftTeamsChannelConfiguration", OnChosen))),
		closed(passing("x-codestar-passrole", "make a CodeStar project with a role", "rhino#24 pacu prowler",
			to("codestar.amazonaws.com"), nil, call("codestar:CreateProject", OnChosen))),
		closed(&Way{
			ID: "x-codestar-member", Name: "make a CodeStar project and join it as owner",
			Kind: SelfEdit, Target: TargetSelf, Gains: Grows, Reach: ReachSome,
			Steps:      steps(call("codestar:CreateProject", OnChosen), call("codestar:AssociateTeamMember", OnMade)),
			Control:    "Leave the actions out; a boundary of the holder's own caps what the project attaches to it.",
			References: refs("rhino#25 pacu"),
		}),
	}
}

func closed(w *Way) *Way {
	w.Closed = true
	return w
}

// passDataWays are the ways through what processes data and trains models.
func passDataWays() []*Way {
	glue, sagemaker, ec2 := to("glue.amazonaws.com"), to("sagemaker.amazonaws.com"), to("ec2.amazonaws.com")
	agents := to("bedrock-agentcore.amazonaws.com")
	return []*Way{
		passing("bedrock-001", "run code of its own in a code interpreter with a role", "pathfinding prowler cloudsplaining",
			agents, nil, calls(OnMade, "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession",
				"bedrock-agentcore:InvokeCodeInterpreter")...),
		passing("x-bedrock-runtime", "run code of its own in an agent runtime with a role", "derived",
			agents, nil, call("bedrock-agentcore:CreateAgentRuntime", OnMade), call("bedrock-agentcore:InvokeAgentRuntime", OnMade)),
		passing("x-bedrock-runtime-update", "give an existing agent runtime a role and code of its own", "derived",
			agents, exists(compute.AgentRuntime), call("bedrock-agentcore:UpdateAgentRuntime", OnCompute),
			call("bedrock-agentcore:InvokeAgentRuntime", OnCompute)),
		passing("datapipeline-001", "run commands of its own by a data pipeline with a role",
			"pathfinding rhino#22 iamvuln:privesc21 prowler cloudsplaining parliament",
			to("datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"), nil,
			calls(OnMade, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline")...),
		passing("glue-001", "log in to a new Glue development endpoint with a role",
			"pathfinding rhino#19 iamvuln:privesc18 prowler cloudsplaining parliament",
			glue, nil, call("glue:CreateDevEndpoint", OnMade)),
		passing("glue-003", "run a Glue job of its own with a role", "pathfinding prowler cloudsplaining",
			glue, nil, calls(OnMade, "glue:CreateJob", "glue:StartJobRun")...),
		passing("glue-004", "run a Glue job of its own with a role, by a trigger", "pathfinding prowler cloudsplaining",
			glue, nil, calls(OnMade, "glue:CreateJob", "glue:CreateTrigger")...),
		passing("glue-005", "give an existing Glue job a role and a script of its own", "pathfinding prowler cloudsplaining",
			glue, exists(compute.GlueJob), calls(OnCompute, "glue:UpdateJob", "glue:StartJobRun")...),
		passing("glue-006", "give an existing Glue job a role and a script of its own, by a trigger", "pathfinding prowler cloudsplaining",
			glue, exists(compute.GlueJob), call("glue:UpdateJob", OnCompute), call("glue:CreateTrigger", OnMade)),
		passing("x-glue-session", "run code of its own in a Glue session with a role", "derived",
			glue, nil, calls(OnMade, "glue:CreateSession", "glue:RunStatement")...),
		passing("sagemaker-001", "open a new notebook instance with a role",
			"pathfinding rhino#27 iamvuln:sageMakerCreateNotebookPassRole prowler cloudsplaining pmapper",
			sagemaker, nil, call("sagemaker:CreateNotebookInstance", OnMade),
			optional(call("sagemaker:CreatePresignedNotebookInstanceUrl", OnMade))),
		passing("sagemaker-002", "run a training job of its own with a role",
			"pathfinding iamvuln:sageMakerCreateTrainingJob prowler cloudsplaining pmapper",
			sagemaker, exists(compute.Bucket), call("sagemaker:CreateTrainingJob", OnMade)),
		passing("sagemaker-003", "run a processing job of its own with a role",
			"pathfinding iamvuln:sageMakerCreateProcessingJob prowler cloudsplaining pmapper",
			sagemaker, exists(compute.Bucket), call("sagemaker:CreateProcessingJob", OnMade)),
		passing("x-sagemaker-tuning", "run training code of its own by a tuning job with a role", "derived",
			sagemaker, exists(compute.Bucket), call("sagemaker:CreateHyperParameterTuningJob", OnMade)),
		passing("x-sagemaker-endpoint", "run model containers of its own with a role", "derived",
			sagemaker, nil, calls(OnMade, "sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateEndpoint")...),
		passing("x-sagemaker-studio", "open Studio as a new user with a role", "derived",
			sagemaker, nil, call("sagemaker:CreateUserProfile", OnMade).or(call("sagemaker:UpdateUserProfile", OnChosen),
				call("sagemaker:CreateDomain", OnMade), call("sagemaker:UpdateDomain", OnChosen)),
			call("sagemaker:CreatePresignedDomainUrl", OnChosen)),
		passing("x-sagemaker-pipeline", "run steps of its own by a SageMaker pipeline with a role", "derived",
			sagemaker, nil, call("sagemaker:CreatePipeline", OnMade).or(call("sagemaker:UpdatePipeline", OnChosen)),
			call("sagemaker:StartPipelineExecution", OnMade)),
		passing("x-sagemaker-notebook-role", "give an existing notebook instance another role", "derived",
			sagemaker, exists(compute.Notebook), calls(OnCompute, "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance",
				"sagemaker:StartNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl")...),
		passing("x-sagemaker-cluster", "run lifecycle scripts of its own on a HyperPod cluster with a role", "derived",
			sagemaker, exists(compute.Bucket), call("sagemaker:CreateCluster", OnMade).or(call("sagemaker:UpdateCluster", OnChosen))),
		passing("x-emr", "run steps of its own on a new EMR cluster with a role", "derived",
			ec2, carries(compute.InstanceProfile), otherPass("elasticmapreduce.amazonaws.com"), call("elasticmapreduce:RunJobFlow", OnMade)),
		passing("x-emr-serverless", "run an EMR Serverless job of its own with a role", "derived",
			to("emr-serverless.amazonaws.com"), nil, call("emr-serverless:CreateApplication", OnMade), call("emr-serverless:StartJobRun", OnMade)),
		passing("x-flink", "run a Flink application of its own with a role", "derived",
			to("kinesisanalytics.amazonaws.com"), exists(compute.Bucket),
			calls(OnMade, "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication")...),
		passing("x-kafkaconnect", "run a connector of its own with a role", "derived",
			to("kafkaconnect.amazonaws.com"), exists(compute.Bucket),
			calls(OnMade, "kafkaconnect:CreateCustomPlugin", "kafkaconnect:CreateConnector")...),
		passing("x-omics", "run a workflow of its own with a role", "derived",
			to("omics.amazonaws.com"), nil, call("omics:CreateWorkflow", OnMade),
			call("omics:StartRun", OnChosen).or(call("omics:StartRunBatch", OnChosen))),
		passing("x-braket", "run a hybrid job of its own with a role", "derived",
			to("braket.amazonaws.com"), exists(compute.Bucket), call("braket:CreateJob", OnMade)),
		passing("x-deadline", "run jobs of its own on a render farm with a role", "derived",
			to("credentials.deadline.amazonaws.com"), nil, calls(OnChosen, "deadline:CreateQueue", "deadline:CreateJob")...),
		passing("x-synthetics", "run a canary of its own with a role", "derived",
			to("lambda.amazonaws.com"), exists(compute.Bucket),
			call("synthetics:CreateCanary", OnMade).or(call("synthetics:UpdateCanary", OnChosen)), call("synthetics:StartCanary", OnMade)),
		passing("x-mwaa", "run Airflow tasks of its own with a role", "derived",
			to("airflow-env.amazonaws.com", "airflow.amazonaws.com"), exists(compute.Bucket),
			call("airflow:CreateEnvironment", OnMade).or(call("airflow:UpdateEnvironment", OnChosen))),
	}
}

// passWorkflowWays are the ways through services that make requests of the
// actor's choosing with the role, without any code of its own.
func passWorkflowWays() []*Way {
	ssm := to("ssm.amazonaws.com")
	document := optional(call("ssm:CreateDocument", OnMade))
	ways := []*Way{
		passing("x-stepfunctions", "make any request by a state machine with a role", "derived",
			to("states.amazonaws.com"), nil, call("states:CreateStateMachine", OnMade),
			call("states:StartExecution", OnMade).or(call("states:StartSyncExecution", OnMade))),
		passing("x-stepfunctions-update", "make any request by an existing state machine that it rewrites, with a role", "derived",
			to("states.amazonaws.com"), nil, call("states:UpdateStateMachine", OnChosen),
			call("states:StartExecution", OnChosen).or(call("states:StartSyncExecution", OnChosen))),
		passing("x-stepfunctions-test", "make any request by testing a state with a role", "derived",
			to("states.amazonaws.com"), nil, call("states:TestState", OnChosen)),
		passing("x-scheduler", "make any request by a schedule with a role", "derived",
			to("scheduler.amazonaws.com"), nil, call("scheduler:CreateSchedule", OnMade).or(call("scheduler:UpdateSchedule", OnChosen))),
		passing("x-ssm-automation", "make any request by an automation with a role", "derived",
			ssm, nil, document, call("ssm:StartAutomationExecution", OnChosen)),
		passing("x-ssm-association", "make any request by an association that runs an automation with a role", "derived",
			ssm, nil, document, call("ssm:CreateAssociation", OnChosen).or(call("ssm:CreateAssociationBatch", OnChosen),
				call("ssm:UpdateAssociation", OnChosen))),
		passing("x-ssm-maintenance", "make any request by a task of a maintenance window with a role", "derived",
			ssm, nil, optional(call("ssm:CreateMaintenanceWindow", OnChosen)), document,
			call("ssm:RegisterTaskWithMaintenanceWindow", OnChosen).or(call("ssm:UpdateMaintenanceWindowTask", OnChosen))),
		passing("x-config-remediation", "make any request by a remediation that runs an automation with a role", "derived",
			ssm, nil, document, call("config:PutRemediationConfigurations", OnChosen), call("config:StartRemediationExecution", OnChosen)),
		passing("x-appsync", "make any request by a resolver of an API with a role", "derived",
			to("appsync.amazonaws.com"), nil, call("appsync:CreateDataSource", OnChosen).or(call("appsync:UpdateDataSource", OnChosen)),
			call("appsync:CreateResolver", OnChosen).or(call("appsync:UpdateResolver", OnChosen))),
		passing("x-apigateway", "make any request by an integration of an API with a role", "derived",
			to("apigateway.amazonaws.com"), nil, call("apigateway:PUT", OnChosen).or(call("apigateway:POST", OnChosen),
				call("apigateway:PATCH", OnChosen))),
	}
	// The rule's targets are few, but what EventBridge can start with the role
	// runs code: commands, tasks, builds and state machines.
	events := passing("x-events", "start tasks, commands and state machines by a rule with a role", "derived",
		to("events.amazonaws.com"), nil, optional(call("events:PutRule", OnMade)), call("events:PutTargets", OnMade))
	events.Reach = ReachSome
	pipes := passing("x-pipes", "start tasks and state machines by a pipe with a role", "derived",
		to("pipes.amazonaws.com"), exists(compute.EventSource), call("pipes:CreatePipe", OnMade).or(call("pipes:UpdatePipe", OnChosen)))
	pipes.Reach = ReachSome
	fis := passing("x-fis", "run commands and automations by an experiment with a role", "derived",
		to("fis.amazonaws.com"), nil, call("fis:CreateExperimentTemplate", OnChosen).or(call("fis:UpdateExperimentTemplate", OnChosen)),
		call("fis:StartExperiment", OnChosen))
	fis.Reach = ReachSome
	return append(ways, events, pipes, fis)
}
