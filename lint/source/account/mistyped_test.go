package account

import (
	"strings"
	"testing"
)

// TestMistyped alters one member of a dump at a time: what IAM never answers
// is an error, or makes the dump incomplete, with its place.
func TestMistyped(t *testing.T) {
	t.Parallel()
	whole := with("{"+strings.Join([]string{userPart, groupPart, rolePart, policyPart}, ",")+`,"IsTruncated":false}`, plainly)
	for _, c := range []struct{ old, new, want string }{
		{`"RoleDetailList":[`, `"RoleDetailList":"x","more":[`, "RoleDetailList: want a list, found a text"},
		{`"RoleDetailList":[`, `"RoleDetailList":{},"more":[`, "RoleDetailList: want a list, found an object"},
		{`"RoleDetailList":[`, `"RoleDetailList":null,"more":[`, "reason: it does not have RoleDetailList, which IAM always answers with"},
		{`"GroupDetailList":[`, `"more":[`, "reason: it has not the group Ops, which an entity in it has; it does not have GroupDetailList, which IAM always answers with"},
		{`"RoleDetailList":[`, `"RoleDetailList":[],"RoleDetailList":[`, "RoleDetailList: it stands twice"},
		{`"RoleDetailList":[`, `"RoleDetailList":[null,`, "RoleDetailList[0]: want an object, found null"},
		{`"Policies":[`, `"Policies":true,"more":[`, "Policies: want a list, found true or false"},
		{`"IsTruncated":false`, `"IsTruncated":"false"`, "IsTruncated: want true or false, found a text"},
		{`"IsTruncated":false`, `"IsTruncated":null,"NextToken":null,"Marker":null,"ResponseMetadata":7`, ""},
		{`"IsTruncated":false`, `"NextToken":5`, "NextToken: want a text, found a number"},
		{`"Arn":"arn:aws:iam::111122223333:role/r"`, `"Arn":["x"]`, "RoleDetailList[0].Arn: want a text, found a list"},
		{`"Arn":"arn:aws:iam::111122223333:role/r"`, `"arn":"arn:aws:iam::111122223333:role/r"`, "RoleDetailList[0].arn: want the name Arn"},
		{`"RoleName":"r"`, `"RoleName":7`, "RoleDetailList[0].RoleName: want a text or null, found a number"},
		{`"RoleName":"r"`, `"RoleName":"r","RoleName":"s"`, "RoleDetailList[0].RoleName: it stands twice"},
		{`"AssumeRolePolicyDocument":{`, `"AssumeRolePolicyDocument":[],"more":{`, "RoleDetailList[0].AssumeRolePolicyDocument: want a text or an object or null, found a list"},
		{`"PolicyDocument":{`, `"PolicyDocument":5,"more":{`, "RoleDetailList[0].RolePolicyList[0].PolicyDocument: want a text or an object or null, found a number"},
		{`"RolePolicyList":[`, `"RolePolicyList":{},"more":[`, "RoleDetailList[0].RolePolicyList: want a list or null, found an object"},
		{`"RolePolicyList":[`, `"RolePolicyList":null,"more":[`, "reason: it is not what IAM answers: RoleDetailList[0].RolePolicyList: want a list, found null"},
		{`"PermissionsBoundary":{`, `"PermissionsBoundary":"x","more":{`, "RoleDetailList[0].PermissionsBoundary: want an object or null, found a text"},
		{`"PermissionsBoundary":{`, `"PermissionsBoundary":{},"more":{`, "RoleDetailList[0].PermissionsBoundary.PermissionsBoundaryArn: it is missing"},
		{`"PermissionsBoundary":{`, `"PermissionsBoundary":null,"more":{`, ""},
		{`"PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"PolicyArn":null`, "RoleDetailList[0].AttachedManagedPolicies[0].PolicyArn: want a text that is not empty, found null"},
		{`"GroupList":["Ops"]`, `"GroupList":"Ops"`, "UserDetailList[0].GroupList: want a list or null, found a text"},
		{`"GroupList":["Ops"]`, `"GroupList":[{}]`, "UserDetailList[0].GroupList[0]: want a text that is not empty, found an object"},
		{`"Tags":[`, `"Tags":{},"more":[`, "UserDetailList[0].Tags: want a list or null, found an object"},
		{`"IsDefaultVersion":true`, `"IsDefaultVersion":"true"`, "Policies[0].PolicyVersionList[0].IsDefaultVersion: want true or false or null, found a text"},
		{`"RoleName":"r"`, `"RoleName":"r","CreateDate":5,"RoleLastUsed":"x"`, ""},
	} {
		altered := strings.Replace(whole, c.old, c.new, 1)
		if altered == whole {
			t.Fatalf("%s is not there", c.old)
		}
		models, err := read(altered)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case !models[0].Input.Complete:
			got = "reason: " + strings.Join(models[0].Input.Reasons, "; ")
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.new, got, c.want)
		}
	}
}
