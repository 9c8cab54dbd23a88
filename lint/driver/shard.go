package driver

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// assign finds out which models are another shard's to judge: an account by its id, any
// other input by its root. Roots that share a directory are assigned together, by the
// first of their names, for what is found in the directory is one finding.
func (r *run) assign() {
	r.elsewhere = make([]bool, len(r.models))
	if r.opts.Shard == nil {
		return
	}
	leader := map[string]string{} // of each name, one that stands for all with which it is joined
	var find func(name string) string
	find = func(name string) string {
		if up, ok := leader[name]; ok && up != name {
			leader[name] = find(up)
			return leader[name]
		}
		leader[name] = name
		return name
	}
	names := make([]string, len(r.models))
	for i, m := range r.models {
		names[i] = unitOf(m)
		first := find(names[i])
		for _, dir := range m.Coverage.Read {
			other := find("dir " + dir)
			// The roots are told by the least of their names, directories never.
			if strings.HasPrefix(first, "root ") && strings.HasPrefix(other, "root ") && other < first {
				first, other = other, first
			}
			leader[other] = first
		}
	}
	for i := range r.models {
		r.elsewhere[i] = !r.opts.Shard.Has(find(names[i]))
	}
}

// ownFrom is how many of the models from one on this run judges.
func (r *run) ownFrom(first int) int {
	n := 0
	for _, elsewhere := range r.elsewhere[first:] {
		if !elsewhere {
			n++
		}
	}
	return n
}

// unitOf is what a model is assigned by.
func unitOf(m *iam.Model) string {
	if account := accountOf(m); m.Input.Kind == iam.InputAccount && account != "" {
		if partition := partitionOf(m); partition != "aws" {
			account = partition + " " + account
		}
		return "account " + account
	}
	return "root " + rootOf(&m.Input)
}

// setAside takes out of a shard's findings those of which another shard has to say
// whether they hold: that something matches nothing.
func (r *run) setAside(report *lint.Report) {
	if r.opts.Shard == nil {
		return
	}
	shard := *r.opts.Shard
	report.Findings = slices.DeleteFunc(report.Findings, func(f lint.Finding) bool {
		if f.Rule == lint.ExemptionUnused {
			shard.Unused = append(shard.Unused, f)
		}
		return f.Rule == lint.ExemptionUnused
	})
	report.Shard = &shard
}
