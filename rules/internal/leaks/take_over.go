package leaks

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/rules/internal/paths"
)

// maxBearers bounds for how many of those who have a boundary it is tried
// whom they take over: trust policies may name any one of them.
const maxBearers = 32

// ByTakeOver are the ways by which a holder takes over an entity of the input
// that is not bounded. A way that needs what the input does not have is a
// note.
func ByTakeOver(a *holders.Account, h *holders.Holder) []Leak {
	search := escalation.OfAccount.Of(a)
	var out []Leak
	seen := map[string]bool{}
	var outside []escalation.Outside
	for _, bearer := range bearers(a, h) {
		found, beyond := search.TakeOvers(bearer, a.Universe(h.Deployment))
		if outside == nil {
			outside = beyond
		}
		for _, t := range found {
			if action := t.Way.Steps[0].Action; !seen[action] {
				seen[action] = true
				out = append(out, takenOver(t))
			}
		}
	}
	if len(out) > 0 || len(outside) == 0 {
		return out
	}
	return beyondReach(outside)
}

// bearers are the principals that have the boundary which a holder stands for, each with
// everything allowed; the holder's own principal where no principal has it.
func bearers(a *holders.Account, h *holders.Holder) []*authz.Principal {
	var out []*authz.Principal
	for _, m := range a.Model.Policies {
		if m.Address != h.Address {
			continue
		}
		for _, e := range m.BoundaryOf {
			if e.Gone() || len(out) == maxBearers {
				continue
			}
			p := *h.Principal
			p.ARN, p.Kind = e.ARN, authz.KindRole
			p.Tags, p.TagsKnown = e.Tags.Map(), a.TagsKnown(e)
			if e.Kind == iam.User {
				p.Kind = authz.KindUser
			}
			out = append(out, &p)
		}
	}
	if len(out) == 0 {
		out = append(out, h.Principal)
	}
	return out
}

// takenOver is the leak of one way.
func takenOver(t escalation.TakeOver) Leak {
	l := Leak{Severity: lint.Error, Steps: []lint.Step{paths.Step(t.Step)}}
	l.Answer = t.Requests[0]
	if t.Verdict != authz.Allowed {
		l.Answer.Verdict, l.Answer.Reasons = authz.Undetermined, t.Reasons
		if l.Answer.Perhaps == nil {
			l.Answer.Perhaps = l.Answer.Witness
		}
		l.Answer.Witness = nil
	}
	l.What = "act as " + strings.TrimSuffix(paths.ReachedName(t.To, t.End), ",")
	if t.End == escalation.EndControlled {
		l.What = "give " + paths.NodeName(t.To) + ", which has no permissions boundary, any permissions"
	}
	l.What += " (" + t.Way.ID + ": " + t.Way.Name + ")"
	return l
}

// fixWay is what closes a way on what is not an entity that could have a
// boundary; "" for the others.
func fixWay(w *escalation.Way) string {
	if w.Kind == escalation.Existing || w.Target == escalation.TargetRoot || w.Target == escalation.TargetMember {
		return w.Control
	}
	return ""
}

// beyondReach is the note about ways that want what the input does not have.
func beyondReach(list []escalation.Outside) []Leak {
	const most = 3
	l := Leak{Severity: lint.Note}
	var what []string
	seen := map[string]bool{}
	for _, o := range list {
		if len(o.Requests) == 0 {
			continue
		}
		if l.Answer.Witness == nil {
			l.Answer, l.Fix = o.Requests[0], fixWay(o.Way)
		}
		if text := paths.Lacks(o); !seen[text] {
			seen[text] = true
			if len(what) < most {
				what = append(what, text)
			}
		}
	}
	if l.Answer.Witness == nil {
		return nil
	}
	l.What = "take over " + strings.Join(what, ", or ") + ", if there is one outside of the input"
	return []Leak{l}
}
