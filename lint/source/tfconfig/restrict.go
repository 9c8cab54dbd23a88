package tfconfig

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// restricted is what a condition says of one value, without a guess: where it
// is not understood, the value may be anything.

// target is a reference in a condition to the value that it restricts: a
// variable, an attribute of one, or a name that a for expression gives to each
// element.
type target []string

// is reports whether an expression is the reference.
func (t target) is(x hclsyntax.Expression) bool {
	reference, ok := unwrap(x).(*hclsyntax.ScopeTraversalExpr)
	return ok && len(reference.Traversal) == len(t) && t.begins(reference.Traversal)
}

// begins reports whether a reference is the target, or something in it.
func (t target) begins(reference hcl.Traversal) bool {
	if len(reference) < len(t) {
		return false
	}
	for i, name := range t {
		if stepName(reference, i) != name {
			return false
		}
	}
	return true
}

// in reports whether an expression depends on the target, or on something that
// it is a part of.
func (t target) in(x hclsyntax.Expression) bool {
	return slices.ContainsFunc(x.Variables(), func(reference hcl.Traversal) bool {
		return t[:min(len(t), len(reference))].begins(reference)
	})
}

// restricted is what is certain of the target where the condition gives want.
func (e *env) restricted(t target, x hclsyntax.Expression, want bool) form {
	x = unwrap(x)
	e.ev.depth++
	defer func() { e.ev.depth-- }()
	if e.ev.depth > maxDepth || !e.charge(1, x.Range) {
		return anyText
	}
	if !t.in(x) {
		if v, ok := e.truth(x); ok && v != want {
			return noText
		}
		return anyText
	}
	switch x := x.(type) {
	case *hclsyntax.UnaryOpExpr:
		if x.Op == hclsyntax.OpLogicalNot {
			return e.restricted(t, x.Val, !want)
		}
	case *hclsyntax.BinaryOpExpr:
		return e.restrictedByOperator(t, x, want)
	case *hclsyntax.ConditionalExpr:
		yes := e.restricted(t, x.Condition, true).and(e.restricted(t, x.TrueResult, want))
		no := e.restricted(t, x.Condition, false).and(e.restricted(t, x.FalseResult, want))
		return yes.or(no)
	case *hclsyntax.FunctionCallExpr:
		return e.restrictedByCall(t, x, want)
	case *hclsyntax.IndexExpr:
		return e.restrictedByLookup(t, x.Collection, x.Key, nil, want)
	}
	return anyText
}

// truth is the value of a condition that is known.
func (e *env) truth(x hclsyntax.Expression) (value, ok bool) {
	v, _ := e.silent().eval(x).Unmark()
	if v, _ = convertQuietly(v, cty.Bool).Unmark(); v.Type() != cty.Bool || !isDefinite(v) {
		return false, false
	}
	return v.True(), true
}

// constant is the text of an expression that does not depend on the target;
// symbols may stand in it.
func (e *env) constant(t target, x hclsyntax.Expression) (text string, ok bool) {
	if t.in(x) {
		return "", false
	}
	v, _ := e.silent().eval(x).Unmark()
	if v, _ = convertQuietly(v, cty.String).Unmark(); !isText(v) {
		return "", false
	}
	return v.AsString(), true
}

// literal is constant without symbols.
func (e *env) literal(t target, x hclsyntax.Expression) (text string, ok bool) {
	text, ok = e.constant(t, x)
	return text, ok && !policy.ContainsToken(text)
}

func (e *env) restrictedByOperator(t target, x *hclsyntax.BinaryOpExpr, want bool) form {
	switch x.Op {
	case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
		l, r := e.restricted(t, x.LHS, want), e.restricted(t, x.RHS, want)
		if (x.Op == hclsyntax.OpLogicalAnd) == want {
			return l.and(r)
		}
		return l.or(r)
	}
	found := e.comparedMatch(t, x.LHS).and(e.comparedMatch(t, x.RHS))
	for _, side := range [][2]hclsyntax.Expression{{x.LHS, x.RHS}, {x.RHS, x.LHS}} {
		if t.in(side[0]) && !t.in(side[1]) {
			found = found.and(e.restrictedByComparison(t, x, side[0], side[1], want))
		}
	}
	return found
}

// restrictedByComparison is what a comparison says where one side depends on
// the target and the other does not.
func (e *env) restrictedByComparison(t target, x *hclsyntax.BinaryOpExpr, left, right hclsyntax.Expression, want bool) form {
	left = unwrap(left)
	equal := x.Op == hclsyntax.OpEqual
	if call, ok := left.(*hclsyntax.FunctionCallExpr); ok && call.Name == "length" && len(call.Args) == 1 {
		return e.restrictedByCount(t, x, call, call.Args[0], want)
	}
	if call, ok := left.(*hclsyntax.FunctionCallExpr); ok && len(call.Args) > 1 && (call.Name == "try" || call.Name == "lookup") {
		return e.restrictedByFallback(t, x, call, call.Args[len(call.Args)-1], right, want)
	}
	if !equal && x.Op != hclsyntax.OpNotEqual {
		return anyText
	}
	if truth, ok := e.truth(right); ok && t.isCondition(left) {
		return e.restricted(t, left, truth == (equal == want))
	}
	if equal != want {
		return anyText
	}
	return e.restrictedToConstant(t, left, right)
}

// restrictedToConstant is what is certain where the left side is equal to the
// right one, which does not depend on the target: the target itself, or a part
// of it by substr.
func (e *env) restrictedToConstant(t target, left, right hclsyntax.Expression) form {
	if v, _ := e.silent().eval(right).Unmark(); isNull(v) && t.is(left) {
		return noText // it is null, and no text
	}
	text, ok := e.constant(t, right)
	if !ok {
		return anyText
	}
	if t.is(left) {
		return only(text)
	}
	call, ok := left.(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "substr" || len(call.Args) != 3 || !t.is(call.Args[0]) || policy.ContainsToken(text) {
		return anyText
	}
	from, fromKnown := wholeNumber(e.silent().eval(call.Args[1]))
	length, lengthKnown := wholeNumber(e.silent().eval(call.Args[2]))
	switch {
	case !fromKnown || !lengthKnown:
	case from == 0 && length >= 0 && length == len([]rune(text)):
		return form{literals: []string{text, ""}}
	case from < 0 && -from == len([]rune(text)) && (length < 0 || length >= -from):
		return form{literals: []string{"", text}}
	}
	return anyText
}

// isCondition reports whether an expression gives true or false.
func (t target) isCondition(x hclsyntax.Expression) bool {
	switch x := unwrap(x).(type) {
	case *hclsyntax.UnaryOpExpr:
		return x.Op == hclsyntax.OpLogicalNot
	case *hclsyntax.BinaryOpExpr:
		return x.Op.Type == cty.Bool
	case *hclsyntax.FunctionCallExpr:
		switch x.Name {
		case "can", "contains", "startswith", "endswith", "strcontains", "alltrue", "anytrue":
			return true
		}
	}
	return false
}

// restrictedByCount is what is certain where the number of matches of a
// regular expression cannot be zero.
func (e *env) restrictedByCount(t target, x *hclsyntax.BinaryOpExpr, count *hclsyntax.FunctionCallExpr, counted hclsyntax.Expression,
	want bool,
) form {
	call, ok := unwrap(counted).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "regexall" {
		return anyText
	}
	with := *x
	zero := &hclsyntax.LiteralValueExpr{Val: cty.Zero, SrcRange: count.Range()}
	if unwrap(x.LHS) == count {
		with.LHS = zero
	} else {
		with.RHS = zero
	}
	if truth, ok := e.truth(&with); !ok || truth == want {
		return anyText
	}
	return e.matched(t, call)
}

// restrictedByFallback is what is certain where a comparison shows that a
// fallback is not taken: try(regex(...), "") != "".
func (e *env) restrictedByFallback(t target, x *hclsyntax.BinaryOpExpr, call *hclsyntax.FunctionCallExpr, fallback,
	right hclsyntax.Expression, want bool,
) form {
	if t.in(fallback) || call.ExpandFinal {
		return anyText
	}
	if truth, ok := e.truth(&hclsyntax.BinaryOpExpr{LHS: fallback, Op: x.Op, RHS: right, SrcRange: x.SrcRange}); !ok || truth == want {
		return anyText
	}
	switch {
	case call.Name == "try" && len(call.Args) == 2:
		return e.succeeds(t, call.Args[0])
	case call.Name == "lookup" && len(call.Args) == 3:
		return e.keyOf(t, call.Args[0], call.Args[1], func(cty.Value) bool { return true })
	}
	return anyText
}

// comparedMatch is what is certain where an operand is the match of a regular
// expression, or a place in a list: where there is none, the function fails.
func (e *env) comparedMatch(t target, x hclsyntax.Expression) form {
	switch x := unwrap(x).(type) {
	case *hclsyntax.FunctionCallExpr:
		if x.Name == "regex" || x.Name == "index" {
			return e.succeeds(t, x)
		}
	case *hclsyntax.IndexExpr:
		return e.comparedMatch(t, x.Collection)
	case *hclsyntax.RelativeTraversalExpr:
		return e.comparedMatch(t, x.Source)
	}
	return anyText
}

// matched is what is certain where the regular expression of regex or regexall
// matches the target.
func (e *env) matched(t target, call *hclsyntax.FunctionCallExpr) form {
	if len(call.Args) != 2 || call.ExpandFinal || !t.is(call.Args[1]) {
		return anyText
	}
	pattern, ok := e.literal(t, call.Args[0])
	if !ok {
		return anyText
	}
	return matchForm(pattern)
}

func (e *env) restrictedByCall(t target, x *hclsyntax.FunctionCallExpr, want bool) form {
	if x.ExpandFinal || len(x.Args) == 0 {
		return anyText
	}
	switch x.Name {
	case "alltrue", "anytrue":
		return e.restrictedByAll(t, x.Args[0], (x.Name == "alltrue") == want, want)
	case "try":
		found := noText
		for _, a := range x.Args {
			found = found.or(e.restricted(t, a, want))
		}
		return found
	case "tobool":
		return e.restricted(t, x.Args[0], want)
	case "lookup":
		if len(x.Args) == 3 {
			return e.restrictedByLookup(t, x.Args[0], x.Args[1], x.Args[2], want)
		}
		return anyText
	}
	if !want {
		return anyText
	}
	switch {
	case x.Name == "can":
		return e.succeeds(t, x.Args[0])
	case len(x.Args) != 2:
	case x.Name == "contains" && t.is(x.Args[1]):
		return e.elementOf(t, x.Args[0])
	case x.Name == "startswith" && t.is(x.Args[0]):
		if text, ok := e.literal(t, x.Args[1]); ok {
			return form{literals: []string{text, ""}}
		}
	case x.Name == "endswith" && t.is(x.Args[0]):
		if text, ok := e.literal(t, x.Args[1]); ok {
			return form{literals: []string{"", text}}
		}
	}
	return anyText
}

// restrictedByAll is what the elements of a list say of which all are as is
// wanted, or any.
func (e *env) restrictedByAll(t target, x hclsyntax.Expression, all, want bool) form {
	found := noText
	if all {
		found = anyText
	}
	add := func(s form) {
		if all {
			found = found.and(s)
		} else {
			found = found.or(s)
		}
	}
	switch list := unwrap(x).(type) {
	case *hclsyntax.TupleConsExpr:
		for _, element := range list.Exprs {
			add(e.restricted(t, element, want))
		}
		return found
	case *hclsyntax.ForExpr:
		if t.in(list.CollExpr) || list.KeyExpr != nil {
			return anyText
		}
		known := e.eachRound(list, func(inner *env, sure bool) bool {
			if sure || !all {
				add(inner.restricted(t, list.ValExpr, want))
			}
			return true
		})
		if known {
			return found
		}
	}
	return anyText
}

// elementOf is a text that is an element of a list.
func (e *env) elementOf(t target, list hclsyntax.Expression) form {
	if t.in(list) {
		return anyText
	}
	v, _ := e.silent().eval(list).Unmark()
	elements, _, ok := e.elements(v)
	if !ok {
		return anyText
	}
	found := noText
	for _, x := range elements {
		x, _ = existing(x).Unmark()
		switch {
		case isNull(x):
		case !isText(x) || e.ev.isSpread(x):
			return anyText
		default:
			found = found.or(only(x.AsString()))
		}
	}
	return found
}

// succeeds is what is certain where an expression can be evaluated.
func (e *env) succeeds(t target, x hclsyntax.Expression) form {
	switch x := unwrap(x).(type) {
	case *hclsyntax.FunctionCallExpr:
		switch {
		case x.Name == "regex":
			return e.matched(t, x)
		case x.Name == "index" && len(x.Args) == 2 && t.is(x.Args[1]):
			return e.elementOf(t, x.Args[0])
		case x.Name == "lookup" && len(x.Args) == 2:
			return e.keyOf(t, x.Args[0], x.Args[1], func(cty.Value) bool { return true })
		}
	case *hclsyntax.IndexExpr:
		return e.keyOf(t, x.Collection, x.Key, func(cty.Value) bool { return true })
	}
	return anyText
}

// restrictedByLookup is what is certain where a map has the wanted truth at a
// key. otherwise is what counts where it lacks the key, nil where that fails.
func (e *env) restrictedByLookup(t target, m, key, otherwise hclsyntax.Expression, want bool) form {
	if otherwise != nil {
		if t.in(otherwise) {
			return anyText
		}
		if v, ok := e.truth(otherwise); !ok || v == want {
			return anyText
		}
	}
	return e.keyOf(t, m, key, func(v cty.Value) bool {
		v, _ = convertQuietly(v, cty.Bool).Unmark()
		return v.Type() != cty.Bool || !isDefinite(v) || v.True() == want
	})
}

// keyOf is a text that is a key of a map whose value the function takes.
func (e *env) keyOf(t target, m, key hclsyntax.Expression, takes func(cty.Value) bool) form {
	if !t.is(key) || t.in(m) {
		return anyText
	}
	v, _ := e.silent().eval(m).Unmark()
	if !isCollection(v) || !isKeyed(v) {
		return anyText
	}
	found := noText
	for it := v.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if policy.ContainsToken(k.AsString()) {
			return anyText
		}
		if takes(existing(x)) {
			found = found.or(only(k.AsString()))
		}
	}
	return found
}

// elementsRestricted is what is certain of each element of the target, a list,
// set or map, where the condition gives want.
func (e *env) elementsRestricted(t target, x hclsyntax.Expression, want bool) form {
	switch x := unwrap(x).(type) {
	case *hclsyntax.UnaryOpExpr:
		if x.Op == hclsyntax.OpLogicalNot {
			return e.elementsRestricted(t, x.Val, !want)
		}
	case *hclsyntax.BinaryOpExpr:
		return e.elementsRestrictedByOperator(t, x, want)
	case *hclsyntax.FunctionCallExpr:
		if x.Name != "alltrue" && x.Name != "anytrue" || (x.Name == "alltrue") != want || len(x.Args) != 1 {
			return anyText
		}
		loop, ok := unwrap(x.Args[0]).(*hclsyntax.ForExpr)
		if !ok || loop.KeyExpr != nil || loop.CondExpr != nil || !t.isElements(loop.CollExpr) {
			return anyText
		}
		return e.inLoop(loop).restricted(target{loop.ValVar}, loop.ValExpr, want)
	}
	return anyText
}

func (e *env) elementsRestrictedByOperator(t target, x *hclsyntax.BinaryOpExpr, want bool) form {
	l, r := x.LHS, x.RHS
	switch x.Op {
	case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
		first, second := e.elementsRestricted(t, l, want), e.elementsRestricted(t, r, want)
		if (x.Op == hclsyntax.OpLogicalAnd) == want {
			return first.and(second)
		}
		return first.or(second)
	case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
		if (x.Op == hclsyntax.OpEqual) == want {
			return e.noElementLeft(t, l, r).and(e.noElementLeft(t, r, l))
		}
	}
	return anyText
}

// inLoop is where the body of a for expression stands whose elements are not
// known.
func (e *env) inLoop(loop *hclsyntax.ForExpr) *env {
	return e.with("for", 0, loopVariables(loop, cty.DynamicVal, cty.DynamicVal)...)
}

// noElementLeft is what is certain of each element where the number of those
// that something leaves over is zero: length(setsubtract(x, list)) == 0, or
// length([for v in x : v if !...]) == 0.
func (e *env) noElementLeft(t target, count, zero hclsyntax.Expression) form {
	length, ok := unwrap(count).(*hclsyntax.FunctionCallExpr)
	if n, known := wholeNumber(e.silent().eval(zero)); !ok || length.Name != "length" || len(length.Args) != 1 || !known || n != 0 {
		return anyText
	}
	switch left := unwrap(length.Args[0]).(type) {
	case *hclsyntax.FunctionCallExpr:
		if left.Name == "setsubtract" && len(left.Args) == 2 && t.isElements(left.Args[0]) {
			return e.elementOf(t, left.Args[1])
		}
	case *hclsyntax.ForExpr:
		if left.KeyExpr == nil && left.CondExpr != nil && t.isElements(left.CollExpr) {
			return e.inLoop(left).restricted(target{left.ValVar}, left.CondExpr, false)
		}
	}
	return anyText
}

// isElements reports whether an expression has the elements of the target.
func (t target) isElements(x hclsyntax.Expression) bool {
	if call, ok := unwrap(x).(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 && !call.ExpandFinal {
		switch call.Name {
		case "toset", "tolist", "distinct", "values":
			return t.isElements(call.Args[0])
		}
	}
	return t.is(x)
}
