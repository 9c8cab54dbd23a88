package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/inquiry"
)

func (p *program) canCommand() *cli.Command {
	return &cli.Command{
		Name:      "can",
		Usage:     "show what a role or user can do",
		ArgsUsage: "ENTITY [PATH...]",
		Description: `It shows what identity-based policies, permissions boundary and organization
policies together leave a role or user, by service and access level; what the
boundary takes away; which of the allowed actions are dangerous; what
resource-based policies grant besides; and what it can do once it has changed its
own policies, if it can. ENTITY is an address, an ARN or a name.

What is not in the input is left out and named. The exit code is 0, and 2 for
wrong usage or an input that could not be read.`,
		Flags:  p.askFlags(),
		Action: func(c *cli.Context) error { return p.can(c) },
	}
}

func (p *program) can(c *cli.Context) error {
	asJSON, err := answerFormat(c)
	if err != nil {
		return err
	}
	if !c.Args().Present() {
		return usagef("boundlint can needs the address, ARN or name of a role or user")
	}
	q, err := p.inquire(c, c.Args().Tail())
	if err != nil || len(q.models) == 0 {
		return err
	}
	who, model, err := q.subject(c.Args().First())
	if err != nil {
		return err
	}
	a := newAbilities(who, model)
	if asJSON {
		return p.writeJSON(a.json())
	}
	return p.write(a.text(c.Bool("verbose")))
}

// abilities is what a subject can do, sorted out.
type abilities struct {
	subject *inquiry.Subject
	asked   *asked
	all     []inquiry.Ability
	// services are those of which its own policies allow anything.
	services []*serviceAbilities
	dangers  []danger
	given    []inquiry.Given
	grown    *inquiry.Grown
	// mayGrow tells that it is not determined whether it grows.
	mayGrow bool
}

// serviceAbilities is what of one service is allowed.
type serviceAbilities struct {
	prefix string
	// size is how many actions the service has.
	size int
	// allowed are actions in order, by access level; partly counts those that
	// are allowed on some resources or under conditions only, perhaps those
	// of which it is not determined.
	allowed         map[catalog.AccessLevel][]string
	count           int
	partly, perhaps []string
	// byBoundary and byOrganization are taken away; narrowed are allowed to
	// less than the subject's own policies would.
	byBoundary, byOrganization, narrowed []string
}

// levels are the access levels in the order in which they are shown.
var levels = []catalog.AccessLevel{
	catalog.AccessList, catalog.AccessRead, catalog.AccessTagging, catalog.AccessWrite, catalog.AccessPermissionsManagement,
	catalog.AccessUnknown,
}

// danger is an allowed action with which privileges are gained.
type danger struct {
	action  *catalog.Action
	ways    []*escalation.Way
	perhaps bool
	partly  bool
}

func newAbilities(who *inquiry.Subject, model *asked) *abilities {
	a := &abilities{subject: who, asked: model, all: who.Abilities(), given: who.Given()}
	var verdict authz.Verdict
	a.grown, verdict = who.Grows()
	a.mayGrow = verdict == authz.Undetermined
	for _, one := range a.all {
		if n := len(a.services); n == 0 || a.services[n-1].prefix != one.Action.Service {
			a.services = append(a.services, newServiceAbilities(one.Action.Service))
		}
		a.services[len(a.services)-1].add(one)
	}
	ways := who.Dangers(a.all)
	for _, one := range a.all {
		w := ways[one.Action.String()]
		if one.Scope != authz.ScopeNone && (len(w) > 0 || one.Action.AccessLevel == catalog.AccessPermissionsManagement) {
			a.dangers = append(a.dangers, danger{one.Action, w, one.Scope == authz.ScopePerhaps, one.Scope == authz.ScopeSome})
		}
	}
	slices.SortStableFunc(a.dangers, func(x, y danger) int { return x.rank() - y.rank() })
	return a
}

// rank puts the ways that lead furthest first, and what is only classed as
// permissions management last.
func (d danger) rank() int {
	order := []escalation.Kind{
		escalation.BoundaryTamper, escalation.Release, escalation.Create, escalation.SelfEdit, escalation.EditTarget, escalation.Become,
		escalation.Pass, escalation.Existing,
		escalation.SelfGrant,
	}
	best := len(order)
	for _, w := range d.ways {
		if i := slices.Index(order, w.Kind); i >= 0 {
			best = min(best, i)
		}
	}
	return best
}

func newServiceAbilities(prefix string) *serviceAbilities {
	s := &serviceAbilities{prefix: prefix, allowed: map[catalog.AccessLevel][]string{}}
	if service, ok := catalog.LookupService(prefix); ok {
		for range service.Actions() {
			s.size++
		}
	}
	return s
}

func (s *serviceAbilities) add(a inquiry.Ability) {
	name := a.Action.Name
	switch {
	case a.Bounded == authz.ScopeNone:
		s.byBoundary = append(s.byBoundary, name)
		return
	case a.Scope == authz.ScopeNone:
		s.byOrganization = append(s.byOrganization, name)
		return
	case a.Scope < a.Own:
		s.narrowed = append(s.narrowed, name)
	}
	s.allowed[a.Action.AccessLevel] = append(s.allowed[a.Action.AccessLevel], name)
	s.count++
	switch a.Scope {
	case authz.ScopeSome:
		s.partly = append(s.partly, name)
	case authz.ScopePerhaps:
		s.perhaps = append(s.perhaps, name)
	case authz.ScopeNone, authz.ScopeAll:
	}
}

// whole reports whether everything in the service is allowed on everything.
func (s *serviceAbilities) whole() bool {
	return s.count == s.size && len(s.partly)+len(s.perhaps) == 0
}

// abilitiesAnswer is the JSON of can.
type abilitiesAnswer struct {
	Entity entityAnswer `json:"entity"`
	// Boundary is null for none.
	Boundary *string         `json:"boundary"`
	Services []serviceAnswer `json:"services"`
	Dangers  []dangerAnswer  `json:"dangerous"`
	Given    []givenAnswer   `json:"resourceBased"`
	// Grown is null where it cannot change its own policies.
	Grown     *grownAnswer `json:"grown"`
	NotInside []string     `json:"notInInput"`
}

type serviceAnswer struct {
	Service string `json:"service"`
	// Allowed are the names of actions by access level.
	Allowed map[string][]string `json:"allowed"`
	// Partly are those that are allowed on some resources or under conditions
	// only, Undetermined those of which it is not known.
	Partly       []string `json:"partly"`
	Undetermined []string `json:"undetermined"`
	// TakenAway are allowed by its own policies and not by the boundary, or
	// not by the organization.
	TakenAwayByBoundary     []string `json:"takenAwayByBoundary"`
	TakenAwayByOrganization []string `json:"takenAwayByOrganization"`
}

type dangerAnswer struct {
	Action  string         `json:"action"`
	Level   string         `json:"level"`
	Ways    []string       `json:"ways"`
	Witness *witnessAnswer `json:"witness"`
}

type givenAnswer struct {
	Policies     []string       `json:"policies"`
	Resource     string         `json:"resource"`
	Actions      []string       `json:"actions"`
	PastBoundary bool           `json:"pastBoundary"`
	Decision     string         `json:"decision"`
	Witness      *witnessAnswer `json:"witness"`
}

type grownAnswer struct {
	By       string          `json:"by"`
	Witness  *witnessAnswer  `json:"witness"`
	Services []serviceAnswer `json:"services"`
}

func (s *serviceAbilities) json() serviceAnswer {
	out := serviceAnswer{
		Service: s.prefix, Allowed: map[string][]string{},
		Partly: append([]string{}, s.partly...), Undetermined: append([]string{}, s.perhaps...),
		TakenAwayByBoundary:     append([]string{}, s.byBoundary...),
		TakenAwayByOrganization: append([]string{}, s.byOrganization...),
	}
	for level, names := range s.allowed {
		out.Allowed[level.String()] = names
	}
	return out
}

func (a *abilities) json() *abilitiesAnswer {
	out := &abilitiesAnswer{
		Entity: describe(a.subject.Entity, a.asked.Model), Services: []serviceAnswer{}, Dangers: []dangerAnswer{}, Given: []givenAnswer{},
		NotInside: append([]string{}, a.subject.Unseen...),
	}
	if name := a.subject.BoundaryName(); name != "" {
		out.Boundary = &name
	}
	for _, s := range a.services {
		out.Services = append(out.Services, s.json())
	}
	for _, d := range a.dangers {
		one := dangerAnswer{Action: d.action.String(), Level: d.action.AccessLevel.String(), Ways: []string{}}
		for _, w := range d.ways {
			one.Ways = append(one.Ways, w.ID)
		}
		one.Witness = witness(a.subject, a.example(d))
		out.Dangers = append(out.Dangers, one)
	}
	for i := range a.given {
		g := &a.given[i]
		decision := authz.Allowed
		if g.Perhaps {
			decision = authz.Undetermined
		}
		out.Given = append(out.Given, givenAnswer{
			Policies: g.Addresses, Resource: g.Resource.String(), Actions: g.Actions, PastBoundary: g.PastBoundary,
			Decision: decision.String(), Witness: witness(a.subject, g.Witness),
		})
	}
	if a.grown != nil {
		out.Grown = &grownAnswer{By: a.grown.What, Witness: witness(a.subject, a.grown.Witness), Services: []serviceAnswer{}}
		for _, s := range grownServices(a.grown) {
			out.Grown.Services = append(out.Grown.Services, s.json())
		}
	}
	return out
}

// example is a request with a dangerous action that is allowed in part; nil
// where it is allowed on everything.
func (a *abilities) example(d danger) *authz.Witness {
	if !d.partly {
		return nil
	}
	return authz.Search(a.subject.Known, a.subject.Universe, &authz.Query{Actions: []string{d.action.String()}}).Witness
}

// grownServices sorts out what a grown subject can do.
func grownServices(g *inquiry.Grown) []*serviceAbilities {
	var out []*serviceAbilities
	for _, x := range g.Scopes {
		if x.Scope == authz.ScopeNone {
			continue
		}
		if n := len(out); n == 0 || out[n-1].prefix != x.Action.Service {
			out = append(out, newServiceAbilities(x.Action.Service))
		}
		out[len(out)-1].add(inquiry.Ability{Action: x.Action, Scope: x.Scope, Own: x.Scope, Bounded: x.Scope})
	}
	return out
}
