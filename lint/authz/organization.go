package authz

import "github.com/boundlint/boundlint/lint/policy"

// Organization is what is known of the organization that a principal's account is
// in, for condition keys. Its accounts are those of which Paths has an entry.
type Organization struct {
	// ID is that of the organization, Management its management account; "" where
	// it is not known.
	ID, Management string
	// Paths are the places of accounts in the tree, as in aws:PrincipalOrgPaths, by
	// their ids; "" where that is not known.
	Paths map[string]string
}

// ofAccount is what an account makes of a key about organizations. It is hidden
// for an account of which it is not known that it is in this one: it may be in
// another one.
func (o *Organization) ofAccount(key organizationKey, account policy.Text) (policy.Text, keyState) {
	id, known := account.Known()
	path, member := o.Paths[id]
	value := ""
	if known && member {
		switch key {
		case organizationID:
			value = o.ID
		case organizationPaths:
			value = path
		case organizationManagement:
			value = o.Management
		case notOrganization:
		}
	}
	if value == "" {
		return policy.Text{}, keyHidden
	}
	return policy.Literal(value), keyPresent
}

// organizationKey says what of an organization a key holds.
type organizationKey uint8

const (
	notOrganization organizationKey = iota
	organizationID
	organizationPaths
	organizationManagement
)

// ownerKey says what of the account that owns the resource a key holds (IAM User
// Guide, global condition context keys, properties of the resource).
type ownerKey uint8

const (
	notOwner ownerKey = iota
	ownerAccount
	ownerOrganizationID
	ownerOrganizationPaths
)

// ofOwner is what the account that owns a resource makes of a key. An account of
// which nothing is known hides it.
func (o *Organization) ofOwner(key ownerKey, account policy.Text) (policy.Text, keyState) {
	switch key {
	case ownerAccount:
		if account.IsEmpty() {
			return policy.Text{}, keyHidden
		}
		return account, keyPresent
	case ownerOrganizationID:
		return o.ofAccount(organizationID, account)
	case ownerOrganizationPaths:
		return o.ofAccount(organizationPaths, account)
	case notOwner:
	}
	return policy.Text{}, keyAbsent
}

// owner is the account that owns the resource of a request; empty where that is
// not known.
func (r *Request) owner() policy.Text {
	if r.ResourceAccount != "" {
		return policy.Literal(r.ResourceAccount)
	}
	return accountOf(r.Resource)
}

// ownerModel is for keys that follow from who owns the resource, where the
// organization is known and resources of the kind that is asked for are all one
// account's. Others may be anyone's.
func (a *attempt) ownerModel(m *keyModel) {
	organization := a.s.holder.Organization
	if organization == nil || m.key.owner == notOwner {
		return
	}
	account := a.domain.account()
	if a.s.sided && account.IsEmpty() {
		account = policy.Literal(a.s.binding.accountText)
	}
	if id, known := account.Known(); !known || !policy.IsAccountID(id) {
		return
	}
	m.kind, m.values = keyUnseen, nil
	if x, state := organization.ofOwner(m.key.owner, account); state == keyPresent {
		m.kind, m.values = keyFixed, []policy.Text{x}
	}
}

// account is the one that all of a domain is in; empty where its ARNs name none,
// or several.
func (d *domain) account() policy.Text {
	if len(d.exact) == 0 {
		return accountOf(policy.Literal(d.head + "x"))
	}
	account := accountOf(d.exact[0])
	for _, x := range d.exact[1:] {
		if !accountOf(x).Equal(account) {
			return policy.Text{}
		}
	}
	return account
}
