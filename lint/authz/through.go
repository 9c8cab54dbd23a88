package authz

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Through asks whether some request of the query is allowed on a resource that
// has a policy of its own, the policy counted: [Search] leaves those out. on
// are the ARNs or patterns of ARNs that the policy protects.
//
// In one account the resource's policy may grant by itself; what of that the
// boundary of the holder limits depends on how it names the holder (semantics
// 5.2 to 5.4). Role trust policies and KMS key policies must allow, and so
// must any between accounts.
func Through(holder *Principal, u *Universe, q *Query, resource *Policy, on []policy.Text) Answer {
	best := Answer{Verdict: Denied}
	places, all := bindings(holder, u, q)
	own := len(places)
	if first := places[0]; first.assumed || first.accountText == unknownAccount {
		first.assumed = false
		others, allOthers := trustedPlaces(first, resource, holder, q.grantedBy(holder.Identity))
		places, all = append(places, others...), all && allOthers
	}
	for i, b := range places {
		who := holder.bind(b.binding)
		bound := resource.bind(b.binding)
		for _, session := range sessionsNamed(bound, who) {
			who.Session = session
			answer := throughAs(holder, u, q, b, bound, on, who)
			if b.assumed {
				answer.AssumedAccount = b.accountText
			}
			if i >= own && !b.assumed && answer.Verdict != Denied {
				answer = hangsOn(answer, "it is not known whether the account "+b.accountText+" that the policy of the resource names is this one")
			}
			if answer.Verdict == Allowed {
				return answer
			}
			best = worse(best, answer)
		}
	}
	if !all && best.Verdict == Denied {
		return hangsOn(Answer{}, tooManyAccounts)
	}
	return best
}

// throughAs asks under one binding and for one name of the session: first
// with a grant of the holder's own, which makes the plainer proof.
func throughAs(holder *Principal, u *Universe, q *Query, b deployment, resource *Policy, on []policy.Text, who *Principal) Answer {
	cross := policy.False
	other := accountOf(b.text(on[0]))
	if other.IsEmpty() {
		other = policy.Literal(q.ResourceAccount)
	}
	if own := who.account(); !own.IsEmpty() && !other.IsEmpty() {
		cross = sameText(own, other).Not()
	}
	best := Answer{Verdict: Denied}
	for _, part := range resource.partsOn(who, on, cross != policy.False || mustAllowOn(on[0])) {
		if part.alone && cross == policy.True {
			continue
		}
		caller := part.caller(holder)
		caller.SCPs = append(caller.SCPs, []*Policy{allowOn(on)})
		s := newSearcher(caller, u, q, b)
		s.sided = true
		answer := s.search()
		if part.alone && cross == policy.Maybe && answer.Verdict == Allowed {
			answer = hangsOn(answer, "it is not known whether "+on[0].String()+" is in the account of the one whom its policy names")
		}
		if answer.Verdict == Allowed {
			return answer
		}
		best = worse(best, answer)
	}
	return best
}

// mustAllowOn reports whether the resource is one whose own policy must allow.
func mustAllowOn(arn policy.Text) bool {
	a, ok := policy.ParseARN(arn)
	if !ok {
		return false
	}
	service, _ := a.Service.Known()
	return service == "iam" || service == "kms"
}

// allowOn allows everything on these resources.
func allowOn(on []policy.Text) *Policy {
	return Compile(&policy.Document{
		Version: policy.Literal("2012-10-17"),
		Statements: []*policy.Statement{{
			Effect: policy.Allow, Action: elements(policy.Literal(wholeResource)), Resource: escaped(on),
		}},
	})
}

// partsOn splits a resource-based policy by how it names the principal. With
// both set, a grant of the principal's own counts only together with it.
func (p *Policy) partsOn(who *Principal, on []policy.Text, both bool) []trustPart {
	if p.hidden != nil {
		return []trustPart{{policy: p}, {policy: p, alone: true}}
	}
	first := p.on(on, p.spoken(who, func(n naming) policy.Truth { return n.direct.Or(n.role).Or(n.account) }))
	if !both {
		d := *first.Document
		// It need not allow, but what it denies counts.
		d.Statements = append(slices.Clone(d.Statements), AllowAll().statements[0].source)
		first = Compile(&d)
		first.origin = p.root()
	}
	out := []trustPart{{policy: first}}
	role := p.on(on, p.spoken(who, func(n naming) policy.Truth { return n.role }))
	direct := p.on(on, p.spoken(who, func(n naming) policy.Truth { return n.direct }))
	if role.allowsSomething() {
		out = append(out, trustPart{policy: role, alone: true, capped: true})
	}
	if direct.allowsSomething() {
		out = append(out, trustPart{policy: direct, alone: true})
	}
	return out
}

func (p *Policy) allowsSomething() bool {
	return slices.ContainsFunc(p.statements, func(s *statement) bool { return s.allows })
}

// on gives what the policy says to a principal its resources back, which for
// a trust policy are the role.
func (p *Policy) on(resources []policy.Text, spoken *Policy) *Policy {
	d := *spoken.Document
	d.Statements = slices.Clone(d.Statements)
	for i, s := range d.Statements {
		source := p.statements[i].source
		if len(s.Action) == 0 && source.NotAction == nil {
			continue // it stands for one about others
		}
		out := *s
		if out.Resource, out.NotResource = source.Resource, source.NotResource; out.Resource == nil && out.NotResource == nil {
			out.Resource = escaped(resources)
		}
		d.Statements[i] = &out
	}
	q := Compile(&d)
	q.origin = p.root()
	return q
}
