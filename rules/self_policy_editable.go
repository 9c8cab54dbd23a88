package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// SelfPolicyEditable reports holders who can change the policies that bind
// themselves.
var SelfPolicyEditable = &lint.Rule{
	ID: "self-policy-editable", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A holder can change the policies that bind itself",
		What: "Can a role or user write, attach, detach or delete its own policies, those of a group that it is in, join another group of the input, or give a " +
			"managed policy that it has a new version? It is an error where no effective boundary caps the result: there is none, it allows everything, or " +
			"the holder can take it off or edit it. Under an effective boundary it is a note: the holder then has all that its boundary allows, and the " +
			"boundary is judged for that by boundary-leaks. A note is also that it can only take policies away none of which denies anything, and that a condition on " +
			"iam:PolicyARN leaves it no policies to attach to itself but such as give it no others: then the message names them.",
		Why: "Whatever the policies of such a holder deny, it can take the Deny out again: without a boundary, the holder is an administrator who has not " +
			"got round to it.",
		Blind: "Groups and policies outside of the input are not seen. Where the document of the holder's boundary is not known, whether it allows the change " +
			"is undetermined.",
		Fix: "Leave the holder's own ARN out of the resources that it may change (a Deny on its own ARN works as well), or give the holder a boundary that it " +
			"cannot remove.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "8.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := accountOf(p)
		if err != nil {
			return err
		}
		for _, h := range a.actors() {
			if a.mayDelegate(h) {
				a.judgeSelf(p, h)
			}
		}
		return nil
	},
}

// selfEdit is one way to change the policies that bind oneself.
type selfEdit struct {
	actions []string
	on      policy.Text
	// what completes "can ...".
	what string
	// carriesBoundary tells that the request carries the holder's boundary.
	carriesBoundary bool
	// unknown says why nobody knows whether the holder gains by it; "" where
	// that is known.
	unknown string
	// harmless says why the holder gains nothing, or little, by it; "" where it
	// does.
	harmless string
}

// selfEdits are the ways of a holder, the strongest first.
func (a *account) selfEdits(h *holder) []selfEdit {
	e := h.entity
	kind := "Role"
	if e.Kind == iam.User {
		kind = "User"
	}
	if e.Kind == iam.PermissionSet {
		// IAM refuses changes to the roles of permission sets.
		return a.policyEdits(e)
	}
	ways := []selfEdit{
		{actions: []string{"iam:Put" + kind + "Policy"}, on: e.ARN, what: "write its own inline policies", carriesBoundary: true},
		{actions: []string{"iam:Attach" + kind + "Policy"}, on: e.ARN, what: "attach policies to itself", carriesBoundary: true},
	}
	ways = append(ways, a.policyEdits(e)...)
	for _, g := range e.Groups {
		ways = append(ways, selfEdit{
			actions: []string{"iam:PutGroupPolicy", "iam:AttachGroupPolicy"}, on: g.ARN, what: "give its group " + g.ARN.String() + " other policies",
		})
	}
	if e.Kind == iam.User {
		for _, g := range a.model.Groups {
			if !g.Gone() && !slices.Contains(e.Groups, g) && len(g.Inline)+len(g.Attached) > 0 && g.Deployment.Account.Equal(e.Deployment.Account) {
				ways = append(ways, selfEdit{actions: []string{"iam:AddUserToGroup"}, on: g.ARN, what: "join the group " + g.ARN.String()})
			}
		}
	}
	ways = append(ways, selfEdit{
		actions: []string{"iam:Detach" + kind + "Policy", "iam:Delete" + kind + "Policy"}, on: e.ARN, what: "take its own policies away",
		carriesBoundary: true, harmless: h.denies(nil),
	})
	for _, g := range e.Groups {
		ways = append(ways, selfEdit{
			actions: []string{"iam:DetachGroupPolicy", "iam:DeleteGroupPolicy", "iam:RemoveUserFromGroup"}, on: g.ARN,
			what: "take away the policies of its group " + g.ARN.String(), harmless: h.denies(g),
		})
	}
	return ways
}

// policyEdits are the ways of changing managed policies that an entity has.
func (a *account) policyEdits(e *iam.Entity) []selfEdit {
	var ways []selfEdit
	editable := editablePolicies(e)
	for _, p := range editable {
		ways = append(ways, selfEdit{
			actions: []string{"iam:CreatePolicyVersion"}, on: p.arn, what: "write a new version of " + p.arn.String() + ", which it has", unknown: p.unknown(),
		})
	}
	for _, p := range editable {
		way := selfEdit{
			actions: []string{"iam:SetDefaultPolicyVersion"}, on: p.arn, what: "put an older version of " + p.arn.String() + ", which it has, in force", unknown: p.unknown(),
		}
		switch a.wider(p.arn) {
		case authz.Denied:
			continue
		case authz.Undetermined:
			way.unknown = "it is not known what older versions say"
		case authz.Allowed:
		}
		ways = append(ways, way)
	}
	return ways
}

// denies says why it is no gain to take away the policies that the holder has
// by a group, or itself for nil; "" where one of them denies something.
func (h *holder) denies(group *iam.Group) string {
	if h.denied(group) {
		return ""
	}
	return "none of them denies anything, so that it gains nothing by that"
}

// denied reports whether a policy that the holder has by the group, or itself
// for nil, denies anything.
func (h *holder) denied(group *iam.Group) bool {
	return slices.ContainsFunc(h.grants, func(g grant) bool {
		return g.group == group && (g.policy.Document == nil || g.policy.Document.Unknown != nil ||
			slices.ContainsFunc(g.policy.Document.Statements, func(s *policy.Statement) bool { return s.Effect != policy.Allow }))
	})
}

// editablePolicy is a customer-managed policy that an entity has; by is set
// where something hides whether it does.
type editablePolicy struct {
	arn policy.Text
	by  *policy.Symbol
}

// unknown says why it is not certain that an entity has the policy.
func (p editablePolicy) unknown() string {
	if p.by == nil {
		return ""
	}
	return "it is not known whether it has that policy, which depends on " + symbolName(p.by)
}

// editablePolicies are the customer-managed policies that an entity has.
func editablePolicies(e *iam.Entity) []editablePolicy {
	var out []editablePolicy
	add := func(list []*iam.Attachment) {
		for _, t := range list {
			arn, ok := policy.ParseARN(t.PolicyARN.Text)
			if ok && t.PolicyARN.Set && !isText(arn.Account, "aws") {
				out = append(out, editablePolicy{t.PolicyARN.Text, t.Doubt(e.Maybe)})
			}
		}
	}
	add(e.Attached)
	for _, g := range e.Groups {
		add(g.Attached)
	}
	return out
}

// judgeSelf reports the strongest way, with the others as related.
func (a *account) judgeSelf(p *lint.Pass, h *holder) {
	var first *lint.Finding
	harmless := ""
	var best authz.Answer
	var open []selfEdit
	for _, way := range a.selfEdits(h) {
		answer, limit := a.limited(h, way, a.canEditSelf(h, way))
		if limit != nil {
			way.what = limit.what(way)
			if limit.strong.IsEmpty() {
				way.harmless = cappedByCondition
			} else {
				way.what += ", " + leadsToAny
			}
		}
		if way.unknown != "" && answer.Verdict == authz.Allowed {
			answer = authz.Answer{
				Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount,
				Reasons: []authz.Reason{{Text: way.unknown}},
			}
		}
		if answer.Verdict == authz.Denied {
			continue
		}
		open = append(open, way)
		f := h.answer(answer)
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can %s is not determined, because %s%s.", uncapital(h.name()), way.what, because(answer.Reasons), assumed(answer))
		} else {
			f.Message = fmt.Sprintf("%s can %s%s%s.", h.name(), way.what, before(answer.Witness), assumed(answer))
		}
		switch {
		case first == nil, first.Verdict == lint.Undetermined && f.Verdict != lint.Undetermined, first.Verdict == f.Verdict && harmless != "" && way.harmless == "":
			if first != nil {
				f.Related = append(f.Related, lint.Related{Address: h.address, Message: first.Message, Location: first.Location})
				f.Related = append(f.Related, first.Related...)
			}
			first, harmless, best = &f, way.harmless, answer
		case first.Verdict == f.Verdict:
			first.Related = append(first.Related, lint.Related{Address: h.address, Message: f.Message, Location: f.Location})
		}
	}
	if first == nil {
		return
	}
	severity, consequence := a.selfSeverity(h)
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
		first.Origin = cmp.Or(first.Origin, a.leakOrigin(h, first))
	}
	a.deny(h, first, asked(best), "Deny it on what it has itself"+leaveOut, a.selfDenials(h, asked(best), open)...)
	a.giveDocument(h, best, first)
	p.ReportFrom(severity, *first)
}

// selfDenials are the statements that keep a holder from what it can change of
// itself. Where others have the granting text too, they are named beside it.
func (a *account) selfDenials(h *holder, w *authz.Witness, open []selfEdit) []*policy.Statement {
	var out []*policy.Statement
	for _, way := range open {
		on := []policy.Text{way.on}
		if way.on.Equal(h.entity.ARN) {
			on = append(on, a.alsoHolding(h, w)...)
		}
		out = append(out, denying(way.actions, on...))
	}
	return together(out)
}

// alsoHolding are the ARNs of the others of the holder's kind that have the text
// which grants a request.
func (a *account) alsoHolding(h *holder, w *authz.Witness) []policy.Text {
	g, s, ok := h.granting(w)
	if !ok || g.document == nil || s == nil {
		return nil
	}
	var out []policy.Text
	for _, other := range a.havingText(g, s) {
		if other != h && other.entity.Kind == h.entity.Kind && len(out) < mostCaused {
			out = append(out, other.entity.ARN)
		}
	}
	return out
}

// havingText are the actors that have a statement by the text that it is
// written in.
func (a *account) havingText(g grant, s *policy.Statement) []*holder {
	if a.texts == nil {
		a.texts = map[string][]*holder{}
		for _, h := range a.actors() {
			for _, g := range h.grants {
				if g.document == nil || g.document.Document == nil {
					continue
				}
				for _, s := range g.document.Statements {
					cause := g.textCause(s)
					if n := len(a.texts[cause]); n == 0 || a.texts[cause][n-1] != h {
						a.texts[cause] = append(a.texts[cause], h)
					}
				}
			}
		}
	}
	return a.texts[g.textCause(s)]
}

// canEditSelf asks for one way, under further constraints. The request carries
// the boundary that the holder has.
func (a *account) canEditSelf(h *holder, way selfEdit, keys ...authz.KeyConstraint) authz.Answer {
	q := &authz.Query{Actions: way.actions, Resources: []policy.Text{way.on}, Keys: keys}
	if len(keys) == 0 && !way.carriesBoundary {
		// It is about what others may have, too.
		return a.recall(h, strings.Join(way.actions, " ")+" "+way.on.Key(), func() authz.Answer {
			return authz.Search(h.strict(), a.universe(h.deployment), q)
		})
	}
	if !h.mayBeGranted(way.actions) {
		return authz.Answer{Verdict: authz.Denied}
	}
	if way.carriesBoundary {
		switch h.boundary {
		case unbounded:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: boundaryConditionKey, Absent: true})
		case boundedKnown, boundedUnseen:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: boundaryConditionKey, Present: true, In: []policy.Text{h.entity.Boundary.Text}})
		case boundedHidden:
		}
	}
	return h.settle(authz.Search(h.strict(), a.universe(h.deployment), q))
}

// mayBeGranted reports whether an identity-based policy of the holder may allow
// one of the actions on something.
func (h *holder) mayBeGranted(actions []string) bool {
	return slices.ContainsFunc(h.principal.Identity, func(p *authz.Policy) bool { return slices.ContainsFunc(actions, p.MayAllow) })
}

// wayOut is how one who has all that the holder's boundary allows gets out of
// it; "" if it holds. Holders of one boundary share the answer.
func (a *account) wayOut(h *holder) string {
	personal := a.isPersonal(h.principal.Boundary)
	if out, ok := a.waysOut[h.principal.Boundary]; ok && !personal {
		return out
	}
	bearer := &holder{principal: authz.Bearer(h.principal.ARN, h.principal.Kind, h.principal.Boundary), deployment: h.deployment}
	bearer.principal.Account = h.deployment.Account
	bearer.principal.Tags, bearer.principal.TagsKnown = h.principal.Tags, h.principal.TagsKnown
	a.control(bearer)
	out := ""
	for _, l := range a.escapes(bearer) {
		if l.answer.Verdict == authz.Allowed {
			out = l.what
			break
		}
	}
	a.waysOut[h.principal.Boundary] = out
	return out
}

// selfSeverity is how bad it is that the holder can change its own policies,
// and what it comes to.
func (a *account) selfSeverity(h *holder) (lint.Severity, string) {
	switch h.boundary {
	case unbounded:
		return lint.Error, "no boundary caps what it gives itself"
	case boundedHidden:
		return lint.Error, "whether a boundary caps what it gives itself is not known"
	case boundedKnown, boundedUnseen:
	}
	if a.approved.value(h.entity.Boundary, h.entity.NameText()) == notApproved && h.principal.Boundary != nil && authz.AllowsEverything(h.principal.Boundary) {
		return lint.Error, "its boundary allows everything and so caps nothing"
	}
	if h.boundary == boundedUnseen {
		return lint.Note, "it then has all that its boundary allows, whose document is not in the input"
	}
	if out := a.wayOut(h); out != "" {
		return lint.Error, "it then has all that its boundary allows, and under that it can " + out
	}
	return lint.Note, "it then has all that its boundary allows"
}
