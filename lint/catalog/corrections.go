package catalog

import (
	"slices"
	"strings"
)

// What the data does not say, or says wrongly. Each entry has its reason; a
// test tells when newer data makes one superfluous.

const passRole = "iam:PassRole"

// requiredKeys are the keys that every request of an action carries, because
// they hold a parameter without which the call is not made. AWS's lists do
// not tell required keys from optional ones.
var requiredKeys = [...]struct{ action, key string }{
	// The boundary to be put is a required parameter (semantics 6.2).
	{"iam:PutRolePermissionsBoundary", "iam:PermissionsBoundary"},
	{"iam:PutUserPermissionsBoundary", "iam:PermissionsBoundary"},
	// So is the policy to be attached or detached.
	{"iam:AttachGroupPolicy", "iam:PolicyARN"},
	{"iam:AttachRolePolicy", "iam:PolicyARN"},
	{"iam:AttachUserPolicy", "iam:PolicyARN"},
	{"iam:DetachGroupPolicy", "iam:PolicyARN"},
	{"iam:DetachRolePolicy", "iam:PolicyARN"},
	{"iam:DetachUserPolicy", "iam:PolicyARN"},
	// And the service a service-linked role is made for.
	{"iam:CreateServiceLinkedRole", "iam:AWSServiceName"},
	// And the name of a role session.
	{"sts:AssumeRole", "sts:RoleSessionName"},
	{"sts:AssumeRoleWithWebIdentity", "sts:RoleSessionName"},
}

// addedKeys are keys that an action carries although its list lacks them.
var addedKeys = [...]struct{ action, key string }{
	// The prefix of a web identity's keys is the address of its provider,
	// which is open; AWS lists the providers it knows by name.
	{"sts:AssumeRoleWithWebIdentity", providerKeyName},
}

// multiValuedKeys are keys that hold several values although the data gives a
// single one.
var multiValuedKeys = [...]struct{ service, key string }{
	// How the login was made, its provider, and both together, as the IAM
	// reference says; every Cognito tutorial tests it with ForAnyValue.
	{"sts", "cognito-identity.amazonaws.com:amr"},
}

// arnShapes are the ARNs of types of which the data has none that an ARN can
// be: too few parts. Where AWS does not show one, both shapes are taken.
var arnShapes = [...]struct {
	service, name string
	arns          []string
}{
	{"mediaconnect", "Offering", []string{
		"arn:${Partition}:mediaconnect:${Region}:${Account}:offering:${OfferingId}",
		"arn:${Partition}:mediaconnect:${Region}::offering:${OfferingId}",
	}},
}

// UnreliableKeys are the keys of which AWS's documentation says that an
// action's list has them but that conditions on them do not work reliably: a
// grant that rests on one is neither safe nor dead.
func (a *Action) UnreliableKeys() []string {
	if a.Service == "iam" && a.Name == "PassRole" {
		// The tags of the role that is passed (semantics 6.3).
		return []string{"aws:ResourceTag/${TagKey}", "iam:ResourceTag/${TagKey}"}
	}
	return nil
}

// correct applies the corrections to a service that was just decoded.
func correct(s *Service) {
	for _, add := range addedKeys {
		prefix, name, _ := strings.Cut(add.action, ":")
		if prefix != s.Prefix {
			continue
		}
		if a, ok := s.Action(name); ok {
			// The list may be shared with other actions: it is copied.
			a.ConditionKeys = append(slices.Clip(a.ConditionKeys), add.key)
			slices.SortFunc(a.ConditionKeys, compareFold)
		}
	}
	for _, shape := range arnShapes {
		if shape.service != s.Prefix {
			continue
		}
		if t, ok := s.ResourceType(shape.name); ok {
			t.ARN, t.ARNs = shape.arns[0], shape.arns
		}
	}
	for _, multi := range multiValuedKeys {
		if multi.service != s.Prefix {
			continue
		}
		if k, ok := s.key(multi.key); ok {
			k.MultiValued = true
		}
	}
}
