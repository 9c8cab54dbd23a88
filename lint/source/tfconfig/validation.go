package tfconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// A variable without a value may still be known in part: Terraform ends the
// run for a value that one of its validations refuses (Terraform, input
// variables, custom validation rules).

// assumption is a value that a variable is taken to have.
type assumption struct {
	of    variableAt
	value cty.Value
	outer *assumption
}

// variableAt is a variable of a module instance.
type variableAt struct {
	module *moduleInstance
	name   string
}

// assuming is e where a variable has a value.
func (e *env) assuming(of variableAt, v cty.Value) *env {
	inner := *e
	inner.assumed = &assumption{of, v, e.assumed}
	return &inner
}

// lookup is the value that a variable is taken to have.
func (a *assumption) lookup(of variableAt) (cty.Value, bool) {
	for ; a != nil; a = a.outer {
		if a.of == of {
			return a.value, true
		}
	}
	return cty.NilVal, false
}

// key tells assumptions apart.
func (a *assumption) key() string {
	var b strings.Builder
	for ; a != nil; a = a.outer {
		fmt.Fprintf(&b, "|%svar.%s=%#v", a.of.module.path, a.of.name, a.value)
	}
	return b.String()
}

// validations are the conditions of a variable.
func (v *variableBlock) validations() []hclsyntax.Expression {
	var list []hclsyntax.Expression
	for _, b := range v.body.Blocks {
		if a := b.Body.Attributes["condition"]; b.Type == "validation" && a != nil {
			list = append(list, a.Expr)
		}
	}
	return list
}

// invented is the value of a variable without one, as far as its type and its
// validations tell.
func (m *moduleInstance) invented(v *variableBlock, t *variableType) cty.Value {
	name := m.path + "var." + v.name
	conditions := v.validations()
	if len(conditions) == 0 && t.nullable || m.restricting[v.name] {
		value := m.ev.invent(policy.Symbol{Kind: policy.SymbolVariable, Scope: m.ev.scope, Name: name}, t.ty, t.defaults)
		if t.nullable && !t.ty.IsPrimitiveType() && t.ty != cty.DynamicPseudoType {
			return value.Mark(markMaybe) // a text tells by itself
		}
		return value
	}
	if m.restricting == nil {
		m.restricting = map[string]bool{}
	}
	m.restricting[v.name] = true // a condition that leads back here learns nothing
	defer delete(m.restricting, v.name)
	r := restriction{module: m, variable: variableAt{m, v.name}, conditions: conditions, notNull: !t.nullable}
	// The texts in it only hold the places of the variable's own symbols.
	value := m.ev.invent(policy.Symbol{Kind: policy.SymbolUnknown, Scope: m.ev.scope, Name: name}, t.ty, t.defaults)
	value = r.value(value, part{target{"var", v.name}, name, func(x cty.Value) cty.Value { return x }})
	if t.nullable && !t.ty.IsPrimitiveType() && t.ty != cty.DynamicPseudoType && !r.refuses(cty.NullVal(t.ty)) {
		return value.Mark(markMaybe)
	}
	return value
}

// restriction is what the validations of a variable say.
type restriction struct {
	module     *moduleInstance
	variable   variableAt
	conditions []hclsyntax.Expression
	notNull    bool
}

// part is the value of a variable, or an attribute of the object that it is.
type part struct {
	target target
	name   string
	// in is the value of the variable in which the part has a value.
	in func(cty.Value) cty.Value
}

// value is an invented value as the validations restrict it.
func (r *restriction) value(v cty.Value, p part) cty.Value {
	u, marks := v.Unmark()
	switch {
	case isText(u):
		notNull := r.module.ev.symbolOf(u).NotNull || r.notNull && len(p.target) == 2 || r.refuses(p.in(cty.NullVal(cty.String)))
		if u = r.text(p, notNull); notNull {
			delete(marks, markMaybe)
		}
	case u.Type() == cty.Number || u.Type() == cty.Bool:
		return r.scalar(u, p, marks)
	case !isCollection(u):
	case u.Type().IsObjectType():
		attributes := u.AsValueMap()
		for _, k := range sortedKeys(attributes) {
			attributes[k] = r.value(attributes[k], part{append(slices.Clone(p.target), k), p.name + "." + k, func(x cty.Value) cty.Value {
				with := maps.Clone(attributes)
				with[k] = x
				return p.in(cty.ObjectVal(with))
			}})
		}
		u = cty.ObjectVal(attributes)
	case u.Type().IsCollectionType() && u.Type().ElementType() == cty.String:
		s := r.form(func(e *env, x hclsyntax.Expression) form { return e.elementsRestricted(p.target, x, true) })
		if s.finite && len(s.values) > 0 && len(s.values) <= maxAlternatives {
			u = r.elements(u, s.values, p.name)
		}
	}
	return u.WithMarks(marks)
}

// scalar is a number, true or false as the validations restrict it.
func (r *restriction) scalar(u cty.Value, p part, marks cty.ValueMarks) cty.Value {
	out := r.number
	if u.Type() == cty.Bool {
		out = r.truthValue
	}
	if r.notNull && len(p.target) == 2 || r.refuses(p.in(cty.NullVal(u.Type()))) {
		delete(marks, markMaybe)
		return out(p).WithMarks(marks)
	}
	return out(p).WithMarks(marks).Mark(markMaybe)
}

// form is what all conditions together say.
func (r *restriction) form(of func(e *env, x hclsyntax.Expression) form) form {
	found := anyText
	for _, x := range r.conditions {
		found = found.and(of(r.module.env().silent(), x))
	}
	return found
}

// refuses reports whether a condition certainly is not met for a value of the
// variable: it gives false, or fails.
func (r *restriction) refuses(v cty.Value) bool {
	for _, x := range r.conditions {
		var problems []problem
		e := r.module.env().quiet(&problems, nil).assuming(r.variable, v)
		met, _ := e.convert(e.eval(x), cty.Bool, x).Unmark()
		if isNull(met) || met.Type() == cty.Bool && isDefinite(met) && met.False() || len(problems) > 0 {
			return true
		}
	}
	return false
}

// text is a text of which the validations say something: one of some values,
// or symbols between what is certain.
func (r *restriction) text(p part, notNull bool) cty.Value {
	ev := r.module.ev
	s := r.form(func(e *env, x hclsyntax.Expression) form { return e.restricted(p.target, x, true) })
	if s.finite {
		values := slices.DeleteFunc(s.values, func(v string) bool { return r.refuses(p.in(cty.StringVal(v))) })
		if s = only(values...); len(values) > 0 && len(values) <= maxAlternatives {
			return ev.oneOf(values, p.name, !notNull)
		}
	}
	variable := policy.Symbol{Kind: policy.SymbolVariable, Scope: ev.scope, Name: p.name, References: []string{p.name}, NotNull: notNull}
	s = s.general()
	if s.isAnything() {
		return ev.symbol(variable)
	}
	var b strings.Builder
	for i, literal := range s.literals {
		if i > 0 {
			between := variable
			between.Name, between.Scope, between.NotNull = "part of "+p.name, fmt.Sprintf("%s|%d", ev.scope, i), true
			b.WriteString(ev.symbols.Token(ev.symbols.Intern(between)))
		}
		b.WriteString(literal)
	}
	return ev.oneOf([]string{b.String()}, p.name, !notNull)
}

// oneOf is a text that is one of some.
func (ev *evaluator) oneOf(values []string, name string, nullable bool) cty.Value {
	if len(values) == 1 && !nullable {
		return cty.StringVal(values[0])
	}
	choice := policy.Symbol{Kind: policy.SymbolChoice, Scope: ev.scope, Name: name, References: []string{name}, Nullable: nullable}
	for _, v := range values {
		choice.Alternatives = append(choice.Alternatives, ev.symbols.Text(v))
	}
	return ev.symbol(choice)
}

// elements is a collection of which each element is one of some texts.
func (r *restriction) elements(v cty.Value, values []string, name string) cty.Value {
	ev := r.module.ev
	spread := policy.Symbol{Kind: policy.SymbolSpread, Scope: ev.scope, Name: name + "[*]", References: []string{name}}
	for _, x := range values {
		spread.Alternatives = append(spread.Alternatives, ev.symbols.Text(x))
	}
	element := ev.symbol(spread)
	switch ty := v.Type(); {
	case ty.IsListType():
		return cty.ListVal([]cty.Value{element})
	case ty.IsSetType():
		return cty.SetVal([]cty.Value{element})
	case ty.IsMapType():
		entries := v.AsValueMap()
		for k := range entries {
			entries[k] = element
		}
		return cty.MapVal(entries)
	}
	return v
}

// checkValidations reports a value that Terraform refuses, once it is asked
// for.
func (m *moduleInstance) checkValidations(v *variableBlock, t *variableType, val cty.Value) {
	if m.checked[v.name] {
		return
	}
	if m.checked == nil {
		m.checked = map[string]bool{}
	}
	m.checked[v.name] = true
	if plain, _ := val.Unmark(); isNull(plain) && !t.nullable {
		m.ev.report(problem{
			rng:     v.rng,
			message: fmt.Sprintf("Terraform refuses the value of %svar.%s: it is null, and the variable is not nullable", m.path, v.name),
		})
		return
	}
	if !val.IsWhollyKnown() || symbolic(val) || hasOptional(val) {
		return
	}
	for _, b := range v.body.Blocks {
		condition := b.Body.Attributes["condition"]
		if b.Type != "validation" || condition == nil {
			continue
		}
		r := restriction{module: m, variable: variableAt{m, v.name}, conditions: []hclsyntax.Expression{condition.Expr}}
		if met, ok := r.truth(val, condition.Expr); ok && !met {
			m.ev.report(problem{rng: condition.Expr.Range(), message: fmt.Sprintf("Terraform refuses the value of %svar.%s%s", m.path, v.name,
				r.errorMessage(b.Body, val))})
		}
	}
}

// truth is a condition for a value of the variable.
func (r *restriction) truth(v cty.Value, x hclsyntax.Expression) (met, ok bool) {
	var problems []problem
	e := r.module.env().quiet(&problems, nil).assuming(r.variable, v)
	met, ok = e.truth(x)
	return met, ok && len(problems) == 0
}

// errorMessage is the message of a validation; none that may hold a secret.
func (r *restriction) errorMessage(body *hclsyntax.Body, v cty.Value) string {
	a := body.Attributes["error_message"]
	if a == nil {
		return ""
	}
	message, marks := r.module.env().silent().assuming(r.variable, v).eval(a.Expr).UnmarkDeep()
	if !isText(message) || hasMark(marks, markSensitive) {
		return ""
	}
	return ": " + r.module.ev.decode(message).String()
}

// alternatives are the values of a variable that its validations leave, where
// those are a choice.
func (m *moduleInstance) alternatives(name string) []cty.Value {
	if m.config.variables[name] == nil || m.restricting[name] {
		return nil
	}
	v := m.variable(name, hcl.Range{}, m.env())
	s := m.ev.symbolOf(v)
	if s == nil || s.Kind != policy.SymbolChoice || s.Name != m.path+"var."+name {
		return nil
	}
	_, marks := v.Unmark()
	list := alternatives(m.ev.symbols, s)
	for i := range list {
		list[i] = list[i].WithMarks(marks)
	}
	return list
}

// expressionAt is an expression in a module instance.
type expressionAt struct {
	module *moduleInstance
	expr   hclsyntax.Expression
}

// behind are the variables that an expression depends on, through locals and
// the arguments of module calls.
func (m *moduleInstance) behind(x hclsyntax.Expression) []variableAt {
	if list, known := m.ev.behind[expressionAt{m, x}]; known {
		return list
	}
	m.ev.behind[expressionAt{m, x}] = nil // where it leads back here
	var list []variableAt
	add := func(more ...variableAt) {
		for _, v := range more {
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	}
	for _, reference := range x.Variables() {
		name := stepName(reference, 1)
		switch reference.RootName() {
		case "var":
			add(variableAt{m, name})
			if a := m.argumentExpr(name); a != nil {
				add(m.parent.behind(a)...)
			}
		case "local":
			if a := m.config.locals[name]; a != nil {
				add(m.behind(a)...)
			}
		}
	}
	m.ev.behind[expressionAt{m, x}] = list
	return list
}

// dependsOnAssumed reports whether an expression of a module depends on a
// variable that is taken to have a value.
func (e *env) dependsOnAssumed(m *moduleInstance, x hclsyntax.Expression) bool {
	if e.assumed == nil {
		return false
	}
	return slices.ContainsFunc(m.behind(x), func(v variableAt) bool {
		_, ok := e.assumed.lookup(v)
		return ok
	})
}

// eachAlternative evaluates for each value of the variables with few values
// that a condition depends on, so that one variable has one value wherever it
// stands. ok is false where there is none, or where there are too many.
func (e *env) eachAlternative(condition hclsyntax.Expression, evaluate func(e *env) cty.Value) (v cty.Value, ok bool) {
	worlds := []*env{e}
	for _, of := range e.module.behind(condition) {
		if _, assumed := e.assumed.lookup(of); assumed {
			continue
		}
		list := of.module.alternatives(of.name)
		if len(list) == 0 {
			continue
		}
		if len(list)*len(worlds) > maxAlternatives {
			return cty.NilVal, false
		}
		var next []*env
		for _, w := range worlds {
			for _, x := range list {
				next = append(next, w.assuming(of, x))
			}
		}
		worlds = next
	}
	if len(worlds) == 1 {
		return cty.NilVal, false
	}
	return e.join(len(worlds), condition.Range(), func(quiet *env, i int) (cty.Value, bool) {
		inner := *quiet
		inner.assumed = worlds[i].assumed
		return evaluate(&inner), true
	})
}
