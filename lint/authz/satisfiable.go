package authz

import (
	"time"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// NeverMet looks for a condition key of which the conditions, all of one
// statement, ask what no request fulfils, whatever its action, its resource
// and its principal: two things that exclude each other, or a value that is
// not of the key's type. variables tells whether the document honours policy
// variables; now is the earliest time of requests, zero for any. The name is
// the key as the first of the conditions writes it.
func NeverMet(conditions []policy.Condition, variables bool, now time.Time) (key string, never bool) {
	holder := &Principal{}
	a := &attempt{
		s:       &searcher{holder: holder, universe: &Universe{Now: now}, query: &Query{}, asked: &Policy{}},
		request: Request{Principal: holder},
	}
	a.env = env{request: &a.request}
	byKey := map[string][]condAtom{}
	var order []*keyModel
	for i := range conditions {
		c := newCondition(&conditions[i], variables)
		if c.hidden || c.usesVariables() {
			continue
		}
		if byKey[c.key.name] == nil {
			order = append(order, anyModel(c))
		}
		byKey[c.key.name] = append(byKey[c.key.name], condAtom{c, true})
	}
	for _, m := range order {
		n := &node{keys: []keyNode{{atoms: byKey[m.key.name]}}}
		a.keys = []*keyModel{m}
		if !a.solveKey(n, 0) && !a.hitLimit {
			return m.name, true
		}
	}
	return "", false
}

func (c *condition) usesVariables() bool {
	for i := range c.values {
		if c.values[i].hasVariable {
			return true
		}
	}
	return false
}

// anyModel is what holds of a condition's key in requests of any action.
func anyModel(c *condition) *keyModel {
	m := &keyModel{key: c.key, name: c.source.Key.String(), kind: keyFree}
	if known, ok := catalog.LookupKey(c.key.name); ok {
		m.multi = known.MultiValued
		m.always = known.Elsewhere == catalog.PresentAlways
		if m.domain = domainOf(c.key.name, known.Type); m.domain == policyARNs {
			m.domain = anyText
		}
	}
	return m
}
