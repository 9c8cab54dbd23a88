package main

import (
	"sync"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// crossings tell the driver what matters of one account to another, by what their
// principals are allowed.
type crossings struct {
	settings *lint.Settings
	mu       sync.Mutex
	accounts map[*iam.Model]*crossed
}

// crossed is an account that is asked for. What is derived from it is not safe for
// several who ask at the same time.
type crossed struct {
	mu      sync.Mutex
	account *holders.Account
	// boundaries are the documents that serve as boundaries in it.
	boundaries []*authz.Policy
	// assumes are the patterns of what its principals assume, where assumed is set.
	assumes []policy.Text
	assumed bool
	onward  map[*iam.Entity]escalation.Onward
}

func newCrossings(settings *lint.Settings) *crossings {
	return &crossings{settings: settings, accounts: map[*iam.Model]*crossed{}}
}

// of is the account of a model, locked. It has nothing in it where its configuration
// cannot be judged, which the rules report.
func (c *crossings) of(m *iam.Model) *crossed {
	c.mu.Lock()
	known := c.accounts[m]
	if known == nil {
		known = &crossed{onward: map[*iam.Entity]escalation.Onward{}}
		c.accounts[m] = known
	}
	c.mu.Unlock()
	known.mu.Lock()
	if known.account == nil {
		known.read(lint.NewPass(&lint.Rule{}, m, c.settings, nil, nil))
	}
	return known
}

func (c *crossed) read(p *lint.Pass) {
	account, err := holders.Accounts.Of(p)
	if err != nil {
		c.account = &holders.Account{}
		return
	}
	c.account = account
	documents, _ := holders.BoundaryDocuments(p) // an error is one that the rules report
	for _, d := range documents {
		c.boundaries = append(c.boundaries, account.Compile(d.Document, d.Address))
	}
	for m := range account.PinnedBoundaries() {
		if m.Document != nil && m.Document.Document != nil {
			c.boundaries = append(c.boundaries, account.Compile(m.Document, m.Address))
		}
	}
}

// Assumes are patterns of the roles that principals of a model may assume.
func (c *crossings) Assumes(m *iam.Model) []policy.Text {
	of := c.of(m)
	defer of.mu.Unlock()
	if !of.assumed {
		of.assumes, of.assumed = escalation.Assumes(of.account, of.boundaries), true
	}
	return of.assumes
}

// Forget lets go of what is known of a model.
func (c *crossings) Forget(m *iam.Model) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.accounts, m)
}

// Onward tells where a path goes on from a role of a model.
func (c *crossings) Onward(m *iam.Model, role *iam.Entity) (steps bool, assumes []policy.Text) {
	of := c.of(m)
	defer of.mu.Unlock()
	onward, ok := of.onward[role]
	if !ok {
		onward = escalation.OnwardFrom(of.account, role)
		of.onward[role] = onward
	}
	return onward.Steps, onward.Assumes
}
