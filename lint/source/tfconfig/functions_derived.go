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
