package driver

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// joinDumps makes one model of the dumps of each account, where there are several
// dumps, in the place of the first. Each account is judged by itself, with what of
// the others matters to it, for trusts cross accounts.
func (r *run) joinDumps(models []*iam.Model) ([]*iam.Model, error) {
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
		return models, nil
	}
	joined, err := r.joinPages(dumps)
	return slices.Insert(out, at, joined...), err
}

// besides links the accounts of several dumps, which are in one run or in several, and
// gives each run those that matter to its own.
func besides(runs []*run) {
	own := make([][]*iam.Model, len(runs))
	count := 0
	told := crossingsOf{}
	for i, r := range runs {
		if r.opts.SameAccount {
			continue
		}
		for _, m := range r.models {
			if m.Input.Kind == iam.InputAccount {
				r.opts.Outlines.seeSets(m)
				own[i] = append(own[i], m)
				told[m] = orAll(r.opts.Crossings)
				count++
			}
		}
	}
	if count < 2 {
		return
	}
	for i, r := range runs {
		r.linkAccounts(own[i])
		r.opts.Outlines.belong(own[i], r.hintsOfSeveral(), orAll(r.opts.Crossings))
	}
	for i, r := range runs {
		if len(own[i]) > 0 {
			r.accounts = r.apart(slices.Concat(append([][]*iam.Model{own[i]}, own...)...), told)
		}
	}
}

// apart are the accounts of each partition: of one that is there several times, the
// first.
func (r *run) apart(models []*iam.Model, told Crossings) map[string]*accounts {
	parts, seen := map[string][]*iam.Model{}, map[string]bool{}
	for _, m := range models {
		partition := partitionOf(m)
		if key := partition + " " + accountOf(m); !seen[key] {
			seen[key] = true
			parts[partition] = append(parts[partition], m)
		}
	}
	out := map[string]*accounts{}
	for partition, models := range parts {
		out[partition] = newAccounts(models, told, r.opts.Outlines, r.opts.MostNeighbors)
	}
	return out
}

// crossingsOf are those of each model.
type crossingsOf map[*iam.Model]Crossings

// Assumes is what the model's own tell.
func (c crossingsOf) Assumes(m *iam.Model) []policy.Text { return c[m].Assumes(m) }

// Onward is what the model's own tell.
func (c crossingsOf) Onward(m *iam.Model, role *iam.Entity) (steps bool, assumes []policy.Text) {
	return c[m].Onward(m, role)
}

// Forget has the model's own forget it.
func (c crossingsOf) Forget(m *iam.Model) { c[m].Forget(m) }

// all are crossings of which nothing is known.
type all struct{}

func orAll(c Crossings) Crossings {
	if c == nil {
		return all{}
	}
	return c
}

// Assumes is every role.
func (all) Assumes(*iam.Model) []policy.Text { return []policy.Text{policy.Literal("*")} }

// Onward is by every step.
func (all) Onward(*iam.Model, *iam.Entity) (steps bool, assumes []policy.Text) { return true, nil }

// Forget has nothing to forget.
func (all) Forget(*iam.Model) {}

// joinPages makes one model of the dumps of each account, in the order in which the
// accounts come. The error is that a dump cannot be read again.
func (r *run) joinPages(dumps []*iam.Model) ([]*iam.Model, error) {
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
		one, err := r.joinAccount(pages[account])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// joinAccount makes one model of the dumps of an account.
func (r *run) joinAccount(all []*iam.Model) (*iam.Model, error) {
	kept := r.opts.Outlines
	if len(all) == 1 || !slices.ContainsFunc(all, func(m *iam.Model) bool { return kept.outlineOf(m) != nil }) {
		return r.joinWhole(all), nil
	}
	again := func() (*iam.Model, error) {
		pages := slices.Clone(all)
		for i, m := range all {
			var err error
			if pages[i], err = kept.Whole(m); err != nil {
				return nil, err
			}
		}
		return r.joinWhole(pages), nil
	}
	one, err := again()
	if err != nil || slices.ContainsFunc(all, func(m *iam.Model) bool { return kept.outlineOf(m) == nil }) {
		return one, err // a part of it cannot be read again
	}
	return kept.Keep(one, again), nil
}

// joinWhole makes one model of the dumps of an account, of which there are no outlines
// or only one dump.
func (r *run) joinWhole(all []*iam.Model) *iam.Model {
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
	return one
}

// linkAccounts links the models of several accounts, each by itself: all that is in
// one names its account.
func (r *run) linkAccounts(own []*iam.Model) {
	hints := r.hintsOfSeveral()
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
}

// hintsOfSeveral are those for several accounts. Each tells its own: the account of the
// settings is one of them.
func (r *run) hintsOfSeveral() iam.Hints {
	hints := r.hints()
	hints.Account = ""
	return hints
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
