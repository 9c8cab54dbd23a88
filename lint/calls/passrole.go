package calls

import "slices"

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
}

// lists are the attributes of the table that hold any number of roles.
var lists = []string{"roles.*", "role_arns"}

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
			}
		}
		out[typ] = t
	}
	for _, typ := range []string{"aws_instance", "aws_spot_instance_request"} {
		const profile = "iam_instance_profile"
		pass := Call{
			Of: Create, Action: "iam:PassRole", If: profile, On: &Target{Kind: "role", Profile: profile}, Services: ec2, Besides: true,
		}
		changed := pass
		changed.Of, changed.To = Update, Set
		out[typ] = &Type{Calls: []Call{pass, changed}}
	}
	return out
}
