package rules

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// account is what the rules about permissions derive once from a model: who
// acts in it, with which policies, and what is known of the rest.
type account struct {
	model *iam.Model
	// check ends the judging once its share is used up.
	check    func()
	settings *lint.Settings
	approved *approvedSet
	// holders are the entities, in the order of the model, and the permission
	// sets that could act: administrators and trusted ones included.
	holders []*holder
	// alone are policies and groups that no entity of the input has.
	alone    []*holder
	byEntity map[*iam.Entity]*holder
	compiled map[*policy.Document]*authz.Policy
	// saying are those of documents by their first statement, which documents of
	// the same text have in common.
	saying map[*policy.Statement]*authz.Policy
	// standing tells where a compiled policy stands in the input.
	standing map[*authz.Policy]grant
	managed  map[string]*authz.Policy
	// widened tells of policies whether an older version allows more.
	widened map[*iam.ManagedPolicy]authz.Verdict
	// doubted are the policies that nobody has for certain, and unsure those
	// that a holder may not have.
	doubted map[perhapsKey]*authz.Policy
	unsure  map[unsureOf]*authz.Policy
	// lookedUp are the documents of policies that the input does not declare
	// and knows all the same, by ARN.
	lookedUp map[string]*iam.Lookup
	// scps and rcps are the organization's policies.
	scps, rcps []level
	universes  map[universeKey]*authz.Universe
	// judged are the actors, protected the boundaries nobody may edit.
	judged    []*holder
	protected []policy.Text
	used      []policy.Text // see boundariesInUse
	// answers are those to questions that several rules ask, or the same rule
	// of several holders.
	answers map[askedOf]authz.Answer
	// personal tells of policies whether they ask who makes a request,
	// delegating whether they may allow anything that the rules ask for, named
	// which boundaries their conditions name.
	personal, delegating map[*authz.Policy]bool
	named                map[*authz.Policy][]policy.Text
	// asked are the patterns by which policies ask for boundaries.
	asked []string
	// derived are what [Derived] tells of.
	derived map[any]any
	// outside are the policies that the input certainly gives to somebody whom
	// it does not declare.
	outside map[*iam.ManagedPolicy]bool
	// pinned are the boundaries that only conditions name.
	pinned map[*iam.ManagedPolicy]bool
	// administrators and exemptActors remember verdicts by what a holder has.
	administrators map[string]administratorVerdict
	exemptActors   map[string]administratorVerdict
}

const (
	// unbounded: it has none.
	unbounded boundaryKnowledge = iota
	// boundedKnown: its document is in the principal.
	boundedKnown
	// boundedUnseen: it has one whose document is outside of the input. The
	// principal is left without it.
	boundedUnseen
	// boundedHidden: the attribute is not known; there may be none.
	boundedHidden
)

// accounts is the account that a model is of.
var accounts = lint.NewFact(newAccount)

func newAccount(p *lint.Pass) (*account, error) {
	approved, err := approvedSets.Of(p)
	if err != nil {
		return nil, err
	}
	a := &account{
		model: p.Model, settings: p.Settings, approved: approved, check: p.Check,
		byEntity:  map[*iam.Entity]*holder{},
		compiled:  map[*policy.Document]*authz.Policy{},
		saying:    map[*policy.Statement]*authz.Policy{},
		standing:  map[*authz.Policy]grant{},
		managed:   map[string]*authz.Policy{},
		doubted:   map[perhapsKey]*authz.Policy{},
		unsure:    map[unsureOf]*authz.Policy{},
		widened:   map[*iam.ManagedPolicy]authz.Verdict{},
		lookedUp:  lookedUp(p.Model),
		universes: map[universeKey]*authz.Universe{},
		answers:   map[askedOf]authz.Answer{},
		personal:  map[*authz.Policy]bool{},

		delegating: map[*authz.Policy]bool{},
		named:      map[*authz.Policy][]policy.Text{},
		derived:    map[any]any{},
	}
	a.organization()
	for e := range p.Entities() {
		h := a.holderOf(e)
		a.holders = append(a.holders, h)
		a.byEntity[e] = h
	}
	for _, e := range p.Model.PermissionSets {
		if !e.Gone() {
			h := a.holderOf(e)
			a.holders = append(a.holders, h)
			a.byEntity[e] = h
		}
	}
	a.judgeAlone()
	return a, nil
}
