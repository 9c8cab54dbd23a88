package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// maxNodes bounds how many states of everybody are followed, as a multiple
// of the holders; spareNodes are for inputs of few.
const maxNodes, spareNodes = 8, 1000

// explore finds what a node can change about itself and whom it can make.
func (e *engine) explore(n *node) {
	if n.explored {
		return
	}
	n.explored = true
	if e.hasArrived(n) {
		return
	}
	if len(e.nodes) > maxNodes*len(e.declared)+spareNodes {
		e.cut = true
		return
	}
	var taking *Way // the last by which it takes something
	for _, w := range e.usable(n) {
		if n.holder != nil && takes(w) && actorMay(w, n) {
			taking = w
		}
	}
	for _, w := range e.usable(n) {
		if !actorMay(w, n) {
			continue
		}
		switch {
		case changesActor(w, n):
			e.editSelf(n, w)
		case w.Kind == BoundaryTamper && w.Gains.Has(Uncaps) && !n.opaque:
			e.uncapSelf(n, w)
		case w.Kind == Create && !n.opaque:
			e.create(n, w)
		}
		if w == taking {
			e.extend(n)
		}
	}
}

// hasArrived reports whether a principal that gets to the node needs to go no
// further.
func (e *engine) hasArrived(n *node) bool {
	if e.goal != nil {
		return e.isEnd(ofBounded, n) == authz.Allowed
	}
	return e.isAdministrator(n) == authz.Allowed
}

// changesActor reports whether a way changes the policies of a holder that goes it.
func changesActor(w *Way, n *node) bool {
	return n.holder != nil && w.Kind == SelfEdit && w.Target == TargetSelf ||
		n.holder != nil && isSet(n.holder) && w.Kind == EditTarget && w.Target == TargetPermissionSet
}

// isSet reports whether a holder is a permission set that Identity Center may change: of
// a role in an account whose organization does not tell the sets, no input says that.
func isSet(h *holders.Holder) bool {
	return h.Entity.Kind == iam.PermissionSet && (!h.Provisioned || h.Entity.SetARN.IsKnown())
}

func actorMay(w *Way, n *node) bool {
	switch w.Actor {
	case RoleActor:
		// IAM refuses changes to the role that a permission set makes.
		return n.principal.Kind == authz.KindRole && (n.holder == nil || n.holder.Entity.Kind != iam.PermissionSet)
	case UserActor:
		return n.principal.Kind == authz.KindUser
	case AnyActor:
	}
	return true
}

// reached makes an edge of an attempt by n.
func (e *engine) reached(n, to *node, attempts ...attempt) *edge {
	ed := &edge{to: to, verdict: authz.Allowed, way: attempts[len(attempts)-1].way}
	for i := range attempts {
		a := &attempts[i]
		step := Step{From: n.describe(), To: to.describe(), Way: a.way, Requests: a.requests, By: n.principal}
		ed.steps = append(ed.steps, step)
		if a.verdict != authz.Allowed {
			ed.verdict = authz.Undetermined
			ed.reasons = append(ed.reasons, a.reasons...)
		}
	}
	return ed
}

// editSelf is for the ways that change the node's own policies.
func (e *engine) editSelf(n *node, w *Way) {
	if w.Reach != ReachAll {
		return
	}
	if w.Gains.Has(Grows) {
		a := e.onItself(n, w)
		if a.verdict == authz.Denied {
			return
		}
		e.become(n, a, changeBy(w, n.base, a))
		return
	}
	// It is rid of one policy at a time.
	for i, g := range n.holder.Grants {
		if n.dropped != nil && n.dropped[i] || !hasDenies(g.Policy) {
			continue
		}
		if a := e.shed(n, w, g); a.verdict != authz.Denied {
			c := change{dropped: make([]bool, len(n.holder.Grants))}
			c.dropped[i] = true
			e.become(n, a, c)
		}
	}
}

// become adds the edge to the node after a change, if that is another one.
func (e *engine) become(n *node, a attempt, c change) {
	to := e.changed(n.base, n, c)
	if to != n {
		n.own = append(n.own, e.reached(n, to, a))
	}
}

// shed tries a way to be rid of one policy.
func (e *engine) shed(n *node, w *Way, g holders.Grant) attempt {
	s := situation{way: w, target: n.base.target()}
	match := false
	switch {
	case w.Gains.Has(ShedsInline):
		match = isOwnInline(g)
	case w.Gains.Has(ShedsAttached):
		match = isAttached(g)
	case w.Gains.Has(ShedsContent):
		match = !g.ARN.IsEmpty()
		s.policies = []policy.Text{g.ARN}
	case w.Gains.Has(ShedsGroup):
		if match = g.Group != nil; match {
			s.groups = []policy.Text{g.Group.ARN}
		}
	}
	if !match {
		return attempt{way: w, verdict: authz.Denied}
	}
	if w.Gains.Has(ShedsAttached) {
		s.detached = g.ARN
	}
	return e.try(n, &s)
}

// uncapSelf is for the ways that take the node's own boundary out of force.
func (e *engine) uncapSelf(n *node, w *Way) {
	if n.bound == holders.Unbounded {
		return
	}
	a := e.uncap(n, w, n.self())
	if a.verdict == authz.Denied {
		return
	}
	if n.holder != nil {
		e.become(n, a, change{uncapped: true})
		return
	}
	m := *n
	p := *n.principal
	p.Boundary = nil
	m.principal, m.bound, m.boundary, m.explored, m.own, m.asked = &p, holders.Unbounded, policy.Text{}, true, nil, false
	m.dist, m.next = [questions]int{}, [questions]*edge{}
	m.class = e.classOf(&p, m.universe)
	e.nodes = append(e.nodes, &m)
	n.own = append(n.own, e.reached(n, &m, a))
}

// lacksVersion reports whether a way needs a wider stored version of the
// target's boundary, and there certainly is none.
func (n *node) lacksVersion(w *Way, t *target) bool {
	needs := slices.ContainsFunc(w.Needs, func(need Need) bool { return need.Kind == compute.StoredVersion })
	return needs && n.universe.WiderVersion(t.boundary.Text) == authz.Denied
}

// uncap tries a way to take the boundary of a target out of force.
func (e *engine) uncap(n *node, w *Way, t *target) attempt {
	no := attempt{way: w, verdict: authz.Denied}
	if t.bound == holders.Unbounded || n.lacksVersion(w, t) {
		return no
	}
	s := situation{way: w, target: t}
	switch w.Target {
	case TargetPermissionSet:
		if t.kind != iam.PermissionSet || t.of == nil {
			return no
		}
		s.target = t.of.targetOf(w)
	case TargetRole, TargetUser:
		if w.Target == TargetRole && t.kind != iam.Role || w.Target == TargetUser && t.kind != iam.User {
			return no
		}
	case TargetPolicy:
		arn, ok := policy.ParseARN(t.boundary.Text)
		if account, known := arn.Account.Known(); ok && known && account == "aws" || t.boundary.Text.IsEmpty() {
			return no
		}
		s.target, s.arns = nil, []policy.Text{t.boundary.Text}
	case TargetSelf, TargetGroup, TargetNewRole, TargetNewUser, TargetRoot, TargetMember, TargetBound:
		return no
	}
	_, reasons, ok := e.needed(n, w, t.of)
	if !ok {
		return no
	}
	a := e.try(n, &s)
	if a.verdict == authz.Allowed && len(reasons) > 0 {
		a.verdict, a.reasons = authz.Undetermined, append(a.reasons, reasons...)
	}
	return a
}

// create is for making a principal new: without a boundary, or else under one
// that the actor is made to give.
func (e *engine) create(n *node, w *Way) {
	kind := iam.Role
	switch w.Target {
	case TargetNewRole:
	case TargetNewUser:
		kind = iam.User
	case TargetGroup:
		e.createMember(n, w)
		return
	case TargetPermissionSet:
		if _, _, ok := e.needed(n, w, nil); !ok {
			return
		}
		if a := e.try(n, &situation{way: w}); a.verdict != authz.Denied {
			to := e.createdPrincipal(n, createdPrincipal{kind: iam.PermissionSet})
			to.explored = true
			n.own = append(n.own, e.reached(n, to, a))
		}
		return
	case TargetMember:
		e.deployToMembers(n, w)
		return
	case TargetSelf, TargetRole, TargetUser, TargetPolicy, TargetRoot, TargetBound:
		return
	}
	if free := e.createFree(n, w, nil); free.verdict != authz.Denied {
		to := e.createdPrincipal(n, createdPrincipal{kind: kind, arn: making(free).Resource})
		to.explored = true
		n.own = append(n.own, e.reached(n, to, free))
		if free.verdict == authz.Allowed {
			return
		}
	}
	for _, boundary := range e.boundariesFor(n) {
		under := authz.KeyConstraint{Key: policy.BoundaryKey, In: []policy.Text{boundary}}
		a := e.try(n, &situation{way: w, boundary: []authz.KeyConstraint{under}})
		if a.verdict == authz.Denied {
			continue
		}
		e.madeUnder(n, a, kind, boundary)
	}
}

// madeUnder adds a principal new under a boundary. One of each kind under each
// boundary is enough, whichever principal made it.
func (e *engine) madeUnder(n *node, a attempt, kind iam.EntityKind, boundary policy.Text) {
	var document *authz.Policy
	if n.universe.Document != nil {
		document = n.universe.Document(boundary)
	}
	key := string(kind) + boundary.Key()
	to := e.capped[key]
	if to == nil {
		to = e.createdPrincipal(n, createdPrincipal{kind: kind, arn: making(a).Resource, boundary: boundary, document: document, capped: true})
		e.capped[key] = to
	}
	if to != n {
		n.own = append(n.own, e.reached(n, to, a))
	}
}

// ownLast is the place of a boundary of the actor's own making among those
// that createFree tries.
const ownLast = 2

// createFree tries to make a principal that nothing caps: without a boundary,
// under AdministratorAccess, or under a policy of the actor's own making. arns
// are the resources of OnTarget where that is a group.
func (e *engine) createFree(n *node, w *Way, arns []policy.Text) attempt {
	best := attempt{way: w, verdict: authz.Denied}
	free := [][]authz.KeyConstraint{
		{{Key: policy.BoundaryKey, Absent: true}},
		{{Key: policy.BoundaryKey, In: []policy.Text{policy.Literal(administrator)}}},
	}
	own, written := e.ownBoundary(n, w)
	if written != nil {
		free = append(free, []authz.KeyConstraint{{Key: policy.BoundaryKey, In: []policy.Text{own}}})
	}
	for i, keys := range free {
		a := e.try(n, &situation{way: w, boundary: keys, arns: arns})
		if i == ownLast && a.verdict == authz.Allowed {
			return underOwnBoundary(a, written)
		}
		if a.verdict == authz.Allowed {
			return a
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

// ownBoundary is a policy that the actor can write and then give to whom it
// makes as a boundary, with the request that writes it; nil if there is none.
func (e *engine) ownBoundary(n *node, w *Way) (policy.Text, *authz.Witness) {
	if _, ok := e.allowedOn(n, "iam:CreatePolicy"); !ok || e.isUnsure(n) {
		return policy.Text{}, nil
	}
	key := authz.KeyConstraint{Key: policy.BoundaryKey, Created: true}
	answer := e.on(n, w.Steps[0].Action, policy.Text{}, context{keys: []authz.KeyConstraint{key}, policies: true})
	if answer.Verdict != authz.Allowed {
		return policy.Text{}, nil
	}
	x, _ := answer.Witness.Value(policy.BoundaryKey)
	for _, f := range answer.Witness.First {
		if f.Action == "iam:CreatePolicy" {
			return x, f
		}
	}
	return x, nil
}

// underOwnBoundary names the way by which a principal is made under a boundary of the
// actor's own making, and has the proof begin with writing that.
func underOwnBoundary(a attempt, written *authz.Witness) attempt {
	for _, w := range Ways() {
		if w.OwnBoundary && w.Target == a.way.Target {
			a.way = w
		}
	}
	a.requests = append([]authz.Answer{{Verdict: authz.Allowed, Witness: written}}, a.requests...)
	return a
}

// making is the request of an attempt that makes a principal.
func making(a attempt) *authz.Witness {
	for _, r := range a.requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		if w != nil && (w.Action == "iam:CreateRole" || w.Action == "iam:CreateUser") {
			return w
		}
	}
	return &authz.Witness{}
}

// createMember is for making a user in a group of the input.
func (e *engine) createMember(n *node, w *Way) {
	for _, g := range e.account.Model.AllGroups() {
		if len(e.groups[g]) == 0 {
			continue
		}
		free := e.createFree(n, w, []policy.Text{g.ARN})
		if free.verdict == authz.Denied {
			continue
		}
		to := e.createdPrincipal(n, createdPrincipal{kind: iam.User, arn: making(free).Resource, joined: g})
		if to != n {
			n.own = append(n.own, e.reached(n, to, free))
		}
	}
}

// boundariesFor are the boundaries under which a node may be made to create.
func (e *engine) boundariesFor(n *node) []policy.Text {
	if known, ok := e.boundaries[n.class]; ok {
		return known
	}
	var out []policy.Text
	for _, g := range authz.Makes(n.principal, n.universe) {
		out = append(out, g.Boundary)
	}
	e.boundaries[n.class] = out
	return out
}
