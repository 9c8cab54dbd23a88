package driver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// coverage is what was looked at in a model.
func (r *run) coverage(m *iam.Model) lint.Coverage {
	c := lint.Coverage{
		Roots: m.Coverage.Roots, Directories: m.Coverage.Read, Unread: m.Coverage.Unread, Calls: m.Coverage.Calls, Empty: m.Coverage.Empty,
		Policies: r.unseenPolicies(m), Boundaries: r.unseenBoundaries(m),
	}
	for _, u := range m.Unchecked {
		if u.Kind == iam.UncheckedModule {
			c.Unfollowed = append(c.Unfollowed, u.Location.Address)
		} else {
			c.Stacks = append(c.Stacks, u.Location.Address)
		}
	}
	return c
}

// unseenBoundaries are the boundaries in use whose document is not known.
func (r *run) unseenBoundaries(m *iam.Model) []string {
	unseen := map[string]bool{}
	look := func(entities []*iam.Entity) {
		for _, e := range entities {
			switch {
			case e.Gone() || e.AWSOwned() || !e.Boundary.Set:
			case e.BoundaryPolicy != nil:
				if isUnseenDocument(e.BoundaryPolicy.Document) {
					unseen[e.BoundaryPolicy.Address] = true
				}
			case r.isUnseen(m, e.Boundary.Text) && !r.isReferred(e.Boundary):
				unseen[e.Boundary.String()] = true
			}
		}
	}
	look(m.Entities)
	look(m.PermissionSets)
	return slices.Sorted(maps.Keys(unseen))
}

// unseenPolicies are the policies that somebody of the input has, or that it
// declares, whose document is not known: what they allow was not judged.
func (r *run) unseenPolicies(m *iam.Model) []string {
	unseen := map[string]bool{}
	attached := func(list []*iam.Attachment) {
		for _, a := range list {
			switch {
			case a.HasUnseenLiterals():
				unseen[fmt.Sprintf("that %s.%s names beside its references (join the plan with its configuration)", a.Address, a.Route)] = true
			case a.Policy == nil && a.PolicyARN.Set && r.isUnseen(m, a.PolicyARN.Text):
				unseen[a.PolicyARN.String()] = true
			}
		}
	}
	for _, e := range slices.Concat(m.Entities, m.PermissionSets) {
		if !e.Gone() && !e.AWSOwned() {
			attached(e.Attached)
		}
	}
	for _, g := range m.Groups {
		if !g.Gone() {
			attached(g.Attached)
		}
	}
	for _, p := range m.Policies {
		if !p.Gone() && isUnseenDocument(p.Document) && len(p.BoundaryOf) == 0 {
			unseen[p.Address] = true
		}
	}
	for _, p := range m.Inline {
		if p.Change != iam.ChangeDelete && p.Change != iam.ChangeForget && isUnseenDocument(p.Document) {
			unseen[p.Address] = true
		}
	}
	return slices.Sorted(maps.Keys(unseen))
}

// isUnseenDocument reports whether nothing of a document is known.
func isUnseenDocument(d *iam.Document) bool { return d == nil || d.Document == nil || d.Unknown != nil }

// isUnseen reports whether the document of a managed policy that the input does
// not declare is not known: not from the configuration, from no data source
// that has read it, and not because AWS has it, whose policies the catalog
// holds.
func (r *run) isUnseen(m *iam.Model, arn policy.Text) bool {
	text := arn.String()
	if strings.Contains(text, ":iam::aws:policy/") {
		if r.opts.ManagedPolicy == nil {
			return false
		}
		_, known := r.opts.ManagedPolicy(text[strings.LastIndexByte(text, '/')+1:])
		return !known
	}
	if arn.IsKnown() && !isCustomerManaged(text) {
		return false // no policy at all
	}
	for _, b := range r.settings.Boundaries {
		if b.Document != nil && slices.ContainsFunc(b.ARNs, func(p string) bool { return policy.Glob(p, text) }) {
			return false
		}
	}
	return !slices.ContainsFunc(m.Lookups, func(l *iam.Lookup) bool { return l.Found.Equal(arn) && l.HasDocument() })
}

// isReferred reports whether the configuration gives the document of a boundary
// by what it refers to.
func (r *run) isReferred(boundary iam.Value) bool {
	return slices.ContainsFunc(r.settings.Boundaries, func(b lint.ApprovedBoundary) bool {
		return b.Document != nil && slices.ContainsFunc(boundary.References, func(reference string) bool {
			return slices.Contains(b.References, reference) || slices.Contains(b.References, strings.TrimSuffix(reference, ".arn"))
		})
	})
}

// isCustomerManaged reports whether an ARN is that of a managed policy which is
// not AWS's own.
func isCustomerManaged(arn string) bool {
	return strings.Contains(arn, ":policy/") && !strings.Contains(arn, ":iam::aws:policy/")
}
