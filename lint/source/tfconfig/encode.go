package tfconfig

import (
	"errors"
	"maps"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/boundlint/boundlint/lint/policy"
)

// encode encodes a value. Unknown parts become symbols first, since one
// unknown part would hide the whole text, and so do parts that may not exist.
func encode(f function.Function) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		if len(args) != 1 {
			return cty.NilVal, errors.New("one argument is needed")
		}
		left := countNodes(args[0], e.ev.limits.nodes+1)
		if left <= 0 {
			return cty.NilVal, refused("the value has more than %d elements", e.ev.limits.nodes)
		}
		if !e.charge(e.ev.limits.nodes-left, at.Range) {
			return e.starve(cty.String), nil
		}
		if err := e.ev.limits.writable(args[0]); err != nil {
			return cty.NilVal, err
		}
		v := e.pin(args[0], argument(at, 0).Range(), "")
		_, marks := unmarkDeep(v)
		v, maybe := e.encodable(v)
		text, err := f.Call([]cty.Value{v})
		if err != nil {
			return cty.NilVal, err
		}
		if isText(text) {
			e.ev.noteMaybe(text.AsString(), maybe)
			text = e.bounded(text.AsString(), at)
		}
		return text.WithMarks(withoutMaybe([]cty.ValueMarks{marks})...), nil
	}
}

// noteMaybe remembers of the text of a policy document which of its
// statements may not exist: in the text that does not show.
func (ev *evaluator) noteMaybe(text string, maybe []*policy.Symbol) {
	for _, s := range maybe {
		if s != nil {
			ev.maybeStatements[text] = maybe
			return
		}
	}
}

// decodedMaybe is what a text decodes to, with the marks of the statements that
// may not exist.
func (ev *evaluator) decodedMaybe(text, v cty.Value) cty.Value {
	text, _ = text.Unmark()
	v = ev.perhapsEntries(v)
	u, marks := v.Unmark()
	if !isText(text) || !isCollection(u) || !u.Type().IsObjectType() || !u.Type().HasAttribute("Statement") {
		return v
	}
	maybe := ev.maybeStatements[text.AsString()]
	attributes := u.AsValueMap()
	list, listMarks := attributes["Statement"].Unmark()
	switch {
	case maybe == nil:
		return v
	case !isCollection(list):
	case isKeyed(list): // one statement without its list
		if maybe[0] != nil {
			attributes["Statement"] = attributes["Statement"].Mark(optional{maybe[0], false})
		}
	default:
		statements := list.AsValueSlice()
		for i := range statements {
			if i < len(maybe) && maybe[i] != nil {
				statements[i] = statements[i].Mark(optional{maybe[i], false})
			}
		}
		attributes["Statement"] = cty.TupleVal(statements).WithMarks(listMarks)
	}
	return cty.ObjectVal(attributes).WithMarks(marks)
}

// perhapsEntries marks the entries of decoded objects that may not exist: a
// symbol that stands for zero or more is what the encoder put in their place.
func (ev *evaluator) perhapsEntries(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !symbolic(u) {
		return v
	}
	if !isKeyed(u) {
		list := u.AsValueSlice()
		for i, x := range list {
			list[i] = ev.perhapsEntries(x)
		}
		return sequenceLike(u.Type(), list).WithMarks(marks)
	}
	entries := u.AsValueMap()
	for k, x := range entries {
		entries[k] = ev.perhapsEntries(x)
		if ev.isSpread(x) {
			entries[k] = x.Mark(optional{ev.symbolOf(x), false})
		}
	}
	return keyedLike(u.Type(), entries).WithMarks(marks)
}

// encodable is a value without marks, with symbols for what may not exist. Of
// a policy document the statements that may not exist stay as they are: maybe
// has an entry for each statement, nil for one that certainly exists.
func (e *env) encodable(v cty.Value) (out cty.Value, maybe []*policy.Symbol) {
	u, _ := v.Unmark()
	if !isDefinite(u) || !u.Type().IsObjectType() || !containsMarked(u) {
		return e.ev.withSymbols(v), nil
	}
	attributes := u.AsValueMap()
	if attributes["Statement"] != cty.NilVal {
		attributes["Statement"] = e.maybeConditions(attributes["Statement"])
		u = cty.ObjectVal(attributes)
	}
	if !hasOptional(u) {
		return e.ev.withSymbols(v), nil
	}
	list, _ := attributes["Statement"].Unmark()
	if attributes["Statement"] == cty.NilVal || !isCollection(list) || isKeyed(list) || isOptional(attributes["Statement"]) {
		return e.ev.withSymbols(v), nil
	}
	var statements, others []cty.Value
	var othersMaybe []*policy.Symbol
	for it := list.ElementIterator(); it.Next(); {
		_, x := it.Element()
		var why *policy.Symbol
		if o, may := optionalOf(x); may {
			why = o.why
		}
		for i, variant := range e.variants(existing(x)) {
			statement := why
			if o, may := optionalOf(variant); may && statement == nil {
				statement = o.why
			}
			// Those that are not written go to the end, so that the place of
			// a statement in the text stays its place in the list.
			if i == 0 {
				statements, maybe = append(statements, e.ev.statement(variant)), append(maybe, statement)
			} else {
				others, othersMaybe = append(others, e.ev.statement(variant)), append(othersMaybe, statement)
			}
		}
	}
	attributes["Statement"] = cty.TupleVal(append(statements, others...))
	return e.ev.withSymbols(cty.ObjectVal(attributes)), append(maybe, othersMaybe...)
}

// maybeConditions are statements in which a Condition that may be null, or an
// operator in it, is one that may not exist.
func (e *env) maybeConditions(statements cty.Value) cty.Value {
	u, marks := statements.Unmark()
	if !isCollection(u) || isKeyed(u) || !containsMarked(u) {
		return statements
	}
	list := u.AsValueSlice()
	for i, statement := range list {
		s, statementMarks := statement.Unmark()
		if !isCollection(s) || !isKeyed(s) || s.AsValueMap()["Condition"] == cty.NilVal {
			continue
		}
		entries := s.AsValueMap()
		condition := e.optionalWhereNull(entries["Condition"])
		if operators, m := condition.Unmark(); isCollection(operators) && isKeyed(operators) && containsMarked(operators) {
			all := operators.AsValueMap()
			for name := range all {
				all[name] = e.optionalWhereNull(all[name])
			}
			condition = cty.ObjectVal(all).WithMarks(m)
		}
		entries["Condition"] = condition
		list[i] = cty.ObjectVal(entries).WithMarks(statementMarks)
	}
	return cty.TupleVal(list).WithMarks(marks)
}

// optionalWhereNull is a map that may be null as one that may not exist.
func (e *env) optionalWhereNull(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !isKeyed(u) || !hasMark(marks, markMaybe) || isOptional(v) {
		return v
	}
	why := e.ev.symbols.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "whether it is null", Scope: e.identity()})
	return v.Mark(optional{why, false})
}

// maxVariants bounds the statements that one with optional elements is.
const maxVariants = 8

// variants are what a statement may be that has elements which may not exist:
// each is optional. A Sid that may be missing makes no difference, and a
// Condition that may be missing is one that is not known.
func (e *env) variants(v cty.Value) []cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !isKeyed(u) {
		return []cty.Value{v}
	}
	list := []map[string]cty.Value{{}}
	var may *optional
	entries := u.AsValueMap()
	for _, k := range sortedKeys(entries) {
		o, optional := optionalOf(entries[k])
		switch {
		case optional && k == "Sid":
			continue
		case !optional || k == "Condition":
			for _, variant := range list {
				variant[k] = entries[k]
			}
			continue
		}
		may = &o
		for _, variant := range list {
			with := maps.Clone(variant)
			with[k] = existing(entries[k])
			list = append(list, with)
		}
	}
	if may == nil || len(list) > maxVariants {
		return []cty.Value{v}
	}
	list = withOneOfBoth(list)
	out := make([]cty.Value, len(list))
	for i := range list {
		out[i] = cty.ObjectVal(list[i]).WithMarks(marks).Mark(*may)
	}
	return out
}

// withOneOfBoth are the variants of a statement that have one element of each
// pair that exclude each other, where some have: such elements come and go
// together.
func withOneOfBoth(list []map[string]cty.Value) []map[string]cty.Value {
	for _, pair := range [][2]string{{"Action", "NotAction"}, {"Resource", "NotResource"}, {"Principal", "NotPrincipal"}} {
		var first, second bool
		var one []map[string]cty.Value
		for _, variant := range list {
			_, a := variant[pair[0]]
			_, b := variant[pair[1]]
			first, second = first || a, second || b
			if a != b {
				one = append(one, variant)
			}
		}
		if first && second {
			list = one
		}
	}
	return list
}

// statement is a statement in which a Condition that may be missing has
// operators that are not known.
func (ev *evaluator) statement(v cty.Value) cty.Value {
	u, marks := existing(v).Unmark()
	if !isCollection(u) || !isKeyed(u) {
		return u.WithMarks(marks)
	}
	entries := u.AsValueMap()
	block := entries["Condition"]
	if block == cty.NilVal {
		return u.WithMarks(marks)
	}
	mark, may := optionalOf(block)
	operators, _ := block.Unmark()
	if !isCollection(operators) || !isKeyed(operators) {
		return u.WithMarks(marks)
	}
	hidden := map[string]cty.Value{}
	for it := operators.ElementIterator(); it.Next(); {
		k, x := it.Element()
		why, unsure := mark, may
		if inner, ok := optionalOf(x); ok {
			why, unsure = inner, true
		}
		if keys, _ := x.Unmark(); !unsure && isCollection(keys) && isKeyed(keys) {
			ev.conditionKeys(hidden, k.AsString(), keys.AsValueMap())
			continue
		}
		name := k.AsString()
		if unsure {
			name = ev.hiddenOperator(name, why)
		}
		hidden[name] = existing(x)
	}
	entries["Condition"] = cty.ObjectVal(hidden)
	return cty.ObjectVal(entries).WithMarks(marks)
}

// conditionKeys adds the keys under an operator to a Condition; those that may
// not exist stand under an operator that is not known.
func (ev *evaluator) conditionKeys(block map[string]cty.Value, operator string, keys map[string]cty.Value) {
	certain := map[string]cty.Value{}
	for k, v := range keys {
		o, may := optionalOf(v)
		if !may {
			certain[k] = v
			continue
		}
		block[ev.hiddenOperator(operator+"|"+k, o)] = cty.ObjectVal(map[string]cty.Value{k: existing(v)})
	}
	if len(certain) > 0 || len(keys) == 0 {
		block[operator] = cty.ObjectVal(certain)
	}
}

// hiddenOperator is a condition operator of which it is not known whether it
// is asked.
func (ev *evaluator) hiddenOperator(name string, o optional) string {
	return ev.symbols.Token(ev.symbols.Intern(policy.Symbol{
		Kind: policy.SymbolUnknown, Name: o.why.Name, Scope: o.why.Scope + "|" + name, References: o.why.References,
	}))
}

// withSymbols is a value without marks, with a symbol for each element that
// may not exist.
func (ev *evaluator) withSymbols(v cty.Value) cty.Value {
	plain, _ := unmarkDeep(v)
	if !hasOptional(v) {
		return plain
	}
	u, _ := v.Unmark()
	if isKeyed(u) {
		attributes := map[string]cty.Value{}
		for it := u.ElementIterator(); it.Next(); {
			k, x := it.Element()
			attributes[k.AsString()] = ev.withSymbols(existing(x))
			if o, may := optionalOf(x); may {
				attributes[k.AsString()] = ev.spreadFor(cty.DynamicVal, o)
			}
		}
		return cty.ObjectVal(attributes)
	}
	var list []cty.Value
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		o, may := optionalOf(x)
		plain := ev.withSymbols(existing(x))
		if may {
			plain = ev.spreadFor(plain, o)
		}
		list = append(list, plain)
	}
	return cty.TupleVal(list)
}

// spreadFor is an element that may not exist as a symbol that stands for zero
// or more: one of which it is known what it is where it exists.
func (ev *evaluator) spreadFor(v cty.Value, o optional) cty.Value {
	if isText(v) {
		out, _ := ev.token(v, o).Unmark()
		return out
	}
	return ev.symbol(policy.Symbol{Kind: policy.SymbolSpread, Name: o.why.Name, Scope: o.why.Scope, References: o.why.References})
}
