package policy

import (
	"fmt"
	"strings"
)

// SetPrefix is how an operator treats a key with several values.
type SetPrefix uint8

// The set prefixes.
const (
	SetNone SetPrefix = iota
	// ForAllValues holds if every value of the request satisfies the
	// operator, and if there is none.
	ForAllValues
	// ForAnyValue holds if at least one value of the request satisfies it.
	ForAnyValue
)

// Family is the type of values that an operator compares.
type Family uint8

// The families of operators (IAM User Guide, condition operators).
const (
	FamilyString Family = iota
	FamilyArn
	FamilyNumeric
	FamilyDate
	FamilyBool
	FamilyBinary
	FamilyIP
	FamilyNull
)

// Compare is the comparison inside a family. Negation is apart.
type Compare uint8

// The comparisons. ArnEquals and ArnLike are the same one, Like: IAM treats
// them identically. IP addresses, booleans and Null have Equals.
const (
	Equals Compare = iota
	EqualsIgnoreCase
	Like
	Less
	LessEquals
	Greater
	GreaterEquals
)

// Operator is a condition operator taken apart.
type Operator struct {
	Set     SetPrefix
	Family  Family
	Compare Compare
	// Negated operators hold where no value matches, and where the key is
	// absent.
	Negated bool
	// IfExists lets a positive operator hold where the key is absent.
	IfExists bool
	// OddCase tells that the name is not spelled as documented but for case.
	// IAM documents no tolerance for that; whoever decides should not rely on
	// either reading.
	OddCase bool
}

type namedOperator struct {
	name string
	op   Operator
}

var operators = [...]namedOperator{
	{"StringEquals", Operator{Family: FamilyString}},
	{"StringNotEquals", Operator{Family: FamilyString, Negated: true}},
	{"StringEqualsIgnoreCase", Operator{Family: FamilyString, Compare: EqualsIgnoreCase}},
	{"StringNotEqualsIgnoreCase", Operator{Family: FamilyString, Compare: EqualsIgnoreCase, Negated: true}},
	{"StringLike", Operator{Family: FamilyString, Compare: Like}},
	{"StringNotLike", Operator{Family: FamilyString, Compare: Like, Negated: true}},
	{"ArnEquals", Operator{Family: FamilyArn, Compare: Like}},
	{"ArnNotEquals", Operator{Family: FamilyArn, Compare: Like, Negated: true}},
	{"ArnLike", Operator{Family: FamilyArn, Compare: Like}},
	{"ArnNotLike", Operator{Family: FamilyArn, Compare: Like, Negated: true}},
	{"NumericEquals", Operator{Family: FamilyNumeric}},
	{"NumericNotEquals", Operator{Family: FamilyNumeric, Negated: true}},
	{"NumericLessThan", Operator{Family: FamilyNumeric, Compare: Less}},
	{"NumericLessThanEquals", Operator{Family: FamilyNumeric, Compare: LessEquals}},
	{"NumericGreaterThan", Operator{Family: FamilyNumeric, Compare: Greater}},
	{"NumericGreaterThanEquals", Operator{Family: FamilyNumeric, Compare: GreaterEquals}},
	{"DateEquals", Operator{Family: FamilyDate}},
	{"DateNotEquals", Operator{Family: FamilyDate, Negated: true}},
	{"DateLessThan", Operator{Family: FamilyDate, Compare: Less}},
	{"DateLessThanEquals", Operator{Family: FamilyDate, Compare: LessEquals}},
	{"DateGreaterThan", Operator{Family: FamilyDate, Compare: Greater}},
	{"DateGreaterThanEquals", Operator{Family: FamilyDate, Compare: GreaterEquals}},
	{"Bool", Operator{Family: FamilyBool}},
	{"BinaryEquals", Operator{Family: FamilyBinary}},
	{"IpAddress", Operator{Family: FamilyIP}},
	{"NotIpAddress", Operator{Family: FamilyIP, Negated: true}},
	{"Null", Operator{Family: FamilyNull}},
}

const (
	ifExists           = "IfExists"
	forAllValuesPrefix = "ForAllValues:"
	forAnyValuePrefix  = "ForAnyValue:"
)

// ParseOperator takes the name of a condition operator apart. A name that
// differs from the documented one only in case is accepted, and marked
// OddCase. The error is one sentence for people and names the nearest
// operator that exists; Null takes no IfExists (IAM User Guide, IfExists).
func ParseOperator(name string) (Operator, error) {
	rest, set, odd := name, SetNone, false
	for _, p := range [...]struct {
		prefix string
		set    SetPrefix
	}{{forAllValuesPrefix, ForAllValues}, {forAnyValuePrefix, ForAnyValue}} {
		if cut, exact, ok := cutPrefixFold(rest, p.prefix); ok {
			rest, set, odd = cut, p.set, !exact
			break
		}
	}
	base := rest
	exists := false
	if len(rest) > len(ifExists) && strings.EqualFold(rest[len(rest)-len(ifExists):], ifExists) {
		base, exists = rest[:len(rest)-len(ifExists)], true
		odd = odd || rest[len(base):] != ifExists
	}
	for i := range operators {
		known := &operators[i]
		if base != known.name && !strings.EqualFold(base, known.name) {
			continue
		}
		op := known.op
		op.Set, op.IfExists, op.OddCase = set, exists, odd || base != known.name
		if exists && op.Family == FamilyNull {
			return op, &OperatorError{"the operator Null takes no IfExists, for it asks for absence itself", name[:len(name)-len(ifExists)]}
		}
		return op, nil
	}
	err := &OperatorError{Problem: fmt.Sprintf("IAM knows no condition operator %q", name)}
	if near := nearestOperator(base); near != "" {
		err.Nearest = name[:len(name)-len(rest)] + near
		if exists {
			err.Nearest += ifExists
		}
	}
	return Operator{}, err
}

// OperatorError is why a name is not a condition operator.
type OperatorError struct {
	// Problem is a sentence without its full stop.
	Problem string
	// Nearest is the operator that was probably meant, "" where none is near.
	Nearest string
}

// Error names the problem and the nearest operator.
func (e *OperatorError) Error() string {
	if e.Nearest == "" {
		return e.Problem
	}
	return e.Problem + ": write " + e.Nearest
}

func cutPrefixFold(s, prefix string) (rest string, exact, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false, false
	}
	return s[len(prefix):], s[:len(prefix)] == prefix, true
}

func nearestOperator(name string) string {
	names := make([]string, len(operators))
	for i := range operators {
		names[i] = operators[i].name
	}
	return Nearest(name, names)
}

// String is the operator's name as IAM documents it. ArnEquals reads ArnLike.
func (o Operator) String() string {
	name := ""
	for i := range operators {
		known := operators[i].op
		if known.Family == o.Family && known.Compare == o.Compare && known.Negated == o.Negated {
			name = operators[i].name
		}
	}
	switch o.Set {
	case ForAllValues:
		name = forAllValuesPrefix + name
	case ForAnyValue:
		name = forAnyValuePrefix + name
	case SetNone:
	}
	if o.IfExists {
		name += ifExists
	}
	return name
}
