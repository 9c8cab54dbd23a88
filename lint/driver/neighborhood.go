package driver

import (
	"cmp"
	"fmt"
	"iter"
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
	// Forget lets go of a model that is not asked about any more.
	Forget(m *iam.Model)
}

// MostNeighbors is the number of roles and users of other accounts up to which
// accounts are taken along as a whole. Beyond, of an account only the roles that
// are reached are.
const MostNeighbors = 20_000

// accounts are the accounts of all dumps of one partition, and whom their roles trust.
type accounts struct {
	crossings Crossings
	outlines  *Outlines
	most      int
	// models are linked, each of one account, sorted by it. Some may be outlines.
	models []*iam.Model
	byID   map[string]*iam.Model
	// naming are the roles whose trust policies may name something of an account, or the
	// policies of what runs with them, open those that may name anyone.
	naming map[string][]trusting
	open   []trusting
	// sets are the roles of permission sets, by the ARNs of the sets.
	sets map[string][]*reachableRole
}

// reachableRole is a role that somebody of another account may come to: one that may trust
// them, or one of a permission set, whose name is set. The entity is nil where there
// is only an outline of its account.
type reachableRole struct {
	account, address, set string
	arn                   policy.Text
	entity                *iam.Entity
}

// sharedThing is something whose own policy may let others change what it runs.
type sharedThing struct {
	address string
	arn     policy.Text
}

// trusting is a role with whom its trust policy names: an account, "" for any, and in it
// the resource part of an ARN, "" for the account as a whole. shared is what runs with the
// role where it is the policy of that which names them; nil for the trust policy.
type trusting struct {
	role          *reachableRole
	account, name string
	shared        *sharedThing
}

// arn is that of what the policy is of.
func (t trusting) arn() policy.Text {
	if t.shared != nil {
		return t.shared.arn
	}
	return t.role.arn
}

func newAccounts(models []*iam.Model, crossings Crossings, outlines *Outlines, most int) *accounts {
	a := &accounts{
		crossings: crossings, outlines: outlines, most: cmp.Or(most, MostNeighbors),
		byID: map[string]*iam.Model{}, naming: map[string][]trusting{}, sets: map[string][]*reachableRole{},
	}
	a.models = slices.SortedStableFunc(slices.Values(models), func(x, y *iam.Model) int { return strings.Compare(accountOf(x), accountOf(y)) })
	for _, m := range a.models {
		a.byID[accountOf(m)] = m
		for _, role := range outlines.provisionedIn(m) {
			if set := setOf(m, role); set != nil {
				a.sets[set.ARN] = append(a.sets[set.ARN], role)
			}
		}
		trusts := []trusting(nil)
		if out := outlines.outlineOf(m); out != nil {
			trusts = out.trusts
		} else {
			trusts = trustsIn(m)
		}
		for _, t := range trusts {
			if t.account == "" {
				a.open = append(a.open, t)
			} else {
				a.naming[t.account] = append(a.naming[t.account], t)
			}
		}
	}
	return a
}

// trustsIn are whom the trust policies of the roles of a model may name, and the policies of
// what runs with them, each once.
func trustsIn(m *iam.Model) []trusting {
	var out []trusting
	byEntity := map[*iam.Entity]*reachableRole{}
	for _, e := range m.Entities {
		if e.Kind != iam.Role || e.Gone() || e.AWSOwned() {
			continue
		}
		role, own := &reachableRole{account: accountOf(m), address: e.Address, arn: e.ARN, entity: e}, len(out)
		byEntity[e] = role
		for _, t := range trustedBy(e) {
			t.role = role
			if !slices.Contains(out[own:], t) {
				out = append(out, t)
			}
		}
	}
	for _, s := range m.Shared() {
		role, own := byEntity[s.Role], len(out)
		if role == nil {
			continue
		}
		thing := &sharedThing{address: s.Compute.Address, arn: s.Compute.ARN}
		for _, t := range namedBy(s.Statements, s.Hidden) {
			t.role, t.shared = role, thing
			if !slices.Contains(out[own:], t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// trustedBy are whom the trust policy of a role may name.
func trustedBy(role *iam.Entity) []trusting {
	t := role.Trust
	if t == nil || t.Document == nil || t.Unknown != nil {
		return namedBy(nil, true)
	}
	return namedBy(t.Statements, false)
}

// namedBy are whom statements may name: anyone where the policy is hidden.
func namedBy(statements []*policy.Statement, hidden bool) []trusting {
	if hidden {
		return []trusting{{}}
	}
	var out []trusting
	for _, s := range statements {
		switch {
		case s.Effect == policy.Deny:
		case s.Principal == nil || s.NotPrincipal != nil || s.Principal.Any || s.Principal.Unknown != nil || s.Unknown != nil:
			out = append(out, trusting{})
		default:
			for _, entry := range s.Principal.Entries {
				if entry.Type == "AWS" || entry.Type == "" {
					account := namedAccount(entry.Text)
					out = append(out, trusting{account: account, name: tailNamed(entry.Text)})
				}
			}
		}
	}
	return out
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
// not taken along as a whole because there were too many; "" for none. The error is
// that an account cannot be read again.
func (a *accounts) neighborhood(m *iam.Model) (view *iam.Model, cut string, err error) {
	s := &spread{
		of: a, own: accountOf(m), whole: map[string]*iam.Model{}, seen: map[*reachableRole]bool{}, only: map[string][]single{},
		shared: map[string][]trusting{},
	}
	s.take(s.own)
	s.takeSets(m)
	for len(s.queue) > 0 && s.err == nil {
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.err = next()
	}
	var others []iam.Neighbor
	for _, id := range s.order {
		if whole := s.whole[id]; whole != nil {
			others = append(others, iam.Neighbor{Model: whole})
			continue
		}
		n := iam.Neighbor{Model: a.byID[id]}
		slices.SortFunc(s.only[id], func(x, y single) int { return iam.CompareAddresses(x.address, y.address) })
		for _, one := range s.only[id] {
			if one.entity == nil && s.err == nil {
				one.entity, s.err = a.outlines.extract(a.outlines.outlineOf(n.Model), one.address)
			}
			n.Only = append(n.Only, one.entity)
		}
		if s.err == nil {
			n.Shared, s.err = a.sharedOf(n, s.shared[id])
		}
		others = append(others, n)
	}
	if s.err != nil {
		return nil, "", s.err
	}
	slices.SortStableFunc(others, func(x, y iam.Neighbor) int { return strings.Compare(accountOf(x.Model), accountOf(y.Model)) })
	return m.Beside(others...), strings.Join(s.cut, ", "), nil
}

// trusting are the roles whose trust policies may name something of an account, or the
// policies of what runs with them, those of one account after the other.
func (a *accounts) trusting(account string) iter.Seq[trusting] {
	return func(yield func(trusting) bool) {
		naming, open := a.naming[account], a.open
		for len(naming)+len(open) > 0 {
			from := &naming
			if len(naming) == 0 || len(open) > 0 && open[0].role.account < naming[0].role.account {
				from = &open
			}
			if !yield((*from)[0]) {
				return
			}
			*from = (*from)[1:]
		}
	}
}

// sharedOf is what is shared of an account of which only some roles are taken along.
func (a *accounts) sharedOf(n iam.Neighbor, things []trusting) ([]iam.Shared, error) {
	slices.SortFunc(things, func(x, y trusting) int { return iam.CompareAddresses(x.shared.address, y.shared.address) })
	var out []iam.Shared
	for _, t := range things {
		one, ok := n.Model.SharedAt(t.shared.address)
		if kept := a.outlines.outlineOf(n.Model); kept != nil {
			var err error
			if one, ok, err = a.outlines.shared(kept, t.shared.address); err != nil {
				return nil, err
			}
		}
		role := slices.IndexFunc(n.Only, func(e *iam.Entity) bool { return e.Address == t.role.address })
		if ok && role >= 0 {
			out = append(out, one.With(n.Only[role]))
		}
	}
	return out, nil
}

// size is how many roles and users an account has.
func (a *accounts) size(m *iam.Model) int {
	if out := a.outlines.outlineOf(m); out != nil {
		return out.entities
	}
	return len(m.Entities)
}

// takenWhole is an account with all that is in it, and what its principals assume.
func (a *accounts) takenWhole(m *iam.Model) (whole *iam.Model, assumes []policy.Text, err error) {
	if out := a.outlines.outlineOf(m); out != nil {
		return a.outlines.whole(out)
	}
	return m, a.crossings.Assumes(m), nil
}

// onward is where paths go on from a role.
func (a *accounts) onward(role *reachableRole) (onward, error) {
	m := a.byID[role.account]
	if out := a.outlines.outlineOf(m); out != nil {
		return a.outlines.reach(out, role.address)
	}
	steps, assumes := a.crossings.Onward(m, role.entity)
	return onward{steps, assumes}, nil
}

// spread is the walk from one account to those that matter to it.
type spread struct {
	of  *accounts
	own string
	// whole are the accounts that are taken along as a whole, the own one among them.
	whole map[string]*iam.Model
	seen  map[*reachableRole]bool
	only  map[string][]single
	// shared are what may be changed from other accounts, of those that are not whole.
	shared map[string][]trusting
	// order are the other accounts as they were met, cut those that were too many.
	order, cut []string
	size       int
	queue      []func() error
	err        error
}

// single is a role or permission set that is taken along. The entity is nil where
// there is only an outline of its account.
type single struct {
	address string
	entity  *iam.Entity
}

// take takes an account along as a whole, and looks at what its principals assume.
func (s *spread) take(account string) {
	m := s.of.byID[account]
	if s.whole[account] != nil || m == nil {
		return
	}
	if account != s.own {
		size := s.of.size(m)
		if s.size+size > s.of.most {
			if !slices.Contains(s.cut, account) {
				s.cut = append(s.cut, account)
			}
			return
		}
		s.size += size
		s.meet(account)
	}
	s.whole[account] = m
	s.queue = append(s.queue, func() error {
		whole, patterns, err := s.of.takenWhole(m)
		if err != nil {
			return err
		}
		s.whole[account] = whole
		var reached []trusting
		if account == s.own && slices.ContainsFunc(patterns, isAnyRole) {
			for _, role := range s.assigned(m) {
				reached = append(reached, trusting{role: role})
			}
		}
		for t := range s.of.trusting(account) {
			if t.role.account != account && covers(patterns, t.arn()) {
				reached = append(reached, t)
			}
		}
		// An account is read again once for all that are asked about.
		slices.SortStableFunc(reached, func(x, y trusting) int { return strings.Compare(x.role.account, y.role.account) })
		for _, t := range reached {
			s.reach(t)
		}
		return s.err
	})
}

// takeSets takes along the permission sets of another account's model, the management
// account's, that the own account may change as a delegated administrator.
func (s *spread) takeSets(m *iam.Model) {
	o := m.Organization
	if o == nil || s.own == o.Management || s.of.byID[o.Management] == nil {
		return
	}
	administered, of := o.AdministeredSets(s.own), s.of.byID[o.Management]
	for _, e := range of.PermissionSets {
		if arn, known := e.SetARN.Known(); known && slices.Contains(administered, arn) {
			s.meet(o.Management)
			one := single{e.Address, e}
			if s.of.outlines.outlineOf(of) != nil {
				one.entity = nil // its policies are not there
			}
			s.only[o.Management] = append(s.only[o.Management], one)
		}
	}
}

// assigned are the roles of the permission sets that the own account may assign to its
// principals in the accounts of the organization.
func (s *spread) assigned(m *iam.Model) []*reachableRole {
	var out []*reachableRole
	if m.Organization == nil {
		return nil
	}
	for _, arn := range m.Organization.AdministeredSets(s.own) {
		for _, role := range s.of.sets[arn] {
			if role.account != s.own {
				out = append(out, role)
			}
		}
	}
	return out
}

func (s *spread) meet(account string) {
	if !slices.Contains(s.order, account) {
		s.order = append(s.order, account)
	}
}

// reach takes a role along with what is shared that runs with it.
func (s *spread) reach(t trusting) {
	known := func(other trusting) bool { return other.shared == t.shared }
	if list := s.shared[t.role.account]; t.shared != nil && !slices.ContainsFunc(list, known) {
		s.shared[t.role.account] = append(list, t)
	}
	s.visit(t.role)
}

// visit takes a role along, and what its sessions may go on to.
func (s *spread) visit(role *reachableRole) {
	if s.seen[role] || s.whole[role.account] != nil || s.err != nil {
		return
	}
	s.seen[role] = true
	s.only[role.account] = append(s.only[role.account], single{role.address, role.entity})
	s.meet(role.account)
	onward, err := s.of.onward(role)
	if err != nil {
		s.err = err
		return
	}
	if onward.steps {
		s.take(role.account)
		return
	}
	tail := ""
	if arn, ok := policy.ParseARN(role.arn); ok {
		tail, _ = arn.Resource.Known()
	}
	s.queue = append(s.queue, func() error {
		for next := range s.of.trusting(role.account) {
			if next.shared != nil {
				continue // who takes no step changes nothing
			}
			// In one account a role that names another one, or everyone, lets it in
			// without a grant.
			byName := next.role.account == role.account &&
				(next.account == "" || next.name == tail || strings.HasPrefix(next.name, "assumed-role/"))
			if next.role.account != s.own && (byName || covers(onward.assumes, next.role.arn)) {
				s.visit(next.role)
			}
		}
		return s.err
	})
}

// isAnyRole reports whether a pattern takes all roles, as those of principals do that may
// take other steps than to assume a role.
func isAnyRole(x policy.Text) bool {
	glob, known := x.Known()
	return known && glob == "*"
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
