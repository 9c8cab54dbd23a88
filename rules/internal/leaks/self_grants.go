package leaks

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
)

// BySelfGrant are the leaks by resource-based policies that the holder of a
// boundary writes: notes, for they lead to no more than the one resource.
func BySelfGrant(a *holders.Account, h *holders.Holder) []Leak {
	search := escalation.OfAccount.Of(a)
	var out []Leak
	seen := map[string]bool{}
	for _, bearer := range bearers(a, h) {
		for _, g := range search.SelfGrants(bearer, a.Universe(h.Deployment)) {
			if !seen[g.Way.ID] {
				seen[g.Way.ID] = true
				out = append(out, selfGrantLeak(g))
			}
		}
	}
	return out
}

func selfGrantLeak(g escalation.SelfGranted) Leak {
	l := Leak{Answer: g.Request, Severity: lint.Note, Fix: g.Way.Control}
	where := "a resource outside of the input such as " + g.Resource.String()
	if g.Declared {
		where = g.Resource.String()
	}
	action := g.Way.Steps[0].Action
	if w := g.Request.Witness; w != nil {
		action = w.Action
	}
	what, past := "more", "past the boundary"
	if g.Request.Verdict == authz.Allowed {
		what, past = strings.Join(g.Actions, ", "), "past the boundary, which leaves that out and does not deny it,"
	}
	l.What = fmt.Sprintf("grant itself %s on %s %s by %s (%s)", what, where, past, action, g.Way.ID)
	return l
}
