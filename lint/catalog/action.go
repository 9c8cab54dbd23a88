package catalog

import (
	"slices"
	"strings"
)

// AccessLevel is how AWS classes what an action does.
type AccessLevel uint8

// The access levels. The zero value is that of no listed action.
const (
	AccessUnknown AccessLevel = iota
	AccessList
	AccessRead
	AccessWrite
	AccessTagging
	// AccessPermissionsManagement is for actions that grant or change
	// permissions. AWS does not class all that do: iam:CreateAccessKey is
	// Write.
	AccessPermissionsManagement
)

// String returns the level as AWS writes it.
func (l AccessLevel) String() string {
	switch l {
	case AccessList:
		return "List"
	case AccessRead:
		return "Read"
	case AccessWrite:
		return "Write"
	case AccessTagging:
		return "Tagging"
	case AccessPermissionsManagement:
		return "Permissions management"
	case AccessUnknown:
	}
	return "Unknown"
}

// Action is one action that policies can name.
type Action struct {
	// Service is the prefix, Name the name in its documented spelling: "iam"
	// and "CreateRole".
	Service, Name string
	AccessLevel   AccessLevel
	// ResourceTypes are the types of resources that the action is authorised
	// on. Where there is none, the action is authorised on "*" (semantics of
	// Resource: only an entry that is literally * covers it).
	ResourceTypes []ActionResource
	// ConditionKeys are the keys that AWS lists for the action as a whole,
	// in their documented spelling, templates included. [Action.Keys] has
	// those of its resources too.
	ConditionKeys []string
	// DependentActions are the full names of the actions that the caller
	// must be allowed besides. Known is iam:PassRole only; see
	// [PassRoleActions].
	DependentActions []string
}

// ActionResource is a resource type that an action is authorised on.
type ActionResource struct {
	Type *ResourceType
	// Required tells that every request of the action names a resource of
	// this type.
	Required bool
	// ConditionKeys are the keys that this action carries with this type.
	ConditionKeys []string
}

// ResourceType is a kind of resource that policies can name.
type ResourceType struct {
	// Service is the prefix of the service that lists the type, and Name
	// what that service calls it: "iam" and "role".
	Service, Name string
	// ARN is the template of its ARNs, with placeholders as AWS writes them:
	// arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}. ARNs holds
	// all of them where a type has several shapes.
	ARN  string
	ARNs []string
	// ConditionKeys are the keys that requests on such a resource can carry.
	ConditionKeys []string
}

// Patterns returns the ARNs of the type as globs, each placeholder a '*':
// arn:*:iam::*:role/*.
func (t *ResourceType) Patterns() []string {
	out := make([]string, len(t.ARNs))
	for i, arn := range t.ARNs {
		out[i] = pattern(arn)
	}
	return out
}

// pattern puts a '*' in the place of each ${...}.
func pattern(template string) string {
	var out strings.Builder
	for {
		head, tail, found := strings.Cut(template, "${")
		out.WriteString(head)
		if !found {
			return out.String()
		}
		out.WriteByte('*')
		_, template, _ = strings.Cut(tail, "}")
	}
}

// String returns the full name: "iam:CreateRole".
func (a *Action) String() string { return a.Service + ":" + a.Name }

// TakesNoResource reports whether the action is authorised on no resource, so
// that only a Resource of "*" covers it.
func (a *Action) TakesNoResource() bool { return len(a.ResourceTypes) == 0 }

// PassesRole reports whether the caller hands an IAM role to a service with
// this action and so needs iam:PassRole on it; see [PassRoleActions].
func (a *Action) PassesRole() bool { return slices.Contains(a.DependentActions, passRole) }

// Keys returns all condition keys that AWS lists for the action, for the
// resource types it takes, or for both together, sorted, in their documented
// spelling, templates included. The global keys that any request can carry
// ([GlobalKeys]) are not among them.
func (a *Action) Keys() []string {
	keys := slices.Clone(a.ConditionKeys)
	for _, r := range a.ResourceTypes {
		keys = append(keys, r.ConditionKeys...)
		keys = append(keys, r.Type.ConditionKeys...)
	}
	slices.SortFunc(keys, compareFold)
	return slices.Compact(keys)
}

// Presence tells whether the requests of an action carry a condition key.
type Presence uint8

// The presences. Of an action that is in no catalog nothing is known but
// [Key.Elsewhere].
const (
	// PresentNever is for keys that the action does not have: positive
	// operators on them are dead, negated ones always true (semantics 6.6).
	PresentNever Presence = iota
	// PresentSometimes is for keys that may be absent.
	PresentSometimes
	// PresentAlways is for keys without which there is no such request.
	PresentAlways
)

// String returns the presence as a word.
func (p Presence) String() string {
	switch p {
	case PresentSometimes:
		return "sometimes"
	case PresentAlways:
		return "always"
	case PresentNever:
	}
	return "never"
}

// Presence tells whether requests of the action carry the key of that name,
// in any case: iam:PermissionsBoundary comes with 19 actions, and with two of
// them always. Keys that no catalog knows are never present.
func (a *Action) Presence(key string) Presence {
	for _, r := range requiredKeys {
		if compareFold(r.key, key) == 0 && r.action == a.String() {
			return PresentAlways
		}
	}
	if a.lists(key) {
		return PresentSometimes
	}
	if k, ok := globalKey(key); ok {
		return k.Elsewhere
	}
	return PresentNever
}

func (a *Action) lists(key string) bool {
	if listed(a.ConditionKeys, key) {
		return true
	}
	for _, r := range a.ResourceTypes {
		if listed(r.ConditionKeys, key) || listed(r.Type.ConditionKeys, key) {
			return true
		}
	}
	return false
}

func listed(keys []string, name string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return matchesTemplate(k, name) })
}
