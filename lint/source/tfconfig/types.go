package tfconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// intoSymbol is a step into a symbol. Where the type of what it stands for is
// declared, a step that the type does not have fails, and one that every value
// of the type has cannot.
func (e *env) intoSymbol(v cty.Value, s *policy.Symbol, key cty.Value, suffix string, rng hcl.Range) cty.Value {
	ty, ok := e.ev.types[s]
	if !ok {
		e.doubtful()
		return e.into(v, s, suffix)
	}
	inner, certain, fault := stepType(ty, key)
	if fault != "" {
		return e.fail(rng, "%s", fault)
	}
	if !certain {
		e.doubtful()
	}
	_, marks := v.Unmark()
	out := e.ev.extend(s, suffix)
	if inner != cty.DynamicPseudoType {
		e.ev.types[e.ev.symbolOf(out)] = inner
	}
	return out.WithMarks(marks)
}

// stepType is the type of an element of an unknown value. certain is false
// where there may be no such element. fault is what Terraform says of a step
// that no value of the type has, "" for others.
func stepType(ty cty.Type, key cty.Value) (inner cty.Type, certain bool, fault string) {
	k, known := keyText(key)
	known = known && !policy.ContainsToken(k)
	switch {
	case ty.IsObjectType():
		switch {
		case !known:
			return cty.DynamicPseudoType, false, ""
		case !ty.HasAttribute(k):
			return cty.NilType, false, fmt.Sprintf("This object does not have an attribute named %q", k)
		}
		return ty.AttributeType(k), true, ""
	case ty.IsMapType():
		return ty.ElementType(), false, ""
	case ty.IsListType():
		if _, number := wholeIndex(key); known && !number {
			return cty.NilType, false, "This value is a list: an element of it has an index"
		}
		return ty.ElementType(), false, ""
	case ty.IsSetType():
		return cty.NilType, false, "Elements of a set are identified only by their value and don't have any separate index or key to select with"
	case ty.IsPrimitiveType():
		return cty.NilType, false, fmt.Sprintf("This value is a %s: it has no attributes and elements", ty.FriendlyName())
	}
	return cty.DynamicPseudoType, false, ""
}

// wholeIndex is the index that a key stands for: text that is a number is one.
func wholeIndex(key cty.Value) (int, bool) {
	key, _ = key.Unmark()
	n, err := convertValue(key, cty.Number)
	if err != nil {
		return 0, false
	}
	return wholeNumber(n)
}
