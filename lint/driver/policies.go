package driver

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// loosening is what leaves a finding out although a policy forbids it for the one
// that the finding is about.
type loosening struct {
	address, what string
	at            iam.Location
	refusal       lint.Refusal
	input         int
}

// loosenedFix is what to do about it.
const loosenedFix = "Remove it, and fix what it was to leave out; or have the policy allow it."

// forbids reports whether a policy forbids that something leaves a finding out, and
// notes it.
func (r *run) forbids(f *lint.Finding, subject *lint.Subject, x lint.Exception, by loosening) bool {
	if len(r.settings.Policies) == 0 || r.settings.IsOfPolicy(by.at) {
		return false
	}
	refusal, refused := r.settings.Refuses(x, subject)
	if !refused {
		return false
	}
	by.refusal, by.input = refusal, f.Input
	same := func(known loosening) bool {
		return known.address == by.address && known.what == by.what && iam.CompareLocations(known.at, by.at) == 0
	}
	if !slices.ContainsFunc(r.loosened, same) {
		r.loosened = append(r.loosened, by)
	}
	return true
}

// policyText says which policy forbids something, in the middle of a sentence.
func policyText(by lint.Refusal) string {
	place := by.By.File
	if line := by.By.Range.Start.Line; line > 0 {
		place = fmt.Sprintf("%s:%d", place, line)
	}
	return fmt.Sprintf("the policy %s %s", place, by.Why)
}

// judgePolicies finds what the configuration, comments and the baseline try although
// a policy forbids it.
func (r *run) judgePolicies() []lint.Finding {
	var out []lint.Finding
	for _, l := range r.settings.Refused {
		out = r.loose(out, loosening{l.Address, l.What, l.Location, l.Refusal, 0})
	}
	for _, t := range r.settings.Trusted {
		for i, m := range r.models {
			if r.elsewhere[i] {
				continue
			}
			for _, e := range slices.Concat(m.Entities, m.PermissionSets) {
				refusal, refused := r.settings.RefusesTrust(&t, e)
				if refused && lint.MatchesEntity(t.Pattern, e) {
					out = r.loose(out, loosening{fmt.Sprintf("trusted.%q", t.Pattern), "trusts " + e.Address, t.Location, refusal, i})
				}
			}
		}
	}
	for _, l := range r.loosened {
		out = r.loose(out, l)
	}
	return out
}

func (r *run) loose(out []lint.Finding, l loosening) []lint.Finding {
	return r.own(out, lint.PolicyLoosened, lint.Finding{
		Input: l.input, Address: l.address, Location: l.at, Key: l.what,
		// Each entry is a matter of its own.
		Cause:       fmt.Sprintf("%s %s %s:%d", l.address, l.what, l.at.File, l.at.Range.Start.Line),
		Message:     fmt.Sprintf("The entry %s %s: it has no effect, because %s.", l.address, l.what, policyText(l.refusal)),
		Remediation: loosenedFix,
	})
}
