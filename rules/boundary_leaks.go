package rules

import (
	"fmt"
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

// BoundaryLeaks reports boundaries whose bearers can get out.
var BoundaryLeaks = &lint.Rule{
	ID: "boundary-leaks", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "The bearer of a boundary can get out of it",
		What: "The worst case: give the bearer of the boundary `Allow *` and see whether it can get out. Can it create an entity without an approved boundary, " +
			"take a boundary off or swap it, edit a boundary's document, or take over an entity of the input that has none? A bearer who can edit its own " +
			"policies is that case. A way that needs an entity which the input does not have is a note. So is a grant by the policy of a resource (bucket, key, " +
			"secret, queue, topic, function and the like) that the bearer can write: one to a user or to the session of a role is limited by what the boundary " +
			"denies, and not by what it only leaves out.",
		Why: "Developers write the policies of what the boundary binds, so those policies are no protection: only the boundary is. One action too many " +
			"in it, such as an unconditioned `iam:CreateUser`, is a way out for everybody who is under it.",
		Blind: "A boundary whose document is neither in the input nor in the configuration is not judged; the summary counts those. Trust policies that name " +
			"a bounded user or session are those policies' fault. AWS's managed policies used as boundaries are judged as boundaries of their bearers by " +
			"boundary-not-approved only.",
		Fix: "In the boundary, allow the actions that create and change entities only under the condition `iam:PermissionsBoundary`, do not allow the two " +
			"Delete…PermissionsBoundary actions, and deny the policy-version actions on the boundary's own ARN. What bearers are never to do to a resource " +
			"whose policy they can write, deny there.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate"},
		Security:   "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		boundaries, err := boundaryDocuments(p)
		if err != nil {
			return err
		}
		for _, b := range append(boundaries, furtherBoundaries(a, boundaries)...) {
			judgeLeaks(a, p, bearer(a, b))
		}
		for _, h := range a.Unattached {
			if h.PerhapsBoundary != "" {
				b := bearer(a, iam.PlacedDocument{Document: h.Grants[0].Document, Kind: policy.IdentityPolicy, Address: h.Address})
				b.Doubt, b.DoubtBy = h.PerhapsBoundary, perhapsBoundaryBy(p.Model, h.Address)
				judgeLeaks(a, p, b)
			}
		}
		return nil
	},
}

// leak is one way out of a boundary.
type leak struct {
	answer authz.Answer
	// what completes "a bearer can ...".
	what string
	// severity is the rule's, or a note where the way needs what the input
	// does not have.
	severity lint.Severity
	steps    []lint.Step
	// mend is what closes it, where a Deny in the boundary does not.
	mend string
	// closed are the statements that close it in the boundary; nil where that
	// takes another decision.
	closed []*policy.Statement
}

// furtherBoundaries are the documents of boundaries that only conditions on
// iam:PermissionsBoundary name.
func furtherBoundaries(a *holders.Account, known []iam.PlacedDocument) []iam.PlacedDocument {
	pinned := a.PinnedBoundaries()
	var out []iam.PlacedDocument
	for _, m := range a.Model.Policies {
		if m.Gone() || !pinned[m] || m.Document == nil || m.Document.Document == nil ||
			slices.ContainsFunc(known, func(b iam.PlacedDocument) bool { return b.Address == m.Address }) {
			continue
		}
		out = append(out, iam.PlacedDocument{Document: m.Document, Kind: policy.IdentityPolicy, Address: m.Address})
	}
	return out
}

// perhapsBoundaryBy is what hides whether a policy is somebody's boundary.
func perhapsBoundaryBy(m *iam.Model, address string) *policy.Symbol {
	for _, p := range m.Policies {
		if p.Address == address {
			return p.BoundaryUnknown
		}
	}
	return nil
}

// judgeLeaks tries every way out of one boundary. What one statement of the
// boundary allows is one finding, and what is certain stands in for what is
// not.
func judgeLeaks(a *holders.Account, p *lint.Pass, h *holders.Holder) {
	var order []*lint.Finding
	byCause := map[string]*lint.Finding{}
	severities := map[*lint.Finding]lint.Severity{}
	ways := map[*lint.Finding][]leak{}
	certain := false
	for _, l := range slices.Concat(escapes(a, h), takeOver(a, h), selfGrants(a, h)) {
		l.answer = h.Resolve(l.answer)
		f := h.Finding(l.answer)
		f.Key, f.Steps = l.what, l.steps
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether a bearer of the boundary %s can %s is not determined, because %s.", boundaryName(h), l.what, holders.Because(l.answer.Reasons))
		} else {
			certain = certain || l.severity == p.Rule.Severity
			f.Message = fmt.Sprintf("A bearer of the boundary %s that is allowed everything else can %s%s.", boundaryName(h), l.what, holders.Before(l.answer.Witness))
		}
		key := fmt.Sprintf("%s %v %s", f.Verdict, l.severity, f.Cause)
		if h.Doubt != "" {
			key = "doubt"
		}
		if other := byCause[key]; other != nil {
			if h.Doubt != "" {
				// Whether it is a boundary is one question.
				severities[other] = max(severities[other], l.severity)
				continue
			}
			ways[other] = append(ways[other], l)
			other.Related = append(other.Related, lint.Related{Address: h.Address, Message: f.Message, Location: f.Location})
			continue
		}
		byCause[key] = &f
		severities[&f] = l.severity
		ways[&f] = []leak{l}
		order = append(order, &f)
	}
	// What is certain stands in for what is not, and its fix is for both.
	first := slices.IndexFunc(order, func(f *lint.Finding) bool {
		return f.Verdict != lint.Undetermined && severities[f] == p.Rule.Severity
	})
	for i, f := range order {
		if certain && (f.Verdict == lint.Undetermined || severities[f] == lint.Note) {
			if severities[f] != lint.Note {
				ways[order[first]] = append(ways[order[first]], ways[f]...)
			}
			order[i] = nil
		}
	}
	for i, f := range order {
		if f == nil {
			continue
		}
		mendLeaks(a, h, f, ways[f])
		f.Cause = ""
		if i == first {
			f.Origin, f.IsOrigin = leakOf(h.Address), true
		}
		p.Report(*f, lint.StartingAt(severities[f]))
	}
}

// bearer is somebody under the boundary who is allowed everything: one of the
// input, if there is one.
func bearer(a *holders.Account, b iam.PlacedDocument) *holders.Holder {
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
		h.Principal.Tags, h.Principal.TagsKnown = one.Tags.Values, a.TagsKnown(one)
	}
	a.ApplyOrganization(h)
	return h
}

// boundaryName is how a message calls the boundary that is judged.
func boundaryName(h *holders.Holder) string {
	if parts, ok := policy.ParseARN(h.BoundaryARN); ok {
		if name, ok := iam.LastSegment(parts.Resource).Known(); ok {
			return name
		}
	}
	return h.Address
}

// escapes are the ways out of a boundary by IAM's own actions, worst first.
// Where the boundary asks who its bearer is, they are those of the first of the
// input that has any.
func escapes(a *holders.Account, h *holders.Holder) []leak {
	out := escapesOf(a, h, h.Principal)
	if !a.IsPersonal(h.Principal.Boundary) {
		return out
	}
	certain := func(list []leak) bool {
		return slices.ContainsFunc(list, func(l leak) bool { return l.answer.Verdict == authz.Allowed })
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

// escapesOf are the ways out of one bearer, or of a role that it can make under
// a name that the boundary's Denies spare.
func escapesOf(a *holders.Account, h *holders.Holder, bearer *authz.Principal) []leak {
	u := a.Universe(h.Deployment)
	var out []leak
	add := func(closed []*policy.Statement, ask func(*authz.Principal) authz.Answer, what func(authz.Answer) string) {
		answer := ask(bearer)
		if answer.Verdict == authz.Denied {
			answer = authz.ThroughSpared(bearer, u, ask)
		}
		if answer.Verdict != authz.Denied {
			out = append(out, leak{answer: answer, what: what(answer), severity: lint.Error, closed: closed})
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
				return removal(answer.Witness, c.Plural)
			}
			return "take the permissions boundary off " + c.Plural + ", or swap it"
		})
	}
	for _, arn := range inReach(a, h, a.ProtectedBoundaries(), func(x policy.Text) policy.Text { return x }) {
		add([]*policy.Statement{fix.Denying(fix.EditingActions, arn)}, func(who *authz.Principal) authz.Answer { return authz.CanEditPolicy(who, u, arn) }, func(authz.Answer) string {
			return "change the document of the boundary " + arn.String()
		})
	}
	return out
}

// mendLeaks is the advice on what one statement of a boundary lets through: to
// deny it there, all of it at once.
func mendLeaks(a *holders.Account, h *holders.Holder, f *lint.Finding, ways []leak) {
	first := ways[0]
	if m := holders.Maker(holders.Request(first.answer)); m != nil {
		f.Remediation = fmt.Sprintf("The boundary's Denies spare roles named like %s, which its bearer can create. Name in full who is spared, or deny in the boundary "+
			"to create such roles and to give them policies.", m.Resource)
		return
	}
	closed, limited := closing(a, h, ways)
	if closed == nil {
		f.Remediation = limited
		fix.GiveDocument(a, h, first.answer, f)
		return
	}
	at, ok := fix.Site{}, false
	for _, g := range h.Grants {
		if g.Document != nil {
			at, ok = fix.DocumentSite(a, g), !strings.HasPrefix(g.Address, "boundary.")
			at.Boundary = true
		}
	}
	f.Remediation = fix.Denial(a, at, ok, strings.TrimPrefix(limited+" Deny the rest, or take the actions out of what is allowed", " "), closed)
	if limited == "" {
		f.Remediation = fix.Denial(a, at, ok, "Deny it, or take the actions out of what is allowed", closed)
		if ok {
			f.Fix = &lint.Fix{Address: at.Address, Statements: closed}
		}
	}
	fix.GiveDocument(a, h, first.answer, f)
}

// closing are the statements that close ways out in the boundary, and advice in
// words on those that take another decision.
func closing(a *holders.Account, h *holders.Holder, ways []leak) (closed []*policy.Statement, limited string) {
	var actions, words []string
	for _, l := range ways {
		w := holders.Request(l.answer)
		switch {
		case l.mend != "":
			if !slices.Contains(words, l.mend) {
				words = append(words, l.mend)
			}
		case l.closed != nil:
			closed = append(closed, l.closed...)
		case w != nil && fix.CarriesBoundary(w.Action):
			// The key holds the boundary of the entity that is changed.
			closed = append(closed, fix.UnlessBounded(a, h, w.Action))
		case w != nil && !slices.Contains(actions, w.Action):
			actions = append(actions, w.Action)
		}
	}
	if len(actions) > 0 {
		words = append(words, fmt.Sprintf("Take %s out of the boundary's Allow, or limit its Resource there: to entities that are bounded, and to policies that are no boundary.",
			strings.Join(actions, " and ")))
	}
	limited = strings.Join(words, " ")
	if closed == nil && limited == "" {
		limited = "Take the action out of the boundary's Allow."
	}
	return fix.Together(closed), limited
}
