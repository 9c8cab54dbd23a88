package tfconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
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
	ty        cty.Type
	defaults  *typeexpr.Defaults
	value     hclsyntax.Expression // the default; nil where there is none
	nullable  bool
	sensitive bool
}

func (v *variableBlock) declared() *variableType {
	if v.read != nil {
		return v.read
	}
	t := &variableType{ty: cty.DynamicPseudoType, nullable: true}
	v.read = t
	if a := v.body.Attributes["type"]; a != nil {
		switch hcl.ExprAsKeyword(a.Expr) {
		case "list":
			t.ty = cty.List(cty.DynamicPseudoType)
		case "map":
			t.ty = cty.Map(cty.DynamicPseudoType)
		default:
			if ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr); !diags.HasErrors() {
				t.ty, t.defaults = ty, defaults
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
	t.nullable, t.sensitive = flag("nullable", true), flag("sensitive", false)
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
		return e.fail(rng, "variable %q is not declared in this module", name)
	}
	cycle := func() cty.Value { return e.fail(rng, "var.%s hangs on itself", name) }
	return m.ev.demand(m.memo("var."+name), cycle, func() cty.Value {
		t := v.declared()
		val := m.variableValue(v, t)
		if t.sensitive {
			val = val.Mark(markSensitive)
		}
		return val
	})
}

func (m *moduleInstance) variableValue(v *variableBlock, t *variableType) cty.Value {
	own := m.env()
	val, set := m.argument(v.name)
	var marks cty.ValueMarks
	if set {
		u, _ := val.Unmark()
		if !t.nullable && t.value != nil && isNull(u) {
			set = false
		}
	}
	if !set {
		if t.value == nil {
			return m.ev.inventVariable(m, v.name, t)
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
	if !val.IsKnown() && val.Type() != cty.DynamicPseudoType {
		val = m.ev.inventVariable(m, v.name, t)
	}
	return val.WithMarks(marks, more)
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
func (m *moduleInstance) argument(name string) (cty.Value, bool) {
	if m.parent == nil {
		v, ok := m.ev.given[name]
		return v, ok
	}
	a := m.call.body.Attributes[name]
	if a == nil {
		return cty.NilVal, false
	}
	return m.callEnv().eval(a.Expr), true
}

// inventVariable is the value of a variable without one. A variable that must
// be given a value counts as not null, as all symbols do.
func (ev *evaluator) inventVariable(m *moduleInstance, name string, t *variableType) cty.Value {
	return ev.invent(policy.Symbol{Kind: policy.SymbolVariable, Scope: ev.scope, Name: m.path + "var." + name}, t.ty, t.defaults)
}

// givenVariables collects the values of the root module's variables:
// terraform.tfvars, terraform.tfvars.json, *.auto.tfvars(.json) in the order of
// their names, then the files and values of the command line. Later ones win.
func (ev *evaluator) givenVariables(config *configuration, o Options) error {
	ev.given = map[string]cty.Value{}
	for name, v := range o.Variables {
		ev.given[name] = fromPlain(v)
	}
	ev.written = map[string]hclsyntax.Expression{}
	for _, name := range ev.tfvarsFiles() {
		p := path.Join(ev.rootDir, name)
		src, err := ev.loader.tree.source(p)
		if err == nil {
			ev.loader.files[p] = src
			err = ev.readVariables(src, p, o.Variables == nil)
		}
		if err != nil && o.Variables == nil {
			ev.report(problem{rng: shapeRange(p, err), message: "the values in the file are not used: " + plainError(err)})
		}
	}
	if o.Variables != nil {
		return nil
	}
	for _, f := range o.VarFiles {
		src, err := readOutside(f)
		if err == nil {
			err = ev.readVariables(src, f, true)
		}
		if err != nil {
			return fmt.Errorf("variable file %s: %s", f, plainError(err))
		}
	}
	for _, text := range o.Vars {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return fmt.Errorf("variable %q: want name=value", text)
		}
		v, err := commandLineValue(config.variables[name], value)
		if err != nil {
			return fmt.Errorf("variable %s: %w", name, err)
		}
		ev.given[name] = v
		delete(ev.written, name)
	}
	return nil
}

// undeclared are the names in the options that no root module of the scan
// declares: misspelt ones, for Terraform refuses them.
func (s *scan) undeclared(roots ...string) []string {
	var out []string
	for _, text := range s.options.Vars {
		name, _, _ := strings.Cut(text, "=")
		declares := func(root string) bool { return s.loader.load(root).variables[name] != nil }
		if !slices.ContainsFunc(roots, declares) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// tellUndeclared says so with the first model.
func (s *scan) tellUndeclared(models []*iam.Model, roots ...string) {
	for _, name := range s.undeclared(roots...) {
		models[0].Diagnostics = append(models[0].Diagnostics, iam.Diagnostic{
			Summary: fmt.Sprintf("the variable %s, which is given on the command line, is not declared", name),
		})
	}
}

// tfvarsFiles are the files that Terraform reads by itself, in its order.
func (ev *evaluator) tfvarsFiles() []string {
	entries, err := ev.loader.tree.list(ev.rootDir)
	if err != nil {
		return nil
	}
	var first, auto []string
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "terraform.tfvars", name == "terraform.tfvars.json":
			first = append(first, name)
		case strings.HasSuffix(name, ".auto.tfvars"), strings.HasSuffix(name, ".auto.tfvars.json"):
			auto = append(auto, name)
		}
	}
	return append(first, auto...)
}

// readVariables takes the values of a variable file. What is broken in it is
// left out, with a problem. Where a plan has given the values, only the places
// of the file's are taken: what is traced there is compared.
func (ev *evaluator) readVariables(src []byte, p string, values bool) error {
	var f *hcl.File
	var diags hcl.Diagnostics
	if strings.HasSuffix(p, ".json") {
		if err := checkJSON(src, maxJSON); err != nil {
			return err
		}
		f, diags = hcljson.Parse(src, p)
	} else {
		if err := checkShape(src); err != nil {
			return err
		}
		f, diags = hclsyntax.ParseConfig(src, p, hcl.InitialPos)
	}
	if f == nil {
		return errors.New("it cannot be parsed")
	}
	attributes, more := f.Body.JustAttributes()
	for _, d := range append(diags, more...) {
		if !values {
			break
		}
		rng := hcl.Range{Filename: p}
		if d.Subject != nil {
			rng = *d.Subject
		}
		ev.report(problem{rng: rng, message: d.Summary + ": " + d.Detail})
	}
	for name, a := range attributes {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() || !v.IsWhollyKnown() {
			continue
		}
		if values {
			ev.given[name] = v
		}
		delete(ev.written, name)
		if x, ok := a.Expr.(hclsyntax.Expression); ok && ev.loader.files[p] != nil {
			ev.written[name] = x
		}
	}
	return nil
}

// commandLineValue reads name=value as Terraform does: text for variables of
// a primitive type or of none, else an expression.
func commandLineValue(v *variableBlock, text string) (cty.Value, error) {
	if policy.ContainsToken(text) {
		return cty.NilVal, errToken
	}
	if v == nil || v.declared().ty.IsPrimitiveType() || v.declared().ty == cty.DynamicPseudoType {
		return cty.StringVal(text), nil
	}
	if err := checkShape([]byte(text)); err != nil {
		return cty.NilVal, err
	}
	x, diags := hclsyntax.ParseExpression([]byte(text), "--var", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	val, diags := x.Value(nil)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	return val, nil
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
