package account

import (
	"bytes"
	"encoding/json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// List is a list of what aws iam get-account-authorization-details prints.
type List string

// The lists.
const (
	Users    List = users
	Groups   List = groups
	Roles    List = roles
	Policies List = policies
)

// Place is where an attribute of an entry stands.
type Place struct {
	// File is slash-separated and relative to the working directory; "" for none.
	File string
	// Start is where the value of the attribute begins in the file.
	Start policy.Pos
	// Verbatim tells of a document that its text stands there as it is.
	Verbatim bool
}

// Places tell where the attributes of an entry stand; the attribute is "" for the
// entry itself.
type Places func(attribute string) Place

// Location is the place of an attribute of what has that ARN.
func (p Place) Location(arn, attribute string) iam.Location {
	l := iam.Location{Address: arn, Attribute: attribute, File: p.File}
	if p.File != "" {
		start := policy.Pos{Byte: p.Start.Byte, Line: max(p.Start.Line, 1), Column: max(p.Start.Column, 1)}
		l.Range = policy.Range{Start: start, End: start}
	}
	return l
}

// tracing is the Trace of a document whose text stands as it is in a file, from the
// place on.
func tracing(from iam.Location) func(int, policy.Range) iam.Location {
	start := from.Range.Start
	shift := func(at policy.Pos) policy.Pos {
		if at.Line == 1 {
			at.Column += start.Column - 1
		}
		return policy.Pos{Byte: start.Byte + at.Byte, Line: start.Line + at.Line - 1, Column: at.Column}
	}
	return func(_ int, at policy.Range) iam.Location {
		l := from
		if at.Start.Line > 0 {
			l.Range = policy.Range{Start: shift(at.Start), End: shift(at.End)}
		}
		return l
	}
}

// Builder makes the models of accounts of entries that other formats than the dump
// hold, each written as the dump would have it.
type Builder struct{ rd *reader }

// NewBuilder returns a builder without entries.
func NewBuilder(o Options) *Builder { return &Builder{newReader(nil, o)} }

// Account notes an account, which may turn out to have no entries, and that the
// input has these lists of it: what is not noted counts as missing.
func (b *Builder) Account(id, partition string, lists ...List) {
	b.rd.account(id, partition)
	for _, list := range lists {
		b.rd.lists[string(list)] = true
	}
}

// Add adds an entry of a list. One whose ARN has been added before is passed over.
func (b *Builder) Add(list List, entry json.RawMessage, places Places) error {
	if policy.ContainsToken(string(entry)) {
		return errToken // before anything of it is in the model
	}
	b.rd.r, b.rd.places = stream.NewReader(bytes.NewReader(entry)), places
	b.rd.lists[string(list)] = true
	switch list {
	case Users:
		return b.rd.user()
	case Groups:
		return b.rd.group()
	case Roles:
		return b.rd.role()
	case Policies:
		return b.rd.policy()
	}
	return stream.Errorf("there is no list %s in an account dump", list)
}

// Odd notes what is not as IAM has it in an account that has been noted.
func (b *Builder) Odd(account, what string) {
	if p := b.rd.parts[account]; p != nil {
		p.model.Input.Odd = append(p.model.Input.Odd, what)
	}
}

// Models are the models of the accounts, as those that [Read] returns.
func (b *Builder) Models() []*iam.Model { return b.rd.models() }

// Document reads a policy document of an account that is not one of its entries: a
// resource-based policy and the like. raw is as in the dump, or the text of a file as
// a JSON string; the Address of the place is what holds it.
func Document(raw json.RawMessage, kind policy.Kind, attribute, arn string, places Places, o Options) (*iam.Document, error) {
	mk := &maker{part: &part{}, options: o, arn: arn, places: places}
	d := mk.document(raw, kind, attribute)
	return d, mk.err
}
