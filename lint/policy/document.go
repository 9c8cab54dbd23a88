package policy

// Pos is a place in the source of a document.
type Pos struct {
	// Byte counts bytes from 0; Line and Column count from 1, Column in
	// bytes. The zero Pos is not a place.
	Byte, Line, Column int
}

// Range is what stands from Start up to, not including, End.
type Range struct{ Start, End Pos }

// Effect is Allow or Deny; the zero value is neither.
type Effect uint8

// The effects of a statement.
const (
	EffectUnknown Effect = iota // not given, wrong, or hidden by a symbol
	Allow
	Deny
)

// Document is one IAM policy document.
type Document struct {
	// Version is "2008-10-17" or "2012-10-17"; "" where it is not given,
	// which counts as 2008: policy variables are then plain text.
	Version Text
	ID      Text
	// Statements in the order in which they are written.
	Statements []*Statement
	// Unknown is set where the whole text is hidden: the document may say
	// anything. Statements is then empty.
	Unknown *Symbol
	// Invalid tells that IAM would refuse the document, or that nobody knows
	// how IAM reads it (a Diagnostic says why): what it grants is not
	// decidable.
	Invalid bool
	Range   Range
}

// Variables reports whether policy variables (${...}) are honoured.
// Where the version is hidden by a symbol it reports true.
func (d *Document) Variables() bool {
	v, known := d.Version.Known()
	return !known || v == "2012-10-17"
}

// Statement is one statement of a document.
type Statement struct {
	// Index is the place in Document.Statements, from 0.
	Index int
	Sid   Text
	// Effect is EffectUnknown, with EffectText a symbol, where it is hidden.
	Effect     Effect
	EffectText Text
	// Exactly one of Action and NotAction is not nil in a valid statement;
	// so are Resource and NotResource, except in trust policies.
	Action, NotAction       []Element
	Resource, NotResource   []Element
	Principal, NotPrincipal *Principals
	Condition               []Condition
	// Maybe is set where it is not certain that the statement exists.
	Maybe *Symbol
	// Unknown is set where the statement, or some of its elements, are hidden.
	// Effect, Action, Resource and Condition are then symbols as far as they
	// are hidden, so that whoever does not look at this field cannot decide
	// on the statement either.
	Unknown *Symbol
	Range   Range
	// SidRange and EffectRange are the ranges of the two values.
	SidRange, EffectRange Range
}

// Element is one entry of a list, with its place. A spread symbol
// (SymbolSpread) as its whole text stands for zero or more entries.
type Element struct {
	Text  Text
	Range Range
}

// Principals is the value of Principal or NotPrincipal.
type Principals struct {
	// Any is set for the bare string "*".
	Any bool
	// Entries in the order in which they are written.
	Entries []Principal
	// Unknown is set where the whole element is hidden.
	Unknown *Symbol
	Range   Range
}

// Principal is one entry of a principal map.
type Principal struct {
	// Type is AWS, Service, Federated or CanonicalUser.
	Type string
	Element
}

// Condition is one operator applied to one key: operators and keys of a
// Condition block are all ANDed, so a block is a flat list.
type Condition struct {
	// Operator is as written: "ForAllValues:StringEqualsIfExists".
	// ParseOperator takes it apart.
	Operator Text
	// Key is as written; keys ignore case.
	Key Text
	// Values are ORed (NOR for negated operators).
	Values []Element
	// Range is the key with its values.
	Range Range
	// OperatorRange is the range of the operator's name, KeyRange that of
	// the key inside the operator's block.
	OperatorRange, KeyRange Range
}
