package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// AllowsMore asks whether a policy allows a request that another one does not:
// whether it matters that an older version of a policy can be put in force
// again. A request counts that no Allow of the other takes, or that one of its
// Denies hits. Where a statement about all services is not also in the other,
// the answer is Undetermined without a search.
func AllowsMore(p, than *Policy, u *Universe) Verdict {
	for _, x := range [...]*Policy{p, than} {
		if x == nil || x.Document == nil || x.Document.Unknown != nil || x.Document.Invalid ||
			slices.ContainsFunc(x.Document.Statements, func(s *policy.Statement) bool { return s.Effect == policy.EffectUnknown }) {
			return Undetermined
		}
	}
	own, other := splitEffects(p.Document), splitEffects(than.Document)
	denies := slices.DeleteFunc(other.denies, func(s *policy.Statement) bool { return slices.ContainsFunc(own.denies, isSameStatement(s)) })
	rest := own.allows
	if len(denies) == 0 {
		rest = slices.DeleteFunc(rest, func(s *policy.Statement) bool {
			return slices.ContainsFunc(other.allows, isSameStatement(s)) || slices.ContainsFunc(other.allows, isEverything)
		})
	}
	if len(rest) == 0 {
		return Denied
	}
	actions, ok := allowedActions(rest)
	if !ok {
		return Undetermined
	}
	q := &Query{Actions: actions}
	holder := &Principal{Kind: KindRole, Account: u.Account, Identity: []*Policy{p, turned(than, other.allows, policy.Deny)}}
	more := Search(holder, u, q).Verdict
	if more == Allowed || len(denies) == 0 {
		return more
	}
	holder.Identity, holder.Boundary = []*Policy{p}, turned(than, denies, policy.Allow)
	if hit := Search(holder, u, q).Verdict; hit != Denied {
		return hit
	}
	return more
}

type effects struct{ allows, denies []*policy.Statement }

func splitEffects(d *policy.Document) effects {
	var e effects
	for _, s := range d.Statements {
		if s.Effect == policy.Deny {
			e.denies = append(e.denies, s)
		} else {
			e.allows = append(e.allows, s)
		}
	}
	return e
}

// turned is a policy of statements with another effect: what they take is then
// what it says.
func turned(p *Policy, statements []*policy.Statement, effect policy.Effect) *Policy {
	d := &policy.Document{Version: p.Document.Version}
	for _, s := range statements {
		turned := *s
		turned.Effect = effect
		d.Statements = append(d.Statements, &turned)
	}
	return Compile(d)
}

func isSameStatement(s *policy.Statement) func(*policy.Statement) bool {
	print := func(s *policy.Statement) string {
		unnamed := *s
		unnamed.Sid = policy.Text{}
		return policy.PrintStatement(&unnamed, policy.PrintOptions{})
	}
	text := print(s)
	return func(other *policy.Statement) bool {
		return s.Maybe == nil && other.Maybe == nil && print(other) == text
	}
}

// isEverything reports whether a statement takes every request there is.
func isEverything(s *policy.Statement) bool {
	star := func(e policy.Element) bool {
		known, _ := e.Text.Known()
		return known == "*"
	}
	return s.Maybe == nil && s.Unknown == nil && len(s.Condition) == 0 && slices.ContainsFunc(s.Action, star) &&
		slices.ContainsFunc(s.Resource, star)
}

// allowedActions are the patterns of the actions that statements speak of, but
// for sts:GetCallerIdentity, which no policy decides; false where they go
// through all services.
func allowedActions(statements []*policy.Statement) ([]string, bool) {
	const free = "sts:GetCallerIdentity"
	var out []string
	for _, s := range statements {
		if s.Action == nil {
			return nil, false
		}
		for _, e := range s.Action {
			action, known := e.Text.Known()
			service, _, _ := strings.Cut(action, ":")
			if !known || strings.ContainsAny(service, "*?") {
				return nil, false
			}
			if !policy.GlobFold(action, free) {
				out = append(out, action)
				continue
			}
			if sts, ok := catalog.LookupService(service); ok {
				for a := range sts.Actions() {
					if name := a.String(); policy.GlobFold(action, name) && name != free {
						out = append(out, name)
					}
				}
			}
		}
	}
	return out, true
}
