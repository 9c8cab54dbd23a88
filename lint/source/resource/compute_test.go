package resource_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// TestOtherServices shows what becomes of what carries roles, grants access
// and vouches for people.
func TestOtherServices(t *testing.T) {
	const doc = `{\"Version\":\"2012-10-17\",\"Statement\":[]}`
	for _, c := range []struct{ typ, values, want string }{
		{"aws_lambda_function", `{"function_name":"f","role":"?aws_iam_role.r.arn"}`, `compute aws_lambda_function.x Lambda function
  arn arn:<partition>:lambda:<region>:<account>:function:f
  role <aws_iam_role.r.arn>`},
		{"aws_lambda_function", `{"function_name":"f","arn":"arn:aws:lambda:eu-west-1:111122223333:function:f","role":"r"}`, `compute aws_lambda_function.x Lambda function
  arn arn:aws:lambda:eu-west-1:111122223333:function:f
  role r`},
		{"aws_instance", `{"iam_instance_profile":"p"}`, "compute aws_instance.x EC2 instance\n  arn arn:<partition>:ec2:<region>:<account>:instance/<aws_instance.x.id>\n  profile p"},
		{"aws_instance", `{"launch_template":[{"id":"?aws_launch_template.t.id","version":"1"}]}`, "compute aws_instance.x EC2 instance\n  arn arn:<partition>:ec2:<region>:<account>:instance/<aws_instance.x.id>\n  through <aws_launch_template.t.id>"},
		{"aws_ecs_task_definition", `{"family":"f","task_role_arn":"t","execution_role_arn":"e"}`, `compute aws_ecs_task_definition.x ECS task definition
  arn arn:<partition>:ecs:<region>:<account>:task-definition/f:<aws_ecs_task_definition.x.revision>
  role t`},
		{"aws_ecs_service", `{"name":"s","cluster":"arn:aws:ecs:eu-west-1:111122223333:cluster/c","task_definition":"f:1"}`, `compute aws_ecs_service.x ECS service
  arn arn:<partition>:ecs:<region>:<account>:service/c/s
  through f:1
compute aws_ecs_service.x ECS task
  arn arn:<partition>:ecs:<region>:<account>:task/c/<aws_ecs_service.x.task_id>
  through f:1`},
		{"aws_batch_job_definition", `{"name":"j","container_properties":"{\"jobRoleArn\":\"r\"}"}`, "compute aws_batch_job_definition.x Batch job definition\n  arn arn:<partition>:batch:<region>:<account>:job-definition/j:<aws_batch_job_definition.x.revision>\n  role r"},
		{"aws_cognito_identity_pool_roles_attachment", `{"identity_pool_id":"p","roles":{"unauthenticated":"b","authenticated":"a"}}`, `compute aws_cognito_identity_pool_roles_attachment.x Cognito identity pool
  arn arn:<partition>:cognito-identity:<region>:<account>:identitypool/p
  role a
compute aws_cognito_identity_pool_roles_attachment.x Cognito identity pool
  arn arn:<partition>:cognito-identity:<region>:<account>:identitypool/p
  role b`},
		{"aws_rolesanywhere_profile", `{"id":"i","role_arns":["a"]}`, "compute aws_rolesanywhere_profile.x Roles Anywhere profile\n  arn arn:<partition>:rolesanywhere:<region>:<account>:profile/i\n  role a"},
		{"aws_eks_cluster", `{"name":"c"}`, "compute aws_eks_cluster.x EKS cluster\n  arn arn:<partition>:eks:<region>:<account>:cluster/c"},
		{"aws_cloudformation_stack", `{"name":"s","iam_role_arn":"r","capabilities":["CAPABILITY_IAM"]}`, "compute aws_cloudformation_stack.x CloudFormation stack\n  arn arn:<partition>:cloudformation:<region>:<account>:stack/s/<aws_cloudformation_stack.x.stack_id>\n  role r\nunchecked stack aws_cloudformation_stack.x: a CloudFormation stack may create IAM roles that are not seen here"},

		{"aws_iam_openid_connect_provider", `{"url":"https://token.actions.githubusercontent.com","client_id_list":["a"]}`, "oidc-provider aws_iam_openid_connect_provider.x\n  url https://token.actions.githubusercontent.com"},
		{"data.aws_iam_openid_connect_provider", `{"url":"https://x.example"}`, "oidc-provider data.aws_iam_openid_connect_provider.x\n  url https://x.example"},
		{"aws_iam_saml_provider", `{"name":"n"}`, "saml-provider aws_iam_saml_provider.x\n  name n"},

		{"aws_s3_bucket_policy", `{"bucket":"?aws_s3_bucket.b.id","policy":"` + doc + `"}`, "resource policy aws_s3_bucket_policy.x on arn:<partition>:s3:::<aws_s3_bucket.b.id>\n  document {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
		{"aws_kms_key", `{"policy":"` + doc + `"}`, "resource policy aws_kms_key.x on <aws_kms_key.x.arn>\n  document {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
		{"aws_kms_key", `{}`, ""},
		{"aws_sqs_queue_policy", `{"queue_url":"https://sqs/q","policy":"` + doc + `"}`, "resource policy aws_sqs_queue_policy.x on \n  document {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
		{
			"aws_lambda_permission", `{"function_name":"f","action":"lambda:InvokeFunction","principal":"events.amazonaws.com","source_arn":"?aws_cloudwatch_event_rule.r.arn","statement_id":"Allow-Events"}`,
			`resource policy aws_lambda_permission.x on arn:<partition>:lambda:<region>:<account>:function:f
  document {"Statement":[{"Action":"lambda:InvokeFunction","Condition":{"ArnLike":{"AWS:SourceArn":"<aws_cloudwatch_event_rule.r.arn>"}},"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Resource":"arn:<partition>:lambda:<region>:<account>:function:f","Sid":"AllowEvents"}],"Version":"2012-10-17"} of aws of aws of aws`,
		},
		{
			"aws_lambda_permission", `{"function_name":"arn:aws:lambda:eu-west-1:111122223333:function:f","action":"lambda:*","principal":"111122223333"}`,
			`resource policy aws_lambda_permission.x on arn:aws:lambda:eu-west-1:111122223333:function:f
  document {"Statement":[{"Action":"lambda:*","Effect":"Allow","Principal":{"AWS":"111122223333"},"Resource":"arn:aws:lambda:eu-west-1:111122223333:function:f"}],"Version":"2012-10-17"}`,
		},

		{"aws_ssoadmin_permission_set", `{"name":"s","instance_arn":"i"}`, "permission-set aws_ssoadmin_permission_set.x\n  name s\n  set <aws_ssoadmin_permission_set.x.arn>"},
		{"aws_ssoadmin_permission_set_inline_policy", `{"permission_set_arn":"?aws_ssoadmin_permission_set.s.arn","inline_policy":"` + doc + `"}`, `inline aws_ssoadmin_permission_set_inline_policy.x by aws_ssoadmin_permission_set_inline_policy on permission-set
  holder <aws_ssoadmin_permission_set.s.arn>
  document {"Version":"2012-10-17","Statement":[]}`},
		{"aws_ssoadmin_managed_policy_attachment", `{"permission_set_arn":"s","managed_policy_arn":"p"}`, "attachment aws_ssoadmin_managed_policy_attachment.x by aws_ssoadmin_managed_policy_attachment on permission-set\n  holder s\n  policy p"},
		{"aws_ssoadmin_customer_managed_policy_attachment", `{"permission_set_arn":"s","customer_managed_policy_reference":[{"name":"?aws_iam_policy.p.name","path":"/a/"}]}`, `attachment aws_ssoadmin_customer_managed_policy_attachment.x by aws_ssoadmin_customer_managed_policy_attachment on permission-set
  holder s
  policy arn:<partition>:iam::<account>:policy/a/<aws_iam_policy.p.name> of aws of aws`},
		{"awscc_sso_permission_set", `{"name":"s","managed_policies":["p"],"inline_policy":"` + doc + `","permissions_boundary":{"managed_policy_arn":"b"}}`, `inline awscc_sso_permission_set.x by inline_policy on permission-set
  holder <awscc_sso_permission_set.x.arn>
  document {"Version":"2012-10-17","Statement":[]}
attachment awscc_sso_permission_set.x by awscc_sso_permission_set on permission-set
  holder <awscc_sso_permission_set.x.arn>
  policy p
permission-set awscc_sso_permission_set.x
  name s
  boundary b
  set <awscc_sso_permission_set.x.arn>`},

		{"awscc_iam_role", `{"role_name":"r","path":"/p/","permissions_boundary":"?awscc_iam_managed_policy.b.id","assume_role_policy_document":"` + doc + `",
			"managed_policy_arns":["arn:aws:iam::aws:policy/A"],"policies":[{"policy_name":"i","policy_document":"` + doc + `"}],"tags":[{"key":"a","value":"b"}]}`, `role awscc_iam_role.x
  name r
  path /p/
  boundary <awscc_iam_managed_policy.b.policy_arn>
  trust {"Version":"2012-10-17","Statement":[]}
inline awscc_iam_role.x by inline_policy on role
  holder <awscc_iam_role.x.name>
  name i
  document {"Version":"2012-10-17","Statement":[]}
attachment awscc_iam_role.x by managed_policy_arns on role
  holder <awscc_iam_role.x.name>
  policy arn:aws:iam::aws:policy/A`},
		{"awscc_iam_user", `{"user_name":"u","groups":["g"],"login_profile":{"password":"x"},"policies":[{"policy_name":"i","policy_document":"` + doc + `"}]}`, `user awscc_iam_user.x
  name u
  path /
inline awscc_iam_user.x by policies on user
  holder <awscc_iam_user.x.name>
  name i
  document {"Version":"2012-10-17","Statement":[]}
membership awscc_iam_user.x
  user <awscc_iam_user.x.name>
  group g
credential login-profile awscc_iam_user.x active=true
  user <awscc_iam_user.x.name>`},
		{"awscc_iam_managed_policy", `{"managed_policy_name":"p","policy_document":"` + doc + `","roles":["r"]}`, `policy awscc_iam_managed_policy.x
  name p
  path /
  document {"Version":"2012-10-17","Statement":[]}
attachment awscc_iam_managed_policy.x by awscc_iam_managed_policy on role
  holder r
  policy <awscc_iam_managed_policy.x.policy_arn>`},
	} {
		t.Run(c.typ, func(t *testing.T) {
			syms := &policy.Symbols{}
			b := resource.NewBuilder(iam.Input{Path: "x", Kind: iam.InputConfig, Complete: true}, syms)
			typ, isData := strings.CutPrefix(c.typ, "data.")
			b.Add(resource.Resource{Address: c.typ + ".x", Type: typ, Data: isData, Values: values(t, syms, c.values)})
			dump := sourcetest.Dump(b.Model())
			var lines []string
			for line := range strings.Lines(strings.TrimPrefix(dump, "input config complete=true errored=false\n")) {
				if strings.HasPrefix(line, "  arn ") {
					line, _, _ = strings.Cut(line, " of ")
				}
				if !strings.HasPrefix(line, "provider ") {
					lines = append(lines, strings.TrimRight(line, "\n"))
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
