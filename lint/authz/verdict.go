package authz

import (
	"github.com/boundlint/boundlint/lint/policy"
)

// Verdict says whether a request is allowed. As the answer to a question over
// many requests Allowed means that one of them is, Denied that none is.
type Verdict uint8

// The verdicts; the zero value is Undetermined.
const (
	Undetermined Verdict = iota
	Denied
	Allowed
)

// String is the verdict as a word.
func (v Verdict) String() string {
	switch v {
	case Allowed:
		return "allowed"
	case Denied:
		return "denied"
	case Undetermined:
	}
	return "undetermined"
}

// Layer is one of the kinds of policies that take part in a decision.
type Layer string

// The layers, in the order in which [Explain] lists them.
const (
	LayerNone         Layer = ""
	LayerOrganization Layer = "service control policy"
	LayerResourceOrg  Layer = "resource control policy"
	LayerResource     Layer = "resource-based policy"
	LayerIdentity     Layer = "identity-based policy"
	LayerBoundary     Layer = "permissions boundary"
	LayerSession      Layer = "session policy"
	// LayerFixed is AWS itself, which decides some requests whatever the
	// policies say: see [FixedDecision].
	LayerFixed Layer = "AWS itself"
	// LayerQuery is what a question itself demands; no policy of the holder.
	LayerQuery Layer = "question"
)

// verdictOf is the verdict of a request that is allowed as far as t. What a
// symbol hides, and what AWS's documentation leaves open, may be.
func verdictOf(t policy.Truth) Verdict {
	switch t {
	case policy.True:
		return Allowed
	case policy.False:
		return Denied
	case policy.Maybe:
	}
	return Undetermined
}

// Ref is a place in a compiled policy: a statement by its index, or the
// policy as a whole where Statement is -1. The zero Ref is not a place.
type Ref struct {
	Policy    *Policy
	Statement int
}

// IsZero reports whether the reference leads nowhere.
func (r Ref) IsZero() bool { return r.Policy == nil }

// Source is the statement as it was parsed; nil where the reference is to no
// statement.
func (r Ref) Source() *policy.Statement {
	if r.Policy == nil || r.Statement < 0 || r.Statement >= len(r.Policy.statements) {
		return nil
	}
	return r.Policy.statements[r.Statement].source
}

// Reason says why something is undetermined.
type Reason struct {
	// Text is a phrase without a full stop that follows "because".
	Text string
	// Symbol is what hides the answer; nil where it is not a symbol.
	Symbol *policy.Symbol
	// At is where; the zero Ref where it is not a statement.
	At Ref
}
