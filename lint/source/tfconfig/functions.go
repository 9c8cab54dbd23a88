package tfconfig

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/boundlint/boundlint/lint/policy"
)

// symbolClass is what a function does with symbols in its arguments.
type symbolClass uint8

const (
	// opaque functions look into strings: where a symbol stands in an
	// argument the result is unknown, or a symbol derived from it.
	opaque symbolClass = iota
	// transparent functions only move strings about: symbols pass through.
	transparent
)

// builtin is a function that needs nothing but its arguments.
type builtin struct {
	function.Function
	class symbolClass
}

// special is a function that sees its arguments as they are, unmarked on top,
// and the place where it is called.
type special func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error)

// unknowable functions differ from run to run, or need a key.
var unknowable = map[string]bool{
	"timestamp": true, "plantimestamp": true, "uuid": true, "bcrypt": true, "rsadecrypt": true, "abspath": true, "type": true,
}

// builtins and specials are all the functions of Terraform and OpenTofu but
// the unknowable ones, and try, can and convert, which are syntax.
var (
	builtins = joined(textFunctions, numberFunctions, collectionFunctions, encodingFunctions, networkFunctions)
	specials = joined(specialFunctions, segmentFunctions, fileFunctions)
)

func joined[V any](tables ...map[string]V) map[string]V {
	all := map[string]V{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// call evaluates a function call.
func (e *env) call(x *hclsyntax.FunctionCallExpr) cty.Value {
	name := strings.TrimPrefix(x.Name, "core::")
	switch {
	case name == "try":
		return e.try(x)
	case name == "can":
		return e.can(x)
	case name == "convert":
		return e.convertCall(x)
	case strings.Contains(name, "::"), unknowable[name]:
		for _, a := range x.Args { // for their problems
			e.eval(a)
		}
		return cty.DynamicVal
	}
	args, ok := e.arguments(x)
	if !ok {
		return cty.DynamicVal
	}
	if f, ok := e.ev.specials[name]; ok {
		return e.callSpecial(name, f, args, x)
	}
	f, ok := builtins[name]
	if !ok {
		return e.fail(x.Range(), "there is no function %s", name)
	}
	return e.callBuiltin(name, f, args, x)
}

// arguments evaluates the arguments; ok is false where their number is
// unknown.
func (e *env) arguments(x *hclsyntax.FunctionCallExpr) (args []cty.Value, ok bool) {
	for i, a := range x.Args {
		v := e.eval(a)
		if !x.ExpandFinal || i < len(x.Args)-1 {
			args = append(args, v)
			continue
		}
		list, marks := v.Unmark()
		if !list.IsKnown() || e.ev.symbolOf(list) != nil || e.ev.spread(list) {
			return nil, false
		}
		if list.IsNull() || !list.CanIterateElements() {
			e.fail(a.Range(), "%s cannot be expanded into arguments", list.Type().FriendlyNameForConstraint())
			return nil, false
		}
		for it := list.ElementIterator(); it.Next(); {
			_, element := it.Element()
			args = append(args, element.WithMarks(marks))
		}
	}
	return args, true
}

// argument is the expression behind the i-th argument.
func argument(x *hclsyntax.FunctionCallExpr, i int) hclsyntax.Expression {
	if len(x.Args) == 0 {
		return x
	}
	return x.Args[min(i, len(x.Args)-1)]
}

func (e *env) callSpecial(name string, f special, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if len(args) == 0 {
		return e.fail(x.Range(), "%s: too few arguments", name)
	}
	if !e.burn(cost(args), x.Range) {
		return cty.DynamicVal
	}
	plain, marks := make([]cty.Value, len(args)), make([]cty.ValueMarks, len(args))
	for i := range args {
		plain[i], marks[i] = args[i].Unmark()
		if _, maybe := marks[i][markMaybe]; maybe && name == "coalesce" {
			plain[i] = plain[i].Mark(markMaybe)
		}
	}
	if name == "issensitive" {
		_, sensitive := marks[0][markSensitive]
		return cty.BoolVal(sensitive)
	}
	v, err := f(e, plain, x)
	if err != nil {
		if anySymbolic(plain) {
			e.doubtful()
			return cty.DynamicVal
		}
		return e.failCall(name, err, args, x)
	}
	if name == "nonsensitive" {
		for i := range marks {
			delete(marks[i], markSensitive)
		}
	}
	if !passesOn[name] {
		marks = withoutMaybe(marks)
	}
	return v.WithMarks(marks...)
}

// passesOn are the functions whose result is absent where their argument is.
var passesOn = map[string]bool{"sensitive": true, "nonsensitive": true, "tostring": true}

func anySymbolic(args []cty.Value) bool {
	for _, a := range args {
		if symbolic(a) || !a.IsWhollyKnown() {
			return true
		}
	}
	return false
}

// cost is how many steps it takes to go over the arguments.
func cost(args []cty.Value) int {
	n := 1
	for _, a := range args {
		a, _ = a.Unmark()
		switch {
		case isText(a):
			n += len(a.AsString()) / bytesPerStep
		case isDefinite(a) && a.CanIterateElements():
			n += a.LengthInt()
		}
	}
	return n
}

func (e *env) callBuiltin(name string, f builtin, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if !e.burn(cost(args), x.Range) {
		return cty.DynamicVal
	}
	if err := resultTooLarge(name, args); err != nil {
		return e.fail(x.Range(), "%s: %s", name, err)
	}
	class := f.class
	if name == "format" || name == "formatlist" {
		class = e.formatClass(args)
	}
	hidden := slices.ContainsFunc(args, symbolic)
	if hidden && class == opaque {
		if v, err, ok := e.sample(f.Function, args); ok {
			if err != nil {
				return e.fail(x.Range(), "%s: %s", name, err)
			}
			return v
		}
		return e.derived(name, f.Function, args)
	}
	if class == transparent {
		e.spreadArguments(name, args, x)
	}
	if name == "merge" && anySymbolic(args) {
		args = e.hideOverridden(args, x)
	}
	if v, ok := e.hiddenResult(name, args, x); ok {
		e.doubtful()
		return v
	}
	if !e.convertArguments(f.Function, args, x) {
		return cty.DynamicVal
	}
	v, err := f.Call(args)
	switch {
	case err != nil && hidden:
		e.doubtful()
		return cty.DynamicVal
	case err != nil:
		return e.failCall(name, err, args, x)
	case !e.burn(countArgument(v), x.Range):
		return cty.DynamicVal
	}
	return e.finish(name, v, x)
}

// finish bounds the result of a call, and takes from it what is not certain.
func (e *env) finish(name string, v cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if name == "sort" || name == "keys" || name == "values" {
		v = e.unordered(v)
	}
	u, marks := v.Unmark()
	if isText(u) {
		u = e.bounded(u.AsString(), x)
	}
	if name != "one" && name != "element" { // what is made from a value is there
		return u.WithMarks(withoutMaybe([]cty.ValueMarks{marks})...)
	}
	return u.WithMarks(marks)
}

// convertArguments converts arguments to the types of the parameters, as HCL
// does before a call; it reports false where one cannot be.
func (e *env) convertArguments(f function.Function, args []cty.Value, x *hclsyntax.FunctionCallExpr) bool {
	before := e.problemCount()
	params, variadic := f.Params(), f.VarParam()
	for i := range args {
		ty := cty.DynamicPseudoType
		if i < len(params) {
			ty = params[i].Type
		} else if variadic != nil {
			ty = variadic.Type
		}
		if ty != cty.DynamicPseudoType {
			args[i] = e.convert(args[i], ty, argument(x, i))
		}
	}
	return e.problemCount() == before
}

// problemCount is how many problems there are where e keeps its own.
func (e *env) problemCount() int {
	if e.sink != nil {
		return len(*e.sink)
	}
	return len(e.ev.reported)
}

// failCall tells why a call failed; not if the reason may hold a secret.
func (e *env) failCall(name string, err error, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	for _, a := range args {
		if _, marks := a.UnmarkDeep(); hasMark(marks, markSensitive) {
			return e.fail(x.Range(), "%s: the call fails, with a value that is sensitive", name)
		}
	}
	return e.fail(x.Range(), "%s: %s", name, plainFunctionError(err))
}

func hasMark(marks cty.ValueMarks, m valueMark) bool {
	_, ok := marks[m]
	return ok
}

func plainFunctionError(err error) string {
	if arg, ok := errors.AsType[function.ArgError](err); ok {
		return fmt.Sprintf("argument %d: %s", arg.Index+1, arg.Error())
	}
	return err.Error()
}

// spreadArguments turns a list of which nothing is known into one with a
// spread element, so that the elements beside it survive, and a value that is
// unknown into a symbol where a string is wanted.
func (e *env) spreadArguments(name string, args []cty.Value, x *hclsyntax.FunctionCallExpr) {
	for i, a := range args {
		u, marks := a.Unmark()
		s := e.ev.opaque(u)
		listLike := u.Type() == cty.DynamicPseudoType || u.Type().IsListType() || u.Type().IsSetType() || u.Type().IsTupleType()
		switch name {
		case "concat", "flatten", "setunion", "coalescelist", "distinct", "compact", "sort", "join":
			if name == "join" && i == 0 {
				continue
			}
			switch {
			case s != nil:
				args[i] = e.ev.invent(s.Kind, s.Scope, s.Name, cty.List(cty.String), nil).WithMarks(marks)
			case !u.IsKnown() && listLike:
				s := e.unknownAt(argument(x, i).Range(), "")
				args[i] = e.ev.invent(s.Kind, s.Scope, s.Name, cty.List(cty.String), nil).WithMarks(marks)
			}
		case "merge":
			switch {
			case s != nil:
				args[i] = e.ev.invent(s.Kind, s.Scope, s.Name, cty.Map(cty.String), nil).WithMarks(marks)
			case !u.IsKnown() && (u.Type() == cty.DynamicPseudoType || u.Type().IsMapType()):
				s := e.unknownAt(argument(x, i).Range(), "")
				args[i] = e.ev.invent(s.Kind, s.Scope, s.Name, cty.Map(cty.String), nil).WithMarks(marks)
			}
		case "format", "formatlist":
			if pinned, err := e.pin(a, argument(x, i).Range()); err == nil {
				args[i] = pinned
			}
		}
	}
}

// hideOverridden prepares the arguments of merge: what is known before a map
// with unknown keys may be overridden by it.
func (e *env) hideOverridden(args []cty.Value, x *hclsyntax.FunctionCallExpr) []cty.Value {
	out := make([]cty.Value, len(args))
	copy(out, args)
	hiding := false
	for i := len(out) - 1; i >= 0; i-- {
		u, marks := out[i].Unmark()
		if !isDefinite(u) || !u.CanIterateElements() || !u.Type().IsObjectType() && !u.Type().IsMapType() {
			continue
		}
		attributes := map[string]cty.Value{}
		keysHidden := false
		for it := u.ElementIterator(); it.Next(); {
			k, v := it.Element()
			key := k.AsString()
			if policy.ContainsToken(key) {
				keysHidden = true
			} else if hiding {
				v = cty.StringVal(e.ev.symbols.Token(e.unknownAt(x.Range(), "."+key)))
			}
			attributes[key] = v
		}
		if hiding {
			out[i] = cty.ObjectVal(attributes).WithMarks(marks)
		}
		hiding = hiding || keysHidden
	}
	return out
}

// derived is the result of an opaque function of symbols: as a string, the
// symbol of that call, which is the same text wherever it is made of the same.
func (e *env) derived(name string, f function.Function, args []cty.Value) cty.Value {
	e.doubtful()
	types := make([]cty.Type, len(args))
	var marks []cty.ValueMarks
	shown, identity := make([]string, len(args)), ""
	var references []string
	for i, a := range args {
		u, m := a.UnmarkDeep()
		marks = append(marks, m)
		types[i] = u.Type()
		if isText(u) {
			text := e.ev.decode(u)
			shown[i] = text.String()
			if _, secret := m[markSensitive]; secret {
				shown[i] = "(sensitive)"
			}
			identity += fmt.Sprintf("%q", u.AsString())
			for _, s := range text.Symbols() {
				references = append(references, s.References...)
			}
			continue
		}
		shown[i] = u.Type().FriendlyNameForConstraint()
		identity += u.GoString()
	}
	ty, err := f.ReturnType(types)
	if err != nil {
		return cty.DynamicVal
	}
	marks = withoutMaybe(marks)
	if ty != cty.String {
		return cty.UnknownVal(ty).WithMarks(marks...)
	}
	v := e.ev.symbol(policy.Symbol{
		Kind: policy.SymbolDerived, Name: name + "(" + strings.Join(shown, ", ") + ")",
		Scope: e.ev.scope + "|" + identity, References: references,
	})
	return v.WithMarks(marks...)
}

// samples are stand-ins for the symbols whose shape is known.
var samples = map[policy.SymbolKind][]string{
	policy.SymbolAccount:   {"123456789012", "999999999999", "000000000000"},
	policy.SymbolPartition: {"aws", "aws-cn", "aws-us-gov"},
	policy.SymbolRegion:    {"us-east-1", "eu-central-1", "us-gov-west-1"},
}

// sample runs a function on stand-ins where the only symbols are account,
// partition and region. Where all stand-ins agree, the answer does not hang
// on them.
func (e *env) sample(f function.Function, args []cty.Value) (cty.Value, error, bool) {
	var first cty.Value
	var firstErr error
	for n := range 3 {
		plain := make([]cty.Value, len(args))
		var marks []cty.ValueMarks
		for i, a := range args {
			u, m := a.UnmarkDeep()
			marks = append(marks, m)
			v, ok := e.standIn(u, n)
			if !ok {
				return cty.NilVal, nil, false
			}
			plain[i] = v
		}
		v, err := callConverted(f, plain)
		if err == nil {
			v = v.WithMarks(marks...)
		}
		switch {
		case n == 0:
			first, firstErr = v, err
		case (err == nil) != (firstErr == nil) || err == nil && !v.RawEquals(first):
			return cty.NilVal, nil, false
		}
	}
	return first, firstErr, true
}

func callConverted(f function.Function, args []cty.Value) (cty.Value, error) {
	params := f.Params()
	for i := range args {
		var ty cty.Type
		switch {
		case i < len(params):
			ty = params[i].Type
		case f.VarParam() != nil:
			ty = f.VarParam().Type
		default:
			continue
		}
		v, err := convertValue(args[i], ty)
		if err != nil {
			return cty.NilVal, err
		}
		args[i] = v
	}
	return f.Call(args)
}

// standIn replaces the symbols in v by the n-th stand-in; false where one has
// none.
func (e *env) standIn(v cty.Value, n int) (cty.Value, bool) {
	ok := true
	out, err := cty.Transform(v, func(_ cty.Path, x cty.Value) (cty.Value, error) {
		if !isText(x) || !policy.ContainsToken(x.AsString()) {
			return x, nil
		}
		text := e.ev.decode(x).Map(func(s *policy.Symbol) (policy.Text, bool) {
			list := samples[s.Kind]
			if list == nil {
				ok = false
				return policy.Text{}, false
			}
			return policy.Literal(list[n]), true
		})
		known, _ := text.Known()
		return cty.StringVal(known), nil
	})
	return out, ok && err == nil
}

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
		if len(problems) > 0 {
			if i == 0 {
				first = problems
			}
			continue
		}
		if !doubt || i == len(x.Args)-1 {
			return v
		}
		e.doubtful()
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
	s := e.ev.symbolOf(v)
	if s != nil && (isNull(u) || isText(u) && u.AsString() == "") {
		// What is there keeps its identity, and may be absent.
		return v.Mark(markMaybe)
	}
	if v.RawEquals(otherwise) {
		return v
	}
	return e.choice(v, otherwise, at.Range(), "")
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
	case doubt || !v.IsKnown() && v.Type() == cty.DynamicPseudoType:
		return unknownBool
	}
	return cty.True
}
