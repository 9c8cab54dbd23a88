package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// BoundaryDocuments are the documents that serve as boundaries.
func BoundaryDocuments(p *lint.Pass) ([]iam.PlacedDocument, error) {
	set, err := ApprovedSets.Of(p)
	if err != nil {
		return nil, err
	}
	var out []iam.PlacedDocument
	for _, m := range p.Model.Policies {
		if m.Document == nil || m.Document.Document == nil || m.Gone() {
			continue
		}
		inUse := slices.ContainsFunc(m.BoundaryOf, func(e *iam.Entity) bool { return !e.Gone() })
		if inUse || isConfiguredBoundary(set, m) {
			out = append(out, iam.PlacedDocument{Document: m.Document, Kind: policy.IdentityPolicy, Address: m.Address})
		}
	}
	for _, l := range p.Model.Lookups {
		if l.Document == nil || l.Document.Document == nil || !l.ARN.Set {
			continue
		}
		if slices.ContainsFunc(p.Model.Entities, func(e *iam.Entity) bool {
			return !e.Gone() && e.Boundary.Set && e.Boundary.Text.Equal(l.ARN.Text)
		}) {
			out = append(out, iam.PlacedDocument{Document: l.Document, Kind: policy.IdentityPolicy, Address: l.Address})
		}
	}
	for i := range p.Settings.Boundaries {
		if b := &p.Settings.Boundaries[i]; b.Document != nil && b.Document.Document != nil {
			out = append(out, iam.PlacedDocument{Document: b.Document, Kind: policy.IdentityPolicy, Address: "boundary." + b.Name})
		}
	}
	return out, nil
}

// ServesAsBoundary reports whether a policy of the input is the boundary of an
// entity, or one that the configuration or a condition names.
func (a *Account) ServesAsBoundary(m *iam.ManagedPolicy) bool {
	return slices.ContainsFunc(m.BoundaryOf, func(e *iam.Entity) bool { return !e.Gone() }) || isConfiguredBoundary(a.Approved, m) ||
		a.PinnedBoundaries()[m]
}

// isConfiguredBoundary reports whether a boundary block names the declared
// policy, by ARN or by reference. A pattern for the policy's name may take in
// other policies than boundaries, so it names none.
func isConfiguredBoundary(a *ApprovedSet, m *iam.ManagedPolicy) bool {
	return slices.ContainsFunc(a.Blocks, func(b ApprovedBlock) bool {
		if b.lists(m.Address, "arn") {
			return true
		}
		for i, source := range b.ARNs {
			arn, ok := policy.ParseARN(policy.Literal(source))
			if resource, _ := arn.Resource.Known(); ok && !strings.ContainsAny(resource, "*?") && b.arnPatterns[i].Match(m.ARN) == policy.True {
				return true
			}
		}
		return false
	})
}
