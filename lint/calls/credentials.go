package calls

// credentials are the calls for what users sign in with.
func credentials() map[string]*Type {
	return map[string]*Type{
		"aws_iam_access_key": credential("user",
			Call{Of: Create, Action: "iam:CreateAccessKey"},
			Call{Of: Create, Action: "iam:UpdateAccessKey", If: "status", Perhaps: true},
			Call{Of: Read, Action: "iam:ListAccessKeys"},
			Call{Of: Update, Action: "iam:UpdateAccessKey", If: "status"},
			Call{Of: Delete, Action: "iam:DeleteAccessKey"}),
		"aws_iam_user_login_profile": credential("user",
			Call{Of: Create, Action: "iam:CreateLoginProfile"},
			Call{Of: Read, Action: "iam:GetLoginProfile"},
			Call{Of: Delete, Action: "iam:DeleteLoginProfile"}),
		"aws_iam_user_ssh_key": credential("username",
			Call{Of: Create, Action: "iam:UploadSSHPublicKey"},
			Call{Of: Create, Action: "iam:UpdateSSHPublicKey", If: "status", Perhaps: true},
			Call{Of: Read, Action: "iam:GetSSHPublicKey"},
			Call{Of: Update, Action: "iam:UpdateSSHPublicKey", If: "status"},
			Call{Of: Delete, Action: "iam:DeleteSSHPublicKey"}),
		"aws_iam_signing_certificate": credential("user_name",
			Call{Of: Create, Action: "iam:UploadSigningCertificate"},
			Call{Of: Create, Action: "iam:UpdateSigningCertificate", If: "status", Perhaps: true},
			Call{Of: Read, Action: "iam:ListSigningCertificates"},
			Call{Of: Update, Action: "iam:UpdateSigningCertificate", If: "status"},
			Call{Of: Delete, Action: "iam:DeleteSigningCertificate"}),
		"aws_iam_service_specific_credential": credential("user_name",
			Call{Of: Create, Action: "iam:CreateServiceSpecificCredential"},
			Call{Of: Create, Action: "iam:UpdateServiceSpecificCredential", If: "status", Perhaps: true},
			Call{Of: Read, Action: "iam:ListServiceSpecificCredentials"},
			Call{Of: Update, Action: "iam:UpdateServiceSpecificCredential", If: "status"},
			Call{Of: Delete, Action: "iam:DeleteServiceSpecificCredential"}),
		"aws_iam_virtual_mfa_device": {
			Object: Target{Kind: "mfa", Own: true, Name: "virtual_mfa_device_name", Path: "path", ARN: "arn"},
			Calls: []Call{
				{Of: Create, Action: "iam:CreateVirtualMFADevice", Tags: true},
				{Of: Create, Action: "iam:TagMFADevice", If: Tags, Tags: true, Besides: true},
				{Of: Read, Action: "iam:ListMFADeviceTags"},
				// It names no device, so that no recording tells for which one it is made.
				{Of: Read, Action: "iam:ListVirtualMFADevices", On: &Target{}, Perhaps: true},
				{Of: Update, Action: "iam:TagMFADevice", If: Tags, To: Set, Tags: true},
				{Of: Update, Action: "iam:UntagMFADevice", If: Tags, To: Unset, Tags: true},
				{Of: Delete, Action: "iam:DeactivateMFADevice", If: "user_name", On: on("user", "user_name")},
				{Of: Delete, Action: "iam:DeleteVirtualMFADevice"},
			},
		},
	}
}

// credential are the calls for a credential of the user that an attribute names.
func credential(user string, calls ...Call) *Type {
	return &Type{Object: Target{Kind: "user", Name: user}, Calls: calls}
}
