package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A permission set acts in the accounts in which it is provisioned, as the role that IAM
// Identity Center makes of it there. The dump of an account has that role; the input in
// which the set is declared has what it is made of. It can be assigned to
// further accounts, so that it is worth reaching wherever Identity Center is managed.

// addProvisioned adds the permission sets whose roles are among some entities, and notes
// them by the ARNs of the sets; provisioned is nil where that is of no use.
func (a *Account) addProvisioned(entities []*iam.Entity, provisioned map[string]*Holder, add func(*Holder)) {
	for _, e := range entities {
		name, ok := e.ProvisionedSet()
		if !ok || e.Gone() {
			continue
		}
		set := e.AsPermissionSet(a.setARN(e, name))
		h := a.HolderOf(set)
		h.Provisioned, h.Elsewhere = true, ""
		a.ByEntity[e], a.ByEntity[set] = h, h
		if provisioned != nil {
			provisioned[set.SetARN.Key()] = h
		}
		add(h)
	}
}

// setARN is the ARN of the permission set of which a role was made, as its organization
// tells it.
func (a *Account) setARN(role *iam.Entity, name string) policy.Text {
	account, _ := role.Deployment.Account.Known()
	if o := a.Model.OrganizationOf(account); o != nil {
		if set := o.SetNamed(name); set != nil {
			return policy.Literal(set.ARN)
		}
	}
	return policy.SymbolText(&policy.Symbol{Kind: policy.SymbolUnknown, Name: "the ARN of the permission set " + name})
}

// addDeclared adds permission sets that the input declares, but for those that are
// provisioned in the account.
func (a *Account) addDeclared(sets []*iam.Entity, provisioned map[string]*Holder, add func(*Holder)) {
	for _, e := range sets {
		if e.Gone() {
			continue
		}
		if h := provisioned[e.SetARN.Key()]; h != nil {
			a.ByEntity[e] = h
			continue
		}
		h := a.HolderOf(e)
		a.ByEntity[e] = h
		add(h)
		account, _ := e.Deployment.Account.Known()
		accounts, unseen := a.assigned(e)
		if len(accounts) == 0 || slices.Contains(accounts, account) {
			continue
		}
		h.OnlyTarget = true
		if len(unseen) > 0 {
			there := e.AsProvisioned(unseen[0])
			h := a.HolderOf(there)
			h.Provisioned, h.Elsewhere = true, a.AccountNames(unseen)
			a.ByEntity[there] = h
			add(h)
		}
	}
}

// addAdministered adds the permission sets of the management account that the account may
// assign to its own principals, as a delegated administrator, as they would then be in it.
func (a *Account) addAdministered(sets []*iam.Entity, provisioned map[string]*Holder, add func(*Holder)) {
	own, known := a.Model.Deployment.Account.Known()
	o := a.Model.Organization
	if o == nil || !known || own == o.Management {
		return
	}
	administered := o.AdministeredSets(own)
	for _, e := range sets {
		arn, known := e.SetARN.Known()
		if e.Gone() || !known || provisioned[e.SetARN.Key()] != nil || !slices.Contains(administered, arn) {
			continue
		}
		here := e.AsProvisioned(own)
		h := a.HolderOf(here)
		h.OnlyTarget = true
		a.ByEntity[here] = h
		add(h)
	}
}

// assigned are the accounts that a permission set is in, and those of them of which the
// input does not have its role; none where the input does not tell them.
func (a *Account) assigned(set *iam.Entity) (accounts, unseen []string) {
	o := a.Model.Organization
	if o == nil {
		return nil, nil
	}
	s := o.Set(set.SetARN)
	if s == nil {
		return nil, nil
	}
	for _, id := range s.Accounts {
		if !slices.Contains(s.Seen, id) {
			unseen = append(unseen, id)
		}
	}
	return s.Accounts, unseen
}
