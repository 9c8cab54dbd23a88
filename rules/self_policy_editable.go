package rules

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/attaching"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// SelfPolicyEditable reports holders who can change the policies that bind
// themselves.
var SelfPolicyEditable = &lint.Rule{
	ID: "self-policy-editable", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A holder can change the policies that bind itself",
		What: "Can a role or user write, attach, detach or delete its own policies, those of a group that it is in, join another group of " +
			"the input, or give a managed policy that it has a new version? It is an error where no effective boundary caps the result: there " +
			"is none, it allows everything, or the holder can take it off or edit it. Under an effective boundary it is a note: the holder then " +
			"has all that its boundary allows, and the boundary is judged for that by boundary-leaks. A note is also that it can only take " +
			"policies away none of which denies anything, and that a condition on iam:PolicyARN leaves it no policies to attach to itself but " +
			"such as give it no others: then the message names them.",
		Why: "Whatever the policies of such a holder deny, it can take the Deny out again: without a boundary, the holder is an " +
			"administrator who has not got round to it.",
		Blind: "Groups and policies outside of the input are not seen. Where the document of the holder's boundary is not known, whether it " +
			"allows the change is undetermined.",
		Fix: "Leave the holder's own ARN out of the resources that it may change (a Deny on its own ARN works as well), or give the holder a " +
			"boundary that it cannot remove.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "8.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Actors() {
			if a.MayDelegate(h) {
				judgeSelf(a, p, h)
			}
		}
		return nil
	},
}

// judgeSelf reports the strongest way, with the others as related.
func judgeSelf(a *holders.Account, p *lint.Pass, h *holders.Holder) {
	var first *lint.Finding
	harmless := ""
	var best authz.Answer
	var open []holders.SelfEdit
	for _, way := range holders.SelfEdits(a, h) {
		answer, limit := attaching.Limit(a, h, way, holders.CanEditSelf(a, h, way))
		if limit != nil {
			way.What = limit.What(way)
			if limit.Strong.IsEmpty() {
				way.Harmless = attaching.CappedByCondition
			} else {
				way.What += ", " + attaching.LeadsToAny
			}
		}
		if way.Unknown != "" && answer.Verdict == authz.Allowed {
			answer = authz.Answer{
				Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
				Reasons: []authz.Reason{{Text: way.Unknown}},
			}
		}
		if answer.Verdict == authz.Denied {
			continue
		}
		open = append(open, way)
		f := h.Finding(answer)
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can %s is not determined, because %s%s.", phrase.Uncapital(h.Name()), way.What,
				holders.Because(answer.Reasons), delegation.Assumed(answer))
		} else {
			f.Message = fmt.Sprintf("%s can %s%s%s.", h.Name(), way.What, holders.Before(answer.Witness), delegation.Assumed(answer))
		}
		switch {
		case first == nil, first.Verdict == lint.Undetermined && f.Verdict != lint.Undetermined, first.Verdict == f.Verdict && harmless != "" &&
			way.Harmless == "":
			if first != nil {
				f.Related = append(f.Related, lint.Related{Address: h.Address, Message: first.Message, Location: first.Location})
				f.Related = append(f.Related, first.Related...)
			}
			first, harmless, best = &f, way.Harmless, answer
		case first.Verdict == f.Verdict:
			first.Related = append(first.Related, lint.Related{Address: h.Address, Message: f.Message, Location: f.Location})
		}
	}
	if first == nil {
		return
	}
	severity, consequence := selfSeverity(a, h)
	if harmless != "" {
		severity, consequence = lint.Note, harmless
	}
	if first.Verdict == lint.Undetermined {
		consequence = "if it can, " + consequence
	}
	first.Message = strings.TrimSuffix(first.Message, ".") + "; " + consequence + "."
	if first.Cause != "" {
		first.Cause += " " + consequence
	}
	if severity == lint.Error {
		first.Origin = cmp.Or(first.Origin, leaks.Origin(a, h, first))
	}
	for _, way := range open {
		first.Parts = append(append(first.Parts, way.Actions...), holders.PartOf(way.On))
	}
	fix.Deny(a, h, first, holders.Request(best), "Deny it on what it has itself"+fix.LeaveOut,
		selfDenials(a, h, holders.Request(best), open)...)
	fix.GiveDocument(a, h, best, first)
	p.Report(*first, lint.StartingAt(severity))
}

// selfDenials are the statements that keep a holder from what it can change of
// itself. Where others have the granting text too, they are named beside it.
func selfDenials(a *holders.Account, h *holders.Holder, w *authz.Witness, open []holders.SelfEdit) []*policy.Statement {
	var out []*policy.Statement
	for _, way := range open {
		on := []policy.Text{way.On}
		if way.On.Equal(h.Entity.ARN) {
			on = append(on, alsoHolding(a, h, w)...)
		}
		out = append(out, fix.Denying(way.Actions, on...))
	}
	return fix.Together(out)
}

// alsoHolding are the ARNs of the others of the holder's kind that have the text
// which grants a request.
func alsoHolding(a *holders.Account, h *holders.Holder, w *authz.Witness) []policy.Text {
	g, s, ok := h.Granting(w)
	if !ok || g.Document == nil || s == nil {
		return nil
	}
	var out []policy.Text
	for _, other := range holders.HavingText.Of(a)[g.TextCause(s)] {
		if other != h && other.Entity.Kind == h.Entity.Kind && len(out) < mostCaused {
			out = append(out, other.Entity.ARN)
		}
	}
	return out
}

// selfSeverity is how bad it is that the holder can change its own policies,
// and what it comes to.
func selfSeverity(a *holders.Account, h *holders.Holder) (lint.Severity, string) {
	switch h.Boundary {
	case holders.Unbounded:
		return lint.Error, "no boundary caps what it gives itself"
	case holders.BoundedHidden:
		return lint.Error, "whether a boundary caps what it gives itself is not known"
	case holders.BoundedKnown, holders.BoundedUnseen:
	}
	if a.Approved.Approves(h.Entity.Boundary, h.Entity.NameText()) == policy.False && h.Principal.Boundary != nil &&
		authz.AllowsEverything(h.Principal.Boundary) {
		return lint.Error, "its boundary allows everything and so caps nothing"
	}
	if h.Boundary == holders.BoundedUnseen {
		return lint.Note, "it then has all that its boundary allows, whose document is not in the input"
	}
	if out := leaks.WayOut(a, h); out != "" {
		return lint.Error, "it then has all that its boundary allows, and under that it can " + out
	}
	return lint.Note, "it then has all that its boundary allows"
}
