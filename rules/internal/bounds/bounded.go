package bounds

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// noteBounds tells the run which entities a boundary limits. It does not ask
// for what is approved: a boundary that is not may limit all the same.
func (j *boundaryJudge) noteBounds(faults map[*iam.Entity][]boundaryFault) error {
	a, err := holders.Accounts.Of(j.pass)
	if err != nil {
		return err
	}
	for e := range j.pass.Entities() {
		j.pass.Bounded(e, bounds(a, e, invalidAmong(faults[e])))
	}
	for _, e := range j.pass.Model.PermissionSets {
		j.pass.Bounded(e, bounds(a, e, j.invalid(e)))
	}
	return nil
}

func invalidAmong(faults []boundaryFault) *boundaryFault {
	if i := slices.IndexFunc(faults, func(f boundaryFault) bool { return f.rule == Invalid }); i >= 0 {
		return &faults[i]
	}
	return nil
}

// bounds says whether its boundary limits an entity. invalid is what is wrong
// with the value as a boundary, nil for nothing.
func bounds(a *holders.Account, e *iam.Entity, invalid *boundaryFault) lint.Bounded {
	if invalid != nil {
		if invalid.verdict == lint.Violation {
			return lint.BoundedNo
		}
		return lint.BoundedUnknown
	}
	document, known := a.BoundaryOf(e)
	switch {
	case known == holders.Unbounded:
		return lint.BoundedNo
	case known == holders.BoundedHidden || mayBeNull(e.Boundary):
		return lint.BoundedUnknown
	case known == holders.BoundedUnseen:
		return lint.BoundedYes
	}
	switch holders.IsWide(document.Document) {
	case policy.True:
		return lint.BoundedNo
	case policy.Maybe:
		return lint.BoundedUnknown
	case policy.False:
	}
	return lint.BoundedYes
}
