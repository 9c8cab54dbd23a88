package calls

import (
	"maps"
	"slices"
)

// passes says which roles a resource hands to a service.
type passes struct {
	// attributes are the paths of attributes that hold a role, by name or ARN.
	attributes []string
	// services are those that iam:PassedToService may name.
	services []string
}

// passing are the resource types of other services that are handed a role. The
// services are those of the Service Authorization Reference and the guides of
// each service; where these name several, the request holds one of them.
var passing = map[string][]passes{
	"aws_lambda_function":                        {{[]string{"role"}, to("lambda")}},
	"aws_ecs_task_definition":                    {{[]string{"task_role_arn", "execution_role_arn"}, to("ecs-tasks")}},
	"aws_ecs_service":                            {{[]string{"iam_role"}, to("ecs")}},
	"aws_eks_cluster":                            {{[]string{"role_arn"}, to("eks")}},
	"aws_eks_node_group":                         {{[]string{"node_role_arn"}, to("eks", "ec2")}},
	"aws_eks_pod_identity_association":           {{[]string{"role_arn"}, to("pods.eks")}},
	"aws_codebuild_project":                      {{[]string{"service_role"}, to("codebuild")}},
	"aws_codepipeline":                           {{[]string{"role_arn"}, to("codepipeline")}},
	"aws_codedeploy_deployment_group":            {{[]string{"service_role_arn"}, to("codedeploy")}},
	"aws_cloudformation_stack":                   {{[]string{"iam_role_arn"}, to("cloudformation")}},
	"aws_cloudformation_stack_set":               {{[]string{"administration_role_arn"}, to("cloudformation")}},
	"aws_sfn_state_machine":                      {{[]string{"role_arn"}, to("states")}},
	"aws_scheduler_schedule":                     {{[]string{"target.role_arn"}, to("scheduler")}},
	"aws_cloudwatch_event_target":                {{[]string{"role_arn"}, to("events")}},
	"aws_pipes_pipe":                             {{[]string{"role_arn"}, to("pipes")}},
	"aws_glue_job":                               {{[]string{"role_arn"}, to("glue")}},
	"aws_glue_crawler":                           {{[]string{"role"}, to("glue")}},
	"aws_glue_dev_endpoint":                      {{[]string{"role_arn"}, to("glue")}},
	"aws_sagemaker_notebook_instance":            {{[]string{"role_arn"}, to("sagemaker")}},
	"aws_sagemaker_model":                        {{[]string{"execution_role_arn"}, to("sagemaker")}},
	"aws_sagemaker_domain":                       {{[]string{"default_user_settings.execution_role"}, to("sagemaker")}},
	"aws_sagemaker_user_profile":                 {{[]string{"user_settings.execution_role"}, to("sagemaker")}},
	"aws_batch_compute_environment":              {{[]string{"service_role"}, to("batch")}},
	"aws_apprunner_service":                      {{[]string{"instance_configuration.instance_role_arn"}, to("tasks.apprunner")}},
	"aws_amplify_app":                            {{[]string{"iam_service_role_arn", "compute_role_arn"}, to("amplify")}},
	"aws_ssm_activation":                         {{[]string{"iam_role"}, to("ssm")}},
	"aws_ssm_maintenance_window_task":            {{[]string{"service_role_arn"}, to("ssm")}},
	"aws_emr_cluster":                            {{[]string{"service_role", "autoscaling_role"}, to("elasticmapreduce")}},
	"aws_bedrockagent_agent":                     {{[]string{"agent_resource_role_arn"}, to("bedrock")}},
	"aws_bedrockagentcore_agent_runtime":         {{[]string{"role_arn"}, to("bedrock-agentcore")}},
	"aws_bedrockagentcore_code_interpreter":      {{[]string{"execution_role_arn"}, to("bedrock-agentcore")}},
	"aws_cognito_identity_pool_roles_attachment": {{[]string{"roles.*"}, to("cognito-identity")}},
	"aws_rolesanywhere_profile":                  {{[]string{"role_arns"}, to("rolesanywhere")}},
	"aws_api_gateway_account":                    {{[]string{"cloudwatch_role_arn"}, to("apigateway")}},
	"aws_appsync_datasource":                     {{[]string{"service_role_arn"}, to("appsync")}},
	"aws_appsync_graphql_api":                    {{[]string{"log_config.cloudwatch_logs_role_arn"}, to("appsync")}},
	"aws_backup_selection":                       {{[]string{"iam_role_arn"}, to("backup")}},
	"aws_cloudtrail":                             {{[]string{"cloud_watch_logs_role_arn"}, to("cloudtrail")}},
	"aws_cloudwatch_log_subscription_filter":     {{[]string{"role_arn"}, to("logs")}},
	"aws_config_configuration_recorder":          {{[]string{"role_arn"}, to("config")}},
	"aws_db_instance":                            {{[]string{"monitoring_role_arn"}, to("monitoring.rds")}},
	"aws_dlm_lifecycle_policy":                   {{[]string{"execution_role_arn"}, to("dlm")}},
	"aws_eks_fargate_profile":                    {{[]string{"pod_execution_role_arn"}, to("eks", "eks-fargate-pods")}},
	"aws_flow_log":                               {{[]string{"iam_role_arn"}, to("vpc-flow-logs")}},
	"aws_gamelift_fleet":                         {{[]string{"instance_role_arn"}, to("gamelift")}},
	"aws_imagebuilder_image_pipeline":            {{[]string{"execution_role"}, to("imagebuilder")}},
	"aws_kinesis_firehose_delivery_stream":       {{firehose, to("firehose")}},
	"aws_kinesisanalyticsv2_application":         {{[]string{"service_execution_role"}, to("kinesisanalytics")}},
	"aws_mwaa_environment":                       {{[]string{"execution_role_arn"}, to("airflow", "airflow-env")}},
	"aws_rds_cluster_instance":                   {{[]string{"monitoring_role_arn"}, to("monitoring.rds")}},
	"aws_redshift_cluster":                       {{[]string{"iam_roles"}, to("redshift")}},
	"aws_s3_bucket_replication_configuration":    {{[]string{"role"}, to("s3")}},
	"aws_transfer_server":                        {{[]string{"logging_role"}, to("transfer")}},
	"aws_transfer_user":                          {{[]string{"role"}, to("transfer")}},
}

// firehose are the places in which a delivery stream has a role.
var firehose = []string{
	"extended_s3_configuration.role_arn", "redshift_configuration.role_arn", "opensearch_configuration.role_arn",
	"elasticsearch_configuration.role_arn", "http_endpoint_configuration.role_arn", "kinesis_source_configuration.role_arn",
}

// lists are the attributes of the table that hold any number of roles.
var lists = []string{"roles.*", "role_arns", "iam_roles"}

// carrying are the types whose updates carry the role again, whatever they change
// (the API references of UpdatePipeline, UpdateSchedule, PutTargets, UpdatePipe
// and UpdateJob).
var carrying = []string{"aws_codepipeline", "aws_scheduler_schedule", "aws_cloudwatch_event_target", "aws_pipes_pipe", "aws_glue_job"}

// profiles are the types that are handed the role in an instance profile, with
// the attribute that names it.
var profiles = map[string]string{
	"aws_instance": "iam_instance_profile", "aws_spot_instance_request": "iam_instance_profile",
	"aws_emr_cluster": "ec2_attributes.instance_profile",
}

// Passing are the types of other services whose roles the table knows, sorted.
func Passing() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(passing)), maps.Keys(profiles))
	slices.Sort(all)
	return slices.Compact(all)
}

// to are the principals of services.
func to(services ...string) []string {
	out := make([]string, len(services))
	for i, s := range services {
		out[i] = s + ".amazonaws.com"
	}
	return out
}

// handovers are the calls that hand a role to a service: iam:PassRole, which AWS
// authorises besides the call that makes or changes the resource (IAM User
// Guide, granting a user permissions to pass a role to a service).
func handovers() map[string]*Type {
	out := map[string]*Type{}
	for typ, list := range passing {
		t := &Type{}
		for _, p := range list {
			for _, attribute := range p.attributes {
				pass := Call{
					Of: Create, Action: "iam:PassRole", If: attribute, Each: true, On: on("role", attribute), Services: p.services, Besides: true,
				}
				changed := pass
				pass.One = !slices.Contains(lists, attribute)
				changed.Of, changed.To = Update, Set
				t.Calls = append(t.Calls, pass, changed)
				if slices.Contains(carrying, typ) {
					again := changed
					again.To, again.Perhaps = Again, true
					t.Calls = append(t.Calls, again)
				}
			}
		}
		out[typ] = t
	}
	for typ, profile := range profiles {
		pass := Call{
			Of: Create, Action: "iam:PassRole", If: profile, On: &Target{Kind: "role", Profile: profile}, Services: ec2, Besides: true,
		}
		changed := pass
		changed.Of, changed.To = Update, Set
		if out[typ] == nil {
			out[typ] = &Type{}
		}
		out[typ].Calls = append(out[typ].Calls, pass, changed)
	}
	return out
}
