package tfconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

type variableBlock struct {
	name string
	body *hclsyntax.Body
	rng  hcl.Range
	read *variableType // once it has been asked for
}

// variableType is what a variable block declares.
type variableType struct {
	ty       cty.Type
	defaults *typeexpr.Defaults
	// literal tells that a value on a command line or in the environment is
	// text and not an expression.
	literal   bool
	value     hclsyntax.Expression // the default; nil where there is none
	nullable  bool
	sensitive bool
	ephemeral bool
}

func (v *variableBlock) declared() *variableType {
	if v.read != nil {
		return v.read
	}
	t := &variableType{ty: cty.DynamicPseudoType, literal: true, nullable: true}
	v.read = t
	if a := v.body.Attributes["type"]; a != nil {
		switch hcl.ExprAsKeyword(a.Expr) {
		case "list":
			t.ty, t.literal = cty.List(cty.DynamicPseudoType), false
		case "map":
			t.ty, t.literal = cty.Map(cty.DynamicPseudoType), false
		default:
			if ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr); !diags.HasErrors() {
				t.ty, t.defaults, t.literal = ty, defaults, ty.IsPrimitiveType()
			}
		}
	}
	flag := func(name string, otherwise bool) bool {
		if a := v.body.Attributes[name]; a != nil {
			if x, diags := a.Expr.Value(nil); !diags.HasErrors() && x.Type() == cty.Bool && isDefinite(x) {
				return x.True()
			}
		}
		return otherwise
	}
	t.nullable, t.sensitive, t.ephemeral = flag("nullable", true), flag("sensitive", false), flag("ephemeral", false)
	if a := v.body.Attributes["default"]; a != nil {
		t.value = a.Expr
	}
	return t
}

// variable is the value of an input variable: what the call or the given
// values say, else its default, else a symbol.
func (m *moduleInstance) variable(name string, rng hcl.Range, e *env) cty.Value {
	v := m.config.variables[name]
	if v == nil {
		return e.undeclared(rng, "variable %q is not declared in this module", name)
	}
	cycle := func() cty.Value { return e.fail(rng, "var.%s depends on itself", name) }
	if val, ok := e.assumed.lookup(variableAt{m, name}); ok {
		return val
	}
	t, key := v.declared(), "var."+name
	var assumed *assumption
	if a := m.argumentExpr(name); a != nil && e.dependsOnAssumed(m.parent, a) {
		assumed, key = e.assumed, key+e.assumed.key()
	}
	if m.restricting[name] {
		return m.invented(v, t)
	}
	val := m.ev.demand(m.memo(key), cycle, func() cty.Value {
		val := m.variableValue(v, t, assumed)
		if t.sensitive {
			m.ev.hideTexts(val)
			val = val.Mark(markSensitive)
		}
		if t.ephemeral {
			val = val.Mark(markEphemeral)
		}
		return val
	})
	if assumed == nil {
		m.checkValidations(v, t, val)
	}
	return val
}

func (m *moduleInstance) variableValue(v *variableBlock, t *variableType, assumed *assumption) cty.Value {
	own := m.env()
	val, set := m.argument(v.name, assumed)
	var marks cty.ValueMarks
	if set && !t.nullable {
		val, set = own.neverNull(val, t, v.rng)
	}
	if !set {
		if t.value == nil {
			return m.invented(v, t)
		}
		val = own.eval(t.value)
		if m.ev.markDefaults && m.parent == nil {
			marks = cty.NewValueMarks(markDefault)
		}
	}
	val, more := val.Unmark()
	if t.defaults != nil && isDefinite(val) && t.ty != cty.DynamicPseudoType {
		val = applyDefaults(t.defaults, val)
	}
	val = own.convert(val, t.ty, &hclsyntax.LiteralValueExpr{SrcRange: v.rng})
	switch s := m.ev.symbolOf(val); {
	case !val.IsKnown() && val.Type() != cty.DynamicPseudoType:
		val = m.invented(v, t)
	case s != nil && (s.Kind == policy.SymbolUnknown || s.Kind == policy.SymbolVariable || s.Kind == policy.SymbolDerived):
		// The identity of what is passed on counts for more than what the
		// validations say of its shape, and for less than what it is.
		if found := m.invented(v, t); !symbolic(found) || m.ev.isFewTexts(found) {
			val = found
		}
	}
	return val.WithMarks(marks, more)
}

// isFewTexts reports whether a value is one of some texts that are all known.
func (ev *evaluator) isFewTexts(v cty.Value) bool {
	s := ev.symbolOf(v)
	return isChoice(s) && len(knownAlternatives(s)) > 0
}

func isChoice(s *policy.Symbol) bool { return s != nil && s.Kind == policy.SymbolChoice }

// neverNull is a value of a variable that is not nullable: the default stands
// in for null (Terraform, input variables, nullable); set is false where it
// certainly does.
func (e *env) neverNull(v cty.Value, t *variableType, rng hcl.Range) (out cty.Value, set bool) {
	u, _ := v.Unmark()
	if isNull(u) {
		return v, t.value == nil
	}
	present, nullable := e.present(v)
	if !nullable {
		return v, true
	}
	if t.value == nil {
		return present, true
	}
	return e.choice(present, e.eval(t.value), rng, ""), true
}

// applyDefaults fills in the defaults of optional attributes. typeexpr wants
// no marks and panics on shapes that the conversion would refuse.
func applyDefaults(d *typeexpr.Defaults, v cty.Value) (out cty.Value) {
	defer func() {
		if recover() != nil {
			out = v
		}
	}()
	return d.Apply(v)
}

// argument is what a variable is given, by the call of the module or, at the
// root, by the user.
func (m *moduleInstance) argument(name string, assumed *assumption) (cty.Value, bool) {
	if m.parent == nil {
		v, ok := m.ev.given[name]
		return v, ok
	}
	x := m.argumentExpr(name)
	if x == nil {
		return cty.NilVal, false
	}
	e := m.callEnv()
	e.assumed = assumed
	return e.eval(x), true
}

// argumentExpr is what the call of the module gives a variable; nil where it
// gives nothing, and in the root module.
func (m *moduleInstance) argumentExpr(name string) hclsyntax.Expression {
	if m.parent == nil || m.call.body.Attributes[name] == nil {
		return nil
	}
	return m.call.body.Attributes[name].Expr
}

// fromPlain is a value as JSON decodes it.
func fromPlain(v any) cty.Value {
	switch v := v.(type) {
	case cty.Value:
		return v
	case json.RawMessage:
		return fromJSON(v)
	case string:
		return cty.StringVal(v)
	case bool:
		return cty.BoolVal(v)
	case int:
		return cty.NumberIntVal(int64(v))
	case float64:
		return cty.NumberFloatVal(v)
	case fmt.Stringer: // json.Number
		if n, err := cty.ParseNumberVal(v.String()); err == nil {
			return n
		}
	case []any:
		elements := make([]cty.Value, len(v))
		for i, x := range v {
			elements[i] = fromPlain(x)
		}
		return cty.TupleVal(elements)
	case map[string]any:
		attributes := map[string]cty.Value{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			attributes[k] = fromPlain(v[k])
		}
		return cty.ObjectVal(attributes)
	case nil:
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return cty.DynamicVal
}

// fromJSON is a value of a plan as it stands there.
func fromJSON(src json.RawMessage) cty.Value {
	if checkJSON(src, maxNodes) != nil || forgesToken(string(src)) {
		return cty.DynamicVal
	}
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return cty.DynamicVal
	}
	return fromPlain(v)
}
