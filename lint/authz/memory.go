package authz

import "github.com/boundlint/boundlint/lint/policy"

// Memory keeps from one search to the next what does not depend on the question:
// the tags that holders can give to themselves, and what a universe says of managed
// policies. It is not safe for concurrent use, and neither holders nor the lists of
// universes may change while it is used.
type Memory struct {
	tags     map[tagHolder]*ownTags
	policies map[policyLists]*knownPolicies
	narrow   map[policyLists]*narrowPolicies
}

// NewMemory knows of nothing yet.
func NewMemory() *Memory {
	return &Memory{map[tagHolder]*ownTags{}, map[policyLists]*knownPolicies{}, map[policyLists]*narrowPolicies{}}
}

// tagHolder is a holder under a binding.
type tagHolder struct {
	holder             *Principal
	partition, account string
}

// maxTagHolders bounds how many holders are remembered.
const maxTagHolders = 10_000

// tagsOf is what is known of a holder's tags; of most nothing ever is.
func (m *Memory) tagsOf(holder tagHolder) *ownTags {
	if m != nil && m.tags[holder] != nil {
		return m.tags[holder]
	}
	return newOwnTags()
}

// keepTags remembers what is found out of a holder's tags.
func (m *Memory) keepTags(holder tagHolder, tags *ownTags) {
	if m != nil && len(m.tags) < maxTagHolders {
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
// found out anew as fast, and there is one for each question about a policy that is
// made.
const maxLists, longList = 64, 8

// knownPolicies are the policies that a universe knows of under a binding; a nil
// memory forgets them.
func (m *Memory) knownPolicies(u *Universe, b binding) *knownPolicies {
	if m == nil || len(u.Policies)+len(u.Approved) < longList {
		return u.knownPolicies(b)
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
