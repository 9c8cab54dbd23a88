package iam

import "github.com/boundlint/boundlint/lint/policy"

// ResourcePolicy is a resource-based policy: that of a bucket, a key and the like,
// or the trust policy of a role.
type ResourcePolicy struct {
	Declared
	Type string
	// Service is the prefix of the actions that the policy speaks of: "s3".
	Service string
	// Resource is the ARN of what it protects, as far as it is known.
	Resource policy.Text
	Document *Document
	// Role is the role of a trust policy; nil for other policies.
	Role *Entity
}

// ResourceBased are the resource-based policies of the input of which it has the
// document: the trust policies of roles, then those of other resources.
func (m *Model) ResourceBased() []*ResourcePolicy {
	var out []*ResourcePolicy
	for _, e := range m.Entities {
		if !e.Gone() && e.Kind == Role && e.Trust != nil && e.Trust.Document != nil {
			out = append(out, &ResourcePolicy{Declared: e.Declared, Type: e.Type, Service: "sts", Resource: e.ARN, Document: e.Trust, Role: e})
		}
	}
	for _, p := range m.ResourcePolicies {
		if !p.Gone() && p.Document != nil && p.Document.Document != nil {
			out = append(out, p)
		}
	}
	return out
}
