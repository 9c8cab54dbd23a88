// Package bounds judges the permissions_boundary of each role and user, for the
// rules of the first leg.
package bounds

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Attribute is the one that is judged.
const Attribute = "permissions_boundary"

// The rules of the first leg that share one judgement.
const (
	Missing     = "boundary-missing"
	NotApproved = "boundary-not-approved"
	Invalid     = "boundary-invalid"
	Removed     = "boundary-removed"
)

// boundaryFault is what is wrong with the boundary of one entity. One root
// cause is one fault: the rules of the first leg share what is found here and
// each reports its own.
type boundaryFault struct {
	rule                 string
	severity             *lint.Severity // nil for the rule's own
	verdict              lint.Verdict
	message, remediation string
	// fix is the line of the remediation as data, nil where it has none.
	fix      *lint.Fix
	key      string
	parts    []string
	location iam.Location
}

// boundaryFaults are what is wrong with the boundaries of all entities.
var boundaryFaults = lint.NewFact(judgeBoundaries)

func judgeBoundaries(p *lint.Pass) (map[*iam.Entity][]boundaryFault, error) {
	approved, err := holders.ApprovedSets.Of(p)
	if err != nil {
		return nil, err
	}
	j := &boundaryJudge{pass: p, approved: approved, lines: NewLine(p, approved)}
	all := map[*iam.Entity][]boundaryFault{}
	for e := range p.Entities() {
		all[e] = j.entity(e)
	}
	if err := j.noteBounds(all); err != nil {
		return nil, err
	}
	return all, nil
}

// Report is the function of each rule.
func Report(p *lint.Pass) error {
	all, err := boundaryFaults.Of(p)
	if err != nil {
		return err
	}
	for e := range p.Entities() {
		for _, f := range all[e] {
			if f.rule != p.Rule.ID {
				continue
			}
			finding := lint.Finding{
				Verdict: f.verdict, Address: e.Address, Attribute: Attribute, Key: f.key, Parts: f.parts,
				Message: phrase.Sentence(f.message), Remediation: f.remediation, Location: f.location, Cause: lint.PlaceCause(f.location), Fix: f.fix,
			}
			if f.verdict == lint.Undetermined && !e.Boundary.Text.IsKnown() {
				finding.HiddenBy = phrase.HiddenIn(e.Boundary)
			}
			if f.severity != nil {
				p.Report(finding, lint.Exactly(*f.severity))
			} else {
				p.Report(finding)
			}
		}
	}
	return nil
}

type boundaryJudge struct {
	pass     *lint.Pass
	approved *holders.ApprovedSet
	lines    *Line
	rival    rivals
}

// entity finds what is wrong with one entity's boundary. What boundary-removed
// says stands in for boundary-missing and boundary-not-approved.
func (j *boundaryJudge) entity(e *iam.Entity) []boundaryFault {
	var faults []boundaryFault
	if invalid := j.invalid(e); invalid != nil {
		faults = append(faults, *invalid)
	}
	if len(faults) > 0 && faults[0].verdict == lint.Violation {
		return faults
	}
	if j.pass.Settings.Enabled(&lint.Rule{ID: Removed}) {
		removed, standsIn := j.removed(e)
		if removed != nil {
			faults = append(faults, *removed)
		}
		if standsIn {
			return faults
		}
	}
	if !e.Boundary.Set {
		return append(faults, j.missing(e))
	}
	bad := j.notApproved(e)
	if mayBeNull(e.Boundary) || bad != nil && couldBeNull(e.Boundary) {
		faults = append(faults, j.maybeMissing(e))
	}
	if bad != nil {
		faults = append(faults, *bad)
	}
	return faults
}

// place is where the boundary is written, or the entity where it is not.
func place(e *iam.Entity, v iam.Value) iam.Location {
	if v.Location.HasFile() {
		return v.Location
	}
	if v.Set && v.Location.Address != "" && !e.Location.HasFile() {
		return v.Location
	}
	return e.Location
}

// mayBeNull reports whether null is certainly among what a value may be.
func mayBeNull(v iam.Value) bool {
	if v.Nullable {
		return true
	}
	s := v.Text.Symbol()
	return s != nil && s.Nullable
}

// couldBeNull reports whether nothing rules out null: the value hangs as a
// whole on something that no principal knows. ARNs and ids are never null.
func couldBeNull(v iam.Value) bool {
	s := v.Text.Symbol()
	if s == nil {
		return false
	}
	switch s.Kind {
	case policy.SymbolUnknown, policy.SymbolVariable:
		return !s.NotNull
	case policy.SymbolReference:
		return !strings.HasSuffix(s.Attribute, "arn") && s.Attribute != "id"
	case policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion, policy.SymbolDerived, policy.SymbolChoice, policy.SymbolSpread:
	}
	return false
}

func (j *boundaryJudge) missing(e *iam.Entity) boundaryFault {
	message := phrase.Entity(e) + " has no permissions boundary"
	if len(e.Boundary.References) > 0 {
		message += fmt.Sprintf(": it comes from %s, which gives none", phrase.Listed(e.Boundary.References))
	}
	return boundaryFault{
		rule: Missing, verdict: lint.Violation,
		message:     message,
		remediation: j.lines.line(e, "Set the boundary"),
		fix:         j.lines.fix(e),
		location:    place(e, e.Boundary),
	}
}

func (j *boundaryJudge) maybeMissing(e *iam.Entity) boundaryFault {
	return boundaryFault{
		rule: Missing, verdict: lint.Undetermined,
		message:     fmt.Sprintf("%s may have no permissions boundary: %s may be null", phrase.Entity(e), phrase.HiddenIn(e.Boundary)),
		remediation: j.lines.line(e, "Make sure that it is never null, or set the boundary"),
		fix:         j.lines.fix(e),
		location:    place(e, e.Boundary),
	}
}

func (j *boundaryJudge) notApproved(e *iam.Entity) *boundaryFault {
	f := &boundaryFault{
		rule: NotApproved, verdict: lint.Violation, location: place(e, e.Boundary), parts: []string{holders.PartOf(e.Boundary.Text)},
		remediation: j.lines.line(e, "Set an approved boundary"), fix: j.lines.fix(e),
	}
	switch j.approved.Approves(e.Boundary, e.NameText()) {
	case policy.True:
		return nil
	case policy.False:
		f.message = fmt.Sprintf("the permissions boundary of %s, %s, %s", phrase.Entity(e), phrase.Boundary(e.Boundary), j.why())
	case policy.Maybe:
		f.verdict = lint.Undetermined
		f.message = fmt.Sprintf("whether the permissions boundary of %s is an approved one depends on %s", phrase.Entity(e), j.dependsOn(e))
		f.remediation = j.lines.line(e, "Name it among the references of a boundary block in .boundlint.hcl, or set an approved boundary")
	}
	return f
}

// why says why a boundary is not approved.
func (j *boundaryJudge) why() string {
	if j.approved.Configured() {
		return "is none of those approved for it"
	}
	return "allows everything and so limits nothing"
}

// dependsOn says what hides whether a boundary is approved.
func (j *boundaryJudge) dependsOn(e *iam.Entity) string {
	if !e.Boundary.Text.IsKnown() {
		return phrase.HiddenIn(e.Boundary)
	}
	if p := e.BoundaryPolicy; p != nil && p.Document != nil && p.Document.Document != nil && !j.approved.Configured() {
		return "the document of " + p.Address + ", which is not wholly known"
	}
	if name := e.NameText(); !name.IsKnown() {
		return "the name of the " + string(e.Kind) + ", which depends on " + phrase.HiddenBehind(name)
	}
	return "what is known only after apply"
}
