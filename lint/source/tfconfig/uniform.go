package tfconfig

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// The library compares the type of each element of a tuple with that of each
// other one to find the type of a list, and each element of a list with each
// other one to leave out duplicates. A few lines of configuration make tens of
// thousands of elements; nearly always of one type or two.

const (
	// fewElements is up to how many elements the library is left to itself.
	fewElements = 32
	// maxTypes bounds the different types in a tuple or an object that becomes
	// a collection.
	maxTypes = 100
	// manyElements is from how many elements on what the library alone could
	// convert is refused.
	manyElements = 2000
	// maxSet bounds the elements of a set: the library puts them into order
	// each time that they are looked at.
	maxSet = 10_000
	// maxCollisions bounds the comparisons of elements of a set that have the
	// same hash.
	maxCollisions = 100_000
)

var (
	// errTypes refuses to look for the one type of so many.
	errTypes = refused("the elements have more than %d types", maxTypes)
	// errSet refuses to put so many elements into order.
	errSet = refused("a set of more than %d elements", maxSet)
	// errCollisions refuses to compare so many elements with each other.
	errCollisions = refusal("a set of too many elements with the same hash")
	// errElements refuses to convert so many elements one of which does not
	// convert, or is of a type that is not known.
	errElements = refused("not all of more than %d elements are of types that convert", manyElements)
)

// unifyAll is the type to which all types convert, cty.NilType where there is
// none.
func unifyAll(types []cty.Type) (cty.Type, error) {
	different, err := differentTypes(types)
	if err != nil {
		return cty.NilType, err
	}
	ty, _ := convert.UnifyUnsafe(different)
	return ty, nil
}

func differentTypes(types []cty.Type) ([]cty.Type, error) {
	var different []cty.Type
next:
	for _, ty := range types {
		for i := range different { // the last one is most often it
			if different[len(different)-1-i].Equals(ty) {
				continue next
			}
		}
		if different = append(different, ty); len(different) > maxTypes {
			return nil, errTypes
		}
	}
	return different, nil
}

// uniform is a tuple or an object with many elements as the list or the map
// that it becomes when it is converted to a type. Any other value it leaves as
// it is.
func uniform(v cty.Value, ty cty.Type) (cty.Value, error) {
	u, marks := v.Unmark()
	from := u.Type()
	if ty.IsSetType() && isCollection(u) && !isKeyed(u) {
		if err := setTooLarge(u); err != nil {
			return cty.NilVal, err
		}
	}
	toList := from.IsTupleType() && (ty.IsListType() || ty.IsSetType())
	toMap := from.IsObjectType() && ty.IsMapType()
	if !toList && !toMap || !isDefinite(u) || u.LengthInt() <= fewElements {
		return v, nil
	}
	var keys []string
	var elements []cty.Value
	for it := u.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if toMap {
			keys = append(keys, k.AsString())
		}
		elements = append(elements, x)
	}
	many := len(elements) > manyElements
	elements, ok, err := alike(elements, ty.ElementType())
	switch {
	case err != nil:
		return cty.NilVal, err
	case !ok && many:
		return cty.NilVal, errElements
	case !ok:
		return v, nil
	case toList:
		return cty.ListVal(elements).WithMarks(marks), nil
	}
	entries := make(map[string]cty.Value, len(keys))
	for i, k := range keys {
		entries[k] = elements[i]
	}
	return cty.MapVal(entries).WithMarks(marks), nil
}

// setTooLarge refuses elements that would be a set which takes too long to make.
func setTooLarge(elements cty.Value) error {
	switch n := elements.LengthInt(); {
	case n > maxSet:
		return errSet
	case n > fewElements && collisions([]cty.Value{elements}, maxCollisions) > maxCollisions:
		return errCollisions
	}
	return nil
}

// alike are values in a type, or where that is any in the one to which all of
// them convert; ok is false where there is none, or it is not known.
func alike(values []cty.Value, ty cty.Type) (out []cty.Value, ok bool, err error) {
	if ty == cty.DynamicPseudoType {
		types := make([]cty.Type, len(values))
		for i, x := range values {
			types[i] = x.Type()
		}
		if ty, err = unifyAll(types); err != nil {
			return nil, false, err
		}
	}
	if ty == cty.NilType || ty.HasDynamicTypes() {
		return nil, false, nil
	}
	out = make([]cty.Value, len(values))
	for i, x := range values {
		if out[i], err = convert.Convert(x, ty); err != nil {
			return nil, false, nil //nolint:nilerr // the library says what is wrong
		}
	}
	return out, true, nil
}
