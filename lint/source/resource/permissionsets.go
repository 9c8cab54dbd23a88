package resource

import (
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// boundaryAttachment is a resource that gives a permission set its boundary.
type boundaryAttachment struct {
	resource Resource
	set      iam.Value
	boundary iam.Value
}

func (b *Builder) permissionSet(r Resource) {
	set := &iam.Entity{
		Kind: iam.PermissionSet, Declared: r.declared(), Type: r.Type, Name: r.value("name"), SetARN: r.arn(),
		Tags: r.tags(), Maybe: r.Maybe,
	}
	if set.SetARN.IsEmpty() {
		set.SetARN = policy.SymbolText(ReferenceSymbol(b.syms, b.model.Input.Path, r.Address, "arn"))
	}
	b.model.PermissionSets = append(b.model.PermissionSets, set)
}

func (b *Builder) permissionSetInline(r Resource) {
	d := b.document(&r, "inline_policy", r.Values["inline_policy"], policy.IdentityPolicy)
	if d == nil {
		return
	}
	b.model.Inline = append(b.model.Inline, &iam.InlinePolicy{
		Declared: r.declared(), HolderKind: iam.HolderPermissionSet, Holder: r.value("permission_set_arn"), Document: d,
		Route: r.Type, Maybe: r.Maybe,
	})
}

func (b *Builder) permissionSetManaged(r Resource) {
	b.attach(r, iam.HolderPermissionSet, r.value("permission_set_arn"), r.value("managed_policy_arn"))
}

// permissionSetCustomer attaches a policy that each account has to have under
// that name.
func (b *Builder) permissionSetCustomer(r Resource) {
	if arn, ok := b.customerManaged(&r, block(r.Values["customer_managed_policy_reference"])); ok {
		b.attach(r, iam.HolderPermissionSet, r.value("permission_set_arn"), arn)
	}
}

// block is the body of the one block of a type, or of an attribute that is an
// object.
func block(v Value) Value {
	if v.Kind == List && len(v.List) > 0 {
		return v.List[0]
	}
	return v
}

// customerManaged is the ARN of a customer-managed policy that is named by
// path and name.
func (b *Builder) customerManaged(r *Resource, reference Value) (iam.Value, bool) {
	const attribute = "customer_managed_policy_reference"
	switch reference.Kind {
	case Object:
	case Unknown:
		return r.convert(attribute, reference), true
	case Null, Scalar, List:
		return iam.Value{}, false
	}
	name := r.convert(attribute+".name", reference.Object["name"])
	path := r.convert(attribute+".path", reference.Object["path"])
	if !name.Set {
		return iam.Value{}, false
	}
	if !path.Set {
		path.Text = policy.Literal("/")
	}
	name.Text = policy.Concat(b.carrierARN(r, "iam::{account}:policy"), path.Text, name.Text)
	return name, true
}

func (b *Builder) permissionSetBoundary(r Resource) {
	v := block(r.Values["permissions_boundary"])
	a := boundaryAttachment{resource: r, set: r.value("permission_set_arn")}
	switch v.Kind {
	case Unknown:
		a.boundary = r.convert("permissions_boundary", v)
	case Object:
		a.boundary = r.convert("permissions_boundary.managed_policy_arn", v.Object["managed_policy_arn"])
		if arn, ok := b.customerManaged(&r, block(v.Object["customer_managed_policy_reference"])); ok && !a.boundary.Set {
			a.boundary = arn
		}
	case Null, Scalar, List:
	}
	if a.boundary.Set && r.Change != iam.ChangeDelete && r.Change != iam.ChangeForget {
		b.setBoundaries = append(b.setBoundaries, a)
	}
}

// settleBoundaries gives the permission sets their boundaries.
func (b *Builder) settleBoundaries() {
	for _, a := range b.setBoundaries {
		for _, set := range b.model.PermissionSets {
			s := a.set.Text.Symbol()
			if s != nil && s.Address == set.Address || a.set.Set && a.set.Text.Equal(set.SetARN) {
				set.Boundary = a.boundary
			}
		}
	}
	b.setBoundaries = nil
}

// ccPermissionSet reads the Cloud Control provider's permission set, which
// has its policies and its boundary in itself.
func (b *Builder) ccPermissionSet(r Resource) {
	set := r
	set.Values = renamed(r.Values, map[string]string{"arn": "permission_set_arn"})
	b.permissionSet(set)
	self := iam.Value{Text: b.model.PermissionSets[len(b.model.PermissionSets)-1].SetARN, Set: true, Location: r.Location}
	for _, arn := range r.elements(b, "managed_policies") {
		b.attach(arn.in, iam.HolderPermissionSet, self, arn.Value)
	}
	for _, v := range r.Values["customer_managed_policy_references"].List {
		if arn, ok := b.customerManaged(&r, v); ok {
			b.attach(r.with(v), iam.HolderPermissionSet, self, arn)
		}
	}
	if d := b.document(&r, "inline_policy", r.Values["inline_policy"], policy.IdentityPolicy); d != nil {
		b.model.Inline = append(b.model.Inline, &iam.InlinePolicy{
			Declared: r.declared(), HolderKind: iam.HolderPermissionSet, Holder: self, Document: d,
			Route: "inline_policy",
		})
	}
	before := len(b.setBoundaries)
	b.permissionSetBoundary(r)
	for i := range b.setBoundaries[before:] {
		b.setBoundaries[before+i].set = self
	}
}
