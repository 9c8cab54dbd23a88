package policy

// Truth is an answer about what is not wholly known: a text with symbols in it
// may match a pattern, or not.
type Truth int8

// The answers in their order. The zero value is Maybe, which commits to nothing.
const (
	False Truth = iota - 1
	Maybe
	True
)

// TruthOf is the answer that is known.
func TruthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// And holds where both do.
func (t Truth) And(other Truth) Truth { return min(t, other) }

// Or holds where one of them does.
func (t Truth) Or(other Truth) Truth { return max(t, other) }

// Not is the opposite; of what may be, that it may not.
func (t Truth) Not() Truth { return -t }
