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
	// Also are changes of other statements that close the finding together with
	// this one.
	Also []*Fix
	// Widen is the fix with what further statements deny besides, and the
	// remediation that says so; nil where nothing can be added to it. It is
	// asked where findings of one cause become one.
	Widen func(further []*policy.Statement) (*Fix, string)
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
