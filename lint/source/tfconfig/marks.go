package tfconfig

import "github.com/zclconf/go-cty/cty"

// containsMarked is [cty.Value.ContainsMarked] without the paths to what is asked, which
// take more than the question: most values have no marks, and each is asked several times.
func containsMarked(v cty.Value) bool {
	if v.IsMarked() {
		return true
	}
	ty := v.Type()
	if ty.IsPrimitiveType() || !isDefinite(v) {
		return false
	}
	if ty.IsObjectType() {
		for name := range ty.AttributeTypes() {
			if containsMarked(v.GetAttr(name)) {
				return true
			}
		}
		return false
	}
	if !v.CanIterateElements() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, x := it.Element(); containsMarked(x) {
			return true
		}
	}
	return false
}

// unmarkDeep is [cty.Value.UnmarkDeep]. The marks are nil where there are none.
func unmarkDeep(v cty.Value) (cty.Value, cty.ValueMarks) {
	if !containsMarked(v) {
		return v, nil
	}
	return v.UnmarkDeep()
}
