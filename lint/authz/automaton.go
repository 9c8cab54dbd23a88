package authz

import (
	"math/bits"
	"slices"
	"unicode"

	"github.com/boundlint/boundlint/lint/policy"
)

// lang is the language of one pattern: the words that it takes.
type lang struct {
	places []langPlace
	// start are the places at which a word may begin: not only the first
	// where a fixed head has been read already.
	start []uint64
	// relaxed lets symbols, in pattern and word, be anything that they can
	// stand for; else each is only itself.
	relaxed bool
	// marks are as in letterMarks; 0 where they were not asked for.
	marks uint64
}

// langPlace is a place that takes one letter or, being a star or a relaxed
// symbol, any run of them.
type langPlace struct {
	place
	// colonless wildcards stay inside their part of an ARN.
	colonless bool
	fold      bool
	// named lets an attribute of a resource be one of the characters that a
	// wildcard takes: it stands for a name, which is never empty.
	named bool
}

func (l *lang) words() int { return len(l.places)/64 + 1 }

// newLang makes a language that begins at the first place.
func newLang(places []langPlace, relaxed bool) *lang {
	l := &lang{places: places, relaxed: relaxed}
	l.start = make([]uint64, l.words())
	l.start[0] = 1
	l.close(l.start)
	return l
}

// anything is the language of all words.
func anything() *lang { return newLang([]langPlace{{place: place{kind: starPiece}}}, false) }

// something is the language of all words but the empty one.
func something() *lang {
	return newLang([]langPlace{{place: place{kind: onePiece}}, {place: place{kind: starPiece}}}, true)
}

// close adds the places that are reached by taking nothing, and leaves out
// those before a star: whatever is taken from them on, the star takes too, so
// that a pattern with many stars has no more sets than places.
func (l *lang) close(set []uint64) {
	last := 0
	for w := range set {
		for bit := range 64 { // adding one bit may add the next
			i := w*64 + bit
			if set[w]>>bit == 0 {
				break
			}
			if set[w]&(1<<bit) == 0 || i >= len(l.places) {
				continue
			}
			q := &l.places[i]
			if q.kind == starPiece || l.relaxed && q.kind == symbolPiece {
				set[(i+1)/64] |= 1 << ((i + 1) % 64)
			}
			if q.kind == starPiece && !q.colonless {
				last = i
			}
		}
	}
	for w := range last / 64 {
		set[w] = 0
	}
	set[last/64] &^= 1<<(last%64) - 1
}

// each visits the places of a set.
func (l *lang) each(set []uint64, visit func(i int, p *langPlace)) {
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			if i := w*64 + bits.TrailingZeros64(word); i < len(l.places) {
				visit(i, &l.places[i])
			}
		}
	}
}

// step is the set of places after one more letter.
func (l *lang) step(set []uint64, x letter) []uint64 {
	next := make([]uint64, len(set))
	if x.s != nil && l.relaxed {
		l.skip(set, next, x.s)
		return next
	}
	l.each(set, func(i int, p *langPlace) {
		stay, move := p.take(x, l.relaxed)
		if stay {
			next[i/64] |= 1 << (i % 64)
		}
		if move {
			next[(i+1)/64] |= 1 << ((i + 1) % 64)
		}
	})
	l.close(next)
	return next
}

// isName reports whether a symbol is certain to stand for some text: an
// attribute of a resource.
func isName(s *policy.Symbol) bool { return s.Kind == policy.SymbolReference }

// hidesText reports whether a symbol stands for some text in the place of a
// resource's name: not perhaps for none, nor for several.
func hidesText(s *policy.Symbol) bool { return s.Kind != policy.SymbolSpread && !s.Nullable }

// take tells whether the place takes a letter: staying for more, moving on, or
// both.
func (p *langPlace) take(x letter, relaxed bool) (stay, move bool) {
	inPart := !p.colonless || x.r != ':'
	switch p.kind {
	case starPiece:
		return inPart, false
	case onePiece:
		return false, (x.s == nil || p.named && hidesText(x.s)) && inPart
	case symbolPiece:
		return relaxed && x.s == nil && mayHold(p.s, x.r) && inPart, x.s == p.s
	case literalPiece:
		return false, sameLetter(p.letter, x, p.fold)
	case variablePiece:
	}
	return false, false
}

// skip lets a symbol of the word be any text that it can stand for.
func (l *lang) skip(set, next []uint64, s *policy.Symbol) {
	copy(next, set)
	for i := range l.places {
		if next[i/64]&(1<<(i%64)) == 0 {
			continue
		}
		if p := &l.places[i]; p.kind != literalPiece || mayHold(s, p.r) {
			next[(i+1)/64] |= 1 << ((i + 1) % 64)
		}
	}
}

func (l *lang) accepts(set []uint64) bool {
	n := len(l.places)
	return set[n/64]&(1<<(n%64)) != 0
}

// total reports whether every continuation is accepted.
func (l *lang) total(set []uint64) bool {
	n := len(l.places)
	if n == 0 || !l.accepts(set) {
		return false
	}
	last := &l.places[n-1]
	return last.kind == starPiece && !last.colonless && set[(n-1)/64]&(1<<((n-1)%64)) != 0
}

// feed reads a fixed head, after which the language is that of the tails.
func (l *lang) feed(head string) *lang {
	set := l.start
	for _, r := range head {
		set = l.step(set, letter{r: r})
	}
	return &lang{places: l.places, start: set, relaxed: l.relaxed}
}

func (l *lang) isDead() bool { return isZero(l.start) }

func isZero(set []uint64) bool {
	for _, w := range set {
		if w != 0 {
			return false
		}
	}
	return true
}

// hasSymbol reports whether a symbol stands in the pattern.
func (l *lang) hasSymbol() bool {
	return slices.ContainsFunc(l.places, func(p langPlace) bool { return p.kind == symbolPiece })
}

// wordAtom demands that a word is in one of the languages, or in none.
type wordAtom struct {
	langs []*lang
	in    bool
}

// grammar says which words can exist at all. State 0 is the start; a negative
// state is dead.
type grammar interface {
	step(state int, x letter) int
	accepts(state int) bool
	// classes are the letters that the grammar knows, in classes that it does
	// not tell apart, readable ones first.
	classes() []string
}

// outcome says how a search through words ended.
type outcome uint8

const (
	noWord outcome = iota
	foundWord
	tooManyStates
)

// lazyDFA is a language whose sets of places are numbered as they are met.
type lazyDFA struct {
	*lang
	sets [][]uint64
	ids  map[string]int32
	// next are the states after each letter of the product's alphabet;
	// unmoved where that was not yet asked.
	next    [][]int32
	kinds   []stateKind
	letters []letter
	// other is one of the letters that the language does not tell apart;
	// negative where it tells all apart.
	other int
}

const unmoved = -1

type stateKind uint8

const (
	rejecting stateKind = iota
	accepting
	accepted // whatever follows
	dead
)

func newLazyDFA(l *lang) *lazyDFA {
	d := &lazyDFA{lang: l, ids: map[string]int32{}}
	d.id(l.start)
	return d
}

func (d *lazyDFA) id(set []uint64) int32 {
	kind := rejecting
	switch {
	case isZero(set):
		kind = dead
	case d.total(set):
		// All such sets are one: nothing that follows tells them apart.
		kind = accepted
		set = []uint64{^uint64(0)}
	case d.accepts(set):
		kind = accepting
	}
	key := make([]byte, 0, 8*len(set))
	for _, w := range set {
		for shift := 0; shift < 64; shift += 8 {
			key = append(key, byte(w>>shift))
		}
	}
	if id, ok := d.ids[string(key)]; ok {
		return id
	}
	id := int32(len(d.sets)) //nolint:gosec // bounded by the limit on states
	d.ids[string(key)] = id
	d.sets, d.kinds, d.next = append(d.sets, set), append(d.kinds, kind), append(d.next, nil)
	return id
}

// move is the state after the letter of that index.
func (d *lazyDFA) move(state int32, x int) int32 {
	if k := d.kinds[state]; k == dead || k == accepted {
		return state
	}
	next := d.next[state]
	if next == nil {
		next = make([]int32, len(d.letters))
		for i := range next {
			next[i] = unmoved
		}
		d.next[state] = next
	}
	if next[x] == unmoved {
		next[x] = d.id(d.step(d.sets[state], d.letters[x]))
	}
	return next[x]
}

// use gives the automaton its alphabet, and returns the letters, by index, that
// the language may tell from all others.
func (d *lazyDFA) use(letters []letter) []int {
	d.letters, d.other = letters, -1
	named := map[rune]bool{':': true} // at which some wildcards end
	for i := range d.places {
		if q := &d.places[i]; q.kind == literalPiece {
			named[unicode.ToLower(q.r)] = true
		}
	}
	all := d.relaxed && d.hasSymbol()
	var told []int
	for k, x := range letters {
		if all || x.s != nil || named[unicode.ToLower(x.r)] {
			told = append(told, k)
		} else if d.other < 0 {
			d.other = k
		}
	}
	return told
}
