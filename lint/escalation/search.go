package escalation

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Answer is what was found for an account.
type Answer struct {
	// Paths are one for each actor that reaches a principal.
	Paths []*Path
	// Outside are the ways that the other actors could go if there were what
	// the input does not contain.
	Outside []Outside
	// Cut tells that not all ways were followed: there were too many states.
	Cut bool
}

// Search answers questions about one account. It is not safe for concurrent
// use.
type Search struct{ engine *engine }

// NewSearch prepares an account as a change of its policies would leave it.
func NewSearch(a *holders.Account, by Amendment) *Search { return &Search{newEngine(a, by)} }

// OfAccount is the search of an account as it is, which rules share.
var OfAccount = holders.NewDerived(func(a *holders.Account) *Search { return NewSearch(a, Amendment{}) })

// Open has the search take it that there may be other entities than those that
// the input declares: a way to one that would be unbounded then makes an
// undetermined path.
func (s *Search) Open() { s.engine.open = true }

// Judge finds, for every actor of the account, the shortest way to a principal
// who is unbounded or an administrator.
func (s *Search) Judge() *Answer {
	out := &Answer{}
	s.judge(func(n *node, p *Path) bool {
		if p != nil {
			out.Paths = append(out.Paths, p)
		} else {
			out.Outside = append(out.Outside, s.engine.outside(n)...)
		}
		return true
	})
	out.Cut = s.engine.cut
	return out
}

// PathOf finds a path of one of some actors; nil where none of them has any.
func (s *Search) PathOf(isAsked func(*iam.Entity) bool) *Path {
	var found *Path
	s.judge(func(n *node, p *Path) bool {
		if p != nil && isAsked(n.holder.Entity) {
			found = p
		}
		return found == nil
	})
	return found
}

// judge gives every actor that is not at an end already, with its path or nil,
// until told to stop.
func (s *Search) judge(found func(*node, *Path) bool) {
	e := s.engine
	for q := range questions {
		e.solve(q)
	}
	for _, h := range e.account.Actors() {
		n := e.declared[e.index[h.Entity]]
		if e.isEnd(n.question(), n) == authz.Allowed {
			continue
		}
		p := e.pathOf(n)
		if p == nil {
			p = e.rootPath(n)
		}
		if p == nil && e.open {
			p = e.openPath(n)
		}
		if !found(n, p) {
			return
		}
	}
}
