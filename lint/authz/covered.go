package authz

import (
	"slices"
	"unicode"
)

// withoutCovered leaves out the languages whose words, being without symbols,
// are all in a language that a word must not be in, of those given or of the
// atoms: a Deny of what an Allow names, or of more. names tells that the words
// are those of [iamNames], and have no colons in them.
func withoutCovered(atoms []wordAtom, not []*lang, names bool) []wordAtom {
	not = slices.Clip(not)
	for _, a := range atoms {
		if !a.in {
			not = append(not, a.langs...)
		}
	}
	if len(not) == 0 {
		return atoms
	}
	covered := func(l *lang) bool {
		return slices.ContainsFunc(not, func(other *lang) bool { return l.within(other, names) })
	}
	out := slices.Clone(atoms)
	for i, a := range out {
		if a.in && slices.ContainsFunc(a.langs, covered) {
			out[i].langs = slices.DeleteFunc(slices.Clone(a.langs), covered)
		}
	}
	return out
}

// deniedLangs are the languages of the resources without symbols on which Denies
// that no condition limits leave nothing to be found.
func (a *attempt) deniedLangs() []*lang {
	if a.denied == nil {
		a.denied = []*lang{}
		for _, c := range a.denies {
			if len(c.free) > 0 || c.everywhere {
				continue
			}
			for _, atom := range a.resourceAtoms(resourceAtom{c, false}, true) {
				if !atom.in {
					a.denied = append(a.denied, atom.langs...)
				}
			}
		}
	}
	return a.denied
}

// within reports whether the other language certainly has all words of this one,
// or all without colons. It may do so where this says no.
func (l *lang) within(other *lang, colonless bool) bool {
	if other.letterMarks()&^l.letterMarks() != 0 { //mutate:work such a language is not within the other in what follows, too
		return false //mutate:work as above
	}
	if l.hasSymbol() || other.hasSymbol() {
		return false
	}
	set := l.start
	for i := range len(l.places) + 1 {
		if set[i/64]&(1<<(i%64)) == 0 {
			continue
		}
		if i > 0 && l.places[i-1].kind == starPiece && set[(i-1)/64]&(1<<((i-1)%64)) != 0 { //mutate:work the star before it takes nothing, too
			continue //mutate:work as above
		}
		if !tailWithin(l.places[i:], other, colonless) {
			return false
		}
	}
	return true
}

// letterMarks have a bit for each letter that the language writes out, and one
// that is always set: only a language that writes out all of them can be within
// it. Letters share bits.
func (l *lang) letterMarks() uint64 {
	if l.marks == 0 { //mutate:work the marks are kept
		l.marks = 1 << 63
		for i := range l.places {
			if q := &l.places[i]; q.kind == literalPiece {
				l.marks |= 1 << (uint64(unicode.ToLower(q.r)) % 63) //nolint:gosec // a rune is not negative
			}
		}
	}
	return l.marks
}

// tailWithin is within for the words of some places.
func tailWithin(places []langPlace, other *lang, colonless bool) bool {
	if colonless && slices.ContainsFunc(places, func(q langPlace) bool { return q.kind == literalPiece && q.r == ':' }) {
		return true
	}
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
