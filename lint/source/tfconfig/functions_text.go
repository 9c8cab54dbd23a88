package tfconfig

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// ofStrings is a function of n strings.
func ofStrings(n int, result cty.Type, f func(s []string) (cty.Value, error)) builtin {
	params := make([]function.Parameter, n)
	for i := range params {
		params[i] = function.Parameter{Name: fmt.Sprintf("argument %d", i+1), Type: cty.String}
	}
	return builtin{Function: function.New(&function.Spec{
		Params: params,
		Type:   function.StaticReturnType(result),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s := make([]string, len(args))
			for i := range args {
				s[i] = args[i].AsString()
			}
			return f(s)
		},
	})}
}

var textFunctions = map[string]builtin{
	"chomp":      {stdlib.ChompFunc, transparent},
	"format":     {stdlib.FormatFunc, transparent},
	"formatdate": {stdlib.FormatDateFunc, opaque},
	"formatlist": {stdlib.FormatListFunc, transparent},
	"indent":     {stdlib.IndentFunc, transparent},
	"join":       {stdlib.JoinFunc, transparent},
	"regex":      {stdlib.RegexFunc, opaque},
	"regexall":   {stdlib.RegexAllFunc, opaque},
	"strrev":     {stdlib.ReverseFunc, opaque},
	"substr":     {stdlib.SubstrFunc, opaque},
	"timeadd":    {stdlib.TimeAddFunc, opaque},
	"timecmp":    ofStrings(2, cty.Number, compareTimes),
	"trim":       {stdlib.TrimFunc, opaque},
	"trimspace":  {stdlib.TrimSpaceFunc, opaque},
}

func compareTimes(s []string) (cty.Value, error) {
	a, errA := time.Parse(time.RFC3339, s[0])
	b, errB := time.Parse(time.RFC3339, s[1])
	return cty.NumberIntVal(int64(a.Compare(b))), errors.Join(errA, errB)
}

// A verb with flags, width or precision measures its argument, and others
// than these change its text.
var verbThatLooks = lazy.Regexp(`%(?:\[\d+\])?(?:[-+# 0.*1-9]|[^sdvqtfgeb%\[])`)

// formatClass is transparent for a format that only puts its arguments in
// their places.
func (e *env) formatClass(args []cty.Value) symbolClass {
	if len(args) == 0 {
		return transparent
	}
	format, _ := args[0].Unmark()
	if !isText(format) || policy.ContainsToken(format.AsString()) || verbThatLooks().MatchString(format.AsString()) {
		return opaque
	}
	return transparent
}

// segmentFunctions look at the literal parts of a string and leave the symbols
// between them alone.
var segmentFunctions = map[string]special{
	"lower":       byCase("lower", stdlib.LowerFunc, strings.ToLower),
	"upper":       byCase("upper", stdlib.UpperFunc, strings.ToUpper),
	"title":       byCase("title", stdlib.TitleFunc, nil),
	"startswith":  affix(true),
	"endswith":    affix(false),
	"strcontains": textContains,
	"trimprefix":  trimAffix("trimprefix", true, stdlib.TrimPrefixFunc),
	"trimsuffix":  trimAffix("trimsuffix", false, stdlib.TrimSuffixFunc),
	"replace":     replace,
	"split":       split,
}

// texts converts n arguments to strings: one that is not known to a symbol.
func (e *env) texts(args []cty.Value, n int, at *hclsyntax.FunctionCallExpr) ([]string, error) {
	if len(args) != n {
		return nil, fmt.Errorf("%d arguments are needed", n)
	}
	s := make([]string, n)
	for i, a := range args {
		v, convertErr := convertValue(a, cty.String)
		switch {
		case convertErr != nil:
			return nil, convertErr
		case !v.IsKnown():
			s[i] = e.ev.symbols.Token(e.unknownAt(argument(at, i).Range(), ""))
		case v.IsNull():
			return nil, errors.New("an argument must not be null")
		default:
			s[i] = v.AsString()
		}
	}
	return s, nil
}

// byCase maps the literal parts; each symbol becomes a derived one.
func byCase(name string, plain function.Function, f func(string) string) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		s, err := e.texts(args, 1, at)
		if err != nil {
			return cty.NilVal, err
		}
		text := e.ev.symbols.Text(s[0])
		if text.IsKnown() {
			return plain.Call([]cty.Value{cty.StringVal(s[0])})
		}
		if v, err, ok := e.ev.onShapes(plain, []cty.Value{cty.StringVal(s[0])}, nil); ok && err == nil {
			return v, nil
		}
		if f == nil { // where a word begins is not known beside a symbol
			return e.derived(name, plain, []cty.Value{cty.StringVal(s[0])}), nil
		}
		var parts []policy.Part
		for _, p := range text.Parts() {
			switch {
			case p.Symbol == nil:
				p.Literal = f(p.Literal)
			case p.Symbol.Kind == policy.SymbolAccount,
				name == "lower" && (p.Symbol.Kind == policy.SymbolRegion || p.Symbol.Kind == policy.SymbolPartition):
			default:
				token := cty.StringVal(e.ev.symbols.Token(p.Symbol))
				p.Symbol = e.ev.symbolOf(e.derived(name, plain, []cty.Value{token}))
			}
			parts = append(parts, p)
		}
		return cty.StringVal(e.ev.symbols.Encode(policy.NewText(parts...))), nil
	}
}

// affix decides from the literal start or end of a string.
func affix(start bool) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		s, err := e.texts(args, 2, at)
		if err != nil {
			return cty.NilVal, err
		}
		whole, part := e.ev.symbols.Text(s[0]), e.ev.symbols.Text(s[1])
		has, cut, literal := strings.HasPrefix, s[0], whole.Prefix()
		known := part.Prefix()
		if !start {
			has, literal, known = strings.HasSuffix, whole.Suffix(), part.Suffix()
		}
		switch {
		case has(cut, s[1]): // symbols included: they are the same text
			return cty.True, nil
		case whole.IsKnown() && part.IsKnown():
			return cty.False, nil
		case !has(literal, known) && !has(known, literal):
			return cty.False, nil
		}
		if v, err, ok := e.ev.onShapes(plainAffix(start), []cty.Value{cty.StringVal(s[0]), cty.StringVal(s[1])}, nil); ok && err == nil {
			return v, nil
		}
		return unknownBool, nil
	}
}

func plainAffix(start bool) function.Function {
	return ofStrings(2, cty.Bool, func(s []string) (cty.Value, error) {
		if start {
			return cty.BoolVal(strings.HasPrefix(s[0], s[1])), nil
		}
		return cty.BoolVal(strings.HasSuffix(s[0], s[1])), nil
	}).Function
}

var plainContains = ofStrings(2, cty.Bool, func(s []string) (cty.Value, error) {
	return cty.BoolVal(strings.Contains(s[0], s[1])), nil
}).Function

func textContains(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	s, err := e.texts(args, 2, at)
	if err != nil {
		return cty.NilVal, err
	}
	held := strings.Contains(s[0], s[1])
	if !policy.ContainsToken(s[1]) { // the encoding of a symbol has digits
		held = s[1] == "" || slices.ContainsFunc(e.ev.symbols.Text(s[0]).Parts(), func(p policy.Part) bool {
			return strings.Contains(p.Literal, s[1])
		})
	}
	switch {
	case held:
		return cty.True, nil
	case !policy.ContainsToken(s[0]) && !policy.ContainsToken(s[1]):
		return cty.False, nil
	}
	if v, err, ok := e.ev.onShapes(plainContains, []cty.Value{cty.StringVal(s[0]), cty.StringVal(s[1])}, nil); ok && err == nil {
		return v, nil
	}
	return unknownBool, nil
}

// trimAffix cuts a literal off the literal start or end.
func trimAffix(name string, start bool, plain function.Function) special {
	return func(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
		s, err := e.texts(args, 2, at)
		if err != nil {
			return cty.NilVal, err
		}
		whole, part := e.ev.symbols.Text(s[0]), e.ev.symbols.Text(s[1])
		literal, has := whole.Prefix(), strings.HasPrefix
		if !start {
			literal, has = whole.Suffix(), strings.HasSuffix
		}
		values := []cty.Value{cty.StringVal(s[0]), cty.StringVal(s[1])}
		if whole.IsKnown() && part.IsKnown() || part.IsKnown() && (has(literal, s[1]) || !has(s[1], literal)) {
			return plain.Call(values)
		}
		if v, err, ok := e.ev.onShapes(plain, values, nil); ok {
			return v, err
		}
		return e.derived(name, plain, values), nil
	}
}

var plainReplace = ofStrings(3, cty.String, func(s []string) (cty.Value, error) {
	if re, ok := slashed(s[1]); ok {
		x, err := regexp.Compile(re)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(x.ReplaceAllString(s[0], s[2])), nil
	}
	return cty.StringVal(strings.ReplaceAll(s[0], s[1], s[2])), nil
}).Function

// slashed is the regular expression in a pattern between slashes.
func slashed(pattern string) (string, bool) {
	if len(pattern) > 1 && pattern[0] == '/' && pattern[len(pattern)-1] == '/' {
		return pattern[1 : len(pattern)-1], true
	}
	return "", false
}

// replace replaces literal text where no symbol can hold a part of it.
func replace(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	s, err := e.texts(args, 3, at)
	if err != nil {
		return cty.NilVal, err
	}
	if err := e.ev.limits.replacedTooLarge(s); err != nil {
		return cty.NilVal, err
	}
	values := []cty.Value{cty.StringVal(s[0]), cty.StringVal(s[1]), cty.StringVal(s[2])}
	_, re := slashed(s[1])
	whole := e.ev.symbols.Text(s[0])
	switch {
	case whole.IsKnown() && !policy.ContainsToken(s[1]) && (!re || !policy.ContainsToken(s[2])):
		return plainReplace.Call(values)
	case !re && !policy.ContainsToken(s[1]) && s[1] != "" && shapedWithout(whole, s[1]):
		return plainReplace.Call(values)
	}
	if v, err, ok := e.ev.onShapes(plainReplace, values, patternOf("replace", values)); ok {
		return v, err
	}
	return e.derived("replace", plainReplace, values), nil
}

// shapedWithout reports whether no symbol of a text can hold a character of
// the separator.
func shapedWithout(t policy.Text, separator string) bool {
	return !slices.ContainsFunc(t.Symbols(), func(s *policy.Symbol) bool {
		shape := shapeOf(s)
		return shape == nil || strings.ContainsAny(separator, shape.alphabet)
	})
}

// split splits where no symbol can hold the separator.
func split(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	s, err := e.texts(args, 2, at)
	if err != nil {
		return cty.NilVal, err
	}
	whole := e.ev.spellARNs(e.ev.symbols.Text(s[1]))
	if whole.IsKnown() && !policy.ContainsToken(s[0]) || s[0] != "" && !policy.ContainsToken(s[0]) && shapedWithout(whole, s[0]) {
		return stdlib.Split(cty.StringVal(s[0]), cty.StringVal(e.ev.symbols.Encode(whole)))
	}
	if v, err, ok := e.ev.onShapes(stdlib.SplitFunc, []cty.Value{cty.StringVal(s[0]), cty.StringVal(s[1])}, nil); ok {
		return v, err
	}
	return cty.UnknownVal(cty.List(cty.String)), nil
}
