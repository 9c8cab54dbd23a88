package calls_test

import (
	"encoding/json"
	"net/http"
	"strings"
)

// identityCenter answers the requests of the provider as IAM Identity Center does.
func (s *iamServer) identityCenter(w http.ResponseWriter, r *http.Request) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	values, err := json.Marshal(in)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.asked = append(s.asked, askedFor{"sso:" + action, string(values)})
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	out := s.permissionSets(action, in)
	if out == nil {
		w.Header().Set("X-Amzn-ErrorType", "ResourceNotFoundException")
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]any{"__type": "ResourceNotFoundException", "Message": "not found"}
	}
	_ = json.NewEncoder(w).Encode(out) // the client has gone where it fails
}

const ssoInstance = "ssoins-1234567890abcdef"

// permissionSets is the answer to an action, nil for what is not there.
func (s *iamServer) permissionSets(action string, in map[string]any) map[string]any {
	of := func(name string) string { text, _ := in[name].(string); return text }
	set := of("PermissionSetArn")
	// The request is named by the set that it is about.
	done := map[string]any{"Status": "SUCCEEDED", "RequestId": set[max(0, len(set)-len(caseName(0))):]}
	switch action {
	case "CreatePermissionSet":
		arn := "arn:aws:sso:::permissionSet/" + ssoInstance + "/ps-12345678901" + of("Name")
		s.things[arn] = &thing{fields: map[string]string{"Name": of("Name")}, tags: jsonTags(in)}
		return map[string]any{"PermissionSet": map[string]any{"PermissionSetArn": arn, "Name": of("Name")}}
	case "DescribePermissionSet":
		t := s.things[set]
		if t == nil {
			return nil
		}
		return map[string]any{"PermissionSet": map[string]any{
			"PermissionSetArn": set, "Name": t.fields["Name"], "Description": t.fields["Description"], "SessionDuration": "PT1H", "CreatedDate": 1.7e9,
		}}
	case "UpdatePermissionSet":
		s.things[set].fields["Description"] = of("Description")
	case "DeletePermissionSet":
		delete(s.things, set)
	case "ListTagsForResource":
		tags := []any{}
		if t := s.things[of("ResourceArn")]; t != nil {
			for _, k := range sortedKeys(t.tags) {
				tags = append(tags, map[string]any{"Key": k, "Value": t.tags[k]})
			}
		}
		return map[string]any{"Tags": tags}
	case "ProvisionPermissionSet", "DescribePermissionSetProvisioningStatus":
		return map[string]any{"PermissionSetProvisioningStatus": done}
	case "CreateAccountAssignment", "DescribeAccountAssignmentCreationStatus":
		if action == "CreateAccountAssignment" {
			s.put("assigned "+set, of("PrincipalId"), of("PrincipalType"))
		}
		return map[string]any{"AccountAssignmentCreationStatus": done}
	case "DeleteAccountAssignment", "DescribeAccountAssignmentDeletionStatus":
		s.take("assigned "+set, of("PrincipalId"))
		return map[string]any{"AccountAssignmentDeletionStatus": done}
	case "ListAccountAssignments":
		list := []any{}
		for _, id := range sortedKeys(s.lists["assigned "+set]) {
			list = append(list, map[string]any{
				"AccountId": of("AccountId"), "PermissionSetArn": set, "PrincipalId": id, "PrincipalType": s.lists["assigned "+set][id],
			})
		}
		return map[string]any{"AccountAssignments": list}
	default:
		return s.setPolicies(action, set, in)
	}
	return map[string]any{}
}

// setPolicies answers what is about the policies of a permission set.
func (s *iamServer) setPolicies(action, set string, in map[string]any) map[string]any {
	of := func(name string) string { text, _ := in[name].(string); return text }
	switch action {
	case "PutInlinePolicyToPermissionSet":
		s.put("inline "+set, "", of("InlinePolicy"))
	case "GetInlinePolicyForPermissionSet":
		return map[string]any{"InlinePolicy": s.lists["inline "+set][""]}
	case "DeleteInlinePolicyFromPermissionSet":
		s.take("inline "+set, "")
	case "AttachManagedPolicyToPermissionSet":
		s.put("managed "+set, of("ManagedPolicyArn"), "")
	case "DetachManagedPolicyFromPermissionSet":
		s.take("managed "+set, of("ManagedPolicyArn"))
	case "ListManagedPoliciesInPermissionSet":
		list := []any{}
		for _, arn := range sortedKeys(s.lists["managed "+set]) {
			list = append(list, map[string]any{"Arn": arn, "Name": arn})
		}
		return map[string]any{"AttachedManagedPolicies": list}
	case "AttachCustomerManagedPolicyReferenceToPermissionSet":
		s.put("customer "+set, "one", "")
	case "DetachCustomerManagedPolicyReferenceFromPermissionSet":
		s.take("customer "+set, "one")
	case "ListCustomerManagedPolicyReferencesInPermissionSet":
		list := []any{}
		for _, name := range sortedKeys(s.lists["customer "+set]) {
			list = append(list, map[string]any{"Name": name, "Path": "/"})
		}
		return map[string]any{"CustomerManagedPolicyReferences": list}
	case "PutPermissionsBoundaryToPermissionSet":
		s.put("boundary "+set, "", "")
	case "DeletePermissionsBoundaryFromPermissionSet":
		delete(s.lists, "boundary "+set)
	case "GetPermissionsBoundaryForPermissionSet":
		if len(s.lists["boundary "+set]) == 0 {
			return nil
		}
		return map[string]any{"PermissionsBoundary": map[string]any{"ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
	}
	return map[string]any{}
}

func jsonTags(in map[string]any) map[string]string {
	out := map[string]string{}
	list, _ := in["Tags"].([]any)
	for _, x := range list {
		tag, _ := x.(map[string]any)
		key, _ := tag["Key"].(string)
		out[key], _ = tag["Value"].(string)
	}
	return out
}
