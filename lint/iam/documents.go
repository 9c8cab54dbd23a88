package iam

import (
	"iter"

	"github.com/boundlint/boundlint/lint/policy"
)

// PlacedDocument is a policy document and the resource that holds it.
type PlacedDocument struct {
	*Document
	Kind policy.Kind
	// Address is the resource that holds the document; the data source's own
	// where no principal holds it.
	Address string
	// Gone tells that the plan destroys or forgets the holder.
	Gone bool
}

// NumberSecrets numbers the sensitive documents.
func (m *Model) NumberSecrets() {
	numbers := map[string]int{}
	for d := range m.AllDocuments() {
		if !d.Sensitive {
			continue
		}
		text := d.Text.Key()
		if numbers[text] == 0 {
			numbers[text] = len(numbers) + 1
		}
		d.Number = numbers[text]
	}
}

// AllDocuments visits every policy document that the input writes: trust
// policies, managed and inline policies, resource and organization policies,
// and documents that no principal holds. Documents of policies that are only looked
// up are not among them: IAM has taken those already.
func (m *Model) AllDocuments() iter.Seq[PlacedDocument] {
	return func(yield func(PlacedDocument) bool) {
		open := true
		visit := func(d *Document, kind policy.Kind, address string, change Change) {
			if open && d != nil {
				gone := change == ChangeDelete || change == ChangeForget
				open = yield(PlacedDocument{d, kind, address, gone})
			}
		}
		for _, e := range m.Entities {
			visit(e.Trust, policy.TrustPolicy, e.Address, e.Change)
		}
		for _, p := range m.Policies {
			visit(p.Document, policy.IdentityPolicy, p.Address, p.Change)
		}
		for _, p := range m.Inline {
			visit(p.Document, policy.IdentityPolicy, p.Address, p.Change)
		}
		for _, p := range m.ResourcePolicies {
			visit(p.Document, policy.ResourcePolicy, p.Address, p.Change)
		}
		for _, p := range m.OrganizationPolicies {
			visit(p.Document, p.Kind(), p.Address, ChangeNone)
		}
		for _, d := range m.Documents {
			visit(d, policy.AnyPolicy, d.Location.Address, ChangeNone)
		}
	}
}
