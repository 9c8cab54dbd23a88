package policy

import "unicode"

// Size is the number of characters of a document that count against IAM's
// quotas: white space does not (IAM User Guide, quotas). Symbols count for
// nothing, so where exact is false the document is at least that long.
func Size(src Text) (characters int, exact bool) {
	for _, p := range src.Parts() {
		for _, c := range p.Literal {
			if !unicode.IsSpace(c) {
				characters++
			}
		}
	}
	return characters, src.IsKnown()
}
