package escalation

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Goal is what a principal may try to reach: one of the three.
type Goal struct {
	// Administrator is whoever can do everything.
	Administrator bool
	// Entity is a role or user of the account: to act as it, or to decide what
	// it may do.
	Entity *iam.Entity
	// Queries ask for requests of which one is allowed to whoever is reached.
	Queries []*authz.Query
	// Unseen says, as "the document of ...", which policy of an entity is not in
	// the input, so that it may be allowed anything besides; "" for none. The
	// field may be nil.
	Unseen func(*iam.Entity) string
}

// NewGoalSearch prepares an account for questions after one goal, whoever else
// is worth reaching. Of the methods only [Search.PathFrom] answers then.
func NewGoalSearch(a *holders.Account, g Goal) *Search {
	e := newEngine(a, Amendment{})
	e.goal = &g
	for _, q := range []int{ofBounded, ofBounded + kinds} {
		e.solve(q)
	}
	return &Search{e}
}

// reached tells whether a node is the goal. Of who may be allowed anything it is
// not known.
func (g *Goal) reached(e *engine, n *node) authz.Verdict {
	verdict := g.isMet(e, n)
	if verdict == authz.Denied && g.unseen(n) != "" {
		return authz.Undetermined
	}
	return verdict
}

func (g *Goal) unseen(n *node) string {
	if g.Unseen == nil || n.holder == nil {
		return ""
	}
	return g.Unseen(n.holder.Entity)
}

func (g *Goal) isMet(e *engine, n *node) authz.Verdict {
	switch {
	case g.Entity != nil:
		if n.holder != nil && n.holder.Entity == g.Entity {
			return authz.Allowed
		}
		return authz.Denied
	case g.Administrator && n.bound == holders.BoundedUnseen:
		return e.perhapsAdministrator(n)
	case g.Administrator:
		return e.isAdministrator(n)
	}
	return g.request(e, n).Verdict
}

// perhapsAdministrator asks of a node under a boundary whose document is not in the
// input: that may allow everything.
func (e *engine) perhapsAdministrator(n *node) authz.Verdict {
	free := *n.principal
	free.Boundary = nil
	if e.account.IsAdministrator(e.asHolder(&node{holder: n.holder, principal: &free})) == authz.Denied {
		return authz.Denied
	}
	return authz.Undetermined
}

// request asks for a request of the goal.
func (g *Goal) request(e *engine, n *node) authz.Answer {
	best := denied()
	for _, q := range g.Queries {
		if best = better(best, e.search(n, n.universe, q)); e.settles(n, best.Verdict) {
			break
		}
	}
	return best
}

// isWhose reports whether it depends on who a node is, and not only on what it
// is allowed, whether it is the goal.
func (g *Goal) isWhose() bool { return g != nil && g.Entity != nil }

// PathFrom finds the shortest way of an entity to the goal of the search. The
// verdict is Allowed or Undetermined where there may be one, with the path;
// the path is nil where the entity is the goal itself. It is Undetermined
// without a path where there were too many states to follow.
func (s *Search) PathFrom(from *iam.Entity) (*Path, authz.Verdict) {
	e := s.engine
	at, ok := e.index[from]
	if !ok {
		return nil, authz.Denied
	}
	n := e.declared[at]
	self := e.isEnd(ofBounded, n)
	if self == authz.Allowed {
		return nil, authz.Allowed
	}
	path := e.pathTo(n, ofBounded)
	if path == nil && e.goal.Administrator {
		path = e.rootPath(n)
	}
	switch {
	case path != nil && (path.Verdict == authz.Allowed || self == authz.Denied):
		return path, path.Verdict
	case self == authz.Undetermined, e.cut:
		return nil, authz.Undetermined
	}
	return nil, authz.Denied
}

// finishGoal says what is not certain about the end of a path to the goal.
func (e *engine) finishGoal(p *Path, at *node, control bool) {
	switch {
	case control:
		p.End = EndControlled
	case e.isAdministrator(at) == authz.Allowed:
		p.End = EndAdministrator
	default:
		p.End = EndUnbounded
	}
	if e.isEnd(ofBounded, at) != authz.Allowed {
		p.Verdict, p.Perhaps = authz.Undetermined, true
		reason := authz.Reason{Text: "it is not known for certain what " + nameOf(at) + " is allowed"}
		if unseen := e.goal.unseen(at); unseen != "" {
			reason.Text = unseen + " is not in the input"
		} else if at.bound == holders.BoundedUnseen && at.holder != nil {
			reason.Text = "the document of " + at.holder.UnseenBoundary() + " is not in the input"
		}
		p.Reasons = append(p.Reasons, reason)
	}
	if answer := e.goal.request(e, at); answer.Witness != nil {
		p.Goal = answer.Witness
	} else {
		p.Goal = answer.Perhaps
	}
	p.Reasons = distinct(p.Reasons)
}

// nameOf is how a reason calls a node.
func nameOf(n *node) string {
	switch {
	case n.holder != nil:
		return n.holder.Entity.Address
	case n.made != "":
		return n.made
	}
	return "what is reached"
}
