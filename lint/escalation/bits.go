package escalation

import "math/bits"

// set is a set of subjects by their index. A set of all is kept apart from
// its bits: most grants are about every resource.
type set struct {
	all  bool
	bits []uint64
}

const wordSize = 64

func newSet(n int) set { return set{bits: make([]uint64, (n+wordSize-1)/wordSize)} }

func (s *set) add(i int) { s.bits[i/wordSize] |= 1 << (i % wordSize) }

func (s *set) has(i int) bool {
	return s.all || i/wordSize < len(s.bits) && s.bits[i/wordSize]&(1<<(i%wordSize)) != 0
}

func (s *set) isEmpty() bool {
	if s.all {
		return false
	}
	for _, w := range s.bits {
		if w != 0 {
			return false
		}
	}
	return true
}

// union adds what is in t. It makes its own bits first where it has none.
func (s *set) union(t set) {
	switch {
	case s.all || t.bits == nil && !t.all:
		return
	case t.all:
		*s = set{all: true}
		return
	case s.bits == nil:
		s.bits = make([]uint64, len(t.bits))
	}
	for i, w := range t.bits {
		s.bits[i] |= w
	}
}

// and is what is in both; it shares bits with them only where it does not
// have to make any.
func (s set) and(t set) set {
	switch {
	case s.all:
		return t
	case t.all:
		return s
	case s.bits == nil || t.bits == nil:
		return set{}
	}
	out := set{bits: make([]uint64, len(s.bits))}
	for i := range s.bits {
		out.bits[i] = s.bits[i] & t.bits[i]
	}
	return out
}

// each visits the members below n in order until visit answers false.
func (s set) each(n int, visit func(int) bool) {
	if s.all {
		for i := range n {
			if !visit(i) {
				return
			}
		}
		return
	}
	for w, word := range s.bits {
		for word != 0 {
			i := w*wordSize + bits.TrailingZeros64(word)
			word &= word - 1
			if i >= n || !visit(i) {
				return
			}
		}
	}
}
