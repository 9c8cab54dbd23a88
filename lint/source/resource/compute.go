package resource

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// carrier says how a resource type shows what it runs with.
type carrier struct {
	// kind is what the thing is called.
	kind compute.Kind
	// arn is its ARN, with attributes in braces; {partition}, {region} and
	// {account} are where it is. An attribute that the input does not tell
	// stays a reference.
	arn string
	// other tells that the ARN is not that of the resource itself.
	other bool
	// roles, profiles and through are paths of attributes that hold a role, an
	// instance profile, and something else that tells the role. A path goes
	// into blocks at its dots, into every value of a map at a star, and into
	// JSON text at a '>'.
	roles, profiles, through []string
	// versions are paths of attributes that say which version of what through
	// tells is used.
	versions []string
	// sets are paths of attributes that hold a permission set.
	sets []string
	// only is an attribute with the value that makes it such a thing.
	only [2]string
	// names are attributes by which others refer to it; aliases are other
	// names of one of them.
	names   []string
	aliases map[string]string
}

const instances = "ec2:{region}:{account}:instance/"

// carriers are the types of other services that take part in running code
// with a role (see the ways in package escalation, whose names for them these
// are), by resource type. A type that is several things has several entries.
var carriers = map[string][]carrier{
	"aws_lambda_function": {{
		kind: compute.Function, arn: "lambda:{region}:{account}:function:{function_name}", roles: []string{"role"},
		names: []string{"function_name"}, aliases: map[string]string{"id": "function_name"},
	}},
	"aws_instance": {{
		kind: compute.Instance, arn: instances + "{id}", profiles: []string{"iam_instance_profile"},
		through: []string{"launch_template.id", "launch_template.name"}, names: []string{"id"},
	}},
	"aws_spot_instance_request": {{
		kind: compute.Instance, arn: instances + "{spot_instance_id}", other: true, profiles: []string{"iam_instance_profile"},
		through: []string{"launch_template.id", "launch_template.name"}, names: []string{"id"},
	}},
	"aws_launch_template": {{
		kind: compute.LaunchTemplate, arn: "ec2:{region}:{account}:launch-template/{id}",
		profiles: []string{"iam_instance_profile.name", "iam_instance_profile.arn"}, names: []string{"id", "name"},
	}},
	"aws_launch_configuration": {{
		kind: compute.LaunchConfiguration, arn: "autoscaling:{region}:{account}:launchConfiguration:*:launchConfigurationName/{name}",
		profiles: []string{"iam_instance_profile"}, names: []string{"name"}, aliases: map[string]string{"id": "name"},
	}},
	"aws_autoscaling_group": {
		{
			kind: compute.AutoScalingGroup, arn: "autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{name}",
			through: autoScalingTemplates, versions: autoScalingVersions, names: []string{"name"}, aliases: map[string]string{"id": "name"},
		},
		{kind: compute.Instance, arn: instances + "{instance_id}", other: true, through: autoScalingTemplates},
	},
	"aws_ec2_fleet": {{
		kind: compute.Launcher, arn: "ec2:{region}:{account}:fleet/{id}",
		through: []string{
			"launch_template_config.launch_template_specification.launch_template_id",
			"launch_template_config.launch_template_specification.launch_template_name",
		},
		versions: []string{"launch_template_config.launch_template_specification.version"},
	}},
	"aws_spot_fleet_request": {{
		kind: compute.Launcher, arn: "ec2:{region}:{account}:spot-fleet-request/{id}",
		through: []string{
			"launch_template_config.launch_template_specification.id",
			"launch_template_config.launch_template_specification.name",
		},
		versions: []string{"launch_template_config.launch_template_specification.version"},
	}},
	"aws_batch_compute_environment": {{
		kind: compute.Launcher, arn: "batch:{region}:{account}:compute-environment/{name}",
		through:  []string{"compute_resources.launch_template.launch_template_id", "compute_resources.launch_template.launch_template_name"},
		versions: []string{"compute_resources.launch_template.version"},
	}},
	"aws_ecs_cluster": {{
		kind: compute.ECSCluster, arn: "ecs:{region}:{account}:cluster/{name}", names: []string{"name"}, aliases: map[string]string{"id": "arn"},
	}},
	"aws_ecs_task_definition": {{
		kind: compute.TaskDefinition, arn: "ecs:{region}:{account}:task-definition/{family}:{revision}",
		roles: []string{"task_role_arn"}, names: []string{"family"}, aliases: map[string]string{"id": "family"},
	}},
	"aws_ecs_service": {
		{
			kind: compute.ECSService, arn: "ecs:{region}:{account}:service/{cluster}/{name}", through: []string{"task_definition"},
			names: []string{"name"},
		},
		{kind: compute.Task, arn: "ecs:{region}:{account}:task/{cluster}/{task_id}", other: true, through: []string{"task_definition"}},
	},
	"aws_eks_cluster": {{
		kind: compute.EKSCluster, arn: "eks:{region}:{account}:cluster/{name}", names: []string{"name"}, aliases: map[string]string{"id": "name"},
	}},
	"aws_eks_node_group": {{
		kind: compute.EKSCluster, arn: "eks:{region}:{account}:cluster/{cluster_name}", other: true,
		roles: []string{"node_role_arn"},
	}},
	"aws_eks_pod_identity_association": {
		{
			kind: compute.PodIdentity, arn: "eks:{region}:{account}:podidentityassociation/{cluster_name}/{association_id}",
			roles: []string{"role_arn"}, names: []string{"association_id"},
		},
		{kind: compute.EKSCluster, arn: "eks:{region}:{account}:cluster/{cluster_name}", other: true, roles: []string{"role_arn"}},
	},
	"aws_eks_access_entry": {{
		kind: compute.AccessEntry, arn: "eks:{region}:{account}:access-entry/{cluster_name}/{entry_id}", roles: []string{"principal_arn"},
	}},
	"aws_emr_cluster": {{
		kind: compute.EMRCluster, arn: "elasticmapreduce:{region}:{account}:cluster/{id}", profiles: []string{"ec2_attributes.instance_profile"},
		names: []string{"id"},
	}},
	"aws_emrcontainers_virtual_cluster": {{
		kind: compute.VirtualCluster, arn: "emr-containers:{region}:{account}:/virtualclusters/{id}",
		names: []string{"id"},
	}},
	"aws_batch_job_definition": {{
		kind: compute.BatchJobDefinition, arn: "batch:{region}:{account}:job-definition/{name}:{revision}",
		roles: []string{"container_properties>jobRoleArn", "ecs_properties>taskProperties.taskRoleArn"}, names: []string{"name"},
	}},
	"aws_batch_job_queue": {{kind: compute.BatchJobQueue, arn: "batch:{region}:{account}:job-queue/{name}", names: []string{"name"}}},
	"aws_apprunner_service": {{
		kind: compute.AppRunnerService, arn: "apprunner:{region}:{account}:service/{service_name}/{service_id}",
		roles: []string{"instance_configuration.instance_role_arn"}, names: []string{"service_name"},
	}},
	"aws_amplify_app": {{
		kind: compute.AmplifyApp, arn: "amplify:{region}:{account}:apps/{id}", roles: []string{"iam_service_role_arn", "compute_role_arn"},
		names: []string{"id"},
	}},

	"aws_codebuild_project": {{
		kind: compute.CodeBuildProject, arn: "codebuild:{region}:{account}:project/{name}", roles: []string{"service_role"},
		names: []string{"name"}, aliases: map[string]string{"id": "arn"},
	}},
	"aws_codepipeline": {{
		kind: compute.Pipeline, arn: "codepipeline:{region}:{account}:{name}", roles: []string{"role_arn", "stage.action.role_arn"},
		names: []string{"name"}, aliases: map[string]string{"id": "name"},
	}},
	"aws_codedeploy_deployment_group": {{
		kind: compute.CodeDeployGroup, arn: "codedeploy:{region}:{account}:deploymentgroup:{app_name}/{deployment_group_name}",
		roles: []string{"service_role_arn"},
	}},
	"aws_cloudformation_stack": {{
		kind: compute.Stack, arn: "cloudformation:{region}:{account}:stack/{name}/{stack_id}", roles: []string{"iam_role_arn"},
		names: []string{"name"},
	}},
	"aws_cloudformation_stack_set": {{
		kind: compute.StackSet, arn: "cloudformation:{region}:{account}:stackset/{name}:{stack_set_id}",
		roles: []string{"administration_role_arn", "execution_role_name"}, names: []string{"name"},
	}},
	"aws_servicecatalog_product": {{kind: compute.Product, arn: "catalog:{region}:{account}:product/{id}", names: []string{"id"}}},
	"aws_servicecatalog_constraint": {{
		kind: compute.Product, arn: "catalog:{region}:{account}:product/{product_id}", other: true,
		roles: []string{"parameters>RoleArn", "parameters>LocalRoleName"},
	}},

	"aws_sfn_state_machine": {{
		kind: compute.StateMachine, arn: "states:{region}:{account}:stateMachine:{name}", roles: []string{"role_arn"}, names: []string{"name"},
		aliases: map[string]string{"id": "arn"},
	}},
	"aws_scheduler_schedule": {{
		kind: compute.EventBridgeSchedule, arn: "scheduler:{region}:{account}:schedule/{group_name}/{name}", roles: []string{"target.role_arn"},
		names: []string{"name"},
	}},
	"aws_cloudwatch_event_target": {{
		kind: compute.EventBridgeTarget, arn: "events:{region}:{account}:rule/{rule}", other: true,
		roles: []string{"role_arn"},
	}},
	"aws_pipes_pipe": {{
		kind: compute.EventBridgePipe, arn: "pipes:{region}:{account}:pipe/{name}", roles: []string{"role_arn"},
		names: []string{"name"},
	}},
	"aws_ssm_activation": {{
		kind: compute.HybridInstance, arn: "ssm:{region}:{account}:managed-instance/{managed_instance_id}", roles: []string{"iam_role"},
	}},
	"aws_ssm_maintenance_window": {{
		kind: compute.MaintenanceWindow, arn: "ssm:{region}:{account}:maintenancewindow/{id}",
		names: []string{"id"},
	}},
	"aws_ssm_maintenance_window_task": {{
		kind: compute.MaintenanceWindow, arn: "ssm:{region}:{account}:maintenancewindow/{window_id}", other: true,
		roles: []string{"service_role_arn", "task_invocation_parameters.run_command_parameters.service_role_arn"},
	}},

	"aws_glue_job": {{
		kind: compute.GlueJob, arn: "glue:{region}:{account}:job/{name}", roles: []string{"role_arn"}, names: []string{"name"},
		aliases: map[string]string{"id": "name"},
	}},
	"aws_glue_dev_endpoint": {{
		kind: compute.DevEndpoint, arn: "glue:{region}:{account}:devEndpoint/{name}", roles: []string{"role_arn"}, names: []string{"name"},
		aliases: map[string]string{"id": "name"},
	}},
	"aws_glue_crawler": {{
		kind: compute.GlueCrawler, arn: "glue:{region}:{account}:crawler/{name}", roles: []string{"role"},
		names: []string{"name"},
	}},
	"aws_sagemaker_notebook_instance": {{
		kind: compute.Notebook, arn: "sagemaker:{region}:{account}:notebook-instance/{name}", roles: []string{"role_arn"},
		names: []string{"name"}, aliases: map[string]string{"id": "name"},
	}},
	"aws_sagemaker_domain": {{
		kind: compute.StudioUser, arn: "sagemaker:{region}:{account}:user-profile/{id}/{user_profile_name}", other: true,
		roles: []string{"default_user_settings.execution_role", "default_space_settings.execution_role"}, names: []string{"id"},
	}},
	"aws_sagemaker_user_profile": {{
		kind: compute.StudioUser, arn: "sagemaker:{region}:{account}:user-profile/{domain_id}/{user_profile_name}",
		roles: []string{"user_settings.execution_role"},
	}},
	"aws_sagemaker_model": {{
		kind: compute.SageMakerModel, arn: "sagemaker:{region}:{account}:model/{name}",
		roles: []string{"execution_role_arn"}, names: []string{"name"},
	}},
	"aws_bedrockagentcore_agent_runtime": {{
		kind: compute.AgentRuntime, arn: "bedrock-agentcore:{region}:{account}:runtime/{agent_runtime_id}", roles: []string{"role_arn"},
	}},
	"aws_bedrockagentcore_code_interpreter": {{
		kind: compute.CodeInterpreter, arn: "bedrock-agentcore:{region}:{account}:code-interpreter-custom/{code_interpreter_id}",
		roles: []string{"execution_role_arn"},
	}},
	"aws_bedrockagent_agent": {{
		kind: compute.BedrockAgent, arn: "bedrock:{region}:{account}:agent/{agent_id}",
		roles: []string{"agent_resource_role_arn"},
	}},
	"aws_cognito_identity_pool_roles_attachment": {{
		kind: compute.IdentityPool, arn: "cognito-identity:{region}:{account}:identitypool/{identity_pool_id}", other: true,
		roles: []string{"roles.*"},
	}},
	"aws_cognito_identity_pool": {{
		kind: compute.GuestPool, arn: "cognito-identity:{region}:{account}:identitypool/{id}", names: []string{"id"},
		only: [2]string{"allow_unauthenticated_identities", "true"},
	}},
	"aws_rolesanywhere_profile": {{
		kind: compute.ProfileAnywhere, arn: "rolesanywhere:{region}:{account}:profile/{id}", roles: []string{"role_arns"}, names: []string{"id"},
	}},

	"aws_s3_bucket": {{
		kind: compute.Bucket, arn: "s3:::{bucket}", names: []string{"bucket"}, aliases: map[string]string{"id": "bucket"},
	}},
	"aws_sqs_queue": {{kind: compute.EventSource, arn: "sqs:{region}:{account}:{name}", names: []string{"name"}}},
	"aws_kinesis_stream": {{
		kind: compute.EventSource, arn: "kinesis:{region}:{account}:stream/{name}", names: []string{"name"},
		aliases: map[string]string{"id": "arn"},
	}},
	"aws_dynamodb_table": {{
		kind: compute.EventSource, arn: "dynamodb:{region}:{account}:table/{name}", names: []string{"name"},
		aliases: map[string]string{"id": "name"},
	}},
	"aws_msk_cluster": {{
		kind: compute.EventSource, arn: "kafka:{region}:{account}:cluster/{cluster_name}/{uuid}",
		names: []string{"cluster_name"},
	}},
	"aws_mq_broker": {{kind: compute.EventSource, arn: "mq:{region}:{account}:broker:{broker_name}:{id}", names: []string{"broker_name"}}},
	"aws_sns_topic": {{
		kind: compute.SNSTopic, arn: "sns:{region}:{account}:{name}", names: []string{"name"},
		aliases: map[string]string{"id": "arn"},
	}},

	"aws_identitystore_group": {{
		kind: compute.IdentityStoreGroup, arn: "identitystore:::group/{group_id}",
		names: []string{"group_id", "display_name"},
	}},
	"aws_ssoadmin_account_assignment": {{
		kind: compute.IdentityStoreGroup, arn: "identitystore:::group/{principal_id}", other: true, sets: []string{"permission_set_arn"},
		only: [2]string{"principal_type", "GROUP"},
	}},
	"aws_iam_service_linked_role": {{
		kind: compute.ServiceLinkedRole, arn: "iam::{account}:role/aws-service-role/{aws_service_name}/{name}", names: []string{"name"},
	}},
}

var autoScalingTemplates = []string{
	"launch_template.id", "launch_template.name", "mixed_instances_policy.launch_template.launch_template_specification.launch_template_id",
	"mixed_instances_policy.launch_template.launch_template_specification.launch_template_name", "launch_configuration",
}

var autoScalingVersions = []string{
	"launch_template.version", "mixed_instances_policy.launch_template.launch_template_specification.version",
}

// carrying reads a type of carriers.
func (b *Builder) carrying(r Resource) {
	for _, c := range carriers[r.Type] {
		if c.only[0] != "" {
			if x := r.value(c.only[0]); !x.Set || x.Text.IsKnown() && !x.Text.Equal(policy.Literal(c.only[1])) {
				continue
			}
		}
		base := iam.Compute{
			Address: r.Address, Provider: r.Provider, Change: r.Change, MayNotExist: r.MayNotExist, Kind: c.kind, Type: r.Type, ARN: r.arn(),
			Tags: r.tags(),
		}
		if c.other {
			base.Tags = iam.Tags{Hidden: true}
		}
		if c.other || base.ARN.IsEmpty() || !base.ARN.IsKnown() {
			base.ARN = b.carrierARN(&r, c.arn)
		}
		for _, name := range c.names {
			if x := r.value(name); x.Set {
				base.Attributes = append(base.Attributes, iam.Attribute{Name: name, Text: x.Text})
			}
		}
		for _, alias := range slices.Sorted(maps.Keys(c.aliases)) {
			of := c.aliases[alias]
			if x := r.value(of); x.Set {
				base.Attributes = append(base.Attributes, iam.Attribute{Name: alias, Text: x.Text})
			} else if of == "arn" {
				base.Attributes = append(base.Attributes, iam.Attribute{Name: alias, Text: base.ARN})
			}
		}
		b.carried(&r, base, c)
	}
}

// carried adds one thing for each role that it carries, or one without.
func (b *Builder) carried(r *Resource, base iam.Compute, c carrier) {
	for _, path := range c.versions {
		for _, v := range b.follow(r, path) {
			base.Version = &v
		}
	}
	seen := false
	add := func(set func(*iam.Compute, iam.Value), paths []string) {
		for _, path := range paths {
			for _, v := range b.follow(r, path) {
				one := base
				one.Attributes = slices.Clone(base.Attributes)
				set(&one, v)
				b.model.Compute = append(b.model.Compute, &one)
				seen = true
			}
		}
	}
	add(func(one *iam.Compute, v iam.Value) { one.Role = &v }, c.roles)
	add(func(one *iam.Compute, v iam.Value) { one.Profile = &v }, c.profiles)
	add(func(one *iam.Compute, v iam.Value) { one.Set = &v }, c.sets)
	if !seen {
		add(func(one *iam.Compute, v iam.Value) { one.Through = &v }, c.through)
	}
	if !seen {
		b.model.Compute = append(b.model.Compute, &base)
	}
}

// carrierText is the ARN of a template for a resource: a bucket is asked for its own as a
// carrier, and as what its policy protects.
type carrierText struct {
	address, template string
	arn               policy.Text
}

// carrierARN fills a template of an ARN without its first two parts.
func (b *Builder) carrierARN(r *Resource, template string) policy.Text {
	if b.carrier.address == r.Address && b.carrier.template == template {
		return b.carrier.arn
	}
	var few [8]policy.Text
	parts, text := append(few[:0], policy.Literal("arn:"), b.placeOrValue(r, "partition"), policy.Literal(":")), template
	for {
		head, tail, found := strings.Cut(text, "{")
		parts = append(parts, policy.Literal(head))
		if !found {
			arn := policy.Concat(parts...)
			b.carrier = carrierText{r.Address, template, arn}
			return arn
		}
		var name string
		name, text, _ = strings.Cut(tail, "}")
		parts = append(parts, b.placeOrValue(r, name))
	}
}

func (b *Builder) placeOrValue(r *Resource, name string) policy.Text {
	provider := r.Provider
	if provider == "" {
		provider = "aws"
	}
	switch name {
	case "partition":
		return policy.SymbolText(PartitionSymbol(b.syms, provider))
	case "region":
		return policy.SymbolText(RegionSymbol(b.syms, provider))
	case "account":
		return policy.SymbolText(AccountSymbol(b.syms, provider))
	}
	if v := r.value(name); v.Set {
		// The name of a thing may be given as its ARN; see also resolver.composed.
		if arn, ok := policy.ParseARN(v.Text); ok {
			return iam.LastSegment(arn.Resource)
		}
		return v.Text
	}
	if name == "cluster" {
		// ECS API Reference, CreateService: the default cluster is assumed.
		return policy.Literal("default")
	}
	return policy.SymbolText(ReferenceSymbol(b.syms, b.model.Input.Path, r.Address, name))
}

// follow are the values at a path of attributes, those that are set.
func (b *Builder) follow(r *Resource, path string) []iam.Value {
	at, inside, isJSON := strings.Cut(path, ">")
	steps := strings.Split(at, ".")
	found := descend(r.Values[steps[0]], steps[1:])
	var out []iam.Value
	for _, v := range found {
		if isJSON {
			if text, ok := b.inJSON(v, strings.Split(inside, ".")); ok {
				v.Text = text
			} else if v.Kind != Unknown {
				continue
			}
		}
		if x := r.convert(at, v); x.Set {
			out = append(out, x)
		}
	}
	return out
}

// descend goes into blocks, lists and maps.
func descend(v Value, steps []string) []Value {
	switch v.Kind {
	case Null:
		return nil
	case List:
		var out []Value
		for _, e := range v.List {
			e.Sensitive = e.Sensitive || v.Sensitive
			out = append(out, descend(e, steps)...)
		}
		return out
	case Object:
		if len(steps) == 0 {
			return nil
		}
		if steps[0] != "*" {
			return descend(v.Object[steps[0]], steps[1:])
		}
		var out []Value
		for _, k := range slices.Sorted(maps.Keys(v.Object)) {
			out = append(out, descend(v.Object[k], steps[1:])...)
		}
		return out
	case Scalar:
		if len(steps) > 0 {
			return nil
		}
	case Unknown:
	}
	return []Value{v}
}

// inJSON is the text at a path of JSON text.
func (b *Builder) inJSON(v Value, steps []string) (policy.Text, bool) {
	if v.Kind != Scalar {
		return policy.Text{}, false
	}
	var tree any
	if json.Unmarshal([]byte(b.syms.Encode(v.Text)), &tree) != nil {
		return policy.Text{}, false
	}
	for _, step := range steps {
		if list, ok := tree.([]any); ok && len(list) > 0 {
			tree = list[0]
		}
		object, ok := tree.(map[string]any)
		if !ok {
			return policy.Text{}, false
		}
		tree = object[step]
	}
	s, ok := tree.(string)
	return b.syms.Text(s), ok && s != ""
}

// placeholders are the attributes in a template of an ARN.
func placeholders(template string) []string {
	var out []string
	for {
		_, tail, found := strings.Cut(template, "{")
		if !found {
			return out
		}
		var name string
		name, template, _ = strings.Cut(tail, "}")
		out = append(out, name)
	}
}
