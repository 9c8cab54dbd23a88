package authz

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Miss is a statement that is about the action of a request and certainly does
// not apply to it: what a person looks at who expected another decision.
type Miss struct {
	Ref
	Layer  Layer
	Effect policy.Effect
	// Resource tells that the statement is about other resources, Principal
	// that, standing in a resource-based policy, it names others.
	Resource, Principal bool
	// Conditions are those that do not hold.
	Conditions []policy.Condition
}

// Misses lists the statements, of all policies that take part in the request,
// that cover its action and do not apply, in the order of [Explain].
func Misses(r *Request) []Miss {
	e := env{request: r}
	d := newDecider(e)
	d.prepare()
	p := r.Principal
	if p == nil {
		return nil
	}
	var out []Miss
	visit := func(layer Layer, who *Principal, policies ...*Policy) {
		for _, one := range policies {
			if one != nil {
				out = append(out, d.misses(layer, one, who)...)
			}
		}
	}
	visit(LayerOrganization, nil, slices.Concat(p.SCPs...)...)
	if underRCPs(d.action) {
		visit(LayerResourceOrg, nil, slices.Concat(d.e.request.ResourceControl()...)...)
	}
	visit(LayerResource, p, r.ResourcePolicy)
	visit(LayerIdentity, nil, p.Identity...)
	visit(LayerBoundary, nil, p.Boundary)
	visit(LayerSession, nil, p.SessionPolicies...)
	return out
}

func (d *decider) misses(layer Layer, p *Policy, who *Principal) []Miss {
	var out []Miss
	for i, s := range p.statements {
		// A wildcard for every action is about this one as well, but a list
		// that leaves it out is not.
		if s.coversAction(d.action) == policy.False {
			continue
		}
		m := Miss{Ref: Ref{p, i}, Layer: layer, Effect: s.source.Effect}
		m.Resource = s.coversResource(d.resource, &d.e) == policy.False
		for j, c := range s.conditions {
			if c.holds(&d.e) == policy.False {
				m.Conditions = append(m.Conditions, s.source.Condition[j])
			}
		}
		if who != nil {
			n := s.names(who)
			m.Principal = s.denies && !s.allows && n.denied == policy.False ||
				s.allows && !s.denies && n.direct.Or(n.role).Or(n.account) == policy.False
		}
		if m.Resource || m.Principal || len(m.Conditions) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// Naming tells how a statement of a resource-based policy names a principal.
// What the implicit deny of a boundary can stop depends on that (IAM User
// Guide, permissions boundaries).
type Naming struct {
	// Direct names the user or session itself, or everybody; Role the role
	// behind a session; Account the account, which only delegates to its own
	// policies.
	Direct, Role, Account Verdict
	// Denied tells whether the statement, being a deny, hits the principal.
	Denied Verdict
}

// Names tells how a statement of a resource-based policy names a principal.
func Names(s *policy.Statement, who *Principal) Naming {
	n := (&statement{source: s, principal: s.Principal, notPrincipal: s.NotPrincipal}).names(who)
	return Naming{verdictOf(n.direct), verdictOf(n.role), verdictOf(n.account), verdictOf(n.denied)}
}

// PolicyMustAllow reports whether the policy of the resource must itself allow
// the action, even within one account: the trust policy of a role, the key
// policy of a KMS key.
func PolicyMustAllow(action string) bool {
	facts := allFacts.of(action)
	d := decider{action: facts.lowered, deny: policy.False}
	return d.mustAllow() && !facts.resourceless
}
