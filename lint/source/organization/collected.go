package organization

import (
	"errors"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Read reads a directory that [Recognise] knows. What is wrong with a file does not
// hide the others: the error tells of the first, and how many more there are, and the
// models say that they are not complete.
func Read(o Options) ([]*iam.Model, error) {
	d, err := openDirectory(o)
	if err != nil {
		return nil, err
	}
	defer d.tree.Close()
	if partitions := partitionsIn(d.tree); len(partitions) > 0 {
		return d.collected(partitions)
	}
	return d.answers()
}

// collected reads the accounts and organizations of all partitions.
func (d *directory) collected(partitions []partition) ([]*iam.Model, error) {
	var models []*iam.Model
	var faults []error
	for _, p := range partitions {
		var trees []*tree
		ids, err := d.folders(path.Join(p.dir, "organizations"))
		faults = appendFault(faults, err)
		for _, id := range ids {
			t := d.organization(path.Join(p.dir, "organizations", id))
			trees, faults = append(trees, t), append(faults, t.faults...)
		}
		of, wrong := d.accounts(p, trees)
		faults = append(faults, wrong...)
		models = append(models, of...)
	}
	if len(models) == 0 && len(faults) == 0 {
		return nil, stream.Errorf("it has organizations and no account: expected the directory that iam-collect writes")
	}
	return models, joined(faults)
}

func appendFault(faults []error, err error) []error {
	if err != nil {
		return append(faults, err)
	}
	return faults
}

// joined is the first of several faults, with the number of the others.
func joined(faults []error) error {
	if len(faults) < 2 {
		return errors.Join(faults...)
	}
	told, ok := errors.AsType[*stream.Error](faults[0])
	if !ok {
		return faults[0]
	}
	more := stream.Errorf("%s (and %d more files that cannot be read)", told.Problem, len(faults)-1)
	more.Err = faults[0]
	return more
}

// accounts reads the accounts of a partition: several at a time, and in order.
func (d *directory) accounts(p partition, trees []*tree) ([]*iam.Model, []error) {
	dir := path.Join(p.dir, "accounts")
	names, err := d.folders(dir)
	faults := appendFault(nil, err)
	var odd []string
	names = slices.DeleteFunc(names, func(name string) bool {
		foreign := !policy.IsAccountID(name)
		if foreign && isAccount(d.tree, path.Join(dir, name)) {
			odd = append(odd, name)
		}
		return foreign
	})
	reads := make([]chan *read, len(names))
	for i := range reads {
		reads[i] = make(chan *read, 1)
	}
	// What has been read waits in memory: only so many accounts are read ahead.
	ahead := make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	go func() {
		for i, id := range names {
			ahead <- struct{}{}
			go func() { reads[i] <- d.readAccount(p, id) }()
		}
	}()
	var models []*iam.Model
	for i := range names {
		r := <-reads[i]
		<-ahead
		m, err := d.model(r)
		faults = append(appendFault(faults, err), r.faults...)
		if m != nil {
			m = d.kept(m, trees, func(d *directory) (*iam.Model, error) { return d.model(d.readAccount(p, names[i])) })
			models = append(models, m)
		}
		for _, t := range trees {
			if t.mayHave(r) && m != nil {
				t.member(r.id)
				m.Diagnostics = append(m.Diagnostics, t.unplaced(r.id, d.shown(r.dir)))
			}
			if t.Accounts[r.id] == nil {
				continue
			}
			faults = append(faults, d.collectedSets(t.sets, p.name, path.Join(r.dir, "sso"), deepest)...)
			for _, g := range r.grants {
				if g.shares != nil {
					t.Shares = append(t.Shares, iam.ResourceShare{Resource: g.arn, Account: r.id, Shares: g.shares})
				}
			}
		}
	}
	for _, name := range odd {
		if len(models) > 0 {
			models[0].Diagnostics = append(models[0].Diagnostics, iam.Diagnostic{
				Summary:  "it is not read: " + name + " is not the id of an account, which has twelve digits",
				Location: iam.Location{File: d.shown(path.Join(dir, name))},
			})
		}
	}
	for _, t := range trees {
		slices.SortFunc(t.Shares, func(x, y iam.ResourceShare) int { return strings.Compare(x.Resource, y.Resource) })
		t.give(models)
		t.sets.give(slices.DeleteFunc(slices.Clone(models), func(m *iam.Model) bool { return m.Organization != t.Organization }), t)
	}
	return models, faults
}

// mayHave reports whether an account may be a member of an organization that does not
// list it: its own file says so, or nothing tells the members.
func (t *tree) mayHave(r *read) bool {
	return t.Accounts[r.id] == nil && (r.organization == t.ID || r.organization == "" && !t.listed)
}

// unplaced says that what binds an account is not known.
func (t *tree) unplaced(account, file string) iam.Diagnostic {
	return iam.Diagnostic{
		Summary: "it is not known where in the organization " + t.ID + " the account " + account + " is",
		Detail: "No file about the organization lists it. Which service and resource control policies bind it is not known, " +
			"and what depends on them is not determined.",
		Location: iam.Location{File: file},
	}
}

// model makes the model of an account.
func (d *directory) model(r *read) (*iam.Model, error) {
	o := d.account(r.dir)
	o.OnlyCurrent = true
	b := account.NewBuilder(o)
	b.Account(r.id, r.partition, account.Users, account.Groups, account.Roles, account.Policies)
	var wrong error
	for _, e := range r.entries {
		if err := b.Add(e.list, e.raw, e.places); err != nil {
			at := e.places("").File
			b.Odd(r.id, at+" cannot be read")
			if wrong == nil {
				wrong = d.fault(at, err)
			}
		}
	}
	for _, odd := range r.odd {
		b.Odd(r.id, odd)
	}
	models := b.Models()
	i := slices.IndexFunc(models, func(m *iam.Model) bool { return m.Input.Root == r.id })
	if i < 0 {
		return nil, wrong
	}
	if err := d.give(models[i], r); wrong == nil && err != nil {
		wrong = d.fault(r.dir, err)
	}
	return models[i], wrong
}

// give gives the organization to the models of its accounts, and its policies to that
// of the management account, or else the first of them.
func (t *tree) give(models []*iam.Model) {
	var first *iam.Model
	for _, m := range models {
		id := m.Input.Root
		if t.Accounts[id] == nil || m.Organization != nil {
			continue
		}
		m.Organization = t.Organization
		if first == nil || id == t.Management {
			first = m
		}
	}
	if first == nil {
		return
	}
	t.holder = first.Input.Root
	for _, p := range t.written() {
		p.Provider = t.holder
		first.OrganizationPolicies = append(first.OrganizationPolicies, p)
	}
}

// giveAgain gives the model of an account that is read again what give and the
// permission sets gave the one that was read first.
func (t *tree) giveAgain(m *iam.Model) {
	id := m.Input.Root
	if t.Accounts[id] == nil || m.Organization != nil {
		return
	}
	m.Organization = t.Organization
	if id == t.holder {
		for _, p := range t.written() {
			own := *p // each is linked with its model
			own.Document = new(iam.Document)
			*own.Document = *p.Document
			m.OrganizationPolicies = append(m.OrganizationPolicies, &own)
		}
	}
	if id == t.sets.holder {
		t.sets.giveTo(m)
	}
}
