package inquiry

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// TestReachAgreesWithPaths: whoever the search for all paths leads to an
// administrator reaches one, and whoever reaches one has a path; the principal at
// the end of a path of one step is reached as a goal of its own.
func TestReachAgreesWithPaths(t *testing.T) {
	t.Parallel()
	plans, err := filepath.Glob("../../fixtures/*/*/plan.json")
	more, err2 := filepath.Glob("../../fixtures/escalation-path/*/*/plan.json")
	if err != nil || err2 != nil || len(plans) == 0 {
		t.Fatal("no plans", err, err2)
	}
	administrators, reached, goals := 0, 0, 0
	for _, path := range append(plans, more...) {
		models, err := source.Read(context.Background(), path, source.Options{Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(path, err)
		}
		tests, err := NewTests(&lint.Settings{}, &expect.File{}, models...)
		if err != nil {
			t.Fatal(path, err)
		}
		paths := map[*iam.Entity]*escalation.Path{}
		for _, p := range escalation.OfAccount.Of(tests.account).Judge().Paths {
			paths[p.Actor.Entity] = p
		}
		search := escalation.NewGoalSearch(tests.account, escalation.Goal{Administrator: true})
		for _, h := range tests.account.Actors() {
			known := paths[h.Entity]
			to, verdict := search.PathFrom(h.Entity)
			if to != nil && verdict == authz.Allowed {
				reached++
			}
			certain := known != nil && known.Verdict == authz.Allowed
			if certain && known.End == escalation.EndAdministrator {
				administrators++
				if verdict != authz.Allowed {
					t.Errorf("%s: %s has a path to an administrator, and reaches none: %s", path, h.Address, verdict)
				}
			}
			if to != nil && verdict == authz.Allowed && known == nil {
				t.Errorf("%s: %s reaches an administrator, and has no path", path, h.Address)
			}
			if !certain || len(known.Steps) != 1 || known.Steps[0].To.Entity == nil || known.Steps[0].To.Entity == h.Entity {
				continue
			}
			goals++
			end := known.Steps[0].To.Entity
			if _, v := escalation.NewGoalSearch(tests.account, escalation.Goal{Entity: end}).PathFrom(h.Entity); v != authz.Allowed {
				t.Errorf("%s: %s gets to %s, and does not reach it: %s", path, h.Address, end.Address, v)
			}
		}
	}
	if administrators < 5 || reached < administrators || goals < 5 {
		t.Errorf("%d paths to administrators, %d reached one, %d goals", administrators, reached, goals)
	}
}
