package tfconfig

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/boundlint/boundlint/lint/policy"
)

// derived is the result of an opaque function of symbols: as a string, the
// symbol of that call, which is the same text wherever it is made of the same.
func (e *env) derived(name string, f function.Function, args []cty.Value) cty.Value {
	e.doubtful()
	types := make([]cty.Type, len(args))
	var marks []cty.ValueMarks
	shown, identity := make([]string, len(args)), ""
	var references, because []string
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
				because = append(because, s.Reasons...)
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
		Scope: e.ev.scope + "|" + identity, References: references, Reasons: because,
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
