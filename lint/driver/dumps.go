package driver

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// joinedDumps are the dumps of several accounts that are judged as one model,
// for their trusts cross. What is found belongs to one of them nonetheless:
// it has that one's path and account in the report, and its fingerprint does
// not depend on which other accounts are in the run.
type joinedDumps struct {
	// model is the index of the joint model, -1 where there is none.
	model int
	// inputs are those of the accounts, in the order of the dumps.
	inputs []accountInput
	// owners are the accounts of what has an address that does not say its own: of
	// buckets, policies of the organization, permission sets.
	owners map[string]string
}

type accountInput struct {
	iam.Input
	account string
}

// joinDumps makes one model of the dumps of several accounts, in the place of
// the first. Dumps name everything by its ARN, so that accounts stay apart.
func (r *run) joinDumps(models []*iam.Model) []*iam.Model {
	r.dumps.model = -1
	var dumps, out []*iam.Model
	at := -1
	for _, m := range models {
		if m.Input.Kind != iam.InputAccount {
			out = append(out, m)
			continue
		}
		if at < 0 {
			at = len(out)
			out = append(out, m)
		}
		dumps = append(dumps, m)
	}
	if len(dumps) > 1 {
		for _, m := range dumps {
			r.dumps.add(m, dumps)
		}
		seen := map[string]map[string]bool{}
		for _, m := range dumps {
			account := accountOf(m)
			if seen[account] == nil {
				seen[account] = map[string]bool{}
			}
			m.PassOver(seen[account])
		}
		r.dumps.model = at
		out[at] = iam.Merge(r.hints(), dumps...)
		if len(r.dumps.inputs) == 1 {
			out[at].Input = r.dumps.inputs[0].Input
		}
	}
	return out
}

// add notes the input of a dump. Several dumps of one account are one input.
func (d *joinedDumps) add(m *iam.Model, all []*iam.Model) {
	account := accountOf(m)
	d.own(m, account)
	for i := range d.inputs {
		if in := &d.inputs[i]; in.account == account {
			in.JoinDump(m, func(what string) bool {
				return slices.ContainsFunc(all, func(other *iam.Model) bool { return accountOf(other) == account && other.DumpHas(what) })
			})
			return
		}
	}
	d.inputs = append(d.inputs, accountInput{m.Input, account})
}

// own notes what of an account has an address that does not say so.
func (d *joinedDumps) own(m *iam.Model, account string) {
	if d.owners == nil {
		d.owners = map[string]string{}
	}
	for _, p := range m.ResourcePolicies {
		d.owners[p.Address] = account
	}
	for _, p := range m.OrganizationPolicies {
		d.owners[p.Address] = account
	}
	for _, s := range m.PermissionSets {
		d.owners[s.Address] = account
	}
}

// accountOf is the account of a dump.
func accountOf(dump *iam.Model) string {
	if len(dump.Providers) == 0 {
		return ""
	}
	return dump.Providers[0].Name
}

// judgedInputs are the inputs that a model was made of.
func (r *run) judgedInputs(index int, m *iam.Model) []iam.Input {
	if index != r.dumps.model {
		return []iam.Input{m.Input}
	}
	var out []iam.Input
	for i := range r.dumps.inputs {
		out = append(out, r.dumps.inputs[i].Input)
	}
	return out
}

// part puts in the place of the joint model one for each of its accounts, and
// gives every finding to the account that it is in. The models are good for
// counting and naming what is in them, and no longer for judging.
func (r *run) part(all []found) []lint.Finding {
	out := make([]lint.Finding, len(all))
	for i := range all {
		out[i] = all[i].Finding
	}
	at := r.dumps.model
	if at < 0 || len(r.dumps.inputs) < 2 {
		return out
	}
	joint, parts := r.models[at], make([]*iam.Model, len(r.dumps.inputs))
	owner := map[string]int{}
	for i := range r.dumps.inputs {
		in := &r.dumps.inputs[i]
		owner[in.account] = i
		parts[i] = joint.OfProvider(in.account)
		parts[i].Input, parts[i].Deployment.Account = in.Input, policy.Literal(in.account)
	}
	of := func(text string) int {
		if i, ok := owner[accountIn(text)]; ok {
			return i
		}
		return owner[r.dumps.owners[text]]
	}
	beyond := make([][]string, len(parts))
	for _, text := range r.beyond[at] {
		beyond[of(text)] = append(beyond[of(text)], text)
	}
	r.models = slices.Replace(r.models, at, at+1, parts...)
	r.beyond = slices.Replace(r.beyond, at, at+1, beyond...)
	for i := range out {
		switch f := &out[i]; {
		case f.Input > at:
			f.Input += len(parts) - 1
		case f.Input == at:
			f.Input = at + max(all[i].part, of(f.Address))
		}
	}
	return out
}

// accountIn is the account of the first ARN of IAM in a text, "" for none.
func accountIn(text string) string {
	_, rest, found := strings.Cut(text, ":iam::")
	account, _, ended := strings.Cut(rest, ":")
	if !found || !ended {
		return ""
	}
	return account
}
