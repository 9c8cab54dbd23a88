package resource

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// policyPlace says where a resource type keeps a resource-based policy.
type policyPlace struct {
	// service is the prefix of the actions that the policy speaks of.
	service string
	// attribute holds the document.
	attribute string
	// resource is the ARN of what it protects, as in carrier; a lone attribute
	// in braces holds the ARN as a whole.
	resource string
}

// policyPlaces are the types with resource-based policies.
var policyPlaces = map[string]policyPlace{
	"aws_s3_bucket":                     {"s3", "policy", "s3:::{bucket}"},
	"aws_s3_bucket_policy":              {"s3", "policy", "s3:::{bucket}"},
	"aws_s3_access_point":               {"s3", "policy", "s3:{region}:{account}:accesspoint/{name}"},
	"aws_s3control_access_point_policy": {"s3", "policy", "{access_point_arn}"},
	"aws_s3control_bucket_policy":       {"s3-outposts", "policy", "{bucket}"},
	"aws_s3tables_table_bucket_policy":  {"s3tables", "resource_policy", "{table_bucket_arn}"},
	"aws_s3tables_table_policy":         {"s3tables", "resource_policy", "{table_bucket_arn}"},
	"aws_kms_key":                       {"kms", "policy", "{arn}"},
	"aws_kms_external_key":              {"kms", "policy", "{arn}"},
	"aws_kms_replica_key":               {"kms", "policy", "{arn}"},
	"aws_kms_key_policy":                {"kms", "policy", "kms:{region}:{account}:key/{key_id}"},
	"aws_sqs_queue":                     {"sqs", "policy", "sqs:{region}:{account}:{name}"},
	"aws_sqs_queue_policy":              {"sqs", "policy", "{queue_url}"},
	"aws_sns_topic":                     {"sns", "policy", "sns:{region}:{account}:{name}"},
	"aws_sns_topic_policy":              {"sns", "policy", "{arn}"},
	"aws_secretsmanager_secret":         {"secretsmanager", "policy", "{arn}"},
	"aws_secretsmanager_secret_policy":  {"secretsmanager", "policy", "{secret_arn}"},
	"aws_ecr_repository_policy":         {"ecr", "policy", "ecr:{region}:{account}:repository/{repository}"},
	"aws_ecr_registry_policy":           {"ecr", "policy", "ecr:{region}:{account}:*"},
	"aws_ecrpublic_repository_policy":   {"ecr-public", "policy", "ecr-public::{account}:repository/{repository_name}"},
	"aws_efs_file_system_policy": {
		"elasticfilesystem", "policy",
		"elasticfilesystem:{region}:{account}:file-system/{file_system_id}",
	},
	"aws_backup_vault_policy":                    {"backup", "policy", "backup:{region}:{account}:backup-vault:{backup_vault_name}"},
	"aws_glacier_vault":                          {"glacier", "access_policy", "glacier:{region}:{account}:vaults/{name}"},
	"aws_opensearch_domain":                      {"es", "access_policies", "es:{region}:{account}:domain/{domain_name}/*"},
	"aws_opensearch_domain_policy":               {"es", "access_policies", "es:{region}:{account}:domain/{domain_name}/*"},
	"aws_elasticsearch_domain":                   {"es", "access_policies", "es:{region}:{account}:domain/{domain_name}/*"},
	"aws_elasticsearch_domain_policy":            {"es", "access_policies", "es:{region}:{account}:domain/{domain_name}/*"},
	"aws_api_gateway_rest_api":                   {"execute-api", "policy", "execute-api:{region}:{account}:{id}/*"},
	"aws_api_gateway_rest_api_policy":            {"execute-api", "policy", "execute-api:{region}:{account}:{rest_api_id}/*"},
	"aws_cloudwatch_event_bus_policy":            {"events", "policy", "events:{region}:{account}:event-bus/{event_bus_name}"},
	"aws_cloudwatch_log_resource_policy":         {"logs", "policy_document", "logs:{region}:{account}:*"},
	"aws_codeartifact_domain_permissions_policy": {"codeartifact", "policy_document", "codeartifact:{region}:{account}:domain/{domain}"},
	"aws_codeartifact_repository_permissions_policy": {
		"codeartifact", "policy_document",
		"codeartifact:{region}:{account}:repository/{domain}/{repository}",
	},
	"aws_dynamodb_resource_policy":           {"dynamodb", "policy", "{resource_arn}"},
	"aws_kinesis_resource_policy":            {"kinesis", "policy", "{resource_arn}"},
	"aws_msk_cluster_policy":                 {"kafka-cluster", "policy", "{cluster_arn}"},
	"aws_redshift_resource_policy":           {"redshift", "policy", "{resource_arn}"},
	"aws_redshiftserverless_resource_policy": {"redshift-serverless", "policy", "{resource_arn}"},
	"aws_ses_identity_policy":                {"ses", "policy", "ses:{region}:{account}:identity/{identity}"},
	"aws_sesv2_email_identity_policy":        {"ses", "policy", "ses:{region}:{account}:identity/{email_identity}"},
	"aws_media_store_container_policy":       {"mediastore", "policy", "mediastore:{region}:{account}:container/{container_name}/*"},
	"aws_glue_resource_policy":               {"glue", "policy", "glue:{region}:{account}:*"},
	"aws_acmpca_policy":                      {"acm-pca", "policy", "{resource_arn}"},
	"aws_xray_resource_policy":               {"xray", "policy_document", "xray:{region}:{account}:*"},
	"aws_vpclattice_auth_policy":             {"vpc-lattice-svcs", "policy", "{resource_identifier}"},
	"aws_vpclattice_resource_policy":         {"vpc-lattice", "policy", "{resource_arn}"},
	"aws_s3control_object_lambda_access_point_policy": {
		"s3-object-lambda", "policy",
		"s3-object-lambda:{region}:{account}:accesspoint/{name}",
	},
	"aws_sagemaker_model_package_group_policy": {
		"sagemaker", "resource_policy",
		"sagemaker:{region}:{account}:model-package-group/{model_package_group_name}",
	},
	"aws_schemas_registry_policy":         {"schemas", "policy", "schemas:{region}:{account}:registry/{registry_name}"},
	"aws_networkfirewall_resource_policy": {"network-firewall", "policy", "{resource_arn}"},
}

// granting reads a type of policyPlaces. The attribute of a resource that has a
// resource of its own for its policy is often not set.
func (b *Builder) granting(r Resource) {
	g := policyPlaces[r.Type]
	d := b.document(&r, g.attribute, r.Values[g.attribute], policy.ResourcePolicy)
	if d == nil {
		return
	}
	b.grant(r, g.service, b.protectedARN(&r, g.resource), d)
}

func (b *Builder) grant(r Resource, service string, resource policy.Text, d *iam.Document) {
	b.model.ResourcePolicies = append(b.model.ResourcePolicies, &iam.ResourcePolicy{
		Address: r.Address, Provider: r.Provider, Change: r.Change, Type: r.Type, Service: service, Resource: resource, Document: d,
	})
}

// protectedARN is the ARN of what a policy protects: empty where an attribute
// holds something else than an ARN or a reference to one.
func (b *Builder) protectedARN(r *Resource, template string) policy.Text {
	name, whole := strings.CutPrefix(template, "{")
	if !whole || !strings.HasSuffix(name, "}") || strings.Contains(name, "{") {
		return b.carrierARN(r, template)
	}
	x := b.placeOrValue(r, strings.TrimSuffix(name, "}"))
	if known, ok := x.Known(); ok && !strings.HasPrefix(known, "arn:") {
		return policy.Text{}
	}
	return x
}

var lambdaPermissionParts = []string{
	"function_name", "qualifier", "source_arn", "source_account", "principal_org_id", "function_url_auth_type", "event_source_token",
	"action", "principal", "statement_id",
}

// lambdaPermission writes the statement that the permission adds to the
// policy of a function.
func (b *Builder) lambdaPermission(r Resource) {
	function := r.value("function_name")
	resource := function.Text
	if _, ok := policy.ParseARN(resource); !ok {
		resource = b.carrierARN(&r, "lambda:{region}:{account}:function:{function_name}")
	}
	if q := r.value("qualifier"); q.Set {
		resource = policy.Concat(resource, policy.Literal(":"), q.Text)
	}
	conditions := map[string]map[string]string{}
	condition := func(operator, key, attribute string) {
		if v := r.value(attribute); v.Set {
			if conditions[operator] == nil {
				conditions[operator] = map[string]string{}
			}
			conditions[operator][key] = b.syms.Encode(v.Text)
		}
	}
	condition("ArnLike", "AWS:SourceArn", "source_arn")
	condition("StringEquals", "AWS:SourceAccount", "source_account")
	condition("StringEquals", "aws:PrincipalOrgID", "principal_org_id")
	condition("StringEquals", "lambda:FunctionUrlAuthType", "function_url_auth_type")
	condition("StringEquals", "lambda:EventSourceToken", "event_source_token")
	statement := map[string]any{
		"Effect": "Allow", "Action": b.syms.Encode(r.value("action").Text), "Resource": b.syms.Encode(resource),
		"Principal": b.lambdaPrincipal(r.value("principal").Text),
	}
	if len(conditions) > 0 {
		statement["Condition"] = conditions
	}
	if sid, known := r.value("statement_id").Known(); known {
		statement["Sid"] = strings.Map(alphanumeric, sid)
	}
	b.written(r, "lambda", resource, statement)
}

func alphanumeric(c rune) rune {
	if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return c
	}
	return -1
}

// lambdaPrincipal is a principal as Lambda takes it: a service, an account, an
// ARN, or everybody.
func (b *Builder) lambdaPrincipal(x policy.Text) any {
	known, ok := x.Known()
	switch {
	case ok && known == "*":
		return "*"
	case ok && strings.Contains(known, ".") && !strings.HasPrefix(known, "arn:"):
		return map[string]string{"Service": known}
	}
	return map[string]string{"AWS": b.syms.Encode(x)}
}

// eventPermission writes the statement of aws_cloudwatch_event_permission.
func (b *Builder) eventPermission(r Resource) {
	name := r.value("event_bus_name")
	bus := policy.Literal("default")
	if name.Set {
		bus = name.Text
	}
	resource := policy.Concat(b.carrierARN(&r, "events:{region}:{account}:event-bus/"), bus)
	action := r.value("action").Text
	if action.IsEmpty() {
		action = policy.Literal("events:PutEvents")
	}
	statement := map[string]any{
		"Effect": "Allow", "Action": b.syms.Encode(action), "Resource": b.syms.Encode(resource),
		"Principal": b.lambdaPrincipal(r.value("principal").Text),
	}
	if blocks := r.Values["condition"]; blocks.Kind == List && len(blocks.List) > 0 && blocks.List[0].Kind == Object {
		object := blocks.List[0].Object
		operator, _ := object["type"].AsText()
		key, _ := object["key"].AsText()
		value, _ := object["value"].AsText()
		statement["Condition"] = map[string]any{b.syms.Encode(operator): map[string]any{b.syms.Encode(key): b.syms.Encode(value)}}
	}
	b.written(r, "events", resource, statement)
}

// written adds a policy of which the input gives the parts only.
func (b *Builder) written(r Resource, service string, resource policy.Text, statement map[string]any) {
	src, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{statement}})
	if err != nil {
		return
	}
	v := Value{Kind: Scalar, Text: b.syms.Text(string(src)), Sensitive: r.Values["event_source_token"].Sensitive}
	held := len(b.held)
	d := b.document(&r, "principal", v, policy.ResourcePolicy)
	b.held = slices.Delete(b.held, held, len(b.held))
	if d != nil {
		d.Location = r.value("principal").Location
		b.grant(r, service, resource, d)
	}
}
