package escalation

import "slices"

// Thing is a kind of thing that a way needs.
type Thing string

// What IAM and Identity Center hold.
const (
	CustomerPolicy     Thing = "customer-managed policy"
	StoredVersion      Thing = "stored policy version"
	UnattachedPolicy   Thing = "unattached policy"
	FreeAccessKey      Thing = "free access key slot"
	LoginProfile       Thing = "login profile"
	NoLoginProfile     Thing = "no login profile"
	IdentityProvider   Thing = "identity provider"
	InstanceProfile    Thing = "instance profile"
	PermissionSet      Thing = "permission set"
	IdentityStoreGroup Thing = "identity store group"
	ServiceLinkedRole  Thing = "service-linked role"
)

// What carries a role, or helps to run code with one.
const (
	AccessEntry         Thing = "EKS access entry"
	AgentRuntime        Thing = "AgentCore runtime"
	AmplifyApp          Thing = "Amplify app"
	AppRunnerService    Thing = "App Runner service"
	AutoScalingGroup    Thing = "Auto Scaling group"
	BatchJobDefinition  Thing = "Batch job definition"
	BatchJobQueue       Thing = "Batch job queue"
	Bucket              Thing = "S3 bucket"
	CodeBuildProject    Thing = "CodeBuild project"
	CodeDeployGroup     Thing = "CodeDeploy deployment group"
	CodeInterpreter     Thing = "AgentCore code interpreter"
	ContainerInstance   Thing = "ECS container instance"
	DevEndpoint         Thing = "Glue development endpoint"
	ECSCluster          Thing = "ECS cluster"
	ECSService          Thing = "ECS service"
	EKSCluster          Thing = "EKS cluster"
	EMRCluster          Thing = "EMR cluster"
	EventSource         Thing = "event source"
	Function            Thing = "Lambda function"
	GlueJob             Thing = "Glue job"
	GlueSession         Thing = "Glue session"
	GuestPool           Thing = "Cognito identity pool for guests"
	HybridInstance      Thing = "hybrid managed instance"
	IdentityPool        Thing = "Cognito identity pool"
	Instance            Thing = "EC2 instance"
	LaunchConfiguration Thing = "launch configuration"
	LaunchedDefault     Thing = "launch template of which the default version is launched"
	LaunchedLatest      Thing = "launch template of which the latest version is launched"
	LaunchTemplate      Thing = "launch template"
	MemberAccount       Thing = "member account whose root user this account manages"
	MaintenanceWindow   Thing = "maintenance window"
	Notebook            Thing = "SageMaker notebook instance"
	Pipeline            Thing = "CodePipeline pipeline"
	PodIdentity         Thing = "EKS pod identity association"
	Product             Thing = "Service Catalog product"
	ProfileAnywhere     Thing = "Roles Anywhere profile"
	Stack               Thing = "CloudFormation stack"
	StackSet            Thing = "CloudFormation stack set"
	StateMachine        Thing = "Step Functions state machine"
	StudioUser          Thing = "SageMaker user profile"
	Task                Thing = "ECS task"
	TaskDefinition      Thing = "ECS task definition"
	VirtualCluster      Thing = "EMR on EKS virtual cluster"
)

// ThingInfo says how a thing shows up in an input.
type ThingInfo struct {
	Thing Thing
	// Resource is its type in package catalog, service:type; empty where it
	// is no resource of its own.
	Resource string
	// Terraform are the resource types that declare it.
	Terraform []string
	// RoleIn are the attributes, with blocks as dotted paths, by which the
	// Terraform resource carries a role: the ARN or name of the role, or the
	// name of an instance profile.
	RoleIn []string
}

// things are in no order.
func things() []ThingInfo {
	return []ThingInfo{
		{CustomerPolicy, "iam:policy", []string{"aws_iam_policy"}, nil},
		{StoredVersion, "", nil, nil},
		{UnattachedPolicy, "iam:policy", []string{"aws_iam_policy"}, nil},
		{FreeAccessKey, "", nil, nil},
		{LoginProfile, "", []string{"aws_iam_user_login_profile"}, nil},
		{NoLoginProfile, "", nil, nil},
		{IdentityProvider, "iam:saml-provider", []string{"aws_iam_saml_provider", "aws_iam_openid_connect_provider"}, nil},
		{InstanceProfile, "iam:instance-profile", []string{"aws_iam_instance_profile"}, []string{"role"}},
		{PermissionSet, "sso:PermissionSet", []string{"aws_ssoadmin_permission_set"}, nil},
		{IdentityStoreGroup, "identitystore:Group", []string{"aws_identitystore_group", "aws_ssoadmin_account_assignment"}, []string{"permission_set_arn"}},
		{ServiceLinkedRole, "iam:role", []string{"aws_iam_service_linked_role"}, nil},

		{AccessEntry, "eks:access-entry", []string{"aws_eks_access_entry"}, []string{"principal_arn"}},
		{AgentRuntime, "bedrock-agentcore:runtime", []string{"aws_bedrockagentcore_agent_runtime"}, []string{"role_arn"}},
		{AmplifyApp, "amplify:apps", []string{"aws_amplify_app"}, []string{"iam_service_role_arn", "compute_role_arn"}},
		{AppRunnerService, "apprunner:service", []string{"aws_apprunner_service"}, []string{"instance_configuration.instance_role_arn"}},
		{AutoScalingGroup, "autoscaling:autoScalingGroup", []string{"aws_autoscaling_group"}, nil},
		{BatchJobDefinition, "batch:job-definition", []string{"aws_batch_job_definition"}, []string{"container_properties"}},
		{BatchJobQueue, "batch:job-queue", []string{"aws_batch_job_queue"}, nil},
		{Bucket, "s3:bucket", []string{"aws_s3_bucket"}, nil},
		{CodeBuildProject, "codebuild:project", []string{"aws_codebuild_project"}, []string{"service_role"}},
		{CodeDeployGroup, "codedeploy:deploymentgroup", []string{"aws_codedeploy_deployment_group"}, nil},
		{CodeInterpreter, "bedrock-agentcore:code-interpreter-custom", []string{"aws_bedrockagentcore_code_interpreter"}, []string{"execution_role_arn"}},
		{ContainerInstance, "ecs:container-instance", nil, nil},
		{DevEndpoint, "glue:devendpoint", []string{"aws_glue_dev_endpoint"}, []string{"role_arn"}},
		{ECSCluster, "ecs:cluster", []string{"aws_ecs_cluster"}, nil},
		{ECSService, "ecs:service", []string{"aws_ecs_service"}, nil},
		{EKSCluster, "eks:cluster", []string{"aws_eks_cluster"}, nil},
		{EMRCluster, "elasticmapreduce:cluster", []string{"aws_emr_cluster"}, []string{"ec2_attributes.instance_profile"}},
		{EventSource, "", []string{"aws_sqs_queue", "aws_kinesis_stream", "aws_dynamodb_table", "aws_msk_cluster", "aws_mq_broker"}, nil},
		{Function, "lambda:function", []string{"aws_lambda_function"}, []string{"role"}},
		{GlueJob, "glue:job", []string{"aws_glue_job"}, []string{"role_arn"}},
		{GlueSession, "glue:session", nil, nil},
		{GuestPool, "cognito-identity:identitypool", []string{"aws_cognito_identity_pool"}, nil},
		{HybridInstance, "ssm:managed-instance", []string{"aws_ssm_activation"}, []string{"iam_role"}},
		{IdentityPool, "cognito-identity:identitypool", []string{"aws_cognito_identity_pool_roles_attachment"}, []string{"roles"}},
		{Instance, "ec2:instance", []string{"aws_instance", "aws_spot_instance_request"}, []string{"iam_instance_profile"}},
		{LaunchConfiguration, "autoscaling:launchConfiguration", []string{"aws_launch_configuration"}, []string{"iam_instance_profile"}},
		{LaunchedDefault, "ec2:launch-template", []string{"aws_autoscaling_group"}, nil},
		{LaunchedLatest, "ec2:launch-template", []string{"aws_autoscaling_group"}, nil},
		{LaunchTemplate, "ec2:launch-template", []string{"aws_launch_template"}, []string{"iam_instance_profile.name", "iam_instance_profile.arn"}},
		{MemberAccount, "", nil, nil},
		{MaintenanceWindow, "ssm:maintenancewindow", []string{"aws_ssm_maintenance_window"}, nil},
		{Notebook, "sagemaker:notebook-instance", []string{"aws_sagemaker_notebook_instance"}, []string{"role_arn"}},
		{Pipeline, "codepipeline:pipeline", []string{"aws_codepipeline"}, []string{"role_arn"}},
		{PodIdentity, "eks:podidentityassociation", []string{"aws_eks_pod_identity_association"}, []string{"role_arn"}},
		{Product, "servicecatalog:Product", []string{"aws_servicecatalog_product"}, nil},
		{ProfileAnywhere, "rolesanywhere:profile", []string{"aws_rolesanywhere_profile"}, []string{"role_arns"}},
		{Stack, "cloudformation:stack", []string{"aws_cloudformation_stack"}, []string{"iam_role_arn"}},
		{StackSet, "cloudformation:stackset", []string{"aws_cloudformation_stack_set"}, []string{"administration_role_arn"}},
		{StateMachine, "states:statemachine", []string{"aws_sfn_state_machine"}, []string{"role_arn"}},
		{StudioUser, "sagemaker:user-profile", []string{"aws_sagemaker_user_profile", "aws_sagemaker_domain"}, []string{"user_settings.execution_role", "default_user_settings.execution_role"}},
		{Task, "ecs:task", []string{"aws_ecs_service"}, nil},
		{TaskDefinition, "ecs:task-definition", []string{"aws_ecs_task_definition"}, []string{"task_role_arn"}},
		{VirtualCluster, "emr-containers:virtualCluster", []string{"aws_emrcontainers_virtual_cluster"}, nil},
	}
}

// Info returns how the thing shows up in an input.
func (t Thing) Info() ThingInfo {
	list := things()
	if i := slices.IndexFunc(list, func(i ThingInfo) bool { return i.Thing == t }); i >= 0 {
		return list[i]
	}
	return ThingInfo{Thing: t}
}
