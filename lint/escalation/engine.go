package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// engine answers for one account.
type engine struct {
	account *holders.Account
	// declared are the holders as the input has them, by their numbers, index
	// tells the number of an entity.
	declared []*node
	index    map[*iam.Entity]int
	// groups are the policies that a group gives its members.
	groups map[*iam.Group][]*authz.Policy
	// compute are what ways need to exist, and what carries roles, things the
	// same by kind; providers are the ARNs of the identity providers.
	compute   []*computeResource
	things    map[compute.Kind][]*computeResource
	providers []policy.Text
	// open is set by [Search.Open].
	open bool
	// delegated tells that permissions boundaries are in use, so that an entity
	// without one is out of bounds whatever it may do. Else only an administrator
	// is worth reaching.
	delegated bool
	// goal is set by [NewGoalSearch]: nothing else is then worth reaching.
	goal *Goal

	cover       *coverage
	trusts      *trusts
	equivalence *classes
	// everything is the policy that allows everything.
	everything *authz.Policy
	// roles, users and sets are the holders of each kind; IAM's own calls do
	// not reach the roles of permission sets.
	roles, users, sets set
	// administers are the permission sets that are managed in an account.
	administers map[string]set

	// levels are the rounds of the question that is being solved.
	levels []*level
	// grown are nodes of those who are allowed everything under a boundary,
	// one for all who are then allowed the same.
	grown  map[int]*node
	nodes  []*node
	states map[string]*node
	// createdPrincipals are those who are made, capped those of them who are made
	// under a boundary, whichever principal made them.
	createdPrincipals map[createdKey]*node
	// deployed are those as whom stack sets run in the members of an organization.
	deployed map[*iam.Organization][]*node
	capped   map[string]*node
	slims    map[*authz.Universe]*authz.Universe
	// hidden are the boundaries of which no principal gives the document, by their names.
	hidden  map[string]*authz.Policy
	classes map[string]int
	// universes and policies are numbered for the names of classes, of which key is the
	// last.
	universes map[*authz.Universe]int
	policies  map[*authz.Policy]int
	key       []byte
	answers   map[string]authz.Answer
	// attempts are nil where they are denied.
	attempts map[attemptKey]*attempt
	unsure   map[int]bool
	certains map[*Way]set
	// strangers counts those whom the input does not declare.
	strangers int
	actions   map[classAction]allowance
	// abouts are the numbers that classAbout gives, and regions what the policies
	// of a class name.
	abouts     map[classAction]int
	regions    map[int]string
	usables    map[int][]*Way
	tags       map[int][]string
	hiddenTags map[string]*policy.Symbol
	boundaries map[int][]policy.Text
	carriers   map[compute.Kind]set
	// asked counts the questions put to package authz.
	asked int
	// cut tells that more states would have had to be followed than are.
	cut bool
	// joinable and attachable are what holders may take, the latter nil until it is
	// asked for; takings counts both.
	joinable, attachable []*taking
	takings              int
	by                   Amendment
}

func newEngine(a *holders.Account, by Amendment) *engine {
	e := &engine{
		account: a, delegated: a.UsesBoundaries(), compute: computeResources(a.Model), providers: providers(a.Model),
		index: map[*iam.Entity]int{}, groups: map[*iam.Group][]*authz.Policy{}, hidden: map[string]*authz.Policy{},
		administers: map[string]set{},
		states:      map[string]*node{}, createdPrincipals: map[createdKey]*node{}, capped: map[string]*node{},
		deployed: map[*iam.Organization][]*node{},
		slims:    map[*authz.Universe]*authz.Universe{},
		classes:  map[string]int{}, universes: map[*authz.Universe]int{}, policies: map[*authz.Policy]int{}, answers: map[string]authz.Answer{},
		attempts: map[attemptKey]*attempt{}, unsure: map[int]bool{}, certains: map[*Way]set{},
		actions: map[classAction]allowance{}, abouts: map[classAction]int{}, regions: map[int]string{},
		usables: map[int][]*Way{}, tags: map[int][]string{}, hiddenTags: map[string]*policy.Symbol{},
		boundaries: map[int][]policy.Text{}, grown: map[int]*node{}, carriers: map[compute.Kind]set{},
		things:     map[compute.Kind][]*computeResource{},
		everything: authz.AllowAll(),
	}
	for _, at := range e.compute {
		e.things[at.Kind] = append(e.things[at.Kind], somewhere(at))
	}
	all := slices.Concat(a.Holders, a.Neighbors)
	n := len(all)
	e.roles, e.users, e.sets = newSet(n), newSet(n), newSet(n)
	e.cover, e.trusts, e.equivalence = newCoverage(all), newTrusts(all), newClasses(all)
	for i, h := range all {
		switch h.Entity.Kind {
		case iam.Role:
			e.roles.add(i)
		case iam.User:
			e.users.add(i)
		case iam.PermissionSet:
			if isSet(h) {
				e.sets.add(i)
			}
			if h.IsRole() {
				// IAM refuses to change it; who holds its identity provider becomes it.
				e.roles.add(i)
			}
		}
		// A statement that closes a path does not make a boundary limit which
		// allowed everything before.
		e.declare(by.holder(h), h.Limit())
	}
	e.nodes = slices.Clone(e.declared)
	for _, g := range a.Model.AllGroups() {
		if !g.Gone() {
			e.groups[g] = by.group(a, g)
		}
	}
	e.by, e.joinable = by, e.joinableGroups()
	return e
}
