package escalation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// node is somebody in one state: as the input has it, or after what was
// changed about it on the way.
type node struct {
	// subject is nil for somebody who is made on the way.
	subject   *Subject
	principal *authz.Principal
	universe  *authz.Universe
	// slim is the universe without the list of policies, which only some
	// questions need.
	slim     *authz.Universe
	bound    Bound
	boundary policy.Text
	// opaque tells that everything is allowed within a boundary whose document
	// nobody gives: only what leads to somebody of the input is followed.
	opaque  bool
	grown   bool
	dropped []bool
	joined  *iam.Group
	made    string
	name    policy.Text

	// class is equal for nodes that are allowed the same, who for those who
	// are the same.
	class, who int
	admin      authz.Verdict
	asked      bool // admin is known
	// own are the steps that change the node itself, or make somebody new.
	own      []*edge
	explored bool

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

// target is somebody on whom a way is gone.
type target struct {
	subject  *Subject // nil for who is made on the way
	kind     iam.EntityKind
	arn      policy.Text
	bound    Bound
	boundary iam.Value
	tags     iam.Tags
	// others are ARNs that it may be spelled as besides.
	others []policy.Text
}

func (s *Subject) target() *target {
	return &target{
		subject: s, kind: s.Entity.Kind, arn: s.Entity.ARN, bound: s.Bound, boundary: s.Entity.Boundary, tags: s.Entity.Tags,
	}
}

// targetOf is the target of a way: a way through Identity Center is gone on
// the permission set, not on the role that comes of it.
func (s *Subject) targetOf(w *Way) *target {
	t := s.target()
	if w.Target != TargetPermissionSet {
		return t
	}
	if t.arn = s.Entity.SetARN; t.arn.Symbol() != nil {
		t.others = []policy.Text{policy.Concat(policy.Literal("arn:aws:sso:::permissionSet/"), t.arn)}
	}
	return t
}

// self is the node as a target of its own.
func (n *node) self() *target {
	if n.subject != nil {
		return n.subject.target()
	}
	kind := iam.Role
	if n.principal.Kind == authz.KindUser {
		kind = iam.User
	}
	return &target{kind: kind, arn: n.principal.ARN, bound: n.bound, boundary: iam.Value{Text: n.boundary, Set: !n.boundary.IsEmpty()}}
}

// describe is the node for a path.
func (n *node) describe() Node {
	d := Node{Made: n.made, Name: n.name, Boundary: n.boundary, Grown: n.grown, Joined: n.joined}
	if n.subject != nil {
		d.Entity = n.subject.Entity
		d.Name = n.subject.Entity.NameText()
		d.Uncapped = n.subject.Bound != Unbounded && n.bound == Unbounded
	}
	return d
}

// change says what a step does to somebody's permissions.
type change struct {
	grown, uncapped bool
	// dropped are the grants, by index, whose denies it is rid of.
	dropped []bool
	joined  *iam.Group
}

// base are the nodes of the input's own.
func (e *engine) newBase(s *Subject) *node {
	n := &node{
		subject: s, principal: s.Principal, universe: s.Universe, slim: e.slim(s.Universe), bound: s.Bound,
		boundary: s.Entity.Boundary.Text, who: s.index,
	}
	n.class = e.classOf(n.principal, n.universe)
	return n
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

// changed is somebody of the input after a change, on top of what was changed
// before.
func (e *engine) changed(s *Subject, before *node, c change) *node {
	if before != nil {
		c.grown = c.grown || before.grown
		c.uncapped = c.uncapped || before.bound == Unbounded
		if c.joined == nil {
			c.joined = before.joined
		}
		if before.dropped != nil {
			c.dropped = slices.Clone(c.dropped)
			if c.dropped == nil {
				c.dropped = make([]bool, len(s.Grants))
			}
			for i, d := range before.dropped {
				c.dropped[i] = c.dropped[i] || d
			}
		}
	}
	if !c.grown && !slices.Contains(c.dropped, true) {
		c.dropped = nil
	}
	var key strings.Builder
	fmt.Fprintf(&key, "%d %v %v %p", s.index, c.grown, c.uncapped || s.Bound == Unbounded, c.joined)
	for i, g := range s.Grants {
		if c.dropped != nil && c.dropped[i] && hasDenies(g.Policy) {
			fmt.Fprintf(&key, " %d", i)
		}
	}
	if known, ok := e.states[key.String()]; ok {
		return known
	}
	base := e.nodes[s.index]
	n := &node{
		subject: s, universe: base.universe, slim: base.slim, bound: s.Bound, boundary: base.boundary,
		grown: c.grown, dropped: c.dropped, joined: c.joined, who: s.index,
	}
	p := *s.Principal
	p.Identity = e.identity(s, c)
	if c.uncapped {
		p.Boundary, n.bound, n.boundary = nil, Unbounded, policy.Text{}
	}
	n.principal = &p
	n.opaque = c.grown && n.bound == BoundedUnseen
	n.class = e.classOf(n.principal, n.universe)
	e.states[key.String()] = n
	e.nodes = append(e.nodes, n)
	return n
}

// identity are the identity-based policies after a change.
func (e *engine) identity(s *Subject, c change) []*authz.Policy {
	var out []*authz.Policy
	if c.grown {
		out = append(out, e.everything)
	}
	for i, g := range s.Grants {
		dropped := c.dropped != nil && c.dropped[i]
		if dropped || c.grown && !hasDenies(g.Policy) {
			continue
		}
		out = append(out, g.Policy)
	}
	if c.joined != nil {
		for _, p := range e.groups[c.joined].Policies {
			if !slices.Contains(out, p) {
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

// createdPrincipal is the node of somebody new. Whoever is made alike, under the same
// name, is one node, be there ever so many who can make it: who is made in a
// group that may make users could else go on making others like itself for
// ever.
func (e *engine) createdPrincipal(n *node, c createdPrincipal) *node {
	m := &node{universe: n.universe, slim: n.slim, bound: Unbounded, grown: c.joined == nil, joined: c.joined, boundary: c.boundary}
	m.made = "a new " + strings.ReplaceAll(string(c.kind), "-", " ")
	if arn, ok := policy.ParseARN(c.arn); ok {
		m.name = arn.Resource
	}
	p := authz.Bearer(c.arn, authz.KindRole, nil)
	p.Identity = []*authz.Policy{e.everything}
	if c.joined != nil {
		p.Identity = e.groups[c.joined].Policies
	}
	if c.kind == iam.User {
		p.Kind = authz.KindUser
	}
	p.Account, p.SCPs, p.RCPs = n.principal.Account, n.principal.SCPs, n.principal.RCPs
	if c.capped {
		m.bound = Bounded
		if p.Boundary = c.document; c.document == nil {
			m.bound, m.opaque = BoundedUnseen, true
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

// stranger numbers somebody whom the input does not declare.
func (e *engine) stranger() int {
	e.strangers++
	return len(e.subjects) + e.strangers
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
// the same, whoever they are.
func (e *engine) classOf(p *authz.Principal, u *authz.Universe) int {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %p %s %p", p.Kind, p.Origins, u, p.Account.String(), p.Boundary)
	personal := p.Boundary != nil && e.isPersonal(p.Boundary)
	for _, q := range p.Identity {
		fmt.Fprintf(&b, " %p", q.Like())
		personal = personal || e.isPersonal(q)
	}
	for _, level := range p.SCPs {
		for _, q := range level {
			personal = personal || e.isPersonal(q)
		}
	}
	if personal {
		fmt.Fprintf(&b, " %s %v", p.ARN.String(), p.Tags)
	}
	key := b.String()
	if known, ok := e.classes[key]; ok {
		return known
	}
	e.classes[key] = len(e.classes)
	return e.classes[key]
}

// isPersonal reports whether what a policy allows may depend on who has it: by
// a policy variable or a condition on the principal.
func (e *engine) isPersonal(p *authz.Policy) bool {
	p = p.Like()
	if known, ok := e.personal[p]; ok {
		return known
	}
	found := false
	look := func(x policy.Text) {
		for _, part := range x.Parts() {
			found = found || strings.Contains(part.Literal, "${")
		}
	}
	if p.Document != nil {
		for _, s := range p.Document.Statements {
			for _, list := range [][]policy.Element{s.Resource, s.NotResource} {
				for _, x := range list {
					look(x.Text)
				}
			}
			for _, c := range s.Condition {
				key, known := c.Key.Known()
				key = strings.ToLower(key)
				found = found || !known || strings.HasPrefix(key, "aws:principal") || strings.HasPrefix(key, "aws:user")
				for _, x := range c.Values {
					look(x.Text)
				}
			}
		}
	}
	e.personal[p] = found
	return found
}

// isAdministrator asks once for each node.
func (e *engine) isAdministrator(n *node) authz.Verdict {
	if n.asked {
		return n.admin
	}
	n.asked = true
	switch {
	case n.bound == Unbounded && len(n.principal.Identity) == 1 && n.principal.Identity[0] == e.everything && len(n.principal.SCPs) == 0:
		n.admin = authz.Allowed
	case n.opaque:
		n.admin = authz.Denied
	default:
		n.admin = e.inventory.Administrator(n.subject, n.principal)
	}
	return n.admin
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
