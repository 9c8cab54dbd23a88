package tfconfig

import (
	"errors"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

var numberFunctions = map[string]builtin{
	"abs":      {stdlib.AbsoluteFunc, opaque},
	"ceil":     {stdlib.CeilFunc, opaque},
	"floor":    {stdlib.FloorFunc, opaque},
	"log":      {stdlib.LogFunc, opaque},
	"max":      {stdlib.MaxFunc, opaque},
	"min":      {stdlib.MinFunc, opaque},
	"parseint": {stdlib.ParseIntFunc, opaque},
	"pow":      {stdlib.PowFunc, opaque},
	"signum":   {stdlib.SignumFunc, opaque},
	"sum":      {sumFunction, opaque},
}

var collectionFunctions = map[string]builtin{
	"alltrue":         {truthFunction(true), opaque},
	"anytrue":         {truthFunction(false), opaque},
	"chunklist":       {stdlib.ChunklistFunc, transparent},
	"coalescelist":    {stdlib.CoalesceListFunc, transparent},
	"compact":         {stdlib.CompactFunc, transparent},
	"concat":          {stdlib.ConcatFunc, transparent},
	"distinct":        {distinctFunction, transparent},
	"element":         {stdlib.ElementFunc, transparent},
	"flatten":         {stdlib.FlattenFunc, transparent},
	"index":           {indexFunction, opaque},
	"keys":            {stdlib.KeysFunc, transparent},
	"matchkeys":       {matchKeysFunction, opaque},
	"merge":           {stdlib.MergeFunc, transparent},
	"one":             {oneFunction, transparent},
	"range":           {stdlib.RangeFunc, transparent},
	"reverse":         {stdlib.ReverseListFunc, transparent},
	"setintersection": {stdlib.SetIntersectionFunc, transparent},
	"setproduct":      {stdlib.SetProductFunc, transparent},
	"setsubtract":     {stdlib.SetSubtractFunc, transparent},
	"setunion":        {stdlib.SetUnionFunc, transparent},
	"slice":           {stdlib.SliceFunc, transparent},
	"sort":            {stdlib.SortFunc, transparent},
	"transpose":       {transposeFunction, transparent},
	"values":          {stdlib.ValuesFunc, transparent},
	"zipmap":          {stdlib.ZipmapFunc, transparent},
}

var sumFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].LengthInt() == 0 || args[0].Type().IsMapType() || args[0].Type().IsObjectType() {
			return cty.NilVal, errors.New("cannot sum an empty list")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil {
				return cty.NilVal, err
			}
			if n.IsNull() {
				return cty.NilVal, errors.New("argument must not contain null")
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

// truthFunction is alltrue, or else anytrue. Null counts as false.
func truthFunction(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := false
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				if !v.IsKnown() {
					unknown = true
				} else if truth := !v.IsNull() && v.True(); truth != all {
					return cty.BoolVal(!all), nil
				}
			}
			if unknown {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(all), nil
		},
	})
}

// indexFunction is Terraform's index(list, value), which cty has not.
var indexFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].Type().IsListType() && !args[0].Type().IsTupleType() {
			return cty.NilVal, errors.New("argument must be a list or tuple")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, v := it.Element()
			same, err := stdlib.Equal(v, args[1])
			if err != nil || !same.IsKnown() {
				return cty.UnknownVal(cty.Number), err
			}
			if same.True() {
				return i, nil
			}
		}
		return cty.NilVal, errors.New("item not found")
	},
})

// distinctFunction keeps the first of equal elements.
var distinctFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		seen := cty.NewValueSet(ty.ElementType())
		var list []cty.Value
		for _, x := range args[0].AsValueSlice() {
			if !seen.Has(x) {
				seen.Add(x)
				list = append(list, x)
			}
		}
		if len(list) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(list), nil
	},
})

var matchKeysFunction = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		if args[0].LengthInt() != args[1].LengthInt() {
			return cty.NilVal, errors.New("length of keys and values should be equal")
		}
		both, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
		if both == cty.NilType {
			return cty.NilVal, errors.New("keys and searchset must be of the same type")
		}
		keys, err := convert.Convert(args[1], both)
		if err != nil {
			return cty.NilVal, err
		}
		wanted, err := convert.Convert(args[2], both)
		if err != nil {
			return cty.NilVal, err
		}
		search := cty.NewValueSet(both.ElementType())
		for _, k := range wanted.AsValueSlice() {
			search.Add(k)
		}
		var found []cty.Value
		values := args[0].AsValueSlice()
		for i, k := range keys.AsValueSlice() {
			if search.Has(k) {
				found = append(found, values[i])
			}
		}
		if len(found) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(found), nil
	},
})

// oneFunction is the only element of a list, or null.
var oneFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		switch {
		case ty.IsListType() || ty.IsSetType():
			return ty.ElementType(), nil
		case ty.IsTupleType() && ty.Length() == 1:
			return ty.TupleElementType(0), nil
		case ty.IsTupleType() && ty.Length() == 0:
			return cty.DynamicPseudoType, nil
		}
		return cty.NilType, errors.New("must be a list, set, or tuple value with either zero or one elements")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch args[0].LengthInt() {
		case 0:
			return cty.NullVal(ty), nil
		case 1:
			it := args[0].ElementIterator()
			it.Next()
			_, v := it.Element()
			return v, nil
		}
		return cty.NilVal, errors.New("must be a list, set, or tuple value with either zero or one elements")
	},
})

// transposeFunction swaps keys and values of a map of lists; the lists come
// out sorted.
var transposeFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		swapped := map[string][]string{}
		for it := args[0].ElementIterator(); it.Next(); {
			k, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, errors.New("a list must not be null")
			}
			for _, x := range list.AsValueSlice() {
				if x.IsNull() {
					return cty.NilVal, errors.New("a list must not hold null")
				}
				swapped[x.AsString()] = append(swapped[x.AsString()], k.AsString())
			}
		}
		if len(swapped) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		out := map[string]cty.Value{}
		for k, list := range swapped {
			slices.Sort(list)
			values := make([]cty.Value, len(list))
			for i, s := range list {
				values[i] = cty.StringVal(s)
			}
			out[k] = cty.ListVal(values)
		}
		return cty.MapVal(out), nil
	},
})
