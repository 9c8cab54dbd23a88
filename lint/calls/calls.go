// Package calls has the calls that Terraform's AWS provider makes of IAM, and
// what IAM authorises for them: for each resource type and each change, as
// data. It knows nothing of plans and policies.
//
// The table follows version 5.100.0 of the provider. A test compares it with
// testdata/recorded.txt, the calls that the real provider makes of a server on
// this machine that answers as IAM does. What IAM authorises besides the call
// itself (iam:TagRole for a role that is created with tags, iam:PassRole for a
// role that goes into an instance profile) is from the IAM User Guide and the
// Service Authorization Reference, and marked as [Call.Besides].
package calls

import (
	"maps"
	"slices"
)

// When is the change of a resource for which the provider makes a call.
type When uint8

// The changes. The zero value is none.
const (
	_ When = iota
	// Create: the resource is made. Calls with an [Call.If] are made where the
	// attribute is set.
	Create
	// Read: the resource is refreshed, and read again after each change.
	Read
	// Update: an attribute changes, the one of [Call.If].
	Update
	// Delete: the resource is destroyed. Calls with an [Call.If] are made where
	// the attribute is set.
	Delete
)

// String is the change as a word of a plan.
func (w When) String() string { return [...]string{"", "create", "read", "update", "delete"}[w] }

// Target is what a call is about, by the attributes of the resource.
type Target struct {
	// Kind is that of its ARN: role, user, group, policy and so on; "" for calls
	// that are authorised on no resource.
	Kind string
	// Own tells that it is the resource itself.
	Own bool
	// Name is the attribute with its name, and ARN the one with its ARN; where
	// both are set either may be there. Path is the one with its path, "" where
	// the resource does not tell it.
	Name, Path, ARN string
	// Service is the attribute with the service that a service-linked role is for,
	// and below whose path it is.
	Service string
	// Profile is the attribute that names an instance profile which holds the role
	// that the call is about.
	Profile string
}

// Call is an action that AWS authorises when the provider makes a change.
type Call struct {
	Of     When
	Action string
	// If is the attribute that has to be set, or that an update has to change; ""
	// for a call that is always made.
	If string
	// Switch tells that If is true or false, and has to be true.
	Switch bool
	// To says what an update does to the attribute.
	To To
	// Each tells that the call is made for each element of If: on an update for
	// those that are added, or removed.
	Each bool
	// One tells that If holds one value and no more, so that it is there even where
	// it is not known yet.
	One bool
	// Former tells that the call is about the resource as it was before an update.
	Former bool
	// Perhaps tells that it depends on what AWS answers whether the call is made.
	Perhaps bool
	// Besides tells that the provider does not make the call: AWS authorises it
	// together with one that is made.
	Besides bool
	// On is what the call is about, in the place of the resource itself.
	On *Target
	// Boundary, Policy and ServiceName are the attributes whose values the request
	// carries as iam:PermissionsBoundary, iam:PolicyARN and iam:AWSServiceName.
	Boundary, Policy, ServiceName string
	// Tags tells that the request carries the tags.
	Tags bool
	// Services are what the request may hold in iam:PassedToService, one of them.
	Services []string
}

// To says what an update does to an attribute.
type To uint8

// What an update does. The zero value is any change.
const (
	Any To = iota
	// Set: it has a value afterwards, or of a list and of tags one more.
	Set
	// Unset: it has none afterwards, or of a list and of tags one less.
	Unset
	// Had: it had a value before.
	Had
	// Again: it keeps its value, and something else than the tags changes.
	Again
)

// Type are the calls for one resource type.
type Type struct {
	// Object is the resource itself.
	Object Target
	Calls  []Call
}

// Of are the calls for a resource type; nil for one that the table does not
// have.
func Of(resourceType string) *Type { return table()[resourceType] }

// Types are the resource types of the table, sorted.
func Types() []string { return slices.Sorted(maps.Keys(table())) }

// Attributes are the attributes of the type whose values its calls depend on,
// sorted: dotted paths go into blocks. Tags are not among them, and neither are
// those of which it only counts that they change.
func (t *Type) Attributes() []string {
	seen := map[string]bool{}
	target := func(x Target) {
		for _, name := range []string{x.Name, x.Path, x.ARN, x.Service, x.Profile} {
			seen[name] = true
		}
	}
	target(t.Object)
	for _, c := range t.Calls {
		if c.Of != Update || c.To != Any {
			seen[c.If] = true
		}
		for _, name := range []string{c.Boundary, c.Policy, c.ServiceName} {
			seen[name] = true
		}
		if c.On != nil {
			target(*c.On)
		}
	}
	delete(seen, "")
	delete(seen, Tags)
	return slices.Sorted(maps.Keys(seen))
}

// Tags is the attribute of [Call.If] that stands for all tags of a resource,
// those that the provider puts on everything included.
const Tags = "tags"
