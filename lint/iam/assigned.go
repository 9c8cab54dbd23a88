package iam

// AssignedPermissionSet is a permission set of IAM Identity Center with the accounts
// in which it is: each has a role that is made of it.
type AssignedPermissionSet struct {
	ARN, Name string
	// Accounts are those that it is provisioned in or assigned for, sorted.
	Accounts []string
	// Seen are those of them of which the input has the role.
	Seen []string
	// Assignments tell who may use it where; nil where the input does not tell.
	Assignments []Assignment
}

// Assignment lets a user or group of Identity Center use a permission set in an
// account.
type Assignment struct {
	Account string
	// PrincipalType is "USER" or "GROUP"; PrincipalID is that of the identity store.
	PrincipalType, PrincipalID string
}

// ResourceShare is a resource that its account shares by AWS RAM.
type ResourceShare struct {
	// Resource is its ARN, Account the one that owns it.
	Resource, Account string
	// Shares are the ARNs of the resource shares that it is in.
	Shares []string
}
