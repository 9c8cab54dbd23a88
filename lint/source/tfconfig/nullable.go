package tfconfig

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// What may be null, or may be a value of any type, is not certain to be what a
// function or an operator takes: evaluation may fail, and try and can then say
// otherwise.

// mayBeNull reports whether a value may turn out to be null.
func (e *env) mayBeNull(v cty.Value) bool {
	u, marks := v.Unmark()
	s := e.ev.symbolOf(u)
	switch {
	case isNull(u):
		return false // it is
	case hasMark(marks, markMaybe):
		return true
	case !u.IsKnown():
		return u.Type().IsPrimitiveType() && u.Range().CouldBeNull()
	case s == nil:
		return false
	}
	return s.Nullable || s.Kind == policy.SymbolVariable && !s.NotNull
}

// notNull is what is there where evaluation does not fail: a value that may be
// null without that.
func notNull(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	delete(marks, markMaybe)
	return u.WithMarks(marks)
}

// isOfAnyType reports whether a value is a variable without a type, or of type
// any.
func (e *env) isOfAnyType(v cty.Value) bool {
	s := e.ev.opaque(v)
	return s != nil && s.Kind == policy.SymbolVariable && s.Name != workspaceName
}

// takesNull are the functions of which an argument may be null: the first
// number is the first such argument.
var takesNull = map[string]int{
	"coalesce": 0, "coalescelist": 0, "ephemeralasnull": 0, "issensitive": 0, "jsonencode": 0, "lookup": 2, "merge": 0,
	"nonsensitive": 0, "sensitive": 0, "tobool": 0, "tolist": 0, "tomap": 0, "tonumber": 0, "toset": 0, "tostring": 0, "type": 0,
	"yamlencode": 0,
}

// takesAny are the functions that take values of any type.
var takesAny = map[string]bool{
	"ephemeralasnull": true, "flatten": true, "issensitive": true, "jsonencode": true, "nonsensitive": true, "sensitive": true,
	"type": true, "yamlencode": true,
}

// mayRefuse reports whether a function may turn out not to take one of its
// arguments: it may be null, or a variable without a type.
func (e *env) mayRefuse(name string, args []cty.Value) bool {
	first, nullable := takesNull[name]
	for i, a := range args {
		if (!nullable || i < first) && e.mayBeNull(a) {
			return true
		}
		if e.isOfAnyType(a) && !takesAny[name] {
			return true
		}
	}
	return false
}
