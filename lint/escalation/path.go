package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Path is how an actor reaches a principal that is unbounded or an administrator.
type Path struct {
	Actor *holders.Holder
	// Verdict is Allowed, or Undetermined for Reasons.
	Verdict authz.Verdict
	Reasons []authz.Reason
	// Steps are the first and the last of a path that has more than are worth
	// reading; Omitted counts those between them, after the first OmittedAfter.
	Steps                 []Step
	Omitted, OmittedAfter int
	// End says what is reached; Perhaps tells that it is not certain that it
	// is that.
	End     End
	Perhaps bool
	// Goal is the request that is allowed at the end, where the search asks for
	// requests: its witness or what may be one.
	Goal *authz.Witness
	// Further counts the other ways by which the actor gets there, or to
	// another principal like that.
	Further int
}

// Length counts the steps of a path.
func (p *Path) Length() int { return len(p.Steps) + p.Omitted }

// shownAtEach is how many steps of a long path are kept at either end: a person
// closes it at one of the first or of the last.
const shownAtEach = 10

// keep gives the path its steps.
func (p *Path) keep(steps []*Step) {
	p.Steps = slices.Grow(p.Steps, len(steps))
	for _, s := range steps {
		p.Steps = append(p.Steps, *s)
	}
}

// keepEnds gives a long path the first and the last of its steps, and counts what is
// between them. Paths share their steps: of them all a path keeps no copy.
func (p *Path) keepEnds(steps []*Step) {
	between := len(steps) - 2*shownAtEach
	if between <= 0 {
		p.keep(steps)
		return
	}
	p.Omitted, p.OmittedAfter = between, shownAtEach
	p.keep(slices.Concat(steps[:shownAtEach], steps[shownAtEach+between:]))
}

// End is what makes the end of a path worth reaching.
type End uint8

// The ends.
const (
	// EndUnbounded: nothing caps what is reached.
	EndUnbounded End = iota + 1
	// EndAdministrator: it can do everything.
	EndAdministrator
	// EndControlled: the actor does not act as it, but decides what it may
	// do, and nothing caps that.
	EndControlled
)

// Step is one step of a path.
type Step struct {
	From, To Node
	Way      *Way
	// Requests prove the step: one for each request that the way takes, in
	// order. What is undetermined of them has reasons.
	Requests []authz.Answer
	// By is who makes the requests; its identity-based policies grant them.
	By *authz.Principal
	// taking is what the step adds to who makes it; nil for other steps.
	taking *taking
}

// Node is a principal on a path.
type Node struct {
	// Entity is nil for a principal that is made on the way; Made then says what,
	// and Boundary what caps it.
	Entity   *iam.Entity
	Made     string
	Name     policy.Text
	Boundary policy.Text
	// Elsewhere is how messages call the account that it is in, where that is not
	// the account in which the path begins.
	Elsewhere string
	// Grown tells that its policies were changed to allow everything,
	// Uncapped that its boundary no longer limits it, Extended that it has the
	// policies of groups that it was added to, or further ones.
	Grown, Uncapped, Extended bool
}
