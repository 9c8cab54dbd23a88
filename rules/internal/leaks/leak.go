// Package leaks finds how the holder of a boundary gets out of it when all that
// the boundary allows is allowed.
package leaks

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// Leak is one way out of a boundary.
type Leak struct {
	Answer authz.Answer
	// What completes "a holder can ...".
	What string
	// Severity is the rule's, or a note where the way needs what the input
	// does not have.
	Severity lint.Severity
	Steps    []lint.Step
	// Fix is what closes it, where a Deny in the boundary does not.
	Fix string
	// Closed are the statements that close it in the boundary; nil where that
	// takes another decision.
	Closed []*policy.Statement
}

// Bearer is a principal under the boundary who is allowed everything: one of the
// input, if there is one.
func Bearer(a *holders.Account, b iam.PlacedDocument) *holders.Holder {
	c := a.Compile(b.Document, b.Address)
	h := &holders.Holder{
		Kind: "the boundary", Address: b.Address, Location: b.Location, Deployment: a.Model.Deployment,
		Grants: []holders.Grant{{Policy: c, Document: b.Document, Address: b.Address}},
	}
	kind, arn := authz.KindRole, policy.Text{}
	var one *iam.Entity
	for _, m := range a.Model.Policies {
		if m.Address != b.Address {
			continue
		}
		h.Deployment, h.BoundaryARN = m.Deployment, m.ARN
		for _, e := range m.BoundaryOf {
			if !e.Gone() {
				one, arn = e, e.ARN
				if e.Kind == iam.User {
					kind = authz.KindUser
				}
				break
			}
		}
	}
	h.Principal = authz.Bearer(arn, kind, c)
	h.Principal.Account = h.Deployment.Account
	if one != nil {
		h.Principal.Tags, h.Principal.TagsKnown = one.Tags.Map(), a.TagsKnown(one)
	}
	a.ApplyOrganization(h)
	return h
}

// NameOf is how a message calls the boundary that is judged.
func NameOf(h *holders.Holder) string {
	if parts, ok := policy.ParseARN(h.BoundaryARN); ok {
		if name, ok := iam.LastSegment(parts.Resource).Known(); ok {
			return name
		}
	}
	return h.Address
}

// OfBearer are the ways out of a boundary by IAM's own actions, worst first.
// Where the boundary asks who its holder is, they are those of the first of the
// input that has any.
func OfBearer(a *holders.Account, h *holders.Holder) []Leak {
	out := escapesOf(a, h, h.Principal)
	if !a.IsPersonal(h.Principal.Boundary) {
		return out
	}
	certain := func(list []Leak) bool {
		return slices.ContainsFunc(list, func(l Leak) bool { return l.Answer.Verdict == authz.Allowed })
	}
	for _, who := range bearers(a, h) {
		if certain(out) {
			break
		}
		if other := escapesOf(a, h, who); certain(other) || len(out) == 0 {
			out = other
		}
	}
	return out
}

// escapesOf are the ways out of one holder, or of a role that it can make under
// a name that the boundary's Denies spare.
func escapesOf(a *holders.Account, h *holders.Holder, bearer *authz.Principal) []Leak {
	u := a.Universe(h.Deployment)
	var out []Leak
	add := func(closed []*policy.Statement, ask func(*authz.Principal) authz.Answer, what func(authz.Answer) string) {
		answer := ask(bearer)
		if answer.Verdict == authz.Denied {
			answer = authz.ThroughSpared(bearer, u, ask)
		}
		if answer.Verdict != authz.Denied {
			out = append(out, Leak{Answer: answer, What: what(answer), Severity: lint.Error, Closed: closed})
		}
	}
	for _, c := range delegation.Creations {
		closed := []*policy.Statement{fix.UnlessBounded(a, h, "iam:Create"+string(c.Kind))}
		add(closed, func(who *authz.Principal) authz.Answer { return authz.CanCreateWithoutBoundary(who, u, c.Kind) }, func(authz.Answer) string {
			return "create " + c.Plural + " without an approved permissions boundary"
		})
	}
	for _, c := range delegation.Creations {
		closed := []*policy.Statement{
			fix.Denying([]string{"iam:Delete" + string(c.Kind) + "PermissionsBoundary"}),
			fix.UnlessBounded(a, h, "iam:Put"+string(c.Kind)+"PermissionsBoundary"),
		}
		add(closed, func(who *authz.Principal) authz.Answer { return authz.CanRemoveBoundary(who, u, c.Kind) }, func(answer authz.Answer) string {
			if answer.Witness != nil {
				return Removal(answer.Witness, c.Plural)
			}
			return "take the permissions boundary off " + c.Plural + ", or swap it"
		})
	}
	for _, arn := range InReach(a, h, a.ProtectedBoundaries(), func(x policy.Text) policy.Text { return x }) {
		add([]*policy.Statement{fix.Denying(fix.EditingActions, arn)},
			func(who *authz.Principal) authz.Answer { return authz.CanEditPolicy(who, u, arn) }, func(authz.Answer) string {
				return "change the document of the boundary " + arn.String()
			})
	}
	return out
}

// WayOut is how one who has all that the holder's boundary allows gets out of
// it; "" if it holds. Holders of one boundary share the answer.
func WayOut(a *holders.Account, h *holders.Holder) string {
	personal := a.IsPersonal(h.Principal.Boundary)
	waysOut := waysOutOf.Of(a)
	if out, ok := waysOut[h.Principal.Boundary]; ok && !personal {
		return out
	}
	bearer := &holders.Holder{Principal: authz.Bearer(h.Principal.ARN, h.Principal.Kind, h.Principal.Boundary), Deployment: h.Deployment}
	bearer.Principal.Account = h.Deployment.Account
	bearer.Principal.Tags, bearer.Principal.TagsKnown = h.Principal.Tags, h.Principal.TagsKnown
	a.ApplyOrganization(bearer)
	out := ""
	for _, l := range OfBearer(a, bearer) {
		if l.Answer.Verdict == authz.Allowed {
			out = l.What
			break
		}
	}
	waysOut[h.Principal.Boundary] = out
	return out
}

// Origin is the boundary that leaks, where nothing but that leaves open
// What a holder can do: its policies are an administrator's, and what keeps it
// from anything is the boundary. It is "" for any other holder.
func Origin(a *holders.Account, h *holders.Holder, f *lint.Finding) string {
	if f.Verdict == lint.Undetermined || h.Entity == nil || h.Boundary != holders.BoundedKnown || !isFree(h) {
		return ""
	}
	boundary, ok := a.Standing[h.Principal.Boundary]
	if !ok || boundary.Document == nil || WayOut(a, h) == "" {
		return ""
	}
	return OriginOf(boundary.Address)
}

// OriginOf is the origin of what follows from a boundary that leaks.
func OriginOf(boundary string) string { return "leak of " + boundary }

// isFree reports whether a holder's policies allow all of IAM, as those of an
// administrator do, and take nothing of it away.
func isFree(h *holders.Holder) bool {
	own := holders.NewReach(h.Principal.Identity)
	return own.HoldsAll(holders.IAMService, true) && !own.Curbs && holders.WholeOfAll([]*holders.Reach{own}, true) >= holders.ManyServices
}

// Removal says what a request does to a boundary.
func Removal(w *authz.Witness, what string) string {
	if strings.Contains(w.Action, ":Put") {
		return "put a permissions boundary that is not approved in the place of that of " + what
	}
	return "take the permissions boundary off " + what
}

// waysOutOf tells for a boundary how its holder gets out of it.
var waysOutOf = holders.Remembered[*authz.Policy, string]()

// ManyBoundaries is how many boundaries are asked about one by one; where
// there are more, portions of that size are asked about first.
const ManyBoundaries = 40

// InReach leaves out the boundaries that the holder has no right over at all,
// by the portion: accounts with a boundary for each team have hundreds, and
// nearly no principal may touch any. A role of the holder's own making is not asked
// where there are many.
func InReach[T any](a *holders.Account, h *holders.Holder, list []T, arn func(T) policy.Text) []T {
	if len(list) <= ManyBoundaries {
		return list
	}
	var out []T
	for portion := range slices.Chunk(list, ManyBoundaries) {
		q := &authz.Query{Actions: []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"}}
		question := []string{"edit any"}
		for _, b := range portion {
			q.Resources = append(q.Resources, arn(b))
			question = append(question, arn(b).Key())
		}
		if a.AskDelegate(h, strings.Join(question, " "),
			func() authz.Answer { return authz.Search(h.Strict(), a.Universe(h.Deployment), q) }).Verdict != authz.Denied {
			out = append(out, portion...)
		}
	}
	return out
}
