package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// BoundaryRemovable reports holders who can take boundaries off, or swap them.
var BoundaryRemovable = &lint.Rule{
	ID: "boundary-removable", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A holder can delete a boundary or put another in its place",
		What: "Is there an allowed request for `iam:DeleteRolePermissionsBoundary` or `iam:DeleteUserPermissionsBoundary` on an entity that " +
			"has an approved boundary, or one for `iam:PutRolePermissionsBoundary` or `iam:PutUserPermissionsBoundary` with one that is not " +
			"approved? Entities of the input count, those that the holder can create, and those of any name. A role that the holder can create " +
			"under a boundary and give a policy counts as well: it can do all that its boundary allows.",
		Why: "A boundary that its holder, or a colleague, can take off is a suggestion. Mind that a condition works the wrong way round on " +
			"Delete: the key then holds the boundary that the entity has now, so requiring the approved one allows exactly its removal.",
		Blind: "Where the grant's resource matches no entity of the input and the holder can create none there, the finding is undetermined: " +
			"an entity of another repository may be meant. A boundary of the holder's own whose document is not known may close it; that is " +
			"undetermined too.",
		Fix: "Do not allow the two Delete actions at all, or deny them without a condition; allow the two Put actions only under a condition " +
			"that names " +
			"the approved boundary in full:\n\n" +
			"    { \"Effect\": \"Deny\", \"Action\": [\"iam:DeleteRolePermissionsBoundary\", \"iam:DeleteUserPermissionsBoundary\"], " +
			"\"Resource\": \"*\" }",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Actors() {
			judgeRemoval(a, p, h, p.Rule.Severity)
		}
		for _, h := range a.UnattachedActors() {
			judgeRemoval(a, p, h, p.Rule.Severity.Down())
		}
		return nil
	},
}

// judgeRemoval asks for both kinds, and makes one finding of what one
// statement allows.
func judgeRemoval(a *holders.Account, p *lint.Pass, h *holders.Holder, severity lint.Severity) {
	type fault struct {
		finding lint.Finding
		answer  authz.Answer
		what    string
		actions []string
	}
	var faults []*fault
	for _, c := range delegation.Creations {
		answer := canRemove(a, h, c.Kind)
		if answer.Verdict == authz.Denied || delegation.IsGrown(answer) && grownElsewhere(a, h, answer) {
			continue
		}
		f := h.Finding(answer)
		merged := false
		for _, other := range faults {
			if f.Cause != "" && f.Cause == other.finding.Cause && f.Verdict == other.finding.Verdict {
				other.what += " and " + c.Plural
				other.actions = append(other.actions, removing(c.Kind)...)
				merged = true
			}
		}
		if !merged {
			faults = append(faults, &fault{f, answer, c.Plural, removing(c.Kind)})
		}
	}
	certain := slices.ContainsFunc(faults, func(x *fault) bool { return x.finding.Verdict != lint.Undetermined })
	for _, x := range faults {
		f := x.finding
		if certain && delegation.IsGrown(x.answer) && f.Verdict == lint.Undetermined {
			// What a role of its own making could do adds nothing.
			continue
		}
		f.Key = x.what
		f.Parts = h.Granted(x.actions...)
		fixRemoval(a, h, &f, x.answer)
		fix.GiveDocument(a, h, x.answer, &f)
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can take the permissions boundary off %s, or swap it, is not determined, because %s%s.",
				phrase.Uncapital(h.Name()), x.what, holders.Because(x.answer.Reasons), delegation.Assumed(x.answer))
		} else {
			f.Message = fmt.Sprintf("%s can %s%s%s.", h.Name(), leaks.Removal(x.answer.Witness, x.what), holders.Before(x.answer.Witness),
				delegation.Assumed(x.answer))
		}
		f.Origin = cmp.Or(f.Origin, leaks.Origin(a, h, &f))
		p.Report(f, lint.StartingAt(severity))
	}
}

// removing are the actions that take the boundary off an entity of a kind, or swap it.
func removing(kind authz.EntityKind) []string {
	return []string{"iam:Delete" + string(kind) + "PermissionsBoundary", "iam:Put" + string(kind) + "PermissionsBoundary"}
}

// fixRemoval keeps the boundaries on all that the holder may change: what one
// request does, another of the same statement does too.
func fixRemoval(a *holders.Account, h *holders.Holder, f *lint.Finding, answer authz.Answer) {
	w := holders.Request(answer)
	grown := holders.Maker(w) != nil
	lead := "Deny it" + fix.LeaveOut
	if grown {
		if fix.DenyMaking(a, h, f, holders.Maker(w)) {
			return
		}
		lead = "Close the boundary " + delegation.BoundaryOf(holders.Maker(w)) + ", under which it creates the role: deny it there"
	}
	fix.Deny(a, h, f, w, lead, fix.RemovalDenials(a, h, grown)...)
}

// canRemove asks whether a boundary can be removed from an entity that there
// is: one of the input, one that the holder can create, or one of any name.
func canRemove(a *holders.Account, h *holders.Holder, kind authz.EntityKind) authz.Answer {
	return a.AskDelegate(h, "remove "+string(kind), func() authz.Answer {
		u := a.Universe(h.Deployment)
		anywhere := authz.CanRemoveBoundary(h.Strict(), u, kind)
		if anywhere.Verdict != authz.Allowed {
			return anywhere
		}
		if len(anywhere.Witness.First) > 0 {
			// It is a role of the holder's own making that does it.
			return anywhere
		}
		targets := bounded(a, h.Deployment, kind)
		if here := removableFrom(a, h, kind, targets[:min(len(targets), fewTargets)]); here.Verdict == authz.Allowed {
			return withCurrentBoundary(a, h, here)
		}
		for _, name := range ownedNames(a, kind) {
			if here := authz.CanRemoveBoundary(h.Strict(), u, kind, name); here.Verdict == authz.Allowed {
				return withCurrentBoundary(a, h, anywhere)
			}
		}
		made := authz.Search(h.Strict(), u, &authz.Query{
			Actions: []string{"iam:Create" + string(kind)}, Resources: []policy.Text{anywhere.Witness.Resource},
		})
		if made.Verdict == authz.Allowed {
			return withCurrentBoundary(a, h, anywhere)
		}
		for from := fewTargets; from < len(targets); from += manyTargets {
			if here := removableFrom(a, h, kind, targets[from:min(len(targets), from+manyTargets)]); here.Verdict == authz.Allowed {
				return withCurrentBoundary(a, h, here)
			}
		}
		return authz.Answer{
			Verdict: authz.Undetermined, Perhaps: anywhere.Witness, AssumedAccount: anywhere.AssumedAccount,
			Reasons: []authz.Reason{{Text: fmt.Sprintf("no bounded %s of the input is covered by the grant and the holder can create none there, "+
				"but there may be others",
				strings.ToLower(string(kind)))}},
		}
	})
}

// How many entities of the input are asked about at once: first as many as
// make a good example, then the rest in portions.
const fewTargets, manyTargets = 20, 100

// removableFrom asks whether a boundary can be removed from one of these
// entities.
func removableFrom(a *holders.Account, h *holders.Holder, kind authz.EntityKind, targets []policy.Text) authz.Answer {
	if len(targets) == 0 {
		return authz.Answer{Verdict: authz.Denied}
	}
	return authz.CanRemoveBoundary(h.Strict(), a.Universe(h.Deployment), kind, targets...)
}

// ownedNames are ARNs that a grant covers only if it covers any name, or any
// of the names that naming asks for: those are made to be bounded.
func ownedNames(a *holders.Account, kind authz.EntityKind) []policy.Text {
	lowered := strings.ToLower(string(kind))
	prefix := "arn:*:iam::*:" + lowered + "/"
	out := []policy.Text{policy.Literal(prefix + "any-name-at-all")}
	if naming, ok := a.Settings.NamingFor("aws_iam_" + lowered); ok {
		if start := certainStart(naming.Name); strings.HasSuffix(start, "*") && strings.Count(start, "*") == 1 && !strings.Contains(start, "?") {
			out = append(out, policy.Literal(prefix+strings.TrimSuffix(start, "*")+"any-name-at-all"))
		}
	}
	return out
}

// grownElsewhere reports whether what a role of the holder's own making could
// do is said already: who can make one without a boundary needs no other way,
// and of who will be given a policy that no principal has nothing is known.
func grownElsewhere(a *holders.Account, h *holders.Holder, answer authz.Answer) bool {
	if h.Entity == nil && answer.Verdict == authz.Undetermined {
		return true
	}
	direct := delegation.CanCreateUnbounded(a, h, authz.Role)
	return direct.Verdict == authz.Allowed && holders.Maker(direct.Witness) == nil
}

// withCurrentBoundary puts the boundary that the entity has into a request
// that deletes it: the key of that action holds it.
func withCurrentBoundary(a *holders.Account, h *holders.Holder, answer authz.Answer) authz.Answer {
	w := answer.Witness
	if !strings.HasPrefix(w.Action, "iam:Delete") {
		return answer
	}
	current := a.ProtectedBoundaries()
	if e := a.EntityOf(w.Resource); e != nil && e.Boundary.Set {
		current = []policy.Text{e.Boundary.Text}
	}
	if len(current) == 0 {
		return answer
	}
	better := authz.Search(h.Strict(), a.Universe(h.Deployment), &authz.Query{
		Actions: []string{w.Action}, Resources: []policy.Text{w.Resource},
		Keys: []authz.KeyConstraint{{Key: policy.BoundaryKey, Present: true, In: current}},
	})
	if better.Verdict == authz.Allowed {
		return better
	}
	return answer
}

// boundedTargets are the bounded entities by account and kind.
var boundedTargets = holders.Remembered[boundedKind, []policy.Text]()

type boundedKind struct {
	account string
	kind    authz.EntityKind
}

// bounded are the ARNs of the entities that have an approved boundary.
func bounded(a *holders.Account, d iam.Deployment, kind authz.EntityKind) []policy.Text {
	key := boundedKind{d.Account.Key(), kind}
	targets := boundedTargets.Of(a)
	if known, ok := targets[key]; ok {
		return known
	}
	out := []policy.Text{}
	for _, other := range a.Holders {
		e := other.Entity
		if !strings.EqualFold(string(e.Kind), string(kind)) || !e.Boundary.Set || !e.Deployment.Account.Equal(d.Account) {
			continue
		}
		if a.Approved.Approves(e.Boundary, e.NameText()) != policy.False {
			out = append(out, e.ARN)
		}
	}
	targets[key] = out
	return out
}
