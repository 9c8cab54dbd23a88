package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// assumeRole is the action by which an IAM principal becomes a role.
const assumeRole = "sts:AssumeRole"

// Assume asks whether the holder can assume a role: whether some request for
// sts:AssumeRole on it is allowed by both sides. trust is the trust policy of
// the role; nil is one of which nothing is known. keys constrain condition
// keys of the request.
//
// In one account a trust policy that names the holder needs no grant of the
// holder's own. One that names a user or a session is then stopped by nothing
// but explicit denies, one that names the role also by the implicit deny of
// the role's boundary; one that names the account only delegates to the
// holder's policies. Between accounts both sides must allow (semantics 5.2 to
// 5.4). The name of the holder's session is the holder's to choose.
func Assume(holder *Principal, u *Universe, role policy.Text, trust *Policy, keys ...KeyConstraint) Answer {
	if trust == nil {
		trust = Hidden(nil)
	}
	q := &Query{Actions: []string{assumeRole}, Resources: []policy.Text{role}, Keys: keys}
	best := Answer{Verdict: Denied}
	places, all := bindings(holder, u, q)
	trusted := len(places)
	if len(places) == 1 && places[0].accountText == unknownAccount {
		granted := slices.ContainsFunc(holder.Identity, func(p *Policy) bool { return p.MayAllow(assumeRole) })
		others, allOthers := trustedPlaces(places[0], trust, holder, granted)
		places, all = append(places, others...), allOthers
	}
	for i, b := range places {
		who := holder.bind(b.binding)
		for _, session := range sessionsNamed(trust, who) {
			who.Session = session
			answer := assumeAs(holder, u, q, b, trust.bind(b.binding), who)
			answer.Reasons = namingReasons(answer.Reasons)
			if b.assumed {
				answer.AssumedAccount = b.accountText
			}
			if i >= trusted && !b.assumed && answer.Verdict != Denied {
				answer = hangsOn(answer, "it is not known whether the account "+b.accountText+" that the trust policy names is this one")
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

// trustedPlaces are the deployment in each account that the policy of a resource, such
// as the trust policy of a role, names where nothing else tells the account. Who names the holder itself means the
// own account. Else it may be that, or another principal's: who is asked for an
// external id is (IAM User Guide, access to accounts owned by third parties).
// An account delegates to the holder's own policies, which must grant then, too: granted
// says whether they may.
// Where those are too many, all is false.
func trustedPlaces(unknown deployment, trust *Policy, holder *Principal, granted bool) (out []deployment, all bool) {
	if trust.hidden != nil {
		return nil, true
	}
	for _, s := range trust.Document.Statements {
		if s.Principal == nil || asksExternalID(s) {
			continue
		}
		for _, e := range s.Principal.Entries {
			one := unknown
			one.accountText, _ = e.Text.Known()
			if arn, ok := policy.ParseARN(e.Text); ok {
				one.accountText, _ = arn.Account.Known()
				one.assumed = isTailOf(arn.Resource, holder)
			}
			if !policy.IsAccountID(one.accountText) || !one.assumed && !granted || slices.Contains(out, one) {
				continue
			}
			if len(out) == maxDeployments {
				return out, false
			}
			out = append(out, one)
		}
	}
	return out, true
}

func asksExternalID(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
		key, _ := c.Key.Known()
		return strings.EqualFold(key, "sts:ExternalId")
	})
}

// isTailOf reports whether the resource part of an ARN is that of the
// principal or of its sessions.
func isTailOf(resource policy.Text, who *Principal) bool {
	own, ok := policy.ParseARN(who.ARN)
	named, known := resource.Known()
	tail, ownKnown := own.Resource.Known()
	if !ok || !known || !ownKnown {
		return false
	}
	if role, isSession := strings.CutPrefix(named, "assumed-role/"); isSession && who.Kind == KindRole {
		role, _, _ = strings.Cut(role, "/")
		return role == tail[strings.LastIndexByte(tail, '/')+1:]
	}
	return named == tail
}

// assumeAs asks for one name of the session, under one binding: first with a
// grant of the holder's own, which makes the plainer proof, then without.
func assumeAs(holder *Principal, u *Universe, q *Query, b deployment, trust *Policy, who *Principal) Answer {
	cross := policy.False
	if own, other := who.account(), accountOf(b.text(q.Resources[0])); !own.IsEmpty() && !other.IsEmpty() {
		cross = sameText(own, other).Not()
	}
	best := Answer{Verdict: Denied}
	for _, part := range trust.parts(who) {
		if part.alone && cross == policy.True {
			continue
		}
		s := newSearcher(part.caller(holder), u, q, b)
		s.sided = true
		answer := s.search()
		if part.alone && cross == policy.Maybe && answer.Verdict == Allowed {
			answer = hangsOn(answer, "it is not known whether "+q.Resources[0].String()+" is in the account of the one that it trusts")
		}
		if answer.Verdict == Allowed {
			return answer
		}
		best = worse(best, answer)
	}
	return best
}

// uncertainName hides a statement of which it is not certain that it names the
// holder.
var uncertainName = &policy.Symbol{Name: "whom the trust policy names"}

// namingReasons puts the uncertainty into words.
func namingReasons(reasons []Reason) []Reason {
	for i := range reasons {
		if reasons[i].Symbol == uncertainName {
			reasons[i] = Reason{Text: "it is not certain that the trust policy names the one who asks", At: reasons[i].At}
		}
	}
	return reasons
}

// trustPart is what a trust policy says to one principal, as a policy of its
// own, without its principal elements.
type trustPart struct {
	policy *Policy
	// alone tells that the trust policy grants by itself; capped that the
	// boundary of the principal limits that grant.
	alone, capped bool
}

// parts splits a trust policy by how it names the principal.
func (p *Policy) parts(who *Principal) []trustPart {
	if p.hidden != nil {
		return []trustPart{{policy: p}, {policy: p, alone: true}}
	}
	all := p.spoken(who, func(n naming) policy.Truth { return n.direct.Or(n.role).Or(n.account) })
	out := []trustPart{{policy: all}}
	if role := p.spoken(who, func(n naming) policy.Truth { return n.role }); role.speaks() {
		out = append(out, trustPart{policy: role, alone: true, capped: true})
	}
	if direct := p.spoken(who, func(n naming) policy.Truth { return n.direct }); direct.speaks() {
		out = append(out, trustPart{policy: direct, alone: true})
	}
	return out
}

// speaks reports whether a statement of the policy may allow something.
func (p *Policy) speaks() bool { return p.MayAllow(assumeRole) }

// MayAllow reports whether a statement of the policy may allow an action to
// a principal on something.
func (p *Policy) MayAllow(action string) bool {
	if p.hidden != nil {
		return true
	}
	lowered := strings.ToLower(action)
	return slices.ContainsFunc(p.statements, func(s *statement) bool { return s.allows && s.coversAction(lowered) != policy.False })
}

// MayBeAbout reports whether a statement of the policy may allow or deny an action.
func (p *Policy) MayBeAbout(action string) bool {
	if p.hidden != nil {
		return true
	}
	lowered := strings.ToLower(action)
	return slices.ContainsFunc(p.statements, func(s *statement) bool { return s.coversAction(lowered) != policy.False })
}

// spoken is the trust policy as far as it speaks of the principal: its allows
// by the naming that how picks, and its denies. Statements keep their places,
// so that a reference to one of them is one into the trust policy.
func (p *Policy) spoken(who *Principal, how func(naming) policy.Truth) *Policy {
	d := &policy.Document{Version: p.Document.Version, Invalid: p.Document.Invalid}
	for i, s := range p.statements {
		n := s.names(who)
		// A statement about no action takes the place of one about others.
		out := policy.Statement{Effect: policy.Deny, Action: []policy.Element{}, Resource: elements(policy.Literal(wholeResource))}
		var named policy.Truth
		switch {
		case s.allows && s.denies:
			named = how(n).Or(n.denied).And(policy.Maybe)
		case s.allows:
			named = how(n)
		default:
			named = n.denied
		}
		if named != policy.False {
			out = *s.source
			out.Principal, out.NotPrincipal, out.Resource, out.NotResource = nil, nil, elements(policy.Literal(wholeResource)), nil
		}
		if named == policy.Maybe && out.Maybe == nil {
			out.Maybe = uncertainName
		}
		out.Index = i
		d.Statements = append(d.Statements, &out)
	}
	q := Compile(d)
	q.origin = p.root()
	return q
}

// caller is the holder with the trust policy in the place that it has in the
// evaluation: one more level that must allow, or a grant that stands in for
// the holder's own, whose denies then count all the same.
func (t trustPart) caller(holder *Principal) *Principal {
	out := *holder
	level := []*Policy{t.policy}
	if t.alone {
		out.Identity = level
		level = append([]*Policy{AllowAll()}, holder.Identity...)
		if !t.capped {
			out.Boundary, out.SessionPolicies = nil, nil
			if holder.Boundary != nil {
				level = append(level, holder.Boundary)
			}
			level = append(level, holder.SessionPolicies...)
		}
	}
	out.SCPs = append(append([][]*Policy{}, holder.SCPs...), level)
	return &out
}

// sessionsNamed are names of the holder's session to try: no certain one, and
// those that the trust policy names.
func sessionsNamed(trust *Policy, who *Principal) []string {
	out := []string{who.Session}
	if who.Kind != KindRole || who.Session != "" || trust.hidden != nil {
		return out
	}
	for _, s := range trust.statements {
		if s.principal == nil || !s.allows {
			continue
		}
		for i := range s.principal.Entries {
			a, ok := policy.ParseARN(s.principal.Entries[i].Text)
			if !ok {
				continue
			}
			kind, name, _ := strings.Cut(a.Resource.Prefix(), "/")
			if kind != "assumed-role" || !a.Resource.IsKnown() {
				continue
			}
			if _, session, found := strings.Cut(name, "/"); found {
				out = append(out, session)
			}
		}
	}
	return out
}

// Makes lists the boundaries under which the holder can itself create a role
// and give it a policy; see [Grow], which goes on from there.
func Makes(holder *Principal, u *Universe) []Grown {
	var out []Grown
	for _, boundary := range boundariesFor(holder, u) {
		create, equip := equips(holder, u, boundary)
		if create == nil {
			continue
		}
		g := Grown{Boundary: boundary, Create: create, Equip: equip}
		if u.Document != nil {
			g.Document = u.Document(boundary)
		}
		out = append(out, g)
	}
	return out
}
