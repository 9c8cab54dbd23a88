package authz

import "github.com/boundlint/boundlint/lint/policy"

// Memory keeps from one search to the next what does not depend on the question:
// the tags that holders can give to themselves, the roles that they can create, and
// what a universe says of managed policies. It is not safe for concurrent use, and
// neither holders nor universes may change while it is used.
type Memory struct {
	tags     map[tagHolder]*ownTags
	growth   map[creator][]Grown
	doubts   map[creator][]doubtfulRole
	policies map[policyLists]*knownPolicies
	narrow   map[policyLists]*narrowPolicies
	// short is the list asked for last of those that are too short to be kept.
	short struct {
		lists policyLists
		known *knownPolicies
	}
}

// NewMemory knows of nothing yet.
func NewMemory() *Memory {
	return &Memory{
		tags: map[tagHolder]*ownTags{}, growth: map[creator][]Grown{}, doubts: map[creator][]doubtfulRole{},
		policies: map[policyLists]*knownPolicies{}, narrow: map[policyLists]*narrowPolicies{},
	}
}

// creator is a holder in a universe.
type creator struct {
	holder   *Principal
	universe *Universe
}

// growthOf are the roles that a holder can create; a nil memory forgets them.
func (m *Memory) growthOf(holder *Principal, u *Universe, find func() []Grown) []Grown {
	if m == nil {
		return find()
	}
	return ofCreator(m.growth, creator{holder, u}, find)
}

// doubtsOf are the roles that a holder can perhaps create; a nil memory forgets them.
func (m *Memory) doubtsOf(holder *Principal, u *Universe, find func() []doubtfulRole) []doubtfulRole {
	if m == nil {
		return find()
	}
	return ofCreator(m.doubts, creator{holder, u}, find)
}

func ofCreator[T any](list map[creator][]T, key creator, find func() []T) []T {
	known, ok := list[key]
	if !ok {
		known = find()
		if len(list) < maxHolders {
			list[key] = known //mutate:work it is remembered
		}
	}
	return known
}

// tagHolder is a holder under a binding.
type tagHolder struct {
	holder             *Principal
	partition, account string
}

// maxHolders bounds how many holders are remembered.
const maxHolders = 10_000

// tagsOf is what is known of a holder's tags; of most nothing ever is.
func (m *Memory) tagsOf(holder tagHolder) *ownTags {
	if m != nil && m.tags[holder] != nil {
		return m.tags[holder]
	}
	return newOwnTags()
}

// keepTags remembers what is found out of a holder's tags.
func (m *Memory) keepTags(holder tagHolder, tags *ownTags) {
	if m != nil && len(m.tags) < maxHolders {
		m.tags[holder] = tags
	}
}

// policyLists are the lists of a universe that name policies, by where they begin,
// under a binding. Copies of a universe share them.
type policyLists struct {
	policies *policy.Text
	approved *Approved
	counts   [2]int
	binding  binding
}

// How many lists are remembered, and how long they are at least: of short ones it is
// found out anew nearly as fast, and there is one for each question about a policy that
// is made.
const maxLists, longList = 64, 8

// knownPolicies are the policies that a universe knows of under a binding; a nil
// memory forgets them.
func (m *Memory) knownPolicies(u *Universe, b binding) *knownPolicies {
	if m == nil {
		return u.knownPolicies(b)
	}
	if len(u.Policies)+len(u.Approved) < longList {
		if lists := u.lists(b); m.short.known == nil || m.short.lists != lists {
			m.short.lists, m.short.known = lists, u.knownPolicies(b)
		}
		return m.short.known
	}
	return remembered(m.policies, u.lists(b), func() *knownPolicies { return u.knownPolicies(b) })
}

// narrowPolicies are those of a universe; a nil memory forgets them.
func (m *Memory) narrowPolicies(u *Universe) *narrowPolicies {
	if m == nil || len(u.Policies) < longList {
		return u.narrowPolicies()
	}
	return remembered(m.narrow, u.lists(binding{}), u.narrowPolicies)
}

func (u *Universe) lists(b binding) policyLists {
	key := policyLists{counts: [...]int{len(u.Policies), len(u.Approved)}, binding: b}
	if len(u.Policies) > 0 {
		key.policies = &u.Policies[0]
	}
	if len(u.Approved) > 0 {
		key.approved = &u.Approved[0]
	}
	return key
}

func remembered[T any](list map[policyLists]*T, key policyLists, find func() *T) *T {
	known := list[key]
	if known == nil {
		known = find()
		if len(list) < maxLists {
			list[key] = known
		}
	}
	return known
}
