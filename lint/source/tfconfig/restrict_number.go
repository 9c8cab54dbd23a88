package tfconfig

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// extent is what is certain of a number: cty.NilVal for an end that is open.
type extent struct {
	least, most cty.Value
	// none tells that there is no such number.
	none bool
}

var (
	anyNumber = extent{}
	noNumber  = extent{none: true}
)

// and is what holds of a number of which both hold.
func (a extent) and(b extent) extent {
	if a.none || b.none {
		return noNumber
	}
	if a.least == cty.NilVal || b.least != cty.NilVal && b.least.GreaterThan(a.least).True() {
		a.least = b.least
	}
	if a.most == cty.NilVal || b.most != cty.NilVal && b.most.LessThan(a.most).True() {
		a.most = b.most
	}
	if a.least != cty.NilVal && a.most != cty.NilVal && a.least.GreaterThan(a.most).True() {
		return noNumber
	}
	return a
}

// or is what holds of a number of which one of both holds.
func (a extent) or(b extent) extent {
	switch {
	case a.none:
		return b
	case b.none:
		return a
	}
	if a.least != cty.NilVal && (b.least == cty.NilVal || b.least.LessThan(a.least).True()) {
		a.least = b.least
	}
	if a.most != cty.NilVal && (b.most == cty.NilVal || b.most.GreaterThan(a.most).True()) {
		a.most = b.most
	}
	return a
}

// value is a number of which the extent holds, unknown but where there is only
// one.
func (a extent) value() cty.Value {
	switch {
	case a.none || a.least == cty.NilVal && a.most == cty.NilVal:
		return cty.UnknownVal(cty.Number).RefineNotNull()
	case a.least == cty.NilVal:
		return between(cty.NegativeInfinity, true, a.most, true)
	case a.most == cty.NilVal:
		return between(a.least, true, cty.PositiveInfinity, true)
	case a.least.RawEquals(a.most):
		return a.least
	}
	return between(a.least, true, a.most, true)
}

// restrictedNumber is what is certain of the target, a number, where the
// condition gives want.
func (e *env) restrictedNumber(t target, x hclsyntax.Expression, want bool) extent {
	switch x := unwrap(x).(type) {
	case *hclsyntax.UnaryOpExpr:
		if x.Op == hclsyntax.OpLogicalNot {
			return e.restrictedNumber(t, x.Val, !want)
		}
	case *hclsyntax.BinaryOpExpr:
		if x.Op == hclsyntax.OpLogicalAnd || x.Op == hclsyntax.OpLogicalOr {
			l, r := e.restrictedNumber(t, x.LHS, want), e.restrictedNumber(t, x.RHS, want)
			if (x.Op == hclsyntax.OpLogicalAnd) == want {
				return l.and(r)
			}
			return l.or(r)
		}
		return e.comparedNumber(t, x, want)
	case *hclsyntax.FunctionCallExpr:
		if want && x.Name == "contains" && len(x.Args) == 2 && !x.ExpandFinal && t.is(x.Args[1]) && !t.in(x.Args[0]) {
			return e.elementNumber(x.Args[0])
		}
	}
	return anyNumber
}

// comparedNumber is what a comparison of the target with a number says.
func (e *env) comparedNumber(t target, x *hclsyntax.BinaryOpExpr, want bool) extent {
	op, other := x.Op, x.RHS
	if !t.is(x.LHS) {
		if !t.is(x.RHS) {
			return anyNumber
		}
		other = x.LHS
		op = map[*hclsyntax.Operation]*hclsyntax.Operation{
			hclsyntax.OpLessThan: hclsyntax.OpGreaterThan, hclsyntax.OpLessThanOrEqual: hclsyntax.OpGreaterThanOrEqual,
			hclsyntax.OpGreaterThan: hclsyntax.OpLessThan, hclsyntax.OpGreaterThanOrEqual: hclsyntax.OpLessThanOrEqual,
			hclsyntax.OpEqual: hclsyntax.OpEqual, hclsyntax.OpNotEqual: hclsyntax.OpNotEqual,
		}[op]
	}
	if t.in(other) {
		return anyNumber
	}
	n, _ := e.silent().eval(other).Unmark()
	if n.Type() != cty.Number || !isDefinite(n) {
		return anyNumber
	}
	switch op {
	case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
		if (op == hclsyntax.OpEqual) == want {
			return extent{least: n, most: n}
		}
	case hclsyntax.OpGreaterThan, hclsyntax.OpGreaterThanOrEqual:
		if want {
			return extent{least: n}
		}
		return extent{most: n}
	case hclsyntax.OpLessThan, hclsyntax.OpLessThanOrEqual:
		if want {
			return extent{most: n}
		}
		return extent{least: n}
	}
	return anyNumber
}

// elementNumber is a number that is an element of a list.
func (e *env) elementNumber(list hclsyntax.Expression) extent {
	v, _ := e.silent().eval(list).Unmark()
	elements, _, ok := e.elements(v)
	if !ok {
		return anyNumber
	}
	found := noNumber
	for _, x := range elements {
		x, _ = existing(x).Unmark()
		switch {
		case isNull(x):
		case x.Type() != cty.Number || !isDefinite(x):
			return anyNumber
		default:
			found = found.or(extent{least: x, most: x})
		}
	}
	return found
}

// number is a number as the validations restrict it.
func (r *restriction) number(p part) cty.Value {
	found := anyNumber
	for _, x := range r.conditions {
		found = found.and(r.module.env().silent().restrictedNumber(p.target, x, true))
	}
	return found.value()
}

// truthValue is true or false, where the validations refuse the other.
func (r *restriction) truthValue(p part) cty.Value {
	switch yes, no := r.refuses(p.in(cty.True)), r.refuses(p.in(cty.False)); {
	case no && !yes:
		return cty.True
	case yes && !no:
		return cty.False
	}
	return unknownBool
}
