package escalation

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Inventory is what reachability is asked about: everybody whom an input
// declares, and what else of it takes part in the ways.
type Inventory struct {
	Subjects []*Subject
	Groups   []*Group
	// Compute are what ways need to exist, and what carries roles.
	Compute []*Compute
	// Providers are the ARNs of the identity providers that the input
	// declares.
	Providers []policy.Text
	// Administrator tells whether somebody with these permissions is as good
	// as an administrator; subject is whose they are, nil for who is still to
	// be made. It is asked often and should remember.
	Administrator func(subject *Subject, p *authz.Principal) authz.Verdict
	// Delegated tells that permissions boundaries are in use, so that an
	// entity without one is out of bounds whatever it may do. Else only an
	// administrator is worth reaching.
	Delegated bool
	// Open tells that there may be other entities than those declared: a way
	// to one that would be unbounded then makes an undetermined path.
	Open bool
}

// Bound says what is known of somebody's permissions boundary.
type Bound uint8

// The kinds of boundaries.
const (
	// Unbounded is for no boundary, and for one that allows everything.
	Unbounded Bound = iota
	// Bounded is for a boundary that limits.
	Bounded
	// BoundedUnseen is for a boundary whose document is not of the input. The
	// principal then has a hidden one.
	BoundedUnseen
	// BoundedPerhaps is for one of which it is not known whether there is any.
	BoundedPerhaps
)

// Subject is a role or user of the input.
type Subject struct {
	Entity *iam.Entity
	// Principal has all policies that apply to it.
	Principal *authz.Principal
	Grants    []Grant
	Bound     Bound
	// Trust is the trust policy of a role; nil where nothing is known of it.
	Trust    *authz.Policy
	Universe *authz.Universe
	// Actor tells that it is judged: only actors get paths.
	Actor bool

	index int
}

// Route is how somebody has a policy.
type Route uint8

// The routes.
const (
	ByInline Route = iota + 1
	ByAttachment
	ByGroup
)

// Grant is one identity-based policy of a subject.
type Grant struct {
	Policy *authz.Policy
	Route  Route
	// ARN is that of a managed policy, empty for others.
	ARN policy.Text
	// Group is set for ByGroup; GroupInline tells that the group has it
	// inline.
	Group       *iam.Group
	GroupInline bool
}

// Group is a group with what it gives its members.
type Group struct {
	Group    *iam.Group
	Policies []*authz.Policy
}

// Compute is one thing of the input that ways need.
type Compute struct {
	Kind    compute.Kind
	Address string
	// ARN is what requests are made on; empty where it is not known at all.
	ARN policy.Text
	// Role is the role that it carries, nil for none of the input.
	Role *iam.Entity
	Tags iam.Tags
	// Hidden is set where something hides which role it carries.
	Hidden *policy.Symbol
	// Doubt says why it is not certain that it is such a thing; "" where it
	// is. DoubtBy is what hides that, where something does.
	Doubt   string
	DoubtBy *policy.Symbol
}

// Path is how an actor reaches somebody who is unbounded or an administrator.
type Path struct {
	Actor *Subject
	// Verdict is Allowed, or Undetermined for Reasons.
	Verdict authz.Verdict
	Reasons []authz.Reason
	Steps   []Step
	// End says what is reached; Perhaps tells that it is not certain that it
	// is that.
	End     End
	Perhaps bool
	// Further counts the other ways by which the actor gets there, or to
	// somebody else like that.
	Further int
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
}

// Node is somebody on a path.
type Node struct {
	// Entity is nil for somebody that is made on the way; Made then says what,
	// and Boundary what caps it.
	Entity   *iam.Entity
	Made     string
	Name     policy.Text
	Boundary policy.Text
	// Grown tells that its policies were changed to allow everything,
	// Uncapped that its boundary no longer limits it, Joined the group that
	// it was added to.
	Grown, Uncapped bool
	Joined          *iam.Group
}
