package calls_test

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/calls"
)

// recordedCase is one resource that the real provider makes, changes and
// destroys.
type recordedCase struct {
	resource string
	// attribute is the one that the update changes, "" for a resource that is not
	// changed.
	attribute string
	// whole tells that the attribute counts when the resource is made and
	// destroyed, too.
	whole bool
	// body is the configuration, changed the one of the update. NAME stands for a
	// name of the case's own.
	body, changed string
}

// caseName is a text that no other case has.
func caseName(i int) string { return fmt.Sprintf("c%03dx", i) }

// source is the configuration of all cases, before or after the update.
func source(after bool) string {
	var b strings.Builder
	for i, c := range cases {
		if !isAsked(c.resource) {
			continue
		}
		body := c.body
		if after && c.changed != "" {
			body = c.changed
		}
		kind, typ := "resource", c.resource
		if name, isData := strings.CutPrefix(typ, calls.Data); isData {
			kind, typ = "data", name
		}
		fmt.Fprintf(&b, "%s %q %q {\n%s\n}\n", kind, typ, caseName(i), strings.ReplaceAll(body, "NAME", caseName(i)))
	}
	return b.String()
}

const (
	trust = "name = \"NAME\"\nassume_role_policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = " +
		"\"sts:AssumeRole\", Principal = {Service = \"ec2.amazonaws.com\"}}]})\n"
	document    = "policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\"}]})\n"
	document2   = "policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = \"sqs:*\", Resource = \"*\"}]})\n"
	bounded     = "permissions_boundary = \"arn:aws:iam::111122223333:policy/one\"\n"
	bounded2    = "permissions_boundary = \"arn:aws:iam::111122223333:policy/two\"\n"
	tagged      = "tags = {a = \"1\"}\n"
	tagged2     = "tags = {a = \"1\", b = \"2\"}\n"
	named1      = "name = \"NAME\"\n"
	inlineRole  = "inline_policy {\nname = \"one\"\n" + document + "}\n"
	attachedOne = "policy_arn = \"arn:aws:iam::111122223333:policy/NAME\"\n"
	arns1       = "policy_arns = [\"arn:aws:iam::111122223333:policy/one\"]\n"
	arns2       = "policy_arns = [\"arn:aws:iam::111122223333:policy/one\", \"arn:aws:iam::111122223333:policy/two\"]\n"
	certificate = "certificate_body = \"a\"\nprivate_key = \"b\"\n"
	oidc        = "url = \"https://NAME.example.com\"\nclient_id_list = [\"a\"]\nthumbprint_list = [\"cf23df2207d99a74fbe169e3eba035e633b65d94\"]\n"
	saml        = named1 + "saml_metadata_document = join(\"\", [for i in range(300) : \"<one/>\"])\n"
	instance    = "instance_arn = \"arn:aws:sso:::instance/" + ssoInstance + "\"\n"
	ofSet       = instance + "permission_set_arn = \"arn:aws:sso:::permissionSet/" + ssoInstance + "/ps-12345678901NAME\"\n"
	managed1    = "managed_policy_arns = [\"arn:aws:iam::111122223333:policy/one\"]\n"
)

var cases = []recordedCase{
	{"aws_iam_role", "", false, trust, ""},
	{"aws_iam_role", "assume_role_policy", false, trust, strings.ReplaceAll(trust, "ec2.", "lambda.")},
	{"aws_iam_role", "description", false, trust, trust + "description = \"x\"\n"},
	{"aws_iam_role", "max_session_duration", false, trust, trust + "max_session_duration = 7200\n"},
	{"aws_iam_role", "permissions_boundary set", false, trust, trust + bounded},
	{"aws_iam_role", "permissions_boundary unset", true, trust + bounded, trust},
	{"aws_iam_role", "permissions_boundary swap", false, trust + bounded, trust + bounded2},
	{"aws_iam_role", "tags set", false, trust + tagged, trust + tagged2},
	{"aws_iam_role", "tags unset", true, trust + tagged2, trust + tagged},
	{"aws_iam_role", "inline_policy replace", true, trust + inlineRole, trust + strings.ReplaceAll(inlineRole, "s3:", "sqs:")},
	{"aws_iam_role", "managed_policy_arns set", true, trust + managed1, trust + strings.ReplaceAll(managed1, "/one\"", "/one\", \"arn:aws:iam::111122223333:policy/two\"")},
	{"aws_iam_role", "managed_policy_arns unset", false, trust + strings.ReplaceAll(managed1, "/one\"", "/one\", \"arn:aws:iam::111122223333:policy/two\""), trust + managed1},
	{"aws_iam_user", "", false, named1, ""},
	{"aws_iam_user", "path", false, named1, named1 + "path = \"/x/\"\n"},
	{"aws_iam_user", "permissions_boundary set", false, named1, named1 + bounded},
	{"aws_iam_user", "permissions_boundary unset", true, named1 + bounded, named1},
	{"aws_iam_user", "tags set", false, named1 + tagged, named1 + tagged2},
	{"aws_iam_user", "tags unset", true, named1 + tagged2, named1 + tagged},
	{"aws_iam_group", "", false, named1, ""},
	{"aws_iam_group", "path", false, named1, named1 + "path = \"/x/\"\n"},
	{"aws_iam_instance_profile", "", false, named1, ""},
	{"aws_iam_instance_profile", "role set", true, named1 + "role = \"NAME-one\"\n", named1 + "role = \"NAME-two\"\n"},
	{"aws_iam_instance_profile", "tags set", false, named1 + tagged, named1 + tagged2},
	{"aws_iam_instance_profile", "tags unset", false, named1 + tagged2, named1 + tagged},
	{"aws_iam_policy", "", false, named1 + document, ""},
	{"aws_iam_policy", "policy", false, named1 + document, named1 + document2},
	{"aws_iam_policy", "tags set", false, named1 + document + tagged, named1 + document + tagged2},
	{"aws_iam_policy", "tags unset", false, named1 + document + tagged2, named1 + document + tagged},
	{"aws_iam_role_policy", "policy", true, named1 + "role = \"NAME\"\n" + document, named1 + "role = \"NAME\"\n" + document2},
	{"aws_iam_user_policy", "policy", true, named1 + "user = \"NAME\"\n" + document, named1 + "user = \"NAME\"\n" + document2},
	{"aws_iam_group_policy", "policy", true, named1 + "group = \"NAME\"\n" + document, named1 + "group = \"NAME\"\n" + document2},
	{"aws_iam_role_policy_attachment", "", false, "role = \"NAME\"\npolicy_arn = \"arn:aws:iam::111122223333:policy/one\"\n", ""},
	{"aws_iam_user_policy_attachment", "", false, "user = \"NAME\"\npolicy_arn = \"arn:aws:iam::111122223333:policy/one\"\n", ""},
	{"aws_iam_role", "force_detach_policies", true, trust + "force_detach_policies = true\n", ""},
	{"aws_iam_user", "force_destroy", true, named1 + "force_destroy = true\n", ""},
	{"aws_iam_group_policy_attachment", "", false, "group = \"NAME\"\npolicy_arn = \"arn:aws:iam::111122223333:policy/one\"\n", ""},
	{"aws_iam_policy_attachment", "roles set", true, named1 + attachedOne + "roles = [\"NAME\"]\n", named1 + attachedOne + "roles = [\"NAME\", \"NAME-b\"]\n"},
	{"aws_iam_policy_attachment", "roles unset", false, named1 + attachedOne + "roles = [\"NAME\", \"NAME-b\"]\n", named1 + attachedOne + "roles = [\"NAME\"]\n"},
	{"aws_iam_policy_attachment", "users set", true, named1 + attachedOne + "users = [\"NAME\"]\n", named1 + attachedOne + "users = [\"NAME\", \"NAME-b\"]\n"},
	{"aws_iam_policy_attachment", "groups set", true, named1 + attachedOne + "groups = [\"NAME\"]\n", named1 + attachedOne + "groups = [\"NAME\", \"NAME-b\"]\n"},
	{"aws_iam_role_policy_attachments_exclusive", "policy_arns set", true, "role_name = \"NAME\"\n" + arns1, "role_name = \"NAME\"\n" + arns2},
	{"aws_iam_role_policy_attachments_exclusive", "policy_arns unset", false, "role_name = \"NAME\"\n" + arns2, "role_name = \"NAME\"\n" + arns1},
	{"aws_iam_user_policy_attachments_exclusive", "policy_arns set", true, "user_name = \"NAME\"\n" + arns1, "user_name = \"NAME\"\n" + arns2},
	{"aws_iam_user_policy_attachments_exclusive", "policy_arns unset", false, "user_name = \"NAME\"\n" + arns2, "user_name = \"NAME\"\n" + arns1},
	{"aws_iam_group_policy_attachments_exclusive", "policy_arns set", true, "group_name = \"NAME\"\n" + arns1, "group_name = \"NAME\"\n" + arns2},
	{"aws_iam_group_policy_attachments_exclusive", "policy_arns unset", false, "group_name = \"NAME\"\n" + arns2, "group_name = \"NAME\"\n" + arns1},
	{"aws_iam_role_policies_exclusive", "", false, "role_name = \"NAME\"\npolicy_names = []\n", ""},
	{"aws_iam_user_policies_exclusive", "", false, "user_name = \"NAME\"\npolicy_names = []\n", ""},
	{"aws_iam_group_policies_exclusive", "", false, "group_name = \"NAME\"\npolicy_names = []\n", ""},
	{"aws_iam_group_membership", "users set", true, named1 + "group = \"NAME\"\nusers = [\"NAME\"]\n", named1 + "group = \"NAME\"\nusers = [\"NAME\", \"NAME-b\"]\n"},
	{"aws_iam_group_membership", "users unset", false, named1 + "group = \"NAME\"\nusers = [\"NAME\", \"NAME-b\"]\n", named1 + "group = \"NAME\"\nusers = [\"NAME\"]\n"},
	{"aws_iam_user_group_membership", "groups set", true, "user = \"NAME\"\ngroups = [\"NAME\"]\n", "user = \"NAME\"\ngroups = [\"NAME\", \"NAME-b\"]\n"},
	{"aws_iam_user_group_membership", "groups unset", false, "user = \"NAME\"\ngroups = [\"NAME\", \"NAME-b\"]\n", "user = \"NAME\"\ngroups = [\"NAME\"]\n"},
	{"aws_iam_access_key", "status", true, "user = \"NAME\"\n", "user = \"NAME\"\nstatus = \"Inactive\"\n"},
	{"aws_iam_user_login_profile", "", false, "user = \"NAME\"\n", ""},
	{"aws_iam_user_ssh_key", "status", true, "username = \"NAME\"\nencoding = \"SSH\"\npublic_key = \"ssh-rsa AAAA NAME\"\n", "username = \"NAME\"\nencoding = \"SSH\"\npublic_key = \"ssh-rsa AAAA NAME\"\nstatus = \"Inactive\"\n"},
	{"aws_iam_signing_certificate", "status", true, "user_name = \"NAME\"\ncertificate_body = \"NAME\"\n", "user_name = \"NAME\"\ncertificate_body = \"NAME\"\nstatus = \"Inactive\"\n"},
	{"aws_iam_service_specific_credential", "status", true, "user_name = \"NAME\"\nservice_name = \"codecommit.amazonaws.com\"\n", "user_name = \"NAME\"\nservice_name = \"codecommit.amazonaws.com\"\nstatus = \"Inactive\"\n"},
	{"aws_iam_virtual_mfa_device", "tags set", true, "virtual_mfa_device_name = \"NAME\"\n" + tagged, "virtual_mfa_device_name = \"NAME\"\n" + tagged2},
	{"aws_iam_virtual_mfa_device", "tags unset", false, "virtual_mfa_device_name = \"NAME\"\n" + tagged2, "virtual_mfa_device_name = \"NAME\"\n" + tagged},
	{"aws_iam_server_certificate", "tags set", true, named1 + certificate + tagged, named1 + certificate + tagged2},
	{"aws_iam_server_certificate", "tags unset", false, named1 + certificate + tagged2, named1 + certificate + tagged},
	{"aws_iam_service_linked_role", "description", true, "aws_service_name = \"NAME.amazonaws.com\"\n", "aws_service_name = \"NAME.amazonaws.com\"\ndescription = \"x\"\n"},
	{"aws_iam_service_linked_role", "tags set", true, "aws_service_name = \"NAME.amazonaws.com\"\n" + tagged, "aws_service_name = \"NAME.amazonaws.com\"\n" + tagged2},
	{"aws_iam_service_linked_role", "tags unset", false, "aws_service_name = \"NAME.amazonaws.com\"\n" + tagged2, "aws_service_name = \"NAME.amazonaws.com\"\n" + tagged},
	{"aws_iam_openid_connect_provider", "client_id_list replace", true, oidc, strings.ReplaceAll(oidc, "[\"a\"]", "[\"b\"]")},
	{"aws_iam_openid_connect_provider", "thumbprint_list", false, oidc, strings.ReplaceAll(oidc, "cf23", "cf24")},
	{"aws_iam_openid_connect_provider", "tags set", false, oidc + tagged, oidc + tagged2},
	{"aws_iam_openid_connect_provider", "tags unset", false, oidc + tagged2, oidc + tagged},
	{"aws_iam_saml_provider", "saml_metadata_document", true, saml, strings.ReplaceAll(saml, "one", "two")},
	{"aws_iam_saml_provider", "tags set", false, saml + tagged, saml + tagged2},
	{"aws_iam_saml_provider", "tags unset", false, saml + tagged2, saml + tagged},
	{"aws_iam_account_alias", "", false, "account_alias = \"NAME\"\n", ""},
	{"aws_iam_account_password_policy", "minimum_password_length", true, "minimum_password_length = 12\n", "minimum_password_length = 14\n"},
	{"aws_iam_security_token_service_preferences", "global_endpoint_token_version", true, "global_endpoint_token_version = \"v1Token\"\n", "global_endpoint_token_version = \"v2Token\"\n"},
	{"aws_ssoadmin_permission_set", "description", true, named1 + instance, named1 + instance + "description = \"x\"\n"},
	{"aws_ssoadmin_permission_set", "tags set", false, named1 + instance + tagged, named1 + instance + tagged2},
	{"aws_ssoadmin_permission_set_inline_policy", "inline_policy", true, ofSet + "inline_" + document, ofSet + "inline_" + document2},
	{"aws_ssoadmin_managed_policy_attachment", "", false, ofSet + "managed_policy_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n", ""},
	{"aws_ssoadmin_customer_managed_policy_attachment", "", false, ofSet + "customer_managed_policy_reference {\nname = \"one\"\n}\n", ""},
	{"aws_ssoadmin_permissions_boundary_attachment", "", false, ofSet + "permissions_boundary {\nmanaged_policy_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n}\n", ""},
	{"aws_ssoadmin_account_assignment", "", false, ofSet + "principal_type = \"GROUP\"\nprincipal_id = \"12345678-1234-1234-1234-123456789012\"\ntarget_type = \"AWS_ACCOUNT\"\ntarget_id = \"111122223333\"\n", ""},
	{"data.aws_iam_role", "", false, "name = \"NAME-looked-up\"\n", ""},
	{"data.aws_iam_user", "", false, "user_name = \"NAME-looked-up\"\n", ""},
	{"data.aws_iam_group", "", false, "group_name = \"NAME-looked-up\"\n", ""},
	{"data.aws_iam_instance_profile", "", false, "name = \"NAME-looked-up\"\n", ""},
	{"data.aws_iam_policy", "", false, "arn = \"arn:aws:iam::111122223333:policy/NAME-looked-up\"\n", ""},
}
