// Package expect is what a file of policy tests says: who is asked about, and
// what is expected of the answers. Package config reads such files, package
// inquiry asks.
package expect

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// FileSuffix is what the names of files of policy tests end with.
const FileSuffix = ".boundlint-test.hcl"

// File is one file of policy tests.
type File struct {
	// Name is its path, with slashes.
	Name  string
	Tests []*Test
	// Entities are described for these tests alone.
	Entities []*Entity
}

// Test is a test block: expectations of one or more roles and users.
type Test struct {
	Name string
	// As are addresses, ARNs, names or globs of those that are asked about; all
	// of them must be as expected.
	As           []Word
	Expectations []*Expectation
	At           iam.Location
}

// Kind is what is expected.
type Kind uint8

// The kinds of expectations. The zero value is none.
const (
	// Deny expects that no request of a shape is allowed.
	Deny Kind = iota + 1
	// Allow expects that some request of a shape is allowed.
	Allow
	// AllowEvery expects that all requests of a shape are allowed.
	AllowEvery
	// CannotReach expects that no technique leads to a goal.
	CannotReach
)

// Expectation is one thing that a test expects.
type Expectation struct {
	Kind Kind
	// What is the action, or a pattern of actions; for CannotReach the goal:
	// [Administrator], a role or user, or an action.
	What Word
	// Resources and NotResources are ARNs, patterns or addresses of the input;
	// any resource will do where there are none.
	Resources, NotResources []Value
	// With are condition keys that the requests have.
	With []Key
	// Unless are requests that do not count: each entry those that have all of
	// its keys.
	Unless [][]Key
	// UndeterminedPasses tells that it is enough that the opposite is not
	// certain.
	UndeterminedPasses bool
	At                 iam.Location
}

// Administrator is the goal of CannotReach that stands for everybody who can
// do everything.
const Administrator = "administrator"

// Word is a text of the file and its place.
type Word struct {
	Text string
	At   iam.Location
}

// Value is a text of the file that may hold references.
type Value struct {
	Parts []Part
	At    iam.Location
}

// Part is a piece of a Value: a literal text or a reference.
type Part struct {
	Literal string
	// Boundary is NAME in boundary.NAME.
	Boundary string
	// Entity is an attribute of the one that is asked about: name, arn, path or
	// account, in entity.name.
	Entity string
}

// EntityAttributes are those that entity.ATTRIBUTE can name.
var EntityAttributes = []string{"account", "arn", "name", "path"}

// String is the value as the file has it.
func (v Value) String() string {
	var b strings.Builder
	for _, p := range v.Parts {
		reference := ""
		switch {
		case p.Boundary != "":
			reference = "boundary." + p.Boundary
		case p.Entity != "":
			reference = "entity." + p.Entity
		default:
			b.WriteString(p.Literal)
			continue
		}
		if len(v.Parts) > 1 {
			reference = "${" + reference + "}"
		}
		b.WriteString(reference)
	}
	return b.String()
}

// Key is a condition key with the values of which it has one, or without a
// value where the request is to lack it.
type Key struct {
	Name   Word
	Absent bool
	Values []Value
}

// Entity is a role or user that a file describes.
type Entity struct {
	Name     Word
	Kind     iam.EntityKind
	Path     string
	Tags     map[string]string
	Policies []Policy
	// Boundary is nil where it has none.
	Boundary *Policy
	At       iam.Location
}

// Address is how messages call the entity.
func (e *Entity) Address() string { return "entity." + e.Name.Text }

// Policy is a policy of a described entity: a document, or the name of a managed
// policy.
type Policy struct {
	Document *iam.Document
	// Name is the address, ARN or name of a managed policy, or a boundary;
	// where Document is nil.
	Name Value
}

// Accounts are the accounts that the ARNs of the file name, each once.
func (f *File) Accounts() []string {
	var out []string
	note := func(text string) {
		arn, ok := policy.ParseARN(policy.Literal(text))
		account, known := arn.Account.Known()
		if ok && known && policy.IsAccountID(account) && !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	values := func(list []Value) {
		for _, v := range list {
			note(v.String())
		}
	}
	keys := func(list []Key) {
		for _, k := range list {
			values(k.Values)
		}
	}
	for _, t := range f.Tests {
		for _, w := range t.As {
			note(w.Text)
		}
		for _, x := range t.Expectations {
			note(x.What.Text)
			values(x.Resources)
			values(x.NotResources)
			keys(x.With)
			for _, k := range x.Unless {
				keys(k)
			}
		}
	}
	return out
}
