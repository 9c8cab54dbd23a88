package calls

// account are the calls for what an account has once, and for identity
// providers.
func account() map[string]*Type {
	return map[string]*Type{
		"aws_iam_account_alias": {
			Calls: []Call{
				{Of: Create, Action: "iam:CreateAccountAlias"},
				{Of: Read, Action: "iam:ListAccountAliases"},
				{Of: Delete, Action: "iam:DeleteAccountAlias"},
			},
		},
		"aws_iam_account_password_policy": {
			Calls: []Call{
				{Of: Create, Action: "iam:UpdateAccountPasswordPolicy"},
				{Of: Read, Action: "iam:GetAccountPasswordPolicy"},
				{Of: Update, Action: "iam:UpdateAccountPasswordPolicy"},
				{Of: Delete, Action: "iam:DeleteAccountPasswordPolicy"},
			},
		},
		"aws_iam_security_token_service_preferences": {
			Calls: []Call{
				{Of: Create, Action: "iam:SetSecurityTokenServicePreferences"},
				{Of: Read, Action: "iam:GetAccountSummary"},
				{Of: Update, Action: "iam:SetSecurityTokenServicePreferences"},
			},
		},
		"aws_iam_openid_connect_provider": {
			Object: Target{Kind: "oidc-provider", Own: true, ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateOpenIDConnectProvider", Tags: true},
				{Of: Create, Action: "iam:TagOpenIDConnectProvider", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:GetOpenIDConnectProvider"},
				{Of: Update, Action: "iam:UpdateOpenIDConnectProviderThumbprint", If: "thumbprint_list"},
				{Of: Update, Action: "iam:AddClientIDToOpenIDConnectProvider", If: "client_id_list", To: Set, Each: true},
				{Of: Update, Action: "iam:RemoveClientIDFromOpenIDConnectProvider", If: "client_id_list", To: Unset, Each: true},
				{Of: Update, Action: "iam:TagOpenIDConnectProvider", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagOpenIDConnectProvider", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:DeleteOpenIDConnectProvider"},
			},
		},
		"aws_iam_saml_provider": {
			Object: Target{Kind: "saml-provider", Own: true, Name: "name", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateSAMLProvider", Tags: true},
				{Of: Create, Action: "iam:TagSAMLProvider", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:GetSAMLProvider"},
				{Of: Update, Action: "iam:UpdateSAMLProvider", If: "saml_metadata_document"},
				{Of: Update, Action: "iam:TagSAMLProvider", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagSAMLProvider", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:DeleteSAMLProvider"},
			},
		},
		"aws_iam_server_certificate": {
			Object: Target{Kind: "server-certificate", Own: true, Name: "name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:UploadServerCertificate", Tags: true},
				{Of: Create, Action: "iam:TagServerCertificate", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:GetServerCertificate"},
				{Of: Update, Action: "iam:TagServerCertificate", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagServerCertificate", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:DeleteServerCertificate"},
			},
		},
		"aws_iam_service_linked_role": {
			Object: Target{Kind: "role", Own: true, ARN: "arn", Service: "aws_service_name"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateServiceLinkedRole", ServiceName: "aws_service_name"},
				{Of: Create, Action: "iam:TagRole", If: Tags, Tags: true},
				{Of: Read, Action: "iam:GetRole"},
				{Of: Update, Action: "iam:UpdateRole", If: "description"},
				{Of: Update, Action: "iam:TagRole", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagRole", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:DeleteServiceLinkedRole"},
				{Of: Delete, Action: "iam:GetServiceLinkedRoleDeletionStatus"},
			},
		},
	}
}
