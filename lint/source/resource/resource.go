// Package resource turns Terraform resources and data sources, whichever
// input told of them, into the IAM model. Plan, state and configuration all
// go through it, so that they cannot disagree about what a resource means.
package resource

import (
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Kind is the shape of a Value.
type Kind uint8

// The shapes. The zero value is null, an attribute that is not set.
const (
	Null   Kind = iota
	Scalar      // Text: a string, or a number or boolean as its text
	List        // a list, set or tuple, or the blocks of one type
	Object      // an object, map, or the body of a block
	// Unknown is a whole value of any shape that is hidden by Symbol.
	Unknown
)

// Value is one attribute value as an input tells it.
type Value struct {
	Kind   Kind
	Text   policy.Text
	List   []Value
	Object map[string]Value
	Symbol *policy.Symbol
	// Bool tells that the scalar was written as a boolean or number rather
	// than as a string.
	NotString bool
	Sensitive bool
	// Nullable tells that the value may turn out to be null.
	Nullable bool
	// Open tells that the keys of the object are not known, or not all of
	// them.
	Open bool
	// FromDefault tells that the value depends on the default of an input
	// variable.
	FromDefault bool
	// Maybe is set on an element of a list, or a block, that may turn out not
	// to exist: the representative of an unknown for_each.
	Maybe *policy.Symbol
	// Computed becomes [iam.Value.Computed].
	Computed bool
	// References become [iam.Value.References].
	References []string
	// Locate finds the place of the value in a file, on demand; nil where
	// the input has none. Within is a range inside the text (a statement of
	// a policy document), zero for the whole.
	Locate func(within policy.Range) iam.Location
	// Form becomes [iam.Document.Form].
	Form iam.Form
	// Document is set where the text came from aws_iam_policy_document or
	// the like and its statements have places of their own.
	Document *DocumentSource
}

// DocumentSource knows where the statements of an evaluated document stand.
type DocumentSource struct {
	// Address is the data source's; Statement gives the place of a statement
	// by its index in the evaluated document.
	Address   string
	Statement func(index int, within policy.Range) iam.Location
	// Maybe tells for each statement that may turn out not to exist what it
	// depends on; nil, or shorter than the statements, where all do.
	Maybe []*policy.Symbol
	// MaybeOf is Maybe of each text that a choice of documents may be.
	MaybeOf map[string][]*policy.Symbol
}

// Resource is one instance of a resource or data source.
type Resource struct {
	Address string
	// Module is the module address, "" for the root.
	Module string
	Type   string
	// Data tells a data source from a managed resource.
	Data   bool
	Values map[string]Value
	// Before holds the attributes in the state before the plan; nil where
	// there is none.
	Before map[string]Value
	Change iam.Change
	// Changed are the attributes and blocks that an update changes, sorted; nil
	// where the source was not asked for them.
	Changed []string
	// Drift holds attributes found changed outside of Terraform.
	DriftBefore, DriftAfter map[string]Value
	// Provider is the provider configuration ("aws", "aws.west").
	Provider string
	// Echo names attributes whose value the provider reports from AWS rather
	// than the configuration: managed_policy_arns of a role also lists what
	// attachment resources attached.
	Echo            []string
	IgnoreChanges   []string
	IgnoreChangesAt iam.Location
	// MayNotExist is set where it is not known whether it exists, or how many
	// of them. Existence is then what hides that, for messages, and Maybe what
	// it depends on: of one that stands in a module, that of the module too.
	MayNotExist bool
	Existence   string
	Maybe       []*policy.Symbol
	// PreviousAddress is the address before a move, "" for none.
	PreviousAddress string
	Location        iam.Location
}

// declared is what the model tells of every resource.
func (r *Resource) declared() iam.Declared {
	return iam.Declared{Address: r.Address, Change: r.Change, Provider: r.Provider, Location: r.Location, MayNotExist: r.MayNotExist}
}

// StringValue is a known string.
func StringValue(s string) Value { return Value{Kind: Scalar, Text: policy.Literal(s)} }

// UnknownValue is a value of any shape that s hides.
func UnknownValue(s *policy.Symbol) Value {
	return Value{Kind: Unknown, Symbol: s, Nullable: s.Nullable}
}

// IsNull reports whether the value is certainly not set.
func (v Value) IsNull() bool { return v.Kind == Null }

// AsText is the value as a string: a scalar's text, or the symbol that hides
// it. It is false for null, lists and objects.
func (v Value) AsText() (policy.Text, bool) {
	switch v.Kind {
	case Scalar:
		return v.Text, true
	case Unknown:
		return policy.SymbolText(v.Symbol), true
	case Null, List, Object:
	}
	return policy.Text{}, false
}
