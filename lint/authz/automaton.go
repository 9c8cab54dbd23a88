package authz

import (
	"math/bits"
	"slices"
	"strings"
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
func isName(s *policy.Symbol) bool { return s.Kind == policy.SymbolReference && !s.Nullable }

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

// product searches the shortest word that fulfils all atoms and the grammar.
type product struct {
	atoms   []wordAtom
	dfas    []*lazyDFA // of all atoms, one after the other
	grammar grammar
	// needSymbol wants a word with a symbol in it.
	needSymbol bool
	limit      int
}

// productState is a state of the product with the way back.
type productState struct {
	states  []int32
	length  int // of the words that lead here
	grammar int
	symbol  bool
	from    int32
	by      letter
}

func newProduct(atoms []wordAtom, g grammar, limit int) *product {
	p := &product{atoms: atoms, grammar: g, limit: limit}
	for _, a := range atoms {
		for _, l := range a.langs {
			p.dfas = append(p.dfas, newLazyDFA(l))
		}
	}
	// Of many automata each state takes longer, and there are more states.
	if n := len(p.dfas); n > fewAutomata {
		p.limit = min(p.limit, max(minStates, p.limit*fewAutomata*fewAutomata/(n*n)))
	}
	return p
}

const (
	// fewAutomata is up to how many automata a product may have all states of
	// the limit; minStates is how many it has at least.
	fewAutomata, minStates = 8, 400
)

// shortest walks through the product in breadth.
func (p *product) shortest(symbols bool) ([]letter, outcome) {
	p.needSymbol = symbols
	if words, few := p.few(); few {
		for _, word := range words {
			if p.takes(word) {
				return word, foundWord
			}
		}
		return nil, noWord
	}
	letters := p.letters(symbols)
	for _, d := range p.dfas {
		d.letters = letters
	}
	start := productState{states: make([]int32, len(p.dfas)), from: -1}
	queue := []productState{start}
	seen := map[string]struct{}{start.key(): {}}
	for at := 0; at < len(queue); at++ {
		here := queue[at]
		alive, final := p.judge(&here)
		if final {
			return wordTo(queue, at), foundWord
		}
		if !alive {
			continue
		}
		for k, x := range letters {
			if p.grammar != nil && here.length >= maxResourcePart {
				continue // no such word exists
			}
			next := productState{length: here.length + 1, grammar: here.grammar, symbol: here.symbol || x.s != nil, from: int32(at), by: x} //nolint:gosec // bounded by the limit
			if p.grammar != nil {
				if next.grammar = p.grammar.step(here.grammar, x); next.grammar < 0 {
					continue
				}
			}
			next.states = make([]int32, len(p.dfas))
			for i, d := range p.dfas {
				next.states[i] = d.move(here.states[i], k)
			}
			key := next.key()
			if _, ok := seen[key]; ok {
				continue
			}
			if len(queue) >= p.limit {
				return nil, tooManyStates
			}
			seen[key] = struct{}{}
			queue = append(queue, next)
		}
	}
	return nil, noWord
}

// few lists the words of an atom that has only a few, the shortest first: its
// patterns have no wildcards. No automaton is needed then. Words with symbols
// in them may be what a pattern without wildcards takes, so they are not few
// where symbols are relaxed.
func (p *product) few() (words [][]letter, ok bool) {
	for _, a := range p.atoms {
		if !a.in || slices.ContainsFunc(a.langs, func(l *lang) bool { return l.isOpen() || l.relaxed && p.needSymbol }) {
			continue
		}
		for _, l := range a.langs {
			for i := range len(l.places) + 1 {
				if l.start[i/64]&(1<<(i%64)) != 0 {
					word := make([]letter, 0, len(l.places)-i)
					for _, q := range l.places[i:] {
						word = append(word, q.letter)
					}
					words = append(words, word)
				}
			}
		}
		slices.SortStableFunc(words, func(x, y []letter) int { return len(x) - len(y) })
		return words, true
	}
	return nil, false
}

// isOpen reports whether the language has more than one word for each of its
// starts.
func (l *lang) isOpen() bool {
	return slices.ContainsFunc(l.places, func(q langPlace) bool {
		return q.fold || q.kind != literalPiece && (q.kind != symbolPiece || l.relaxed)
	})
}

// takes reports whether a word fulfils all atoms and the grammar.
func (p *product) takes(word []letter) bool {
	state, symbol := 0, false
	for _, x := range word {
		symbol = symbol || x.s != nil
		if p.grammar != nil {
			if state = p.grammar.step(state, x); state < 0 {
				return false
			}
		}
	}
	if p.grammar != nil && !p.grammar.accepts(state) || symbol != p.needSymbol {
		return false
	}
	for _, a := range p.atoms {
		in := slices.ContainsFunc(a.langs, func(l *lang) bool {
			set := l.start
			for _, x := range word {
				set = l.step(set, x)
			}
			return l.accepts(set)
		})
		if in != a.in {
			return false
		}
	}
	return true
}

func (s *productState) key() string {
	key := make([]byte, 0, 4*len(s.states)+3)
	for _, id := range s.states {
		key = append(key, byte(id), byte(id>>8), byte(id>>16))
	}
	key = append(key, byte(s.grammar), byte(s.grammar>>8), 0)
	if s.symbol {
		key[len(key)-1] = 1
	}
	return string(key)
}

func wordTo(queue []productState, at int) []letter {
	var word []letter
	for ; queue[at].from >= 0; at = int(queue[at].from) {
		word = append(word, queue[at].by)
	}
	slices.Reverse(word)
	return word
}

// judge tells whether a word may still come of the state, and whether it is
// one already.
func (p *product) judge(s *productState) (alive, final bool) {
	final = (p.grammar == nil || p.grammar.accepts(s.grammar)) && (!p.needSymbol || s.symbol)
	i := 0
	for _, a := range p.atoms {
		in, hope := false, false
		for range a.langs {
			switch p.dfas[i].kinds[s.states[i]] {
			case accepted:
				if !a.in {
					return false, false
				}
				in, hope = true, true
			case accepting:
				in, hope = true, true
			case rejecting:
				hope = true
			case dead:
			}
			i++
		}
		if a.in && !hope {
			return false, false
		}
		final = final && in == a.in
	}
	return true, final
}

// letters are one representative of each class of letters that the patterns
// and the grammar tell apart: those that stand in a pattern, and one or more
// that stand in none.
func (p *product) letters(symbols bool) []letter {
	var out []letter
	seen := map[letter]bool{}
	add := func(x letter) {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	used := map[rune]bool{}
	for _, d := range p.dfas {
		for i := range d.places {
			q := &d.places[i]
			switch q.kind {
			case literalPiece:
				used[q.r] = true
				if q.fold {
					used[unicode.ToLower(q.r)], used[unicode.ToUpper(q.r)] = true, true
				}
			case symbolPiece:
				if symbols {
					add(letter{s: q.s})
				}
			case starPiece, onePiece, variablePiece:
			}
		}
	}
	classes := []string{readable}
	if p.grammar != nil {
		classes = p.grammar.classes()
	}
	for _, class := range classes {
		fresh := false
		for _, r := range class {
			// Of the letters that no pattern names one stands for all.
			if used[r] || !fresh {
				add(letter{r: r})
				fresh = fresh || !used[r]
			}
		}
	}
	if p.grammar == nil {
		for r := range used {
			add(letter{r: r})
		}
	}
	slices.SortFunc(out, func(a, b letter) int { return rank(a) - rank(b) })
	return out
}

// readable are the characters of which values are made up, the nicest first.
const readable = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_./:@=+, !#$%&'()*;<>?[]^`{|}~"

// rank orders letters by how nice they look in a witness.
func rank(x letter) int {
	if x.s != nil {
		return -1
	}
	if i := strings.IndexRune(readable, x.r); i >= 0 {
		return i
	}
	return len(readable) + int(x.r)
}
