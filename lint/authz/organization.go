package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Organization is what is known of organizations, as decisions ask for it: what global
// condition keys say of their members, and under which resource control policies the
// resources of those are.
type Organization struct {
	// Members are the accounts that are known to be in one.
	Members map[string]Member
	// Complete are the ids of the organizations of which all members are known, and of
	// their management accounts: of no other account do the keys hold them.
	Complete []string
	// ResourceControl gives the levels of resource control policies that bind the
	// resources of an account; nil where they bind none of the principal's requests.
	ResourceControl func(account string) [][]*Policy
}

// Member is an account of an organization.
type Member struct {
	// ID is that of the organization, as in aws:PrincipalOrgID; Management is its
	// management account, "" where that is not known.
	ID, Management string
	// Path is the place of the account as aws:PrincipalOrgPaths has it; "" where that is
	// not known.
	Path string
}

// orgKey says what a key tells of the organization of a principal or of a
// resource (IAM User Guide, global condition context keys).
type orgKey uint8

const (
	notOrg orgKey = iota
	orgPrincipalID
	orgPrincipalPaths
	orgPrincipalMaster
	orgSourceID
	orgSourcePaths
	orgResourceID
	orgResourcePaths
	orgResourceAccount
)

var orgKeys = map[string]orgKey{
	"aws:principalorgid":              orgPrincipalID,
	"aws:principalorgpaths":           orgPrincipalPaths,
	"aws:principalorgmasteraccountid": orgPrincipalMaster,
	"aws:sourceorgid":                 orgSourceID,
	"aws:sourceorgpaths":              orgSourcePaths,
	"aws:resourceorgid":               orgResourceID,
	"aws:resourceorgpaths":            orgResourcePaths,
	"aws:resourceaccount":             orgResourceAccount,
}

// ofResource reports whether a key is about the resource and not the principal.
func (k orgKey) ofResource() bool { return k >= orgResourceID }

// ofSource reports whether a key is about the resource on whose behalf a service asks.
func (k orgKey) ofSource() bool { return k == orgSourceID || k == orgSourcePaths }

// value is what a key holds for an account. Of an account that is not a member
// it is not known which organization it is in.
func (o *Organization) value(k orgKey, account string) (policy.Text, keyState) {
	if k == orgResourceAccount {
		return policy.Literal(account), keyPresent
	}
	member, known := o.Members[account]
	text := member.Path
	switch k {
	case orgPrincipalID, orgResourceID, orgSourceID:
		text = member.ID
	case orgPrincipalMaster:
		text = member.Management
	case notOrg, orgPrincipalPaths, orgResourcePaths, orgSourcePaths, orgResourceAccount:
	}
	if !known || text == "" {
		return policy.Text{}, keyHidden
	}
	return policy.Literal(text), keyPresent
}

// outside reports whether an account is known to be in none of the complete
// organizations, so that keys about its organization hold nothing of theirs.
func (p *Principal) outside(k orgKey, owner policy.Text) (theirs []string, outside bool) {
	x, state, known := p.orgValue(k, owner)
	if !known || state != keyHidden || !x.IsEmpty() {
		return nil, false
	}
	account := p.account()
	if (k.ofResource() || k.ofSource()) && !owner.IsEmpty() {
		account = owner
	}
	id, literal := account.Known()
	if _, member := p.Organization.Members[id]; !literal || member || !policy.IsAccountID(id) {
		return nil, false
	}
	return p.Organization.Complete, len(p.Organization.Complete) > 0
}

// anotherOrganization is one of which no policy knows.
const anotherOrganization = "o-another-organization"

// holdsOutside evaluates the condition for an account that is in another organization
// than some, or in none: what all possibilities agree on. What a condition names is a
// possibility unless it is of those.
func (c *condition) holdsOutside(theirs []string, e *env) policy.Truth {
	result := c.holdsFor(nil, e)
	possible := []policy.Text{policy.Literal(anotherOrganization)}
	for _, v := range c.values {
		text, known := v.source.Known()
		if !known {
			return policy.Maybe
		}
		if !slices.ContainsFunc(theirs, func(id string) bool { return text == id || strings.HasPrefix(text, id+"/") }) {
			possible = append(possible, policy.Literal(text))
		}
	}
	for i := range possible {
		if c.holdsFor(possible[i:i+1], e) != result {
			return policy.Maybe
		}
	}
	return result
}

// orgValue is what a key tells of the organization in requests of a principal on
// a resource of an account, empty for the principal's own, or on behalf of one. known is
// false where nothing tells the organization, so that the key is one like any other.
func (p *Principal) orgValue(k orgKey, owner policy.Text) (x policy.Text, state keyState, known bool) {
	if k == notOrg || p == nil || p.Organization == nil {
		return policy.Text{}, keyAbsent, false
	}
	account := p.account()
	switch {
	case k.ofSource() && (p.Kind != KindService || owner.IsEmpty()):
		// It comes with the requests that a service makes by itself on behalf of a resource in
		// an account of an organization (IAM User Guide, global condition context keys).
		return policy.Text{}, keyAbsent, true
	case (k.ofResource() || k.ofSource()) && !owner.IsEmpty():
		account = owner
	case p.Kind == KindService || p.Kind == KindFederated:
		// Neither is in an account of an organization.
		return policy.Text{}, keyAbsent, !k.ofResource()
	}
	id, literal := account.Known()
	if !literal || !policy.IsAccountID(id) {
		return policy.Text{}, keyHidden, true
	}
	x, state = p.Organization.value(k, id)
	return x, state, true
}

// about is the account that a key about an organization is about, empty for that of the
// principal: of the resource, or of the resource on whose behalf a service says that it asks.
func (r *Request) about(k orgKey) policy.Text {
	if !k.ofSource() {
		return r.owner()
	}
	if own := r.Context.Get("aws:SourceAccount"); len(own) == 1 {
		return own[0]
	}
	if arn := r.Context.Get("aws:SourceArn"); len(arn) == 1 {
		return accountOf(arn[0])
	}
	return policy.Text{}
}

// ForSourceIn tells whether statement i of a policy may be about what a service does on behalf
// of a resource in an account, by what its conditions say of the organization of that resource:
// other conditions are taken to be met.
func (p *Policy) ForSourceIn(i int, account policy.Text, o *Organization) policy.Truth {
	id, known := account.Known()
	if p.hidden != nil || o == nil || !known || !policy.IsAccountID(id) {
		return policy.Maybe
	}
	r := &Request{Principal: &Principal{Kind: KindService, Organization: o}}
	r.Context.Set("aws:SourceAccount", id)
	e, result := &env{request: r}, policy.True
	for _, c := range p.statements[i].conditions {
		if c.key.org.ofSource() {
			result = result.And(c.holds(e))
		}
	}
	return result
}

// toward is the principal as its requests on resources of an account are
// decided: resource control policies are those of the account that owns the
// resource, service control policies those of the principal's (AWS
// Organizations User Guide, resource control policies).
func (p *Principal) toward(owner policy.Text) *Principal {
	if p.Organization == nil || p.Organization.ResourceControl == nil || owner.IsEmpty() || owner.Equal(p.account()) {
		return p
	}
	account, known := owner.Known()
	if !known {
		return p
	}
	q := *p
	q.RCPs = p.Organization.ResourceControl(account)
	return &q
}

// ResourceControl are the levels of resource control policies that bind the request:
// those of the account that owns the resource.
func (r *Request) ResourceControl() [][]*Policy {
	if r.Principal == nil {
		return nil
	}
	return r.Principal.toward(r.owner()).RCPs
}

// owner is the account of the resource of a request; empty where neither the
// request nor the ARN tells it.
func (r *Request) owner() policy.Text {
	if r.ResourceAccount != "" {
		return policy.Literal(r.ResourceAccount)
	}
	return accountOf(r.Resource)
}

// owner is the account of the resources of a domain; empty where their ARNs do
// not tell it.
func (d *domain) owner() policy.Text {
	if len(d.exact) > 0 {
		return accountOf(d.exact[0])
	}
	return accountOf(policy.Literal(d.head + wholeResource))
}

// ownerOf is the account of the resources of a domain, as their ARNs or else the question tell
// it.
func (s *searcher) ownerOf(d *domain) policy.Text {
	if own := d.owner(); !own.IsEmpty() || s.query.ResourceAccount == "" {
		return own
	}
	return policy.Literal(s.query.ResourceAccount)
}

// byOwner splits domains of which the resources are named in full by the accounts
// that own them, for a principal whose organization is known.
func (p *Principal) byOwner(groups [][]*domain) [][]*domain {
	if p.Organization == nil {
		return groups
	}
	out := make([][]*domain, len(groups))
	for i, group := range groups {
		for _, d := range group {
			out[i] = append(out[i], d.byOwner()...)
		}
	}
	return out
}

func (d *domain) byOwner() []*domain {
	var out []*domain
	at := map[string]*domain{}
	for _, x := range d.exact {
		key := accountOf(x).Key()
		one := at[key]
		if one == nil {
			same := *d
			same.exact = nil
			one = &same
			at[key], out = one, append(out, one)
		}
		one.exact = append(one.exact, x)
	}
	if len(out) == 0 {
		return []*domain{d}
	}
	return out
}

// orgModel is for keys about the organization of the holder or of the resource,
// where it is known; false for others.
func (a *attempt) orgModel(k contextKey, name string) (*keyModel, bool) {
	if k.org.ofSource() {
		return nil, false // a principal never has it, and a service says for which resource it asks
	}
	x, state, known := a.s.holder.orgValue(k.org, a.s.ownerOf(a.domain))
	if !known {
		return nil, false
	}
	m := &keyModel{key: k, name: name}
	if listed, ok := catalog.LookupKey(k.name); ok {
		m.name, m.multi = listed.Name, listed.MultiValued
	}
	m.fix(x, state)
	return m, true
}
