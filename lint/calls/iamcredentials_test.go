package calls_test

import (
	"maps"
	"net/url"
	"strings"
)

// credentials answers what is about the credentials of users.
func (s *iamServer) credentials(action string, f url.Values) ([]element, *failure, bool) {
	switch action {
	case "CreateAccessKey":
		s.put("keys "+f.Get("UserName"), "AKIA1", "Active")
		return []element{{name: "AccessKey", inner: []element{
			text("UserName", f.Get("UserName")), text("AccessKeyId", "AKIA1"), text("Status", "Active"), text("SecretAccessKey", "x"),
			text("CreateDate", "2026-01-01T00:00:00Z"),
		}}}, nil, true
	case "UpdateAccessKey":
		s.put("keys "+f.Get("UserName"), f.Get("AccessKeyId"), f.Get("Status"))
	case "DeleteAccessKey":
		s.take("keys "+f.Get("UserName"), f.Get("AccessKeyId"))
	case "ListAccessKeys":
		var list []element
		for _, id := range sortedKeys(s.lists["keys "+f.Get("UserName")]) {
			list = append(list, element{inner: []element{
				text("UserName", f.Get("UserName")), text("AccessKeyId", id), text("Status", s.lists["keys "+f.Get("UserName")][id]),
				text("CreateDate", "2026-01-01T00:00:00Z"),
			}})
		}
		return []element{members("AccessKeyMetadata", list...), text("IsTruncated", "false")}, nil, true
	case "UploadSigningCertificate":
		t := &thing{fields: scalars(f)}
		t.fields["CertificateId"], t.fields["Status"], t.fields["UploadDate"] = "C1", "Active", "2026-01-01T00:00:00Z"
		s.things["certificate/"+f.Get("UserName")] = t
		return []element{{name: "Certificate", inner: t.inner()}}, nil, true
	case "UpdateSigningCertificate":
		s.things["certificate/"+f.Get("UserName")].fields["Status"] = f.Get("Status")
	case "DeleteSigningCertificate":
		delete(s.things, "certificate/"+f.Get("UserName"))
	case "ListSigningCertificates":
		var list []element
		if t := s.things["certificate/"+f.Get("UserName")]; t != nil {
			list = append(list, element{inner: t.inner()})
		}
		return []element{members("Certificates", list...), text("IsTruncated", "false")}, nil, true
	case "UploadSSHPublicKey":
		t := &thing{fields: scalars(f)}
		t.fields["SSHPublicKeyId"], t.fields["Status"], t.fields["Fingerprint"] = "APKA1", "Active", "x"
		s.things["ssh/"+f.Get("UserName")] = t
		return []element{{name: "SSHPublicKey", inner: t.inner()}}, nil, true
	case "GetSSHPublicKey":
		t := s.things["ssh/"+f.Get("UserName")]
		if t == nil {
			return nil, &failure{"NoSuchEntity"}, true
		}
		return []element{{name: "SSHPublicKey", inner: t.inner()}}, nil, true
	case "UpdateSSHPublicKey":
		s.things["ssh/"+f.Get("UserName")].fields["Status"] = f.Get("Status")
	case "DeleteSSHPublicKey":
		delete(s.things, "ssh/"+f.Get("UserName"))
	case "CreateServiceSpecificCredential":
		t := &thing{fields: scalars(f)}
		t.fields["ServiceSpecificCredentialId"], t.fields["Status"] = "ACCA1", "Active"
		t.fields["ServiceUserName"], t.fields["ServicePassword"], t.fields["CreateDate"] = "a", "b", "2026-01-01T00:00:00Z"
		s.things["credential/"+f.Get("UserName")] = t
		return []element{{name: "ServiceSpecificCredential", inner: t.inner()}}, nil, true
	case "UpdateServiceSpecificCredential":
		s.things["credential/"+f.Get("UserName")].fields["Status"] = f.Get("Status")
	case "DeleteServiceSpecificCredential":
		delete(s.things, "credential/"+f.Get("UserName"))
	case "ListServiceSpecificCredentials":
		var list []element
		if t := s.things["credential/"+f.Get("UserName")]; t != nil {
			list = append(list, element{inner: t.inner()})
		}
		return []element{members("ServiceSpecificCredentials", list...)}, nil, true
	case "CreateVirtualMFADevice":
		t := &thing{fields: map[string]string{
			"SerialNumber": "arn:aws:iam::" + testAccount + ":mfa/" + f.Get("VirtualMFADeviceName"), "Base32StringSeed": "eA==", "QRCodePNG": "eA==",
		}, tags: tagsOf(f)}
		s.things["mfa/"+t.fields["SerialNumber"]] = t
		return []element{{name: "VirtualMFADevice", inner: t.inner()}}, nil, true
	case "ListVirtualMFADevices":
		var list []element
		for id, t := range s.things {
			if strings.HasPrefix(id, "mfa/") {
				list = append(list, element{inner: []element{
					text("SerialNumber", t.fields["SerialNumber"]), {name: "User", inner: named("User", "").inner()},
				}})
			}
		}
		return []element{members("VirtualMFADevices", list...), text("IsTruncated", "false")}, nil, true
	case "ListMFADeviceTags", "TagMFADevice", "UntagMFADevice", "DeleteVirtualMFADevice":
		t := s.things["mfa/"+f.Get("SerialNumber")]
		if t == nil {
			return nil, &failure{"NoSuchEntity"}, true
		}
		switch action {
		case "ListMFADeviceTags":
			return []element{t.tagList(), text("IsTruncated", "false")}, nil, true
		case "TagMFADevice":
			maps.Copy(t.tags, tagsOf(f))
		case "DeleteVirtualMFADevice":
			delete(s.things, "mfa/"+f.Get("SerialNumber"))
		}
	default:
		return s.ofAccount(action, f)
	}
	return nil, nil, true
}

// ofAccount answers what is about the account as a whole.
func (s *iamServer) ofAccount(action string, f url.Values) ([]element, *failure, bool) {
	switch action {
	case "CreateAccountAlias":
		s.put("aliases", f.Get("AccountAlias"), "")
	case "DeleteAccountAlias":
		s.take("aliases", f.Get("AccountAlias"))
	case "ListAccountAliases":
		var list []element
		for _, alias := range sortedKeys(s.lists["aliases"]) {
			list = append(list, text("", alias))
		}
		return []element{members("AccountAliases", list...), text("IsTruncated", "false")}, nil, true
	case "SetSecurityTokenServicePreferences":
		s.put("account", "token", strings.TrimSuffix(strings.TrimPrefix(f.Get("GlobalEndpointTokenVersion"), "v"), "Token"))
	case "GetAccountSummary":
		return []element{{name: "SummaryMap", inner: []element{{name: "entry", inner: []element{
			text("key", "GlobalEndpointTokenVersion"), text("value", s.lists["account"]["token"]),
		}}}}}, nil, true
	default:
		return nil, nil, false
	}
	return nil, nil, true
}
