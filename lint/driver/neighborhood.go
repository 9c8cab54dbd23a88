package driver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Crossings tell, from above, which roles principals assume and where they go on from
// there, for what of other accounts matters to one. Models are linked. Each is asked
// about for every account from which it is reached, and several may be at the same time.
type Crossings interface {
	// Assumes are patterns over the ARNs of the roles that principals of a model
	// may assume as far as their own policies tell.
	Assumes(m *iam.Model) []policy.Text
	// Onward tells whether a role may take any step other than to assume a role,
	// and the patterns of those that it may assume.
	Onward(m *iam.Model, role *iam.Entity) (steps bool, assumes []policy.Text)
}

// MostNeighbors is the number of roles and users of other accounts up to which
// accounts are taken along as a whole. Beyond, of an account only the roles that
// are reached are.
const MostNeighbors = 20_000

// accounts are the accounts of all dumps of one partition, and whom their roles trust.
type accounts struct {
	crossings Crossings
	most      int
	// models are linked, each of one account, sorted by it.
	models []*iam.Model
	byID   map[string]*iam.Model
	// naming are the roles whose trust policies may name something of an account, or the
	// policies of what runs with them, open those that may name anyone.
	naming map[string][]trusting
	open   []trusting
}

// trusting is a role, with its account and what its trust policy names in the other
// one: the resource part of an ARN, "" for the account as a whole. shared is what runs
// with the role where it is the policy of that which names it; nil for the trust policy.
type trusting struct {
	role    *iam.Entity
	account string
	name    string
	shared  *iam.Shared
}

// arn is that of what the policy is of.
func (t trusting) arn() policy.Text {
	if t.shared != nil {
		return t.shared.Compute.ARN
	}
	return t.role.ARN
}

func newAccounts(models []*iam.Model, crossings Crossings, most int) *accounts {
	a := &accounts{
		crossings: crossings, most: cmp.Or(most, MostNeighbors), byID: map[string]*iam.Model{}, naming: map[string][]trusting{},
	}
	a.models = slices.SortedStableFunc(slices.Values(models), func(x, y *iam.Model) int { return strings.Compare(accountOf(x), accountOf(y)) })
	for _, m := range a.models {
		account := accountOf(m)
		a.byID[account] = m
		for _, e := range m.Entities {
			if e.Kind == iam.Role && !e.Gone() && !e.AWSOwned() {
				a.indexTrust(trusting{role: e, account: account})
			}
		}
		for _, s := range m.Shared() {
			if role := s.Compute.Entity; !role.Gone() && !role.AWSOwned() {
				a.index(trusting{role: role, account: account, shared: &s}, s.Hidden, s.Statements)
			}
		}
	}
	return a
}

// indexTrust notes whom the trust policy of a role may name.
func (a *accounts) indexTrust(of trusting) {
	if t := of.role.Trust; t == nil || t.Document == nil || t.Unknown != nil {
		a.index(of, true, nil)
	} else {
		a.index(of, false, t.Statements)
	}
}

// index notes whom statements may name: everybody where the policy is hidden.
func (a *accounts) index(of trusting, hidden bool, statements []*policy.Statement) {
	if hidden {
		a.open = append(a.open, of)
		return
	}
	for _, s := range statements {
		switch {
		case s.Effect == policy.Deny:
		case s.Principal == nil || s.NotPrincipal != nil || s.Principal.Any || s.Principal.Unknown != nil || s.Unknown != nil:
			a.add("", of)
		default:
			for _, entry := range s.Principal.Entries {
				if entry.Type == "AWS" || entry.Type == "" {
					named := of
					named.name = tailNamed(entry.Text)
					a.add(namedAccount(entry.Text), named)
				}
			}
		}
	}
}

// add notes a role under an account that it names, "" for any, once.
func (a *accounts) add(named string, t trusting) {
	list := a.open
	if named != "" {
		list = a.naming[named]
	}
	if n := len(list); n > 0 && list[n-1] == t {
		return
	}
	if named == "" {
		a.open = append(a.open, t)
		return
	}
	a.naming[named] = append(list, t)
}

// namedAccount is the account of a principal in a policy; "" where it may be any.
func namedAccount(x policy.Text) string {
	text, known := x.Known()
	switch arn, ok := policy.ParseARN(x); {
	case known && policy.IsAccountID(text):
		return text
	case ok:
		account, _ := arn.Account.Known()
		return account
	}
	return ""
}

// tailNamed is the resource part of an ARN that names one principal; "" for an account.
func tailNamed(x policy.Text) string {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return ""
	}
	tail, _ := arn.Resource.Known()
	if tail == "root" {
		return ""
	}
	return tail
}

// neighborhood is an account with what of the others matters to it: the roles that
// its principals may assume, and whole accounts where one of them may go on by
// other steps. It depends on nothing but the accounts themselves. cut says which were
// not taken along as a whole because there were too many; "" for none.
func (a *accounts) neighborhood(m *iam.Model) (view *iam.Model, cut string) {
	s := &spread{
		of: a, own: accountOf(m), whole: map[string]bool{}, roles: map[*iam.Entity]bool{}, only: map[string][]*iam.Entity{},
		shared: map[string][]iam.Shared{},
	}
	s.take(s.own)
	s.takeSets(m)
	for len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		next()
	}
	var others []iam.Neighbor
	for _, id := range s.order {
		if s.whole[id] {
			others = append(others, iam.Neighbor{Model: a.byID[id]})
		} else {
			slices.SortFunc(s.only[id], func(x, y *iam.Entity) int { return iam.CompareAddresses(x.Address, y.Address) })
			slices.SortFunc(s.shared[id], func(x, y iam.Shared) int { return iam.CompareAddresses(x.Compute.Address, y.Compute.Address) })
			others = append(others, iam.Neighbor{Model: a.byID[id], Only: s.only[id], Shared: s.shared[id]})
		}
	}
	slices.SortStableFunc(others, func(x, y iam.Neighbor) int { return strings.Compare(accountOf(x.Model), accountOf(y.Model)) })
	return m.Beside(others...), strings.Join(s.cut, ", ")
}

// spread is the walk from one account to those that matter to it.
type spread struct {
	of    *accounts
	own   string
	whole map[string]bool
	roles map[*iam.Entity]bool
	only  map[string][]*iam.Entity
	// shared are what may be changed from other accounts, of those that are not whole.
	shared map[string][]iam.Shared
	// order are the other accounts as they were met, cut those that were too many.
	order, cut []string
	size       int
	queue      []func()
}

// take takes an account along as a whole, and looks at what its principals assume.
func (s *spread) take(account string) {
	m := s.of.byID[account]
	if s.whole[account] || m == nil {
		return
	}
	if account != s.own {
		if s.size += len(m.Entities); s.size > s.of.most {
			if !slices.Contains(s.cut, account) {
				s.cut = append(s.cut, account)
			}
			s.size -= len(m.Entities)
			return
		}
		s.meet(account)
	}
	s.whole[account] = true
	s.queue = append(s.queue, func() {
		patterns := s.of.crossings.Assumes(m)
		for _, list := range [...][]trusting{s.of.naming[account], s.of.open} {
			for _, t := range list {
				if t.account != account && covers(patterns, t.arn()) {
					s.visit(t)
				}
			}
		}
	})
}

// takeSets takes along the permission sets of another account's model, the management
// account's, that the own account may change as a delegated administrator.
func (s *spread) takeSets(m *iam.Model) {
	o := m.Organization
	if o == nil || s.own == o.Management || s.of.byID[o.Management] == nil {
		return
	}
	administered := o.AdministeredSets(s.own)
	for _, e := range s.of.byID[o.Management].PermissionSets {
		if arn, known := e.SetARN.Known(); known && slices.Contains(administered, arn) {
			s.meet(o.Management)
			s.only[o.Management] = append(s.only[o.Management], e)
		}
	}
}

func (s *spread) meet(account string) {
	if !slices.Contains(s.order, account) {
		s.order = append(s.order, account)
	}
}

// visit takes a role along, and what its sessions may go on to.
func (s *spread) visit(t trusting) {
	if s.whole[t.account] {
		return
	}
	known := func(x iam.Shared) bool { return x.Compute == t.shared.Compute }
	if t.shared != nil && !slices.ContainsFunc(s.shared[t.account], known) {
		s.shared[t.account] = append(s.shared[t.account], *t.shared)
	}
	if s.roles[t.role] {
		return
	}
	s.roles[t.role] = true
	s.only[t.account] = append(s.only[t.account], t.role)
	s.meet(t.account)
	steps, assumes := s.of.crossings.Onward(s.of.byID[t.account], t.role)
	if steps {
		s.take(t.account)
		return
	}
	tail := ""
	if arn, ok := policy.ParseARN(t.role.ARN); ok {
		tail, _ = arn.Resource.Known()
	}
	s.queue = append(s.queue, func() {
		for i, list := range [...][]trusting{s.of.naming[t.account], s.of.open} {
			for _, next := range list {
				// In one account a role that names another one, or everyone, lets it in
				// without a grant.
				byName := next.account == t.account && (i == 1 || next.name == tail || strings.HasPrefix(next.name, "assumed-role/"))
				if next.shared != nil {
					continue // who takes no step changes nothing
				}
				if next.account != s.own && (byName || covers(assumes, next.role.ARN)) {
					s.visit(next)
				}
			}
		}
	})
}

// covers reports whether one of some patterns may take an ARN.
func covers(patterns []policy.Text, arn policy.Text) bool {
	text, known := arn.Known()
	return slices.ContainsFunc(patterns, func(p policy.Text) bool {
		glob, literal := p.Known()
		return !literal || !known || strings.Contains(glob, "${") || policy.Glob(glob, text)
	})
}

// cutDiagnostic says that not all of other accounts was taken along.
func cutDiagnostic(m *iam.Model, most int, cut string) lint.Diagnostic {
	return lint.Diagnostic{
		Severity: lint.Warning, Input: m.Input.Path, Judging: true,
		Message: fmt.Sprintf("of what the principals of the account %s reach, the accounts %s were not followed as a whole, for they have "+
			"more than %d roles and users together with the others: paths that go on in them may be missing", accountOf(m), cut, most),
	}
}

// accountsOf are the accounts that a model is one of, linked already; nil where it is
// none of several.
func (r *run) accountsOf(m *iam.Model) *accounts {
	if in := r.accounts[partitionOf(m)]; in != nil && slices.Contains(in.models, m) {
		return in
	}
	return nil
}
