// Package compute names the kinds of resources that a technique of escalation
// needs: what runs code with a role, and what IAM holds besides.
package compute

import (
	"slices"
	"sync"
)

// Kind is a kind of resource, in words.
type Kind string

// What IAM and Identity Center hold.
const (
	CustomerPolicy     Kind = "customer-managed policy"
	StoredVersion      Kind = "stored policy version"
	UnattachedPolicy   Kind = "unattached policy"
	FreeAccessKey      Kind = "free access key slot"
	LoginProfile       Kind = "login profile"
	NoLoginProfile     Kind = "no login profile"
	IdentityProvider   Kind = "identity provider"
	InstanceProfile    Kind = "instance profile"
	PermissionSet      Kind = "permission set"
	IdentityStoreGroup Kind = "identity store group"
	ServiceLinkedRole  Kind = "service-linked role"
)

// What carries a role, or helps to run code with one.
const (
	AccessEntry         Kind = "EKS access entry"
	AgentRuntime        Kind = "AgentCore runtime"
	AmplifyApp          Kind = "Amplify app"
	AppRunnerService    Kind = "App Runner service"
	AutoScalingGroup    Kind = "Auto Scaling group"
	BatchJobDefinition  Kind = "Batch job definition"
	BatchJobQueue       Kind = "Batch job queue"
	Bucket              Kind = "S3 bucket"
	CodeBuildProject    Kind = "CodeBuild project"
	CodeDeployGroup     Kind = "CodeDeploy deployment group"
	CodeInterpreter     Kind = "AgentCore code interpreter"
	ContainerInstance   Kind = "ECS container instance"
	DeployedStackSet    Kind = "stack set that is deployed to member accounts"
	DevEndpoint         Kind = "Glue development endpoint"
	ECSCluster          Kind = "ECS cluster"
	ECSService          Kind = "ECS service"
	EKSCluster          Kind = "EKS cluster"
	EMRCluster          Kind = "EMR cluster"
	EventSource         Kind = "event source"
	Function            Kind = "Lambda function"
	GlueJob             Kind = "Glue job"
	GlueSession         Kind = "Glue session"
	GuestPool           Kind = "Cognito identity pool for guests"
	HybridInstance      Kind = "hybrid managed instance"
	IdentityPool        Kind = "Cognito identity pool"
	Instance            Kind = "EC2 instance"
	LaunchConfiguration Kind = "launch configuration"
	LaunchedDefault     Kind = "launch template of which the default version is launched"
	LaunchedLatest      Kind = "launch template of which the latest version is launched"
	LaunchTemplate      Kind = "launch template"
	MemberAccount       Kind = "member account whose root user this account manages"
	MaintenanceWindow   Kind = "maintenance window"
	Notebook            Kind = "SageMaker notebook instance"
	Pipeline            Kind = "CodePipeline pipeline"
	PodIdentity         Kind = "EKS pod identity association"
	Product             Kind = "Service Catalog product"
	ProfileAnywhere     Kind = "Roles Anywhere profile"
	Stack               Kind = "CloudFormation stack"
	StackSet            Kind = "CloudFormation stack set"
	StateMachine        Kind = "Step Functions state machine"
	StudioUser          Kind = "SageMaker user profile"
	Task                Kind = "ECS task"
	TaskDefinition      Kind = "ECS task definition"
	VirtualCluster      Kind = "EMR on EKS virtual cluster"
)

// What carries a role, or launches what does, and takes part in no technique by
// itself.
const (
	BedrockAgent        Kind = "Bedrock agent"
	EventBridgePipe     Kind = "EventBridge pipe"
	EventBridgeSchedule Kind = "EventBridge schedule"
	EventBridgeTarget   Kind = "EventBridge target"
	GlueCrawler         Kind = "Glue crawler"
	Launcher            Kind = "launcher of instances"
	SNSTopic            Kind = "SNS topic"
	SageMakerModel      Kind = "SageMaker model"
)

// Info says how a thing shows up in an input.
type Info struct {
	Kind Kind
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

// launchers are the resource types that launch instances from templates on
// their own.
func launchers() []string {
	return []string{"aws_autoscaling_group", "aws_ec2_fleet", "aws_spot_fleet_request", "aws_batch_compute_environment"}
}

// all are the things, in no order.
var all = sync.OnceValue(func() []Info {
	return []Info{
		{CustomerPolicy, "iam:policy", []string{"aws_iam_policy"}, nil},
		{StoredVersion, "", nil, nil},
		{UnattachedPolicy, "iam:policy", []string{"aws_iam_policy"}, nil},
		{FreeAccessKey, "", nil, nil},
		{LoginProfile, "", []string{"aws_iam_user_login_profile"}, nil},
		{NoLoginProfile, "", nil, nil},
		{IdentityProvider, "iam:saml-provider", []string{"aws_iam_saml_provider", "aws_iam_openid_connect_provider"}, nil},
		{InstanceProfile, "iam:instance-profile", []string{"aws_iam_instance_profile"}, []string{"role"}},
		{PermissionSet, "sso:PermissionSet", []string{"aws_ssoadmin_permission_set"}, nil},
		{
			IdentityStoreGroup, "identitystore:Group",
			[]string{"aws_identitystore_group", "aws_ssoadmin_account_assignment"},
			[]string{"permission_set_arn"},
		},
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
		{
			CodeInterpreter, "bedrock-agentcore:code-interpreter-custom",
			[]string{"aws_bedrockagentcore_code_interpreter"},
			[]string{"execution_role_arn"},
		},
		{ContainerInstance, "ecs:container-instance", nil, nil},
		{DeployedStackSet, "cloudformation:stackset", nil, nil},
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
		{LaunchedDefault, "ec2:launch-template", launchers(), nil},
		{LaunchedLatest, "ec2:launch-template", launchers(), nil},
		{
			LaunchTemplate, "ec2:launch-template",
			[]string{"aws_launch_template"},
			[]string{"iam_instance_profile.name", "iam_instance_profile.arn"},
		},
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
		{
			StudioUser, "sagemaker:user-profile",
			[]string{"aws_sagemaker_user_profile", "aws_sagemaker_domain"},
			[]string{"user_settings.execution_role", "default_user_settings.execution_role"},
		},
		{Task, "ecs:task", []string{"aws_ecs_service"}, nil},
		{TaskDefinition, "ecs:task-definition", []string{"aws_ecs_task_definition"}, []string{"task_role_arn"}},
		{VirtualCluster, "emr-containers:virtualCluster", []string{"aws_emrcontainers_virtual_cluster"}, nil},
	}
})

// Info returns how the thing shows up in an input.
func (t Kind) Info() Info {
	list := all()
	if i := slices.IndexFunc(list, func(i Info) bool { return i.Kind == t }); i >= 0 {
		return list[i]
	}
	return Info{Kind: t}
}
