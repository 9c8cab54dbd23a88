package iam

import "github.com/boundlint/boundlint/lint/policy"

// Location is a place in an input.
type Location struct {
	// Address is Terraform's resource address, or what takes its place in an
	// account dump: the ARN.
	Address string
	// Attribute is the path of the attribute inside the resource, such as
	// permissions_boundary or inline_policy[0].policy; "" for the whole.
	Attribute string
	// File is slash-separated and relative to the working directory; "" where
	// the input tells no file.
	File string
	// Range counts lines and columns from 1; it is zero where unknown.
	Range policy.Range
	// Call is the module call through which the place is reached, nil at the
	// root.
	Call *Location
}

// HasFile reports whether a file and line are known.
func (l Location) HasFile() bool { return l.File != "" && l.Range.Start.Line > 0 }

// Value is what an input tells about one attribute. The zero value is an
// attribute that is not set.
type Value struct {
	Text policy.Text
	// Set tells that the attribute has a value, known or not; null and ""
	// count as not set where the provider treats them so.
	Set bool
	// Nullable tells that the value, though Set, may turn out to be null.
	Nullable bool
	// Sensitive values are used and never printed.
	Sensitive bool
	// Computed tells that the configuration writes no literal in the attribute
	// but a reference or a combination; it is false where the input does not
	// tell what is written.
	Computed bool
	Location Location
	// References name where the value comes from in the end, as it stands in
	// configuration, with the path of its module and without instance keys
	// (var.boundary_arn, module.iam.aws_iam_policy.boundary.arn), also where
	// the value is known. A module's variables are followed to the argument
	// of its call, and outputs into the module. They are nil for a constant,
	// and where several are combined and it is not certain which one gives
	// the value.
	References []string
	// Written is the text as the source gave it, before Link resolved its
	// references; it is filled by Link.
	Written policy.Text
	linked  bool
}

// Known returns the text, and whether it is set and free of symbols.
func (v Value) Known() (string, bool) {
	s, ok := v.Text.Known()
	return s, ok && v.Set
}

// IsUnknown reports whether the value is set and not wholly known.
func (v Value) IsUnknown() bool { return v.Set && !v.Text.IsKnown() }

// String is the text for people, redacted where it is sensitive.
func (v Value) String() string {
	switch {
	case !v.Set:
		return "(not set)"
	case v.Sensitive:
		return "(sensitive)"
	default:
		return v.Text.String()
	}
}

// Document is a policy document where it stands in the input.
type Document struct {
	*policy.Document
	// Text is the source, symbols included; quotas are counted on it.
	Text policy.Text
	// Diagnostics are what parsing found.
	Diagnostics policy.Diagnostics
	Sensitive   bool
	// Number tells sensitive documents apart, those of one text alike, where a
	// digest of what they say would tell it; 0 before [Model.NumberSecrets].
	Number int
	// Source is the address of the data source that makes the text, "" where
	// it is written in the attribute or the input does not tell. Without
	// instance keys it names one place in the configuration, as Location's
	// address does: faults there have one cause, a principal that holds the document.
	Source string
	// Form is how the document is written.
	Form Form
	// Location is the attribute that holds the document.
	Location Location
	// Trace leads from a place in the document to the place to fix in a
	// file: statement is an index in Statements, at a range inside the
	// document (zero for the whole statement). It is nil where the input
	// gives no finer place than Location.
	Trace func(statement int, at policy.Range) Location
}

// Form is how a policy document is written.
type Form uint8

// The forms. The zero value is JSON: a text, a file, or whatever the input does
// not tell.
const (
	FormJSON   Form = iota
	FormObject      // an object of HCL, in jsonencode
	FormBlock       // statement blocks of aws_iam_policy_document
)

// StatementLocation is the finest known place of a statement, or of the
// range at in it.
func (d *Document) StatementLocation(statement int, at policy.Range) Location {
	if d.Trace != nil {
		if l := d.Trace(statement, at); l.HasFile() {
			return l
		}
	}
	return d.Location
}
