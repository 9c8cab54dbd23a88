package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// SelfGranted is what a holder of a boundary can grant itself past it, by the
// policy of a resource.
type SelfGranted struct {
	Way *Way
	// Request writes the policy; its verdict is that of the whole.
	Request authz.Answer
	// Resource is that of the policy, Actions what the boundary leaves out.
	Resource policy.Text
	Actions  []string
	// Declared tells that the input declares the resource.
	Declared bool
}

// SelfGrants lists what a principal that is allowed everything within a boundary
// can grant itself beyond it: by each way on the first resource on which that
// gives it something. What the boundary denies stays denied.
func (s *Search) SelfGrants(p *authz.Principal, u *authz.Universe) []SelfGranted {
	e := s.engine
	if p.Boundary == nil || isHidden(p.Boundary) {
		return nil
	}
	within := e.stranded(p, u)
	granted := *p
	granted.Boundary = deniesOf(p.Boundary)
	beyond := e.stranded(&granted, u)
	var out []SelfGranted
	for _, w := range grantWays() {
		if g, ok := e.selfGrant(w, within, beyond); ok {
			out = append(out, g)
		}
	}
	return out
}

// stranded is a node of a principal that nothing leads to.
func (e *engine) stranded(p *authz.Principal, u *authz.Universe) *node {
	n := &node{principal: p, universe: u, slim: e.slim(u), bound: holders.BoundedKnown, explored: true, who: e.stranger()}
	n.class = e.classOf(p, u)
	return n
}

// deniesOf is a boundary without its implicit deny.
func deniesOf(p *authz.Policy) *authz.Policy {
	d := *p.Document
	d.Statements = slices.Clone(authz.AllowAll().Document.Statements)
	for _, s := range p.Document.Statements {
		if s.Effect != policy.Allow {
			d.Statements = append(d.Statements, s)
		}
	}
	return authz.Compile(&d)
}

// selfGrant tries a way on what the input declares, and then on anything.
func (e *engine) selfGrant(w *Way, within, beyond *node) (SelfGranted, bool) {
	best, found := SelfGranted{}, false
	for _, x := range e.grantable(w) {
		g, ok := e.selfGrantOn(w, x, within, beyond)
		if ok && g.Request.Verdict == authz.Allowed {
			return g, true
		}
		if ok && !found {
			best, found = g, true
		}
	}
	return best, found
}

// grantable are the resources on which a way may be gone: an empty text for
// any, last.
func (e *engine) grantable(w *Way) []policy.Text {
	var out []policy.Text
	a, ok := catalog.LookupAction(w.Steps[0].Action)
	for _, at := range e.compute {
		if ok && actsOn(a, at.ARN) && !slices.ContainsFunc(out, at.ARN.Equal) {
			out = append(out, at.ARN)
		}
	}
	return append(out, policy.Text{})
}

func (e *engine) selfGrantOn(w *Way, x policy.Text, within, beyond *node) (SelfGranted, bool) {
	g := SelfGranted{Way: w, Resource: x, Declared: !x.IsEmpty()}
	r := w.Steps[0]
	g.Request = e.on(within, r.Action, x, context{})
	for i := range r.Alternatives {
		g.Request = better(g.Request, e.on(within, r.Alternatives[i].Action, x, context{}))
	}
	if x.IsEmpty() {
		witness := g.Request.Witness
		if witness == nil {
			witness = g.Request.Perhaps
		}
		if witness == nil {
			return g, false
		}
		g.Resource = witness.Resource
	}
	if g.Request.Verdict == authz.Denied {
		return g, false
	}
	var doubts []authz.Reason
	for _, action := range w.Grants {
		switch missing, reasons := e.leftOut(action, g.Resource, within, beyond); missing {
		case authz.Allowed:
			g.Actions = append(g.Actions, action)
		case authz.Undetermined:
			doubts = append(doubts, reasons...)
		case authz.Denied:
		}
	}
	if len(g.Actions) == 0 && len(doubts) > 0 {
		g.Request = authz.Answer{Verdict: authz.Undetermined, Perhaps: g.Request.Witness, Reasons: distinct(append(doubts, g.Request.Reasons...))}
		return g, true
	}
	return g, len(g.Actions) > 0
}

// leftOut tells whether a boundary neither allows an action on a resource or
// what is in it, nor denies it whatever the circumstances.
func (e *engine) leftOut(action string, x policy.Text, within, beyond *node) (authz.Verdict, []authz.Reason) {
	if a, ok := catalog.LookupAction(action); ok && !actsOnThat(a, x) {
		x = policy.Concat(x, policy.Literal("/*"))
	}
	own := e.on(within, action, x, context{})
	if own.Verdict == authz.Allowed {
		return authz.Denied, nil
	}
	free := e.on(beyond, action, x, context{})
	switch {
	case free.Verdict == authz.Denied:
		return authz.Denied, nil
	case own.Verdict == authz.Undetermined:
		return authz.Undetermined, own.Reasons
	}
	return free.Verdict, free.Reasons
}

// actsOnThat reports whether an action acts on a resource itself rather than
// on what is in it, as an object is in a bucket.
func actsOnThat(a *catalog.Action, x policy.Text) bool {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return true
	}
	text := arn.Resource.String()
	return slices.ContainsFunc(a.ResourceTypes, func(r catalog.ActionResource) bool {
		return slices.ContainsFunc(r.Type.Patterns(), func(glob string) bool {
			parts := policy.SplitARN(policy.Literal(glob))
			tail, _ := parts[len(parts)-1].Known()
			return policy.Glob(tail, text)
		})
	})
}
