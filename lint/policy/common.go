package policy

import "slices"

// Common are elements of statements that documents have in common: the conditions, actions
// and principals that a module writes into the policy of each bucket. What is written alike
// at the same place of a document is kept once. The zero value is ready for use; it is not safe
// for concurrent use, and serves the documents of one [Symbols].
type Common struct {
	elements   map[written][]Element
	conditions map[written][]Condition
	principals map[written]*Principals
	nodes      nodes
}

// written is the text of an element's value and what its reading depends on.
type written struct {
	element string
	kind    Kind
	at      Pos
	text    string
}

// maxCommon bounds how many elements of each sort are looked for again: what documents have in
// common shows in the next few of them.
const maxCommon = 1024

// known is what has been read of an element that is written alike at the same place, else what
// read makes of it. What there is something to say about is read anew in each document.
func known[T any](p *parser, table *map[written]T, element string, n JSON, read func() T) T {
	key := written{element, p.kind, p.pos(n.Start), p.text(n)}
	if v, ok := (*table)[key]; ok {
		return v
	}
	said := len(p.diags)
	v := read()
	if said == len(p.diags) && said < maxDiagnostics {
		if *table == nil || len(*table) == maxCommon {
			*table = map[written]T{}
		}
		(*table)[key] = v
	}
	return v
}

func (p *parser) commonElements(list []Element, n JSON, element string, read func([]Element, JSON, string) []Element) []Element {
	if p.common == nil || list != nil {
		return read(list, n, element)
	}
	return known(p, &p.common.elements, element, n, func() []Element { return slices.Clip(read(nil, n, element)) })
}

func (p *parser) commonConditions(list []Condition, n JSON) []Condition {
	if p.common == nil || list != nil {
		return p.conditions(list, n)
	}
	return known(p, &p.common.conditions, "Condition", n, func() []Condition { return slices.Clip(p.conditions(nil, n)) })
}

func (p *parser) commonPrincipals(n JSON, element string) *Principals {
	if p.common == nil {
		return p.principals(n, element)
	}
	return known(p, &p.common.principals, element, n, func() *Principals { return p.principals(n, element) })
}
