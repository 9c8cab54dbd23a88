package bounds

import (
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// removed compares the boundary that an entity has with the one it will have.
// standsIn tells that the other rules have nothing to add.
func (j *boundaryJudge) removed(e *iam.Entity) (fault *boundaryFault, standsIn bool) {
	if e.HasBefore && e.Before.Set {
		if f := j.change(e, e.Before); f != nil {
			return f, true
		}
	}
	return j.drifted(e)
}

// change judges the way from a boundary to the one that the plan sets.
func (j *boundaryJudge) change(e *iam.Entity, before iam.Value) *boundaryFault {
	f := &boundaryFault{
		rule: Removed, verdict: lint.Violation, location: place(e, e.Boundary),
		remediation: keep(before),
	}
	switch {
	case !e.Boundary.Set:
		f.message = fmt.Sprintf("the plan takes the permissions boundary %s off %s", phrase.Boundary(before), phrase.Entity(e))
		return f
	case holders.SamePolicy(before.Text, e.Boundary.Text) == policy.True:
		return nil
	}
	verdict := j.approved.Approves(e.Boundary, e.NameText())
	certain := holders.SamePolicy(before.Text, e.Boundary.Text) == policy.False
	why := "is not approved for it"
	if !j.approved.Configured() {
		why = "is not approved: no boundary block says which are"
		if j.approved.Approves(before, e.NameText()) == policy.False && verdict == policy.True {
			// What it had before limited nothing.
			return nil
		}
		if verdict == policy.True {
			verdict = policy.False
		}
	}
	if verdict == policy.True {
		if mayBeNull(e.Boundary) {
			verdict, certain = policy.Maybe, false
		} else {
			return nil
		}
	}
	if verdict == policy.Maybe || !certain || mayBeNull(e.Boundary) {
		f.verdict = lint.Undetermined
		f.message = fmt.Sprintf("the plan may swap or take off the permissions boundary %s of %s: the new one depends on %s",
			phrase.Boundary(before), phrase.Entity(e), j.dependsOn(e))
		return f
	}
	f.message = fmt.Sprintf("the plan swaps the permissions boundary of %s, %s, for %s, which %s",
		phrase.Entity(e), phrase.Boundary(before), phrase.Boundary(e.Boundary), why)
	return f
}

// keep is the line that keeps a boundary.
func keep(before iam.Value) string {
	if known, ok := before.Known(); ok && !before.Sensitive {
		return phrase.WithCode("Keep the boundary", fmt.Sprintf("%s = %q", Attribute, known))
	}
	return "Keep the boundary that it had."
}

// seeWho leads to the one who changed a boundary by hand.
const seeWho = "in CloudTrail who did it (PutRolePermissionsBoundary, DeleteRolePermissionsBoundary or their twins for users)"

// drifted judges a boundary that was changed outside of Terraform.
func (j *boundaryJudge) drifted(e *iam.Entity) (fault *boundaryFault, standsIn bool) {
	d := e.Drift
	if d == nil || !d.Before.Set || e.Change == iam.ChangeCreate || holders.SamePolicy(d.Before.Text, d.After.Text) == policy.True &&
		d.After.Set {
		return nil, false
	}
	what := "taken off"
	if d.After.Set {
		what = "swapped for " + phrase.Boundary(d.After)
	}
	stands := e.Boundary.Set == d.After.Set &&
		(!d.After.Set || holders.SamePolicy(e.Boundary.Text, d.After.Text) == policy.True)
	if stands {
		f := j.change(e, d.Before)
		if f == nil {
			return nil, false
		}
		f.remediation = "See " + seeWho + ", and put it back."
		f.message = fmt.Sprintf("the permissions boundary of %s, %s, was %s outside of Terraform, and the plan leaves it so",
			phrase.Entity(e), phrase.Boundary(d.Before), what)
		return f, true
	}
	if !e.Boundary.Set {
		return nil, false
	}
	note := lint.Note
	return &boundaryFault{
		rule: Removed, severity: &note, verdict: lint.Violation, location: place(e, e.Boundary), key: "drift repaired",
		message: fmt.Sprintf("the permissions boundary of %s, %s, was %s outside of Terraform, and the plan puts it right",
			phrase.Entity(e), phrase.Boundary(d.Before), what),
		remediation: "Apply the plan, and see " + seeWho + ".",
	}, false
}
