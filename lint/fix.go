package lint

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// Fix is the change that a remediation asks for, as data: what closes the
// finding once it is made. Either an attribute is set or statements are added.
type Fix struct {
	// Address is the resource that changes; "" where the statements go into a
	// new policy, which Holder is then given.
	Address, Holder string
	// Attribute is set to Expression, as it is written in HCL.
	Attribute, Expression string
	// Statements are added to the policy document, in the place of Replaced
	// where that is not nil.
	Statements []*policy.Statement
	Replaced   *policy.Statement
	// Reference is how a text of the statements is referred to where they go; false
	// where it is not. It is nil where nothing is.
	Reference func(policy.Text) (string, bool)
	// Edits are the change of files, decided again; nil where none was tried or none holds.
	Edits []Edit
	// Example tells that values of the statements only show what is meant, such as the name
	// of a repository: a person fills in another.
	Example bool
	// Also are changes of other statements that close the finding together with
	// this one.
	Also []*Fix
	// Widen is the fix with what further statements deny besides, and the
	// remediation that says so; nil where nothing can be added to it. It is
	// asked where findings of one cause become one.
	Widen func(further []*policy.Statement) (*Fix, string)
}

// Edit is whole lines of a file in the place of others.
type Edit struct {
	// File is slash-separated and relative to the working directory, as in a location.
	File string
	// From is the first line that goes, from 1, and To the first that stays; they are
	// equal where lines are added before it.
	From, To int
	// Text is what stands there then, with the end of its last line.
	Text string
}

// Actions are those of the statements of a fix, in order and in one text; ""
// for a fix without statements.
func (f *Fix) Actions() string {
	if f == nil {
		return ""
	}
	var actions []string
	for _, s := range f.Statements {
		for _, e := range s.Action {
			actions = append(actions, e.Text.String())
		}
	}
	slices.Sort(actions)
	return strings.Join(slices.Compact(actions), " ")
}
