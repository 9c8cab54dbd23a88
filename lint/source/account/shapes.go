package account

import (
	"maps"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// The shapes of the entries of a dump (API reference,
// GetAccountAuthorizationDetails), for the members that are read. What is not
// set is left out by the AWS CLI, and null where programs write the answers of
// some SDKs themselves.
var (
	text        = stream.Text.OrNull()
	anyDocument = stream.Text.Or(stream.MapOf(stream.Any)).OrNull()

	inlineList   = list(members{"PolicyName": text, "PolicyDocument": anyDocument})
	attachedList = list(members{"PolicyName": text, "PolicyArn": stream.Name}, "PolicyArn")

	userShape = entity(members{
		"UserName": text, "UserPolicyList": inlineList, "GroupList": stream.ListOf(stream.Name).OrNull(),
	})
	groupShape = entity(members{"GroupName": text, "GroupPolicyList": inlineList})
	roleShape  = entity(members{
		"RoleName": text, "RolePolicyList": inlineList, "AssumeRolePolicyDocument": anyDocument,
		"InstanceProfileList": list(members{"Path": text, "InstanceProfileName": text, "Arn": text}),
	})
	policyShape = stream.ObjectOf(members{
		"PolicyName": text, "Path": text, "Arn": stream.Text, "DefaultVersionId": text,
		"PolicyVersionList": list(members{
			"Document": anyDocument, "VersionId": text, "IsDefaultVersion": stream.Boolean.OrNull(), "CreateDate": text,
		}),
	})

	// grants are the lists that grant something. None of them is null in what
	// the AWS CLI prints, and an entry in which one is may grant more.
	grants = stream.ObjectOf(members{
		"UserPolicyList": some, "GroupPolicyList": some, "RolePolicyList": some,
		"AttachedManagedPolicies": some, "GroupList": some, "PolicyVersionList": some,
	})
	some = stream.ListOf(stream.Any)

	heldShape = stream.ObjectOf(members{
		"IsTruncated": stream.Boolean.OrNull(), "NextToken": text, policies: stream.ListOf(stream.Any).OrNull(),
	})
)

type members = map[string]*stream.Shape

func list(of members, needed ...string) *stream.Shape {
	return stream.ListOf(stream.ObjectOf(of, needed...)).OrNull()
}

// entity is a user, group or role.
func entity(own members) *stream.Shape {
	of := members{
		"Path": text, "Arn": stream.Text, "AttachedManagedPolicies": attachedList,
		"PermissionsBoundary": stream.ObjectOf(members{"PermissionsBoundaryArn": stream.Name}, "PermissionsBoundaryArn").OrNull(),
		"Tags":                list(members{"Key": text, "Value": text}),
	}
	maps.Copy(of, own)
	return stream.ObjectOf(of)
}
