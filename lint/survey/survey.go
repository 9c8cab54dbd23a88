// Package survey finds out what the roles and users of a repository have in
// common: their boundaries, their names, their accounts, who deploys them, and
// in which workspaces. "boundlint init" proposes a configuration from it.
//
// It judges nothing. What is sensitive is counted and never named.
package survey

import (
	"cmp"
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Survey is what the models of one run have in common.
type Survey struct {
	// Roots are the root modules, in the order of their paths.
	Roots []Root
	// Workspaces are the names that root modules which use terraform.workspace
	// seem to have for theirs.
	Workspaces []string
	// Entities counts the roles and users.
	Entities Count
	// Boundaries are those in use, the most used first. Unbounded counts the
	// entities without one, Hidden those of which it is not known or not to be
	// said.
	Boundaries        []Boundary
	Unbounded, Hidden Count
	// Names are what the names of each type of resource have in common.
	Names []Names
	// Accounts are the accounts that root modules deploy to.
	Accounts []Account
	// Deployers are the entities that seem to run Terraform.
	Deployers []Deployer
	// Unread says what was not read, and where; the caller fills it.
	Unread []string
}

// Count is a number of roles and of users.
type Count struct{ Roles, Users int }

// Of is the number of both.
func (c Count) Of() int { return c.Roles + c.Users }

func (c *Count) add(e *iam.Entity) {
	if e.Kind == iam.User {
		c.Users++
	} else {
		c.Roles++
	}
}

// Account is an account, how it was found, and how many root modules deploy to
// it.
type Account struct {
	ID, From string
	Roots    int
}

// Of surveys models, which it links. A root module that is evaluated in several
// workspaces counts once. secret reports whether a text of a linked model tells
// what is sensitive.
func Of(models []*iam.Model, secret func(m *iam.Model, text string) bool) (*Survey, error) {
	s := &surveyor{
		seen:       map[string]bool{},
		roots:      map[string]*Root{},
		boundaries: map[string]*Boundary{},
		names:      map[string]*nameCount{},
		accounts:   map[string]*Account{},
		secret:     secret,
	}
	for _, m := range models {
		m.Link(iam.Hints{})
		if err := s.model(m); err != nil {
			return nil, err
		}
	}
	return s.survey(), nil
}

// surveyor collects what the models say.
type surveyor struct {
	out Survey
	// seen are the entities that have been counted, by root module and address,
	// and by their boundary besides.
	seen       map[string]bool
	roots      map[string]*Root
	boundaries map[string]*Boundary
	names      map[string]*nameCount
	accounts   map[string]*Account
	candidates []candidate
	secret     func(m *iam.Model, text string) bool
}

func (s *surveyor) model(m *iam.Model) error {
	s.root(m)
	if id, known := m.Deployment.Account.Known(); known && id != "" && !m.Deployment.AccountSensitive && !s.secret(m, id) {
		s.account(id, m)
	}
	account, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m, &lint.Settings{}, nil, func(lint.Filed) {}))
	if err != nil {
		return err
	}
	for _, e := range m.Entities {
		if e.Gone() || e.AWSOwned() {
			continue
		}
		key := m.Input.Root + "\x00" + e.Address
		// In another workspace it may have another boundary.
		s.boundary(m, key, e)
		if s.seen[key] {
			continue
		}
		s.seen[key] = true
		s.out.Entities.add(e)
		s.name(m, e)
		s.candidate(m, account, e)
	}
	return nil
}

func (s *surveyor) account(id string, m *iam.Model) {
	a := s.accounts[id]
	if a == nil {
		a = &Account{ID: id, From: m.Deployment.AccountFrom}
		s.accounts[id] = a
	}
	a.Roots++
}

func (s *surveyor) survey() *Survey {
	out := &s.out
	for _, path := range slices.Sorted(maps.Keys(s.roots)) {
		out.Roots = append(out.Roots, *s.roots[path])
		if s.roots[path].AsksWorkspace {
			out.Workspaces = append(out.Workspaces, s.roots[path].Workspaces...)
		}
	}
	slices.Sort(out.Workspaces)
	out.Workspaces = slices.Compact(out.Workspaces)
	for _, b := range s.boundaries {
		out.Boundaries = append(out.Boundaries, *b)
	}
	slices.SortFunc(out.Boundaries, func(x, y Boundary) int {
		return cmp.Or(cmp.Compare(y.Of(), x.Of()), cmp.Compare(x.ARN, y.ARN), cmp.Compare(x.Reference, y.Reference))
	})
	label(out.Boundaries)
	for _, typ := range slices.Sorted(maps.Keys(s.names)) {
		out.Names = append(out.Names, s.names[typ].common(typ))
	}
	for _, id := range slices.Sorted(maps.Keys(s.accounts)) {
		out.Accounts = append(out.Accounts, *s.accounts[id])
	}
	out.Deployers = s.deployers()
	return out
}
