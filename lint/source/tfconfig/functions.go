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

// unknowable functions differ from run to run or from machine to machine, or
// need a key. Those that cannot fail are unknown and no more; the others are
// refused.
var unknowable = map[string]bool{
	"timestamp": true, "plantimestamp": true, "uuid": true, "abspath": true,
	"bcrypt": false, "rsadecrypt": false, "type": false,
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
	switch name {
	case "try":
		return e.try(x)
	case "can":
		return e.can(x)
	case "convert":
		return e.convertCall(x)
	}
	before := e.problemCount()
	args, marks, ok := e.arguments(x)
	if e.sink != nil && e.problemCount() > before {
		return cty.DynamicVal.WithMarks(marksOf(args)...) // HCL does not make the call
	}
	if e.mayRefuse(name, args) {
		e.doubtful()
	}
	total, unevaluated := unknowable[name]
	provided := e.providerFunction(name)
	switch {
	case unevaluated && total:
		return cty.UnknownVal(cty.String).WithMarks(marks)
	case unevaluated, provided == nil && strings.Contains(name, "::"):
		return e.refuse(cty.DynamicPseudoType, "boundlint does not evaluate the function %s", name).WithMarks(marks)
	case !ok:
		e.doubtful()
		return cty.DynamicVal.WithMarks(marks)
	}
	v := e.callNamed(name, provided, args, x)
	if e.sink != nil && e.problemCount() > before {
		_, marks := unmarkDeep(v)
		return cty.DynamicVal.WithMarks(marks) // nor does it know what would come of it
	}
	return v
}

// callNamed calls a function with its arguments; provided is a provider's.
func (e *env) callNamed(name string, provided special, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if provided != nil {
		return e.callSpecial(name, provided, args, x)
	}
	if f, ok := e.ev.specials[name]; ok {
		return e.callSpecial(name, f, args, x)
	}
	if f, ok := builtins[name]; ok {
		return e.callBuiltin(name, f, args, x)
	}
	return e.unknownFunction(name, x)
}

// unknownFunction is a call of a function that boundlint does not have. It is
// told, for it may be misspelt; inside try and can it is unknown, for another
// version of Terraform may have it.
func (e *env) unknownFunction(name string, x *hclsyntax.FunctionCallExpr) cty.Value {
	if e.sink == nil {
		return e.fail(x.Range(), "there is no function %s", name)
	}
	return e.refuse(cty.DynamicPseudoType, "boundlint does not have the function %s", name)
}

// arguments evaluates the arguments; ok is false where their number is
// unknown, and the marks are those of what hides it.
func (e *env) arguments(x *hclsyntax.FunctionCallExpr) (args []cty.Value, hiding cty.ValueMarks, ok bool) {
	for i, a := range x.Args {
		v := e.eval(a)
		if !x.ExpandFinal || i < len(x.Args)-1 {
			args = append(args, v)
			continue
		}
		list, marks := v.Unmark()
		if !list.IsKnown() || e.ev.symbolOf(list) != nil || e.ev.spread(list) {
			return nil, marks, false
		}
		if list.IsNull() || !ofElements(list.Type()) {
			e.fail(a.Range(), "%s cannot be expanded into arguments", list.Type().FriendlyNameForConstraint())
			return nil, nil, false
		}
		if isCollection(list) && hasOptional(list) {
			// Of what may not exist it is not known whether it is an
			// argument; in these it is the same as an empty one.
			switch x.Name {
			case "concat", "merge", "setunion":
			default:
				return nil, marks, false
			}
		}
		for it := list.ElementIterator(); it.Next(); {
			_, element := it.Element()
			if u, _ := existing(element).Unmark(); isOptional(element) && isCollection(u) {
				element = e.allOptional(existing(element), a.Range())
			}
			args = append(args, existing(element).WithMarks(marks))
		}
	}
	return args, nil, true
}

// argument is the expression behind the i-th argument.
func argument(x *hclsyntax.FunctionCallExpr, i int) hclsyntax.Expression {
	if len(x.Args) == 0 {
		return x
	}
	return x.Args[min(i, len(x.Args)-1)]
}

// aboutMarks are the functions that see the marks of their arguments.
var aboutMarks = map[string]bool{"ephemeralasnull": true, "issensitive": true}

func (e *env) callSpecial(name string, f special, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if len(args) == 0 {
		return e.fail(x.Range(), "%s: too few arguments", name)
	}
	if !e.meter(name, args, x) {
		return e.starve(cty.DynamicPseudoType)
	}
	if aboutMarks[name] {
		v, err := f(e, args, x)
		if err != nil {
			return e.failCall(name, err, args, x)
		}
		return v
	}
	plain, marks := make([]cty.Value, len(args)), make([]cty.ValueMarks, len(args))
	for i := range args {
		plain[i], marks[i] = args[i].Unmark()
		if _, maybe := marks[i][markMaybe]; maybe && name == "coalesce" {
			plain[i] = plain[i].Mark(markMaybe)
		}
	}
	if slices.ContainsFunc(args, isRefused) {
		e.doubtful() // as in callBuiltin
	}
	inner := *e
	inner.given = marks
	call := func(e *env, plain []cty.Value) cty.Value {
		v, err := f(e, plain, x)
		if err == nil {
			return v
		}
		if _, refuses := errors.AsType[refusal](err); !refuses && anySymbolic(plain) {
			e.doubtful()
			return cty.DynamicVal.WithMarks(withoutMaybe(marksOf(args))...)
		}
		return e.failCall(name, err, args, x)
	}
	v, ok := cty.NilVal, false
	switch {
	case name == "lookup" && len(plain) > 1:
		v, ok = inner.eachWorld(plain[1:2], true, x.Range(), func(e *env, key []cty.Value) cty.Value {
			return call(e, slices.Concat(plain[:1], key, plain[2:]))
		})
	case looksInto[name], name == "length" && isText(plain[0]):
		v, ok = inner.eachWorld(plain, true, x.Range(), call)
	}
	if !ok {
		v = call(&inner, plain)
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

// looksInto are the functions, among those that see their arguments as they
// are, that look into strings: each alternative of a choice is looked at.
var looksInto = map[string]bool{
	"contains": true, "endswith": true, "lower": true, "replace": true, "split": true, "startswith": true,
	"strcontains": true, "title": true, "tobool": true, "tonumber": true, "trimprefix": true, "trimsuffix": true, "upper": true,
}

// passesOn are the functions whose result is absent where their argument is.
var passesOn = map[string]bool{
	"nonsensitive": true, "sensitive": true, "tobool": true, "tolist": true, "tomap": true, "tonumber": true, "toset": true, "tostring": true,
}

func anySymbolic(args []cty.Value) bool {
	for _, a := range args {
		if symbolic(a) || !a.IsWhollyKnown() {
			return true
		}
	}
	return false
}

func (e *env) callBuiltin(name string, f builtin, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if err := countParameters(f.Function, args); err != nil {
		return e.failCall(name, err, args, x)
	}
	if !e.meter(name, args, x) {
		return e.starve(cty.DynamicPseudoType)
	}
	if err := e.ev.limits.resultTooLarge(name, args); err != nil {
		return e.failCall(name, err, args, x)
	}
	class := f.class
	if name == "format" || name == "formatlist" {
		class = e.formatClass(args)
	}
	if class == transparent {
		e.spreadArguments(name, args, x)
	}
	if v, ok := e.overOptional(name, f.Function, class, args, x); ok {
		return v
	}
	hidden := slices.ContainsFunc(args, symbolic)
	if hidden && class == opaque {
		return e.callOpaque(name, f.Function, args, x)
	}
	if decodes[name] && isChoice(e.ev.symbolOf(args[0])) { // one document or another
		if v, ok := e.eachWorld(args, true, x.Range(), func(e *env, args []cty.Value) cty.Value { return e.callBuiltin(name, f, args, x) }); ok {
			return v
		}
	}
	if hidden && compares[name] {
		if v, ok := e.eachWorld(args, true, x.Range(),
			func(e *env, args []cty.Value) cty.Value { return e.plainCall(name, f.Function, args, x) }); ok {
			return v
		}
	}
	v := e.plainCall(name, f.Function, args, x)
	if name == "jsondecode" {
		v = e.ev.decodedMaybe(args[0], v)
	}
	return v
}

// compares are the functions, among those that move strings about, whose result
// depends on which of them are the same, empty, or before another.
var compares = map[string]bool{"compact": true, "distinct": true, "setintersection": true, "setsubtract": true, "sort": true}

// decodes are the functions, among those that move strings about, that read one
// as the text of a document.
var decodes = map[string]bool{"csvdecode": true, "jsondecode": true, "yamldecode": true}

// callOpaque calls a function that looks into strings, where symbols stand in
// them.
func (e *env) callOpaque(name string, f function.Function, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	call := func(e *env, args []cty.Value) cty.Value {
		if !slices.ContainsFunc(args, symbolic) {
			return e.plainCall(name, f, args, x)
		}
		if v, err, ok := e.ev.onShapes(f, args, patternOf(name, args)); ok {
			if err != nil {
				return e.failCall(name, err, args, x)
			}
			return v
		}
		return e.derived(name, f, args)
	}
	if v, ok := e.eachWorld(args, true, x.Range(), call); ok {
		return v
	}
	return call(e, args)
}

// plainCall calls a function whose arguments it need not look into.
func (e *env) plainCall(name string, f function.Function, args []cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	hidden := slices.ContainsFunc(args, symbolic)
	if v, ok := e.hiddenResult(name, args, x); ok {
		e.doubtful()
		return v
	}
	if !e.convertArguments(f, args, x) {
		return cty.DynamicVal
	}
	v, err := callMarked(name, f, args)
	switch {
	// zipmap: lists of different lengths
	case err != nil && (hidden && name != "zipmap" || slices.ContainsFunc(args, isRefused) || slices.ContainsFunc(args, e.isOfAnyType)):
		e.doubtful()
		return cty.DynamicVal.WithMarks(marksOf(args)...)
	case err != nil:
		return e.failCall(name, err, args, x)
	case !e.charge(countArgument(v), x.Range):
		return e.starve(cty.DynamicPseudoType)
	}
	refused := slices.ContainsFunc(args, isRefused)
	if !v.IsKnown() || refused {
		e.doubtful() // what is not known may not be what the function takes
	}
	if refused && !v.IsKnown() { // some functions of cty lose marks
		v = v.WithMarks(marksOf(args)...)
	}
	if (name == "keys" || name == "values") && e.orderUnknown(args[0]) {
		v = v.Mark(markUnordered)
	}
	return e.finish(name, v, x)
}

// callMarked calls a function with marked arguments. That of cty for flatten
// does not see that a marked element is unknown.
func callMarked(name string, f function.Function, args []cty.Value) (cty.Value, error) {
	if name != "flatten" || !slices.ContainsFunc(args, isRefused) {
		return f.Call(args)
	}
	marks := marksOf(args)
	plain := make([]cty.Value, len(args))
	for i, a := range args {
		plain[i], _ = unmarkDeep(a)
	}
	v, err := f.Call(plain)
	return v.WithMarks(marks...), err
}

// finish bounds the result of a call, and takes from it what is not certain.
func (e *env) finish(name string, v cty.Value, x *hclsyntax.FunctionCallExpr) cty.Value {
	if name == "formatlist" {
		v = e.eachFormatted(v)
	}
	if name == "distinct" {
		if v = e.perhapsEqual(v, x); e.uncertain(v) {
			v = v.Mark(markUnordered)
		}
	}
	if name == "sort" {
		v = e.unordered(v)
	}
	if name == "compact" {
		v = e.unsureElements(v)
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

// eachFormatted is what formatlist makes of lists with elements that stand for
// zero or more: texts that hold such a symbol, each of which stands for zero or
// more itself.
func (e *env) eachFormatted(v cty.Value) cty.Value {
	u, marks := v.Unmark()
	if !isCollection(u) || !symbolic(u) {
		return v
	}
	list := u.AsValueSlice()
	for i, x := range list {
		text, m := x.Unmark()
		if !isText(text) || e.ev.isSpread(text) {
			continue
		}
		var why *policy.Symbol
		one := e.ev.decode(text).Map(func(s *policy.Symbol) (policy.Text, bool) {
			if s.Kind != policy.SymbolSpread {
				return policy.Text{}, false
			}
			why = s
			return e.ev.decode(e.ev.single(e.ev.symbol(*s))), true
		})
		if why == nil {
			continue
		}
		list[i] = cty.StringVal(e.ev.symbols.Encode(one)).WithMarks(m).Mark(optional{why, true})
	}
	return cty.ListVal(list).WithMarks(marks)
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

// marksOf are all the marks in some values.
func marksOf(args []cty.Value) []cty.ValueMarks {
	out := make([]cty.ValueMarks, len(args))
	for i, a := range args {
		_, out[i] = unmarkDeep(a)
	}
	return out
}

// failCall tells why a call failed; not if the reason may hold a secret.
func (e *env) failCall(name string, err error, args []cty.Value, x hclsyntax.Expression) cty.Value {
	marks := marksOf(args)
	if file, ok := errors.AsType[fileError](err); ok {
		return e.failFile(name, file, marks, x)
	}
	if r, ok := errors.AsType[refusal](err); ok {
		return e.refuse(cty.DynamicPseudoType, "boundlint does not evaluate %s: %s", name, r).WithMarks(withoutMaybe(marks)...)
	}
	if _, ok := errors.AsType[function.PanicError](err); ok {
		return e.refuse(cty.DynamicPseudoType, "boundlint cannot evaluate %s here", name).WithMarks(withoutMaybe(marks)...)
	}
	why := plainFunctionError(err)
	if anyMark(marks, markSensitive) {
		why = "the call fails, with a value that is sensitive"
	}
	return e.fail(x.Range(), "%s: %s", name, why)
}

func anyMark(all []cty.ValueMarks, m valueMark) bool {
	return slices.ContainsFunc(all, func(marks cty.ValueMarks) bool { return hasMark(marks, m) })
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
// unknown into a symbol where a string is wanted. It reports whether it made
// up what the function then takes.
func (e *env) spreadArguments(name string, args []cty.Value, x *hclsyntax.FunctionCallExpr) (invented bool) {
	for i, a := range args {
		u, marks := a.Unmark()
		unknown := !u.IsKnown()
		ty, spreads := spreadType(name, i)
		switch s := e.ev.opaque(u); {
		case name == "format", name == "formatlist" && (i == 0 || !unknown || !ofElements(u.Type())):
			args[i] = e.pin(a, argument(x, i).Range(), "")
		case !spreads:
		case s != nil:
			args[i] = e.ev.invent(*s, ty, nil).WithMarks(marks)
		case unknown && (ty.IsListType() && ofElements(u.Type()) || ty.IsMapType() &&
			(u.Type().IsMapType() || u.Type() == cty.DynamicPseudoType)):
			s := e.unknownAt(argument(x, i).Range(), "", marks)
			args[i], invented = e.ev.invent(*s, ty, nil).WithMarks(marks), true
			if name == "concat" { // a tuple, beside which nothing is converted
				args[i] = cty.TupleVal([]cty.Value{e.ev.spreadOf(s, "[*]")}).WithMarks(marks)
			}
		}
	}
	return invented
}

// spreadType is the type of what stands for an unknown argument.
func spreadType(name string, i int) (ty cty.Type, ok bool) {
	switch name {
	case "concat", "flatten", "setunion", "coalescelist", "distinct", "compact", "sort":
		return cty.List(cty.String), true
	case "join":
		return cty.List(cty.String), i > 0
	case "merge":
		return cty.Map(cty.String), true
	}
	return cty.NilType, false
}

// ofElements reports whether values of a type may have elements in an order.
func ofElements(ty cty.Type) bool {
	return ty == cty.DynamicPseudoType || ty.IsListType() || ty.IsSetType() || ty.IsTupleType()
}
