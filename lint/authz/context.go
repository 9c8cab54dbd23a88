package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// Context holds the condition keys of a request. A key that is not in it is
// absent from the request, save those that the principal implies
// (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType,
// aws:PrincipalIsAWSService and, for users, aws:username) and those that follow
// from its Organization. The zero value is empty and ready.
type Context struct {
	entries []contextEntry
}

type contextEntry struct {
	key    string // in lower case
	name   string // as given
	values []policy.Text
	// hidden tells that it is not known whether the key is there, nor what it
	// holds: one of values, where there are some. absent tells that it is not
	// there although the principal would imply it.
	hidden, absent bool
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Set gives a key its values; several make it a multi-valued key.
func (c *Context) Set(key string, values ...string) {
	texts := make([]policy.Text, len(values))
	for i, v := range values {
		texts[i] = policy.Literal(v)
	}
	c.SetTexts(key, texts...)
}

// SetTexts is Set for values with symbols in them.
func (c *Context) SetTexts(key string, values ...policy.Text) {
	c.put(contextEntry{key: strings.ToLower(key), name: key, values: values})
}

// SetHidden says that nothing is known of a key: it may be absent, or hold
// anything. With values it may be absent, or hold one of them.
func (c *Context) SetHidden(key string, values ...policy.Text) {
	c.put(contextEntry{key: strings.ToLower(key), name: key, hidden: true, values: values})
}

// SetAbsent says that the request lacks a key, even where the principal would
// imply it.
func (c *Context) SetAbsent(key string) {
	c.put(contextEntry{key: strings.ToLower(key), name: key, absent: true})
}

func (c *Context) put(e contextEntry) {
	for i := range c.entries {
		if c.entries[i].key == e.key {
			c.entries[i] = e
			return
		}
	}
	c.entries = append(c.entries, e)
}

// Keys are the keys that have values, in the order in which they were set.
func (c *Context) Keys() []string {
	var keys []string
	for i := range c.entries {
		if e := &c.entries[i]; !e.hidden && !e.absent {
			keys = append(keys, e.name)
		}
	}
	return keys
}

// Get returns the values of a key; nil where it is absent or hidden.
func (c *Context) Get(key string) []policy.Text {
	if e := c.find(strings.ToLower(key)); e != nil && !e.hidden {
		return e.values
	}
	return nil
}

func (c *Context) find(lowered string) *contextEntry {
	for i := range c.entries {
		if c.entries[i].key == lowered {
			return &c.entries[i]
		}
	}
	return nil
}

// Clone is a context of its own with the same keys.
func (c *Context) Clone() Context {
	return Context{entries: slices.Clone(c.entries)}
}

// contextKey is the name of a condition key in a policy, ready to be looked
// up. Names ignore case, that of a tag included (IAM User Guide, condition
// keys).
type contextKey struct {
	name    string // in lower case
	implied impliedKey
	org     orgKey
}

// impliedKey says which property of the principal a key holds.
type impliedKey uint8

const (
	notImplied impliedKey = iota
	impliedARN
	impliedAccount
	impliedType
	impliedUsername
	impliedUserID
	impliedIsService
	impliedTag
)

const principalTagPrefix = "aws:principaltag/"

func newContextKey(name string) contextKey {
	k := contextKey{name: strings.ToLower(name)}
	k.org = orgKeys[k.name]
	switch k.name {
	case "aws:principalarn":
		k.implied = impliedARN
	case "aws:principalaccount":
		k.implied = impliedAccount
	case "aws:principaltype":
		k.implied = impliedType
	case "aws:username":
		k.implied = impliedUsername
	case "aws:userid":
		k.implied = impliedUserID
	case "aws:principalisawsservice":
		k.implied = impliedIsService
	default:
		if strings.HasPrefix(k.name, principalTagPrefix) {
			k.implied = impliedTag
		}
	}
	return k
}

// keyState is what a request says of a key.
type keyState uint8

const (
	keyAbsent keyState = iota
	keyPresent
	keyHidden
)

// lookup finds a key in the request. one is room for the value of an implied
// key, so that finding it takes no memory.
func (r *Request) lookup(k *contextKey, one *[1]policy.Text) ([]policy.Text, keyState) {
	if e := r.Context.find(k.name); e != nil {
		switch {
		case e.hidden:
			return nil, keyHidden
		case e.absent, len(e.values) == 0:
			return nil, keyAbsent
		}
		return e.values, keyPresent
	}
	if k.org != notOrg {
		x, state, _ := r.Principal.orgValue(k.org, r.about(k.org))
		if state != keyPresent {
			return nil, state
		}
		one[0] = x
		return one[:], keyPresent
	}
	if k.implied == notImplied || r.Principal == nil {
		return nil, keyAbsent
	}
	x, state := r.Principal.implied(k)
	if state != keyPresent {
		return nil, state
	}
	one[0] = x
	return one[:], keyPresent
}
