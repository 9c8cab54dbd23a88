package escalation

import (
	"math/bits"
	"slices"
)

// set is a set of holders by their index. A set of all is kept apart from
// its bits: most grants are about every resource.
type set struct {
	all  bool
	bits []uint64
}

const wordSize = 64

func newSet(n int) set { return set{bits: make([]uint64, (n+wordSize-1)/wordSize)} }

func (s *set) add(i int) { s.bits[i/wordSize] |= 1 << (i % wordSize) }

// addAll adds the members of a list: where sets are many and small, lists take
// less.
func (s *set) addAll(list []int) {
	for _, i := range list {
		s.add(i)
	}
}

// remove takes a member away, if it is one.
func (s *set) remove(i int) {
	if i/wordSize < len(s.bits) {
		s.bits[i/wordSize] &^= 1 << (i % wordSize)
	}
}

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

// or is what is in either; it shares bits with them where it does not have to
// make any.
func (s set) or(t set) set {
	switch {
	case s.all || t.bits == nil && !t.all:
		return s
	case t.all || s.bits == nil:
		return t
	}
	out := set{bits: slices.Clone(s.bits)}
	out.union(t)
	return out
}

// meet is what is in all of some sets, with bits of its own, those below n. It
// makes none where that is nothing, as it mostly is.
func meet(n int, sets []set) set {
	var out set
	for w := range (n + wordSize - 1) / wordSize {
		word := ^uint64(0)
		for _, s := range sets {
			switch {
			case s.all:
			case w < len(s.bits):
				word &= s.bits[w]
			default:
				word = 0
			}
		}
		if word == 0 {
			continue
		}
		if out.bits == nil {
			out = newSet(n)
		}
		out.bits[w] = word
	}
	return out
}

// clone is the set with bits of its own, those below n where it is a set of
// all.
func (s set) clone(n int) set {
	out := newSet(n)
	if s.all {
		for i := range out.bits {
			out.bits[i] = ^uint64(0)
		}
		if rest := n % wordSize; rest > 0 {
			out.bits[len(out.bits)-1] = 1<<rest - 1
		}
		return out
	}
	copy(out.bits, s.bits)
	return out
}

// keep takes away what is not in t, or, with in false, what is.
func (s *set) keep(t set, in bool) {
	for i := range s.bits {
		word := ^uint64(0)
		if !t.all {
			word = 0
			if i < len(t.bits) {
				word = t.bits[i]
			}
		}
		if !in {
			word = ^word
		}
		s.bits[i] &= word
	}
}

// next is the first member from i on; -1 if there is none.
func (s *set) next(i int) int {
	for w := i / wordSize; w < len(s.bits); w++ {
		word := s.bits[w]
		if w == i/wordSize {
			word &= ^uint64(0) << (i % wordSize)
		}
		if word != 0 {
			return w*wordSize + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// nextOf is the first member of both from i on; -1 if there is none. Both have
// bits of their own.
func (s *set) nextOf(t set, i int) int {
	for w := i / wordSize; w < len(s.bits); w++ {
		word := s.bits[w] & t.bits[w]
		if w == i/wordSize {
			word &= ^uint64(0) << (i % wordSize)
		}
		if word != 0 {
			return w*wordSize + bits.TrailingZeros64(word)
		}
	}
	return -1
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
