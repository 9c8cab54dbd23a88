package tfplan

import "strings"

// position is what an attribute asks for: it tells which single references
// can be the whole value of it, although a plan does not show what stands
// around a reference.
type position uint8

const (
	positionOther position = iota
	// positionText is composed more often than not: names, paths, tags. A
	// reference in it is never taken for the whole.
	positionText
	// positionPattern is where wildcards are common: resources, actions and
	// the values of Like and Arn operators.
	positionPattern
	positionARN
	positionARNs
	positionPrincipal
	positionRole
	positionRoles
	positionUser
	positionUsers
	positionGroup
	positionGroups
	positionDocument
	positionDocuments
	positionExact
	positionPermissionSet
)

var positions = map[string]position{
	"name": positionText, "name_prefix": positionText, "path": positionText, "description": positionText,
	"tags": positionText, "tags_all": positionText, "sid": positionText,
	"permissions_boundary": positionARN, "policy_arn": positionARN,
	"managed_policy_arns": positionARNs, "policy_arns": positionARNs, "policy_names": positionText,
	"role": positionRole, "role_name": positionRole, "roles": positionRoles,
	"user": positionUser, "user_name": positionUser, "users": positionUsers,
	"group": positionGroup, "group_name": positionGroup, "groups": positionGroups,
	"permission_set_arn": positionPermissionSet,
	"policy":             positionDocument, "assume_role_policy": positionDocument, "content": positionDocument,
	"source_json": positionDocument, "override_json": positionDocument,
	"source_policy_documents": positionDocuments, "override_policy_documents": positionDocuments,
}

func positionOf(attribute string) position { return positions[attribute] }

// isSet reports whether the attribute is a list or set.
func (p position) isSet() bool {
	return p == positionARNs || p == positionRoles || p == positionUsers || p == positionGroups
}

// element is what the elements of a list are.
func (p position) element() position {
	if e, ok := elements[p]; ok {
		return e
	}
	return p
}

var elements = map[position]position{
	positionARNs: positionARN, positionRoles: positionRole, positionUsers: positionUser,
	positionGroups: positionGroup, positionDocuments: positionDocument,
}

// natural is the attribute that is meant where a reference has lost it: what
// else could stand there. It is "" where the type does not fit.
func (p position) natural(typ string) string {
	typ = strings.TrimPrefix(typ, "data.")
	switch {
	case (p == positionARN || p == positionExact) && typ == "aws_iam_policy",
		p == positionPermissionSet && typ == "aws_ssoadmin_permission_set",
		p == positionPrincipal && (typ == "aws_iam_role" || typ == "aws_iam_user"):
		return "arn"
	case p == positionRole && typ == "aws_iam_role",
		p == positionUser && typ == "aws_iam_user",
		p == positionGroup && typ == "aws_iam_group":
		return "name"
	case p == positionDocument && typ == "aws_iam_policy_document":
		return "json"
	}
	return ""
}

// accepts reports whether the attribute of that type can be the whole value.
func (p position) accepts(typ, attribute string) bool {
	typ = strings.TrimPrefix(typ, "data.")
	switch p {
	case positionARN:
		return isARN(attribute) && isAmazon(typ) || !isAmazon(typ) && !makesParts(typ)
	case positionPermissionSet:
		return typ == "aws_ssoadmin_permission_set" && isARN(attribute)
	case positionPrincipal:
		return isARN(attribute) && attribute != "id"
	case positionRole:
		return typ == "aws_iam_role" || typ == "awscc_iam_role" || typ == "aws_iam_service_linked_role"
	case positionUser:
		return typ == "aws_iam_user" || typ == "awscc_iam_user"
	case positionGroup:
		return typ == "aws_iam_group" || typ == "awscc_iam_group"
	case positionExact, positionOther:
		return true
	case positionText, positionPattern, positionDocument,
		positionARNs, positionRoles, positionUsers, positionGroups, positionDocuments:
	}
	return false
}

func isARN(attribute string) bool {
	return attribute == "arn" || attribute == "id" || strings.HasSuffix(attribute, "_arn")
}

func isAmazon(typ string) bool {
	return strings.HasPrefix(typ, "aws_") || strings.HasPrefix(typ, "awscc_")
}

// makesParts reports whether a type makes what is put into a longer text:
// random_id and the like.
func makesParts(typ string) bool {
	return strings.HasPrefix(typ, "random_") || strings.HasPrefix(typ, "time_") || strings.HasPrefix(typ, "null_")
}
