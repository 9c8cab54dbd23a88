package tfconfig

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// try is the first argument that does not fail. One that may fail once a
// symbol is known may be any that follows, too.
func (e *env) try(x *hclsyntax.FunctionCallExpr) cty.Value {
	if len(x.Args) == 0 {
		return e.fail(x.Range(), "try: too few arguments")
	}
	var problems []problem
	var first []problem
	for i, a := range x.Args {
		problems = nil
		doubt := false
		v := e.quiet(&problems, &doubt).eval(a)
		doubt = doubt || isRefused(v)
		if len(problems) > 0 {
			if i == 0 {
				first = problems
			}
			continue
		}
		if doubt {
			e.doubtful()
		}
		if !doubt || i == len(x.Args)-1 {
			return v
		}
		rest := *x
		rest.Args = x.Args[i+1:]
		return e.orElse(v, e.quiet(new([]problem), new(bool)).try(&rest), a)
	}
	message := "no argument of try succeeds"
	if len(first) > 0 {
		message += ": " + first[0].message
	}
	return e.fail(x.Range(), "%s", message)
}

// orElse is v, which may turn out to fail, or what is taken then.
func (e *env) orElse(v, otherwise cty.Value, at hclsyntax.Expression) cty.Value {
	u, _ := otherwise.Unmark()
	_, marks := v.UnmarkDeep()
	s := e.ev.symbolOf(v)
	if s != nil && !isChoice(s) && (isNull(u) || isText(u) && u.AsString() == "") {
		// What is there keeps its identity, and may be absent.
		return v.Mark(markMaybe)
	}
	if v.RawEquals(otherwise) {
		return v
	}
	out := e.choice(v, otherwise, at.Range(), "", withoutMaybe([]cty.ValueMarks{marks})...)
	if !out.IsKnown() && !v.Type().Equals(otherwise.Type()) { // try does not make them alike
		_, marks := out.Unmark()
		return cty.DynamicVal.WithMarks(marks)
	}
	return out
}

// can tells whether its argument succeeds.
func (e *env) can(x *hclsyntax.FunctionCallExpr) cty.Value {
	if len(x.Args) != 1 {
		return e.fail(x.Range(), "can: one argument is needed")
	}
	var problems []problem
	doubt := false
	v := e.quiet(&problems, &doubt).eval(x.Args[0])
	switch {
	case len(problems) > 0:
		return cty.False
	case doubt || isRefused(v) || e.ev.mayBeAbsent(v) || !v.IsKnown() && v.Type() == cty.DynamicPseudoType:
		_, marks := v.UnmarkDeep()
		return unknownBool.WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	}
	return cty.True
}
