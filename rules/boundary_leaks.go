package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// BoundaryLeaks reports boundaries whose holders can get out.
var BoundaryLeaks = &lint.Rule{
	ID: "boundary-leaks", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "The holder of a boundary can get out of it",
		What: "The worst case: give the holder of the boundary `Allow *` and see whether it can get out. Can it create an entity without an " +
			"approved boundary, take a boundary off or swap it, edit a boundary's document, or take over an entity of the input that has none? " +
			"A holder who can edit its own policies is that case. A way that needs an entity which the input does not have is a note. So is a " +
			"grant by the policy of a resource (bucket, key, secret, queue, topic, function and the like) that the holder can write: one to a " +
			"user or to the session of a role is limited by what the boundary denies, and not by what it only leaves out.",
		Why: "Developers write the policies of what the boundary binds, so those policies protect nothing: only the boundary is. One " +
			"action too many in it, such as an unconditioned `iam:CreateUser`, is a way out for everybody who is under it.",
		Blind: "A boundary whose document is neither in the input nor in the configuration is not judged; the summary counts those. Trust " +
			"policies that name a bounded user or session are those policies' fault. AWS's managed policies used as boundaries are judged as " +
			"boundaries of their holders by boundary-not-approved only.",
		Fix: "In the boundary, allow the actions that create and change entities only under the condition `iam:PermissionsBoundary`, do not " +
			"allow the two Delete…PermissionsBoundary actions, and deny the policy-version actions on the boundary's own ARN. What holders are " +
			"never to do to a resource whose policy they can write, deny there.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate"},
		Security:   "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		boundaries, err := holders.BoundaryDocuments(p)
		if err != nil {
			return err
		}
		for _, b := range append(boundaries, furtherBoundaries(a, boundaries)...) {
			judgeLeaks(a, p, leaks.Bearer(a, b))
		}
		for _, h := range a.Unattached {
			if h.PerhapsBoundary != "" {
				b := leaks.Bearer(a, iam.PlacedDocument{Document: h.Grants[0].Document, Kind: policy.IdentityPolicy, Address: h.Address})
				b.Doubt, b.DoubtBy = h.PerhapsBoundary, perhapsBoundaryBy(p.Model, h.Address)
				judgeLeaks(a, p, b)
			}
		}
		return nil
	},
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

// perhapsBoundaryBy is what hides whether a policy is the boundary of an entity.
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
	ways := map[*lint.Finding][]leaks.Leak{}
	certain := false
	for _, l := range slices.Concat(leaks.OfBearer(a, h), leaks.ByTakeOver(a, h), leaks.BySelfGrant(a, h)) {
		l.Answer = h.Resolve(l.Answer)
		f := h.Finding(l.Answer)
		f.Key, f.Steps = l.What, l.Steps
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether a holder of the boundary %s can %s is not determined, because %s.", leaks.NameOf(h), l.What,
				holders.Because(l.Answer.Reasons))
		} else {
			certain = certain || l.Severity == p.Rule.Severity
			f.Message = fmt.Sprintf("A holder of the boundary %s that is allowed everything else can %s%s.", leaks.NameOf(h), l.What,
				holders.Before(l.Answer.Witness))
		}
		key := fmt.Sprintf("%s %v %s", f.Verdict, l.Severity, f.Cause)
		if h.Doubt != "" {
			key = "doubt"
		}
		if other := byCause[key]; other != nil {
			if h.Doubt != "" {
				// Whether it is a boundary is one question.
				severities[other] = max(severities[other], l.Severity)
				continue
			}
			ways[other] = append(ways[other], l)
			other.Related = append(other.Related, lint.Related{Address: h.Address, Message: f.Message, Location: f.Location})
			continue
		}
		byCause[key] = &f
		severities[&f] = l.Severity
		ways[&f] = []leaks.Leak{l}
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
		for _, l := range ways[f] {
			f.Parts = append(f.Parts, l.What)
		}
		fixLeaks(a, h, f, ways[f])
		f.Cause = ""
		if i == first {
			f.Origin, f.IsOrigin = leaks.OriginOf(h.Address), true
		}
		p.Report(*f, lint.StartingAt(severities[f]))
	}
}

// fixLeaks is the advice on what one statement of a boundary lets through: to
// deny it there, all of it at once.
func fixLeaks(a *holders.Account, h *holders.Holder, f *lint.Finding, ways []leaks.Leak) {
	first := ways[0]
	if m := holders.Maker(holders.Request(first.Answer)); m != nil {
		f.Remediation = fmt.Sprintf("The boundary's Denies spare roles named like %s, which its holder can create. Name in full who is "+
			"spared, or deny in the boundary to create such roles and to give them policies.", m.Resource)
		return
	}
	closed, limited := closing(a, h, ways)
	if closed == nil {
		f.Remediation = limited
		fix.GiveDocument(a, h, first.Answer, f)
		return
	}
	at, ok := fix.Site{}, false
	for _, g := range h.Grants {
		if g.Document != nil {
			at, ok = fix.DocumentSite(a, g), !strings.HasPrefix(g.Address, "boundary.")
			at.Boundary = true
		}
	}
	f.Remediation = fix.Denial(a, at, ok, strings.TrimPrefix(limited+" Deny the rest, or take the actions out of what is allowed", " "),
		closed)
	if limited == "" {
		f.Remediation = fix.Denial(a, at, ok, "Deny it, or take the actions out of what is allowed", closed)
		if ok {
			f.Fix = fix.Adding(a, at, closed)
		}
	}
	fix.GiveDocument(a, h, first.Answer, f)
}

// closing are the statements that close ways out in the boundary, and advice in
// words on those that take another decision.
func closing(a *holders.Account, h *holders.Holder, ways []leaks.Leak) (closed []*policy.Statement, limited string) {
	var actions, words []string
	for _, l := range ways {
		w := holders.Request(l.Answer)
		switch {
		case l.Fix != "":
			if !slices.Contains(words, l.Fix) {
				words = append(words, l.Fix)
			}
		case l.Closed != nil:
			closed = append(closed, l.Closed...)
		case w != nil && fix.CarriesBoundary(w.Action):
			// The key holds the boundary of the entity that is changed.
			closed = append(closed, fix.UnlessBounded(a, h, w.Action))
		case w != nil && !slices.Contains(actions, w.Action):
			actions = append(actions, w.Action)
		}
	}
	if len(actions) > 0 {
		words = append(words, fmt.Sprintf("Take %s out of the boundary's Allow, or limit its Resource there: to entities that are bounded, and "+
			"to policies that are not boundaries.",
			strings.Join(actions, " and ")))
	}
	limited = strings.Join(words, " ")
	if closed == nil && limited == "" {
		limited = "Take the action out of the boundary's Allow."
	}
	return fix.Together(closed), limited
}
