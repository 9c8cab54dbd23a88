package escalation

import (
	"slices"
	"sync"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Onward is where a path goes on from a role that a principal of another account has
// reached, from above.
type Onward struct {
	// Steps tells that the role may take some step of a known way other than to
	// assume a role, so that all of its account may matter.
	Steps bool
	// Assumes are the patterns of the roles that it may assume; none for an
	// administrator without a boundary, with whom a path is at its end.
	Assumes []policy.Text
}

// OnwardFrom is where paths go on from a role.
func OnwardFrom(a *holders.Account, e *iam.Entity) Onward {
	h := a.ByEntity[e]
	switch {
	case h == nil:
		return Onward{}
	case h.Boundary == holders.Unbounded && a.IsAdministrator(h) == authz.Allowed:
		return Onward{}
	}
	return Onward{Steps: maySteps(h.Principal), Assumes: assumable(h.Principal.Identity)}
}

// maySteps reports whether a principal may take some step other than to assume a role,
// from above.
func maySteps(p *authz.Principal) bool {
	return slices.ContainsFunc(stepActions(), func(action string) bool {
		return (p.Boundary == nil || p.Boundary.MayAllow(action)) &&
			slices.ContainsFunc(p.Identity, func(one *authz.Policy) bool { return one.MayAllow(action) })
	})
}

// Assumes are the patterns of the roles that some principal of an account may come to
// assume, each once: what their own policies tell, and all where one of them may take
// a step, with which it may grant itself or another what they do not. Who has one of
// the boundaries is judged as if it were allowed everything else.
func Assumes(a *holders.Account, boundaries []*authz.Policy) []policy.Text {
	var lists [][]*authz.Policy
	for _, h := range slices.Concat(a.Holders, a.Unattached) {
		if maySteps(h.Principal) {
			return []policy.Text{anyResource}
		}
		lists = append(lists, h.Principal.Identity)
	}
	for _, b := range boundaries {
		if maySteps(&authz.Principal{Identity: []*authz.Policy{b}}) {
			return []policy.Text{anyResource}
		}
	}
	var out []policy.Text
	seen := map[string]bool{}
	done := map[*authz.Policy]bool{}
	for _, list := range append(lists, boundaries) {
		for _, p := range list {
			if done[p.Like()] {
				continue
			}
			done[p.Like()] = true
			for _, x := range assumable([]*authz.Policy{p}) {
				if key := x.Key(); !seen[key] {
					seen[key] = true
					out = append(out, x)
				}
			}
		}
	}
	return out
}

// anyResource is the pattern of all roles.
var anyResource = policy.Literal("*")

// assumable are the patterns of the roles that policies may allow to assume.
func assumable(list []*authz.Policy) []policy.Text {
	var out []policy.Text
	for _, p := range list {
		if !p.MayAllow(assumeRole) {
			continue
		}
		if p.Document == nil || p.Document.Unknown != nil {
			return []policy.Text{anyResource}
		}
		for _, s := range p.Document.Statements {
			if _, possible := coversAction(s, "sts:assumerole"); !possible || s.Effect == policy.Deny {
				continue
			}
			if s.Resource == nil {
				return []policy.Text{anyResource}
			}
			for _, x := range s.Resource {
				out = append(out, x.Text)
			}
		}
	}
	return out
}

// crossingActions only begin a session.
var crossingActions = []string{assumeRole, "sts:TagSession", "sts:SetSourceIdentity"}

// stepActions are the actions of the steps of the known ways, those that only begin
// a session of a role aside.
var stepActions = sync.OnceValue(func() []string {
	var out []string
	for _, w := range Ways() {
		for i := range w.Steps {
			for _, action := range actionsOf(&w.Steps[i]) {
				if !slices.Contains(crossingActions, action) && !slices.Contains(out, action) {
					out = append(out, action)
				}
			}
		}
	}
	return out
})
