package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// attempt is a way that a principal goes on a principal, with its proof.
type attempt struct {
	way      *Way
	verdict  authz.Verdict
	requests []authz.Answer
	reasons  []authz.Reason
	// left is what still binds whom the way releases.
	left [][]*authz.Policy
}

// try asks for all requests of a way in one situation.
func (e *engine) try(n *node, s *situation) attempt {
	out := attempt{way: s.way, verdict: authz.Allowed}
	made, ok := e.sameMade(n, s)
	if !ok {
		out.verdict = authz.Denied
		return out
	}
	for i := range s.way.Steps {
		r := &s.way.Steps[i]
		if r.Optional {
			continue
		}
		with := *s
		if r.On == OnMade || r.On == OnTarget && s.target == nil && s.arns == nil {
			with.made = made[r]
		}
		out.take(e.request(n, r, &with))
		if out.verdict == authz.Denied {
			return out
		}
	}
	return out
}

// take adds the answer to one more request.
func (a *attempt) take(answer authz.Answer) {
	a.requests = append(a.requests, answer)
	switch answer.Verdict {
	case authz.Denied:
		a.verdict = authz.Denied
	case authz.Undetermined:
		if a.verdict == authz.Allowed {
			a.verdict = authz.Undetermined
		}
		a.reasons = append(a.reasons, answer.Reasons...)
	case authz.Allowed:
	}
}

// sameMade finds names for what a way makes: the same for all steps that act
// on things of one type. ok is false where there is none.
func (e *engine) sameMade(n *node, s *situation) (map[*Requirement][]policy.Text, bool) {
	groups := madeGroups(s)
	if len(groups) == 0 {
		return nil, true
	}
	out := map[*Requirement][]policy.Text{}
	for _, group := range groups {
		if len(group) == 1 {
			continue
		}
		name, ok := e.commonName(n, group, s)
		if !ok {
			return nil, false
		}
		for _, r := range group {
			out[r] = []policy.Text{name}
		}
	}
	return out, true
}

// madeGroups are the steps on what a way makes, by the type of thing.
func madeGroups(s *situation) [][]*Requirement {
	var groups [][]*Requirement
	for i := range s.way.Steps {
		r := &s.way.Steps[i]
		if r.Optional || r.On != OnMade && (r.On != OnTarget || s.target != nil || s.arns != nil) {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*Requirement) bool { return sameType(g[0], r) })
		if i < 0 {
			groups = append(groups, []*Requirement{r})
			continue
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// sameType reports whether two requirements act on a common type of thing.
func sameType(r, o *Requirement) bool {
	a, ok := catalog.LookupAction(r.Action)
	b, found := catalog.LookupAction(o.Action)
	if !ok || !found {
		return r.Action == o.Action
	}
	for _, x := range a.ResourceTypes {
		for _, y := range b.ResourceTypes {
			if x.Type.Service == y.Type.Service && x.Type.Name == y.Type.Name {
				return true
			}
		}
	}
	return false
}

// commonName looks for a resource on which all requirements are allowed: one
// that a step alone would choose, or one that some statement about a step
// names. Without any it is the first of those that are not certainly refused.
func (e *engine) commonName(n *node, group []*Requirement, s *situation) (policy.Text, bool) {
	var perhaps policy.Text
	possible := false
	for _, x := range e.namesToTry(n, group, s) {
		with := *s
		with.made = []policy.Text{x}
		verdict := authz.Allowed
		for _, r := range group {
			switch e.request(n, r, &with).Verdict {
			case authz.Denied:
				verdict = authz.Denied
			case authz.Undetermined:
				verdict = min(verdict, authz.Undetermined)
			case authz.Allowed:
			}
			if verdict == authz.Denied {
				break
			}
		}
		if verdict == authz.Allowed {
			return x, true
		}
		if verdict == authz.Undetermined && !possible {
			perhaps, possible = x, true
			if e.settles(n, verdict) {
				break
			}
		}
	}
	return perhaps, possible
}

// namesToTry are resources for a group of requirements.
func (e *engine) namesToTry(n *node, group []*Requirement, s *situation) []policy.Text {
	var out []policy.Text
	take := func(a authz.Answer) {
		for _, w := range []*authz.Witness{a.Witness, a.Perhaps} {
			if w != nil && !slices.ContainsFunc(out, w.Resource.Equal) {
				out = append(out, w.Resource)
			}
		}
	}
	for _, r := range group {
		answer := e.request(n, r, s)
		if answer.Verdict == authz.Denied {
			return nil
		}
		take(answer)
	}
	if e.isUnsure(n) {
		return out
	}
	// The steps may be allowed on different names: look inside of what the
	// statements about one of them cover.
	for _, r := range group[1:] {
		for _, p := range e.cover.patternsAbout(n.principal, r.Action) {
			with := *s
			with.made = []policy.Text{p}
			// What only one reading of a pattern takes is not a name to try.
			if answer := e.request(n, group[0], &with); answer.Verdict == authz.Allowed {
				take(answer)
			}
		}
	}
	return out
}

// patternsAbout are the entries of Resource in statements that allow an
// action.
func (c *coverage) patternsAbout(p *authz.Principal, action string) []policy.Text {
	var out []policy.Text
	lowered := strings.ToLower(action)
	list := p.Identity
	if p.Boundary != nil {
		list = append(slices.Clone(list), p.Boundary)
	}
	for _, q := range list {
		if q.Document == nil || !c.of(q, lowered).about {
			continue
		}
		for _, st := range q.Document.Statements {
			if _, possible := c.matcher(st).match(lowered); !possible || st.Effect == policy.Deny {
				continue
			}
			for _, x := range st.Resource {
				if _, ok := policy.ParseARN(x.Text); ok {
					out = append(out, x.Text)
				}
			}
		}
	}
	return out
}

// onHolder tries a way on a holder of the input.
func (e *engine) onHolder(n *node, w *Way, t *node) attempt {
	if w.Kind == Release {
		return e.remembered(n, w, t, e.release)
	}
	return e.remembered(n, w, t, e.tryOnHolder)
}

// uncapHolder tries a way to take the boundary of a holder out of force.
func (e *engine) uncapHolder(n *node, w *Way, t *node) attempt {
	return e.remembered(n, w, t, func(n *node, w *Way, t *node) attempt { return e.uncap(n, w, t.target()) })
}

// attemptKey is equal for attempts with the same outcome: who is -1 where that
// depends on nothing but the permissions of who tries.
type attemptKey struct {
	class, who int
	way        *Way
	target     int
}

// remembered tries a way on a holder once, whatever the question.
func (e *engine) remembered(n *node, w *Way, t *node, try func(*node, *Way, *node) attempt) attempt {
	key := attemptKey{class: n.class, who: -1, way: w, target: t.who}
	if searched().personal[w] || mayCross(n, w, t) {
		key.who = n.who
	}
	known, ok := e.attempts[key]
	if !ok {
		a := try(n, w, t)
		if a.verdict != authz.Denied {
			known = &a
		}
		if len(e.attempts) < maxRemembered {
			e.attempts[key] = known
		}
	}
	if known == nil {
		return attempt{way: w, verdict: authz.Denied}
	}
	return *known
}

// isPersonalWay reports whether it matters to a way who goes it, and not only
// with which permissions.
func isPersonalWay(w *Way) bool {
	return slices.ContainsFunc(w.Needs, func(n Need) bool { return n.OfActor }) || slices.ContainsFunc(w.Steps, func(r Requirement) bool {
		return slices.Contains(actionsOf(&r), assumeRole)
	})
}

// onItself tries a way that changes the actor. What it has taken is then its own,
// and the policies of its groups apply to it like those attached to it.
func (e *engine) onItself(n *node, w *Way) attempt {
	if len(n.taken) == 0 {
		return e.onHolder(n, w, n.base)
	}
	return e.tryOnHolder(n, w, n.base)
}

// onSelf is the situation of a way that changes the actor.
func (e *engine) onSelf(n *node, w *Way) (situation, attachedPolicies) {
	s := situation{way: w, target: n.base.targetOf(w), groups: groupsOf(n.holder.Entity)}
	var attached attachedPolicies
	if !w.editsGroup() {
		attached = policiesOf(n.holder.Entity)
	}
	ofGroups := groupPoliciesOf(n.holder.Entity)
	attached.certain, attached.perhaps = append(attached.certain, ofGroups.certain...), append(attached.perhaps, ofGroups.perhaps...)
	if attached.by == nil {
		attached.by = ofGroups.by
	}
	for _, t := range n.taken {
		if t.group != nil {
			s.groups = append(s.groups, t.arn)
		}
		attached.certain = append(attached.certain, t.editable...)
	}
	s.policies = attached.certain
	return s, attached
}

// onOther is the situation of a way that is gone on another holder.
func (e *engine) onOther(w *Way, t *node) (situation, attachedPolicies) {
	s := situation{way: w, target: t.targetOf(w), groups: groupsOf(t.holder.Entity)}
	attached := policiesOf(t.holder.Entity)
	if w.editsGroup() {
		attached = groupPoliciesOf(t.holder.Entity)
	}
	s.policies = attached.certain
	return s, attached
}

func (e *engine) tryOnHolder(n *node, w *Way, t *node) attempt {
	s, attached := e.onOther(w, t)
	if w.Kind == SelfEdit {
		s, attached = e.onSelf(n, w)
	}
	best := attempt{way: w, verdict: authz.Denied}
	things, reasons, ok := e.needed(n, w, t)
	if !ok {
		return best
	}
	for _, thing := range things {
		with := s
		with.thing, with.tags = thing.arn, thing.tags
		a := e.try(n, &with)
		if a.verdict != authz.Allowed && len(attached.perhaps) > 0 {
			with.policies = slices.Concat(attached.certain, attached.perhaps)
			if b := e.try(n, &with); b.verdict == authz.Allowed {
				b.verdict, b.reasons = authz.Undetermined,
					append(b.reasons, authz.Reason{Text: "it is not known whether the policy is attached", Symbol: attached.by})
				a = b
			}
		}
		if doubts := append(slices.Clip(reasons), thing.doubts...); a.verdict == authz.Allowed && len(doubts) > 0 {
			a.verdict, a.reasons = authz.Undetermined, append(a.reasons, doubts...)
		}
		if a.verdict == authz.Allowed {
			return e.letIn(a, w, t)
		}
		if a.verdict == authz.Undetermined && best.verdict == authz.Denied {
			best = a
		}
		if e.settles(n, a.verdict) {
			break
		}
	}
	return best
}

// letIn makes an attempt undetermined where it is not certain that a service
// can assume the role.
func (e *engine) letIn(a attempt, w *Way, t *node) attempt {
	if len(w.Services) == 0 {
		return a
	}
	if certain, _ := e.trusts.lettingIn(w.Services); !certain.has(t.who) {
		a.verdict = authz.Undetermined
		a.reasons = append(a.reasons, authz.Reason{
			Text:   "it is not known whether the trust policy of " + t.holder.Entity.Address + " lets " + w.Services[0] + " in",
			Symbol: trustSymbol(t),
		})
	}
	return a
}

func trustSymbol(t *node) *policy.Symbol {
	if t.holder.Trust == nil || t.holder.Trust.Document == nil {
		return nil
	}
	if t.holder.Trust.Document.Unknown != nil {
		return t.holder.Trust.Document.Unknown
	}
	for _, s := range t.holder.Trust.Document.Statements {
		if s.Principal == nil {
			continue
		}
		for _, p := range s.Principal.Entries {
			if symbols := p.Text.Symbols(); len(symbols) > 0 {
				return symbols[0]
			}
		}
	}
	return nil
}

// changeBy is what a way does to the permissions of its target.
func changeBy(w *Way, t *node, a attempt) change {
	c := change{grown: w.Gains.Has(Grows), uncapped: w.Gains.Has(Uncaps), dropped: make([]bool, len(t.holder.Grants))}
	if w.Gains.Has(Releases) {
		c.released, c.left = true, a.left
	}
	for i, g := range t.holder.Grants {
		switch {
		case w.Gains.Has(ShedsInline) && isOwnInline(g),
			w.Gains.Has(ShedsContent) && !g.ARN.IsEmpty() && a.isOn(g.ARN),
			w.Gains.Has(ShedsAttached) && isAttached(g) && a.names(g.ARN),
			w.Gains.Has(ShedsGroup) && g.Group != nil && a.isOn(g.Group.ARN):
			c.dropped[i] = true
		}
	}
	return c
}

// isOwnInline reports whether a holder has a policy inline.
func isOwnInline(g holders.Grant) bool { return g.Group == nil && g.Inline }

// isAttached reports whether a policy is attached to the holder itself.
func isAttached(g holders.Grant) bool { return g.Group == nil && !g.Inline }

// isOn reports whether some request of the attempt is made on the resource.
func (a *attempt) isOn(arn policy.Text) bool {
	return slices.ContainsFunc(a.requests, func(r authz.Answer) bool {
		for _, w := range []*authz.Witness{r.Witness, r.Perhaps} {
			if w != nil && sameTail(w.Resource, arn) {
				return true
			}
		}
		return false
	})
}

// sameTail compares ARNs of one account, which a proof may have put into the
// place of the symbol for it.
func sameTail(x, y policy.Text) bool {
	a, ok := policy.ParseARN(x)
	b, found := policy.ParseARN(y)
	if !ok || !found {
		return x.Equal(y)
	}
	return a.Resource.Equal(b.Resource)
}

// names reports whether some request of the attempt names the policy.
func (a *attempt) names(arn policy.Text) bool {
	return slices.ContainsFunc(a.requests, func(r authz.Answer) bool {
		for _, w := range []*authz.Witness{r.Witness, r.Perhaps} {
			if w == nil {
				continue
			}
			if x, ok := w.Value(policy.PolicyARNKey); ok && sameTail(x, arn) {
				return true
			}
		}
		return false
	})
}
