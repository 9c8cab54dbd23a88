package authz

import (
	"slices"
	"strings"
	"unicode"
)

// product searches the shortest word that fulfils all atoms and the grammar.
type product struct {
	atoms   []wordAtom
	dfas    []*lazyDFA // of all atoms, one after the other
	grammar grammar
	// needSymbol wants a word with a symbol in it.
	needSymbol bool
	limit      int

	letters []letter
	// told are, for each letter, the automata that may tell it from others.
	told [][]int
	// queue are the states that were met, and states those of the automata in
	// each, one after the other.
	queue  []productState
	states []int32
	// last is the last state of each hash.
	last map[uint64]int32
}

// productState is a state of the product with the way back.
type productState struct {
	length  int // of the words that lead here
	grammar int
	symbol  bool
	alive   bool // a word may still come of it
	from    int32
	by      letter
	// next is the state before this one of the same hash; negative for none.
	next int32
}

func newProduct(atoms []wordAtom, g grammar, limit int) *product {
	return &product{atoms: atoms, grammar: g, limit: limit}
}

// build makes the automata.
func (p *product) build() {
	for _, a := range p.atoms {
		for _, l := range a.langs {
			p.dfas = append(p.dfas, newLazyDFA(l))
		}
	}
	// Of many automata each state takes longer, and there are more states.
	if n := len(p.dfas); n > fewAutomata { //mutate:work how many states are tried
		p.limit = min(p.limit, max(minStates, p.limit*fewAutomata*fewAutomata/(n*n))) //mutate:work as above
	}
	p.letters = p.alphabet(p.needSymbol)
	p.told = make([][]int, len(p.letters))
	for i, d := range p.dfas {
		for _, k := range d.use(p.letters) {
			p.told[k] = append(p.told[k], i)
		}
	}
	p.last = map[uint64]int32{}
}

const (
	// fewAutomata is up to how many automata a product may have all states of
	// the limit; minStates is how many it has at least.
	fewAutomata, minStates = 8, 400
)

// shortest walks through the product in breadth.
func (p *product) shortest(symbols bool) ([]letter, outcome) {
	p.needSymbol = symbols
	if !symbols {
		p.atoms = withoutCovered(p.atoms, nil, p.grammar != nil)
	}
	if words, few := p.few(); few {
		for _, word := range words {
			if p.takes(word) {
				return word, foundWord
			}
		}
		return nil, noWord
	}
	p.build()
	states := make([]int32, len(p.dfas))
	if _, final := p.meet(productState{from: -1}, states, hashOf(states)); final {
		return nil, foundWord
	}
	others := make([]int32, len(p.dfas))
	for at := 0; at < len(p.queue); at++ {
		if !p.queue[at].alive || p.grammar != nil && p.queue[at].length >= maxResourcePart {
			continue // no such word exists
		}
		here := p.at(at)
		for i, d := range p.dfas {
			if others[i] = here[i]; d.other >= 0 {
				others[i] = d.move(here[i], d.other)
			}
		}
		if found, end := p.expand(at, others, states); end != noWord {
			return wordTo(p.queue, found), end
		}
	}
	return nil, noWord
}

// at are the states of the automata in a state of the product.
func (p *product) at(i int) []int32 { return p.states[i*len(p.dfas):][:len(p.dfas)] }

// expand meets what follows a state. others are the states of the automata after
// a letter that they do not tell from others; states is room for those after
// one that some do. It returns the place of a state at which a word ends, if
// there is one.
func (p *product) expand(at int, others, states []int32) (int, outcome) {
	hash := hashOf(others)
	for k, x := range p.letters {
		here := &p.queue[at]
		next := productState{
			length: here.length + 1, grammar: here.grammar, symbol: here.symbol || x.s != nil, from: int32(at),
			by: x,
		} //nolint:gosec // bounded by the limit
		if p.grammar != nil {
			if next.grammar = p.grammar.step(here.grammar, x); next.grammar < 0 {
				continue
			}
		}
		copy(states, others)
		of, from := hash, p.at(at)
		for _, i := range p.told[k] {
			states[i] = p.dfas[i].move(from[i], k)
			of += hashAt(i, states[i]) - hashAt(i, others[i])
		}
		fresh, final := p.meet(next, states, of)
		if final {
			return len(p.queue) - 1, foundWord
		}
		if fresh && len(p.queue) > p.limit {
			return 0, tooManyStates
		}
	}
	return 0, noWord
}

// meet notes a state if it is a new one, and tells whether a word ends there.
func (p *product) meet(s productState, states []int32, hash uint64) (fresh, final bool) {
	hash += hashAt(s.grammar, -1) //mutate:work states of one hash are compared themselves
	last, known := p.last[hash]
	if !known {
		last = -1
	}
	for i := last; i >= 0; i = p.queue[i].next {
		if q := &p.queue[i]; q.grammar == s.grammar && q.symbol == s.symbol && slices.Equal(p.at(int(i)), states) {
			return false, false
		}
	}
	s.next = last
	p.last[hash] = int32(len(p.queue)) //nolint:gosec // bounded by the limit
	s.alive, final = p.judge(&s, states)
	p.queue, p.states = append(p.queue, s), append(p.states, states...)
	return true, final
}

// hashOf is the hash of the states of all automata: the sum of what each adds to
// it.
func hashOf(states []int32) uint64 {
	var sum uint64
	for i, s := range states {
		sum += hashAt(i, s)
	}
	return sum
}

func hashAt(i int, state int32) uint64 {
	x := uint64(i)<<32 + uint64(uint32(state)) + 0x9e3779b97f4a7c15 //nolint:gosec // any number will do
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
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
func (p *product) judge(s *productState, states []int32) (alive, final bool) {
	final = (p.grammar == nil || p.grammar.accepts(s.grammar)) && (!p.needSymbol || s.symbol)
	i := 0
	for _, a := range p.atoms {
		in, hope := false, false
		for range a.langs {
			switch p.dfas[i].kinds[states[i]] {
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

// alphabet is one representative of each class of letters that the patterns
// and the grammar tell apart: those that stand in a pattern, and one or more
// that stand in none.
func (p *product) alphabet(symbols bool) []letter {
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
