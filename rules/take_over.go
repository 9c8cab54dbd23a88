package rules

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// maxBearers bounds for how many of those who have a boundary it is tried
// whom they take over: trust policies may name any one of them.
const maxBearers = 32

// takeOver are the ways by which a bearer takes over an entity of the input
// that is not bounded. A way that needs what the input does not have is a
// note.
func takeOver(a *holders.Account, h *holders.Holder) []leak {
	search := search.Of(a)
	var out []leak
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
				out = append(out, takenOver(a, t))
			}
		}
	}
	if len(out) > 0 || len(outside) == 0 {
		return out
	}
	return beyondReach(outside)
}

// bearers are those who have the boundary that a holder stands for, each with
// everything allowed; the holder's own principal where nobody has it.
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
			p.Tags, p.TagsKnown = e.Tags.Values, a.TagsKnown(e)
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
func takenOver(a *holders.Account, t escalation.TakeOver) leak {
	l := leak{severity: lint.Error, steps: []lint.Step{step(a, t.Step)}}
	l.answer = t.Requests[0]
	if t.Verdict != authz.Allowed {
		l.answer.Verdict, l.answer.Reasons = authz.Undetermined, t.Reasons
		if l.answer.Perhaps == nil {
			l.answer.Perhaps = l.answer.Witness
		}
		l.answer.Witness = nil
	}
	l.what = "act as " + strings.TrimSuffix(reachedName(t.To, t.End), ",")
	if t.End == escalation.EndControlled {
		l.what = "give " + nodeName(t.To) + ", which has no permissions boundary, any permissions"
	}
	l.what += " (" + t.Way.ID + ": " + t.Way.Name + ")"
	return l
}

// mendWay is what closes a way on what is no entity that could have a
// boundary; "" for the others.
func mendWay(w *escalation.Way) string {
	if w.Kind == escalation.Existing || w.Target == escalation.TargetRoot {
		return w.Control
	}
	return ""
}

// beyondReach is the note about ways that want what the input does not have.
func beyondReach(list []escalation.Outside) []leak {
	const most = 3
	l := leak{severity: lint.Note}
	var what []string
	seen := map[string]bool{}
	for _, o := range list {
		if len(o.Requests) == 0 {
			continue
		}
		if l.answer.Witness == nil {
			l.answer, l.mend = o.Requests[0], mendWay(o.Way)
		}
		if text := lacks(o); !seen[text] {
			seen[text] = true
			if len(what) < most {
				what = append(what, text)
			}
		}
	}
	if l.answer.Witness == nil {
		return nil
	}
	l.what = "take over " + strings.Join(what, ", or ") + ", if there is one outside of the input"
	return []leak{l}
}
