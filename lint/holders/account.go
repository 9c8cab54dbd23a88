// Package holders says who holds which policies under which permissions
// boundary: the entities of a model, and the policies and groups that none of
// them has. Rules and inquiries ask the same [Account].
package holders

import (
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Account is what the rules about permissions derive once from a model: who
// acts in it, with which policies, and what is known of the rest.
type Account struct {
	Model *iam.Model
	// Check ends the judging once its share is used up.
	Check    func()
	Settings *lint.Settings
	Approved *ApprovedSet
	// Holders are the entities, in the order of the model, and the permission
	// sets that could act: administrators and trusted ones included.
	Holders []*Holder
	// Neighbors are those of other accounts that matter to these: they take part in
	// paths, and no rule judges them.
	Neighbors []*Holder
	// Unattached are policies and groups that no entity of the input has.
	Unattached []*Holder
	ByEntity   map[*iam.Entity]*Holder
	compiled   map[*policy.Document]*authz.Policy
	// saying are those of documents by their first statement, which documents of
	// the same text have in common.
	saying map[*policy.Statement]*authz.Policy
	// Standing tells where a compiled policy stands in the input.
	Standing map[*authz.Policy]Grant
	managed  map[string]*authz.Policy
	// doubted are the policies that no holder certainly has, and unsure those
	// that a holder may not have.
	doubted map[perhapsKey]*authz.Policy
	unsure  map[unsureOf]*authz.Policy
	// LookedUp are the documents of policies that the input does not declare
	// and knows all the same, by ARN.
	LookedUp map[string]*iam.Lookup
	// scps and rcps are the organization's policies.
	scps, rcps []level
	// derived are what [Derived] tells of.
	derived map[any]any
}

// Accounts is the account that a model is of.
var Accounts = lint.NewFact(newAccount)

func newAccount(p *lint.Pass) (*Account, error) {
	defer p.Stage(lint.Holding)()
	approved, err := ApprovedSets.Of(p)
	if err != nil {
		return nil, err
	}
	a := &Account{
		Model: p.Model, Settings: p.Settings, Approved: approved, Check: p.Check,
		ByEntity: map[*iam.Entity]*Holder{},
		compiled: map[*policy.Document]*authz.Policy{},
		saying:   map[*policy.Statement]*authz.Policy{},
		Standing: map[*authz.Policy]Grant{},
		managed:  map[string]*authz.Policy{},
		doubted:  map[perhapsKey]*authz.Policy{},
		unsure:   map[unsureOf]*authz.Policy{},
		LookedUp: lookedUp(p.Model),
		derived:  map[any]any{},
	}
	a.organization()
	for e := range p.Entities() {
		h := a.HolderOf(e)
		a.Holders = append(a.Holders, h)
		a.ByEntity[e] = h
	}
	add := func(h *Holder) { a.Holders = append(a.Holders, h) }
	provisioned := map[string]*Holder{}
	a.addProvisioned(p.Model.Entities, provisioned, add)
	a.addDeclared(p.Model.PermissionSets, provisioned, add)
	a.findUnattached()
	if n := p.Model.Neighbors; n != nil {
		add := func(h *Holder) {
			if account, known := h.Deployment.Account.Known(); known && h.Elsewhere == "" {
				h.Elsewhere = a.AccountName(account)
			}
			a.Neighbors = append(a.Neighbors, h)
		}
		for _, e := range n.Entities {
			if !e.Gone() && !e.AWSOwned() {
				h := a.HolderOf(e)
				a.ByEntity[e] = h
				add(h)
			}
		}
		a.addProvisioned(n.Entities, nil, add)
		a.addDeclared(n.PermissionSets, provisioned, add)
		a.addAdministered(n.PermissionSets, provisioned, add)
	}
	return a, nil
}
