package escalation

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/policy"
)

// Kind is the kind of edge that a way makes between actor and target.
type Kind uint8

// The kinds.
const (
	// SelfEdit: the actor changes what it may do itself. Its own boundary
	// still caps the result.
	SelfEdit Kind = iota + 1
	// EditTarget: the actor changes the policies, the trust policy or the
	// credentials of another principal.
	EditTarget
	// Become: the actor acts as the target, which lets it.
	Become
	// Pass: the actor hands the target role to a service.
	Pass
	// Existing: the actor uses something that carries the target role
	// already. No iam:PassRole is needed, and the actor's boundary does not
	// follow into the role.
	Existing
	// Create: the actor makes a principal, gives it policies and uses it.
	Create
	// BoundaryTamper: the actor takes off, swaps or rewrites a boundary.
	BoundaryTamper
	// Release: the actor changes which service control policies bind the principals of a
	// member account of the organization.
	Release
	// SelfGrant: the actor writes the policy of a resource and so grants
	// itself what its boundary leaves out without denying it.
	SelfGrant
)

// String names the kind in one word for output.
func (k Kind) String() string {
	switch k {
	case SelfEdit:
		return "self-edit"
	case EditTarget:
		return "edit-target"
	case Become:
		return "become"
	case Pass:
		return "pass"
	case Existing:
		return "existing"
	case Create:
		return "create"
	case BoundaryTamper:
		return "boundary-tamper"
	case Release:
		return "release"
	case SelfGrant:
		return "self-grant"
	}
	return "unknown"
}

// Gains is what an actor has once it has gone a way, as a set.
type Gains uint16

// The gains.
const (
	// Acts: the actor can act as the target.
	Acts Gains = 1 << iota
	// Grows: the target may be given any Allow, so that it may do whatever
	// its boundary allows, or anything where it has none. What its other
	// policies deny stays denied; see the Sheds gains.
	Grows
	// Joins: the actor holds the policies of the target group, besides its
	// own.
	Joins
	// Uncaps: the target's boundary no longer limits it, to what the policies
	// that it holds allow. For a boundary policy the targets are all that
	// have it as their boundary.
	Uncaps
	// ShedsInline, ShedsAttached, ShedsContent and ShedsGroup: the target can
	// be rid of what is denied to it by an inline policy of its own, by a
	// managed policy that is attached to it, by the content of a
	// customer-managed policy, or by a group that it is in. On what the steps
	// are allowed decides which ones.
	ShedsInline
	ShedsAttached
	ShedsContent
	ShedsGroup
	// Releases: service control policies no longer limit the target, those that the steps
	// are on.
	Releases
	// Bypasses: what the actor's boundary does not allow, and does not deny
	// either, is allowed to it on one resource.
	Bypasses
)

// Has reports whether all gains of want are in g.
func (g Gains) Has(want Gains) bool { return g&want == want }

// Reach is how far acting through the target goes.
type Reach uint8

// The reaches.
const (
	// ReachAll: any request that the target is allowed can be made.
	ReachAll Reach = iota
	// ReachSome: only some requests, such as those that a service makes for
	// its own purpose. The actor does not hold all that the target holds.
	ReachSome
)

// Actor says who can go a way.
type Actor uint8

// The actors.
const (
	AnyActor Actor = iota
	RoleActor
	UserActor
)

// Target says what a way leads to.
type Target uint8

// The targets.
const (
	// TargetSelf is the actor.
	TargetSelf Target = iota + 1
	// TargetRole and TargetUser are an existing role or user. For
	// BoundaryTamper that may be the actor itself.
	TargetRole
	TargetUser
	// TargetGroup is an existing group, and with it its members.
	TargetGroup
	// TargetNewRole and TargetNewUser are made by the actor, under the
	// boundary that its permissions make it give them, if any.
	TargetNewRole
	TargetNewUser
	// TargetPolicy is the managed policy that is the boundary of an entity.
	TargetPolicy
	// TargetPermissionSet is a permission set of IAM Identity Center, and
	// with it the role that it makes in each assigned account.
	TargetPermissionSet
	// TargetRoot is the root user of a member account of the organization,
	// which no boundary binds.
	TargetRoot
	// TargetBound is a role or user of a member account, which service control policies
	// bind.
	TargetBound
	// TargetMember is what a stack set with service-managed permissions runs as in
	// the member accounts of the organization.
	TargetMember
)

// Resource says on what a requirement's request is made.
type Resource uint8

// The resources.
const (
	// OnTarget is the target of the way: the role that is passed or edited,
	// the user, the group, the boundary policy.
	OnTarget Resource = iota + 1
	// OnMade is what the way makes, a name of the actor's choosing but the
	// same in every step on a resource of that type.
	OnMade
	// OnCompute is the first of the way's Needs.
	OnCompute
	// OnTargetPolicy is a customer-managed policy that is attached to the
	// target.
	OnTargetPolicy
	// OnTargetGroup is a group of which the target is, or will be, a member.
	OnTargetGroup
	// OnChosen is any resource that the actor likes.
	OnChosen
)

// Choice says how the value of a condition key comes about.
type Choice uint8

// The choices.
const (
	// OneOf: one of Values.
	OneOf Choice = iota + 1
	// TargetBoundary: the ARN of the boundary that the target has before the
	// request; absent where it has none.
	TargetBoundary
	// FreeBoundary: the boundary that the actor names in its request. On
	// iam:CreateRole and iam:CreateUser it may be left out.
	FreeBoundary
	// FreePolicy: the ARN of any managed policy; AdministratorAccess always
	// exists.
	FreePolicy
	// Missing: the request does not have the key.
	Missing
)

// Constraint is what a step says about a condition key of its request. Keys
// that it does not mention are the actor's to choose.
type Constraint struct {
	Key    string
	Choice Choice
	Values []string
}

// Requirement is one request that a way takes.
type Requirement struct {
	// Action is its full name.
	Action  string
	On      Resource
	Context []Constraint
	// Alternatives are requirements any of which does in its place.
	Alternatives []Requirement
	// Optional tells that the step is how the way is usually gone, and that
	// it can be gone without: by who knows what a Describe call would tell.
	Optional bool
	// Undocumented tells that AWS documents no such action.
	Undocumented bool
}

// Need is something that must exist.
type Need struct {
	Kind compute.Kind
	// Carries tells that the thing must carry the target role; OfActor that it
	// must be the actor's.
	Carries, OfActor bool
}

// Way is one way to gain privileges.
type Way struct {
	// ID is stable: findings and fixtures name it.
	ID string
	// Name completes "can ...": "pass a role to a new Lambda function".
	Name   string
	Kind   Kind
	Actor  Actor
	Target Target
	Gains  Gains
	Reach  Reach
	// Steps are the requests in order. All must be allowed that are not
	// Optional.
	Steps []Requirement
	// Services are the service principals of which the target role must trust
	// at least one, in the spelling of the partition aws; see [SameService].
	// Empty where no service assumes the target.
	Services []string
	// Needs are what must exist. Where a step is OnCompute, it is the first.
	Needs []Need
	// Grants are the actions that matter most of those that a way with the gain
	// Bypasses gives, in order.
	Grants []string
	// OwnBoundary tells that the way makes its target under a boundary which the
	// actor has written.
	OwnBoundary bool
	// Closed tells that AWS has closed the service: kept for old accounts.
	Closed bool
	// Control is what stops the way, as a sentence.
	Control string
	// References are published collections that have the way.
	References []string
}

// editsGroup reports whether the way changes what a group of the target has:
// policies of the target are then those of its groups.
func (w *Way) editsGroup() bool { return len(w.Steps) > 0 && w.Steps[0].On == OnTargetGroup }

// Actions returns the full names of the actions that the way takes, each once,
// in order, without optional steps and alternatives.
func (w *Way) Actions() []string {
	var out []string
	for _, s := range w.Steps {
		if !s.Optional && !slices.Contains(out, s.Action) {
			out = append(out, s.Action)
		}
	}
	return out
}

var catalogue struct {
	once sync.Once
	ways []*Way
	byID map[string]*Way
}

// Ways returns all known ways, the catalogued ones first, then those that
// follow from the actions that take a role. The slice must not be changed.
func Ways() []*Way {
	catalogue.once.Do(func() {
		catalogue.ways = slices.Concat(listedWays(), derivedWays(listedWays()))
		catalogue.byID = make(map[string]*Way, len(catalogue.ways))
		for _, w := range catalogue.ways {
			catalogue.byID[w.ID] = w
		}
	})
	return catalogue.ways
}

// listedWays are the catalogued ones.
var listedWays = sync.OnceValue(func() []*Way {
	return slices.Concat(
		iamWays(), boundaryWays(), identityCenterWays(), stackSetWays(), releaseWays(), passWays(), existingWays(), grantWays())
})

// Find returns the way of that id.
func Find(id string) (*Way, bool) {
	Ways()
	w, ok := catalogue.byID[id]
	return w, ok
}

// boundaryKeyActions are the actions that carry iam:PermissionsBoundary for an
// entity that exists (semantics 6.2).
const boundaryKeyActions = " iam:AttachRolePolicy iam:AttachUserPolicy iam:DeleteRole " +
	"iam:DeleteRolePermissionsBoundary iam:DeleteRolePolicy iam:DeleteUserPermissionsBoundary " +
	"iam:DeleteUserPolicy iam:DetachRolePolicy iam:DetachUserPolicy iam:GetRole iam:PutRolePolicy " +
	"iam:PutUserPolicy iam:UpdateAssumeRolePolicy iam:UpdateRole iam:UpdateRoleDescription "

// call is a request, with what IAM's own keys hold in it.
func call(action string, on Resource) Requirement {
	r := Requirement{Action: action, On: on}
	switch {
	case strings.Contains(boundaryKeyActions, " "+action+" "):
		r.Context = append(r.Context, Constraint{Key: policy.BoundaryKey, Choice: TargetBoundary})
	case action == "iam:CreateRole", action == "iam:CreateUser",
		action == "iam:PutRolePermissionsBoundary", action == "iam:PutUserPermissionsBoundary":
		r.Context = append(r.Context, Constraint{Key: policy.BoundaryKey, Choice: FreeBoundary})
	}
	switch action {
	case "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy":
		r.Context = append(r.Context, Constraint{Key: "iam:PolicyARN", Choice: FreePolicy})
	}
	return r
}

func (r Requirement) or(alternatives ...Requirement) Requirement {
	r.Alternatives = alternatives
	return r
}

func optional(r Requirement) Requirement {
	r.Optional = true
	return r
}

func steps(list ...Requirement) []Requirement { return list }

// calls are requests on one kind of resource.
func calls(on Resource, actions ...string) []Requirement {
	out := make([]Requirement, len(actions))
	for i, a := range actions {
		out[i] = call(a, on)
	}
	return out
}

// passTo is iam:PassRole on the target for one of the services.
func passTo(services ...string) Requirement {
	return Requirement{
		Action: passRole, On: OnTarget,
		Context: []Constraint{{Key: "iam:PassedToService", Choice: OneOf, Values: services}},
	}
}

const passRole = "iam:PassRole"

func carries(things ...compute.Kind) []Need { return needs(true, things) }

func exists(things ...compute.Kind) []Need { return needs(false, things) }

func needs(carries bool, things []compute.Kind) []Need {
	out := make([]Need, len(things))
	for i, t := range things {
		out[i] = Need{Kind: t, Carries: carries}
	}
	return out
}

func refs(list string) []string { return strings.Fields(list) }
