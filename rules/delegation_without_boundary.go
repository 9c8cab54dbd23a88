package rules

import (
	"cmp"
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// DelegationWithoutBoundary reports holders who can create roles or users
// that no approved boundary binds.
var DelegationWithoutBoundary = &lint.Rule{
	ID: "delegation-without-boundary", Severity: lint.Error, Leg: lint.SecondLeg,
	Doc: lint.Doc{
		Title: "A holder can create a role or user without an approved boundary",
		What: "For every role and user, over everything attached to it, its groups' policies, its own boundary and the organization's " +
			"policies together: is there a request for `iam:CreateRole` or `iam:CreateUser` that is allowed and leaves the new entity without " +
			"an approved boundary? The finding shows that request. Service-linked roles do not count: their creator chooses neither permissions " +
			"nor trust. A role that the holder can create under an approved boundary, and give a policy, is asked too, where the boundary's " +
			"document is known. An unattached policy or group, and a policy that is attached to a principal which the input does not declare, " +
			"is judged by itself, and is a warning.",
		Why: "A principal that can create an entity without a boundary can give it any permission and use it: no other boundary of the " +
			"account matters any more. The usual causes are a condition with `IfExists` or `ForAllValues`, a second statement without the " +
			"condition, a `Null` test that takes any boundary, and a pattern under which the holder can create policies.",
		Blind: "A boundary of the holder's own whose document is neither in the input nor in the configuration is not counted, and the " +
			"message says so. Policies that are attached outside of the input are not seen. Administrators without a boundary are reported by " +
			"boundary-missing and admin-attached instead.",
		Fix: "Allow the actions that create and change entities only under the condition:\n\n" +
			"    Condition = { StringEquals = { \"iam:PermissionsBoundary\" = \"<ARN of the approved boundary>\" } }\n\n" +
			"and look for another statement that allows the same actions without it. Without `IfExists`, without `ForAllValues`, and with a full " +
			"ARN.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate",
			"https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
		},
		Security: "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Actors() {
			judgeDelegation(a, p, h, p.Rule.Severity)
		}
		for _, h := range a.Unattached {
			judgeDelegation(a, p, h, p.Rule.Severity.Down())
		}
		return nil
	},
}

// fixDelegation is the statement to add: where a role of the holder's own
// making creates, it goes into the boundary of that.
func fixDelegation(a *holders.Account, h *holders.Holder, f *lint.Finding, answer authz.Answer, kinds []authz.EntityKind) {
	w := holders.Request(answer)
	lead := "Deny it without the boundary"
	if m := holders.Maker(w); m != nil {
		if fix.DenyMaking(a, h, f, m) {
			return
		}
		lead = "Close the boundary " + delegation.BoundaryOf(m) + ", under which it creates the role: deny it there without a boundary"
	}
	fix.Deny(a, h, f, w, lead, fix.UnlessBounded(a, h, delegation.Creating(kinds)...))
}

// judgeDelegation asks for both kinds. What the same statement allows is one
// finding.
func judgeDelegation(a *holders.Account, p *lint.Pass, h *holders.Holder, severity lint.Severity) {
	type fault struct {
		answer  authz.Answer
		finding lint.Finding
		what    string
		kinds   []authz.EntityKind
	}
	var faults []*fault
	for _, c := range delegation.Creations {
		answer := delegation.CanCreateUnbounded(a, h, c.Kind)
		if answer.Verdict == authz.Denied {
			continue
		}
		f := h.Finding(answer)
		if delegation.IsGrown(answer) && answer.Witness != nil {
			// The boundary that lets the new role do it is one cause.
			f.Cause = "grown " + delegation.BoundaryOf(answer.Witness.First[0])
		}
		merged := false
		for _, other := range faults {
			if f.Cause == other.finding.Cause && f.Verdict == other.finding.Verdict {
				other.what += " and " + c.Plural
				other.kinds = append(other.kinds, c.Kind)
				merged = true
			}
		}
		if !merged {
			faults = append(faults, &fault{answer, f, c.Plural, []authz.EntityKind{c.Kind}})
		}
	}
	for _, x := range faults {
		f := x.finding
		f.Key = x.what
		f.Parts = h.Granted(delegation.Creating(x.kinds)...)
		fixDelegation(a, h, &f, x.answer, x.kinds)
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can create %s without an approved permissions boundary is not determined, because %s%s.",
				phrase.Uncapital(h.Name()), x.what, holders.Because(x.answer.Reasons), h.Caveat(x.answer))
		} else {
			f.Message = fmt.Sprintf("%s can create %s without an approved permissions boundary%s%s.",
				h.Name(), x.what, holders.Before(x.answer.Witness), h.Caveat(x.answer))
		}
		f.Origin = cmp.Or(f.Origin, leaks.Origin(a, h, &f))
		p.Report(f, lint.StartingAt(severity))
	}
}
