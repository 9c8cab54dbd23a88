package escalation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// node is a holder in one state: as the input has it, or after what was
// changed about it on the way.
type node struct {
	// holder is nil for a principal that is made on the way.
	holder *holders.Holder
	// elsewhere is how messages call the account in which one is made that is not
	// the one that is judged.
	elsewhere string
	// base is the holder as the input has it: the node itself, before a change.
	base      *node
	principal *authz.Principal
	universe  *authz.Universe
	// slim is the universe without the list of policies, which only some
	// questions need.
	slim     *authz.Universe
	bound    holders.BoundaryKnowledge // see [holders.Holder.Limit]
	boundary policy.Text
	// opaque tells that everything is allowed within a boundary whose document
	// no principal gives: only what leads to a principal of the input is followed.
	opaque  bool
	grown   bool
	dropped []bool
	// released tells that other service control policies bind it than the input has.
	released bool
	// taken is what a holder has taken on the way, by number; joined is the group
	// in which a principal is made.
	taken  []*taking
	joined *iam.Group
	made   string
	name   policy.Text

	// class is equal for nodes that are allowed the same, who for those who
	// are the same: the number of the holder, and a number beyond them for one
	// that the input does not declare.
	class, who int
	admin      authz.Verdict
	asked      bool // admin is known
	// own are the steps that change the node itself, or make a principal new.
	own      []*edge
	explored bool
	onward   *onward // nil until it is asked for
	// extended counts the states of a base that have taken what may deny something.
	extended int

	// dist and next are, for each question, the steps to the end and the
	// first of them; 0 is no way.
	dist [questions]int
	next [questions]*edge
}

// edge is one step between nodes, or several that go together.
type edge struct {
	to      *node
	steps   []Step
	way     *Way // that of the last step
	verdict authz.Verdict
	reasons []authz.Reason
	// control tells that the actor decides what the target may do and does
	// not act as it.
	control bool
}

// target is a principal on whom a way is gone.
type target struct {
	of       *node // as the input has it; nil for who is made on the way
	kind     iam.EntityKind
	arn      policy.Text
	bound    holders.BoundaryKnowledge
	boundary iam.Value
	tags     iam.Tags
	// others are ARNs that it may be spelled as besides.
	others []policy.Text
}

// target is a holder of the input.
func (n *node) target() *target {
	e := n.holder.Entity
	return &target{of: n, kind: e.Kind, arn: e.ARN, bound: n.bound, boundary: e.Boundary, tags: e.Tags}
}

// targetOf is the target of a way: a way through Identity Center is gone on
// the permission set, not on the role that comes of it.
func (n *node) targetOf(w *Way) *target {
	t := n.target()
	if w.Target != TargetPermissionSet {
		return t
	}
	if t.arn = n.holder.Entity.SetARN; t.arn.Symbol() != nil {
		t.others = []policy.Text{policy.Concat(policy.Literal("arn:aws:sso:::permissionSet/"), t.arn)}
	}
	return t
}

// self is the node as a target of its own.
func (n *node) self() *target {
	if n.base != nil {
		return n.base.target()
	}
	kind := iam.Role
	if n.principal.Kind == authz.KindUser {
		kind = iam.User
	}
	return &target{kind: kind, arn: n.principal.ARN, bound: n.bound, boundary: iam.Value{Text: n.boundary, Set: !n.boundary.IsEmpty()}}
}

// describe is the node for a path.
func (n *node) describe() Node {
	d := Node{
		Made: n.made, Name: n.name, Boundary: n.boundary, Grown: n.grown, Extended: len(n.taken) > 0 || n.joined != nil, Elsewhere: n.elsewhere,
	}
	if n.holder != nil {
		d.Entity, d.Elsewhere = n.holder.Entity, n.holder.Elsewhere
		d.Name = n.holder.Entity.NameText()
		d.Uncapped = n.base.bound != holders.Unbounded && n.bound == holders.Unbounded
	}
	return d
}

// change says what a step does to a principal's permissions.
type change struct {
	grown, uncapped bool
	// left are the service control policies that bind it from then on, where it is
	// released.
	released bool
	left     [][]*authz.Policy
	// dropped are the grants, by index, whose denies it is rid of.
	dropped []bool
	taken   []*taking
}

// declare makes the node of a holder as the input has it, with what limits it.
func (e *engine) declare(h *holders.Holder, bound holders.BoundaryKnowledge) {
	u := e.account.Universe(h.Deployment)
	n := &node{
		holder: h, principal: e.principal(h), universe: u, slim: e.slim(u), bound: bound,
		boundary: h.Entity.Boundary.Text, who: len(e.declared),
	}
	n.base = n
	n.class = e.classOf(n.principal, n.universe)
	e.declared = append(e.declared, n)
	e.index[h.Entity] = n.who
}

// principal is a holder under its boundary, or under a hidden one where no principal
// gives the document: one policy for each boundary.
func (e *engine) principal(h *holders.Holder) *authz.Principal {
	strict := h.Strict()
	if strict == h.Principal {
		return strict
	}
	name := h.UnseenBoundary()
	if e.hidden[name] == nil {
		e.hidden[name] = strict.Boundary
	}
	strict.Boundary = e.hidden[name]
	return strict
}

// slim is a universe without the policies of the input: questions about other
// things than which managed policy do not need them, and they are many.
func (e *engine) slim(u *authz.Universe) *authz.Universe {
	if known, ok := e.slims[u]; ok {
		return known
	}
	s := *u
	s.Policies = nil
	e.slims[u] = &s
	return &s
}

// after is a change on top of what was changed before.
func (c change) after(before *node) change {
	c.grown = c.grown || before.grown
	c.uncapped = c.uncapped || before.bound == holders.Unbounded
	c.taken = union(before.taken, c.taken)
	if before.released && !c.released {
		c.released, c.left = true, before.principal.SCPs
	}
	if before.dropped != nil {
		c.dropped = slices.Clone(c.dropped)
		if c.dropped == nil {
			c.dropped = make([]bool, len(before.dropped))
		}
		for i, d := range before.dropped {
			c.dropped[i] = c.dropped[i] || d
		}
	}
	return c
}

// key is equal for changes that make the same of a principal.
func (c change) key(base *node) string {
	var key strings.Builder
	fmt.Fprintf(&key, "%d %v %v", base.who, c.grown, c.uncapped || base.bound == holders.Unbounded)
	for _, t := range c.taken {
		fmt.Fprintf(&key, " t%d", t.number)
	}
	for _, level := range c.left {
		key.WriteString(" |")
		for _, p := range level {
			fmt.Fprintf(&key, " %p", p)
		}
	}
	for i, g := range base.holder.Grants {
		if c.dropped != nil && c.dropped[i] && hasDenies(g.Policy) {
			fmt.Fprintf(&key, " %d", i)
		}
	}
	return key.String()
}

// changed is a principal of the input after a change, on top of what was changed
// before.
func (e *engine) changed(base, before *node, c change) *node {
	if before != nil {
		c = c.after(before)
	}
	if !c.grown && !slices.Contains(c.dropped, true) {
		c.dropped = nil
	}
	if c.grown {
		// What allows something adds nothing to everything.
		c.taken = slices.DeleteFunc(slices.Clone(c.taken), func(t *taking) bool { return !t.limits })
	}
	key := c.key(base)
	if known, ok := e.states[key]; ok {
		return known
	}
	n := &node{
		holder: base.holder, base: base, universe: base.universe, slim: base.slim, bound: base.bound, boundary: base.boundary,
		grown: c.grown, dropped: c.dropped, taken: c.taken, who: base.who, released: c.released,
	}
	p := *base.principal
	if c.released {
		p.SCPs = c.left
	}
	p.Identity = e.identity(base.holder, c)
	if c.uncapped {
		p.Boundary, n.bound, n.boundary = nil, holders.Unbounded, policy.Text{}
	}
	n.principal = &p
	n.opaque = c.grown && n.bound == holders.BoundedUnseen
	n.class = e.classOf(n.principal, n.universe)
	e.states[key] = n
	e.nodes = append(e.nodes, n)
	return n
}

// identity are the identity-based policies after a change.
func (e *engine) identity(h *holders.Holder, c change) []*authz.Policy {
	var out []*authz.Policy
	if c.grown {
		out = append(out, e.everything)
	}
	for i, g := range h.Grants {
		dropped := c.dropped != nil && c.dropped[i]
		if dropped || c.grown && !hasDenies(g.Policy) {
			continue
		}
		out = append(out, g.Policy)
	}
	if len(c.taken) == 0 {
		return out
	}
	has := map[*authz.Policy]bool{}
	for _, p := range out {
		has[p] = true
	}
	for _, t := range c.taken {
		for _, p := range t.policies {
			if !has[p] {
				has[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// hasDenies reports whether a policy may deny something.
func hasDenies(p *authz.Policy) bool {
	if p.Document == nil || p.Document.Unknown != nil {
		return true
	}
	return slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool { return s.Effect != policy.Allow })
}

// createdPrincipal is a role or user that n can make: freed of any boundary, or capped
// by one; joined is the group in which it is made, and whose policies are then
// all that it has.
type createdPrincipal struct {
	kind     iam.EntityKind
	arn      policy.Text
	boundary policy.Text
	document *authz.Policy
	capped   bool
	joined   *iam.Group
}

// createdPrincipal is the node of a principal new. A principal that is made alike, under the same
// name, is one node, be there ever so many who can make it: who is made in a
// group that may make users could else go on making others like itself for
// ever.
func (e *engine) createdPrincipal(n *node, c createdPrincipal) *node {
	m := &node{universe: n.universe, slim: n.slim, bound: holders.Unbounded, grown: c.joined == nil, joined: c.joined, boundary: c.boundary}
	if m.elsewhere = n.elsewhere; n.holder != nil {
		m.elsewhere = n.holder.Elsewhere
	}
	m.made = "a new " + strings.ReplaceAll(string(c.kind), "-", " ")
	if arn, ok := policy.ParseARN(c.arn); ok {
		m.name = arn.Resource
	}
	p := authz.Bearer(c.arn, authz.KindRole, nil)
	p.Identity = []*authz.Policy{e.everything}
	if c.joined != nil {
		p.Identity = e.groups[c.joined]
	}
	if c.kind == iam.User {
		p.Kind = authz.KindUser
	}
	p.Account, p.SCPs, p.RCPs, p.Organization = n.principal.Account, n.principal.SCPs, n.principal.RCPs, n.principal.Organization
	if c.capped {
		m.bound = holders.BoundedKnown
		if p.Boundary = c.document; c.document == nil {
			m.bound, m.opaque = holders.BoundedUnseen, true
			p.Boundary = authz.Hidden(firstSymbol(c.boundary, "the document of "+c.boundary.String()))
		}
	}
	m.principal = p
	m.class = e.classOf(p, m.universe)
	key := createdKey{m.class, c.arn.Key(), c.joined}
	if known, ok := e.createdPrincipals[key]; ok {
		return known
	}
	m.who = e.stranger()
	e.createdPrincipals[key] = m
	e.nodes = append(e.nodes, m)
	return m
}

// stranger numbers a principal that the input does not declare.
func (e *engine) stranger() int {
	e.strangers++
	return len(e.declared) + e.strangers
}

// createdKey is equal for those who are made alike.
type createdKey struct {
	class  int
	arn    string
	joined *iam.Group
}

func firstSymbol(x policy.Text, name string) *policy.Symbol {
	if s := x.Symbols(); len(s) > 0 {
		return s[0]
	}
	return &policy.Symbol{Name: name}
}

// classOf numbers principals so that those with the same number are allowed
// the same, whichever they are.
func (e *engine) classOf(p *authz.Principal, u *authz.Universe) int {
	b := e.key[:0]
	number := func(n int) { b = append(strconv.AppendInt(b, int64(n), 10), ' ') }
	number(int(p.Kind))
	number(int(p.Origins))
	number(numberOf(e.universes, u))
	b = append(strconv.AppendQuote(b, p.Account.String()), ' ')
	number(numberOf(e.policies, p.Boundary))
	personal := p.Boundary != nil && e.account.IsPersonal(p.Boundary)
	for _, q := range p.Identity {
		number(numberOf(e.policies, q.Like()))
		personal = personal || e.account.IsPersonal(q)
	}
	for _, level := range p.SCPs {
		b = append(b, '|')
		for _, q := range level {
			number(numberOf(e.policies, q))
			personal = personal || e.account.IsPersonal(q)
		}
	}
	if personal {
		b = fmt.Appendf(b, "%s %v", p.ARN.String(), p.Tags)
	}
	e.key = b
	known, ok := e.classes[string(b)] // which makes no string of it
	if !ok {
		known = len(e.classes)
		e.classes[string(b)] = known
	}
	return known
}

// numberOf numbers what is told apart.
func numberOf[K comparable](numbers map[K]int, key K) int {
	known, ok := numbers[key]
	if !ok {
		known = len(numbers)
		numbers[key] = known
	}
	return known
}

// isAdministrator asks once for each node.
func (e *engine) isAdministrator(n *node) authz.Verdict {
	if n.asked {
		return n.admin
	}
	n.asked = true
	switch {
	case n.bound == holders.Unbounded && len(n.principal.Identity) == 1 && n.principal.Identity[0] == e.everything &&
		len(n.principal.SCPs) == 0:
		n.admin = authz.Allowed
	case n.opaque:
		n.admin = authz.Denied
	default:
		n.admin = e.account.IsAdministrator(e.asHolder(n))
	}
	return n.admin
}

// asHolder is a node as a holder of what it then has.
func (e *engine) asHolder(n *node) *holders.Holder {
	h := holders.Holder{Deployment: e.account.Model.Deployment}
	if n.holder != nil {
		h = *n.holder
	}
	switch h.Principal = n.principal; {
	case n.principal.Boundary == nil:
		h.Boundary = holders.Unbounded
	case h.Boundary == holders.Unbounded:
		h.Boundary = holders.BoundedKnown
	}
	return &h
}

// eachPolicy visits what limits the requests of a node: its policies, its
// boundary, nil for none, and those of the organization.
func (n *node) eachPolicy(visit func(*authz.Policy)) {
	for _, p := range n.principal.Identity {
		visit(p)
	}
	visit(n.principal.Boundary)
	for _, level := range n.principal.SCPs {
		for _, p := range level {
			visit(p)
		}
	}
}
