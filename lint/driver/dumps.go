package driver

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/boundlint/boundlint/lint/iam"
)

// joinDumps makes one model of the dumps of each account, where there are several
// dumps, in the place of the first. Each account is judged by itself, with what of
// the others matters to it, for trusts cross accounts.
func (r *run) joinDumps(models []*iam.Model) []*iam.Model {
	var dumps, out []*iam.Model
	at := -1
	for _, m := range models {
		if m.Input.Kind != iam.InputAccount {
			out = append(out, m)
			continue
		}
		if at < 0 {
			at = len(out)
		}
		dumps = append(dumps, m)
	}
	if len(dumps) < 2 {
		return models
	}
	own := r.joinPages(dumps)
	if len(own) > 1 {
		r.linkAccounts(own)
	}
	return slices.Insert(out, at, own...)
}

// joinPages makes one model of the dumps of each account, in the order in which the
// accounts come.
func (r *run) joinPages(dumps []*iam.Model) []*iam.Model {
	var order []string
	pages := map[string][]*iam.Model{}
	for _, m := range dumps {
		account := partitionOf(m) + " " + accountOf(m)
		if pages[account] == nil {
			order = append(order, account)
		}
		pages[account] = append(pages[account], m)
	}
	var out []*iam.Model
	for _, account := range order {
		all := pages[account]
		in := all[0].Input
		for _, m := range all[1:] {
			in.JoinDump(m, func(what string) bool {
				return slices.ContainsFunc(all, func(other *iam.Model) bool { return other.DumpHas(what) })
			})
		}
		seen := map[string]bool{}
		for _, m := range all {
			m.PassOver(seen)
		}
		one := iam.Merge(r.hints(), all...)
		one.Input = in
		out = append(out, one)
	}
	return out
}

// linkAccounts links the models of several accounts, each by itself: all that is in
// one names its account.
func (r *run) linkAccounts(own []*iam.Model) {
	hints := r.hints()
	hints.Account = "" // it is one of them, and each tells its own
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, m := range own {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			link(m, hints)
		})
	}
	wg.Wait()
	apart := map[string][]*iam.Model{}
	for _, m := range own {
		apart[partitionOf(m)] = append(apart[partitionOf(m)], m)
	}
	r.accounts = map[string]*accounts{}
	for partition, models := range apart {
		r.accounts[partition] = newAccounts(models, r.opts.Crossings, r.opts.MostNeighbors)
	}
}

// link links a model and does what else is done once before it is judged.
func link(m *iam.Model, hints iam.Hints) {
	m.Link(hints)
	m.HideOverQuota()
	m.NumberSecrets()
}

// partitionOf is the partition of a dump. The same account id may be in several, and no
// principal of one reaches into another (AWS General Reference, partitions).
func partitionOf(dump *iam.Model) string {
	if len(dump.Providers) == 0 {
		return "aws"
	}
	return cmp.Or(dump.Providers[0].Partition, "aws")
}

// accountOf is the account of a dump.
func accountOf(dump *iam.Model) string {
	if len(dump.Providers) == 0 {
		return ""
	}
	return dump.Providers[0].Name
}
