package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// UsesBoundaries reports whether permissions boundaries play a part in the
// input: some are approved or in use, or a policy speaks of them.
func (a *Account) UsesBoundaries() bool { return usesBoundaries.Of(a) }

var usesBoundaries = NewDerived(func(a *Account) bool {
	if a.Approved.Configured() {
		return true
	}
	for _, e := range a.Model.Entities {
		if !e.Gone() && e.Boundary.Set {
			return true
		}
	}
	for _, h := range slices.Concat(a.Holders, a.Unattached) {
		for _, g := range h.Grants {
			if g.Document != nil && g.Document.Document != nil && speaksOfBoundaries(g.Document.Document) {
				return true
			}
		}
	}
	return false
})

func speaksOfBoundaries(d *policy.Document) bool {
	for _, s := range d.Statements {
		for i := range s.Condition {
			if IsBoundaryKey(s.Condition[i].Key) || !s.Condition[i].Key.IsKnown() {
				return true
			}
		}
	}
	return false
}
