package tfconfig

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/boundlint/boundlint/lint/policy"
)

// Some functions count elements, or put them in order. Where an element stands
// for zero or more, or where symbols are compared, their result is less than
// what a call on the tokens would give.

// resultOfUnordered is the result of a call that depends on the order of the
// elements of a list, where that is not known.
func (e *env) resultOfUnordered(name string, args []cty.Value, x *hclsyntax.FunctionCallExpr) (v cty.Value, ok bool) {
	if !slices.ContainsFunc(args, func(v cty.Value) bool { return v.HasMark(markUnordered) }) {
		return cty.NilVal, false
	}
	switch name {
	case "join":
		return e.derived(name, stdlib.JoinFunc, args), true
	case "slice", "chunklist", "zipmap", "index", "matchkeys":
		return cty.DynamicVal, true
	case "element":
		return e.elementOfSpread(args, x)
	}
	return cty.NilVal, false
}

// hiddenResult is the result of such a function; ok is false where the call
// itself gives the right one.
func (e *env) hiddenResult(name string, args []cty.Value, x *hclsyntax.FunctionCallExpr) (v cty.Value, ok bool) {
	if len(args) == 0 {
		return cty.NilVal, false
	}
	spreads := false
	for _, a := range args {
		spreads = spreads || e.spreadElement(a)
	}
	switch name {
	case "setintersection", "setsubtract":
		// Which of them are the same is not known.
		if len(args) > 1 && (symbolic(args[0]) || symbolic(args[1])) && !sameElements(args[0], args[1]) {
			return cty.UnknownVal(cty.Set(cty.String)), true
		}
		return cty.NilVal, false
	case "join":
		if spreads && !args[len(args)-1].HasMark(markUnordered) && len(args) == 2 {
			return e.joinSpread(args, x), true
		}
	}
	if v, ok := e.resultOfUnordered(name, args, x); ok {
		return v, true
	}
	if !spreads {
		return cty.NilVal, false
	}
	switch name {
	case "setproduct", "chunklist", "slice", "zipmap":
		return cty.DynamicVal, true
	case "coalescelist":
		return cty.UnknownVal(cty.List(cty.String)), e.onlySpreads(args[0])
	case "element":
		return e.elementOfSpread(args, x)
	case "one":
		return e.oneOfSpread(args[0]), true
	}
	return cty.NilVal, false
}

// elementOfSpread is element(list, n) where the length of the list is not
// known: only what stands before the first spread is certain.
func (e *env) elementOfSpread(args []cty.Value, x *hclsyntax.FunctionCallExpr) (v cty.Value, ok bool) {
	if len(args) != 2 {
		return cty.DynamicVal, true
	}
	if i, known := wholeNumber(args[1]); !known || i < 0 {
		return cty.DynamicVal, true
	}
	return e.hiddenMember(args[0], args[1], "[element]", x.Range())
}

// oneOfSpread is one(list) where the list may be empty.
func (e *env) oneOfSpread(list cty.Value) cty.Value {
	u, marks := list.Unmark()
	if u.LengthInt() != 1 {
		return cty.DynamicVal
	}
	it := u.ElementIterator()
	it.Next()
	_, element := it.Element()
	return e.renamed(element, "[one]").WithMarks(marks).Mark(markMaybe)
}

// sameElements reports whether two sets have no symbols beside those that they
// share: identity then is all there is to compare.
func sameElements(a, b cty.Value) bool {
	a, _ = a.UnmarkDeep()
	b, _ = b.UnmarkDeep()
	return a.RawEquals(b)
}

// spreadElement reports whether an element of a collection stands for zero or
// more.
func (e *env) spreadElement(v cty.Value) bool {
	u, _ := v.Unmark()
	return e.ev.spread(u)
}

func (e *env) onlySpreads(v cty.Value) bool {
	u, _ := v.Unmark()
	if !isDefinite(u) || !u.CanIterateElements() {
		return false
	}
	for it := u.ElementIterator(); it.Next(); {
		if _, element := it.Element(); !e.many(element) {
			return false
		}
	}
	return true
}

// unordered marks a list in which elements stand whose place is not known.
func (e *env) unordered(v cty.Value) cty.Value {
	u, _ := v.Unmark()
	if !isCollection(u) || isKeyed(u) || u.Type().IsSetType() {
		return v
	}
	if e.uncertain(u) || u.LengthInt() > 1 && symbolic(u) {
		return v.Mark(markUnordered)
	}
	return v
}

// unsureElements marks the elements of a list that compact may have left out.
func (e *env) unsureElements(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	if !symbolic(u) {
		return v
	}
	elements := u.AsValueSlice()
	for i, element := range elements {
		plain, _ := element.Unmark()
		if s, ok := e.firstSymbol(plain); ok && e.ev.mayBeEmpty(plain) {
			elements[i] = element.Mark(optional{s, false})
		}
	}
	return cty.ListVal(elements).WithMarks(marks)
}

// perhapsEqual marks the elements of a list without duplicates that may turn
// out to be the same as another: then there is only one of both. The mark is on
// the one that is not spelled out, else on the later one.
func (e *env) perhapsEqual(v cty.Value, at *hclsyntax.FunctionCallExpr) cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !symbolic(u) {
		return v
	}
	elements := u.AsValueSlice()
	out := slices.Clone(elements)
	for i, x := range elements {
		plain, _ := x.UnmarkDeep()
		text, ok := e.firstSymbol(plain)
		if !ok {
			continue
		}
		may := !e.charge(len(elements), at.Range)
		for j := 0; j < len(elements) && !may; j++ {
			y, _ := elements[j].UnmarkDeep()
			if j == i || j > i && symbolic(y) {
				continue
			}
			same := e.ev.equal(plain, y)
			may = !same.IsKnown() || same.True()
		}
		if may {
			out[i] = x.Mark(optional{text, false})
		}
	}
	return sequenceLike(u.Type(), out).WithMarks(marks)
}

// firstSymbol is a symbol that stands in a value, in its first text that has
// one.
func (e *env) firstSymbol(v cty.Value) (s *policy.Symbol, ok bool) {
	err := cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		if !ok && isText(x) && policy.ContainsToken(x.AsString()) {
			if symbols := e.ev.decode(x).Symbols(); len(symbols) > 0 {
				s, ok = symbols[0], true
			}
		}
		return !ok, nil
	})
	return s, ok && err == nil
}

// joinSpread joins what is certain before the first, and after the last,
// element that stands for zero or more; between them is a symbol.
func (e *env) joinSpread(args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	separator, separatorMarks := args[0].Unmark()
	list, marks := args[1].UnmarkDeep()
	all := withoutMaybe([]cty.ValueMarks{separatorMarks, marks})
	if !isText(separator) {
		return cty.UnknownVal(cty.String).WithMarks(all...)
	}
	var before, after []string
	seen := false
	for it := list.ElementIterator(); it.Next(); {
		_, element := it.Element()
		if e.many(element) {
			seen, after = true, nil
			continue
		}
		text, m := e.interpolate(element, x)
		all = append(all, m)
		if seen {
			after = append(after, text)
		} else {
			before = append(before, text)
		}
	}
	if u, _ := args[1].Unmark(); u.Type().IsSetType() {
		before, after = nil, nil
	}
	middle := e.ev.symbols.Intern(policy.Symbol{
		Kind: policy.SymbolDerived, Name: e.ev.text(x.Range()),
		Scope: e.ev.scope + "|" + separator.AsString() + "|" + list.GoString(), References: []string{e.ev.text(x.Range())},
		Reasons: reasons(all...),
	})
	s := separator.AsString()
	return e.bounded(strings.Join(before, s)+e.ev.symbols.Token(middle)+strings.Join(after, s), x).WithMarks(all...)
}
