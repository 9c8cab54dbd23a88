package authz

import "slices"

// withoutCovered leaves out the languages whose words, being without symbols,
// are all in a language that a word must not be in: a Deny of what an Allow
// names, or of more.
func withoutCovered(atoms []wordAtom) []wordAtom {
	var not []*lang
	for _, a := range atoms {
		if !a.in {
			not = append(not, a.langs...)
		}
	}
	if len(not) == 0 {
		return atoms
	}
	covered := func(l *lang) bool { return slices.ContainsFunc(not, l.within) }
	out := slices.Clone(atoms)
	for i, a := range out {
		if a.in && slices.ContainsFunc(a.langs, covered) {
			out[i].langs = slices.DeleteFunc(slices.Clone(a.langs), covered)
		}
	}
	return out
}

// within reports whether the other language certainly has all words of this one.
// It may do so where this says no.
func (l *lang) within(other *lang) bool {
	if l.hasSymbol() || other.hasSymbol() {
		return false
	}
	set := l.start
	for i := range len(l.places) + 1 {
		if set[i/64]&(1<<(i%64)) == 0 || i > 0 && l.places[i-1].kind == starPiece && set[(i-1)/64]&(1<<((i-1)%64)) != 0 {
			continue // the star before it takes nothing, too
		}
		if !l.tailWithin(l.places[i:], other) {
			return false
		}
	}
	return true
}

// tailWithin is within for the words of some places.
func (l *lang) tailWithin(places []langPlace, other *lang) bool {
	set := other.start
	for i := range places {
		switch q := &places[i]; {
		case q.kind == literalPiece && !q.fold:
			set = other.step(set, q.letter)
		case q.kind == onePiece || q.kind == starPiece:
			set = other.afterAny(set, q)
		default:
			return false
		}
		if isZero(set) {
			return false
		}
	}
	return other.accepts(set)
}

// afterAny are places of a set that are reached whatever letters a wildcard
// takes.
func (l *lang) afterAny(set []uint64, wild *langPlace) []uint64 {
	next := make([]uint64, len(set))
	l.each(set, func(i int, p *langPlace) {
		switch {
		case p.colonless && !wild.colonless:
		case p.kind == starPiece:
			next[i/64] |= 1 << (i % 64)
		case p.kind == onePiece && wild.kind == onePiece && (p.named || !wild.named):
			next[(i+1)/64] |= 1 << ((i + 1) % 64)
		}
	})
	l.close(next)
	return next
}
